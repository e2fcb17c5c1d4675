//! Every statement on `handle_lessons`.

use super::*;
use crate::OutcomeRunId;
use crate::skills::usual_times::Lesson;

pub(in crate::skills) fn insert_lessons(
    tx: &mut Tx,
    run: Option<OutcomeRunId>,
    lessons: &[Lesson],
) -> Result<(), Error> {
    let lessons = to_json(lessons)?;
    tx.execute("insert into handle_lessons (run_id, lessons) values ($1, $2)", params![run, lessons])
        .map(|_| ())
}

/// Says whether there were any.
pub(in crate::skills) fn delete_lessons(tx: &mut Tx, run: OutcomeRunId) -> Result<bool, Error> {
    Ok(tx.execute("delete from handle_lessons where run_id = $1", params![run])? > 0)
}

/// In the order in which they were learnt.
pub(in crate::skills) fn each_lesson(tx: &mut Tx, mut teach: impl FnMut(&Lesson)) -> Result<(), Error> {
    tx.each("select lessons from handle_lessons order by id", params![], |row| {
        let lessons: Vec<Lesson> = from_json(row, 0)?;
        lessons.iter().for_each(&mut teach);
        Ok(true)
    })
}

/// Of imports that were read since then, or are being read or taken back.
pub(in crate::skills) fn first_lesson_to_keep(tx: &mut Tx, since: i64) -> Result<Option<i64>, Error> {
    let found = tx.find(
        "select min(l.id) from handle_lessons l join outcome_runs r on r.id = l.run_id
         where r.undone_at is null
           and (r.finished_at is null or r.finished_at >= $1 or r.undo_asked_at is not null)",
        params![since],
        |row| row.get::<Option<i64>>(0),
    )?;
    Ok(found.flatten())
}

/// In the order in which they were learnt, the first rows; says which was the last.
pub(in crate::skills) fn each_lesson_before(
    tx: &mut Tx,
    until: i64,
    rows_max: usize,
    mut teach: impl FnMut(&Lesson),
) -> Result<Option<i64>, Error> {
    let mut last = None;
    tx.each(
        "select lessons, id from handle_lessons where id < $1 order by id limit $2",
        params![until, rows_max],
        |row| {
            let lessons: Vec<Lesson> = from_json(row, 0)?;
            lessons.iter().for_each(&mut teach);
            last = Some(row.get(1)?);
            Ok(true)
        },
    )?;
    Ok(last)
}

pub(in crate::skills) fn delete_lessons_to(tx: &mut Tx, last: i64) -> Result<(), Error> {
    tx.execute("delete from handle_lessons where id <= $1", params![last]).map(|_| ())
}
