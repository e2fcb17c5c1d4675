//! `/skills/{skill}/people/{user}`: everything behind one figure of the matrix, and saying what one thinks of it.

use super::words;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::skills::views::{self, CellEvidence, EvidenceRow};
use desk::skills::{Rate, RateSelf, StrikeEvidence, rate_self, strike_evidence};
use desk::{Actor, EvidenceId, SkillId, UserId, skills};

#[derive(askama::Template)]
#[template(path = "skills/cell.html")]
pub struct CellPage {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: CellEvidence,
    pub problem: Option<Problem>,
}

impl CellPage {
    fn is_own(&self) -> bool {
        self.actor.is(self.page.user)
    }

    fn here(&self) -> String {
        format!("/skills/{}/people/{}", self.page.skill.id, self.page.user)
    }

    fn may_rate(&self) -> bool {
        self.is_own() || self.actor.is_lead()
    }

    /// How far this piece of evidence moved the level in this skill.
    fn moved(&self, row: &EvidenceRow) -> Option<f64> {
        let found = row.moves.iter().find(|it| it.skill.id == self.page.skill.id)?;
        Some(found.level_after - found.level_before)
    }

    fn sd_after(&self, row: &EvidenceRow) -> Option<f64> {
        row.moves.iter().find(|it| it.skill.id == self.page.skill.id).map(|it| it.sd_after)
    }

    fn anchors(&self) -> impl Iterator<Item = (usize, &'static str, &String)> {
        let numbered = self.page.skill.anchors.iter().enumerate();
        numbered.map(|(index, words)| (index + 1, words::level_word(index + 1), words))
    }

    fn is_at(&self, level: &usize) -> bool {
        self.page.cell.is_some_and(|cell| crate::words::whole_level(cell.level) == *level as i64)
    }
}

async fn load(
    web: &Web,
    actor: Actor,
    skill: SkillId,
    user: UserId,
    problem: Option<Problem>,
) -> Result<CellPage, Problem> {
    let mut page = web
        .desk
        .read(actor, move |tx| {
            let page = views::evidence_of_cell(tx, user, skill)?;
            Ok::<_, Problem>(CellPage { shell: Shell::load(tx)?, actor, now: tx.now(), page, problem: None })
        })
        .await?;
    page.problem = problem;
    Ok(page)
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path((skill, user)): Path<(SkillId, UserId)>,
) -> Result<Html<CellPage>, Problem> {
    Ok(Html(load(&web, actor, skill, user, None).await?))
}

/// What a person says of themself, or a lead of somebody else.
pub async fn rate(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path((skill, user)): Path<(SkillId, UserId)>,
    form: Fields,
) -> Result<Response, Problem> {
    let level: f64 = form.parsed("level").unwrap_or(-1.0);
    let note = form.owned("note");
    let rated = web.desk.write(actor, move |tx| {
        let evidence = match actor.is(user) {
            true => rate_self(tx, &RateSelf { skill, level }),
            false => skills::rate(tx, &Rate { user, skill, level, note: note.clone() }),
        };
        Ok::<_, Problem>(evidence?)
    });
    let back = format!("/skills/{skill}/people/{user}");
    match rated.await {
        Ok(_) => Ok(Said::new("Noted. It counts as one observation among the others.").then(&back)),
        Err(problem) if problem.field.is_some() => {
            let page = load(&web, actor, skill, user, Some(problem)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// Strikes a piece of evidence out, with a reason. It stays in the list and counts no more.
pub async fn strike(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(evidence): Path<EvidenceId>,
    form: Fields,
) -> Result<Response, Problem> {
    let reason = form.owned("reason");
    let struck =
        move |tx: &mut desk::Tx| strike_evidence(tx, &StrikeEvidence { evidence, reason: reason.clone() });
    web.desk.write(actor, struck).await?;
    Ok(Said::new(
        "Struck out. The levels stand as if it had never been; it stays in the list with your reason.",
    )
    .then(super::back(&form)))
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::samples::summary;
    use desk::skills::views::Move;
    use desk::skills::{Contest, ContestOutcome, Observed};
    use desk::{ContestId, TicketId};

    pub fn contest(outcome: Option<ContestOutcome>) -> Contest {
        Contest {
            id: ContestId(4),
            evidence: EvidenceId(1),
            user: UserId(2),
            words: "that was another order".into(),
            created_at: 1_767_614_400_000,
            decided_at: outcome.map(|_| 1_767_614_500_000),
            decided_by: outcome.map(|_| UserId(9)),
            decided_by_name: outcome.map(|_| "Rosa".into()),
            outcome,
            reason: outcome.map(|_| "it was yours that day".into()),
        }
    }

    pub fn row(id: i64, observed: Observed) -> EvidenceRow {
        EvidenceRow {
            id: EvidenceId(id),
            user: UserId(2),
            observed,
            ticket: Some(TicketId(47_903)),
            imported: None,
            by: Some(UserId(9)),
            by_name: Some("Rosa".into()),
            difficulty: 1.2,
            at: 1_767_614_400_000,
            note: "named the feeling first".into(),
            struck_at: None,
            struck_reason: None,
            counts: true,
            contest: None,
            moves: vec![Move {
                skill: summary(1, "Refunds"),
                level_before: 3.0,
                level_after: 3.16,
                sd_before: 0.6,
                sd_after: 0.5,
            }],
            unseen: vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{contest, row};
    use super::*;
    use crate::samples::{cell, renders, shell, skill};
    use desk::Role;
    use desk::skills::{ContestOutcome, Observed};

    fn page(evidence: Vec<EvidenceRow>, user: i64, problem: Option<Problem>) -> String {
        let cell = (!evidence.is_empty()).then(|| cell(3.3, 0.4));
        let name = "Leila".to_owned();
        let page =
            CellEvidence { user: UserId(user), name, skill: skill(), cell, is_hidden: false, evidence };
        let actor = Actor::person(UserId(1), Role::Lead);
        renders(&CellPage { shell: shell(), actor, now: 1_767_700_800_000, page, problem })
    }

    #[test]
    fn whoever_it_is_about_may_object_once_and_sees_what_came_of_it() {
        let bad = row(1, Observed::Outcome { for_good: false });
        assert!(page(vec![bad.clone()], 1, None).contains("/evidence/1/contests"));
        assert!(!page(vec![bad.clone()], 2, None).contains("/evidence/1/contests"), "not about others");
        let waiting = EvidenceRow { contest: Some(contest(None)), ..bad.clone() };
        let html = page(vec![waiting], 1, None);
        assert!(html.contains("waits for a lead") && !html.contains("/evidence/1/contests"));
        let kept = EvidenceRow { contest: Some(contest(Some(ContestOutcome::Kept))), ..bad.clone() };
        assert!(page(vec![kept], 1, None).contains("kept by <bdi>Rosa</bdi>: <bdi>it was yours that day"));
        let off = EvidenceRow { counts: false, ..bad };
        assert!(page(vec![off], 1, None).contains("switched off"));
    }

    #[test]
    fn every_observation_says_how_far_it_moved_the_level() {
        let html = page(vec![row(1, Observed::Satisfaction { score: 5 })], 2, None);
        for words in ["+0.16", "47903", "rated it 5 of 5", "named the feeling first"] {
            assert!(html.contains(words), "{words}");
        }
    }

    #[test]
    fn what_was_struck_out_stays_with_its_reason() {
        let struck = EvidenceRow {
            struck_at: Some(5),
            struck_reason: Some("wrong ticket".into()),
            ..row(1, Observed::Outcome { for_good: false })
        };
        assert!(page(vec![struck], 2, None).contains("wrong ticket"));
    }

    #[test]
    fn a_lead_does_not_rate_their_own_skills_but_says_what_they_think_of_them() {
        assert!(page(vec![], 1, None).contains("How do you see yourself?"));
        assert!(page(vec![], 2, None).contains("Rate <bdi>Leila</bdi>"));
    }

    #[test]
    fn a_wrong_level_is_named_beside_its_field() {
        let problem = Problem { field: Some("level"), ..Problem::invalid("A level lies between 0 and 5.") };
        assert!(page(vec![], 2, Some(problem)).contains("A level lies between 0 and 5."));
    }
}
