//! What the planner's templates are tried with.

use super::board::{Asked, Board, Roster};
use super::words::*;
use crate::samples::{renders, shell};
use desk::floor::Told;
use desk::floor::roster::cover::{Away, Gap, LineOfWeek, NeedOfWeek};
use desk::floor::roster::need::PERIODS_PER_WEEK;
use desk::floor::roster::views::{Bar, LeaveBar, RosterPage, Row};
use desk::floor::roster::when::DAY_MINUTES;
use desk::floor::roster::{Finding, FindingKind, RosterRules, Standing, Week};
use desk::floor::runs::AbsenceTold;
use desk::skills::planning::{Break, Breaks, Shift};
use desk::{SkillId, UserId};

fn bar(weekday: i64, from: i64, to: i64, later: i64) -> Bar {
    let day = weekday * DAY_MINUTES;
    let shift = Shift { weekday, from_minute: from, to_minute: to };
    let breaks = Breaks::of(vec![Break { after_minutes: 180, minutes: 30 }], &shift).unwrap_or_default();
    Bar { shift, breaks, from: day + from + later, to: day + to + later, on_leave: weekday == 4 }
}

fn row(user: i64, name: &str, bars: Vec<Bar>) -> Row {
    Row {
        user: UserId(user),
        name: name.into(),
        time_zone: "Asia/Manila".into(),
        is_elsewhere: user == 2,
        minutes: bars.iter().map(|it| it.to - it.from).sum(),
        bars,
        leaves: vec![LeaveBar { from: 4 * DAY_MINUTES, to: 6 * DAY_MINUTES, granted: user == 1 }],
        beside: usize::from(user == 2),
        away: Away { short_hours: 6.5, skills: vec![("SAML <b>".into(), 3.5)] },
    }
}

fn page(standing: Standing) -> RosterPage {
    let week = Week::parse("2026-11-23").expect("a week");
    let line = |skill: Option<i64>, name: &str| LineOfWeek {
        skill: skill.map(SkillId),
        name: name.into(),
        level: 3.2,
        needed: (0..PERIODS_PER_WEEK).map(|at| u32::from(at % 48 >= 16 && at % 48 < 36) * 2).collect(),
        there: (0..PERIODS_PER_WEEK).map(|at| u32::from(at % 48 >= 18 && at % 48 < 34)).collect(),
    };
    let finding = |kind| Finding { user: UserId(1), weekday: Some(1), kind };
    let finding = [FindingKind::ShortRest { hours: 8.0 }, FindingKind::OnLeave].map(finding);
    RosterPage {
        week,
        this_week: week,
        time_zone: "Europe/Madrid".into(),
        standing,
        roster: None,
        last_step: Some("Ana works Monday 09:00–17:00".into()),
        rows: vec![
            row(1, "Ana <Novak>", vec![bar(0, 540, 1_020, 0), bar(4, 1_320, 1_800, 0)]),
            row(2, "Mei", vec![bar(1, 480, 960, -420), bar(0, 0, 480, -420)]),
            row(3, "Nobody yet", vec![]),
        ],
        rules: RosterRules::default(),
        findings: finding.into_iter().map(|it| ("Ana <Novak>".into(), it)).collect(),
        need: Some(NeedOfWeek {
            told: Default::default(),
            lines: vec![line(None, "All work"), line(Some(4), "SAML <b>")],
            gaps: vec![Gap { skill: "SAML <b>".into(), hours: 2.0, stretches: vec![(780, 900)], more: 3 }],
        }),
        run: None,
        absences: vec![AbsenceTold {
            user: Some(UserId(1)),
            name: "Ana <Novak>".into(),
            in_time: Some(Told { mean: -0.03, low: -0.04, high: -0.02 }),
            for_good: None,
        }],
    }
}

fn board(standing: Standing, asked: Asked) -> Board {
    Board { page: page(standing), asked, now: 1_764_000_000_000 }
}

fn html(board: Board) -> String {
    renders(&Roster { shell: shell(), board })
}

#[test]
fn a_draft_shows_bars_needs_warnings_and_what_can_be_done() {
    let html = html(board(Standing::Draft, Asked::default()));
    for words in [
        "Ana &#60;Novak&#62;",
        "q-36 d-32",
        "only 8.0 h of rest before the shift on Tuesday",
        "Monday: up to 2 needed, short 08:00–18:00",
        "SAML &#60;b&#62;",
        "Monday 13:00–15:00",
        "break Monday 12:00–12:30",
        "Friday 22:00–06:00, on leave",
        "class=\"off q-0 d-96\"",
        "class=\"off asked q-0 d-96\"",
        "Publish",
        "Asia/Manila",
        "−3.0",
    ] {
        assert!(html.contains(words), "{words} is missing in {html}");
    }
    assert_eq!(html.matches("class=\"shift goes-on").count(), 1, "Friday night ends on Saturday");
}

#[test]
fn a_day_alone_a_skill_alone_and_a_shift_in_hand_are_shown() {
    let asked = Asked { day: Some(5), show: Some(4), edit: Some("1.4-1320-1800".into()), ..Asked::default() };
    let html = html(board(Standing::Published, asked));
    assert!(html.contains("value=\"22:00\"") && html.contains("value=\"06:00\""), "{html}");
    assert!(html.contains("Saturday") && !html.contains("Thursday, "), "{html}");
    assert!(!html.contains("/publication"), "nothing to publish");
    assert!(html.contains("name=\"at\"") && html.contains("Friday 22:00"), "{html}");
}

#[test]
fn a_week_of_which_nothing_is_known_says_what_to_do() {
    let mut board = board(Standing::Usual, Asked { edit: Some("new".into()), ..Asked::default() });
    board.page.need = None;
    board.page.rows.clear();
    board.page.absences.clear();
    assert!(html(board).contains("Work out what is needed"));
}

#[test]
fn times_are_short_and_codes_can_be_read_back() {
    let shift = Shift { weekday: 6, from_minute: 510, to_minute: 1_440 };
    assert_eq!((short_times(&shift).as_str(), shift_code(&shift).as_str()), ("8:30–24", "6-510-1440"));
    assert_eq!(shift_of("6-510-1440"), Some(shift));
    assert_eq!(
        (brief_times(&shift).as_str(), brief_times(&Shift { from_minute: 540, ..shift }).as_str()),
        ("8:30", "9–24")
    );
    let noon = Break { after_minutes: 180, minutes: 30 };
    assert_eq!(
        (break_code(&noon).as_str(), break_of("180-30"), break_of("new")),
        ("180-30", Some(noon), None)
    );
    assert_eq!((shift_of("6-510"), shift_of("new"), shift_of("1-2-3-4")), (None, None, None));
    assert_eq!((hours(6.26), hours(2.0)), ("6.5 h".to_owned(), "2 h".to_owned()));
}

#[test]
fn a_bar_of_another_clock_names_both() {
    let it = page(Standing::Draft);
    assert_eq!(
        bar_words(&it.rows[1], &it.rows[1].bars[0]),
        "Mei, Tuesday 08:00–16:00 in Asia/Manila; Tuesday 01:00–09:00 here"
    );
}
