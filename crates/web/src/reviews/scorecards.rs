//! `/reviews/scorecards`: what is scored, by which weights, and of which skills it is evidence.

use super::scorecard_words::CardWords;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::reviews::views;
use desk::reviews::{self, CATEGORIES_MAX, Category, SaveScorecard, Scorecard, Section};
use desk::skills::competencies::{self, Competency};
use desk::skills::{self, SkillSummary};
use desk::{Actor, Kind, ScorecardId, SkillId};

/// Skills that the form of one category asks for.
const SKILLS_IN_FORM: usize = 3;

#[derive(askama::Template)]
#[template(path = "reviews/scorecards.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub scorecards: Vec<Scorecard>,
    pub retired: Vec<Scorecard>,
}

#[derive(askama::Template)]
#[template(path = "reviews/scorecard.html")]
pub struct Edit {
    pub shell: Shell,
    pub actor: Actor,
    /// `None`: a new one.
    pub scorecard: Option<Scorecard>,
    pub form: SaveScorecard,
    pub skills: Vec<SkillSummary>,
    pub competencies: Vec<Competency>,
    pub problem: Option<Problem>,
    /// For leads; the last one is for a further language.
    pub words: Vec<CardWords>,
    pub words_problem: Option<Problem>,
}

impl Edit {
    fn may_change(&self) -> bool {
        self.actor.is_lead()
    }

    fn places(&self) -> std::ops::Range<usize> {
        let room = if self.may_change() { 1 } else { 0 };
        0..(self.form.categories.len() + room).min(CATEGORIES_MAX)
    }

    fn category(&self, place: &usize) -> Category {
        self.form.categories.get(*place).cloned().unwrap_or_else(|| Category {
            name: String::new(),
            question: String::new(),
            section: Section::Standard,
            weight: 1.0,
            points: 5,
            anchors: Vec::new(),
            skills: Vec::new(),
            competency: None,
        })
    }

    fn sections(&self) -> [(Section, &'static str); 4] {
        [
            (Section::Standard, "Standard"),
            (Section::Critical, "Critical"),
            (Section::Bonus, "Bonus"),
            (Section::AutoFail, "Fails all"),
        ]
    }

    fn skill_slots(&self) -> std::ops::Range<usize> {
        0..SKILLS_IN_FORM
    }

    fn has_competency(&self, category: &Category, competency: &Competency) -> bool {
        category.competency == Some(competency.id)
    }

    fn has_skill(&self, category: &Category, slot: &usize, skill: &SkillId) -> bool {
        category.skills.get(*slot).is_some_and(|(it, _)| it == skill)
    }

    fn address(&self) -> String {
        match &self.scorecard {
            Some(it) => format!("/reviews/scorecards/{}", it.id),
            None => "/reviews/scorecards".to_owned(),
        }
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let (scorecards, retired) = views::scorecards(tx)?;
        Ok::<_, Problem>(Index { scorecards, retired, actor, now: tx.now(), shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    if !actor.is_lead() {
        return Err(Problem::new(Kind::Forbidden, "Only leads make scorecards."));
    }
    let form = SaveScorecard { name: String::new(), about: String::new(), categories: Vec::new() };
    Ok(Html(page(&web, actor, None, Some(form), None).await?))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ScorecardId>,
) -> Result<Html<Edit>, Problem> {
    Ok(Html(page(&web, actor, Some(id), None, None).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let command = read(&form, &[]);
    let copy = command.clone();
    match web.desk.write(actor, move |tx| reviews::create_scorecard(tx, &copy)).await.map_err(Problem::from) {
        Ok(made) => Ok(Said::new("Made.").then(&format!("/reviews/scorecards/{}", made.id))),
        Err(problem) if problem.field.is_some() => refused(&web, actor, None, command, problem).await,
        Err(problem) => Err(problem),
    }
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ScorecardId>,
    form: Fields,
) -> Result<Response, Problem> {
    let is =
        web.desk.read(actor, move |tx| reviews::scorecard(tx, id)).await?.ok_or_else(Problem::not_found)?;
    let command = read(&form, &is.categories);
    let copy = command.clone();
    match web
        .desk
        .write(actor, move |tx| reviews::update_scorecard(tx, id, &copy))
        .await
        .map_err(Problem::from)
    {
        Ok(saved) => {
            let words = match saved.version == is.version {
                true => "Saved.".to_owned(),
                false => format!("Saved as version {}. Finished reviews keep theirs.", saved.version),
            };
            Ok(Said::new(words).then(&format!("/reviews/scorecards/{id}")))
        }
        Err(problem) if problem.field.is_some() => refused(&web, actor, Some(id), command, problem).await,
        Err(problem) => Err(problem),
    }
}

pub async fn make_default(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ScorecardId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| reviews::make_default(tx, id)).await?;
    Ok(Said::new("Reviews begin with it from now on.").then("/reviews/scorecards"))
}

pub async fn retire(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ScorecardId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| reviews::retire_scorecard(tx, id)).await?;
    let said = Said::new("Retired. What was reviewed with it stays.");
    Ok(said.with_undo(format!("/reviews/scorecards/{id}/restore")).then("/reviews/scorecards"))
}

pub async fn restore(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ScorecardId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| reviews::restore_scorecard(tx, id)).await?;
    Ok(Said::new("Back in use.").then("/reviews/scorecards"))
}

async fn refused(
    web: &Web,
    actor: Actor,
    id: Option<ScorecardId>,
    form: SaveScorecard,
    problem: Problem,
) -> Result<Response, Problem> {
    let status = problem.status();
    Ok((status, Html(page(web, actor, id, Some(form), Some(problem)).await?)).into_response())
}

pub(super) async fn page(
    web: &Web,
    actor: Actor,
    id: Option<ScorecardId>,
    form: Option<SaveScorecard>,
    problem: Option<Problem>,
) -> Result<Edit, Problem> {
    let found = web.desk.read(actor, move |tx| {
        // Whoever may change it sees what they change, others what they read.
        let scorecard = match id {
            Some(id) if actor.is_lead() => reviews::scorecard(tx, id)?,
            Some(id) => reviews::shown_scorecard(tx, id)?,
            None => None,
        };
        let mut words = Vec::new();
        if let Some(id) = id {
            scorecard.as_ref().ok_or_else(Problem::not_found)?;
            words = reviews::words_of(tx, id)?.into_iter().map(CardWords::of).collect();
        }
        words.push(CardWords::default());
        let skills = skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect::<Vec<_>>();
        let competencies = competencies::list_shown_competencies(tx)?;
        Ok::<_, Problem>((scorecard, skills, competencies, words, Shell::load(tx)?))
    });
    let (scorecard, skills, competencies, words, shell) = found.await?;
    let shown = scorecard.as_ref().map(|it| SaveScorecard {
        name: it.name.clone(),
        about: it.about.clone(),
        categories: it.categories.clone(),
    });
    let empty = SaveScorecard { name: String::new(), about: String::new(), categories: Vec::new() };
    let (form, words_problem) = (form.or(shown).unwrap_or(empty), None);
    Ok(Edit { shell, actor, scorecard, form, skills, competencies, problem, words, words_problem })
}

/// Categories without a name are left out. A skill that stays keeps its weight; a new one weighs 1.
fn read(form: &Fields, former: &[Category]) -> SaveScorecard {
    let weight_of = |skill: SkillId| {
        let all = former.iter().flat_map(|it| &it.skills);
        all.clone().find(|(it, _)| *it == skill).map_or(1.0, |(_, weight)| *weight)
    };
    let mut categories = Vec::new();
    for place in 0..CATEGORIES_MAX {
        let text = |field: &str| form.owned(&format!("{field}-{place}"));
        if text("name").is_empty() {
            continue;
        }
        let mut skills: Vec<SkillId> = form.list(&format!("skill-{place}"));
        let mut seen = Vec::new();
        skills.retain(|it| {
            !seen.contains(it) && {
                seen.push(*it);
                true
            }
        });
        let anchors = text("anchors");
        let anchors = anchors.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
        categories.push(Category {
            name: text("name"),
            question: text("question"),
            section: Section::parse(&text("section")).unwrap_or(Section::Standard),
            weight: text("weight").parse().unwrap_or(0.0),
            points: text("points").parse().unwrap_or(0),
            anchors: anchors.collect(),
            skills: skills.into_iter().map(|it| (it, weight_of(it))).collect(),
            competency: text("competency").parse().ok(),
        });
    }
    SaveScorecard { name: form.owned("name"), about: form.owned("about"), categories }
}

#[cfg(test)]
mod tests {
    use super::super::index::samples::scorecard;
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::reviews::{CategoryWords, ScorecardWords};
    use desk::{Role, UserId};

    fn german() -> ScorecardWords {
        let empathy = CategoryWords {
            name: "Einfühlung <de>".into(),
            question: String::new(),
            anchors: vec!["Nein".into(), "Ja".into()],
        };
        ScorecardWords {
            language: "de".parse().expect("a language"),
            name: "Gespräche".into(),
            about: String::new(),
            categories: vec![empathy],
            behind_at: Some(1),
        }
    }

    fn edit(role: Role, problem: Option<Problem>) -> Edit {
        let category = Category {
            name: "Empathy".into(),
            question: "Did they feel <it>?".into(),
            section: Section::Critical,
            weight: 2.5,
            points: 2,
            anchors: vec!["No".into(), "Yes".into()],
            skills: vec![(SkillId(1), 0.6)],
            competency: Some(desk::CompetencyId(3)),
        };
        let competency = Competency {
            id: desk::CompetencyId(3),
            name: "Calms <people>".into(),
            behaviour: "Names the feeling.".into(),
            anchors: Default::default(),
            skills: vec![(summary(1, "Empathy"), 0.6)],
            updated_at: 0,
            retired_at: None,
        };
        Edit {
            competencies: vec![competency],
            shell: shell(),
            actor: Actor::person(UserId(1), role),
            scorecard: Some(scorecard(vec![category.clone()])),
            form: SaveScorecard {
                name: "Conversations".into(),
                about: "All".into(),
                categories: vec![category],
            },
            skills: vec![summary(1, "Empathy"), summary(2, "Refunds")],
            problem,
            words: vec![CardWords::of(german()), CardWords::default()],
            words_problem: None,
        }
    }

    #[test]
    fn a_lead_changes_categories_and_has_room_for_one_more() {
        let html = renders(&edit(Role::Lead, None));
        assert!(
            html.contains("name=\"name-0\"")
                && html.contains("name=\"name-1\"")
                && html.contains("value=\"2.5\"")
                && html.contains("<option value=\"3\" selected>Calms &#60;people&#62;")
        );
        let agent = renders(&edit(Role::Agent, None));
        assert!(!agent.contains("name=\"name-0\"") && agent.contains("Empathy"), "an agent reads it");
        let problem =
            Problem { field: Some("weight"), ..Problem::invalid("A weight lies above 0 and not above 100.") };
        assert!(renders(&edit(Role::Lead, Some(problem))).contains("A weight lies above 0"));
    }

    #[test]
    fn each_language_has_its_fields_beside_the_original_for_leads() {
        let html = renders(&edit(Role::Lead, None));
        for words in [
            r#"action="/reviews/scorecards/1/words""#,
            "Einfühlung &#60;de&#62;",
            "the original has changed since",
            "Nein\nJa</textarea>",
            "another language",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
        assert!(!renders(&edit(Role::Agent, None)).contains("another language"));
        let open = CardWords::default().opened();
        let problem = Problem::invalid("A language is written as two or three letters.");
        let wrong = Edit { words: vec![open], words_problem: Some(problem), ..edit(Role::Lead, None) };
        assert!(renders(&wrong).contains("two or three letters."));
    }

    #[test]
    fn the_list_shows_what_is_in_use_and_what_is_retired() {
        let card = scorecard(vec![]);
        let retired =
            Scorecard { id: ScorecardId(2), is_default: false, retired_at: Some(1), ..card.clone() };
        let actor = Actor::person(UserId(1), Role::Lead);
        let html =
            renders(&Index { shell: shell(), actor, now: 0, scorecards: vec![card], retired: vec![retired] });
        assert!(html.contains("/reviews/scorecards/2/restore"));
    }
}
