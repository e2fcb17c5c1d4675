//! A mail to whoever asked for leave, once it is decided: in their own words, with what the lead said to it.

use super::{Leave, LeaveState, store};
use crate::mail::{self, Address, Lang, MailOutKind, NewMailOut, Outgoing, mailboxes};
use crate::people::{self, User};
use crate::{LeaveId, Tx, settings};

/// A job, a minute after it was decided, so that what is decided anew at once is told once. Who decides about their own
/// leave, and whoever has withdrawn it meanwhile, knows.
pub(crate) fn tell(tx: &mut Tx, leave: LeaveId) -> Result<(), db::Error> {
    let Some(leave) = store::find(tx, leave)?.filter(|it| it.decided_by != Some(it.user)) else {
        return Ok(());
    };
    let granted = match leave.state {
        LeaveState::Granted => true,
        LeaveState::Refused => false,
        LeaveState::Asked | LeaveState::Withdrawn => return Ok(()),
    };
    let Some(reader) = people::find_user(tx, leave.user)? else { return Ok(()) };
    let (subject, text) = words(&leave, &reader, granted);
    let Some(to) = mail::email_of(tx, reader.id)? else { return Ok(()) };
    let company = settings::company(tx)?;
    let sender = mailboxes::find_default(tx)?;
    let address = sender.as_ref().map_or(company.support_address.clone(), |it| it.address.clone());
    let said = if leave.answer.is_empty() { String::new() } else { format!("\n\n{}", leave.answer) };
    let link = format!("{}/me/week", company.public_url.trim_end_matches('/'));
    let content = Outgoing {
        from: Address { name: Some(company.name.clone()), address },
        to: vec![to],
        subject,
        text: format!("{text}{said}\n\n{link}\n\n{}", company.name),
        ..Outgoing::default()
    };
    let new = NewMailOut {
        kind: MailOutKind::Notification,
        ticket: None,
        comment: None,
        user: Some(reader.id),
        mailbox: sender.map(|it| it.id),
        content,
    };
    mail::queue(tx, &new).map(|_| ())
}

fn words(leave: &Leave, reader: &User, granted: bool) -> (String, String) {
    let (first, last) = (leave.first_day, leave.last_day);
    let one = first == last;
    let by = leave.decided_by_name.as_deref().unwrap_or_default();
    let lang = Lang::parse(&reader.locale).unwrap_or_default();
    let clock = |minute: i64| format!("{}:{:02}", minute / 60, minute % 60);
    let hours = leave.hours.map_or(String::new(), |it| format!(", {}–{}", clock(it.0), clock(it.1)));
    let days = match (lang, one) {
        (_, true) => format!("{first}{hours}"),
        (Lang::En, _) => format!("{first} to {last}"),
        (Lang::Es, _) => format!("del {first} al {last}"),
        (Lang::De, _) => format!("{first} bis {last}"),
        (Lang::Fr, _) => format!("du {first} au {last}"),
    };
    let (subject, text) = match (lang, granted) {
        (Lang::En, true) => ("Your leave is granted", "has granted your leave"),
        (Lang::En, false) => ("Your leave is refused", "has refused your leave"),
        (Lang::Es, true) => ("Su ausencia está concedida", "ha concedido su ausencia"),
        (Lang::Es, false) => ("Su ausencia está denegada", "ha denegado su ausencia"),
        (Lang::De, true) => ("Ihr Urlaub ist genehmigt", "hat Ihre Abwesenheit genehmigt"),
        (Lang::De, false) => ("Ihr Urlaub ist abgelehnt", "hat Ihre Abwesenheit abgelehnt"),
        (Lang::Fr, true) => ("Votre absence est accordée", "a accordé votre absence"),
        (Lang::Fr, false) => ("Votre absence est refusée", "a refusé votre absence"),
    };
    (format!("{subject}: {days}"), format!("{by} {text}: {days}."))
}
