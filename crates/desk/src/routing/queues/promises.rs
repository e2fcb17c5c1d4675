//! What queues promise: a first answer within so many minutes of a ticket's coming. Which promises run, which are late,
//! and how many were kept.
//!
//! Reads `tickets` and `queues`; nothing of it is kept, so it can always be counted anew. A ticket counts for the queue
//! into which it falls as it is now.

use super::*;
use crate::routing::RoutingError;
use crate::routing::store::queues::{self as rows, InQueue};
use crate::tickets::Status;
use crate::{SkillId, TicketId, UserId};
use std::collections::HashMap;

/// Days of which it is counted how many promises were kept.
pub const DAYS_COUNTED: i64 = 7;
/// Tickets that are counted at most, the newest.
const COUNTED_MAX: usize = 20_000;
/// Unanswered tickets of nobody that are looked at, those that wait longest.
const RUNNING_LOOK_MAX: usize = 500;
const DAY_MS: i64 = 86_400_000;

/// Where a ticket stands, and what is promised of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunningPromise {
    pub queue: RoutingQueueId,
    pub queue_name: String,
    /// `None`: nothing is promised there.
    pub promise: Option<Promise>,
    /// Until when the first answer is promised.
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

/// Of tickets that came in the last [`DAYS_COUNTED`] days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptPromises {
    pub queue: RoutingQueueId,
    pub promise: Promise,
    pub kept: i64,
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
    Ok(RunningPromise {
        queue: queue.id,
        queue_name: queue.policy.name.clone(),
        promise: queue.policy.promise,
        due: it.due(queue),
        answered_at: it.first_reply_at,
        runs: it.runs(),
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
        let Some(due) = it.due(queue) else { continue };
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
    let found = rows::list_came_since(tx, now - DAYS_COUNTED * DAY_MS, COUNTED_MAX)?;
    let skills = skills_of(tx, &queues, &found)?;
    for it in found {
        let queue = it.queue(&queues, &skills);
        let Some(due) = it.due(queue) else { continue };
        let Some(counted) = all.iter_mut().find(|it| it.queue == queue.id) else { continue };
        match it.first_reply_at {
            Some(at) if at <= due => counted.kept += 1,
            Some(_) => counted.broken += 1,
            None if it.runs() && due < now => counted.broken += 1,
            None if it.runs() => counted.running += 1,
            // Solved without a word to the customer: neither kept nor broken.
            None => {}
        }
    }
    Ok(all)
}

/// For the wall: the queue of a ticket, and until when its first answer is promised while it waits for one.
pub(crate) struct Promised {
    pub queue_name: String,
    pub is_default: bool,
    pub due: Option<i64>,
}

pub(crate) fn promised(tx: &mut Tx, tickets: &[TicketId]) -> Result<HashMap<TicketId, Promised>, db::Error> {
    let queues = Queues::load(tx)?;
    let found = rows::list_in_queue(tx, tickets)?;
    let skills = skills_of(tx, &queues, &found)?;
    Ok(found
        .iter()
        .map(|it| {
            let queue = it.queue(&queues, &skills);
            let due = it.due(queue).filter(|_| it.runs());
            let (queue_name, is_default) = (queue.policy.name.clone(), queue.is_default);
            (it.ticket, Promised { queue_name, is_default, due })
        })
        .collect())
}

impl InQueue {
    fn queue<'a>(&self, queues: &'a Queues, skills: &HashMap<TicketId, Vec<SkillId>>) -> &'a Queue {
        queues.taking(&self.facts(skills.get(&self.ticket).map_or(&[], Vec::as_slice)))
    }

    /// Counted from when the customer began to wait; of what is answered, that was when it came (see [`rows::list_came_since`]).
    fn due(&self, queue: &Queue) -> Option<i64> {
        Some(
            self.waiting_since.filter(|_| self.runs()).unwrap_or(self.created_at)
                + queue.policy.promise?.ms(),
        )
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
