//! The planner's board: columns, bars, breaks and leave as they are drawn, and what the form begins with.

use super::week_of;
use super::words::{break_code, break_of, hours, shift_code, shift_of};
use crate::{Problem, Shell};
use desk::floor::roster::cover::LineOfWeek;
use desk::floor::roster::need::{PERIOD_MINUTES, PERIODS_PER_DAY};
use desk::floor::roster::views::{Bar, RosterPage, Row, roster_page};
use desk::floor::roster::when::{DAY_MINUTES, zone};
use desk::floor::roster::{FindingKind, Standing, Week};
use desk::floor::runs::AbsenceTold;
use desk::skills::planning::{BREAKS_PER_SHIFT_MAX, Break, Shift, clock_words, weekday_name};
use desk::{Tx, UserId, settings};

const QUARTER_MINUTES: i64 = 15;
const QUARTERS_PER_DAY: i64 = DAY_MINUTES / QUARTER_MINUTES;
/// Height of a day's little chart, in its own units; a half hour is one unit wide.
const CHART_HEIGHT: f64 = 40.0;
/// Weeks before and after that can be taken over.
const WEEKS_TO_COPY: i64 = 4;

/// Which week, which of its days (0 Monday; none: all), whose need (a skill; none: all work), and what is edited.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub week: Option<String>,
    pub day: Option<i64>,
    pub show: Option<i64>,
    /// `new`, `7.new`, `7.0-540-1020` or `7.0-540-1020.180-30`: a person, a shift, a break of it.
    pub edit: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "floor/roster.html")]
pub struct Roster {
    pub shell: Shell,
    pub board: Board,
}

#[derive(askama::Template)]
#[template(path = "floor/_roster.html")]
pub struct RosterBoard {
    pub board: Board,
}

pub struct Board {
    pub page: RosterPage,
    pub asked: Asked,
    pub now: i64,
}

/// A day as a column.
pub struct Column {
    pub day: i64,
    pub name: &'static str,
    pub short: &'static str,
    pub date: String,
    pub is_today: bool,
}

/// A part of a bar that lies in one day. Places and lengths in quarters of an hour.
pub struct Segment<'a> {
    pub bar: &'a Bar,
    pub place: i64,
    pub length: i64,
    /// It began the day before.
    pub goes_on: bool,
    /// Ends on another day.
    pub is_open: bool,
}

/// A break or a day of leave in one day. Places and lengths in quarters of an hour.
pub struct Mark<'a> {
    pub place: i64,
    pub length: i64,
    /// Of a break: its bar, as it is kept, and from which to which minute of the week it lies.
    pub pause: Option<(&'a Bar, Break, i64, i64)>,
    pub granted: bool,
}

/// What is needed and there on one day, as paths.
#[derive(Default)]
pub struct DayChart {
    pub needed: String,
    pub there: String,
    pub short: String,
    pub words: String,
}

/// What the form begins with.
pub struct EditForm {
    pub user: Option<UserId>,
    pub was: Option<Shift>,
    pub weekday: i64,
    pub from: String,
    pub to: String,
    /// Those of the shift in hand.
    pub breaks: Vec<Break>,
    /// The one that was opened.
    pub pause: Option<Break>,
}

impl EditForm {
    pub fn is_open(&self, it: &Break) -> bool {
        self.pause == Some(*it)
    }

    pub fn may_have_more(&self) -> bool {
        self.breaks.len() < BREAKS_PER_SHIFT_MAX
    }
}

impl Board {
    pub(super) fn load(tx: &mut Tx, asked: Asked) -> Result<Board, Problem> {
        let now = tx.now();
        let week = match &asked.week {
            Some(text) => week_of(text)?,
            None => Week::containing(now, &settings::company(tx)?.time_zone),
        };
        let asked = Asked { day: asked.day.filter(|it| (0..7).contains(it)), ..asked };
        Ok(Board { page: roster_page(tx, week)?, asked, now })
    }

    /// This page with another day, need or shift.
    fn address(&self, week: Week, day: Option<i64>, show: Option<i64>) -> String {
        let mut address = format!("/floor/roster?week={week}");
        if let Some(day) = day {
            address.push_str(&format!("&day={day}"));
        }
        if let Some(show) = show {
            address.push_str(&format!("&show={show}"));
        }
        address
    }

    pub fn here(&self) -> String {
        self.address(self.page.week, self.asked.day, self.asked.show)
    }

    pub fn at_week(&self, week: impl std::borrow::Borrow<Week>) -> String {
        self.address(*week.borrow(), self.asked.day, self.asked.show)
    }

    pub fn at_day(&self, day: &i64) -> String {
        self.address(self.page.week, Some(*day), self.asked.show)
    }

    pub fn at_line(&self, line: &LineOfWeek) -> String {
        self.address(self.page.week, self.asked.day, line.skill.map(|it| it.0))
    }

    pub fn is_shown(&self, line: &LineOfWeek) -> bool {
        line.skill.map(|it| it.0) == self.asked.show
    }

    pub fn weekdays(&self, chosen: &i64) -> Vec<(i64, &'static str, bool)> {
        (0..7).map(|day| (day, weekday_name(day), day == *chosen)).collect()
    }

    pub fn is_chosen(&self, form: &EditForm, row: &Row) -> bool {
        form.user == Some(row.user)
    }

    pub fn whole_week(&self) -> String {
        self.address(self.page.week, None, self.asked.show)
    }

    pub fn edit_of(&self, row: &Row, bar: &Bar) -> String {
        format!("{}&edit={}.{}#edit", self.here(), row.user, shift_code(&bar.shift))
    }

    pub fn is_draft(&self) -> bool {
        self.page.standing == Standing::Draft
    }

    pub fn columns(&self) -> Vec<Column> {
        let today =
            desk::floor::roster::when::minute_of_week(self.now, self.page.week, &zone(&self.page.time_zone))
                .div_euclid(DAY_MINUTES);
        let days = match self.asked.day {
            Some(day) => day..day + 1,
            None => 0..7,
        };
        let column = |day: i64| Column {
            day,
            name: weekday_name(day),
            short: weekday_name(day).get(..3).unwrap_or_default(),
            date: crate::floor::forecast::short_date(&self.page.week.day(day).to_string()),
            is_today: day == today,
        };
        days.map(column).collect()
    }

    pub fn week_words(&self) -> String {
        let day = |at: i64| crate::floor::forecast::short_date(&self.page.week.day(at).to_string());
        format!("{} – {}", day(0), day(6))
    }

    /// What is drawn: all work, or what needs one skill.
    pub fn line(&self) -> Option<&LineOfWeek> {
        let lines = &self.page.need.as_ref()?.lines;
        lines.iter().find(|it| it.skill.map(|it| it.0) == self.asked.show).or(lines.first())
    }

    pub fn lines(&self) -> &[LineOfWeek] {
        self.page.need.as_ref().map(|it| it.lines.as_slice()).unwrap_or_default()
    }

    /// `4.5 h short`, `0 h short`
    pub fn short_words(&self) -> Option<(String, String)> {
        let (short, over) = self.line()?.short_and_over();
        Some((hours(short), hours(over)))
    }

    pub fn segments<'a>(&self, row: &'a Row, day: &i64) -> Vec<Segment<'a>> {
        let (start, end) = (day * DAY_MINUTES, (day + 1) * DAY_MINUTES);
        let inside = |bar: &&'a Bar| bar.from < end && bar.to > start;
        let segment = |bar: &'a Bar| {
            let (from, to) = (bar.from.max(start) - start, bar.to.min(end) - start);
            let place = (from / QUARTER_MINUTES).min(QUARTERS_PER_DAY - 1);
            let length = (to - place * QUARTER_MINUTES + QUARTER_MINUTES / 2) / QUARTER_MINUTES;
            Segment {
                bar,
                place,
                length: length.clamp(1, QUARTERS_PER_DAY - place),
                goes_on: bar.from < start && *day > 0 && self.asked.day.is_none(),
                is_open: bar.to > end,
            }
        };
        row.bars.iter().filter(inside).map(segment).collect()
    }

    pub fn edit_of_pause(&self, row: &Row, bar: &Bar, pause: &Break) -> String {
        let (shift, pause) = (shift_code(&bar.shift), break_code(pause));
        format!("{}&edit={}.{shift}.{pause}#edit", self.here(), row.user)
    }

    /// Breaks and leave in one day.
    pub fn marks<'a>(&self, row: &'a Row, day: &i64) -> Vec<Mark<'a>> {
        let (start, end) = (day * DAY_MINUTES, (day + 1) * DAY_MINUTES);
        let mark = |from: i64, to: i64, pause: Option<(&'a Bar, Break, i64, i64)>, granted: bool| {
            let (from, to) = (from.max(start) - start, to.min(end) - start);
            let place = (from / QUARTER_MINUTES).min(QUARTERS_PER_DAY - 1);
            let length =
                ((to - from + QUARTER_MINUTES / 2) / QUARTER_MINUTES).clamp(1, QUARTERS_PER_DAY - place);
            (to > from).then_some(Mark { place, length, pause, granted })
        };
        let leaves = row.leaves.iter().filter_map(|it| mark(it.from, it.to, None, it.granted));
        let pauses = row.bars.iter().flat_map(|bar| bar.pauses().into_iter().map(move |it| (bar, it)));
        let pauses =
            pauses.filter_map(|(bar, (it, from, to))| mark(from, to, Some((bar, it, from, to)), true));
        leaves.chain(pauses).collect()
    }

    pub fn break_at(&self, shift: &Shift, it: &Break) -> String {
        clock_words(shift.from_minute + it.after_minutes)
    }

    /// Somebody has a shift on a day of leave.
    pub fn has_leave_clash(&self) -> bool {
        self.page.findings.iter().any(|it| it.1.kind == FindingKind::OnLeave)
    }

    pub fn chart(&self, day: &i64) -> DayChart {
        let Some(line) = self.line() else { return DayChart::default() };
        let most = line.needed.iter().chain(&line.there).copied().max().unwrap_or(0).max(1);
        let from = *day as usize * PERIODS_PER_DAY;
        let of = |all: &[u32]| all.get(from..from + PERIODS_PER_DAY).map(<[u32]>::to_vec).unwrap_or_default();
        drawn(&of(&line.needed), &of(&line.there), most, weekday_name(*day))
    }

    /// Weeks around with their words; the one before is chosen.
    pub fn copies(&self) -> Vec<(Week, String, bool)> {
        let mut week = self.page.week;
        (0..WEEKS_TO_COPY).for_each(|_| week = week.before());
        let mut found = Vec::new();
        for _ in 0..=2 * WEEKS_TO_COPY {
            if week != self.page.week {
                let words = crate::floor::forecast::short_date(&week.to_string());
                found.push((week, words, week == self.page.week.before()));
            }
            week = week.after();
        }
        found
    }

    pub fn edited(&self) -> Option<EditForm> {
        let code = self.asked.edit.as_deref()?;
        let (user, rest) = code.split_once('.').unwrap_or(("", code));
        let (shift, pause) = rest.split_once('.').unwrap_or((rest, ""));
        let was = shift_of(shift);
        let of_user = self.page.rows.iter().filter(|it| it.user.to_string() == user);
        let bar = of_user.flat_map(|it| &it.bars).find(|it| Some(it.shift) == was);
        let shown =
            was.unwrap_or(Shift { weekday: self.asked.day.unwrap_or(0), from_minute: 540, to_minute: 1_020 });
        Some(EditForm {
            user: user.parse().ok(),
            was,
            weekday: shown.weekday,
            from: clock_words(shown.from_minute),
            to: clock_words(shown.to_minute),
            breaks: bar.map(|it| it.breaks.iter().collect()).unwrap_or_default(),
            pause: break_of(pause),
        })
    }

    /// Of the week that is shown: those who are there, the dearest to do without first.
    pub fn away_rows(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.page.rows.iter().filter(|it| it.minutes > 0).collect();
        rows.sort_by(|a, b| {
            let rank = |it: &Row| (it.away.skills.len(), it.away.short_hours);
            rank(b).0.cmp(&rank(a).0).then(rank(b).1.total_cmp(&rank(a).1))
        });
        rows
    }

    pub fn absence_of(&self, row: &Row) -> Option<&AbsenceTold> {
        self.page.absences.iter().find(|it| it.user == Some(row.user))
    }

    pub fn is_working_out(&self) -> bool {
        self.page.run.as_ref().is_some_and(|it| it.finished_at.is_none())
    }
}

/// Steps from half hour to half hour, at most `most` high.
pub(super) fn drawn(needed: &[u32], there: &[u32], most: u32, day: &str) -> DayChart {
    let y = |people: u32| CHART_HEIGHT - (CHART_HEIGHT - 2.0) * f64::from(people) / f64::from(most);
    let steps = |all: &[u32]| -> String {
        all.iter().enumerate().map(|(at, it)| format!("L{at},{0:.1} L{1},{0:.1}", y(*it), at + 1)).collect()
    };
    let mut chart = DayChart {
        needed: format!("M0,{CHART_HEIGHT:.0}{}L{},{CHART_HEIGHT:.0}Z", steps(needed), needed.len()),
        there: steps(there).replacen('L', "M", 1),
        ..DayChart::default()
    };
    let (mut shorts, mut since): (Vec<String>, Option<usize>) = (Vec::new(), None);
    let clock = |at: usize| clock_words(at as i64 * PERIOD_MINUTES);
    for (at, (needed, there)) in needed.iter().zip(there).chain([(&0, &0)]).enumerate() {
        if needed > there {
            let (top, bottom) = (y(*needed), y(*there));
            chart.short.push_str(&format!("M{at},{top:.1}h1V{bottom:.1}h-1Z"));
            since = since.or(Some(at));
        } else if let Some(from) = since.take() {
            shorts.push(format!("{}–{}", clock(from), clock(at)));
        }
    }
    let top = needed.iter().max().copied().unwrap_or(0);
    chart.words = match shorts.is_empty() {
        true => format!("{day}: up to {top} needed, never short"),
        false => format!("{day}: up to {top} needed, short {}", shorts.join(", ")),
    };
    chart
}
