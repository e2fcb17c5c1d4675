//! Loops, floods, forgeries and bounces.

use super::*;
use desk::mail::{Bounce, MailRules, MailState, OutState};
use desk::tickets::Status;

fn reason(world: &World, ended: &Ended) -> String {
    let mail = ended.mail;
    world.read(move |tx| mail::views::ledger_entry(tx, mail)).unwrap().reason.unwrap_or_default()
}

#[test]
fn our_own_mail_come_back_is_suspended() {
    for world in worlds() {
        let looped = Incoming { our_loop_header: true, ..letter(MARTA, "A", "a") };
        let ours = letter("Support+t1.abc@desk.example", "B", "b");
        for parsed in [looped, ours] {
            let ended = send(&world, &parsed);
            assert_eq!(ended.state, MailState::Suspended, "on {}", world.name());
            assert!(reason(&world, &ended).contains("our own"));
        }
        assert!(post(&world).is_empty());
        assert_sound(&world);
    }
}

#[test]
fn mail_of_nobody_is_suspended_unless_the_envelope_names_somebody() {
    for world in worlds() {
        let nameless = Incoming { from: Address::default(), ..letter(MARTA, "A", "a") };
        let receipt = Receipt { mail_from: String::new(), ..by_smtp(&nameless) };
        assert_eq!(send_as(&world, receipt, &nameless).unwrap().state, MailState::Suspended);
        let other = Incoming { from: Address::default(), ..letter(MARTA, "B", "b") };
        let receipt = Receipt { mail_from: MARTA.into(), ..by_smtp(&other) };
        let ended = send_as(&world, receipt, &other).unwrap();
        assert_eq!(ended.state, MailState::Comment, "on {}", world.name());
        assert!(reason(&world, &ended).contains("envelope"));
    }
}

#[test]
fn a_suspended_person_is_not_heard() {
    for world in worlds() {
        let marta = world.customer("Marta", MARTA);
        world.write(move |tx| desk::people::suspend(tx, marta));
        let ended = send(&world, &letter(MARTA, "A", "a"));
        assert_eq!(ended.state, MailState::Suspended, "on {}", world.name());
    }
}

#[test]
fn a_flood_is_suspended_and_others_are_not() {
    for world in worlds() {
        world.write(|tx| MailRules { mails_per_sender_per_hour_max: 5, ..MailRules::default() }.save(tx));
        let states: Vec<MailState> = (0..8)
            .map(|n| {
                send(&world, &letter("flood@example.net", &format!("Buy {n}"), &format!("now {n}"))).state
            })
            .collect();
        assert_eq!(
            states.iter().filter(|state| **state == MailState::Comment).count(),
            5,
            "on {}",
            world.name()
        );
        assert_eq!(send(&world, &letter(MARTA, "Real", "question")).state, MailState::Comment);
        world.advance(61 * 60_000);
        assert_eq!(send(&world, &letter("flood@example.net", "Sorry", "!")).state, MailState::Comment);
        assert_sound(&world);
    }
}

#[test]
fn without_a_setting_no_person_floods_and_a_listed_system_is_heard() {
    for world in worlds() {
        let flood = |world: &World, from: &str, kept: &str, mails: i64| -> Vec<Ended> {
            (0..mails)
                .map(|n| send(world, &letter(from, &format!("{kept} {n}"), &format!("different {n}"))))
                .collect()
        };
        let usual = MailRules::default().mails_per_sender_per_hour_max;
        assert!((50..=200).contains(&usual), "more than a person writes, and no flood");
        let ended = flood(&world, "flood@example.net", "Buy", usual + 2);
        let beyond = &ended[usual as usize..];
        assert!(beyond.iter().all(|it| it.state == MailState::Suspended), "on {}", world.name());
        assert_eq!(ended.iter().filter(|it| it.state == MailState::Comment).count() as i64, usual);
        assert!(reason(&world, &beyond[0]).contains("more than 100 mails came from flood@example.net"));
        let (ana, mail) = (world.agent("Ana"), beyond[0].mail);
        world.write_as(ana, move |tx| mail::recover(tx, mail));

        let rules = MailRules { busy_senders: vec!["alarms@example.com".into()], ..MailRules::default() };
        world.write(move |tx| rules.save(tx));
        let heard = flood(&world, "Alarms@example.com", "Disk", usual + 2);
        assert!(heard.iter().all(|it| it.state == MailState::Comment), "on {}", world.name());
        assert_sound(&world);
    }
}

#[test]
fn who_says_the_same_over_and_over_is_suspended_and_heard_again_with_other_words() {
    for world in worlds() {
        world
            .write(|tx| MailRules { same_mails_per_sender_per_hour_max: 3, ..MailRules::default() }.save(tx));
        let same = |n: i64| Incoming {
            message_id: Some(format!("{n}@example.net")),
            ..letter(MARTA, "Alarm", "down")
        };
        let states: Vec<MailState> = (0..5).map(|n| send(&world, &same(n)).state).collect();
        assert_eq!(states[..3], [MailState::Comment; 3], "on {}", world.name());
        assert_eq!(states[3..], [MailState::Suspended; 2], "on {}", world.name());
        assert_eq!(send(&world, &letter(MARTA, "Alarm", "up again")).state, MailState::Comment);
    }
}

#[test]
fn machine_mail_becomes_a_ticket_and_is_never_answered() {
    for world in worlds() {
        let form = Incoming {
            machine: Some("Auto-Submitted: auto-generated".into()),
            ..letter(MARTA, "Contact form", "Please call me.")
        };
        assert_eq!(send(&world, &form).state, MailState::Comment);
        assert!(post(&world).is_empty(), "on {}", world.name());
    }
}

#[test]
fn an_absence_note_neither_reopens_nor_shows() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let id = send(&world, &letter(MARTA, "No sound", "Silent.")).ticket.unwrap();
        answer(&world, ana, id, "Done.");
        let (_, mail) = post(&world).pop().unwrap();
        world.write_as(ana, move |tx| {
            let update = UpdateTicket { status: Some(Status::Solved), ..UpdateTicket::of(id) };
            tickets::update(tx, &update).map(|_| ())
        });
        let away = Incoming {
            machine: Some("Auto-Submitted: auto-replied".into()),
            ..reply_to(&mail, MARTA, "I am away until Monday.")
        };
        let ended = send(&world, &away);
        assert_eq!(ended.ticket, Some(id));
        assert_eq!(ticket(&world, id).status, Status::Solved, "on {}", world.name());
        assert!(!comments(&world, id).pop().unwrap().public);
        assert!(post(&world).is_empty());
    }
}

#[test]
fn an_acknowledgement_goes_to_the_verified_only_and_repeats_nothing() {
    for world in worlds() {
        let unverified =
            Incoming { auth: AuthSummary::default(), ..letter("eve@example.net", "Buy pills", "cheap") };
        send(&world, &unverified);
        assert!(post(&world).is_empty(), "on {}", world.name());
        let text = "Hola, el altavoz izquierdo no suena desde ayer y no sé qué más puedo probar.";
        let parsed = letter(MARTA, "Sin sonido", text);
        let ended = send(&world, &parsed);
        let sent = post(&world);
        assert_eq!(sent.len(), 1);
        let mail = &sent[0].1;
        assert_eq!(mail.auto_submitted.as_deref(), Some("auto-generated"));
        assert!(mail.headers.iter().any(|(name, _)| name == mail::tokens::LOOP_HEADER));
        assert!(!mail.text.contains("altavoz") && !mail.subject.contains("sonido"));
        assert!(mail.subject.starts_with("Hemos recibido"), "in the customer's language: {}", mail.subject);
        assert_eq!(mail.in_reply_to, parsed.message_id);
        // An answer to the acknowledgement finds the ticket.
        assert_eq!(send(&world, &reply_to(mail, MARTA, "Y otra cosa.")).ticket, ended.ticket);
        assert!(post(&world).is_empty(), "a reply is not acknowledged");
    }
}

#[test]
fn ten_automatic_mails_in_three_hours_are_enough_for_anybody() {
    for world in worlds() {
        for n in 0..14 {
            send(&world, &letter(MARTA, &format!("Question {n}"), &format!("What is {n}?")));
        }
        assert_eq!(post(&world).len(), 10, "on {}", world.name());
        world.advance(3 * 3_600_000 + 1);
        send(&world, &letter(MARTA, "Question again", "What is it?"));
        assert_eq!(post(&world).len(), 1, "on {}", world.name());
        let desk_wide = MailRules { automatic_per_hour_max: 1, ..MailRules::default() };
        world.write(move |tx| desk_wide.save(tx));
        send(&world, &letter("other@example.net", "Mine", "Too?"));
        assert!(post(&world).is_empty(), "the desk's own budget holds on {}", world.name());
    }
}

#[test]
fn a_bounce_marks_the_mail_that_did_not_arrive() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let id = send(&world, &letter(MARTA, "No sound", "Silent.")).ticket.unwrap();
        post(&world);
        answer(&world, ana, id, "Try the cable.");
        let (mail_out, mail) = post(&world).pop().unwrap();
        world.write(move |tx| mail::mark_sent(tx, mail_out, "250 2.0.0 Ok: queued"));
        let report = |permanent, original: Option<&str>, text: &str| Incoming {
            machine: Some("multipart/report".into()),
            bounce: Some(Bounce {
                recipient: Some(MARTA.into()),
                status: Some("5.1.1".into()),
                permanent,
                diagnostic: Some("550 no such user".into()),
                original_message_id: original.map(str::to_owned),
            }),
            ..letter("mailer-daemon@example.org", "Undelivered", text)
        };
        let ended = send(&world, &report(false, Some(&mail.message_id), "delayed"));
        assert_eq!((ended.state, ended.ticket), (MailState::Comment, Some(id)), "on {}", world.name());
        assert_eq!(states(&world, id).last().unwrap().state, OutState::Sent);
        let ended = send(&world, &report(true, Some(&format!("<{}>", mail.message_id)), "failed"));
        assert_eq!(ended.ticket, Some(id));
        let state = states(&world, id).pop().unwrap();
        assert_eq!(state.state, OutState::Failed);
        assert!(state.server_answer.unwrap().contains("no such user"));
        let said = comments(&world, id).pop().unwrap();
        assert!(!said.public && said.body.contains("no such user"));

        answer(&world, ana, id, "Once more.");
        let (second, _) = post(&world).pop().unwrap();
        world.write(move |tx| mail::mark_sent(tx, second, "250 Ok"));
        assert_eq!(send(&world, &report(true, None, "by recipient")).ticket, Some(id));
        assert_eq!(states(&world, id).pop().unwrap().state, OutState::Failed);

        world.write_as(ana, move |tx| mail::resend(tx, second));
        assert_eq!(states(&world, id).pop().unwrap().state, OutState::Queued);
        post(&world);
        assert_sound(&world);
    }
}

#[test]
fn a_bounce_of_a_mail_we_never_sent_is_suspended() {
    for world in worlds() {
        let parsed = Incoming {
            bounce: Some(Bounce {
                recipient: Some("x@y.example".into()),
                permanent: true,
                ..Bounce::default()
            }),
            ..letter("mailer-daemon@example.org", "Undelivered", "?")
        };
        let receipt = Receipt { mail_from: String::new(), ..by_smtp(&parsed) };
        let ended = send_as(&world, receipt, &parsed).unwrap();
        assert_eq!(ended.state, MailState::Suspended, "on {}", world.name());
        assert_sound(&world);
    }
}
