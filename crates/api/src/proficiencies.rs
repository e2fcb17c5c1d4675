//! `/users/{id}/proficiencies`, `/users/{id}/evidence`, `/users/{id}/skill_ratings`: what a person can do, and why the
//! desk believes so. Who sees what is decided by the desk: unsure levels and evidence are for the person and for leads.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{EvidenceShape, ProficiencyShape, SkillRatingBody, StrikeBody};
use crate::skills::{named, wanted};
use axum::http::StatusCode;
use desk::skills::views::{evidence_about, person_skills};
use desk::skills::{Rate, RateSelf, StrikeEvidence, rate, rate_self, strike_evidence};
use desk::{EvidenceId, UserId};
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

/// One's own word about oneself, or a lead's about somebody.
pub async fn rate_skill(Id(user): Id<UserId>, call: Call) -> Answer {
    let body = call.body::<SkillRatingBody>()?.skill_rating;
    let level = body.level.ok_or_else(|| Problem::missing("level"))?;
    call.write(move |tx, call| {
        let skill = wanted(tx, body.skill_id, body.skill.as_deref())?;
        let id = match call.actor.is(user) {
            true => rate_self(tx, &RateSelf { skill, level })?,
            false => rate(tx, &Rate { user, skill, level, note: body.note.clone().unwrap_or_default() })?,
        };
        let all = evidence_about(tx, user, Some(skill))?;
        let row = all.iter().find(|row| row.id == id).ok_or(Problem::NotFound)?;
        let body = json!({ "evidence": EvidenceShape::of(row) });
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
