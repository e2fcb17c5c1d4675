//! From a message to its end: a comment, a duplicate, or the suspended queue.

use super::guards::{self, MailRules};
use super::ledger::{self, Kept};
use super::mailboxes::{self, Mailbox};
use super::notices::{MACHINE, MAY_BELONG};
use super::store::{self, Ending, LedgerRow};
use super::threading::{self, Parent};
use super::*;
use crate::events::{Event, record};
use crate::people::{self, User};
use crate::tickets::{self, Channel, CreateTicket, NewAttachment, NewComment, UpdateError, UpdateTicket};
use crate::{CommentId, Tx, UserId, settings};
use sha2::{Digest, Sha256};

/// Mails without a Message-ID are the same only within this time.
const SAME_WITHOUT_ID_MS: i64 = guards::HOUR_MS;
/// Oddities of a message that the ledger keeps.
const PROBLEMS_KEPT_MAX: usize = 5;
/// What stands for a message that says nothing.
const NO_TEXT: &str = "(no text)";

/// Is this one of our mailboxes? A plus-part is allowed.
pub fn accepts(tx: &mut Tx, address: &str) -> Result<bool, db::Error> {
    mailboxes::is_ours(tx, address)
}

/// Keeps a mail and ends it, in this one transaction. Acknowledge it to the other side only after the commit.
///
/// The same (mailbox, UIDVALIDITY, UID) again is the same mail: nothing new happens.
pub fn receive(tx: &mut Tx, receipt: &Receipt, parsed: &Incoming) -> Result<Ended, MailError> {
    ledger::must_be_the_desk(tx)?;
    match ledger::keep(tx, receipt)? {
        Kept::New(mail) => take_in(tx, mail, parsed),
        Kept::Before(ended) => Ok(ended),
    }
}

/// Ends a mail that was kept before. A mail that has ended stays where it is.
pub fn take_in(tx: &mut Tx, mail: MailId, parsed: &Incoming) -> Result<Ended, MailError> {
    ledger::must_be_the_desk(tx)?;
    let row = store::find_mail(tx, mail)?.ok_or(MailError::NoSuchMail)?;
    if row.state != MailState::Received {
        return Ok(Ended { mail, state: row.state, ticket: row.ticket });
    }
    let sender = guards::sender_of(parsed, &row.mail_from);
    let handling = Handling { row, sender, parsed };
    if let Some(first) = claim(tx, &handling)? {
        let ending = Ending { duplicate_of: Some(first), ..Ending::of(MailState::Duplicate) };
        return handling.end(tx, ending);
    }
    if let Some(bounce) = &parsed.bounce {
        return match bounces::attach(tx, bounce)? {
            Some((ticket, comment)) => handling.end(
                tx,
                Ending {
                    ticket: Some(ticket),
                    comment: Some(comment),
                    reason: Some("it reports on a mail of ours"),
                    threaded_by: Some("bounce"),
                    ..Ending::of(MailState::Comment)
                },
            ),
            None => handling.suspend(tx, "it reports on a mail that we do not know".into()),
        };
    }
    let user = people::find_user_by_email(tx, &handling.sender.address)?;
    let rules = MailRules::load(tx)?;
    match guards::reason_to_suspend(tx, &handling.sender, user.as_ref(), parsed, &rules)? {
        Some(reason) => handling.suspend(tx, reason),
        None => handling.make_comment(tx, user, &rules),
    }
}

/// Where a mail's words now stand.
struct Landed {
    ticket: TicketId,
    comment: CommentId,
    reason: Option<String>,
    threaded_by: Option<&'static str>,
}

/// A mail on its way to its end.
pub(super) struct Handling<'a> {
    pub row: LedgerRow,
    pub sender: Address,
    pub parsed: &'a Incoming,
}

impl Handling<'_> {
    fn end(&self, tx: &mut Tx, ending: Ending<'_>) -> Result<Ended, MailError> {
        let (state, ticket) = (ending.state, ending.ticket);
        let parsed = self.parsed;
        store::save_ending(
            tx,
            self.row.id,
            &self.sender,
            &parsed.subject,
            parsed.message_id.as_deref(),
            &parsed.auth,
            &ending,
        )?;
        tx.announce("ledger");
        Ok(Ended { mail: self.row.id, state, ticket })
    }

    fn suspend(&self, tx: &mut Tx, reason: String) -> Result<Ended, MailError> {
        let ending =
            Ending { reason: Some(&reason), parsed: Some(self.parsed), ..Ending::of(MailState::Suspended) };
        let ended = self.end(tx, ending)?;
        record(tx, &Event::MailSuspended { mail: self.row.id, reason })?;
        Ok(ended)
    }

    fn make_comment(&self, tx: &mut Tx, user: Option<User>, rules: &MailRules) -> Result<Ended, MailError> {
        let key = settings::desk_key(tx)?;
        let parent =
            threading::parent(tx, &key, self.parsed, &self.sender, user.as_ref(), &self.addresses())?;
        let asker = if self.parsed.is_form && parent == Parent::None { self.asker(tx)? } else { None };
        let speaks_for_another = asker.is_some();
        let user = match asker.or(user) {
            Some(user) => user,
            None => {
                let id = people::requester_for(tx, &self.sender.address, self.sender.name.as_deref())
                    .map_err(MailError::refused)?;
                people::find_user(tx, id)?.ok_or(db::Error::NoRow)?
            }
        };
        let Landed { ticket, comment, reason, threaded_by } = match parent {
            Parent::Match { ticket, by, refers_to } => self.reply(tx, ticket, by, refers_to, &user, rules)?,
            Parent::Possible { ticket: possible, why } => {
                let (ticket, comment) = self.open_ticket(tx, &user, None)?;
                let reason = Some(format!("{MAY_BELONG}{possible}, but {why}"));
                Landed { ticket, comment, reason, threaded_by: None }
            }
            Parent::None => {
                let (ticket, comment) = self.open_ticket(tx, &user, None)?;
                Landed { ticket, comment, reason: None, threaded_by: None }
            }
        };
        if let Some(message_id) = &self.parsed.message_id {
            store::insert_message_id(tx, message_id, ticket, Some(comment), None)?;
        }
        // Nothing proves who is named in a form: what would go there could be used to send mail to others.
        if threaded_by.is_none() && !speaks_for_another {
            reply::acknowledge(tx, ticket, &user, self.parsed, &self.sender, rules)?;
        }
        let addressed = self.addressed(&user, threaded_by);
        let reason = self.worth_knowing(reason);
        self.end(
            tx,
            Ending {
                ticket: Some(ticket),
                comment: Some(comment),
                reason: reason.as_deref(),
                threaded_by,
                parsed: addressed.as_ref(),
                ..Ending::of(MailState::Comment)
            },
        )
    }

    /// Whom a web form speaks for: the one who is to be answered, unless that is one of us.
    fn asker(&self, tx: &mut Tx) -> Result<Option<User>, MailError> {
        let Some(person) = self.parsed.reply_to.iter().find(|it| guards::is_address(&it.address)) else {
            return Ok(None);
        };
        if mailboxes::is_ours(tx, &person.address)? {
            return Ok(None);
        }
        let id = match people::requester_for(tx, &person.address, person.name.as_deref()) {
            Ok(id) => id,
            Err(people::PeopleError::Db(error)) => return Err(error.into()),
            Err(_) => return Ok(None),
        };
        let user = people::find_user(tx, id)?;
        Ok(user.filter(|user| !user.role.is_staff() && user.suspended_at.is_none()))
    }

    /// Of an agent's answer: whom the agent's own mail program has sent it to, so that the desk does not send it again.
    fn addressed(&self, user: &User, by: Option<&str>) -> Option<Incoming> {
        let (to, cc) = (self.parsed.to.clone(), self.parsed.cc.clone());
        (by.is_some() && user.role.is_staff()).then(|| Incoming { to, cc, ..Incoming::default() })
    }

    /// What the ledger says beside the end itself.
    fn worth_knowing(&self, reason: Option<String>) -> Option<String> {
        let machine = self.parsed.machine.as_ref().map(|why| format!("{MACHINE} ({why})"));
        let stands_in = !guards::is_address(&self.parsed.from.address);
        let stands_in =
            stands_in.then(|| "it has no usable From: the envelope's sender stands in".to_owned());
        let problems = self.parsed.problems.iter().take(PROBLEMS_KEPT_MAX).cloned();
        let all: Vec<String> = [reason, machine, stands_in].into_iter().flatten().chain(problems).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// A comment on the ticket that the mail answers; on a closed one, a follow-up.
    fn reply(
        &self,
        tx: &mut Tx,
        ticket: TicketId,
        by: &'static str,
        refers_to: Option<CommentId>,
        user: &User,
        rules: &MailRules,
    ) -> Result<Landed, MailError> {
        let mut comment = self.comment(user.id);
        let reason = self.reason_to_keep_internal(tx, ticket, refers_to, user, rules)?;
        comment.public = reason.is_none();
        let add_ccs =
            if comment.public && self.parsed.machine.is_none() { self.ccs(tx, user.id)? } else { vec![] };
        let update = UpdateTicket {
            comment: Some(comment),
            add_ccs,
            channel: Channel::Email,
            ..UpdateTicket::of(ticket)
        };
        match tickets::update(tx, &update) {
            Ok(updated) => {
                let comment = updated.comment.ok_or(db::Error::NoRow)?;
                if let Some(Internal::CameAfter) = reason {
                    reply::tell_unsent(tx, ticket, user, self.parsed, rules)?;
                }
                let reason = reason.map(|reason| reason.words().to_owned());
                Ok(Landed { ticket: updated.ticket.id, comment, reason, threaded_by: Some(by) })
            }
            Err(UpdateError::TicketIsClosed) => {
                let reason = Some(format!("it continues ticket {ticket}, which is closed"));
                let (ticket, comment) = self.open_ticket(tx, user, Some(ticket))?;
                Ok(Landed { ticket, comment, reason, threaded_by: Some(by) })
            }
            Err(UpdateError::Db(error)) => Err(error.into()),
            Err(error) => Err(MailError::refused(error)),
        }
    }

    fn reason_to_keep_internal(
        &self,
        tx: &mut Tx,
        ticket: TicketId,
        refers_to: Option<CommentId>,
        user: &User,
        rules: &MailRules,
    ) -> Result<Option<Internal>, db::Error> {
        if guards::is_automatic_reply(self.parsed) {
            return Ok(Some(Internal::AutomaticReply));
        }
        let is_requester = tickets::find_ticket(tx, ticket)?.is_some_and(|it| it.requester == user.id);
        if !user.role.is_staff() || is_requester {
            return Ok(None);
        }
        if !user.role.is_agent() {
            return Ok(Some(Internal::LightAgent));
        }
        if !self.parsed.auth.aligned && !rules.trust_unverified_agents {
            return Ok(Some(Internal::NotVerified));
        }
        let newer = match (refers_to, self.parsed.date) {
            (Some(comment), _) => store::find_newer_comment(tx, ticket, comment, user.id)?,
            (None, Some(written_at)) => store::find_comment_after(tx, ticket, written_at, user.id)?,
            (None, None) => None,
        };
        Ok(newer.map(|_| Internal::CameAfter))
    }

    pub(super) fn open_ticket(
        &self,
        tx: &mut Tx,
        user: &User,
        followup_of: Option<TicketId>,
    ) -> Result<(TicketId, CommentId), MailError> {
        let mailbox = self.mailbox(tx)?;
        let ccs = if self.parsed.machine.is_none() { self.ccs(tx, user.id)? } else { vec![] };
        let command = CreateTicket {
            group: mailbox.as_ref().and_then(|mailbox| mailbox.group),
            brand: mailbox.as_ref().and_then(|mailbox| mailbox.brand),
            ccs,
            followup_of,
            ..CreateTicket::new(user.id, self.parsed.subject.clone(), self.comment(user.id), Channel::Email)
        };
        let ticket = tickets::create(tx, &command).map_err(|error| match error {
            tickets::CreateError::Db(error) => MailError::Db(error),
            error => MailError::refused(error),
        })?;
        let comment = match ticket.last_comment {
            Some(comment) => comment,
            None => store::find_first_comment(tx, ticket.id)?.ok_or(db::Error::NoRow)?,
        };
        Ok((ticket.id, comment))
    }

    fn comment(&self, author: UserId) -> NewComment {
        let parsed = self.parsed;
        let mut body = within(&parsed.text_new, tickets::COMMENT_BYTES_MAX).to_owned();
        if body.trim().is_empty() {
            body = NO_TEXT.into();
        }
        let attachments = parsed.attachments.iter().map(|it| NewAttachment {
            blob: it.blob.clone(),
            file_name: it.file_name.clone(),
            inline: it.inline,
            content_id: it.content_id.clone(),
        });
        NewComment {
            author: Some(author),
            public: true,
            body,
            html: parsed.html_new.clone(),
            quoted: parsed.quoted.clone(),
            quoted_html: parsed.quoted_html.clone(),
            attachments: attachments.collect(),
            upload_tokens: Vec::new(),
            mail: Some(self.row.id),
        }
    }

    /// Everybody else to whom the mail was addressed, as people of the desk.
    fn ccs(&self, tx: &mut Tx, author: UserId) -> Result<Vec<UserId>, MailError> {
        let mut ccs = Vec::new();
        for other in self.parsed.to.iter().chain(&self.parsed.cc) {
            if ccs.len() >= CCS_PER_MAIL_MAX {
                break;
            }
            if !guards::is_address(&other.address) || mailboxes::is_ours(tx, &other.address)? {
                continue;
            }
            // An address that cannot be a person's is passed over; the original mail still shows it. Somebody who
            // cannot be stored now makes the whole mail wait, for all who are named in it.
            let user = match people::requester_for(tx, &other.address, other.name.as_deref()) {
                Ok(user) => user,
                Err(people::PeopleError::Db(error)) => return Err(error.into()),
                Err(_) => continue,
            };
            if user != author && !ccs.contains(&user) {
                ccs.push(user);
            }
        }
        Ok(ccs)
    }

    /// All places where an address of ours may stand.
    fn addresses(&self) -> Vec<&str> {
        let parsed = self.parsed;
        let envelope = self.row.rcpt_to.iter().map(String::as_str);
        let headers = parsed.delivered_to.iter().map(String::as_str);
        envelope
            .chain(headers)
            .chain(parsed.to.iter().chain(&parsed.cc).map(|it| it.address.as_str()))
            .collect()
    }

    fn mailbox(&self, tx: &mut Tx) -> Result<Option<Mailbox>, db::Error> {
        if let Some(id) = self.row.mailbox
            && let Some(mailbox) = mailboxes::find(tx, id)?
        {
            return Ok(Some(mailbox));
        }
        mailbox_among(tx, self.addresses().into_iter())
    }
}

/// Why an answer by mail is shown to colleagues only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Internal {
    AutomaticReply,
    LightAgent,
    NotVerified,
    CameAfter,
}

impl Internal {
    pub(super) const ALL: [Internal; 4] =
        [Internal::AutomaticReply, Internal::LightAgent, Internal::NotVerified, Internal::CameAfter];

    pub(super) fn words(self) -> &'static str {
        match self {
            Internal::AutomaticReply => "an automatic reply, kept as an internal comment",
            Internal::LightAgent => "light agents write internal comments only",
            Internal::NotVerified => {
                "it claims to come from an agent, and its sender could not be verified: kept as an internal comment"
            }
            Internal::CameAfter => {
                "it came after a newer message that its author had not seen: kept as an internal comment"
            }
        }
    }
}

/// The mailbox that one of these addresses names.
pub(super) fn mailbox_among<'a>(
    tx: &mut Tx,
    addresses: impl Iterator<Item = &'a str>,
) -> Result<Option<Mailbox>, db::Error> {
    for address in addresses {
        if let Some(mailbox) = mailboxes::find_for(tx, address)? {
            return Ok(Some(mailbox));
        }
    }
    Ok(None)
}

/// The mail that this one repeats, if it does.
fn claim(tx: &mut Tx, handling: &Handling<'_>) -> Result<Option<MailId>, db::Error> {
    let print = fingerprint(handling.parsed, &handling.sender.address);
    let since = match handling.parsed.message_id {
        Some(_) => None,
        None => Some(handling.row.received_at - SAME_WITHOUT_ID_MS),
    };
    store::claim_fingerprint(tx, &print, handling.row.id, since)
}

/// What makes two mails the same, whatever doors they came through: blanks and line ends do not count.
fn fingerprint(parsed: &Incoming, from: &str) -> String {
    let mut hash = Sha256::new();
    let mut add = |words: &str| {
        for word in words.split_whitespace() {
            hash.update(word.as_bytes());
            hash.update([b' ']);
        }
        hash.update([0]);
    };
    add(parsed.message_id.as_deref().unwrap_or_default());
    add(from);
    add(&parsed.date.unwrap_or_default().to_string());
    add(&parsed.subject);
    add(if parsed.full_text.is_empty() { &parsed.text_new } else { &parsed.full_text });
    for attachment in &parsed.attachments {
        add(&attachment.blob.sha256);
    }
    crate::blobs::hex(&hash.finalize())
}

/// The longest beginning of `text` within `bytes_max` that ends between two characters.
fn within(text: &str, bytes_max: usize) -> &str {
    let mut end = text.len().min(bytes_max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_mail_has_one_fingerprint_whatever_its_line_ends() {
        let one = Incoming {
            full_text: "Hello\r\nthere ".into(),
            message_id: Some("a@b".into()),
            ..Incoming::default()
        };
        let two = Incoming { full_text: "Hello\nthere".into(), ..one.clone() };
        let other = Incoming { full_text: "Hello there again".into(), ..one.clone() };
        assert_eq!(fingerprint(&one, "x@y"), fingerprint(&two, "x@y"));
        assert_ne!(fingerprint(&one, "x@y"), fingerprint(&other, "x@y"));
        assert_ne!(fingerprint(&one, "x@y"), fingerprint(&one, "z@y"));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(within("aé", 2), "a");
        assert_eq!(within("aé", 3), "aé");
    }
}
