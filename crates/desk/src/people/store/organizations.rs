//! Every statement on organizations and their domains.

use super::{Seek, in_order, json_of, page_of};
use crate::people::Organization;
use crate::people::folding::{fold_domain, name_key};
use crate::{OrganizationId, Tx};
use db::{Error, Row, params};

const ORGANIZATION_COLUMNS: &str = "o.id, o.name, o.details, o.notes, o.external_id, o.created_at, o.updated_at, \
    o.deleted_at, (select string_agg(d.domain, ' ') from organization_domains d where d.organization_id = o.id)";

fn organization_of(row: &Row<'_>) -> Result<Organization, Error> {
    let domains: Option<String> = row.get(8)?;
    let mut domains: Vec<String> =
        domains.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    domains.sort();
    Ok(Organization {
        id: row.get(0)?,
        name: row.get(1)?,
        details: row.get(2)?,
        notes: row.get(3)?,
        external_id: row.get(4)?,
        domains,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
        deleted_at: row.get(7)?,
    })
}

/// Also finds organizations that have been deleted.
pub fn find_organization(tx: &mut Tx, organization: OrganizationId) -> Result<Option<Organization>, Error> {
    let sql = format!("select {ORGANIZATION_COLUMNS} from organizations o where o.id = $1");
    tx.find(&sql, params![organization], organization_of)
}

/// By the domain of an address, or the address itself.
pub fn find_organization_by_domain(tx: &mut Tx, domain: &str) -> Result<Option<OrganizationId>, Error> {
    let domain = domain.rsplit_once('@').map_or(domain, |(_, domain)| domain);
    let Some(domain) = fold_domain(domain) else { return Ok(None) };
    tx.find("select organization_id from organization_domains where domain = $1", params![domain], |row| {
        row.get(0)
    })
}

pub fn find_organization_by_name(tx: &mut Tx, name: &str) -> Result<Option<Organization>, Error> {
    let sql = format!("select {ORGANIZATION_COLUMNS} from organizations o where o.name_key = $1");
    tx.find(&sql, params![name_key(name)], organization_of)
}

pub fn find_organization_by_external_id(
    tx: &mut Tx,
    external_id: &str,
) -> Result<Option<Organization>, Error> {
    let sql = format!(
        "select {ORGANIZATION_COLUMNS} from organizations o
         where o.external_id = $1 and o.deleted_at is null order by o.id limit 1"
    );
    tx.find(&sql, params![external_id], organization_of)
}

/// Changed before `before`, deleted ones too, in the order of the last change, after this change of this organization.
pub fn list_changed_organizations(
    tx: &mut Tx,
    after: (i64, OrganizationId),
    before: i64,
    count: usize,
) -> Result<Vec<Organization>, Error> {
    let sql = format!(
        "select {ORGANIZATION_COLUMNS} from organizations o where (o.updated_at, o.id) > ($1, $2) and o.updated_at < $3
         order by o.updated_at, o.id limit $4"
    );
    tx.list(&sql, params![after.0, after.1, before, count], organization_of)
}

pub fn list_organizations(tx: &mut Tx, seek: Seek, count_max: usize) -> Result<Vec<Organization>, Error> {
    let mut values = Vec::new();
    let mut conditions = String::from("o.deleted_at is null");
    let page = page_of(seek, count_max, "o.id", &mut conditions, &mut values);
    let sql = format!("select {ORGANIZATION_COLUMNS} from organizations o where {conditions} {page}");
    in_order(seek, tx.list(&sql, &values, organization_of)?)
}

pub fn list_organizations_by_ids(tx: &mut Tx, ids: &[OrganizationId]) -> Result<Vec<Organization>, Error> {
    let among = tx.numbers_in(1);
    let sql =
        format!("select {ORGANIZATION_COLUMNS} from organizations o where o.id in {among} order by o.id");
    tx.list(&sql, params![json_of(ids)], organization_of)
}

pub fn count_organizations(tx: &mut Tx) -> Result<i64, Error> {
    tx.value("select count(*) from organizations where deleted_at is null", params![])
}

/// Organizations whose folded name begins with `beginning`, by name.
pub fn autocomplete_organizations(
    tx: &mut Tx,
    beginning: &str,
    count_max: usize,
) -> Result<Vec<Organization>, Error> {
    let from = name_key(beginning);
    let to = format!("{from}\u{10ffff}");
    let sql = format!(
        "select {ORGANIZATION_COLUMNS} from organizations o
         where o.deleted_at is null and substr(o.name_key, 1, length(cast($1 as text))) = $1 and o.name_key <= $2
         order by o.name_key limit $3"
    );
    tx.list(&sql, params![from, to, count_max], organization_of)
}

/// `None` if the name is taken.
pub(in crate::people) fn insert_organization(
    tx: &mut Tx,
    of: &Organization,
) -> Result<Option<OrganizationId>, Error> {
    let now = tx.now();
    tx.find(
        "insert into organizations (name, name_key, details, notes, external_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6) on conflict (name_key) do nothing returning id",
        params![of.name, name_key(&of.name), of.details, of.notes, of.external_id, now],
        |row| row.get(0),
    )
}

/// Saves all but the domains.
pub(in crate::people) fn save_organization(tx: &mut Tx, of: &Organization) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update organizations set name = $1, name_key = $2, details = $3, notes = $4, external_id = $5,
                updated_at = $6 where id = $7",
        params![of.name, name_key(&of.name), of.details, of.notes, of.external_id, now, of.id],
    )?;
    Ok(())
}

/// The name becomes free; its people belong nowhere.
pub(in crate::people) fn delete_organization(tx: &mut Tx, organization: OrganizationId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("delete from organization_domains where organization_id = $1", params![organization])?;
    tx.execute(
        "update users set organization_id = null, updated_at = $1, version = version + 1 where organization_id = $2",
        params![now, organization],
    )?;
    tx.execute(
        "update organizations set name_key = $1, deleted_at = $2, updated_at = $2 where id = $3",
        params![format!("\u{1}deleted {organization}"), now, organization],
    )?;
    Ok(())
}

/// False if the domain is another organization's.
pub(in crate::people) fn insert_domain(
    tx: &mut Tx,
    organization: OrganizationId,
    domain: &str,
) -> Result<bool, Error> {
    tx.execute(
        "insert into organization_domains (domain, organization_id) values ($1, $2) on conflict (domain) do nothing",
        params![domain, organization],
    )?;
    let owner: OrganizationId =
        tx.value("select organization_id from organization_domains where domain = $1", params![domain])?;
    Ok(owner == organization)
}

pub(in crate::people) fn delete_domains_of(tx: &mut Tx, organization: OrganizationId) -> Result<(), Error> {
    tx.execute("delete from organization_domains where organization_id = $1", params![organization])?;
    Ok(())
}
