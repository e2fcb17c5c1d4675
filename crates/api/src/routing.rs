//! `/tickets/{id}/requirements`, `/tickets/{id}/routing_decisions`, `/presences`: what work needs, who is here, and
//! why work went where it went.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::{
    AgentStatusBody, AgentStatusShape, ExpectedWaitShape, PresenceBody, PresenceShape, RequirementShape,
    RequirementsBody, RoutingContestAnswerBody, RoutingContestBody, RoutingContestShape,
    RoutingDecisionShape, RoutingOfferBody, RoutingOfferShape, RoutingQueueShape, RoutingRequirementsBody,
    RoutingRequirementsShape,
};
use crate::skill_rules::hardness_in;
use crate::time::iso_if;
use crate::{skills, tickets};
use desk::routing::{
    self, AnswerContest, ChooseStatus, ContestDecision, PresenceStatus, SetPresence, SetRoutingRequirements,
    StatusWords,
};
use desk::skills::{
    Hardness, INDEPENDENT_LEVEL, Requirement, SetRequirements, requirements_of, set_requirements,
};
use desk::{AgentStatusId, RoutingContestId, TicketId};
use serde_json::json;

pub async fn requirements(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        tickets::visible(tx, ticket)?;
        let all: Vec<_> = requirements_of(tx, ticket)?.iter().map(RequirementShape::of).collect();
        Ok(Reply::one("requirements", all))
    })
    .await
}

/// The whole list of what the ticket needs: a person's word stays when the rules run again.
pub async fn require(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    let body = call.body::<RequirementsBody>()?.requirements;
    call.write(move |tx, _| {
        let mut requirements = Vec::with_capacity(body.len());
        for one in &body {
            requirements.push(Requirement {
                skill: skills::wanted(tx, one.skill_id, one.skill.as_deref())?,
                level: one.level.unwrap_or(INDEPENDENT_LEVEL),
                weight: one.weight.unwrap_or(1.0),
                hardness: hardness_in(one.hardness.as_deref())?.unwrap_or(Hardness::Prefer),
            });
        }
        let rows = set_requirements(tx, &SetRequirements { ticket, requirements })?;
        let all: Vec<_> = rows.iter().map(RequirementShape::of).collect();
        Ok(Reply::one("requirements", all))
    })
    .await
}

/// The newest first.
pub async fn decisions(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        let all = routing::decisions_of(tx, ticket)?;
        let all: Vec<_> = all.iter().map(|why| RoutingDecisionShape::of(ticket, why)).collect();
        Ok(Reply::one("routing_decisions", all))
    })
    .await
}

/// null if it asks for nothing beyond the skills that it needs.
pub async fn asked(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        tickets::visible(tx, ticket)?;
        let asked = routing::routing_requirements_of(tx, ticket)?;
        Ok(Reply::one("routing_requirements", asked.as_ref().map(RoutingRequirementsShape::of)))
    })
    .await
}

pub async fn ask(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    let text = call.body::<RoutingRequirementsBody>()?.routing_requirements.text;
    call.write(move |tx, _| {
        tickets::visible(tx, ticket)?;
        routing::set_routing_requirements(tx, &SetRoutingRequirements { ticket, text: text.clone() })?;
        let asked = routing::routing_requirements_of(tx, ticket)?;
        Ok(Reply::one("routing_requirements", asked.as_ref().map(RoutingRequirementsShape::of)))
    })
    .await
}

/// The newest first.
pub async fn contests(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        tickets::visible(tx, ticket)?;
        let all: Vec<_> = routing::contests_of(tx, ticket)?.iter().map(RoutingContestShape::of).collect();
        Ok(Reply::one("routing_contests", all))
    })
    .await
}

pub async fn contest(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    let reason = call.body::<RoutingContestBody>()?.routing_contest.reason;
    call.write(move |tx, _| {
        tickets::visible(tx, ticket)?;
        routing::contest(tx, &ContestDecision { ticket, reason: reason.clone() })?;
        let all: Vec<_> = routing::contests_of(tx, ticket)?.iter().map(RoutingContestShape::of).collect();
        Ok(Reply::one("routing_contests", all))
    })
    .await
}

/// Said once, by a lead who did not contest it themselves.
pub async fn answer_contest(Id(contest): Id<RoutingContestId>, call: Call) -> Answer {
    let answer = call.body::<RoutingContestAnswerBody>()?.answer;
    call.write(move |tx, _| {
        let command = AnswerContest { contest, is_right: answer.is_right, answer: answer.text.clone() };
        routing::answer_contest(tx, &command)?;
        let answered = routing::contest_by_id(tx, contest)?;
        Ok(Reply::one("routing_contest", RoutingContestShape::of(&answered)))
    })
    .await
}

pub async fn queue(call: Call) -> Answer {
    call.read(|tx, _| {
        let floor = routing::floor_now(tx)?;
        let seconds = |ms: i64| ms as f64 / 1_000.0;
        let shape = RoutingQueueShape {
            length: floor.queue_length,
            oldest_waiting_since: iso_if(floor.oldest_waiting_since),
            expected_wait: floor.expected_wait.map(|it| ExpectedWaitShape {
                median_seconds: seconds(it.median_ms),
                low_seconds: seconds(it.low_ms),
                high_seconds: seconds(it.high_ms),
            }),
        };
        Ok(Reply::one("queue", shape))
    })
    .await
}

/// `ticket_id` is null if nothing waits that may be theirs.
pub async fn take_next(call: Call) -> Answer {
    let me = call.actor.user().ok_or(Problem::NotFound)?;
    let (desk, actor) = (&call.api.desk, call.actor);
    for _ in 0..routing::TAKE_TRIES_MAX {
        // Looked for while others write; only what was found is taken in a turn of its own.
        let found = desk.read(actor, move |tx| Ok::<_, Problem>(routing::next_for(tx, me)?)).await?;
        let Some(next) = found else { return Ok(Reply::one("ticket_id", None::<i64>)) };
        let ticket = next.ticket;
        if desk.write(actor, move |tx| Ok::<_, Problem>(routing::take(tx, &next)?)).await? {
            return Ok(Reply::one("ticket_id", Some(ticket.0)));
        }
    }
    Err(routing::RoutingError::OthersWereQuicker.into())
}

/// Everybody who has ever said that they are here, by name.
pub async fn presences(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<_> = routing::presences(tx)?.iter().map(PresenceShape::of).collect();
        Ok(Reply::one("presences", all))
    })
    .await
}

/// What I am asked to take now, the oldest first.
pub async fn offers(call: Call) -> Answer {
    let me = call.actor.user().ok_or(Problem::NotFound)?;
    call.read(move |tx, _| {
        let all: Vec<_> = routing::offers_to(tx, me)?.iter().map(RoutingOfferShape::of).collect();
        Ok(Reply::one("routing_offers", all))
    })
    .await
}

/// `accepted`: it is mine; `declined`: it goes to somebody else. Refused when it has passed on by then.
pub async fn answer_offer(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    let answer = call.body::<RoutingOfferBody>()?.routing_offer.answer;
    let accepts = match answer.as_str() {
        "accepted" => true,
        "declined" => false,
        other => return Err(Problem::invalid("answer", format!("{other:?} is not accepted or declined"))),
    };
    call.write(move |tx, _| {
        tickets::visible(tx, ticket)?;
        match accepts {
            true => _ = routing::accept_offer(tx, ticket)?,
            false => routing::decline_offer(tx, ticket)?,
        }
        Ok(Reply::nothing())
    })
    .await
}

/// Those that can be chosen, by name.
pub async fn agent_statuses(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<_> = routing::agent_statuses(tx)?.iter().map(AgentStatusShape::of).collect();
        Ok(Reply::one("agent_statuses", all))
    })
    .await
}

pub async fn create_agent_status(call: Call) -> Answer {
    let wanted = call.body::<AgentStatusBody>()?.agent_status;
    call.write(move |tx, _| {
        let words = StatusWords {
            name: wanted.name.clone().ok_or_else(|| Problem::missing("name"))?,
            takes_tickets: wanted.takes_tickets.unwrap_or(false),
            takes_live: wanted.takes_live.unwrap_or(false),
        };
        let made = routing::create_status(tx, &words)?;
        let all = routing::agent_statuses(tx)?;
        let shape = all.iter().find(|it| it.id == made).map(AgentStatusShape::of);
        let place = Urls::of(tx)?.resource(&format!("/agent_statuses/{made}"));
        Ok(Reply::created(place, json!({ "agent_status": shape })))
    })
    .await
}

pub async fn update_agent_status(Id(status): Id<AgentStatusId>, call: Call) -> Answer {
    let wanted = call.body::<AgentStatusBody>()?.agent_status;
    call.write(move |tx, _| {
        let held = routing::agent_statuses(tx)?.into_iter().find(|it| it.id == status);
        let held = held.ok_or(Problem::NotFound)?;
        let words = StatusWords {
            name: wanted.name.clone().unwrap_or(held.name),
            takes_tickets: wanted.takes_tickets.unwrap_or(held.takes_tickets),
            takes_live: wanted.takes_live.unwrap_or(held.takes_live),
        };
        let saved = routing::update_status(tx, status, &words)?;
        Ok(Reply::one("agent_status", AgentStatusShape::of(&saved)))
    })
    .await
}

/// Nobody can choose it any more.
pub async fn destroy_agent_status(Id(status): Id<AgentStatusId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        routing::retire_status(tx, status)?;
        Ok(Reply::nothing())
    })
    .await
}

/// `/users/me/presence` or `/users/7/presence`.
pub async fn set_presence(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    let wanted = call.body::<PresenceBody>()?.presence;
    let plain =
        match (&wanted.status, wanted.agent_status_id) {
            (_, Some(_)) => None,
            (None, None) => return Err(Problem::missing("status")),
            (Some(word), None) => Some(word.parse::<PresenceStatus>().map_err(|_| {
                Problem::invalid("status", format!("{word:?} is not online, away or offline"))
            })?),
        };
    let chosen = wanted.agent_status_id.map(AgentStatusId);
    call.write(move |tx, _| {
        match (plain, chosen) {
            (_, Some(status)) => routing::choose_status(tx, &ChooseStatus { user, status })?,
            (Some(status), None) => routing::set_presence(tx, &SetPresence { user, status })?,
            (None, None) => {}
        }
        let all = routing::presences(tx)?;
        let shape = all.iter().find(|it| it.user == user).map(PresenceShape::of);
        Ok(Reply::ok(json!({ "presence": shape })))
    })
    .await
}
