//! Answers find their ticket, and strangers do not.

use super::*;
use desk::mail::{MailState, tokens};
use desk::settings::desk_key;
use desk::tickets::{CreateTicket, Status};
use proptest::prelude::*;

/// A ticket of Marta's with one answer of Ana's, and that answer as it went out.
fn conversation(world: &World) -> (TicketId, UserId, Outgoing) {
    let ana = world.agent("Ana");
    let id = send(world, &letter(MARTA, "No sound", "Silent.")).ticket.unwrap();
    post(world);
    answer(world, ana, id, "Have you tried the cable?");
    let (_, mail) = post(world).pop().expect("the answer goes out");
    (id, ana, mail)
}

fn entry(world: &World, mail: desk::MailId) -> desk::mail::views::LedgerEntry {
    world.read(move |tx| mail::views::ledger_entry(tx, mail)).unwrap()
}

#[test]
fn a_customers_reply_lands_on_the_ticket_and_opens_it() {
    for world in worlds() {
        let (id, ana, mail) = conversation(&world);
        world.write_as(ana, move |tx| {
            let update = UpdateTicket { status: Some(Status::Solved), ..UpdateTicket::of(id) };
            tickets::update(tx, &update).map(|_| ())
        });
        let ended = send(&world, &reply_to(&mail, MARTA, "Yes, three times."));
        assert_eq!(ended.ticket, Some(id), "on {}", world.name());
        assert_eq!(entry(&world, ended.mail).threaded_by.as_deref(), Some("token"));
        assert_eq!(ticket(&world, id).status, Status::Open);
        assert!(comments(&world, id).last().unwrap().public);
        assert_sound(&world);
    }
}

#[test]
fn each_of_the_three_signs_is_enough() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        let by_token = Incoming {
            in_reply_to: vec![],
            references: vec![],
            full_text: "one".into(),
            ..reply_to(&mail, MARTA, "one")
        };
        let by_references = Incoming {
            to: vec![Address::bare(SUPPORT)],
            full_text: "two".into(),
            ..reply_to(&mail, MARTA, "two")
        };
        let by_mark = Incoming {
            to: vec![Address::bare(SUPPORT)],
            in_reply_to: vec![],
            references: vec![],
            ..reply_to(&mail, MARTA, "three")
        };
        for (parsed, by) in [(by_token, "token"), (by_references, "references"), (by_mark, "body-token")] {
            let ended = send(&world, &parsed);
            assert_eq!(ended.ticket, Some(id), "{by} on {}", world.name());
            assert_eq!(entry(&world, ended.mail).threaded_by.as_deref(), Some(by));
        }
    }
}

#[test]
fn a_strangers_answer_says_to_which_ticket_it_may_belong() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        let ended = send(&world, &reply_to(&mail, "eve@example.net", "May I read along?"));
        let other = ended.ticket.expect("a ticket of its own");
        assert_ne!(other, id, "on {}", world.name());
        let notices = world.read(move |tx| mail::views::notices_of(tx, other));
        let told: Vec<String> = notices.into_values().collect();
        assert_eq!(
            told,
            [format!("it may belong to ticket {id}, but its sender takes no part in that ticket")]
        );
    }
}

#[test]
fn a_number_in_the_subject_and_the_same_subject_are_not_enough() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        for subject in [format!("[#{id}] No sound"), mail.subject.clone(), format!("Ticket {id}")] {
            let ended = send(&world, &letter(MARTA, &subject, &subject));
            assert_ne!(ended.ticket, Some(id), "{subject} on {}", world.name());
        }
    }
}

#[test]
fn a_stranger_with_the_whole_thread_gets_a_ticket_of_their_own_that_names_the_other() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        let ended = send(&world, &reply_to(&mail, "eve@elsewhere.example", "Tell me more."));
        assert_ne!(ended.ticket, Some(id), "on {}", world.name());
        assert_eq!(ended.state, MailState::Comment);
        let reason = entry(&world, ended.mail).reason.unwrap();
        assert!(reason.contains(&format!("ticket {id}")), "{reason}");
        assert_eq!(comments(&world, id).len(), 2);
    }
}

#[test]
fn ccs_and_colleagues_of_the_customer_may_answer() {
    for world in worlds() {
        world.organization("Example", "example.com");
        let mut first = letter("boss@example.com", "Invoice", "Wrong sum.");
        first.cc = vec![Address::bare("friend@example.net")];
        let id = send(&world, &first).ticket.unwrap();
        let ana = world.agent("Ana");
        answer(&world, ana, id, "We look into it.");
        let (_, mail) = post(&world).pop().unwrap();
        assert_eq!(mail.cc[0].address, "friend@example.net");
        for from in ["friend@example.net", "colleague@example.com"] {
            assert_eq!(
                send(&world, &reply_to(&mail, from, from)).ticket,
                Some(id),
                "{from} on {}",
                world.name()
            );
        }
    }
}

#[test]
fn a_reply_to_a_closed_ticket_opens_a_follow_up() {
    for world in worlds() {
        let (id, ana, mail) = conversation(&world);
        for status in [Status::Solved, Status::Closed] {
            world.write_as(ana, move |tx| {
                let update = UpdateTicket { status: Some(status), ..UpdateTicket::of(id) };
                tickets::update(tx, &update).map(|_| ())
            });
        }
        let ended = send(&world, &reply_to(&mail, MARTA, "It is back."));
        let followup = ticket(&world, ended.ticket.unwrap());
        assert_ne!(followup.id, id);
        assert_eq!(followup.followup_source, Some(id), "on {}", world.name());
        assert_sound(&world);
    }
}

#[test]
fn a_late_reply_to_a_merged_ticket_lands_on_the_survivor() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        let middle = send(&world, &letter(MARTA, "Sound again", "Still silent.")).ticket.unwrap();
        let last = send(&world, &letter(MARTA, "Sound, third time", "Silent!")).ticket.unwrap();
        world.write(move |tx| {
            for (from, into) in [(id, middle), (middle, last)] {
                tx.execute("update tickets set merged_into = $1 where id = $2", db::params![into, from])?;
            }
            Ok::<_, db::Error>(())
        });
        let ended = send(&world, &reply_to(&mail, MARTA, "And now?"));
        assert_eq!(ended.ticket, Some(last), "on {}", world.name());
    }
}

#[test]
fn an_agent_answers_by_mail_as_themselves_when_verified() {
    for world in worlds() {
        let (id, _, _) = conversation(&world);
        let ben = world.agent("Ben");
        let last = send(&world, &reply_by_agent(&world, id, "ben@desk.example", "Here is a new cable."));
        assert_eq!(last.ticket, Some(id));
        let said = comments(&world, id).pop().unwrap();
        assert_eq!((said.author, said.public), (ben, true), "on {}", world.name());
        let sent = post(&world);
        assert_eq!(sent.last().unwrap().1.to[0].address, MARTA, "it goes on to the customer");

        let forged = Incoming {
            auth: AuthSummary::default(),
            ..reply_by_agent(&world, id, "ben@desk.example", "Send me your password.")
        };
        let ended = send(&world, &forged);
        assert!(!comments(&world, id).pop().unwrap().public, "on {}", world.name());
        assert!(entry(&world, ended.mail).reason.unwrap().contains("could not be verified"));
        assert!(post(&world).is_empty());
    }
}

/// A mail that knows the ticket by its signed address only.
fn reply_by_agent(world: &World, id: TicketId, from: &str, text: &str) -> Incoming {
    let key = world.read(desk_key);
    let mut parsed = letter(from, "Re: No sound", text);
    parsed.to = vec![Address::bare(tokens::plus_address(&key, SUPPORT, id).unwrap())];
    parsed
}

#[test]
fn who_got_an_agents_answer_from_the_agents_own_mail_program_does_not_get_it_from_the_desk_too() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        let ben = world.agent("Ben");
        let friend = world.customer("Friend", "friend@example.net");
        world.write_as(ben, move |tx| {
            let update = UpdateTicket { add_ccs: vec![friend], ..UpdateTicket::of(id) };
            tickets::update(tx, &update).map(|_| ())
        });
        // "Reply all" names the desk and the customer, with a capital letter this time.
        let mut to_both = reply_to(&mail, "ben@desk.example", "Here is a new cable.");
        to_both.cc = vec![Address::bare("Marta@example.org")];
        assert_eq!(send(&world, &to_both).ticket, Some(id));
        assert!(comments(&world, id).pop().unwrap().public, "on {}", world.name());
        let sent = post(&world);
        assert_eq!(sent.len(), 1, "on {}", world.name());
        let to: Vec<&str> = sent[0].1.to.iter().map(|to| to.address.as_str()).collect();
        assert_eq!((to, sent[0].1.cc.len()), (vec!["friend@example.net"], 0), "on {}", world.name());

        let mut to_all = reply_to(&mail, "ben@desk.example", "And a new plug.");
        to_all.cc = vec![Address::bare(MARTA), Address::bare("friend@example.net")];
        assert_eq!(send(&world, &to_all).ticket, Some(id));
        assert!(post(&world).is_empty(), "everybody has it on {}", world.name());

        // Her answer to the agent's own mail finds the ticket by that mail's Message-ID.
        let mut back = letter(MARTA, "Re: No sound", "It fits.");
        back.in_reply_to = to_all.message_id.iter().cloned().collect();
        assert_eq!(send(&world, &back).ticket, Some(id), "on {}", world.name());
        assert_sound(&world);
    }
}

#[test]
fn an_agents_mail_that_crossed_a_newer_message_stays_inside_and_its_author_is_told() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        world.agent("Ben");
        world.advance(60_000);
        send(&world, &reply_to(&mail, MARTA, "Forget it, it works."));
        world.advance(60_000);
        // Ben answers what he knows: the letter before.
        let ended = send(&world, &reply_to(&mail, "ben@desk.example", "Please send it back."));
        assert_eq!(ended.ticket, Some(id));
        assert!(!comments(&world, id).pop().unwrap().public, "on {}", world.name());
        assert!(entry(&world, ended.mail).reason.unwrap().contains("newer message"));
        let sent = post(&world);
        assert_eq!(sent.len(), 1, "on {}", world.name());
        assert_eq!(sent[0].1.to[0].address, "ben@desk.example");
        assert!(!sent[0].1.text.contains("send it back"));
    }
}

#[test]
fn a_light_agents_mail_is_seen_by_colleagues_only() {
    for world in worlds() {
        let (id, _, mail) = conversation(&world);
        world.light_agent("Lia");
        assert_eq!(send(&world, &reply_to(&mail, "lia@desk.example", "I know this one.")).ticket, Some(id));
        assert!(!comments(&world, id).pop().unwrap().public, "on {}", world.name());
        assert!(post(&world).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A mail joins a ticket exactly when it carries a genuine sign and its sender takes part.
    #[test]
    fn a_sign_and_a_part_in_it_are_both_needed(
        token in 0_u8..3, reference in any::<bool>(), mark in 0_u8..3, who in 0_usize..3, upper in any::<bool>(),
    ) {
        let world = World::on_sqlite();
        world.write(|tx| mail::mailboxes::create(tx, &mailbox(SUPPORT)));
        let marta = world.customer("Marta", MARTA);
        let friend = world.customer("Friend", "friend@example.net");
        let id = world.write(move |tx| {
            let mut create = CreateTicket::new(marta, "No sound", NewComment::public("Silent."), Channel::Email);
            create.ccs = vec![friend];
            tickets::create(tx, &create)
        }).id;
        world.write(move |tx| tx.execute(
            "insert into message_ids (message_id, ticket_id, created_at) values ('first@example.org', $1, 0)",
            db::params![id],
        ).map(|_| ()));
        let key = world.read(desk_key);
        let (from, takes_part) = [(MARTA, true), ("friend@example.net", true), ("eve@elsewhere.example", false)][who];
        let mut parsed = letter(from, "Re: No sound", "words");
        // 0: none, 1: genuine, 2: forged by one character.
        let spoilt = |text: String| match text.chars().last() {
            Some('a') => text[..text.len() - 1].to_owned() + "b",
            _ => text[..text.len() - 1].to_owned() + "a",
        };
        if token > 0 {
            let address = tokens::plus_address(&key, "support@desk", id).unwrap();
            let (local, _) = address.split_once('@').unwrap();
            let local = if token == 2 { spoilt(local.to_owned()) } else { local.to_owned() };
            let address = format!("{local}@desk.example");
            parsed.delivered_to = vec![if upper { address.to_uppercase() } else { address }];
        }
        if reference {
            parsed.references = vec!["unknown@x".into(), "first@example.org".into(), "other@x".into()];
        }
        if mark > 0 {
            let mark_text = tokens::mark(&key, id);
            let mark_text = if mark == 2 { spoilt(mark_text) } else { mark_text };
            parsed.full_text = format!("words\n> {}{mark_text}", tokens::MARK_LABEL);
        }
        let genuine = token == 1 || reference || mark == 1;
        let ended = send(&world, &parsed);
        prop_assert_eq!(ended.state, MailState::Comment);
        prop_assert_eq!(ended.ticket == Some(id), genuine && takes_part);
    }
}
