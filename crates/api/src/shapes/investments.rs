//! Whom to teach what, and whom to hire, in JSON: by coverage, and by simulation where there was one.

use super::{PersonNameShape, SkillNameShape};
use crate::time::iso_if;
use desk::floor::Told;
use desk::floor::runs::{Choice, HireTold, TrainingTold, WorthTold};
use desk::skills::planning::{Candidate, Hire, InvestPage};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct InvestmentsShape {
    /// What worth means in `learning` and `hiring`: demand_weighted_coverage, in tickets a week.
    pub worth_by: &'static str,
    /// The most for an hour first.
    pub learning: Vec<LearningShape>,
    /// The most first.
    pub hiring: Vec<HireShape>,
    /// The newest simulation that ended well; null: nothing was simulated yet.
    pub simulation: Option<InvestmentSimulationShape>,
}

#[derive(Serialize, ToSchema)]
pub struct LearningShape {
    pub user_id: i64,
    pub name: String,
    pub skill: SkillNameShape,
    /// Null: too little is known, or it is not for you; the cost counts from 0.
    pub from_level: Option<f64>,
    pub to_level: f64,
    pub worth_tickets_per_week: f64,
    /// Holds 80 %.
    pub worth_interval: [f64; 2],
    pub hours: f64,
    pub teacher_hours: f64,
    pub wants: bool,
    pub teacher: Option<PersonNameShape>,
    /// What the skill stands on and they are not known to have.
    pub missing_prerequisites: Vec<SkillNameShape>,
}

#[derive(Serialize, ToSchema)]
pub struct HireShape {
    /// Null: the profile of what is missing most.
    pub role_profile_id: Option<i64>,
    pub name: String,
    pub profile: Vec<HireLevelShape>,
    pub week: &'static str,
    pub worth_tickets_per_week: f64,
    /// Holds 80 %.
    pub worth_interval: [f64; 2],
    /// Hours that they are paid for in a year.
    pub hours_per_year: f64,
    /// Hours of others, once, to find them and to settle them in.
    pub hours_once: f64,
    pub through: Vec<SkillNameShape>,
}

#[derive(Serialize, ToSchema)]
pub struct HireLevelShape {
    pub skill_id: i64,
    pub name: String,
    pub level: f64,
}

/// A usual week with and without each training and each hire, on the same customers.
#[derive(Serialize, ToSchema)]
pub struct InvestmentSimulationShape {
    /// What worth means here: floor_simulation.
    pub worth_by: &'static str,
    pub simulated_at: Option<String>,
    pub history_days: f64,
    pub weeks: u64,
    /// What candidates are told apart by: in_time or solved_for_good.
    pub told_apart_by: &'static str,
    /// What is surely better first, then what may be nothing, then what surely harms; in each, the most for the hours first.
    pub investments: Vec<SimulatedInvestmentShape>,
}

#[derive(Serialize, ToSchema)]
pub struct SimulatedInvestmentShape {
    /// learning or hiring
    pub kind: &'static str,
    pub name: String,
    /// Of learning.
    pub user_id: Option<i64>,
    pub skill_id: Option<i64>,
    /// Null also where you do not see the level; the cost counts from 0 then.
    pub from_level: Option<f64>,
    pub to_level: Option<f64>,
    /// Of hiring; null: the profile of what is missing most.
    pub role_profile_id: Option<i64>,
    pub profile: Vec<HireLevelShape>,
    pub week: Option<String>,
    /// Change of a share, 0.01 is one point.
    pub in_time: Option<SimulatedChangeShape>,
    pub solved_for_good: Option<SimulatedChangeShape>,
    /// Change of the mean rating, 1 to 5.
    pub rating: Option<SimulatedChangeShape>,
    /// In the first year: hours of learning, or hours that a colleague is paid for.
    pub hours: f64,
    /// In the first year: hours of those who teach, or who find a colleague and settle them in.
    pub others_hours: f64,
    /// What candidates are told apart by, for each hundred hours of the first year.
    pub gain_per_hundred_hours: Option<SimulatedChangeShape>,
}

/// With its 95 % interval; one that holds zero may mean nothing.
#[derive(Serialize, ToSchema)]
pub struct SimulatedChangeShape {
    pub mean: f64,
    pub interval: [f64; 2],
}

impl SimulatedChangeShape {
    fn of(it: Told) -> SimulatedChangeShape {
        SimulatedChangeShape { mean: it.mean, interval: [it.low, it.high] }
    }
}

impl InvestmentsShape {
    pub fn of(page: &InvestPage, simulation: Option<InvestmentSimulationShape>) -> InvestmentsShape {
        let learning = |it: &Candidate| LearningShape {
            user_id: it.user.0,
            name: it.name.clone(),
            skill: SkillNameShape::of(&it.skill),
            from_level: it.from,
            to_level: it.to,
            worth_tickets_per_week: it.worth.tickets,
            worth_interval: [it.worth.low, it.worth.high],
            hours: it.cost.hours,
            teacher_hours: it.cost.teacher_hours,
            wants: it.wants,
            teacher: it
                .cost
                .teacher
                .as_ref()
                .map(|(user, name)| PersonNameShape { user_id: user.0, name: name.clone() }),
            missing_prerequisites: it.first.iter().map(SkillNameShape::of).collect(),
        };
        let hire = |it: &Hire| HireShape {
            role_profile_id: it.role.map(|role| role.0),
            name: it.name.clone(),
            profile: it
                .levels
                .iter()
                .map(|(skill, level)| HireLevelShape {
                    skill_id: skill.id.0,
                    name: skill.name.clone(),
                    level: *level,
                })
                .collect(),
            week: it.week.words(),
            worth_tickets_per_week: it.worth.tickets,
            worth_interval: [it.worth.low, it.worth.high],
            hours_per_year: it.hours_per_year,
            hours_once: it.hours_once,
            through: it.through.iter().map(|it| SkillNameShape::of(&it.0)).collect(),
        };
        InvestmentsShape {
            worth_by: "demand_weighted_coverage",
            learning: page.candidates.iter().map(learning).collect(),
            hiring: page.hires.iter().map(hire).collect(),
            simulation,
        }
    }
}

impl InvestmentSimulationShape {
    pub fn of(simulated_at: Option<i64>, told: &WorthTold, choices: &[Choice]) -> InvestmentSimulationShape {
        InvestmentSimulationShape {
            worth_by: "floor_simulation",
            simulated_at: iso_if(simulated_at),
            history_days: told.history_days,
            weeks: told.weeks,
            told_apart_by: if told.by_time { "in_time" } else { "solved_for_good" },
            investments: choices.iter().map(SimulatedInvestmentShape::of).collect(),
        }
    }
}

impl SimulatedInvestmentShape {
    fn of(it: &Choice) -> SimulatedInvestmentShape {
        let change = |it: Option<Told>| it.map(SimulatedChangeShape::of);
        let (learning, hiring): (Option<&TrainingTold>, Option<&HireTold>) = (it.learning(), it.hiring());
        let level = |it: &desk::floor::runs::LevelTold| HireLevelShape {
            skill_id: it.skill.0,
            name: it.skill_name.clone(),
            level: it.level,
        };
        let name = learning.map(|it| &it.name).or(hiring.map(|it| &it.name));
        SimulatedInvestmentShape {
            kind: if learning.is_some() { "learning" } else { "hiring" },
            name: name.cloned().unwrap_or_default(),
            user_id: learning.and_then(|it| it.user).map(|it| it.0),
            skill_id: learning.and_then(|it| it.skill).map(|it| it.0),
            from_level: learning.and_then(|it| it.from),
            to_level: learning.map(|it| it.to),
            role_profile_id: hiring.and_then(|it| it.role).map(|it| it.0),
            profile: hiring.map_or_else(Vec::new, |it| it.levels.iter().map(level).collect()),
            week: hiring.map(|it| it.week.clone()),
            in_time: change(it.in_time),
            solved_for_good: change(it.for_good),
            rating: change(it.rating),
            hours: it.hours,
            others_hours: it.others_hours,
            gain_per_hundred_hours: change(it.gain_per_hundred_hours),
        }
    }
}
