//! What goes back to the customer: answers of agents, and the few mails that the desk writes by itself.

use super::guards::MailRules;
use super::mailboxes::{self, Mailbox};
use super::outgoing::{
    MailOutKind, NewMailOut, Outgoing, content_id_of, new_message_id, queue, within_budget,
};
use super::texts::{Lang, language_of};
use super::{Address, Incoming, store, tokens};
use crate::people::{self, User};
use crate::settings::{self, Company, DeskKey};
use crate::tickets::{self, Attachment, Comment, Ticket};
use crate::{CommentId, MailboxId, TicketId, Tx, UserId};

/// Message-IDs in References.
const REFERENCES_SENT_MAX: usize = 20;
/// Recipients of an agent's own mail who are looked up.
const ADDRESSES_READ_MAX: usize = 100;
/// Lines of the message before that an answer repeats.
const QUOTED_LINES_MAX: usize = 40;

/// A public answer becomes outgoing mail to everybody who must receive it. Doing it twice sends one mail.
pub(crate) fn queue_comment(tx: &mut Tx, comment: CommentId) -> Result<(), db::Error> {
    let Some(comment) = tickets::find_comment(tx, comment)? else { return Ok(()) };
    if !comment.public || comment.redacted_at.is_some() || store::is_comment_mailed(tx, comment.id)? {
        return Ok(());
    }
    let Some(ticket) = tickets::find_ticket(tx, comment.ticket)? else { return Ok(()) };
    let Some(author) = people::find_user(tx, comment.author)? else { return Ok(()) };
    if !author.role.is_staff() || author.id == ticket.requester {
        return Ok(());
    }
    let Some(to) = email_of(tx, ticket.requester)? else { return Ok(()) };
    let mut cc = ccs(tx, &ticket, author.id, &to)?;
    let reached = reached_already(tx, &comment)?;
    cc.retain(|(user, _)| !reached.contains(user));
    let to = match reached.contains(&ticket.requester) {
        false => (ticket.requester, to),
        true if cc.is_empty() => return Ok(()),
        true => cc.remove(0),
    };
    let sender = sending_mailbox(tx, &ticket)?;
    let letter = letter(tx, &ticket, &comment, &author, &sender)?;
    let cc = cc.into_iter().map(|(_, address)| address).collect();
    let content = Outgoing { to: vec![to.1], cc, ..letter };
    let new = NewMailOut {
        kind: MailOutKind::Reply,
        ticket: Some(ticket.id),
        comment: Some(comment.id),
        user: Some(to.0),
        mailbox: sender.mailbox,
        content,
    };
    queue(tx, &new).map(|_| ())
}

/// Those to whom the agent's own mail program sent this answer, when it came by mail: nobody gets it twice. (Zendesk
/// holds its mail back only when all of them have got it already, and otherwise sends it to everybody again.)
fn reached_already(tx: &mut Tx, comment: &Comment) -> Result<Vec<UserId>, db::Error> {
    let addressed = match comment.mail {
        Some(mail) => store::find_parsed(tx, mail)?.unwrap_or_default(),
        None => return Ok(Vec::new()),
    };
    let mut reached = Vec::new();
    for address in addressed.to.iter().chain(&addressed.cc).take(ADDRESSES_READ_MAX) {
        if let Some(user) = people::find_user_by_email(tx, &address.address)? {
            reached.push(user.id);
        }
    }
    Ok(reached)
}

/// The one address at which a person is reached; none for the deleted and the suspended.
pub(crate) fn email_of(tx: &mut Tx, user: UserId) -> Result<Option<Address>, db::Error> {
    let Some(user) = people::find_user(tx, user)?.filter(User::is_active) else { return Ok(None) };
    Ok(user.email.map(|address| Address { name: Some(user.name), address }))
}

fn ccs(
    tx: &mut Tx,
    ticket: &Ticket,
    author: UserId,
    to: &Address,
) -> Result<Vec<(UserId, Address)>, db::Error> {
    let mut ccs = Vec::new();
    for cc in tickets::ccs_of(tx, ticket.id)? {
        if cc == author || cc == ticket.requester {
            continue;
        }
        if let Some(address) = email_of(tx, cc)?
            && address.address != to.address
            && !mailboxes::is_ours(tx, &address.address)?
        {
            ccs.push((cc, address));
        }
    }
    Ok(ccs)
}

/// From which of our addresses a ticket's mail goes out.
pub(crate) struct SendingMailbox {
    pub mailbox: Option<MailboxId>,
    pub address: String,
    /// The company's or the mailbox's name.
    pub name: String,
    pub plus_addresses: bool,
}

impl SendingMailbox {
    /// Where answers come back to, with the ticket's signed token where the server allows it.
    pub fn reply_to(&self, key: &DeskKey, ticket: TicketId) -> Address {
        let token = self.plus_addresses.then(|| tokens::plus_address(key, &self.address, ticket)).flatten();
        Address { name: Some(self.name.clone()), address: token.unwrap_or_else(|| self.address.clone()) }
    }
}

impl From<Mailbox> for SendingMailbox {
    fn from(mailbox: Mailbox) -> Self {
        SendingMailbox {
            mailbox: Some(mailbox.id),
            address: mailbox.address,
            name: mailbox.name,
            plus_addresses: mailbox.settings.plus_addresses,
        }
    }
}

/// The mailbox to which the customer wrote; else the brand's or the group's, the default one, the company's address.
pub(crate) fn sending_mailbox(tx: &mut Tx, ticket: &Ticket) -> Result<SendingMailbox, db::Error> {
    if let Some(id) = store::find_mailbox_of_ticket(tx, ticket.id)?
        && let Some(mailbox) = mailboxes::find(tx, id)?
    {
        return Ok(mailbox.into());
    }
    let mut all = mailboxes::list(tx)?;
    let of_group = |it: &Mailbox| it.group.is_some() && it.group == ticket.group;
    let of_brand = |it: &Mailbox| it.brand == Some(ticket.brand);
    let chosen = all.iter().position(of_group).or_else(|| all.iter().position(of_brand));
    if !all.is_empty() {
        return Ok(all.swap_remove(chosen.unwrap_or(0)).into());
    }
    let company = settings::company(tx)?;
    let address =
        if company.support_address.is_empty() { "support@localhost".into() } else { company.support_address };
    Ok(SendingMailbox { mailbox: None, address, name: company.name, plus_addresses: true })
}

/// An agent's answer, without those to whom it goes.
fn letter(
    tx: &mut Tx,
    ticket: &Ticket,
    comment: &Comment,
    author: &User,
    sender: &SendingMailbox,
) -> Result<Outgoing, db::Error> {
    let key = settings::desk_key(tx)?;
    let company = settings::company(tx)?;
    let thread = store::list_thread(tx, ticket.id, comment.id)?;
    let files = tickets::attachments_of_comment(tx, comment.id)?;
    let lang = language_of(tx, ticket)?;
    let quote = quote_before(tx, comment, lang, &company)?;
    let mark = tokens::mark(&key, ticket.id);
    let ids: Vec<String> = thread.iter().map(|(id, _)| id.clone()).collect();
    let subject = if ids.is_empty() { ticket.subject.clone() } else { with_re(&ticket.subject) };
    let name = match company.name.as_str() {
        "" => author.name.clone(),
        company => format!("{} ({company})", author.name),
    };
    Ok(Outgoing {
        from: Address { name: Some(name), address: sender.address.clone() },
        reply_to: Some(sender.reply_to(&key, ticket.id)),
        subject,
        message_id: new_message_id(&sender.address),
        in_reply_to: ids.last().cloned(),
        references: ids[ids.len().saturating_sub(REFERENCES_SENT_MAX)..].to_vec(),
        text: text_of(comment, &author.signature, quote.as_ref(), &mark),
        html: Some(html_of(comment, &author.signature, quote.as_ref(), &mark, &files)),
        attachments: files.iter().map(|file| file.id).collect(),
        ..Outgoing::default()
    })
}

/// The message that is answered: its heading and its lines.
struct Quote {
    heading: String,
    text: String,
}

fn quote_before(
    tx: &mut Tx,
    comment: &Comment,
    lang: Lang,
    company: &Company,
) -> Result<Option<Quote>, db::Error> {
    let before = tickets::comments_of(tx, comment.ticket)?.into_iter().rfind(|it| {
        it.id < comment.id && it.public && it.author != comment.author && it.redacted_at.is_none()
    });
    let Some(before) = before else { return Ok(None) };
    let who =
        people::find_user(tx, before.author)?.map(|user| user.name).unwrap_or_else(|| company.name.clone());
    let heading = lang.wrote(&moment(before.created_at, &company.time_zone), &who);
    let mut lines: Vec<&str> = before.body.lines().take(QUOTED_LINES_MAX + 1).collect();
    if lines.len() > QUOTED_LINES_MAX {
        lines[QUOTED_LINES_MAX] = "…";
    }
    Ok(Some(Quote { heading, text: lines.join("\n") }))
}

fn moment(at_ms: i64, time_zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

fn text_of(comment: &Comment, signature: &str, quote: Option<&Quote>, mark: &str) -> String {
    let mut text = comment.body.trim_end().to_owned();
    if !signature.trim().is_empty() {
        text.push_str(&format!("\n\n-- \n{}", signature.trim_end()));
    }
    if let Some(quote) = quote {
        text.push_str(&format!("\n\n{}\n", quote.heading));
        for line in quote.text.lines() {
            text.push_str(if line.is_empty() { ">" } else { "> " });
            text.push_str(line);
            text.push('\n');
        }
    }
    text.push_str(&format!("\n\n{}{mark}\n", tokens::MARK_LABEL));
    text
}

fn html_of(
    comment: &Comment,
    signature: &str,
    quote: Option<&Quote>,
    mark: &str,
    files: &[Attachment],
) -> String {
    let body = match &comment.html {
        Some(html) => with_inline_images(html, files),
        None => paragraphs(&comment.body),
    };
    let mut html = format!("<div>{body}</div>");
    if !signature.trim().is_empty() {
        html.push_str(&format!("<div>-- <br>{}</div>", paragraphs(signature.trim_end())));
    }
    if let Some(quote) = quote {
        html.push_str(&format!(
            "<div class=\"quote\"><p>{}</p><blockquote type=\"cite\">{}</blockquote></div>",
            escaped(&quote.heading),
            paragraphs(&quote.text)
        ));
    }
    html.push_str(&format!("<p style=\"color:#777777;font-size:11px\">{}{mark}</p>", tokens::MARK_LABEL));
    html
}

fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|part| format!("<p>{}</p>", escaped(part).replace('\n', "<br>")));
    paragraphs.collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Pictures that stand in the composer under the desk's own address travel inside the mail.
fn with_inline_images(html: &str, files: &[Attachment]) -> String {
    let mut html = html.to_owned();
    for file in files.iter().filter(|file| file.inline) {
        let cid = escaped(&content_id_of(file));
        html = html.replace(&format!("data-cid=\"{cid}\""), &format!("src=\"cid:{cid}\""));
        let ours = format!("src=\"/attachments/{}", file.id);
        let mut from = 0;
        while let Some(at) = html[from..].find(&ours).map(|at| at + from) {
            let value = at + "src=\"".len();
            let after = value + (ours.len() - "src=\"".len());
            let whole_id = !html[after..].starts_with(|next: char| next.is_ascii_digit());
            let Some(end) = html[value..].find('"').map(|end| end + value) else { break };
            if whole_id {
                html.replace_range(value..end, &format!("cid:{cid}"));
            }
            from = value;
        }
    }
    html
}

/// One "Re:" in front, however many there were.
fn with_re(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((prefix, after)) = rest.split_once(':')
        && ["re", "aw", "rv", "sv", "ref"].contains(&prefix.trim().to_lowercase().as_str())
    {
        rest = after.trim_start();
    }
    format!("Re: {rest}")
}

/// Tells a new requester that the mail has come. It repeats nothing of it, and goes only to those who have shown
/// that the address is theirs.
pub(super) fn acknowledge(
    tx: &mut Tx,
    ticket: TicketId,
    user: &User,
    parsed: &Incoming,
    sender: &Address,
    rules: &MailRules,
) -> Result<(), db::Error> {
    let verified = parsed.auth.aligned || rules.acknowledge_unverified;
    if !rules.acknowledge || !verified || parsed.machine.is_some() || user.role.is_staff() {
        return Ok(());
    }
    let lang = text::language::identify(&parsed.text_new)
        .and_then(|found| Lang::parse(found.code))
        .or_else(|| Lang::parse(&user.locale))
        .unwrap_or_default();
    let Some(ticket) = tickets::find_ticket(tx, ticket)? else { return Ok(()) };
    let company = settings::company(tx)?;
    let (subject, body) = lang.acknowledgement(ticket.id, &company.name);
    let to = Address { name: Some(user.name.clone()), address: sender.address.clone() };
    let notice = Notice { kind: MailOutKind::Acknowledgement, user: user.id, to, subject, body };
    notice.send(tx, &ticket, parsed, rules)
}

/// Tells an agent who answered by mail that the answer has not gone out, because something newer had come.
pub(super) fn tell_unsent(
    tx: &mut Tx,
    ticket: TicketId,
    agent: &User,
    parsed: &Incoming,
    rules: &MailRules,
) -> Result<(), db::Error> {
    let (Some(ticket), Some(to)) = (tickets::find_ticket(tx, ticket)?, email_of(tx, agent.id)?) else {
        return Ok(());
    };
    if !parsed.auth.aligned && !rules.acknowledge_unverified {
        return Ok(());
    }
    let company = settings::company(tx)?;
    let lang = Lang::parse(&agent.locale).unwrap_or_default();
    let (subject, body) = lang.unsent(ticket.id, &format!("{}/tickets/{}", company.public_url, ticket.id));
    let notice = Notice { kind: MailOutKind::Notification, user: agent.id, to, subject, body };
    notice.send(tx, &ticket, parsed, rules)
}

/// What the desk itself has to say in answer to a mail.
struct Notice {
    kind: MailOutKind,
    user: UserId,
    to: Address,
    subject: String,
    body: String,
}

impl Notice {
    /// Says nothing when the budget is spent.
    fn send(
        self,
        tx: &mut Tx,
        ticket: &Ticket,
        answers: &Incoming,
        rules: &MailRules,
    ) -> Result<(), db::Error> {
        if !within_budget(tx, rules, &self.to.address, &self.subject)? {
            return Ok(());
        }
        let key = settings::desk_key(tx)?;
        let sender = sending_mailbox(tx, ticket)?;
        let text = format!("{}\n\n{}{}\n", self.body, tokens::MARK_LABEL, tokens::mark(&key, ticket.id));
        let content = Outgoing {
            from: Address { name: Some(sender.name.clone()), address: sender.address.clone() },
            reply_to: Some(sender.reply_to(&key, ticket.id)),
            to: vec![self.to],
            subject: self.subject,
            in_reply_to: answers.message_id.clone(),
            references: answers.message_id.iter().cloned().collect(),
            html: Some(paragraphs(&text)),
            text,
            ..Outgoing::default()
        };
        let new = NewMailOut {
            kind: self.kind,
            ticket: Some(ticket.id),
            comment: None,
            user: Some(self.user),
            mailbox: sender.mailbox,
            content,
        };
        queue(tx, &new).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AttachmentId;

    #[test]
    fn a_subject_carries_one_re() {
        assert_eq!(with_re("No sound"), "Re: No sound");
        assert_eq!(with_re("RE: AW: re: No sound"), "Re: No sound");
        assert_eq!(with_re("Order: late"), "Re: Order: late");
    }

    #[test]
    fn pictures_of_the_composer_travel_inside_the_mail() {
        let file = |id, content_id: Option<&str>| Attachment {
            id: AttachmentId(id),
            sha256: String::new(),
            file_name: "a.png".into(),
            content_type: "image/png".into(),
            bytes: 1,
            comment: None,
            ticket: None,
            inline: true,
            content_id: content_id.map(str::to_owned),
            created_at: 0,
        };
        let html = r#"<img src="/attachments/1/a.png"><img src="/attachments/12"><img data-cid="x@y">"#;
        assert_eq!(
            with_inline_images(html, &[file(1, None), file(3, Some("<x@y>"))]),
            r#"<img src="cid:file1@aptdesk"><img src="/attachments/12"><img src="cid:x@y">"#
        );
    }

    #[test]
    fn words_of_a_customer_are_no_markup_in_our_answer() {
        assert_eq!(paragraphs("a <b>\nc\n\n\"d\""), "<p>a &lt;b&gt;<br>c</p><p>&quot;d&quot;</p>");
    }
}
