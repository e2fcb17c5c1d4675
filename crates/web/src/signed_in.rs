//! Who is asking: the session cookie becomes an actor.

use crate::{Problem, Web};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use desk::people::User;
use desk::{Actor, Kind, access};

pub const COOKIE: &str = "aptdesk_session";

/// A signed-in member of staff. Everybody else is sent to the sign-in page.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Actor);

/// The same, with the person and the token, where a page needs them.
#[derive(Clone, Debug)]
pub struct Session {
    pub actor: Actor,
    pub user: User,
    pub token: String,
}

impl FromRequestParts<Web> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let unknown = || Problem::new(Kind::Unknown, "Please sign in.");
        let token =
            CookieJar::from_headers(&parts.headers).get(COOKIE).map(|cookie| cookie.value().to_owned());
        let token = token.ok_or_else(unknown)?;
        let copy = token.clone();
        let found = web.desk.read(Actor::desk(), move |tx| access::signed_in(tx, &copy)).await?;
        let found = found.filter(|it| it.actor.is_staff()).ok_or_else(unknown)?;
        if found.touch_due {
            let copy = token.clone();
            web.desk.write(Actor::desk(), move |tx| access::touch_session(tx, &copy)).await?;
        }
        Ok(Session { actor: found.actor, user: found.user, token })
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        Session::from_request_parts(parts, web).await.map(|session| SignedIn(session.actor))
    }
}

/// The cookie that carries a session: for this site only, out of reach of scripts.
pub fn session_cookie(token: String, secure: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .permanent()
        .build()
}
