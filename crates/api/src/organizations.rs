//! `/organizations`: companies and households whose people write to us.

use crate::bulk;
use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::*;
use crate::time::iso;
use desk::people::{self, CreateOrganization, Organization, UpdateOrganization};
use desk::{OrganizationId, Tx, UserId};
use serde_json::{Value, json};

pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = paging::by_id(
            tx,
            &paging,
            |organization: &Organization| organization.id.0,
            people::list_organizations,
            people::count_organizations,
        )?;
        let page = page.map(|it| OrganizationShape::of(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "organizations", page))))
    })
    .await
}

/// The one that a person belongs to, if any.
pub async fn of_user(Id(user): Id<UserId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let user = people::find_user(tx, user)?.ok_or(Problem::NotFound)?;
        let ids: Vec<OrganizationId> = user.organization_id.into_iter().collect();
        let all = people::list_organizations_by_ids(tx, &ids)?;
        unpaged(tx, call, all)
    })
    .await
}

pub async fn count(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let value = people::count_organizations(tx)?;
        Ok(Reply::one("count", CountShape { value, refreshed_at: iso(tx.now()) }))
    })
    .await
}

pub async fn show(Id(organization): Id<OrganizationId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        Ok(Reply::one("organization", found(tx, organization)?))
    })
    .await
}

pub async fn show_many(call: Call) -> Answer {
    let ids: Vec<OrganizationId> = call.ids("ids")?;
    call.read(move |tx, call| {
        call.only_staff()?;
        let mut all = people::list_organizations_by_ids(tx, &ids)?;
        all.retain(|it| it.deleted_at.is_none());
        unpaged(tx, call, all)
    })
    .await
}

pub async fn autocomplete(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let beginning = call.query("name").unwrap_or_default();
        let all = people::autocomplete_organizations(tx, beginning, people::PEOPLE_PER_PAGE_MAX)?;
        unpaged(tx, call, all)
    })
    .await
}

/// By exact name or by `external_id`.
pub async fn search(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let all = match (call.query("external_id"), call.query("name")) {
            (Some(external_id), _) => by_external_id(tx, external_id)?,
            (None, Some(name)) => {
                let one = people::find_organization_by_name(tx, name)?;
                one.into_iter().filter(|it| it.deleted_at.is_none()).collect()
            }
            (None, None) => return Err(Problem::BadRequest("parameter missing: external_id or name".into())),
        };
        unpaged(tx, call, all)
    })
    .await
}

fn by_external_id(tx: &mut Tx, external_id: &str) -> Result<Vec<Organization>, Problem> {
    Ok(people::find_organization_by_external_id(tx, external_id)?.into_iter().collect())
}

fn unpaged(tx: &mut Tx, call: &Call, all: Vec<Organization>) -> Answer {
    let (paging, urls) = (call.paging()?, Urls::of(tx)?);
    let page = Paged::of_all(all, &paging)?.map(|it| OrganizationShape::of(&it, &urls));
    Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "organizations", page))))
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<OrganizationBody>()?.organization;
    call.write(move |tx, _| {
        let id = make(tx, &wanted)?;
        let shape = found(tx, id)?;
        Ok(Reply::created(shape.url.clone(), json!({ "organization": shape })))
    })
    .await
}

pub async fn create_or_update(call: Call) -> Answer {
    let wanted = call.body::<OrganizationBody>()?.organization;
    call.write(move |tx, _| {
        let known = match (wanted.id, wanted.external_id.clone().flatten(), &wanted.name) {
            (Some(id), _, _) => Some(OrganizationId(id)),
            (None, Some(external_id), _) => by_external_id(tx, &external_id)?.first().map(|it| it.id),
            (None, None, Some(name)) => people::find_organization_by_name(tx, name)?.map(|it| it.id),
            (None, None, None) => None,
        };
        match known {
            Some(id) => {
                change(tx, id, &wanted)?;
                Ok(Reply::one("organization", found(tx, id)?))
            }
            None => {
                let id = make(tx, &wanted)?;
                let shape = found(tx, id)?;
                Ok(Reply::created(shape.url.clone(), json!({ "organization": shape })))
            }
        }
    })
    .await
}

pub async fn update(Id(organization): Id<OrganizationId>, call: Call) -> Answer {
    let wanted = call.body::<OrganizationBody>()?.organization;
    call.write(move |tx, _| {
        change(tx, organization, &wanted)?;
        Ok(Reply::one("organization", found(tx, organization)?))
    })
    .await
}

pub async fn destroy(Id(organization): Id<OrganizationId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        people::delete_organization(tx, organization)?;
        Ok(Reply::nothing())
    })
    .await
}

pub async fn create_many(call: Call) -> Answer {
    let wanted = call.body::<OrganizationsBody>()?.organizations;
    let steps = wanted.into_iter().map(|one| {
        move |tx: &mut Tx| {
            let id = make(tx, &one)?;
            Ok(JobResultShape {
                id: Some(id.0),
                action: Some("create"),
                status: Some("Created"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Create Organization", steps.collect()).await
}

pub async fn update_many(call: Call) -> Answer {
    let ids: Vec<i64> = call.ids("ids")?;
    let body = call.body::<ManyOrganizationsBody>()?;
    let wanted: Vec<OrganizationChange> = match (body.organization, body.organizations) {
        (Some(one), _) => ids.iter().map(|id| OrganizationChange { id: Some(*id), ..one.clone() }).collect(),
        (None, Some(many)) => many,
        (None, None) => return Err(Problem::BadRequest("parameter missing: organizations".into())),
    };
    let steps = wanted.into_iter().map(|one| {
        move |tx: &mut Tx| {
            let id = OrganizationId(one.id.ok_or_else(|| Problem::missing("id"))?);
            change(tx, id, &one)?;
            Ok(JobResultShape {
                id: Some(id.0),
                action: Some("update"),
                status: Some("Updated"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Update Organization", steps.collect()).await
}

pub async fn destroy_many(call: Call) -> Answer {
    let ids: Vec<OrganizationId> = call.ids("ids")?;
    let steps = ids.into_iter().map(|id| {
        move |tx: &mut Tx| {
            people::delete_organization(tx, id)?;
            Ok(JobResultShape {
                id: Some(id.0),
                action: Some("delete"),
                status: Some("Deleted"),
                ..bulk::done()
            })
        }
    });
    bulk::run(call, "Bulk Delete Organization", steps.collect()).await
}

fn found(tx: &mut Tx, id: OrganizationId) -> Result<OrganizationShape, Problem> {
    let urls = Urls::of(tx)?;
    let one =
        people::find_organization(tx, id)?.filter(|it| it.deleted_at.is_none()).ok_or(Problem::NotFound)?;
    Ok(OrganizationShape::of(&one, &urls))
}

fn make(tx: &mut Tx, wanted: &OrganizationChange) -> Result<OrganizationId, Problem> {
    let text = |change: &Change<String>| change.clone().flatten().unwrap_or_default();
    let command = CreateOrganization {
        name: wanted.name.clone().unwrap_or_default(),
        domains: wanted.domain_names.clone().unwrap_or_default(),
        details: text(&wanted.details),
        notes: text(&wanted.notes),
        external_id: wanted.external_id.clone().flatten(),
    };
    Ok(people::create_organization(tx, &command)?)
}

fn change(tx: &mut Tx, id: OrganizationId, wanted: &OrganizationChange) -> Result<Organization, Problem> {
    let text = |change: &Change<String>| change.clone().map(Option::unwrap_or_default);
    let mut command = UpdateOrganization::of(id);
    command.name = wanted.name.clone();
    command.domains = wanted.domain_names.clone();
    command.details = text(&wanted.details);
    command.notes = text(&wanted.notes);
    command.external_id = wanted.external_id.clone();
    Ok(people::update_organization(tx, &command)?)
}
