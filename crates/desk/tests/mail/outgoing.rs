//! Answers leave as mail, once, to everybody who must get them, and show how they stand.

use super::*;
use desk::events::Event;
use desk::mail::{Fate, OutState};

fn opened(world: &World) -> (TicketId, UserId) {
    let ana = world.agent("Ana");
    let mut first = letter(MARTA, "No sound", "The left speaker\nis silent.");
    first.cc = vec![Address::bare("friend@example.net")];
    let id = send(world, &first).ticket.unwrap();
    post(world);
    (id, ana)
}

#[test]
fn an_answer_goes_to_the_requester_and_the_ccs_in_the_customers_thread() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        let signature = "Ana\nAcme support".to_owned();
        world.write(move |tx| {
            tx.execute("update users set signature = $1 where id = $2", db::params![signature, ana])
                .map(|_| ())
        });
        answer(&world, ana, id, "Try <another> cable.");
        let sent = post(&world);
        assert_eq!(sent.len(), 1, "on {}", world.name());
        let mail = &sent[0].1;
        assert_eq!(mail.from.address, SUPPORT);
        assert!(mail.from.name.as_ref().unwrap().starts_with("Ana"));
        assert_eq!(mail.to[0].address, MARTA);
        assert_eq!(mail.cc.iter().map(|cc| cc.address.as_str()).collect::<Vec<_>>(), ["friend@example.net"]);
        assert_eq!(mail.subject, "Re: No sound");
        let first = letter(MARTA, "No sound", "The left speaker\nis silent.").message_id;
        assert_eq!(mail.in_reply_to, first);
        assert!(mail.reply_to.as_ref().unwrap().address.starts_with(&format!("support+t{id}.")));
        assert!(mail.text.starts_with("Try <another> cable.\n\n-- \nAna\nAcme support\n"));
        assert!(mail.text.contains("> The left speaker\n> is silent."));
        assert!(mail.text.trim_end().lines().last().unwrap().starts_with(&format!("Ref: {id}-")));
        assert!(mail.html.as_ref().unwrap().contains("Try &lt;another&gt; cable."));
        assert_eq!(mail.auto_submitted, None, "a person wrote it");
        assert!(mail.headers.is_empty());
        assert!(mail.message_id.ends_with("@desk.example"));
    }
}

#[test]
fn the_second_answer_refers_to_the_whole_thread() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        answer(&world, ana, id, "Try another cable.");
        let (_, first) = post(&world).pop().unwrap();
        let reply = reply_to(&first, MARTA, "No change.");
        send(&world, &reply);
        answer(&world, ana, id, "We send you a new one.");
        let (_, second) = post(&world).pop().unwrap();
        assert_eq!(second.in_reply_to, reply.message_id, "on {}", world.name());
        assert_eq!(second.references.len(), 3);
        assert_eq!(second.references[1], first.message_id);
    }
}

#[test]
fn a_job_done_twice_sends_one_mail() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        answer(&world, ana, id, "Try another cable.");
        let waiting = world.jobs_waiting();
        assert_eq!(post(&world).len(), 1);
        let again = waiting.into_iter().find(|work| matches!(work, Work::MailComment { .. })).unwrap();
        world.write(move |tx| {
            desk::work::Worker::default()
                .run(tx, &again)
                .map_err(|e| panic!("{e}"))
                .or(Ok::<_, db::Error>(()))
        });
        assert!(post(&world).is_empty(), "on {}", world.name());
    }
}

#[test]
fn internal_comments_and_customers_words_do_not_leave() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        world.write_as(ana, move |tx| {
            let update = UpdateTicket {
                comment: Some(NewComment::internal("Is he serious?")),
                ..UpdateTicket::of(id)
            };
            tickets::update(tx, &update).map(|_| ())
        });
        let mut follow = letter("friend@example.net", "Re: No sound", "Me too.");
        follow.references =
            vec![letter(MARTA, "No sound", "The left speaker\nis silent.").message_id.unwrap()];
        assert_eq!(send(&world, &follow).ticket, Some(id));
        assert!(post(&world).is_empty(), "on {}", world.name());
        answer(&world, ana, id, "It is the cable.");
        let (_, mail) = post(&world).pop().unwrap();
        assert!(!mail.text.contains("serious") && !mail.html.unwrap().contains("serious"));
    }
}

#[test]
fn a_mail_shows_how_it_stands() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        answer(&world, ana, id, "Try another cable.");
        let (mail_out, _) = post(&world).pop().unwrap();
        let state = |world: &World| states(world, id).pop().unwrap();
        assert_eq!(state(&world).state, OutState::Queued);
        world.write(move |tx| mail::mark_deferred(tx, mail_out, "451 4.7.1 Greylisted"));
        assert_eq!(state(&world).server_answer.as_deref(), Some("451 4.7.1 Greylisted"));
        assert_eq!(state(&world).state, OutState::Deferred);
        world.advance(60_000);
        world.forget_events();
        world.write(move |tx| mail::mark_sent(tx, mail_out, "250 2.0.0 Ok: queued as 4F1"));
        let now = state(&world);
        assert_eq!(
            (now.state, now.sent_at, now.attempts),
            (OutState::Sent, Some(world.now()), 2),
            "on {}",
            world.name()
        );
        assert_eq!(world.events(), vec![Event::MailSent { mail_out, ticket: Some(id) }]);
        // A worker that finishes late says nothing new.
        assert!(!world.write(move |tx| mail::mark_deferred(tx, mail_out, "?")));
        assert!(!world.write(move |tx| mail::mark_sent(tx, mail_out, "?")));
    }
}

#[test]
fn without_plus_addresses_the_reply_comes_to_the_plain_mailbox() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        world.write(|tx| {
            let mailbox = mail::mailboxes::find_default(tx)?.expect("there is one");
            let settings = MailboxSettings { plus_addresses: false, ..MailboxSettings::default() };
            let update = mail::mailboxes::UpdateMailbox { settings: Some(settings), ..Default::default() };
            mail::mailboxes::update(tx, mailbox.id, &update)
        });
        answer(&world, ana, id, "Try another cable.");
        let (_, mail) = post(&world).pop().unwrap();
        assert_eq!(mail.reply_to.as_ref().unwrap().address, SUPPORT);
        assert_eq!(send(&world, &reply_to(&mail, MARTA, "Thanks")).ticket, Some(id), "on {}", world.name());
    }
}

#[test]
fn an_agents_own_ticket_for_a_customer_begins_the_thread() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let marta = world.customer("Marta", MARTA);
        let id = world
            .write_as(ana, move |tx| {
                let comment = NewComment::public("Your parcel is late.");
                tickets::create(tx, &tickets::CreateTicket::new(marta, "Your parcel", comment, Channel::Web))
            })
            .id;
        let sent = post(&world);
        assert_eq!(sent.len(), 1, "on {}", world.name());
        let mail = &sent[0].1;
        assert_eq!((mail.subject.as_str(), mail.in_reply_to.as_deref()), ("Your parcel", None));
        assert_eq!(send(&world, &reply_to(mail, MARTA, "When?")).ticket, Some(id));
    }
}

#[test]
fn what_one_recipient_is_refused_the_others_keep_and_do_not_get_again() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        answer(&world, ana, id, "Try another cable.");
        let (mail_out, mail) = post(&world).pop().unwrap();
        assert_eq!(mail.undecided(), [MARTA, "friend@example.net"]);
        let state = |world: &World| states(world, id).pop().unwrap();
        let undecided =
            |world: &World| world.read(move |tx| mail::outgoing(tx, mail_out)).unwrap().0.undecided();

        let fates = vec![
            (MARTA.to_owned(), Fate::Taken("250 Ok".into())),
            ("friend@example.net".to_owned(), Fate::Later("451 Greylisted".into())),
        ];
        let now = world.write(move |tx| mail::mark_each(tx, mail_out, &fates));
        assert_eq!(now, OutState::Deferred, "on {}", world.name());
        assert_eq!(undecided(&world), ["friend@example.net"]);
        let answer = state(&world).server_answer.unwrap();
        assert_eq!(answer, format!("friend@example.net: 451 Greylisted; delivered to {MARTA}"));

        let fates = vec![("friend@example.net".to_owned(), Fate::Never("550 No such user".into()))];
        let now = world.write(move |tx| mail::mark_each(tx, mail_out, &fates));
        assert_eq!(now, OutState::Failed, "on {}", world.name());
        let answer = state(&world).server_answer.unwrap();
        assert_eq!(answer, format!("friend@example.net: 550 No such user; delivered to {MARTA}"));

        world.write_as(ana, move |tx| mail::resend(tx, mail_out));
        assert_eq!(undecided(&world), ["friend@example.net"], "on {}", world.name());
        let fates = vec![("friend@example.net".to_owned(), Fate::Taken("250 Ok".into()))];
        let now = world.write(move |tx| mail::mark_each(tx, mail_out, &fates));
        assert_eq!((now, state(&world).state), (OutState::Sent, OutState::Sent), "on {}", world.name());
        assert!(undecided(&world).is_empty());
    }
}

#[test]
fn after_a_bounce_the_mail_goes_again_to_the_one_it_did_not_reach() {
    for world in worlds() {
        let (id, ana) = opened(&world);
        answer(&world, ana, id, "Try another cable.");
        let (mail_out, mail) = post(&world).pop().unwrap();
        world.write(move |tx| mail::mark_sent(tx, mail_out, "250 Ok"));
        let report = Incoming {
            bounce: Some(desk::mail::Bounce {
                recipient: Some("Friend@example.net".into()),
                status: Some("5.2.2".into()),
                permanent: true,
                diagnostic: Some("the mailbox is full".into()),
                original_message_id: Some(mail.message_id.clone()),
            }),
            ..letter("mailer-daemon@example.net", "Undelivered", "full")
        };
        assert_eq!(send(&world, &report).ticket, Some(id), "on {}", world.name());
        assert_eq!(states(&world, id).pop().unwrap().state, OutState::Failed);
        world.write_as(ana, move |tx| mail::resend(tx, mail_out));
        let again = world.read(move |tx| mail::outgoing(tx, mail_out)).unwrap().0;
        assert_eq!(again.undecided(), ["friend@example.net"], "on {}", world.name());
        assert_eq!(again.to, mail.to, "it still shows to whom it was written");
    }
}
