//! `certificates`.

use super::super::*;
use super::{ROWS_MAX, from_json, to_json};
use crate::{CertificateId, Tx, UserId};
use db::{Error, Row, params};

const CERTIFICATE: &str =
    "select id, user_id, name, issuer, link, skills, issued_at, expires_at, confirmed_by,
    confirmed_at from certificates where";

fn certificate(row: &Row<'_>) -> Result<Certificate, Error> {
    Ok(Certificate {
        id: row.get(0)?,
        user: row.get(1)?,
        name: row.get(2)?,
        issuer: row.get(3)?,
        link: row.get(4)?,
        skills: from_json(&row.get::<String>(5)?)?,
        issued_at: row.get(6)?,
        expires_at: row.get(7)?,
        confirmed_by: row.get(8)?,
        confirmed_at: row.get(9)?,
    })
}

pub(in crate::assessments) fn insert_certificate(
    tx: &mut Tx,
    it: &AddCertificate,
) -> Result<CertificateId, Error> {
    let now = tx.now();
    let skills = to_json(&it.skills)?;
    tx.one(
        "insert into certificates (user_id, name, issuer, link, skills, issued_at, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        params![it.user, it.name, it.issuer, it.link, skills, it.issued_at, it.expires_at, now],
        |row| row.get(0),
    )
}

pub(in crate::assessments) fn find_certificate(
    tx: &mut Tx,
    id: CertificateId,
) -> Result<Option<Certificate>, Error> {
    tx.find(&format!("{CERTIFICATE} removed_at is null and id = $1"), params![id], certificate)
}

pub(in crate::assessments) fn find_removed_certificate(
    tx: &mut Tx,
    id: CertificateId,
) -> Result<Option<Certificate>, Error> {
    tx.find(&format!("{CERTIFICATE} removed_at is not null and id = $1"), params![id], certificate)
}

/// Of one person or, with `None`, of everybody; those that end first come first.
pub(in crate::assessments) fn list_certificates(
    tx: &mut Tx,
    user: Option<UserId>,
) -> Result<Vec<Certificate>, Error> {
    let user = user.map_or(0, |it| it.0);
    tx.list(
        &format!(
            "{CERTIFICATE} removed_at is null and (cast($1 as bigint) = 0 or user_id = $1)
             order by coalesce(expires_at, 9000000000000000), id limit $2"
        ),
        params![user, ROWS_MAX],
        certificate,
    )
}

pub(in crate::assessments) fn list_ending_certificates(
    tx: &mut Tx,
    until: i64,
) -> Result<Vec<Certificate>, Error> {
    tx.list(
        &format!(
            "{CERTIFICATE} removed_at is null and expires_at <= $1 and reminded_at is null order by expires_at, id limit $2"
        ),
        params![until, ROWS_MAX],
        certificate,
    )
}

pub(in crate::assessments) fn save_certificate_reminded(tx: &mut Tx, id: CertificateId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update certificates set reminded_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(in crate::assessments) fn save_confirmed(tx: &mut Tx, id: CertificateId) -> Result<(), Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.execute(
        "update certificates set confirmed_by = $1, confirmed_at = $2 where id = $3",
        params![by, now, id],
    )
    .map(|_| ())
}

pub(in crate::assessments) fn save_removed(
    tx: &mut Tx,
    id: CertificateId,
    at: Option<i64>,
) -> Result<(), Error> {
    tx.execute("update certificates set removed_at = $1 where id = $2", params![at, id]).map(|_| ())
}
