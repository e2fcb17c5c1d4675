//! `/people/invite`: a link that lets a colleague in, shown once.

use crate::fields::Fields;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use desk::access::{self, Invite};
use desk::people::{self, Group};
use desk::{Actor, GroupId, Role, Tx};

#[derive(askama::Template)]
#[template(path = "people/invite.html")]
pub struct New {
    pub shell: Shell,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub chosen: Vec<GroupId>,
    pub groups: Vec<Group>,
    pub problem: Option<Problem>,
}

impl New {
    fn roles(&self) -> impl Iterator<Item = &'static Role> {
        Role::ALL.iter().filter(|role| role.is_staff())
    }
}

#[derive(askama::Template)]
#[template(path = "people/invited.html")]
pub struct Invited {
    pub shell: Shell,
    pub name: String,
    pub link: String,
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<New>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, move |tx| form(tx, &Fields::default(), None)).await?;
    Ok(Html(page))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let command = Invite {
        name: fields.owned("name"),
        email: fields.owned("email"),
        role: Role::parse(fields.text("role")).unwrap_or(Role::Agent),
        groups: fields.list("group"),
    };
    let name = command.name.clone();
    let invited = web.desk.write(actor, move |tx| {
        let invited = access::invite(tx, &command).map_err(Problem::from)?;
        let url = desk::settings::company(tx)?.public_url;
        let link = format!("{}/invite/{}", url.trim_end_matches('/'), invited.token);
        Ok::<_, Problem>(Invited { shell: Shell::load(tx)?, name: name.clone(), link })
    });
    match invited.await {
        Ok(page) => Ok(Html(page).into_response()),
        Err(problem) if problem.field.is_some() => {
            let status = problem.status();
            let page = web.desk.read(actor, move |tx| form(tx, &fields, None)).await?;
            Ok((status, Html(New { problem: Some(problem), ..page })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

fn must_be_admin(actor: Actor) -> Result<(), Problem> {
    match actor.is_admin() {
        true => Ok(()),
        false => Err(Problem::new(desk::Kind::Forbidden, "Only admins may invite colleagues.")),
    }
}

fn form(tx: &mut Tx, fields: &Fields, problem: Option<Problem>) -> Result<New, Problem> {
    Ok(New {
        name: fields.owned("name"),
        email: fields.owned("email"),
        role: Role::parse(fields.text("role")).unwrap_or(Role::Agent),
        chosen: fields.list("group"),
        groups: people::list_groups(tx)?,
        shell: Shell::load(tx)?,
        problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{group, shell};
    use askama::Template;

    #[test]
    fn what_was_written_survives_a_refusal() {
        let problem = Problem { field: Some("email"), ..Problem::invalid("This person works here already.") };
        let page = New {
            shell: shell(),
            name: "Ana \"the\" Novak".into(),
            email: "ana@desk.example".into(),
            role: Role::Lead,
            chosen: vec![GroupId(1)],
            groups: vec![group(1, "Billing"), group(2, "Front")],
            problem: Some(problem),
        };
        let html = page.render().unwrap();
        assert!(html.contains("works here already") && html.contains("ana@desk.example"));
        assert!(html.contains("aria-describedby=\"email-error\""));
    }

    #[test]
    fn the_link_is_shown_whole() {
        let page =
            Invited { shell: shell(), name: "李".into(), link: "https://desk.example/invite/abc".into() };
        assert!(page.render().unwrap().contains("https://desk.example/invite/abc"));
    }
}
