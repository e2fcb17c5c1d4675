//! `/skill_merges`, `/skills/{id}/prerequisites`, `/skills/export`: keeping the library.

use crate::call::{Answer, Call, Id, Reply};
use crate::problem::Problem;
use crate::shapes::{
    PrerequisiteShape, PrerequisitesBody, SkillImportBody, SkillImportShape, SkillMergeBody, SkillMergeShape,
};
use crate::skills::{named, wanted};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::skills::SkillKind;
use desk::skills::shelf::{self, MergeSkills};
use desk::{Language, SkillId, SkillMergeId};
use serde_json::json;

pub async fn merges(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<SkillMergeShape> = shelf::list_merges(tx)?.iter().map(SkillMergeShape::of).collect();
        Ok(Reply::one("skill_merges", all))
    })
    .await
}

pub async fn merge(call: Call) -> Answer {
    let body = call.body::<SkillMergeBody>()?.skill_merge;
    call.write(move |tx, _| {
        let from =
            named(tx, &body.from)?.ok_or_else(|| Problem::invalid("from", "there is no such skill"))?;
        let into =
            named(tx, &body.into)?.ok_or_else(|| Problem::invalid("into", "there is no such skill"))?;
        let id = shelf::merge_skills(tx, &MergeSkills { from: from.id, into: into.id })?;
        let all = shelf::list_merges(tx)?;
        let made = all.iter().find(|it| it.id == id).ok_or(Problem::NotFound)?;
        Ok(Reply::created(
            format!("/api/v2/skill_merges/{id}"),
            json!({ "skill_merge": SkillMergeShape::of(made) }),
        ))
    })
    .await
}

pub async fn undo(Id(merge): Id<SkillMergeId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        shelf::undo_merge(tx, merge)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn prerequisites(Id(skill): Id<SkillId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let all: Vec<PrerequisiteShape> =
            shelf::prerequisites_of(tx, skill)?.iter().map(PrerequisiteShape::of).collect();
        Ok(Reply::one("prerequisites", all))
    })
    .await
}

pub async fn stand_on(Id(skill): Id<SkillId>, call: Call) -> Answer {
    let body = call.body::<PrerequisitesBody>()?;
    call.write(move |tx, _| {
        let mut needs = Vec::with_capacity(body.prerequisites.len());
        for it in &body.prerequisites {
            needs.push((wanted(tx, it.skill_id, it.skill.as_deref())?, it.level));
        }
        shelf::set_prerequisites(tx, skill, &needs)?;
        let all: Vec<PrerequisiteShape> =
            shelf::prerequisites_of(tx, skill)?.iter().map(PrerequisiteShape::of).collect();
        Ok(Reply::one("prerequisites", all))
    })
    .await
}

pub async fn export(call: Call) -> Result<Response, Problem> {
    let csv = call.read(|tx, _| Ok(shelf::library_as_csv(tx)?)).await?;
    let disposition = "attachment; filename=\"skills.csv\"";
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, csv).into_response())
}

pub async fn import(call: Call) -> Answer {
    let body = call.body::<SkillImportBody>()?.skill_import;
    let kind: SkillKind = match body.kind.as_deref() {
        Some(word) => {
            word.parse().map_err(|_| Problem::invalid("kind", format!("{word:?} is not a kind of skill")))?
        }
        None => SkillKind::Product,
    };
    let language = body.language.as_deref().map(str::parse::<Language>).transpose();
    let language = language.map_err(|error| Problem::invalid("language", error.to_string()))?;
    call.write(move |tx, _| {
        let imported = match language {
            Some(language) => shelf::import_words(tx, &body.csv, language)?,
            None => shelf::import_library(tx, &body.csv, kind)?,
        };
        Ok(Reply::one("skill_import", SkillImportShape::of(&imported)))
    })
    .await
}
