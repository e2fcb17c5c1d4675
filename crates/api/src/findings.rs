//! `/fairness`, `/hard_work`, `/releases`: what is found about the desk's own judgement, and what a new product takes away.

use crate::call::{Answer, Call, Reply};
use crate::problem::Problem;
use crate::shapes::{FairnessShape, HardWorkShape, ReleaseBody, ReleaseShape};
use crate::skills::wanted;
use axum::http::StatusCode;
use desk::skills::refit::hard_work;
use desk::skills::views::{self, Division};
use desk::skills::{self, Release, SKILLS_PER_RELEASE_MAX, SkillsError};

/// For leads; `by=group`, `time_zone` or `language`.
pub async fn fairness(call: Call) -> Answer {
    let by = match call.query("by") {
        None => Division::default(),
        Some(word) => Division::parse(word)
            .ok_or_else(|| Problem::invalid("by", "people are divided by group, time_zone or language"))?,
    };
    call.read(move |tx, _| Ok(Reply::one("fairness", FairnessShape::of(&views::fairness(tx, by)?)))).await
}

/// For leads, as the last refit found it.
pub async fn hardest(call: Call) -> Answer {
    call.read(|tx, _| Ok(Reply::one("hard_work", HardWorkShape::of(&hard_work(tx)?)))).await
}

/// The newest first; for admins.
pub async fn releases(call: Call) -> Answer {
    only_admins(&call)?;
    call.read(|tx, _| {
        let all: Vec<ReleaseShape> = skills::list_releases(tx)?.iter().map(ReleaseShape::of).collect();
        Ok(Reply::one("releases", all))
    })
    .await
}

/// What was known of these skills counts for less from now on; for admins.
pub async fn release(call: Call) -> Answer {
    only_admins(&call)?;
    let body = call.body::<ReleaseBody>()?.release;
    let keep = body.keep.ok_or_else(|| Problem::missing("keep"))?;
    if body.skill_ids.len() + body.skills.len() > SKILLS_PER_RELEASE_MAX {
        return Err(SkillsError::ReleaseSkillsAreWrong.into());
    }
    call.write(move |tx, _| {
        let mut touched = Vec::new();
        for id in &body.skill_ids {
            touched.push(wanted(tx, Some(*id), None)?);
        }
        for key in &body.skills {
            touched.push(wanted(tx, None, Some(key))?);
        }
        let command = Release { name: body.name.clone().unwrap_or_default(), keep, skills: touched };
        let id = skills::release(tx, &command)?;
        let all = skills::list_releases(tx)?;
        let made = all.iter().find(|it| it.id == id).ok_or(Problem::NotFound)?;
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("release", ReleaseShape::of(made)) })
    })
    .await
}

/// As the page that notes a release.
fn only_admins(call: &Call) -> Result<(), Problem> {
    match call.actor.is_admin() {
        true => Ok(()),
        false => Err(SkillsError::NotAnAdmin.into()),
    }
}
