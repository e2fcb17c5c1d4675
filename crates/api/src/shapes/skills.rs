//! Skills and what is believed of people in them; the runs that estimate all levels together.

use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::skills::refit::Run;
use desk::skills::views::{Cell, Matrix, PersonLevel};
use desk::skills::{Skill, SkillSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct SkillShape {
    pub url: String,
    pub id: i64,
    /// Stable; may stand wherever `skill` is asked for.
    pub key: String,
    pub name: String,
    /// priority, specialist, human, technical, product, language, channel
    pub kind: &'static str,
    pub meaning: String,
    /// What can be seen at levels 1 to 5.
    pub anchors: [String; 5],
    /// How it fades without practice: product, technical, human, language.
    pub decay: &'static str,
    pub onet: Option<String>,
    pub esco: Option<String>,
    pub active: bool,
    pub created_at: String,
    pub retired_at: Option<String>,
}

impl SkillShape {
    pub fn of(skill: &Skill, urls: &Urls) -> SkillShape {
        SkillShape {
            url: urls.resource(&format!("/skills/{}", skill.id)),
            id: skill.id.0,
            key: skill.key.clone(),
            name: skill.name.clone(),
            kind: skill.kind.as_str(),
            meaning: skill.meaning.clone(),
            anchors: skill.anchors.clone(),
            decay: skill.decay.as_str(),
            onet: skill.onet.clone(),
            esco: skill.esco.clone(),
            active: skill.retired_at.is_none(),
            created_at: iso(skill.created_at),
            retired_at: iso_if(skill.retired_at),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct SkillNameShape {
    pub id: i64,
    pub key: String,
    pub name: String,
    pub kind: &'static str,
}

impl SkillNameShape {
    pub fn of(skill: &SkillSummary) -> SkillNameShape {
        SkillNameShape {
            id: skill.id.0,
            key: skill.key.clone(),
            name: skill.name.clone(),
            kind: skill.kind.as_str(),
        }
    }
}

/// What is believed of one person in one skill.
#[derive(Serialize, ToSchema)]
pub struct LevelShape {
    /// 0 none, 1 learning, 2 assisted, 3 independent, 4 advanced, 5 expert.
    pub level: f64,
    /// Standard deviation, in levels.
    pub sd: f64,
    /// Holds the truth with a probability of 80 %.
    pub interval: [f64; 2],
    /// Probability of level 3 or more.
    pub p_independent: f64,
    pub evidence_count: i64,
    /// Each piece of evidence counts as one at most; 0 where the last is too long ago.
    pub effective_observations: f64,
    /// When the last of them was.
    pub seen_at: Option<String>,
    /// False: not yet sure, and shown only to the person.
    pub sure: bool,
}

impl LevelShape {
    pub fn of(cell: &Cell) -> LevelShape {
        LevelShape {
            level: cell.level,
            sd: cell.sd,
            interval: [cell.interval.0, cell.interval.1],
            p_independent: cell.p_independent,
            evidence_count: cell.evidence_count,
            effective_observations: cell.effective_observations,
            seen_at: iso_if(cell.seen_at),
            sure: cell.sure,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ProficiencyShape {
    pub user_id: i64,
    pub skill: SkillNameShape,
    #[serde(flatten)]
    pub level: LevelShape,
    /// Levels gained in the last 30 days.
    pub trend: Option<f64>,
    /// When the last evidence came.
    pub updated_at: String,
}

impl ProficiencyShape {
    pub fn of(user: desk::UserId, it: &PersonLevel) -> ProficiencyShape {
        ProficiencyShape {
            user_id: user.0,
            skill: SkillNameShape::of(&it.skill),
            level: LevelShape::of(&it.cell),
            trend: it.trend,
            updated_at: iso(it.moved_at),
        }
    }
}

/// People × skills.
#[derive(Serialize, ToSchema)]
pub struct MatrixShape {
    pub skills: Vec<MatrixSkillShape>,
    pub people: Vec<MatrixRowShape>,
    /// Cells that are not shown to this caller until more is known.
    pub hidden: usize,
}

#[derive(Serialize, ToSchema)]
pub struct MatrixSkillShape {
    pub skill: SkillNameShape,
    /// People who more likely than not have it at level 3.
    pub independent_people: usize,
    pub single_point_of_failure: bool,
    /// Tickets of the last 30 days that needed it.
    pub demand: i64,
}

#[derive(Serialize, ToSchema)]
pub struct MatrixRowShape {
    pub user_id: i64,
    pub name: String,
    pub groups: Vec<String>,
    /// One for each skill, in their order.
    pub cells: Vec<Option<LevelShape>>,
}

impl MatrixShape {
    pub fn of(matrix: &Matrix) -> MatrixShape {
        let skills = matrix.skills.iter().map(|head| MatrixSkillShape {
            skill: SkillNameShape::of(&head.skill),
            independent_people: head.independent_people,
            single_point_of_failure: head.single_point_of_failure,
            demand: head.demand,
        });
        let people = matrix.rows.iter().map(|row| MatrixRowShape {
            user_id: row.user.0,
            name: row.name.clone(),
            groups: row.groups.clone(),
            cells: row.cells.iter().map(|cell| cell.as_ref().map(LevelShape::of)).collect(),
        });
        MatrixShape { skills: skills.collect(), people: people.collect(), hidden: matrix.hidden }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SkillChange {
    pub name: Option<String>,
    /// When it is made: priority, specialist, human, technical, product, language, channel
    pub kind: Option<String>,
    pub meaning: Option<String>,
    /// What can be seen at levels 1 to 5.
    pub anchors: Option<[String; 5]>,
    /// product, technical, human, language; as usual for the kind without it
    pub decay: Option<String>,
    /// False: retired, asked for no more.
    pub active: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SkillRatingChange {
    pub skill_id: Option<i64>,
    /// Or the skill's key.
    pub skill: Option<String>,
    /// 0 to 5.
    pub level: Option<f64>,
    pub note: Option<String>,
}

/// One run that estimates everybody's levels together.
#[derive(Serialize, ToSchema)]
pub struct RefitShape {
    pub id: i64,
    /// hourly, asked
    pub cause: String,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub failed: Option<String>,
    /// reading, sorting, fitting, intervals, writing, done
    pub stage: String,
    /// 0 to 1.
    pub done: f64,
    pub people: i64,
    pub skills: i64,
    /// Pieces of evidence that counted.
    pub evidence: i64,
    pub levels: i64,
    pub changed: i64,
    /// Mean distance to what was shown before, in levels.
    pub drift: Option<f64>,
}

impl RefitShape {
    pub fn of(run: &Run) -> RefitShape {
        RefitShape {
            id: run.id.0,
            cause: run.cause.clone(),
            started_at: iso(run.started_at),
            finished_at: iso_if(run.finished_at),
            failed: run.failed.clone(),
            stage: run.stage.clone(),
            done: run.done,
            people: run.people,
            skills: run.skills,
            evidence: run.events,
            levels: run.beliefs,
            changed: run.changed,
            drift: run.drift_mean,
        }
    }
}
