//! Keeping the library: prerequisites, two skills becoming one and two again, the library as a file.

use desk::events::Event;
use desk::skills::roles::{self, NewNeed, Who, WriteRole};
use desk::skills::shelf::{self, MergeSkills, ShelfError};
use desk::skills::{self, AddEvidence, Observed, SkillKind};
use desk::{Kind, Refusal, SkillId, UserId};
use testkit::World;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn works(world: &World, user: UserId, key: &str, skills: Vec<(SkillId, f64)>) {
    let evidence = AddEvidence {
        key: key.into(),
        user,
        observed: Observed::Outcome { for_good: true },
        ticket: None,
        by: None,
        skills,
        difficulty: 0.0,
        at: world.now(),
        note: String::new(),
    };
    world.write(move |tx| skills::add_evidence(tx, &evidence));
}

fn levels(world: &World, user: UserId) -> Vec<(SkillId, f64)> {
    let held = world.read(move |tx| skills::proficiencies_of(tx, user));
    held.iter().map(|it| (it.skill, it.belief.level())).collect()
}

#[test]
fn a_merge_moves_what_is_known_and_asked_and_is_taken_back_whole() {
    for world in World::on_each_database() {
        let (lea, ana) = (world.lead("Lea"), world.agent("Ana"));
        let (old, into) = (skill(&world, "subscriptions-and-plans"), skill(&world, "billing-and-refunds"));
        works(&world, ana, "a", vec![(old, 1.0)]);
        works(&world, ana, "b", vec![(old, 0.4), (into, 0.6)]);
        works(&world, ana, "c", vec![(into, 1.0)]);
        let needs = vec![old, into].into_iter().map(|skill| NewNeed {
            skill,
            level: 3.0,
            weight: 0.5,
            who: Who::Everyone,
        });
        let role = WriteRole { name: "Money".into(), needs: needs.collect(), ..WriteRole::default() };
        let role = world.write_as(lea, move |tx| roles::create_role(tx, &role)).id;
        let before = levels(&world, ana);
        let rules = |world: &World, skill| world.read(move |tx| skills::list_rules(tx, Some(skill))).len();
        let (rules_old, rules_into) = (rules(&world, old), rules(&world, into));
        world.forget_events();
        let merge = world.write_as(lea, move |tx| shelf::merge_skills(tx, &MergeSkills { from: old, into }));
        assert_eq!(
            world.events(),
            [Event::SkillMerged { skill: old, into, evidence: 2 }],
            "on {}",
            world.name()
        );
        let after = levels(&world, ana);
        assert_eq!(after.iter().map(|it| it.0).collect::<Vec<_>>(), [into]);
        assert!(
            world.read(move |tx| skills::check_person(tx, ana)).is_empty(),
            "evidence leads to what is held"
        );
        assert_eq!((rules(&world, old), rules(&world, into)), (0, rules_old + rules_into));
        let asked = world.read(move |tx| roles::find_role(tx, role)).expect("it is there").needs;
        assert_eq!(asked.iter().map(|it| it.skill.id).collect::<Vec<_>>(), [into]);
        assert!(world.read(move |tx| skills::find_skill(tx, old)).expect("it stays").retired_at.is_some());

        world.write_as(lea, move |tx| shelf::undo_merge(tx, merge));
        for (one, other) in levels(&world, ana).iter().zip(&before) {
            assert!(
                one.0 == other.0 && (one.1 - other.1).abs() < 1e-9,
                "as if it had never been, on {}",
                world.name()
            );
        }
        assert_eq!(levels(&world, ana).len(), before.len());
        assert_eq!((rules(&world, old), rules(&world, into)), (rules_old, rules_into));
        assert_eq!(world.read(move |tx| roles::find_role(tx, role)).expect("it is there").needs.len(), 2);
        assert!(world.read(move |tx| skills::find_skill(tx, old)).expect("it stays").retired_at.is_none());
        let twice = world.try_as(lea, move |tx| shelf::undo_merge(tx, merge)).expect_err("once only");
        assert_eq!(twice.kind(), Kind::Conflict);
        let story = world
            .read_as(world.as_(lea), move |tx| skills::planning::skill_story(tx, into))
            .expect("staff may");
        let words: Vec<&str> = story.history.iter().map(|it| it.2.as_str()).collect();
        assert!(words[0].starts_with("gave ") && words[1].starts_with("took in "), "{words:?}");
    }
}

#[test]
fn nobody_but_a_lead_merges_and_nothing_becomes_itself() {
    for world in World::on_each_database() {
        let (lea, ana) = (world.lead("Lea"), world.agent("Ana"));
        let (old, into) = (skill(&world, "subscriptions-and-plans"), skill(&world, "billing-and-refunds"));
        let refused = world.try_as(ana, move |tx| shelf::merge_skills(tx, &MergeSkills { from: old, into }));
        assert!(matches!(refused, Err(ShelfError::NotALead)), "on {}", world.name());
        let same = world.try_as(lea, move |tx| shelf::merge_skills(tx, &MergeSkills { from: into, into }));
        assert!(matches!(same, Err(ShelfError::SameSkill)));
        world.write_as(lea, move |tx| skills::retire_skill(tx, into));
        let gone = world.try_as(lea, move |tx| shelf::merge_skills(tx, &MergeSkills { from: old, into }));
        assert!(matches!(gone, Err(ShelfError::IntoIsRetired)));
    }
}

#[test]
fn a_skill_never_stands_on_itself() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let (saml, networks) = (skill(&world, "saml-and-sso"), skill(&world, "network-connectivity"));
        world.write_as(lea, move |tx| shelf::set_prerequisites(tx, saml, &[(networks, 2.0)]));
        let circle = world.try_as(lea, move |tx| shelf::set_prerequisites(tx, networks, &[(saml, 1.0)]));
        assert!(matches!(circle, Err(ShelfError::Circle)), "on {}", world.name());
        let found = world.read(move |tx| shelf::prerequisites_of(tx, saml));
        assert_eq!((found[0].skill.id, found[0].level, found.len()), (networks, 2.0, 1));
    }
}

#[test]
fn the_library_goes_into_a_file_and_comes_back_the_same() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let (saml, networks) = (skill(&world, "saml-and-sso"), skill(&world, "network-connectivity"));
        world.write_as(lea, move |tx| shelf::set_prerequisites(tx, saml, &[(networks, 2.5)]));
        let csv = world.read(shelf::library_as_csv);
        assert!(csv.contains("network-connectivity:2.5"));
        let count = world.read(skills::list_skills).len();
        let copy = csv.clone();
        let same = world.write_as(lea, move |tx| shelf::import_library(tx, &copy, SkillKind::Product));
        assert_eq!((same.created, same.changed, same.same), (0, 0, count), "on {}", world.name());

        let foreign = "preferredLabel,description,conceptUri\n\"brew espresso, well\",About beans,http://esco/1\n\
                       SAML and single sign-on,Another meaning,http://esco/2\n";
        let read = world.write_as(lea, move |tx| shelf::import_library(tx, foreign, SkillKind::Specialist));
        assert_eq!(read.created + read.changed, 2, "{read:?}");
        let made = world.read(|tx| skills::find_skill_by_key(tx, "brew-espresso-well")).expect("it was made");
        assert_eq!((made.kind, made.esco.as_deref()), (SkillKind::Specialist, Some("http://esco/1")));

        let before = world.read(shelf::library_as_csv);
        let wrong = "name,kind\nFine,human\nOdd,sorcery\n";
        let wrong = world
            .try_as(lea, move |tx| shelf::import_library(tx, wrong, SkillKind::Human))
            .expect_err("sorcery");
        assert_eq!(
            (wrong.to_string().as_str(), wrong.field()),
            ("line 3: \"sorcery\" is no kind of skill", Some("csv"))
        );
        assert_eq!(world.read(shelf::library_as_csv), before, "nothing happened");
    }
}
