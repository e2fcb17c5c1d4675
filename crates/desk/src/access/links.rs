//! Links that open one door once: set-up, sign-in by mail, invitations, the demo.

use super::{random_token, store, token_hash};
use crate::people;
use crate::{Kind, Refusal, Tx, UserId};

/// No link opens anything for longer than this.
pub const LINK_VALID_MS_MAX: i64 = 30 * 24 * 3_600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    SetUp,
    SignIn,
    Invite,
    Demo,
}

impl LinkPurpose {
    pub fn name(self) -> &'static str {
        match self {
            LinkPurpose::SetUp => "set-up",
            LinkPurpose::SignIn => "sign-in",
            LinkPurpose::Invite => "invite",
            LinkPurpose::Demo => "demo",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("this link has been used, is too old, or never was one; ask for a new one")]
    NotValid,
    #[error("only admins may make links")]
    OnlyAdmins,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for LinkError {
    fn kind(&self) -> Kind {
        match self {
            LinkError::NotValid => Kind::Unknown,
            LinkError::OnlyAdmins => Kind::Forbidden,
            LinkError::Db(error) => error.kind(),
        }
    }
}

/// The token goes to one person's address or screen; only its hash is stored.
pub fn create_link(
    tx: &mut Tx,
    user: Option<UserId>,
    purpose: LinkPurpose,
    valid_ms: i64,
) -> Result<String, LinkError> {
    if !tx.actor().is_admin() {
        return Err(LinkError::OnlyAdmins);
    }
    let token = random_token();
    let expires_at = tx.now() + valid_ms.clamp(0, LINK_VALID_MS_MAX);
    store::insert_link(tx, &token_hash(&token), user, purpose.name(), expires_at)?;
    Ok(token)
}

/// Looks without using it: for the page that a mail scanner may also open.
pub fn check_link(tx: &mut Tx, token: &str, purpose: LinkPurpose) -> Result<Option<UserId>, LinkError> {
    let user = store::find_link(tx, &token_hash(token), purpose.name())?.ok_or(LinkError::NotValid)?;
    still_welcome(tx, user)
}

/// For whom the link was made, if for somebody. The second use is refused, also at the same moment.
pub fn use_link(tx: &mut Tx, token: &str, purpose: LinkPurpose) -> Result<Option<UserId>, LinkError> {
    let user = store::save_link_used(tx, &token_hash(token), purpose.name())?.ok_or(LinkError::NotValid)?;
    still_welcome(tx, user)
}

fn still_welcome(tx: &mut Tx, user: Option<UserId>) -> Result<Option<UserId>, LinkError> {
    if let Some(user) = user {
        people::find_user(tx, user)?.filter(people::User::is_active).ok_or(LinkError::NotValid)?;
    }
    Ok(user)
}
