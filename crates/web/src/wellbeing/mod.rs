//! `/wellbeing`: what answering took, for the person first; what is shared, for leads; the limits, for admins.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use desk::wellbeing::{self, EffortPage, EffortRow, Limits};
use desk::{Actor, UserId};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days that are drawn, one bar each.
const DAYS_DRAWN: usize = 14;
const WEEKS_SHOWN: usize = 8;
/// Answers that are listed, those that took most.
const ANSWERS_SHOWN: usize = 12;
const BAR_WIDTH: f64 = 40.0;
const BARS_HEIGHT: f64 = 120.0;
/// A day below this many points fills its bar to the same height as a full day would.
const SCALE_POINTS_MIN: f64 = 20.0;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/wellbeing", get(index))
        .route("/wellbeing/share", post(share))
        .route("/wellbeing/limits", post(limits))
        .route("/wellbeing/{user}", get(show))
}

#[derive(askama::Template)]
#[template(path = "wellbeing/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: EffortPage,
    pub limits: Limits,
    pub problem: Option<Problem>,
}

/// The sum of a day or a week.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    /// `Mon 5 Jan`, or the Monday of a week.
    pub label: String,
    pub answers: usize,
    pub hostile: usize,
    pub points: f64,
    pub hostility: f64,
}

/// One day as a bar: the part that hostility took on top.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub x: f64,
    pub y: f64,
    pub height: f64,
    pub hostile_height: f64,
    pub label: String,
    pub words: String,
}

impl Show {
    fn is_own(&self) -> bool {
        self.actor.is(self.page.user)
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.page.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// The day of a moment, where the person is.
    fn day(&self, at_ms: i64) -> Option<Date> {
        Some(jiff::Timestamp::from_millisecond(at_ms).ok()?.to_zoned(self.zone()).date())
    }

    fn sum(&self, label: String, within: impl Fn(Date) -> bool) -> Sum {
        let mut sum = Sum { label, answers: 0, hostile: 0, points: 0.0, hostility: 0.0 };
        for row in self.page.rows.iter().filter(|it| self.day(it.at).is_some_and(&within)) {
            sum.answers += 1;
            sum.hostile += usize::from(row.is_hostile());
            sum.points += row.effort.points();
            sum.hostility += row.effort.hostility;
        }
        sum
    }

    pub fn today(&self) -> Sum {
        let today = self.day(self.now);
        self.sum(String::new(), |day| Some(day) == today)
    }

    /// The newest last.
    fn days(&self) -> Vec<Sum> {
        let Some(today) = self.day(self.now) else { return Vec::new() };
        let back = |n: usize| today.checked_sub(jiff::Span::new().days(n as i64)).ok();
        (0..DAYS_DRAWN)
            .rev()
            .filter_map(back)
            .map(|day| self.sum(day.strftime("%a %-d %b").to_string(), |it| it == day))
            .collect()
    }

    /// The newest first.
    fn weeks(&self) -> Vec<Sum> {
        let Some(today) = self.day(self.now) else { return Vec::new() };
        let since_monday = i64::from(today.weekday().to_monday_zero_offset());
        let monday = |n: usize| today.checked_sub(jiff::Span::new().days(since_monday + 7 * n as i64)).ok();
        let week = |first: Date| {
            let end = first.checked_add(jiff::Span::new().days(7)).unwrap_or(Date::MAX);
            self.sum(first.strftime("%-d %b").to_string(), |it| it >= first && it < end)
        };
        (0..WEEKS_SHOWN).filter_map(monday).map(week).filter(|it| it.answers > 0).collect()
    }

    fn bars(&self) -> Vec<Bar> {
        let days = self.days();
        let most = days.iter().map(|it| it.points).fold(SCALE_POINTS_MIN, f64::max);
        let tall = |points: f64| (points / most * (BARS_HEIGHT - 4.0) * 10.0).round() / 10.0;
        let bar = |(n, it): (usize, &Sum)| Bar {
            x: n as f64 * BAR_WIDTH,
            y: BARS_HEIGHT - tall(it.points),
            height: tall(it.points),
            hostile_height: tall(it.hostility),
            label: it.label.split(' ').nth(1).unwrap_or_default().to_owned(),
            words: format!(
                "{}: {:.0} points in {}",
                it.label,
                it.points,
                crate::words::counted(it.answers as i64, "answer", "answers")
            ),
        };
        days.iter().enumerate().map(bar).collect()
    }

    /// The answers that took most, of the days that are drawn.
    fn hardest(&self) -> Vec<&EffortRow> {
        let Some(since) =
            self.day(self.now).and_then(|it| it.checked_sub(jiff::Span::new().days(DAYS_DRAWN as i64)).ok())
        else {
            return Vec::new();
        };
        let mut rows: Vec<&EffortRow> =
            self.page.rows.iter().filter(|it| self.day(it.at).is_some_and(|day| day > since)).collect();
        rows.sort_by(|one, other| other.effort.points().total_cmp(&one.effort.points()));
        rows.truncate(ANSWERS_SHOWN);
        rows
    }

    /// `14:05`, where the person is.
    fn clock(&self, at_ms: &i64) -> String {
        let at = jiff::Timestamp::from_millisecond(*at_ms).ok();
        at.map(|at| at.to_zoned(self.zone()).strftime("%H:%M").to_string()).unwrap_or_default()
    }
}

/// `1.5`, `12`.
fn points(points: impl crate::say::Real) -> String {
    let points = points.real();
    if points >= 10.0 { format!("{points:.0}") } else { format!("{points:.1}") }
}

fn anger(row: &EffortRow) -> &'static str {
    match row.anger {
        0 => "calm",
        1 => "annoyed",
        2 => "angry",
        _ => "furious",
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    let user = actor.user().ok_or_else(Problem::not_found)?;
    shown(&web, actor, user, None).await
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    if actor.is(user) {
        return Ok(Redirect::to("/wellbeing").into_response());
    }
    shown(&web, actor, user, None).await
}

async fn shown(web: &Web, actor: Actor, user: UserId, problem: Option<Problem>) -> Result<Response, Problem> {
    let status = problem.as_ref().map_or(axum::http::StatusCode::OK, Problem::status);
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Show {
            page: wellbeing::effort_page(tx, user)?,
            limits: wellbeing::limits(tx)?,
            actor,
            now: tx.now(),
            shell: Shell::load(tx)?,
            problem: None,
        })
    });
    Ok((status, Html(Show { problem, ..page.await? })).into_response())
}

pub async fn share(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let shared = form.is_on("shared");
    web.desk.write(actor, move |tx| wellbeing::share(tx, shared)).await?;
    let said = if shared { "Your leads can see it now." } else { "Nobody but you sees it." };
    Ok(Said::new(said).then("/wellbeing"))
}

pub async fn limits(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let wanted = Limits {
        hostile_in_a_row_max: form.parsed("limit").unwrap_or(-1),
        cool_down_minutes: form.parsed("cool_down").unwrap_or(-1),
    };
    let user = actor.user().ok_or_else(Problem::not_found)?;
    match web.desk.write(actor, move |tx| wellbeing::set_limits(tx, &wanted)).await.map_err(Problem::from) {
        Ok(()) => Ok(Said::new("The router keeps to it from now on.").then("/wellbeing")),
        Err(problem) if problem.field.is_some() => shown(&web, actor, user, Some(problem)).await,
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::wellbeing::{Effort, Rest};
    use desk::{Role, TicketId};

    const NOW: i64 = 1_767_700_800_000;
    const DAY_MS: i64 = 24 * 3_600_000;

    fn row(days_ago: i64, anger: i64) -> EffortRow {
        EffortRow {
            ticket: TicketId(40 + days_ago),
            subject: if anger == 3 { "أين أموالي؟".into() } else { "Charged <twice>".repeat(9) },
            at: NOW - days_ago * DAY_MS,
            anger,
            effort: Effort { hostility: anger as f64, length: 0.7, difficulty: 0.2 },
        }
    }

    fn page(actor: Actor, rows: Vec<EffortRow>, rest: Rest) -> Show {
        let page = EffortPage {
            user: UserId(2),
            name: "Leila Ørsted".into(),
            time_zone: "Europe/Madrid".into(),
            rows,
            rest,
            shared_since: actor.is_lead().then_some(NOW),
        };
        Show { shell: shell(), actor, now: NOW, page, limits: Limits::default(), problem: None }
    }

    const RESTED: Rest = Rest { in_a_row: 0, limit: Some(3), until: None };

    #[test]
    fn a_person_sees_their_days_and_whether_they_are_resting() {
        let me = Actor::person(UserId(2), Role::Agent);
        let resting = Rest { in_a_row: 3, limit: Some(3), until: Some(NOW + 60_000) };
        let show = page(me, vec![row(0, 3), row(0, 0), row(1, 2), row(9, 1)], resting);
        assert_eq!((show.today().answers, show.today().hostile), (2, 1));
        assert!((show.today().points - (4.9 + 1.9)).abs() < 1e-9);
        assert_eq!(show.bars().len(), DAYS_DRAWN);
        let html = renders(&show);
        assert!(html.contains("No hostile ticket comes to you before 13:01"), "{html}");
        assert!(html.contains("Nobody but you sees this page"));
    }

    #[test]
    fn nothing_yet_says_what_will_stand_here_and_only_admins_set_limits() {
        let html = renders(&page(Actor::person(UserId(2), Role::Agent), vec![], RESTED));
        assert!(html.contains("As soon as you answer customers") && !html.contains("/wellbeing/limits"));
        let mut admin = page(Actor::person(UserId(2), Role::Admin), vec![row(0, 0)], RESTED);
        admin.problem = Some(Problem { field: Some("limit"), ..Problem::invalid("Between 0 and 20.") });
        let html = renders(&admin);
        assert!(html.contains("/wellbeing/limits") && html.contains("Between 0 and 20."));
    }

    #[test]
    fn a_lead_reads_what_is_shared() {
        let html = renders(&page(Actor::person(UserId(1), Role::Lead), vec![row(0, 2)], RESTED));
        assert!(html.contains("Leila Ørsted") && !html.contains("/wellbeing/share"));
    }
}
