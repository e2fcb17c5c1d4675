//! The ledger: every mail that came is one row, and every row says where its mail has gone.

use super::{Address, AuthSummary, Ended, MailError, MailState, Receipt, store};
use crate::events::{Event, record};
use crate::{MailId, Tx};

/// Characters of an error that are kept as a reason.
const REASON_CHARS_MAX: usize = 300;

/// Keeps a mail whose handling failed in an unforeseen way. A job tries again, see [`super::take_in`].
///
/// A mailbox's UID that is in the ledger already is the same mail: nothing new happens.
/// What the door found out about its sender is kept with it: it cannot be asked again later.
pub fn store_only(tx: &mut Tx, receipt: &Receipt, auth: &AuthSummary) -> Result<MailId, MailError> {
    must_be_the_desk(tx)?;
    match keep(tx, receipt)? {
        Kept::New(mail) => {
            store::save_auth(tx, mail, auth)?;
            record(tx, &Event::MailReceived { mail })?;
            Ok(mail)
        }
        Kept::Before(ended) => Ok(ended.mail),
    }
}

/// After [`super::TAKE_IN_ATTEMPTS_MAX`] tries: the mail waits in the suspended queue, its original untouched.
pub fn give_up(tx: &mut Tx, mail: MailId, why: &str) -> Result<Ended, MailError> {
    must_be_the_desk(tx)?;
    let row = store::find_mail(tx, mail)?.ok_or(MailError::NoSuchMail)?;
    if row.state != MailState::Received {
        return Ok(Ended { mail, state: row.state, ticket: row.ticket });
    }
    let why: String = why.chars().take(REASON_CHARS_MAX).collect();
    let reason = format!("it could not be processed: {why}");
    let sender = Address {
        name: row.from_name,
        address: row.from_address.unwrap_or_else(|| row.mail_from.to_lowercase()),
    };
    let ending = store::Ending { reason: Some(&reason), ..store::Ending::of(MailState::Suspended) };
    let subject = row.subject.unwrap_or_default();
    let auth = store::find_auth(tx, mail)?;
    store::save_ending(tx, mail, &sender, &subject, None, &auth, &ending)?;
    record(tx, &Event::MailSuspended { mail, reason })?;
    Ok(Ended { mail, state: MailState::Suspended, ticket: None })
}

/// The original bytes.
pub fn raw_of(tx: &mut Tx, mail: MailId) -> Result<Option<Vec<u8>>, MailError> {
    if !tx.actor().is_staff() {
        return Err(MailError::NotAnAgent);
    }
    Ok(store::find_raw(tx, mail)?)
}

/// What the door found out about the sender when the mail came.
pub fn auth_of(tx: &mut Tx, mail: MailId) -> Result<AuthSummary, MailError> {
    if !tx.actor().is_staff() {
        return Err(MailError::NotAnAgent);
    }
    Ok(store::find_auth(tx, mail)?)
}

/// Mails that are kept and have not ended anywhere yet: 0 except while a retry is due. Quick enough for every page.
pub fn unaccounted(tx: &mut Tx) -> Result<i64, db::Error> {
    store::count_in_state(tx, MailState::Received)
}

/// The ledger counted again from its rows and from what they point at.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct CheckReport {
    pub mails: i64,
    pub comments: i64,
    pub duplicates: i64,
    pub suspended: i64,
    pub discarded: i64,
    /// Kept and not ended.
    pub received: i64,
    /// Say that they ended somewhere, and nothing is there.
    pub ended_nowhere: i64,
    /// Their original bytes are missing.
    pub without_original: i64,
}

impl CheckReport {
    pub fn unaccounted(&self) -> i64 {
        self.received + self.ended_nowhere
    }

    pub fn is_sound(&self) -> bool {
        self.unaccounted() == 0 && self.without_original == 0
    }
}

/// Reads the whole ledger; for `aptdesk check`, not for a page.
pub fn check(tx: &mut Tx) -> Result<CheckReport, db::Error> {
    let mut report = CheckReport {
        comments: store::count_in_state(tx, MailState::Comment)?,
        duplicates: store::count_in_state(tx, MailState::Duplicate)?,
        suspended: store::count_in_state(tx, MailState::Suspended)?,
        discarded: store::count_in_state(tx, MailState::Discarded)?,
        received: store::count_in_state(tx, MailState::Received)?,
        ended_nowhere: store::count_ended_nowhere(tx)?,
        without_original: store::count_without_raw(tx)?,
        mails: 0,
    };
    report.mails =
        report.comments + report.duplicates + report.suspended + report.discarded + report.received;
    Ok(report)
}

pub(super) enum Kept {
    New(MailId),
    /// The same mailbox and UID came before.
    Before(Ended),
}

/// Stores the bytes and the row.
pub(super) fn keep(tx: &mut Tx, receipt: &Receipt) -> Result<Kept, MailError> {
    let mailbox = match receipt.door {
        super::Door::Smtp => super::take_in::mailbox_among(tx, receipt.rcpt_to.iter().map(String::as_str))?,
        super::Door::Imap { .. } => None,
    };
    if let Some(mail) = store::insert_mail(tx, receipt, mailbox.map(|mailbox| mailbox.id))? {
        return Ok(Kept::New(mail));
    }
    let super::Door::Imap { mailbox, uid_validity, uid } = receipt.door else {
        return Err(db::Error::NoRow.into());
    };
    let row = store::find_mail_by_uid(tx, mailbox, uid_validity, uid)?.ok_or(db::Error::NoRow)?;
    Ok(Kept::Before(Ended { mail: row.id, state: row.state, ticket: row.ticket }))
}

pub(super) fn must_be_the_desk(tx: &Tx) -> Result<(), MailError> {
    if tx.actor().is_desk() { Ok(()) } else { Err(MailError::NotTheDesk) }
}

/// When the oldest mail that is still to be sent was written; `None`: nothing waits.
pub fn oldest_unsent_at(tx: &mut Tx) -> Result<Option<i64>, db::Error> {
    store::oldest_unsent_at(tx)
}
