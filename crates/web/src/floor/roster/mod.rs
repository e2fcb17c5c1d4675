//! `/floor/roster`: a week's shifts as bars against what will be needed; moved by hand, suggested, published.

mod board;
#[cfg(test)]
mod samples;
pub(crate) mod words;

pub use board::{Asked, Board, Roster, RosterBoard};

use super::only_leads;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web, around};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::floor::roster::when::{minute_of_week, shift_between, stretch, zone};
use desk::floor::roster::{
    self, BreakEdit, Edit, PlaceBreaks, Publish, RosterError, RosterRules, Week, save_rules,
};
use desk::floor::runs::{self, Question};
use desk::skills::planning::{Break, Shift, weekday_name};
use desk::{Actor, Tx, UserId, people, settings};
use words::{break_of, hours, shift_of};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/floor/roster", get(show))
        .route("/floor/roster/needs", post(work_out))
        .route("/floor/roster/rules", post(settle))
        .route("/floor/roster/{week}/shifts", post(edit))
        .route("/floor/roster/{week}/breaks", post(edit_break))
        .route("/floor/roster/{week}/breaks/placed", post(place_breaks))
        .route("/floor/roster/{week}/leave", post(clear_leave))
        .route("/floor/roster/{week}/copy", post(copy))
        .route("/floor/roster/{week}/suggestion", post(suggest))
        .route("/floor/roster/{week}/publication", post(publish))
        .route("/floor/roster/{week}/discard", post(discard))
        .route("/floor/roster/{week}/undo", post(undo))
}

pub(super) fn week_of(text: &str) -> Result<Week, Problem> {
    Week::parse(text).ok_or_else(|| Problem::from(RosterError::NoWeek))
}

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
    let own = agents.iter().find(|it| it.id == user).ok_or(RosterError::NoSuchPerson)?;
    let shift = shift_between(week, minutes, &desk_zone, &zone(&own.time_zone));
    Ok(shift.ok_or(RosterError::LiesInAnotherWeek)?)
}

/// From the form: times by the person's own clock. From the board: minutes of the week by the desk's.
async fn edit_break(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let user: UserId = form.parsed("user").ok_or_else(|| Problem::invalid("Say whose break it is."))?;
    let shift = shift_of(form.text("shift")).ok_or_else(|| Problem::invalid("There is no such shift."))?;
    let was =
        form.given("was").map(|it| break_of(it).ok_or_else(|| Problem::invalid("There is no such break.")));
    let was = was.transpose()?;
    let is_gone = form.is_on("remove");
    let dragged: Option<(i64, i64)> = form.parsed("from_minute").zip(form.parsed("to_minute"));
    let written = match (is_gone, dragged) {
        (false, None) => Some(written_break(&shift, &form)?),
        _ => None,
    };
    let words = web.desk.write(actor, move |tx| {
        let becomes = match dragged.filter(|_| !is_gone) {
            Some(minutes) => Some(dragged_break(tx, week, user, &shift, minutes)?),
            None => written,
        };
        Ok::<_, Problem>(roster::edit_break(tx, week, &BreakEdit { user, shift, was, becomes })?)
    });
    let said = Said::new(format!("{}. It is a draft until you publish it.", words.await?));
    answer(&web, actor, week, &form, said).await
}

/// `12:30` and so many minutes; after midnight if the shift began before.
fn written_break(shift: &Shift, form: &Fields) -> Result<Break, Problem> {
    let wrong = || Problem::invalid("Write when the break begins, such as 12:30, and its minutes.");
    let day = weekday_name(shift.weekday).to_lowercase();
    let begins = Shift::parse(&day, form.text("at"), "24:00").ok_or_else(wrong)?.from_minute;
    let minutes: i64 = form.parsed("minutes").ok_or_else(wrong)?;
    let after = (begins - shift.from_minute).rem_euclid(roster::when::DAY_MINUTES);
    Ok(Break { after_minutes: after, minutes })
}

fn dragged_break(
    tx: &mut Tx,
    week: Week,
    user: UserId,
    shift: &Shift,
    (from, to): (i64, i64),
) -> Result<Break, Problem> {
    let desk_zone = zone(&settings::company(tx)?.time_zone);
    let agents = people::list_agents(tx)?;
    let own = agents.iter().find(|it| it.id == user).ok_or(RosterError::NoSuchPerson)?;
    let begins = minute_of_week(stretch(week, shift, &zone(&own.time_zone)).0, week, &desk_zone);
    Ok(Break { after_minutes: from - begins, minutes: to - from })
}

async fn place_breaks(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let command = PlaceBreaks {
        minutes: form.parsed("minutes").unwrap_or(0),
        shift_hours_least: form.parsed("shift_hours_least").unwrap_or(0.0),
    };
    let placed = web.desk.write(actor, move |tx| roster::place_breaks(tx, week, command)).await?;
    let said = format!("{} placed, as a draft.", crate::say::counted(placed, "break", "breaks"));
    answer(&web, actor, week, &form, Said::new(said)).await
}

async fn clear_leave(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(week): Path<String>,
    form: Fields,
) -> Result<Response, Problem> {
    let week = week_of(&week)?;
    let people = web.desk.write(actor, move |tx| roster::clear_leave(tx, week)).await?;
    let whose = crate::say::counted(people, "person", "people");
    let said = Said::new(format!("Shifts of {whose} on days of leave are taken away, as a draft."));
    answer(&web, actor, week, &form, said).await
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
        unbroken_hours: form.given("unbroken_hours").map(|it| it.parse().unwrap_or(-1.0)),
        away_after_minutes: form.given("away_after_minutes").map(|it| it.parse().unwrap_or(-1)),
    };
    web.desk.write(actor, move |tx| save_rules(tx, &rules)).await?;
    Ok(Said::new("Saved.").then("/floor/roster"))
}
