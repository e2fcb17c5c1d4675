//! Every statement of planning: shifts, demand, presences of the past, tickets of a skill.

use super::Breaks;
use super::shifts::{Shift, ShiftLine};
use super::skill::TicketLine;
use crate::skills::outcomes::store as outcomes;
use crate::{SkillId, TicketId, Tx, UserId};
use db::{Error, params};

/// Rows that one page reads of the past presences.
const PRESENCES_MAX: usize = 200_000;

pub(super) fn list_shifts(tx: &mut Tx) -> Result<Vec<ShiftLine>, Error> {
    tx.list(
        "select id, user_id, weekday, from_minute, to_minute, breaks from shifts order by user_id, weekday, from_minute",
        params![],
        |row| {
            let shift = Shift { weekday: row.get(2)?, from_minute: row.get(3)?, to_minute: row.get(4)? };
            let breaks = Breaks::from_text(&row.get::<String>(5)?)?;
            Ok(ShiftLine { id: row.get(0)?, user: row.get(1)?, shift, breaks })
        },
    )
}

pub(super) fn save_shifts(tx: &mut Tx, user: UserId, week: &[(Shift, Breaks)]) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("delete from shifts where user_id = $1", params![user])?;
    for (it, breaks) in week {
        tx.execute(
            "insert into shifts (user_id, weekday, from_minute, to_minute, breaks, created_at)
             values ($1, $2, $3, $4, $5, $6)",
            params![user, it.weekday, it.from_minute, it.to_minute, breaks.to_text(), now],
        )?;
    }
    Ok(())
}

/// One skill that one ticket needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub ticket: TicketId,
    pub at: i64,
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
}

/// What the newest tickets since then needed, ticket by ticket.
pub(super) fn list_needs(tx: &mut Tx, since: i64, tickets_max: usize) -> Result<Vec<Need>, Error> {
    // Whatever was made since then was also changed since then: the index by update serves.
    let mut all = tx.list(
        "select q.ticket_id, t.created_at, q.skill_id, q.level, q.weight
         from (select id, created_at from tickets where updated_at >= $1 and created_at >= $1
                 and deleted_at is null order by updated_at desc limit $2) as t
         join requirements q on q.ticket_id = t.id order by q.ticket_id, q.skill_id",
        params![since, tickets_max],
        |row| {
            Ok(Need {
                ticket: row.get(0)?,
                at: row.get(1)?,
                skill: row.get(2)?,
                level: row.get(3)?,
                weight: row.get(4)?,
            })
        },
    )?;
    // Tickets of another desk count too. Their numbers are theirs alone: below 0 no ticket of this desk has one.
    for it in outcomes::list_needs(tx, since, tickets_max)? {
        let ticket = TicketId(-it.outcome.0);
        all.push(Need { ticket, at: it.at, skill: it.skill, level: it.level, weight: it.weight });
    }
    Ok(all)
}

/// How often which level of which skill was asked for by the same tickets of this desk.
pub(super) fn count_levels_asked(
    tx: &mut Tx,
    since: i64,
    tickets_max: usize,
) -> Result<Vec<(SkillId, f64, i64)>, Error> {
    tx.list(
        "select skill_id, level, cast(count(*) as bigint) from requirements
         where ticket_id in (select id from tickets where updated_at >= $1 and created_at >= $1
                 and deleted_at is null order by updated_at desc limit $2) group by skill_id, level",
        params![since, tickets_max],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Who became what when: person, moment, from, to; in order.
pub(crate) fn list_presence_changes(
    tx: &mut Tx,
    since: i64,
) -> Result<Vec<(UserId, i64, String, String)>, Error> {
    let rows: Vec<(UserId, i64, String)> = tx.list(
        "select subject_id, at, facts from events where kind = 'presence_changed' and at >= $1
         order by subject_id, at, id limit $2",
        params![since, PRESENCES_MAX],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    rows.into_iter()
        .map(|(user, at, facts)| {
            let event: crate::events::Event =
                serde_json::from_str(&facts).map_err(|error| Error::Corrupt(error.to_string()))?;
            match event {
                crate::events::Event::PresenceChanged { from, to, .. } => Ok((user, at, from, to)),
                _ => Err(Error::Corrupt(format!("{facts} is no presence"))),
            }
        })
        .collect()
}

/// The newest tickets that need a skill.
pub(super) fn list_tickets_needing(
    tx: &mut Tx,
    skill: SkillId,
    since: i64,
    count_max: usize,
) -> Result<Vec<TicketLine>, Error> {
    tx.list(
        "select t.id, t.subject, t.status, t.created_at, q.level from tickets t
         join requirements q on q.ticket_id = t.id and q.skill_id = $1
         where t.updated_at >= $2 and t.created_at >= $2 and t.deleted_at is null
         order by t.created_at desc, t.id desc limit $3",
        params![skill, since, count_max],
        |row| {
            Ok(TicketLine {
                id: row.get(0)?,
                subject: row.get(1)?,
                status: row.get(2)?,
                created_at: row.get(3)?,
                level: row.get(4)?,
            })
        },
    )
}

/// When tickets came that needed a skill.
pub(super) fn list_moments_of_need(tx: &mut Tx, skill: SkillId, since: i64) -> Result<Vec<i64>, Error> {
    let mut all: Vec<i64> = tx.list(
        "select t.created_at from tickets t join requirements q on q.ticket_id = t.id and q.skill_id = $1
         where t.updated_at >= $2 and t.created_at >= $2 and t.deleted_at is null",
        params![skill, since],
        |row| row.get(0),
    )?;
    all.extend(outcomes::list_moments_of_need(tx, skill, since)?);
    Ok(all)
}

pub(super) fn list_interested(tx: &mut Tx) -> Result<Vec<(UserId, SkillId)>, Error> {
    tx.list("select user_id, skill_id from interests", params![], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Skills in use that no ticket has needed since then, with how much is known in them and asked of them otherwise.
pub(super) fn list_unused(tx: &mut Tx, since: i64) -> Result<Vec<(SkillId, i64, i64, i64)>, Error> {
    tx.list(
        "select s.id,
           (select cast(count(*) as bigint) from proficiencies p where p.skill_id = s.id),
           (select cast(count(*) as bigint) from role_requirements q join role_profiles r on r.id = q.role_id
              join role_holders h on h.role_id = r.id where q.skill_id = s.id and r.retired_at is null),
           (select cast(count(*) as bigint) from skill_rules w where w.skill_id = s.id and w.disabled_at is null)
         from skills s where s.retired_at is null and not exists
           (select 1 from requirements q join tickets t on t.id = q.ticket_id
            where q.skill_id = s.id and t.created_at >= $1 and t.deleted_at is null)
           and not exists (select 1 from need_set_skills n join imported_outcomes o on o.need_set_id = n.need_set_id
            where n.skill_id = s.id and o.opened_at >= $1 and o.undone_at is null) order by s.kind, s.name",
        params![since],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )
}

/// Subjects of the newest tickets since then, each with whether a skill of substance is known for it: one that is no
/// language, no way of treating people, and no channel unless the customer's own words asked for it.
pub(super) fn list_subjects(
    tx: &mut Tx,
    since: i64,
    count_max: usize,
) -> Result<Vec<(TicketId, String, bool)>, Error> {
    tx.list(
        "select t.id, t.subject, case when exists
           (select 1 from requirements q join skills s on s.id = q.skill_id where q.ticket_id = t.id
            and (s.kind in ('priority', 'specialist', 'technical', 'product')
              or (s.kind = 'channel' and q.because <> '[]'))) then 1 else 0 end
         from tickets t where t.updated_at >= $1 and t.created_at >= $1 and t.deleted_at is null
         order by t.updated_at desc limit $2",
        params![since, count_max],
        |row| Ok((row.get(0)?, row.get(1)?, row.get::<i64>(2)? == 1)),
    )
}
