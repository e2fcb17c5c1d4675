//! `aptdesk user …`: people from the terminal of the machine, which is trusted.

use crate::{Outcome, config, say};
use desk::access::{self, Invite, LinkPurpose};
use desk::people::{self, UpdateUser};
use desk::{Actor, Role, Tx, UserId, settings};

/// A link from the terminal is for now.
const LINK_VALID_MS: i64 = 3_600_000;

#[derive(clap::Subcommand)]
pub enum UserVerb {
    /// Invite a colleague; prints the link with which they choose a password.
    Add {
        #[command(flatten)]
        desk: config::Flags,
        #[arg(long, required_unless_present = "existing", conflicts_with = "existing")]
        name: Option<String>,
        #[arg(long)]
        email: String,
        /// agent, light-agent, lead or admin; agent, if it is not said.
        #[arg(long)]
        role: Option<String>,
        /// The address belongs to somebody already: give them the role that --role says.
        #[arg(long, requires = "role")]
        existing: bool,
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
        UserVerb::Add { desk, name, email, role, existing } => {
            add(desk, name.as_deref().filter(|_| !existing), email, role.as_deref())
        }
        UserVerb::SignIn { desk, email } => sign_in(desk, email),
    }
}

/// Without a name it is somebody who is known already.
fn add(flags: &config::Flags, name: Option<&str>, email: &str, role: Option<&str>) -> Outcome {
    let desk = flags.settle()?.open_existing()?;
    let role = Role::parse(role.unwrap_or(Role::Agent.name()))
        .filter(|role| role.is_staff())
        .ok_or("a role is agent, light-agent, lead or admin")?;
    let (name, email) = (name.map(str::to_owned), email.to_owned());
    let (user, token) = desk.db.write_now(Actor::desk(), move |tx| match &name {
        Some(name) => add_new(tx, name, &email, role),
        None => change_role(tx, &email, role),
    })?;
    let mut answer = serde_json::json!({ "id": user });
    if let Some(token) = token {
        answer["invite_url"] = format!("{}/invite/{token}", public_url(&desk)?).into();
    }
    say(&answer.to_string());
    Ok(())
}

/// Who it is, and the token of their invitation, if they need one.
type Added = Result<(UserId, Option<String>), Box<dyn std::error::Error + Send + Sync>>;

/// Nobody is overwritten by a slip of the keyboard.
fn add_new(tx: &mut Tx, name: &str, email: &str, role: Role) -> Added {
    if let Some(known) = people::find_user_by_email(tx, email)? {
        let (who, has) = (known.name, known.role.name());
        return Err(format!(
            "{email} belongs to {who} already, whose role is {has}. Nothing was changed. For another role: \
             aptdesk user add --existing --email {email} --role ROLE"
        )
        .into());
    }
    invite(tx, name, email, role)
}

/// The name stays. Who has no password for the desk yet is invited to choose one.
fn change_role(tx: &mut Tx, email: &str, role: Role) -> Added {
    let known = people::find_user_by_email(tx, email)?
        .ok_or_else(|| format!("nobody here has the address {email}"))?;
    if known.role.is_staff() && known.has_password {
        people::update_user(tx, &UpdateUser { role: Some(role), ..UpdateUser::of(known.id) })?;
        return Ok((known.id, None));
    }
    invite(tx, &known.name, email, role)
}

fn invite(tx: &mut Tx, name: &str, email: &str, role: Role) -> Added {
    let invite = Invite { name: name.to_owned(), email: email.to_owned(), role, groups: Vec::new() };
    let invited = access::invite(tx, &invite)?;
    Ok((invited.user, Some(invited.token)))
}

fn sign_in(flags: &config::Flags, email: &str) -> Outcome {
    let desk = flags.settle()?.open_existing()?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::World;

    #[test]
    fn an_address_that_belongs_to_somebody_is_refused_and_nothing_changes() {
        for world in World::on_each_database() {
            world.lead("Lea");
            world.customer("Marta", "marta@example.org");
            for (email, who, role) in
                [("Lea@desk.example", "Lea", "lead"), ("marta@example.org", "Marta", "end-user")]
            {
                let refused =
                    world.try_write(Actor::desk(), move |tx| add_new(tx, "Else", email, Role::Agent));
                let why = refused.unwrap_err().to_string();
                let says = |word: &str| why.contains(word);
                assert!(says(who) && says(role) && says("--existing"), "{why} on {}", world.name());
                let user = world.read(move |tx| people::find_user_by_email(tx, email)).unwrap();
                assert_eq!((user.name.as_str(), user.role.name()), (who, role), "on {}", world.name());
            }
            assert_eq!(world.events(), [], "on {}", world.name());
        }
    }

    #[test]
    fn somebody_who_is_known_gets_another_role_and_keeps_the_name() {
        for world in World::on_each_database() {
            let marta = world.customer("Marta", "marta@example.org");
            let (user, token) = world.write(|tx| change_role(tx, "marta@example.org", Role::Lead));
            assert_eq!((user, token.is_some()), (marta, true), "on {}", world.name());
            let known = world.read(move |tx| people::find_user(tx, marta)).unwrap();
            assert_eq!((known.name.as_str(), known.role), ("Marta", Role::Lead), "on {}", world.name());
            let hashed = access::passwords::hash("seven green bottles").unwrap();
            world.write(move |tx| access::set_password(tx, marta, &hashed));
            let (_, token) = world.write(|tx| change_role(tx, "marta@example.org", Role::Admin));
            assert_eq!(token, None, "who has a password needs no invitation, on {}", world.name());
            assert_eq!(world.as_(marta).role(), Role::Admin, "on {}", world.name());
            let nobody = world.try_write(Actor::desk(), |tx| change_role(tx, "x@example.org", Role::Lead));
            assert!(nobody.is_err(), "on {}", world.name());
        }
    }
}
