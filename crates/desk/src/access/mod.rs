//! How people prove who they are: passwords, sessions, one-time links, API tokens; and the desk's first set-up.
//!
//! Tokens are 256 random bits, shown once and stored as their SHA-256, and are looked up by it: what the database
//! compares is nothing that a caller could shape. Hashing a password takes long on purpose and happens outside of
//! transactions: [`passwords::hash`] and [`passwords::verify`] are pure.

mod invite;
mod links;
pub mod passwords;
mod sessions;
mod setup;
pub(crate) mod store;
mod tokens;

pub use invite::{Invite, Invited, accept_invite, invite};
pub use links::{LINK_VALID_MS_MAX, LinkError, LinkPurpose, check_link, create_link, use_link};
pub use passwords::{HashedPassword, PasswordError};
pub use sessions::{
    SESSION_MS, SessionToken, SignInError, SignedIn, TOUCH_EVERY_MS, check_password, end_all_sessions_of,
    end_session, find_password_hash, list_sessions, remove_password, session_actor, set_password,
    sign_in_with_password, signed_in, start_session, touch_session,
};
pub use setup::{SetUp, SetUpDone, SetUpError, is_set_up, set_up, set_up_only_skills};
pub use store::{ApiToken, Session, StoredPassword, list_api_tokens};
pub use tokens::{
    ApiCaller, actor_of_api_token, caller_of_api_token, create_api_token, revoke_api_token, touch_api_token,
};

use crate::{Kind, Refusal, Tx, UserId};

#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error("you may not do this for somebody else")]
    NotForOthers,
    #[error("only admins may do this")]
    OnlyAdmins,
    #[error("there is no such person")]
    NoSuchUser,
    #[error("there is no such API token")]
    NoSuchToken,
    #[error("an API token needs a description of at most {} characters", tokens::DESCRIPTION_CHARS_MAX)]
    DescriptionIsWrong,
    #[error("an API token can only act for active staff")]
    OnlyStaffHaveTokens,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for AccessError {
    fn kind(&self) -> Kind {
        match self {
            AccessError::NotForOthers | AccessError::OnlyAdmins => Kind::Forbidden,
            AccessError::NoSuchUser | AccessError::NoSuchToken => Kind::NotFound,
            AccessError::DescriptionIsWrong | AccessError::OnlyStaffHaveTokens => Kind::Invalid,
            AccessError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            AccessError::DescriptionIsWrong => Some("description"),
            AccessError::OnlyStaffHaveTokens => Some("user_id"),
            _ => None,
        }
    }
}

/// 256 random bits as 43 characters of URL-safe base64.
pub fn random_token() -> String {
    use base64::Engine;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the system gives randomness");
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What a token is stored as.
pub fn token_hash(token: &str) -> String {
    use sha2::{Digest, Sha256};
    crate::blobs::hex(&Sha256::digest(token.as_bytes()))
}

/// Nobody is signed in as this person any more, and no link or token of theirs opens anything.
pub(crate) fn shut_out(tx: &mut Tx, user: UserId) -> Result<(), db::Error> {
    store::delete_sessions_of(tx, user)?;
    store::delete_links_of(tx, user)
}

/// Removes what is over: sessions and links past their end.
pub(crate) fn sweep(tx: &mut Tx) -> Result<(), db::Error> {
    store::delete_expired(tx)
}
