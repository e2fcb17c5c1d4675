//! The addresses of the desk, and who may change them.

use super::*;
use desk::mail::mailboxes::{self, Server, UpdateMailbox};

#[test]
fn an_address_is_ours_with_any_plus_part_and_in_any_case() {
    for world in worlds() {
        for (address, ours) in [
            ("support@desk.example", true),
            ("SUPPORT+t1.x@Desk.Example", true),
            ("sales@desk.example", false),
            ("support@elsewhere.example", false),
            ("", false),
        ] {
            assert_eq!(
                world.read(move |tx| mail::accepts(tx, address)),
                ours,
                "{address} on {}",
                world.name()
            );
        }
        world.write(|tx| {
            let mut company = desk::settings::company(tx)?;
            company.support_address = "Help@desk.example".into();
            desk::settings::save_company(tx, &company)
        });
        assert!(world.read(|tx| mail::accepts(tx, "help+x@desk.example")));
    }
}

#[test]
fn a_password_is_sealed_at_rest_and_opens_for_the_door() {
    for world in worlds() {
        let admin = world.admin("Ada");
        let imap =
            Server { host: "imap.example.org".into(), port: 993, user: "help".into(), ..Server::default() };
        let made = world.write_as(admin, move |tx| {
            let settings = MailboxSettings { imap: Some(imap.clone()), ..MailboxSettings::default() };
            let create = CreateMailbox {
                kind: MailboxKind::Imap,
                settings,
                secret: Some("hunter2".into()),
                ..mailbox("Help@desk.example")
            };
            mailboxes::create(tx, &create)
        });
        assert_eq!(made.address, "help@desk.example");
        assert!(made.has_secret && !made.is_default);
        let id = made.id;
        let stored: String =
            world.read(move |tx| tx.value("select secret from mailboxes where id = $1", db::params![id]));
        assert!(!stored.contains("hunter2"), "on {}", world.name());
        assert_eq!(world.read(move |tx| mailboxes::secret_of(tx, id)).as_deref(), Some("hunter2"));
        let kept = world.write(move |tx| {
            mailboxes::update(
                tx,
                id,
                &UpdateMailbox { name: Some("Help".into()), ..UpdateMailbox::default() },
            )
        });
        assert!(kept.has_secret && kept.settings.imap.is_some() && kept.name == "Help");
        world.write(move |tx| {
            mailboxes::update(tx, id, &UpdateMailbox { secret: Some(None), ..UpdateMailbox::default() })
        });
        assert_eq!(world.read(move |tx| mailboxes::secret_of(tx, id)), None);
    }
}

#[test]
fn one_address_has_one_mailbox_and_a_removed_one_may_come_back() {
    for world in worlds() {
        let twice = world
            .try_write(desk::Actor::desk(), |tx| mailboxes::create(tx, &mailbox("SUPPORT@desk.example")));
        assert!(matches!(twice, Err(MailError::AddressTaken)), "on {}", world.name());
        let second = world.write(|tx| mailboxes::create(tx, &mailbox("sales@desk.example")));
        let first = world.read(mailboxes::find_default).unwrap();
        world.write(move |tx| mailboxes::delete(tx, first.id));
        assert!(!world.read(|tx| mail::accepts(tx, SUPPORT)));
        assert_eq!(world.read(mailboxes::find_default).unwrap().id, second.id);
        let back = world.write(|tx| mailboxes::create(tx, &mailbox(SUPPORT)));
        assert_eq!(back.id, first.id);
        assert_eq!(world.read(mailboxes::list).len(), 2);
    }
}

#[test]
fn only_admins_change_mailboxes() {
    for world in worlds() {
        let ana = world.agent("Ana");
        let id = world.read(mailboxes::find_default).unwrap().id;
        let made = world.try_as(ana, |tx| mailboxes::create(tx, &mailbox("x@desk.example")));
        assert!(matches!(made, Err(MailError::NotAnAdmin)));
        assert!(matches!(world.try_as(ana, move |tx| mailboxes::delete(tx, id)), Err(MailError::NotAnAdmin)));
        let secret = world.read_as(world.as_(ana), move |tx| mailboxes::secret_of(tx, id));
        assert!(matches!(secret, Err(MailError::NotAnAdmin)));
        let wrong = world.try_write(desk::Actor::desk(), |tx| mailboxes::create(tx, &mailbox("nobody")));
        assert!(matches!(wrong, Err(MailError::NotAnAddress(_))));
    }
}
