//! Companies and households whose people write to us, and the mail domains that tell them.

use super::folding::{clean_name, fold_domain, limited_text, name_key};
use super::{DOMAINS_PER_ORGANIZATION_MAX, Organization, PeopleError, store};
use crate::events::{self, Event};
use crate::{OrganizationId, Tx};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateOrganization {
    pub name: String,
    pub domains: Vec<String>,
    pub details: String,
    pub notes: String,
    pub external_id: Option<String>,
}

/// What is `None` stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateOrganization {
    pub organization: OrganizationId,
    pub name: Option<String>,
    /// Replaces all domains.
    pub domains: Option<Vec<String>>,
    pub details: Option<String>,
    pub notes: Option<String>,
    pub external_id: Option<Option<String>>,
}

impl UpdateOrganization {
    /// A change of this organization that changes nothing yet.
    pub fn of(organization: OrganizationId) -> Self {
        UpdateOrganization {
            organization,
            name: None,
            domains: None,
            details: None,
            notes: None,
            external_id: None,
        }
    }
}

pub fn create_organization(tx: &mut Tx, command: &CreateOrganization) -> Result<OrganizationId, PeopleError> {
    if !tx.actor().is_agent() {
        return Err(PeopleError::OnlyAgentsChangeOrganizations);
    }
    let organization = Organization {
        id: OrganizationId(0),
        name: clean_name(&command.name)?,
        details: limited_text(&command.details)?,
        notes: limited_text(&command.notes)?,
        external_id: command.external_id.clone().filter(|id| !id.is_empty()),
        domains: folded_domains(&command.domains)?,
        created_at: tx.now(),
        updated_at: tx.now(),
        deleted_at: None,
    };
    let id = store::insert_organization(tx, &organization)?.ok_or(PeopleError::OrganizationExists)?;
    put_domains(tx, id, &organization.domains)?;
    events::record(tx, &Event::OrganizationCreated { organization: id })?;
    Ok(id)
}

pub fn update_organization(tx: &mut Tx, command: &UpdateOrganization) -> Result<Organization, PeopleError> {
    if !tx.actor().is_agent() {
        return Err(PeopleError::OnlyAgentsChangeOrganizations);
    }
    let before = existing(tx, command.organization)?;
    let mut after = before.clone();
    if let Some(name) = &command.name {
        after.name = clean_name(name)?;
    }
    if let Some(domains) = &command.domains {
        after.domains = folded_domains(domains)?;
    }
    if let Some(details) = &command.details {
        after.details = limited_text(details)?;
    }
    if let Some(notes) = &command.notes {
        after.notes = limited_text(notes)?;
    }
    if let Some(external_id) = &command.external_id {
        after.external_id = external_id.clone().filter(|id| !id.is_empty());
    }
    if before == after {
        return Ok(before);
    }
    if name_key(&before.name) != name_key(&after.name) {
        tx.lock(&format!("organization:{}", name_key(&after.name)))?;
        if store::find_organization_by_name(tx, &after.name)?.is_some() {
            return Err(PeopleError::OrganizationExists);
        }
    }
    after.updated_at = tx.now();
    store::save_organization(tx, &after)?;
    if before.domains != after.domains {
        store::delete_domains_of(tx, after.id)?;
        put_domains(tx, after.id, &after.domains)?;
    }
    events::record(tx, &Event::OrganizationChanged { organization: after.id })?;
    Ok(after)
}

/// Its people stay; they belong nowhere.
pub fn delete_organization(tx: &mut Tx, organization: OrganizationId) -> Result<(), PeopleError> {
    if !tx.actor().is_agent() {
        return Err(PeopleError::OnlyAgentsChangeOrganizations);
    }
    let organization = existing(tx, organization)?;
    store::delete_organization(tx, organization.id)?;
    events::record(tx, &Event::OrganizationChanged { organization: organization.id })?;
    Ok(())
}

fn existing(tx: &mut Tx, organization: OrganizationId) -> Result<Organization, PeopleError> {
    let found = store::find_organization(tx, organization)?;
    found.filter(|it| it.deleted_at.is_none()).ok_or(PeopleError::NoSuchOrganization)
}

fn folded_domains(domains: &[String]) -> Result<Vec<String>, PeopleError> {
    let fold = |domain: &String| {
        fold_domain(domain).ok_or_else(|| PeopleError::DomainIsWrong(domain.chars().take(100).collect()))
    };
    let mut domains = domains.iter().map(fold).collect::<Result<Vec<_>, _>>()?;
    domains.sort();
    domains.dedup();
    match domains.len() <= DOMAINS_PER_ORGANIZATION_MAX {
        true => Ok(domains),
        false => Err(PeopleError::TooManyDomains),
    }
}

fn put_domains(tx: &mut Tx, organization: OrganizationId, domains: &[String]) -> Result<(), PeopleError> {
    for domain in domains {
        if !store::insert_domain(tx, organization, domain)? {
            return Err(PeopleError::DomainIsTaken(domain.clone()));
        }
    }
    Ok(())
}
