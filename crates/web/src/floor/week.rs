//! `/me/week`: one's own shifts, breaks and leave, by one's own clock; leave is asked for here, and a calendar opened.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::floor::calendar;
use desk::floor::leave::{self, AskLeave, Leave, LeaveKind, LeaveState, views};
use desk::floor::roster::Week;
use desk::floor::roster::mine::{MyDay, MyShift, MyWeek, my_week};
use desk::{Actor, LeaveId, Tx, UserId, settings};
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/me/week", get(show))
        .route("/me/leave", post(ask))
        .route("/me/leave/{leave}/withdrawal", post(withdraw))
        .route("/me/calendar", post(open))
        .route("/me/calendar/end", post(close))
}

#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub week: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "floor/week.html")]
pub struct MyWeekPage {
    pub shell: Shell,
    pub now: i64,
    pub page: MyWeek,
    /// What ends last first.
    pub leaves: Vec<Leave>,
    pub calendar_since: Option<i64>,
    /// The address of a calendar that was just made: shown this once.
    pub fresh: Option<String>,
    pub problem: Option<Problem>,
    /// What was written, if it could not be taken.
    pub draft: LeaveForm,
}

/// What a form about leave holds.
#[derive(Clone, Debug, Default)]
pub struct LeaveForm {
    pub user: Option<UserId>,
    pub kind: String,
    pub first_day: String,
    pub last_day: String,
    /// Of one day, as `13:00`.
    pub from: String,
    pub until: String,
    pub note: String,
}

impl LeaveForm {
    pub(super) fn of(form: &Fields) -> LeaveForm {
        LeaveForm {
            user: form.parsed("user"),
            kind: form.owned("kind"),
            first_day: form.owned("first_day"),
            last_day: form.owned("last_day"),
            from: form.owned("from"),
            until: form.owned("until"),
            note: form.owned("note"),
        }
    }

    /// One day, if no last one is said.
    pub(super) fn command(&self, user: UserId) -> Result<AskLeave, Problem> {
        let wrong =
            |field| Problem { field: Some(field), ..Problem::invalid("Write a day such as 2026-12-24.") };
        let day = |text: &str, field| text.parse::<Date>().map_err(|_| wrong(field));
        let first_day = day(&self.first_day, "first_day")?;
        let last_day = match self.last_day.is_empty() {
            true => first_day,
            false => day(&self.last_day, "last_day")?,
        };
        let kind = LeaveKind::parse(&self.kind).ok_or_else(|| Problem::invalid("Say what leave it is."))?;
        let minute = |text: &str| {
            let (hours, minutes) = text.split_once(':')?;
            Some(60 * hours.parse::<i64>().ok()? + minutes.parse::<i64>().ok()?)
        };
        let hours = match (self.from.as_str(), self.until.as_str()) {
            ("", "") => None,
            // From midnight on, or until the next.
            (from, until) => Some((
                if from.is_empty() { 0 } else { minute(from).unwrap_or(-1) },
                if until.is_empty() { 24 * 60 } else { minute(until).unwrap_or(-1) },
            )),
        };
        Ok(AskLeave { user, kind, first_day, last_day, hours, note: self.note.clone() })
    }

    pub fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        LeaveKind::ALL.iter().map(|it| (it.as_str(), kind_words(it), it.as_str() == self.kind)).collect()
    }
}

impl MyWeekPage {
    fn load(tx: &mut Tx, asked: &Asked) -> Result<MyWeekPage, Problem> {
        let week = match &asked.week {
            Some(text) => Some(super::roster::week_of(text)?),
            None => None,
        };
        let user = tx.actor().user();
        Ok(MyWeekPage {
            now: tx.now(),
            page: my_week(tx, week)?,
            leaves: if tx.actor().is_agent() { views::leaves(tx, user, None)? } else { Vec::new() },
            calendar_since: calendar::calendar_since(tx)?,
            fresh: None,
            problem: None,
            draft: LeaveForm::default(),
            shell: Shell::load(tx)?,
        })
    }

    pub fn at_week(&self, week: impl std::borrow::Borrow<Week>) -> String {
        format!("/me/week?week={}", week.borrow())
    }

    pub fn week_words(&self) -> String {
        let day = |at: i64| super::forecast::short_date(&self.page.week.day(at).to_string());
        format!("{} – {}", day(0), day(6))
    }

    pub fn worked(&self) -> String {
        super::roster::words::hours(self.page.worked_ms as f64 / 3.6e6)
    }

    pub fn day_words(&self, it: &MyDay) -> String {
        it.date.strftime("%A %-d %b").to_string()
    }

    /// `09:00–17:00`
    pub fn times(&self, it: &MyShift) -> String {
        self.between(&it.from, &it.to)
    }

    pub fn has_breaks(&self, it: &MyDay) -> bool {
        it.shifts.iter().any(|it| !it.on_leave && !it.breaks.is_empty())
    }

    pub fn between(&self, from: &i64, to: &i64) -> String {
        let zone = TimeZone::get(&self.page.time_zone).unwrap_or(TimeZone::UTC);
        let clock = |at: i64| {
            let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
            at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
        };
        format!("{}–{}", clock(*from), clock(*to))
    }

    pub fn may_withdraw(&self, it: &Leave) -> bool {
        matches!(it.state, LeaveState::Asked | LeaveState::Granted)
    }
}

pub fn kind_words(kind: &LeaveKind) -> &'static str {
    match kind {
        LeaveKind::Holiday => "Holiday",
        LeaveKind::Illness => "Illness",
        LeaveKind::Learning => "Course or conference",
        LeaveKind::Other => "Other",
    }
}

/// `Holiday, 24 Dec – 2 Jan`
pub fn leave_words(it: &Leave) -> String {
    format!("{}, {}", kind_words(&it.kind), days_words(it))
}

/// `24 Dec – 2 Jan, 10 days`
pub fn days_words(it: &Leave) -> String {
    let day = |day: Date| super::forecast::short_date(&day.to_string());
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    match it.days() {
        1 => match it.hours {
            None => day(it.first_day),
            Some((from, to)) => format!("{}, {}–{}", day(it.first_day), clock(from), clock(to)),
        },
        days => format!("{} – {}, {days} days", day(it.first_day), day(it.last_day)),
    }
}

/// The class of a status that looks like it.
pub fn state_class(state: &LeaveState) -> &'static str {
    match state {
        LeaveState::Asked => "pending",
        LeaveState::Granted => "solved",
        LeaveState::Refused => "open",
        LeaveState::Withdrawn => "closed",
    }
}

pub fn state_words(state: &LeaveState) -> &'static str {
    match state {
        LeaveState::Asked => "Asked",
        LeaveState::Granted => "Granted",
        LeaveState::Refused => "Refused",
        LeaveState::Withdrawn => "Withdrawn",
    }
}

async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    Ok(Html(page(&web, actor, asked).await?).into_response())
}

async fn page(web: &Web, actor: Actor, asked: Asked) -> Result<MyWeekPage, Problem> {
    web.desk.read(actor, move |tx| MyWeekPage::load(tx, &asked)).await
}

async fn ask(State(web): State<Web>, SignedIn(actor): SignedIn, form: Fields) -> Result<Response, Problem> {
    let draft = LeaveForm::of(&form);
    let user = actor.user().ok_or_else(Problem::not_found)?;
    let asked = match draft.command(user) {
        Ok(command) => web.desk.write(actor, move |tx| Ok::<_, Problem>(leave::ask(tx, &command)?)).await,
        Err(problem) => Err(problem),
    };
    match asked {
        Ok(leave) => {
            let state =
                web.desk.read(actor, move |tx| Ok::<_, Problem>(views::leave(tx, leave)?.state)).await?;
            let words = match state {
                LeaveState::Granted => "Written down. Get well soon.",
                _ => "Asked. You see here what is decided.",
            };
            Ok(Said::new(words).with_undo(format!("/me/leave/{leave}/withdrawal")).then("/me/week#leave"))
        }
        Err(problem) => {
            let status = problem.status();
            let page =
                MyWeekPage { problem: Some(problem), draft, ..page(&web, actor, Asked::default()).await? };
            Ok((status, Html(page)).into_response())
        }
    }
}

async fn withdraw(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(leave): Path<LeaveId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| Ok::<_, Problem>(leave::withdraw(tx, leave)?)).await?;
    Ok(Said::new("Taken back.").then("/me/week#leave"))
}

async fn open(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    let (token, company) = web
        .desk
        .write(actor, |tx| Ok::<_, Problem>((calendar::open_calendar(tx)?, settings::company(tx)?)))
        .await?;
    let address = format!("{}/calendars/{token}.ics", company.public_url.trim_end_matches('/'));
    let page = MyWeekPage { fresh: Some(address), ..page(&web, actor, Asked::default()).await? };
    Ok(Html(page).into_response())
}

async fn close(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    web.desk.write(actor, |tx| Ok::<_, Problem>(calendar::close_calendar(tx)?)).await?;
    Ok(Said::new("The address opens nothing any more.").then("/me/week#calendar"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::floor::roster::{Line, Standing};
    use desk::skills::planning::{Break, Breaks, Shift};

    pub fn leave_of(state: LeaveState) -> Leave {
        Leave {
            id: LeaveId(3),
            user: UserId(1),
            name: "Ana <Novak>".into(),
            kind: LeaveKind::Holiday,
            first_day: jiff::civil::date(2026, 11, 27),
            last_day: jiff::civil::date(2026, 12, 2),
            hours: None,
            note: "بعيدًا <b>".into(),
            state,
            asked_at: 1_764_000_000_000,
            decided_at: Some(1_764_000_000_000),
            decided_by: Some(UserId(2)),
            decided_by_name: Some("Lea".into()),
            answer: "Enjoy <it>".into(),
        }
    }

    fn sample(leaves: Vec<Leave>) -> MyWeekPage {
        let week = Week::parse("2026-11-23").expect("a week");
        let shift = Shift { weekday: 0, from_minute: 540, to_minute: 1_020 };
        let noon = vec![Break { after_minutes: 180, minutes: 30 }];
        let breaks = Breaks::of(noon, &shift).expect("a break");
        // Monday, 9 o'clock in Manila.
        let from = 1_795_395_600_000;
        let day = |at: i64| {
            let shift = MyShift {
                line: Line { user: UserId(1), shift: Shift { weekday: at, ..shift }, breaks },
                from: from + at * 86_400_000,
                to: from + at * 86_400_000 + 8 * 3_600_000,
                breaks: vec![(from + 3 * 3_600_000, from + 3 * 3_600_000 + 1_800_000)],
                on_leave: at == 4,
            };
            MyDay {
                date: week.day(at),
                is_today: at == 1,
                shifts: if at < 5 { vec![shift] } else { vec![] },
                leave: leaves.first().filter(|it| it.covers(week.day(at))).cloned(),
            }
        };
        MyWeekPage {
            shell: shell(),
            now: 1_764_000_000_000,
            page: MyWeek {
                user: UserId(1),
                week,
                this_week: week,
                time_zone: "Asia/Manila".into(),
                standing: Standing::Published,
                published_at: Some(1_764_000_000_000),
                days: (0..7).map(day).collect(),
                worked_ms: 4 * 27_000_000,
            },
            leaves,
            calendar_since: None,
            fresh: None,
            problem: None,
            draft: LeaveForm::default(),
        }
    }

    #[test]
    fn a_week_shows_shifts_breaks_and_leave_by_ones_own_clock() {
        let html = renders(&sample(LeaveState::ALL.map(leave_of).into()));
        for words in [
            "Asia/Manila",
            "09:00–17:00",
            "12:00–12:30",
            "30 h",
            "Enjoy &#60;it&#62;",
            "not worked",
            "withdrawal",
        ] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
    }

    #[test]
    fn an_empty_week_a_fresh_address_and_what_is_wrong_are_shown() {
        let mut page = sample(vec![]);
        page.page.days.iter_mut().for_each(|it| it.shifts.clear());
        page.page.standing = Standing::Usual;
        page.fresh = Some("https://desk.example/calendars/abc.ics".into());
        page.problem =
            Some(Problem { field: Some("last_day"), ..Problem::invalid("it ends before it begins") });
        page.draft =
            LeaveForm { kind: "learning".into(), first_day: "2026-12-24".into(), ..LeaveForm::default() };
        let html = renders(&page);
        assert!(html.contains("calendars/abc.ics") && html.contains("it ends before it begins"), "{html}");
        assert!(
            html.contains("value=\"2026-12-24\"") && html.contains("value=\"learning\" selected"),
            "{html}"
        );
        page.calendar_since = Some(1_764_000_000_000);
        page.fresh = None;
        assert!(renders(&page).contains("/me/calendar/end"));
    }
}
