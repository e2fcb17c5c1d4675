//! Scoring the categories, and finishing: from then on it is evidence, and the person sees it.

use super::begin::open_of_actor;
use super::{Category, Review, ReviewError, Score, Scorecard, Section, TEXT_CHARS_MAX, severity, store};
use crate::events::{self, Event};
use crate::skills::{self, AddEvidence, Observed};
use crate::{ReviewId, Tx};
use ::skills::scorecard::{self, Scored, level_of_points};

/// What the reviewer says of one category.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreGiven {
    /// Its place.
    pub category: usize,
    /// `None`: does not apply.
    pub points: Option<u8>,
    pub note: String,
}

/// Takes the place of what was said before; categories that are not named stay open.
#[derive(Clone, Debug)]
pub struct SaveScores {
    pub review: ReviewId,
    pub scores: Vec<ScoreGiven>,
    pub comment: String,
}

#[derive(Clone, Copy, Debug)]
pub struct Finish {
    pub review: ReviewId,
}

pub fn save_scores(tx: &mut Tx, command: &SaveScores) -> Result<(), ReviewError> {
    let review = open_of_actor(tx, command.review)?;
    let scorecard = store::find_version(tx, review.version_id)?.ok_or(ReviewError::NoSuchScorecard)?;
    let too_long = |text: &str| text.trim().chars().count() > TEXT_CHARS_MAX;
    if too_long(&command.comment) || command.scores.iter().any(|it| too_long(&it.note)) {
        return Err(ReviewError::TextIsWrong);
    }
    for it in &command.scores {
        let category = scorecard.categories.get(it.category).ok_or(ReviewError::NoSuchCategory)?;
        if it.points.is_some_and(|points| !(1..=category.points).contains(&points)) {
            return Err(ReviewError::PointsAreWrong);
        }
    }
    store::save_comment(tx, review.id, command.comment.trim())?;
    store::delete_scores(tx, review.id)?;
    for it in &command.scores {
        store::save_score(tx, review.id, it)?;
    }
    Ok(())
}

/// Every category has been answered. The scores become evidence, corrected for the reviewer's severity; those of a
/// calibration do not, because there the reviewers are looked at and not the person.
pub fn finish(tx: &mut Tx, command: &Finish) -> Result<Review, ReviewError> {
    let review = open_of_actor(tx, command.review)?;
    let scorecard = store::find_version(tx, review.version_id)?.ok_or(ReviewError::NoSuchScorecard)?;
    let scores = store::list_scores(tx, review.id)?;
    let said = answers(&scorecard, &scores)?;
    let scored: Vec<Scored> =
        scorecard.categories.iter().zip(&said).map(|(it, score)| of(it, score)).collect();
    let outcome = scorecard::score(&scored).ok_or(ReviewError::NothingApplies)?;
    if review.calibration.is_none() {
        let severity = severity::severity_of(tx, review.reviewer)?.mean;
        for (category, score) in scorecard.categories.iter().zip(&said) {
            become_evidence(tx, &review, category, score, severity)?;
        }
    }
    store::save_finished(tx, review.id, outcome.percent, &outcome.failed_by)?;
    let (user, ticket) = (review.user, review.ticket);
    if review.calibration.is_none() {
        events::record(tx, &Event::ReviewFinished { review: review.id, user, ticket })?;
    }
    store::find_review(tx, review.id)?.ok_or(ReviewError::NoSuchReview)
}

/// One answer for each category, in their order.
fn answers(scorecard: &Scorecard, scores: &[Score]) -> Result<Vec<Score>, ReviewError> {
    let found = scorecard.categories.iter().enumerate().map(|(place, category)| {
        let said = scores.iter().find(|it| it.category == place);
        said.cloned().ok_or_else(|| ReviewError::CategoryIsOpen(category.name.clone()))
    });
    found.collect()
}

fn of(category: &Category, score: &Score) -> Scored {
    Scored {
        section: category.section,
        weight: category.weight,
        points_most: category.points,
        points: score.points,
    }
}

fn become_evidence(
    tx: &mut Tx,
    review: &Review,
    category: &Category,
    score: &Score,
    severity: f64,
) -> Result<(), ReviewError> {
    // A bonus that was not earned and a fault that did not happen say nothing of ability.
    let counts = matches!(category.section, Section::Standard | Section::Critical);
    let Some(points) = score.points.filter(|_| counts && !category.skills.is_empty()) else { return Ok(()) };
    let note = match score.note.trim() {
        "" => category.name.clone(),
        words => format!("{}: {words}", category.name),
    };
    let command = AddEvidence {
        key: format!("review:{}:{}", review.id, score.category),
        user: review.user,
        observed: Observed::Review { level: level_of_points(points, category.points), severity },
        ticket: Some(review.ticket),
        by: Some(review.reviewer),
        skills: category.skills.clone(),
        difficulty: 0.0,
        at: tx.now(),
        note,
    };
    if let Some(evidence) = skills::record_evidence(tx, &command)? {
        store::save_score_evidence(tx, review.id, score.category, evidence)?;
    }
    Ok(())
}
