//! `/presence`: whether new work may come to me; and the signs of life of an open page.

use crate::home::Rail;
use crate::{Html, Problem, Session, Shell, SignedIn, Web, around};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::routing::{self, ChooseStatus, PresenceStatus, SetPresence};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct PresenceForm {
    presence: String,
}

pub async fn update(
    State(web): State<Web>,
    session: Session,
    Form(form): Form<PresenceForm>,
) -> Result<Response, Problem> {
    let user = session.user.id;
    let unclear = || Problem::invalid("Say whether you are here, away or gone.");
    match form.presence.strip_prefix("status:") {
        Some(id) => {
            let command = ChooseStatus { user, status: id.parse().map_err(|_| unclear())? };
            web.desk.write(session.actor, move |tx| routing::choose_status(tx, &command)).await?;
        }
        None => {
            let status: PresenceStatus = form.presence.parse().map_err(|_| unclear())?;
            let command = SetPresence { user, status };
            web.desk.write(session.actor, move |tx| routing::set_presence(tx, &command)).await?;
        }
    }
    if !around::is_fragment() {
        return Ok(Redirect::to("/").into_response());
    }
    let shell = web.desk.read(session.actor, Shell::load).await?;
    Ok(Html(Rail { shell }).into_response())
}

/// An open page says that its reader is still there.
pub async fn beat(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<StatusCode, Problem> {
    if let Some(user) = actor.user() {
        web.desk.write(actor, move |tx| routing::beat(tx, user)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
