//! `/people/new` and `/people/{id}/edit`: what is written down about a person; and shutting somebody out.

use super::role_word;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::people::{self, CreateUser, Organization, Seek, UpdateUser, User};
use desk::{Actor, OrganizationId, Role, Tx, UserId};

/// Organizations that the form offers.
const ORGANIZATIONS_MAX: usize = 500;

#[derive(askama::Template)]
#[template(path = "people/edit.html")]
pub struct Edit {
    pub shell: Shell,
    pub actor: Actor,
    /// `None`: somebody new.
    pub user: Option<User>,
    pub organizations: Vec<Organization>,
    pub form: Person,
    pub problem: Option<Problem>,
}

/// What the form holds.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub role: String,
    pub locale: String,
    pub time_zone: String,
    pub organization: String,
    pub signature: String,
    pub details: String,
    pub notes: String,
}

impl Person {
    fn of(user: &User) -> Person {
        Person {
            name: user.name.clone(),
            email: user.email.clone().unwrap_or_default(),
            phone: user.phone.clone().unwrap_or_default(),
            role: user.role.name().to_owned(),
            locale: user.locale.clone(),
            time_zone: user.time_zone.clone(),
            organization: user.organization_id.map(|id| id.to_string()).unwrap_or_default(),
            signature: user.signature.clone(),
            details: user.details.clone(),
            notes: user.notes.clone(),
        }
    }

    fn from_fields(fields: &Fields) -> Person {
        Person {
            name: fields.owned("name"),
            email: fields.owned("email"),
            phone: fields.owned("phone"),
            role: fields.owned("role"),
            locale: fields.owned("locale"),
            time_zone: fields.owned("time_zone"),
            organization: fields.owned("organization"),
            signature: fields.owned("signature"),
            details: fields.owned("details"),
            notes: fields.owned("notes"),
        }
    }
}

impl Edit {
    fn is_staff(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role.is_staff())
    }

    /// Everybody may change what is personal of their own; the rest is for those who look after people.
    fn may_change_all(&self) -> bool {
        match &self.user {
            None => true,
            Some(user) if user.role.is_staff() => self.actor.is_admin(),
            Some(_) => self.actor.is_agent(),
        }
    }

    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        Role::ALL.iter().map(|role| (role.name(), role_word(role))).collect()
    }

    fn belongs_to(&self, organization: &Organization) -> bool {
        self.form.organization == organization.id.to_string()
    }
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let company = desk::settings::company(tx)?;
        let form = Person { locale: company.locale, time_zone: company.time_zone, ..Person::default() };
        page(tx, actor, None, form)
    });
    Ok(Html(page.await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = CreateUser {
        name: fields.owned("name"),
        email: fields.given("email").map(str::to_owned),
        phone: fields.given("phone").map(str::to_owned),
        locale: fields.given("locale").map(str::to_owned),
        time_zone: fields.given("time_zone").map(str::to_owned),
        organization: fields.parsed("organization"),
        details: fields.owned("details"),
        notes: fields.owned("notes"),
        ..CreateUser::default()
    };
    match web.desk.write(actor, move |tx| people::create_user(tx, &command)).await.map_err(Problem::from) {
        Ok(user) => Ok(Said::new("Written down.").then(&format!("/people/{user}"))),
        Err(problem) => again(&web, actor, None, &fields, problem).await,
    }
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Html<Edit>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let user = existing(tx, user)?;
        let form = Person::of(&user);
        page(tx, actor, Some(user), form)
    });
    Ok(Html(page.await?))
}

/// A field that the form did not show stays as it is.
pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let command = UpdateUser {
        name: fields.has("name").then(|| fields.owned("name")),
        email: fields.given("email").map(str::to_owned),
        phone: fields.has("phone").then(|| fields.given("phone").map(str::to_owned)),
        role: Role::parse(fields.text("role")),
        locale: fields.given("locale").map(str::to_owned),
        time_zone: fields.given("time_zone").map(str::to_owned),
        organization: fields.has("organization").then(|| fields.parsed::<OrganizationId>("organization")),
        signature: fields.has("signature").then(|| fields.owned("signature")),
        details: fields.has("details").then(|| fields.owned("details")),
        notes: fields.has("notes").then(|| fields.owned("notes")),
        version: fields.parsed("version"),
        ..UpdateUser::of(user)
    };
    match web.desk.write(actor, move |tx| people::update_user(tx, &command)).await.map_err(Problem::from) {
        Ok(user) => Ok(Said::new("Saved.").then(&format!("/people/{}", user.id))),
        Err(problem) => again(&web, actor, Some(user), &fields, problem).await,
    }
}

pub async fn suspend(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| people::suspend(tx, user)).await?;
    let said = Said::new("Suspended: no sign-in, and their mail waits for a look.");
    Ok(said.with_undo(format!("/people/{user}/unsuspend")).then(&format!("/people/{user}")))
}

pub async fn unsuspend(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| people::unsuspend(tx, user)).await?;
    Ok(Said::new("Welcome again.").then(&format!("/people/{user}")))
}

async fn again(
    web: &Web,
    actor: Actor,
    user: Option<UserId>,
    fields: &Fields,
    problem: Problem,
) -> Result<Response, Problem> {
    if matches!(problem.kind, desk::Kind::Broken | desk::Kind::Busy | desk::Kind::NotFound) {
        return Err(problem);
    }
    let (status, form) = (problem.status(), Person::from_fields(fields));
    let found = web.desk.read(actor, move |tx| {
        let user = user.map(|user| existing(tx, user)).transpose()?;
        page(tx, actor, user, form.clone())
    });
    Ok((status, Html(Edit { problem: Some(problem), ..found.await? })).into_response())
}

fn existing(tx: &mut Tx, user: UserId) -> Result<User, Problem> {
    people::find_user(tx, user)?.filter(|user| user.deleted_at.is_none()).ok_or_else(Problem::not_found)
}

fn page(tx: &mut Tx, actor: Actor, user: Option<User>, form: Person) -> Result<Edit, Problem> {
    let organizations = people::list_organizations(tx, Seek::First, ORGANIZATIONS_MAX)?;
    Ok(Edit { shell: Shell::load(tx)?, actor, user, organizations, form, problem: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{shell, user};
    use askama::Template;

    fn render(user: Option<User>, role: Role, problem: Option<Problem>) -> String {
        let form = user.as_ref().map(Person::of).unwrap_or_default();
        let actor = Actor::person(UserId(1), role);
        Edit { shell: shell(), actor, user, organizations: vec![], form, problem }.render().unwrap()
    }

    #[test]
    fn roles_are_offered_to_admins_only() {
        assert!(render(Some(user(Role::Agent)), Role::Admin, None).contains("name=\"role\""));
        assert!(!render(Some(user(Role::Agent)), Role::Agent, None).contains("name=\"role\""));
        assert!(!render(None, Role::Admin, None).contains("name=\"role\""));
    }

    #[test]
    fn a_conflict_stands_above_the_form() {
        let problem = Problem::new(desk::Kind::Conflict, "Somebody else has just changed this person.");
        assert!(render(Some(user(Role::EndUser)), Role::Agent, Some(problem)).contains("Somebody else"));
    }
}
