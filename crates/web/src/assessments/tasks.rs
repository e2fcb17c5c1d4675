//! `/assessments/tasks/{id}`: saying where somebody stands, beside what each level looks like.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::assessments::views::{self, TaskPage};
use desk::assessments::{self, ANONYMOUS_PEERS_MIN, Answered, AskedKind, SayLevels};
use desk::{Actor, CampaignTaskId, SkillId};

#[derive(askama::Template)]
#[template(path = "assessments/task.html")]
pub struct Show {
    pub shell: Shell,
    pub page: TaskPage,
    pub problem: Option<Problem>,
}

impl Show {
    fn is_self(&self) -> bool {
        self.page.task.kind == AskedKind::Themself
    }

    fn is_peer(&self) -> bool {
        self.page.task.kind == AskedKind::Peer
    }

    fn peers_min(&self) -> usize {
        ANONYMOUS_PEERS_MIN
    }

    /// `3.5`, as an option of the form.
    fn steps(&self) -> impl Iterator<Item = f64> + use<> {
        (0..=10).map(|half| f64::from(half) / 2.0)
    }

    fn said(&self, said: &Option<Answered>, level: &f64) -> bool {
        said.as_ref().is_some_and(|it| it.level == Some(*level))
    }

    fn step_word(&self, level: &f64) -> &'static str {
        if level.fract() == 0.0 { crate::skills::words::level_word(*level as usize) } else { "" }
    }
}

async fn load(
    web: &Web,
    actor: Actor,
    task: CampaignTaskId,
    problem: Option<Problem>,
) -> Result<Show, Problem> {
    let page =
        web.desk.read(actor, move |tx| Ok::<_, Problem>((views::task_page(tx, task)?, Shell::load(tx)?)));
    let (page, shell) = page.await?;
    Ok(Show { shell, page, problem })
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(task): Path<CampaignTaskId>,
) -> Result<Html<Show>, Problem> {
    Ok(Html(load(&web, actor, task, None).await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(task): Path<CampaignTaskId>,
    form: Fields,
) -> Result<Response, Problem> {
    let asked: Vec<SkillId> = form.list("skill");
    let levels =
        asked.into_iter().map(|skill| Answered { skill, level: form.parsed(&format!("level-{skill}")) });
    let command = SayLevels { task, levels: levels.collect() };
    match web.desk.write(actor, move |tx| assessments::say_levels(tx, &command)).await.map_err(Problem::from)
    {
        Ok(()) => Ok(Said::new("Thank you. Until it ends you may change it.").then("/assessments")),
        Err(problem) if problem.field.is_some() => {
            let status = problem.status();
            Ok((status, Html(load(&web, actor, task, Some(problem)).await?)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::samples;
    use super::*;
    use crate::samples::{renders, shell, skill};

    #[test]
    fn colleagues_are_told_what_becomes_of_their_words() {
        let show = |kind| {
            let page = TaskPage {
                task: samples::task(kind).task,
                campaign: samples::campaign(false),
                subject_name: "Leila".into(),
                skills: vec![(skill(), Some(Answered { skill: SkillId(1), level: Some(3.5) }))],
            };
            Show { shell: shell(), page, problem: None }
        };
        let peer = renders(&show(AskedKind::Peer));
        assert!(peer.contains("at least 3 colleagues") && peer.contains("value=\"3.5\" selected"));
        assert!(renders(&show(AskedKind::Themself)).contains("How do you see yourself?"));
        assert!(!renders(&show(AskedKind::Lead)).contains("at least 3 colleagues"));
    }
}
