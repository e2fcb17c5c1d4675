//! "Why me?", what a waiting ticket waits for, and who is on the floor now.

use super::hands::Made;
use super::offers::OfferEnd;
use super::{Cause, PresenceStatus, RoutingError, preview, store};
use crate::{Actor, DecisionId, SkillId, TicketId, Tx, UserId, settings, tickets};
use ::routing::{Candidate, Decision, PersonId, Reason, Wait};
use db::params;
use serde::Serialize;
use std::collections::HashMap;

/// Decisions of one ticket that are shown.
pub const DECISIONS_SHOWN_MAX: usize = 50;

/// One decision about one ticket, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Why {
    /// `None` for what a waiting ticket waits for right now, which is not kept.
    pub decision: Option<DecisionId>,
    pub at: i64,
    pub cause: Cause,
    pub chosen: Option<Named>,
    /// Chosen by lot, so that the desk keeps learning.
    pub explored: bool,
    /// Such as "Chosen over Kofi (same skill, holds 8 of 8)", without a full stop.
    pub sentence: String,
    /// Who was weighed: the chosen one and the strongest others.
    pub candidates: Vec<WhyCandidate>,
    /// What would have brought it to somebody else, or to anybody; names levels, so only leads are told.
    pub would_change: Vec<String>,
    /// Somebody has since given the ticket to somebody else by hand.
    pub overruled: bool,
    /// What came of asking them, if it was offered.
    pub offer: Option<OfferTold>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OfferTold {
    /// `None`: they are asked now.
    pub ended: Option<OfferEnd>,
    /// When it ended or will end.
    pub at: i64,
    /// It ran out as the last of so many in a row, and whoever was asked was set away for it.
    pub set_away_after: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    pub user: UserId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhyCandidate {
    pub user: UserId,
    pub name: String,
    pub chosen: bool,
    /// P(solved for good), 0 to 1; shown to the person and to leads.
    pub p_success: Option<f64>,
    pub eligible: bool,
    /// What speaks for them; levels are shown to the person and to leads.
    pub reasons: Vec<String>,
    /// Why they could not have it.
    pub against: Vec<String>,
}

/// The decision that holds now: what an unassigned ticket waits for, or why its assignee has it. `None` if nothing was
/// ever decided, as when a person took it by hand.
pub fn why(tx: &mut Tx, ticket: TicketId) -> Result<Option<Why>, RoutingError> {
    let actor = staff(tx)?;
    let found = tickets::find_ticket(tx, ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    let last = store::find_last_decision(tx, ticket)?;
    if found.assignee.is_none()
        && let Some(waiting) = store::find_waiting(tx, ticket)?
    {
        let decision = preview::decide(tx, &waiting)?;
        if decision.chosen.is_none() {
            let at = last.as_ref().map_or(found.created_at, |it| it.at);
            let cause = last.as_ref().map_or(Cause::Arrival, |it| it.cause);
            let kept = store::Kept {
                id: DecisionId(0),
                at,
                cause,
                chosen: None,
                explored: false,
                made: Made::Choice(decision.shortened(super::OTHERS_KEPT_MAX)),
            };
            let words = Words::load(tx, &[&kept])?;
            let why = words.why(&kept, actor, found.assignee);
            return Ok(Some(Why { decision: None, ..why }));
        }
    }
    let Some(kept) = last else { return Ok(None) };
    let words = Words::load(tx, &[&kept])?;
    Ok(Some(words.why(&kept, actor, found.assignee)))
}

/// All that was decided about a ticket, the newest first.
pub fn decisions_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Why>, RoutingError> {
    let actor = staff(tx)?;
    let found = tickets::find_ticket(tx, ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    let all = store::list_decisions(tx, ticket, DECISIONS_SHOWN_MAX)?;
    let words = Words::load(tx, &all.iter().collect::<Vec<_>>())?;
    let newest = all.first().map(|it| it.id);
    let holder = |it: &store::Kept| if Some(it.id) == newest { found.assignee } else { it.chosen };
    Ok(all.iter().map(|it| words.why(it, actor, holder(it))).collect())
}

/// The floor at this moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Floor {
    /// Who is present: online first, then by name.
    pub people: Vec<OnFloor>,
    /// Tickets that need an answer and have nobody.
    pub queue_length: i64,
    pub oldest_waiting_since: Option<i64>,
    /// For one more piece of ordinary work that comes now, if the last hours tell; `None` if too little was taken from
    /// the queue to say, or nothing waits.
    pub expected_wait: Option<Wait>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OnFloor {
    pub user: UserId,
    pub name: String,
    pub status: PresenceStatus,
    /// Of a status that an admin made up.
    pub status_name: Option<String>,
    pub since: i64,
    /// Tickets in hand that need an answer.
    pub load: i64,
    pub limit: i64,
    pub idle_since: i64,
}

pub fn floor_now(tx: &mut Tx) -> Result<Floor, RoutingError> {
    staff(tx)?;
    let capacity = settings::company(tx)?.ticket_capacity;
    let mut people: Vec<OnFloor> = store::list_hands(tx, &[])?
        .into_iter()
        .map(|it| OnFloor {
            user: it.user,
            name: it.name,
            status: it.status,
            status_name: it.status_name,
            since: it.since,
            load: it.load,
            limit: it.limit.unwrap_or(capacity),
            idle_since: it.idle_since,
        })
        .collect();
    people.sort_by(|one, other| {
        let away = |it: &OnFloor| it.status != PresenceStatus::Online;
        (away(one), &one.name, one.user).cmp(&(away(other), &other.name, other.user))
    });
    let (queue_length, oldest_waiting_since) = store::count_queue(tx)?;
    let expected_wait = match queue_length {
        0 => None,
        ahead => expected_wait_behind(tx, ahead)?,
    };
    Ok(Floor { people, queue_length, oldest_waiting_since, expected_wait })
}

/// How fast the queue moves is seen from what was taken from it in the last hours.
const TAKEN_LOOK_MS: i64 = 4 * 3_600_000;

fn expected_wait_behind(tx: &mut Tx, ahead: i64) -> Result<Option<Wait>, RoutingError> {
    let now = tx.now();
    let (taken, first) = store::count_taken(tx, now - TAKEN_LOOK_MS)?;
    let Some(first) = first else { return Ok(None) };
    // The first only starts the clock.
    Ok(::routing::expected_wait(
        ahead.min(i64::from(u32::MAX)) as u32,
        (taken - 1).max(0) as u32,
        now - first,
    ))
}

fn staff(tx: &Tx) -> Result<Actor, RoutingError> {
    let actor = *tx.actor();
    if actor.is_staff() { Ok(actor) } else { Err(RoutingError::NotStaff) }
}

/// The names that decisions are told with.
pub(super) struct Words {
    people: HashMap<i64, String>,
    skills: HashMap<i64, String>,
    /// By decision.
    offers: HashMap<i64, OfferTold>,
}

impl Words {
    pub fn load(tx: &mut Tx, decisions: &[&store::Kept]) -> Result<Words, db::Error> {
        let mut ids: Vec<i64> = decisions.iter().filter_map(|it| it.chosen).map(|it| it.0).collect();
        for it in decisions {
            if let Made::Choice(decision) = &it.made {
                ids.extend(decision.candidates.iter().map(|it| it.person.0));
            }
        }
        let sql = format!("select id, name from users where id in {}", tx.numbers_in(1));
        let people =
            tx.list(&sql, params![tickets::json_numbers(ids)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let choices = decisions.iter().filter_map(|it| match &it.made {
            Made::Choice(decision) => Some(decision),
            Made::Pull(_) => None,
        });
        let named: Vec<i64> = choices.flat_map(Decision::skills).map(|id| id.0).collect();
        let skills =
            crate::skills::store::shown_names_of(tx, &named)?.into_iter().map(|(id, name)| (id.0, name));
        let kept: Vec<i64> = decisions.iter().map(|it| it.id.0).collect();
        let offers = store::offers::list_ends(tx, &kept)?;
        Ok(Words { people: people.into_iter().collect(), skills: skills.collect(), offers })
    }

    fn person(&self, id: PersonId) -> String {
        self.people.get(&id.0).cloned().unwrap_or_else(|| format!("somebody ({})", id.0))
    }

    fn skill(&self, id: ::skills::SkillId) -> String {
        self.skills.get(&id.0).cloned().unwrap_or_else(|| format!("skill {}", SkillId(id.0)))
    }

    pub fn why(&self, kept: &store::Kept, actor: Actor, holder: Option<UserId>) -> Why {
        let mut would_change = Vec::new();
        let (sentence, candidates) = match &kept.made {
            Made::Choice(decision) => {
                let sentence = decision.sentence(|it| self.person(it), |it| self.skill(it));
                if actor.is_lead() {
                    would_change = decision.what_would_change_it(|it| self.person(it), |it| self.skill(it));
                }
                (sentence, self.candidates(decision, actor))
            }
            Made::Pull(pull) => (pull.sentence(|work| format!("#{}", work.0)), Vec::new()),
        };
        let offer = self.offers.get(&kept.id.0).copied();
        Why {
            decision: Some(kept.id),
            at: kept.at,
            cause: kept.cause,
            chosen: kept.chosen.map(|user| Named { user, name: self.person(PersonId(user.0)) }),
            explored: kept.explored,
            sentence,
            candidates,
            would_change,
            overruled: holder != kept.chosen && offer.is_none_or(|it| it.ended == Some(OfferEnd::Accepted)),
            offer,
        }
    }

    fn candidates(&self, decision: &Decision, actor: Actor) -> Vec<WhyCandidate> {
        decision.candidates.iter().map(|it| self.candidate(it, decision, actor)).collect()
    }

    fn candidate(&self, it: &Candidate, decision: &Decision, actor: Actor) -> WhyCandidate {
        let user = UserId(it.person.0);
        let sees_levels = actor.is_lead() || actor.is(user);
        let shown = |reason: &&Reason| sees_levels || !matches!(reason, Reason::Skill { .. });
        WhyCandidate {
            user,
            name: self.person(it.person),
            chosen: decision.chosen == Some(it.person),
            p_success: sees_levels.then_some(it.p_success),
            eligible: it.eligible.is_ok(),
            reasons: it.reasons.iter().filter(shown).map(|reason| self.reason(reason)).collect(),
            against: match &it.eligible {
                Ok(()) => Vec::new(),
                Err(against) => against.iter().map(|why| why.words(|skill| self.skill(skill))).collect(),
            },
        }
    }

    fn reason(&self, reason: &Reason) -> String {
        match *reason {
            Reason::Skill { skill, level, sure_level, .. } => {
                format!("{}: level {level:.1}, surely {sure_level:.1}", self.skill(skill))
            }
            Reason::Load { load, limit } => format!("holds {load:.0} of {limit:.0}"),
            Reason::Idle { ms } if ms < 60_000 => "has just had new work".to_owned(),
            Reason::Idle { ms } => format!("nothing new for {} min", ms / 60_000),
            Reason::KnowsTheWork => "knows this work".to_owned(),
            Reason::HelpsOut => "helps out in this queue".to_owned(),
        }
    }
}
