//! Breaks and leave: asked for, decided, seen by rosters and by those whose they are; and a week for another calendar.

use desk::floor::calendar::{calendar_of, calendar_since, close_calendar, open_calendar};
use desk::floor::leave::views::{leave_page, leaves};
use desk::floor::leave::{self, AskLeave, DecideLeave, LeaveError, LeaveKind, LeaveState};
use desk::floor::roster::mine::my_week;
use desk::floor::roster::views::{RosterPage, roster_page};
use desk::floor::roster::{
    self, BreakEdit, Edit, FindingKind, PlaceBreaks, Publish, RosterError, Standing, Week,
};
use desk::people::{self, UpdateUser};
use desk::skills::planning::{self, Break, Breaks, Shift};
use desk::work::Work;
use desk::{Actor, Kind, LeaveId, Refusal, UserId, mail};
use testkit::World;

fn shift(weekday: i64, from: i64, to: i64) -> Shift {
    Shift { weekday, from_minute: 60 * from, to_minute: 60 * to }
}

fn usual(world: &World, lead: UserId, user: UserId) {
    let week: Vec<Shift> = (0..5).map(|day| shift(day, 9, 17)).collect();
    world.write_as(lead, move |tx| planning::set_shifts(tx, user, &week));
}

fn next_week(world: &World) -> Week {
    Week::containing(world.now(), "UTC").after()
}

fn page(world: &World, lead: UserId, week: Week) -> RosterPage {
    world.read_as(world.as_(lead), move |tx| roster_page(tx, week)).expect("a lead may")
}

fn asking(user: UserId, week: Week, first: i64, last: i64) -> AskLeave {
    AskLeave {
        user,
        kind: LeaveKind::Holiday,
        first_day: week.day(first),
        last_day: week.day(last),
        hours: None,
        note: "family".into(),
    }
}

const NOON: Break = Break { after_minutes: 180, minutes: 30 };

fn breaks_of(world: &World, lead: UserId, week: Week, user: UserId, weekday: i64) -> Vec<Break> {
    let page = page(world, lead, week);
    let row = page.rows.into_iter().find(|it| it.user == user).expect("everybody has a row");
    let bar = row.bars.into_iter().find(|it| it.shift.weekday == weekday).expect("a shift on this day");
    bar.breaks.iter().collect()
}

#[test]
fn a_break_is_put_moved_and_taken_along_and_becomes_usual_with_its_week() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        usual(&world, lea, mei);
        let week = next_week(&world);
        let edit = |was, becomes| BreakEdit { user: mei, shift: shift(0, 9, 17), was, becomes };
        let put = edit(None, Some(NOON));
        let words = world.write_as(lea, move |tx| roster::edit_break(tx, week, &put));
        assert_eq!(words, "Mei has a break Monday 12:00–12:30", "on {}", world.name());
        let later = Break { after_minutes: 240, minutes: 45 };
        let moved = edit(Some(NOON), Some(later));
        world.write_as(lea, move |tx| roster::edit_break(tx, week, &moved));
        assert_eq!(breaks_of(&world, lea, week, mei, 0), [later]);
        let refused = world.try_as(lea, move |tx| roster::edit_break(tx, week, &moved)).expect_err("gone");
        assert!(matches!(refused, RosterError::ChangedMeanwhile));
        let outside = edit(None, Some(Break { after_minutes: 470, minutes: 30 }));
        let refused =
            world.try_as(lea, move |tx| roster::edit_break(tx, week, &outside)).expect_err("outside");
        assert!(refused.field() == Some("breaks") && refused.kind() == Kind::Invalid);
        let refused = world.try_as(mei, move |tx| roster::edit_break(tx, week, &put)).expect_err("no lead");
        assert_eq!(refused.kind(), Kind::Forbidden);
        // The shift moves to Saturday, and its break with it.
        let edit =
            Edit { user: mei, was: Some(shift(0, 9, 17)), becomes: Some(shift(5, 10, 18)), hand_to: None };
        world.write_as(lea, move |tx| roster::edit(tx, week, &edit));
        assert_eq!(breaks_of(&world, lea, week, mei, 5), [later]);
        let publish = Publish { seen: true, as_usual: true };
        world.write_as(lea, move |tx| roster::publish(tx, week, publish));
        let saturday = |world: &World| {
            let all = world.read(planning::list_shifts);
            all.iter()
                .filter(|it| it.user == mei && it.shift.weekday == 5)
                .map(|it| it.breaks.minutes())
                .sum::<i64>()
        };
        assert_eq!(saturday(&world), 45, "the usual week has it");
        // Whoever sets the same shifts again keeps their breaks.
        let same: Vec<Shift> = world.read(planning::list_shifts).iter().map(|it| it.shift).collect();
        world.write_as(lea, move |tx| planning::set_shifts(tx, mei, &same));
        assert_eq!(saturday(&world), 45);
        world.write_as(lea, move |tx| roster::undo(tx, week));
        let monday = world.read(planning::list_shifts);
        assert!(
            monday.iter().all(|it| it.breaks.is_empty() && it.shift.weekday < 5),
            "taken back with the rest"
        );
    }
}

#[test]
fn breaks_are_placed_in_turn_and_long_hours_without_one_are_told() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let people = ["Mei", "Kofi", "Ana"].map(|name| world.agent(name));
        people.iter().for_each(|it| usual(&world, lea, *it));
        let week = next_week(&world);
        let rules = roster::RosterRules { unbroken_hours: Some(6.0), ..roster::RosterRules::default() };
        world.write_as(lea, move |tx| roster::save_rules(tx, &rules));
        assert_eq!(page(&world, lea, week).findings.len(), 15, "on {}", world.name());
        let place = PlaceBreaks { minutes: 30, shift_hours_least: 6.0 };
        assert_eq!(world.write_as(lea, move |tx| roster::place_breaks(tx, week, place)), 15);
        assert!(page(&world, lea, week).findings.is_empty());
        let mut monday: Vec<Break> =
            people.iter().flat_map(|it| breaks_of(&world, lea, week, *it, 0)).collect();
        monday.sort_unstable();
        assert!(
            monday.windows(2).all(|it| it[0].end() <= it[1].after_minutes),
            "one after another: {monday:?}"
        );
        let again =
            world.try_as(lea, move |tx| roster::place_breaks(tx, week, place)).expect_err("none is missing");
        assert!(matches!(again, RosterError::NoBreakIsMissing));
        let refused =
            world.try_as(people[0], move |tx| roster::place_breaks(tx, week, place)).expect_err("no lead");
        assert_eq!(refused.kind(), Kind::Forbidden);
    }
}

#[test]
fn leave_is_asked_for_granted_and_a_shift_on_it_is_no_silent_matter() {
    for world in World::on_each_database() {
        let (lea, mei, kofi) = (world.lead("Lea"), world.agent("Mei"), world.agent("Kofi"));
        usual(&world, lea, mei);
        usual(&world, lea, kofi);
        let week = next_week(&world);
        let ask = asking(mei, week, 1, 2);
        let id: LeaveId = world.write_as(mei, {
            let ask = ask.clone();
            move |tx| leave::ask(tx, &ask)
        });
        let clashes = |world: &World| {
            let found = page(world, lea, week).findings;
            found.iter().filter(|it| it.1.kind == FindingKind::OnLeave).count()
        };
        assert_eq!(clashes(&world), 0, "asked is not granted, on {}", world.name());
        let row = page(&world, lea, week).rows.into_iter().find(|it| it.user == mei).expect("a row");
        assert_eq!(
            row.leaves.iter().map(|it| (it.from, it.to, it.granted)).collect::<Vec<_>>(),
            [(1_440, 4_320, false)]
        );
        let told = world.read_as(world.as_(lea), leave_page).expect("a lead may");
        let (asked, cost) = &told.asked[0];
        let cost = cost.as_ref().expect("the first are worked out");
        assert_eq!(
            (asked.id, asked.state, cost.shift_hours, cost.short_hours),
            (id, LeaveState::Asked, 16.0, None)
        );
        assert!(world.read_as(world.as_(mei), leave_page).is_err());
        let decide = DecideLeave { leave: id, grant: true, answer: "Enjoy".into() };
        let refused = world
            .try_as(mei, {
                let it = decide.clone();
                move |tx| leave::decide(tx, &it)
            })
            .expect_err("no lead");
        assert_eq!(refused.kind(), Kind::Forbidden);
        world.write_as(lea, move |tx| leave::decide(tx, &decide));
        assert_eq!(clashes(&world), 2, "two shifts lie on it");
        // Tuesday's shift is changed, so there is a draft; it is not published silently.
        let edit =
            Edit { user: kofi, was: Some(shift(0, 9, 17)), becomes: Some(shift(0, 10, 18)), hand_to: None };
        world.write_as(lea, move |tx| roster::edit(tx, week, &edit));
        let publish = |seen| Publish { seen, as_usual: false };
        let refused =
            world.try_as(lea, move |tx| roster::publish(tx, week, publish(false))).expect_err("unseen");
        assert!(matches!(refused, RosterError::HasWarnings(2)));
        assert_eq!(world.write_as(lea, move |tx| roster::clear_leave(tx, week)), 1, "shifts of one person");
        assert_eq!(clashes(&world), 0);
        let nobody = world.try_as(lea, move |tx| roster::clear_leave(tx, week)).expect_err("nobody is left");
        assert!(matches!(nobody, RosterError::NobodyIsOnLeave));
        world.write_as(lea, move |tx| roster::publish(tx, week, publish(false)));
        // Whoever was granted leave may take it back.
        world.write_as(mei, move |tx| leave::withdraw(tx, id));
        let own = world.read_as(world.as_(mei), move |tx| leaves(tx, Some(mei), None)).expect("one's own");
        assert_eq!((own.len(), own[0].state), (1, LeaveState::Withdrawn));
        let grant = DecideLeave { leave: id, grant: true, answer: String::new() };
        let refused = world.try_as(lea, move |tx| leave::decide(tx, &grant)).expect_err("withdrawn");
        assert!(matches!(refused, LeaveError::IsWithdrawn));
    }
}

#[test]
fn leave_that_cannot_be_is_refused_and_only_leads_enter_it_for_others() {
    for world in World::on_each_database() {
        let (lea, mei, kofi) = (world.lead("Lea"), world.agent("Mei"), world.agent("Kofi"));
        let marta = world.customer("Marta", "marta@example.org");
        let week = next_week(&world);
        let refused =
            |by: UserId, it: AskLeave| world.try_as(by, move |tx| leave::ask(tx, &it)).expect_err("refused");
        assert_eq!(refused(kofi, asking(mei, week, 0, 0)).kind(), Kind::Forbidden, "on {}", world.name());
        assert_eq!(refused(marta, asking(marta, week, 0, 0)).kind(), Kind::Forbidden);
        assert_eq!(refused(lea, asking(marta, week, 0, 0)).kind(), Kind::NotFound);
        assert!(matches!(refused(mei, asking(mei, week, 2, 1)), LeaveError::DaysAreWrong));
        assert!(matches!(refused(mei, asking(mei, week, 0, 400)), LeaveError::DaysAreWrong));
        assert!(matches!(refused(mei, asking(mei, week, 2_000, 2_001)), LeaveError::TooFarAway));
        let long = AskLeave { note: "x".repeat(501), ..asking(mei, week, 0, 0) };
        assert_eq!(refused(mei, long).field(), Some("note"));
        // Entered by a lead, it holds at once; so does illness.
        let entered = asking(mei, week, 0, 1);
        world.write_as(lea, move |tx| leave::ask(tx, &entered));
        assert!(matches!(refused(mei, asking(mei, week, 1, 3)), LeaveError::Overlaps(..)));
        let ill = AskLeave { kind: LeaveKind::Illness, ..asking(mei, week, 3, 3) };
        world.write_as(mei, move |tx| leave::ask(tx, &ill));
        let own =
            world.read_as(world.as_(mei), |tx| leaves(tx, None, Some(LeaveState::Granted))).expect("own");
        assert_eq!(own.len(), 2);
        let others = world.read_as(world.as_(kofi), move |tx| leaves(tx, Some(mei), None));
        assert!(others.is_err(), "another's is not one's own");
    }
}

#[test]
fn whoever_asked_hears_once_how_it_was_decided_and_asking_twice_is_asking_once() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        let admin = world.admin("Ada");
        let german = UpdateUser { locale: Some("de".into()), ..UpdateUser::of(mei) };
        world.write_as(admin, move |tx| people::update_user(tx, &german));
        let week = next_week(&world);
        let ask = || {
            let it = asking(mei, week, 0, 1);
            world.write_as(mei, move |tx| leave::ask(tx, &it))
        };
        let (first, second) = (ask(), ask());
        assert_eq!(first, second, "on {}", world.name());
        world.run_jobs();
        assert!(world.take_outside_jobs().is_empty(), "nothing is decided yet");
        let decide = |leave: LeaveId, by: UserId, grant: bool, answer: &str| {
            let decide = DecideLeave { leave, grant, answer: answer.into() };
            world.write_as(by, move |tx| leave::decide(tx, &decide));
        };
        decide(first, lea, false, "Too many are away");
        decide(first, lea, true, "Enjoy");
        world.advance(2 * 60_000);
        world.run_jobs();
        let told: Vec<(String, String)> = letters(&world);
        assert_eq!(told.len(), 1, "once, as it was decided last, on {}: {told:?}", world.name());
        assert!(
            told[0].0.starts_with("Ihr Urlaub ist genehmigt: ") && told[0].1.contains("Enjoy"),
            "{told:?}"
        );
        // A lead who decides about their own leave knows.
        let own = asking(lea, week, 0, 0);
        let own = world.write_as(lea, move |tx| leave::ask(tx, &own));
        decide(own, lea, true, "");
        world.advance(2 * 60_000);
        world.run_jobs();
        assert!(world.take_outside_jobs().is_empty(), "on {}", world.name());
    }
}

/// The mails that would have left since the last look: subject, text.
fn letters(world: &World) -> Vec<(String, String)> {
    let mail_of = |work| match work {
        Work::SendMail { mail_out } => world.read(move |tx| mail::outgoing(tx, mail_out)).map(|mail| mail.0),
        _ => None,
    };
    world.take_outside_jobs().into_iter().filter_map(mail_of).map(|it| (it.subject, it.text)).collect()
}

#[test]
fn half_a_day_of_leave_takes_its_hours_out_of_a_shift_and_leaves_the_rest() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        usual(&world, lea, mei);
        let week = next_week(&world);
        let hours = |from: i64, to: i64| AskLeave {
            kind: LeaveKind::Other,
            hours: Some((60 * from, 60 * to)),
            ..asking(mei, week, 1, 1)
        };
        let refused = |it: AskLeave| world.try_as(mei, move |tx| leave::ask(tx, &it)).expect_err("refused");
        for wrong in [hours(13, 13), hours(13, 9), hours(9, 22), hours(20, 25)] {
            assert!(matches!(refused(wrong), LeaveError::HoursAreWrong), "on {}", world.name());
        }
        let two_days = AskLeave { last_day: week.day(2), ..hours(9, 13) };
        assert!(matches!(refused(two_days), LeaveError::HoursAreWrong));
        let ask = |it: AskLeave| world.write_as(mei, move |tx| leave::ask(tx, &it));
        let morning = ask(hours(0, 12));
        let told = world.read_as(world.as_(lea), leave_page).expect("a lead may");
        let cost = told.asked[0].1.as_ref().expect("it is worked out");
        assert_eq!(cost.shift_hours, 3.0, "from nine to twelve, on {}", world.name());
        assert!(matches!(refused(hours(11, 14)), LeaveError::Overlaps(..)));
        let evening = ask(hours(16, 17));
        for id in [morning, evening] {
            let decide = DecideLeave { leave: id, grant: true, answer: String::new() };
            world.write_as(lea, move |tx| leave::decide(tx, &decide));
        }
        let found = world.read_as(world.as_(mei), move |tx| my_week(tx, Some(week))).expect("one's own");
        let tuesday = &found.days[1].shifts[0];
        let from = found.days[0].shifts[0].from + 27 * 3_600_000;
        assert_eq!((tuesday.on_leave, tuesday.from, tuesday.to), (false, from, from + 4 * 3_600_000));
        assert_eq!(found.worked_ms, 36 * 3_600_000, "four hours of forty are leave");
        let page = page(&world, lea, week);
        assert!(page.findings.is_empty(), "nothing stands against it: {:?}", page.findings);
        let row = page.rows.into_iter().find(|it| it.user == mei).expect("a row");
        assert_eq!(
            row.leaves.iter().map(|it| (it.from, it.to)).collect::<Vec<_>>(),
            [(1_440, 1_440 + 720), (1_440 + 960, 1_440 + 1_020)]
        );
        let nobody = world.try_as(lea, move |tx| roster::clear_leave(tx, week)).expect_err("no whole shift");
        assert!(matches!(nobody, RosterError::NobodyIsOnLeave));
    }
}

#[test]
fn everybody_sees_their_own_week_by_their_own_clock_and_never_a_draft() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        let admin = world.admin("Ada");
        let manila = UpdateUser { time_zone: Some("Asia/Manila".into()), ..UpdateUser::of(mei) };
        world.write_as(admin, move |tx| people::update_user(tx, &manila));
        let noon = Breaks::of(vec![NOON], &shift(0, 9, 17)).expect("a break");
        let own: Vec<(Shift, Breaks)> = (0..5).map(|day| (shift(day, 9, 17), noon)).collect();
        world.write_as(lea, move |tx| planning::set_week(tx, mei, &own));
        let week = Week::containing(world.now(), "Asia/Manila").after();
        let mine = |world: &World| {
            world.read_as(world.as_(mei), move |tx| my_week(tx, Some(week))).expect("one's own")
        };
        let found = mine(&world);
        assert_eq!(
            (found.standing, found.worked_ms),
            (Standing::Usual, 5 * 27_000_000),
            "on {}",
            world.name()
        );
        let monday = &found.days[0].shifts[0];
        assert_eq!(monday.breaks, [(monday.from + 10_800_000, monday.from + 12_600_000)]);
        let edit = Edit { user: mei, was: Some(shift(0, 9, 17)), becomes: None, hand_to: None };
        world.write_as(lea, move |tx| roster::edit(tx, week, &edit));
        assert_eq!(mine(&world).days[0].shifts.len(), 1, "a draft is for leads");
        world.write_as(lea, move |tx| roster::publish(tx, week, Publish { seen: true, as_usual: false }));
        let entered = asking(mei, week, 1, 1);
        world.write_as(lea, move |tx| leave::ask(tx, &entered));
        let found = mine(&world);
        assert_eq!((found.standing, found.days[0].shifts.len()), (Standing::Published, 0));
        assert!(found.days[1].shifts[0].on_leave && found.days[1].leave.is_some());
        assert_eq!(found.worked_ms, 3 * 27_000_000);
    }
}

#[test]
fn a_calendars_address_opens_one_week_until_it_is_closed() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        let marta = world.customer("Marta", "marta@example.org");
        usual(&world, lea, mei);
        let refused = world.try_as(marta, open_calendar).expect_err("customers have no week");
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        let first = world.write_as(mei, open_calendar);
        let token = world.write_as(mei, open_calendar);
        let read = |token: &str| {
            let token = token.to_owned();
            world.read_as(Actor::desk(), move |tx| calendar_of(tx, &token)).expect("it can be read")
        };
        assert!(read(&first).is_none(), "the new address ends the old one");
        let found = read(&token).expect("an open address");
        assert_eq!((found.user, found.shifts.len()), (mei, 16 * 5), "four weeks back and twelve ahead");
        let monday = next_week(&world);
        let entered = asking(mei, monday, 0, 4);
        world.write_as(lea, move |tx| leave::ask(tx, &entered));
        let found = read(&token).expect("an open address");
        assert_eq!((found.shifts.len(), found.leaves.len()), (15 * 5, 1));
        assert!(world.read_as(world.as_(mei), calendar_since).expect("own").is_some());
        world.write_as(mei, close_calendar);
        assert!(read(&token).is_none());
        assert!(read("").is_none());
    }
}
