//! Signing in with a password, and the sessions that follow.

use super::passwords::{self, HashedPassword};
use super::store::{self, Session, StoredPassword};
use super::{AccessError, random_token, token_hash};
use crate::events::{self, Event};
use crate::people::{self, User};
use crate::{Actor, Desk, Kind, Refusal, Tx, UserId};

/// A session ends this long after it was last used.
pub const SESSION_MS: i64 = 30 * 24 * 3_600_000;
/// How often the use of a session or token is written down.
pub const TOUCH_EVERY_MS: i64 = 5 * 60_000;
const USER_AGENT_CHARS_MAX: usize = 300;
const IP_CHARS_MAX: usize = 64;

/// Goes into a cookie; only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    pub token: String,
    pub expires_at: i64,
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Who is behind a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub actor: Actor,
    pub user: User,
    /// It is time for [`touch_session`].
    pub touch_due: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The same for an unknown address, a wrong password and somebody who has been shut out.
    #[error("this address and this password do not belong together")]
    NotTogether,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for SignInError {
    fn kind(&self) -> Kind {
        match self {
            SignInError::NotTogether => Kind::Unknown,
            SignInError::Db(error) => error.kind(),
        }
    }
}

/// Signs in: looks up, verifies on a blocking thread, opens a session.
pub async fn sign_in_with_password(
    desk: &Desk,
    email: &str,
    password: &str,
    ip: &str,
    user_agent: &str,
) -> Result<SessionToken, SignInError> {
    let user = check_password(desk, email, password).await?.id;
    let (ip, user_agent) = (ip.to_owned(), user_agent.to_owned());
    desk.write(Actor::desk(), move |tx| start_session(tx, user, &ip, &user_agent).map_err(SignInError::from))
        .await
}

/// Whose address and password these are. The same time and answer for an address that nobody has.
pub async fn check_password(desk: &Desk, email: &str, password: &str) -> Result<User, SignInError> {
    let (email, password) = (email.to_owned(), password.to_owned());
    let stored = desk.read(Actor::desk(), move |tx| find_password_hash(tx, &email)).await?;
    let verified = tokio::task::spawn_blocking(move || {
        let hash = stored.as_ref().map(|stored| stored.hash.as_str());
        passwords::verify(hash, &password).then_some(stored).flatten()
    });
    let stored = verified.await.map_err(|_| db::Error::Panicked)?.ok_or(SignInError::NotTogether)?;
    let user = desk.read(Actor::desk(), move |tx| people::find_user(tx, stored.user)).await?;
    user.filter(User::is_active).ok_or(SignInError::NotTogether)
}

/// The hash of the active person with this address; give it to [`passwords::verify`] outside of the transaction.
pub fn find_password_hash(tx: &mut Tx, email: &str) -> Result<Option<StoredPassword>, db::Error> {
    match people::fold_address(email) {
        Some(address) => store::find_password_hash(tx, &address),
        None => Ok(None),
    }
}

/// Ends all sessions of the person: whoever knew the old password is out. The door opens a new one for themselves.
pub fn set_password(tx: &mut Tx, user: UserId, password: &HashedPassword) -> Result<(), AccessError> {
    only_self_or_admin(tx, user)?;
    put_password(tx, user, Some(password))
}

/// From now on only links open the desk for this person.
pub fn remove_password(tx: &mut Tx, user: UserId) -> Result<(), AccessError> {
    only_self_or_admin(tx, user)?;
    put_password(tx, user, None)
}

pub(super) fn put_password(
    tx: &mut Tx,
    user: UserId,
    password: Option<&HashedPassword>,
) -> Result<(), AccessError> {
    if !store::save_password(tx, user, password.map(|it| it.0.as_str()))? {
        return Err(AccessError::NoSuchUser);
    }
    store::delete_sessions_of(tx, user)?;
    events::record(tx, &Event::PasswordChanged { user })?;
    Ok(())
}

/// Opens a session for somebody who has just proved who they are.
pub fn start_session(
    tx: &mut Tx,
    user: UserId,
    ip: &str,
    user_agent: &str,
) -> Result<SessionToken, db::Error> {
    let token = random_token();
    let expires_at = tx.now() + SESSION_MS;
    let ip: String = ip.chars().take(IP_CHARS_MAX).collect();
    let user_agent: String = user_agent.chars().take(USER_AGENT_CHARS_MAX).collect();
    store::insert_session(tx, &token_hash(&token), user, expires_at, &ip, &user_agent)?;
    store::save_last_sign_in(tx, user)?;
    events::record(tx, &Event::SignedIn { user })?;
    Ok(SessionToken { token, expires_at })
}

/// Who is behind this token; asked at every request, one read by key.
pub fn session_actor(tx: &mut Tx, token: &str) -> Result<Option<(Actor, User)>, db::Error> {
    Ok(signed_in(tx, token)?.map(|it| (it.user.actor(), it.user)))
}

/// [`session_actor`], with the language they read, and whether it is time for [`touch_session`].
pub fn signed_in(tx: &mut Tx, token: &str) -> Result<Option<SignedIn>, db::Error> {
    let found = store::find_session_user(tx, &token_hash(token))?;
    let now = tx.now();
    Ok(found.filter(|(user, _)| user.is_active()).map(|(user, last_seen_at)| SignedIn {
        actor: user.actor().reading(crate::Language::of(&user.locale)),
        user,
        touch_due: now - last_seen_at >= TOUCH_EVERY_MS,
    }))
}

/// Writes down that the session is in use and lets it live on. Nothing changes before [`TOUCH_EVERY_MS`] have passed.
pub fn touch_session(tx: &mut Tx, token: &str) -> Result<(), db::Error> {
    let expires_at = tx.now() + SESSION_MS;
    store::save_session_seen(tx, &token_hash(token), expires_at)
}

pub fn end_session(tx: &mut Tx, token: &str) -> Result<(), db::Error> {
    store::delete_session(tx, &token_hash(token))
}

pub fn end_all_sessions_of(tx: &mut Tx, user: UserId) -> Result<(), AccessError> {
    only_self_or_admin(tx, user)?;
    Ok(store::delete_sessions_of(tx, user)?)
}

/// Where a person is signed in, last used first.
pub fn list_sessions(tx: &mut Tx, user: UserId) -> Result<Vec<Session>, AccessError> {
    only_self_or_admin(tx, user)?;
    Ok(store::list_sessions(tx, user)?)
}

fn only_self_or_admin(tx: &mut Tx, user: UserId) -> Result<(), AccessError> {
    if tx.actor().is(user) || tx.actor().is_admin() { Ok(()) } else { Err(AccessError::NotForOthers) }
}
