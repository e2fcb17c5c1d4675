//! `/admin/groups`: who shares which work.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::people::{self, CreateGroup, Group, GroupWithMembers, PeopleError, Seek, UpdateGroup, User};
use desk::{Actor, GroupId, UserId};

const MEMBERS_MAX: usize = 1_000;

#[derive(askama::Template)]
#[template(path = "admin/groups.html")]
pub struct Index {
    pub shell: Shell,
    pub groups: Vec<GroupWithMembers>,
    pub name: String,
    pub description: String,
    pub problem: Option<Problem>,
}

#[derive(askama::Template)]
#[template(path = "admin/group.html")]
pub struct Edit {
    pub shell: Shell,
    pub group: Group,
    pub members: Vec<UserId>,
    pub agents: Vec<User>,
    pub problem: Option<Problem>,
}

impl Edit {
    fn holds(&self, user: &User) -> bool {
        self.members.contains(&user.id)
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(list(&web, actor).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let command = CreateGroup { name: form.owned("name"), description: form.owned("description") };
    let copy = command.clone();
    match web.desk.write(actor, move |tx| people::create_group(tx, &copy)).await.map_err(Problem::from) {
        Ok(group) => Ok(Said::new("Made. Put people into it.").then(&format!("/admin/groups/{group}"))),
        Err(problem) => {
            let (status, shown) = (problem.status(), list(&web, actor).await?);
            let page = Index {
                name: command.name,
                description: command.description,
                problem: Some(problem),
                ..shown
            };
            Ok((status, Html(page)).into_response())
        }
    }
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(group): Path<GroupId>,
) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(page(&web, actor, group).await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(group): Path<GroupId>,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let wanted: Vec<UserId> = form.list("member");
    let command = UpdateGroup {
        group,
        name: Some(form.owned("name")),
        description: Some(form.owned("description")),
        make_default: false,
    };
    let saved = web.desk.write(actor, move |tx| {
        people::update_group(tx, &command)?;
        let present = people::list_memberships(tx, None, Some(group), Seek::First, MEMBERS_MAX)?;
        for gone in present.iter().filter(|it| !wanted.contains(&it.user)) {
            people::remove_membership(tx, gone.id)?;
        }
        for user in wanted.iter().filter(|user| present.iter().all(|it| it.user != **user)) {
            people::add_membership(tx, *user, group)?;
        }
        Ok::<_, PeopleError>(())
    });
    match saved.await.map_err(Problem::from) {
        Ok(()) => Ok(Said::new("Saved.").then("/admin/groups")),
        Err(problem) if problem.field.is_some() => {
            let (status, shown) = (problem.status(), page(&web, actor, group).await?);
            Ok((status, Html(Edit { problem: Some(problem), ..shown })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn make_default(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(group): Path<GroupId>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let command = UpdateGroup { group, name: None, description: None, make_default: true };
    web.desk.write(actor, move |tx| people::update_group(tx, &command)).await?;
    Ok(Said::new("What nobody puts anywhere comes here now.").then("/admin/groups"))
}

pub async fn remove(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(group): Path<GroupId>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    match web.desk.write(actor, move |tx| people::delete_group(tx, group)).await.map_err(Problem::from) {
        Ok(()) => Ok(Said::new("Removed.").then("/admin/groups")),
        Err(problem) if problem.kind == desk::Kind::Conflict => {
            let said = Said { bad: true, ..Said::new(problem.words) };
            Ok(said.then(&format!("/admin/groups/{group}")))
        }
        Err(problem) => Err(problem),
    }
}

async fn list(web: &Web, actor: Actor) -> Result<Index, Problem> {
    web.desk
        .read(actor, move |tx| {
            Ok::<_, Problem>(Index {
                groups: people::list_groups_with_members(tx)?,
                shell: Shell::load(tx)?,
                name: String::new(),
                description: String::new(),
                problem: None,
            })
        })
        .await
}

async fn page(web: &Web, actor: Actor, group: GroupId) -> Result<Edit, Problem> {
    web.desk
        .read(actor, move |tx| {
            let found = people::find_group(tx, group)?.filter(|it| it.deleted_at.is_none());
            let members = people::list_memberships(tx, None, Some(group), Seek::First, MEMBERS_MAX)?;
            Ok::<_, Problem>(Edit {
                group: found.ok_or_else(Problem::not_found)?,
                members: members.into_iter().map(|it| it.user).collect(),
                agents: people::list_agents(tx)?,
                shell: Shell::load(tx)?,
                problem: None,
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{group, shell, user};
    use askama::Template;
    use desk::Role;

    #[test]
    fn a_group_without_people_is_pointed_at() {
        let groups = vec![GroupWithMembers { group: group(1, "Billing"), members: vec![] }];
        let page =
            Index { shell: shell(), groups, name: String::new(), description: String::new(), problem: None };
        assert!(page.render().unwrap().contains("nobody yet"));
    }

    #[test]
    fn members_are_ticked_and_a_refusal_is_named() {
        let agent = user(Role::Agent);
        let problem = Problem { field: Some("name"), ..Problem::invalid("A name is needed.") };
        let page = Edit {
            shell: shell(),
            group: group(2, "Front"),
            members: vec![agent.id],
            agents: vec![agent],
            problem: Some(problem),
        };
        let html = page.render().unwrap();
        assert!(html.contains("checked") && html.contains("A name is needed."));
    }
}
