//! `/floor/roster`: a week's shifts as bars against what will be needed; moved by hand, suggested, published.

use super::only_leads;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web, around};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::floor::roster::need::{PERIOD_MINUTES, PERIODS_PER_DAY};
use desk::floor::roster::views::{Bar, LineOfWeek, RosterPage, Row, roster_page};
use desk::floor::roster::when::{DAY_MINUTES, shift_between, zone};
use desk::floor::roster::{self, Edit, Publish, RosterRules, Standing, Week, save_rules};
use desk::floor::runs::{self, AbsenceTold, Question};
use desk::skills::planning::{Shift, clock_words, weekday_name};
use desk::{Actor, Tx, UserId, people, settings};

const QUARTER_MINUTES: i64 = 15;
const QUARTERS_PER_DAY: i64 = DAY_MINUTES / QUARTER_MINUTES;
/// Height of a day's little chart, in its own units; a half hour is one unit wide.
const CHART_HEIGHT: f64 = 40.0;
/// Weeks before and after that can be taken over.
const WEEKS_TO_COPY: i64 = 4;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/floor/roster", get(show))
        .route("/floor/roster/needs", post(work_out))
        .route("/floor/roster/rules", post(settle))
        .route("/floor/roster/{week}/shifts", post(edit))
        .route("/floor/roster/{week}/copy", post(copy))
        .route("/floor/roster/{week}/suggestion", post(suggest))
        .route("/floor/roster/{week}/publication", post(publish))
        .route("/floor/roster/{week}/discard", post(discard))
        .route("/floor/roster/{week}/undo", post(undo))
}

/// Which week, which of its days (0 Monday; none: all), whose need (a skill; none: all work), and what is edited.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub week: Option<String>,
    pub day: Option<i64>,
    pub show: Option<i64>,
    /// `new`, `7.new` or `7.0-540-1020`: a person and a shift.
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
}

impl Board {
    fn load(tx: &mut Tx, asked: Asked) -> Result<Board, Problem> {
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
            date: super::forecast::short_date(&self.page.week.day(day).to_string()),
            is_today: day == today,
        };
        days.map(column).collect()
    }

    pub fn week_words(&self) -> String {
        let day = |at: i64| super::forecast::short_date(&self.page.week.day(at).to_string());
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
                let words = super::forecast::short_date(&week.to_string());
                found.push((week, words, week == self.page.week.before()));
            }
            week = week.after();
        }
        found
    }

    pub fn edited(&self) -> Option<EditForm> {
        let code = self.asked.edit.as_deref()?;
        let (user, shift) = code.split_once('.').unwrap_or(("", code));
        let was = shift_of(shift);
        let shown =
            was.unwrap_or(Shift { weekday: self.asked.day.unwrap_or(0), from_minute: 540, to_minute: 1_020 });
        Some(EditForm {
            user: user.parse().ok(),
            was,
            weekday: shown.weekday,
            from: clock_words(shown.from_minute),
            to: clock_words(shown.to_minute),
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

/// Whether they may be away in this week, in a few words.
pub fn may_be_away(row: &Row, absence: &Option<&AbsenceTold>) -> &'static str {
    let loses = absence.and_then(|it| it.in_time).is_some_and(|it| it.high < -0.005);
    match (row.away.skills.is_empty(), row.away.short_hours >= 4.0, loses) {
        (false, ..) => "alone with a skill",
        (_, true, _) | (_, _, true) => "it would be felt",
        _ => "may be away",
    }
}

/// `6.5 h`
pub fn hours(hours: impl crate::say::Real) -> String {
    let rounded = (2.0 * hours.real()).round() / 2.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0} h") } else { format!("{rounded:.1} h") }
}

pub fn minutes_as_hours(minutes: &i64) -> String {
    hours(*minutes as f64 / 60.0)
}

/// `9–17`, `8:30–17`
pub fn short_times(shift: &Shift) -> String {
    let one = |minute: i64| {
        let minute = if minute == DAY_MINUTES { minute } else { minute.rem_euclid(DAY_MINUTES) };
        match minute % 60 {
            0 => format!("{}", minute / 60),
            rest => format!("{}:{rest:02}", minute / 60),
        }
    };
    format!("{}–{}", one(shift.from_minute), one(shift.to_minute))
}

/// `Mei Tan, Monday 09:00–17:00 (02:00–10:00 by the desk's clock)`
pub fn bar_words(row: &Row, bar: &Bar) -> String {
    let shift = &bar.shift;
    let (from, to) = (clock_words(shift.from_minute), clock_words(shift.to_minute));
    let mut words = format!("{}, {} {from}–{to}", row.name, weekday_name(shift.weekday));
    if row.is_elsewhere {
        let day = weekday_name(bar.from.div_euclid(DAY_MINUTES).rem_euclid(7));
        let at = |minute: i64| clock_words(minute.rem_euclid(DAY_MINUTES));
        words.push_str(&format!(" in {}; {day} {}–{} here", row.time_zone, at(bar.from), at(bar.to)));
    }
    words
}

/// `Spanish 6.5 h, French 2 h`
pub fn alone_words(row: &Row) -> String {
    let words = row.away.skills.iter().map(|(skill, alone)| format!("{skill} {}", hours(*alone)));
    words.collect::<Vec<_>>().join(", ")
}

/// What stands on a bar in a week: all of it if it is short, else when it begins.
pub fn brief_times(shift: &Shift) -> String {
    let times = short_times(shift);
    match times.split_once(':') {
        None => times,
        Some(_) => times.split('–').next().unwrap_or_default().to_owned(),
    }
}

/// `Monday 13:00–15:00`
pub fn gap_words(from: &i64, to: &i64) -> String {
    let at = |minute: i64| clock_words(minute.rem_euclid(DAY_MINUTES));
    let until = if to % DAY_MINUTES == 0 { "24:00".to_owned() } else { at(*to) };
    format!("{} {}–{until}", weekday_name(from.div_euclid(DAY_MINUTES)), at(*from))
}

pub fn shift_code(it: &Shift) -> String {
    format!("{}-{}-{}", it.weekday, it.from_minute, it.to_minute)
}

fn shift_of(code: &str) -> Option<Shift> {
    let mut parts = code.split('-').map(|it| it.parse::<i64>().ok());
    let shift = Shift { weekday: parts.next()??, from_minute: parts.next()??, to_minute: parts.next()?? };
    parts.next().is_none().then_some(shift)
}

fn week_of(text: &str) -> Result<Week, Problem> {
    Week::parse(text).ok_or_else(|| Problem::from(roster::RosterError::NoWeek))
}

/// Steps from half hour to half hour, at most `most` high.
fn drawn(needed: &[u32], there: &[u32], most: u32, day: &str) -> DayChart {
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

// --- the door

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    only_leads(actor)?;
    if around::is_fragment() {
        return Ok(Html(RosterBoard { board: board(&web, actor, asked).await? }).into_response());
    }
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Roster { board: Board::load(tx, asked.clone())?, shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?).into_response())
}

async fn board(web: &Web, actor: Actor, asked: Asked) -> Result<Board, Problem> {
    web.desk.read(actor, move |tx| Board::load(tx, asked.clone())).await
}

/// The board anew, or the way back to it.
async fn answer(web: &Web, actor: Actor, week: Week, form: &Fields, said: Said) -> Result<Response, Problem> {
    let asked = Asked {
        week: Some(week.to_string()),
        day: form.parsed("day"),
        show: form.parsed("show"),
        edit: None,
    };
    let said = said.with_undo(format!("/floor/roster/{week}/undo"));
    if around::is_fragment() {
        let board = board(web, actor, asked).await?;
        return Ok((said.trigger(), Html(RosterBoard { board })).into_response());
    }
    let mut back = format!("/floor/roster?week={week}");
    for (name, value) in [("day", asked.day), ("show", asked.show)] {
        if let Some(value) = value {
            back.push_str(&format!("&{name}={value}"));
        }
    }
    Ok(said.then(&back))
}

async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let user: UserId = form.parsed("user").ok_or_else(|| Problem::invalid("Say whose shift it is."))?;
    let was =
        form.given("was").map(|it| shift_of(it).ok_or_else(|| Problem::invalid("There is no such shift.")));
    let (was, hand_to) = (was.transpose()?, form.parsed("hand_to"));
    let written = match form.has("weekday") {
        true => {
            let day = weekday_name(form.parsed("weekday").unwrap_or(-1)).to_lowercase();
            let shift = Shift::parse(&day, form.text("from"), form.text("to"));
            Some(shift.ok_or_else(|| Problem::invalid("Write times such as 08:30."))?)
        }
        false => None,
    };
    // From the board: minutes of the week by the desk's clock.
    let dragged: Option<(i64, i64)> = form.parsed("from_minute").zip(form.parsed("to_minute"));
    let is_gone = form.is_on("remove");
    let words = web.desk.write(actor, move |tx| {
        let becomes = match (is_gone, written, dragged) {
            (true, ..) => None,
            (_, Some(shift), _) => Some(shift),
            (_, None, Some(minutes)) => Some(by_own_clock(tx, week, hand_to.unwrap_or(user), minutes)?),
            _ => None,
        };
        Ok::<_, Problem>(roster::edit(tx, week, &Edit { user, was, becomes, hand_to })?)
    });
    let said = Said::new(format!("{}. It is a draft until you publish it.", words.await?));
    answer(&web, actor, week, &form, said).await
}

fn by_own_clock(tx: &mut Tx, week: Week, user: UserId, minutes: (i64, i64)) -> Result<Shift, Problem> {
    let desk_zone = zone(&settings::company(tx)?.time_zone);
    let agents = people::list_agents(tx)?;
    let own = agents.iter().find(|it| it.id == user).ok_or(roster::RosterError::NoSuchPerson)?;
    let shift = shift_between(week, minutes, &desk_zone, &zone(&own.time_zone));
    Ok(shift.ok_or(roster::RosterError::LiesInAnotherWeek)?)
}

async fn copy(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let (week, from) = (week_of(&week)?, week_of(form.text("from"))?);
    web.desk.write(actor, move |tx| roster::copy_week(tx, from, week)).await?;
    let day = super::forecast::short_date(&from.to_string());
    answer(&web, actor, week, &form, Said::new(format!("Taken over from the week of {day}, as a draft.")))
        .await
}

async fn suggest(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let asked = web.desk.read(actor, move |tx| roster::suggest(tx, week)).await?;
    let found = tokio::task::spawn_blocking(move || asked.find());
    let found = found.await.map_err(|_| Problem::new(desk::Kind::Broken, "No suggestion could be made."))?;
    let short = hours(found.short_hours);
    web.desk.write(actor, move |tx| roster::take_suggestion(tx, &found)).await?;
    let said = Said::new(format!("A suggestion is the draft now; {short} of people stay short."));
    answer(&web, actor, week, &form, said).await
}

async fn publish(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let command = Publish { seen: form.is_on("seen"), as_usual: form.is_on("as_usual") };
    let people = web.desk.write(actor, move |tx| roster::publish(tx, week, command)).await?;
    let words = format!("Published: the week of {}.", crate::say::counted(people, "person", "people"));
    answer(&web, actor, week, &form, Said::new(words)).await
}

async fn discard(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    web.desk.write(actor, move |tx| roster::discard(tx, week)).await?;
    answer(&web, actor, week, &form, Said::new("The draft is given up.")).await
}

async fn undo(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let words = web.desk.write(actor, move |tx| roster::undo(tx, week)).await?;
    let said = Said::new(format!("Taken back: {words}."));
    if around::is_fragment() {
        let asked = Asked {
            week: Some(week.to_string()),
            day: form.parsed("day"),
            show: form.parsed("show"),
            edit: None,
        };
        let board = board(&web, actor, asked).await?;
        return Ok((said.trigger(), Html(RosterBoard { board })).into_response());
    }
    Ok(said.then(&format!("/floor/roster?week={week}")))
}

async fn work_out(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    web.desk.write(actor, |tx| runs::ask(tx, &Question::Roster)).await?;
    let week = form.given("week").and_then(Week::parse);
    let back = week.map_or("/floor/roster".to_owned(), |it| format!("/floor/roster?week={it}"));
    Ok(Said::new("It begins in a moment; this page follows it.").then(&back))
}

async fn settle(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let rules = RosterRules {
        rest_hours: form.parsed("rest_hours").unwrap_or(-1.0),
        week_hours: form.parsed("week_hours").unwrap_or(-1.0),
        shift_hours: form.parsed("shift_hours").unwrap_or(-1.0),
        away_after_minutes: form.given("away_after_minutes").map(|it| it.parse().unwrap_or(-1)),
    };
    web.desk.write(actor, move |tx| save_rules(tx, &rules)).await?;
    Ok(Said::new("Saved.").then("/floor/roster"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::SkillId;
    use desk::floor::Told;
    use desk::floor::roster::need::PERIODS_PER_WEEK;
    use desk::floor::roster::views::{Away, Gap, NeedOfWeek};
    use desk::floor::roster::{Finding, FindingKind};

    fn bar(weekday: i64, from: i64, to: i64, later: i64) -> Bar {
        let day = weekday * DAY_MINUTES;
        let shift = Shift { weekday, from_minute: from, to_minute: to };
        Bar { shift, from: day + from + later, to: day + to + later }
    }

    fn row(user: i64, name: &str, bars: Vec<Bar>) -> Row {
        Row {
            user: UserId(user),
            name: name.into(),
            time_zone: "Asia/Manila".into(),
            is_elsewhere: user == 2,
            minutes: bars.iter().map(|it| it.to - it.from).sum(),
            bars,
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
        let finding =
            Finding { user: UserId(1), weekday: Some(1), kind: FindingKind::ShortRest { hours: 8.0 } };
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
            findings: vec![("Ana <Novak>".into(), finding)],
            need: Some(NeedOfWeek {
                told: Default::default(),
                lines: vec![line(None, "All work"), line(Some(4), "SAML <b>")],
                gaps: vec![Gap {
                    skill: "SAML <b>".into(),
                    hours: 2.0,
                    stretches: vec![(780, 900)],
                    more: 3,
                }],
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
        let asked =
            Asked { day: Some(5), show: Some(4), edit: Some("1.4-1320-1800".into()), ..Asked::default() };
        let html = html(board(Standing::Published, asked));
        assert!(html.contains("value=\"22:00\"") && html.contains("value=\"06:00\""), "{html}");
        assert!(html.contains("Saturday") && !html.contains("Thursday, "), "{html}");
        assert!(!html.contains("/publication"), "nothing to publish");
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
}
