//! A person decides about mail that did not become a comment by itself.

use super::*;
use desk::events::Event;
use desk::mail::MailState;

fn suspended(world: &World) -> Ended {
    let form = Incoming {
        reply_to: vec![Address { name: Some("Marta".into()), address: MARTA.into() }],
        ..letter(SUPPORT, "Contact form", "Please call me.")
    };
    send(world, &form)
}

#[test]
fn the_queue_shows_what_each_mail_says_and_why_it_waits() {
    for world in worlds() {
        let ended = suspended(&world);
        let ana = world.agent("Ana");
        let queue = world.read_as(world.as_(ana), |tx| mail::views::suspended_page(tx, None, 50)).unwrap();
        assert_eq!(queue.len(), 1, "on {}", world.name());
        assert_eq!(queue[0].entry.id, ended.mail);
        assert_eq!(queue[0].text.as_deref(), Some("Please call me."));
        assert!(queue[0].entry.reason.as_ref().unwrap().contains("our own address"));
        let counts = world.read(mail::views::ledger_counts);
        assert_eq!((counts.suspended, counts.unaccounted), (1, 0));
    }
}

#[test]
fn a_recovered_mail_is_a_ticket_of_the_person_behind_it() {
    for world in worlds() {
        let ended = suspended(&world);
        let ana = world.agent("Ana");
        world.forget_events();
        let id = world.write_as(ana, move |tx| mail::recover(tx, ended.mail));
        let requester = ticket(&world, id).requester;
        let person = world.read(move |tx| desk::people::find_user(tx, requester)).unwrap();
        assert_eq!(person.email.as_deref(), Some(MARTA), "on {}", world.name());
        assert_eq!(comments(&world, id)[0].body, "Please call me.");
        assert!(world.events().contains(&Event::MailRecovered { mail: ended.mail, ticket: id }));
        let again = world.try_as(ana, move |tx| mail::recover(tx, ended.mail));
        assert!(matches!(again, Err(MailError::NotSuspended)));
        assert_sound(&world);
        post(&world);
    }
}

#[test]
fn what_was_discarded_can_still_be_recovered() {
    for world in worlds() {
        let ended = suspended(&world);
        let ana = world.agent("Ana");
        let gone = world.write_as(ana, move |tx| mail::discard(tx, ended.mail));
        assert_eq!(gone.state, MailState::Discarded);
        assert!(world.read(|tx| mail::views::suspended_page(tx, None, 50)).is_empty());
        assert_sound(&world);
        world.write_as(ana, move |tx| mail::recover(tx, ended.mail));
        assert_sound(&world);
        post(&world);
    }
}

#[test]
fn an_unreadable_mail_is_recovered_with_what_the_envelope_tells() {
    for world in worlds() {
        let receipt = by_smtp(&letter(MARTA, "Bytes", "?"));
        let mail = world.write(move |tx| mail::store_only(tx, &receipt, &AuthSummary::default()));
        world.write(move |tx| mail::give_up(tx, mail, "no headers"));
        let ana = world.agent("Ana");
        let id = world.write_as(ana, move |tx| mail::recover(tx, mail));
        let requester = ticket(&world, id).requester;
        let person = world.read(move |tx| desk::people::find_user(tx, requester)).unwrap();
        assert_eq!(person.email.as_deref(), Some(MARTA), "on {}", world.name());
        assert_sound(&world);
    }
}

#[test]
fn customers_have_no_business_there() {
    for world in worlds() {
        let ended = suspended(&world);
        let eve = world.customer("Eve", "eve@example.net");
        let actor = world.as_(eve);
        assert!(matches!(
            world.try_as(eve, move |tx| mail::recover(tx, ended.mail)),
            Err(MailError::NotAnAgent)
        ));
        assert!(matches!(
            world.try_as(eve, move |tx| mail::discard(tx, ended.mail)),
            Err(MailError::NotAnAgent)
        ));
        let raw = world.read_as(actor, move |tx| mail::raw_of(tx, ended.mail));
        assert!(matches!(raw, Err(MailError::NotAnAgent)));
        let page = world.read_as(actor, |tx| mail::views::suspended_page(tx, None, 5));
        assert!(matches!(page, Err(MailError::NotAnAgent)));
    }
}

#[test]
fn the_ledger_is_read_page_by_page() {
    for world in worlds() {
        for n in 0..5 {
            send(&world, &letter(MARTA, &format!("Q{n}"), &format!("{n}?")));
        }
        suspended(&world);
        let all = mail::views::LedgerFilter::default();
        let first = world.read({
            let all = all.clone();
            move |tx| mail::views::ledger_page(tx, &all, None, 4)
        });
        let last = first.last().unwrap().id;
        let second = world.read(move |tx| mail::views::ledger_page(tx, &all, Some(last), 4));
        assert_eq!((first.len(), second.len()), (4, 2), "on {}", world.name());
        let of_marta = mail::views::LedgerFilter {
            state: Some(MailState::Comment),
            from_address: Some("Marta@example.org".into()),
        };
        assert_eq!(world.read(move |tx| mail::views::ledger_page(tx, &of_marta, None, 50)).len(), 5);
    }
}

#[test]
fn throwing_away_can_be_undone_as_if_it_had_not_been() {
    for world in worlds() {
        let ended = suspended(&world);
        let ana = world.agent("Ana");
        let before = world.read(|tx| mail::views::suspended_page(tx, None, 50));
        let not_gone = world.try_as(ana, move |tx| mail::put_back(tx, ended.mail));
        assert!(matches!(not_gone, Err(MailError::NotThrownAway)));
        world.write_as(ana, move |tx| mail::discard(tx, ended.mail));
        world.forget_events();
        let back = world.write_as(ana, move |tx| mail::put_back(tx, ended.mail));
        assert_eq!(back.state, MailState::Suspended);
        assert_eq!(world.events(), [Event::MailPutBack { mail: ended.mail }]);
        let after = world.read(|tx| mail::views::suspended_page(tx, None, 50));
        assert_eq!(after, before, "on {}: its words and its reason are there again", world.name());
        let eve = world.customer("Eve", "eve@example.net");
        let refused = world.try_as(eve, move |tx| mail::put_back(tx, ended.mail));
        assert!(matches!(refused, Err(MailError::NotAnAgent)));
        assert_sound(&world);
        let id = world.write_as(ana, move |tx| mail::recover(tx, ended.mail));
        assert_eq!(comments(&world, id)[0].body, "Please call me.");
        post(&world);
    }
}
