//! Every statement on moments, and what moments and effects read of evidence, needs and demand.

use super::super::effect::WorkDone;
use super::super::moments::{Chosen, Known, KnownSkill};
use super::super::views::MomentRow;
use super::super::*;
use crate::Tx;
use crate::skills::outcomes::Elsewhere;
use crate::skills::{Observed, SkillSummary};
use crate::tickets::json_numbers;
use ::skills::Belief;
use db::{Error, Row, params};
use std::collections::{HashMap, HashSet};

/// Evidence of one week that is looked at, the newest.
const KNOWN_MAX: usize = 100_000;
/// Tickets that demand is counted from, the newest.
const DEMAND_TICKETS_MAX: usize = 20_000;
/// Outcomes that one effect is measured from, the newest.
const WORK_MAX: usize = 50_000;

const KEPT: &str = "m.id, m.week, m.user_id, m.ticket_id, m.imported_id, m.evidence_id, m.skill_id, m.moment, m.talked_at, m.talked_by";

fn kept(row: &Row<'_>) -> Result<KeptMoment, Error> {
    let moment: String = row.get(7)?;
    Ok(KeptMoment {
        id: row.get(0)?,
        week: row.get(1)?,
        user: row.get(2)?,
        work: piece_of_work(row, 3)?,
        evidence: row.get(5)?,
        skill: row.get(6)?,
        moment: serde_json::from_str(&moment).map_err(|error| Error::Corrupt(error.to_string()))?,
        talked_at: row.get(8)?,
        talked_by: row.get(9)?,
    })
}

/// From a ticket's column and the one after it, of which one says which.
fn piece_of_work(row: &Row<'_>, at: usize) -> Result<PieceOfWork, Error> {
    match (row.get::<Option<TicketId>>(at)?, row.get::<Option<OutcomeId>>(at + 1)?) {
        (Some(ticket), _) => Ok(PieceOfWork::Ticket(ticket)),
        (None, Some(imported)) => Ok(PieceOfWork::Imported(imported)),
        (None, None) => Err(Error::Corrupt("a moment is about no work".into())),
    }
}

pub(in crate::coaching) fn find_moment(
    tx: &mut Tx,
    id: CoachingMomentId,
) -> Result<Option<KeptMoment>, Error> {
    tx.find(&format!("select {KEPT} from coaching_moments m where m.id = $1"), params![id], kept)
}

pub(in crate::coaching) fn list_moments_of_week(tx: &mut Tx, week: i64) -> Result<Vec<KeptMoment>, Error> {
    let sql = format!("select {KEPT} from coaching_moments m where m.week = $1 order by m.user_id, m.id");
    tx.list(&sql, params![week], kept)
}

pub(in crate::coaching) fn delete_open_moments(tx: &mut Tx, week: i64, user: UserId) -> Result<(), Error> {
    tx.execute(
        "delete from coaching_moments where week = $1 and user_id = $2 and talked_at is null",
        params![week, user],
    )
    .map(|_| ())
}

pub(in crate::coaching) fn insert_moment(
    tx: &mut Tx,
    week: i64,
    user: UserId,
    it: &Chosen,
) -> Result<(), Error> {
    let now = tx.now();
    let moment = serde_json::to_string(&it.moment).map_err(|error| Error::Corrupt(error.to_string()))?;
    tx.execute(
        "insert into coaching_moments
           (week, user_id, ticket_id, imported_id, evidence_id, skill_id, moment, score, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            week,
            user,
            it.work.ticket(),
            it.work.imported(),
            it.evidence,
            it.moment.skill.0,
            moment,
            it.moment.score,
            now
        ],
    )
    .map(|_| ())
}

pub(in crate::coaching) fn save_talked(tx: &mut Tx, id: CoachingMomentId, talked: bool) -> Result<(), Error> {
    let (at, by) = (talked.then_some(tx.now()), tx.actor().user().filter(|_| talked));
    tx.execute(
        "update coaching_moments set talked_at = $1, talked_by = $2 where id = $3",
        params![at, by, id],
    )
    .map(|_| ())
}

/// Since a week, with what was seen: of everybody, or of one person; the newest week first, the most teachable first.
/// What has been struck out since is not shown.
pub(in crate::coaching) fn list_moment_rows(
    tx: &mut Tx,
    since_week: i64,
    user: Option<UserId>,
    count: usize,
) -> Result<Vec<MomentRow>, Error> {
    let sql = format!(
        "select {KEPT}, u.name, coalesce(t.subject, ''), s.key, {}, s.kind, e.kind, e.value, e.at, o.source, o.ticket,
           k.name, c.ticket_url
         from coaching_moments m join users u on u.id = m.user_id left join tickets t on t.id = m.ticket_id
           left join imported_outcomes o on o.id = m.imported_id left join difficulty_keys k on k.id = o.topic_id
           left join outcome_sources c on c.source = o.source
           join skills s on s.id = m.skill_id join evidence e on e.id = m.evidence_id
         where m.week >= $1 and (m.user_id = $2 or $2 = 0) and e.struck_at is null and u.deleted_at is null
           and (t.id is not null or o.id is not null) and t.deleted_at is null and o.undone_at is null
         order by m.week desc, m.score desc, m.id limit $3",
        crate::skills::store::name_column(tx)
    );
    tx.list(&sql, params![since_week, user.unwrap_or(UserId(0)), count], |row| {
        let kept = kept(row)?;
        let (kind, seen): (String, String) = (row.get(14)?, row.get(15)?);
        let elsewhere = match row.get::<Option<String>>(18)? {
            Some(source) => {
                let ticket_url: Option<String> = row.get(21)?;
                Some(Elsewhere::of(source, row.get(19)?, row.get(20)?, ticket_url.as_deref()))
            }
            None => None,
        };
        Ok(MomentRow {
            user_name: row.get(10)?,
            subject: match &elsewhere {
                Some(it) => it.subject(),
                None => row.get(11)?,
            },
            elsewhere,
            skill: SkillSummary {
                id: kept.skill,
                key: row.get(12)?,
                name: row.get(13)?,
                kind: kind.parse().map_err(|_| Error::Corrupt(format!("{kind:?} is no kind of skill")))?,
            },
            observed: Observed::from_stored(&seen, row.get(16)?)
                .ok_or_else(|| Error::Corrupt(format!("{seen:?} is no kind of evidence")))?,
            at: row.get(17)?,
            kept,
        })
    })
}

const OF_WORK: &str = "e.kind in ('outcome', 'satisfaction', 'review') and e.struck_at is null
    and e.recorded_at >= $1 and e.recorded_at < $2
    and (e.ticket_id is not null or (e.imported_id is not null and e.at >= $3))";

/// What became known of people's work between the two moments; of imported work, what was done since the third.
pub(in crate::coaching) fn list_known(
    tx: &mut Tx,
    from: i64,
    to: i64,
    imported_since: i64,
) -> Result<Vec<Known>, Error> {
    let mut skills: HashMap<EvidenceId, Vec<KnownSkill>> = HashMap::new();
    tx.each(
        &format!(
            "select m.evidence_id, m.skill_id, m.weight, m.mean_before, m.variance_before, coalesce(q.level, n.level)
             from evidence e join evidence_moves m on m.evidence_id = e.id
               left join requirements q on q.ticket_id = e.ticket_id and q.skill_id = m.skill_id
               left join imported_outcomes o on o.id = e.imported_id
               left join need_set_skills n on n.need_set_id = o.need_set_id and n.skill_id = m.skill_id
             where {OF_WORK} order by m.evidence_id, m.skill_id"
        ),
        params![from, to, imported_since],
        |row| {
            skills.entry(row.get(0)?).or_default().push(KnownSkill {
                skill: row.get(1)?,
                weight: row.get(2)?,
                before: Belief { mean: row.get(3)?, variance: row.get(4)? },
                asked: row.get(5)?,
            });
            Ok(true)
        },
    )?;
    tx.list(
        &format!(
            "select e.id, e.user_id, e.ticket_id, e.imported_id, e.kind, e.value, e.severity, e.difficulty from evidence e
             where {OF_WORK} order by e.id desc limit $4"
        ),
        params![from, to, imported_since, KNOWN_MAX],
        |row| {
            let evidence: EvidenceId = row.get(0)?;
            let kind: String = row.get(4)?;
            let observed = Observed::from_stored(&kind, row.get(5)?)
                .ok_or_else(|| Error::Corrupt(format!("{kind:?} is no kind of evidence")))?;
            let observed = match (observed, row.get::<Option<f64>>(6)?) {
                (Observed::Review { level, .. }, Some(severity)) => Observed::Review { level, severity },
                _ => observed,
            };
            Ok(Known {
                evidence,
                user: row.get(1)?,
                work: piece_of_work(row, 2)?,
                observed,
                difficulty: row.get(7)?,
                skills: skills.remove(&evidence).unwrap_or_default(),
            })
        },
    )
}

/// How many tickets came since then, of this desk and (since the second moment) of others, and how many of them needed
/// each skill.
pub(in crate::coaching) fn count_demand(
    tx: &mut Tx,
    since: i64,
    imported_since: i64,
) -> Result<(i64, HashMap<SkillId, i64>), Error> {
    const OWN: &str = "(select id from tickets where updated_at >= $1 and created_at >= $1
        and deleted_at is null order by updated_at desc limit $2) as t";
    const IMPORTED: &str =
        "(select need_set_id from imported_outcomes where opened_at >= $1 and undone_at is null
        order by opened_at desc limit $2) as o";
    let own = count_needs(tx, OWN, "requirements q on q.ticket_id = t.id", since)?;
    let imported =
        count_needs(tx, IMPORTED, "need_set_skills q on q.need_set_id = o.need_set_id", imported_since)?;
    let mut needs: HashMap<SkillId, i64> = HashMap::new();
    for (skill, count) in own.1.into_iter().chain(imported.1) {
        *needs.entry(skill).or_default() += count;
    }
    Ok((own.0 + imported.0, needs))
}

fn count_needs(
    tx: &mut Tx,
    newest: &'static str,
    joined: &'static str,
    since: i64,
) -> Result<(i64, Vec<(SkillId, i64)>), Error> {
    let tickets = tx.value(&format!("select count(*) from {newest}"), params![since, DEMAND_TICKETS_MAX])?;
    let sql = format!(
        "select q.skill_id, cast(count(*) as bigint) from {newest} join {joined} group by q.skill_id"
    );
    let needs = tx.list(&sql, params![since, DEMAND_TICKETS_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((tickets, needs))
}

/// Outcomes of one kind in work that needed the skill, between the two moments, by everybody.
pub(in crate::coaching) fn list_work(
    tx: &mut Tx,
    skill: SkillId,
    kind: &'static str,
    from: i64,
    to: i64,
) -> Result<Vec<WorkDone>, Error> {
    const IN_SKILL: &str =
        "m.skill_id = $1 and e.kind = $2 and e.at >= $3 and e.at < $4 and e.struck_at is null";
    let mut skills: HashMap<EvidenceId, Vec<(SkillId, f64)>> = HashMap::new();
    tx.each(
        &format!(
            "select o.evidence_id, o.skill_id, o.weight from evidence_moves m join evidence e on e.id = m.evidence_id
             join evidence_moves o on o.evidence_id = m.evidence_id where {IN_SKILL}"
        ),
        params![skill, kind, from, to],
        |row| {
            skills.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(true)
        },
    )?;
    tx.list(
        &format!(
            "select e.id, e.user_id, e.at, e.value, e.difficulty, coalesce(e.priority, t.priority), t.channel, e.topic_id,
               e.channel_id
             from evidence_moves m join evidence e on e.id = m.evidence_id left join tickets t on t.id = e.ticket_id
             where {IN_SKILL} order by e.id desc limit $5"
        ),
        params![skill, kind, from, to, WORK_MAX],
        |row| {
            let evidence: EvidenceId = row.get(0)?;
            Ok(WorkDone {
                user: row.get(1)?,
                at: row.get(2)?,
                value: row.get(3)?,
                difficulty: row.get(4)?,
                priority: row.get(5)?,
                channel: row.get(6)?,
                topic: row.get(7)?,
                channel_key: row.get(8)?,
                skills: skills.remove(&evidence).unwrap_or_default(),
            })
        },
    )
}

/// Whoever worked towards a goal in the skill at any time between the two moments.
pub(in crate::coaching) fn list_coached(
    tx: &mut Tx,
    skill: SkillId,
    from: i64,
    to: i64,
) -> Result<HashSet<UserId>, Error> {
    let all = tx.list(
        "select p.user_id from coaching_goals g join coaching_plans p on p.id = g.plan_id
         where g.skill_id = $1 and g.created_at < $3 and (p.closed_at is null or p.closed_at >= $2)",
        params![skill, from, to],
        |row| row.get(0),
    )?;
    Ok(all.into_iter().collect())
}

pub(in crate::coaching) fn list_names(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, String>, Error> {
    let ids: HashSet<i64> = users.into_iter().map(|it| it.0).collect();
    let sql = format!("select id, name from users where id in {}", tx.numbers_in(1));
    let all = tx.list(&sql, params![json_numbers(ids)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(all.into_iter().collect())
}

pub(in crate::coaching) fn list_leads(tx: &mut Tx) -> Result<Vec<(UserId, String)>, Error> {
    tx.list(
        "select id, name from users where role in ('lead', 'admin') and suspended_at is null and deleted_at is null
         order by lower(name), id",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
