//! The addresses customers write to, and how their mail is fetched and sent.

use super::{MailError, guards, seal, tokens};
use crate::events::{Event, record};
use crate::{BrandId, GroupId, MailboxId, Tx, settings};
use db::{Row, params};
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
    let details = serde_json::to_string(&command.settings).map_err(super::store::corrupt)?;
    let now = tx.now();
    let kind = command.kind.name();
    // An address that was removed and comes back keeps its row, and with it the mail that came there.
    let id: MailboxId = tx.one(
        "insert into mailboxes (address, name, kind, group_id, brand_id, settings, is_default, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (address) do update set name = excluded.name, kind = excluded.kind,
             group_id = excluded.group_id, brand_id = excluded.brand_id, settings = excluded.settings, secret = null,
             is_default = excluded.is_default, deleted_at = null, last_error = null
         returning id",
        params![address, name, kind, command.group, command.brand, details, is_default, now],
        |row| row.get(0),
    )?;
    save_secret(tx, id, command.secret.as_deref())?;
    record(tx, &Event::MailboxChanged { mailbox: id })?;
    find(tx, id)?.ok_or(MailError::NoSuchMailbox)
}

pub fn update(tx: &mut Tx, mailbox: MailboxId, command: &UpdateMailbox) -> Result<Mailbox, MailError> {
    may_change(tx)?;
    let before = find(tx, mailbox)?.ok_or(MailError::NoSuchMailbox)?;
    let address = match &command.address {
        Some(address) => folded(address)?,
        None => before.address,
    };
    if find_by_address(tx, &address)?.is_some_and(|other| other.id != mailbox) {
        return Err(MailError::AddressTaken);
    }
    let name = command.name.clone().unwrap_or(before.name);
    let kind = command.kind.unwrap_or(before.kind).name();
    let group = command.group.unwrap_or(before.group);
    let brand = command.brand.unwrap_or(before.brand);
    let details = command.settings.clone().unwrap_or(before.settings);
    let details = serde_json::to_string(&details).map_err(super::store::corrupt)?;
    tx.execute(
        "update mailboxes set address = $1, name = $2, kind = $3, group_id = $4, brand_id = $5, settings = $6,
                last_error = null where id = $7",
        params![address, name, kind, group, brand, details, mailbox],
    )
    .map_err(|error| match error {
        db::Error::Unique(_) => MailError::AddressTaken,
        error => error.into(),
    })?;
    if let Some(secret) = &command.secret {
        save_secret(tx, mailbox, secret.as_deref())?;
    }
    if command.make_default {
        tx.execute("update mailboxes set is_default = 0 where is_default = 1 and id <> $1", params![mailbox])?;
        tx.execute("update mailboxes set is_default = 1 where id = $1", params![mailbox])?;
    }
    record(tx, &Event::MailboxChanged { mailbox })?;
    find(tx, mailbox)?.ok_or(MailError::NoSuchMailbox)
}

/// Mail to its address is no longer accepted; what came stays.
pub fn delete(tx: &mut Tx, mailbox: MailboxId) -> Result<(), MailError> {
    may_change(tx)?;
    let now = tx.now();
    let changed = tx.execute(
        "update mailboxes set deleted_at = $1, secret = null, is_default = 0 where id = $2 and deleted_at is null",
        params![now, mailbox],
    )?;
    if changed == 0 {
        return Err(MailError::NoSuchMailbox);
    }
    tx.execute(
        "update mailboxes set is_default = 1 where id = (select min(id) from mailboxes where deleted_at is null)
         and not exists (select 1 from mailboxes where is_default = 1 and deleted_at is null)",
        params![],
    )?;
    record(tx, &Event::MailboxChanged { mailbox })?;
    Ok(())
}

const MAILBOX: &str = "select id, address, name, kind, group_id, brand_id, settings, secret is not null,
    imap_uid_validity, imap_last_uid, last_checked_at, last_error, is_default, created_at from mailboxes";

fn mailbox_row(row: &Row<'_>) -> Result<Mailbox, db::Error> {
    let details: String = row.get(6)?;
    Ok(Mailbox {
        id: row.get(0)?,
        address: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        group: row.get(4)?,
        brand: row.get(5)?,
        settings: serde_json::from_str(&details).map_err(super::store::corrupt)?,
        has_secret: row.get(7)?,
        imap_uid_validity: row.get(8)?,
        imap_last_uid: row.get(9)?,
        last_checked_at: row.get(10)?,
        last_error: row.get(11)?,
        is_default: row.get(12)?,
        created_at: row.get(13)?,
    })
}

/// The default one first, then by address.
pub fn list(tx: &mut Tx) -> Result<Vec<Mailbox>, db::Error> {
    tx.list(
        &format!("{MAILBOX} where deleted_at is null order by is_default desc, address"),
        params![],
        mailbox_row,
    )
}

pub fn find(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<Mailbox>, db::Error> {
    tx.find(&format!("{MAILBOX} where id = $1 and deleted_at is null"), params![mailbox], mailbox_row)
}

/// By its exact address, in lower case and without a plus-part.
pub fn find_by_address(tx: &mut Tx, address: &str) -> Result<Option<Mailbox>, db::Error> {
    tx.find(&format!("{MAILBOX} where address = $1 and deleted_at is null"), params![address], mailbox_row)
}

pub fn find_default(tx: &mut Tx) -> Result<Option<Mailbox>, db::Error> {
    tx.find(&format!("{MAILBOX} where is_default = 1 and deleted_at is null"), params![], mailbox_row)
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
    let sealed: Option<Option<String>> =
        tx.find("select secret from mailboxes where id = $1 and deleted_at is null", params![mailbox], |row| {
            row.get(0)
        })?;
    let Some(sealed) = sealed.ok_or(MailError::NoSuchMailbox)? else { return Ok(None) };
    let key = settings::desk_key(tx)?;
    seal::open(&key, &about(mailbox), &sealed).map(Some).ok_or(MailError::SecretUnreadable)
}

/// How far fetching has come. Saved in the transaction that keeps the mail, or after it.
pub fn save_position(tx: &mut Tx, mailbox: MailboxId, uid_validity: i64, last_uid: i64) -> Result<(), db::Error> {
    tx.execute(
        "update mailboxes set imap_uid_validity = $1, imap_last_uid = $2 where id = $3",
        params![uid_validity, last_uid, mailbox],
    )?;
    Ok(())
}

/// How the last look into the mailbox went, in the server's own words.
pub fn save_checked(tx: &mut Tx, mailbox: MailboxId, error: Option<&str>) -> Result<(), db::Error> {
    let now = tx.now();
    tx.execute(
        "update mailboxes set last_checked_at = $1, last_error = $2 where id = $3",
        params![now, error, mailbox],
    )?;
    tx.announce(&format!("mailbox:{mailbox}"));
    Ok(())
}

fn save_secret(tx: &mut Tx, mailbox: MailboxId, secret: Option<&str>) -> Result<(), db::Error> {
    let key = settings::desk_key(tx)?;
    let sealed = secret.filter(|it| !it.is_empty()).map(|it| seal::seal(&key, &about(mailbox), it));
    tx.execute("update mailboxes set secret = $1 where id = $2", params![sealed, mailbox])?;
    Ok(())
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
