//! `/floor`: what will come, what would be otherwise, what would have been, and what is now on the wall; `/me/week`: one's own.

mod calendar;
mod chart;
mod decisions;
mod forecast;
mod leave;
mod past;
mod roster;
mod wall;
mod week;
mod what_if;
mod words;

use crate::fields::Fields;
use crate::{Problem, Said, SignedIn, Web};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use desk::floor::runs::{self, Question, Run, RunKind};
use desk::floor::{FloorSettings, save_floor_settings};
use desk::{Actor, FloorRunId, Kind, Tx};

pub(crate) use words::{point_interval, points, told_percent, verdict};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/floor", get(index))
        .route("/floor/forecast", get(forecast::show).post(forecast::create))
        .route("/floor/forecast/_run", get(forecast::run))
        .route("/floor/what-if", get(what_if::show).post(what_if::create))
        .route("/floor/what-if/_run", get(what_if::run))
        .route("/floor/past", get(past::show).post(past::create))
        .route("/floor/past/_run", get(past::run))
        .merge(roster::routes())
        .merge(leave::routes())
        .merge(week::routes())
        .merge(calendar::routes())
        .route("/floor/settings", post(settle))
        .route("/floor/worth", post(worth))
        .route("/floor/decisions", get(decisions::index))
        .route("/floor/decisions.csv", get(decisions::csv))
        .route("/floor/decisions/{decision}", get(decisions::show))
        .route("/routing_contests/{contest}/answer", post(decisions::answer))
        .route("/floor/wall", get(wall::show))
        .route("/floor/wall/_now", get(wall::now))
}

/// Leads plan; everybody else sees the wall.
async fn index(SignedIn(actor): SignedIn) -> Response {
    Redirect::to(if actor.is_lead() { "/floor/forecast" } else { "/floor/wall" }).into_response()
}

fn only_leads(actor: Actor) -> Result<(), Problem> {
    match actor.is_lead() {
        true => Ok(()),
        false => Err(Problem::new(Kind::Forbidden, "Only leads may look at this.")),
    }
}

/// Which run a page shows; without a number, the last.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub run: Option<i64>,
}

impl Asked {
    fn load(self, tx: &mut Tx, kind: RunKind) -> Result<Option<Run>, Problem> {
        Ok(match self.run {
            Some(id) => Some(runs::find(tx, FloorRunId(id))?).filter(|it| it.kind == kind),
            None => runs::last_done(tx, kind)?,
        })
    }
}

async fn settle(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let share: f64 = form.parsed("promise_share").unwrap_or(0.0);
    let settings = FloorSettings {
        promise_minutes: form.parsed("promise_minutes").unwrap_or(0.0),
        promise_share: share / 100.0,
        holidays: form.lines("holidays"),
    };
    web.desk.write(actor, move |tx| save_floor_settings(tx, &settings)).await?;
    Ok(Said::new("Saved. What is simulated from now on keeps to it.").then("/floor/forecast"))
}

/// From the investment page.
async fn worth(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    web.desk.write(actor, |tx| runs::ask(tx, &Question::Worth)).await?;
    Ok(Said::new("It begins in a moment; this page follows it.").then("/skills/invest"))
}
