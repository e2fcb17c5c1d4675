//! The floor from a desk's own history: turns, scenarios, forecasts, the past with other rules, and runs as jobs.

use desk::floor::replay::{Other, replay};
use desk::floor::roster::{self, Week, views::roster_page};
use desk::floor::runs::{self, Answer, Difference, Question, RunKind};
use desk::floor::scenario::{Grouping, Wanted, scenario};
use desk::floor::{FloorError, FloorSettings, History, forecasts, save_floor_settings, wall};
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::skills::planning::{self, Order, Shift};
use desk::skills::{self, Hardness, Requirement, SetRequirements};
use desk::tickets::{self, Channel, NewComment, Status, UpdateTicket};
use desk::work::Work;
use desk::{Kind, Refusal, SkillId, TicketId, UserId};
use testkit::World;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const DAYS: i64 = 21;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn presence(world: &World, users: &[UserId], status: PresenceStatus) {
    for user in users {
        let set = SetPresence { user: *user, status };
        world.write_as(*user, move |tx| routing::set_presence(tx, &set));
    }
}

fn needs(world: &World, ticket: TicketId, skill: SkillId) {
    let need = Requirement { skill, level: 2.0, weight: 1.0, hardness: Hardness::Prefer };
    let set = SetRequirements { ticket, requirements: vec![need] };
    world.write(move |tx| skills::set_requirements(tx, &set));
}

fn give(world: &World, ticket: TicketId, to: UserId) {
    let update = UpdateTicket { assignee: Some(Some(to)), ..UpdateTicket::of(ticket) };
    world.write(move |tx| tickets::update(tx, &update).map(|_| ()));
}

fn say(world: &World, ticket: TicketId, by: UserId, status: Option<Status>) {
    let comment = Some(NewComment::public("About this."));
    let update = UpdateTicket { comment, status, channel: Channel::Email, ..UpdateTicket::of(ticket) };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
}

struct Past {
    lea: UserId,
    mei: UserId,
    kofi: UserId,
    saml: SkillId,
    refunds: SkillId,
}

/// Three weeks from Monday noon on. Each day from 12 to 20 Mei and Kofi are here; at noon two customers write: Mei has SAML
/// after 10 minutes and answers after 30 more, Kofi has the refund at once and answers after 20; that customer writes again
/// and has an answer 20 minutes later.
fn lived(world: &World) -> Past {
    let (lea, mei, kofi) = (world.lead("Lea"), world.agent("Mei"), world.agent("Kofi"));
    let marta = world.customer("Marta", "marta@example.org");
    let (saml, refunds) = (skill(world, "saml-and-sso"), skill(world, "billing-and-refunds"));
    for _ in 0..DAYS {
        presence(world, &[mei, kofi], PresenceStatus::Online);
        let (one, other) = (world.ticket_of(marta, "Login loop"), world.ticket_of(marta, "Charged twice"));
        needs(world, one, saml);
        needs(world, other, refunds);
        give(world, other, kofi);
        world.advance(10 * MINUTE);
        give(world, one, mei);
        world.advance(10 * MINUTE);
        say(world, other, kofi, Some(Status::Pending));
        world.advance(20 * MINUTE);
        say(world, one, mei, Some(Status::Solved));
        say(world, other, marta, None);
        world.advance(20 * MINUTE);
        say(world, other, kofi, Some(Status::Solved));
        world.advance(7 * HOUR);
        presence(world, &[mei, kofi], PresenceStatus::Offline);
        world.advance(DAY - 8 * HOUR);
    }
    Past { lea, mei, kofi, saml, refunds }
}

fn history(world: &World, lead: UserId) -> History {
    world.read_as(world.as_(lead), |tx| History::load(tx, 30)).expect("a lead may")
}

#[test]
fn turns_kinds_people_and_times_are_read_from_what_happened() {
    for world in World::on_each_database() {
        let past = lived(&world);
        let history = history(&world, past.lea);
        let turns = |first: bool| history.turns.iter().filter(move |it| it.is_first == first).count() as i64;
        assert_eq!((turns(true), turns(false)), (2 * DAYS, DAYS), "on {}", world.name());
        let names: Vec<&str> = history.kinds.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            history.kinds.iter().filter(|it| !it.is_again && !it.needs.is_empty()).count(),
            2,
            "{names:?}"
        );
        let of = |user: UserId| history.colleagues.iter().find(|it| it.user == user).expect("they answered");
        assert_eq!(of(past.mei).here.len() as i64, DAYS);
        assert_eq!(of(past.mei).here[0].1 - of(past.mei).here[0].0, 8 * HOUR);
        let saml = history.turns.iter().find(|it| it.by == history.place_of(past.mei)).expect("Mei answered");
        assert_eq!(
            (saml.taken_at.map(|at| at - saml.came_at), saml.in_hand_s),
            (Some(10 * MINUTE), Some(1_800.0))
        );
        assert!(history.skill_at(past.saml).is_some() && history.skill_at(past.refunds).is_some());
        let denied = world.read_as(world.as_(past.mei), |tx| History::load(tx, 30)).map(|_| ());
        assert!(matches!(denied, Err(FloorError::NotALead)));
        world.run_jobs();
        world.take_outside_jobs();
    }
}

#[test]
fn a_scenario_from_history_can_be_read_and_lived() {
    for world in World::on_each_database() {
        let past = lived(&world);
        let history = history(&world, past.lea);
        for grouping in [Grouping::People, Grouping::Teams] {
            let wanted = Wanted { grouping, ..Wanted::usual(FloorSettings::default()) };
            let made = scenario(&history, &wanted).expect("there is enough");
            let again = floor::Scenario::read(&made.write()).expect("what is written can be read");
            let report = floor::Simulator::new(&again.floor).simulate(20, 3);
            // Three turns a day.
            assert!(
                (report.whole.arrivals.mean - 21.0).abs() < 3.0,
                "{:?} on {}",
                report.whole.arrivals,
                world.name()
            );
            let reply =
                report.whole.reply_s.expect("some were served").mean - report.whole.wait_s.expect("too").mean;
            assert!((1_000.0..2_000.0).contains(&reply), "20 to 30 minutes in hand, not {reply} s");
        }
        let monday = Wanted { weekday: Some(0), ..Wanted::usual(FloorSettings::default()) };
        let monday = scenario(&history, &monday).expect("a day too");
        let staff = &monday.floor.groups[monday.floor.group_named("Mei").expect("she is there")].staff;
        assert_eq!((staff[11], staff[12], staff[19], staff[20]), (0, 1, 1, 0));
        world.run_jobs();
        world.take_outside_jobs();
    }
}

#[test]
fn what_comes_is_forecast_by_day_and_kind() {
    for world in World::on_each_database() {
        let past = lived(&world);
        let history = history(&world, past.lea);
        let settings = FloorSettings::default();
        let none = forecasts::holidays(&settings.holidays);
        let page = forecasts::forecast_of(&forecasts::series(&history, 60, &settings), 1, &none)
            .expect("three weeks");
        assert_eq!((page.known_days as i64, page.days.len()), (DAYS, 7), "on {}", world.name());
        assert!(page.days.iter().all(|it| (it.total.mean - 3.0).abs() < 0.5), "{:?}", page.days);
        assert!(page.days[0].periods[12].mean > 2.5 && page.days[0].periods[3].mean < 0.2);
        assert!(
            page.kinds.iter().all(|it| (it.came - 7.0).abs() < 0.5 || it.came == 0.0),
            "{:?}",
            page.kinds
        );
        world.run_jobs();
        world.take_outside_jobs();
    }
}

#[test]
fn the_past_without_somebody_is_worse_than_it_was() {
    for world in World::on_each_database() {
        let past = lived(&world);
        let history = history(&world, past.lea);
        let settings = FloorSettings::default();
        let without = Other { without: vec![past.mei, past.kofi], ..Other::default() };
        let told = replay(&history, &settings, &without, 4, &mut |_| {}).expect("they are among them");
        assert_eq!((told.turns as i64, told.left_out), (3 * DAYS, 0), "on {}", world.name());
        assert!(
            (told.happened.wait_s.expect("known").mean - 200.0).abs() < 1.0,
            "10 minutes for one of three"
        );
        assert!(told.as_now.wait_s.expect("known").mean < 60.0, "both were free: {:?}", told.as_now);
        assert_eq!(told.other.answered, 0.0, "nobody is left");
        let longest = Other { policy: "longest_idle".into(), ..Other::default() };
        let told = replay(&history, &settings, &longest, 4, &mut |_| {}).expect("there is such a rule");
        assert!(told.changes[0].contains("longest idle") && told.people.len() == 2);
        let refused = |other: Other| replay(&history, &settings, &other, 2, &mut |_| {}).expect_err("not so");
        assert!(matches!(refused(Other::default()), FloorError::NothingChanges));
        assert!(matches!(
            refused(Other { policy: "x".into(), ..Other::default() }),
            FloorError::NoSuchPolicy(_)
        ));
        assert!(matches!(
            refused(Other { without: vec![UserId(999)], ..Other::default() }),
            FloorError::NotAmongThem
        ));
        world.run_jobs();
        world.take_outside_jobs();
    }
}

/// Asks, and does the job.
fn done(world: &World, lead: UserId, question: Question) -> runs::Run {
    let run = world.write_as(lead, move |tx| runs::ask(tx, &question));
    let waits = world.outside_jobs().contains(&Work::RunFloor { run });
    assert!(waits, "it is a job");
    runs::run(&world.desk.db, run).expect("the database answers");
    world.take_outside_jobs();
    world.read_as(world.as_(lead), move |tx| runs::find(tx, run)).expect("it was asked")
}

#[test]
fn a_run_is_asked_for_done_beside_the_desk_and_kept_with_its_result() {
    for world in World::on_each_database() {
        let past = lived(&world);
        let lea = past.lea;
        world.run_jobs();
        world.take_outside_jobs();
        let changes = vec![Difference::Away { user: past.kofi }, Difference::OneMoreLike { user: past.mei }];
        let run = done(&world, lea, Question::WhatIf { changes, policy: String::new() });
        let Some(Answer::WhatIf(told)) = run.result else { panic!("{run:?} on {}", world.name()) };
        assert_eq!(
            (told.changes.as_slice(), told.hours.len()),
            (&["without Kofi".to_owned(), "one more like Mei".to_owned()][..], 24)
        );
        assert!(told.base.in_time.is_some() && told.difference.wait_s.is_some());
        let run = done(&world, lea, Question::Worth);
        let Some(Answer::Worth(told)) = run.result else { panic!("{run:?}") };
        assert!(told.absences.len() == 2 && told.looked_at >= 1 && told.trainings.len() <= told.looked_at);
        let people: Vec<UserId> = told.trainings.iter().filter_map(|it| it.user).collect();
        let seen =
            world.read_as(world.as_(lea), move |tx| skills::views::levels_seen(tx, &people)).expect("levels");
        for it in &told.trainings {
            let sees = it.user.zip(it.skill).is_some_and(|level| seen.contains(&level));
            assert_eq!(it.from.is_some(), sees, "a level that nobody else sees stays so here: {it:?}");
        }
        let costs = told.clone();
        let ranked = world
            .read_as(world.as_(lea), move |tx| runs::choices(tx, &costs, Order::Most))
            .expect("a lead may");
        assert_eq!(ranked.len(), told.trainings.len() + told.hires.len());
        for it in &ranked {
            assert!(it.in_time.is_some() && it.hours > 0.0, "{it:?} on {}", world.name());
            match (it.learning(), it.hiring()) {
                (Some(it), _) if it.from.is_none() => {
                    assert!(told.trainings.iter().any(|of| of.user == it.user && of.from.is_none()));
                }
                (None, Some(_)) => assert_eq!(it.hours_together(), 1_820.0),
                _ => {}
            }
        }
        let gap = told.hires.iter().find(|it| it.role.is_none()).expect("nobody is surely able");
        assert!(gap.levels.iter().any(|it| it.skill == past.saml && it.level == 2.5), "{gap:?}");
        assert!(
            told.hires.len() <= planning::HIRES_MAX && told.hires.iter().all(|it| it.weeks == told.weeks)
        );
        let refused = world.read_as(world.as_(past.mei), move |tx| runs::choices(tx, &told, Order::Most));
        assert!(matches!(refused, Err(FloorError::NotALead)));
        let run = done(&world, lea, Question::Forecast { weeks: 2, period_minutes: 30, days: 60 });
        assert!(matches!(&run.result, Some(Answer::Forecast(page)) if page.days.len() == 14));
        assert_eq!((run.done, run.failed), (1.0, None));
        let last =
            world.read_as(world.as_(lea), |tx| runs::last_done(tx, RunKind::Forecast)).expect("a lead may");
        assert_eq!(last.map(|it| it.id), Some(run.id));
        // Somebody unknown: the reason is kept, and nothing else.
        let run = done(
            &world,
            lea,
            Question::WhatIf { changes: vec![Difference::Away { user: UserId(999) }], policy: String::new() },
        );
        assert!(run.failed.is_some_and(|it| it.contains("no such person")) && run.result.is_none());
    }
}

#[test]
fn what_is_needed_follows_what_came_and_a_suggestion_covers_it() {
    for world in World::on_each_database() {
        let past = lived(&world);
        let lea = past.lea;
        world.run_jobs();
        world.take_outside_jobs();
        let run = done(&world, lea, Question::Roster);
        let Some(Answer::Roster(told)) = run.result else { panic!("{run:?} on {}", world.name()) };
        let (at_noon, in_the_night) = (told.all.people[48 + 24], told.all.people[48 + 4]);
        assert!(
            at_noon >= 1 && in_the_night == 0,
            "three turns come at noon: {:?}",
            &told.all.people[48..96]
        );
        assert_eq!(told.all.came.len(), told.weeks * 7 * 48);
        for skill in [past.saml, past.refunds] {
            assert!(told.skills.iter().any(|it| it.skill == Some(skill)), "{skill} is planned for");
        }
        assert!(told.skills.iter().all(|it| it.name != "E-mail"), "whoever works here reads mail");
        // Both usually begin at ten; the work comes at noon.
        for user in [past.mei, past.kofi] {
            let week: Vec<Shift> =
                (0..7).map(|weekday| Shift { weekday, from_minute: 600, to_minute: 1_080 }).collect();
            world.write_as(lea, move |tx| planning::set_shifts(tx, user, &week));
        }
        let next = Week::containing(world.now(), "UTC").after();
        let found =
            world.read_as(world.as_(lea), move |tx| roster::suggest(tx, next)).expect("it is known").find();
        let short = found.short_hours;
        world.write_as(lea, move |tx| roster::take_suggestion(tx, &found));
        let page = world.read_as(world.as_(lea), move |tx| roster_page(tx, next)).expect("a lead may");
        let need = page.need.expect("it was worked out");
        assert_eq!(need.lines[0].short_and_over().0, short, "the page says what the suggestion said");
        let at_noon = |day: usize| (need.lines[0].needed[day * 48 + 24], need.lines[0].there[day * 48 + 24]);
        assert!((0..7).all(|day| at_noon(day).1 >= at_noon(day).0.min(1)), "{:?}", page.rows);
        assert!(page.findings.is_empty(), "a suggestion keeps the rules: {:?}", page.findings);
    }
}

#[test]
fn only_leads_ask_and_only_for_what_can_be_answered() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        let refused = |by: UserId, question: Question| {
            world.try_as(by, move |tx| runs::ask(tx, &question)).expect_err("it is refused").kind()
        };
        assert_eq!(refused(mei, Question::Worth), Kind::Forbidden, "on {}", world.name());
        assert_eq!(refused(lea, Question::WhatIf { changes: vec![], policy: String::new() }), Kind::Invalid);
        assert_eq!(
            refused(lea, Question::Forecast { weeks: 99, period_minutes: 60, days: 90 }),
            Kind::Invalid
        );
        let replay = |days| Question::Replay {
            days,
            other: Other { policy: "longest_idle".into(), ..Other::default() },
        };
        assert_eq!(refused(lea, replay(1)), Kind::Invalid);
        for _ in 0..runs::WAITING_MAX {
            world.write_as(lea, |tx| runs::ask(tx, &Question::Worth));
        }
        assert_eq!(refused(lea, Question::Worth), Kind::TooMuch);
        // With no history at all, the reason is kept.
        let first =
            world.read_as(world.as_(lea), |tx| runs::list(tx, RunKind::Worth, 99)).expect("a lead may");
        let id = first[0].id;
        runs::run(&world.desk.db, id).expect("the database answers");
        let run = world.read_as(world.as_(lea), move |tx| runs::find(tx, id)).expect("it was asked");
        assert!(run.failed.is_some_and(|it| it.contains("too few")));
        world.take_outside_jobs();
    }
}

#[test]
fn settings_of_the_floor_are_checked() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let refused = |it: FloorSettings| {
            world.try_as(lea, move |tx| save_floor_settings(tx, &it)).expect_err("it is refused").field()
        };
        let usual = FloorSettings::default;
        assert_eq!(refused(FloorSettings { promise_minutes: 0.0, ..usual() }), Some("promise_minutes"));
        assert_eq!(refused(FloorSettings { promise_share: 1.0, ..usual() }), Some("promise_share"));
        assert_eq!(refused(FloorSettings { holidays: vec!["soon".into()], ..usual() }), Some("holidays"));
        let kept = FloorSettings { holidays: vec!["2026-12-25".into()], ..usual() };
        world.write_as(lea, move |tx| save_floor_settings(tx, &kept));
    }
}

#[test]
fn the_wall_shows_what_waits_and_which_promises_are_at_risk() {
    for world in World::on_each_database() {
        let mei = world.agent("Mei");
        presence(&world, &[mei], PresenceStatus::Online);
        let ticket = world.ticket("Nobody has me");
        world.advance(50 * MINUTE);
        let later = world.ticket("I am new");
        let shown = world.read_as(world.as_(mei), wall).expect("agents may look");
        assert_eq!(
            (shown.waiting, shown.online, shown.at_risk_count, shown.late_count),
            (2, 1, 1, 0),
            "on {}",
            world.name()
        );
        assert_eq!(shown.at_risk[0].ticket, ticket);
        assert_eq!(shown.queues.iter().map(|it| it.waiting).sum::<usize>(), 2);
        world.advance(20 * MINUTE);
        let shown = world.read_as(world.as_(mei), wall).expect("agents may look");
        assert_eq!((shown.late_count, shown.today[0]), (1, 2));
        assert!(shown.at_risk.iter().all(|it| it.ticket != later));
        world.run_jobs();
    }
}
