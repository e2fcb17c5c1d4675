//! `/skills/roles`: what each job asks, who has it, and how ready they are.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::people::{self, User};
use desk::skills::roles::views::{self, Measured, NeedState, RolePage, RoleRow};
use desk::skills::roles::{self, NEEDS_PER_ROLE_MAX, NewNeed, RoleProfile, SetHolders, Who, WriteRole};
use desk::skills::{self, SkillSummary};
use desk::{Actor, Kind, RoleId, SkillId};

/// Empty lines for skills that are to be added.
const EMPTY_LINES: usize = 4;

#[derive(askama::Template)]
#[template(path = "skills/roles/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub roles: Vec<RoleRow>,
    pub retired: Vec<(RoleId, String)>,
}

#[derive(askama::Template)]
#[template(path = "skills/roles/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub page: RolePage,
    /// For choosing who has it.
    pub agents: Vec<User>,
}

impl Show {
    fn mine(&self) -> Option<&Measured> {
        self.page.holders.iter().find(|it| self.actor.is(it.user)).and_then(|it| it.measured.as_ref())
    }

    fn holds(&self, user: &User) -> bool {
        self.page.holders.iter().any(|it| it.user == user.id)
    }

    /// Only of "at least so many": of everyone, the table says it person by person.
    fn at_least_chance(&self, it: &NeedState) -> Option<f64> {
        it.p_met.filter(|_| it.need.who != Who::Everyone)
    }

    fn whole(&self, level: &f64) -> i64 {
        crate::words::whole_level(*level)
    }
}

#[derive(askama::Template)]
#[template(path = "skills/roles/edit.html")]
pub struct Edit {
    pub shell: Shell,
    /// `None`: a new one.
    pub role: Option<RoleId>,
    pub form: Form,
    pub library: Vec<SkillSummary>,
    pub problem: Option<Problem>,
}

/// What was written, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub name: String,
    pub meaning: String,
    pub source: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub skill: String,
    pub level: String,
    pub weight: String,
    /// Empty: everyone.
    pub count: String,
}

impl Edit {
    fn lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.form.lines.iter().enumerate()
    }

    fn is_skill(&self, line: &Line, skill: &SkillSummary) -> bool {
        line.skill == skill.id.to_string()
    }
}

impl Form {
    fn of(role: &RoleProfile) -> Form {
        let line = |it: &roles::RoleNeed| Line {
            skill: it.skill.id.to_string(),
            level: crate::words::short_level(it.level),
            weight: weight_words(&it.weight),
            count: match it.who {
                Who::Everyone => String::new(),
                Who::AtLeast(count) => count.to_string(),
            },
        };
        Form {
            name: role.name.clone(),
            meaning: role.meaning.clone(),
            source: role.source.clone(),
            lines: role.needs.iter().map(line).collect(),
        }
    }

    fn read(fields: &Fields) -> Form {
        let line = |n: usize| Line {
            skill: fields.owned(&format!("skill_{n}")),
            level: fields.owned(&format!("level_{n}")),
            weight: fields.owned(&format!("weight_{n}")),
            count: fields.owned(&format!("count_{n}")),
        };
        let last = NEEDS_PER_ROLE_MAX + EMPTY_LINES;
        let lines = (0..last).filter(|n| fields.has(&format!("skill_{n}"))).map(line);
        Form {
            name: fields.owned("name"),
            meaning: fields.owned("meaning"),
            source: fields.owned("source"),
            lines: lines.filter(|it| !it.skill.is_empty()).collect(),
        }
    }

    /// What cannot be read as a number becomes one that the desk refuses with its reason.
    fn command(&self) -> WriteRole {
        let number = |text: &str| text.replace(',', ".").parse::<f64>().unwrap_or(-1.0);
        let need = |line: &Line| NewNeed {
            skill: SkillId(line.skill.parse().unwrap_or(0)),
            level: number(&line.level),
            weight: number(&line.weight),
            who: match line.count.as_str() {
                "" => Who::Everyone,
                count => Who::AtLeast(count.parse().unwrap_or(0)),
            },
        };
        WriteRole {
            name: self.name.clone(),
            meaning: self.meaning.clone(),
            source: Some(self.source.clone()),
            needs: self.lines.iter().map(need).collect(),
        }
    }

    fn with_empty_lines(mut self) -> Form {
        let many = self.lines.len() + EMPTY_LINES;
        self.lines.resize_with(many.min(NEEDS_PER_ROLE_MAX + EMPTY_LINES), || Line {
            level: "3".into(),
            weight: "0.5".into(),
            ..Line::default()
        });
        self
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let (roles, retired) = (views::role_rows(tx)?, views::retired_roles(tx)?);
        Ok::<_, Problem>(Index { shell: Shell::load(tx)?, actor, roles, retired })
    });
    Ok(Html(page.await?))
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(role): Path<RoleId>,
) -> Result<Html<Show>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::role_page(tx, role)?;
        let agents = if actor.is_lead() { people::list_agents(tx)? } else { Vec::new() };
        Ok::<_, Problem>(Show { shell: Shell::load(tx)?, actor, page, agents })
    });
    Ok(Html(page.await?))
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    Ok(Html(form(&web, actor, None, Some(Form::default())).await?))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(role): Path<RoleId>,
) -> Result<Html<Edit>, Problem> {
    Ok(Html(form(&web, actor, Some(role), None).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let written = Form::read(&fields);
    let command = written.command();
    match web.desk.write(actor, move |tx| roles::create_role(tx, &command)).await.map_err(Problem::from) {
        Ok(role) => Ok(Said::new("Made. Say now who has it.").then(&format!("/skills/roles/{}", role.id))),
        Err(problem) => again(&web, actor, None, written, problem).await,
    }
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(role): Path<RoleId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let written = Form::read(&fields);
    let command = written.command();
    match web.desk.write(actor, move |tx| roles::update_role(tx, role, &command)).await.map_err(Problem::from)
    {
        Ok(_) => Ok(Said::new("Saved.").then(&format!("/skills/roles/{role}"))),
        Err(problem) => again(&web, actor, Some(role), written, problem).await,
    }
}

pub async fn hold(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(role): Path<RoleId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = SetHolders { role, users: fields.list("user") };
    web.desk.write(actor, move |tx| roles::set_holders(tx, &command)).await?;
    Ok(Said::new("Saved.").then(&format!("/skills/roles/{role}#holders")))
}

pub async fn retire(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(role): Path<RoleId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| roles::retire_role(tx, role)).await?;
    let said = Said::new("Retired: nobody is measured against it. Who had it is kept.");
    Ok(said.with_undo(format!("/skills/roles/{role}/restore")).then("/skills/roles"))
}

pub async fn restore(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(role): Path<RoleId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| roles::restore_role(tx, role)).await?;
    Ok(Said::new("Back among the roles.").then(&format!("/skills/roles/{role}")))
}

async fn again(
    web: &Web,
    actor: Actor,
    role: Option<RoleId>,
    written: Form,
    problem: Problem,
) -> Result<Response, Problem> {
    if matches!(problem.kind, Kind::Broken | Kind::Busy | Kind::NotFound | Kind::Forbidden) {
        return Err(problem);
    }
    let (status, shown) = (problem.status(), form(web, actor, role, Some(written)).await?);
    Ok((status, Html(Edit { problem: Some(problem), ..shown })).into_response())
}

async fn form(web: &Web, actor: Actor, role: Option<RoleId>, written: Option<Form>) -> Result<Edit, Problem> {
    super::only_leads(actor)?;
    web.desk
        .read(actor, move |tx| {
            let form = match (&written, role) {
                (Some(written), _) => written.clone(),
                (None, Some(role)) => Form::of(&roles::find_role(tx, role)?.ok_or_else(Problem::not_found)?),
                (None, None) => Form::default(),
            };
            let mut library: Vec<SkillSummary> =
                skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect();
            library.sort_by_key(|it| it.name.to_lowercase());
            let form = form.with_empty_lines();
            Ok::<_, Problem>(Edit { shell: Shell::load(tx)?, role, form, library, problem: None })
        })
        .await
}

/// `everyone`, or `at least 2 present`.
pub fn who_words(who: &Who) -> String {
    match who {
        Who::Everyone => "everyone".to_owned(),
        Who::AtLeast(count) => format!("at least {count} present"),
    }
}

/// `0.7`, `0.65`.
pub fn weight_words(weight: &f64) -> String {
    let text = format!("{weight:.2}");
    text.strip_suffix('0').map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::skills::roles::RoleNeed;
    use desk::skills::roles::views::{Holder, Missing};
    use desk::{Role, UserId};

    fn measured(user: i64, name: &str, seen: usize) -> Measured {
        let missing = Missing {
            skill: summary(1, "SAML <login>"),
            asked: 3.0,
            level: 1.2,
            gap: 1.8,
            p_met: 0.1,
            seen: seen > 0,
        };
        Measured {
            user: UserId(user),
            name: name.into(),
            p: 0.41,
            low: 0.03,
            high: 0.6,
            met_weight: 0.8,
            asked: 2,
            met: 1,
            seen,
            missing: vec![missing],
        }
    }

    fn need(who: Who) -> RoleNeed {
        RoleNeed { skill: summary(1, "SAML <login>"), level: 3.0, weight: 0.7, who }
    }

    fn profile() -> RoleProfile {
        RoleProfile {
            id: RoleId(1),
            key: "tier-2".into(),
            name: "Support Specialist, tier 2".into(),
            meaning: "Takes what tier 1 could not settle.".into(),
            source: roles::SHIPPED_SOURCE.into(),
            needs: vec![need(Who::Everyone), need(Who::AtLeast(2))],
            created_at: 0,
            updated_at: 0,
            retired_at: None,
        }
    }

    fn page(role: Role, holders: Vec<Holder>) -> String {
        let needs = profile().needs.into_iter().enumerate();
        let needs = needs.map(|(n, need)| NeedState { need, seen_by: 2 * n, met_by: n, p_met: Some(0.37) });
        let growing = vec![measured(4, "Ümit", 2)];
        let page = RolePage { role: profile(), needs: needs.collect(), holders, growing };
        let actor = Actor::person(UserId(1), role);
        renders(&Show { shell: shell(), actor, page, agents: vec![crate::samples::user(Role::Agent)] })
    }

    #[test]
    fn a_role_shows_who_is_ready_with_bounds_and_what_stands_between() {
        let holder = |id, seen| Holder {
            user: UserId(id),
            name: "Leila".into(),
            measured: Some(measured(id, "Leila", seen)),
        };
        let html = page(Role::Lead, vec![holder(2, 2), holder(3, 0)]);
        for words in [
            "1 of 2</a> who were seen at it",
            "little seen",
            "80 % by weight",
            "41 %",
            "(3–60)",
            "too little evidence",
            "SAML &#60;login&#62;",
            "met with 37 %",
            "O*NET",
        ] {
            assert!(html.contains(words), "{words}");
        }
    }

    #[test]
    fn an_agent_reads_their_own_line_and_no_colleagues() {
        let others = Holder { user: UserId(2), name: "Kofi".into(), measured: None };
        let mine = Holder { user: UserId(1), name: "Me".into(), measured: Some(measured(1, "Me", 2)) };
        let html = page(Role::Agent, vec![mine, others]);
        assert!(
            html.contains(
                "You meet <b>1 of 2</b> as likely as not, and all of it with probability <b>41 %</b>"
            )
        );
        let half = Holder { user: UserId(1), name: "Me".into(), measured: Some(measured(1, "Me", 1)) };
        let half = page(Role::Agent, vec![half]);
        assert!(
            half.contains("as likely as not (1 little seen), and") && half.contains("1 little seen · 80 %")
        );
        assert!(html.contains("for them and leads") && !html.contains("change who has it"));
    }

    #[test]
    fn the_list_is_whole_when_empty_and_when_nothing_is_known() {
        let actor = Actor::person(UserId(1), Role::Lead);
        let empty = Index { shell: shell(), actor, roles: vec![], retired: vec![(RoleId(9), "Old".into())] };
        assert!(renders(&empty).contains("No role is described"));
        let row = RoleRow {
            id: RoleId(1),
            name: "مدير".into(),
            meaning: String::new(),
            needs: 3,
            holders: 2,
            enough: 0,
            ready: None,
            met_weight: None,
            weakest: None,
        };
        let known = RoleRow {
            enough: 2,
            ready: Some(1.3),
            met_weight: Some(0.8),
            weakest: Some(summary(1, "X")),
            ..row.clone()
        };
        let html = renders(&Index { shell: shell(), actor, roles: vec![row, known], retired: vec![] });
        assert!(html.contains("too little evidence") && html.contains("1.3 of 2"));
    }

    #[test]
    fn a_form_keeps_what_was_written_and_reads_it_back() {
        let form = Form::of(&profile());
        assert_eq!(form.lines[1].count, "2");
        let command = form.command();
        assert_eq!((command.needs[1].who, command.needs[0].weight), (Who::AtLeast(2), 0.7));
        let odd =
            Form { lines: vec![Line { skill: "1".into(), level: "x".into(), ..Line::default() }], ..form };
        assert!(odd.command().needs[0].level < 0.0, "the desk says what is wrong with it");
        let problem = Some(Problem { field: Some("level"), ..Problem::invalid("A level is wrong.") });
        let library = vec![summary(1, "SAML <login>")];
        let page = Edit { shell: shell(), role: None, form: odd.with_empty_lines(), library, problem };
        let html = renders(&page);
        assert!(html.contains("A level is wrong.") && html.contains("value=\"x\""));
    }
}
