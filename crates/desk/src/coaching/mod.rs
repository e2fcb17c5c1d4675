//! Coaching: what is worth talking about this week, plans to grow by, talks with notes, and what came of it.
//!
//! A plan belongs to one person and one coach. Its goals name skills and levels, its tasks what is done for them; notes are
//! shared with the other side or for their author alone. A goal may ask the router for tickets to learn on, with a named
//! helper. What a goal has changed is measured against matched work of others, by the pure `skills::effect`; what is worth
//! a talk is chosen by `skills::moments`. Tables: `coaching_moments`, `coaching_plans`, `coaching_goals`,
//! `coaching_tasks`, `coaching_sessions`, `coaching_notes`, `learning_assignments`. Events: `MomentsChosen`,
//! `CoachingPlanCreated`, `CoachingPlanChanged`, `CoachingPlanClosed`, `TalkPlanned`, `LearningSet`, `LearningGiven`. Jobs: `FindMoments`, `InviteToTalk`, `RemindCoaching`.
//! Paths: `/coaching`, `/growth`.

pub mod effect;
mod error;
mod goals;
mod learning;
mod letters;
mod moments;
mod notes;
mod plans;
mod store;
mod talks;
mod tasks;
pub mod views;

pub use ::skills::effect::{Effect, TooLittle};
pub use ::skills::moments::{MOMENTS_PER_WEEK, Moment};
pub use effect::{EFFECT_DAYS, GoalEffect, Measure, WeekPoint, effect_of};
pub use error::CoachingError;
pub use goals::{AddGoal, SetLearning, add_goal, drop_goal, reach_goal, set_learning};
pub(crate) use learning::note_given;
pub use learning::{
    DUE_AHEAD_MIN_MS, Learner, LearningGiven, WAIT_SAFE_MAX_MS, given_on, growing, is_safe, learners,
};
pub(crate) use letters::{invite, remind};
pub use moments::{find_moments, monday_of, talk};
pub use notes::{WriteNote, delete_note, update_note, write_note};
pub use plans::{
    ClosePlan, CreatePlan, UpdatePlan, close_plan, create_plan, may_coach, reopen_plan, update_plan,
};
pub use talks::{
    PlanSession, Talk, busy_at, drop_session, hold_session, plan_session, talk_of, zone_of_actor,
};
pub(crate) use tasks::tick_checks;
pub use tasks::{AddTask, add_task, drop_task, finish_task};

use crate::{
    CoachingGoalId, CoachingMomentId, CoachingNoteId, CoachingPlanId, CoachingSessionId, CoachingTaskId,
    EvidenceId, OutcomeId, SkillId, TicketId, UserId,
};
use serde::{Deserialize, Serialize};

pub const TITLE_CHARS_MAX: usize = 120;
pub const TEXT_CHARS_MAX: usize = 4_000;
pub const LINK_CHARS_MAX: usize = 500;
pub const GOALS_PER_PLAN_MAX: usize = 8;
pub const TASKS_PER_PLAN_MAX: usize = 50;
pub const SESSIONS_PER_PLAN_MAX: usize = 100;
pub const NOTES_PER_PLAN_MAX: usize = 500;
pub const TALK_MINUTES_MIN: i64 = 5;
pub const TALK_MINUTES_MAX: i64 = 240;
/// Where nobody has said how long.
pub const TALK_MINUTES_USUAL: i64 = 30;
/// So many days before a task is due its owner hears of it.
pub const TASK_REMIND_DAYS: i64 = 2;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const WEEK_MS: i64 = 7 * DAY_MS;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    pub id: CoachingPlanId,
    /// Whose growth it is.
    pub user: UserId,
    pub coach: UserId,
    pub title: String,
    pub about: String,
    pub created_at: i64,
    pub ends_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub closed_by: Option<UserId>,
    /// What came of it, in words.
    pub outcome: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
    pub id: CoachingGoalId,
    pub plan: CoachingPlanId,
    pub skill: SkillId,
    pub level: f64,
    pub why: String,
    /// Level and standard deviation that were believed when it was set.
    pub then: Option<(f64, f64)>,
    pub created_at: i64,
    pub reached_at: Option<i64>,
    /// Tickets are given to learn on while somebody helps.
    pub learning: Option<Learning>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Learning {
    pub helper: UserId,
    pub since: i64,
}

/// What is done for a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Do it.
    Practice,
    /// Sit beside somebody who does it.
    Shadow,
    /// Work on it with somebody.
    Buddy,
    /// Read an article.
    Read,
    /// Show that it is known.
    Check,
}

impl TaskKind {
    pub const ALL: [TaskKind; 5] =
        [TaskKind::Practice, TaskKind::Shadow, TaskKind::Buddy, TaskKind::Read, TaskKind::Check];

    pub fn name(self) -> &'static str {
        match self {
            TaskKind::Practice => "practice",
            TaskKind::Shadow => "shadow",
            TaskKind::Buddy => "buddy",
            TaskKind::Read => "read",
            TaskKind::Check => "check",
        }
    }

    pub fn parse(name: &str) -> Option<TaskKind> {
        TaskKind::ALL.into_iter().find(|it| it.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    pub id: CoachingTaskId,
    pub plan: CoachingPlanId,
    pub kind: TaskKind,
    pub text: String,
    /// An address or a page of the desk; empty: none.
    pub link: String,
    /// The buddy, or whom to sit beside.
    pub with: Option<UserId>,
    pub due_at: Option<i64>,
    pub created_at: i64,
    pub done_at: Option<i64>,
    pub done_by: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Session {
    pub id: CoachingSessionId,
    pub plan: CoachingPlanId,
    pub at: i64,
    pub minutes: i64,
    pub created_by: Option<UserId>,
    pub created_at: i64,
    pub held_at: Option<i64>,
    /// When the other side was invited.
    pub told_at: Option<i64>,
}

impl Session {
    pub fn ends_at(&self) -> i64 {
        self.at + self.minutes * MINUTE_MS
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    pub id: CoachingNoteId,
    pub plan: CoachingPlanId,
    /// `None`: about the plan as a whole.
    pub session: Option<CoachingSessionId>,
    pub author: UserId,
    /// False: its author alone reads it.
    pub shared: bool,
    pub text: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What a moment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceOfWork {
    Ticket(TicketId),
    /// A ticket of another desk.
    Imported(OutcomeId),
}

impl PieceOfWork {
    pub fn ticket(self) -> Option<TicketId> {
        match self {
            PieceOfWork::Ticket(id) => Some(id),
            PieceOfWork::Imported(_) => None,
        }
    }

    pub fn imported(self) -> Option<OutcomeId> {
        match self {
            PieceOfWork::Ticket(_) => None,
            PieceOfWork::Imported(id) => Some(id),
        }
    }
}

/// A moment as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptMoment {
    pub id: CoachingMomentId,
    pub week: i64,
    pub user: UserId,
    pub work: PieceOfWork,
    pub evidence: EvidenceId,
    pub skill: SkillId,
    pub moment: Moment,
    pub talked_at: Option<i64>,
    pub talked_by: Option<UserId>,
}
