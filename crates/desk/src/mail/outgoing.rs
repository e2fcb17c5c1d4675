//! Mail that leaves: what it says, how it stands, and the budgets of what no person wrote.

use super::guards::{self, MailRules};
use super::store::{self, MailOutRow};
use super::{Address, MailError, tokens};
use crate::blobs::Blob;
use crate::events::{Event, record};
use crate::tickets::Attachment;
use crate::{AttachmentId, CommentId, MailOutId, MailboxId, TicketId, Tx, UserId, settings, tickets};
use serde::{Deserialize, Serialize};

/// Characters of a server's answer that are kept.
const ANSWER_CHARS_MAX: usize = 1_000;

/// One outgoing mail in full, ready to be written as MIME. Message-IDs without `<` and `>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outgoing {
    pub from: Address,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    /// The mailbox with the ticket's token.
    pub reply_to: Option<Address>,
    pub subject: String,
    pub message_id: String,
    pub in_reply_to: Option<String>,
    /// Oldest first.
    pub references: Vec<String>,
    pub text: String,
    pub html: Option<String>,
    pub attachments: Vec<AttachmentId>,
    /// The value of Auto-Submitted, on mail that no person wrote.
    pub auto_submitted: Option<String>,
    pub list_unsubscribe: Option<String>,
    /// Further headers: name and value.
    pub headers: Vec<(String, String)>,
    /// Recipients for whom a server has decided, where they did not all fare alike. They are not tried again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<Decided>,
}

/// What a server has said for one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub address: String,
    /// The server has taken the mail on for them; otherwise it never will.
    pub taken: bool,
    pub answer: String,
}

/// What came of handing a mail over for one recipient, with the server's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Taken(String),
    Later(String),
    Never(String),
}

impl Outgoing {
    /// The addresses for which no server has decided yet.
    pub fn undecided(&self) -> Vec<String> {
        let all = self.to.iter().chain(&self.cc).map(|to| &to.address);
        all.filter(|address| !self.decided.iter().any(|it| it.address == **address)).cloned().collect()
    }

    /// Who was refused and who has it, in one sentence.
    fn outcome(&self, later: &[(&str, &str)]) -> String {
        let mut pieces: Vec<String> = later.iter().map(|(to, answer)| format!("{to}: {answer}")).collect();
        let refused = self.decided.iter().filter(|it| !it.taken);
        pieces.extend(refused.map(|it| format!("{}: {}", it.address, it.answer)));
        let taken: Vec<&str> =
            self.decided.iter().filter(|it| it.taken).map(|it| it.address.as_str()).collect();
        if !taken.is_empty() {
            pieces.push(format!("delivered to {}", taken.join(", ")));
        }
        pieces.join("; ")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailOutKind {
    Reply,
    Acknowledgement,
    Satisfaction,
    Notification,
    SignIn,
    Test,
}

impl MailOutKind {
    pub fn name(self) -> &'static str {
        match self {
            MailOutKind::Reply => "reply",
            MailOutKind::Acknowledgement => "acknowledgement",
            MailOutKind::Satisfaction => "satisfaction",
            MailOutKind::Notification => "notification",
            MailOutKind::SignIn => "sign-in",
            MailOutKind::Test => "test",
        }
    }

    /// Written by the desk, not by a person, and not asked for at this moment.
    pub fn is_automatic(self) -> bool {
        matches!(self, MailOutKind::Acknowledgement | MailOutKind::Satisfaction | MailOutKind::Notification)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutState {
    Queued,
    Sent,
    /// The other server asked for patience; it is tried again.
    Deferred,
    Failed,
}

impl OutState {
    pub fn name(self) -> &'static str {
        match self {
            OutState::Queued => "queued",
            OutState::Sent => "sent",
            OutState::Deferred => "deferred",
            OutState::Failed => "failed",
        }
    }

    pub fn parse(name: &str) -> Option<OutState> {
        [OutState::Queued, OutState::Sent, OutState::Deferred, OutState::Failed]
            .into_iter()
            .find(|state| state.name() == name)
    }

    /// Still to be handed to a server.
    pub fn is_waiting(self) -> bool {
        matches!(self, OutState::Queued | OutState::Deferred)
    }
}

impl db::FromColumn for OutState {
    const WANTED: &'static str = "the state of an outgoing mail";
    fn from_column(column: db::Column<'_>) -> Option<Self> {
        match column {
            db::Column::Text(name) => OutState::parse(name),
            _ => None,
        }
    }
}

/// How an outgoing mail stands, for the screen of its author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailOutState {
    pub id: MailOutId,
    pub kind: String,
    pub comment: Option<CommentId>,
    pub to: String,
    pub state: OutState,
    /// The other server's own words.
    pub server_answer: Option<String>,
    pub attempts: i64,
    pub automatic: bool,
    pub created_at: i64,
    pub sent_at: Option<i64>,
    pub failed_at: Option<i64>,
}

/// A mail to be queued, and what it belongs to.
#[derive(Clone, Debug)]
pub struct NewMailOut {
    pub kind: MailOutKind,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub user: Option<UserId>,
    pub mailbox: Option<MailboxId>,
    /// Its Message-ID may be left empty: one is made. Automatic mail gets its headers here.
    pub content: Outgoing,
}

/// Puts a mail into the queue; a job hands it to the mail server. No budget is asked, see [`within_budget`].
pub fn queue(tx: &mut Tx, new: &NewMailOut) -> Result<MailOutId, db::Error> {
    let mut content = new.content.clone();
    if content.message_id.is_empty() {
        content.message_id = new_message_id(&content.from.address);
    }
    if new.kind.is_automatic() {
        let key = settings::desk_key(tx)?;
        content.auto_submitted = Some("auto-generated".into());
        content.headers.push((tokens::LOOP_HEADER.into(), tokens::loop_value(&key)));
        content.headers.push(("X-Auto-Response-Suppress".into(), "All".into()));
        content.headers.push(("Precedence".into(), "bulk".into()));
    }
    let text = serde_json::to_string(&content).map_err(store::corrupt)?;
    let to_address = content.to.first().map(|to| to.address.to_lowercase()).unwrap_or_default();
    let row = MailOutRow {
        kind: new.kind.name(),
        ticket: new.ticket,
        comment: new.comment,
        user: new.user,
        mailbox: new.mailbox,
        to_address: &to_address,
        message_id: &content.message_id,
        content: &text,
        automatic: new.kind.is_automatic(),
    };
    let mail_out = store::insert_mail_out(tx, &row)?;
    if let Some(ticket) = new.ticket {
        store::insert_message_id(tx, &content.message_id, ticket, new.comment, Some(mail_out))?;
    }
    record(tx, &Event::MailQueued { mail_out, ticket: new.ticket })?;
    Ok(mail_out)
}

/// What is to be sent, and how it stands. Only mail whose state [`OutState::is_waiting`] may still be handed over.
pub fn outgoing(tx: &mut Tx, mail_out: MailOutId) -> Result<Option<(Outgoing, OutState)>, db::Error> {
    let Some(found) = store::find_mail_out(tx, mail_out)? else { return Ok(None) };
    let content = serde_json::from_str(&found.content).map_err(store::corrupt)?;
    let state = OutState::parse(&found.state)
        .ok_or_else(|| db::Error::Corrupt(format!("mail {mail_out}'s state")))?;
    Ok(Some((content, state)))
}

/// The mailbox whose server sends this mail; `None`: the desk's.
pub fn mailbox_of(tx: &mut Tx, mail_out: MailOutId) -> Result<Option<MailboxId>, db::Error> {
    Ok(store::find_mail_out(tx, mail_out)?.and_then(|found| found.mailbox))
}

/// A file of an outgoing mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingAttachment {
    pub blob: Blob,
    pub file_name: String,
    pub inline: bool,
    /// Always given for inline files: the HTML refers to it as `cid:…`.
    pub content_id: Option<String>,
}

/// The files of a mail, in its order.
pub fn attachments_of(tx: &mut Tx, content: &Outgoing) -> Result<Vec<OutgoingAttachment>, db::Error> {
    let mut files = Vec::new();
    for id in &content.attachments {
        let Some(file) = tickets::find_attachment(tx, *id)? else { continue };
        let content_id = file.inline.then(|| content_id_of(&file));
        let blob = Blob { sha256: file.sha256, bytes: file.bytes, content_type: file.content_type };
        files.push(OutgoingAttachment { blob, file_name: file.file_name, inline: file.inline, content_id });
    }
    Ok(files)
}

pub(super) fn content_id_of(file: &Attachment) -> String {
    match &file.content_id {
        Some(id) => id.trim_start_matches('<').trim_end_matches('>').to_owned(),
        None => format!("file{}@aptdesk", file.id),
    }
}

/// What has become of the mail for each recipient to whom it was handed now. Says how the whole mail stands: deferred
/// while anybody waits, failed when somebody is never to have it.
pub fn mark_each(tx: &mut Tx, mail_out: MailOutId, fates: &[(String, Fate)]) -> Result<OutState, MailError> {
    let found = waiting(tx, mail_out)?;
    let mut content: Outgoing = serde_json::from_str(&found.content).map_err(store::corrupt)?;
    let first = fates.first().map(|(_, fate)| fate);
    if content.decided.is_empty() && fates.iter().all(|(_, fate)| Some(fate) == first) {
        // They all fared alike, as nearly always.
        return match first {
            Some(Fate::Taken(answer)) => mark_sent(tx, mail_out, answer).map(|_| OutState::Sent),
            Some(Fate::Later(answer)) => mark_deferred(tx, mail_out, answer).map(|_| OutState::Deferred),
            Some(Fate::Never(answer)) => mark_failed(tx, mail_out, answer).map(|_| OutState::Failed),
            None => mark_failed(tx, mail_out, "there is no recipient").map(|_| OutState::Failed),
        };
    }
    let mut later = Vec::new();
    for (address, fate) in fates {
        let (taken, answer) = match fate {
            Fate::Later(answer) => {
                later.push((address.as_str(), answer.as_str()));
                continue;
            }
            Fate::Taken(answer) => (true, short(answer)),
            Fate::Never(answer) => (false, short(answer)),
        };
        content.decided.push(Decided { address: address.clone(), taken, answer });
    }
    save_content(tx, mail_out, &content)?;
    let words = content.outcome(&later);
    if !later.is_empty() {
        return mark_deferred(tx, mail_out, &words).map(|_| OutState::Deferred);
    }
    match content.decided.iter().all(|it| it.taken) {
        true => mark_sent(tx, mail_out, &words).map(|_| OutState::Sent),
        false => mark_failed(tx, mail_out, &words).map(|_| OutState::Failed),
    }
}

/// A report says that it has not reached one of those for whom it was taken. The others need it no more.
pub(super) fn mark_bounced(
    tx: &mut Tx,
    mail_out: MailOutId,
    recipient: Option<&str>,
    answer: &str,
) -> Result<(), MailError> {
    let found = waiting(tx, mail_out)?;
    let mut content: Outgoing = serde_json::from_str(&found.content).map_err(store::corrupt)?;
    let everybody: Vec<String> = content.to.iter().chain(&content.cc).map(|to| to.address.clone()).collect();
    let bounced = recipient.map(str::trim).and_then(|recipient| {
        everybody.iter().find(|address| address.eq_ignore_ascii_case(recipient)).cloned()
    });
    let taken = found.state == OutState::Sent.name() || !content.decided.is_empty();
    if let Some(bounced) = bounced.filter(|_| everybody.len() > 1 && taken) {
        for address in content.undecided() {
            let decided = Decided { address, taken: true, answer: String::new() };
            content.decided.push(decided);
        }
        for decided in content.decided.iter_mut().filter(|it| it.address == bounced) {
            decided.taken = false;
            decided.answer = short(answer);
        }
        save_content(tx, mail_out, &content)?;
    }
    mark_failed(tx, mail_out, answer).map(|_| ())
}

fn save_content(tx: &mut Tx, mail_out: MailOutId, content: &Outgoing) -> Result<(), MailError> {
    let text = serde_json::to_string(content).map_err(store::corrupt)?;
    Ok(store::save_content(tx, mail_out, &text)?)
}

/// The server has taken it, in its own words. False if it had been decided otherwise meanwhile.
pub fn mark_sent(tx: &mut Tx, mail_out: MailOutId, answer: &str) -> Result<bool, MailError> {
    let found = waiting(tx, mail_out)?;
    let changed = store::save_sent(tx, mail_out, &short(answer))?;
    if changed {
        record(tx, &Event::MailSent { mail_out, ticket: found.ticket })?;
    }
    Ok(changed)
}

/// Not yet: it will be tried again.
pub fn mark_deferred(tx: &mut Tx, mail_out: MailOutId, answer: &str) -> Result<bool, MailError> {
    let found = waiting(tx, mail_out)?;
    let changed = store::save_deferred(tx, mail_out, &short(answer))?;
    if changed && let Some(ticket) = found.ticket {
        tx.announce(&format!("ticket:{ticket}"));
    }
    Ok(changed)
}

/// Never: a server refused it for good, or a bounce came.
pub fn mark_failed(tx: &mut Tx, mail_out: MailOutId, answer: &str) -> Result<bool, MailError> {
    let found = waiting(tx, mail_out)?;
    let changed = store::save_failed(tx, mail_out, &short(answer))?;
    if changed {
        record(tx, &Event::MailFailed { mail_out, ticket: found.ticket })?;
    }
    Ok(changed)
}

/// Tries a failed mail once more, for those who have not got it.
pub fn resend(tx: &mut Tx, mail_out: MailOutId) -> Result<(), MailError> {
    if !tx.actor().is_agent() {
        return Err(MailError::NotAnAgent);
    }
    let found = store::find_mail_out(tx, mail_out)?.ok_or(MailError::NoSuchMail)?;
    if !store::save_queued_again(tx, mail_out)? {
        return Err(MailError::NotFailed);
    }
    let mut content: Outgoing = serde_json::from_str(&found.content).map_err(store::corrupt)?;
    if content.decided.iter().any(|it| !it.taken) {
        content.decided.retain(|it| it.taken);
        save_content(tx, mail_out, &content)?;
    }
    record(tx, &Event::MailQueued { mail_out, ticket: found.ticket })?;
    if let Some(ticket) = found.ticket {
        tx.announce(&format!("ticket:{ticket}"));
    }
    Ok(())
}

fn waiting(tx: &mut Tx, mail_out: MailOutId) -> Result<store::FoundMailOut, MailError> {
    if !tx.actor().is_desk() {
        return Err(MailError::NotTheDesk);
    }
    store::find_mail_out(tx, mail_out)?.ok_or(MailError::NoSuchMail)
}

/// May the desk write to this address by itself now? Ten mails in three hours, two with one subject, and no more
/// than the hour's total.
pub(crate) fn within_budget(
    tx: &mut Tx,
    rules: &MailRules,
    address: &str,
    subject: &str,
) -> Result<bool, db::Error> {
    let since = tx.now() - guards::AUTOMATIC_WINDOW_MS;
    let earlier =
        store::list_automatic_to(tx, &address.to_lowercase(), since, guards::AUTOMATIC_PER_ADDRESS_MAX)?;
    if earlier.len() >= guards::AUTOMATIC_PER_ADDRESS_MAX {
        return Ok(false);
    }
    let mut with_this_subject = 0;
    for content in earlier {
        let content: Outgoing = serde_json::from_str(&content).map_err(store::corrupt)?;
        with_this_subject += usize::from(content.subject == subject);
    }
    if with_this_subject >= guards::AUTOMATIC_PER_SUBJECT_MAX {
        return Ok(false);
    }
    Ok(!hour_is_spent(tx, rules)?)
}

/// Whether the desk has written all that it may write by itself within an hour, whoever it is for.
pub(crate) fn hour_is_spent(tx: &mut Tx, rules: &MailRules) -> Result<bool, db::Error> {
    let hour = tx.now() - guards::HOUR_MS;
    store::is_nth_automatic_after(tx, rules.automatic_per_hour_max, hour)
}

/// Deletes a mail that belongs to no ticket, address and words; still waiting, it is not sent. What asks [`within_budget`]
/// counts it no more.
pub(crate) fn forget(tx: &mut Tx, mail_out: MailOutId) -> Result<(), db::Error> {
    store::delete_mail_out(tx, mail_out).map(|_| ())
}

/// As [`forget`], if no server has it yet. `false`: one has, and the mail stays.
pub(crate) fn forget_unsent(tx: &mut Tx, mail_out: MailOutId) -> Result<bool, db::Error> {
    let found = outgoing(tx, mail_out)?;
    match found.is_none_or(|(_, state)| state.is_waiting()) {
        true => store::delete_mail_out(tx, mail_out),
        false => Ok(false),
    }
}

/// How the ticket's mails stand, oldest first.
pub fn states_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<MailOutState>, db::Error> {
    super::views::states_of(tx, ticket)
}

/// Unguessable, on the sender's own domain.
pub(super) fn new_message_id(from: &str) -> String {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).expect("the system gives randomness");
    let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    format!("{}@{domain}", crate::blobs::hex(&random))
}

fn short(answer: &str) -> String {
    answer.trim().chars().take(ANSWER_CHARS_MAX).collect()
}
