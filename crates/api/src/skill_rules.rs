//! `/skill_rules`: which words say which need, and what they find in a text.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{SkillRuleBody, SkillRuleShape, TextBody, TriedShape, hardness_of};
use crate::skills::{named, wanted};
use desk::skills::{self, CreateRule, Hardness, UpdateRule};
use desk::{SkillRuleId, Tx};
use serde_json::{Value, json};

const USUAL_LEVEL: f64 = desk::skills::INDEPENDENT_LEVEL;
const USUAL_WEIGHT: f64 = 1.0;

/// The disabled ones too; `skill=` (id or key) for one skill.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let skill = match call.query("skill") {
            Some(name) => Some(named(tx, name)?.ok_or(Problem::NotFound)?.id),
            None => None,
        };
        let all = skills::list_rules(tx, skill)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all, &paging)?.map(|rule| SkillRuleShape::of(&rule, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "skill_rules", page))))
    })
    .await
}

pub async fn show(Id(rule): Id<SkillRuleId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("skill_rule", shape(tx, rule)?))
    })
    .await
}

pub async fn create(call: Call) -> Answer {
    let body = call.body::<SkillRuleBody>()?.skill_rule;
    let hardness = hardness_in(body.hardness.as_deref())?.unwrap_or(Hardness::Prefer);
    call.write(move |tx, _| {
        let command = CreateRule {
            skill: wanted(tx, body.skill_id, body.skill.as_deref())?,
            level: body.level.unwrap_or(USUAL_LEVEL),
            weight: body.weight.unwrap_or(USUAL_WEIGHT),
            hardness,
            language: body.language.clone(),
            phrases: body.phrases.clone().unwrap_or_default(),
        };
        let rule = skills::create_rule(tx, &command)?;
        let shape = SkillRuleShape::of(&rule, &Urls::of(tx)?);
        Ok(Reply::created(shape.url.clone(), json!({ "skill_rule": shape })))
    })
    .await
}

/// What is not named stays as it is.
pub async fn update(Id(rule): Id<SkillRuleId>, call: Call) -> Answer {
    let body = call.body::<SkillRuleBody>()?.skill_rule;
    let hardness = hardness_in(body.hardness.as_deref())?;
    call.write(move |tx, _| {
        let is = skills::find_rule(tx, rule)?.ok_or(Problem::NotFound)?;
        let command = UpdateRule {
            rule,
            level: body.level.unwrap_or(is.level),
            weight: body.weight.unwrap_or(is.weight),
            hardness: hardness.unwrap_or(is.hardness),
            language: body.language.clone().or(is.language),
            phrases: body.phrases.clone().unwrap_or(is.phrases),
        };
        skills::update_rule(tx, &command)?;
        match body.active {
            Some(true) => drop(skills::enable_rule(tx, rule)?),
            Some(false) => drop(skills::disable_rule(tx, rule)?),
            None => {}
        }
        Ok(Reply::one("skill_rule", shape(tx, rule)?))
    })
    .await
}

/// The rule stays, disabled, and can be enabled again.
pub async fn destroy(Id(rule): Id<SkillRuleId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        skills::disable_rule(tx, rule)?;
        Ok(Reply::nothing())
    })
    .await
}

/// What the rules find in a text. Changes nothing.
pub async fn try_text(call: Call) -> Answer {
    let text = call.body::<TextBody>()?.text;
    call.read(move |tx, _| Ok(Reply::one("result", TriedShape::of(&skills::try_rules(tx, &text)?)))).await
}

pub fn hardness_in(word: Option<&str>) -> Result<Option<Hardness>, Problem> {
    let wrong = |word: &str| Problem::invalid("hardness", format!("{word:?} is neither must nor prefer"));
    word.map(|word| hardness_of(word).ok_or_else(|| wrong(word))).transpose()
}

fn shape(tx: &mut Tx, rule: SkillRuleId) -> Result<SkillRuleShape, Problem> {
    let rule = skills::find_rule(tx, rule)?.ok_or(Problem::NotFound)?;
    Ok(SkillRuleShape::of(&rule, &Urls::of(tx)?))
}
