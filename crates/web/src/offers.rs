//! `/offers`: what somebody is asked to take now, as a strip on every page: to be taken or let pass.

use crate::{Html, Problem, Said, Session, Shell, SignedIn, Web, around};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::routing::{self, Offer, WorkChannel};
use desk::{Kind, TicketId};

/// One strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub ticket: i64,
    pub channel: &'static str,
    pub subject: String,
    pub from: String,
    /// For the page's script.
    pub until: String,
    pub seconds_left: i64,
}

impl Asked {
    pub fn of(offer: &Offer, now: i64) -> Asked {
        Asked {
            ticket: offer.ticket.0,
            channel: match offer.channel {
                WorkChannel::Message => "Message",
                WorkChannel::Chat => "Chat",
                WorkChannel::Voice => "Call",
                WorkChannel::Email => "Ticket",
            },
            subject: offer.subject.clone(),
            from: offer.requester_name.clone(),
            until: crate::when::iso(offer.until),
            seconds_left: ((offer.until - now) / 1_000).max(0),
        }
    }
}

/// The strip alone, as it fetches itself anew.
#[derive(askama::Template)]
#[template(path = "_offers.html")]
pub struct Strip {
    pub shell: Shell,
}

pub async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Strip>, Problem> {
    let shell = web.desk.read(actor, Shell::load).await?;
    Ok(Html(Strip { shell }))
}

/// It is theirs, and opens.
pub async fn accept(
    State(web): State<Web>,
    session: Session,
    Path(ticket): Path<TicketId>,
) -> Result<Response, Problem> {
    let taken = web.desk.write(session.actor, move |tx| routing::accept_offer(tx, ticket)).await;
    match taken.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("It is yours.").then(&format!("/tickets/{ticket}"))),
        Err(problem) if problem.kind == Kind::Conflict => {
            Ok(Said { bad: true, ..Said::new("It had gone to somebody else by then.") }.then("/"))
        }
        Err(problem) => Err(problem),
    }
}

pub async fn decline(
    State(web): State<Web>,
    session: Session,
    Path(ticket): Path<TicketId>,
) -> Result<Response, Problem> {
    let passed = web.desk.write(session.actor, move |tx| routing::decline_offer(tx, ticket)).await;
    match passed.map_err(Problem::from) {
        // Gone is gone, whoever was quicker.
        Err(problem) if problem.kind != Kind::Conflict => return Err(problem),
        _ => {}
    }
    if !around::is_fragment() {
        return Ok(Said::new("It goes to somebody else.").then("/"));
    }
    let shell = web.desk.read(session.actor, Shell::load).await?;
    Ok(Html(Strip { shell }).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};

    fn asked(ticket: i64, channel: &'static str, subject: &str) -> Asked {
        Asked {
            ticket,
            channel,
            subject: subject.into(),
            from: "Márta <script>".into(),
            until: "2026-01-05T12:00:30Z".into(),
            seconds_left: 23,
        }
    }

    #[test]
    fn nothing_offered_is_an_empty_strip_that_listens() {
        let html = renders(&Strip { shell: Shell { offers: vec![], ..shell() } });
        assert!(html.contains("data-live=\"offers:1 user:1\"") && !html.contains("<form"), "{html}");
    }

    #[test]
    fn whoever_was_set_away_is_told_why_and_can_come_back() {
        let html = renders(&Strip { shell: Shell { set_away_after: Some(3), ..shell() } });
        assert!(html.contains("3 offers in a row ran out") && html.contains("value=\"online\""), "{html}");
    }

    #[test]
    fn each_offer_can_be_taken_and_let_pass_by_key() {
        let offers = vec![asked(12, "Chat", "No sound"), asked(13, "Call", &"سؤال طويل ".repeat(60))];
        let html = renders(&Strip { shell: Shell { offers, ..shell() } });
        assert!(html.contains("/offers/12/acceptance") && html.contains("/offers/13/refusal"));
        assert!(html.contains("23 s") && html.contains("M\u{e1}rta &#60;script&#62;"), "{html}");
        assert_eq!(html.matches("data-key=\"y\"").count(), 1, "the key is for the first");
    }
}
