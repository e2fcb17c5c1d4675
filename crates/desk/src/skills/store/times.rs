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
