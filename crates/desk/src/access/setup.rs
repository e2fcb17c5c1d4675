//! The first minutes of a desk: who runs it, what it is called, where customers write to.

use super::links::{self, LinkError, LinkPurpose};
use super::{AccessError, store};
use crate::events::{self, Event};
use crate::people::{self, CreateUser, PeopleError};
use crate::{Actor, Kind, Refusal, Role, Tx, UserId, settings};

/// The setting that says when the desk was set up.
const SET_UP_AT: &str = "set_up_at";
const SIGN_IN_VALID_MS: i64 = 3_600_000;
const COMPANY_CHARS_MAX: usize = 200;
const URL_BYTES_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetUp {
    pub company: String,
    /// The address that customers write to.
    pub address: String,
    pub time_zone: String,
    pub locale: String,
    pub admin_name: String,
    pub admin_email: String,
    /// How people reach the desk's pages.
    pub public_url: String,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SetUpDone {
    pub admin: UserId,
    /// For a link that signs the admin in, once.
    pub sign_in_token: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("this desk is set up already")]
    AlreadyDone,
    #[error("only the desk itself may be told to set itself up")]
    NotTheDesk,
    #[error("the company needs a name of at most {COMPANY_CHARS_MAX} characters")]
    CompanyIsWrong,
    #[error("{0:?} is not an e-mail address that customers could write to")]
    AddressIsWrong(String),
    #[error("the support address must not be the admin's own")]
    SameAddress,
    #[error("{0:?} is not a time zone such as Europe/Berlin")]
    TimeZoneIsWrong(String),
    #[error("{0:?} is not a language such as en or pt-BR")]
    LocaleIsWrong(String),
    #[error("{0:?} is not an address of a website such as https://desk.example.org")]
    UrlIsWrong(String),
    #[error(transparent)]
    Person(#[from] PeopleError),
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for SetUpError {
    fn kind(&self) -> Kind {
        match self {
            SetUpError::AlreadyDone => Kind::Conflict,
            SetUpError::NotTheDesk => Kind::Forbidden,
            SetUpError::Person(error) => error.kind(),
            SetUpError::Link(error) => error.kind(),
            SetUpError::Access(error) => error.kind(),
            SetUpError::Db(error) => error.kind(),
            _ => Kind::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            SetUpError::CompanyIsWrong => Some("company"),
            SetUpError::AddressIsWrong(_) | SetUpError::SameAddress => Some("address"),
            SetUpError::TimeZoneIsWrong(_) => Some("time_zone"),
            SetUpError::LocaleIsWrong(_) => Some("locale"),
            SetUpError::UrlIsWrong(_) => Some("public_url"),
            SetUpError::Person(PeopleError::NameIsWrong) => Some("admin_name"),
            SetUpError::Person(PeopleError::AddressIsWrong(_) | PeopleError::AddressIsTaken(_)) => {
                Some("admin_email")
            }
            _ => None,
        }
    }
}

pub fn is_set_up(tx: &mut Tx) -> Result<bool, db::Error> {
    Ok(settings::find::<i64>(tx, SET_UP_AT)?.is_some())
}

/// Once. The door asks for a set-up link first, and then acts as the desk.
pub fn set_up(tx: &mut Tx, command: &SetUp) -> Result<SetUpDone, SetUpError> {
    begin(tx)?;
    let mut company = valid_company(tx, command)?;
    company.support_address = people::fold_address(&command.address)
        .ok_or_else(|| SetUpError::AddressIsWrong(command.address.clone()))?;
    if people::fold_address(&command.admin_email).as_ref() == Some(&company.support_address) {
        return Err(SetUpError::SameAddress);
    }
    settings::save_company(tx, &company)?;
    let brand = settings::default_brand(tx)?;
    let group = settings::default_group(tx)?;
    store::insert_default_mailbox(tx, &company.support_address, &company.name, group, brand)?;
    finish(tx, command)
}

/// The same for a team that stays on its present desk: no mailbox, and pages do not offer what is for tickets. The
/// address of the command is not asked for.
pub fn set_up_only_skills(tx: &mut Tx, command: &SetUp) -> Result<SetUpDone, SetUpError> {
    begin(tx)?;
    let company = valid_company(tx, command)?;
    settings::save_company(tx, &company)?;
    settings::save_only_skills(tx, true)?;
    finish(tx, command)
}

fn begin(tx: &mut Tx) -> Result<(), SetUpError> {
    if *tx.actor() != Actor::desk() {
        return Err(SetUpError::NotTheDesk);
    }
    tx.lock("set-up")?;
    if is_set_up(tx)? {
        return Err(SetUpError::AlreadyDone);
    }
    Ok(())
}

fn finish(tx: &mut Tx, command: &SetUp) -> Result<SetUpDone, SetUpError> {
    let admin = people::create_user(
        tx,
        &CreateUser {
            name: command.admin_name.clone(),
            email: Some(command.admin_email.clone()),
            role: Role::Admin,
            verified: true,
            ..CreateUser::default()
        },
    )?;
    let sign_in_token = links::create_link(tx, Some(admin), LinkPurpose::SignIn, SIGN_IN_VALID_MS)?;
    let now = tx.now();
    settings::save(tx, SET_UP_AT, &now)?;
    events::record(tx, &Event::SettingsChanged { by: None })?;
    Ok(SetUpDone { admin, sign_in_token })
}

fn valid_company(tx: &mut Tx, command: &SetUp) -> Result<settings::Company, SetUpError> {
    let name = command.company.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > COMPANY_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(SetUpError::CompanyIsWrong);
    }
    if !people::is_time_zone(&command.time_zone) {
        return Err(SetUpError::TimeZoneIsWrong(command.time_zone.clone()));
    }
    if !people::is_locale(&command.locale) {
        return Err(SetUpError::LocaleIsWrong(command.locale.clone()));
    }
    let public_url =
        valid_url(&command.public_url).ok_or_else(|| SetUpError::UrlIsWrong(command.public_url.clone()))?;
    Ok(settings::Company {
        name,
        time_zone: command.time_zone.clone(),
        locale: command.locale.clone(),
        public_url,
        ..settings::company(tx)?
    })
}

/// Without a slash at its end.
fn valid_url(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let clean =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '?' | '#' | '@');
    let holds = !host.is_empty()
        && !host.starts_with(['/', ':'])
        && url.len() <= URL_BYTES_MAX
        && url.chars().all(clean);
    holds.then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_websites_lose_their_last_slash_and_must_be_plain() {
        assert_eq!(valid_url(" https://desk.example.org/ ").as_deref(), Some("https://desk.example.org"));
        assert_eq!(valid_url("http://localhost:8080/help").as_deref(), Some("http://localhost:8080/help"));
        for wrong in [
            "",
            "desk.example.org",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b",
            "http://x?y",
        ] {
            assert_eq!(valid_url(wrong), None, "{wrong}");
        }
    }
}
