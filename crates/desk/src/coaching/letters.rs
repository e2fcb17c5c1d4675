//! Mails about coaching: an invitation to a talk, that it does not take place, and tasks that are due. Times stand in the
//! reader's own zone. Of what is written in a plan nothing leaves the desk: the mail leads to it.

use super::plans::changed;
use super::{CoachingError, DAY_MS, Plan, Session, TASK_REMIND_DAYS, store};
use crate::mail::{self, Address, Lang, MailOutKind, NewMailOut, Outgoing, mailboxes};
use crate::people::{self, User};
use crate::{CoachingPlanId, CoachingSessionId, Tx, UserId, settings};
use std::collections::BTreeMap;

/// A job, a minute after a talk was planned: whoever did not plan it is invited, once. A talk that has begun, was held or
/// taken off again needs no invitation.
pub(crate) fn invite(tx: &mut Tx, session: CoachingSessionId) -> Result<(), CoachingError> {
    let now = tx.now();
    let found = store::find_session(tx, session)?;
    let Some(session) = found.filter(|it| it.held_at.is_none() && it.told_at.is_none() && it.at > now) else {
        return Ok(());
    };
    let Some(plan) = store::find_plan(tx, session.plan)?.filter(|it| it.closed_at.is_none()) else {
        return Ok(());
    };
    store::save_told(tx, session.id)?;
    for (to, other) in others(&plan, session.created_by) {
        let Some(reader) = people::find_user(tx, to)? else { continue };
        let with = name_of(tx, other)?;
        let when = stretch(session.at, session.ends_at(), &reader.time_zone);
        let (subject, text) = match lang(&reader) {
            Lang::En => (
                format!("A talk with {with}: {when}"),
                format!("You have a talk with {with}, on {when}. What it is about stands in the plan:"),
            ),
            Lang::Es => (
                format!("Una conversación con {with}: {when}"),
                format!("Tiene una conversación con {with}, el {when}. De qué trata está en el plan:"),
            ),
            Lang::De => (
                format!("Ein Gespräch mit {with}: {when}"),
                format!("Sie haben ein Gespräch mit {with}, am {when}. Worum es geht, steht im Plan:"),
            ),
            Lang::Fr => (
                format!("Un entretien avec {with} : {when}"),
                format!("Vous avez un entretien avec {with}, le {when}. Le sujet se trouve dans le plan :"),
            ),
        };
        let calendar = match lang(&reader) {
            Lang::En => "For your calendar:",
            Lang::Es => "Para su calendario:",
            Lang::De => "Für Ihren Kalender:",
            Lang::Fr => "Pour votre agenda :",
        };
        let path = format!("/coaching/sessions/{}/calendar", session.id);
        let text = format!("{calendar}\n\n{}\n\n{text}", link(tx, &path)?);
        write(tx, &reader, subject, &text, Some(plan.id))?;
    }
    Ok(())
}

/// A talk that somebody was invited to is taken off: they hear of it at once, unless they did it themself.
pub(super) fn call_off(tx: &mut Tx, plan: &Plan, session: &Session) -> Result<(), CoachingError> {
    let now = tx.now();
    if session.told_at.is_none() || session.held_at.is_some() || session.at <= now {
        return Ok(());
    }
    let by = tx.actor().user();
    for (to, other) in others(plan, by) {
        let Some(reader) = people::find_user(tx, to)? else { continue };
        let with = name_of(tx, other)?;
        let when = stretch(session.at, session.ends_at(), &reader.time_zone);
        let (subject, text) = match lang(&reader) {
            Lang::En => (
                format!("No talk with {with}: {when}"),
                format!("The talk with {with} on {when} does not take place."),
            ),
            Lang::Es => (
                format!("Sin conversación con {with}: {when}"),
                format!("La conversación con {with} del {when} no tendrá lugar."),
            ),
            Lang::De => (
                format!("Kein Gespräch mit {with}: {when}"),
                format!("Das Gespräch mit {with} am {when} findet nicht statt."),
            ),
            Lang::Fr => (
                format!("Pas d'entretien avec {with} : {when}"),
                format!("L'entretien avec {with} du {when} n'aura pas lieu."),
            ),
        };
        write(tx, &reader, subject, &text, Some(plan.id))?;
    }
    Ok(())
}

/// A recurring job: whoever has tasks that are due within [`TASK_REMIND_DAYS`] days hears of them in one mail, once each.
pub(crate) fn remind(tx: &mut Tx) -> Result<(), CoachingError> {
    let now = tx.now();
    let mut due: BTreeMap<UserId, (usize, i64, Option<CoachingPlanId>)> = BTreeMap::new();
    for task in store::list_due_tasks(tx, now - DAY_MS, now + TASK_REMIND_DAYS * DAY_MS)? {
        let Some(plan) = store::find_plan(tx, task.plan)? else { continue };
        store::save_task_reminded(tx, task.id)?;
        let first = task.due_at.unwrap_or(now);
        let entry = due.entry(plan.user).or_insert((0, first, Some(plan.id)));
        entry.0 += 1;
        entry.1 = entry.1.min(first);
        entry.2 = entry.2.filter(|it| *it == plan.id);
        changed(tx, &plan)?;
    }
    for (user, (count, first, plan)) in due {
        let Some(reader) = people::find_user(tx, user)? else { continue };
        let day = day(first, &reader.time_zone);
        let (subject, text) = match (lang(&reader), count) {
            (Lang::En, 1) => (
                format!("A task of your plan is due on {day}"),
                "You find it here, and tick it off when it is done:".to_owned(),
            ),
            (Lang::En, _) => (
                format!("{count} tasks of your plans are due, the first on {day}"),
                "You find them here, and tick them off when they are done:".to_owned(),
            ),
            (Lang::Es, 1) => (
                format!("Una tarea de su plan vence el {day}"),
                "La encontrará aquí; márquela cuando esté hecha:".to_owned(),
            ),
            (Lang::Es, _) => (
                format!("{count} tareas de sus planes vencen, la primera el {day}"),
                "Las encontrará aquí; márquelas cuando estén hechas:".to_owned(),
            ),
            (Lang::De, 1) => (
                format!("Eine Aufgabe Ihres Plans ist am {day} fällig"),
                "Hier finden Sie sie; haken Sie sie ab, wenn sie getan ist:".to_owned(),
            ),
            (Lang::De, _) => (
                format!("{count} Aufgaben Ihrer Pläne sind fällig, die erste am {day}"),
                "Hier finden Sie sie; haken Sie sie ab, wenn sie getan sind:".to_owned(),
            ),
            (Lang::Fr, 1) => (
                format!("Une tâche de votre plan est à rendre le {day}"),
                "Vous la trouverez ici ; cochez-la quand elle est faite :".to_owned(),
            ),
            (Lang::Fr, _) => (
                format!("{count} tâches de vos plans sont à rendre, la première le {day}"),
                "Vous les trouverez ici ; cochez-les quand elles sont faites :".to_owned(),
            ),
        };
        write(tx, &reader, subject, &text, plan)?;
    }
    Ok(())
}

/// Whom to write to, and who the other one is: both sides of the plan but `by`.
fn others(plan: &Plan, by: Option<UserId>) -> impl Iterator<Item = (UserId, UserId)> {
    let sides = [(plan.user, plan.coach), (plan.coach, plan.user)];
    sides.into_iter().filter(move |side| by != Some(side.0))
}

fn lang(reader: &User) -> Lang {
    Lang::parse(&reader.locale).unwrap_or_default()
}

fn name_of(tx: &mut Tx, user: UserId) -> Result<String, db::Error> {
    Ok(people::find_user(tx, user)?.map(|it| it.name).unwrap_or_default())
}

fn zoned(at: i64, zone: &str) -> jiff::Zoned {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(zone)
}

/// `2026-03-10, 14:30–15:00 (Europe/Berlin)`
fn stretch(from: i64, to: i64, zone: &str) -> String {
    let (from, to) = (zoned(from, zone), zoned(to, zone));
    let name = from.time_zone().iana_name().unwrap_or("UTC").to_owned();
    let clock = |at: &jiff::Zoned| format!("{:02}:{:02}", at.hour(), at.minute());
    format!("{}, {}–{} ({name})", from.date(), clock(&from), clock(&to))
}

fn day(at: i64, zone: &str) -> String {
    zoned(at, zone).date().to_string()
}

fn link(tx: &mut Tx, path: &str) -> Result<String, db::Error> {
    Ok(format!("{}{path}", settings::company(tx)?.public_url.trim_end_matches('/')))
}

fn write(
    tx: &mut Tx,
    reader: &User,
    subject: String,
    text: &str,
    plan: Option<CoachingPlanId>,
) -> Result<(), db::Error> {
    let Some(to) = mail::email_of(tx, reader.id)? else { return Ok(()) };
    let company = settings::company(tx)?;
    let path = plan.map_or("/growth".to_owned(), |plan| format!("/coaching/plans/{plan}"));
    let link = link(tx, &path)?;
    let sender = mailboxes::find_default(tx)?;
    let address = sender.as_ref().map_or(company.support_address.clone(), |it| it.address.clone());
    let content = Outgoing {
        from: Address { name: Some(company.name.clone()), address },
        to: vec![to],
        subject,
        text: format!("{text}\n\n{link}\n\n{}", company.name),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_talk_stands_in_the_readers_zone_and_an_unknown_zone_is_utc() {
        let at = 1_774_791_000_000; // 2026-03-29 13:30 UTC, the day on which Berlin's clocks change
        let said = |zone: &str| stretch(at, at + 45 * 60_000, zone);
        assert_eq!(said("Europe/Berlin"), "2026-03-29, 15:30–16:15 (Europe/Berlin)");
        assert_eq!(said("America/New_York"), "2026-03-29, 09:30–10:15 (America/New_York)");
        assert_eq!(said("Mars/Olympus"), "2026-03-29, 13:30–14:15 (UTC)");
        assert_eq!(day(at, "Pacific/Kiritimati"), "2026-03-30");
    }
}
