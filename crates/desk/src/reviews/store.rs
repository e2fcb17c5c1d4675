//! Every statement on scorecards, reviews, their scores and highlights; on assignments and calibrations beside.

mod plans;
mod words;

pub(super) use plans::*;
pub(super) use words::*;

use super::severity::{SCORES_LOOKED_AT_MAX, ScoreBeside};
use super::*;
use crate::Tx;
use db::{Error, Row, params};

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(error.to_string()))
}

fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(error.to_string()))
}

const SCORECARD: &str =
    "select s.id, s.name, s.about, s.is_default, v.number, v.id, v.categories, s.updated_at,
    s.retired_at from scorecards s join scorecard_versions v on v.scorecard_id = s.id";

fn scorecard(row: &Row<'_>) -> Result<Scorecard, Error> {
    Ok(Scorecard {
        id: row.get(0)?,
        name: row.get(1)?,
        about: row.get(2)?,
        is_default: row.get(3)?,
        version: row.get(4)?,
        version_id: row.get(5)?,
        categories: from_json(&row.get::<String>(6)?)?,
        updated_at: row.get(7)?,
        retired_at: row.get(8)?,
    })
}

pub(super) fn any_scorecard(tx: &mut Tx) -> Result<bool, Error> {
    let found: Option<i64> = tx.find("select id from scorecards limit 1", params![], |row| row.get(0))?;
    Ok(found.is_some())
}

pub(super) fn list_scorecards(tx: &mut Tx) -> Result<Vec<Scorecard>, Error> {
    tx.list(
        &format!(
            "{SCORECARD} and v.number = s.version where s.retired_at is null order by s.is_default desc, s.name, s.id"
        ),
        params![],
        scorecard,
    )
}

pub(super) fn list_retired(tx: &mut Tx) -> Result<Vec<Scorecard>, Error> {
    tx.list(
        &format!("{SCORECARD} and v.number = s.version where s.retired_at is not null order by s.name, s.id"),
        params![],
        scorecard,
    )
}

pub(super) fn find_scorecard(tx: &mut Tx, id: ScorecardId) -> Result<Option<Scorecard>, Error> {
    tx.find(&format!("{SCORECARD} and v.number = s.version where s.id = $1"), params![id], scorecard)
}

/// Of all scorecards, retired ones too.
pub(super) fn list_versions(tx: &mut Tx) -> Result<Vec<Scorecard>, Error> {
    tx.list(&format!("{SCORECARD} order by v.id"), params![], scorecard)
}

pub(super) fn find_version(tx: &mut Tx, version_id: i64) -> Result<Option<Scorecard>, Error> {
    tx.find(&format!("{SCORECARD} where v.id = $1"), params![version_id], scorecard)
}

pub(super) fn insert_scorecard(
    tx: &mut Tx,
    it: &SaveScorecard,
    is_default: bool,
) -> Result<ScorecardId, Error> {
    let now = tx.now();
    let id = tx.one(
        "insert into scorecards (name, about, version, is_default, created_at, updated_at)
         values ($1, $2, 1, $3, $4, $4) returning id",
        params![it.name, it.about, is_default, now],
        |row| row.get(0),
    )?;
    insert_version(tx, id, 1, &it.categories)?;
    Ok(id)
}

pub(super) fn insert_version(
    tx: &mut Tx,
    id: ScorecardId,
    number: i64,
    categories: &[Category],
) -> Result<i64, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let categories = to_json(categories)?;
    tx.value(
        "insert into scorecard_versions (scorecard_id, number, categories, created_by, created_at)
         values ($1, $2, $3, $4, $5) returning id",
        params![id, number, categories, by, now],
    )
}

pub(super) fn save_scorecard(
    tx: &mut Tx,
    id: ScorecardId,
    name: &str,
    about: &str,
    version: i64,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update scorecards set name = $1, about = $2, version = $3, updated_at = $4 where id = $5",
        params![name, about, version, now, id],
    )
    .map(|_| ())
}

pub(super) fn save_retired(tx: &mut Tx, id: ScorecardId, at: Option<i64>) -> Result<(), Error> {
    tx.execute("update scorecards set retired_at = $1 where id = $2", params![at, id]).map(|_| ())
}

pub(super) fn save_default(tx: &mut Tx, id: ScorecardId) -> Result<(), Error> {
    tx.execute("update scorecards set is_default = case when id = $1 then 1 else 0 end", params![id])
        .map(|_| ())
}

const REVIEW: &str =
    "select id, ticket_id, user_id, reviewer_id, version_id, calibration_id, comment, percent,
    failed_by, created_at, finished_at, seen_at, answer, answered_at, contest, contested_at, decision,
    decision_reason, decided_by, decided_at from reviews";

fn review(row: &Row<'_>) -> Result<Review, Error> {
    let decision: Option<String> = row.get(16)?;
    Ok(Review {
        id: row.get(0)?,
        ticket: row.get(1)?,
        user: row.get(2)?,
        reviewer: row.get(3)?,
        version_id: row.get(4)?,
        calibration: row.get(5)?,
        comment: row.get(6)?,
        percent: row.get(7)?,
        failed_by: from_json(&row.get::<String>(8)?)?,
        created_at: row.get(9)?,
        finished_at: row.get(10)?,
        seen_at: row.get(11)?,
        answer: row.get(12)?,
        answered_at: row.get(13)?,
        contest: row.get(14)?,
        contested_at: row.get(15)?,
        decision: decision.as_deref().and_then(Decision::parse),
        decision_reason: row.get(17)?,
        decided_by: row.get(18)?,
        decided_at: row.get(19)?,
    })
}

pub(super) fn find_review(tx: &mut Tx, id: ReviewId) -> Result<Option<Review>, Error> {
    tx.find(&format!("{REVIEW} where id = $1"), params![id], review)
}

/// The one outside of calibrations, and whether it is finished.
pub(super) fn find_review_of(
    tx: &mut Tx,
    ticket: TicketId,
    user: UserId,
    reviewer: UserId,
) -> Result<Option<(ReviewId, bool)>, Error> {
    tx.find(
        "select id, finished_at from reviews
         where ticket_id = $1 and user_id = $2 and reviewer_id = $3 and calibration_id is null",
        params![ticket, user, reviewer],
        |row| Ok((row.get(0)?, row.get::<Option<i64>>(1)?.is_some())),
    )
}

pub(super) fn find_review_in(
    tx: &mut Tx,
    calibration: CalibrationId,
    reviewer: UserId,
) -> Result<Option<ReviewId>, Error> {
    tx.find(
        "select id from reviews where calibration_id = $1 and reviewer_id = $2",
        params![calibration, reviewer],
        |row| row.get(0),
    )
}

/// `None` if this reviewer has one already.
pub(super) fn insert_review(
    tx: &mut Tx,
    ticket: TicketId,
    user: UserId,
    reviewer: UserId,
    version_id: i64,
    calibration: Option<CalibrationId>,
) -> Result<Option<ReviewId>, Error> {
    let now = tx.now();
    tx.find(
        "insert into reviews (ticket_id, user_id, reviewer_id, version_id, calibration_id, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id",
        params![ticket, user, reviewer, version_id, calibration, now],
        |row| row.get(0),
    )
}

pub(super) fn delete_review(tx: &mut Tx, id: ReviewId) -> Result<(), Error> {
    for table in ["review_scores", "review_highlights"] {
        tx.execute(&format!("delete from {table} where review_id = $1"), params![id])?;
    }
    tx.execute("update review_assignments set review_id = null where review_id = $1", params![id])?;
    tx.execute("delete from reviews where id = $1", params![id]).map(|_| ())
}

pub(super) fn save_comment(tx: &mut Tx, id: ReviewId, comment: &str) -> Result<(), Error> {
    tx.execute("update reviews set comment = $1 where id = $2", params![comment, id]).map(|_| ())
}

pub(super) fn save_finished(
    tx: &mut Tx,
    id: ReviewId,
    percent: f64,
    failed_by: &[usize],
) -> Result<(), Error> {
    let now = tx.now();
    let failed_by = to_json(failed_by)?;
    tx.execute(
        "update reviews set percent = $1, failed_by = $2, finished_at = $3 where id = $4",
        params![percent, failed_by, now, id],
    )
    .map(|_| ())
}

pub(super) fn save_seen(tx: &mut Tx, id: ReviewId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update reviews set seen_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(super) fn save_answer(tx: &mut Tx, id: ReviewId, text: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update reviews set answer = $1, answered_at = $2 where id = $3", params![text, now, id])
        .map(|_| ())
}

pub(super) fn save_contest(tx: &mut Tx, id: ReviewId, reason: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update reviews set contest = $1, contested_at = $2 where id = $3", params![reason, now, id])
        .map(|_| ())
}

pub(super) fn save_decision(
    tx: &mut Tx,
    id: ReviewId,
    decision: Decision,
    reason: &str,
) -> Result<(), Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.execute(
        "update reviews set decision = $1, decision_reason = $2, decided_by = $3, decided_at = $4 where id = $5",
        params![decision.name(), reason, by, now, id],
    )
    .map(|_| ())
}

pub(super) fn list_scores(tx: &mut Tx, id: ReviewId) -> Result<Vec<Score>, Error> {
    tx.list(
        "select category, points, note, evidence_id from review_scores where review_id = $1 order by category",
        params![id],
        |row| {
            Ok(Score {
                category: row.get(0)?,
                points: row.get(1)?,
                note: row.get(2)?,
                evidence: row.get(3)?,
            })
        },
    )
}

pub(super) fn delete_scores(tx: &mut Tx, id: ReviewId) -> Result<(), Error> {
    tx.execute("delete from review_scores where review_id = $1", params![id]).map(|_| ())
}

pub(super) fn save_score(tx: &mut Tx, id: ReviewId, it: &ScoreGiven) -> Result<(), Error> {
    tx.execute(
        "insert into review_scores (review_id, category, points, note) values ($1, $2, $3, $4)
         on conflict (review_id, category) do update set points = excluded.points, note = excluded.note",
        params![id, it.category, it.points, it.note.trim()],
    )
    .map(|_| ())
}

pub(super) fn save_score_evidence(
    tx: &mut Tx,
    id: ReviewId,
    category: usize,
    evidence: EvidenceId,
) -> Result<(), Error> {
    tx.execute(
        "update review_scores set evidence_id = $1 where review_id = $2 and category = $3",
        params![evidence, id, category],
    )
    .map(|_| ())
}

pub(super) fn list_highlights(tx: &mut Tx, id: ReviewId) -> Result<Vec<Highlight>, Error> {
    tx.list(
        "select comment_id, start_char, end_char, quote, category, good from review_highlights
         where review_id = $1 order by comment_id, start_char",
        params![id],
        |row| {
            Ok(Highlight {
                comment: row.get(0)?,
                span: Span { start: row.get(1)?, end: row.get(2)? },
                quote: row.get(3)?,
                category: row.get(4)?,
                good: row.get(5)?,
            })
        },
    )
}

pub(super) fn insert_highlight(tx: &mut Tx, id: ReviewId, it: &Highlight) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into review_highlights (review_id, comment_id, start_char, end_char, quote, category, good, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        params![id, it.comment, it.span.start, it.span.end, it.quote, it.category, it.good, now],
    )
    .map(|_| ())
}

pub(super) fn delete_highlight(tx: &mut Tx, id: ReviewId, it: &Highlight) -> Result<(), Error> {
    tx.execute(
        "delete from review_highlights where review_id = $1 and comment_id = $2 and start_char = $3 and end_char = $4",
        params![id, it.comment, it.span.start, it.span.end],
    )
    .map(|_| ())
}

/// What the reviewer's scores said that still count, beside what was believed before each.
pub(super) fn list_scores_beside_beliefs(tx: &mut Tx, reviewer: UserId) -> Result<Vec<ScoreBeside>, Error> {
    tx.list(
        "select e.value, sum(m.weight * m.mean_before) / sum(m.weight),
           sum(m.weight * m.weight * m.variance_before) / (sum(m.weight) * sum(m.weight))
         from evidence e join evidence_moves m on m.evidence_id = e.id
         where e.by_user_id = $1 and e.kind = 'review' and e.struck_at is null
         group by e.id, e.value order by e.id desc limit $2",
        params![reviewer, SCORES_LOOKED_AT_MAX],
        |row| Ok(ScoreBeside { level: row.get(0)?, mean_before: row.get(1)?, variance_before: row.get(2)? }),
    )
}

/// They wrote on it in public, or hold it.
pub(super) fn has_answered(tx: &mut Tx, ticket: TicketId, user: UserId) -> Result<bool, Error> {
    let found: Option<i64> = tx.find(
        "select u.id from users u where u.id = $2 and u.role <> 'end-user'
           and (exists (select 1 from comments c where c.ticket_id = $1 and c.author_id = u.id)
             or exists (select 1 from tickets t where t.id = $1 and t.assignee_id = u.id))",
        params![ticket, user],
        |row| row.get(0),
    )?;
    Ok(found.is_some())
}

/// Active leads and admins beside these two.
pub(super) fn count_other_leads(tx: &mut Tx, one: UserId, other: UserId) -> Result<i64, Error> {
    tx.value(
        "select count(*) from users where role in ('lead', 'admin') and suspended_at is null and deleted_at is null
           and id <> $1 and id <> $2",
        params![one, other],
    )
}

/// Finished reviews that are no calibration, the newest first: of everybody (`None`) or about one person.
pub(super) fn list_finished(
    tx: &mut Tx,
    user: Option<UserId>,
    since: i64,
    count: usize,
) -> Result<Vec<Review>, Error> {
    let user = user.map_or(0, |it| it.0);
    tx.list(
        &format!(
            "{REVIEW} where finished_at is not null and finished_at >= $1 and calibration_id is null
               and (cast($2 as bigint) = 0 or user_id = $2) order by finished_at desc, id desc limit $3"
        ),
        params![since, user, count],
        review,
    )
}

/// Reviews that the reviewer has begun and not finished, calibrations too.
pub(super) fn list_open_of(tx: &mut Tx, reviewer: UserId, count: usize) -> Result<Vec<Review>, Error> {
    tx.list(
        &format!("{REVIEW} where reviewer_id = $1 and finished_at is null order by created_at desc, id desc limit $2"),
        params![reviewer, count],
        review,
    )
}

/// Contested and not decided, the oldest first.
pub(super) fn list_contested(tx: &mut Tx, count: usize) -> Result<Vec<Review>, Error> {
    tx.list(
        &format!(
            "{REVIEW} where contested_at is not null and decided_at is null order by contested_at, id limit $1"
        ),
        params![count],
        review,
    )
}

pub(super) fn list_of_calibration(tx: &mut Tx, id: CalibrationId) -> Result<Vec<Review>, Error> {
    tx.list(&format!("{REVIEW} where calibration_id = $1 order by id"), params![id], review)
}

pub(super) fn list_of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Review>, Error> {
    tx.list(
        &format!("{REVIEW} where ticket_id = $1 and calibration_id is null order by id"),
        params![ticket],
        review,
    )
}

/// How many finished reviews about somebody they have not looked at.
pub(super) fn count_unseen(tx: &mut Tx, user: UserId) -> Result<i64, Error> {
    tx.value(
        "select count(*) from reviews where user_id = $1 and finished_at is not null and seen_at is null
           and calibration_id is null",
        params![user],
    )
}
