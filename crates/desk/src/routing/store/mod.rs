//! Every statement on presences, capacities and decisions, and what routing reads of tickets and needs; those of the
//! owner and of the decision explorer in the files beside.

pub(super) mod decisions;
mod hands;
pub(super) mod live;
pub(super) mod offers;
pub(super) mod queues;
pub(super) mod statuses;

pub(super) use hands::*;

use super::hands::Made;
use super::offers::channel_of;
use super::policy::rule_word;
use super::presence::Presence;
use super::queues::Facts;
use super::{Cause, PresenceStatus, Rule};
use crate::events::Event;
use crate::skills::{DecayClass, Hardness, SkillKind, Source};
use crate::tickets::{self, Priority, json_numbers};
use crate::{AgentStatusId, BrandId, DecisionId, GroupId, SkillId, TicketId, Tx, UserId};
use ::routing::{Channel, Requirements};
use db::{Error, Row, params};
use std::collections::HashMap;

// --- work

/// A ticket that needs an answer, as far as routing is concerned.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub id: TicketId,
    pub assignee: Option<UserId>,
    pub group: Option<GroupId>,
    pub requester: UserId,
    pub priority: Option<Priority>,
    pub urgency: i64,
    pub anger: i64,
    pub waiting_since: Option<i64>,
    pub created_at: i64,
    pub replies: i64,
    /// How many people have held it.
    pub stations: i64,
    /// By the way it came.
    pub channel: Channel,
    pub came: tickets::Channel,
    pub brand: BrandId,
    /// Joined by blanks.
    pub tags: String,
    pub language: Option<String>,
    /// It asks for something beyond the skills that it needs: `routing_requirements` has what.
    pub asks: bool,
}

const WAITING: &str =
    "t.id, t.assignee_id, t.group_id, t.requester_id, t.priority, t.urgency, t.anger, t.waiting_since,
    t.created_at, t.replies, t.assignee_stations,
    (select a.names_groups from routing_requirements a where a.ticket_id = t.id), t.channel, t.brand_id, t.tags,
    t.language";
const WAITING_COLUMNS: usize = 16;

impl Waiting {
    /// What conditions of queues look at.
    pub fn facts<'a>(&'a self, skills: &'a [SkillId]) -> Facts<'a> {
        Facts {
            channel: self.came,
            brand: self.brand,
            tags: &self.tags,
            priority: self.priority,
            language: self.language.as_deref(),
            group: self.group,
            skills,
        }
    }
}

fn waiting(row: &Row<'_>) -> Result<Waiting, Error> {
    Ok(Waiting {
        id: row.get(0)?,
        assignee: row.get(1)?,
        group: row.get(2)?,
        requester: row.get(3)?,
        priority: row.get(4)?,
        urgency: row.get(5)?,
        anger: row.get(6)?,
        waiting_since: row.get(7)?,
        created_at: row.get(8)?,
        replies: row.get(9)?,
        stations: row.get(10)?,
        asks: row.get::<Option<i64>>(11)?.is_some(),
        channel: channel_of(row.get(12)?),
        came: row.get(12)?,
        brand: row.get(13)?,
        tags: row.get(14)?,
        language: row.get(15)?,
    })
}

/// `None` unless the ticket is new or open.
pub(super) fn find_waiting(tx: &mut Tx, ticket: TicketId) -> Result<Option<Waiting>, Error> {
    let sql =
        format!("select {WAITING} from tickets t where t.id = $1 and t.status < 2 and t.deleted_at is null");
    tx.find(&sql, params![ticket], waiting)
}

/// In the order in which it is looked at: the most pressing first, then the longest waiting.
const PRESSING: &str =
    "coalesce(t.priority, case when t.urgency >= 3 then 4 when t.urgency = 2 then 3 else 2 end) desc,
     coalesce(t.waiting_since, t.created_at), t.id";

/// Shows all that waits and has nobody, in that order.
pub(super) fn each_waiting(tx: &mut Tx, mut see: impl FnMut(&Waiting)) -> Result<(), Error> {
    let sql = format!(
        "select {WAITING} from tickets t
         where t.status < 4 and t.assignee_id is null and t.deleted_at is null and t.status < 2
         order by {PRESSING}"
    );
    tx.each(&sql, params![], |row| {
        see(&waiting(row)?);
        Ok(true)
    })
}

/// What each of these needs.
pub(super) fn list_skills_of_waiting(tx: &mut Tx) -> Result<HashMap<TicketId, Vec<SkillId>>, Error> {
    let mut needed: HashMap<TicketId, Vec<SkillId>> = HashMap::new();
    tx.each(
        "select r.ticket_id, r.skill_id from tickets t join requirements r on r.ticket_id = t.id
         where t.status < 4 and t.assignee_id is null and t.deleted_at is null and t.status < 2",
        params![],
        |row| {
            needed.entry(row.get(0)?).or_default().push(row.get(1)?);
            Ok(true)
        },
    )?;
    Ok(needed)
}

/// What waits: how many, and the oldest.
pub(super) fn count_queue(tx: &mut Tx) -> Result<(i64, Option<i64>), Error> {
    tx.one(
        "select cast(count(*) as bigint), min(coalesce(waiting_since, created_at)) from tickets
         where status < 4 and assignee_id is null and deleted_at is null and status < 2",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The agent who last answered publicly.
pub(super) fn find_last_answerer(tx: &mut Tx, ticket: TicketId) -> Result<Option<UserId>, Error> {
    tx.find(
        "select c.author_id from comments c join users u on u.id = c.author_id
         where c.ticket_id = $1 and c.public = 1 and u.role in ('agent', 'lead', 'admin')
         order by c.id desc limit 1",
        params![ticket],
        |row| row.get(0),
    )
}

/// Who has just put it back by their own hand, and shall not get it again at once.
pub(super) fn find_decliner(tx: &mut Tx, ticket: TicketId) -> Result<Option<UserId>, Error> {
    let last: Option<(Option<UserId>, String)> = tx.find(
        "select actor_id, facts from events where subject = 'ticket' and subject_id = $1 and kind = 'ticket_assigned'
         order by id desc limit 1",
        params![ticket],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((Some(actor), facts)) = last else { return Ok(None) };
    Ok(match serde_json::from_str(&facts) {
        Ok(Event::TicketAssigned { from: Some(from), to: None, .. }) if from == actor => Some(actor),
        _ => None,
    })
}

/// A skill that a ticket needs.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub skill: SkillId,
    pub kind: SkillKind,
    pub tau_days: f64,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    pub source: Source,
}

impl Need {
    /// A must that stops being one after a long wait.
    pub fn gives_way(&self) -> bool {
        self.kind == SkillKind::Language && self.source == Source::Rule
    }
}

pub(super) fn list_needs(tx: &mut Tx, tickets: &[TicketId]) -> Result<HashMap<TicketId, Vec<Need>>, Error> {
    let mut needs: HashMap<TicketId, Vec<Need>> = HashMap::new();
    let sql = format!(
        "select q.ticket_id, q.skill_id, s.kind, q.level, q.weight, q.hardness, q.source, s.decay,
           (select d.tau_days from decay_classes d where d.name = s.decay)
         from requirements q join skills s on s.id = q.skill_id where q.ticket_id in {} order by q.ticket_id, q.skill_id",
        tx.numbers_in(1)
    );
    tx.each(&sql, params![json_numbers(tickets.iter().map(|id| id.0))], |row| {
        let kind: String = row.get(2)?;
        let hardness: String = row.get(5)?;
        let source: String = row.get(6)?;
        let decay: String = row.get(7)?;
        let decay: DecayClass =
            decay.parse().map_err(|_| Error::Corrupt(format!("{decay:?} is no way to fade")))?;
        let tau_days: Option<f64> = row.get(8)?;
        needs.entry(row.get(0)?).or_default().push(Need {
            skill: row.get(1)?,
            kind: kind.parse().map_err(|_| Error::Corrupt(format!("{kind:?} is no kind of skill")))?,
            tau_days: tau_days.unwrap_or(decay.tau_days()),
            level: row.get(3)?,
            weight: row.get(4)?,
            hardness: if hardness == "must" { Hardness::Must } else { Hardness::Prefer },
            source: Source::parse(&source).unwrap_or(Source::Rule),
        });
        Ok(true)
    })?;
    Ok(needs)
}

/// A skill that is asked for by name, as if the ticket needed it. `None` if there is no such skill.
pub(super) fn find_skill_as_need(tx: &mut Tx, skill: SkillId, weight: f64) -> Result<Option<Need>, Error> {
    let sql = "select s.kind, s.decay, (select d.tau_days from decay_classes d where d.name = s.decay)
         from skills s where s.id = $1";
    tx.find(sql, params![skill], |row| {
        let kind: String = row.get(0)?;
        let decay: String = row.get(1)?;
        let decay: DecayClass =
            decay.parse().map_err(|_| Error::Corrupt(format!("{decay:?} is no way to fade")))?;
        let tau_days: Option<f64> = row.get(2)?;
        Ok(Need {
            skill,
            kind: kind.parse().map_err(|_| Error::Corrupt(format!("{kind:?} is no kind of skill")))?,
            tau_days: tau_days.unwrap_or(decay.tau_days()),
            level: 0.0,
            weight,
            hardness: Hardness::Prefer,
            source: Source::Person,
        })
    })
}

pub(super) fn list_members_of(tx: &mut Tx, groups: &[GroupId]) -> Result<Vec<(GroupId, UserId)>, Error> {
    let sql = format!("select group_id, user_id from memberships where group_id in {}", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(groups.iter().map(|it| it.0))], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Everybody who may be asked for by name: their name and their first address.
pub(super) fn list_staff_names(tx: &mut Tx) -> Result<Vec<(UserId, String, Option<String>)>, Error> {
    tx.list(
        "select id, name, email from users
         where role in ('agent', 'lead', 'admin') and deleted_at is null order by id desc",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

// --- what is asked

pub(super) struct KeptAsked {
    pub requirements: Requirements,
    pub set_by: Option<UserId>,
    pub set_at: i64,
}

pub(super) fn find_asked(tx: &mut Tx, ticket: TicketId) -> Result<Option<KeptAsked>, Error> {
    tx.find(
        "select requirements, set_by, set_at from routing_requirements where ticket_id = $1",
        params![ticket],
        |row| {
            let text: String = row.get(0)?;
            Ok(KeptAsked {
                requirements: serde_json::from_str(&text)
                    .map_err(|error| Error::Corrupt(error.to_string()))?,
                set_by: row.get(1)?,
                set_at: row.get(2)?,
            })
        },
    )
}

pub(super) fn save_asked(tx: &mut Tx, ticket: TicketId, it: &Requirements) -> Result<(), Error> {
    let text = serde_json::to_string(it).map_err(|error| Error::Corrupt(error.to_string()))?;
    let names_groups = i64::from(!it.pools().is_empty());
    let (by, now) = (tx.actor().user(), tx.now());
    tx.execute(
        "insert into routing_requirements (ticket_id, requirements, names_groups, set_by, set_at)
         values ($1, $2, $3, $4, $5)
         on conflict (ticket_id) do update set requirements = excluded.requirements,
           names_groups = excluded.names_groups, set_by = excluded.set_by, set_at = excluded.set_at",
        params![ticket, text, names_groups, by, now],
    )
    .map(|_| ())
}

pub(super) fn delete_asked(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    tx.execute("delete from routing_requirements where ticket_id = $1", params![ticket]).map(|_| ())
}

// --- decisions

/// Of what was taken from the queue lately: how many, and when the first of them.
pub(super) fn count_taken(tx: &mut Tx, since: i64) -> Result<(i64, Option<i64>), Error> {
    tx.one(
        "select cast(count(*) as bigint), min(at) from routing_decisions
         where at >= $1 and chosen_id is not null and cause in ('free', 'waited', 'pulled')",
        params![since],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// A decision as it was kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub id: DecisionId,
    pub at: i64,
    pub cause: Cause,
    pub chosen: Option<UserId>,
    pub explored: bool,
    pub made: Made,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    let cause: String = row.get(2)?;
    let made: String = row.get(5)?;
    Ok(Kept {
        id: row.get(0)?,
        at: row.get(1)?,
        cause: Cause::parse(&cause).ok_or_else(|| Error::Corrupt(format!("{cause:?} is no cause")))?,
        chosen: row.get(3)?,
        explored: row.get(4)?,
        made: serde_json::from_str(&made).map_err(|error| Error::Corrupt(error.to_string()))?,
    })
}

/// A decision as it will be kept.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub text: String,
    /// The rule that held.
    pub rule: Rule,
}

pub(super) fn written(made: &Made, rule: Rule) -> Result<Written, Error> {
    let text = serde_json::to_string(made).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(Written { text, rule })
}

pub(super) fn insert_decision(
    tx: &mut Tx,
    ticket: TicketId,
    cause: Cause,
    chosen: Option<UserId>,
    explored: bool,
    made: &Written,
) -> Result<DecisionId, Error> {
    let now = tx.now();
    let rule = rule_word(made.rule);
    tx.insert(
        "insert into routing_decisions (ticket_id, at, cause, chosen_id, explored, decision, rule)
         values ($1, $2, $3, $4, $5, $6, $7)",
        params![ticket, now, cause.name(), chosen, explored, made.text, rule],
    )
}

pub(super) fn find_last_decision(tx: &mut Tx, ticket: TicketId) -> Result<Option<Kept>, Error> {
    Ok(list_decisions(tx, ticket, 1)?.pop())
}

/// The newest first.
pub(super) fn list_decisions(tx: &mut Tx, ticket: TicketId, count_max: usize) -> Result<Vec<Kept>, Error> {
    tx.list(
        "select id, at, cause, chosen_id, explored, decision from routing_decisions where ticket_id = $1
         order by id desc limit $2",
        params![ticket, count_max],
        kept,
    )
}
