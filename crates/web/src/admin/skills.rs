//! `/admin/skills`: the library: what can be learnt here, what its levels look like, which words ask for it.

use super::must_be_lead;
use super::skill_words::{Source, WordsForm};
use crate::fields::Fields;
use crate::skills::words;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use desk::skills::{self, CreateSkill, DecayClass, Skill, SkillKind, SkillRule, UpdateSkill};
use desk::{Actor, SkillId};
use serde::Deserialize;
use std::collections::HashMap;

const DECAYS: [(DecayClass, &str); 4] = [
    (DecayClass::Product, "fast: products change (45 days)"),
    (DecayClass::Technical, "in a season: tools and systems (120 days)"),
    (DecayClass::Human, "slowly: how one treats people (180 days)"),
    (DecayClass::Language, "hardly: a language once learnt (720 days)"),
];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub kind: String,
}

#[derive(askama::Template)]
#[template(path = "admin/skills.html")]
pub struct Index {
    pub shell: Shell,
    pub asked: Asked,
    pub skills: Vec<Skill>,
    pub rules: HashMap<SkillId, usize>,
}

impl Index {
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        words::KINDS.iter().map(|kind| (kind.as_str(), words::kind(kind)))
    }

    fn rule_count(&self, skill: &Skill) -> usize {
        self.rules.get(&skill.id).copied().unwrap_or(0)
    }
}

#[derive(askama::Template)]
#[template(path = "admin/skill.html")]
pub struct Edit {
    pub shell: Shell,
    /// `None`: a new one.
    pub skill: Option<Skill>,
    pub form: Form,
    pub rules: Vec<SkillRule>,
    pub rule: super::rules::RuleForm,
    pub problem: Option<Problem>,
    /// The last one is for a further language.
    pub words: Vec<WordsForm>,
    pub words_problem: Option<Problem>,
}

#[derive(Clone, Debug, Default)]
pub struct Form {
    pub name: String,
    pub kind: String,
    pub meaning: String,
    pub anchors: [String; 5],
    pub decay: String,
}

impl Form {
    fn of(skill: &Skill) -> Form {
        Form {
            name: skill.name.clone(),
            kind: skill.kind.as_str().to_owned(),
            meaning: skill.meaning.clone(),
            anchors: skill.anchors.clone(),
            decay: skill.decay.as_str().to_owned(),
        }
    }

    fn read(fields: &Fields) -> Form {
        Form {
            name: fields.owned("name"),
            kind: fields.owned("kind"),
            meaning: fields.owned("meaning"),
            anchors: std::array::from_fn(|index| fields.owned(&format!("anchor_{}", index + 1))),
            decay: fields.owned("decay"),
        }
    }

    fn decay(&self) -> Option<DecayClass> {
        DECAYS.iter().find(|(decay, _)| decay.as_str() == self.decay).map(|(decay, _)| *decay)
    }

    fn kind(&self) -> SkillKind {
        words::KINDS.into_iter().find(|kind| kind.as_str() == self.kind).unwrap_or(SkillKind::Product)
    }
}

impl Edit {
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        words::KINDS.iter().map(|kind| (kind.as_str(), words::kind(kind)))
    }

    fn decays(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        DECAYS.iter().map(|(decay, words)| (decay.as_str(), *words))
    }

    /// Letters that are no language: they can be put right.
    fn source(&self) -> Option<Source> {
        self.skill.as_ref().map(Source::of_skill)
    }

    fn anchors(&self) -> impl Iterator<Item = (usize, &'static str, &String)> {
        let numbered = self.form.anchors.iter().enumerate();
        numbered.map(|(index, text)| (index + 1, words::level_word(index + 1), text))
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    must_be_lead(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let mut rules: HashMap<SkillId, usize> = HashMap::new();
        for rule in skills::list_rules(tx, None)? {
            *rules.entry(rule.skill.id).or_default() += 1;
        }
        let mut all = skills::list_skills(tx)?;
        all.retain(|skill| asked.kind.is_empty() || skill.kind.as_str() == asked.kind);
        Ok::<_, Problem>(Index { shell: Shell::load(tx)?, asked: asked.clone(), skills: all, rules })
    });
    Ok(Html(page.await?))
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    must_be_lead(actor)?;
    Ok(Html(page(&web, actor, None, Some(Form { kind: "product".into(), ..Form::default() })).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_lead(actor)?;
    let form = Form::read(&fields);
    let command = CreateSkill {
        name: form.name.clone(),
        kind: form.kind(),
        meaning: form.meaning.clone(),
        anchors: form.anchors.clone(),
        decay: form.decay(),
    };
    match web.desk.write(actor, move |tx| skills::create_skill(tx, &command)).await.map_err(Problem::from) {
        Ok(skill) => {
            let said = Said::new("In the library. Say now which words ask for it.");
            Ok(said.then(&format!("/admin/skills/{}#rules", skill.id)))
        }
        Err(problem) => again(&web, actor, None, Some(form), problem).await,
    }
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
) -> Result<Html<Edit>, Problem> {
    must_be_lead(actor)?;
    Ok(Html(page(&web, actor, Some(skill), None).await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_lead(actor)?;
    let form = Form::read(&fields);
    let command = UpdateSkill {
        skill,
        name: Some(form.name.clone()),
        meaning: Some(form.meaning.clone()),
        anchors: Some(form.anchors.clone()),
        decay: form.decay(),
    };
    match web.desk.write(actor, move |tx| skills::update_skill(tx, &command)).await.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("Saved.").then(&format!("/admin/skills/{skill}"))),
        Err(problem) => again(&web, actor, Some(skill), Some(form), problem).await,
    }
}

pub async fn retire(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| skills::retire_skill(tx, skill)).await?;
    let said = Said::new("Retired: no new ticket asks for it. What is known of people stays.");
    Ok(said.with_undo(format!("/admin/skills/{skill}/restore")).then("/admin/skills"))
}

pub async fn restore(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| skills::restore_skill(tx, skill)).await?;
    Ok(Said::new("Back in the library.").then(&format!("/admin/skills/{skill}")))
}

/// The page again with what was written and what is wrong with it.
pub(super) async fn again(
    web: &Web,
    actor: Actor,
    skill: Option<SkillId>,
    form: Option<Form>,
    problem: Problem,
) -> Result<Response, Problem> {
    if matches!(
        problem.kind,
        desk::Kind::Broken | desk::Kind::Busy | desk::Kind::NotFound | desk::Kind::Forbidden
    ) {
        return Err(problem);
    }
    let (status, shown) = (problem.status(), page(web, actor, skill, form).await?);
    Ok((status, Html(Edit { problem: Some(problem), ..shown })).into_response())
}

pub(super) async fn page(
    web: &Web,
    actor: Actor,
    skill: Option<SkillId>,
    form: Option<Form>,
) -> Result<Edit, Problem> {
    web.desk
        .read(actor, move |tx| {
            let found = match skill {
                Some(skill) => Some(skills::find_skill(tx, skill)?.ok_or_else(Problem::not_found)?),
                None => None,
            };
            let rules = match skill {
                Some(skill) => skills::list_rules(tx, Some(skill))?,
                None => Vec::new(),
            };
            let mut words = match skill {
                Some(skill) => skills::words::words_of(tx, skill)?.into_iter().map(WordsForm::of).collect(),
                None => Vec::new(),
            };
            words.push(WordsForm::default());
            let form = form.clone().or_else(|| found.as_ref().map(Form::of)).unwrap_or_default();
            let rule = super::rules::RuleForm::empty();
            let (shell, problem, words_problem) = (Shell::load(tx)?, None, None);
            Ok::<_, Problem>(Edit { shell, skill: found, form, rules, rule, problem, words, words_problem })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, skill};
    use askama::Template;

    #[test]
    fn a_skill_keeps_its_five_sentences_through_the_form() {
        let page = Edit {
            shell: shell(),
            form: Form::of(&skill()),
            skill: Some(skill()),
            rules: vec![],
            rule: super::super::rules::RuleForm::empty(),
            problem: Some(Problem {
                field: Some("name"),
                ..Problem::invalid("There is a skill with this name already.")
            }),
            words: vec![WordsForm::default()],
            words_problem: None,
        };
        let html = renders(&page);
        assert!(
            html.contains("anchor_5") && html.contains("teaches") && html.contains("with this name already")
        );
    }

    #[test]
    fn each_language_has_its_fields_and_says_when_the_original_went_on() {
        let german = WordsForm {
            language: "de".into(),
            name: "Geduld <sehr>".into(),
            is_behind: true,
            ..WordsForm::default()
        };
        let arabic = WordsForm { language: "ar".into(), name: "الصبر".into(), ..WordsForm::default() };
        let odd = WordsForm { language: "klingon".into(), is_open: true, ..WordsForm::default() };
        let page = Edit {
            shell: shell(),
            form: Form::of(&skill()),
            skill: Some(skill()),
            rules: vec![],
            rule: super::super::rules::RuleForm::empty(),
            problem: None,
            words: vec![german, arabic, odd, WordsForm::default()],
            words_problem: Some(Problem::invalid("A language is written as two or three letters.")),
        };
        let html = renders(&page);
        for words in
            ["Deutsch", "Geduld &#60;sehr&#62;", "the original has changed since", "العربية", "language-new"]
        {
            assert!(html.contains(words), "{words}");
        }
        assert_eq!(html.matches("two or three letters.").count(), 1, "said where it was written");
        assert!(html.contains("value=\"klingon\""), "and can be put right");
    }

    #[test]
    fn the_library_counts_the_rules_of_each_skill() {
        let rules = HashMap::from([(SkillId(1), 4)]);
        let page = Index { shell: shell(), asked: Asked::default(), skills: vec![skill()], rules };
        assert!(page.render().unwrap().contains("4 rules"));
    }
}
