//! `/skills/team/shifts`: who is here when, by hand or from a file.

use super::only_leads;
use super::sheet::{csv_file, sheet_of};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::UserId;
use desk::people::{self, User};
use desk::skills::planning::{self, Shift, ShiftLine};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(askama::Template)]
#[template(path = "skills/team/shifts.html")]
pub struct Shifts {
    pub shell: Shell,
    /// Everybody who answers, with their week.
    pub people: Vec<(User, Vec<Shift>)>,
    /// The person whose week is written, if one is.
    pub edited: Option<User>,
    pub days: Vec<(String, String)>,
    pub csv: String,
    pub problem: Option<Problem>,
}

impl Shifts {
    fn lines(&self) -> impl Iterator<Item = (usize, &'static str, &(String, String))> {
        self.days.iter().enumerate().map(|(day, it)| (day, planning::weekday_name(day as i64), it))
    }

    fn words(&self, shift: &Shift) -> String {
        shift_words(shift)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub user: Option<i64>,
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Shifts>, Problem> {
    only_leads(actor)?;
    Ok(Html(page(&web, actor, asked.user.map(UserId)).await?))
}

async fn page(web: &Web, actor: desk::Actor, edited: Option<UserId>) -> Result<Shifts, Problem> {
    web.desk
        .read(actor, move |tx| {
            let mut weeks: BTreeMap<UserId, Vec<Shift>> = BTreeMap::new();
            for ShiftLine { user, shift, .. } in planning::list_shifts(tx)? {
                weeks.entry(user).or_default().push(shift);
            }
            let people: Vec<(User, Vec<Shift>)> = people::list_agents(tx)?
                .into_iter()
                .map(|user| {
                    let week = weeks.remove(&user.id).unwrap_or_default();
                    (user, week)
                })
                .collect();
            let edited = people.iter().find(|it| Some(it.0.id) == edited).cloned();
            let day = |day: i64| {
                let week = edited.as_ref().map_or(&[][..], |it| it.1.as_slice());
                let shift = week.iter().find(|it| it.weekday == day);
                shift.map_or_else(Default::default, |it| {
                    (planning::clock_words(it.from_minute), planning::clock_words(it.to_minute))
                })
            };
            let days = (0..7).map(day).collect();
            let edited = edited.map(|it| it.0);
            let shell = Shell::load(tx)?;
            Ok::<_, Problem>(Shifts { shell, people, edited, days, csv: String::new(), problem: None })
        })
        .await
}

/// One person's week from seven lines of a form.
pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    form: Fields,
) -> Result<Response, Problem> {
    let mut written = Vec::new();
    let mut wrong = false;
    let mut days = Vec::new();
    for day in 0..7 {
        let (from, to) = (form.owned(&format!("from_{day}")), form.owned(&format!("to_{day}")));
        if !(from.is_empty() && to.is_empty()) {
            let shift = Shift::parse(&planning::weekday_name(day).to_lowercase(), &from, &to);
            wrong |= shift.is_none();
            written.extend(shift);
        }
        days.push((from, to));
    }
    if wrong {
        let problem = Problem { field: Some("shifts"), ..Problem::invalid("Write times such as 08:30.") };
        let shown = page(&web, actor, Some(user)).await?;
        let page = Shifts { days, problem: Some(problem), ..shown };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    web.desk.write(actor, move |tx| planning::set_shifts(tx, user, &written)).await?;
    Ok(Said::new("Saved.").then("/skills/team/shifts"))
}

pub async fn import(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    multipart: Multipart,
) -> Result<Response, Problem> {
    let csv = sheet_of(multipart).await?.csv;
    let copy = csv.clone();
    match web.desk.write(actor, move |tx| planning::import_shifts(tx, &copy)).await.map_err(Problem::from) {
        Ok(people) => {
            let said =
                Said::new(format!("Read the shifts of {}.", crate::say::counted(people, "person", "people")));
            Ok(said.then("/skills/team/shifts"))
        }
        Err(problem) if problem.field == Some("csv") => {
            let (status, shown) = (problem.status(), page(&web, actor, None).await?);
            Ok((status, Html(Shifts { csv, problem: Some(problem), ..shown })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn export(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    let csv = web.desk.read(actor, planning::shifts_as_csv).await?;
    Ok(csv_file("shifts.csv", csv))
}

/// `08:30–17:00`
fn shift_words(shift: &Shift) -> String {
    let day = &planning::weekday_name(shift.weekday)[..3];
    let clock = planning::clock_words;
    format!("{day} {}–{}", clock(shift.from_minute), clock(shift.to_minute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, user};
    use desk::Role;

    #[test]
    fn shifts_are_shown_written_and_read_from_a_file() {
        let week = vec![Shift { weekday: 0, from_minute: 510, to_minute: 1_020 }];
        let page = Shifts {
            shell: shell(),
            people: vec![(user(Role::Agent), week), (user(Role::Lead), vec![])],
            edited: Some(user(Role::Agent)),
            days: vec![(String::new(), String::new()); 7],
            csv: "a,b".into(),
            problem: Some(Problem { field: Some("csv"), ..Problem::invalid("Line 1: use a weekday.") }),
        };
        let html = renders(&page);
        assert!(html.contains("Mon 08:30–17:00") && html.contains("Line 1: use a weekday."));
    }
}
