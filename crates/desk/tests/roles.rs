//! Role profiles: shipped ones, writing them, who has them, and how ready they are.

use desk::events::Event;
use desk::skills::roles::views::{role_page, role_rows, roles_of};
use desk::skills::roles::{self, NewNeed, RoleError, RoleProfile, SetHolders, Who, WriteRole};
use desk::skills::{self, AddEvidence, Observed};
use desk::{Kind, Refusal, RoleId, SkillId, UserId};
use testkit::World;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn works(world: &World, user: UserId, skill: SkillId, count: i64, for_good: bool) {
    for n in 0..count {
        let evidence = AddEvidence {
            key: format!("test:{user}:{skill}:{n}"),
            user,
            observed: Observed::Outcome { for_good },
            ticket: None,
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty: 0.0,
            at: world.now(),
            note: String::new(),
        };
        world.write(move |tx| skills::add_evidence(tx, &evidence));
    }
}

fn role(world: &World, lead: UserId, name: &str, needs: Vec<NewNeed>) -> RoleProfile {
    let command = WriteRole { name: name.into(), meaning: "A job.".into(), source: None, needs };
    world.write_as(lead, move |tx| roles::create_role(tx, &command))
}

fn need(skill: SkillId, who: Who) -> NewNeed {
    NewNeed { skill, level: 3.0, weight: 0.5, who }
}

#[test]
fn the_shipped_roles_are_there_from_the_first_moment_with_their_source() {
    for world in World::on_each_database() {
        let all = world.read(roles::list_roles);
        let shipped = &::skills::library().roles;
        assert_eq!(all.len(), shipped.len(), "on {}", world.name());
        for (role, shipped) in all.iter().zip(shipped) {
            assert_eq!((&role.key, role.needs.len()), (&shipped.key, shipped.requirements.len()));
            assert!(role.source.contains("O*NET"));
        }
        // A desk whose roles are all retired keeps it so.
        let ids: Vec<RoleId> = all.iter().map(|it| it.id).collect();
        world.write(move |tx| ids.iter().try_for_each(|id| roles::retire_role(tx, *id).map(|_| ())));
        assert!(world.read(roles::list_roles).is_empty());
    }
}

#[test]
fn leads_write_roles_and_others_read_them() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let (refunds, saml) = (skill(&world, "billing-and-refunds"), skill(&world, "saml-and-sso"));
        world.forget_events();
        let made = role(
            &world,
            lea,
            "  Night   watch ",
            vec![need(refunds, Who::Everyone), need(saml, Who::AtLeast(2))],
        );
        assert_eq!((made.name.as_str(), made.key.as_str()), ("Night watch", "night-watch"));
        assert_eq!(made.needs.iter().find(|it| it.skill.id == saml).map(|it| it.who), Some(Who::AtLeast(2)));
        assert_eq!(world.events(), [Event::RoleProfileChanged { role: made.id }]);

        let again = WriteRole { name: "night WATCH".into(), ..WriteRole::default() };
        let taken = world.try_as(lea, move |tx| roles::create_role(tx, &again)).expect_err("it is taken");
        assert_eq!((taken.kind(), taken.field()), (Kind::Conflict, Some("name")));
        let id = made.id;
        let refused = world.try_as(ana, move |tx| roles::retire_role(tx, id)).expect_err("Ana leads nobody");
        assert_eq!(refused.kind(), Kind::Forbidden);
        let unknown = WriteRole {
            name: "X".into(),
            needs: vec![need(SkillId(999_999), Who::Everyone)],
            ..WriteRole::default()
        };
        let unknown = world.try_as(lea, move |tx| roles::create_role(tx, &unknown));
        assert!(matches!(unknown, Err(RoleError::NoSuchSkill)), "on {}", world.name());

        let fewer = WriteRole {
            name: "Night watch".into(),
            needs: vec![need(refunds, Who::Everyone)],
            ..WriteRole::default()
        };
        let kept = world.write_as(lea, move |tx| roles::update_role(tx, id, &fewer));
        assert_eq!((kept.needs.len(), kept.key.as_str()), (1, "night-watch"), "the key stays");
        assert!(world.read_as(world.as_(ana), move |tx| role_page(tx, id)).is_ok());
    }
}

#[test]
fn readiness_grows_with_work_and_is_for_the_person_and_leads() {
    for world in World::on_each_database() {
        let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let id = role(&world, lea, "Refunds desk", vec![need(refunds, Who::Everyone)]).id;
        world.write_as(lea, move |tx| {
            roles::set_holders(tx, &SetHolders { role: id, users: vec![ana, kofi] })
        });
        let measured = |viewer: UserId, user: UserId| {
            let page = world.read_as(world.as_(viewer), move |tx| role_page(tx, id)).expect("staff may look");
            page.holders.into_iter().find(|it| it.user == user).expect("they have it").measured
        };
        let before = measured(ana, ana).expect("one's own is shown");
        assert!(!before.is_enough(), "nothing was seen at work");
        works(&world, ana, refunds, 40, true);
        works(&world, kofi, refunds, 40, false);
        let after = measured(ana, ana).expect("one's own is shown");
        assert!(after.is_enough() && after.p > before.p && after.p > 0.5, "on {}: {after:?}", world.name());
        assert!(after.low <= after.p && after.p <= after.high);
        assert!(measured(ana, kofi).is_none(), "a colleague's readiness is not for Ana");
        let weak = measured(lea, kofi).expect("a lead sees it");
        assert!(weak.p < 0.1 && weak.missing.iter().any(|it| it.skill.id == refunds));
        assert_eq!((after.met, weak.met, weak.asked), (1, 0, 1), "what is met as likely as not is counted");
        let page = world.read_as(world.as_(lea), move |tx| role_page(tx, id)).expect("a lead looks");
        let order: Vec<UserId> = page.holders.iter().map(|it| it.user).collect();
        assert_eq!(order, [ana, kofi], "the nearest first");

        let refused = world.read_as(world.as_(ana), move |tx| roles_of(tx, kofi));
        assert!(refused.is_err());
        let mine = world.read_as(world.as_(ana), move |tx| roles_of(tx, ana)).expect("one's own");
        assert!(mine[0].has_it && mine[0].role == id, "what one has stands first");
        let rows = world.read_as(world.as_(lea), role_rows).expect("a lead looks");
        let row = rows.iter().find(|it| it.id == id).expect("it is in use");
        assert_eq!((row.holders, row.enough), (2, 2));
        assert!((row.ready.expect("a lead sees it") - (after.p + weak.p)).abs() < 1e-9);
    }
}

#[test]
fn a_lead_who_may_not_see_levels_sees_no_readiness_either() {
    for world in World::on_each_database() {
        let (ana, lea, ada) = (world.agent("Ana"), world.lead("Lea"), world.admin("Ada"));
        let refunds = skill(&world, "billing-and-refunds");
        let id = role(&world, lea, "Refunds desk", vec![need(refunds, Who::Everyone)]).id;
        world.write_as(lea, move |tx| roles::set_holders(tx, &SetHolders { role: id, users: vec![ana] }));
        works(&world, ana, refunds, 40, true);
        let measured = |viewer: UserId| {
            let page = world.read_as(world.as_(viewer), move |tx| role_page(tx, id)).expect("staff may look");
            page.holders.into_iter().find(|it| it.user == ana).expect("she has it").measured
        };
        assert!(measured(lea).is_some_and(|it| it.is_enough()), "on {}", world.name());
        let private = skills::Policy { levels: skills::Circle::Person, ..skills::Policy::default() };
        world.write_as(ada, move |tx| skills::set_policy(tx, &private));
        assert_eq!(measured(lea), None);
        let refused = world.read_as(world.as_(lea), move |tx| roles_of(tx, ana));
        assert!(matches!(refused, Err(roles::RoleError::NotForYou)));
        let row = world.read_as(world.as_(lea), role_rows).expect("a lead looks");
        let row = row.into_iter().find(|it| it.id == id).expect("it is in use");
        assert_eq!((row.enough, row.ready), (0, None), "nothing is told of her by a sum either");
        assert!(measured(ana).is_some_and(|it| it.is_enough()), "her own stays hers");
    }
}

#[test]
fn at_least_two_present_is_a_matter_of_the_team_and_not_of_each() {
    for world in World::on_each_database() {
        let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let saml = skill(&world, "saml-and-sso");
        let id = role(&world, lea, "Sign-in desk", vec![need(saml, Who::AtLeast(2))]).id;
        world.write_as(lea, move |tx| {
            roles::set_holders(tx, &SetHolders { role: id, users: vec![ana, kofi] })
        });
        works(&world, ana, saml, 40, true);
        let page = world.read_as(world.as_(lea), move |tx| role_page(tx, id)).expect("a lead looks");
        assert_eq!(page.holders[0].measured.as_ref().map(|it| it.p), Some(1.0), "nothing is asked of each");
        let (one, p) = (page.needs[0].met_by, page.needs[0].p_met.expect("a lead sees it"));
        assert_eq!((one, page.needs[0].seen_by), (1, 1), "Kofi was not seen at it");
        assert!(p < 0.5, "one of two is not two: {p} on {}", world.name());
    }
}

#[test]
fn what_nobody_was_seen_at_is_met_by_nobody_however_little_is_asked() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let patience = skill(&world, "patience");
        let little = NewNeed { level: 1.0, ..need(patience, Who::Everyone) };
        let id = role(&world, lea, "Reception", vec![little]).id;
        world.write_as(lea, move |tx| roles::set_holders(tx, &SetHolders { role: id, users: vec![ana] }));
        let page = world.read_as(world.as_(lea), move |tx| role_page(tx, id)).expect("a lead looks");
        assert_eq!((page.needs[0].met_by, page.needs[0].seen_by), (0, 0), "on {}", world.name());
        let hers = page.holders[0].measured.as_ref().expect("a lead sees it");
        assert_eq!((hers.met, hers.unknown(), hers.missing_more()), (0, 1, 0), "nor by her: {hers:?}");
        assert!(hers.missing.iter().any(|it| it.skill.id == patience && !it.seen));
    }
}

#[test]
fn only_staff_can_have_a_role() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let marta = world.customer("Marta", "marta@example.org");
        let id = role(&world, lea, "Any", vec![]).id;
        let refused =
            world.try_as(lea, move |tx| roles::set_holders(tx, &SetHolders { role: id, users: vec![marta] }));
        assert!(matches!(refused, Err(RoleError::NoSuchPerson)), "on {}", world.name());
        world.forget_events();
        world.write_as(lea, move |tx| roles::set_roles_of(tx, lea, &[id]));
        world.write_as(lea, move |tx| roles::set_roles_of(tx, lea, &[id]));
        assert_eq!(world.events(), [Event::RoleHoldersSet { role: id }], "saying it twice says nothing new");
    }
}
