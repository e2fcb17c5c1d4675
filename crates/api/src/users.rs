//! `/users`: customers and staff.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::*;
use crate::time::iso;
use crate::{bulk, ticket_facts};
use axum::http::StatusCode;
use desk::people::{self, CreateUser, UpdateUser, User, UserFilter};
use desk::{OrganizationId, Role, Tx, UserId, people::AddIdentity};
use serde_json::{Value, json};

pub async fn index(call: Call) -> Answer {
    let filter = UserFilter {
        roles: roles_in(&call)?,
        external_id: call.query("external_id").map(str::to_owned),
        ..UserFilter::default()
    };
    listed(call, filter).await
}

pub async fn of_group(Id(group): Id<desk::GroupId>, call: Call) -> Answer {
    listed(call, UserFilter { group: Some(group), ..UserFilter::default() }).await
}

pub async fn of_organization(Id(organization): Id<OrganizationId>, call: Call) -> Answer {
    listed(call, UserFilter { organization: Some(organization), ..UserFilter::default() }).await
}

async fn listed(call: Call, filter: UserFilter) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = paging::by_id(
            tx,
            &paging,
            |user: &User| user.id.0,
            |tx, seek, count| people::list_users(tx, &filter, seek, count),
            |tx| people::count_users(tx, &filter),
        )?;
        enveloped(tx, call, &urls, &paging, page)
    })
    .await
}

fn enveloped(tx: &mut Tx, call: &Call, urls: &Urls, paging: &paging::Paging, page: Paged<User>) -> Answer {
    let mut shapes = ticket_facts::user_shapes(tx, urls, &page.rows)?.into_iter();
    let organizations: Vec<OrganizationId> =
        page.rows.iter().filter_map(|user| user.organization_id).collect();
    let shaped = page.map(|_| shapes.next());
    let mut body = paging::envelope(call, urls, paging, "users", shaped);
    if call.includes("organizations") {
        let found = people::list_organizations_by_ids(tx, &organizations)?;
        let shapes: Vec<_> = found.iter().map(|it| OrganizationShape::of(it, urls)).collect();
        body.insert("organizations".into(), json!(shapes));
    }
    Ok(Reply::ok(Value::Object(body)))
}

/// `role=agent`, `role[]=agent&role[]=admin`. Clients know three roles; light agents and leads are agents to them.
fn roles_in(call: &Call) -> Result<Vec<Role>, Problem> {
    let mut roles = Vec::new();
    for name in call.query_all("role").iter().flat_map(|all| all.split(',')) {
        match name {
            "agent" => roles.extend([Role::LightAgent, Role::Agent, Role::Lead]),
            other => roles.push(
                Role::parse(other)
                    .ok_or_else(|| Problem::invalid("role", format!("{other:?} is not a role")))?,
            ),
        }
    }
    Ok(roles)
}

pub async fn count(call: Call) -> Answer {
    let filter = UserFilter { roles: roles_in(&call)?, ..UserFilter::default() };
    call.read(move |tx, call| {
        call.only_staff()?;
        let value = people::count_users(tx, &filter)?;
        Ok(Reply::one("count", CountShape { value, refreshed_at: iso(tx.now()) }))
    })
    .await
}

pub async fn show(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        if !call.actor.is(user) {
            call.only_staff()?;
        }
        let user = people::find_user(tx, user)?.ok_or(Problem::NotFound)?;
        Ok(Reply::one("user", shape(tx, &user)?))
    })
    .await
}

pub async fn me(call: Call) -> Answer {
    let me = call.actor.user().ok_or(Problem::NotFound)?;
    show(Id(me), call).await
}

pub async fn related(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        people::find_user(tx, user)?.ok_or(Problem::NotFound)?;
        let counts = people::views::related_counts(tx, user)?;
        let related = UserRelatedShape {
            assigned_tickets: counts.assigned,
            requested_tickets: counts.requested,
            ccd_tickets: counts.copied,
            organization_subscriptions: 0,
        };
        Ok(Reply::one("user_related", related))
    })
    .await
}

pub async fn show_many(call: Call) -> Answer {
    let ids: Vec<UserId> = call.ids("ids")?;
    call.read(move |tx, call| {
        call.only_staff()?;
        let found = match call.query("external_ids") {
            None => people::list_by_ids(tx, &ids)?,
            Some(all) => {
                let mut found = Vec::new();
                for external_id in all.split(',').take(crate::call::IDS_PER_CALL_MAX) {
                    found.extend(by_external_id(tx, external_id)?);
                }
                found
            }
        };
        unpaged(tx, call, found)
    })
    .await
}

/// `query=` words or an address, or `external_id=`.
pub async fn search(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let found = match (call.query("external_id"), call.query("query")) {
            (Some(external_id), _) => by_external_id(tx, external_id)?,
            (None, Some(words)) => crate::search::users_by(tx, words)?,
            (None, None) => return Err(Problem::BadRequest("parameter missing: query".into())),
        };
        unpaged(tx, call, found)
    })
    .await
}

pub async fn autocomplete(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let found =
            people::search_users(tx, call.query("name").unwrap_or_default(), people::PEOPLE_PER_PAGE_MAX)?;
        unpaged(tx, call, found)
    })
    .await
}

fn unpaged(tx: &mut Tx, call: &Call, found: Vec<User>) -> Answer {
    let (paging, urls) = (call.paging()?, Urls::of(tx)?);
    let page = Paged::of_all(found, &paging)?;
    enveloped(tx, call, &urls, &paging, page)
}

fn by_external_id(tx: &mut Tx, external_id: &str) -> Result<Vec<User>, Problem> {
    let filter = UserFilter { external_id: Some(external_id.to_owned()), ..UserFilter::default() };
    Ok(people::list_users(tx, &filter, people::Seek::First, people::PEOPLE_PER_PAGE_MAX)?)
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<UserBody>()?.user;
    call.write(move |tx, _| {
        let user = make(tx, &wanted)?;
        let location = Urls::of(tx)?.resource(&format!("/users/{}", user.id));
        Ok(Reply::created(location, json!({ "user": shape(tx, &user)? })))
    })
    .await
}

/// By external id or address; 200 when somebody was changed, 201 when somebody was made.
pub async fn create_or_update(call: Call) -> Answer {
    let wanted = call.body::<UserBody>()?.user;
    call.write(move |tx, _| {
        let (user, made) = make_or_change(tx, &wanted)?;
        let location = Urls::of(tx)?.resource(&format!("/users/{}", user.id));
        let status = if made { StatusCode::CREATED } else { StatusCode::OK };
        Ok(Reply { status, ..Reply::created(location, json!({ "user": shape(tx, &user)? })) })
    })
    .await
}

pub async fn update(Id(user): Id<UserId>, call: Call) -> Answer {
    let wanted = call.body::<UserBody>()?.user;
    call.write(move |tx, _| {
        let user = change(tx, user, &wanted)?;
        Ok(Reply::one("user", shape(tx, &user)?))
    })
    .await
}

/// Answers with the person as they are now: not active.
pub async fn destroy(Id(user): Id<UserId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        people::delete_user(tx, user)?;
        let user = people::find_user(tx, user)?.ok_or(Problem::NotFound)?;
        Ok(Reply::one("user", shape(tx, &user)?))
    })
    .await
}

pub async fn create_many(call: Call) -> Answer {
    let wanted = call.body::<UsersBody>()?.users;
    let steps = wanted.into_iter().map(|one| {
        move |tx: &mut Tx| {
            let user = make(tx, &one)?;
            Ok(JobResultShape {
                id: Some(user.id.0),
                action: Some("create"),
                status: Some("Created"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Create User", steps.collect()).await
}

pub async fn create_or_update_many(call: Call) -> Answer {
    let wanted = call.body::<UsersBody>()?.users;
    let steps = wanted.into_iter().map(|one| {
        move |tx: &mut Tx| {
            let (user, made) = make_or_change(tx, &one)?;
            let status = Some(if made { "Created" } else { "Updated" });
            Ok(JobResultShape { id: Some(user.id.0), status, ..bulk::done() })
        }
    });
    bulk::run(call, "Bulk Create Or Update User", steps.collect()).await
}

pub async fn update_many(call: Call) -> Answer {
    let ids: Vec<i64> = call.ids("ids")?;
    let body = call.body::<ManyUsersBody>()?;
    let wanted: Vec<UserChange> = match (body.user, body.users) {
        (Some(one), _) => ids.iter().map(|id| UserChange { id: Some(*id), ..one.clone() }).collect(),
        (None, Some(many)) => many,
        (None, None) => return Err(Problem::BadRequest("parameter missing: users".into())),
    };
    let steps = wanted.into_iter().map(|one| {
        move |tx: &mut Tx| {
            let id = UserId(one.id.ok_or_else(|| Problem::missing("id"))?);
            change(tx, id, &one)?;
            Ok(JobResultShape {
                id: Some(id.0),
                action: Some("update"),
                status: Some("Updated"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Update User", steps.collect()).await
}

pub async fn destroy_many(call: Call) -> Answer {
    let ids: Vec<UserId> = call.ids("ids")?;
    let steps = ids.into_iter().map(|id| {
        move |tx: &mut Tx| {
            people::delete_user(tx, id)?;
            Ok(JobResultShape {
                id: Some(id.0),
                action: Some("delete"),
                status: Some("Deleted"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Delete User", steps.collect()).await
}

fn shape(tx: &mut Tx, user: &User) -> Result<UserShape, Problem> {
    let urls = Urls::of(tx)?;
    let mut one = ticket_facts::user_shapes(tx, &urls, std::slice::from_ref(user))?;
    one.pop().ok_or(Problem::NotFound)
}

fn role_in(wanted: &UserChange) -> Result<Option<Role>, Problem> {
    let wrong = |name: &str| Problem::invalid("role", format!("{name:?} is not a role"));
    wanted.role.as_deref().map(|name| Role::parse(name).ok_or_else(|| wrong(name))).transpose()
}

fn make(tx: &mut Tx, wanted: &UserChange) -> Result<User, Problem> {
    let text = |change: &Change<String>| change.clone().flatten().unwrap_or_default();
    let email = wanted.email.clone().filter(|it| !it.is_empty()).or_else(|| {
        let all = wanted.identities.iter().flatten();
        all.clone().find(|it| it.kind.as_deref() == Some("email")).and_then(|it| it.value.clone())
    });
    let command = CreateUser {
        name: wanted.name.clone().unwrap_or_default(),
        email,
        phone: wanted.phone.clone().flatten(),
        role: role_in(wanted)?.unwrap_or(Role::EndUser),
        locale: wanted.locale.clone(),
        time_zone: wanted.time_zone.clone(),
        organization: wanted.organization_id.flatten().map(OrganizationId),
        verified: wanted.verified.unwrap_or(false),
        signature: text(&wanted.signature),
        details: text(&wanted.details),
        notes: text(&wanted.notes),
        external_id: wanted.external_id.clone().flatten(),
    };
    let user = people::create_user(tx, &command)?;
    for identity in wanted.identities.iter().flatten() {
        let Some(value) = identity.value.clone() else { continue };
        let kind = crate::identities::kind_in(identity)?;
        let verified = identity.verified.unwrap_or(false);
        people::add_identity(tx, &AddIdentity { user, kind, value, verified })?;
    }
    people::find_user(tx, user)?.ok_or(Problem::NotFound)
}

fn change(tx: &mut Tx, user: UserId, wanted: &UserChange) -> Result<User, Problem> {
    // A change of nothing but spelling of `null` is the empty text.
    let text = |change: &Change<String>| change.clone().map(Option::unwrap_or_default);
    let mut command = UpdateUser::of(user);
    command.name = wanted.name.clone();
    command.email = wanted.email.clone();
    command.phone = wanted.phone.clone();
    command.role = role_in(wanted)?;
    command.locale = wanted.locale.clone();
    command.time_zone = wanted.time_zone.clone();
    command.organization = wanted.organization_id.map(|id| id.map(OrganizationId));
    command.signature = text(&wanted.signature);
    command.details = text(&wanted.details);
    command.notes = text(&wanted.notes);
    command.external_id = wanted.external_id.clone();
    people::update_user(tx, &command)?;
    match wanted.suspended {
        Some(true) => people::suspend(tx, user)?,
        Some(false) => people::unsuspend(tx, user)?,
        None => {}
    }
    if wanted.verified == Some(true) {
        for identity in people::list_identities(tx, user)?.iter().filter(|it| it.is_primary) {
            people::verify_identity(tx, identity.id)?;
        }
    }
    people::find_user(tx, user)?.ok_or(Problem::NotFound)
}

fn make_or_change(tx: &mut Tx, wanted: &UserChange) -> Result<(User, bool), Problem> {
    let mut known = None;
    if let Some(external_id) = wanted.external_id.clone().flatten() {
        known = by_external_id(tx, &external_id)?.into_iter().next();
    }
    if let (None, Some(email)) = (&known, &wanted.email) {
        known = people::find_user_by_email(tx, email)?;
    }
    match known {
        Some(user) => Ok((change(tx, user.id, wanted)?, false)),
        None => Ok((make(tx, wanted)?, true)),
    }
}
