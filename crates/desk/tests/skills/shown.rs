//! What is shown of what people can do, and to whom; their interests.

use super::*;
use desk::events::Event;
use desk::skills::views::{self, MatrixFilter};
use desk::skills::{Rate, SetInterests, SkillsError};
use testkit::NOON;

#[test]
fn a_level_that_stands_on_little_is_shown_to_the_person_only() {
    for world in World::on_each_database() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let customer = world.customer("Marta", "marta@example.org");
        let refunds = skill(&world, REFUNDS);
        add(&world, outcome("first", ana, refunds, true, NOON));
        let cell = |viewer: UserId| {
            let matrix = world
                .read_as(world.as_(viewer), |tx| views::matrix(tx, &MatrixFilter::default()))
                .expect("staff may look");
            let column = matrix.skills.iter().position(|it| it.skill.id == refunds).expect("it is known");
            matrix.rows.iter().find(|it| it.user == ana).expect("Ana is there").cells[column]
        };
        assert_eq!(cell(kofi), None, "on {}", world.name());
        assert!(cell(ana).is_some_and(|it| !it.sure));
        assert_eq!(cell(lead), None, "not even to a lead");
        let page = world.read_as(world.as_(lead), move |tx| views::evidence_of_cell(tx, ana, refunds));
        let page = page.expect("leads see evidence");
        assert!(page.is_hidden && page.cell.is_none());
        assert!(page.evidence[0].moves.is_empty(), "how far it moved would tell the level");
        assert_eq!(page.evidence[0].unseen.iter().map(|it| it.id).collect::<Vec<_>>(), [refunds]);
        for n in 0..12 {
            add(&world, outcome(&format!("more {n}"), ana, refunds, n % 4 != 0, NOON));
        }
        assert!(cell(kofi).is_some_and(|it| it.sure && it.evidence_count == 13));
        let seen =
            world.read_as(world.as_(kofi), move |tx| views::person_skills(tx, ana)).expect("staff may look");
        assert!(seen.evidence.is_empty() && !seen.levels.is_empty());
        let refused = world.read_as(world.as_(kofi), move |tx| views::evidence_of_cell(tx, ana, refunds));
        assert!(matches!(refused, Err(SkillsError::NotForYou)));
        let own = world.read_as(world.as_(ana), move |tx| views::evidence_of_cell(tx, ana, refunds));
        assert_eq!(own.expect("it is hers").evidence.len(), 13);
        let refused = world.read_as(world.as_(customer), |tx| views::matrix(tx, &MatrixFilter::default()));
        assert!(matches!(refused, Err(SkillsError::NotStaff)));
    }
}

#[test]
fn the_matrix_names_the_skill_that_only_one_person_holds() {
    for world in World::on_each_database() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let billing = world.group("Billing", &[ana]);
        let refunds = skill(&world, REFUNDS);
        let works = |user: UserId, name: &str| {
            for n in 0..40 {
                add(&world, outcome(&format!("{name} {n}"), user, refunds, true, NOON));
            }
        };
        world.ticket("A refund please");
        world.run_jobs();
        let head = |filter: MatrixFilter| {
            let matrix = world.read(move |tx| views::matrix(tx, &filter));
            let head =
                matrix.skills.iter().find(|it| it.skill.id == refunds).expect("it is asked for").clone();
            (head.independent_people, head.single_point_of_failure, head.demand, matrix.rows.len())
        };
        assert_eq!(head(MatrixFilter::default()), (0, false, 1, 3), "of nobody anything is known");
        works(ana, "ana");
        assert_eq!(head(MatrixFilter::default()), (1, true, 1, 3), "on {}", world.name());
        works(kofi, "kofi");
        assert_eq!(head(MatrixFilter::default()), (2, false, 1, 3));
        let group = MatrixFilter { group: Some(billing), ..Default::default() };
        assert_eq!(head(group), (1, false, 1, 1), "what hangs on one is said of the desk, whoever is shown");
        let query = MatrixFilter { query: Some("kof".into()), ..Default::default() };
        assert_eq!(head(query), (1, false, 1, 1));
        let single = |world: &World| {
            let team = world.read_as(world.as_(lead), skills::planning::team).expect("a lead may plan");
            team.singles().any(|it| it.skill.id == refunds)
        };
        assert!(!single(&world));
        world.advance(31 * DAY);
        assert_eq!(head(MatrixFilter::default()).2, 0, "demand is of the last month");
        let page = world.read(move |tx| views::skill_page(tx, refunds));
        assert_eq!(page.people.len(), 2);
        assert!(!page.rules.is_empty());
    }
}

#[test]
fn what_only_the_person_sees_counts_for_nobody() {
    for world in World::on_each_database() {
        let (ana, lead) = (world.agent("Ana"), world.lead("Lea"));
        let empathy = skill(&world, "empathy");
        let rate = Rate { user: ana, skill: empathy, level: 5.0, note: String::new() };
        world.write_as(lead, move |tx| skills::rate(tx, &rate));
        for viewer in [ana, lead] {
            let matrix = world
                .read_as(world.as_(viewer), |tx| views::matrix(tx, &MatrixFilter::default()))
                .expect("staff may look");
            let column = matrix.skills.iter().position(|it| it.skill.id == empathy).expect("it is known");
            let own = matrix.rows.iter().find(|it| it.user == ana).expect("Ana is there").cells[column];
            assert_eq!(own.is_some_and(|it| it.level > 3.0 && !it.sure), viewer == ana);
            assert_eq!(matrix.skills[column].independent_people, 0, "on {}", world.name());
            let page = world.read_as(world.as_(viewer), move |tx| views::skill_page(tx, empathy));
            assert_eq!(page.expect("staff may look").head.independent_people, 0, "on {}", world.name());
        }
    }
}

#[test]
fn where_a_week_has_moved_a_level_is_where_the_matrix_shows_it() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let refunds = skill(&world, REFUNDS);
        for n in 0..20 {
            add(&world, outcome(&format!("solved {n}"), ana, refunds, true, NOON));
        }
        world.advance(3 * DAY);
        add(&world, outcome("last", ana, refunds, false, NOON + 3 * DAY));
        world.advance(3 * DAY);
        let moved = world.read_as(world.as_(ana), |tx| views::movements(tx, NOON + DAY, 0.0, 10));
        let [moved] = &moved.expect("it is hers")[..] else { panic!("one level moved") };
        let now = level(&world, ana, refunds);
        assert!((moved.after - now).abs() < 1e-9, "{} and {now} on {}", moved.after, world.name());
        assert!(moved.by() < -0.01 && moved.observations == 1, "{moved:?}");
    }
}

#[test]
fn a_skill_unseen_fades_and_its_trend_says_so() {
    for world in World::on_each_database() {
        let (ana, lead) = (world.agent("Ana"), world.lead("Lea"));
        let refunds = skill(&world, REFUNDS);
        let rate = Rate { user: ana, skill: refunds, level: 5.0, note: String::new() };
        world.write_as(lead, move |tx| skills::rate(tx, &rate));
        let fresh = held(&world, ana, refunds).expect("known");
        world.advance(90 * DAY);
        let faded = held(&world, ana, refunds).expect("known");
        assert!(faded.belief.level() < fresh.belief.level() && faded.belief.variance > fresh.belief.variance);
        let page = world.read(move |tx| views::person_skills(tx, ana));
        assert!(page.levels[0].trend.is_some_and(|trend| trend < 0.0), "on {}", world.name());
    }
}

#[test]
fn interests_are_ones_own() {
    for world in World::on_each_database() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let german = skill(&world, "language-de");
        let set = SetInterests { user: ana, skills: vec![german, german] };
        let by_kofi = set.clone();
        let refused = world.try_as(kofi, move |tx| skills::set_interests(tx, &by_kofi));
        assert!(matches!(refused, Err(SkillsError::NotYourOwn)));
        world.write_as(ana, move |tx| skills::set_interests(tx, &set));
        let page = world.read(move |tx| views::person_skills(tx, ana));
        assert_eq!(page.interests.iter().map(|it| it.id).collect::<Vec<_>>(), [german]);
        assert_eq!(world.events(), [Event::InterestsChanged { user: ana }]);
    }
}
