//! Moments worth a talk, plans with goals, tasks and notes, and the measured effect of a goal.

use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::coaching::views::{GoalRow, MomentRow, PlanPage};
use desk::coaching::{GoalEffect, Plan};
use desk::skills::outcomes::Elsewhere;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct CoachingMomentShape {
    pub id: i64,
    /// The Monday of its week.
    pub week: String,
    pub user_id: i64,
    /// Null: it is about work that was imported from another desk.
    pub ticket_id: Option<i64>,
    pub imported: Option<ImportedWorkShape>,
    pub evidence_id: i64,
    /// The skill in which it teaches most.
    pub skill_id: i64,
    /// Better than was believed; false: worse.
    pub better: bool,
    /// P(so far off, or farther) by what was believed before.
    pub chance: f64,
    pub surprise_bits: f64,
    /// Levels by which the person is expected to fall short of what the work asked.
    pub gap_levels: f64,
    /// Levels of standard deviation that one careful talk takes away.
    pub doubt_levels: f64,
    /// The share of the desk's tickets that need the skill.
    pub demand: f64,
    pub happened_at: String,
    pub talked_at: Option<String>,
}

/// A ticket of another desk.
#[derive(Serialize, ToSchema)]
pub struct ImportedWorkShape {
    pub source: String,
    /// Its number there.
    pub ticket: String,
    pub topic: Option<String>,
    /// Where the other desk shows it, if somebody has said where.
    pub url: Option<String>,
}

impl ImportedWorkShape {
    fn of(it: &Elsewhere) -> ImportedWorkShape {
        ImportedWorkShape {
            source: it.source.clone(),
            ticket: it.ticket.clone(),
            topic: it.topic.clone(),
            url: it.url.clone(),
        }
    }
}

impl CoachingMomentShape {
    pub fn of(it: &MomentRow) -> CoachingMomentShape {
        let (kept, moment) = (&it.kept, &it.kept.moment);
        CoachingMomentShape {
            id: kept.id.0,
            week: iso(kept.week),
            user_id: kept.user.0,
            ticket_id: kept.work.ticket().map(|id| id.0),
            imported: it.elsewhere.as_ref().map(ImportedWorkShape::of),
            evidence_id: kept.evidence.0,
            skill_id: kept.skill.0,
            better: moment.better,
            chance: moment.chance,
            surprise_bits: moment.surprise_bits,
            gap_levels: moment.gap_levels,
            doubt_levels: moment.doubt_levels,
            demand: moment.demand,
            happened_at: iso(it.at),
            talked_at: iso_if(kept.talked_at),
        }
    }
}

/// One plan as lists hold it.
#[derive(Serialize, ToSchema)]
pub struct CoachingPlanShape {
    pub url: String,
    pub id: i64,
    /// Whose growth it is.
    pub user_id: i64,
    pub coach_id: i64,
    pub title: String,
    pub about: String,
    pub created_at: String,
    pub ends_at: Option<String>,
    pub closed_at: Option<String>,
    /// What came of it, in words.
    pub outcome: String,
}

impl CoachingPlanShape {
    pub fn of(it: &Plan, urls: &Urls) -> CoachingPlanShape {
        CoachingPlanShape {
            url: urls.resource(&format!("/coaching_plans/{}", it.id)),
            id: it.id.0,
            user_id: it.user.0,
            coach_id: it.coach.0,
            title: it.title.clone(),
            about: it.about.clone(),
            created_at: iso(it.created_at),
            ends_at: iso_if(it.ends_at),
            closed_at: iso_if(it.closed_at),
            outcome: it.outcome.clone(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct WholeCoachingPlanShape {
    #[serde(flatten)]
    pub plan: CoachingPlanShape,
    pub goals: Vec<CoachingGoalShape>,
    pub tasks: Vec<CoachingTaskShape>,
    pub sessions: Vec<CoachingSessionShape>,
    /// What the caller may read.
    pub notes: Vec<CoachingNoteShape>,
}

#[derive(Serialize, ToSchema)]
pub struct CoachingGoalShape {
    pub id: i64,
    pub skill_id: i64,
    /// To be reached, 0.5 to 5.
    pub level: f64,
    pub why: String,
    /// Null where the caller may not see it, or too little is known.
    pub level_now: Option<f64>,
    pub level_when_set: Option<f64>,
    pub created_at: String,
    pub reached_at: Option<String>,
    /// Who helps while tickets are given to learn on.
    pub learning_helper_id: Option<i64>,
    pub learning_ticket_ids: Vec<i64>,
    pub effects: Vec<CoachingEffectShape>,
}

/// What working towards a goal has changed, against matched work of others.
#[derive(Serialize, ToSchema)]
pub struct CoachingEffectShape {
    /// solved_for_good (a share, 0 to 1), rating (1 to 5)
    pub measure: &'static str,
    /// Null while too little is known.
    pub estimate: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// The share of probability between low and high.
    pub coverage: Option<f64>,
    pub before: Option<f64>,
    pub after: Option<f64>,
    /// What would have come without coaching.
    pub expected: Option<f64>,
    pub outcomes_before: usize,
    pub outcomes_after: usize,
    /// Colleagues it was compared with.
    pub others: usize,
}

impl CoachingEffectShape {
    fn of(it: &GoalEffect) -> CoachingEffectShape {
        let effect = it.effect.as_ref();
        CoachingEffectShape {
            measure: it.measure.name(),
            estimate: effect.map(|it| it.estimate),
            low: effect.map(|it| it.interval.0),
            high: effect.map(|it| it.interval.1),
            coverage: effect.map(|it| it.coverage),
            before: effect.map(|it| it.before),
            after: effect.map(|it| it.after),
            expected: effect.map(|it| it.expected),
            outcomes_before: effect.map_or(0, |it| it.outcomes_before),
            outcomes_after: effect.map_or(0, |it| it.outcomes_after),
            others: effect.map_or(0, |it| it.others),
        }
    }
}

impl CoachingGoalShape {
    fn of(it: &GoalRow) -> CoachingGoalShape {
        CoachingGoalShape {
            id: it.goal.id.0,
            skill_id: it.skill.id.0,
            level: it.goal.level,
            why: it.goal.why.clone(),
            level_now: it.now.map(|it| it.0),
            level_when_set: it.goal.then.map(|it| it.0),
            created_at: iso(it.goal.created_at),
            reached_at: iso_if(it.goal.reached_at),
            learning_helper_id: it.goal.learning.map(|it| it.helper.0),
            learning_ticket_ids: it.given.iter().map(|it| it.ticket.0).collect(),
            effects: it.effects.iter().map(CoachingEffectShape::of).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct CoachingTaskShape {
    pub id: i64,
    /// practice, shadow, buddy, read, check
    pub kind: &'static str,
    pub text: String,
    pub link: String,
    pub with_id: Option<i64>,
    pub due_at: Option<String>,
    pub done_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct CoachingSessionShape {
    pub id: i64,
    pub at: String,
    pub minutes: i64,
    /// Those of the two who have another talk at the same time.
    pub busy_user_ids: Vec<i64>,
    pub held_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct CoachingNoteShape {
    pub id: i64,
    pub session_id: Option<i64>,
    pub author_id: i64,
    /// False: for its author alone.
    pub shared: bool,
    pub text: String,
    pub created_at: String,
}

impl WholeCoachingPlanShape {
    pub fn of(page: &PlanPage, urls: &Urls) -> WholeCoachingPlanShape {
        let tasks = page.tasks.iter().map(|it| CoachingTaskShape {
            id: it.id.0,
            kind: it.kind.name(),
            text: it.text.clone(),
            link: it.link.clone(),
            with_id: it.with.map(|id| id.0),
            due_at: iso_if(it.due_at),
            done_at: iso_if(it.done_at),
        });
        let sessions = page.sessions.iter().map(|it| CoachingSessionShape {
            id: it.id.0,
            at: iso(it.at),
            minutes: it.minutes,
            busy_user_ids: page.clashes.get(&it.id).into_iter().flatten().map(|id| id.0).collect(),
            held_at: iso_if(it.held_at),
        });
        let notes = page.notes.iter().map(|it| CoachingNoteShape {
            id: it.id.0,
            session_id: it.session.map(|id| id.0),
            author_id: it.author.0,
            shared: it.shared,
            text: it.text.clone(),
            created_at: iso(it.created_at),
        });
        WholeCoachingPlanShape {
            plan: CoachingPlanShape::of(&page.plan, urls),
            goals: page.goals.iter().map(CoachingGoalShape::of).collect(),
            tasks: tasks.collect(),
            sessions: sessions.collect(),
            notes: notes.collect(),
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingPlanBody {
    pub coaching_plan: CoachingPlanChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CoachingPlanChange {
    /// When it is made.
    pub user_id: Option<i64>,
    /// The caller without it.
    pub coach_id: Option<i64>,
    pub title: Option<String>,
    pub about: Option<String>,
    pub ends_at: Option<String>,
    /// When it is made.
    #[serde(default)]
    pub goals: Vec<CoachingGoalChange>,
    /// True: closed; false: open again.
    pub closed: Option<bool>,
    /// What came of it, when it is closed.
    pub outcome: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingGoalBody {
    pub goal: CoachingGoalChange,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingGoalChange {
    pub skill_id: i64,
    /// 0.5 to 5.
    pub level: f64,
    pub why: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingGoalChangeBody {
    pub goal: CoachingGoalState,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CoachingGoalState {
    pub reached: Option<bool>,
    /// Who helps while safe tickets are given to learn on; 0: none are given.
    pub learning_helper_id: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingTaskBody {
    pub task: CoachingTaskChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct CoachingTaskChange {
    /// practice, shadow, buddy, read, check
    pub kind: Option<String>,
    pub text: Option<String>,
    pub link: Option<String>,
    pub with_id: Option<i64>,
    pub due_at: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingTaskChangeBody {
    pub task: CoachingTaskState,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingTaskState {
    pub done: bool,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingSessionBody {
    pub session: CoachingSessionChange,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingSessionChange {
    /// In the past for a talk that was held already.
    pub at: String,
    /// 5 to 240; 30 where it is left out.
    pub minutes: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingSessionChangeBody {
    pub session: CoachingSessionState,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingSessionState {
    pub held: bool,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingNoteBody {
    pub note: CoachingNoteChange,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CoachingNoteChange {
    pub text: String,
    /// False: for its author alone. True without it.
    pub shared: Option<bool>,
}
