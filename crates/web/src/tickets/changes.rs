//! `/tickets/changes`: the same change to several tickets of a list.

use super::undo::{self, UNDONE_AT_ONCE_MAX};
use crate::{Html, Problem, Said, SignedIn, Web, around};
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use desk::tickets::{self, Status, UpdateTicket};
use desk::{TicketId, UserId};

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let value =
        |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let ids: Vec<TicketId> =
        fields.iter().filter(|(name, _)| name == "id").filter_map(|(_, id)| id.parse().ok()).collect();
    if ids.is_empty() || ids.len() > UNDONE_AT_ONCE_MAX {
        return Err(Problem::invalid(format!("Choose between 1 and {UNDONE_AT_ONCE_MAX} tickets.")));
    }
    let solve = value("change") == Some("solve");
    let agent = value("agent").and_then(|id| id.parse().ok()).map(UserId);
    let view = value("view")
        .filter(|view| matches!(*view, "unassigned" | "open" | "solved"))
        .unwrap_or("mine")
        .to_owned();
    let before = web
        .desk
        .write(actor, move |tx| {
            let mut before = Vec::new();
            for id in &ids {
                let was = super::visible(tx, *id)?.status;
                let status = solve.then_some(Status::Solved);
                let assignee = (!solve).then_some(agent);
                tickets::update(tx, &UpdateTicket { status, assignee, ..UpdateTicket::of(*id) })?;
                before.push((*id, was));
            }
            Ok::<_, Problem>(before)
        })
        .await?;
    let assigned = crate::words::counted(before.len() as i64, "ticket", "tickets");
    let said = if solve { undo::solved(&before) } else { Said::new(format!("{assigned} assigned.")) };
    let page = format!("/views/{view}");
    if !around::is_fragment() {
        return Ok(said.then(&page));
    }
    let headers: HeaderMap = said.trigger().into_iter().collect();
    Ok((headers, Html(crate::views::rows(&web, actor, view).await?)).into_response())
}
