//! Rows of the ledger, of the suspended queue and of outgoing mail, shaped for a screen or an API answer.

use super::notices::notice_in;
use super::outgoing::MailOutState;
use super::tokens::without_plus;
use super::{Address, Incoming, MailError, MailState, store};
use crate::tickets::json_numbers;
use crate::{CommentId, MailId, MailboxId, TicketId, Tx};
use db::{Error, Row, params};
use serde::Serialize;
use std::collections::HashMap;

/// Rows of one page.
pub const ROWS_PER_PAGE_MAX: usize = 200;

/// One mail that came, and where it has gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerEntry {
    pub id: MailId,
    /// "smtp" or "imap".
    pub door: String,
    pub mailbox: Option<MailboxId>,
    pub received_at: i64,
    pub remote_ip: String,
    pub mail_from: String,
    pub bytes: i64,
    pub state: MailState,
    pub ended_at: Option<i64>,
    pub reason: Option<String>,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub duplicate_of: Option<MailId>,
    pub from_address: Option<String>,
    pub from_name: Option<String>,
    pub subject: Option<String>,
    pub message_id: Option<String>,
    /// JSON: `aligned`, and the details of SPF, DKIM, DMARC and ARC.
    pub auth: Option<String>,
    /// token, references, body-token, bounce.
    pub threaded_by: Option<String>,
}

const ENTRY: &str =
    "id, door, mailbox_id, received_at, remote_ip, mail_from, bytes, state, ended_at, reason, ticket_id,
    comment_id, duplicate_of, from_address, from_name, subject, message_id, auth, threaded_by";

fn entry(row: &Row<'_>) -> Result<LedgerEntry, Error> {
    Ok(LedgerEntry {
        id: row.get(0)?,
        door: row.get(1)?,
        mailbox: row.get(2)?,
        received_at: row.get(3)?,
        remote_ip: row.get(4)?,
        mail_from: row.get(5)?,
        bytes: row.get(6)?,
        state: row.get(7)?,
        ended_at: row.get(8)?,
        reason: row.get(9)?,
        ticket: row.get(10)?,
        comment: row.get(11)?,
        duplicate_of: row.get(12)?,
        from_address: row.get(13)?,
        from_name: row.get(14)?,
        subject: row.get(15)?,
        message_id: row.get(16)?,
        auth: row.get(17)?,
        threaded_by: row.get(18)?,
    })
}

/// Which rows of the ledger are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerFilter {
    pub state: Option<MailState>,
    /// Exactly this sender.
    pub from_address: Option<String>,
}

/// Newest first; `before` is the last id of the page before.
pub fn ledger_page(
    tx: &mut Tx,
    filter: &LedgerFilter,
    before: Option<MailId>,
    count: usize,
) -> Result<Vec<LedgerEntry>, MailError> {
    must_be_staff(tx)?;
    let before = before.unwrap_or(MailId(i64::MAX));
    let count = count.min(ROWS_PER_PAGE_MAX);
    let from = filter.from_address.as_ref().map(|address| address.trim().to_lowercase());
    let of_sender = if from.is_some() { "and from_address = $3" } else { "and cast($3 as text) is null" };
    let of_state = match filter.state {
        Some(MailState::Received) => "and state = 'received'",
        Some(MailState::Comment) => "and state = 'comment'",
        Some(MailState::Duplicate) => "and state = 'duplicate'",
        Some(MailState::Suspended) => "and state = 'suspended'",
        Some(MailState::Discarded) => "and state = 'discarded'",
        None => "",
    };
    let sql =
        format!("select {ENTRY} from mail_in where id < $1 {of_sender} {of_state} order by id desc limit $2");
    Ok(tx.list(&sql, params![before, count, from], entry)?)
}

pub fn ledger_entry(tx: &mut Tx, mail: MailId) -> Result<Option<LedgerEntry>, MailError> {
    must_be_staff(tx)?;
    Ok(tx.find(&format!("select {ENTRY} from mail_in where id = $1"), params![mail], entry)?)
}

/// How many mails stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LedgerCounts {
    pub suspended: i64,
    pub unaccounted: i64,
}

pub fn ledger_counts(tx: &mut Tx) -> Result<LedgerCounts, MailError> {
    must_be_staff(tx)?;
    Ok(LedgerCounts {
        suspended: store::count_in_state(tx, MailState::Suspended)?,
        unaccounted: super::unaccounted(tx)?,
    })
}

/// A mail that waits for a person's decision, with what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SuspendedMail {
    pub entry: LedgerEntry,
    /// The new text, where the mail could be read.
    pub text: Option<String>,
    pub attachments: Vec<String>,
}

/// Newest first; `before` is the last id of the page before.
pub fn suspended_page(
    tx: &mut Tx,
    before: Option<MailId>,
    count: usize,
) -> Result<Vec<SuspendedMail>, MailError> {
    let filter = LedgerFilter { state: Some(MailState::Suspended), from_address: None };
    let mut page = Vec::new();
    for entry in ledger_page(tx, &filter, before, count)? {
        let parsed: Option<Incoming> = store::find_parsed(tx, entry.id)?;
        let (text, attachments) = match parsed {
            Some(parsed) => {
                (Some(parsed.text_new), parsed.attachments.into_iter().map(|file| file.file_name).collect())
            }
            None => (None, Vec::new()),
        };
        page.push(SuspendedMail { entry, text, attachments });
    }
    Ok(page)
}

/// The new text of a suspended mail, where it could be read.
pub fn suspended_text(tx: &mut Tx, mail: MailId) -> Result<Option<String>, MailError> {
    must_be_staff(tx)?;
    let parsed: Option<Incoming> = store::find_parsed(tx, mail)?;
    Ok(parsed.map(|it| it.text_new))
}

pub fn count_suspended(tx: &mut Tx) -> Result<i64, MailError> {
    must_be_staff(tx)?;
    Ok(store::count_in_state(tx, MailState::Suspended)?)
}

/// What the ledger knows of the mails behind a ticket's comments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailFacts {
    pub mail: MailId,
    pub comment: CommentId,
    pub from_address: Option<String>,
    /// Why it stands where it stands, if there is anything to say.
    pub reason: Option<String>,
    pub threaded_by: Option<String>,
    pub auth: Option<String>,
}

pub fn mail_facts_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<MailFacts>, MailError> {
    must_be_staff(tx)?;
    Ok(tx.list(
        "select m.id, c.id, m.from_address, m.reason, m.threaded_by, m.auth
         from comments c join mail_in m on m.id = c.mail_id where c.ticket_id = $1 order by c.id",
        params![ticket],
        |row| {
            Ok(MailFacts {
                mail: row.get(0)?,
                comment: row.get(1)?,
                from_address: row.get(2)?,
                reason: row.get(3)?,
                threaded_by: row.get(4)?,
                auth: row.get(5)?,
            })
        },
    )?)
}

/// Who wrote a mail, and to which address of the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailSource {
    pub from: Address,
    pub to: Address,
}

/// Of these mails. A plus-part of the desk's address, which may hold a ticket's secret, is left out.
pub fn sources_of(tx: &mut Tx, mails: &[MailId]) -> Result<HashMap<MailId, MailSource>, MailError> {
    must_be_staff(tx)?;
    if mails.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "select m.id, m.from_address, m.from_name, m.mail_from, b.address, b.name, m.rcpt_to
         from mail_in m left join mailboxes b on b.id = m.mailbox_id where m.id in {}",
        tx.numbers_in(1)
    );
    let rows: Vec<(MailId, MailSource)> =
        tx.list(&sql, params![json_numbers(mails.iter().map(|it| it.0))], |row| {
            let from: Option<String> = row.get(1)?;
            let envelope: String = row.get(3)?;
            let ours: Option<String> = row.get(4)?;
            let recipients: String = row.get(6)?;
            let sent_to = || {
                let all: Vec<String> = serde_json::from_str(&recipients).unwrap_or_default();
                all.first().map(|it| without_plus(it)).unwrap_or_default()
            };
            let source = MailSource {
                from: Address { name: row.get(2)?, address: from.unwrap_or(envelope) },
                to: Address { name: row.get(5)?, address: ours.unwrap_or_else(sent_to) },
            };
            Ok((row.get(0)?, source))
        })?;
    Ok(rows.into_iter().collect())
}

const OUT_STATE: &str = "id, kind, comment_id, to_address, state, server_answer, attempts, automatic, created_at, sent_at, failed_at";

fn out_state(row: &Row<'_>) -> Result<MailOutState, Error> {
    Ok(MailOutState {
        id: row.get(0)?,
        kind: row.get(1)?,
        comment: row.get(2)?,
        to: row.get(3)?,
        state: row.get(4)?,
        server_answer: row.get(5)?,
        attempts: row.get(6)?,
        automatic: row.get(7)?,
        created_at: row.get(8)?,
        sent_at: row.get(9)?,
        failed_at: row.get(10)?,
    })
}

pub(super) fn states_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<MailOutState>, Error> {
    tx.list(
        &format!("select {OUT_STATE} from mail_out where ticket_id = $1 order by id"),
        params![ticket],
        out_state,
    )
}

/// Why letters of the ticket that came by mail stand where they stand, in the ledger's words, where that is worth knowing.
pub fn notices_of(tx: &mut Tx, ticket: TicketId) -> Result<HashMap<CommentId, String>, Error> {
    let rows: Vec<(CommentId, String)> = tx.list(
        "select c.id, m.reason from comments c join mail_in m on m.id = c.mail_id
         where c.ticket_id = $1 and m.reason is not null",
        params![ticket],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows.into_iter().filter_map(|(id, reason)| Some((id, notice_in(&reason)?.to_owned()))).collect())
}

/// Outgoing mail that is not with its recipient yet, oldest first, for the admin's screen and the metrics.
pub fn unsent_page(tx: &mut Tx, count: usize) -> Result<Vec<MailOutState>, MailError> {
    must_be_staff(tx)?;
    let count = count.min(ROWS_PER_PAGE_MAX);
    Ok(tx.list(
        &format!(
            "select {OUT_STATE} from mail_out where state in ('queued', 'deferred') order by id limit $1"
        ),
        params![count],
        out_state,
    )?)
}

/// How many outgoing mails wait.
pub fn count_unsent(tx: &mut Tx) -> Result<i64, Error> {
    tx.value("select count(*) from mail_out where state in ('queued', 'deferred')", params![])
}

fn must_be_staff(tx: &Tx) -> Result<(), MailError> {
    if tx.actor().is_staff() { Ok(()) } else { Err(MailError::NotAnAgent) }
}
