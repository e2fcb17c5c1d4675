//! `/coaching/plans/{id}`: goals with their measured effect, tasks, talks and notes.

use super::chart::{self, Chart};
use super::{index, words};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::articles::views::{self as articles, ArticleFilter};
use desk::coaching::views::{self, GoalRow, PlanPage};
use desk::coaching::{self, ClosePlan, CreatePlan, GoalEffect, Note, Task, TaskKind, UpdatePlan};
use desk::skills::{self, SkillSummary};
use desk::{Actor, ArticleId, CoachingPlanId, SkillId, UserId};
use std::collections::HashMap;

const DAY_MS: i64 = 24 * 3_600_000;
const ARTICLES: &str = "/articles/";
/// Goals that the form of a new plan asks for.
const FIRST_GOALS: usize = 3;
/// Articles that can be picked for a task, those changed last; any other by its address.
const ARTICLES_OFFERED_MAX: usize = 300;

#[derive(askama::Template)]
#[template(path = "coaching/plan.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: PlanPage,
    /// For leads: what can be a goal, who may be a buddy or coach, who could help in which skill.
    pub library: Vec<SkillSummary>,
    pub agents: Vec<(UserId, String)>,
    pub leads: Vec<(UserId, String)>,
    pub helpers: HashMap<SkillId, Vec<(UserId, String)>>,
    /// What a task may name, by title.
    pub articles: Vec<(ArticleId, String)>,
    /// Titles of the articles that tasks name.
    pub titles: HashMap<ArticleId, String>,
    pub problem: Option<Problem>,
}

impl Show {
    fn is_own(&self) -> bool {
        self.actor.is(self.page.plan.user)
    }

    fn is_open(&self) -> bool {
        self.page.plan.closed_at.is_none()
    }

    /// Goals, tasks and the plan itself.
    fn may_change(&self) -> bool {
        self.page.may_coach && self.is_open()
    }

    fn chart(&self, it: &GoalEffect) -> Option<Chart> {
        chart::chart(it)
    }

    fn notes_of(&self, session: &desk::CoachingSessionId) -> Vec<&Note> {
        self.page.notes.iter().filter(|it| it.session == Some(*session)).collect()
    }

    fn other_notes(&self) -> Vec<&Note> {
        self.page.notes.iter().filter(|it| it.session.is_none()).collect()
    }

    fn is_mine(&self, note: &Note) -> bool {
        self.actor.is(note.author)
    }

    fn helpers_of(&self, goal: &GoalRow) -> &[(UserId, String)] {
        self.helpers.get(&goal.skill.id).map_or(&[], Vec::as_slice)
    }

    /// Those of the two who have another talk at the time of this one.
    fn busy(&self, session: &desk::CoachingSessionId) -> Vec<&str> {
        let busy = self.page.clashes.get(session).map_or(&[][..], Vec::as_slice);
        let plan = &self.page.plan;
        let sides = [(plan.user, &self.page.user_name), (plan.coach, &self.page.coach_name)];
        sides.into_iter().filter(|it| busy.contains(&it.0)).map(|it| it.1.as_str()).collect()
    }

    fn minutes_usual(&self) -> i64 {
        coaching::TALK_MINUTES_USUAL
    }

    fn is_late(&self, due_at: &Option<i64>) -> bool {
        due_at.is_some_and(|due| due < self.now)
    }

    /// The title of the article that it names; of another link only that it opens.
    fn link_words(&self, task: &Task) -> &str {
        article_of(&task.link).and_then(|id| self.titles.get(&id)).map_or("open", String::as_str)
    }

    fn is_coach(&self, user: &UserId) -> bool {
        self.page.plan.coach == *user
    }

    fn kinds(&self) -> [TaskKind; 5] {
        TaskKind::ALL
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
) -> Result<Response, Problem> {
    shown(&web, actor, plan, None).await
}

/// The plan's page; `problem` with what was just tried there.
pub async fn shown(
    web: &Web,
    actor: Actor,
    plan: CoachingPlanId,
    problem: Option<Problem>,
) -> Result<Response, Problem> {
    let status = problem.as_ref().map_or(axum::http::StatusCode::OK, Problem::status);
    let page = web.desk.read(actor, move |tx| {
        let page = views::plan_page(tx, plan)?;
        let mut show = Show {
            shell: Shell::load(tx)?,
            now: tx.now(),
            actor,
            page,
            library: Vec::new(),
            agents: Vec::new(),
            leads: Vec::new(),
            helpers: HashMap::new(),
            articles: Vec::new(),
            titles: HashMap::new(),
            problem: None,
        };
        for id in show.page.tasks.iter().filter_map(|it| article_of(&it.link)) {
            // What its reader may not see keeps its title to itself.
            if let Ok(article) = articles::article(tx, id) {
                show.titles.insert(id, article.title);
            }
        }
        if show.may_change() {
            let taken: Vec<SkillId> = show.page.goals.iter().map(|it| it.skill.id).collect();
            show.library = skills::list_shown_skills(tx)?
                .iter()
                .map(skills::Skill::summary)
                .filter(|it| !taken.contains(&it.id))
                .collect();
            let agents = desk::people::list_agent_names(tx)?;
            show.agents = agents
                .into_iter()
                .filter(|it| it.id != show.page.plan.user)
                .map(|it| (it.id, it.name))
                .collect();
            show.leads = coaching::views::coaches(tx, show.page.plan.user)?;
            let shared = articles::list(tx, &ArticleFilter::default(), ARTICLES_OFFERED_MAX)?;
            show.articles =
                shared.into_iter().filter(|it| it.state.is_shared()).map(|it| (it.id, it.title)).collect();
            show.articles.sort_by_key(|it| it.1.to_lowercase());
            for goal in &show.page.goals {
                let helpers = views::helpers(tx, plan, goal.skill.id)?;
                show.helpers.insert(goal.skill.id, helpers);
            }
        }
        Ok::<_, Problem>(show)
    });
    Ok((status, Html(Show { problem, ..page.await? })).into_response())
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    form: Fields,
) -> Result<Response, Problem> {
    let goals = (0..FIRST_GOALS)
        .filter_map(|place| {
            let skill = form.parsed(&format!("skill-{place}"))?;
            Some((skill, form.parsed(&format!("level-{place}")).unwrap_or(f64::NAN)))
        })
        .collect();
    let command = CreatePlan {
        user,
        coach: None,
        title: form.owned("title"),
        about: form.owned("about"),
        ends_at: end_of(form.text("ends")),
        goals,
    };
    match web.desk.write(actor, move |tx| coaching::create_plan(tx, &command)).await.map_err(Problem::from) {
        Ok(plan) => Ok(Redirect::to(&format!("/coaching/plans/{plan}")).into_response()),
        Err(problem) => index::shown(&web, actor, user, Some(problem)).await,
    }
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = UpdatePlan {
        plan,
        coach: form.parsed("coach").ok_or_else(Problem::not_found)?,
        title: form.owned("title"),
        about: form.owned("about"),
        ends_at: end_of(form.text("ends")),
    };
    let done = web.desk.write(actor, move |tx| coaching::update_plan(tx, &command)).await;
    answer(&web, actor, plan, done.map_err(Problem::from), "Saved.").await
}

pub async fn close(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = ClosePlan { plan, outcome: form.owned("outcome") };
    web.desk.write(actor, move |tx| coaching::close_plan(tx, &command)).await?;
    let said = Said::new("Closed. What it has changed is measured on.");
    Ok(said.with_undo(format!("/coaching/plans/{plan}/reopen")).then(&format!("/coaching/plans/{plan}")))
}

pub async fn reopen(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(plan): Path<CoachingPlanId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| coaching::reopen_plan(tx, plan)).await?;
    Ok(Said::new("Open again.").then(&format!("/coaching/plans/{plan}")))
}

/// Back to the plan, which says what was done; or the page with what was wrong.
pub async fn answer(
    web: &Web,
    actor: Actor,
    plan: CoachingPlanId,
    done: Result<(), Problem>,
    said: &str,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Said::new(said).then(&format!("/coaching/plans/{plan}"))),
        Err(problem) if problem.kind == desk::Kind::NotFound => Err(problem),
        Err(problem) => shown(web, actor, plan, Some(problem)).await,
    }
}

/// The address of an article, as a task keeps it.
pub fn link_to(article: ArticleId) -> String {
    format!("{ARTICLES}{article}")
}

fn article_of(link: &str) -> Option<ArticleId> {
    link.strip_prefix(ARTICLES)?.parse().ok()
}

/// The end of a day that was written as `2026-03-10`; `None` if nothing was, or nothing that can be read.
pub fn end_of(day: &str) -> Option<i64> {
    start_of(day).map(|at| at + DAY_MS - 1)
}

/// The beginning of a day that was written as `2026-03-10`, in UTC.
fn start_of(day: &str) -> Option<i64> {
    let at = day.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0);
    at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|it| it.timestamp().as_millisecond())
}

/// `2026-03-10T09:30` by the clock of that zone. What the clock skips is later by as much; of what it shows twice, the first.
pub fn moment_in(words: &str, zone: &str) -> Option<i64> {
    let at: jiff::civil::DateTime = words.contains('T').then(|| words.parse().ok()).flatten()?;
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_zoned(zone).ok().map(|it| it.timestamp().as_millisecond())
}

/// As an input of dates has it.
pub fn input_day(at_ms: &Option<i64>) -> String {
    let at = at_ms.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::chart::samples::{effect, too_little};
    use super::super::index::samples::plan;
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::coaching::views::GivenTicket;
    use desk::coaching::{Goal, Learning, Measure, Session};
    use desk::{CoachingGoalId, CoachingNoteId, CoachingSessionId, CoachingTaskId, Role, TicketId};

    const NOW: i64 = 1_767_700_800_000;

    fn note(id: i64, session: Option<i64>, author: i64, shared: bool) -> Note {
        Note {
            id: CoachingNoteId(id),
            plan: CoachingPlanId(1),
            session: session.map(CoachingSessionId),
            author: UserId(author),
            shared,
            text: "She breathes <first>.\nGood.".into(),
            created_at: NOW,
            updated_at: NOW,
        }
    }

    fn page(actor: Actor, full: bool) -> Show {
        let goal = |id: i64, learning: bool| GoalRow {
            goal: Goal {
                id: CoachingGoalId(id),
                plan: CoachingPlanId(1),
                skill: SkillId(id),
                level: 3.5,
                why: "Half of our angry customers come back.".into(),
                then: Some((2.4, 0.5)),
                created_at: NOW,
                reached_at: (!learning).then_some(NOW),
                learning: learning.then_some(Learning { helper: UserId(5), since: NOW }),
            },
            skill: summary(id, "De-escalation"),
            now: Some((2.9, 0.4)),
            p_reached: Some(0.21),
            helper_name: learning.then(|| "Kofi".to_owned()),
            given: vec![GivenTicket {
                ticket: TicketId(9), subject: "طلب استرداد".into(), at: NOW
            }],
            effects: vec![effect(Measure::SolvedForGood), too_little()],
        };
        let task = |id: i64, kind: TaskKind| Task {
            id: CoachingTaskId(id),
            plan: CoachingPlanId(1),
            kind,
            text: "Read how we apologise".into(),
            link: match id {
                1 => "https://example.org/calm".into(),
                2 => link_to(ArticleId(4)),
                _ => String::new(),
            },
            with: (id == 2).then_some(UserId(5)),
            due_at: Some(NOW - 1),
            created_at: NOW,
            done_at: (id == 3).then_some(NOW),
            done_by: (id == 3).then_some(UserId(2)),
        };
        let session = |id: i64, held: bool| Session {
            id: CoachingSessionId(id),
            plan: CoachingPlanId(1),
            at: NOW,
            minutes: 45,
            created_by: None,
            created_at: NOW,
            held_at: held.then_some(NOW),
            told_at: None,
        };
        let may_coach = actor.is_lead() && !actor.is(UserId(2));
        Show {
            shell: shell(),
            actor,
            now: NOW,
            page: PlanPage {
                plan: plan(1),
                user_name: "Leila Ørsted".into(),
                coach_name: "Rosa Lind".into(),
                goals: if full { vec![goal(3, true), goal(4, false)] } else { vec![] },
                tasks: match full {
                    true => {
                        vec![task(1, TaskKind::Read), task(2, TaskKind::Shadow), task(3, TaskKind::Practice)]
                    }
                    false => vec![],
                },
                sessions: if full { vec![session(1, false), session(2, true)] } else { vec![] },
                clashes: HashMap::from([(CoachingSessionId(1), vec![UserId(1)])]),
                zone: "Europe/Berlin".into(),
                notes: match full {
                    true => vec![note(1, Some(2), 1, true), note(2, None, 1, false)],
                    false => vec![],
                },
                names: HashMap::from([(UserId(5), "Kofi".into()), (UserId(1), "Rosa Lind".into())]),
                may_coach,
            },
            library: vec![summary(7, "Refunds")],
            agents: vec![(UserId(5), "Kofi".into())],
            leads: vec![(UserId(1), "Rosa Lind".into())],
            helpers: HashMap::from([(SkillId(3), vec![(UserId(5), "Kofi".into())])]),
            articles: vec![(ArticleId(4), "Staying <calm>".into())],
            titles: HashMap::from([(ArticleId(4), "Staying <calm>".into())]),
            problem: full.then(|| Problem {
                field: Some("level"),
                ..Problem::invalid("A level lies between 0.5 and 5.")
            }),
        }
    }

    #[test]
    fn a_plan_shows_its_effect_with_the_interval_and_who_helps() {
        let html = renders(&page(Actor::person(UserId(1), Role::Lead), true));
        for words in [
            "+12 points",
            "+3 points to +21 points",
            "It has helped.",
            "<bdi>Kofi</bdi> helps",
            "for you alone",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
        assert!(html.contains("Too little has been seen since: 2 of at least 8"));
    }

    #[test]
    fn a_talk_stands_in_the_readers_time_and_says_who_is_busy() {
        let html = renders(&page(Actor::person(UserId(2), Role::Agent), true));
        // 12:00 UTC in January.
        assert!(html.contains("6 Jan 2026, 13:00–13:45") && html.contains("Europe/Berlin"), "{html}");
        assert_eq!(html.matches("Rosa Lind has another talk at this time.").count(), 1);
        assert!(html.contains(r#"name="minutes""#) && html.contains(r#"value="30""#));
    }

    #[test]
    fn a_task_names_the_article_that_it_links_and_another_can_be_picked() {
        let html = renders(&page(Actor::person(UserId(1), Role::Lead), true));
        assert!(
            html.contains(
                "<a href=\"/articles/4\" rel=\"noreferrer\" dir=\"auto\">Staying &#60;calm&#62;</a>"
            )
        );
        assert!(html.contains("<option value=\"4\">Staying &#60;calm&#62;</option>"), "{html}");
        assert_eq!(article_of("/articles/4/edit"), None);
    }

    #[test]
    fn the_person_ticks_off_and_writes_but_changes_no_goals() {
        let html = renders(&page(Actor::person(UserId(2), Role::Agent), true));
        assert!(html.contains("/coaching/tasks/1/done") && html.contains("/coaching/plans/1/notes"));
        assert!(!html.contains("/coaching/goals/3/learning") && !html.contains("/coaching/plans/1/close"));
    }

    #[test]
    fn an_empty_plan_teaches_the_next_step_and_a_closed_one_says_what_came_of_it() {
        assert!(renders(&page(Actor::person(UserId(1), Role::Lead), false)).contains("Name a skill"));
        let mut closed = page(Actor::person(UserId(2), Role::Agent), true);
        closed.page.plan.closed_at = Some(NOW);
        closed.page.plan.outcome = "Calm, most days.".into();
        let html = renders(&closed);
        assert!(html.contains("Calm, most days.") && !html.contains("/notes\""));
    }

    #[test]
    fn days_are_read_as_inputs_write_them() {
        assert_eq!(start_of("2026-01-05"), Some(1_767_571_200_000));
        let half_past_nine = 1_767_571_200_000 + 9 * 3_600_000 + 1_800_000;
        assert_eq!(moment_in("2026-01-05T09:30", "UTC"), Some(half_past_nine));
        assert_eq!(moment_in("2026-01-05T09:30", "Europe/Berlin"), Some(half_past_nine - 3_600_000));
        assert_eq!(moment_in("2026-03-29T02:30", "Europe/Berlin"), moment_in("2026-03-29T01:30", "UTC"));
        assert_eq!(moment_in("2026-10-25T02:30", "Europe/Berlin"), moment_in("2026-10-25T00:30", "UTC"));
        assert_eq!(moment_in("2026-01-05", "UTC"), None, "a day is no moment");
        assert_eq!(end_of("x"), None);
        assert_eq!(input_day(&Some(1_767_571_200_000)), "2026-01-05");
    }
}
