//! Every statement on the table `mailboxes`.

use super::{CreateMailbox, Mailbox};
use crate::mail::store::corrupt;
use crate::{MailboxId, Tx};
use db::{Error, Row, params};

const MAILBOX: &str = "select id, address, name, kind, group_id, brand_id, settings, secret is not null,
    imap_uid_validity, imap_last_uid, last_checked_at, last_error, is_default, created_at from mailboxes";

fn mailbox_row(row: &Row<'_>) -> Result<Mailbox, Error> {
    let settings: String = row.get(6)?;
    Ok(Mailbox {
        id: row.get(0)?,
        address: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        group: row.get(4)?,
        brand: row.get(5)?,
        settings: serde_json::from_str(&settings).map_err(corrupt)?,
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
pub fn list(tx: &mut Tx) -> Result<Vec<Mailbox>, Error> {
    tx.list(
        &format!("{MAILBOX} where deleted_at is null order by is_default desc, address"),
        params![],
        mailbox_row,
    )
}

pub fn find(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<Mailbox>, Error> {
    tx.find(&format!("{MAILBOX} where id = $1 and deleted_at is null"), params![mailbox], mailbox_row)
}

/// By its exact address, in lower case and without a plus-part.
pub fn find_by_address(tx: &mut Tx, address: &str) -> Result<Option<Mailbox>, Error> {
    tx.find(&format!("{MAILBOX} where address = $1 and deleted_at is null"), params![address], mailbox_row)
}

pub fn find_default(tx: &mut Tx) -> Result<Option<Mailbox>, Error> {
    tx.find(&format!("{MAILBOX} where is_default = 1 and deleted_at is null"), params![], mailbox_row)
}

/// An address that was removed and comes back keeps its row, and with it the mail that came there.
pub(super) fn insert_mailbox(tx: &mut Tx, new: &CreateMailbox, is_default: bool) -> Result<MailboxId, Error> {
    let settings = serde_json::to_string(&new.settings).map_err(corrupt)?;
    let now = tx.now();
    tx.one(
        "insert into mailboxes (address, name, kind, group_id, brand_id, settings, is_default, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (address) do update set name = excluded.name, kind = excluded.kind,
             group_id = excluded.group_id, brand_id = excluded.brand_id, settings = excluded.settings, secret = null,
             is_default = excluded.is_default, deleted_at = null, last_error = null
         returning id",
        params![new.address, new.name, new.kind.name(), new.group, new.brand, settings, is_default, now],
        |row| row.get(0),
    )
}

pub(super) fn save_mailbox(tx: &mut Tx, it: &Mailbox) -> Result<(), Error> {
    let settings = serde_json::to_string(&it.settings).map_err(corrupt)?;
    tx.execute(
        "update mailboxes set address = $1, name = $2, kind = $3, group_id = $4, brand_id = $5, settings = $6,
                last_error = null where id = $7",
        params![it.address, it.name, it.kind.name(), it.group, it.brand, settings, it.id],
    )?;
    Ok(())
}

pub(super) fn save_default(tx: &mut Tx, mailbox: MailboxId) -> Result<(), Error> {
    tx.execute("update mailboxes set is_default = 0 where is_default = 1 and id <> $1", params![mailbox])?;
    tx.execute("update mailboxes set is_default = 1 where id = $1", params![mailbox])?;
    Ok(())
}

/// The oldest of the others becomes the default one where this one was. False if there is none such.
pub(super) fn delete_mailbox(tx: &mut Tx, mailbox: MailboxId) -> Result<bool, Error> {
    let now = tx.now();
    let changed = tx.execute(
        "update mailboxes set deleted_at = $1, secret = null, is_default = 0 where id = $2 and deleted_at is null",
        params![now, mailbox],
    )?;
    tx.execute(
        "update mailboxes set is_default = 1 where id = (select min(id) from mailboxes where deleted_at is null)
         and not exists (select 1 from mailboxes where is_default = 1 and deleted_at is null)",
        params![],
    )?;
    Ok(changed == 1)
}

/// `None`: no such mailbox; `Some(None)`: it has no secret.
pub(super) fn find_secret(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<Option<String>>, Error> {
    tx.find("select secret from mailboxes where id = $1 and deleted_at is null", params![mailbox], |row| {
        row.get(0)
    })
}

pub(super) fn save_secret(tx: &mut Tx, mailbox: MailboxId, sealed: Option<&str>) -> Result<(), Error> {
    tx.execute("update mailboxes set secret = $1 where id = $2", params![sealed, mailbox])?;
    Ok(())
}

/// How far fetching has come. Saved in the transaction that keeps the mail, or after it.
pub fn save_position(tx: &mut Tx, mailbox: MailboxId, uid_validity: i64, last_uid: i64) -> Result<(), Error> {
    tx.execute(
        "update mailboxes set imap_uid_validity = $1, imap_last_uid = $2 where id = $3",
        params![uid_validity, last_uid, mailbox],
    )?;
    Ok(())
}

/// How the last look into the mailbox went, in the server's own words.
pub fn save_checked(tx: &mut Tx, mailbox: MailboxId, error: Option<&str>) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mailboxes set last_checked_at = $1, last_error = $2 where id = $3",
        params![now, error, mailbox],
    )?;
    tx.announce(&format!("mailbox:{mailbox}"));
    Ok(())
}
