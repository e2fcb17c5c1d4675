//! E-mail as the desk sees it: what comes in ends somewhere, what goes out is accounted for.

mod guards;
mod intake;
mod mailboxes;
mod outgoing;
mod suspended;
mod threading;

use desk::mail::mailboxes::{CreateMailbox, MailboxKind, MailboxSettings};
use desk::mail::{
    self, Address, AuthSummary, Door, Ended, Incoming, MailError, MailOutState, Outgoing, Receipt,
};
use desk::tickets::{self, Channel, Comment, NewComment, Ticket, UpdateTicket};
use desk::work::Work;
use desk::{MailOutId, TicketId, UserId};
use testkit::World;

pub const SUPPORT: &str = "support@desk.example";
pub const MARTA: &str = "marta@example.org";

/// A world with the mailbox [`SUPPORT`].
pub fn worlds() -> Vec<World> {
    let worlds = World::on_each_database();
    for world in &worlds {
        world.write(|tx| mail::mailboxes::create(tx, &mailbox(SUPPORT)));
        world.forget_events();
    }
    worlds
}

pub fn mailbox(address: &str) -> CreateMailbox {
    CreateMailbox {
        address: address.into(),
        name: "Acme".into(),
        kind: MailboxKind::Smtp,
        group: None,
        brand: None,
        settings: MailboxSettings::default(),
        secret: None,
    }
}

/// A letter whose sender is verified. Its Message-ID follows from its words.
pub fn letter(from: &str, subject: &str, text: &str) -> Incoming {
    let id: String = format!("{from}{subject}{text}").chars().filter(char::is_ascii_alphanumeric).collect();
    Incoming {
        from: Address { name: Some("Somebody".into()), address: from.into() },
        to: vec![Address::bare(SUPPORT)],
        subject: subject.into(),
        message_id: Some(format!("{id}@example.org")),
        text_new: text.into(),
        full_text: text.into(),
        auth: AuthSummary { aligned: true, json: r#"{"spf":"pass"}"#.into() },
        ..Incoming::default()
    }
}

pub fn by_smtp(parsed: &Incoming) -> Receipt {
    Receipt {
        door: Door::Smtp,
        remote_ip: "192.0.2.1".into(),
        helo: "mx.example.org".into(),
        mail_from: parsed.from.address.clone(),
        rcpt_to: parsed.to.iter().map(|to| to.address.clone()).collect(),
        raw: format!("Subject: {}\r\n\r\n{}", parsed.subject, parsed.full_text).into_bytes(),
    }
}

pub fn send(world: &World, parsed: &Incoming) -> Ended {
    send_as(world, by_smtp(parsed), parsed).unwrap_or_else(|error| panic!("on {}: {error:?}", world.name()))
}

pub fn send_as(world: &World, receipt: Receipt, parsed: &Incoming) -> Result<Ended, MailError> {
    let parsed = parsed.clone();
    world.try_write(desk::Actor::desk(), move |tx| mail::receive(tx, &receipt, &parsed))
}

pub fn ticket(world: &World, id: TicketId) -> Ticket {
    world.read(move |tx| tickets::find_ticket(tx, id)).expect("the ticket exists")
}

pub fn comments(world: &World, ticket: TicketId) -> Vec<Comment> {
    world.read(move |tx| tickets::comments_of(tx, ticket))
}

/// An agent's public answer on the desk's own page.
pub fn answer(world: &World, agent: UserId, ticket: TicketId, words: &str) {
    let comment = NewComment::public(words);
    world.write_as(agent, move |tx| {
        let update = UpdateTicket {
            comment: Some(comment.clone()),
            channel: Channel::Web,
            ..UpdateTicket::of(ticket)
        };
        tickets::update(tx, &update).map(|_| ())
    });
}

/// Runs what is due and takes the mails that would be sent now.
pub fn post(world: &World) -> Vec<(MailOutId, Outgoing)> {
    world.run_jobs();
    let mut ids: Vec<MailOutId> = (world.take_outside_jobs().into_iter())
        .map(|work| match work {
            Work::SendMail { mail_out } => mail_out,
            other => panic!("not a mail: {other:?}"),
        })
        .collect();
    // A claim comes in the database's own order.
    ids.sort();
    ids.into_iter()
        .map(|id| (id, world.read(move |tx| mail::outgoing(tx, id)).expect("the mail exists").0))
        .collect()
}

pub fn states(world: &World, ticket: TicketId) -> Vec<MailOutState> {
    world.read(move |tx| mail::states_of(tx, ticket))
}

/// What the customer's mail program makes of "reply".
pub fn reply_to(mail: &Outgoing, from: &str, text: &str) -> Incoming {
    let mut references = mail.references.clone();
    references.push(mail.message_id.clone());
    Incoming {
        to: mail.reply_to.iter().cloned().collect(),
        in_reply_to: vec![mail.message_id.clone()],
        references,
        full_text: format!("{text}\n\n> {}", mail.text.replace('\n', "\n> ")),
        ..letter(from, &mail.subject, text)
    }
}

/// Nothing is unaccounted for, by the quick count and by the slow one.
pub fn assert_sound(world: &World) {
    let report = world.read(mail::check);
    assert!(report.is_sound(), "on {}: {report:?}", world.name());
    assert_eq!(world.read(mail::unaccounted), 0, "on {}", world.name());
}
