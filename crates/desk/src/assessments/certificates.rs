//! Certificates: outside proofs with a date. They stand beside levels and never set them.

use super::error::{name_of, only_leads};
use super::*;
use crate::events::{self, Event};
use crate::{CertificateId, SkillId, Tx, UserId, skills};
use serde::Serialize;

const LINK_CHARS_MAX: usize = 500;

#[derive(Clone, Debug)]
pub struct AddCertificate {
    pub user: UserId,
    pub name: String,
    pub issuer: String,
    /// Where the proof can be seen; may be empty.
    pub link: String,
    pub skills: Vec<SkillId>,
    pub issued_at: i64,
    pub expires_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Certificate {
    pub id: CertificateId,
    pub user: UserId,
    pub name: String,
    pub issuer: String,
    pub link: String,
    pub skills: Vec<SkillId>,
    pub issued_at: i64,
    pub expires_at: Option<i64>,
    pub confirmed_by: Option<UserId>,
    pub confirmed_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    Valid,
    /// Within [`RENEWAL_DAYS`].
    EndsSoon,
    Ended,
}

impl Certificate {
    pub fn validity(&self, now: i64) -> Validity {
        match self.expires_at {
            Some(end) if end <= now => Validity::Ended,
            Some(end) if end <= now + RENEWAL_DAYS * DAY_MS => Validity::EndsSoon,
            _ => Validity::Valid,
        }
    }
}

/// Name and issuer of certificates that are known in the trade, for forms that suggest them.
pub fn known_certificates() -> impl Iterator<Item = (&'static str, &'static str)> {
    ::skills::library().certificates.iter().map(|it| (it.name.as_str(), it.issuer.as_str()))
}

/// One's own, or as a lead somebody else's.
pub fn add_certificate(tx: &mut Tx, command: &AddCertificate) -> Result<CertificateId, AssessmentError> {
    may_change(tx, command.user)?;
    let mut wanted = command.clone();
    wanted.name = name_of(&wanted.name)?;
    wanted.issuer = wanted.issuer.trim().to_owned();
    wanted.link = wanted.link.trim().to_owned();
    if wanted.issuer.chars().count() > NAME_CHARS_MAX {
        return Err(AssessmentError::TextIsWrong);
    }
    let is_link = wanted.link.starts_with("https://") || wanted.link.starts_with("http://");
    if !(wanted.link.is_empty() || is_link) || wanted.link.chars().count() > LINK_CHARS_MAX {
        return Err(AssessmentError::LinkIsWrong);
    }
    if wanted.expires_at.is_some_and(|end| end <= wanted.issued_at) {
        return Err(AssessmentError::DatesAreWrong);
    }
    let known: Vec<SkillId> = skills::list_skills(tx)?.into_iter().map(|it| it.id).collect();
    if wanted.skills.len() > SKILLS_PER_CAMPAIGN_MAX || wanted.skills.iter().any(|it| !known.contains(it)) {
        return Err(AssessmentError::SkillsAreWrong);
    }
    let id = store::insert_certificate(tx, &wanted)?;
    events::record(tx, &Event::CertificateChanged { certificate: id, user: wanted.user })?;
    Ok(id)
}

/// A lead has seen the proof. Confirming again changes nothing.
pub fn confirm_certificate(tx: &mut Tx, id: CertificateId) -> Result<(), AssessmentError> {
    only_leads(tx)?;
    let it = store::find_certificate(tx, id)?.ok_or(AssessmentError::NoSuchCertificate)?;
    if tx.actor().is(it.user) {
        return Err(AssessmentError::OwnCertificate);
    }
    if it.confirmed_at.is_some() {
        return Ok(());
    }
    store::save_confirmed(tx, id)?;
    Ok(events::record(tx, &Event::CertificateChanged { certificate: id, user: it.user })?)
}

pub fn remove_certificate(tx: &mut Tx, id: CertificateId) -> Result<(), AssessmentError> {
    let it = store::find_certificate(tx, id)?.ok_or(AssessmentError::NoSuchCertificate)?;
    may_change(tx, it.user)?;
    let now = tx.now();
    store::save_removed(tx, id, Some(now))?;
    Ok(events::record(tx, &Event::CertificateChanged { certificate: id, user: it.user })?)
}

/// Takes a removal back; returns whose it is.
pub fn restore_certificate(tx: &mut Tx, id: CertificateId) -> Result<UserId, AssessmentError> {
    let it = store::find_removed_certificate(tx, id)?.ok_or(AssessmentError::NoSuchCertificate)?;
    may_change(tx, it.user)?;
    store::save_removed(tx, id, None)?;
    events::record(tx, &Event::CertificateChanged { certificate: id, user: it.user })?;
    Ok(it.user)
}

fn may_change(tx: &mut Tx, user: UserId) -> Result<(), AssessmentError> {
    let actor = *tx.actor();
    let staff = store::list_people(tx)?.iter().any(|it| it.user == user);
    if staff && (actor.is(user) || actor.is_lead()) { Ok(()) } else { Err(AssessmentError::NotForYou) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_valid_until_its_day() {
        let of = |expires_at: Option<i64>| {
            let it = Certificate {
                id: CertificateId(1),
                user: UserId(1),
                name: "A+".into(),
                issuer: String::new(),
                link: String::new(),
                skills: vec![],
                issued_at: 0,
                expires_at,
                confirmed_by: None,
                confirmed_at: None,
            };
            it.validity(100 * DAY_MS)
        };
        assert_eq!(of(None), Validity::Valid);
        assert_eq!(of(Some(131 * DAY_MS)), Validity::Valid);
        assert_eq!(of(Some(130 * DAY_MS)), Validity::EndsSoon);
        assert_eq!(of(Some(100 * DAY_MS)), Validity::Ended);
    }
}
