//! What tickets need: the library, triage, its rules, and the word of a person.

use super::*;
use desk::events::Event;
use desk::skills::{CreateRule, Hardness, Rate, Requirement, SetRequirements, SkillsError, Source};
use desk::work::{Work, Worker};
use desk::{TicketId, tickets};

#[test]
fn the_library_is_there_from_the_first_moment_and_laid_once() {
    for world in World::on_each_database() {
        let (skills, rules) = world.read(|tx| {
            Ok::<_, desk::skills::SkillsError>((skills::list_skills(tx)?, skills::list_rules(tx, None)?))
        });
        let library = ::skills::library();
        assert_eq!(
            (skills.len(), rules.len()),
            (library.skills.len(), library.rules.len()),
            "on {}",
            world.name()
        );
        let refunds = skills.iter().find(|it| it.key == REFUNDS).expect("it is in the library");
        assert_eq!(refunds.anchors, library.skill(REFUNDS).expect("it is there").anchors);
    }
}

#[test]
fn triage_says_which_of_the_customers_words_ask_for_a_skill() {
    for world in World::on_each_database() {
        let ticket = world.ticket("You charged twice for my order and I would like my money back please");
        world.run_jobs();
        let needs = world.read(move |tx| skills::requirements_of(tx, ticket));
        let refunds = needs.iter().find(|it| it.skill.key == REFUNDS).expect("refunds are needed");
        assert!(refunds.because.iter().any(|words| words == "charged twice"), "{:?}", refunds.because);
        assert_eq!(refunds.source, Source::Rule);
        assert!(needs.iter().any(|it| it.skill.key == "email-support"));
        let found = world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists");
        assert_eq!(found.language.as_deref(), Some("en"));
        assert!(world.events().contains(&Event::RequirementsSet { ticket, by_person: false }));
    }
}

#[test]
fn a_persons_word_on_what_a_ticket_needs_outlives_triage() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let ticket = world.ticket("I would like a refund");
        world.run_jobs();
        let refunds = skill(&world, REFUNDS);
        let set = SetRequirements {
            ticket,
            requirements: vec![Requirement {
                skill: refunds,
                level: 4.0,
                weight: 1.0,
                hardness: Hardness::Must,
            }],
        };
        world.write_as(ana, move |tx| skills::set_requirements(tx, &set).map(|_| ()));
        world.write(move |tx| {
            Worker::default().run(tx, &Work::TriageTicket { ticket }).expect("triage runs again");
            Ok::<_, db::Error>(())
        });
        let needs = world.read(move |tx| skills::requirements_of(tx, ticket));
        let row = needs.iter().find(|it| it.skill.id == refunds).expect("still needed");
        assert_eq!((row.level, row.hardness, row.source), (4.0, Hardness::Must, Source::Person));
        let customer = world.customer("Marta", "marta@example.org");
        let set = SetRequirements { ticket, requirements: vec![] };
        let refused = world.try_as(customer, move |tx| skills::set_requirements(tx, &set));
        assert!(matches!(refused, Err(SkillsError::NotAnAgent)));
    }
}

#[test]
fn an_edited_rule_counts_from_the_next_ticket_on() {
    for world in World::on_each_database() {
        let lead = world.lead("Lea");
        let find = |ticket: TicketId, skill: SkillId| {
            world.read(move |tx| skills::requirements_of(tx, ticket)).iter().any(|it| it.skill.id == skill)
        };
        let empathy = skill(&world, "empathy");
        let first = world.ticket("The flux capacitor hums");
        world.run_jobs();
        assert!(!find(first, empathy));
        let create = CreateRule {
            skill: empathy,
            level: 3.0,
            weight: 1.0,
            hardness: Hardness::Prefer,
            language: None,
            phrases: vec!["Flux  capacitor*".into()],
        };
        let agent = world.agent("Ana");
        let by_an_agent = create.clone();
        let refused = world.try_as(agent, move |tx| skills::create_rule(tx, &by_an_agent));
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        let rule = world.write_as(lead, move |tx| skills::create_rule(tx, &create)).id;
        let second = world.ticket("The flux capacitor hums");
        world.run_jobs();
        assert!(find(second, empathy), "on {}", world.name());
        let tried = world.read(|tx| skills::try_rules(tx, "Help\nMy flux capacitors hum"));
        assert!(tried.needs.iter().any(|it| it.rules == [rule] && it.because == ["flux capacitors"]));
        world.write_as(lead, move |tx| skills::disable_rule(tx, rule));
        let third = world.ticket("The flux capacitor hums");
        world.run_jobs();
        assert!(!find(third, empathy));
    }
}

#[test]
fn a_foreign_language_is_a_must_only_once_somebody_surely_speaks_it() {
    for world in World::on_each_database() {
        let (lead, ana) = (world.lead("Lea"), world.agent("Ana"));
        let german = skill(&world, "language-de");
        let words = "Guten Tag, ich habe gestern ein Paket bestellt und es ist leider noch nicht angekommen";
        let need = |ticket: TicketId| {
            let needs = world.read(move |tx| skills::requirements_of(tx, ticket));
            needs.into_iter().find(|it| it.skill.id == german).expect("German is needed").hardness
        };
        let before = world.ticket(words);
        world.run_jobs();
        assert_eq!(need(before), Hardness::Prefer);
        let rate = Rate { user: ana, skill: german, level: 5.0, note: "grew up in Graz".into() };
        world.write_as(lead, move |tx| skills::rate(tx, &rate));
        let after = world.ticket(words);
        world.run_jobs();
        assert_eq!(need(after), Hardness::Must, "on {}", world.name());
    }
}
