//! Every mail is kept, and ends in one of three places.

use super::*;
use desk::blobs::Blob;
use desk::events::Event;
use desk::mail::{IncomingAttachment, MailState};
use desk::tickets::Status;
use desk::{Actor, MailboxId};

#[test]
fn a_mail_becomes_a_ticket_and_its_bytes_are_kept() {
    for world in worlds() {
        let mut parsed = letter(MARTA, "No sound", "The left speaker is silent.");
        parsed.quoted = Some("-- \nMarta".into());
        parsed.attachments = vec![IncomingAttachment {
            blob: Blob { sha256: "a".repeat(64), bytes: 3, content_type: "image/png".into() },
            file_name: "speaker.png".into(),
            inline: false,
            content_id: None,
        }];
        let ended = send(&world, &parsed);
        assert_eq!(ended.state, MailState::Comment, "on {}", world.name());
        let ticket = ticket(&world, ended.ticket.unwrap());
        assert_eq!((ticket.subject.as_str(), ticket.status), ("No sound", Status::New));
        let said = comments(&world, ticket.id);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].body, "The left speaker is silent.");
        assert_eq!(said[0].quoted.as_deref(), Some("-- \nMarta"));
        assert_eq!(said[0].mail, Some(ended.mail));
        let comment = said[0].id;
        let files = world.read(move |tx| tickets::attachments_of_comment(tx, comment));
        assert_eq!(files[0].file_name, "speaker.png");
        let raw = world.read(move |tx| mail::raw_of(tx, ended.mail)).unwrap();
        assert!(raw.starts_with(b"Subject: No sound"));
        let requester = world.read(move |tx| desk::people::find_user_by_email(tx, MARTA)).unwrap();
        assert_eq!(requester.id, ticket.requester);
        assert_sound(&world);
    }
}

#[test]
fn what_a_web_form_sends_is_a_ticket_of_the_person_it_names() {
    for world in worlds() {
        let form = Incoming {
            is_form: true,
            reply_to: vec![Address { name: Some("Pia".into()), address: "pia@person.example".into() }],
            ..letter("form@web.example", "Question", "Please call me.")
        };
        let ended = send(&world, &form);
        let id = ended.ticket.expect("a ticket");
        let pia = world.read(|tx| desk::people::find_user_by_email(tx, "pia@person.example")).expect("Pia");
        assert_eq!(ticket(&world, id).requester, pia.id, "on {}", world.name());
        assert_eq!(comments(&world, id)[0].author, pia.id);
        assert!(post(&world).is_empty(), "nothing proves that Pia wrote it: no mail goes to her by itself");

        let ana = world.agent("Ana");
        let user = world.read(move |tx| desk::people::find_user(tx, ana));
        let email = user.and_then(|user| user.email).expect("an address");
        let of_staff = Incoming {
            is_form: true,
            reply_to: vec![Address::bare(email)],
            ..letter("form@web.example", "Question", "And again.")
        };
        let id = send(&world, &of_staff).ticket.expect("a ticket");
        assert_ne!(ticket(&world, id).requester, ana, "a form does not speak for one of us");
        assert_sound(&world);
    }
}

#[test]
fn the_same_mail_by_two_doors_is_one_comment() {
    for world in worlds() {
        let parsed = letter(MARTA, "No sound", "Silent.");
        let first = send(&world, &parsed);
        let imap = Receipt {
            door: Door::Imap { mailbox: MailboxId(1), uid_validity: 7, uid: 1 },
            ..by_smtp(&parsed)
        };
        let mut with_other_line_ends = parsed.clone();
        with_other_line_ends.full_text = "Silent.\r\n".into();
        let second = send_as(&world, imap, &with_other_line_ends).unwrap();
        assert_eq!(second.state, MailState::Duplicate, "on {}", world.name());
        let entry = world.read(move |tx| mail::views::ledger_entry(tx, second.mail)).unwrap();
        assert_eq!(entry.duplicate_of, Some(first.mail));
        assert_eq!(comments(&world, first.ticket.unwrap()).len(), 1);
        assert_sound(&world);
    }
}

#[test]
fn a_mailbox_fetched_again_brings_nothing_new() {
    for world in worlds() {
        let parsed = letter(MARTA, "No sound", "Silent.");
        let imap = Receipt {
            door: Door::Imap { mailbox: MailboxId(1), uid_validity: 7, uid: 1 },
            ..by_smtp(&parsed)
        };
        let first = send_as(&world, imap.clone(), &parsed).unwrap();
        let again = send_as(&world, imap.clone(), &parsed).unwrap();
        assert_eq!((again.mail, again.state), (first.mail, MailState::Comment), "on {}", world.name());
        // After a change of UIDVALIDITY the same letters come under new numbers.
        let renumbered =
            Receipt { door: Door::Imap { mailbox: MailboxId(1), uid_validity: 8, uid: 1 }, ..imap };
        assert_eq!(send_as(&world, renumbered, &parsed).unwrap().state, MailState::Duplicate);
        let report = world.read(mail::check);
        assert_eq!((report.mails, report.comments, report.duplicates), (2, 1, 1));
        assert_sound(&world);
    }
}

#[test]
fn without_a_message_id_the_same_words_are_the_same_mail_for_an_hour() {
    for world in worlds() {
        let parsed = Incoming { message_id: None, ..letter(MARTA, "Again", "It happens again.") };
        assert_eq!(send(&world, &parsed).state, MailState::Comment);
        world.advance(50 * 60_000);
        assert_eq!(send(&world, &parsed).state, MailState::Duplicate, "on {}", world.name());
        world.advance(70 * 60_000);
        assert_eq!(send(&world, &parsed).state, MailState::Comment, "on {}", world.name());
        world.advance(10 * 60_000);
        assert_eq!(
            send(&world, &parsed).state,
            MailState::Duplicate,
            "the hour begins anew on {}",
            world.name()
        );
        assert_sound(&world);
    }
}

#[test]
fn a_mail_that_says_nothing_is_a_ticket_all_the_same() {
    for world in worlds() {
        let parsed = Incoming { message_id: None, ..letter(MARTA, "", "") };
        let ended = send(&world, &parsed);
        assert_eq!(comments(&world, ended.ticket.unwrap())[0].body, "(no text)");
        assert_sound(&world);
    }
}

#[test]
fn a_text_longer_than_a_comment_may_be_is_cut_and_kept_whole_in_the_original() {
    for world in worlds() {
        let long = "é".repeat(tickets::COMMENT_BYTES_MAX);
        let ended = send(&world, &letter(MARTA, "Log", &long));
        assert_eq!(ended.state, MailState::Comment);
        let raw = world.read(move |tx| mail::raw_of(tx, ended.mail)).unwrap();
        assert!(raw.len() > tickets::COMMENT_BYTES_MAX * 2, "on {}", world.name());
    }
}

#[test]
fn the_mailbox_decides_the_group() {
    for world in worlds() {
        let group = world.group("Returns", &[]);
        world.write(move |tx| {
            mail::mailboxes::create(
                tx,
                &CreateMailbox { group: Some(group), ..mailbox("returns@desk.example") },
            )
        });
        let mut parsed = letter(MARTA, "Return", "I send it back.");
        parsed.to = vec![Address::bare("Returns+abc@desk.example")];
        let ended = send(&world, &parsed);
        assert_eq!(ticket(&world, ended.ticket.unwrap()).group, Some(group), "on {}", world.name());
    }
}

#[test]
fn others_to_whom_it_was_addressed_are_in_copy_but_never_ourselves() {
    for world in worlds() {
        let mut parsed = letter(MARTA, "No sound", "Silent.");
        parsed.to.push(Address::bare("SUPPORT+x@desk.example"));
        parsed.cc = (0..60).map(|n| Address::bare(format!("friend{n}@example.net"))).collect();
        parsed.cc.push(Address::bare(MARTA));
        parsed.cc.push(Address::bare("not an address"));
        let ticket = send(&world, &parsed).ticket.unwrap();
        let ccs = world.read(move |tx| tickets::ccs_of(tx, ticket));
        assert_eq!(ccs.len(), mail::CCS_PER_MAIL_MAX, "on {}", world.name());
        assert_eq!(world.read(|tx| desk::people::find_user_by_email(tx, "support+x@desk.example")), None);
    }
}

#[test]
fn what_failed_at_the_door_is_kept_retried_and_at_last_suspended() {
    for world in worlds() {
        let parsed = letter(MARTA, "No sound", "Silent.");
        let receipt = by_smtp(&parsed);
        let mail = world.write(move |tx| mail::store_only(tx, &receipt, &AuthSummary::default()));
        assert_eq!(world.read(mail::unaccounted), 1, "on {}", world.name());
        assert_eq!(world.take_outside_jobs(), vec![Work::TakeInMail { mail }]);
        let ended = world.write({
            let parsed = parsed.clone();
            move |tx| mail::take_in(tx, mail, &parsed)
        });
        assert_eq!(ended.state, MailState::Comment);
        assert_sound(&world);
        let again = world.write(move |tx| mail::take_in(tx, mail, &parsed));
        assert_eq!(again, ended, "a job done twice changes nothing");

        let unreadable = by_smtp(&letter(MARTA, "Bytes", "\u{1}"));
        let mail = world.write(move |tx| mail::store_only(tx, &unreadable, &AuthSummary::default()));
        let ended = world.write(move |tx| mail::give_up(tx, mail, "it ends in the middle of a part"));
        assert_eq!(ended.state, MailState::Suspended);
        let queue = world.read(|tx| mail::views::suspended_page(tx, None, 10));
        assert!(queue[0].entry.reason.as_ref().unwrap().contains("in the middle of a part"));
        assert_sound(&world);
        let late = world.write(move |tx| mail::give_up(tx, mail, "again"));
        assert_eq!(late, ended, "given up once");
    }
}

#[test]
fn a_mail_and_its_end_stand_or_fall_together() {
    for world in worlds() {
        let parsed = letter(MARTA, "No sound", "Silent.");
        let receipt = by_smtp(&parsed);
        let stopped = world.try_write(Actor::desk(), move |tx| {
            let ended = mail::receive(tx, &receipt, &parsed);
            assert!(ended.is_ok(), "{ended:?}");
            Err::<(), _>(testkit::Stop)
        });
        assert!(stopped.is_err());
        assert_eq!(world.read(mail::check), mail::CheckReport::default(), "on {}", world.name());
        assert!(world.events().is_empty() && world.jobs_waiting().is_empty());
    }
}

#[test]
fn only_the_desk_itself_takes_in_mail() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let parsed = letter(MARTA, "No sound", "Silent.");
        let receipt = by_smtp(&parsed);
        let refused = world.try_as(ana, move |tx| mail::receive(tx, &receipt, &parsed));
        assert!(matches!(refused, Err(MailError::NotTheDesk)));
    }
}

#[test]
fn a_new_ticket_is_told_to_those_who_route_it() {
    for world in worlds() {
        let ended = send(&world, &letter(MARTA, "No sound", "Silent."));
        let ticket = ended.ticket.unwrap();
        let created = world.events().into_iter().any(
            |event| matches!(event, Event::TicketCreated { ticket: it, channel: Channel::Email, .. } if it == ticket),
        );
        assert!(created, "on {}", world.name());
        assert!(world.jobs_waiting().contains(&Work::TriageTicket { ticket }));
    }
}

#[test]
fn doors_that_speak_all_at_once_lose_nothing_and_double_nothing() {
    for world in worlds() {
        let doors = 8;
        let letters: Vec<Incoming> = (0..24)
            .map(|n| {
                letter(&format!("c{}@example.org", n % 5), &format!("Question {n}"), &format!("What is {n}?"))
            })
            .collect();
        std::thread::scope(|scope| {
            for door in 0..doors {
                let (world, letters) = (&world, &letters);
                // Each door brings every letter, and each begins at another one.
                scope.spawn(move || {
                    for at in 0..letters.len() {
                        send(world, &letters[(at + door * 3) % letters.len()]);
                    }
                });
            }
        });
        let report = world.read(mail::check);
        assert_eq!(report.comments, 24, "on {}: {report:?}", world.name());
        assert_eq!(report.duplicates, 24 * (doors as i64 - 1), "on {}: {report:?}", world.name());
        assert_sound(&world);
        let people: i64 = world.read(|tx| {
            tx.value("select count(*) from users where email like 'c%@example.org'", db::params![])
        });
        assert_eq!(people, 5, "on {}", world.name());
    }
}

#[test]
fn a_mail_sent_again_for_the_rest_of_its_recipients_is_one_comment_and_two_rows() {
    for world in worlds() {
        world.write(|tx| mail::mailboxes::create(tx, &mailbox("sales@desk.example")));
        let parsed = letter(MARTA, "No sound", "Silent.");
        let first = send(&world, &parsed);
        let rest = Receipt { rcpt_to: vec!["sales@desk.example".into()], ..by_smtp(&parsed) };
        let second = send_as(&world, rest, &parsed).unwrap();
        assert_eq!(second.state, MailState::Duplicate, "on {}", world.name());
        assert_eq!(comments(&world, first.ticket.unwrap()).len(), 1);
        let report = world.read(mail::check);
        assert_eq!((report.mails, report.comments, report.duplicates), (2, 1, 1), "on {}", world.name());
        assert_sound(&world);
    }
}

#[test]
fn a_recipient_who_cannot_be_stored_now_is_not_forgotten_and_nobody_is_doubled() {
    // Only here: the other engine gives up the whole transaction by itself.
    let world = World::on_sqlite();
    world.write(|tx| mail::mailboxes::create(tx, &mailbox(SUPPORT)));
    world.write(|tx| {
        tx.execute(
            "create trigger fails before insert on user_identities when new.value = 'unlucky@example.net'
             begin select raise(abort, 'the disk is full'); end",
            db::params![],
        )
        .map(|_| ())
    });
    let mut parsed = letter(MARTA, "No sound", "Silent.");
    parsed.cc = vec![Address::bare("unlucky@example.net"), Address::bare("friend@example.net")];
    assert!(send_as(&world, by_smtp(&parsed), &parsed).is_err(), "it is not acknowledged as it is");
    assert_eq!(world.read(mail::check), mail::CheckReport::default(), "nothing of it stays behind");
    world.write(|tx| tx.execute("drop trigger fails", db::params![]).map(|_| ()));
    let id = send(&world, &parsed).ticket.unwrap();
    assert_eq!(world.read(move |tx| tickets::ccs_of(tx, id)).len(), 2);
    assert_eq!(world.read(mail::check).mails, 1);
}

#[test]
fn what_was_found_out_about_the_sender_at_the_door_is_there_at_the_next_try_and_after_the_last() {
    for world in worlds() {
        let parsed = letter(MARTA, "No sound", "Silent.");
        let auth = AuthSummary { aligned: true, json: r#"{"dkim":"pass","spf":"fail"}"#.into() };
        let (receipt, found) = (by_smtp(&parsed), auth.clone());
        let mail = world.write(move |tx| mail::store_only(tx, &receipt, &found));
        assert_eq!(world.read(move |tx| mail::auth_of(tx, mail)), auth, "on {}", world.name());
        world.write(move |tx| mail::give_up(tx, mail, "it ends in the middle of a part"));
        let entry = world.read(move |tx| mail::views::ledger_entry(tx, mail)).unwrap();
        assert!(entry.auth.unwrap().contains(r#""aligned":true"#), "on {}", world.name());
        assert_eq!(world.read(move |tx| mail::auth_of(tx, mail)), auth, "on {}", world.name());
    }
}
