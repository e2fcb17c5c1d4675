//! `/openings/{id}/interviewers`, `/interviews`, `/candidates/{id}/scorecard`, `/openings/{id}/candidacy`, and what an
//! opening may start from: `/hiring_gaps`, `/opening_draft`.

use crate::call::{Answer, Call, Id, Reply};
use crate::problem::Problem;
use crate::shapes::*;
use axum::http::StatusCode;
use desk::hiring::{self, HiringError, SaveScorecard, Score, SetInterviewers, views};
use desk::{CandidateId, OpeningId, RoleId, SkillId, Tx, UserId};

pub async fn interviewers(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    call.read(move |tx, _| interviewers_of(tx, opening)).await
}

pub async fn set_interviewers(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    let wanted = call.body::<InterviewersBody>()?.interviewers;
    let users = wanted.user_ids.into_iter().map(UserId).collect();
    let command = SetInterviewers { opening, users };
    call.write(move |tx, _| {
        hiring::set_interviewers(tx, &command)?;
        interviewers_of(tx, opening)
    })
    .await
}

fn interviewers_of(tx: &mut Tx, opening: OpeningId) -> Answer {
    if !tx.actor().is_lead() {
        return Err(HiringError::NotALead.into());
    }
    let all = views::opening_page(tx, opening)?.interviewers;
    let all = all.into_iter().map(|(user, name)| InterviewerShape { user_id: user.0, name });
    Ok(Reply::one("interviewers", all.collect::<Vec<_>>()))
}

/// Candidates whom the caller is named to score. Leads may score everybody, and are named nowhere.
pub async fn asked(call: Call) -> Answer {
    call.read(|tx, _| {
        let page = views::hiring_page(tx)?;
        let all: Vec<AskedInterviewShape> = page.interviews.iter().map(AskedInterviewShape::of).collect();
        Ok(Reply::one("interviews", all))
    })
    .await
}

pub async fn scorecard(Id(candidate): Id<CandidateId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        Ok(Reply::one("scorecard", OwnScorecardShape::of(&views::scorecard_page(tx, candidate)?)))
    })
    .await
}

pub async fn save_scorecard(Id(candidate): Id<CandidateId>, call: Call) -> Answer {
    let wanted = call.body::<ScorecardScoresBody>()?.scorecard;
    let score = |it: ScorecardScoreBody| Score {
        skill: SkillId(it.skill_id),
        level: it.level,
        note: it.note.unwrap_or_default(),
    };
    let command = SaveScorecard {
        candidate,
        note: wanted.note.unwrap_or_default(),
        scores: wanted.scores.into_iter().map(score).collect(),
    };
    call.write(move |tx, _| {
        hiring::save_scorecard(tx, &command)?;
        Ok(Reply::one("scorecard", OwnScorecardShape::of(&views::scorecard_page(tx, candidate)?)))
    })
    .await
}

pub async fn candidacy(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    call.read(move |tx, _| Ok(Reply::one("candidacy", own_candidacy(tx, opening)?))).await
}

pub async fn volunteer(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    let note = call.body::<CandidacyBody>()?.candidacy.and_then(|it| it.note).unwrap_or_default();
    call.write(move |tx, _| {
        hiring::volunteer(tx, opening, &note)?;
        let shape = own_candidacy(tx, opening)?;
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("candidacy", shape) })
    })
    .await
}

pub async fn withdraw(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        hiring::withdraw(tx, opening)?;
        Ok(Reply::nothing())
    })
    .await
}

fn own_candidacy(tx: &mut Tx, opening: OpeningId) -> Result<CandidacyShape, Problem> {
    let own = views::opening_page(tx, opening)?.volunteered;
    own.as_ref().map(CandidacyShape::of).ok_or(Problem::NotFound)
}

pub async fn gaps(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<HiringGapShape> = hiring::gaps(tx)?.iter().map(HiringGapShape::of).collect();
        Ok(Reply::one("hiring_gaps", all))
    })
    .await
}

/// What an opening for `skill_id=`, or for `role_profile_id=`, would start from.
pub async fn draft(call: Call) -> Answer {
    call.read(|tx, call| {
        let draft = match (wanted(call, "skill_id")?, wanted(call, "role_profile_id")?) {
            (Some(skill), _) => hiring::draft_of_skill(tx, SkillId(skill))?,
            (None, Some(role)) => hiring::draft_of_role(tx, RoleId(role))?,
            (None, None) => return Err(Problem::missing("skill_id")),
        };
        Ok(Reply::one("opening_draft", OpeningDraftShape::of(&draft)))
    })
    .await
}

fn wanted(call: &Call, name: &'static str) -> Result<Option<i64>, Problem> {
    let id = call.query(name).map(str::parse).transpose();
    id.map_err(|_| Problem::invalid(name, format!("{name} is no number")))
}
