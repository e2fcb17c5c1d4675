//! Reviews shaped for the reviewer's desk, one review beside its conversation, calibrations and the report on severity.

use super::places::place;
use super::store;
use super::*;
use crate::skills::SkillSummary;
use crate::tickets::{self, Status};
use crate::{Actor, CommentId, ReviewAssignmentId, Tx};
pub use ::skills::LEVELS_PER_LOGIT;
use ::skills::agreement::{Distance, krippendorff_alpha, weighted_kappa};
use ::skills::scorecard::quality_score;
use std::collections::HashMap;

/// Rows of one list.
pub const ROWS_MAX: usize = 50;
/// A quality score is the mean of reviews of so many days.
pub const QUALITY_DAYS: i64 = 90;
const DAY_MS: i64 = 24 * 3_600_000;
/// Reviews that quality scores are made of.
const QUALITY_REVIEWS_MAX: usize = 10_000;

/// One review in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewRow {
    pub review: Review,
    pub subject: String,
    pub user_name: String,
    pub reviewer_name: String,
}

/// One conversation to review, with the reason in facts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AssignmentRow {
    pub id: ReviewAssignmentId,
    pub ticket: TicketId,
    pub subject: String,
    pub user: UserId,
    pub user_name: String,
    pub reviewer: UserId,
    pub reviewer_name: String,
    pub skill: SkillSummary,
    /// How little was known when it was chosen, in levels.
    pub sd_levels: f64,
    pub review: Option<ReviewId>,
    pub week: i64,
}

/// How one person's work was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QualityRow {
    pub user: UserId,
    pub name: String,
    /// In percent; the mean of reviews that count.
    pub score: f64,
    pub reviews: usize,
}

/// What `/reviews` shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Desk {
    pub may_review: bool,
    pub assignments: Vec<AssignmentRow>,
    pub open: Vec<ReviewRow>,
    /// For leads: contested and undecided.
    pub contested: Vec<ReviewRow>,
    /// About the viewer.
    pub about_me: Vec<ReviewRow>,
    pub my_quality: Option<f64>,
    /// For leads: of everybody, the newest first.
    pub finished: Vec<ReviewRow>,
    /// For leads, the lowest first.
    pub quality: Vec<QualityRow>,
    pub settings: Settings,
    pub week: i64,
}

pub fn desk(tx: &mut Tx) -> Result<Desk, ReviewError> {
    let actor = *tx.actor();
    let me = staff(actor)?;
    let may_review = may_review(tx)?;
    let week = assign::monday_of(tx.now());
    let of = if actor.is_lead() { None } else { Some(me) };
    let assignments = if may_review { assignments(tx, of, week)? } else { Vec::new() };
    let open = store::list_open_of(tx, me, ROWS_MAX)?;
    let contested = if actor.is_lead() { store::list_contested(tx, ROWS_MAX)? } else { Vec::new() };
    let about_me = store::list_finished(tx, Some(me), 0, ROWS_MAX)?;
    let since = tx.now() - QUALITY_DAYS * DAY_MS;
    let all = if actor.is_lead() {
        store::list_finished(tx, None, since, QUALITY_REVIEWS_MAX)?
    } else {
        Vec::new()
    };
    let names = names(tx)?;
    let my_quality = quality(&about_me, since);
    let mut finished = all.clone();
    finished.truncate(ROWS_MAX);
    Ok(Desk {
        may_review,
        assignments,
        open: rows(tx, open, &names)?,
        contested: rows(tx, contested, &names)?,
        about_me: rows(tx, about_me, &names)?,
        my_quality,
        finished: rows(tx, finished, &names)?,
        quality: by_person(&all, &names),
        settings: settings(tx)?,
        week,
    })
}

/// What waits for this person: reviews about them that they have not seen, and reviews that they are asked for.
pub fn count_waiting(tx: &mut Tx) -> Result<i64, db::Error> {
    let actor = *tx.actor();
    let Some(me) = actor.user().filter(|_| actor.is_staff()) else { return Ok(0) };
    let unseen = store::count_unseen(tx, me)?;
    if !may_review(tx)? {
        return Ok(unseen);
    }
    let asked = store::list_assignments(tx, Some(me), assign::monday_of(tx.now()))?.len() as i64;
    Ok(unseen + asked)
}

/// Finished reviews about one person, for them and for leads, the newest first; and their quality score.
pub fn of_person(tx: &mut Tx, user: UserId) -> Result<(Vec<ReviewRow>, Option<f64>), ReviewError> {
    let actor = *tx.actor();
    if !actor.is(user) && !actor.is_lead() {
        return Err(ReviewError::NotYours);
    }
    let since = tx.now() - QUALITY_DAYS * DAY_MS;
    let found = store::list_finished(tx, Some(user), 0, ROWS_MAX)?;
    let names = names(tx)?;
    let score = quality(&found, since);
    Ok((rows(tx, found, &names)?, score))
}

/// Finished reviews of a ticket that this viewer may see.
pub fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<ReviewRow>, db::Error> {
    let actor = *tx.actor();
    let mut found = store::list_of_ticket(tx, ticket)?;
    found.retain(|it| it.is_visible_to(actor));
    let names = names(tx)?;
    rows(tx, found, &names)
}

/// One letter of the conversation, in sentences.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Letter {
    pub comment: CommentId,
    pub author: UserId,
    pub author_name: String,
    /// Written by the person whose work is reviewed.
    pub is_theirs: bool,
    pub by_staff: bool,
    pub public: bool,
    pub at: i64,
    /// The whole text, in pieces: sentences, and what stands between them.
    pub pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Piece {
    pub text: String,
    /// A sentence; `None`: blanks and line ends between two.
    pub span: Option<Span>,
    /// The place of the highlight on it.
    pub highlight: Option<usize>,
}

/// Everything on one review's page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewPage {
    pub review: Review,
    pub scorecard: Scorecard,
    /// Newer than the version that the review was made with.
    pub is_outdated: bool,
    /// By category; `None` while it is open.
    pub scores: Vec<Option<Score>>,
    pub highlights: Vec<Highlight>,
    /// The marked words are gone from the letter.
    pub lost: Vec<usize>,
    pub letters: Vec<Letter>,
    pub subject: String,
    pub user_name: String,
    pub reviewer_name: String,
    pub decided_by_name: Option<String>,
    /// Names of the skills in the categories.
    pub skills: HashMap<SkillId, String>,
    /// What each score moved, by category.
    pub moved: Vec<Vec<Moved>>,
    pub severity: Option<Severity>,
    pub why: Option<AssignmentRow>,
}

/// How far one score moved one level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    pub skill: SkillId,
    pub by: f64,
    pub struck: bool,
}

pub fn review_page(tx: &mut Tx, id: ReviewId) -> Result<ReviewPage, ReviewError> {
    let actor = *tx.actor();
    staff(actor)?;
    let review = store::find_review(tx, id)?.ok_or(ReviewError::NoSuchReview)?;
    let closed = match review.calibration {
        Some(id) => store::find_calibration(tx, id)?.is_some_and(|it| it.closed_at.is_some()),
        None => false,
    };
    let rater_of_closed = closed && review.finished_at.is_some() && may_review(tx)? && !actor.is(review.user);
    if !review.is_visible_to(actor) && !rater_of_closed {
        return Err(ReviewError::NoSuchReview);
    }
    let scorecard = store::find_version(tx, review.version_id)?.ok_or(ReviewError::NoSuchScorecard)?;
    let newest = store::find_scorecard(tx, scorecard.id)?.map_or(scorecard.version, |it| it.version);
    let given = store::list_scores(tx, id)?;
    let scores: Vec<Option<Score>> = (0..scorecard.categories.len())
        .map(|place| given.iter().find(|it| it.category == place).cloned())
        .collect();
    let highlights = store::list_highlights(tx, id)?;
    let people = names(tx)?;
    let (letters, found) = letters(tx, &review, &highlights)?;
    let subject = tickets::find_ticket(tx, review.ticket)?.map_or_else(String::new, |it| it.subject);
    let skills = crate::skills::skill_names(tx)?;
    let moved = moved(tx, &review, &scores)?;
    let severity = match actor.is(review.reviewer) || actor.is_lead() {
        true => Some(severity_of(tx, review.reviewer)?),
        false => None,
    };
    let why = assignments(tx, Some(review.reviewer), 0)?.into_iter().find(|it| it.review == Some(id));
    let name = |user: UserId| people.get(&user).cloned().unwrap_or_else(|| "Somebody".to_owned());
    Ok(ReviewPage {
        is_outdated: newest > scorecard.version,
        lost: (0..highlights.len()).filter(|place| !found.contains(place)).collect(),
        user_name: name(review.user),
        reviewer_name: name(review.reviewer),
        decided_by_name: review.decided_by.map(name),
        scores,
        highlights,
        letters,
        subject,
        skills,
        moved,
        severity,
        why,
        scorecard,
        review,
    })
}

/// The conversation in sentences, and which highlights found their place.
fn letters(
    tx: &mut Tx,
    review: &Review,
    highlights: &[Highlight],
) -> Result<(Vec<Letter>, Vec<usize>), db::Error> {
    let mut found = Vec::new();
    let mut left = SENTENCES_MAX;
    let people = authors(tx, review.ticket)?;
    let mut letters = Vec::new();
    for comment in tickets::comments_of(tx, review.ticket)? {
        let mut marked: Vec<(Span, usize)> = Vec::new();
        for (index, it) in highlights.iter().enumerate().filter(|(_, it)| it.comment == comment.id) {
            if let Some(span) = place(&comment.body, it.span, &it.quote) {
                marked.push((span, index));
                found.push(index);
            }
        }
        let (author_name, by_staff) =
            people.get(&comment.author).cloned().unwrap_or_else(|| ("The desk".to_owned(), true));
        let pieces = pieces(&comment.body, &marked, &mut left);
        letters.push(Letter {
            comment: comment.id,
            author: comment.author,
            author_name,
            is_theirs: comment.author == review.user,
            by_staff,
            public: comment.public,
            at: comment.created_at,
            pieces,
        });
    }
    Ok((letters, found))
}

/// A marked place that is no sentence any more is a piece of its own.
fn pieces(text: &str, marked: &[(Span, usize)], left: &mut usize) -> Vec<Piece> {
    let mut spans: Vec<(Span, Option<usize>)> =
        marked.iter().map(|(span, index)| (*span, Some(*index))).collect();
    for span in sentences(text) {
        let overlaps = spans.iter().any(|(other, _)| span.start < other.end && other.start < span.end);
        if !overlaps && *left > 0 {
            *left -= 1;
            spans.push((span, None));
        }
    }
    spans.sort_by_key(|(span, _)| (span.start, span.end));
    let letters: Vec<char> = text.chars().collect();
    let words = |from: usize, to: usize| {
        letters[from.min(letters.len())..to.min(letters.len())].iter().collect::<String>()
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    for (span, highlight) in spans {
        if span.start < at {
            continue;
        }
        if span.start > at {
            pieces.push(Piece { text: words(at, span.start), span: None, highlight: None });
        }
        pieces.push(Piece { text: words(span.start, span.end), span: Some(span), highlight });
        at = span.end;
    }
    if at < letters.len() {
        pieces.push(Piece { text: words(at, letters.len()), span: None, highlight: None });
    }
    pieces
}

fn moved(tx: &mut Tx, review: &Review, scores: &[Option<Score>]) -> Result<Vec<Vec<Moved>>, db::Error> {
    let mut all = Vec::with_capacity(scores.len());
    for score in scores {
        let evidence = score.as_ref().and_then(|it| it.evidence);
        let Some(evidence) = evidence.filter(|_| review.calibration.is_none()) else {
            all.push(Vec::new());
            continue;
        };
        let moves = crate::skills::moves_of(tx, evidence)?;
        all.push(moves.into_iter().map(|(skill, by, struck)| Moved { skill, by, struck }).collect());
    }
    Ok(all)
}

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

/// What a reviewer may begin with on a ticket: the people whose work it is, beside themself.
pub fn reviewable_people(tx: &mut Tx, ticket: TicketId) -> Result<Vec<(UserId, String)>, ReviewError> {
    begin::only_reviewers(tx)?;
    let Some(it) = tickets::find_ticket(tx, ticket)?.filter(|it| it.status >= Status::Solved) else {
        return Ok(Vec::new());
    };
    let me = tx.actor().user();
    let mut wrote: Vec<UserId> = tickets::comments_of(tx, ticket)?.into_iter().map(|it| it.author).collect();
    wrote.extend(it.assignee);
    let people = store::list_people(tx)?;
    Ok(people.into_iter().filter(|(user, _)| wrote.contains(user) && Some(*user) != me).collect())
}

/// Scorecards in use and retired ones.
pub fn scorecards(tx: &mut Tx) -> Result<(Vec<Scorecard>, Vec<Scorecard>), ReviewError> {
    staff(*tx.actor())?;
    Ok((store::list_scorecards(tx)?, store::list_retired(tx)?))
}

/// Everybody who may be named as a reviewer.
pub fn agents(tx: &mut Tx) -> Result<Vec<(UserId, String)>, ReviewError> {
    scorecards::only_leads(tx)?;
    Ok(store::list_people(tx)?)
}

fn staff(actor: Actor) -> Result<UserId, ReviewError> {
    actor.user().filter(|_| actor.is_staff()).ok_or(ReviewError::NotAReviewer)
}

fn assignments(
    tx: &mut Tx,
    reviewer: Option<UserId>,
    since_week: i64,
) -> Result<Vec<AssignmentRow>, db::Error> {
    let names = names(tx)?;
    let skills: HashMap<SkillId, SkillSummary> = crate::skills::summaries(tx)?;
    let all = store::list_assignments(tx, reviewer, since_week)?;
    let ids: Vec<TicketId> = all.iter().map(|it| it.ticket).collect();
    let subjects = subjects(tx, &ids)?;
    let name = |user: UserId| names.get(&user).cloned().unwrap_or_else(|| "Somebody".to_owned());
    Ok(all
        .into_iter()
        .filter_map(|it| {
            Some(AssignmentRow {
                id: it.id,
                ticket: it.ticket,
                subject: subjects.get(&it.ticket).cloned().unwrap_or_default(),
                user: it.user,
                user_name: name(it.user),
                reviewer: it.reviewer,
                reviewer_name: name(it.reviewer),
                skill: skills.get(&it.skill)?.clone(),
                sd_levels: it.sd_levels,
                review: it.review,
                week: it.week,
            })
        })
        .collect())
}

fn rows(
    tx: &mut Tx,
    reviews: Vec<Review>,
    names: &HashMap<UserId, String>,
) -> Result<Vec<ReviewRow>, db::Error> {
    let ids: Vec<TicketId> = reviews.iter().map(|it| it.ticket).collect();
    let subjects = subjects(tx, &ids)?;
    let name = |user: UserId| names.get(&user).cloned().unwrap_or_else(|| "Somebody".to_owned());
    Ok(reviews
        .into_iter()
        .map(|review| ReviewRow {
            subject: subjects.get(&review.ticket).cloned().unwrap_or_default(),
            user_name: name(review.user),
            reviewer_name: name(review.reviewer),
            review,
        })
        .collect())
}

fn subjects(tx: &mut Tx, ids: &[TicketId]) -> Result<HashMap<TicketId, String>, db::Error> {
    let found = tickets::list_tickets_by_ids(tx, ids)?;
    Ok(found.into_iter().map(|it| (it.id, it.subject)).collect())
}

/// Names of all staff, also of those who have left.
fn names(tx: &mut Tx) -> Result<HashMap<UserId, String>, db::Error> {
    let rows = tx.list("select id, name from users where role <> 'end-user'", db::params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Everybody who wrote on the ticket: their name, and whether they work here.
fn authors(tx: &mut Tx, ticket: TicketId) -> Result<HashMap<UserId, (String, bool)>, db::Error> {
    let rows: Vec<(UserId, String, crate::Role)> = tx.list(
        "select id, name, role from users where id in (select author_id from comments where ticket_id = $1)",
        db::params![ticket],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(rows.into_iter().map(|(id, name, role)| (id, (name, role.is_staff()))).collect())
}

fn quality(reviews: &[Review], since: i64) -> Option<f64> {
    let counted = reviews.iter().filter(|it| it.counts() && it.finished_at.is_some_and(|at| at >= since));
    quality_score(&counted.filter_map(|it| it.percent).collect::<Vec<_>>())
}

fn by_person(reviews: &[Review], names: &HashMap<UserId, String>) -> Vec<QualityRow> {
    let mut by: HashMap<UserId, Vec<f64>> = HashMap::new();
    for it in reviews.iter().filter(|it| it.counts()) {
        by.entry(it.user).or_default().extend(it.percent);
    }
    let mut rows: Vec<QualityRow> = by
        .into_iter()
        .filter_map(|(user, percents)| {
            let name = names.get(&user).cloned().unwrap_or_else(|| "Somebody".to_owned());
            Some(QualityRow { user, name, score: quality_score(&percents)?, reviews: percents.len() })
        })
        .collect();
    rows.sort_by(|one, other| one.score.total_cmp(&other.score).then_with(|| one.user.cmp(&other.user)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_pieces_is_the_whole_text() {
        let text = "Hello Marta,\n\nBoth are back. Sorry!\n";
        let sorry = Span { start: 29, end: 35 };
        let pieces = pieces(text, &[(sorry, 0)], &mut 100);
        assert_eq!(pieces.iter().map(|it| it.text.as_str()).collect::<String>(), text);
        assert_eq!(pieces.iter().filter(|it| it.span.is_some()).count(), 3);
        let marked: Vec<&Piece> = pieces.iter().filter(|it| it.highlight == Some(0)).collect();
        assert_eq!(marked.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["Sorry!"]);
    }

    #[test]
    fn a_mark_that_is_no_sentence_any_more_still_shows() {
        let text = "One two three. Four.";
        let two = Span { start: 4, end: 7 };
        let pieces = pieces(text, &[(two, 5)], &mut 100);
        assert_eq!(pieces.iter().map(|it| it.text.as_str()).collect::<String>(), text);
        assert!(pieces.iter().any(|it| it.highlight == Some(5) && it.text == "two"));
    }
}
