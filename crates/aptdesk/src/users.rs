//! `aptdesk user …`: people from the terminal of the machine, which is trusted.

use crate::{Outcome, config, say};
use desk::access::{self, Invite, LinkPurpose};
use desk::{Actor, Role, people, settings};

/// A link from the terminal is for now.
const LINK_VALID_MS: i64 = 3_600_000;

#[derive(clap::Subcommand)]
pub enum UserVerb {
    /// Invite a colleague; prints the link with which they choose a password.
    Add {
        #[command(flatten)]
        desk: config::Flags,
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
        /// agent, light-agent, lead or admin.
        #[arg(long, default_value = "agent")]
        role: String,
    },
    /// Print a link that signs somebody in once, for example an admin who forgot the password.
    SignIn {
        #[command(flatten)]
        desk: config::Flags,
        #[arg(long)]
        email: String,
    },
}

pub fn run(verb: &UserVerb) -> Outcome {
    match verb {
        UserVerb::Add { desk, name, email, role } => add(desk, name, email, role),
        UserVerb::SignIn { desk, email } => sign_in(desk, email),
    }
}

fn add(flags: &config::Flags, name: &str, email: &str, role: &str) -> Outcome {
    let desk = flags.settle()?.open()?;
    let role = Role::parse(role)
        .filter(|role| role.is_staff())
        .ok_or("a role is agent, light-agent, lead or admin")?;
    let invite = Invite { name: name.to_owned(), email: email.to_owned(), role, groups: Vec::new() };
    let invited = desk.db.write_now(Actor::desk(), move |tx| access::invite(tx, &invite))?;
    let url = public_url(&desk)?;
    say(&serde_json::json!({ "id": invited.user, "invite_url": format!("{url}/invite/{}", invited.token) })
        .to_string());
    Ok(())
}

fn sign_in(flags: &config::Flags, email: &str) -> Outcome {
    let desk = flags.settle()?.open()?;
    let address = email.to_owned();
    let user = desk.db.read_now(Actor::desk(), |tx| people::find_user_by_email(tx, &address))?;
    let user = user
        .filter(|user| user.role.is_staff())
        .ok_or_else(|| format!("nobody here has the address {email}"))?;
    let token = desk.db.write_now(Actor::desk(), move |tx| {
        access::create_link(tx, Some(user.id), LinkPurpose::SignIn, LINK_VALID_MS)
    })?;
    say(&serde_json::json!({ "sign_in_url": format!("{}/sign-in/link/{token}", public_url(&desk)?) })
        .to_string());
    Ok(())
}

fn public_url(desk: &desk::Desk) -> Result<String, db::Error> {
    Ok(desk.db.read_now(Actor::desk(), settings::company)?.public_url)
}
