//! `/tickets/{id}/presence`: who else is looking at this ticket or writes on it.

use super::visible;
use crate::live::Viewer;
use crate::{Html, Problem, Session, SignedIn, Web};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::{TicketId, routing};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Presence {
    #[serde(default)]
    typing: String,
}

#[derive(askama::Template)]
#[template(path = "tickets/_present.html")]
pub struct Present {
    pub ticket: TicketId,
    pub others: Vec<Viewer>,
}

pub async fn create(
    State(web): State<Web>,
    session: Session,
    Path(id): Path<TicketId>,
    Form(form): Form<Presence>,
) -> Result<StatusCode, Problem> {
    let user = session.user.id;
    web.desk.read(session.actor, move |tx| visible(tx, id)).await?;
    web.desk
        .write(session.actor, move |tx| {
            routing::beat(tx, user)?;
            Ok::<_, Problem>(desk::tickets::look_at(tx, id)?)
        })
        .await?;
    web.live.seen(id, user, &session.user.name, form.typing == "true");
    Ok(StatusCode::NO_CONTENT)
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
) -> Result<Html<Present>, Problem> {
    web.desk.read(actor, move |tx| visible(tx, id)).await?;
    Ok(Html(Present::of(&web, actor, id)))
}

impl Present {
    pub fn of(web: &Web, actor: desk::Actor, ticket: TicketId) -> Present {
        Present { ticket, others: actor.user().map(|me| web.live.others(ticket, me)).unwrap_or_default() }
    }
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::renders;
    use desk::UserId;

    #[test]
    fn it_says_who_writes_and_who_looks() {
        let viewer = |name: &str, typing| Viewer { user: UserId(1), name: name.into(), typing, seen_at: 0 };
        assert!(!renders(&Present { ticket: TicketId(1), others: vec![] }).contains("is looking"));
        let page = renders(&Present {
            ticket: TicketId(1),
            others: vec![viewer("Tomás", true), viewer("ليلى", false)],
        });
        assert!(page.contains("is writing") && page.contains("is looking"));
    }
}
