//! `mail_in`, `mail_raw`, `mail_fingerprints`: the ledger.

use super::corrupt;
use crate::mail::{Address, AuthSummary, Door, Incoming, MailState, Receipt};
use crate::{CommentId, MailId, MailboxId, TicketId, Tx};
use db::{Error, FromColumn, Row, params};

impl db::ToParam for MailState {
    fn to_param(&self) -> db::Param<'_> {
        db::Param::Text(self.name())
    }
}

impl FromColumn for MailState {
    const WANTED: &'static str = "the state of a mail";
    fn from_column(column: db::Column<'_>) -> Option<Self> {
        match column {
            db::Column::Text(name) => MailState::parse(name),
            _ => None,
        }
    }
}

/// What later steps need of a row of the ledger.
#[derive(Clone, Debug)]
pub(in crate::mail) struct LedgerRow {
    pub id: MailId,
    pub state: MailState,
    pub mailbox: Option<MailboxId>,
    pub mail_from: String,
    pub rcpt_to: Vec<String>,
    pub received_at: i64,
    pub ticket: Option<TicketId>,
    pub from_address: Option<String>,
    pub from_name: Option<String>,
    pub subject: Option<String>,
}

const LEDGER_ROW: &str =
    "select id, state, mailbox_id, mail_from, rcpt_to, received_at, ticket_id, from_address, from_name, subject
     from mail_in";

fn ledger_row(row: &Row<'_>) -> Result<LedgerRow, Error> {
    let rcpt_to: String = row.get(4)?;
    Ok(LedgerRow {
        id: row.get(0)?,
        state: row.get(1)?,
        mailbox: row.get(2)?,
        mail_from: row.get(3)?,
        rcpt_to: serde_json::from_str(&rcpt_to).map_err(corrupt)?,
        received_at: row.get(5)?,
        ticket: row.get(6)?,
        from_address: row.get(7)?,
        from_name: row.get(8)?,
        subject: row.get(9)?,
    })
}

pub(in crate::mail) fn find_mail(tx: &mut Tx, mail: MailId) -> Result<Option<LedgerRow>, Error> {
    tx.find(&format!("{LEDGER_ROW} where id = $1"), params![mail], ledger_row)
}

pub(in crate::mail) fn find_mail_by_uid(
    tx: &mut Tx,
    mailbox: MailboxId,
    uid_validity: i64,
    uid: i64,
) -> Result<Option<LedgerRow>, Error> {
    tx.find(
        &format!("{LEDGER_ROW} where mailbox_id = $1 and uid_validity = $2 and uid = $3"),
        params![mailbox, uid_validity, uid],
        ledger_row,
    )
}

/// `None` if this mailbox's UID is in the ledger already.
pub(in crate::mail) fn insert_mail(
    tx: &mut Tx,
    receipt: &Receipt,
    mailbox: Option<MailboxId>,
) -> Result<Option<MailId>, Error> {
    let (door, mailbox, uid_validity, uid) = match receipt.door {
        Door::Smtp => ("smtp", mailbox, None, None),
        Door::Imap { mailbox, uid_validity, uid } => ("imap", Some(mailbox), Some(uid_validity), Some(uid)),
    };
    let rcpt_to = serde_json::to_string(&receipt.rcpt_to).map_err(corrupt)?;
    let now = tx.now();
    let id: Option<MailId> = tx.insert_if_new(
        "insert into mail_in (door, mailbox_id, uid_validity, uid, received_at, remote_ip, helo, mail_from, rcpt_to,
                              bytes, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict do nothing",
        params![
            door,
            mailbox,
            uid_validity,
            uid,
            now,
            receipt.remote_ip,
            receipt.helo,
            receipt.mail_from,
            rcpt_to,
            receipt.raw.len(),
            MailState::Received
        ],
    )?;
    if let Some(id) = id {
        tx.execute("insert into mail_raw (mail_id, raw) values ($1, $2)", params![id, receipt.raw])?;
    }
    Ok(id)
}

pub(in crate::mail) fn find_raw(tx: &mut Tx, mail: MailId) -> Result<Option<Vec<u8>>, Error> {
    tx.find("select raw from mail_raw where mail_id = $1", params![mail], |row| row.get(0))
}

/// How a mail ends: what is written into its row.
#[derive(Debug)]
pub(in crate::mail) struct Ending<'a> {
    pub state: MailState,
    pub reason: Option<&'a str>,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub duplicate_of: Option<MailId>,
    pub threaded_by: Option<&'a str>,
    /// Kept as JSON while the mail waits in the suspended queue; of an agent's answer, to whom it had been sent.
    pub parsed: Option<&'a Incoming>,
}

impl Ending<'_> {
    pub fn of(state: MailState) -> Self {
        Ending {
            state,
            reason: None,
            ticket: None,
            comment: None,
            duplicate_of: None,
            threaded_by: None,
            parsed: None,
        }
    }
}

pub(in crate::mail) fn save_ending(
    tx: &mut Tx,
    mail: MailId,
    from: &Address,
    subject: &str,
    message_id: Option<&str>,
    auth: &AuthSummary,
    ending: &Ending<'_>,
) -> Result<(), Error> {
    let now = tx.now();
    let parsed = ending.parsed.map(serde_json::to_string).transpose().map_err(corrupt)?;
    let auth = auth_json(auth);
    tx.execute(
        "update mail_in set state = $1, ended_at = $2, reason = $3, ticket_id = $4, comment_id = $5,
                duplicate_of = $6, threaded_by = $7, parsed = $8, from_address = $9, from_name = $10, subject = $11,
                message_id = $12, auth = $13
         where id = $14",
        params![
            ending.state,
            now,
            ending.reason,
            ending.ticket,
            ending.comment,
            ending.duplicate_of,
            ending.threaded_by,
            parsed,
            from.address,
            from.name,
            subject,
            message_id,
            auth,
            mail
        ],
    )?;
    Ok(())
}

/// Of a mail that has not ended yet.
pub(in crate::mail) fn save_auth(tx: &mut Tx, mail: MailId, auth: &AuthSummary) -> Result<(), Error> {
    let auth = auth_json(auth);
    tx.execute("update mail_in set auth = $1 where id = $2", params![auth, mail])?;
    Ok(())
}

/// Nothing is known of the sender where nothing was kept.
pub(in crate::mail) fn find_auth(tx: &mut Tx, mail: MailId) -> Result<AuthSummary, Error> {
    let kept: Option<Option<String>> =
        tx.find("select auth from mail_in where id = $1", params![mail], |row| row.get(0))?;
    let Some(kept) = kept.flatten() else { return Ok(AuthSummary::default()) };
    let kept: serde_json::Value = serde_json::from_str(&kept).map_err(corrupt)?;
    let json = match &kept["details"] {
        serde_json::Value::Null => String::new(),
        details => details.to_string(),
    };
    Ok(AuthSummary { aligned: kept["aligned"].as_bool().unwrap_or_default(), json })
}

/// The door's details with our one word in front of them.
fn auth_json(auth: &AuthSummary) -> String {
    let details: serde_json::Value = serde_json::from_str(&auth.json).unwrap_or(serde_json::Value::Null);
    serde_json::json!({ "aligned": auth.aligned, "details": details }).to_string()
}

/// Its reason stays, so that one sees later why it had been suspended.
pub(in crate::mail) fn save_discarded(tx: &mut Tx, mail: MailId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mail_in set state = $1, ended_at = $2 where id = $3",
        params![MailState::Discarded, now, mail],
    )?;
    Ok(())
}

pub(in crate::mail) fn save_put_back(tx: &mut Tx, mail: MailId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mail_in set state = $1, ended_at = $2 where id = $3",
        params![MailState::Suspended, now, mail],
    )?;
    Ok(())
}

pub(in crate::mail) fn save_recovery(
    tx: &mut Tx,
    mail: MailId,
    ticket: TicketId,
    comment: Option<CommentId>,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mail_in set state = $1, ticket_id = $2, comment_id = $3, ended_at = $4, parsed = null where id = $5",
        params![MailState::Comment, ticket, comment, now, mail],
    )?;
    Ok(())
}

/// `None`: nothing is kept, because nobody could read the mail.
pub(in crate::mail) fn find_parsed(tx: &mut Tx, mail: MailId) -> Result<Option<Incoming>, Error> {
    let text: Option<Option<String>> =
        tx.find("select parsed from mail_in where id = $1", params![mail], |row| row.get(0))?;
    text.flatten().map(|text| serde_json::from_str(&text).map_err(corrupt)).transpose()
}

pub(in crate::mail) fn count_in_state(tx: &mut Tx, state: MailState) -> Result<i64, Error> {
    // The words stand in the text so that the partial index is used.
    let sql = match state {
        MailState::Received => "select count(*) from mail_in where state = 'received'",
        MailState::Suspended => "select count(*) from mail_in where state = 'suspended'",
        MailState::Comment => "select count(*) from mail_in where state = 'comment'",
        MailState::Duplicate => "select count(*) from mail_in where state = 'duplicate'",
        MailState::Discarded => "select count(*) from mail_in where state = 'discarded'",
    };
    tx.value(sql, params![])
}

/// Mails that say they ended somewhere that does not exist.
pub(in crate::mail) fn count_ended_nowhere(tx: &mut Tx) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from mail_in m
         where (m.state = 'comment' and (not exists (select 1 from tickets t where t.id = m.ticket_id)
                or not exists (select 1 from comments c where c.id = m.comment_id)))
            or (m.state = 'duplicate' and not exists (select 1 from mail_in o where o.id = m.duplicate_of))
            or (m.state = 'suspended' and m.reason is null)",
        params![],
    )
}

pub(in crate::mail) fn count_without_raw(tx: &mut Tx) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from mail_in m
         where not exists (select 1 from mail_raw r where r.mail_id = m.id)",
        params![],
    )
}

/// Counts one more mail of a sender; says how many came within this hour, and how many of them in a row said the same.
pub(in crate::mail) fn count_sender(
    tx: &mut Tx,
    address: &str,
    words: &str,
    hour_ms: i64,
) -> Result<(i64, i64), Error> {
    let now = tx.now();
    tx.one(
        "insert into mail_senders (address, hour_start, mail_count, same_words, same_count) values ($1, $2, 1, $3, 1)
         on conflict (address) do update set
           hour_start = case when mail_senders.hour_start < $4 then excluded.hour_start else mail_senders.hour_start end,
           mail_count = case when mail_senders.hour_start < $4 then 1 else mail_senders.mail_count + 1 end,
           same_count = case when mail_senders.hour_start < $4 or mail_senders.same_words <> excluded.same_words
             then 1 else mail_senders.same_count + 1 end,
           same_words = excluded.same_words
         returning mail_count, same_count",
        params![address, now, words, now - hour_ms],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// `None`: this mail is the first with this fingerprint (since `since`, if given). Otherwise the mail that was.
pub(in crate::mail) fn claim_fingerprint(
    tx: &mut Tx,
    fingerprint: &str,
    mail: MailId,
    since: Option<i64>,
) -> Result<Option<MailId>, Error> {
    let now = tx.now();
    let inserted = tx.execute(
        "insert into mail_fingerprints (fingerprint, mail_id, at) values ($1, $2, $3) on conflict do nothing",
        params![fingerprint, mail, now],
    )?;
    if inserted == 1 {
        return Ok(None);
    }
    if let Some(since) = since {
        let taken_over = tx.execute(
            "update mail_fingerprints set mail_id = $1, at = $2 where fingerprint = $3 and at < $4",
            params![mail, now, fingerprint, since],
        )?;
        if taken_over == 1 {
            return Ok(None);
        }
    }
    let first: MailId =
        tx.value("select mail_id from mail_fingerprints where fingerprint = $1", params![fingerprint])?;
    Ok((first != mail).then_some(first))
}
