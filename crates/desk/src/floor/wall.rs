//! What hangs on the wall: what waits, who is here, and which promises are at risk, now.

use super::{FloorError, floor_settings, history::midnight, store};
use crate::routing::{self, PresenceStatus};
use crate::{TicketId, Tx, UserId, settings};
use serde::Serialize;

/// Waiting tickets that are looked at; beyond them, only their number is known.
const WAITING_MAX: usize = 2_000;
pub const AT_RISK_SHOWN_MAX: usize = 8;
pub const QUEUES_SHOWN_MAX: usize = 6;
pub const PEOPLE_SHOWN_MAX: usize = 60;
/// A promise is at risk once so much of its time has gone.
const AT_RISK_SHARE: f64 = 0.75;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wall {
    pub now: i64,
    /// Tickets that need an answer and have nobody.
    pub waiting: i64,
    pub oldest_waiting_since: Option<i64>,
    /// For one more piece of ordinary work that comes now: between these minutes with 80 %.
    pub expected_wait_minutes: Option<(f64, f64)>,
    /// Where no queue promises anything else.
    pub promise_minutes: f64,
    /// The longest first; what falls into the default queue by group.
    pub queues: Vec<WallQueue>,
    /// The latest first.
    pub at_risk: Vec<AtRisk>,
    /// All of them, also those that are not shown.
    pub at_risk_count: usize,
    pub late_count: usize,
    pub people: Vec<WallPerson>,
    pub online: usize,
    /// Pieces of work that those online could still take.
    pub room: i64,
    /// Since midnight: tickets that came, first answers, tickets solved.
    pub today: [i64; 3],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WallQueue {
    /// `None`: no group.
    pub group: Option<String>,
    /// `None`: the default one.
    pub queue: Option<String>,
    pub waiting: usize,
    pub oldest_since: i64,
    pub late: usize,
}

/// A customer who waits for an answer, with somebody or nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AtRisk {
    pub ticket: TicketId,
    pub since: i64,
    /// Since the promise is broken, or until it will be.
    pub due: i64,
    pub whose: Option<String>,
    /// The queue that promised its first answer until then; `None`: no queue did.
    pub promised_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WallPerson {
    pub user: UserId,
    pub name: String,
    pub status: PresenceStatus,
    /// Of a status that an admin made up.
    pub status_name: Option<String>,
    pub load: i64,
    pub limit: i64,
}

pub fn wall(tx: &mut Tx) -> Result<Wall, FloorError> {
    if !tx.actor().is_staff() {
        return Err(FloorError::NotStaff);
    }
    let now = tx.now();
    let settings_of_floor = floor_settings(tx)?;
    let promise_ms = (60_000.0 * settings_of_floor.promise_minutes) as i64;
    let floor = routing::floor_now(tx).map_err(|error| match error {
        routing::RoutingError::Db(error) => FloorError::Db(error),
        _ => FloorError::NotStaff,
    })?;
    let waiting = store::list_waiting(tx, WAITING_MAX)?;
    let unanswered = store::list_unanswered(tx, WAITING_MAX)?;
    let tickets: Vec<TicketId> =
        waiting.iter().map(|it| it.0).chain(unanswered.iter().map(|it| it.0)).collect();
    let promised = routing::promised(tx, &tickets)?;
    let due_of = |ticket: TicketId, since: i64| {
        let by_queue =
            |it: &routing::Promised| Some((it.due?, it.at_risk_from?, Some(it.queue_name.clone())));
        let at_risk_from = since + (AT_RISK_SHARE * promise_ms as f64) as i64;
        promised.get(&ticket).and_then(by_queue).unwrap_or((since + promise_ms, at_risk_from, None))
    };
    let mut queues: Vec<WallQueue> = Vec::new();
    let mut at_risk: Vec<AtRisk> = Vec::new();
    let mut risk = |ticket: TicketId, since: i64, whose: Option<String>| {
        let (due, at_risk_from, promised_by) = due_of(ticket, since);
        if now >= at_risk_from {
            at_risk.push(AtRisk { ticket, since, due, whose, promised_by });
        }
    };
    for (ticket, since, group) in waiting {
        let late = usize::from(due_of(ticket, since).0 < now);
        let queue = promised.get(&ticket).filter(|it| !it.is_default).map(|it| it.queue_name.clone());
        let group = group.filter(|_| queue.is_none());
        match queues.iter_mut().find(|it| (&it.queue, &it.group) == (&queue, &group)) {
            Some(queue) => {
                queue.waiting += 1;
                queue.late += late;
            }
            None => queues.push(WallQueue { group, queue, waiting: 1, oldest_since: since, late }),
        }
        risk(ticket, since, None);
    }
    queues.sort_by_key(|it| (std::cmp::Reverse(it.waiting), it.oldest_since));
    queues.truncate(QUEUES_SHOWN_MAX);
    for (ticket, since, name) in unanswered {
        risk(ticket, since, Some(name));
    }
    at_risk.sort_by_key(|it| (it.due, it.ticket));
    let (at_risk_count, late_count) = (at_risk.len(), at_risk.iter().filter(|it| it.due < now).count());
    at_risk.truncate(AT_RISK_SHOWN_MAX);
    let online = || floor.people.iter().filter(|it| it.status == PresenceStatus::Online);
    let time_zone = settings::company(tx)?.time_zone;
    Ok(Wall {
        now,
        waiting: floor.queue_length,
        oldest_waiting_since: floor.oldest_waiting_since,
        expected_wait_minutes: floor
            .expected_wait
            .map(|it| (it.low_ms as f64 / 60_000.0, it.high_ms as f64 / 60_000.0)),
        promise_minutes: settings_of_floor.promise_minutes,
        queues,
        at_risk,
        at_risk_count,
        late_count,
        online: online().count(),
        room: online().map(|it| (it.limit - it.load).max(0)).sum(),
        people: floor
            .people
            .into_iter()
            .filter(|it| it.status != PresenceStatus::Offline)
            .take(PEOPLE_SHOWN_MAX)
            .map(|it| WallPerson {
                user: it.user,
                name: it.name,
                status: it.status,
                status_name: it.status_name,
                load: it.load,
                limit: it.limit,
            })
            .collect(),
        today: store::count_since(tx, midnight(now, &time_zone))?,
    })
}
