//! `/skills`: who can do what, how sure that is, and what stands behind each figure.

mod cell;
mod competencies;
mod competency_words;
mod contests;
mod csv;
mod fairness;
mod grid;
mod hardest;
mod index;
mod invest;
mod library;
mod moved;
mod order;
mod portfolio;
mod portfolio_paper;
pub(crate) mod roles;
pub(crate) mod sheet;
mod shifts;
mod show;
pub(crate) mod team;
pub(crate) mod words;

pub(crate) use csv::field as csv_field;

use crate::fields::Fields;
use crate::{Problem, Web};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use desk::{Actor, Kind};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/skills", get(index::index))
        .route("/skills.csv", get(index::csv))
        .route("/people/{user}/portfolio", get(portfolio::show).post(portfolio::update))
        .route("/people/{user}/portfolio.html", get(portfolio::file))
        .route("/people/{user}/portfolio.pdf", get(portfolio::paper))
        .route("/skills/moved", get(moved::show))
        .route("/skills/_moved", get(moved::fact))
        .route("/skills/_levels", get(index::levels))
        .route("/skills/roles", get(roles::index).post(roles::create))
        .route("/skills/roles/new", get(roles::new))
        .route("/skills/roles/{role}", get(roles::show).post(roles::update))
        .route("/skills/roles/{role}/edit", get(roles::edit))
        .route("/skills/roles/{role}/holders", post(roles::hold))
        .route("/skills/roles/{role}/retire", post(roles::retire))
        .route("/skills/roles/{role}/restore", post(roles::restore))
        .route("/skills/competencies", get(competencies::index).post(competencies::create))
        .route("/skills/competencies/new", get(competencies::new))
        .route("/skills/competencies/shipped", post(competencies::add_shipped))
        .route("/skills/competencies/{competency}", get(competencies::show).post(competencies::update))
        .route("/skills/competencies/{competency}/edit", get(competencies::edit))
        .route("/skills/competencies/{competency}/words", post(competency_words::set))
        .route("/skills/competencies/{competency}/retire", post(competencies::retire))
        .route("/skills/competencies/{competency}/restore", post(competencies::restore))
        .route("/skills/competencies/{competency}/roles", post(competencies::ask))
        .route("/skills/contests", get(contests::index))
        .route("/skills/fairness", get(fairness::show))
        .route("/skills/team", get(team::index))
        .route("/skills/team/assumptions", post(team::settle))
        .route("/skills/team/skills/{skill}", get(team::week))
        .route("/skills/team/people/{user}", get(team::absence))
        .route("/skills/team/shifts", get(shifts::index).post(shifts::import).layer(sheet_limit()))
        .route("/skills/team/shifts.csv", get(shifts::export))
        .route("/skills/team/shifts/{user}", post(shifts::update))
        .route("/skills/hardest", get(hardest::show))
        .route("/skills/invest", get(invest::index))
        .route("/skills/invest/_worth", get(invest::worth))
        .route("/skills/library", get(library::index))
        .route("/skills/library.csv", get(library::export))
        .route("/skills/library/imports", post(library::import).layer(sheet_limit()))
        .route("/skills/library/merges/{merge}/undo", post(library::undo))
        .route("/skills/{skill}", get(show::show))
        .route("/skills/{skill}/prerequisites", post(library::stand_on))
        .route("/skills/{skill}/merge", post(library::merge))
        .route("/skills/{skill}/people/{user}", get(cell::show))
        .route("/skills/{skill}/people/{user}/ratings", post(cell::rate))
        .route("/evidence/{evidence}/strike", post(cell::strike))
        .route("/evidence/{evidence}/contests", post(contests::create))
        .route("/contests/{contest}/decision", post(contests::decide))
}

/// The page of ours that a form names as its `back`.
fn back(form: &Fields) -> &str {
    let ours = |back: &&str| back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    form.given("back").filter(ours).unwrap_or("/skills")
}

/// A spreadsheet with what a form adds to it.
fn sheet_limit() -> DefaultBodyLimit {
    const FORM_BYTES: usize = 64 * 1024;
    DefaultBodyLimit::max(2 * desk::skills::planning::CSV_BYTES_MAX + FORM_BYTES)
}

/// Planning is for leads.
fn only_leads(actor: Actor) -> Result<(), Problem> {
    match actor.is_lead() {
        true => Ok(()),
        false => Err(Problem::new(Kind::Forbidden, "Only leads may look at this.")),
    }
}
