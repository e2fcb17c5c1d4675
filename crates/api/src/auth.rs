//! Who calls: `email/token:TOKEN` or `email:password` (basic), or a bearer token. Never a cookie.

use crate::Api;
use crate::problem::Problem;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use desk::access::{self, passwords};
use desk::{Actor, people};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;

/// Wrong passwords for one address before it must wait.
const WRONG_GUESSES_MAX: u32 = 10;
const GUESSES_WINDOW_MS: i64 = 60_000;
/// A password that was right is not hashed again for this long.
const PROOF_GOOD_MS: i64 = 60_000;
const REMEMBERED_MAX: usize = 10_000;

enum Proof {
    Token { email: Option<String>, token: String },
    Password { email: String, password: String },
}

pub async fn caller(api: &Api, headers: &HeaderMap) -> Result<Actor, Problem> {
    let value = headers.get(header::AUTHORIZATION).ok_or(Problem::NotAuthenticated)?;
    api.inside.gate.pass(value.as_bytes())?;
    let proof = value.to_str().ok().and_then(proof_in).ok_or(Problem::NotAuthenticated)?;
    match proof {
        Proof::Token { email, token } => by_token(api, token, email).await,
        Proof::Password { email, password } => by_password(api, email, password).await,
    }
}

fn proof_in(header: &str) -> Option<Proof> {
    let (scheme, rest) = header.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Proof::Token { email: None, token: rest.to_owned() });
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (name, secret) = decoded.split_once(':')?;
    Some(match name.strip_suffix("/token") {
        Some(email) => Proof::Token { email: Some(email.to_owned()), token: secret.to_owned() },
        None => Proof::Password { email: name.to_owned(), password: secret.to_owned() },
    })
}

async fn by_token(api: &Api, token: String, email: Option<String>) -> Result<Actor, Problem> {
    let found = api
        .desk
        .read(Actor::desk(), move |tx| access::caller_of_api_token(tx, &token, email.as_deref()))
        .await?
        .ok_or(Problem::NotAuthenticated)?;
    if found.touch_due {
        api.desk.write(Actor::desk(), move |tx| access::touch_api_token(tx, found.token)).await?;
    }
    Ok(found.actor)
}

async fn by_password(api: &Api, email: String, password: String) -> Result<Actor, Problem> {
    let now = api.desk.db.now();
    api.inside.guesses.may_guess(&email, now)?;
    let wanted = email.clone();
    let (stored, user) = api
        .desk
        .read(Actor::desk(), move |tx| {
            let stored = access::find_password_hash(tx, &wanted)?.map(|it| it.hash);
            Ok::<_, db::Error>((stored, people::find_user_by_email(tx, &wanted)?))
        })
        .await?;
    let proof = fingerprint(&email, &password, stored.as_deref());
    let right = api.inside.guesses.was_right(&proof, now) || {
        let verify = move || passwords::verify(stored.as_deref(), &password);
        tokio::task::spawn_blocking(verify).await.unwrap_or(false)
    };
    let user = user.filter(|user| right && user.is_active() && user.role.is_staff());
    match user {
        Some(user) => {
            api.inside.guesses.remember(proof, now);
            Ok(user.actor())
        }
        None => {
            api.inside.guesses.count_wrong(&email, now);
            Err(Problem::NotAuthenticated)
        }
    }
}

/// Changes with the stored hash, so that a new password ends what the old one proved.
fn fingerprint(email: &str, password: &str, stored: Option<&str>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [email, password, stored.unwrap_or_default()] {
        digest.update(part.len().to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().into()
}

/// Wrong and right passwords of the last minute, in memory only.
#[derive(Default)]
pub struct Guesses {
    wrong: Mutex<HashMap<String, (u32, i64)>>,
    right: Mutex<HashMap<[u8; 32], i64>>,
}

impl Guesses {
    fn may_guess(&self, email: &str, now: i64) -> Result<(), Problem> {
        let wrong = self.wrong.lock().unwrap_or_else(|broken| broken.into_inner());
        match wrong.get(&email.to_lowercase()) {
            Some((count, until)) if *count >= WRONG_GUESSES_MAX && now < *until => {
                Err(Problem::TooMany { retry_after_s: ((until - now) / 1_000 + 1) as u64 })
            }
            _ => Ok(()),
        }
    }

    fn count_wrong(&self, email: &str, now: i64) {
        let mut wrong = self.wrong.lock().unwrap_or_else(|broken| broken.into_inner());
        if wrong.len() >= REMEMBERED_MAX {
            wrong.retain(|_, (_, until)| now < *until);
        }
        let entry = wrong.entry(email.to_lowercase()).or_insert((0, now + GUESSES_WINDOW_MS));
        if now >= entry.1 {
            *entry = (0, now + GUESSES_WINDOW_MS);
        }
        entry.0 += 1;
    }

    fn was_right(&self, proof: &[u8; 32], now: i64) -> bool {
        let right = self.right.lock().unwrap_or_else(|broken| broken.into_inner());
        right.get(proof).is_some_and(|until| now < *until)
    }

    fn remember(&self, proof: [u8; 32], now: i64) {
        let mut right = self.right.lock().unwrap_or_else(|broken| broken.into_inner());
        if right.len() >= REMEMBERED_MAX {
            right.retain(|_, until| now < *until);
        }
        right.entry(proof).or_insert(now + PROOF_GOOD_MS);
        if let Some(until) = right.get_mut(&proof)
            && now >= *until
        {
            *until = now + PROOF_GOOD_MS;
        }
    }
}
