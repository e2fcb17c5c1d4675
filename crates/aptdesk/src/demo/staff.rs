//! Sets up the company of the demo on a desk: groups, colleagues, organizations; and finds them again.

use super::content::{Agent, Content};
use super::{Failure, Result, shifts};
use desk::access::{self, SetUp};
use desk::mail::mailboxes::{self, UpdateMailbox};
use desk::people::{self, CreateGroup, CreateOrganization, CreateUser, UpdateGroup};
use desk::skills::{SetInterests, planning, roles};
use desk::{Actor, Desk, GroupId, Role, SkillId, Tx, UserId};
use std::collections::HashMap;

/// The colleagues in the order of the company file, their groups, and the desk's skills.
pub struct Staff {
    pub members: Vec<Member>,
    pub groups: HashMap<String, GroupId>,
    pub skills: HashMap<String, SkillId>,
}

#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub user: UserId,
    pub role: Role,
}

impl Member {
    pub fn actor(self) -> Actor {
        Actor::person(self.user, self.role)
    }
}

pub fn set_up(desk: &Desk, content: &Content, public_url: &str) -> Result<Staff> {
    let admin =
        content.agents.iter().find(|agent| agent.role == "admin").ok_or("the company has no admin")?;
    let command = SetUp {
        company: content.company.name.clone(),
        address: content.company.address.clone(),
        time_zone: content.company.time_zone.clone(),
        locale: content.company.language.clone(),
        admin_name: admin.name.clone(),
        admin_email: admin.email.clone(),
        public_url: public_url.to_owned(),
    };
    desk.db.write_now(Actor::desk(), move |tx| access::set_up(tx, &command).map_err(Failure::from))?;
    let groups: Vec<CreateGroup> = content
        .groups
        .iter()
        .map(|group| CreateGroup { name: group.name.clone(), description: group.about.clone() })
        .collect();
    let agents: Vec<(CreateUser, Vec<String>, Vec<String>)> =
        content.agents.iter().map(|it| (create(it), it.groups.clone(), it.interests.clone())).collect();
    let organizations: Vec<CreateOrganization> = content
        .organizations
        .iter()
        .map(|it| CreateOrganization {
            name: it.name.clone(),
            domains: it.domains.clone(),
            ..CreateOrganization::default()
        })
        .collect();
    let customers: Vec<CreateUser> = content
        .customers
        .iter()
        .map(|it| CreateUser {
            name: it.name.clone(),
            email: Some(it.email.clone()),
            locale: Some(it.locale.clone()),
            verified: true,
            ..CreateUser::default()
        })
        .collect();
    let profiles: Vec<(String, String)> =
        content.agents.iter().map(|it| (it.email.clone(), it.profile.clone())).collect();
    desk.db.write_now(Actor::desk(), move |tx| {
        let first = desk::settings::default_group(tx)?;
        found_groups(tx, &groups)?;
        hire(tx, &agents)?;
        plan(tx, &profiles)?;
        // The company's own groups take the place of the one that every desk begins with.
        people::delete_group(tx, first)?;
        for organization in &organizations {
            people::create_organization(tx, organization)?;
        }
        for customer in &customers {
            people::create_user(tx, customer)?;
        }
        // Whoever is best at it answers, whatever their group.
        if let Some(mailbox) = mailboxes::find_default(tx)? {
            mailboxes::update(
                tx,
                mailbox.id,
                &UpdateMailbox { group: Some(None), ..UpdateMailbox::default() },
            )?;
        }
        Ok::<_, Failure>(())
    })?;
    find(desk, content)
}

/// The last one becomes the default.
fn found_groups(tx: &mut Tx, groups: &[CreateGroup]) -> Result<()> {
    let mut newest = None;
    for group in groups {
        newest = Some(people::create_group(tx, group)?);
    }
    if let Some(newest) = newest {
        let update = UpdateGroup { group: newest, name: None, description: None, make_default: true };
        people::update_group(tx, &update)?;
    }
    Ok(())
}

fn hire(tx: &mut Tx, agents: &[(CreateUser, Vec<String>, Vec<String>)]) -> Result<()> {
    let groups = groups_by_name(tx)?;
    let skills = skills_by_key(tx)?;
    for (command, in_groups, interests) in agents {
        let email = command.email.clone().unwrap_or_default();
        let user = match people::find_user_by_email(tx, &email)? {
            Some(admin) => admin.id,
            None => people::create_user(tx, command)?,
        };
        let mine: Vec<GroupId> = in_groups.iter().filter_map(|name| groups.get(name).copied()).collect();
        people::set_memberships(tx, user, &mine, mine.first().copied())?;
        let wanted = interests.iter().filter_map(|key| skills.get(key).copied()).collect();
        desk::skills::set_interests(tx, &SetInterests { user, skills: wanted })?;
    }
    Ok(())
}

/// Everybody's role and week.
fn plan(tx: &mut Tx, profiles: &[(String, String)]) -> Result<()> {
    for (index, (email, profile)) in profiles.iter().enumerate() {
        let user = people::find_user_by_email(tx, email)?.ok_or("nobody was hired with this address")?;
        let role = roles::find_role_by_key(tx, profile)?.ok_or("the library lacks a role of the company")?;
        roles::set_roles_of(tx, user.id, &[role.id])?;
        planning::set_shifts(tx, user.id, &shifts::week(index))?;
    }
    Ok(())
}

fn create(agent: &Agent) -> CreateUser {
    CreateUser {
        name: agent.name.clone(),
        email: Some(agent.email.clone()),
        role: Role::parse(&agent.role).unwrap_or(Role::Agent),
        time_zone: Some(agent.time_zone.clone()),
        verified: true,
        details: agent.title.clone(),
        notes: agent.about.clone(),
        ..CreateUser::default()
    }
}

/// The company on a desk that was set up before.
pub fn find(desk: &Desk, content: &Content) -> Result<Staff> {
    desk.db.read_now(Actor::desk(), |tx| {
        let mut members = Vec::with_capacity(content.agents.len());
        for agent in &content.agents {
            let user = people::find_user_by_email(tx, &agent.email)?;
            let user = user.ok_or_else(|| format!("{} does not work here any more", agent.name))?;
            members.push(Member { user: user.id, role: user.role });
        }
        Ok(Staff { members, groups: groups_by_name(tx)?, skills: skills_by_key(tx)? })
    })
}

fn groups_by_name(tx: &mut Tx) -> Result<HashMap<String, GroupId>> {
    Ok(people::list_groups(tx)?.into_iter().map(|group| (group.name, group.id)).collect())
}

fn skills_by_key(tx: &mut Tx) -> Result<HashMap<String, SkillId>> {
    Ok(desk::skills::list_skills(tx)?.into_iter().map(|skill| (skill.key, skill.id)).collect())
}
