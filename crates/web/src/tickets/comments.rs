//! `/tickets/{id}/comments`: what an agent says. A letter stops when something has come that its author has not seen.

use super::said::Said;
use super::show::{self, Place, Unseen};
use super::visible;
use crate::{Html, Problem, SignedIn, Web, around};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::tickets::views;
use desk::tickets::{self, Status, UpdateError, UpdateTicket};
use desk::{Actor, CommentId, TicketId};

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let said = Said::of(fields);
    web.desk.read(actor, move |tx| visible(tx, id)).await?;
    let copy = said.clone();
    let sent = web.desk.write(actor, move |tx| send(tx, id, &copy)).await;
    match sent {
        Err(UpdateError::Unseen { newest }) => stopped(&web, actor, id, said, newest).await,
        Err(error) => Err(error.into()),
        Ok(_) if !around::is_fragment() => {
            Ok(Redirect::to(&format!("/tickets/{id}#letters")).into_response())
        }
        Ok(before) => {
            let changed = show::changed(&web, actor, id, Place::default()).await?;
            let solved = said.status() == Some(Status::Solved);
            let news = solved.then(|| super::undo::solved(&[(id, before)]).trigger());
            Ok((news.into_iter().flatten().collect::<http::HeaderMap>(), Html(changed)).into_response())
        }
    }
}

/// Answers what the status was before.
fn send(tx: &mut desk::Tx, id: TicketId, said: &Said) -> Result<Status, UpdateError> {
    let ticket = tickets::find_ticket(tx, id)?.ok_or(UpdateError::NoSuchTicket)?;
    let before = ticket.status;
    // Whoever answers what nobody has takes it: the customer's next letter comes to them.
    let me = tx.actor().user().filter(|_| said.public && tx.actor().is_staff() && ticket.assignee.is_none());
    let update = UpdateTicket {
        assignee: me.map(Some),
        comment: Some(said.comment()),
        status: said.status().filter(|status| *status != before),
        seen: said.seen,
        ..UpdateTicket::of(id)
    };
    tickets::update(tx, &update)?;
    tickets::discard_draft(tx, id)?;
    Ok(before)
}

/// The letter stays as a draft; its author sees what came, and may send it all the same.
async fn stopped(
    web: &Web,
    actor: Actor,
    id: TicketId,
    said: Said,
    newest: CommentId,
) -> Result<Response, Problem> {
    let seen = said.seen;
    web.desk.write(actor, move |tx| tickets::save_draft(tx, id, &said.draft(seen))).await?;
    let unseen = web.desk.read(actor, move |tx| {
        let page = views::ticket_page(tx, id)?.ok_or_else(Problem::not_found)?;
        let mut letters = page.letters;
        letters.retain(|it| {
            seen.is_none_or(|seen| it.comment.id > seen) && actor.user() != Some(it.comment.author)
        });
        Ok::<_, Problem>(Unseen { now: tx.now(), newest: newest.0, letters })
    });
    let unseen = unseen.await?;
    if around::is_fragment() {
        return Ok((StatusCode::CONFLICT, Html(unseen)).into_response());
    }
    let page = show::page(web, actor, id, Place::default(), Some(unseen)).await?;
    Ok((StatusCode::CONFLICT, Html(page)).into_response())
}
