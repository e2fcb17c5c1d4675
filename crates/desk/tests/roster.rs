//! Rosters of a week: drafts, what is wrong with them, publishing, taking back; and the end of a shift.

use desk::events::Event;
use desk::floor::roster::views::{RosterPage, roster_page};
use desk::floor::roster::{
    self, Edit, FindingKind, Publish, RosterError, RosterRules, Standing, Week, save_rules,
};
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::skills::planning::{self, Shift};
use desk::{Kind, Refusal, UserId};
use testkit::World;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn shift(weekday: i64, from: i64, to: i64) -> Shift {
    Shift { weekday, from_minute: 60 * from, to_minute: 60 * to }
}

fn usual(world: &World, lead: UserId, user: UserId, days: std::ops::Range<i64>) {
    let week: Vec<Shift> = days.map(|day| shift(day, 9, 17)).collect();
    world.write_as(lead, move |tx| planning::set_shifts(tx, user, &week));
}

fn week(world: &World) -> Week {
    Week::containing(world.now(), "UTC")
}

fn page(world: &World, lead: UserId, week: Week) -> RosterPage {
    world.read_as(world.as_(lead), move |tx| roster_page(tx, week)).expect("a lead may")
}

fn put(world: &World, lead: UserId, week: Week, user: UserId, was: Option<Shift>, becomes: Option<Shift>) {
    let edit = Edit { user, was, becomes, hand_to: None };
    world.write_as(lead, move |tx| roster::edit(tx, week, &edit));
}

fn weekdays(page: &RosterPage, user: UserId) -> Vec<i64> {
    let row = page.rows.iter().find(|it| it.user == user).expect("everybody has a row");
    row.bars.iter().map(|it| it.shift.weekday).collect()
}

#[test]
fn a_draft_holds_for_nobody_until_it_is_published_and_each_step_can_be_taken_back() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        usual(&world, lea, mei, 0..2);
        let next = week(&world).after();
        assert_eq!(page(&world, lea, next).standing, Standing::Usual, "on {}", world.name());
        put(&world, lea, next, mei, Some(shift(0, 9, 17)), Some(shift(0, 10, 18)));
        put(&world, lea, next, mei, None, Some(shift(4, 9, 17)));
        let draft = page(&world, lea, next);
        assert_eq!((draft.standing, weekdays(&draft, mei)), (Standing::Draft, vec![0, 1, 4]));
        assert_eq!(weekdays(&page(&world, lea, next.after()), mei), [0, 1], "other weeks are as usual");
        assert_eq!(draft.last_step.as_deref(), Some("Mei works Friday 09:00–17:00"));
        world.write_as(lea, move |tx| roster::publish(tx, next, Publish::default()));
        let published = page(&world, lea, next);
        assert_eq!((published.standing, weekdays(&published, mei)), (Standing::Published, vec![0, 1, 4]));
        let events = world.events();
        let told = events.iter().find(|it| matches!(it, Event::RosterPublished { .. }));
        assert!(
            matches!(told, Some(Event::RosterPublished { week, people: 1, .. }) if *week == next.to_string())
        );
        let usual_week = world.read(planning::list_shifts);
        assert_eq!(usual_week.len(), 2, "the usual week stays as it was");
        // Publishing, then both changes.
        for (standing, days) in
            [(Standing::Draft, vec![0, 1, 4]), (Standing::Draft, vec![0, 1]), (Standing::Usual, vec![0, 1])]
        {
            world.write_as(lea, move |tx| roster::undo(tx, next));
            let back = page(&world, lea, next);
            assert_eq!((back.standing, weekdays(&back, mei)), (standing, days));
        }
        let nothing = world.try_as(lea, move |tx| roster::undo(tx, next)).expect_err("nothing is left");
        assert!(matches!(nothing, RosterError::NothingToUndo));
    }
}

#[test]
fn a_week_is_taken_over_and_may_become_the_usual_one() {
    for world in World::on_each_database() {
        let (lea, mei, kofi) = (world.lead("Lea"), world.agent("Mei"), world.agent("Kofi"));
        usual(&world, lea, mei, 0..5);
        usual(&world, lea, kofi, 0..5);
        let next = week(&world).after();
        put(&world, lea, next, kofi, Some(shift(4, 9, 17)), Some(shift(5, 9, 17)));
        let later = next.after().after();
        world.write_as(lea, move |tx| roster::copy_week(tx, next, later));
        assert_eq!(weekdays(&page(&world, lea, later), kofi), [0, 1, 2, 3, 5], "on {}", world.name());
        let publish = Publish { as_usual: true, ..Publish::default() };
        world.write_as(lea, move |tx| roster::publish(tx, later, publish));
        let of_kofi = |world: &World| -> Vec<i64> {
            let all = world.read(planning::list_shifts);
            all.iter().filter(|it| it.user == kofi).map(|it| it.shift.weekday).collect()
        };
        assert_eq!(of_kofi(&world), [0, 1, 2, 3, 5]);
        let set = world.events().into_iter().filter(|it| matches!(it, Event::ShiftsSet { .. })).count();
        assert_eq!(set, 3, "the week of Mei was not set again");
        world.write_as(lea, move |tx| roster::undo(tx, later));
        assert_eq!(of_kofi(&world), [0, 1, 2, 3, 4], "taken back with the rest");
        world.write_as(lea, move |tx| roster::discard(tx, later));
        assert_eq!(page(&world, lea, later).standing, Standing::Usual);
    }
}

#[test]
fn what_overlaps_is_refused_and_what_is_odd_must_have_been_seen() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        let next = week(&world).after();
        put(&world, lea, next, mei, None, Some(shift(0, 14, 22)));
        put(&world, lea, next, mei, None, Some(shift(1, 6, 14)));
        let found = page(&world, lea, next).findings;
        assert!(matches!(found[0].1.kind, FindingKind::ShortRest { .. }), "{found:?} on {}", world.name());
        let publish = |seen: bool| Publish { seen, as_usual: false };
        let refused =
            world.try_as(lea, move |tx| roster::publish(tx, next, publish(false))).expect_err("unseen");
        assert!(matches!(refused, RosterError::HasWarnings(1)) && refused.field() == Some("seen"));
        put(&world, lea, next, mei, None, Some(shift(0, 16, 23)));
        let refused =
            world.try_as(lea, move |tx| roster::publish(tx, next, publish(true))).expect_err("overlaps");
        assert!(matches!(refused, RosterError::Overlaps(name) if name == "Mei"));
        put(&world, lea, next, mei, Some(shift(0, 16, 23)), None);
        world.write_as(lea, move |tx| roster::publish(tx, next, publish(true)));
        let again =
            world.try_as(lea, move |tx| roster::publish(tx, next, publish(true))).expect_err("no draft");
        assert!(matches!(again, RosterError::NoDraft));
    }
}

#[test]
fn only_leads_plan_and_only_what_is_there_can_be_changed() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        let marta = world.customer("Marta", "marta@example.org");
        let next = week(&world).after();
        let try_edit = |by: UserId, week: Week, user: UserId, was: Option<Shift>, becomes: Option<Shift>| {
            let edit = Edit { user, was, becomes, hand_to: None };
            world.try_as(by, move |tx| roster::edit(tx, week, &edit)).expect_err("refused")
        };
        let right = Some(shift(0, 9, 17));
        assert_eq!(try_edit(mei, next, mei, None, right).kind(), Kind::Forbidden, "on {}", world.name());
        assert_eq!(try_edit(lea, next, marta, None, right).kind(), Kind::NotFound);
        assert!(matches!(try_edit(lea, next, mei, right, None), RosterError::ChangedMeanwhile));
        assert!(matches!(try_edit(lea, next, mei, None, Some(shift(0, 9, 34))), RosterError::ShiftIsWrong));
        let far = (0..80).fold(next, |week, _| week.after());
        assert!(matches!(try_edit(lea, far, mei, None, right), RosterError::TooFarAway));
        let refused =
            world.try_as(lea, move |tx| roster::suggest(tx, next).map(|_| ())).expect_err("unknown");
        assert!(matches!(refused, RosterError::NeedIsUnknown));
        assert_eq!(page(&world, lea, next).standing, Standing::Usual, "nothing was begun");
    }
}

#[test]
fn who_is_still_here_after_their_published_shift_is_set_to_away_once() {
    for world in World::on_each_database() {
        let (lea, mei, kofi) = (world.lead("Lea"), world.agent("Mei"), world.agent("Kofi"));
        let this = week(&world);
        // It is Monday noon. Mei works until 14 o'clock, Kofi an hour longer.
        for (user, until) in [(mei, 14), (kofi, 15)] {
            put(&world, lea, this, user, None, Some(shift(0, 11, until)));
            let here = SetPresence { user, status: PresenceStatus::Online };
            world.write_as(user, move |tx| routing::set_presence(tx, &here));
        }
        let seen = Publish { seen: true, as_usual: false };
        world.write_as(lea, move |tx| roster::publish(tx, this, seen));
        world.write(desk::work::keep_recurring);
        let beat = |after: i64| {
            // Their pages stay open.
            let mut left = after;
            while left > 0 {
                world.advance(left.min(MINUTE));
                left -= MINUTE;
                for user in [mei, kofi] {
                    world.write_as(user, move |tx| routing::beat(tx, user));
                }
            }
            world.run_jobs();
        };
        let status = |user: UserId| world.read(move |tx| routing::presence_of(tx, user));
        beat(2 * HOUR + 6 * MINUTE);
        assert_eq!(status(mei), PresenceStatus::Online, "presence is left to people, on {}", world.name());
        let rules = RosterRules { away_after_minutes: Some(5), ..RosterRules::default() };
        world.write_as(lea, move |tx| save_rules(tx, &rules));
        beat(MINUTE);
        assert_eq!((status(mei), status(kofi)), (PresenceStatus::Away, PresenceStatus::Online));
        let back = SetPresence { user: mei, status: PresenceStatus::Online };
        world.write_as(mei, move |tx| routing::set_presence(tx, &back));
        beat(MINUTE);
        assert_eq!(status(mei), PresenceStatus::Online, "who comes back on purpose stays");
    }
}
