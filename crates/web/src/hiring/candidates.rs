//! `/hiring/candidates/{id}`: one candidate: how likely they meet what is asked, and why the desk thinks so.

use super::show::{Show as OpeningShow, load as load_opening};
use crate::fields::Fields;
use crate::skills::sheet::sheet_of;
use crate::tickets::attachments::percent;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::hiring::views::{self, CandidatePage};
use desk::hiring::{self, AddCandidate, CANDIDATE_KEPT_DAYS, Scorecard, SkillFit, Stage};
use desk::{Actor, CandidateId, OpeningId};

#[derive(askama::Template)]
#[template(path = "hiring/candidate.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: CandidatePage,
    pub problem: Option<Problem>,
}

impl Show {
    fn stages(&self) -> [Stage; 6] {
        Stage::ALL
    }

    fn is_stage(&self, stage: &Stage) -> bool {
        self.page.candidate.stage == *stage
    }

    /// Nobody scores themself, and a closed opening takes no scores.
    fn may_score(&self) -> bool {
        self.page.opening.closed_at.is_none() && !self.page.candidate.user.is_some_and(|it| self.actor.is(it))
    }

    fn has_scored(&self) -> bool {
        self.page.scorecards.iter().any(|it| self.actor.is(it.interviewer))
    }

    fn kept_days(&self) -> i64 {
        CANDIDATE_KEPT_DAYS
    }

    fn skill_name(&self, card: &Scorecard, place: &usize) -> String {
        let score = &card.scores[*place];
        let skill = self.page.opening.needs.iter().find(|it| it.skill.id == score.skill);
        skill.map_or_else(String::new, |it| it.skill.name.clone())
    }

    fn joined(&self, skills: Vec<&SkillFit>) -> Vec<(String, String)> {
        let words = |it: &SkillFit| {
            let level = format!("{:.1} of {}", it.level, crate::words::short_level(it.asked));
            (it.skill.name.clone(), level)
        };
        skills.into_iter().map(words).collect()
    }
}

async fn load(web: &Web, actor: Actor, id: CandidateId) -> Result<Show, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::candidate_page(tx, id)?;
        Ok::<_, Problem>(Show { page, actor, now: tx.now(), shell: Shell::load(tx)?, problem: None })
    });
    page.await
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CandidateId>,
) -> Result<Html<Show>, Problem> {
    Ok(Html(load(&web, actor, id).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(opening): Path<OpeningId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let written = AddCandidate {
        name: fields.owned("name"),
        email: fields.owned("email"),
        source: fields.owned("source"),
        note: fields.owned("note"),
    };
    let command = written.clone();
    let added = web.desk.write(actor, move |tx| hiring::add_candidate(tx, opening, &command)).await;
    match added.map_err(Problem::from) {
        Ok(id) => Ok(Said::new("Added.").then(&format!("/hiring/candidates/{id}"))),
        Err(problem) if problem.field.is_some() => {
            let (status, page) = (problem.status(), load_opening(&web, actor, opening).await?);
            Ok((status, Html(OpeningShow { written, problem: Some(problem), ..page })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn import(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(opening): Path<OpeningId>,
    multipart: Multipart,
) -> Result<Response, Problem> {
    let csv = sheet_of(multipart).await?.csv;
    let copy = csv.clone();
    let read = web.desk.write(actor, move |tx| hiring::import_candidates(tx, opening, &copy)).await;
    match read.map_err(Problem::from) {
        Ok(done) => {
            let added = crate::say::counted(done.added, "candidate", "candidates");
            let said = match done.known {
                0 => format!("Added {added}."),
                known => format!("Added {added}; {known} were among them already."),
            };
            Ok(Said::new(said).then(&format!("/hiring/{opening}#candidates")))
        }
        Err(problem) if problem.field.is_some() => {
            let (status, page) = (problem.status(), load_opening(&web, actor, opening).await?);
            let problem = Problem { field: Some("file"), ..problem };
            Ok((status, Html(OpeningShow { csv, problem: Some(problem), ..page })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn set_stage(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CandidateId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let to = Stage::parse(fields.text("stage")).ok_or_else(|| Problem::invalid("Choose a stage."))?;
    web.desk.write(actor, move |tx| hiring::move_candidate(tx, id, to)).await?;
    Ok(Said::new("Saved.").then(&format!("/hiring/candidates/{id}")))
}

pub async fn note(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CandidateId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let note = fields.owned("note");
    let saved = web.desk.write(actor, move |tx| hiring::note_candidate(tx, id, &note)).await;
    match saved.map_err(Problem::from) {
        Ok(()) => Ok(Said::new("Saved.").then(&format!("/hiring/candidates/{id}"))),
        Err(problem) if problem.field.is_some() => {
            let (status, page) = (problem.status(), load(&web, actor, id).await?);
            Ok((status, Html(Show { problem: Some(problem), ..page })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// What came with an application: only ever downloaded.
pub async fn file(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CandidateId>,
) -> Result<Response, Problem> {
    let file = web.desk.read(actor, move |tx| hiring::application_file(tx, id)).await?;
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(&file.name));
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, file.bytes).into_response())
}

pub async fn destroy(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CandidateId>,
) -> Result<Response, Problem> {
    let opening = web.desk.write(actor, move |tx| hiring::forget_candidate(tx, id)).await?;
    Ok(Said::new("Deleted, with all scorecards.").then(&format!("/hiring/{opening}")))
}

#[cfg(test)]
mod tests {
    use super::super::words::samples;
    use super::*;
    use crate::samples::{renders, shell};
    use desk::hiring::OpeningState;
    use desk::{Role, UserId};

    fn show(seen: bool, stage: Stage, user: Option<i64>) -> Show {
        let candidate = samples::candidate(user, stage);
        let page = CandidatePage {
            forgotten_at: candidate.decided_at.map(|at| at + 1_000),
            candidate,
            opening: samples::opening(OpeningState::Public),
            fit: samples::fit(seen),
            application: seen.then(samples::application),
            scorecards: if seen { vec![samples::scorecard()] } else { vec![] },
        };
        let actor = Actor::person(UserId(1), Role::Lead);
        Show { shell: shell(), actor, now: 1_767_700_000_000, page, problem: None }
    }

    #[test]
    fn the_figure_comes_with_its_reasons() {
        let html = renders(&show(true, Stage::Interviews, None));
        assert!(html.contains("34 %") && html.contains("Écoute active") && html.contains("apart"), "{html}");
        assert!(
            html.contains("Read the &#60;trace&#62; at once") && html.contains("mailto:nour@example.org")
        );
        assert!(
            html.contains("/hiring/candidates/9/file") && html.contains("I have &#60;helped&#62;"),
            "{html}"
        );
        let reason =
            "14 scores of theirs could be compared with later work, and were off by about 1.1 levels";
        assert!(
            html.contains(reason) && html.contains("weighs 0.5 times") && html.contains("0.4 too high"),
            "{html}"
        );
    }

    #[test]
    fn before_interviews_no_figure_is_said() {
        let html = renders(&show(false, Stage::New, None));
        assert!(!html.contains("34 %") && html.contains("/hiring/candidates/9/scorecard"));
        assert!(renders(&show(false, Stage::Declined, None)).contains("is deleted on"));
        assert!(!renders(&show(false, Stage::New, Some(1))).contains("/scorecard"), "nobody scores themself");
    }
}
