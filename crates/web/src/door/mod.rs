//! What one stands before: the first run, signing in, one-time links, invitations.

mod invite;
mod limits;
mod link;
mod set_up;
mod sign_in;

pub(crate) use limits::{CalendarLimits, SignInLimits};

use crate::signed_in::{COOKIE, session_cookie};
use crate::{Client, Problem, Web};
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use desk::access::{self, HashedPassword, SessionToken, passwords};
use desk::routing::{self, PresenceStatus, RoutingError, SetPresence};
use desk::{Actor, Kind, UserId, people};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/set-up/{token}", get(set_up::new).post(set_up::create))
        .route("/sign-in", get(sign_in::new).post(sign_in::create))
        .route("/sign-in/link/{token}", get(link::new).post(link::create))
        .route("/invite/{token}", get(invite::new).post(invite::create))
        .route("/sign-out", post(sign_out))
}

async fn sign_out(
    axum::extract::State(web): axum::extract::State<Web>,
    cookies: CookieJar,
) -> Result<Response, Problem> {
    if let Some(token) = cookies.get(COOKIE).map(|cookie| cookie.value().to_owned()) {
        web.desk.write(Actor::desk(), move |tx| access::end_session(tx, &token)).await?;
    }
    let gone = Cookie::build((COOKIE, "")).path("/").removal();
    Ok((CookieJar::new().add(gone), Redirect::to("/sign-in")).into_response())
}

/// Hashing takes tens of milliseconds on purpose: on a thread that nobody else waits for.
async fn hashed(password: String) -> Result<HashedPassword, Problem> {
    let hash = tokio::task::spawn_blocking(move || passwords::hash(&password)).await;
    hash.map_err(|_| Problem::new(Kind::Broken, "The password could not be hashed."))?.map_err(Problem::from)
}

/// Signed in from now on, and on to `next`.
fn welcome(web: &Web, session: SessionToken, next: &str) -> Response {
    let cookie = session_cookie(session.token, web.secure_cookies);
    (CookieJar::new().add(cookie), Redirect::to(next)).into_response()
}

/// A session, and work may come: whoever signs in is here, unless they have said that they are away.
fn open_session(tx: &mut desk::Tx, user: UserId, client: &Client) -> Result<SessionToken, db::Error> {
    let session = access::start_session(tx, user, &client.ip, &client.agent)?;
    let holds_work =
        people::find_user(tx, user)?.is_some_and(|user| user.role.is_agent() && user.is_active());
    if holds_work {
        come_online(tx, user).map_err(|error| match error {
            RoutingError::Db(error) => error,
            other => db::Error::Corrupt(other.to_string()),
        })?;
    }
    Ok(session)
}

fn come_online(tx: &mut desk::Tx, user: UserId) -> Result<(), RoutingError> {
    match routing::presence_of(tx, user)? {
        PresenceStatus::Offline => {
            routing::set_presence(tx, &SetPresence { user, status: PresenceStatus::Online })
        }
        PresenceStatus::Online | PresenceStatus::Away => routing::beat(tx, user),
    }
}

/// A place of ours to go on to; home for anything else.
fn own_place(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r']);
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_place;

    #[test]
    fn nobody_is_sent_away_after_signing_in() {
        assert_eq!(own_place("/tickets/7?in=mine"), "/tickets/7?in=mine");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "evil", ""] {
            assert_eq!(own_place(foreign), "/");
        }
    }
}
