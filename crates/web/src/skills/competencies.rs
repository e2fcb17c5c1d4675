//! `/skills/competencies`: skills that are used together, what can be seen of whoever has them, and who does.

use super::competency_words::{source_of, words_form};
use super::{only_leads, words};
use crate::admin::skill_words::{Source, WordsForm};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::skills::competencies::views::{self, CompetencyPage, CompetencyRow, PersonWith};
use desk::skills::competencies::{self, Competency, SKILLS_PER_COMPETENCY_MAX, WriteCompetency};
use desk::skills::roles::{self, AskCompetency};
use desk::skills::{self, SkillSummary};
use desk::{Actor, CompetencyId, Kind, RoleId, SkillId};

#[derive(askama::Template)]
#[template(path = "skills/competencies/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub rows: Vec<CompetencyRow>,
    pub retired: Vec<Competency>,
    /// Shipped ones that the desk has never had.
    pub missing: usize,
}

#[derive(askama::Template)]
#[template(path = "skills/competencies/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub page: CompetencyPage,
    /// Roles that could ask for it; for leads.
    pub roles: Vec<(RoleId, String)>,
}

#[derive(askama::Template)]
#[template(path = "skills/competencies/edit.html")]
pub struct Edit {
    pub shell: Shell,
    pub competency: Option<CompetencyId>,
    pub form: Form,
    pub library: Vec<SkillSummary>,
    pub problem: Option<Problem>,
    /// As it is stored; nothing of a new one.
    pub source: Option<Source>,
    /// The last one is for a further language.
    pub words: Vec<WordsForm>,
    pub words_problem: Option<Problem>,
}

/// What was written, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub name: String,
    pub behaviour: String,
    /// Levels 1 to 5.
    pub anchors: [String; 5],
    /// Skill and weight.
    pub lines: Vec<(String, String)>,
}

impl Show {
    /// Levels of which something is said.
    fn anchors(&self) -> Vec<(usize, &'static str, &str)> {
        let all = self.page.competency.anchors.iter().enumerate().filter(|it| !it.1.is_empty());
        all.map(|(n, text)| (n + 1, words::level_word(n + 1), text.as_str())).collect()
    }

    fn seen(&self, it: &PersonWith) -> String {
        match it.seen {
            seen if seen > 0.999 => String::new(),
            seen => format!("{:.0} % of it seen", seen * 100.0),
        }
    }
}

impl Edit {
    fn lines(&self) -> impl Iterator<Item = (usize, &(String, String))> {
        self.form.lines.iter().enumerate()
    }

    fn is_skill(&self, line: &(String, String), skill: &SkillSummary) -> bool {
        line.0 == skill.id.to_string()
    }
}

impl Form {
    fn of(it: &Competency) -> Form {
        let line = |(skill, weight): &(SkillSummary, f64)| {
            (skill.id.to_string(), super::roles::weight_words(weight))
        };
        Form {
            name: it.name.clone(),
            behaviour: it.behaviour.clone(),
            anchors: it.anchors.clone(),
            lines: it.skills.iter().map(line).collect(),
        }
    }

    fn read(fields: &Fields) -> Form {
        let line = |n: usize| (fields.owned(&format!("skill_{n}")), fields.owned(&format!("weight_{n}")));
        let lines = (0..SKILLS_PER_COMPETENCY_MAX).map(line).filter(|it| !it.0.is_empty());
        Form {
            name: fields.owned("name"),
            behaviour: fields.owned("behaviour"),
            anchors: std::array::from_fn(|n| fields.owned(&format!("anchor_{}", n + 1))),
            lines: lines.collect(),
        }
    }

    /// What cannot be read as a number becomes one that the desk refuses with its reason.
    fn command(&self) -> WriteCompetency {
        let line = |(skill, weight): &(String, String)| {
            let weight = weight.replace(',', ".").parse().unwrap_or(-1.0);
            (SkillId(skill.parse().unwrap_or(0)), weight)
        };
        WriteCompetency {
            name: self.name.clone(),
            behaviour: self.behaviour.clone(),
            anchors: self.anchors.clone(),
            skills: self.lines.iter().map(line).collect(),
        }
    }

    fn with_empty_lines(mut self) -> Form {
        self.lines.resize_with(SKILLS_PER_COMPETENCY_MAX, || (String::new(), "1".to_owned()));
        self
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let (rows, retired) = views::competency_rows(tx)?;
        let missing = if actor.is_lead() { competencies::count_missing(tx)? } else { 0 };
        Ok::<_, Problem>(Index { shell: Shell::load(tx)?, actor, rows, retired, missing })
    });
    Ok(Html(page.await?))
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CompetencyId>,
) -> Result<Html<Show>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::competency_page(tx, id)?;
        let mut all = if actor.is_lead() { roles::list_roles(tx)? } else { Vec::new() };
        all.retain(|it| !page.roles.iter().any(|(role, _)| *role == it.id));
        let roles = all.into_iter().map(|it| (it.id, it.name)).collect();
        Ok::<_, Problem>(Show { shell: Shell::load(tx)?, actor, page, roles })
    });
    Ok(Html(page.await?))
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    Ok(Html(form(&web, actor, None, Some(Form::default())).await?))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CompetencyId>,
) -> Result<Html<Edit>, Problem> {
    Ok(Html(form(&web, actor, Some(id), None).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let written = Form::read(&fields);
    let command = written.command();
    let made = web.desk.write(actor, move |tx| competencies::create_competency(tx, &command)).await;
    match made.map_err(Problem::from) {
        Ok(it) => Ok(Said::new("Made. Scorecards and roles can name it now.")
            .then(&format!("/skills/competencies/{}", it.id))),
        Err(problem) => again(&web, actor, None, written, problem).await,
    }
}

pub async fn add_shipped(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    let added = web.desk.write(actor, competencies::add_shipped).await?;
    let said = match added {
        0 => "All of them are here already.".to_owned(),
        count => format!("{} added.", crate::say::counted(count, "competency", "competencies")),
    };
    Ok(Said::new(said).then("/skills/competencies"))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CompetencyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let written = Form::read(&fields);
    let command = written.command();
    let saved = web.desk.write(actor, move |tx| competencies::update_competency(tx, id, &command)).await;
    match saved.map_err(Problem::from) {
        Ok(_) => {
            Ok(Said::new("Saved. Scorecards follow when they are saved again; finished reviews keep theirs.")
                .then(&format!("/skills/competencies/{id}")))
        }
        Err(problem) => again(&web, actor, Some(id), written, problem).await,
    }
}

pub async fn retire(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CompetencyId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| competencies::retire_competency(tx, id)).await?;
    let said = Said::new("Retired: it is offered no more.");
    Ok(said.with_undo(format!("/skills/competencies/{id}/restore")).then("/skills/competencies"))
}

pub async fn restore(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CompetencyId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| competencies::restore_competency(tx, id)).await?;
    Ok(Said::new("Back in use.").then(&format!("/skills/competencies/{id}")))
}

/// A role asks for it from now on.
pub async fn ask(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CompetencyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let number = |name: &str| fields.text(name).replace(',', ".").parse().unwrap_or(-1.0);
    let command = AskCompetency {
        role: fields.parsed("role").ok_or_else(Problem::not_found)?,
        competency: id,
        level: number("level"),
        weight: number("weight"),
    };
    let role = command.role;
    let asked = web.desk.write(actor, move |tx| roles::ask_competency(tx, &command)).await;
    match asked.map_err(Problem::from) {
        Ok(_) => {
            Ok(Said::new("The role asks for each of its skills now.").then(&format!("/skills/roles/{role}")))
        }
        Err(problem) if problem.kind == Kind::Invalid || problem.kind == Kind::TooMuch => {
            Ok(Said { bad: true, ..Said::new(problem.words) }.then(&format!("/skills/competencies/{id}")))
        }
        Err(problem) => Err(problem),
    }
}

async fn again(
    web: &Web,
    actor: Actor,
    id: Option<CompetencyId>,
    written: Form,
    problem: Problem,
) -> Result<Response, Problem> {
    if problem.field.is_none() {
        return Err(problem);
    }
    let (status, shown) = (problem.status(), form(web, actor, id, Some(written)).await?);
    Ok((status, Html(Edit { problem: Some(problem), ..shown })).into_response())
}

pub(super) async fn form(
    web: &Web,
    actor: Actor,
    id: Option<CompetencyId>,
    written: Option<Form>,
) -> Result<Edit, Problem> {
    only_leads(actor)?;
    web.desk
        .read(actor, move |tx| {
            let (mut found, mut words) = (None, Vec::new());
            if let Some(id) = id {
                found = Some(competencies::find_competency(tx, id)?.ok_or_else(Problem::not_found)?);
                words = competencies::words_of(tx, id)?.into_iter().map(words_form).collect();
            }
            words.push(WordsForm::default());
            let form = written.clone().or_else(|| found.as_ref().map(Form::of)).unwrap_or_default();
            let mut library: Vec<SkillSummary> =
                skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect();
            library.sort_by_key(|it| it.name.to_lowercase());
            let form = form.with_empty_lines();
            let (shell, problem, words_problem) = (Shell::load(tx)?, None, None);
            let source = found.as_ref().map(source_of);
            Ok::<_, Problem>(Edit {
                shell,
                competency: id,
                form,
                library,
                problem,
                source,
                words,
                words_problem,
            })
        })
        .await
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::samples::{cell, renders, shell, summary};
    use desk::{Role, ScorecardId, UserId};

    pub fn competency() -> Competency {
        Competency {
            id: CompetencyId(3),
            name: "Calms <people>".into(),
            behaviour: "Names the feeling before the facts.".into(),
            anchors: ["Argues", "", "Hears <first>", "", "Turns it round"].map(str::to_owned),
            skills: vec![(summary(1, "De-escalation"), 1.0), (summary(2, "الاستماع"), 0.65)],
            updated_at: 0,
            retired_at: None,
        }
    }

    fn lead() -> Actor {
        Actor::person(UserId(1), Role::Lead)
    }

    #[test]
    fn without_one_the_list_says_what_a_competency_is() {
        let html =
            renders(&Index { shell: shell(), actor: lead(), rows: vec![], retired: vec![], missing: 8 });
        assert!(html.contains("used together") && html.contains("/skills/competencies/new"));
        assert!(html.contains("/skills/competencies/shipped"));
        let agent = Actor::person(UserId(1), Role::Agent);
        let html =
            renders(&Index { shell: shell(), actor: agent, rows: vec![], retired: vec![], missing: 8 });
        assert!(!html.contains("/skills/competencies/new"));
    }

    #[test]
    fn the_list_names_who_has_it_and_what_is_out_of_use() {
        let row = CompetencyRow { competency: competency(), seen: 9, independent: 4 };
        let retired = Competency { id: CompetencyId(4), retired_at: Some(1), ..competency() };
        let html = renders(&Index {
            shell: shell(),
            actor: lead(),
            rows: vec![row],
            retired: vec![retired],
            missing: 0,
        });
        for words in ["Calms &#60;people&#62;", "4 of 9", "/skills/competencies/4/restore"] {
            assert!(html.contains(words), "{words} in {html}");
        }
        assert!(!html.contains("/skills/competencies/shipped"), "nothing is missing");
    }

    #[test]
    fn a_competency_shows_its_skills_its_people_and_where_it_is_used() {
        let person = PersonWith {
            user: UserId(2),
            name: "ليلى".into(),
            level: 3.4,
            sd: 0.3,
            interval: (3.0, 3.8),
            p_independent: 0.9,
            seen: 0.61,
            cells: vec![Some(cell(3.4, 0.3)), None],
        };
        let page = CompetencyPage {
            competency: competency(),
            people: vec![person],
            categories: vec![(ScorecardId(1), "Conversations".into(), "Empathy".into())],
            roles: vec![(RoleId(5), "Phone agent".into())],
        };
        let roles = vec![(RoleId(6), "Team lead".to_owned())];
        let html = renders(&Show { shell: shell(), actor: lead(), page: page.clone(), roles });
        for words in [
            "De-escalation",
            "61 % of it seen",
            "Hears &#60;first&#62;",
            "Phone agent",
            "Conversations",
            "/skills/competencies/3/roles",
            "class=\"num wraps\"",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
        let bare = CompetencyPage { people: vec![], categories: vec![], roles: vec![], ..page };
        let agent = Actor::person(UserId(1), Role::Agent);
        assert!(
            renders(&Show { shell: shell(), actor: agent, page: bare, roles: vec![] }).contains("Nobody")
        );
    }

    #[test]
    fn what_was_written_wrongly_stays_with_its_reason() {
        let problem = Problem { field: Some("skill"), ..Problem::invalid("A competency has 2 to 5 skills.") };
        let form = Form { name: "It".into(), ..Form::of(&competency()) };
        let html = renders(&Edit {
            shell: shell(),
            competency: Some(CompetencyId(3)),
            form: form.with_empty_lines(),
            library: vec![summary(1, "De-escalation"), summary(2, "Listening")],
            problem: Some(problem),
            source: None,
            words: vec![],
            words_problem: None,
        });
        assert!(
            html.contains("A competency has 2 to 5 skills.")
                && html.contains(r#"value="0.65""#)
                && html.contains("Turns it round"),
            "{html}"
        );
    }
}
