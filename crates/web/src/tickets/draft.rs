//! `/tickets/{id}/draft`: what I have written so far.

use super::said::Said;
use super::visible;
use crate::{Problem, SignedIn, Web};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Form, Json};
use desk::TicketId;
use desk::tickets::{self, Draft};

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
) -> Result<Json<Option<Draft>>, Problem> {
    let draft = web.desk.read(actor, move |tx| {
        visible(tx, id)?;
        Ok::<_, Problem>(tickets::draft_of(tx, id)?)
    });
    Ok(Json(draft.await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<StatusCode, Problem> {
    let said = Said::of(fields);
    web.desk
        .write(actor, move |tx| {
            let ticket = visible(tx, id)?;
            // What had been seen when the writing began.
            let seen = tickets::draft_of(tx, id)?.map_or(ticket.last_comment, |draft| draft.seen);
            Ok::<_, Problem>(tickets::save_draft(tx, id, &said.draft(seen))?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn destroy(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
) -> Result<StatusCode, Problem> {
    web.desk.write(actor, move |tx| tickets::discard_draft(tx, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
