//! Calibrations: who judged alike, and who judges how severely.

use super::*;
use ::skills::agreement::{Distance, krippendorff_alpha, weighted_kappa};

/// What one reviewer is known to be like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RaterRow {
    pub user: UserId,
    pub name: String,
    pub severity: Severity,
    pub reviews: usize,
    /// In percent, of the reviews of the last [`QUALITY_DAYS`].
    pub mean_percent: Option<f64>,
    /// How many of theirs were contested, and how many of those struck.
    pub contested: usize,
    pub struck: usize,
}

/// For leads: everybody who has finished a review of late, the most severe first.
pub fn raters(tx: &mut Tx) -> Result<Vec<RaterRow>, ReviewError> {
    scorecards::only_leads(tx)?;
    let since = tx.now() - QUALITY_DAYS * DAY_MS;
    let all = store::list_finished(tx, None, since, QUALITY_REVIEWS_MAX)?;
    let names = names(tx)?;
    let mut raters: Vec<UserId> = all.iter().map(|it| it.reviewer).collect();
    raters.sort();
    raters.dedup();
    let mut rows = Vec::new();
    for user in raters {
        let theirs: Vec<&Review> = all.iter().filter(|it| it.reviewer == user).collect();
        let percents: Vec<f64> = theirs.iter().filter_map(|it| it.percent).collect();
        rows.push(RaterRow {
            user,
            name: names.get(&user).cloned().unwrap_or_else(|| "Somebody".to_owned()),
            severity: severity_of(tx, user)?,
            reviews: theirs.len(),
            mean_percent: quality_score(&percents),
            contested: theirs.iter().filter(|it| it.contested_at.is_some()).count(),
            struck: theirs.iter().filter(|it| it.decision == Some(Decision::Struck)).count(),
        });
    }
    rows.sort_by(|one, other| other.severity.mean.total_cmp(&one.severity.mean));
    Ok(rows)
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalibrationRow {
    pub calibration: Calibration,
    pub subject: String,
    pub user_name: String,
    pub joined: usize,
    pub finished: usize,
    /// The viewer's own review in it.
    pub mine: Option<(ReviewId, bool)>,
}

pub fn calibrations(tx: &mut Tx) -> Result<Vec<CalibrationRow>, ReviewError> {
    begin::only_reviewers(tx)?;
    let me = tx.actor().user();
    let names = names(tx)?;
    let mut rows = Vec::new();
    for calibration in store::list_calibrations(tx, ROWS_MAX)? {
        let reviews = store::list_of_calibration(tx, calibration.id)?;
        let mine = reviews.iter().find(|it| Some(it.reviewer) == me);
        let subject = tickets::find_ticket(tx, calibration.ticket)?.map_or_else(String::new, |it| it.subject);
        rows.push(CalibrationRow {
            subject,
            user_name: names.get(&calibration.user).cloned().unwrap_or_default(),
            joined: reviews.len(),
            finished: reviews.iter().filter(|it| it.finished_at.is_some()).count(),
            mine: mine.map(|it| (it.id, it.finished_at.is_some())),
            calibration,
        });
    }
    Ok(rows)
}

/// What one rater gave in a calibration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RaterScores {
    pub reviewer: UserId,
    pub name: String,
    pub review: ReviewId,
    pub percent: Option<f64>,
    /// By category; `None`: does not apply, or not answered.
    pub points: Vec<Option<u8>>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Krippendorff's alpha over all categories, by squared distance of the shares of the scale.
    pub alpha: Option<f64>,
    /// The mean of weighted kappa (squared) over all pairs of raters.
    pub kappa: Option<f64>,
    pub pairs: usize,
    /// By category: the widest distance between two raters, as a share of the scale.
    pub spread: Vec<Option<f64>>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalibrationPage {
    pub calibration: Calibration,
    pub scorecard: Scorecard,
    pub subject: String,
    pub user_name: String,
    /// Only the viewer's own while it is open.
    pub raters: Vec<RaterScores>,
    pub joined: usize,
    pub finished: usize,
    pub mine: Option<(ReviewId, bool)>,
    /// Once it is closed.
    pub agreement: Option<Agreement>,
}

pub fn calibration_page(tx: &mut Tx, id: CalibrationId) -> Result<CalibrationPage, ReviewError> {
    begin::only_reviewers(tx)?;
    let me = tx.actor().user();
    let calibration = store::find_calibration(tx, id)?.ok_or(ReviewError::NoSuchCalibration)?;
    if me == Some(calibration.user) {
        return Err(ReviewError::OwnWork);
    }
    let scorecard = store::find_version(tx, calibration.version_id)?.ok_or(ReviewError::NoSuchScorecard)?;
    let scorecard = words::in_readers_words(tx, scorecard)?;
    let reviews = store::list_of_calibration(tx, id)?;
    let (joined, finished) = (reviews.len(), reviews.iter().filter(|it| it.finished_at.is_some()).count());
    let mine = reviews.iter().find(|it| Some(it.reviewer) == me).map(|it| (it.id, it.finished_at.is_some()));
    let closed = calibration.closed_at.is_some();
    let names = names(tx)?;
    let mut raters = Vec::new();
    for review in reviews.into_iter().filter(|it| it.finished_at.is_some()) {
        if !closed && Some(review.reviewer) != me {
            continue;
        }
        let scores = store::list_scores(tx, review.id)?;
        let of = |place: usize| scores.iter().find(|it| it.category == place).and_then(|it| it.points);
        raters.push(RaterScores {
            reviewer: review.reviewer,
            name: names.get(&review.reviewer).cloned().unwrap_or_default(),
            review: review.id,
            percent: review.percent,
            points: (0..scorecard.categories.len()).map(of).collect(),
        });
    }
    let agreement = closed.then(|| agreement(&scorecard, &raters));
    let subject = tickets::find_ticket(tx, calibration.ticket)?.map_or_else(String::new, |it| it.subject);
    let user_name = names.get(&calibration.user).cloned().unwrap_or_default();
    Ok(CalibrationPage {
        calibration,
        scorecard,
        subject,
        user_name,
        raters,
        joined,
        finished,
        mine,
        agreement,
    })
}

/// Points as shares of their scales, so that categories of different lengths can be compared.
fn agreement(scorecard: &Scorecard, raters: &[RaterScores]) -> Agreement {
    let share = |rater: &RaterScores, place: usize| {
        let most = scorecard.categories[place].points;
        rater.points[place].map(|points| category_percent(points, most) / 100.0)
    };
    let places = 0..scorecard.categories.len();
    let units: Vec<Vec<f64>> =
        places.clone().map(|place| raters.iter().filter_map(|it| share(it, place)).collect()).collect();
    let spread = units.iter().map(|values| {
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        (values.len() > 1).then_some(most - least)
    });
    let mut kappas = Vec::new();
    for (nth, one) in raters.iter().enumerate() {
        for other in &raters[nth + 1..] {
            let pairs: Vec<(f64, f64)> =
                places.clone().filter_map(|place| share(one, place).zip(share(other, place))).collect();
            kappas.extend(weighted_kappa(&pairs, Distance::Squared));
        }
    }
    let kappa = (!kappas.is_empty()).then(|| kappas.iter().sum::<f64>() / kappas.len() as f64);
    Agreement {
        alpha: krippendorff_alpha(&units, Distance::Squared),
        kappa,
        pairs: kappas.len(),
        spread: spread.collect(),
    }
}
