//! `aptdesk setup`: the first run without a browser.

use crate::{Outcome, config, say};
use desk::access::{self, SetUp, SetUpError};
use desk::mail::LANGUAGES;
use desk::{Actor, Language};

#[derive(clap::Args)]
pub struct SetupFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// The company's name, as customers know it.
    #[arg(long)]
    company: String,
    /// The address that customers write to.
    #[arg(long, required_unless_present = "only_skills")]
    address: Option<String>,
    /// Tickets stay at another desk: no mailbox, and pages show skills, people and reviews only.
    #[arg(long, conflicts_with = "address")]
    only_skills: bool,
    /// The first admin's own e-mail address.
    #[arg(long)]
    admin: String,
    /// The first admin's name; without it, the address stands in.
    #[arg(long)]
    admin_name: Option<String>,
    /// For example Europe/Berlin.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// Language of automatic messages: en, es, de, fr.
    #[arg(long, default_value = "en", value_parser = known_language)]
    language: String,
}

/// Of one that the desk writes in, whatever the country: `de`, `de-AT`.
fn known_language(word: &str) -> Result<String, String> {
    match Language::of(word).is_some_and(|it| LANGUAGES.contains(&it.as_str())) {
        true => Ok(word.to_owned()),
        false => Err(format!("the languages are {}", LANGUAGES.join(", "))),
    }
}

pub fn run(flags: &SetupFlags) -> Outcome {
    let config = flags.desk.settle()?;
    let desk = config.open()?;
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.http));
    let local = flags.admin.split('@').next().unwrap_or(&flags.admin).to_owned();
    let command = SetUp {
        company: flags.company.clone(),
        address: flags.address.clone().unwrap_or_default(),
        time_zone: flags.time_zone.clone(),
        locale: flags.language.clone(),
        admin_name: flags.admin_name.clone().unwrap_or(local),
        admin_email: flags.admin.clone(),
        public_url: public_url.clone(),
    };
    let only_skills = flags.only_skills;
    let (done, api_token) = desk.db.write_now(Actor::desk(), move |tx| {
        let done = match only_skills {
            true => access::set_up_only_skills(tx, &command)?,
            false => access::set_up(tx, &command)?,
        };
        // Acts for the admin; shown this once.
        let (_, api_token) = access::create_api_token(tx, "Made at set-up", Some(done.admin))?;
        Ok::<_, SetUpError>((done, api_token))
    })?;
    let answer = serde_json::json!({
        "sign_in_url": format!("{public_url}/sign-in/link/{}", done.sign_in_token),
        "api_token": api_token,
    });
    say(&answer.to_string());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_the_desk_does_not_write_is_refused_with_those_that_it_does() {
        assert_eq!(known_language("de-AT").as_deref(), Ok("de-AT"));
        for unknown in ["xx", "it", ""] {
            assert_eq!(
                known_language(unknown),
                Err("the languages are en, es, de, fr".to_owned()),
                "{unknown}"
            );
        }
    }
}
