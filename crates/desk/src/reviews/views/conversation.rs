//! One review beside its conversation, in sentences.

use super::super::places::place;
use super::*;
use crate::CommentId;
use crate::skills::views::levels_seen;

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
    /// What each score moved, by category; only of skills whose level this viewer sees, for it would tell the level.
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
    let scorecard = words::in_readers_words(tx, scorecard)?;
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
pub(super) fn pieces(text: &str, marked: &[(Span, usize)], left: &mut usize) -> Vec<Piece> {
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

fn moved(tx: &mut Tx, review: &Review, scores: &[Option<Score>]) -> Result<Vec<Vec<Moved>>, ReviewError> {
    let seen = levels_seen(tx, &[review.user])?;
    let mut all = Vec::with_capacity(scores.len());
    for score in scores {
        let evidence = score.as_ref().and_then(|it| it.evidence);
        let Some(evidence) = evidence.filter(|_| review.calibration.is_none()) else {
            all.push(Vec::new());
            continue;
        };
        let moves = crate::skills::moves_of(tx, evidence)?;
        let moves = moves.into_iter().map(|(skill, by, struck)| Moved { skill, by, struck });
        all.push(moves.filter(|it| it.struck || seen.contains(&(review.user, it.skill))).collect());
    }
    Ok(all)
}
