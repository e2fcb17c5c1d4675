//! Every statement on rosters, their shifts and their steps.

use super::{Line, Roster, STEPS_KEPT, Standing, Week};
use crate::skills::planning::{Breaks, Shift};
use crate::{RosterId, Tx, UserId};
use db::{Error, Row, params};
use serde::{Deserialize, Serialize};

/// Who may stand on a roster.
const WORKS_HERE: &str =
    "u.role in ('agent', 'lead', 'admin') and u.deleted_at is null and u.suspended_at is null";

fn roster(row: &Row<'_>) -> Result<Roster, Error> {
    Ok(Roster {
        id: row.get(0)?,
        week: week(&row.get::<String>(1)?)?,
        drafted_at: row.get(2)?,
        drafted_by: row.get(3)?,
        published_at: row.get(4)?,
        published_by: row.get(5)?,
    })
}

fn week(text: &str) -> Result<Week, Error> {
    Week::parse(text).ok_or_else(|| Error::Corrupt(format!("{text:?} is no week")))
}

pub(super) fn find_roster(tx: &mut Tx, week: Week) -> Result<Option<Roster>, Error> {
    tx.find(
        "select r.id, r.week, r.drafted_at, d.name, r.published_at, p.name from rosters r
         left join users d on d.id = r.drafted_by left join users p on p.id = r.published_by where r.week = $1",
        params![week.to_string()],
        roster,
    )
}

pub(super) fn insert_roster(tx: &mut Tx, week: Week) -> Result<RosterId, Error> {
    tx.one("insert into rosters (week) values ($1) returning id", params![week.to_string()], |row| row.get(0))
}

pub(super) fn save_drafted(tx: &mut Tx, id: RosterId, by: Option<UserId>) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update rosters set drafted_at = $1, drafted_by = $2 where id = $3", params![now, by, id])
        .map(|_| ())
}

pub(super) fn save_no_draft(tx: &mut Tx, id: RosterId) -> Result<(), Error> {
    delete_lines(tx, id, true)?;
    tx.execute("update rosters set drafted_at = null, drafted_by = null where id = $1", params![id])
        .map(|_| ())
}

/// `at` is null for: not published.
pub(super) fn save_published(
    tx: &mut Tx,
    id: RosterId,
    at: Option<i64>,
    by: Option<UserId>,
) -> Result<(), Error> {
    tx.execute("update rosters set published_at = $1, published_by = $2 where id = $3", params![at, by, id])
        .map(|_| ())
}

pub(super) fn published_by(tx: &mut Tx, id: RosterId) -> Result<(Option<i64>, Option<UserId>), Error> {
    tx.one("select published_at, published_by from rosters where id = $1", params![id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

// --- shifts

fn line(row: &Row<'_>) -> Result<Line, Error> {
    let shift = Shift { weekday: row.get(1)?, from_minute: row.get(2)?, to_minute: row.get(3)? };
    Ok(Line { user: row.get(0)?, shift, breaks: Breaks::from_text(&row.get::<String>(4)?)? })
}

/// Of those who work here.
pub(super) fn list_lines(tx: &mut Tx, id: RosterId, standing: Standing) -> Result<Vec<Line>, Error> {
    let is_draft = i64::from(standing == Standing::Draft);
    tx.list(
        &format!(
            "select s.user_id, s.weekday, s.from_minute, s.to_minute, s.breaks from roster_shifts s join users u on u.id = s.user_id
             where s.roster_id = $1 and s.is_draft = $2 and {WORKS_HERE} order by s.user_id, s.weekday, s.from_minute, s.id"
        ),
        params![id, is_draft],
        line,
    )
}

/// The usual week of those who work here.
pub(super) fn list_usual(tx: &mut Tx) -> Result<Vec<Line>, Error> {
    tx.list(
        &format!(
            "select s.user_id, s.weekday, s.from_minute, s.to_minute, s.breaks from shifts s join users u on u.id = s.user_id
             where {WORKS_HERE} order by s.user_id, s.weekday, s.from_minute, s.id"
        ),
        params![],
        line,
    )
}

fn delete_lines(tx: &mut Tx, id: RosterId, is_draft: bool) -> Result<(), Error> {
    tx.execute(
        "delete from roster_shifts where roster_id = $1 and is_draft = $2",
        params![id, i64::from(is_draft)],
    )
    .map(|_| ())
}

/// In place of what was there.
pub(super) fn save_lines(tx: &mut Tx, id: RosterId, is_draft: bool, lines: &[Line]) -> Result<(), Error> {
    delete_lines(tx, id, is_draft)?;
    for Line { user, shift, breaks } in lines {
        tx.execute(
            "insert into roster_shifts (roster_id, is_draft, user_id, weekday, from_minute, to_minute, breaks)
             values ($1, $2, $3, $4, $5, $6, $7)",
            params![
                id,
                i64::from(is_draft),
                *user,
                shift.weekday,
                shift.from_minute,
                shift.to_minute,
                breaks.to_text()
            ],
        )?;
    }
    Ok(())
}

/// Published weeks from one to another with their shifts; a week in which nobody works has one row without.
pub(super) fn list_published(
    tx: &mut Tx,
    first: Week,
    last: Week,
) -> Result<Vec<(Week, Option<Line>)>, Error> {
    tx.list(
        "select r.week, s.user_id, s.weekday, s.from_minute, s.to_minute, s.breaks from rosters r
         left join roster_shifts s on s.roster_id = r.id and s.is_draft = 0
         where r.published_at is not null and r.week >= $1 and r.week <= $2 order by r.week, s.id",
        params![first.to_string(), last.to_string()],
        |row| {
            let of = week(&row.get::<String>(0)?)?;
            let Some(user) = row.get::<Option<UserId>>(1)? else { return Ok((of, None)) };
            let shift = Shift { weekday: row.get(2)?, from_minute: row.get(3)?, to_minute: row.get(4)? };
            let breaks = Breaks::from_text(&row.get::<String>(5)?)?;
            Ok((of, Some(Line { user, shift, breaks })))
        },
    )
}

// --- steps

/// A roster as it was before a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Before {
    /// `None`: there was no draft.
    pub draft: Option<Vec<Line>>,
    pub published: Option<Vec<Line>>,
    pub published_at: Option<i64>,
    pub published_by: Option<UserId>,
    /// Weeks of people that became others, if the usual week was set.
    pub usual: Vec<(UserId, Vec<Kept>)>,
}

/// A shift of a usual week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(flatten)]
    pub shift: Shift,
    #[serde(default)]
    pub breaks: Breaks,
}

pub(super) fn insert_step(tx: &mut Tx, id: RosterId, words: &str, before: &Before) -> Result<(), Error> {
    let text = serde_json::to_string(before).map_err(|error| Error::Corrupt(error.to_string()))?;
    let (now, by) = (tx.now(), tx.actor().user());
    tx.execute(
        "insert into roster_steps (roster_id, at, by_user_id, words, before) values ($1, $2, $3, $4, $5)",
        params![id, now, by, words, text],
    )?;
    tx.execute(
        "delete from roster_steps where roster_id = $1 and id not in
           (select id from roster_steps where roster_id = $1 order by id desc limit $2)",
        params![id, STEPS_KEPT],
    )
    .map(|_| ())
}

/// The last step: its id, its words, and what was before.
pub(super) fn last_step(tx: &mut Tx, id: RosterId) -> Result<Option<(i64, String, Before)>, Error> {
    let found: Option<(i64, String, String)> = tx.find(
        "select id, words, before from roster_steps where roster_id = $1 order by id desc limit 1",
        params![id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    found
        .map(|(step, words, before)| {
            let before = serde_json::from_str(&before).map_err(|error| Error::Corrupt(error.to_string()))?;
            Ok((step, words, before))
        })
        .transpose()
}

pub(super) fn delete_step(tx: &mut Tx, step: i64) -> Result<(), Error> {
    tx.execute("delete from roster_steps where id = $1", params![step]).map(|_| ())
}

/// Weeks of which anything is kept, the latest first.
pub(super) fn list_rosters(tx: &mut Tx, count_max: usize) -> Result<Vec<Roster>, Error> {
    tx.list(
        "select r.id, r.week, r.drafted_at, d.name, r.published_at, p.name from rosters r
         left join users d on d.id = r.drafted_by left join users p on p.id = r.published_by
         order by r.week desc limit $1",
        params![count_max],
        roster,
    )
}
