//! `/openings`, `/openings/{id}/candidates`, `/candidates/{id}`.

use crate::call::{Answer, Call, Id, Reply};
use crate::problem::Problem;
use crate::shapes::*;
use axum::http::StatusCode;
use desk::hiring::views;
use desk::hiring::{self, AddCandidate, Opening, OpeningState, Stage, WriteNeed, WriteOpening};
use desk::{CandidateId, OpeningId, RoleId, SkillId};

const WEIGHT_USUAL: f64 = 0.5;

pub async fn openings(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let lead = tx.actor().is_lead();
        let rows = views::hiring_page(tx)?.openings.into_iter().map(|row| {
            let shape = OpeningShape::of(&row.opening);
            if lead { shape } else { OpeningShape { reason: String::new(), ..shape } }
        });
        Ok(Reply::one("openings", rows.collect::<Vec<_>>()))
    })
    .await
}

pub async fn opening(Id(id): Id<OpeningId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("opening", OpeningShape::of_page(&views::opening_page(tx, id)?)))
    })
    .await
}

pub async fn create_opening(call: Call) -> Answer {
    let wanted = call.body::<OpeningBody>()?.opening;
    let state = state_of(&wanted)?;
    let command = written(&wanted, None);
    call.write(move |tx, _| {
        let id = hiring::create_opening(tx, &command)?;
        if let Some(state) = state {
            hiring::move_opening(tx, id, state)?;
        }
        let shape = OpeningShape::of_page(&views::opening_page(tx, id)?);
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("opening", shape) })
    })
    .await
}

pub async fn update_opening(Id(id): Id<OpeningId>, call: Call) -> Answer {
    let wanted = call.body::<OpeningBody>()?.opening;
    let state = state_of(&wanted)?;
    call.write(move |tx, _| {
        let before = views::opening_page(tx, id)?.opening;
        hiring::update_opening(tx, id, &written(&wanted, Some(&before)))?;
        if let Some(state) = state {
            hiring::move_opening(tx, id, state)?;
        }
        Ok(Reply::one("opening", OpeningShape::of_page(&views::opening_page(tx, id)?)))
    })
    .await
}

fn state_of(wanted: &OpeningChange) -> Result<Option<OpeningState>, Problem> {
    let wrong = || Problem::invalid("state", "it is draft, inside, public or closed");
    wanted.state.as_deref().map(|state| OpeningState::parse(state).ok_or_else(wrong)).transpose()
}

fn written(wanted: &OpeningChange, before: Option<&Opening>) -> WriteOpening {
    let kept = |new: &Option<String>, old: fn(&Opening) -> &String| {
        new.clone().or_else(|| before.map(|it| old(it).clone())).unwrap_or_default()
    };
    let needs = match (&wanted.skills, before) {
        (Some(skills), _) => skills
            .iter()
            .map(|it| WriteNeed {
                skill: SkillId(it.skill_id),
                level: it.level,
                weight: it.weight.unwrap_or(WEIGHT_USUAL),
                question: it.question.clone().unwrap_or_default(),
            })
            .collect(),
        (None, Some(before)) => before
            .needs
            .iter()
            .map(|it| WriteNeed {
                skill: it.skill.id,
                level: it.level,
                weight: it.weight,
                question: it.question.clone(),
            })
            .collect(),
        (None, None) => Vec::new(),
    };
    WriteOpening {
        title: kept(&wanted.title, |it| &it.title),
        summary: kept(&wanted.summary, |it| &it.summary),
        place: kept(&wanted.place, |it| &it.place),
        seats: wanted.seats.or(before.map(|it| it.seats)).unwrap_or(1),
        reason: kept(&wanted.reason, |it| &it.reason),
        role: wanted.role_profile_id.map(RoleId).or(before.and_then(|it| it.role)),
        needs,
    }
}

pub async fn candidates(Id(id): Id<OpeningId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        if !tx.actor().is_lead() {
            return Err(hiring::HiringError::NotALead.into());
        }
        let page = views::opening_page(tx, id)?;
        let rows: Vec<HiringCandidateShape> =
            page.candidates.iter().map(HiringCandidateShape::of_row).collect();
        Ok(Reply::one("candidates", rows))
    })
    .await
}

pub async fn add_candidate(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    let wanted = call.body::<HiringCandidateBody>()?.candidate;
    let command = AddCandidate {
        name: wanted.name.unwrap_or_default(),
        email: wanted.email.unwrap_or_default(),
        source: wanted.source.unwrap_or_default(),
        note: wanted.note.unwrap_or_default(),
    };
    call.write(move |tx, _| {
        let id = hiring::add_candidate(tx, opening, &command)?;
        let shape = HiringCandidateShape::of_page(&views::candidate_page(tx, id)?);
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("candidate", shape) })
    })
    .await
}

/// Many at once: a list, or a spreadsheet's text. Nobody is added when one of them is wrong, and nobody twice.
pub async fn import_candidates(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    let wanted = call.body::<CandidateImportBody>()?.candidate_import;
    let list: Vec<AddCandidate> =
        wanted.candidates.iter().flatten().map(CandidateToImport::command).collect();
    call.write(move |tx, _| {
        let done = match (&wanted.csv, &wanted.candidates) {
            (Some(csv), None) => hiring::import_candidates(tx, opening, csv)?,
            (None, Some(_)) => hiring::import_candidate_list(tx, opening, &list)?,
            _ => return Err(Problem::invalid("candidate_import", "say either candidates or csv")),
        };
        let shape = CandidateImportShape { added: done.added, known: done.known };
        Ok(Reply { status: StatusCode::CREATED, ..Reply::one("candidate_import", shape) })
    })
    .await
}

pub async fn candidate(Id(id): Id<CandidateId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("candidate", HiringCandidateShape::of_page(&views::candidate_page(tx, id)?)))
    })
    .await
}

pub async fn update_candidate(Id(id): Id<CandidateId>, call: Call) -> Answer {
    let wanted = call.body::<HiringCandidateBody>()?.candidate;
    let wrong = || Problem::invalid("stage", "it is new, interviews, offer, hired, declined or withdrawn");
    let stage = wanted.stage.as_deref().map(|stage| Stage::parse(stage).ok_or_else(wrong)).transpose()?;
    call.write(move |tx, _| {
        if let Some(note) = &wanted.note {
            hiring::note_candidate(tx, id, note)?;
        }
        if let Some(stage) = stage {
            hiring::move_candidate(tx, id, stage)?;
        }
        Ok(Reply::one("candidate", HiringCandidateShape::of_page(&views::candidate_page(tx, id)?)))
    })
    .await
}

pub async fn forget_candidate(Id(id): Id<CandidateId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        hiring::forget_candidate(tx, id)?;
        Ok(Reply::nothing())
    })
    .await
}
