//! `openings` and `opening_skills`.

use super::ROWS_MAX;
use crate::hiring::{Opening, OpeningNeed, OpeningState, WriteNeed, WriteOpening};
use crate::skills::SkillSummary;
use crate::{OpeningId, SkillId, Tx};
use db::{Error, Row, params};
use std::collections::HashMap;

const OPENING: &str =
    "select id, title, summary, place, seats, reason, role_id, state, created_at, updated_at, public_at,
    closed_at from openings";

fn opening(row: &Row<'_>) -> Result<Opening, Error> {
    let state: String = row.get(7)?;
    let state = OpeningState::parse(&state)
        .ok_or_else(|| Error::Corrupt(format!("{state:?} is no state of an opening")))?;
    Ok(Opening {
        id: row.get(0)?,
        title: row.get(1)?,
        summary: row.get(2)?,
        place: row.get(3)?,
        seats: row.get(4)?,
        reason: row.get(5)?,
        role: row.get(6)?,
        state,
        needs: Vec::new(),
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        public_at: row.get(10)?,
        closed_at: row.get(11)?,
    })
}

pub fn insert_opening(tx: &mut Tx, it: &WriteOpening) -> Result<OpeningId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.one(
        "insert into openings (title, summary, place, seats, reason, role_id, state, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $8) returning id",
        params![it.title, it.summary, it.place, it.seats, it.reason, it.role, by, now],
        |row| row.get(0),
    )
}

pub fn save_opening(tx: &mut Tx, id: OpeningId, it: &WriteOpening) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update openings set title = $1, summary = $2, place = $3, seats = $4, reason = $5, role_id = $6,
                updated_at = $7 where id = $8",
        params![it.title, it.summary, it.place, it.seats, it.reason, it.role, now, id],
    )
    .map(|_| ())
}

pub fn save_needs(tx: &mut Tx, id: OpeningId, needs: &[WriteNeed]) -> Result<(), Error> {
    tx.execute("delete from opening_skills where opening_id = $1", params![id])?;
    for it in needs {
        tx.execute(
            "insert into opening_skills (opening_id, skill_id, level, weight, question) values ($1, $2, $3, $4, $5)",
            params![id, it.skill, it.level, it.weight, it.question.trim()],
        )?;
    }
    Ok(())
}

pub fn save_state(tx: &mut Tx, id: OpeningId, to: OpeningState) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update openings set state = $1, updated_at = $2,
                inside_at = case when $3 then coalesce(inside_at, $2) else inside_at end,
                public_at = case when $4 then coalesce(public_at, $2) else public_at end,
                closed_at = case when $5 then $2 else null end
         where id = $6",
        params![to.name(), now, to.is_open(), to == OpeningState::Public, to == OpeningState::Closed, id],
    )
    .map(|_| ())
}

pub fn find_opening(tx: &mut Tx, id: OpeningId) -> Result<Option<Opening>, Error> {
    let found = tx.find(&format!("{OPENING} where id = $1"), params![id], opening)?;
    let Some(mut found) = found else { return Ok(None) };
    found.needs = needs_of(tx, Some(id))?.remove(&id).unwrap_or_default();
    Ok(Some(found))
}

/// The open ones first, then the newest.
pub fn list_openings(tx: &mut Tx) -> Result<Vec<Opening>, Error> {
    let sql = format!(
        "{OPENING} order by case when state = 'closed' then 1 else 0 end, created_at desc, id desc limit $1"
    );
    let found = tx.list(&sql, params![ROWS_MAX], opening)?;
    with_needs(tx, found)
}

/// Those that everybody may see, the newest first.
pub fn list_public_openings(tx: &mut Tx) -> Result<Vec<Opening>, Error> {
    let sql = format!("{OPENING} where state = 'public' order by public_at desc, id desc limit $1");
    let found = tx.list(&sql, params![ROWS_MAX], opening)?;
    with_needs(tx, found)
}

fn with_needs(tx: &mut Tx, mut found: Vec<Opening>) -> Result<Vec<Opening>, Error> {
    let mut needs = needs_of(tx, None)?;
    for it in &mut found {
        it.needs = needs.remove(&it.id).unwrap_or_default();
    }
    Ok(found)
}

/// Of one opening or, with `None`, of all; the heaviest first.
fn needs_of(tx: &mut Tx, opening: Option<OpeningId>) -> Result<HashMap<OpeningId, Vec<OpeningNeed>>, Error> {
    let opening = opening.map_or(0, |it| it.0);
    let summaries: HashMap<SkillId, SkillSummary> = crate::skills::summaries(tx)?;
    let mut all: HashMap<OpeningId, Vec<OpeningNeed>> = HashMap::new();
    tx.each(
        "select opening_id, skill_id, level, weight, question from opening_skills
         where cast($1 as bigint) = 0 or opening_id = $1 order by opening_id, weight desc, level desc, skill_id",
        params![opening],
        |row| {
            if let Some(skill) = summaries.get(&row.get(1)?) {
                let it = OpeningNeed {
                    skill: skill.clone(),
                    level: row.get(2)?,
                    weight: row.get(3)?,
                    question: row.get(4)?,
                };
                all.entry(row.get(0)?).or_default().push(it);
            }
            Ok(true)
        },
    )?;
    Ok(all)
}

pub fn count_open(tx: &mut Tx) -> Result<usize, Error> {
    tx.one("select cast(count(*) as bigint) from openings where state <> 'closed'", params![], |row| {
        row.get(0)
    })
}
