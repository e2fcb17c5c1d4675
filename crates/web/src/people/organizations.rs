//! `/organizations`: companies and households, and the domains their people write from.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use desk::people::{
    self, CreateOrganization, Organization, Seek, UpdateOrganization, User, UserFilter, views as people_views,
};
use desk::tickets::views::{self as tickets, TicketRow};
use desk::tickets::{Filter, Order};
use desk::{Actor, OrganizationId, Tx};
use serde::Deserialize;

const ROWS: usize = 50;
/// People and tickets that one organization's page shows.
const SHOWN: usize = 25;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub q: String,
    pub before: Option<i64>,
}

#[derive(askama::Template)]
#[template(path = "people/organizations.html")]
pub struct Index {
    pub shell: Shell,
    pub asked: Asked,
    pub rows: Vec<Organization>,
    pub count: i64,
    pub next: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct Written {
    pub name: String,
    pub domains: String,
    pub details: String,
    pub notes: String,
}

#[derive(askama::Template)]
#[template(path = "people/organization.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    /// `None`: a new one.
    pub organization: Option<Organization>,
    pub form: Written,
    pub people: Vec<User>,
    pub people_count: i64,
    pub unsolved: i64,
    pub tickets: Vec<TicketRow>,
    pub problem: Option<Problem>,
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let mut rows = match asked.q.trim() {
            "" => {
                let before = Seek::Before(asked.before.unwrap_or(i64::MAX));
                let mut rows = people::list_organizations(tx, before, ROWS + 1)?;
                rows.sort_by_key(|row| std::cmp::Reverse(row.id));
                rows
            }
            words => people::autocomplete_organizations(tx, words, ROWS)?,
        };
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).map(|row| row.id.0);
        let count = people::count_organizations(tx)?;
        Ok::<_, Problem>(Index { shell: Shell::load(tx)?, asked: asked.clone(), rows, count, next })
    });
    Ok(Html(page.await?))
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Show>, Problem> {
    Ok(Html(page(&web, actor, None, None).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = CreateOrganization {
        name: fields.owned("name"),
        domains: fields.lines("domains"),
        details: fields.owned("details"),
        notes: fields.owned("notes"),
        external_id: None,
    };
    match web
        .desk
        .write(actor, move |tx| people::create_organization(tx, &command))
        .await
        .map_err(Problem::from)
    {
        Ok(id) => Ok(Said::new("Written down. Whoever writes from these domains belongs here.")
            .then(&format!("/organizations/{id}"))),
        Err(problem) => again(&web, actor, None, &fields, problem).await,
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OrganizationId>,
) -> Result<Html<Show>, Problem> {
    Ok(Html(page(&web, actor, Some(id), None).await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OrganizationId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = UpdateOrganization {
        name: Some(fields.owned("name")),
        domains: Some(fields.lines("domains")),
        details: Some(fields.owned("details")),
        notes: Some(fields.owned("notes")),
        ..UpdateOrganization::of(id)
    };
    match web
        .desk
        .write(actor, move |tx| people::update_organization(tx, &command))
        .await
        .map_err(Problem::from)
    {
        Ok(_) => Ok(Said::new("Saved.").then(&format!("/organizations/{id}"))),
        Err(problem) => again(&web, actor, Some(id), &fields, problem).await,
    }
}

pub async fn remove(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OrganizationId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| people::delete_organization(tx, id)).await?;
    Ok(Said::new("Removed. Its people stay; they belong nowhere now.").then("/organizations"))
}

async fn again(
    web: &Web,
    actor: Actor,
    id: Option<OrganizationId>,
    fields: &Fields,
    problem: Problem,
) -> Result<Response, Problem> {
    if problem.field.is_none() {
        return Err(problem);
    }
    let form = Written {
        name: fields.owned("name"),
        domains: fields.owned("domains"),
        details: fields.owned("details"),
        notes: fields.owned("notes"),
    };
    let status = problem.status();
    let shown = page(web, actor, id, Some(form)).await?;
    Ok((status, Html(Show { problem: Some(problem), ..shown })).into_response())
}

async fn page(
    web: &Web,
    actor: Actor,
    id: Option<OrganizationId>,
    form: Option<Written>,
) -> Result<Show, Problem> {
    web.desk
        .read(actor, move |tx| {
            let organization = id.map(|id| existing(tx, id)).transpose()?;
            let mut shown = Show {
                shell: Shell::load(tx)?,
                actor,
                now: tx.now(),
                form: form.clone().or_else(|| organization.as_ref().map(written)).unwrap_or_default(),
                organization: None,
                people: Vec::new(),
                people_count: 0,
                unsolved: 0,
                tickets: Vec::new(),
                problem: None,
            };
            if let Some(id) = id {
                let filter = UserFilter { organization: Some(id), ..UserFilter::default() };
                shown.people = people::list_users(tx, &filter, Seek::First, SHOWN)?;
                (shown.people_count, shown.unsolved) = people_views::organization_counts(tx, id)?;
                let filter = Filter { organization: Some(id), ..Filter::default() };
                shown.tickets = tickets::page(tx, &filter, Order::UpdatedNewest, None, SHOWN)?.rows;
            }
            shown.organization = organization;
            Ok::<_, Problem>(shown)
        })
        .await
}

fn written(organization: &Organization) -> Written {
    Written {
        name: organization.name.clone(),
        domains: organization.domains.join("\n"),
        details: organization.details.clone(),
        notes: organization.notes.clone(),
    }
}

fn existing(tx: &mut Tx, id: OrganizationId) -> Result<Organization, Problem> {
    people::find_organization(tx, id)?.filter(|it| it.deleted_at.is_none()).ok_or_else(Problem::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{shell, user};
    use askama::Template;
    use desk::{Role, UserId};

    fn organization() -> Organization {
        Organization {
            id: OrganizationId(3),
            name: "Taller Reyes".into(),
            details: String::new(),
            notes: String::new(),
            external_id: None,
            domains: vec!["reyes.example".into()],
            created_at: 0,
            updated_at: 0,
            deleted_at: None,
        }
    }

    fn show(organization: Option<Organization>, problem: Option<Problem>) -> Show {
        Show {
            shell: shell(),
            actor: Actor::person(UserId(1), Role::Agent),
            now: 0,
            form: organization.as_ref().map(written).unwrap_or_default(),
            people: organization.iter().map(|_| user(Role::EndUser)).collect(),
            people_count: 1,
            unsolved: 0,
            tickets: vec![],
            organization,
            problem,
        }
    }

    #[test]
    fn an_organization_shows_its_people_and_domains() {
        let html = show(Some(organization()), None).render().unwrap();
        assert!(html.contains("reyes.example") && html.contains("Marta"));
    }

    #[test]
    fn a_new_one_starts_empty_and_a_wrong_domain_is_named() {
        assert!(show(None, None).render().unwrap().contains("New organization"));
        let problem = Problem { field: Some("domain_names"), ..Problem::invalid("\"x\" is not a domain.") };
        assert!(show(None, Some(problem)).render().unwrap().contains("is not a domain"));
    }

    #[test]
    fn a_list_without_organizations_teaches() {
        let index = Index { shell: shell(), asked: Asked::default(), rows: vec![], count: 0, next: None };
        assert!(index.render().unwrap().contains("domain"));
    }
}
