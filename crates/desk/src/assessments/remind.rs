//! Mails about assessments: that a campaign has opened; and the recurring look at campaigns that are over; what somebody was asked and has not answered, and certificates that end soon. By mail, once.

use super::*;
use crate::mail::{self, Address, MailOutKind, NewMailOut, Outgoing, mailboxes};
use crate::{CampaignId, Tx, UserId, settings};
use std::collections::BTreeMap;

/// A recurring job. Each task and each certificate is reminded of once; campaigns whose last day is over are closed.
pub(crate) fn remind(tx: &mut Tx) -> Result<(), AssessmentError> {
    super::campaigns::close_ended(tx)?;
    let now = tx.now();
    let mut asked: BTreeMap<UserId, usize> = BTreeMap::new();
    for (task, rater) in store::list_due_tasks(tx, now, now + REMIND_BEFORE_DAYS * DAY_MS)? {
        store::save_task_reminded(tx, task)?;
        *asked.entry(rater).or_default() += 1;
    }
    for (user, count) in asked {
        write_to(
            tx,
            user,
            &waiting_words(count),
            "It takes a few minutes. Leave out what you cannot say.",
            "/assessments",
        )?;
    }
    for it in store::list_ending_certificates(tx, now + RENEWAL_DAYS * DAY_MS)? {
        store::save_certificate_reminded(tx, it.id)?;
        let subject = format!("Your certificate “{}” ends soon", it.name);
        let end = it.expires_at.map(day).unwrap_or_default();
        let text =
            format!("It is valid until {end}. When you have renewed it, add the new one to your page.");
        write_to(tx, it.user, &subject, &text, &format!("/assessments/people/{}", it.user))?;
    }
    Ok(())
}

/// A job, soon after a campaign was opened: everybody who is asked hears of it, once.
pub(crate) fn tell_asked(tx: &mut Tx, campaign: CampaignId) -> Result<(), AssessmentError> {
    let Some(it) = store::find_campaign(tx, campaign)?.filter(|it| it.closed_at.is_none()) else {
        return Ok(());
    };
    for (user, count) in store::list_waited_for(tx, campaign)? {
        let text = format!(
            "{}: what you can say until {} is asked for. It takes a few minutes. Leave out what you cannot say.",
            it.name,
            day(it.due_at)
        );
        let count = usize::try_from(count).unwrap_or_default();
        write_to(tx, user, &waiting_words(count), &text, "/assessments")?;
    }
    Ok(())
}

fn waiting_words(count: usize) -> String {
    match count {
        1 => "One assessment waits for your answer".to_owned(),
        count => format!("{count} assessments wait for your answer"),
    }
}

fn write_to(tx: &mut Tx, user: UserId, subject: &str, text: &str, path: &str) -> Result<(), db::Error> {
    let Some(to) = mail::email_of(tx, user)? else { return Ok(()) };
    let company = settings::company(tx)?;
    let link = format!("{}{path}", company.public_url.trim_end_matches('/'));
    let sender = mailboxes::find_default(tx)?;
    let address = sender.as_ref().map_or(company.support_address.clone(), |it| it.address.clone());
    let content = Outgoing {
        from: Address { name: Some(company.name.clone()), address },
        to: vec![to],
        subject: subject.to_owned(),
        text: format!("{text}\n\n{link}\n\n{}", company.name),
        ..Outgoing::default()
    };
    let new = NewMailOut {
        kind: MailOutKind::Notification,
        ticket: None,
        comment: None,
        user: Some(user),
        mailbox: sender.map(|it| it.id),
        content,
    };
    mail::queue(tx, &new).map(|_| ())
}

fn day(at: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
