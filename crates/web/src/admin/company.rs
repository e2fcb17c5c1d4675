//! `/admin/company`: name, address, time zone, and the pauses of the desk.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use desk::events::{self, Event};
use desk::mail::{self, MailRules};
use desk::settings::{self, Company};
use desk::{Tx, people};

const HOURS_MAX: i64 = 30 * 24;
const DAYS_MAX: i64 = 365;
const UNDO_SECONDS_MAX: i64 = 300;
const CAPACITY_MAX: i64 = 500;
const MIB: i64 = 1024 * 1024;
const ATTACHMENT_MIB_MAX: i64 = 50;

#[derive(askama::Template)]
#[template(path = "admin/company.html")]
pub struct Edit {
    pub shell: Shell,
    pub company: Company,
    pub rules: MailRules,
    pub only_skills: bool,
    pub problem: Option<Problem>,
}

impl Edit {
    fn attachment_mib(&self) -> i64 {
        self.company.attachment_bytes_max / MIB
    }

    /// One to a line.
    fn busy_senders(&self) -> String {
        self.rules.busy_senders.join("\n")
    }

    fn exploration_percent(&self) -> i64 {
        (self.company.exploration_share * 100.0).round() as i64
    }
}

pub async fn edit(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(web.desk.read(actor, load).await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let saved = web.desk.write(actor, move |tx| {
        let company = written(settings::company(tx)?, &form);
        let rules = written_rules(MailRules::load(tx)?, &form);
        let only_skills = form.is_on("only_skills");
        if let Some(problem) = wrong(&company, only_skills).or_else(|| rules.check().err().map(Problem::from))
        {
            let shell = Shell::load(tx)?;
            return Ok::<_, Problem>(Some(Edit {
                shell,
                company,
                rules,
                only_skills,
                problem: Some(problem),
            }));
        }
        settings::save_company(tx, &company)?;
        settings::save_only_skills(tx, only_skills)?;
        let by = tx.actor().user();
        events::record(tx, &Event::SettingsChanged { by })?;
        rules.save(tx)?;
        Ok(None)
    });
    match saved.await? {
        None => Ok(Said::new("Saved.").then("/admin/company")),
        Some(page) => Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()),
    }
}

fn load(tx: &mut Tx) -> Result<Edit, Problem> {
    let (company, rules) = (settings::company(tx)?, MailRules::load(tx)?);
    let only_skills = settings::only_skills(tx)?;
    Ok(Edit { shell: Shell::load(tx)?, company, rules, only_skills, problem: None })
}

fn written(before: Company, form: &Fields) -> Company {
    Company {
        name: form.owned("name"),
        support_address: form.text("support_address").to_lowercase(),
        time_zone: form.owned("time_zone"),
        locale: form.owned("locale"),
        public_url: form.text("public_url").trim_end_matches('/').to_owned(),
        satisfaction_after_hours: form.parsed("satisfaction_after_hours").unwrap_or(-1),
        close_after_days: form.parsed("close_after_days").unwrap_or(-1),
        outcome_after_days: form.parsed("outcome_after_days").unwrap_or(-1),
        undo_send_seconds: form.parsed("undo_send_seconds").unwrap_or(-1),
        ticket_capacity: form.parsed("ticket_capacity").unwrap_or(-1),
        exploration_share: form
            .parsed::<f64>("exploration_percent")
            .map_or(before.exploration_share, |it| it / 100.0),
        attachment_bytes_max: form.parsed::<i64>("attachment_mib").unwrap_or(-1).saturating_mul(MIB),
    }
}

fn written_rules(before: MailRules, form: &Fields) -> MailRules {
    MailRules {
        acknowledge: form.is_on("acknowledge"),
        acknowledge_unverified: form.is_on("acknowledge_unverified"),
        trust_unverified_agents: form.is_on("trust_unverified_agents"),
        mails_per_sender_per_hour_max: form
            .parsed("mails_per_sender_per_hour_max")
            .filter(|it| *it > 0)
            .unwrap_or(before.mails_per_sender_per_hour_max),
        mails_per_busy_sender_per_hour_max: form
            .parsed("mails_per_busy_sender_per_hour_max")
            .filter(|it| *it > 0)
            .unwrap_or(before.mails_per_busy_sender_per_hour_max),
        busy_senders: match form.has("busy_senders") {
            true => busy_senders(form),
            false => before.busy_senders,
        },
        automatic_per_hour_max: form
            .parsed("automatic_per_hour_max")
            .filter(|it| *it >= 0)
            .unwrap_or(before.automatic_per_hour_max),
        ..before
    }
}

/// As they are kept, where they can be; what is neither an address nor a domain stays as it was written.
fn busy_senders(form: &Fields) -> Vec<String> {
    let mut senders: Vec<String> = Vec::new();
    for written in form.lines("busy_senders") {
        let sender = mail::fold_sender(&written).unwrap_or(written);
        if !senders.contains(&sender) {
            senders.push(sender);
        }
    }
    senders
}

/// The first thing that cannot stay as it was written.
fn wrong(company: &Company, only_skills: bool) -> Option<Problem> {
    let problem =
        |field: &'static str, words: String| Some(Problem { field: Some(field), ..Problem::invalid(words) });
    let range = |field, value: i64, most: i64| {
        let fits = (0..=most).contains(&value);
        if fits { None } else { problem(field, format!("Use a whole number from 0 to {most}.")) }
    };
    if company.name.is_empty() || company.name.chars().count() > people::NAME_CHARS_MAX {
        return problem("name", "A name is needed.".into());
    }
    let needs_address = !only_skills || !company.support_address.is_empty();
    if needs_address && people::fold_address(&company.support_address).is_none() {
        return problem(
            "support_address",
            format!("{:?} is not an e-mail address.", company.support_address),
        );
    }
    if !people::is_time_zone(&company.time_zone) {
        return problem(
            "time_zone",
            format!("{:?} is not a time zone such as Europe/Berlin.", company.time_zone),
        );
    }
    if !people::is_locale(&company.locale) {
        return problem("locale", format!("{:?} is not a language such as en or pt-BR.", company.locale));
    }
    let url = &company.public_url;
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return problem("public_url", "An address begins with https:// or http://.".into());
    }
    if !(0.0..=0.5).contains(&company.exploration_share) {
        return problem("exploration_percent", "Use a number from 0 to 50.".into());
    }
    range("satisfaction_after_hours", company.satisfaction_after_hours, HOURS_MAX)
        .or_else(|| range("close_after_days", company.close_after_days, DAYS_MAX))
        .or_else(|| range("outcome_after_days", company.outcome_after_days, DAYS_MAX))
        .or_else(|| range("undo_send_seconds", company.undo_send_seconds, UNDO_SECONDS_MAX))
        .or_else(|| range("ticket_capacity", company.ticket_capacity, CAPACITY_MAX))
        .or_else(|| range("attachment_mib", company.attachment_bytes_max / MIB, ATTACHMENT_MIB_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shell;
    use askama::Template;

    fn right() -> Company {
        Company { support_address: "support@desk.example".into(), ..Company::default() }
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert!(wrong(&right(), false).is_none());
        assert_eq!(
            wrong(&Company { time_zone: "Mars/North".into(), ..right() }, false).unwrap().field,
            Some("time_zone")
        );
        assert_eq!(
            wrong(&Company { close_after_days: -1, ..right() }, false).unwrap().field,
            Some("close_after_days")
        );
        let nowhere = Company { support_address: String::new(), ..right() };
        assert!(wrong(&nowhere, false).is_some() && wrong(&nowhere, true).is_none());
        assert_eq!(
            wrong(&Company { public_url: "javascript:1".into(), ..right() }, false).unwrap().field,
            Some("public_url")
        );
    }

    #[test]
    fn the_form_keeps_what_was_written() {
        let company = Company { name: "Ünïcode & Söhne".into(), time_zone: "x\"y".into(), ..right() };
        let problem = wrong(&company, false);
        let html = Edit { shell: shell(), company, rules: MailRules::default(), only_skills: false, problem }
            .render()
            .unwrap();
        assert!(html.contains("Ünïcode &#38; Söhne") && html.contains("is not a time zone"));
    }
}
