//! What an admin decides about learning: who sees what of whom, which sources of evidence count, how fast skills fade.
//!
//! Setting `skill_policy`, table `decay_classes`; a change of what counts has everybody's evidence run again.

use super::{DecayClass, Proficiency, SkillsError, refit, store};
use crate::events::{self, Event};
use crate::work::{self, Due, Work};
use crate::{Actor, Tx, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The time constants that an admin may set, in days.
pub const TAU_DAYS_MIN: f64 = 7.0;
pub const TAU_DAYS_MAX: f64 = 3_650.0;
/// The setting that holds a [`Policy`].
const POLICY: &str = "skill_policy";

/// The kinds of evidence that the desk knows, with their words in the column `kind`.
pub const SOURCES: [&str; 9] =
    ["outcome", "satisfaction", "handle_time", "self", "lead", "peer", "review", "check", "release"];

/// Beside the person, who sees something of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// Nobody else.
    Person,
    Leads,
    /// Leads, and colleagues who share a group.
    Group,
    Staff,
}

impl Circle {
    pub const ALL: [Circle; 4] = [Circle::Person, Circle::Leads, Circle::Group, Circle::Staff];

    pub fn name(self) -> &'static str {
        match self {
            Circle::Person => "person",
            Circle::Leads => "leads",
            Circle::Group => "group",
            Circle::Staff => "staff",
        }
    }

    pub fn parse(name: &str) -> Option<Circle> {
        Circle::ALL.into_iter().find(|it| it.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Who sees a level that is sure. A level that is not is the person's alone, whatever stands here.
    pub levels: Circle,
    /// Who sees the evidence and what was said in it.
    pub evidence: Circle,
    /// Kinds of evidence that count for nothing.
    pub sources_off: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { levels: Circle::Staff, evidence: Circle::Leads, sources_off: Vec::new() }
    }
}

impl Policy {
    pub fn counts(&self, kind: &str) -> bool {
        !self.sources_off.iter().any(|off| off == kind)
    }
}

pub fn policy(tx: &mut Tx) -> Result<Policy, db::Error> {
    Ok(crate::settings::find(tx, POLICY)?.unwrap_or_default())
}

/// A source that is switched off counts as if it had never been; everybody's evidence runs again.
pub fn set_policy(tx: &mut Tx, wanted: &Policy) -> Result<(), SkillsError> {
    if !tx.actor().is_admin() {
        return Err(SkillsError::NotAnAdmin);
    }
    let mut wanted = wanted.clone();
    wanted.sources_off.sort();
    wanted.sources_off.dedup();
    let before = policy(tx)?;
    if before == wanted {
        return Ok(());
    }
    crate::settings::save(tx, POLICY, &wanted)?;
    let by = tx.actor().user();
    events::record(tx, &Event::SettingsChanged { by })?;
    if before.sources_off != wanted.sources_off {
        relearn(tx)?;
    }
    Ok(())
}

/// Days after which a third of a lead is left, by class.
pub fn taus(tx: &mut Tx) -> Result<[(DecayClass, f64); 4], db::Error> {
    let own = store::list_taus(tx)?;
    Ok(DecayClass::ALL.map(|class| {
        let own = own.iter().find(|(name, _)| name == class.as_str());
        (class, own.map_or(class.tau_days(), |(_, tau)| *tau))
    }))
}

pub fn set_taus(tx: &mut Tx, wanted: &[(DecayClass, f64)]) -> Result<(), SkillsError> {
    if !tx.actor().is_admin() {
        return Err(SkillsError::NotAnAdmin);
    }
    if wanted.iter().any(|(_, tau)| !(TAU_DAYS_MIN..=TAU_DAYS_MAX).contains(tau)) {
        return Err(SkillsError::TauIsWrong);
    }
    let before = taus(tx)?;
    let changed: Vec<(DecayClass, f64)> = wanted.iter().filter(|it| !before.contains(it)).copied().collect();
    if changed.is_empty() {
        return Ok(());
    }
    for (class, tau) in changed {
        store::save_tau(tx, class.as_str(), tau)?;
    }
    let by = tx.actor().user();
    events::record(tx, &Event::SettingsChanged { by })?;
    relearn(tx)
}

/// Everybody's evidence runs again, each person in a job of their own, and a refit follows.
fn relearn(tx: &mut Tx) -> Result<(), SkillsError> {
    relearn_people(tx, store::list_people_with_evidence)
}

/// The same for those of whom something is held in one skill.
pub(super) fn relearn_skill(tx: &mut Tx, skill: crate::SkillId) -> Result<(), SkillsError> {
    relearn_people(tx, |tx| store::list_people_with_skill(tx, skill))
}

fn relearn_people(
    tx: &mut Tx,
    people: impl Fn(&mut Tx) -> Result<Vec<UserId>, db::Error>,
) -> Result<(), SkillsError> {
    let people = people(tx)?;
    for user in &people {
        store::save_stale(tx, *user, None)?;
        work::enqueue(tx, &Work::ReplayPerson { user: *user }, Due::Now)?;
    }
    if !people.is_empty() {
        refit::ask_soon(tx)?;
    }
    Ok(())
}

/// What one viewer may see of others, decided once for a page.
pub struct Sight {
    actor: Actor,
    policy: Policy,
    /// Colleagues who share a group with the viewer.
    near: HashSet<UserId>,
}

impl Sight {
    pub fn load(tx: &mut Tx) -> Result<Sight, SkillsError> {
        let actor = *tx.actor();
        if !actor.is_staff() {
            return Err(SkillsError::NotStaff);
        }
        let policy = policy(tx)?;
        let by_group = [policy.levels, policy.evidence].contains(&Circle::Group) && !actor.is_lead();
        let near = match actor.user().filter(|_| by_group) {
            Some(me) => store::list_group_mates(tx, me)?.into_iter().collect(),
            None => HashSet::new(),
        };
        Ok(Sight { actor, policy, near })
    }

    /// Somebody's sight who shares no group with anybody.
    pub fn of(actor: Actor, policy: Policy) -> Sight {
        Sight { actor, policy, near: HashSet::new() }
    }

    pub fn actor(&self) -> Actor {
        self.actor
    }

    pub fn counts(&self, kind: &str) -> bool {
        self.policy.counts(kind)
    }

    /// A person sees all of their own; so does the desk, which tells nobody.
    pub fn is_own(&self, user: UserId) -> bool {
        self.actor.is(user) || self.actor.is_desk()
    }

    /// Their sure levels.
    pub fn sees_levels(&self, user: UserId) -> bool {
        self.is_own(user) || self.is_within(self.policy.levels, user)
    }

    pub fn sees_evidence(&self, user: UserId) -> bool {
        self.is_own(user) || self.is_within(self.policy.evidence, user)
    }

    /// Below the least number of effective observations nobody else sees a level.
    pub fn sees(&self, it: &Proficiency) -> bool {
        self.is_own(it.user) || (it.is_sure() && self.is_within(self.policy.levels, it.user))
    }

    fn is_within(&self, circle: Circle, user: UserId) -> bool {
        match circle {
            Circle::Person => false,
            Circle::Leads => self.actor.is_lead(),
            Circle::Group => self.actor.is_lead() || self.near.contains(&user),
            Circle::Staff => self.actor.is_staff(),
        }
    }
}
