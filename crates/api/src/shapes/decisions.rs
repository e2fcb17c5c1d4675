//! Why a ticket went where it went, and who is here.

use crate::time::{iso, iso_if};
use desk::routing::Presence;
use desk::routing::views::{Why, WhyCandidate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a ticket went where it went.
#[derive(Serialize, ToSchema)]
pub struct RoutingDecisionShape {
    pub id: Option<i64>,
    pub ticket_id: i64,
    /// arrival, changed, free, offline, waited, pulled
    pub cause: &'static str,
    pub assignee_id: Option<i64>,
    pub sentence: String,
    /// Chosen by lot, so that the desk keeps learning.
    pub explored: bool,
    /// Somebody has since given the ticket to somebody else.
    pub overruled: bool,
    /// If it was offered: standing, accepted, declined, timed_out or withdrawn.
    pub offer: Option<&'static str>,
    /// What would have brought it to somebody else, or to anybody; told to leads.
    pub would_change: Vec<String>,
    pub candidates: Vec<CandidateShape>,
    pub created_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct CandidateShape {
    pub user_id: i64,
    pub name: String,
    pub chosen: bool,
    pub eligible: bool,
    /// Probability of solving it for good; shown to the person and to leads.
    pub p_success: Option<f64>,
    pub reasons: Vec<String>,
    pub against: Vec<String>,
}

impl RoutingDecisionShape {
    pub fn of(ticket: desk::TicketId, why: &Why) -> RoutingDecisionShape {
        let candidate = |it: &WhyCandidate| CandidateShape {
            user_id: it.user.0,
            name: it.name.clone(),
            chosen: it.chosen,
            eligible: it.eligible,
            p_success: it.p_success,
            reasons: it.reasons.clone(),
            against: it.against.clone(),
        };
        RoutingDecisionShape {
            id: why.decision.map(|id| id.0),
            ticket_id: ticket.0,
            cause: why.cause.name(),
            assignee_id: why.chosen.as_ref().map(|it| it.user.0),
            sentence: why.sentence.clone(),
            offer: why.offer.map(|it| it.ended.map_or("standing", |ended| ended.name())),
            explored: why.explored,
            overruled: why.overruled,
            would_change: why.would_change.clone(),
            candidates: why.candidates.iter().map(candidate).collect(),
            created_at: iso(why.at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct PresenceShape {
    pub user_id: i64,
    pub name: String,
    /// online, away, offline; in a status of the desk's own: online if it takes tickets, else away
    pub status: &'static str,
    /// The status of the desk's own that they chose, if they did.
    pub agent_status_id: Option<i64>,
    pub agent_status: Option<String>,
    /// Since when the status holds.
    pub since: String,
    pub last_seen_at: String,
    pub last_assigned_at: Option<String>,
}

impl PresenceShape {
    pub fn of(it: &Presence) -> PresenceShape {
        PresenceShape {
            user_id: it.user.0,
            name: it.name.clone(),
            status: it.status.as_str(),
            agent_status_id: it.chosen.as_ref().map(|it| it.0.0),
            agent_status: it.chosen.as_ref().map(|it| it.1.clone()),
            since: iso(it.since),
            last_seen_at: iso(it.last_seen_at),
            last_assigned_at: iso_if(it.last_assigned_at),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct PresenceChange {
    /// online, away, offline
    pub status: Option<String>,
    /// Or a status of the desk's own.
    pub agent_status_id: Option<i64>,
}
