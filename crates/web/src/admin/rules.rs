//! `/admin/rules`: which words in a message ask for which skill; and trying the rules on a text.

use super::{must_be_lead, skills as library};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use desk::skills::{self, CreateRule, Hardness, SkillRule, Tried, UpdateRule};
use desk::{SkillId, SkillRuleId};
use serde::Deserialize;

/// Characters of a text that is tried.
const TEXT_CHARS_MAX: usize = 20_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub q: String,
    /// `off`: only those that are switched off.
    pub state: String,
}

#[derive(askama::Template)]
#[template(path = "admin/rules.html")]
pub struct Index {
    pub shell: Shell,
    pub asked: Asked,
    pub rules: Vec<SkillRule>,
    pub count: usize,
}

#[derive(askama::Template)]
#[template(path = "admin/rule.html")]
pub struct Edit {
    pub shell: Shell,
    pub rule: SkillRule,
    pub form: RuleForm,
    pub problem: Option<Problem>,
}

/// What stands in the fields of a rule.
#[derive(Clone, Debug, Default)]
pub struct RuleForm {
    pub level: String,
    pub weight: String,
    pub hardness: String,
    pub language: String,
    pub phrases: String,
}

impl RuleForm {
    pub fn empty() -> RuleForm {
        RuleForm { level: "2".into(), weight: "1".into(), hardness: "prefer".into(), ..RuleForm::default() }
    }

    fn of(rule: &SkillRule) -> RuleForm {
        RuleForm {
            level: crate::words::short_level(rule.level),
            weight: crate::words::short_level(rule.weight),
            hardness: if rule.hardness == Hardness::Must { "must".into() } else { "prefer".into() },
            language: rule.language.clone().unwrap_or_default(),
            phrases: rule.phrases.join("\n"),
        }
    }

    fn read(fields: &Fields) -> RuleForm {
        RuleForm {
            level: fields.owned("level"),
            weight: fields.owned("weight"),
            hardness: fields.owned("hardness"),
            language: fields.owned("language"),
            phrases: fields.owned("phrases"),
        }
    }

    fn hardness(&self) -> Hardness {
        if self.hardness == "must" { Hardness::Must } else { Hardness::Prefer }
    }
}

/// What the rules find in a text.
#[derive(askama::Template)]
#[template(path = "admin/_tried.html")]
pub struct TriedPart {
    pub tried: Option<Tried>,
}

#[derive(askama::Template)]
#[template(path = "admin/try.html")]
pub struct TryPage {
    pub shell: Shell,
    pub text: String,
    pub part: TriedPart,
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    must_be_lead(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let mut rules = skills::list_rules(tx, None)?;
        let count = rules.len();
        let words = asked.q.trim().to_lowercase();
        rules.retain(|rule| {
            let named = words.is_empty()
                || rule.skill.name.to_lowercase().contains(&words)
                || rule.phrases.iter().any(|phrase| phrase.contains(&words));
            named && (asked.state != "off" || rule.disabled_at.is_some())
        });
        Ok::<_, Problem>(Index { shell: Shell::load(tx)?, asked: asked.clone(), rules, count })
    });
    Ok(Html(page.await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_lead(actor)?;
    let form = RuleForm::read(&fields);
    let command = CreateRule {
        skill,
        level: form.level.parse().unwrap_or(-1.0),
        weight: form.weight.parse().unwrap_or(-1.0),
        hardness: form.hardness(),
        language: fields.given("language").map(str::to_owned),
        phrases: fields.lines("phrases"),
    };
    match web.desk.write(actor, move |tx| skills::create_rule(tx, &command)).await.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("The rule holds for every mail from now on.")
            .then(&format!("/admin/skills/{skill}#rules"))),
        Err(problem) => library::again(&web, actor, Some(skill), None, problem).await,
    }
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(rule): Path<SkillRuleId>,
) -> Result<Html<Edit>, Problem> {
    must_be_lead(actor)?;
    Ok(Html(page(&web, actor, rule, None).await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(rule): Path<SkillRuleId>,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_lead(actor)?;
    let form = RuleForm::read(&fields);
    let command = UpdateRule {
        rule,
        level: form.level.parse().unwrap_or(-1.0),
        weight: form.weight.parse().unwrap_or(-1.0),
        hardness: form.hardness(),
        language: fields.given("language").map(str::to_owned),
        phrases: fields.lines("phrases"),
    };
    match web.desk.write(actor, move |tx| skills::update_rule(tx, &command)).await.map_err(Problem::from) {
        Ok(rule) => Ok(Said::new("Saved.").then(&format!("/admin/skills/{}#rules", rule.skill.id))),
        Err(problem) if problem.field.is_some() => {
            let (status, shown) = (problem.status(), page(&web, actor, rule, Some(form)).await?);
            Ok((status, Html(Edit { problem: Some(problem), ..shown })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn disable(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(rule): Path<SkillRuleId>,
) -> Result<Response, Problem> {
    let off = web.desk.write(actor, move |tx| skills::disable_rule(tx, rule)).await?;
    let said = Said::new("Switched off.").with_undo(format!("/admin/rules/{rule}/enable"));
    Ok(said.then(&format!("/admin/skills/{}#rules", off.skill.id)))
}

pub async fn enable(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(rule): Path<SkillRuleId>,
) -> Result<Response, Problem> {
    let on = web.desk.write(actor, move |tx| skills::enable_rule(tx, rule)).await?;
    Ok(Said::new("Switched on.").then(&format!("/admin/skills/{}#rules", on.skill.id)))
}

pub async fn try_page(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<TryPage>, Problem> {
    must_be_lead(actor)?;
    let shell = web.desk.read(actor, Shell::load).await?;
    Ok(Html(TryPage { shell, text: String::new(), part: TriedPart { tried: None } }))
}

/// Changes nothing. A fragment while somebody types, a page without script.
pub async fn try_text(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    headers: axum::http::HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_lead(actor)?;
    let text: String = fields.text("text").chars().take(TEXT_CHARS_MAX).collect();
    let copy = text.clone();
    let found = web.desk.read(actor, move |tx| {
        let tried = if copy.is_empty() { None } else { Some(skills::try_rules(tx, &copy)?) };
        Ok::<_, Problem>((tried, Shell::load(tx)?))
    });
    let (tried, shell) = found.await?;
    let part = TriedPart { tried };
    match headers.contains_key("hx-request") {
        true => Ok(Html(part).into_response()),
        false => Ok(Html(TryPage { shell, text, part }).into_response()),
    }
}

async fn page(
    web: &Web,
    actor: desk::Actor,
    rule: SkillRuleId,
    form: Option<RuleForm>,
) -> Result<Edit, Problem> {
    web.desk
        .read(actor, move |tx| {
            let rule = skills::list_rules(tx, None)?
                .into_iter()
                .find(|it| it.id == rule)
                .ok_or_else(Problem::not_found)?;
            let form = form.clone().unwrap_or_else(|| RuleForm::of(&rule));
            Ok::<_, Problem>(Edit { shell: Shell::load(tx)?, rule, form, problem: None })
        })
        .await
}

/// `must have`, `better with`.
pub(super) fn hardness_words(hardness: &Hardness) -> &'static str {
    if *hardness == Hardness::Must { "must have" } else { "better with" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{shell, skill};
    use askama::Template;
    use desk::skills::TriedNeed;

    fn rule() -> SkillRule {
        SkillRule {
            id: SkillRuleId(3),
            skill: skill().summary(),
            level: 2.5,
            weight: 1.0,
            hardness: Hardness::Must,
            language: Some("ar".into()),
            phrases: vec!["استرداد".into(), "<b>".into()],
            created_at: 0,
            updated_at: 0,
            disabled_at: Some(1),
        }
    }

    #[test]
    fn a_try_says_which_skills_and_because_of_which_words() {
        let need = TriedNeed {
            skill: skill().summary(),
            level: 3.0,
            weight: 1.0,
            hardness: Hardness::Prefer,
            because: vec!["money back".into()],
            rules: vec![SkillRuleId(3)],
        };
        let tried = Tried {
            language: Some("en".into()),
            urgency: 2,
            anger: 3,
            tone_because: vec!["NOW".into()],
            needs: vec![need],
        };
        let html = TriedPart { tried: Some(tried) }.render().unwrap();
        for words in ["Refunds", "money back", "NOW", "/admin/rules/3"] {
            assert!(html.contains(words), "{words}");
        }
        let nothing = Tried { language: None, urgency: 0, anger: 0, tone_because: vec![], needs: vec![] };
        assert!(TriedPart { tried: Some(nothing) }.render().unwrap().contains("No rule"));
        let page = TryPage { shell: shell(), text: "x".into(), part: TriedPart { tried: None } };
        assert!(page.render().unwrap().contains("Write or paste"));
    }

    #[test]
    fn a_rule_that_is_off_is_marked_and_its_words_are_text() {
        let index = Index { shell: shell(), asked: Asked::default(), rules: vec![rule()], count: 1 };
        let html = index.render().unwrap();
        assert!(html.contains("Off") && html.contains("&#60;b&#62;") && html.contains("استرداد"));
        let empty = Index {
            shell: shell(),
            asked: Asked { q: "x".into(), state: String::new() },
            rules: vec![],
            count: 9,
        };
        assert!(empty.render().unwrap().contains("No rule"));
    }

    #[test]
    fn a_wrong_phrase_is_named_in_its_field() {
        let problem =
            Problem { field: Some("phrases"), ..Problem::invalid("A rule needs at least one phrase.") };
        let page = Edit { shell: shell(), form: RuleForm::of(&rule()), rule: rule(), problem: Some(problem) };
        let html = page.render().unwrap();
        assert!(html.contains("at least one phrase") && html.contains("value=\"2.5\""));
    }
}
