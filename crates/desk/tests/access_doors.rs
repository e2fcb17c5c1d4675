//! Proving who one is: passwords, sessions, links, tokens, invitations, set-up.

use desk::access::{self, *};
use desk::events::Event;
use desk::{Actor, Kind, Refusal, Role, UserId, people, settings};
use testkit::World;

const PASSWORD: &str = "seven green bottles";
const HOUR_MS: i64 = 3_600_000;

fn with_password(world: &World, user: UserId, password: &str) {
    let hashed = passwords::hash(password).unwrap();
    world.write(move |tx| set_password(tx, user, &hashed));
    world.forget_events();
}

fn session(world: &World, user: UserId) -> String {
    world.write(move |tx| start_session(tx, user, "192.0.2.1", "A browser")).token
}

fn actor(world: &World, token: &str) -> Option<Actor> {
    world.read(|tx| session_actor(tx, token)).map(|(actor, _)| actor)
}

fn sign_in(world: &World, email: &str, password: &str) -> Result<SessionToken, SignInError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(sign_in_with_password(&world.desk, email, password, "192.0.2.1", "A browser"))
}

#[test]
fn the_right_password_opens_a_session_and_everything_else_gets_one_answer() {
    for world in World::on_each_database() {
        let (ana, ben) = (world.agent("Ana"), world.agent("Ben"));
        with_password(&world, ana, PASSWORD);
        with_password(&world, ben, PASSWORD);
        world.write(move |tx| people::suspend(tx, ben));
        world.forget_events();
        let opened = sign_in(&world, " ANA@desk.example", PASSWORD).unwrap();
        assert_eq!(
            actor(&world, &opened.token),
            Some(Actor::person(ana, Role::Agent)),
            "on {}",
            world.name()
        );
        assert_eq!(world.events(), [Event::SignedIn { user: ana }], "on {}", world.name());
        for (email, password) in [
            ("ana@desk.example", "seven green bottle"),
            ("nobody@desk.example", PASSWORD),
            ("no address", PASSWORD),
            ("ben@desk.example", PASSWORD),
            ("ana@desk.example", ""),
        ] {
            let refused = sign_in(&world, email, password).unwrap_err();
            assert!(matches!(refused, SignInError::NotTogether), "{email} {refused} on {}", world.name());
            assert_eq!(refused.kind(), Kind::Unknown);
        }
    }
}

#[test]
fn a_session_lives_as_long_as_it_is_used() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let token = session(&world, ana);
        assert!(!world.read(|tx| signed_in(tx, &token)).unwrap().touch_due, "on {}", world.name());
        world.advance(SESSION_MS - HOUR_MS);
        assert!(world.read(|tx| signed_in(tx, &token)).unwrap().touch_due, "on {}", world.name());
        let copy = token.clone();
        world.write(move |tx| touch_session(tx, &copy));
        assert!(!world.read(|tx| signed_in(tx, &token)).unwrap().touch_due, "on {}", world.name());
        world.advance(SESSION_MS - HOUR_MS);
        assert!(actor(&world, &token).is_some(), "it was used, on {}", world.name());
        world.advance(2 * HOUR_MS);
        assert!(actor(&world, &token).is_none(), "it was not used, on {}", world.name());
        let copy = token.clone();
        world.write(move |tx| touch_session(tx, &copy));
        assert!(actor(&world, &token).is_none(), "an ended session stays ended, on {}", world.name());
    }
}

#[test]
fn signing_out_ends_one_session_or_all() {
    for world in World::on_each_database() {
        let (ana, ben) = (world.agent("Ana"), world.agent("Ben"));
        let (desktop, phone, other) = (session(&world, ana), session(&world, ana), session(&world, ben));
        assert_eq!(world.read_as(world.as_(ana), |tx| list_sessions(tx, ana)).unwrap().len(), 2);
        let copy = desktop.clone();
        world.write(move |tx| end_session(tx, &copy));
        assert!(actor(&world, &desktop).is_none() && actor(&world, &phone).is_some(), "on {}", world.name());
        let refused = world.try_as(ben, move |tx| end_all_sessions_of(tx, ana)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        world.write_as(ana, move |tx| end_all_sessions_of(tx, ana));
        assert!(actor(&world, &phone).is_none() && actor(&world, &other).is_some(), "on {}", world.name());
    }
}

#[test]
fn a_new_password_ends_the_sessions_and_a_role_counts_at_once() {
    for world in World::on_each_database() {
        let (ana, ben) = (world.agent("Ana"), world.agent("Ben"));
        let token = session(&world, ana);
        let change = people::UpdateUser { role: Some(Role::Lead), ..people::UpdateUser::of(ana) };
        world.write(move |tx| people::update_user(tx, &change));
        assert_eq!(actor(&world, &token), Some(Actor::person(ana, Role::Lead)), "on {}", world.name());
        let hashed = passwords::hash(PASSWORD).unwrap();
        let copy = hashed.clone();
        let refused = world.try_as(ben, move |tx| set_password(tx, ana, &copy)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        world.write_as(ana, move |tx| set_password(tx, ana, &hashed));
        assert!(actor(&world, &token).is_none(), "on {}", world.name());
        assert!(world.as_(ana).is_lead());
    }
}

#[test]
fn whoever_is_suspended_or_deleted_is_out_at_once() {
    for world in World::on_each_database() {
        let (ana, ben) = (world.agent("Ana"), world.agent("Ben"));
        let (of_ana, of_ben) = (session(&world, ana), session(&world, ben));
        let (_, token) = world.write(move |tx| create_api_token(tx, "A script", Some(ana)));
        let link = world.write(move |tx| create_link(tx, Some(ana), LinkPurpose::SignIn, HOUR_MS));
        world.write(move |tx| people::suspend(tx, ana));
        world.write(move |tx| people::delete_user(tx, ben));
        assert!(actor(&world, &of_ana).is_none() && actor(&world, &of_ben).is_none(), "on {}", world.name());
        assert!(world.read(|tx| actor_of_api_token(tx, &token, None)).is_none(), "on {}", world.name());
        assert!(world.read(|tx| actor_of_api_token(tx, &token, Some("ana@desk.example"))).is_none());
        let refused = world.try_write(Actor::desk(), move |tx| use_link(tx, &link, LinkPurpose::SignIn));
        assert!(matches!(refused, Err(LinkError::NotValid)), "on {}", world.name());
    }
}

#[test]
fn a_link_opens_its_own_door_once() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let token = world.write(move |tx| create_link(tx, Some(ana), LinkPurpose::SignIn, HOUR_MS));
        let used = |token: &str, purpose| {
            let token = token.to_owned();
            world.try_write(Actor::desk(), move |tx| use_link(tx, &token, purpose))
        };
        assert!(matches!(used(&token, LinkPurpose::Invite), Err(LinkError::NotValid)), "on {}", world.name());
        assert_eq!(
            world.read(|tx| check_link(tx, &token, LinkPurpose::SignIn)),
            Some(ana),
            "on {}",
            world.name()
        );
        assert_eq!(used(&token, LinkPurpose::SignIn).unwrap(), Some(ana), "on {}", world.name());
        assert!(matches!(used(&token, LinkPurpose::SignIn), Err(LinkError::NotValid)), "on {}", world.name());
        let late = world.write(|tx| create_link(tx, None, LinkPurpose::SetUp, HOUR_MS));
        world.advance(HOUR_MS);
        assert!(matches!(used(&late, LinkPurpose::SetUp), Err(LinkError::NotValid)), "on {}", world.name());
        let refused = world.try_as(ana, |tx| create_link(tx, None, LinkPurpose::SetUp, HOUR_MS)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
    }
}

#[test]
fn of_many_uses_at_the_same_moment_one_succeeds() {
    for world in World::on_each_database() {
        let token = world.write(|tx| create_link(tx, None, LinkPurpose::Demo, HOUR_MS));
        let successes: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|_| {
                    let (world, token) = (&world, token.clone());
                    scope.spawn(move || {
                        world
                            .try_write(Actor::desk(), move |tx| use_link(tx, &token, LinkPurpose::Demo))
                            .is_ok()
                    })
                })
                .collect();
            all.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
        });
        assert_eq!(successes, 1, "on {}", world.name());
    }
}

#[test]
fn a_token_acts_for_its_person_or_for_the_address_that_comes_with_it() {
    for world in World::on_each_database() {
        let (ada, ana) = (world.admin("Ada"), world.agent("Ana"));
        world.customer("Marta", "marta@example.org");
        let (bound, of_ana) = world.write_as(ada, move |tx| create_api_token(tx, "Ana's script", Some(ana)));
        let (_, shared) = world.write_as(ada, |tx| create_api_token(tx, "Everybody's", None));
        let who = |token: &str, email: Option<&str>| world.read(|tx| actor_of_api_token(tx, token, email));
        let (is_ana, is_ada) = (Some(Actor::person(ana, Role::Agent)), Some(Actor::person(ada, Role::Admin)));
        assert_eq!(who(&of_ana, None), is_ana, "bearer, on {}", world.name());
        assert_eq!(who(&of_ana, Some("Ana@desk.example")), is_ana, "on {}", world.name());
        assert_eq!(
            who(&of_ana, Some("ada@desk.example")),
            None,
            "not for somebody else, on {}",
            world.name()
        );
        assert_eq!(who(&shared, Some("ada@desk.example")), is_ada, "on {}", world.name());
        assert_eq!(who(&shared, None), None, "nobody's token needs an address, on {}", world.name());
        assert_eq!(
            who(&shared, Some("marta@example.org")),
            None,
            "customers have no API, on {}",
            world.name()
        );
        assert_eq!(who("wrong", Some("ada@desk.example")), None, "on {}", world.name());
        world.write_as(ada, move |tx| revoke_api_token(tx, bound));
        assert_eq!(who(&of_ana, None), None, "revoked, on {}", world.name());
        assert_eq!(world.read(list_api_tokens).len(), 1, "on {}", world.name());
        let refused = world.try_as(ada, move |tx| revoke_api_token(tx, bound)).unwrap_err();
        assert_eq!(refused.kind(), Kind::NotFound, "on {}", world.name());
    }
}

#[test]
fn only_admins_make_tokens_and_only_for_staff() {
    for world in World::on_each_database() {
        let (ada, ana) = (world.admin("Ada"), world.agent("Ana"));
        let marta = world.customer("Marta", "marta@example.org");
        let refused = world.try_as(ana, move |tx| create_api_token(tx, "Mine", Some(ana))).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        let refused = world.try_as(ada, move |tx| create_api_token(tx, "Hers", Some(marta))).unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid, "on {}", world.name());
        let refused = world.try_as(ada, |tx| create_api_token(tx, "  ", None)).unwrap_err();
        assert_eq!(refused.field(), Some("description"), "on {}", world.name());
    }
}

#[test]
fn an_invited_colleague_chooses_a_password_and_works_here() {
    for world in World::on_each_database() {
        let ada = world.admin("Ada");
        let billing = world.group("Billing", &[]);
        let invitation = Invite {
            name: "Ana".into(),
            email: "Ana@desk.example".into(),
            role: Role::Agent,
            groups: vec![billing],
        };
        let again = invitation.clone();
        let invited = world.write_as(ada, move |tx| access::invite(tx, &invitation));
        let hashed = passwords::hash(PASSWORD).unwrap();
        let ana = world.write(move |tx| accept_invite(tx, &invited.token, &hashed));
        assert_eq!(ana, invited.user, "on {}", world.name());
        assert!(sign_in(&world, "ana@desk.example", PASSWORD).is_ok(), "on {}", world.name());
        assert!(
            world.read(move |tx| people::verified_among(tx, &[ana])).contains(&ana),
            "on {}",
            world.name()
        );
        let groups =
            world.read(move |tx| people::list_memberships(tx, Some(ana), None, people::Seek::First, 9));
        assert_eq!(groups.iter().map(|it| it.group).collect::<Vec<_>>(), [billing], "on {}", world.name());
        let refused = world.try_as(ada, move |tx| access::invite(tx, &again)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict, "on {}", world.name());
        let refused = world.try_as(ana, |tx| {
            let role = Role::Admin;
            access::invite(
                tx,
                &Invite { name: "X".into(), email: "x@desk.example".into(), role, groups: vec![] },
            )
        });
        assert_eq!(refused.unwrap_err().kind(), Kind::Forbidden, "on {}", world.name());
    }
}

#[test]
fn a_customer_who_is_invited_brings_no_old_password_along() {
    for world in World::on_each_database() {
        let marta = world.customer("Marta", "marta@example.org");
        with_password(&world, marta, PASSWORD);
        let token = session(&world, marta);
        let invited = world.write(|tx| {
            let (role, groups) = (Role::Agent, vec![]);
            access::invite(
                tx,
                &Invite { name: "Marta".into(), email: "marta@example.org".into(), role, groups },
            )
        });
        assert_eq!(invited.user, marta, "with her history, on {}", world.name());
        assert!(sign_in(&world, "marta@example.org", PASSWORD).is_err(), "on {}", world.name());
        assert!(actor(&world, &token).is_none(), "on {}", world.name());
    }
}

fn set_up_of(address: &str) -> SetUp {
    SetUp {
        company: "  Café   Central ".into(),
        address: address.into(),
        time_zone: "Europe/Vienna".into(),
        locale: "de".into(),
        admin_name: "Ada".into(),
        admin_email: "Ada@cafe.example".into(),
        public_url: "https://desk.cafe.example/".into(),
    }
}

#[test]
fn a_desk_is_set_up_once() {
    for world in World::on_each_database() {
        assert!(!world.read(is_set_up), "on {}", world.name());
        let done = world.write(|tx| set_up(tx, &set_up_of("Help@Cafe.example")));
        assert!(world.read(is_set_up), "on {}", world.name());
        let company = world.read(settings::company);
        assert_eq!(
            (company.name.as_str(), company.support_address.as_str()),
            ("Café Central", "help@cafe.example")
        );
        assert_eq!(company.public_url, "https://desk.cafe.example", "on {}", world.name());
        let ada = world.read(|tx| people::find_user(tx, done.admin)).unwrap();
        assert_eq!(
            (ada.role, ada.locale.as_str(), ada.time_zone.as_str()),
            (Role::Admin, "de", "Europe/Vienna")
        );
        let tokens = world.read(list_api_tokens);
        assert!(tokens.is_empty(), "a token that nobody was shown, on {}", world.name());
        let signed_in = world.write(move |tx| use_link(tx, &done.sign_in_token, LinkPurpose::SignIn));
        assert_eq!(signed_in, Some(done.admin), "on {}", world.name());
        let (kind, is_default): (String, i64) = world.read(|tx| {
            tx.one(
                "select kind, is_default from mailboxes where address = 'help@cafe.example'",
                db::params![],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        });
        assert_eq!((kind.as_str(), is_default), ("smtp", 1), "on {}", world.name());
        let again = world.try_write(Actor::desk(), |tx| set_up(tx, &set_up_of("other@cafe.example")));
        assert!(matches!(again, Err(SetUpError::AlreadyDone)), "on {}", world.name());
    }
}

#[test]
fn a_wrong_set_up_is_refused_by_its_field_and_leaves_nothing() {
    for world in World::on_each_database() {
        let good = || set_up_of("help@cafe.example");
        let cases = [
            (SetUp { company: " ".into(), ..good() }, "company"),
            (SetUp { address: "help".into(), ..good() }, "address"),
            (SetUp { address: "ada@cafe.example".into(), ..good() }, "address"),
            (SetUp { time_zone: "Vienna".into(), ..good() }, "time_zone"),
            (SetUp { locale: "German".into(), ..good() }, "locale"),
            (SetUp { admin_name: "".into(), ..good() }, "admin_name"),
            (SetUp { admin_email: "ada".into(), ..good() }, "admin_email"),
            (SetUp { public_url: "desk.cafe.example".into(), ..good() }, "public_url"),
        ];
        for (command, field) in cases {
            let refused = world.try_write(Actor::desk(), move |tx| set_up(tx, &command)).err().unwrap();
            assert_eq!(
                (refused.kind(), refused.field()),
                (Kind::Invalid, Some(field)),
                "on {}",
                world.name()
            );
        }
        assert!(!world.read(is_set_up) && world.events().is_empty(), "on {}", world.name());
        let ada = world.admin("Ada");
        let refused = world.try_as(ada, move |tx| set_up(tx, &good())).err().unwrap();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
    }
}
