//! `/reviews`, `/scorecards`, `/calibrations`: conversations read with a scorecard.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::*;
use axum::http::StatusCode;
use desk::reviews::views;
use desk::reviews::{
    self, BeginReview, Category, Contest, Decide, Decision, Finish, Mark, MarkSentences, OpenCalibration,
    SaveScorecard, SaveScores, SayToReview, ScoreGiven, Section, Span,
};
use desk::{CalibrationId, CommentId, CompetencyId, ReviewId, ScorecardId, SkillId, TicketId, Tx, UserId};
use serde_json::{Value, json};

/// Finished ones: of everybody for leads, else those about the caller; `user_id=` for one person.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let wanted = call.query("user_id").map(str::parse::<UserId>).transpose();
        let wanted = wanted.map_err(|_| Problem::invalid("user_id", "user_id is no number"))?;
        let rows = match wanted {
            Some(user) => views::of_person(tx, user)?.0,
            None if call.actor.is_lead() => views::desk(tx)?.finished,
            None => views::desk(tx)?.about_me,
        };
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(rows, &paging)?.map(|it| ReviewShape::of(&it.review, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "reviews", page))))
    })
    .await
}

pub async fn show(Id(review): Id<ReviewId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("review", whole(tx, review)?))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let body = call.body::<ReviewBody>()?.review;
    let ticket = TicketId(body.ticket_id.ok_or_else(|| Problem::missing("ticket_id"))?);
    let user = UserId(body.user_id.ok_or_else(|| Problem::missing("user_id"))?);
    call.write(move |tx, _| {
        let command = BeginReview { ticket, user, scorecard: body.scorecard_id.map(ScorecardId) };
        let review = reviews::begin(tx, &command)?;
        change(tx, review, &body)?;
        let shape = whole(tx, review)?;
        Ok(Reply::created(shape.review.url.clone(), json!({ "review": shape })))
    })
    .await
}

/// What is not named stays as it is.
pub async fn update(Id(review): Id<ReviewId>, call: Call) -> Answer {
    let body = call.body::<ReviewBody>()?.review;
    call.write(move |tx, _| {
        change(tx, review, &body)?;
        Ok(Reply::one("review", whole(tx, review)?))
    })
    .await
}

/// Lays an unfinished review aside.
pub async fn destroy(Id(review): Id<ReviewId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        reviews::drop_review(tx, review)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn answer(Id(review): Id<ReviewId>, call: Call) -> Answer {
    let text = call.body::<ReviewWordsBody>()?.text.unwrap_or_default();
    call.write(move |tx, _| {
        reviews::answer(tx, &SayToReview { review, text: text.clone() })?;
        Ok(Reply::one("review", whole(tx, review)?))
    })
    .await
}

pub async fn contest(Id(review): Id<ReviewId>, call: Call) -> Answer {
    let reason = call.body::<ReviewWordsBody>()?.text.unwrap_or_default();
    call.write(move |tx, _| {
        reviews::contest(tx, &Contest { review, reason: reason.clone() })?;
        Ok(Reply::one("review", whole(tx, review)?))
    })
    .await
}

pub async fn decide(Id(review): Id<ReviewId>, call: Call) -> Answer {
    let body = call.body::<ReviewDecisionBody>()?;
    let decision = body.decision.as_deref().and_then(Decision::parse);
    let decision = decision.ok_or_else(|| Problem::invalid("decision", "a decision is upheld or struck"))?;
    call.write(move |tx, _| {
        let reason = body.reason.clone().unwrap_or_default();
        reviews::decide(tx, &Decide { review, decision, reason })?;
        Ok(Reply::one("review", whole(tx, review)?))
    })
    .await
}

/// What this week's reviews are best spent on, with the reason in figures.
pub async fn assignments(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let rows = views::desk(tx)?.assignments;
        let rows: Vec<ReviewAssignmentShape> = rows.iter().map(ReviewAssignmentShape::of).collect();
        Ok(Reply::one("review_assignments", rows))
    })
    .await
}

/// Fills this week's assignments up to the budget.
pub async fn plan(call: Call) -> Answer {
    call.write(|tx, _| {
        reviews::plan_week(tx)?;
        let rows = views::desk(tx)?.assignments;
        let rows: Vec<ReviewAssignmentShape> = rows.iter().map(ReviewAssignmentShape::of).collect();
        Ok(Reply::one("review_assignments", rows))
    })
    .await
}

pub async fn raters(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let rows: Vec<RaterShape> = views::raters(tx)?.iter().map(RaterShape::of).collect();
        Ok(Reply::one("review_raters", rows))
    })
    .await
}

pub async fn calibrations(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let urls = Urls::of(tx)?;
        let mut rows = Vec::new();
        for row in views::calibrations(tx)? {
            rows.push(CalibrationShape::of(&views::calibration_page(tx, row.calibration.id)?, &urls));
        }
        Ok(Reply::one("calibrations", rows))
    })
    .await
}

pub async fn calibration(Id(id): Id<CalibrationId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("calibration", CalibrationShape::of(&views::calibration_page(tx, id)?, &urls)))
    })
    .await
}

pub async fn open_calibration(call: Call) -> Answer {
    let body = call.body::<CalibrationBody>()?.calibration;
    call.write(move |tx, _| {
        let command = OpenCalibration {
            ticket: TicketId(body.ticket_id),
            user: UserId(body.user_id),
            scorecard: body.scorecard_id.map(ScorecardId),
        };
        let id = reviews::open_calibration(tx, &command)?;
        let shape = CalibrationShape::of(&views::calibration_page(tx, id)?, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "calibration": shape })))
    })
    .await
}

/// The caller's own blind review in it, begun if need be.
pub async fn join_calibration(Id(id): Id<CalibrationId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        let review = reviews::join_calibration(tx, id)?;
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("review", whole(tx, review)?) })
    })
    .await
}

pub async fn close_calibration(Id(id): Id<CalibrationId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        reviews::close_calibration(tx, id)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("calibration", CalibrationShape::of(&views::calibration_page(tx, id)?, &urls)))
    })
    .await
}

pub async fn scorecards(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let all = reviews::list_scorecards(tx)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all, &paging)?.map(|it| ScorecardShape::of(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "scorecards", page))))
    })
    .await
}

pub async fn scorecard(Id(id): Id<ScorecardId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let it = reviews::scorecard(tx, id)?.ok_or(Problem::NotFound)?;
        Ok(Reply::one("scorecard", ScorecardShape::of(&it, &Urls::of(tx)?)))
    })
    .await
}

pub async fn create_scorecard(call: Call) -> Answer {
    let body = call.body::<ScorecardBody>()?.scorecard;
    let categories = categories(body.categories.as_deref().unwrap_or_default(), &[])?;
    call.write(move |tx, _| {
        let command = SaveScorecard {
            name: body.name.clone().unwrap_or_default(),
            about: body.about.clone().unwrap_or_default(),
            categories: categories.clone(),
        };
        let shape = ScorecardShape::of(&reviews::create_scorecard(tx, &command)?, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "scorecard": shape })))
    })
    .await
}

pub async fn update_scorecard(Id(id): Id<ScorecardId>, call: Call) -> Answer {
    let body = call.body::<ScorecardBody>()?.scorecard;
    call.write(move |tx, _| {
        let is = reviews::scorecard(tx, id)?.ok_or(Problem::NotFound)?;
        let named = body.categories.as_deref().map(|it| categories(it, &is.categories)).transpose()?;
        let command = SaveScorecard {
            name: body.name.clone().unwrap_or(is.name),
            about: body.about.clone().unwrap_or(is.about),
            categories: named.unwrap_or(is.categories),
        };
        reviews::update_scorecard(tx, id, &command)?;
        match body.active {
            Some(true) => reviews::restore_scorecard(tx, id)?,
            Some(false) => reviews::retire_scorecard(tx, id)?,
            None => {}
        }
        if body.default == Some(true) {
            reviews::make_default(tx, id)?;
        }
        let it = reviews::scorecard(tx, id)?.ok_or(Problem::NotFound)?;
        Ok(Reply::one("scorecard", ScorecardShape::of(&it, &Urls::of(tx)?)))
    })
    .await
}

fn whole(tx: &mut Tx, review: ReviewId) -> Result<WholeReviewShape, Problem> {
    let page = views::review_page(tx, review)?;
    Ok(WholeReviewShape::of(&page, &Urls::of(tx)?))
}

fn change(tx: &mut Tx, review: ReviewId, body: &ReviewChange) -> Result<(), Problem> {
    if let Some(highlights) = &body.highlights {
        mark(tx, review, highlights)?;
    }
    if body.scores.is_some() || body.comment.is_some() {
        let is = views::review_page(tx, review)?;
        let given = match &body.scores {
            Some(scores) => scores.iter().map(given).collect(),
            None => is.scores.iter().flatten().map(kept).collect(),
        };
        let comment = body.comment.clone().unwrap_or(is.review.comment);
        reviews::save_scores(tx, &SaveScores { review, scores: given, comment })?;
    }
    if body.finished == Some(true) {
        reviews::finish(tx, &Finish { review })?;
    }
    Ok(())
}

fn given(it: &ScoreChange) -> ScoreGiven {
    ScoreGiven { category: it.category, points: it.points, note: it.note.clone() }
}

fn kept(it: &reviews::Score) -> ScoreGiven {
    ScoreGiven { category: it.category, points: it.points, note: it.note.clone() }
}

/// The command marks all new sentences alike: so each kind is added to those before it.
fn mark(tx: &mut Tx, review: ReviewId, highlights: &[HighlightShape]) -> Result<(), Problem> {
    reviews::mark_sentences(tx, &MarkSentences { review, marks: Vec::new(), category: None, good: true })?;
    let mut left: Vec<&HighlightShape> = highlights.iter().collect();
    let mut marks = Vec::new();
    while let Some(first) = left.first().copied() {
        let (alike, rest): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|it| it.category == first.category && it.good == first.good);
        marks.extend(alike.iter().map(|it| Mark {
            comment: CommentId(it.comment_id),
            span: Span { start: it.start, end: it.end },
        }));
        let command =
            MarkSentences { review, marks: marks.clone(), category: first.category, good: first.good };
        reviews::mark_sentences(tx, &command)?;
        left = rest;
    }
    Ok(())
}

/// The categories as they shall be. `before` are those that the card has: a client that does not name the competency of
/// one keeps it.
fn categories(shapes: &[CategoryShape], before: &[Category]) -> Result<Vec<Category>, Problem> {
    let category = |it: &CategoryShape| {
        let section = Section::parse(&it.section).ok_or_else(|| {
            Problem::invalid("section", "a section is standard, critical, bonus or auto_fail")
        })?;
        let skills: Vec<(SkillId, f64)> =
            it.skills.iter().map(|it| (SkillId(it.skill_id), it.weight)).collect();
        let competency = match it.competency_id {
            Some(named) => named.map(CompetencyId),
            None => kept_competency(before.iter().find(|other| other.name == it.name), &skills)?,
        };
        Ok(Category {
            name: it.name.clone(),
            question: it.question.clone(),
            section,
            weight: it.weight,
            points: it.points,
            anchors: it.anchors.clone(),
            skills,
            competency,
        })
    };
    shapes.iter().map(category).collect()
}

/// What a category goes on to judge. Its skills follow from that: others are refused rather than overruled.
fn kept_competency(
    before: Option<&Category>,
    skills: &[(SkillId, f64)],
) -> Result<Option<CompetencyId>, Problem> {
    let Some(before) = before.filter(|it| it.competency.is_some()) else { return Ok(None) };
    if skills.is_empty() || skills == before.skills {
        return Ok(before.competency);
    }
    Err(Problem::invalid(
        "skills",
        "they follow from the competency of this category; set its competency_id to null to choose others",
    ))
}
