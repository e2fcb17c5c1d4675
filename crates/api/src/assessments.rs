//! `/assessment_campaigns`, `/assessment_tasks`, `/users/{id}/certificates`, `/skill_checks`.

use crate::call::{Answer, Call, Id, Reply};
use crate::problem::Problem;
use crate::shapes::*;
use crate::time;
use axum::http::StatusCode;
use desk::assessments::views;
use desk::assessments::{
    self, AddCertificate, AnswerCheck, Answered, Hardness, OpenCampaign, Question, SaveCheck, SayLevels,
};
use desk::{CampaignId, CampaignTaskId, CertificateId, CheckId, SkillId, UserId};
use serde_json::json;

/// For leads.
pub async fn campaigns(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let rows: Vec<CampaignShape> = views::desk(tx)?.campaigns.iter().map(CampaignShape::of_row).collect();
        Ok(Reply::one("assessment_campaigns", rows))
    })
    .await
}

pub async fn campaign(Id(id): Id<CampaignId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("assessment_campaign", CampaignShape::of_page(&views::campaign_page(tx, id)?)))
    })
    .await
}

pub async fn open_campaign(call: Call) -> Answer {
    let body = call.body::<CampaignBody>()?.campaign;
    let due_at = body.due_at.as_deref().and_then(time::parse).ok_or_else(|| Problem::missing("due_at"))?;
    let command = OpenCampaign {
        name: body.name.unwrap_or_default(),
        skills: body.skill_ids.into_iter().map(SkillId).collect(),
        people: body.user_ids.into_iter().map(UserId).collect(),
        asks_self: body.asks_self.unwrap_or(true),
        asks_lead: body.asks_lead.unwrap_or(true),
        peers_each: body.peers_each.unwrap_or(0),
        due_at,
    };
    call.write(move |tx, _| {
        let id = assessments::open_campaign(tx, &command)?;
        let shape = CampaignShape::of_page(&views::campaign_page(tx, id)?);
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("assessment_campaign", shape) })
    })
    .await
}

pub async fn close_campaign(Id(id): Id<CampaignId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        assessments::close_campaign(tx, id)?;
        Ok(Reply::one("assessment_campaign", CampaignShape::of_page(&views::campaign_page(tx, id)?)))
    })
    .await
}

/// What the caller is asked.
pub async fn tasks(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let rows: Vec<AssessmentTaskShape> =
            views::desk(tx)?.tasks.iter().map(AssessmentTaskShape::of).collect();
        Ok(Reply::one("assessment_tasks", rows))
    })
    .await
}

pub async fn say(Id(task): Id<CampaignTaskId>, call: Call) -> Answer {
    let body = call.body::<AssessmentAnswersBody>()?;
    let levels = body.levels.iter().map(|it| Answered { skill: SkillId(it.skill_id), level: it.level });
    let command = SayLevels { task, levels: levels.collect() };
    call.write(move |tx, _| {
        assessments::say_levels(tx, &command)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn certificates(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let rows = views::certificates_of(tx, user)?;
        let rows: Vec<CertificateShape> = rows.iter().map(CertificateShape::of).collect();
        Ok(Reply::one("certificates", rows))
    })
    .await
}

pub async fn add_certificate(Id(user): Id<UserId>, call: Call) -> Answer {
    let body = call.body::<CertificateBody>()?.certificate;
    let moment = |text: Option<&str>, field: &'static str| match text {
        Some(text) => time::parse(text).map(Some).ok_or_else(|| Problem::invalid(field, "this is no moment")),
        None => Ok(None),
    };
    let issued_at =
        moment(body.issued_at.as_deref(), "issued_at")?.ok_or_else(|| Problem::missing("issued_at"))?;
    let command = AddCertificate {
        user,
        name: body.name.clone().unwrap_or_default(),
        issuer: body.issuer.clone().unwrap_or_default(),
        link: body.link.clone().unwrap_or_default(),
        skills: body.skill_ids.iter().copied().map(SkillId).collect(),
        issued_at,
        expires_at: moment(body.expires_at.as_deref(), "expires_at")?,
    };
    call.write(move |tx, _| {
        let id = assessments::add_certificate(tx, &command)?;
        let rows = views::certificates_of(tx, user)?;
        let row = rows.iter().find(|it| it.certificate.id == id).ok_or(Problem::NotFound)?;
        let body = json!({ "certificate": CertificateShape::of(row) });
        Ok(Reply { status: StatusCode::CREATED, ..Reply::ok(body) })
    })
    .await
}

pub async fn confirm_certificate(Id(id): Id<CertificateId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        assessments::confirm_certificate(tx, id)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn remove_certificate(Id(id): Id<CertificateId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        assessments::remove_certificate(tx, id)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn checks(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let rows: Vec<SkillCheckShape> = views::desk(tx)?.checks.iter().map(SkillCheckShape::of).collect();
        Ok(Reply::one("skill_checks", rows))
    })
    .await
}

pub async fn check(Id(id): Id<CheckId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("skill_check", SkillCheckShape::of(&views::check_page(tx, id)?)))
    })
    .await
}

pub async fn create_check(call: Call) -> Answer {
    let body = call.body::<SkillCheckBody>()?.skill_check;
    let skill = SkillId(body.skill_id.ok_or_else(|| Problem::missing("skill_id"))?);
    let question = |it: SkillCheckQuestionChange| {
        let hardness = match it.hardness.as_deref() {
            Some(word) => Hardness::parse(word)
                .ok_or_else(|| Problem::invalid("hardness", "a question is easy, medium or hard"))?,
            None => Hardness::Medium,
        };
        Ok(Question { text: it.text, choices: it.choices, right: it.right, hardness })
    };
    let questions = body.questions.into_iter().map(question).collect::<Result<Vec<_>, Problem>>()?;
    let command = SaveCheck { skill, name: body.name.unwrap_or_default(), questions };
    call.write(move |tx, _| {
        let id = assessments::create_check(tx, &command)?;
        let shape = SkillCheckShape::of(&views::check_page(tx, id)?);
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("skill_check", shape) })
    })
    .await
}

/// The caller's own answers: one row of evidence.
pub async fn answer_check(Id(check): Id<CheckId>, call: Call) -> Answer {
    let body = call.body::<SkillCheckAnswersBody>()?;
    let chosen = body.chosen.iter().copied().map(Some).collect();
    let command = AnswerCheck { check, version: body.version, chosen };
    call.write(move |tx, _| {
        let result = assessments::answer_check(tx, &command)?;
        let shape = SkillCheckResultShape::of(&result);
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("result", shape) })
    })
    .await
}
