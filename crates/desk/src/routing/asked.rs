//! What a ticket asks of whoever gets it beyond the skills that it needs: said in words, relaxed in steps.
//!
//! Table: `routing_requirements`. Event: `RequirementsSet`. Path: [`set_routing_requirements`] keeps what was written;
//! the owner of routing joins it with the ticket's needs, and its timers say when it asks less.

use super::RoutingError;
use super::store::{self, Need, Waiting};
use crate::events::{self, Event};
use crate::skills::{self, Hardness};
use crate::{GroupId, SkillId, TicketId, Tx, UserId, people, tickets};
use ::routing::requirements::{Names, PoolId};
use ::routing::{Person, PersonId, Requirements, Work};
use serde::Serialize;
use std::collections::HashMap;

#[derive(Clone, Debug)]
pub struct SetRoutingRequirements {
    pub ticket: TicketId,
    /// Such as `French >= 4 [>= 3 after 10 min, drop after 1 h]`; empty: nothing beyond the skills that it needs.
    pub text: String,
}

/// What a ticket asks for, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoutingRequirements {
    pub ticket: TicketId,
    pub text: String,
    #[serde(skip)]
    pub requirements: Requirements,
    /// By time, the first from the beginning of the wait.
    pub stages: Vec<AskedStage>,
    /// `None`: a rule.
    pub set_by: Option<UserId>,
    pub set_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedStage {
    /// Of waiting.
    pub after_ms: i64,
    /// Comes at once when nobody present meets the stage before it.
    pub or_if_nobody: bool,
    pub text: String,
}

/// Whatever the ticket's needs say of a skill that is named here, this rules. It is looked at anew at once.
pub fn set_routing_requirements(tx: &mut Tx, command: &SetRoutingRequirements) -> Result<(), RoutingError> {
    if !tx.actor().is_agent() {
        return Err(RoutingError::NotAnAgent);
    }
    tickets::find_ticket(tx, command.ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    let before = store::find_asked(tx, command.ticket)?.map(|it| it.requirements);
    let text = command.text.trim();
    let wanted = match text {
        "" => None,
        text => Some(Requirements::parse(text, &DeskNames::load(tx)?)?),
    };
    if wanted == before {
        return Ok(());
    }
    match &wanted {
        None => store::delete_asked(tx, command.ticket)?,
        Some(wanted) => store::save_asked(tx, command.ticket, wanted)?,
    }
    store::live::note_change(tx, command.ticket)?;
    Ok(events::record(tx, &Event::RequirementsSet { ticket: command.ticket, by_person: true })?)
}

/// `None` if it asks for nothing beyond the skills that it needs.
pub fn routing_requirements_of(
    tx: &mut Tx,
    ticket: TicketId,
) -> Result<Option<RoutingRequirements>, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    tickets::find_ticket(tx, ticket)?.ok_or(RoutingError::NoSuchTicket)?;
    let Some(kept) = store::find_asked(tx, ticket)? else { return Ok(None) };
    let names = DeskNames::load(tx)?;
    let stages = kept
        .requirements
        .stages()
        .iter()
        .map(|stage| AskedStage {
            after_ms: stage.after_ms,
            or_if_nobody: stage.or_if_nobody,
            text: stage.print(&names),
        })
        .collect();
    Ok(Some(RoutingRequirements {
        ticket,
        text: kept.requirements.print(&names),
        requirements: kept.requirements,
        stages,
        set_by: kept.set_by,
        set_at: kept.set_at,
    }))
}

/// What text would ask at each stage, without keeping it.
pub fn read_routing_requirements(tx: &mut Tx, text: &str) -> Result<Requirements, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    Ok(Requirements::parse(text, &DeskNames::load(tx)?)?)
}

// --- for routing itself

/// What one ticket asks for.
pub(super) struct Asked {
    requirements: Requirements,
}

impl Asked {
    pub fn of(requirements: Requirements) -> Asked {
        Asked { requirements }
    }

    pub fn names_groups(&self) -> bool {
        !self.requirements.pools().is_empty()
    }

    /// Its skills count in the expected outcome, and are looked up with the others.
    pub fn add_needs(&self, tx: &mut Tx, needs: &mut Vec<Need>) -> Result<(), db::Error> {
        let weights = self.requirements.weights();
        for need in needs.iter_mut() {
            if weights.iter().any(|(skill, _)| skill.0 == need.skill.0) {
                need.hardness = Hardness::Prefer;
            }
        }
        for (skill, weight) in weights {
            let skill = SkillId(skill.0);
            if needs.iter().all(|need| need.skill != skill)
                && let Some(need) = store::find_skill_as_need(tx, skill, weight)?
            {
                needs.push(need);
            }
        }
        Ok(())
    }

    /// Tells people of the groups that are asked for.
    pub fn join(&self, tx: &mut Tx, people: &mut [Person]) -> Result<(), db::Error> {
        let pools = self.requirements.pools();
        if pools.is_empty() {
            return Ok(());
        }
        let groups: Vec<GroupId> = pools.iter().map(|pool| GroupId(pool.0)).collect();
        for (group, user) in store::list_members_of(tx, &groups)? {
            if let Some(person) = people.iter_mut().find(|it| it.id.0 == user.0)
                && !person.pools.contains(&PoolId(group.0))
            {
                person.pools.push(PoolId(group.0));
            }
        }
        Ok(())
    }

    /// Puts what is asked by now on the work.
    pub fn put_on(&self, work: &mut Work, present: &[Person], now: i64) {
        let waited_ms = (now - work.waiting_since_ms).max(0);
        let (stage, _next_ms) = self.requirements.asked_now(waited_ms, present);
        work.asked = Some(stage.term);
    }
}

pub(super) fn find(tx: &mut Tx, ticket: &Waiting) -> Result<Option<Asked>, db::Error> {
    if !ticket.asks {
        return Ok(None);
    }
    Ok(store::find_asked(tx, ticket.id)?.map(|it| Asked::of(it.requirements)))
}

/// What the desk calls its skills, groups and people. Skills may be named by their keys too, people by their addresses.
struct DeskNames {
    skills: HashMap<String, SkillId>,
    groups: HashMap<String, GroupId>,
    people: HashMap<String, UserId>,
    of_skills: HashMap<i64, String>,
    of_groups: HashMap<i64, String>,
    of_people: HashMap<i64, String>,
}

impl DeskNames {
    fn load(tx: &mut Tx) -> Result<DeskNames, db::Error> {
        let mut names = DeskNames {
            skills: HashMap::new(),
            groups: HashMap::new(),
            people: HashMap::new(),
            of_skills: HashMap::new(),
            of_groups: HashMap::new(),
            of_people: HashMap::new(),
        };
        for skill in skills::list_skills(tx)? {
            names.skills.insert(folded(&skill.key), skill.id);
            names.skills.insert(folded(&skill.name), skill.id);
            names.of_skills.insert(skill.id.0, skill.name);
        }
        for group in people::list_groups(tx)? {
            names.groups.insert(folded(&group.name), group.id);
            names.of_groups.insert(group.id.0, group.name);
        }
        for (user, name, email) in store::list_staff_names(tx)? {
            names.people.insert(folded(&name), user);
            names.people.extend(email.map(|email| (folded(&email), user)));
            names.of_people.insert(user.0, name);
        }
        Ok(names)
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Names for DeskNames {
    fn skill(&self, name: &str) -> Option<::skills::SkillId> {
        self.skills.get(&folded(name)).map(|it| ::skills::SkillId(it.0))
    }

    fn pool(&self, name: &str) -> Option<PoolId> {
        self.groups.get(&folded(name)).map(|it| PoolId(it.0))
    }

    fn person(&self, name: &str) -> Option<PersonId> {
        self.people.get(&folded(name)).map(|it| PersonId(it.0))
    }

    fn of_skill(&self, skill: ::skills::SkillId) -> Option<String> {
        self.of_skills.get(&skill.0).cloned()
    }

    fn of_pool(&self, pool: PoolId) -> Option<String> {
        self.of_groups.get(&pool.0).cloned()
    }

    fn of_person(&self, person: PersonId) -> Option<String> {
        self.of_people.get(&person.0).cloned()
    }
}
