//! Openings that follow from gaps: what the team lacks, in words, and the profile that would close it.

use super::error::only_leads;
use super::*;
use crate::skills::planning::{self, PlanError};
use crate::skills::roles::{self, RoleNeed, Who};
use crate::skills::{self, SkillSummary};
use crate::{RoleId, SkillId, Tx};
use serde::Serialize;

/// Gaps that are offered, of skills and of roles each.
const GAPS_SHOWN_MAX: usize = 6;
/// Skills of the role that a specialist needs too.
const FROM_ROLE_MAX: usize = 7;
const LEVEL_STEP: f64 = 0.5;

/// What the team lacks, and what an opening for it would start from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    pub title: String,
    pub reason: String,
    pub skill: Option<SkillId>,
    pub role: Option<RoleId>,
}

/// An opening before anybody has written it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Draft {
    pub title: String,
    pub reason: String,
    pub role: Option<RoleId>,
    pub needs: Vec<(SkillSummary, f64, f64)>,
}

/// Where the team's demand meets too few able people, the dearest first; then roles whose holders are not ready.
pub fn gaps(tx: &mut Tx) -> Result<Vec<Gap>, HiringError> {
    only_leads(tx)?;
    let team = planning::team(tx)?;
    let mut all: Vec<&planning::SkillRisk> = team.skills.iter().filter(|it| it.enough).collect();
    all.retain(|it| it.is_single() || it.gap_demand > 0.0);
    all.sort_by(|one, other| {
        other.is_single().cmp(&one.is_single()).then(other.gap_demand.total_cmp(&one.gap_demand))
    });
    let skills = all.into_iter().take(GAPS_SHOWN_MAX).map(|it| Gap {
        title: it.skill.name.clone(),
        reason: reason_of(it),
        skill: Some(it.skill.id),
        role: None,
    });
    let mut found: Vec<Gap> = skills.collect();
    let roles = team.roles.iter().filter_map(|it| {
        let (ready, weakest) = (it.ready?, it.weakest.as_ref()?);
        (ready < it.enough as f64 / 2.0).then(|| Gap {
            title: it.name.clone(),
            reason: format!(
                "Expected to meet all of it: {ready:.1} of {} whose skills are known well enough; most likely lacking: {}.",
                people_words(it.enough),
                weakest.name
            ),
            skill: None,
            role: Some(it.id),
        })
    });
    found.extend(roles.take(GAPS_SHOWN_MAX));
    Ok(found)
}

fn people_words(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

fn reason_of(it: &planning::SkillRisk) -> String {
    let covered = format!(
        "{:.1} tickets a week need {}; {:.0} % of them come while somebody able is here.",
        it.weekly,
        it.skill.name,
        it.covered * 100.0
    );
    match (it.is_single(), it.able_names.as_slice()) {
        (true, [only]) => format!("{covered} Only {} is able: one absence, and nobody is left.", only.1),
        (true, []) => format!("{covered} Nobody is surely able."),
        _ => covered,
    }
}

/// The profile of a role, the heaviest skills of everyone.
pub fn draft_of_role(tx: &mut Tx, role: RoleId) -> Result<Draft, HiringError> {
    only_leads(tx)?;
    let found = roles::find_role(tx, role)?.ok_or(roles::RoleError::NoSuchRole)?;
    let reason = gaps_or_none(tx)?.into_iter().find(|it| it.role == Some(role)).map(|it| it.reason);
    Ok(Draft {
        title: found.name.clone(),
        reason: reason.unwrap_or_default(),
        role: Some(role),
        needs: profile(&found.needs, SKILLS_PER_OPENING_MAX),
    })
}

/// Somebody who closes this gap: the skill at the level that its tickets ask, and the heaviest skills of the role that most
/// people here have.
pub fn draft_of_skill(tx: &mut Tx, skill: SkillId) -> Result<Draft, HiringError> {
    only_leads(tx)?;
    let skill = skills::find_skill(tx, skill)?.ok_or(skills::SkillsError::NoSuchSkill)?.summary();
    let team = match planning::team(tx) {
        Ok(team) => Some(team),
        Err(PlanError::Db(error)) => return Err(error.into()),
        Err(_) => None,
    };
    let risk = team.as_ref().and_then(|it| it.skills.iter().find(|it| it.skill.id == skill.id));
    let level = risk
        .map_or(3.0, |it| (it.level / LEVEL_STEP).ceil() * LEVEL_STEP)
        .clamp(LEVEL_STEP, ::skills::LEVEL_MAX);
    let usual = team.as_ref().and_then(|it| it.roles.iter().max_by_key(|role| role.holders));
    let usual = match usual {
        Some(role) => roles::find_role(tx, role.id)?,
        None => None,
    };
    let mut needs = vec![(skill.clone(), level, 1.0)];
    if let Some(role) = &usual {
        let rest = profile(&role.needs, FROM_ROLE_MAX).into_iter().filter(|it| it.0.id != skill.id);
        needs.extend(rest);
    }
    let title = match &usual {
        Some(role) => format!("{}: {}", role.name, skill.name),
        None => skill.name.clone(),
    };
    Ok(Draft { title, reason: risk.map(reason_of).unwrap_or_default(), role: usual.map(|it| it.id), needs })
}

/// Gaps where planning has what it needs.
fn gaps_or_none(tx: &mut Tx) -> Result<Vec<Gap>, HiringError> {
    match gaps(tx) {
        Err(HiringError::Plan(PlanError::Db(error))) => Err(error.into()),
        Err(HiringError::Plan(_)) => Ok(Vec::new()),
        other => other,
    }
}

fn profile(needs: &[RoleNeed], count_max: usize) -> Vec<(SkillSummary, f64, f64)> {
    let of_everyone = needs.iter().filter(|it| it.who == Who::Everyone);
    of_everyone.take(count_max).map(|it| (it.skill.clone(), it.level, it.weight)).collect()
}
