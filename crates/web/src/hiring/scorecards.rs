//! `/hiring/candidates/{id}/scorecard`: the same questions to everybody, scored alone: what others gave is not on it.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::hiring::views::{self, ScorecardLine, ScorecardPage};
use desk::hiring::{self, SaveScorecard, Score};
use desk::{Actor, CandidateId, SkillId};

#[derive(askama::Template)]
#[template(path = "hiring/scorecard.html")]
pub struct Edit {
    pub shell: Shell,
    pub page: ScorecardPage,
    pub problem: Option<Problem>,
}

impl Edit {
    /// Half levels, as options of the form.
    fn steps(&self) -> impl Iterator<Item = f64> + use<> {
        (0..=10).map(|half| f64::from(half) / 2.0)
    }

    fn said(&self, line: &ScorecardLine, level: &f64) -> bool {
        line.mine.as_ref().is_some_and(|it| it.level == *level)
    }

    fn note<'a>(&self, line: &'a ScorecardLine) -> &'a str {
        line.mine.as_ref().map_or("", |it| it.note.as_str())
    }

    fn step_word(&self, level: &f64) -> &'static str {
        if level.fract() == 0.0 { crate::skills::words::level_word(*level as usize) } else { "" }
    }
}

async fn load(web: &Web, actor: Actor, id: CandidateId) -> Result<Edit, Problem> {
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Edit {
            page: views::scorecard_page(tx, id)?,
            shell: Shell::load(tx)?,
            problem: None,
        })
    });
    page.await
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CandidateId>,
) -> Result<Html<Edit>, Problem> {
    Ok(Html(load(&web, actor, id).await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CandidateId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let asked: Vec<SkillId> = fields.list("skill");
    let given = asked.into_iter().filter_map(|skill| {
        let level = fields.parsed(&format!("level-{skill}"))?;
        Some(Score { skill, level, note: fields.owned(&format!("note-{skill}")) })
    });
    let command = SaveScorecard { candidate: id, note: fields.owned("note"), scores: given.collect() };
    let copy = command.clone();
    match web.desk.write(actor, move |tx| hiring::save_scorecard(tx, &copy)).await.map_err(Problem::from) {
        Ok(()) if actor.is_lead() => Ok(Said::new("Saved.").then(&format!("/hiring/candidates/{id}"))),
        // The candidate's page is for leads.
        Ok(()) => {
            Ok(Said::new("Saved. You can change it while the opening is open.").then("/hiring#interviews"))
        }
        Err(problem) if problem.field.is_some() => {
            let status = problem.status();
            let mut page = load(&web, actor, id).await?;
            for line in &mut page.page.lines {
                line.mine = command.scores.iter().find(|it| it.skill == line.skill.id).cloned();
            }
            page.page.note = command.note;
            Ok((status, Html(Edit { problem: Some(problem), ..page })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::samples;
    use super::*;
    use crate::samples::{renders, shell, skill};
    use desk::hiring::{OpeningState, Stage};

    #[test]
    fn each_skill_has_its_question_its_levels_and_room_for_what_was_said() {
        let line = |id: i64, mine| ScorecardLine {
            skill: desk::skills::Skill { id: SkillId(id), ..skill() },
            asked: 3.0,
            question: "Tell us of a time when …".into(),
            mine,
        };
        let mine = Score { skill: SkillId(1), level: 3.5, note: "<gave> the money back".into() };
        let page = ScorecardPage {
            candidate: samples::candidate(None, Stage::New),
            opening: samples::opening(OpeningState::Public),
            lines: vec![line(1, Some(mine)), line(2, None)],
            note: "Calm".into(),
            is_new: false,
        };
        let html = renders(&Edit { shell: shell(), page: page.clone(), problem: None });
        assert!(html.contains("value=\"3.5\" selected") && html.contains("Tell us of a time"));
        let problem = Problem { field: Some("score"), ..Problem::invalid("score at least one skill") };
        assert!(
            renders(&Edit { shell: shell(), page, problem: Some(problem) }).contains("at least one skill")
        );
    }
}
