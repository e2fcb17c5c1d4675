//! `/rosters`, `/users/me/week`, `/leave_requests`: who works when, and who is away.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::*;
use desk::floor::leave::{self, AskLeave, DecideLeave, LeaveKind, LeaveState};
use desk::floor::roster::{self, Line, Publish, Week, mine, views};
use desk::{LeaveId, Tx, UserId};
use jiff::civil::Date;
use serde_json::json;

/// Weeks that one call tells.
const ROSTERS_MAX: usize = 200;

pub async fn index(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<RosterShape> = views::rosters(tx, ROSTERS_MAX)?.iter().map(RosterShape::of).collect();
        Ok(Reply::one("rosters", all))
    })
    .await
}

pub async fn show(Id(week): Id<String>, call: Call) -> Answer {
    let week = named(&week)?;
    call.read(move |tx, _| Ok(Reply::one("roster", whole(tx, week)?))).await
}

/// Read only once it is known who asks.
fn named(week: &str) -> Result<Week, Problem> {
    Week::parse(week).ok_or(Problem::NotFound)
}

fn whole(tx: &mut Tx, week: Week) -> Result<WholeRosterShape, Problem> {
    Ok(WholeRosterShape::of(&views::whole_week(tx, week)?))
}

fn lines(body: &[RosterShiftBody]) -> Result<Vec<Line>, Problem> {
    let wrong = || {
        Problem::invalid("shifts", "use a weekday, two times such as 08:30, and breaks that lie between them")
    };
    let line = |it: &RosterShiftBody| {
        let (shift, breaks) = it.shift.read().ok_or_else(wrong)?;
        Ok(Line { user: UserId(it.user_id), shift, breaks })
    };
    body.iter().map(line).collect()
}

fn week(text: &str, field: &str) -> Result<Week, Problem> {
    Week::parse(text)
        .ok_or_else(|| Problem::invalid(field, "a week is named by one of its days, like 2026-11-23"))
}

pub async fn create(call: Call) -> Answer {
    let body = call.body::<RosterBody>()?.roster;
    let of = week(body.week.as_deref().ok_or_else(|| Problem::missing("week"))?, "week")?;
    let from = body.copy_from.as_deref().map(|text| week(text, "copy_from")).transpose()?;
    let shifts = body.shifts.as_deref().map(lines).transpose()?;
    call.write(move |tx, _| {
        match (&shifts, from) {
            (Some(lines), _) => roster::replace(tx, of, lines)?,
            (None, Some(from)) => roster::copy_week(tx, from, of).map(|_| ())?,
            (None, None) => return Err(Problem::missing("shifts")),
        }
        let at = Urls::of(tx)?.resource(&format!("/rosters/{of}"));
        Ok(Reply::created(at, json!({ "roster": whole(tx, of)? })))
    })
    .await
}

/// First the shifts, then what becomes of the draft.
pub async fn update(Id(week): Id<String>, call: Call) -> Answer {
    let week = named(&week)?;
    let body = call.body::<RosterBody>()?.roster;
    let shifts = body.shifts.as_deref().map(lines).transpose()?;
    call.write(move |tx, _| {
        if let Some(lines) = &shifts {
            roster::replace(tx, week, lines)?;
        }
        let seen = body.seen.unwrap_or(false);
        match body.published {
            Some(true) => {
                let publish = Publish { seen, as_usual: body.as_usual.unwrap_or(false) };
                roster::publish(tx, week, publish).map(|_| ())?;
            }
            Some(false) => roster::discard(tx, week)?,
            None => {}
        }
        Ok(Reply::one("roster", whole(tx, week)?))
    })
    .await
}

pub async fn my_week(call: Call) -> Answer {
    let asked = call.query("week").map(|text| week(text, "week")).transpose()?;
    call.read(move |tx, _| Ok(Reply::one("week", MyWeekShape::of(&mine::my_week(tx, asked)?)))).await
}

pub async fn leaves(call: Call) -> Answer {
    let user = call.query("user_id").map(str::parse::<UserId>).transpose();
    let user = user.map_err(|_| Problem::invalid("user_id", "user_id is no number"))?;
    let state = call.query("state").map(state_of).transpose()?;
    call.read(move |tx, _| {
        let all: Vec<LeaveShape> =
            leave::views::leaves(tx, user, state)?.iter().map(LeaveShape::of).collect();
        Ok(Reply::one("leave_requests", all))
    })
    .await
}

fn state_of(name: &str) -> Result<LeaveState, Problem> {
    let wrong = || Problem::invalid("state", "leave is asked, granted, refused or withdrawn");
    LeaveState::parse(name).ok_or_else(wrong)
}

pub async fn leave(Id(id): Id<LeaveId>, call: Call) -> Answer {
    call.read(move |tx, _| Ok(Reply::one("leave_request", LeaveShape::of(&leave::views::leave(tx, id)?))))
        .await
}

pub async fn cost(Id(id): Id<LeaveId>, call: Call) -> Answer {
    call.read(move |tx, _| Ok(Reply::one("cost", LeaveCostShape::of(&leave::views::cost_of(tx, id)?)))).await
}

pub async fn ask(call: Call) -> Answer {
    let body = call.body::<LeaveBody>()?.leave_request;
    let day = |text: &Option<String>, field: &str| {
        let wrong = || Problem::invalid(field, "a day is written as 2026-12-24");
        text.as_deref().map(|text| text.parse::<Date>().map_err(|_| wrong())).transpose()
    };
    let first_day = day(&body.first_day, "first_day")?.ok_or_else(|| Problem::missing("first_day"))?;
    let last_day = day(&body.last_day, "last_day")?.unwrap_or(first_day);
    let kind = body.kind.as_deref().map_or(Some(LeaveKind::Holiday), LeaveKind::parse);
    let kind =
        kind.ok_or_else(|| Problem::invalid("kind", "leave is holiday, illness, learning or other"))?;
    let user = body.user_id.map(UserId).or(call.actor.user()).ok_or_else(|| Problem::missing("user_id"))?;
    let hours = match (body.from_minute, body.to_minute) {
        (None, None) => None,
        (from, to) => Some((from.unwrap_or(0), to.unwrap_or(24 * 60))),
    };
    let note = body.note.clone().unwrap_or_default();
    let command = AskLeave { user, kind, first_day, last_day, hours, note };
    call.write(move |tx, _| {
        let id = leave::ask(tx, &command)?;
        let at = Urls::of(tx)?.resource(&format!("/leave_requests/{id}"));
        Ok(Reply::created(at, json!({ "leave_request": LeaveShape::of(&leave::views::leave(tx, id)?) })))
    })
    .await
}

pub async fn decide(Id(id): Id<LeaveId>, call: Call) -> Answer {
    let body = call.body::<LeaveBody>()?.leave_request;
    let state = state_of(body.state.as_deref().ok_or_else(|| Problem::missing("state"))?)?;
    let answer = body.answer.clone().unwrap_or_default();
    call.write(move |tx, _| {
        match state {
            LeaveState::Withdrawn => leave::withdraw(tx, id)?,
            LeaveState::Granted | LeaveState::Refused => {
                let grant = state == LeaveState::Granted;
                leave::decide(tx, &DecideLeave { leave: id, grant, answer: answer.clone() })?;
            }
            LeaveState::Asked => {
                return Err(Problem::invalid("state", "what was asked is granted, refused or withdrawn"));
            }
        }
        Ok(Reply::one("leave_request", LeaveShape::of(&leave::views::leave(tx, id)?)))
    })
    .await
}
