//! `/routing/attributes`, `/routing/agents/{id}/instance_values`, `/routing/tickets/{id}/instance_values`: Zendesk's
//! skill types and skills, who has them and which ticket needs them.
//!
//! Zendesk's skill type is our kind of skill, its skill is our skill, and somebody has it when they surely have
//! [`HAS_LEVEL`]. Giving somebody a skill is a lead's rating, and leaving it out takes that rating back: what their work and
//! others say still counts.
//! The kinds are the desk's own, and none can be added, renamed or removed; a skill is asked for by rules, not by conditions.

use crate::call::{Answer, Call, Id, Ids, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::{
    AttributeDefinitionsShape, AttributeShape, AttributeValueBody, AttributeValueChange, AttributeValueShape,
    InstanceValuesBody,
};
use crate::tickets;
use desk::routing::HAS_LEVEL;
use desk::skills::{
    self, CreateSkill, Hardness, INDEPENDENT_LEVEL, Rate, Requirement, SetRequirements, Sight, Skill,
    SkillKind, SkillsError, TakeBack, UpdateSkill, requirements_of, set_requirements, views,
};
use desk::{SkillId, TicketId, Tx, UserId};
use serde_json::{Value, json};
use std::collections::HashMap;

/// By this note a rating is known to have been set here.
const SET_HERE: &str = "set as a routing attribute";

pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (skills, urls) = (skills::list_skills(tx)?, Urls::of(tx)?);
        let all: Vec<_> =
            SkillKind::ALL.iter().map(|kind| AttributeShape::of(*kind, &skills, &urls)).collect();
        let mut body =
            json!({ "count": all.len(), "attributes": all, "next_page": null, "previous_page": null });
        if call.includes("attribute_values") {
            body["attribute_values"] = json!(values(skills.iter(), &urls));
        }
        Ok(Reply::ok(body))
    })
    .await
}

pub async fn show(Id(kind): Id<String>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let kind = kind_of(&kind)?;
        let (skills, urls) = (skills::list_skills(tx)?, Urls::of(tx)?);
        Ok(Reply::one("attribute", AttributeShape::of(kind, &skills, &urls)))
    })
    .await
}

pub async fn list_values(Id(kind): Id<String>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let kind = kind_of(&kind)?;
        let (skills, urls) = (skills::list_skills(tx)?, Urls::of(tx)?);
        Ok(Reply::one("attribute_values", values(skills.iter().filter(|it| it.kind == kind), &urls)))
    })
    .await
}

pub async fn show_value(Ids(kind, skill): Ids<String, SkillId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let skill = skill_of(tx, &kind, skill)?;
        Ok(Reply::one("attribute_value", AttributeValueShape::of(&skill, &Urls::of(tx)?)))
    })
    .await
}

/// Zendesk's skills have conditions on tickets; here rules on words tell what a ticket needs.
pub async fn definitions(call: Call) -> Answer {
    call.only_staff()?;
    Ok(Reply::one("definitions", AttributeDefinitionsShape::default()))
}

/// Refused for whoever could change the library, and for others as any change of it is.
pub async fn create_attribute(call: Call) -> Answer {
    Err(kinds_are_fixed(&call))
}

pub async fn update_attribute(Id(kind): Id<String>, call: Call) -> Answer {
    kind_of(&kind)?;
    Err(kinds_are_fixed(&call))
}

pub async fn destroy_attribute(Id(kind): Id<String>, call: Call) -> Answer {
    kind_of(&kind)?;
    Err(kinds_are_fixed(&call))
}

fn kinds_are_fixed(call: &Call) -> Problem {
    if !call.actor.is_lead() {
        return SkillsError::NotALead.into();
    }
    let kinds = SkillKind::ALL.map(SkillKind::as_str).join(", ");
    let words =
        format!("skill types are kinds of skills, and these are fixed: {kinds}; make a skill of one of them");
    Problem::invalid("attribute", words)
}

fn without_conditions(wanted: &AttributeValueChange) -> Result<(), Problem> {
    let says_something = |it: &Value| match it {
        Value::Null => false,
        Value::Array(all) => !all.is_empty(),
        Value::Object(all) => !all.is_empty(),
        _ => true,
    };
    match wanted.conditions.as_ref().is_some_and(says_something) {
        false => Ok(()),
        true => {
            let words =
                "a skill has no conditions here; say by a rule which words need it, at /api/v2/skill_rules";
            Err(Problem::invalid("conditions", words))
        }
    }
}

pub async fn create_value(Id(kind): Id<String>, call: Call) -> Answer {
    let wanted = call.body::<AttributeValueBody>()?.attribute_value;
    without_conditions(&wanted)?;
    let name = wanted.name.unwrap_or_default();
    call.write(move |tx, _| {
        let kind = kind_of(&kind)?;
        let command = CreateSkill {
            name: name.clone(),
            kind,
            meaning: String::new(),
            anchors: Default::default(),
            decay: None,
        };
        let skill = skills::create_skill(tx, &command)?;
        let shape = AttributeValueShape::of(&skill, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "attribute_value": shape })))
    })
    .await
}

pub async fn update_value(Ids(kind, skill): Ids<String, SkillId>, call: Call) -> Answer {
    let wanted = call.body::<AttributeValueBody>()?.attribute_value;
    without_conditions(&wanted)?;
    let name = wanted.name;
    call.write(move |tx, _| {
        let skill = skill_of(tx, &kind, skill)?.id;
        let command = UpdateSkill { skill, name: name.clone(), meaning: None, anchors: None, decay: None };
        skills::update_skill(tx, &command)?;
        let skill = skill_of(tx, &kind, skill)?;
        Ok(Reply::one("attribute_value", AttributeValueShape::of(&skill, &Urls::of(tx)?)))
    })
    .await
}

/// It is retired: what was learnt of it stays.
pub async fn destroy_value(Ids(kind, skill): Ids<String, SkillId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        let skill = skill_of(tx, &kind, skill)?.id;
        skills::retire_skill(tx, skill)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn of_agent(Id(agent): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let had = had_by(tx, agent)?;
        shown(tx, &had)
    })
    .await
}

/// The list takes the place of what was set here before, and states nothing about skills that it does not name.
pub async fn set_of_agent(Id(agent): Id<UserId>, call: Call) -> Answer {
    let wanted = wanted(&call)?;
    call.write(move |tx, _| {
        let had = had_by(tx, agent)?;
        let known: Vec<SkillId> = skills::list_skills(tx)?.iter().map(|it| it.id).collect();
        let left_out: Vec<SkillId> = known.iter().copied().filter(|it| !wanted.contains(it)).collect();
        skills::take_back(tx, &TakeBack { user: agent, skills: left_out, note: SET_HERE.to_owned() })?;
        for skill in wanted.iter().copied().filter(|it| known.contains(it) && !had.contains(it)) {
            let note = SET_HERE.to_owned();
            skills::rate(tx, &Rate { user: agent, skill, level: INDEPENDENT_LEVEL, note })?;
        }
        let has = had_by(tx, agent)?;
        shown(tx, &has)
    })
    .await
}

pub async fn of_ticket(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        tickets::visible(tx, ticket)?;
        let needed: Vec<SkillId> = requirements_of(tx, ticket)?.iter().map(|it| it.skill.id).collect();
        shown(tx, &needed)
    })
    .await
}

/// Skills that are named and unknown are ignored, as Zendesk does.
pub async fn set_of_ticket(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    let wanted = wanted(&call)?;
    call.write(move |tx, _| {
        tickets::visible(tx, ticket)?;
        let known: Vec<SkillId> = skills::list_skills(tx)?.iter().map(|it| it.id).collect();
        let had = requirements_of(tx, ticket)?;
        let requirements = wanted
            .iter()
            .filter(|it| known.contains(it))
            .map(|skill| match had.iter().find(|row| row.skill.id == *skill) {
                Some(row) => Requirement {
                    skill: *skill,
                    level: row.level,
                    weight: row.weight,
                    hardness: row.hardness,
                },
                None => {
                    Requirement { skill: *skill, level: HAS_LEVEL, weight: 1.0, hardness: Hardness::Must }
                }
            })
            .collect();
        let rows = set_requirements(tx, &SetRequirements { ticket, requirements })?;
        let needed: Vec<SkillId> = rows.iter().map(|it| it.skill.id).collect();
        shown(tx, &needed)
    })
    .await
}

/// Of these tickets, those whose skills the caller has.
pub async fn fulfilled(call: Call) -> Answer {
    let asked: Vec<TicketId> = call.ids("ticket_ids")?;
    let me = call.actor.user().ok_or(Problem::NotFound)?;
    call.read(move |tx, call| {
        call.only_staff()?;
        let has = had_by(tx, me)?;
        let mut fulfilled = Vec::new();
        for ticket in &asked {
            if tickets::visible(tx, *ticket).is_ok()
                && requirements_of(tx, *ticket)?.iter().all(|it| has.contains(&it.skill.id))
            {
                fulfilled.push(ticket.0);
            }
        }
        Ok(Reply::one("fulfilled_ticket_ids", fulfilled))
    })
    .await
}

fn kind_of(word: &str) -> Result<SkillKind, Problem> {
    word.parse().map_err(|_| Problem::NotFound)
}

fn skill_of(tx: &mut Tx, kind: &str, skill: SkillId) -> Result<Skill, Problem> {
    let kind = kind_of(kind)?;
    skills::find_skill(tx, skill)?.filter(|it| it.kind == kind).ok_or(Problem::NotFound)
}

fn values<'a>(skills: impl Iterator<Item = &'a Skill>, urls: &Urls) -> Vec<AttributeValueShape> {
    skills.map(|skill| AttributeValueShape::of(skill, urls)).collect()
}

/// The skills that they surely have, as far as the caller sees their levels. Of a level that too little was seen for, what a
/// lead said last, where the caller sees evidence: whoever gives somebody a skill finds it again.
fn had_by(tx: &mut Tx, agent: UserId) -> Result<Vec<SkillId>, Problem> {
    let agents = desk::people::list_agents(tx)?;
    agents.iter().find(|it| it.id == agent).ok_or(Problem::NotFound)?;
    let sight = Sight::load(tx)?;
    let known = skills::proficiencies_of(tx, agent)?;
    let asks_said = sight.sees_levels(agent) && known.iter().any(|it| !sight.sees(it));
    let said = if asks_said { views::said(tx)? } else { HashMap::new() };
    let by_lead = |skill: SkillId| said.get(&(agent, skill)).and_then(|it| it.by_lead);
    let has = known.iter().filter(|it| match sight.sees(it) {
        true => it.belief.sure_level() >= HAS_LEVEL,
        false => by_lead(it.skill).is_some_and(|level| level >= HAS_LEVEL),
    });
    Ok(has.map(|it| it.skill).collect())
}

fn shown(tx: &mut Tx, which: &[SkillId]) -> Answer {
    let (skills, urls) = (skills::list_skills(tx)?, Urls::of(tx)?);
    let all = values(skills.iter().filter(|it| which.contains(&it.id)), &urls);
    Ok(Reply::one("attribute_values", all))
}

/// Ids may come as words or as numbers; what is neither names nothing.
fn wanted(call: &Call) -> Result<Vec<SkillId>, Problem> {
    let ids = call.body::<InstanceValuesBody>()?.attribute_value_ids;
    let id = |value: &Value| match value {
        Value::String(word) => word.parse().ok(),
        value => value.as_i64(),
    };
    Ok(ids.iter().filter_map(id).map(SkillId).collect())
}
