//! API tokens: for programs that act for the staff.

use super::sessions::TOUCH_EVERY_MS;
use super::{AccessError, random_token, store, token_hash};
use crate::events::{self, Event};
use crate::people::{self, User};
use crate::{Actor, ApiTokenId, Tx, UserId};

pub const DESCRIPTION_CHARS_MAX: usize = 200;

/// Who is behind a call with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiCaller {
    pub actor: Actor,
    pub token: ApiTokenId,
    /// It is time for [`touch_api_token`].
    pub touch_due: bool,
}

/// A token of a person acts for that person; a token of nobody for whichever staff address comes with it.
/// The token itself is shown this once.
pub fn create_api_token(
    tx: &mut Tx,
    description: &str,
    user: Option<UserId>,
) -> Result<(ApiTokenId, String), AccessError> {
    if !tx.actor().is_admin() {
        return Err(AccessError::OnlyAdmins);
    }
    let description = description.trim();
    if description.is_empty() || description.chars().count() > DESCRIPTION_CHARS_MAX {
        return Err(AccessError::DescriptionIsWrong);
    }
    if let Some(user) = user {
        let found = people::find_user(tx, user)?.ok_or(AccessError::NoSuchUser)?;
        Some(found).filter(may_call).ok_or(AccessError::OnlyStaffHaveTokens)?;
    }
    let token = random_token();
    let id = store::insert_api_token(tx, &token_hash(&token), user, description)?;
    events::record(tx, &Event::ApiTokenCreated { token: id })?;
    Ok((id, token))
}

/// With an address (`email/token:TOKEN`): that person, if the token is theirs or nobody's.
/// Without (`Bearer TOKEN`): the token's own person.
pub fn actor_of_api_token(tx: &mut Tx, token: &str, email: Option<&str>) -> Result<Option<Actor>, db::Error> {
    Ok(caller_of_api_token(tx, token, email)?.map(|caller| caller.actor))
}

/// [`actor_of_api_token`], with the token's id and whether it is time for [`touch_api_token`].
pub fn caller_of_api_token(
    tx: &mut Tx,
    token: &str,
    email: Option<&str>,
) -> Result<Option<ApiCaller>, db::Error> {
    let Some(known) = store::find_api_token(tx, &token_hash(token))? else { return Ok(None) };
    let user = match (email, known.user) {
        (Some(email), owner) => {
            let named = people::find_user_by_email(tx, email)?;
            named.filter(|user| owner.is_none_or(|owner| owner == user.id))
        }
        (None, Some(owner)) => people::find_user(tx, owner)?,
        (None, None) => None,
    };
    let now = tx.now();
    Ok(user.filter(may_call).map(|user| ApiCaller {
        actor: user.actor(),
        token: known.id,
        touch_due: known.last_used_at.is_none_or(|at| now - at >= TOUCH_EVERY_MS),
    }))
}

fn may_call(user: &User) -> bool {
    user.role.is_staff() && user.is_active()
}

/// Writes down that the token is in use.
pub fn touch_api_token(tx: &mut Tx, token: ApiTokenId) -> Result<(), db::Error> {
    store::save_api_token_used(tx, token)
}

pub fn revoke_api_token(tx: &mut Tx, token: ApiTokenId) -> Result<(), AccessError> {
    if !tx.actor().is_admin() {
        return Err(AccessError::OnlyAdmins);
    }
    if !store::save_api_token_revoked(tx, token)? {
        return Err(AccessError::NoSuchToken);
    }
    events::record(tx, &Event::ApiTokenRevoked { token })?;
    Ok(())
}
