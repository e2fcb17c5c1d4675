//! `/reviews`: conversations read with a scorecard, what they come to, and how far reviewers agree.

mod calibrations;
mod index;
mod raters;
mod scorecard_words;
mod scorecards;
mod show;
pub(crate) mod words;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/reviews", get(index::index).post(index::create))
        .route("/reviews/new", get(index::new))
        .route("/reviews/plan", post(index::plan))
        .route("/reviews/settings", post(index::settings))
        .route("/reviews/assignments/{assignment}/skip", post(index::skip))
        .route("/reviews/raters", get(raters::index))
        .route("/reviews/calibrations", get(calibrations::index).post(calibrations::create))
        .route("/reviews/calibrations/{calibration}", get(calibrations::show))
        .route("/reviews/calibrations/{calibration}/join", post(calibrations::join))
        .route("/reviews/calibrations/{calibration}/close", post(calibrations::close))
        .route("/reviews/scorecards", get(scorecards::index).post(scorecards::create))
        .route("/reviews/scorecards/new", get(scorecards::new))
        .route("/reviews/scorecards/{scorecard}", get(scorecards::edit).post(scorecards::update))
        .route("/reviews/scorecards/{scorecard}/words", post(scorecard_words::set))
        .route("/reviews/scorecards/{scorecard}/default", post(scorecards::make_default))
        .route("/reviews/scorecards/{scorecard}/retire", post(scorecards::retire))
        .route("/reviews/scorecards/{scorecard}/restore", post(scorecards::restore))
        .route("/reviews/{review}", get(show::show))
        .route("/reviews/{review}/marks", post(show::mark))
        .route("/reviews/{review}/scores", post(show::score))
        .route("/reviews/{review}/drop", post(show::destroy))
        .route("/reviews/{review}/answer", post(show::answer))
        .route("/reviews/{review}/contest", post(show::contest))
        .route("/reviews/{review}/decision", post(show::decide))
}
