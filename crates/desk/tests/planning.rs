//! Planning from tickets, beliefs and hours: coverage, absences, gaps, learning; shifts from files.

use desk::skills::planning::{
    self, HereSource, InvestPage, NewWeek, Order, PlanError, PlanSettings, Shift, TeamPage,
};
use desk::skills::roles::{self, NewNeed, Who, WriteRole};
use desk::skills::{
    self, AddEvidence, Circle, Hardness, Observed, Policy, Rate, Requirement, SetRequirements, shelf,
};
use desk::{Kind, Refusal, RoleId, SkillId, Tx, UserId};
use testkit::World;

const HOUR: i64 = 3_600_000;
const SAML: &str = "saml-and-sso";
const REFUNDS: &str = "billing-and-refunds";

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

/// Enough solved work to be taken for able.
fn masters(world: &World, user: UserId, skill: SkillId) {
    works(world, user, skill, 1.0, |_| true);
}

/// Sixty tickets of that difficulty, of which some stay solved.
fn works(world: &World, user: UserId, skill: SkillId, difficulty: f64, solves: fn(usize) -> bool) {
    for n in 0..60 {
        let evidence = AddEvidence {
            key: format!("test:{user}:{skill}:{n}"),
            user,
            observed: Observed::Outcome { for_good: solves(n) },
            ticket: None,
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty,
            at: world.now(),
            note: String::new(),
        };
        world.write(move |tx| skills::add_evidence(tx, &evidence));
    }
}

/// A ticket that needs exactly this.
fn ticket(world: &World, skill: SkillId, level: f64) {
    let ticket = world.ticket("Help");
    let need = Requirement { skill, level, weight: 1.0, hardness: Hardness::Must };
    world
        .write(move |tx| skills::set_requirements(tx, &SetRequirements { ticket, requirements: vec![need] }));
}

fn week(user: UserId, days: std::ops::Range<i64>) -> (UserId, Vec<Shift>) {
    let shift = |weekday| Shift { weekday, from_minute: 8 * 60, to_minute: 16 * 60 };
    (user, days.map(shift).collect())
}

fn shifts(world: &World, lead: UserId, (user, week): (UserId, Vec<Shift>)) {
    world.write_as(lead, move |tx| planning::set_shifts(tx, user, &week));
}

fn team(world: &World, lead: UserId) -> TeamPage {
    world.read_as(world.as_(lead), planning::team).expect("a lead may plan")
}

fn by_hour(tx: &mut Tx) -> Result<InvestPage, PlanError> {
    planning::invest(tx, Order::PerHour)
}

/// Mei alone does SAML; Mei and Kofi do refunds. All work on weekdays from 8 to 16, and a ticket of each comes on Monday
/// at noon.
fn usual(world: &World) -> (UserId, UserId, UserId) {
    let (lea, mei, kofi) = (world.lead("Lea"), world.agent("Mei"), world.agent("Kofi"));
    let (saml, refunds) = (skill(world, SAML), skill(world, REFUNDS));
    masters(world, mei, saml);
    masters(world, mei, refunds);
    masters(world, kofi, refunds);
    for user in [lea, mei, kofi] {
        shifts(world, lea, week(user, 0..5));
    }
    ticket(world, saml, 3.0);
    ticket(world, refunds, 3.0);
    world.advance(HOUR);
    (lea, mei, kofi)
}

#[test]
fn what_one_person_holds_is_a_single_point_of_failure_and_what_two_hold_is_not() {
    for world in World::on_each_database() {
        let (lea, mei, _) = usual(&world);
        let page = team(&world, lea);
        assert_eq!((page.tickets, page.weeks), (2, 1.0), "on {}", world.name());
        let risk = |key: &str| page.skills.iter().find(|it| it.skill.key == key).expect("it is asked for");
        let (saml, refunds) = (risk(SAML), risk(REFUNDS));
        assert!(saml.is_single() && !refunds.is_single(), "{saml:?} {refunds:?}");
        assert_eq!(saml.able_names, [(mei, "Mei".to_owned())]);
        // One of Mei's nine hours in ten: attendance.
        assert!(
            (saml.covered - 0.9).abs() < 0.03 && refunds.covered > 0.97,
            "{} {}",
            saml.covered,
            refunds.covered
        );
        assert!(saml.covered_interval.0 <= saml.covered && saml.covered <= saml.covered_interval.1 + 1e-9);
        assert!((saml.effective_people - 1.0).abs() < 1e-6 && refunds.effective_people > 1.9);
        assert_eq!(page.people[0].user, mei, "her absence costs most");
        assert!((page.people[0].lost - 0.98).abs() < 0.1, "{}", page.people[0].lost);
        assert_eq!(page.people[0].alone_in, 1);
        let (names, exact) = page.truck.clone().expect("there is demand");
        assert!(exact && names.len() == 1 || names.len() == 2, "{names:?}");
        assert!(page.people.iter().all(|it| it.source == HereSource::Shifts));
    }
}

#[test]
fn an_absence_is_told_skill_by_skill_and_day_by_day() {
    for world in World::on_each_database() {
        let (lea, mei, kofi) = usual(&world);
        let page = world.read_as(world.as_(lea), move |tx| planning::absence(tx, mei)).expect("a lead may");
        let saml = &page.skills[0];
        assert_eq!(saml.skill.key, SAML, "on {}", world.name());
        assert!(
            saml.falls && saml.after < 0.01 && saml.others.is_empty() && saml.hours_lost == 40,
            "{saml:?}"
        );
        assert!(page.skills.iter().any(|it| it.skill.key == REFUNDS && !it.falls && it.others[0].0 == kofi));
        assert!((page.lost_by_day[0] - page.lost).abs() < 1e-9, "both came on a Monday");
        assert!((page.lost_hours - page.lost / 3.0).abs() < 1e-9, "twenty minutes each");
        assert_eq!(
            page.worst.map(|it| planning::block_words(&it)).as_deref().map(|it| &it[..3]),
            Some("Mon")
        );
        let total = team(&world, lea).people.iter().find(|it| it.user == mei).map(|it| it.lost);
        assert!((total.expect("she is there") - page.lost).abs() < 1e-9, "the same figure in both places");
    }
}

#[test]
fn hours_at_which_nobody_works_are_uncovered_and_learning_at_those_hours_is_worth_most() {
    for world in World::on_each_database() {
        let (lea, mei, kofi) = usual(&world);
        let saml = skill(&world, SAML);
        // Mei leaves Mondays; Kofi stays.
        shifts(&world, lea, week(mei, 1..5));
        let page = world
            .read_as(world.as_(lea), move |tx| planning::skill_week(tx, saml, Some(12)))
            .expect("a lead may");
        assert!(
            page.covered[12] < 0.01 && page.covered[36] > 0.8 && page.covered[3] == 0.0,
            "on {}",
            world.name()
        );
        assert_eq!((page.tickets.len(), page.demand[12]), (1, 1.0));
        let found = world.read_as(world.as_(lea), by_hour).expect("a lead may");
        let kofi_learns =
            found.candidates.iter().find(|it| it.user == kofi && it.skill.id == saml).expect("worth it");
        assert!((kofi_learns.worth.tickets - 0.9 * 0.84).abs() < 0.02, "{kofi_learns:?}");
        assert!(
            kofi_learns.worth.low <= kofi_learns.worth.tickets
                && kofi_learns.worth.tickets <= kofi_learns.worth.high
        );
        assert_eq!((kofi_learns.from, kofi_learns.to), (None, 3.5));
        assert_eq!(kofi_learns.cost.teacher.as_ref().map(|it| it.0), Some(mei));
        assert!(found.candidates.iter().all(|it| it.user != mei), "she is not here when it comes");
    }
}

fn role(world: &World, lead: UserId, name: &'static str, skill: SkillId, level: f64) -> RoleId {
    let needs = vec![NewNeed { skill, level, weight: 1.0, who: Who::Everyone }];
    let write = WriteRole { name: name.into(), needs, ..WriteRole::default() };
    world.write_as(lead, move |tx| roles::create_role(tx, &write)).id
}

#[test]
fn a_hire_has_a_profile_a_week_an_interval_and_a_cost() {
    for world in World::on_each_database() {
        let (lea, mei, _) = usual(&world);
        let saml = skill(&world, SAML);
        let logins = role(&world, lea, "Logins", saml, 3.0);
        // Mei leaves Mondays, when SAML is asked for.
        shifts(&world, lea, week(mei, 1..5));
        let found = world.read_as(world.as_(lea), by_hour).expect("a lead may");
        let of = |role: Option<RoleId>| found.hires.iter().find(|it| it.role == role).expect("worth it");
        let (hire, gap) = (of(Some(logins)), of(None));
        assert!((hire.worth.tickets - 0.9 * 0.84).abs() < 0.02, "{hire:?} on {}", world.name());
        assert!(gap.worth.tickets >= hire.worth.tickets, "the gap holds this and more: {gap:?}");
        for it in [hire, gap] {
            assert!(it.worth.low <= it.worth.tickets && it.worth.tickets <= it.worth.high);
            assert_eq!((it.hours(), it.levels[0].0.id, it.levels[0].1), (1_820.0, saml, 3.5));
            assert_eq!((it.week, it.through[0].0.id), (NewWeek::Weekdays, saml), "it comes on Monday noon");
        }
        // Ten hours of learning bring more than ten of a colleague who is paid for a year.
        let per_hour: Vec<bool> =
            found.ranked(Order::PerHour).iter().map(|it| it.hiring().is_some()).collect();
        assert!(!per_hour[0] && per_hour.iter().any(|it| *it), "{per_hour:?}");
        let dearer = PlanSettings { hire_hours_per_year: 880.0, ..PlanSettings::default() };
        world.write_as(lea, move |tx| planning::save_plan_settings(tx, &dearer));
        let again = world.read_as(world.as_(lea), by_hour).expect("a lead may");
        assert!(again.hires.iter().all(|it| it.hours() == 1_000.0));
        let wild = PlanSettings { hire_hours_once: -1.0, ..PlanSettings::default() };
        let wrong = world.try_as(lea, move |tx| planning::save_plan_settings(tx, &wild));
        assert!(matches!(wrong, Err(PlanError::SettlingInIsWrong)));
    }
}

#[test]
fn a_level_that_is_not_for_leads_is_neither_shown_nor_read_off_the_cost() {
    for world in World::on_each_database() {
        let (lea, mei, kofi) = usual(&world);
        let saml = skill(&world, SAML);
        shifts(&world, lea, week(mei, 1..5));
        works(&world, kofi, saml, 0.0, |n| n % 2 == 0);
        let refunds = skill(&world, REFUNDS);
        world.write_as(lea, move |tx| shelf::set_prerequisites(tx, saml, &[(refunds, 3.0)]));
        let kofi_learns = || {
            let found = world.read_as(world.as_(lea), by_hour).expect("a lead may");
            found.candidates.into_iter().find(|it| it.user == kofi && it.skill.id == saml).expect("worth it")
        };
        // Kofi, as pages tell him: how far below, whether seen, and who could teach him.
        let told = || {
            let page = team(&world, lea);
            let risk = page.skills.into_iter().find(|it| it.skill.id == saml).expect("it is asked for");
            let week = world
                .read_as(world.as_(lea), move |tx| planning::skill_week(tx, saml, None))
                .expect("a lead may");
            let story =
                world.read_as(world.as_(lea), move |tx| planning::skill_story(tx, saml)).expect("a lead may");
            let is_seen = week.people.iter().any(|it| it.user == kofi && it.seen);
            (risk.closest.iter().any(|it| it.0 == kofi), is_seen, !story.pairs.is_empty())
        };
        assert_eq!(told(), (true, true, true), "on {}", world.name());
        let seen = kofi_learns();
        assert!(seen.from.is_some_and(|it| it > 0.0), "{seen:?} on {}", world.name());
        assert!(seen.first.is_empty(), "he has what it stands on");
        let policy = Policy { levels: Circle::Person, ..Policy::default() };
        world.write(move |tx| skills::set_policy(tx, &policy));
        assert_eq!(told(), (false, false, false), "on {}", world.name());
        let hidden = kofi_learns();
        assert_eq!((hidden.from, hidden.cost.teacher), (None, None));
        assert_eq!(hidden.first.len(), 1, "nor off what he is told to learn first");
        assert_eq!(hidden.cost.hours, 44.0, "counted from 0: 6, 10, 16 and half of 24");
        assert!(seen.cost.hours < hidden.cost.hours);
    }
}

#[test]
fn a_language_takes_many_times_as_long_to_learn_as_another_skill() {
    for world in World::on_each_database() {
        let (lea, mei, _) = usual(&world);
        let german = skill(&world, "language-de");
        for _ in 0..8 {
            ticket(&world, german, 3.0);
        }
        works(&world, mei, german, 0.0, |_| true);
        let hours = |skill| {
            let found = world.read_as(world.as_(lea), by_hour).expect("a lead may");
            let of_it = |it: &&planning::Candidate| it.skill.id == skill && it.from.is_none();
            let one = found.candidates.iter().find(of_it).map(|it| (it.to, it.cost.hours));
            one.expect("worth it")
        };
        let saml = hours(skill(&world, SAML));
        assert_eq!(hours(german), (saml.0, 15.0 * saml.1), "on {}", world.name());
    }
}

#[test]
fn a_gap_counts_where_demand_meets_it() {
    for world in World::on_each_database() {
        let (lea, ..) = usual(&world);
        let networks = skill(&world, "network-connectivity");
        ticket(&world, networks, 3.0);
        let page = team(&world, lea);
        let first = page.gaps()[0];
        assert_eq!(
            first.skill.key,
            "network-connectivity",
            "nobody was ever seen at it, on {}",
            world.name()
        );
        assert!((first.gap - 3.0).abs() < 1e-9 && !first.enough);
        assert!(page.gaps().iter().find(|it| it.skill.key == REFUNDS).is_none_or(|it| it.gap < 0.2));
    }
}

#[test]
fn a_hidden_level_is_unknown_and_no_gap() {
    for world in World::on_each_database() {
        let (lea, mei, _) = usual(&world);
        let networks = skill(&world, "network-connectivity");
        ticket(&world, networks, 3.0);
        let once = Rate { user: mei, skill: networks, level: 1.0, note: String::new() };
        world.write_as(lea, move |tx| skills::rate(tx, &once));
        let page = team(&world, lea);
        let risk = page.skills.iter().find(|it| it.skill.id == networks).expect("it is asked for");
        assert!(risk.open && !risk.enough && risk.unsure_people == 1, "{risk:?} on {}", world.name());
        assert!(page.gaps().iter().all(|it| it.skill.id != networks), "one word of a lead is no gap");
        assert!(page.covered > 0.8, "nor does it count as not covered: {}", page.covered);
    }
}

#[test]
fn planning_is_for_leads() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let refused = world.read_as(world.as_(ana), planning::team).expect_err("Ana leads nobody");
        assert_eq!(refused.kind(), Kind::Forbidden);
        assert!(world.read_as(world.as_(ana), by_hour).is_err());
        assert!(world.try_as(ana, move |tx| planning::set_shifts(tx, ana, &[])).is_err());
        let wild = PlanSettings { attendance: 7.0, ..PlanSettings::default() };
        let lea = world.lead("Lea");
        let wrong = world.try_as(lea, move |tx| planning::save_plan_settings(tx, &wild));
        assert!(matches!(wrong, Err(PlanError::AttendanceIsWrong)), "on {}", world.name());
    }
}

#[test]
fn shifts_come_from_a_file_wholly_or_not_at_all_and_go_back_into_one() {
    for world in World::on_each_database() {
        let (lea, ana) = (world.lead("Lea"), world.agent("Ana"));
        let csv =
            "email,weekday,from,to\nana@desk.example,Mon,22:00,06:00\nlea@desk.example,tuesday,9,17:30\n";
        let read = world.write_as(lea, move |tx| planning::import_shifts(tx, csv));
        assert_eq!(read, 2, "on {}", world.name());
        let out = world.read(planning::shifts_as_csv);
        assert!(out.contains("ana@desk.example,monday,22:00,06:00\n"), "{out}");
        let again = out.clone();
        world.write_as(lea, move |tx| planning::import_shifts(tx, &again));
        assert_eq!(world.read(planning::shifts_as_csv), out, "out and in again is the same");
        let by_semicolons = out.replace(',', ";");
        world.write_as(lea, move |tx| planning::import_shifts(tx, &by_semicolons));
        assert_eq!(world.read(planning::shifts_as_csv), out, "as other programs write tables");
        let half = "ana@desk.example,Wed,9,17\nnobody@desk.example,Wed,9,17\n";
        let wrong =
            world.try_as(lea, move |tx| planning::import_shifts(tx, half)).expect_err("nobody is nobody");
        assert!(wrong.to_string().starts_with("line 2: nobody here has the address"), "{wrong}");
        assert_eq!(world.read(planning::shifts_as_csv), out, "nothing happened");
        let week = world.read(planning::list_shifts);
        assert_eq!(week.iter().find(|it| it.user == ana).map(|it| it.shift.to_minute), Some(30 * 60));
    }
}

#[test]
fn words_that_no_skill_answers_to_and_skills_that_nobody_needs_are_suggested() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        for n in 0..4 {
            world.ticket(&format!("Zamboni carburettor {n}"));
            world.ticket(&format!("My review on Trustpilot is still without an answer {n}"));
        }
        world.run_jobs();
        ticket(&world, skill(&world, REFUNDS), 3.0);
        let found = world.read_as(world.as_(lea), planning::suggestions).expect("a lead may");
        assert_eq!(found.missing[0].words, "zamboni carburettor", "{:?} on {}", found.missing, world.name());
        let of_channel = found.missing.iter().find(|it| it.example.1.contains("Trustpilot"));
        assert_eq!(of_channel, None, "a skill answers to it, on {}", world.name());
        assert!(found.unused.iter().all(|it| it.skill.key != REFUNDS) && !found.unused.is_empty());
    }
}
