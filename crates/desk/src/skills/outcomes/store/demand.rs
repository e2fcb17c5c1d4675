//! What imported tickets needed, and when.

use crate::{OutcomeId, SkillId, Tx};
use db::{Error, params};

/// The newest moment at which a ticket of another desk was opened.
pub fn newest_opening(tx: &mut Tx) -> Result<Option<i64>, Error> {
    tx.find("select max(opened_at) from imported_outcomes where undone_at is null", params![], |row| {
        row.get::<Option<i64>>(0)
    })
    .map(Option::flatten)
}

/// Until when demand is counted: now, or the newest imported ticket where this desk has none of its own.
pub(in crate::skills) fn demand_ends_at(tx: &mut Tx, window_ms: i64) -> Result<i64, Error> {
    let now = tx.now();
    let own: Option<i64> = tx.find(
        "select id from tickets where updated_at >= $1 and deleted_at is null limit 1",
        params![now - window_ms],
        |row| row.get(0),
    )?;
    Ok(match own {
        Some(_) => now,
        None => newest_opening(tx)?.map_or(now, |newest| newest.min(now)),
    })
}

/// One skill that one imported ticket needed.
pub(in crate::skills) struct ImportedNeed {
    pub outcome: OutcomeId,
    /// When the ticket came.
    pub at: i64,
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
}

/// What the newest imported tickets since then needed, ticket by ticket.
pub(in crate::skills) fn list_needs(
    tx: &mut Tx,
    since: i64,
    tickets_max: usize,
) -> Result<Vec<ImportedNeed>, Error> {
    tx.list(
        "select o.id, o.opened_at, n.skill_id, n.level, n.weight
         from (select id, opened_at, need_set_id from imported_outcomes
                 where opened_at >= $1 and undone_at is null order by opened_at desc limit $2) as o
         join need_set_skills n on n.need_set_id = o.need_set_id order by o.id, n.skill_id",
        params![since, tickets_max],
        |row| {
            Ok(ImportedNeed {
                outcome: row.get(0)?,
                at: row.get(1)?,
                skill: row.get(2)?,
                level: row.get(3)?,
                weight: row.get(4)?,
            })
        },
    )
}

/// How many imported tickets since then needed each skill.
pub(in crate::skills) fn count_needs(
    tx: &mut Tx,
    since: i64,
    tickets_max: usize,
) -> Result<Vec<(SkillId, i64)>, Error> {
    tx.list(
        "select n.skill_id, cast(count(*) as bigint) from
           (select need_set_id from imported_outcomes where opened_at >= $1 and undone_at is null
              order by opened_at desc limit $2) as o
         join need_set_skills n on n.need_set_id = o.need_set_id group by n.skill_id",
        params![since, tickets_max],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How often which level of which skill was asked for by them.
pub(in crate::skills) fn count_levels_asked(
    tx: &mut Tx,
    since: i64,
    tickets_max: usize,
) -> Result<Vec<(SkillId, f64, i64)>, Error> {
    tx.list(
        "select n.skill_id, n.level, cast(count(*) as bigint) from
           (select need_set_id from imported_outcomes where opened_at >= $1 and undone_at is null
              order by opened_at desc limit $2) as o
         join need_set_skills n on n.need_set_id = o.need_set_id group by n.skill_id, n.level",
        params![since, tickets_max],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// When imported tickets came that needed a skill.
pub(in crate::skills) fn list_moments_of_need(
    tx: &mut Tx,
    skill: SkillId,
    since: i64,
) -> Result<Vec<i64>, Error> {
    tx.list(
        "select o.opened_at from imported_outcomes o join need_set_skills n on n.need_set_id = o.need_set_id
         where n.skill_id = $1 and o.opened_at >= $2 and o.undone_at is null",
        params![skill, since],
        |row| row.get(0),
    )
}

/// A ticket of another desk that needed a skill.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ImportedTicket {
    pub source: String,
    /// Its number there.
    pub ticket: String,
    pub topic: Option<String>,
    pub opened_at: i64,
    pub level: f64,
    /// Where the other desk shows it, if somebody has said where.
    pub url: Option<String>,
}

/// The newest first.
pub(in crate::skills) fn list_tickets_of_need(
    tx: &mut Tx,
    skill: SkillId,
    since: i64,
    count_max: usize,
) -> Result<Vec<ImportedTicket>, Error> {
    tx.list(
        "select o.source, o.ticket, k.name, o.opened_at, n.level, s.ticket_url
         from imported_outcomes o join need_set_skills n on n.need_set_id = o.need_set_id
         left join difficulty_keys k on k.id = o.topic_id left join outcome_sources s on s.source = o.source
         where n.skill_id = $1 and o.opened_at >= $2 and o.undone_at is null
         order by o.opened_at desc, o.id desc limit $3",
        params![skill, since, count_max],
        |row| {
            let ticket: String = row.get(1)?;
            let pattern: Option<String> = row.get(5)?;
            Ok(ImportedTicket {
                source: row.get(0)?,
                topic: row.get(2)?,
                opened_at: row.get(3)?,
                level: row.get(4)?,
                url: pattern.map(|it| crate::skills::outcomes::sources::address_of(&it, &ticket)),
                ticket,
            })
        },
    )
}
