//! One person against one piece of work: may they have it, and what would come of it?

use serde::{Deserialize, Serialize};
use skills::{SkillId, p_solved};

use crate::person::{Person, PersonId, Status};
use crate::requirements::Term;
use crate::work::{Channel, Need, Policy, Requirement, Work};

/// One person, weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub person: PersonId,
    /// P(solved for good) plus bonus minus the cost of load; comparable within one decision only.
    pub score: f64,
    /// P(solved for good), 0–1.
    pub p_success: f64,
    pub eligible: Result<(), Vec<WhyNot>>,
    /// What speaks for the eligible; empty for the others.
    pub reasons: Vec<Reason>,
}

/// Why a person cannot have the work now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WhyNot {
    Status {
        status: Status,
    },
    NotOnChannel {
        channel: Channel,
    },
    Full {
        load: f64,
        limit: f64,
    },
    /// A must is not surely met: the level that is exceeded with probability 0.80 is below the least level.
    NotSure {
        skill: SkillId,
        least_level: f64,
        sure_level: f64,
    },
    /// They are not among those who are asked for: another group, another person, or somebody with less or more skill.
    NotAsked,
    Avoided,
}

/// What was known of an eligible person when the decision was made. Levels to two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    Skill {
        skill: SkillId,
        level: f64,
        sure_level: f64,
        least_level: f64,
    },
    Load {
        load: f64,
        limit: f64,
    },
    Idle {
        ms: i64,
    },
    KnowsTheWork,
    /// They belong to another queue, and help out in this one.
    HelpsOut,
}

/// Rounding of sums of sizes shall not make somebody full.
const SIZE_TOLERANCE: f64 = 1e-9;

/// May this person have this work now? All reasons against it, not only the first.
pub fn eligible(work: &Work, person: &Person) -> Result<(), Vec<WhyNot>> {
    let mut against = Vec::new();
    if person.status != Status::Online {
        against.push(WhyNot::Status { status: person.status });
    }
    match person.capacity_on(work.channel) {
        None => against.push(WhyNot::NotOnChannel { channel: work.channel }),
        Some(it) if it.load + work.size <= it.limit + SIZE_TOLERANCE => {}
        Some(it) => against.push(WhyNot::Full { load: it.load, limit: it.limit }),
    }
    for must in work.musts().filter(|must| !surely_meets(person, must)) {
        against.push(WhyNot::NotSure {
            skill: must.skill,
            least_level: must.least_level,
            sure_level: two_decimals(person.beliefs.of(must.skill).sure_level()),
        });
    }
    for part in work.asked.iter().flat_map(Term::parts).filter(|part| !part.met_by(person)) {
        let why = match *part {
            Term::Skill { skill, least_level, most_level: None } => {
                let sure_level = two_decimals(person.beliefs.of(skill).sure_level());
                WhyNot::NotSure { skill, least_level, sure_level }
            }
            _ => WhyNot::NotAsked,
        };
        if !against.contains(&why) {
            against.push(why);
        }
    }
    if work.avoid.contains(&person.id) {
        against.push(WhyNot::Avoided);
    }
    if against.is_empty() { Ok(()) } else { Err(against) }
}

pub(crate) fn surely_meets(person: &Person, must: &Requirement) -> bool {
    person.beliefs.of(must.skill).sure_level() >= must.least_level
}

pub(crate) fn surely_meets_all(person: &Person, work: &Work) -> bool {
    work.musts().all(|must| surely_meets(person, must))
        && work.asked.as_ref().is_none_or(|asked| asked.met_by(person))
}

/// The candidate without its reasons, which only the eligible get (see [`reasons`]).
pub(crate) fn weigh(work: &Work, person: &Person, policy: &Policy) -> Candidate {
    let p_success = p_success(work, person);
    let fill = person.capacity_on(work.channel).map_or(1.0, |it| (it.load + work.size) / it.limit);
    let cost = policy.load_cost * if fill.is_finite() { fill.clamp(0.0, 1.0) } else { 1.0 };
    let bonus = if work.prefer_person == Some(person.id) { policy.prefer_person_bonus } else { 0.0 };
    Candidate {
        person: person.id,
        score: p_success + bonus - cost,
        p_success,
        eligible: eligible(work, person),
        reasons: Vec::new(),
    }
}

/// A belief that is not a number promises nothing.
pub(crate) fn p_success(work: &Work, person: &Person) -> f64 {
    let skills = work.requirements.iter().map(|it| (it.weight, person.beliefs.of(it.skill)));
    let p = p_solved(skills, work.difficulty);
    if p.is_nan() { 0.0 } else { p }
}

pub(crate) fn reasons(work: &Work, person: &Person, now_ms: i64) -> Vec<Reason> {
    let mut reasons = Vec::with_capacity(work.requirements.len() + 3);
    if work.prefer_person == Some(person.id) {
        reasons.push(Reason::KnowsTheWork);
    }
    for it in &work.requirements {
        let belief = person.beliefs.of(it.skill);
        reasons.push(Reason::Skill {
            skill: it.skill,
            level: two_decimals(belief.level()),
            sure_level: two_decimals(belief.sure_level()),
            least_level: it.least_level,
        });
    }
    if let Some(it) = person.capacity_on(work.channel) {
        reasons.push(Reason::Load { load: it.load, limit: it.limit });
    }
    reasons.push(Reason::Idle { ms: now_ms.saturating_sub(person.idle_since_ms).max(0) });
    reasons
}

pub(crate) fn needs<'a>(musts: impl Iterator<Item = &'a Requirement>) -> Vec<Need> {
    musts.map(Need::from).collect()
}

fn two_decimals(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}
