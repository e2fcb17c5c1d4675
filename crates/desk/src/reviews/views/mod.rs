//! Reviews shaped for the reviewer's desk; `conversation.rs` one of them beside its letters, `calibration.rs` calibrations and
//! the report on severity.

mod calibration;
mod conversation;

use super::store;
use super::*;
use crate::skills::SkillSummary;
use crate::tickets::{self, Status};
use crate::{Actor, ReviewAssignmentId, Tx};
pub use ::skills::LEVELS_PER_LOGIT;
use ::skills::scorecard::quality_score;
pub use calibration::*;
pub use conversation::*;
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

/// Scorecards in use and retired ones, as their reader reads them.
pub fn scorecards(tx: &mut Tx) -> Result<(Vec<Scorecard>, Vec<Scorecard>), ReviewError> {
    staff(*tx.actor())?;
    let retired = store::list_retired(tx)?;
    Ok((list_shown_scorecards(tx)?, words::newest_in_readers_words(tx, retired)?))
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
    use super::conversation::pieces;
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
