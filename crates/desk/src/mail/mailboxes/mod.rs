//! The addresses customers write to, and how their mail is fetched and sent.

mod store;

pub use store::{find, find_by_address, find_default, list, save_checked, save_position};

use super::{MailError, guards, seal, tokens};
use crate::events::{Event, record};
use crate::{BrandId, GroupId, MailboxId, Tx, settings};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxKind {
    /// Its mail is delivered to our SMTP door.
    Smtp,
    /// Its mail is fetched.
    Imap,
}

impl MailboxKind {
    pub fn name(self) -> &'static str {
        match self {
            MailboxKind::Smtp => "smtp",
            MailboxKind::Imap => "imap",
        }
    }
}

impl db::FromColumn for MailboxKind {
    const WANTED: &'static str = "a kind of mailbox";
    fn from_column(column: db::Column<'_>) -> Option<Self> {
        match column {
            db::Column::Text("smtp") => Some(MailboxKind::Smtp),
            db::Column::Text("imap") => Some(MailboxKind::Imap),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte.
    #[default]
    Tls,
    StartTls,
    /// Only for servers on this machine.
    None,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    #[default]
    Password,
    /// The secret is an OAuth access token.
    Xoauth2,
}

/// Another server: where mail is fetched, or handed over for sending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    pub sign_in: SignIn,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxSettings {
    /// Where mail is fetched, for [`MailboxKind::Imap`].
    pub imap: Option<Server>,
    pub folder: String,
    /// Where this mailbox's answers are handed over; `None`: where the desk's are.
    pub smtp: Option<Server>,
    /// The server behind this address delivers `name+anything@…` to it.
    pub plus_addresses: bool,
}

impl Default for MailboxSettings {
    fn default() -> Self {
        MailboxSettings { imap: None, folder: "INBOX".into(), smtp: None, plus_addresses: true }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mailbox {
    pub id: MailboxId,
    /// Lower case.
    pub address: String,
    pub name: String,
    pub kind: MailboxKind,
    pub group: Option<GroupId>,
    pub brand: Option<BrandId>,
    pub settings: MailboxSettings,
    pub has_secret: bool,
    pub imap_uid_validity: Option<i64>,
    pub imap_last_uid: Option<i64>,
    pub last_checked_at: Option<i64>,
    pub last_error: Option<String>,
    pub is_default: bool,
    pub created_at: i64,
}

#[derive(Clone, Debug)]
pub struct CreateMailbox {
    pub address: String,
    /// Empty: the company's.
    pub name: String,
    pub kind: MailboxKind,
    pub group: Option<GroupId>,
    pub brand: Option<BrandId>,
    pub settings: MailboxSettings,
    pub secret: Option<String>,
}

/// `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct UpdateMailbox {
    pub address: Option<String>,
    pub name: Option<String>,
    pub kind: Option<MailboxKind>,
    pub group: Option<Option<GroupId>>,
    pub brand: Option<Option<BrandId>>,
    pub settings: Option<MailboxSettings>,
    /// `Some(None)` forgets the secret.
    pub secret: Option<Option<String>>,
    /// Mail without another mailbox goes out from here.
    pub make_default: bool,
}

/// The first mailbox is the default one.
pub fn create(tx: &mut Tx, command: &CreateMailbox) -> Result<Mailbox, MailError> {
    may_change(tx)?;
    let address = folded(&command.address)?;
    if find_by_address(tx, &address)?.is_some() {
        return Err(MailError::AddressTaken);
    }
    let name = match command.name.trim() {
        "" => settings::company(tx)?.name,
        name => name.to_owned(),
    };
    let is_default = list(tx)?.is_empty();
    let new = CreateMailbox { address, name, ..command.clone() };
    let id = store::insert_mailbox(tx, &new, is_default)?;
    save_secret(tx, id, command.secret.as_deref())?;
    record(tx, &Event::MailboxChanged { mailbox: id })?;
    find(tx, id)?.ok_or(MailError::NoSuchMailbox)
}

pub fn update(tx: &mut Tx, mailbox: MailboxId, command: &UpdateMailbox) -> Result<Mailbox, MailError> {
    may_change(tx)?;
    let mut after = find(tx, mailbox)?.ok_or(MailError::NoSuchMailbox)?;
    if let Some(address) = &command.address {
        after.address = folded(address)?;
    }
    if find_by_address(tx, &after.address)?.is_some_and(|other| other.id != mailbox) {
        return Err(MailError::AddressTaken);
    }
    after.name = command.name.clone().unwrap_or(after.name);
    after.kind = command.kind.unwrap_or(after.kind);
    after.group = command.group.unwrap_or(after.group);
    after.brand = command.brand.unwrap_or(after.brand);
    after.settings = command.settings.clone().unwrap_or(after.settings);
    store::save_mailbox(tx, &after).map_err(|error| match error {
        // A mailbox that was removed still holds the address.
        db::Error::Unique(_) => MailError::AddressTaken,
        error => error.into(),
    })?;
    if let Some(secret) = &command.secret {
        save_secret(tx, mailbox, secret.as_deref())?;
    }
    if command.make_default {
        store::save_default(tx, mailbox)?;
    }
    record(tx, &Event::MailboxChanged { mailbox })?;
    find(tx, mailbox)?.ok_or(MailError::NoSuchMailbox)
}

/// Mail to its address is no longer accepted; what came stays.
pub fn delete(tx: &mut Tx, mailbox: MailboxId) -> Result<(), MailError> {
    may_change(tx)?;
    if !store::delete_mailbox(tx, mailbox)? {
        return Err(MailError::NoSuchMailbox);
    }
    record(tx, &Event::MailboxChanged { mailbox })?;
    Ok(())
}

/// Is this one of our addresses, with or without a plus-part? The company's support address always is.
pub(super) fn is_ours(tx: &mut Tx, address: &str) -> Result<bool, db::Error> {
    if find_for(tx, address)?.is_some() {
        return Ok(true);
    }
    let support = settings::company(tx)?.support_address.to_lowercase();
    let address = address.trim().to_lowercase();
    Ok(!support.is_empty() && (address == support || tokens::without_plus(&address) == support))
}

/// The mailbox that mail to `address` belongs to.
pub(super) fn find_for(tx: &mut Tx, address: &str) -> Result<Option<Mailbox>, db::Error> {
    let exact = address.trim().to_lowercase();
    if let Some(found) = find_by_address(tx, &exact)? {
        return Ok(Some(found));
    }
    let plain = tokens::without_plus(&exact);
    if plain == exact { Ok(None) } else { find_by_address(tx, &plain) }
}

/// The password or token, for the doors that fetch and send.
pub fn secret_of(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<String>, MailError> {
    may_change(tx)?;
    let Some(sealed) = store::find_secret(tx, mailbox)?.ok_or(MailError::NoSuchMailbox)? else {
        return Ok(None);
    };
    let key = settings::desk_key(tx)?;
    seal::open(&key, &about(mailbox), &sealed).map(Some).ok_or(MailError::SecretUnreadable)
}

fn save_secret(tx: &mut Tx, mailbox: MailboxId, secret: Option<&str>) -> Result<(), db::Error> {
    let key = settings::desk_key(tx)?;
    let sealed = secret.filter(|it| !it.is_empty()).map(|it| seal::seal(&key, &about(mailbox), it));
    store::save_secret(tx, mailbox, sealed.as_deref())
}

fn about(mailbox: MailboxId) -> String {
    format!("mailbox:{mailbox}")
}

fn may_change(tx: &Tx) -> Result<(), MailError> {
    if tx.actor().is_admin() { Ok(()) } else { Err(MailError::NotAnAdmin) }
}

fn folded(address: &str) -> Result<String, MailError> {
    if !guards::is_address(address) {
        return Err(MailError::NotAnAddress(address.to_owned()));
    }
    Ok(address.trim().to_lowercase())
}
