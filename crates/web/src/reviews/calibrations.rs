//! `/reviews/calibrations`: the same conversation scored blind by several, and how far they agree.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::reviews::views::{self, CalibrationPage, CalibrationRow, RaterScores};
use desk::reviews::{self, OpenCalibration};
use desk::{Actor, CalibrationId};

#[derive(askama::Template)]
#[template(path = "reviews/calibrations.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub rows: Vec<CalibrationRow>,
}

#[derive(askama::Template)]
#[template(path = "reviews/calibration.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub page: CalibrationPage,
}

impl Show {
    fn points(&self, rater: &RaterScores, place: &usize) -> String {
        match rater.points.get(*place).copied().flatten() {
            Some(points) => points.to_string(),
            None => "–".to_owned(),
        }
    }

    /// A category about which raters lie half of the scale or more apart.
    fn is_apart(&self, place: &usize) -> bool {
        self.spread(place).is_some_and(|it| it >= 0.5)
    }

    fn spread(&self, place: &usize) -> Option<f64> {
        self.page.agreement.as_ref()?.spread.get(*place).copied().flatten()
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let rows = views::calibrations(tx)?;
        Ok::<_, Problem>(Index { rows, actor, now: tx.now(), shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CalibrationId>,
) -> Result<Html<Show>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::calibration_page(tx, id)?;
        Ok::<_, Problem>(Show { page, actor, shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let ticket = form.parsed("ticket").ok_or_else(Problem::not_found)?;
    let user = form.parsed("user").ok_or_else(Problem::not_found)?;
    let command = OpenCalibration { ticket, user, scorecard: form.parsed("scorecard") };
    let id = web.desk.write(actor, move |tx| reviews::open_calibration(tx, &command)).await?;
    let said = Said::new("Open. Everybody who reviews can score it now, without seeing the others.");
    Ok(said.then(&format!("/reviews/calibrations/{id}")))
}

pub async fn join(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CalibrationId>,
) -> Result<Response, Problem> {
    let review = web.desk.write(actor, move |tx| reviews::join_calibration(tx, id)).await?;
    Ok(Redirect::to(&format!("/reviews/{review}")).into_response())
}

pub async fn close(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CalibrationId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| reviews::close_calibration(tx, id)).await?;
    Ok(Said::new("Closed. Now everybody sees what everybody gave.")
        .then(&format!("/reviews/calibrations/{id}")))
}

#[cfg(test)]
mod tests {
    use super::super::index::samples::{calibration, scorecard};
    use super::*;
    use crate::samples::{renders, shell};
    use desk::reviews::views::Agreement;
    use desk::reviews::{Category, Section};
    use desk::{ReviewId, Role, UserId};

    fn show(closed: bool) -> Show {
        let rater = |id: i64, name: &str, points: Vec<Option<u8>>| RaterScores {
            reviewer: UserId(id),
            name: name.into(),
            review: ReviewId(id),
            percent: Some(70.0),
            points,
        };
        let category = |name: &str| Category {
            name: name.into(),
            question: String::new(),
            section: Section::Standard,
            weight: 1.0,
            points: 5,
            anchors: vec![],
            skills: vec![],
            competency: None,
        };
        let page = CalibrationPage {
            calibration: calibration(closed.then_some(9)),
            scorecard: scorecard(vec![category("Empathy"), category("Clear words")]),
            subject: "Charged twice".into(),
            user_name: "Leila".into(),
            raters: vec![rater(1, "Rosa", vec![Some(5), None]), rater(4, "Liv", vec![Some(2), Some(3)])],
            joined: 3,
            finished: 2,
            mine: Some((ReviewId(1), true)),
            agreement: closed.then(|| Agreement {
                alpha: Some(0.41),
                kappa: None,
                pairs: 0,
                spread: vec![Some(0.75), None],
            }),
        };
        Show { shell: shell(), actor: Actor::person(UserId(1), Role::Lead), page }
    }

    #[test]
    fn what_is_closed_shows_figures_and_where_raters_lie_apart() {
        let html = renders(&show(true));
        assert!(html.contains("0.41") && html.contains("too far apart") && html.contains("Rosa"));
        assert!(renders(&show(false)).contains("without seeing"));
    }

    #[test]
    fn the_list_says_what_is_open() {
        let row = CalibrationRow {
            calibration: calibration(None),
            subject: "Charged twice".into(),
            user_name: "Leila".into(),
            joined: 2,
            finished: 1,
            mine: None,
        };
        let actor = Actor::person(UserId(1), Role::Lead);
        let index = |rows| Index { shell: shell(), actor, now: 0, rows };
        assert!(renders(&index(vec![row])).contains("/reviews/calibrations/3"));
        assert!(renders(&index(vec![])).contains("None yet"));
    }
}
