//! `/users/{id}/proficiencies`, `/users/{id}/evidence`, `/users/{id}/skill_ratings`: what a person can do, and why the
//! desk believes so. Who sees what is decided by the desk: unsure levels and evidence are for the person and for leads.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{
    ContestBody, ContestShape, DecisionBody, EvidenceShape, ProficiencyShape, SkillRatingBody, StrikeBody,
};
use crate::skills::{named, wanted};
use axum::http::StatusCode;
use desk::skills::views::{contests as read_contests, evidence_about, levels_seen, person_skills};
use desk::skills::{ContestEvidence, ContestOutcome, DecideContest, contest_evidence, decide_contest};
use desk::skills::{Rate, RateSelf, StrikeEvidence, rate, rate_self, strike_evidence};
use desk::{ContestId, EvidenceId, UserId};
use serde_json::{Value, json};

/// The highest level first.
pub async fn index(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        let known = person_skills(tx, user)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(known.levels, &paging)?.map(|it| ProficiencyShape::of(user, &it));
        let mut body = paging::envelope(call, &urls, &paging, "proficiencies", page);
        body.insert("hidden".into(), json!(known.hidden));
        Ok(Reply::ok(Value::Object(body)))
    })
    .await
}

/// The newest first; `skill=` (id or key) for one skill.
pub async fn evidence(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        let skill = match call.query("skill") {
            Some(name) => Some(named(tx, name)?.ok_or(Problem::NotFound)?.id),
            None => None,
        };
        let all = evidence_about(tx, user, skill)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all, &paging)?.map(|row| EvidenceShape::of(&row));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "evidence", page))))
    })
    .await
}

/// One's own word about oneself, or a lead's about somebody. What it moved is told to those who saw the level before: how far
/// a word has moved a level tells where it was.
pub async fn rate_skill(Id(user): Id<UserId>, call: Call) -> Answer {
    let body = call.body::<SkillRatingBody>()?.skill_rating;
    let level = body.level.ok_or_else(|| Problem::missing("level"))?;
    call.write(move |tx, call| {
        let skill = wanted(tx, body.skill_id, body.skill.as_deref())?;
        let saw = levels_seen(tx, &[user])?.contains(&(user, skill));
        let id = match call.actor.is(user) {
            true => rate_self(tx, &RateSelf { skill, level })?,
            false => rate(tx, &Rate { user, skill, level, note: body.note.clone().unwrap_or_default() })?,
        };
        let all = evidence_about(tx, user, Some(skill))?;
        let row = all.iter().find(|row| row.id == id).ok_or(Problem::NotFound)?;
        let mut shape = EvidenceShape::of(row);
        shape.moves.retain(|_| saw || call.actor.is(user));
        let body = json!({ "evidence": shape });
        Ok(Reply { status: StatusCode::CREATED, ..Reply::ok(body) })
    })
    .await
}

/// It stays in the list with its reason, and counts as if it had never been.
pub async fn strike(Id(evidence): Id<EvidenceId>, call: Call) -> Answer {
    let reason = call.body::<StrikeBody>()?.reason.unwrap_or_default();
    call.write(move |tx, _| {
        strike_evidence(tx, &StrikeEvidence { evidence, reason: reason.clone() })?;
        Ok(Reply::nothing())
    })
    .await
}

/// What waits for a decision: all of it for leads, one's own for others.
pub async fn contests(call: Call) -> Answer {
    call.read(move |tx, _| {
        let open = read_contests(tx)?.open;
        let shapes: Vec<ContestShape> = open.iter().map(|it| ContestShape::of(&it.contest)).collect();
        Ok(Reply::ok(json!({ "contests": shapes })))
    })
    .await
}

/// The person whom the evidence is about objects to it.
pub async fn contest(Id(evidence): Id<EvidenceId>, call: Call) -> Answer {
    let words = call.body::<ContestBody>()?.contest.words.unwrap_or_default();
    call.write(move |tx, _| {
        let contest = contest_evidence(tx, &ContestEvidence { evidence, words: words.clone() })?;
        Ok(Reply { status: StatusCode::CREATED, ..shown(tx, contest)? })
    })
    .await
}

/// A lead who is somebody else decides.
pub async fn decide(Id(contest): Id<ContestId>, call: Call) -> Answer {
    let wanted = call.body::<DecisionBody>()?.decision;
    let outcome = wanted.outcome.as_deref().and_then(ContestOutcome::parse);
    let outcome = outcome.ok_or_else(|| Problem::invalid("outcome", "it is kept or struck"))?;
    let reason = wanted.reason.unwrap_or_default();
    call.write(move |tx, _| {
        decide_contest(tx, &DecideContest { contest, outcome, reason: reason.clone() })?;
        shown(tx, contest)
    })
    .await
}

fn shown(tx: &mut desk::Tx, contest: ContestId) -> Result<Reply, Problem> {
    let found = desk::skills::find_contest(tx, contest)?.ok_or(Problem::NotFound)?;
    Ok(Reply::one("contest", ContestShape::of(&found)))
}
