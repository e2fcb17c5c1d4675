//! What queues promise: a first answer within so many minutes from when a customer began to wait, by every hour or by the
//! queue's opening hours. Which promises run, which are late, and how many were kept.
//!
//! Which run is seen from `tickets` and `queues`, by the queue into which a ticket falls as it is now. What ended is written to
//! `promise_runs` in the transaction that ended it: [`note_end`] hears of every change of a ticket.

use super::*;
use crate::routing::RoutingError;
use crate::routing::store::queues::{self as rows, InQueue};
use crate::tickets::{Status, Ticket};
use crate::{SkillId, TicketId, UserId};
use std::collections::HashMap;

/// Days of which it is counted how many promises were kept.
pub const DAYS_COUNTED: i64 = 7;
/// Tickets that are counted at most: of those that wait, those that wait longest; of the past, the newest.
const COUNTED_MAX: usize = 20_000;
/// Unanswered tickets of nobody that are looked at, those that wait longest.
const RUNNING_LOOK_MAX: usize = 500;
const DAY_MS: i64 = 86_400_000;

/// Where a ticket stands, and what is promised of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunningPromise {
    pub queue: RoutingQueueId,
    pub queue_name: String,
    /// What runs, or what ran until it was answered. `None`: nothing was promised.
    pub promise: Option<Promise>,
    /// Until when the first answer is promised, or was.
    pub due: Option<i64>,
    pub answered_at: Option<i64>,
    /// It waits for this answer.
    pub runs: bool,
}

impl RunningPromise {
    /// It was not kept, or cannot be kept any more.
    pub fn is_broken(&self, now: i64) -> bool {
        let seen_at = self.answered_at.or(self.runs.then_some(now));
        self.due.zip(seen_at).is_some_and(|(due, at)| at > due)
    }
}

/// A promise that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PromiseRow {
    pub ticket: TicketId,
    pub subject: String,
    pub queue_name: String,
    pub assignee: Option<UserId>,
    pub due: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PromisesNow {
    /// Of tickets that the asked person or nobody has.
    pub running: usize,
    /// Of these.
    pub late: usize,
    /// The first that is due first.
    pub next: Vec<PromiseRow>,
}

/// Of what ended in the last [`DAYS_COUNTED`] days, and of what runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptPromises {
    pub queue: RoutingQueueId,
    pub promise: Promise,
    pub kept: i64,
    /// Answered too late, solved too late without an answer, or late by now.
    pub broken: i64,
    /// Not answered yet, and there is time.
    pub running: i64,
}

impl KeptPromises {
    /// Of those of which it is known; `None` if there are none.
    pub fn percent(&self) -> Option<i64> {
        let known = self.kept + self.broken;
        (known > 0).then(|| self.kept * 100 / known)
    }

    pub fn is_enough(&self) -> bool {
        self.percent().is_none_or(|percent| percent >= self.promise.percent)
    }
}

/// The queue into which one ticket falls, with what is promised of it.
pub fn standing_of(tx: &mut Tx, ticket: TicketId) -> Result<RunningPromise, RoutingError> {
    staff(tx)?;
    let queues = Queues::load(tx)?;
    let found = rows::list_in_queue(tx, &[ticket])?;
    let Some(it) = found.first() else { return Err(RoutingError::NoSuchTicket) };
    let skills = skills_of(tx, &queues, &found)?;
    let queue = it.queue(&queues, &skills);
    let (queue_id, queue_name) = (queue.id, queue.policy.name.clone());
    let runs = it.runs();
    // What ran stays as it was, whatever the queue promises now.
    let ran = if runs { None } else { rows::find_last_run(tx, ticket)?.filter(|it| it.is_answered) };
    Ok(RunningPromise {
        queue: queue_id,
        queue_name,
        promise: if runs { queue.policy.promise } else { ran.as_ref().map(|it| it.promise) },
        due: if runs { it.due(&queues, queue) } else { ran.as_ref().map(|it| it.due_at) },
        answered_at: it.first_reply_at,
        runs,
    })
}

/// What runs now for one person. `count`: of the next that are told.
pub fn promises_now(tx: &mut Tx, user: UserId, count: usize) -> Result<PromisesNow, RoutingError> {
    staff(tx)?;
    let queues = Queues::load(tx)?;
    if queues.all().iter().all(|it| it.policy.promise.is_none()) {
        return Ok(PromisesNow::default());
    }
    let now = tx.now();
    let found = rows::list_unanswered(tx, user, RUNNING_LOOK_MAX)?;
    let skills = skills_of(tx, &queues, &found)?;
    let mut all = PromisesNow::default();
    for it in found {
        let queue = it.queue(&queues, &skills);
        let Some(due) = it.due(&queues, queue) else { continue };
        all.running += 1;
        all.late += usize::from(due < now);
        let (ticket, assignee, queue_name) = (it.ticket, it.assignee, queue.policy.name.clone());
        all.next.push(PromiseRow { ticket, subject: it.subject, queue_name, assignee, due });
    }
    all.next.sort_by_key(|it| (it.due, it.ticket));
    all.next.truncate(count);
    Ok(all)
}

/// For each queue that promises something, in the order of queues.
pub fn kept_promises(tx: &mut Tx) -> Result<Vec<KeptPromises>, RoutingError> {
    staff(tx)?;
    let queues = Queues::load(tx)?;
    let promising = queues.all().iter().filter_map(|it| Some((it.id, it.policy.promise?)));
    let mut all: Vec<KeptPromises> = promising
        .map(|(queue, promise)| KeptPromises { queue, promise, kept: 0, broken: 0, running: 0 })
        .collect();
    if all.is_empty() {
        return Ok(all);
    }
    let now = tx.now();
    let mut count = |queue: RoutingQueueId, add: &dyn Fn(&mut KeptPromises)| {
        all.iter_mut().filter(|it| it.queue == queue).for_each(add);
    };
    for (queue, kept, broken) in rows::count_ended(tx, now - DAYS_COUNTED * DAY_MS)? {
        count(queue, &|it| (it.kept, it.broken) = (kept, broken));
    }
    let found = rows::list_waiting_first(tx, COUNTED_MAX)?;
    let skills = skills_of(tx, &queues, &found)?;
    for it in found {
        let queue = it.queue(&queues, &skills);
        match it.due(&queues, queue) {
            Some(due) if due < now => count(queue.id, &|it| it.broken += 1),
            Some(_) => count(queue.id, &|it| it.running += 1),
            None => {}
        }
    }
    Ok(all)
}

/// A promise that ran to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::routing) struct Run {
    pub ticket: TicketId,
    pub queue: RoutingQueueId,
    pub promise: Promise,
    pub began_at: i64,
    pub due_at: i64,
    pub ended_at: i64,
    /// By a public answer, not by being solved without one.
    pub is_answered: bool,
}

/// A ticket has changed: if that ended the wait for its first answer, what was promised of it is written down. It counts for
/// the queue in which it stood until then.
pub(crate) fn note_end(tx: &mut Tx, before: &Ticket, after: &Ticket) -> Result<(), db::Error> {
    let waited = before.first_reply_at.is_none() && before.status < Status::Solved;
    let Some(began_at) = before.waiting_since.filter(|_| waited) else { return Ok(()) };
    // What becomes part of another ticket waits there.
    if after.waiting_since.is_some() || after.merged_into != before.merged_into || !rows::is_any_promised(tx)?
    {
        return Ok(());
    }
    let queues = Queues::load(tx)?;
    let skills = match queues.ask_for_skills() {
        true => rows::list_needed_skills(tx, &[before.id])?.remove(&before.id).unwrap_or_default(),
        false => Vec::new(),
    };
    let queue = queues.taking(&Facts {
        channel: before.channel,
        brand: before.brand,
        tags: &before.tags.as_slice().join(" "),
        priority: before.priority,
        language: before.language.as_deref(),
        group: before.group,
        skills: &skills,
    });
    let Some((promise, due_at)) = queue.policy.promise.zip(queues.due(queue, began_at)) else {
        return Ok(());
    };
    let is_answered = after.first_reply_at.is_some();
    let (ticket, ended_at) = (before.id, tx.now());
    rows::insert_run(tx, &Run { ticket, queue: queue.id, promise, began_at, due_at, ended_at, is_answered })
}

/// Once, after an update: what was answered in the days that are counted, by the fields that tickets have now.
pub(crate) fn write_past(tx: &mut Tx) -> Result<(), db::Error> {
    let queues = Queues::load(tx)?;
    let since = tx.now() - DAYS_COUNTED * DAY_MS;
    let found = rows::list_came_since(tx, since, COUNTED_MAX)?;
    let skills = skills_of(tx, &queues, &found)?;
    for it in found {
        let queue = it.queue(&queues, &skills);
        let began_at = it.created_at;
        let promised = queue.policy.promise.zip(queues.due(queue, began_at));
        let Some(((promise, due_at), ended_at)) = promised.zip(it.first_reply_at) else { continue };
        if rows::find_last_run(tx, it.ticket)?.is_none() {
            let (ticket, queue) = (it.ticket, queue.id);
            let run = Run { ticket, queue, promise, began_at, due_at, ended_at, is_answered: true };
            rows::insert_run(tx, &run)?;
        }
    }
    Ok(())
}

/// For the wall: the queue of a ticket, and until when its first answer is promised while it waits for one.
pub(crate) struct Promised {
    pub queue_name: String,
    pub is_default: bool,
    pub due: Option<i64>,
    /// From when on it is told as being at risk.
    pub at_risk_from: Option<i64>,
}

/// A promise is at risk once so much of its time has gone.
const AT_RISK_SHARE: f64 = 0.75;

pub(crate) fn promised(tx: &mut Tx, tickets: &[TicketId]) -> Result<HashMap<TicketId, Promised>, db::Error> {
    let queues = Queues::load(tx)?;
    let found = rows::list_in_queue(tx, tickets)?;
    let skills = skills_of(tx, &queues, &found)?;
    Ok(found
        .iter()
        .map(|it| {
            let queue = it.queue(&queues, &skills);
            let due = it.due(&queues, queue);
            let at_risk_from = it.since().and_then(|since| queues.gone(queue, since, AT_RISK_SHARE));
            let (queue_name, is_default) = (queue.policy.name.clone(), queue.is_default);
            (it.ticket, Promised { queue_name, is_default, due, at_risk_from })
        })
        .collect())
}

impl InQueue {
    fn queue<'a>(&self, queues: &'a Queues, skills: &HashMap<TicketId, Vec<SkillId>>) -> &'a Queue {
        queues.taking(&self.facts(skills.get(&self.ticket).map_or(&[], Vec::as_slice)))
    }

    /// While somebody waits for the first answer.
    fn due(&self, queues: &Queues, queue: &Queue) -> Option<i64> {
        queues.due(queue, self.since()?)
    }

    /// Since when.
    fn since(&self) -> Option<i64> {
        self.waiting_since.filter(|_| self.runs())
    }

    /// Somebody waits for the first answer.
    fn runs(&self) -> bool {
        self.first_reply_at.is_none() && self.waiting_since.is_some() && self.status < Status::Solved
    }
}

fn skills_of(
    tx: &mut Tx,
    queues: &Queues,
    found: &[InQueue],
) -> Result<HashMap<TicketId, Vec<SkillId>>, db::Error> {
    match queues.ask_for_skills() {
        false => Ok(HashMap::new()),
        true => rows::list_needed_skills(tx, &found.iter().map(|it| it.ticket).collect::<Vec<_>>()),
    }
}

fn staff(tx: &Tx) -> Result<(), RoutingError> {
    if tx.actor().is_staff() { Ok(()) } else { Err(RoutingError::NotStaff) }
}
