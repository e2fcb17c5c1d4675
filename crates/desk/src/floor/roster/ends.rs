//! Whoever is still here some minutes after their shift has ended is set to away, if the rules say so.

use super::when::{Week, stretch, zone};
use super::{RosterError, in_force, rules};
use crate::routing::{self, PresenceStatus, SetPresence};
use crate::{Tx, people};
use std::collections::HashMap;

/// An end that lies longer ago is left alone: it was looked at when it was due, or nobody looked.
const LOOK_BACK_MS: i64 = 10 * 60_000;

/// Who came back after the end of their shift, or works another one, stays.
pub(crate) fn end_shifts(tx: &mut Tx) -> Result<(), RosterError> {
    let Some(after_minutes) = rules(tx)?.away_after_minutes else { return Ok(()) };
    let now = tx.now();
    let due = now - after_minutes * 60_000;
    let mut stretches: HashMap<crate::UserId, Vec<(i64, i64)>> = HashMap::new();
    let zones: HashMap<crate::UserId, String> =
        people::list_agents(tx)?.into_iter().map(|it| (it.id, it.time_zone)).collect();
    let week = Week::containing(due, "UTC");
    for week in [week.before(), week, week.after()] {
        for line in in_force(tx, week)? {
            if let Some(name) = zones.get(&line.user) {
                stretches.entry(line.user).or_default().push(stretch(week, &line.shift, &zone(name)));
            }
        }
    }
    let here = routing::presences(tx).map_err(not_routing)?;
    for it in here.iter().filter(|it| it.status == PresenceStatus::Online) {
        let theirs = stretches.get(&it.user).map(Vec::as_slice).unwrap_or_default();
        let ended = theirs.iter().map(|it| it.1).filter(|end| (due - LOOK_BACK_MS..=due).contains(end)).max();
        let works = theirs.iter().any(|(from, to)| (*from..*to).contains(&now));
        if ended.is_some_and(|end| it.since < end) && !works {
            let away = SetPresence { user: it.user, status: PresenceStatus::Away };
            routing::set_presence(tx, &away).map_err(not_routing)?;
        }
    }
    Ok(())
}

fn not_routing(error: routing::RoutingError) -> RosterError {
    match error {
        routing::RoutingError::Db(error) => RosterError::Db(error),
        other => RosterError::Db(db::Error::Corrupt(other.to_string())),
    }
}
