//! `/people/{id}/identities`: the addresses and numbers that somebody is known by.

use super::show;
use crate::fields::Fields;
use crate::{Problem, Said, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::people::{self, AddIdentity, IdentityKind, PeopleError};
use desk::{Actor, IdentityId, Tx, UserId};

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    form: Fields,
) -> Result<Response, Problem> {
    let value = form.owned("value");
    let kind = if value.contains('@') { IdentityKind::Email } else { IdentityKind::Phone };
    let command = AddIdentity { user, kind, value, verified: false };
    match web.desk.write(actor, move |tx| people::add_identity(tx, &command)).await.map_err(Problem::from) {
        Ok(_) => {
            Ok(Said::new("Added. What comes from there is theirs from now on.")
                .then(&format!("/people/{user}")))
        }
        Err(problem) if problem.field.is_some() => show::page(&web, actor, user, Some(problem)).await,
        Err(problem) => Err(problem),
    }
}

pub async fn verify(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<IdentityId>,
) -> Result<Response, Problem> {
    change(web, actor, id, people::verify_identity, "Marked as verified.").await
}

pub async fn make_primary(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<IdentityId>,
) -> Result<Response, Problem> {
    change(web, actor, id, people::make_primary, "Mail to this person goes there from now on.").await
}

pub async fn remove(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<IdentityId>,
) -> Result<Response, Problem> {
    change(web, actor, id, people::remove_identity, "Removed.").await
}

async fn change(
    web: Web,
    actor: Actor,
    id: IdentityId,
    command: fn(&mut Tx, IdentityId) -> Result<(), PeopleError>,
    said: &'static str,
) -> Result<Response, Problem> {
    let changed = web.desk.write(actor, move |tx| {
        let identity = people::find_identity(tx, id)?.ok_or(PeopleError::NoSuchIdentity)?;
        command(tx, id)?;
        Ok::<_, PeopleError>(identity.user)
    });
    Ok(Said::new(said).then(&format!("/people/{}", changed.await?)))
}
