//! Job alerts: an address is asked twice (the form, then its own mailbox) before it is written to, and can always leave.
//!
//! The link in each mail is signed with the desk's key and names the row and its birth, so that nothing secret is stored
//! and a row that takes an old number opens nothing. Who leaves is deleted.

use super::*;
use crate::events::{self, Event};
use crate::mail::{self, MailRules};
use crate::work::{self, Due, Work};
use crate::{JobAlertId, OpeningId, Tx, people, settings};
use serde::Serialize;
use subtle::ConstantTimeEq;

/// Alerts that one round of the job writes.
const ALERTS_PER_ROUND_MAX: usize = 200;
/// When a budget of automatic mail is spent, the next round comes after so long,
const NEXT_ROUND_MS: i64 = 3_600_000;
/// and none comes later than so many days after the opening was public.
const TELL_WITHIN_DAYS: i64 = 3;
/// Characters of a signature, four bits each.
const SIGNATURE_CHARS: usize = 32;
const TOKEN_CHARS_MAX: usize = 64;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alert {
    pub id: JobAlertId,
    pub email: String,
    pub language: String,
    pub created_at: i64,
    pub confirmed_at: Option<i64>,
}

/// What the page behind a link shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlertState {
    pub language: String,
    pub confirmed: bool,
}

/// Writes to the address to ask whether it was them. The answer never tells whether the address is known.
pub fn ask_alert(tx: &mut Tx, email: &str, language: &str) -> Result<(), HiringError> {
    let email = people::fold_address(email).ok_or(HiringError::AddressIsWrong)?;
    let alert = match store::find_alert_by_address(tx, &email)? {
        Some(alert) if alert.confirmed_at.is_some() => return Ok(()),
        Some(alert) => alert,
        None => {
            if store::count_alerts(tx)? >= ALERTS_MAX {
                return Err(HiringError::TooManyAlerts);
            }
            let alert = store::insert_alert(tx, &email, language)?;
            events::record(tx, &Event::JobAlertChanged { alert: alert.id })?;
            alert
        }
    };
    let link = link_of(tx, &alert)?;
    let letter = letters::confirm(tx, &alert, &link)?;
    // No relay for mail bombs: whoever types the address of another can make us write to them twice.
    let rules = MailRules::load(tx)?;
    if mail::within_budget(tx, &rules, &alert.email, &letter.content.subject)? {
        mail::queue(tx, &letter)?;
    }
    Ok(())
}

pub fn alert_state(tx: &mut Tx, token: &str) -> Result<AlertState, HiringError> {
    let alert = find(tx, token)?;
    Ok(AlertState { language: alert.language, confirmed: alert.confirmed_at.is_some() })
}

/// Confirming again changes nothing.
pub fn confirm_alert(tx: &mut Tx, token: &str) -> Result<AlertState, HiringError> {
    let alert = find(tx, token)?;
    if alert.confirmed_at.is_none() {
        store::save_alert_confirmed(tx, alert.id)?;
        events::record(tx, &Event::JobAlertChanged { alert: alert.id })?;
    }
    Ok(AlertState { language: alert.language, confirmed: true })
}

/// Deletes the address. Stopping what has stopped is no error: the reader's mail program may do it twice.
pub fn stop_alert(tx: &mut Tx, token: &str) -> Result<Option<AlertState>, HiringError> {
    let alert = match find(tx, token) {
        Ok(alert) => alert,
        Err(HiringError::NoSuchAlert) => return Ok(None),
        Err(error) => return Err(error),
    };
    store::delete_alert(tx, alert.id)?;
    events::record(tx, &Event::JobAlertChanged { alert: alert.id })?;
    Ok(Some(AlertState { language: alert.language, confirmed: false }))
}

/// A job, a minute after an opening became public. Each address is told of each opening once.
pub(crate) fn tell_alerts(tx: &mut Tx, opening: OpeningId) -> Result<(), HiringError> {
    let Some(opening) = store::find_opening(tx, opening)? else { return Ok(()) };
    let (OpeningState::Public, Some(public_at)) = (opening.state, opening.public_at) else { return Ok(()) };
    let now = tx.now();
    if now > public_at + TELL_WITHIN_DAYS * DAY_MS {
        return Ok(());
    }
    let rules = MailRules::load(tx)?;
    let waiting = store::list_alerts_to_tell(tx, opening.id, ALERTS_PER_ROUND_MAX)?;
    let (mut more, mut next) = (waiting.len() == ALERTS_PER_ROUND_MAX, now);
    for alert in waiting {
        let link = link_of(tx, &alert)?;
        let letter = letters::opening(tx, &alert, &opening, &link)?;
        if !mail::within_budget(tx, &rules, &alert.email, &letter.content.subject)? {
            (more, next) = (true, now + NEXT_ROUND_MS);
            continue;
        }
        store::insert_alert_mail(tx, alert.id, opening.id)?;
        mail::queue(tx, &letter)?;
    }
    if more {
        work::enqueue(tx, &Work::TellJobAlerts { opening: opening.id }, Due::At(next))?;
    }
    Ok(())
}

/// A recurring job: candidates and addresses whose time is over are deleted.
pub(crate) fn tidy(tx: &mut Tx) -> Result<(), HiringError> {
    candidates::forget_old(tx)?;
    applications::forget_unconfirmed(tx)?;
    let until = tx.now() - ALERT_CONFIRM_DAYS * DAY_MS;
    for id in store::list_unconfirmed_alerts_before(tx, until)? {
        store::delete_alert(tx, id)?;
        events::record(tx, &Event::JobAlertChanged { alert: id })?;
    }
    Ok(())
}

fn link_of(tx: &mut Tx, alert: &Alert) -> Result<String, db::Error> {
    let signed = signature(tx, alert)?;
    let company = settings::company(tx)?;
    Ok(format!("{}/jobs/alerts/{}.{signed}", company.public_url.trim_end_matches('/'), alert.id))
}

fn signature(tx: &mut Tx, alert: &Alert) -> Result<String, db::Error> {
    let key = settings::desk_key(tx)?;
    let bytes = key.sign("job-alert", &format!("{}:{}", alert.id, alert.created_at));
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..SIGNATURE_CHARS].to_owned())
}

fn find(tx: &mut Tx, token: &str) -> Result<Alert, HiringError> {
    let token = token.trim();
    let parts = Some(token).filter(|it| it.len() <= TOKEN_CHARS_MAX).and_then(|it| it.split_once('.'));
    let (id, signed) = parts.ok_or(HiringError::NoSuchAlert)?;
    let id: JobAlertId = id.parse().map_err(|_| HiringError::NoSuchAlert)?;
    let alert = store::find_alert(tx, id)?.ok_or(HiringError::NoSuchAlert)?;
    let holds: bool = signature(tx, &alert)?.as_bytes().ct_eq(signed.as_bytes()).into();
    holds.then_some(alert).ok_or(HiringError::NoSuchAlert)
}
