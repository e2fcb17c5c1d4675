//! `/reviews/{id}`: the conversation beside the scorecard; to score it, to read it, to answer it.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web, around};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::reviews::views::{self, Letter, Piece, ReviewPage};
use desk::reviews::{
    self, Contest, Decide, Decision, Finish, Highlight, Mark, MarkSentences, SaveScores, SayToReview, Score,
    ScoreGiven, Span,
};
use desk::{Actor, CommentId, ReviewId};

#[derive(askama::Template)]
#[template(path = "reviews/show.html")]
pub struct Show {
    pub shell: Shell,
    pub conversation: Conversation,
    pub problem: Option<Problem>,
}

/// The letters, as they come back when a sentence is marked.
#[derive(askama::Template)]
#[template(path = "reviews/_conversation.html")]
pub struct Conversation {
    pub actor: Actor,
    pub now: i64,
    pub page: ReviewPage,
    /// What the next mark stands for.
    pub category: Option<usize>,
    pub good: bool,
}

impl Conversation {
    pub fn may_score(&self) -> bool {
        self.actor.is(self.page.review.reviewer) && self.page.review.finished_at.is_none()
    }

    fn highlight(&self, piece: &Piece) -> Option<&Highlight> {
        self.page.highlights.get(piece.highlight?)
    }

    fn category_name(&self, highlight: &Highlight) -> &str {
        let found = highlight.category.and_then(|place| self.page.scorecard.categories.get(place));
        found.map_or("", |it| it.name.as_str())
    }

    fn is_chosen(&self, place: &usize) -> bool {
        self.category == Some(*place)
    }

    /// `12:0-45`, as it comes back from the form.
    fn mark_of(&self, letter: &Letter, span: &Span) -> String {
        format!("{}:{}-{}", letter.comment, span.start, span.end)
    }
}

impl Show {
    fn page(&self) -> &ReviewPage {
        &self.conversation.page
    }

    fn now(&self) -> i64 {
        self.conversation.now
    }

    fn score(&self, place: &usize) -> Option<&Score> {
        self.page().scores.get(*place)?.as_ref()
    }

    fn has_points(&self, place: &usize, points: &u8) -> bool {
        self.score(place).is_some_and(|it| it.points == Some(*points))
    }

    fn does_not_apply(&self, place: &usize) -> bool {
        self.score(place).is_some_and(|it| it.points.is_none())
    }

    fn note(&self, place: &usize) -> &str {
        self.score(place).map_or("", |it| it.note.as_str())
    }

    fn quotes(&self, place: &usize) -> Vec<&Highlight> {
        self.page().highlights.iter().filter(|it| it.category == Some(*place)).collect()
    }

    fn skill_name(&self, skill: &desk::SkillId) -> &str {
        self.page().skills.get(skill).map_or("", String::as_str)
    }

    fn is_about_me(&self) -> bool {
        self.conversation.actor.is(self.page().review.user)
    }

    fn may_decide(&self) -> bool {
        self.conversation.actor.is_lead() && self.page().review.is_contested() && !self.is_about_me()
    }

    fn failed_names(&self) -> String {
        let places = self.page().review.failed_by.iter();
        let names =
            places.filter_map(|it| self.page().scorecard.categories.get(*it)).map(|it| it.name.as_str());
        names.collect::<Vec<_>>().join(" and ")
    }

    fn lost_quotes(&self) -> Vec<&str> {
        self.page().lost.iter().map(|it| self.page().highlights[*it].quote.as_str()).collect()
    }
}

async fn load(web: &Web, actor: Actor, review: ReviewId) -> Result<Show, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::review_page(tx, review)?;
        let conversation = Conversation { actor, now: tx.now(), page, category: None, good: true };
        Ok::<_, Problem>(Show { conversation, shell: Shell::load(tx)?, problem: None })
    });
    page.await
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(review): Path<ReviewId>,
) -> Result<Html<Show>, Problem> {
    let page = load(&web, actor, review).await?;
    if page.is_about_me() && page.page().review.seen_at.is_none() {
        web.desk.write(actor, move |tx| reviews::see(tx, review)).await?;
    }
    Ok(Html(page))
}

/// All sentences that are ticked; those that are new are marked as the form says.
pub async fn mark(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(review): Path<ReviewId>,
    form: Fields,
) -> Result<Response, Problem> {
    let category = form.parsed("category");
    let good = form.text("tone") != "improve";
    let marks = form.list::<String>("mark").iter().filter_map(|it| mark_in(it)).collect();
    let command = MarkSentences { review, marks, category, good };
    web.desk.write(actor, move |tx| reviews::mark_sentences(tx, &command)).await?;
    if !around::is_fragment() {
        return Ok(Redirect::to(&format!("/reviews/{review}")).into_response());
    }
    let page = load(&web, actor, review).await?;
    Ok(Html(Conversation { category, good, ..page.conversation }).into_response())
}

pub async fn score(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(review): Path<ReviewId>,
    form: Fields,
) -> Result<Response, Problem> {
    let count: usize = form.parsed("categories").unwrap_or_default();
    let scores = (0..count.min(reviews::CATEGORIES_MAX)).filter_map(|place| {
        let points = match form.text(&format!("points-{place}")) {
            "na" => None,
            number => Some(number.parse().ok()?),
        };
        Some(ScoreGiven { category: place, points, note: form.owned(&format!("note-{place}")) })
    });
    let command = SaveScores { review, scores: scores.collect(), comment: form.owned("comment") };
    web.desk.write(actor, move |tx| reviews::save_scores(tx, &command)).await?;
    if form.text("then") != "finish" {
        return Ok(
            Said::new("Saved. Nobody else sees it until you finish.").then(&format!("/reviews/{review}"))
        );
    }
    match web
        .desk
        .write(actor, move |tx| reviews::finish(tx, &Finish { review }))
        .await
        .map_err(Problem::from)
    {
        Ok(_) => {
            Ok(Said::new("Finished. It counts now, and the person sees it.")
                .then(&format!("/reviews/{review}")))
        }
        Err(problem) if problem.field.is_some() => {
            let (status, page) = (problem.status(), load(&web, actor, review).await?);
            Ok((status, Html(Show { problem: Some(problem), ..page })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn destroy(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(review): Path<ReviewId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| reviews::drop_review(tx, review)).await?;
    Ok(Said::new("Laid aside.").then("/reviews"))
}

pub async fn answer(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(review): Path<ReviewId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = SayToReview { review, text: form.owned("text") };
    web.desk.write(actor, move |tx| reviews::answer(tx, &command)).await?;
    Ok(Said::new("Your words stand beside the review.").then(&format!("/reviews/{review}")))
}

pub async fn contest(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(review): Path<ReviewId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = Contest { review, reason: form.owned("text") };
    web.desk.write(actor, move |tx| reviews::contest(tx, &command)).await?;
    Ok(Said::new("Contested. Somebody else than the reviewer decides.").then(&format!("/reviews/{review}")))
}

pub async fn decide(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(review): Path<ReviewId>,
    form: Fields,
) -> Result<Response, Problem> {
    let decision =
        Decision::parse(form.text("decision")).ok_or_else(|| Problem::invalid("Choose how you decide."))?;
    let command = Decide { review, decision, reason: form.owned("text") };
    web.desk.write(actor, move |tx| reviews::decide(tx, &command)).await?;
    Ok(Said::new("Decided. Your reason stands beside the review.").then(&format!("/reviews/{review}")))
}

fn mark_in(text: &str) -> Option<Mark> {
    let (comment, span) = text.split_once(':')?;
    let (start, end) = span.split_once('-')?;
    let comment: CommentId = comment.parse().ok()?;
    Some(Mark { comment, span: Span { start: start.parse().ok()?, end: end.parse().ok()? } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::reviews::views::Moved;
    use desk::reviews::{Category, Section};
    use desk::{Role, SkillId, UserId};
    use std::collections::HashMap;

    fn category(name: &str, section: Section, points: u8) -> Category {
        Category {
            name: name.into(),
            question: "Did the customer feel it?".into(),
            section,
            weight: 2.0,
            points,
            anchors: (1..=points).map(|it| format!("point {it}")).collect(),
            skills: vec![(SkillId(1), 1.0)],
            competency: None,
        }
    }

    fn show(actor: i64, role: Role, change: impl Fn(&mut ReviewPage)) -> Show {
        let comment = CommentId(12);
        let span = Span { start: 0, end: 18 };
        let piece = |text: &str, span, highlight| Piece { text: text.into(), span, highlight };
        let letter = Letter {
            comment,
            author: UserId(2),
            author_name: "Leila <b>".into(),
            is_theirs: true,
            by_staff: true,
            public: true,
            at: 1_767_614_400_000,
            pieces: vec![
                piece("I am sorry, Marta.", Some(span), Some(0)),
                piece(" ", None, None),
                piece("Both are back.", Some(Span { start: 19, end: 33 }), None),
            ],
        };
        let mut page = ReviewPage {
            review: super::super::index::samples::finished(7),
            scorecard: super::super::index::samples::scorecard(vec![
                category("Empathy", Section::Standard, 5),
                category("Right", Section::Critical, 3),
            ]),
            is_outdated: true,
            scores: vec![
                Some(Score { category: 0, points: Some(4), note: "named it".into(), evidence: None }),
                None,
            ],
            highlights: vec![Highlight {
                comment,
                span,
                quote: "I am sorry, Marta.".into(),
                category: Some(0),
                good: true,
            }],
            lost: vec![],
            letters: vec![letter],
            subject: "طلب استرداد".into(),
            user_name: "Leila".into(),
            reviewer_name: "Rosa".into(),
            decided_by_name: Some("Liv".into()),
            skills: HashMap::from([(SkillId(1), "Empathy".to_owned())]),
            moved: vec![vec![Moved { skill: SkillId(1), by: 0.12, struck: false }], vec![]],
            severity: None,
            why: Some(super::super::index::samples::assignment(1)),
        };
        change(&mut page);
        let actor = Actor::person(UserId(actor), role);
        let conversation =
            Conversation { actor, now: 1_767_700_800_000, page, category: Some(1), good: false };
        Show { shell: shell(), conversation, problem: None }
    }

    #[test]
    fn the_reviewer_marks_and_scores_what_is_open() {
        let open = |page: &mut ReviewPage| page.review.finished_at = None;
        let html = renders(&show(1, Role::Lead, open));
        assert!(html.contains("value=\"12:0-18\" checked") && html.contains("value=\"12:19-33\""));
        assert!(html.contains("name=\"points-1\"") && html.contains("does not apply"));
        let problem = Problem { field: Some("scores"), ..Problem::invalid("Say of “Right” how it was.") };
        let page = Show { problem: Some(problem), ..show(1, Role::Lead, open) };
        assert!(renders(&page).contains("Say of “Right”"));
        let fragment = renders(&show(1, Role::Lead, open).conversation);
        assert!(fragment.trim_start().starts_with("<section") && fragment.contains("id=\"conversation\""));
    }

    #[test]
    fn the_person_reads_what_moved_and_may_answer_and_contest() {
        let html = renders(&show(2, Role::Agent, |_| {}));
        assert!(
            html.contains("+0.12")
                && html.contains("/reviews/7/contest")
                && html.contains("/reviews/7/answer")
        );
        assert!(!html.contains("type=\"checkbox\""), "nothing to mark");
        assert!(html.contains("&#60;b&#62;") || html.contains("&lt;b&gt;"));
    }

    #[test]
    fn another_lead_decides_what_is_contested() {
        let contested = |page: &mut ReviewPage| {
            page.review.contest = Some("Not my letter".into());
            page.review.contested_at = Some(1);
        };
        assert!(renders(&show(9, Role::Lead, contested)).contains("/reviews/7/decision"));
        assert!(
            !renders(&show(2, Role::Lead, contested)).contains("/reviews/7/decision"),
            "not their own work"
        );
        let decided = |page: &mut ReviewPage| {
            contested(page);
            page.review.decision = Some(Decision::Struck);
            page.review.decision_reason = Some("It was Ben's.".into());
            page.review.decided_at = Some(2);
            page.lost = vec![0];
            page.review.failed_by = vec![1];
        };
        let html = renders(&show(2, Role::Agent, decided));
        assert!(html.contains("Struck out by") && html.contains("not in the letter any more"));
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Mark { comment: CommentId(12), span: Span { start: 3, end: 9 } };
        assert_eq!(mark_in("12:3-9"), Some(mark));
        assert_eq!(mark_in("12:3"), None);
        assert_eq!(mark_in("x:3-9"), None);
    }
}
