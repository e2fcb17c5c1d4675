//! People: who may change whom, how senders are found, what is kept of those who go.

use desk::events::Event;
use desk::people::{self, *};
use desk::{Kind, Refusal, Role, UserId};
use testkit::{Stop, World};

fn named(world: &World, user: UserId) -> User {
    world.read(move |tx| find_user(tx, user)).expect("the person exists")
}

fn new_customer(email: &str) -> CreateUser {
    CreateUser { name: "Marta Díaz".into(), email: Some(email.into()), ..CreateUser::default() }
}

#[test]
fn a_sender_is_found_again_however_the_address_is_written() {
    for world in World::on_each_database() {
        let first = world.write(|tx| requester_for(tx, "Marta.Diaz@Example.ORG", None));
        world.forget_events();
        let again = world.write(|tx| requester_for(tx, " marta.diaz@example.org ", Some("Somebody Else")));
        assert_eq!(first, again, "on {}", world.name());
        assert!(world.events().is_empty(), "finding tells nobody, on {}", world.name());
        let tagged =
            world.write(|tx| requester_for(tx, "marta.diaz+shop@example.org", Some("Marta at the shop")));
        assert_ne!(first, tagged, "a tagged address is another one, on {}", world.name());
        let marta = named(&world, first);
        assert_eq!((marta.name.as_str(), marta.role), ("Marta Diaz", Role::EndUser));
        assert_eq!(marta.email.as_deref(), Some("marta.diaz@example.org"));
        assert_eq!(named(&world, tagged).name, "Marta at the shop");
    }
}

#[test]
fn many_messages_of_one_new_sender_at_the_same_moment_make_one_person() {
    for world in World::on_each_database() {
        let found: Vec<UserId> = std::thread::scope(|scope| {
            let write = |_| {
                let world = &world;
                scope.spawn(move || world.write(|tx| requester_for(tx, "new@example.org", None)))
            };
            let all: Vec<_> = (0..8).map(write).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(found.iter().all(|user| *user == found[0]), "{found:?} on {}", world.name());
        assert_eq!(world.read(|tx| count_users(tx, &UserFilter::default())), 1, "on {}", world.name());
    }
}

#[test]
fn what_is_no_address_makes_nobody() {
    for world in World::on_each_database() {
        let refused =
            world.try_write(desk::Actor::desk(), |tx| requester_for(tx, "<>", Some("Nobody"))).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (Kind::Invalid, Some("email")), "on {}", world.name());
        assert_eq!(world.read(|tx| count_users(tx, &UserFilter::default())), 0);
    }
}

#[test]
fn whoever_writes_from_a_known_domain_belongs_to_its_organization() {
    for world in World::on_each_database() {
        let acme = world.organization("ACME", "acme.example");
        let inside = world.write(|tx| requester_for(tx, "ana@ACME.example", None));
        let outside = world.write(|tx| requester_for(tx, "ana@other.example", None));
        assert_eq!(named(&world, inside).organization_id, Some(acme), "on {}", world.name());
        assert_eq!(named(&world, outside).organization_id, None, "on {}", world.name());
    }
}

#[test]
fn an_address_belongs_to_one_person() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let marta = world.write_as(ana, |tx| create_user(tx, &new_customer("marta@example.org")));
        let refused =
            world.try_as(ana, |tx| create_user(tx, &new_customer("MARTA@example.org"))).unwrap_err();
        assert!(matches!(refused, PeopleError::AddressIsTaken(_)), "{refused} on {}", world.name());
        let other = world.customer("Otto", "otto@example.org");
        let add = move |user, value: &'static str| AddIdentity {
            user,
            kind: IdentityKind::Email,
            value: value.into(),
            verified: false,
        };
        let refused =
            world.try_as(ana, move |tx| add_identity(tx, &add(other, "marta@example.org"))).unwrap_err();
        assert!(matches!(refused, PeopleError::AddressIsTaken(_)), "{refused} on {}", world.name());
        let second = world.write_as(ana, move |tx| add_identity(tx, &add(marta, "marta@home.example")));
        let by_second = world.read(|tx| find_user_by_email(tx, "Marta@Home.example"));
        assert_eq!(by_second.map(|user| user.id), Some(marta), "on {}", world.name());
        world.write_as(ana, move |tx| make_primary(tx, second));
        assert_eq!(named(&world, marta).email.as_deref(), Some("marta@home.example"));
        let refused = world.try_as(ana, move |tx| remove_identity(tx, second)).unwrap_err();
        assert!(matches!(refused, PeopleError::IdentityIsPrimary), "{refused} on {}", world.name());
        let first = world.read(move |tx| list_identities(tx, marta))[1].id;
        world.write_as(ana, move |tx| remove_identity(tx, first));
        assert!(
            world.read(|tx| find_user_by_email(tx, "marta@example.org")).is_none(),
            "on {}",
            world.name()
        );
    }
}

#[test]
fn agents_look_after_customers_and_only_admins_after_staff() {
    for world in World::on_each_database() {
        let (ana, ben, ada) = (world.agent("Ana"), world.agent("Ben"), world.admin("Ada"));
        let lia = world.light_agent("Lia");
        let marta = world.customer("Marta", "marta@example.org");
        let rename = |user| UpdateUser { name: Some("New Name".into()), ..UpdateUser::of(user) };
        let promote = |user| UpdateUser { role: Some(Role::Admin), ..UpdateUser::of(user) };
        let kind_of = |who: UserId, change: UpdateUser| {
            world.try_as(who, move |tx| update_user(tx, &change)).err().map(|refused| refused.kind())
        };
        assert_eq!(kind_of(ana, rename(marta)), None, "on {}", world.name());
        assert_eq!(kind_of(ana, rename(ben)), Some(Kind::Forbidden), "on {}", world.name());
        assert_eq!(kind_of(ana, promote(ana)), Some(Kind::Forbidden), "on {}", world.name());
        assert_eq!(kind_of(ana, promote(marta)), Some(Kind::Forbidden), "on {}", world.name());
        assert_eq!(kind_of(lia, rename(marta)), Some(Kind::Forbidden), "on {}", world.name());
        assert_eq!(kind_of(marta, rename(ana)), Some(Kind::Forbidden), "on {}", world.name());
        assert_eq!(kind_of(ada, promote(ben)), None, "on {}", world.name());
        let staff = CreateUser { role: Role::Agent, ..new_customer("new@example.org") };
        let refused = world.try_as(ana, move |tx| create_user(tx, &staff)).unwrap_err();
        assert!(matches!(refused, PeopleError::OnlyAdminsChangeStaff), "on {}", world.name());
        let refused = world.try_as(marta, |tx| create_user(tx, &new_customer("x@example.org"))).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        let refused = world.try_as(marta, |tx| requester_for(tx, "x@example.org", None)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
    }
}

#[test]
fn everybody_may_change_what_is_their_own() {
    for world in World::on_each_database() {
        let marta = world.customer("Marta", "marta@example.org");
        let own = UpdateUser {
            name: Some("  Marta\nDíaz ".into()),
            phone: Some(Some("+34 600 123 456".into())),
            locale: Some("es".into()),
            time_zone: Some("Europe/Madrid".into()),
            signature: Some("Un saludo".into()),
            ..UpdateUser::of(marta)
        };
        let after = world.write_as(marta, move |tx| update_user(tx, &own));
        assert_eq!((after.name.as_str(), after.locale.as_str()), ("Marta Díaz", "es"), "on {}", world.name());
        assert_eq!(after, named(&world, marta), "what is given back is what is stored, on {}", world.name());
        let fields: Vec<String> =
            ["name", "phone", "locale", "time_zone", "signature"].map(String::from).into();
        assert_eq!(world.events(), [Event::UserChanged { user: marta, fields }], "on {}", world.name());
        for more in [
            UpdateUser { email: Some("ceo@example.org".into()), ..UpdateUser::of(marta) },
            UpdateUser { notes: Some("a good customer".into()), ..UpdateUser::of(marta) },
            UpdateUser { role: Some(Role::Admin), ..UpdateUser::of(marta) },
        ] {
            let refused = world.try_as(marta, move |tx| update_user(tx, &more)).unwrap_err();
            assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        }
    }
}

#[test]
fn wrong_words_are_named_by_their_field() {
    for world in World::on_each_database() {
        let ada = world.admin("Ada");
        let cases = [
            (UpdateUser { name: Some(" \n ".into()), ..UpdateUser::of(ada) }, "name"),
            (UpdateUser { email: Some("nowhere".into()), ..UpdateUser::of(ada) }, "email"),
            (UpdateUser { phone: Some(Some("call me".into())), ..UpdateUser::of(ada) }, "phone"),
            (UpdateUser { locale: Some("klingon!".into()), ..UpdateUser::of(ada) }, "locale"),
            (UpdateUser { time_zone: Some("Mars/Olympus".into()), ..UpdateUser::of(ada) }, "time_zone"),
        ];
        for (change, field) in cases {
            let refused = world.try_as(ada, move |tx| update_user(tx, &change)).unwrap_err();
            assert_eq!(
                (refused.kind(), refused.field()),
                (Kind::Invalid, Some(field)),
                "on {}",
                world.name()
            );
        }
        assert!(world.events().is_empty());
    }
}

#[test]
fn changing_nothing_tells_nobody_and_an_old_version_is_refused() {
    for world in World::on_each_database() {
        let ada = world.admin("Ada");
        let same = UpdateUser { name: Some("Ada".into()), ..UpdateUser::of(ada) };
        let before = world.write_as(ada, move |tx| update_user(tx, &same));
        assert!(world.events().is_empty(), "on {}", world.name());
        let rename =
            UpdateUser { name: Some("Ada L.".into()), version: Some(before.version), ..UpdateUser::of(ada) };
        let late = rename.clone();
        world.write_as(ada, move |tx| update_user(tx, &rename));
        let late = UpdateUser { name: Some("Ada K.".into()), ..late };
        let refused = world.try_as(ada, move |tx| update_user(tx, &late)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict, "on {}", world.name());
        assert_eq!(named(&world, ada).name, "Ada L.");
    }
}

#[test]
fn the_change_and_its_event_stand_or_fall_together() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let stopped: Result<(), Stop> = world.try_as(ana, |tx| {
            create_user(tx, &new_customer("marta@example.org")).map_err(|_| Stop)?;
            Err(Stop)
        });
        assert_eq!(stopped, Err(Stop));
        assert!(world.events().is_empty(), "on {}", world.name());
        assert!(
            world.read(|tx| find_user_by_email(tx, "marta@example.org")).is_none(),
            "on {}",
            world.name()
        );
        let marta = world.write_as(ana, |tx| create_user(tx, &new_customer("marta@example.org")));
        assert_eq!(world.events(), [Event::UserCreated { user: marta }], "on {}", world.name());
    }
}

#[test]
fn a_deleted_person_keeps_their_name_and_frees_their_address() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let marta = world.customer("Marta", "marta@example.org");
        world.write_as(ana, move |tx| delete_user(tx, marta));
        assert_eq!(world.events(), [Event::UserDeleted { user: marta }], "on {}", world.name());
        assert_eq!(named(&world, marta).deleted_at, Some(world.now()));
        assert_eq!(
            world.read(move |tx| user_names(tx, &[marta])).get(&marta).map(String::as_str),
            Some("Marta")
        );
        assert!(world.read(|tx| search_users(tx, "marta", 10)).is_empty(), "on {}", world.name());
        let again = world.write(|tx| requester_for(tx, "marta@example.org", None));
        assert_ne!(again, marta, "on {}", world.name());
        let refused = world.try_as(ana, move |tx| delete_user(tx, marta)).unwrap_err();
        assert_eq!(refused.kind(), Kind::NotFound, "on {}", world.name());
    }
}

#[test]
fn the_desk_always_keeps_an_admin() {
    for world in World::on_each_database() {
        let (ada, bea) = (world.admin("Ada"), world.admin("Bea"));
        let step_down = |user| UpdateUser { role: Some(Role::Agent), ..UpdateUser::of(user) };
        let refused = world.try_as(ada, move |tx| delete_user(tx, ada)).unwrap_err();
        assert!(matches!(refused, PeopleError::NotToYourself), "on {}", world.name());
        world.write_as(ada, move |tx| suspend(tx, bea));
        let refused = world.try_as(ada, move |tx| update_user(tx, &step_down(ada))).unwrap_err();
        assert!(matches!(refused, PeopleError::LastAdmin), "{refused} on {}", world.name());
        let refused = world.try_write(desk::Actor::desk(), move |tx| delete_user(tx, ada)).unwrap_err();
        assert!(matches!(refused, PeopleError::LastAdmin), "{refused} on {}", world.name());
        world.write_as(ada, move |tx| unsuspend(tx, bea));
        world.write_as(ada, move |tx| update_user(tx, &step_down(ada)));
        assert_eq!(named(&world, ada).role, Role::Agent, "on {}", world.name());
    }
}

#[test]
fn people_are_found_by_name_address_and_number() {
    for world in World::on_each_database() {
        let marta = world.customer("Márta Díaz", "marta.diaz@example.org");
        let otto = world.customer("Otto", "otto@other.example");
        let ana = world.agent("Ana");
        let found = |words: &'static str| -> Vec<UserId> {
            world.read(move |tx| search_users(tx, words, 10)).iter().map(|user| user.id).collect()
        };
        assert_eq!(found("marta"), [marta], "without diacritics, on {}", world.name());
        assert_eq!(found("Dia"), [marta], "by the beginning of the last word, on {}", world.name());
        assert_eq!(found("marta.diaz@example.org"), [marta], "by the whole address, on {}", world.name());
        assert_eq!(found("other.example"), [otto], "by the domain, on {}", world.name());
        assert_eq!(found("example"), [ana, otto, marta], "newest first, on {}", world.name());
        assert!(found("nobody").is_empty() && found("").is_empty() && found("\"' * -- :").is_empty());
        let rename = UpdateUser { name: Some("Maria".into()), ..UpdateUser::of(otto) };
        world.write_as(ana, move |tx| update_user(tx, &rename));
        assert_eq!(found("maria"), [otto], "on {}", world.name());
        assert_eq!(found("otto@other.example"), [otto], "on {}", world.name());
    }
}

#[test]
fn lists_are_paged_both_ways_and_by_filters() {
    for world in World::on_each_database() {
        let all: Vec<UserId> =
            (0..5).map(|i| world.customer(&format!("C{i}"), &format!("c{i}@example.org"))).collect();
        let ana = world.agent("Ana");
        let group = world.group("Billing", &[ana]);
        let page = |filter: UserFilter, seek, count_max| -> Vec<UserId> {
            world
                .read(move |tx| list_users(tx, &filter, seek, count_max))
                .iter()
                .map(|user| user.id)
                .collect()
        };
        let customers = || UserFilter::role(Role::EndUser);
        assert_eq!(page(customers(), Seek::First, 2), all[..2], "on {}", world.name());
        assert_eq!(page(customers(), Seek::After(all[1].0), 2), all[2..4], "on {}", world.name());
        assert_eq!(page(customers(), Seek::Before(all[4].0), 2), all[2..4], "on {}", world.name());
        assert_eq!(page(customers(), Seek::Offset(4), 2), all[4..], "on {}", world.name());
        assert_eq!(page(UserFilter::staff(), Seek::First, 10), [ana], "on {}", world.name());
        let in_group = UserFilter { group: Some(group), ..UserFilter::default() };
        assert_eq!(page(in_group, Seek::First, 10), [ana], "on {}", world.name());
        assert_eq!(world.read(|tx| count_users(tx, &UserFilter::default())), 6, "on {}", world.name());
    }
}

#[test]
fn a_card_shows_the_person_with_their_tickets() {
    for world in World::on_each_database() {
        world.organization("ACME", "example.org");
        let (ana, marta) = (world.agent("Ana"), world.customer("Marta", "marta@example.org"));
        let otto = world.customer("Otto", "otto@other.example");
        let ticket = world.ticket_of(marta, "No sound");
        let ana = world.as_(ana);
        let card = world.read_as(ana, move |tx| views::person_card(tx, marta)).unwrap().unwrap();
        assert_eq!(card.organization.as_deref(), Some("ACME"), "on {}", world.name());
        assert_eq!((card.counts.open, card.counts.total()), (1, 1), "on {}", world.name());
        assert_eq!((card.tickets[0].id, card.tickets[0].subject.as_str()), (ticket, "No sound"));
        let otto = world.as_(otto);
        let refused = world.read_as(otto, move |tx| views::person_card(tx, marta)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
    }
}

#[test]
fn the_people_page_is_searched_filtered_and_continued() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana Example");
        let mut all: Vec<UserId> =
            (0..5).map(|i| world.customer(&format!("Customer {i}"), &format!("c{i}@example.org"))).collect();
        all.reverse();
        let actor = world.as_(ana);
        for query in ["", "example"] {
            let page = |after, role| {
                world.read_as(actor, move |tx| people::views::people_page(tx, query, role, after, 3)).unwrap()
            };
            let ids =
                |page: &views::PeoplePage| page.people.iter().map(|row| row.user.id).collect::<Vec<_>>();
            let first = page(None, Some(Role::EndUser));
            assert_eq!(
                (ids(&first), first.next),
                (all[..3].to_vec(), Some(all[2])),
                "{query:?} on {}",
                world.name()
            );
            let second = page(first.next, Some(Role::EndUser));
            assert_eq!(
                (ids(&second), second.next),
                (all[3..].to_vec(), None),
                "{query:?} on {}",
                world.name()
            );
            assert_eq!(ids(&page(None, Some(Role::Agent))), [ana], "{query:?} on {}", world.name());
        }
    }
}
