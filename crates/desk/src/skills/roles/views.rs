//! Roles with those who have them, and how likely each meets all that is asked.
//!
//! Fairness: how ready somebody is, is shown to that person, and to leads as far as they may see levels; what the viewer
//! does not see of a person counts as unknown. Where less than half of what a role asks has been seen at work, nobody is
//! told a figure.

use super::{RoleError, RoleNeed, RoleProfile, Who, store};
use crate::people;
use crate::skills::{Belief, Proficiency, Sight, SkillSummary, SkillsError, store as skills_store};
use crate::{Actor, RoleId, SkillId, Tx, UserId};
use ::skills::gap::expected_gap;
use ::skills::readiness::{Asked, LIKELY, Readiness, belief_or_prior, p_met_by, readiness};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::HashMap;

/// People without the role who come closest to it.
const GROWING_SHOWN_MAX: usize = 6;
/// What stands between a person and a role, as far as a line of text holds it.
const MISSING_SHOWN_MAX: usize = 3;

/// One person measured against one role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    pub user: UserId,
    pub name: String,
    /// P(all that the role asks is met).
    pub p: f64,
    /// Between these it lies, whatever the skills have in common.
    pub low: f64,
    pub high: f64,
    /// The share of the role's weight that is expected to be met.
    pub met_weight: f64,
    /// Skills that the role asks of everyone, those of them that have been seen at work often enough and are met as likely
    /// as not, and all that have been seen so often.
    pub asked: usize,
    pub met: usize,
    pub seen: usize,
    /// What stands between, the dearest first: the first few of all that are little seen or not met as likely as not.
    pub missing: Vec<Missing>,
}

impl Measured {
    /// At least half of what is asked has been seen often enough to say a figure.
    pub fn is_enough(&self) -> bool {
        self.seen * 2 >= self.asked
    }

    /// Skills of which it is not known whether they are met.
    pub fn unknown(&self) -> usize {
        self.asked.saturating_sub(self.seen)
    }

    /// What stands between too, and is not among the first few.
    pub fn missing_more(&self) -> usize {
        self.asked.saturating_sub(self.met + self.missing.len())
    }

    /// By what is expected to be met: all of a large role is too unlikely for everybody to tell people apart.
    fn nearer(&self, other: &Measured) -> Ordering {
        other.met_weight.total_cmp(&self.met_weight).then(other.p.total_cmp(&self.p))
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Missing {
    pub skill: SkillSummary,
    pub asked: f64,
    pub level: f64,
    /// E[max(0, asked − level)], in levels.
    pub gap: f64,
    pub p_met: f64,
    /// Seen at work often enough.
    pub seen: bool,
}

/// A role in the list of all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleRow {
    pub id: RoleId,
    pub name: String,
    pub meaning: String,
    pub needs: usize,
    pub holders: usize,
    /// Holders of whom enough is known to say.
    pub enough: usize,
    /// Of those, the expected number who meet all of it. For leads.
    pub ready: Option<f64>,
    /// The expected share of the role's weight that its holders meet, of those of whom enough is known. For leads.
    pub met_weight: Option<f64>,
    /// What its holders most likely lack, of what they were seen at. For leads.
    pub weakest: Option<SkillSummary>,
}

/// One line of a role, and how its holders stand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeedState {
    pub need: RoleNeed,
    /// Holders who were seen at it often enough, and those of them who meet it as likely as not.
    pub seen_by: usize,
    pub met_by: usize,
    /// P(met), of everyone or of at least so many present; `None` where no holder was seen at it. For leads.
    pub p_met: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RolePage {
    pub role: RoleProfile,
    pub needs: Vec<NeedState>,
    /// Who has it: the nearest first. Figures of others are for leads.
    pub holders: Vec<Holder>,
    /// Who could grow into it; for leads.
    pub growing: Vec<Measured>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Holder {
    pub user: UserId,
    pub name: String,
    /// `None`: not for this viewer.
    pub measured: Option<Measured>,
}

impl Holder {
    fn known(&self) -> Option<&Measured> {
        self.measured.as_ref().filter(|it| it.is_enough())
    }
}

/// A role of one person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleOf {
    pub role: RoleId,
    pub name: String,
    pub has_it: bool,
    pub measured: Measured,
}

/// All that measuring needs, read once, as far as the viewer may see it.
struct World {
    sight: Sight,
    people: Vec<(UserId, String)>,
    beliefs: HashMap<(UserId, SkillId), Proficiency>,
    holders: HashMap<RoleId, Vec<UserId>>,
}

impl World {
    fn load(tx: &mut Tx, only: Option<UserId>) -> Result<World, RoleError> {
        let sight = sight(tx)?;
        let people: Vec<(UserId, String)> = people::list_agents(tx)?
            .into_iter()
            .filter(|it| only.is_none_or(|only| it.id == only))
            .map(|it| (it.id, it.name))
            .collect();
        let only = only.map(|it| [it]);
        let held = skills_store::list_proficiencies(tx, only.as_ref().map(|it| it.as_slice()), None)?;
        let mut holders: HashMap<RoleId, Vec<UserId>> = HashMap::new();
        for (role, user) in store::list_holders(tx)? {
            if people.iter().any(|it| it.0 == user) {
                holders.entry(role).or_default().push(user);
            }
        }
        let seen = held.into_iter().filter(|it| sight.sees(it));
        Ok(World { people, beliefs: seen.map(|it| ((it.user, it.skill), it)).collect(), holders, sight })
    }

    fn name(&self, user: UserId) -> &str {
        self.people.iter().find(|it| it.0 == user).map_or("", |it| it.1.as_str())
    }

    fn belief(&self, user: UserId, skill: &SkillSummary) -> Belief {
        belief_or_prior(self.beliefs.get(&(user, skill.id)).map(|it| it.belief), skill.kind)
    }

    fn holders(&self, role: RoleId) -> &[UserId] {
        self.holders.get(&role).map_or(&[], Vec::as_slice)
    }

    fn measure(&self, user: UserId, role: &RoleProfile) -> Measured {
        self.measure_against(user, &role.needs)
    }

    fn measure_against(&self, user: UserId, needs: &[RoleNeed]) -> Measured {
        let of_everyone: Vec<&RoleNeed> = needs.iter().filter(|it| it.who == Who::Everyone).collect();
        let asked: Vec<Asked> = of_everyone
            .iter()
            .map(|it| Asked { belief: self.belief(user, &it.skill), level: it.level, weight: it.weight })
            .collect();
        let seen = |it: &RoleNeed| self.beliefs.get(&(user, it.skill.id)).is_some_and(Proficiency::is_sure);
        let Readiness { p, low, high, met_weight, .. } = readiness(&asked);
        let mut missing: Vec<(f64, Missing)> = of_everyone
            .iter()
            .zip(&asked)
            .map(|(need, asked)| {
                let gap = expected_gap(asked.belief, need.level);
                let it = Missing {
                    skill: need.skill.clone(),
                    asked: need.level,
                    level: asked.belief.level(),
                    gap,
                    p_met: asked.p_met(),
                    seen: seen(need),
                };
                (gap * need.weight, it)
            })
            .filter(|(_, it)| !it.seen || it.p_met < LIKELY)
            .collect();
        missing.sort_by(|one, other| other.0.total_cmp(&one.0));
        Measured {
            user,
            name: self.name(user).to_owned(),
            p,
            low,
            high,
            met_weight,
            asked: of_everyone.len(),
            // What nobody saw is neither met nor lacking, however little is asked.
            met: of_everyone.len() - missing.len(),
            seen: of_everyone.iter().filter(|it| seen(it)).count(),
            missing: missing.into_iter().take(MISSING_SHOWN_MAX).map(|it| it.1).collect(),
        }
    }

    fn mean_chance_of_seen(&self, role: RoleId, need: &RoleNeed) -> Option<f64> {
        let chances = self.chances_of_seen(role, need);
        (!chances.is_empty()).then(|| chances.iter().sum::<f64>() / chances.len() as f64)
    }

    /// Of holders who were seen at it often enough: what is not known of somebody is neither met nor lacking.
    fn chances_of_seen(&self, role: RoleId, need: &RoleNeed) -> Vec<f64> {
        let belief = |user: &UserId| self.beliefs.get(&(*user, need.skill.id)).filter(|it| it.is_sure());
        let seen = self.holders(role).iter().filter_map(belief);
        seen.map(|it| it.belief.p_at_least(need.level)).collect()
    }

    fn chances(&self, role: RoleId, need: &RoleNeed) -> Vec<f64> {
        let chance = |user: &UserId| self.belief(*user, &need.skill).p_at_least(need.level);
        self.holders(role).iter().map(chance).collect()
    }
}

/// Every role in use.
pub fn role_rows(tx: &mut Tx) -> Result<Vec<RoleRow>, RoleError> {
    let actor = staff(tx)?;
    let world = World::load(tx, None)?;
    let row = |role: RoleProfile| {
        let holders = world.holders(role.id);
        let measured: Vec<Measured> =
            holders.iter().map(|user| world.measure(*user, &role)).filter(Measured::is_enough).collect();
        let for_leads = actor.is_lead() && !measured.is_empty();
        let mean = measured.iter().map(|it| it.met_weight).sum::<f64>() / measured.len().max(1) as f64;
        let of_everyone = role.needs.iter().filter(|it| it.who == Who::Everyone);
        let weakest =
            of_everyone.filter_map(|need| Some((world.mean_chance_of_seen(role.id, need)?, &need.skill)));
        let weakest = weakest.min_by(|one, other| one.0.total_cmp(&other.0)).map(|it| it.1.clone());
        RoleRow {
            id: role.id,
            needs: role.needs.len(),
            holders: holders.len(),
            enough: measured.len(),
            ready: for_leads.then(|| measured.iter().map(|it| it.p).sum()),
            met_weight: for_leads.then_some(mean),
            weakest: weakest.filter(|_| for_leads),
            name: role.name,
            meaning: role.meaning,
        }
    };
    Ok(store::list_roles(tx)?.into_iter().map(row).collect())
}

pub fn role_page(tx: &mut Tx, role: RoleId) -> Result<RolePage, RoleError> {
    let actor = staff(tx)?;
    let role = store::find_role(tx, role)?.ok_or(RoleError::NoSuchRole)?;
    let world = World::load(tx, None)?;
    let needs = role.needs.iter().map(|need| {
        let p_met = p_met_by(need.who, &world.chances(role.id, need), &[]);
        let of_seen = world.chances_of_seen(role.id, need);
        NeedState {
            need: need.clone(),
            seen_by: of_seen.len(),
            met_by: of_seen.iter().filter(|p| **p >= LIKELY).count(),
            p_met: (actor.is_lead() && !of_seen.is_empty()).then_some(p_met),
        }
    });
    let needs = needs.collect();
    let mut holders: Vec<Holder> = world
        .holders(role.id)
        .iter()
        .map(|user| {
            let measured = may_see(&world.sight, *user).then(|| world.measure(*user, &role));
            Holder { user: *user, name: world.name(*user).to_owned(), measured }
        })
        .collect();
    holders.sort_by(|one, other| {
        let nearer = match (one.known(), other.known()) {
            (Some(one), Some(other)) => one.nearer(other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        nearer.then_with(|| one.name.cmp(&other.name))
    });
    let mut growing: Vec<Measured> = match actor.is_lead() {
        true => world
            .people
            .iter()
            .filter(|it| !world.holders(role.id).contains(&it.0) && may_see(&world.sight, it.0))
            .map(|it| world.measure(it.0, &role))
            .filter(Measured::is_enough)
            .collect(),
        false => Vec::new(),
    };
    growing.sort_by(Measured::nearer);
    growing.truncate(GROWING_SHOWN_MAX);
    Ok(RolePage { role, needs, holders, growing })
}

/// A person against every role: those they have first, then the nearest. For the person and for leads.
pub fn roles_of(tx: &mut Tx, user: UserId) -> Result<Vec<RoleOf>, RoleError> {
    let world = World::load(tx, Some(user))?;
    if !may_see(&world.sight, user) {
        return Err(RoleError::NotForYou);
    }
    skills_store::staff_name(tx, user)?.ok_or(RoleError::NoSuchPerson)?;
    let mut all: Vec<RoleOf> = store::list_roles(tx)?
        .into_iter()
        .map(|role| RoleOf {
            role: role.id,
            has_it: world.holders(role.id).contains(&user),
            measured: world.measure(user, &role),
            name: role.name,
        })
        .collect();
    all.sort_by(|one, other| {
        other.has_it.cmp(&one.has_it).then_with(|| one.measured.nearer(&other.measured))
    });
    Ok(all)
}

/// Everybody, or one person, against what something else than a role asks. Who may see it, the caller decides.
pub(crate) fn measure_all(
    tx: &mut Tx,
    needs: &[RoleNeed],
    only: Option<UserId>,
) -> Result<Vec<Measured>, RoleError> {
    let world = World::load(tx, only)?;
    let seen = world.people.iter().filter(|it| world.sight.sees_levels(it.0));
    Ok(seen.map(|it| world.measure_against(it.0, needs)).collect())
}

/// Roles that are in use no more, for bringing them back.
pub fn retired_roles(tx: &mut Tx) -> Result<Vec<(RoleId, String)>, RoleError> {
    staff(tx)?;
    Ok(store::list_retired_roles(tx)?)
}

fn staff(tx: &Tx) -> Result<Actor, RoleError> {
    let actor = *tx.actor();
    if actor.is_staff() { Ok(actor) } else { Err(RoleError::NotStaff) }
}

fn sight(tx: &mut Tx) -> Result<Sight, RoleError> {
    Sight::load(tx).map_err(|error| match error {
        SkillsError::Db(error) => RoleError::Db(error),
        _ => RoleError::NotStaff,
    })
}

fn may_see(sight: &Sight, user: UserId) -> bool {
    sight.is_own(user) || (sight.actor().is_lead() && sight.sees_levels(user))
}
