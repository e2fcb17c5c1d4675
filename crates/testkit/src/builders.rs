//! People, groups and tickets in one line each. What builders do is not among [`World::events`].

use crate::World;
use desk::people::{self, CreateGroup, CreateOrganization, CreateUser};
use desk::tickets::{self, Channel, CreateTicket, NewComment};
use desk::{GroupId, OrganizationId, Role, TicketId, UserId};
use std::sync::atomic::Ordering;

impl World {
    pub fn agent(&self, name: &str) -> UserId {
        self.colleague(name, Role::Agent)
    }

    pub fn light_agent(&self, name: &str) -> UserId {
        self.colleague(name, Role::LightAgent)
    }

    pub fn lead(&self, name: &str) -> UserId {
        self.colleague(name, Role::Lead)
    }

    pub fn admin(&self, name: &str) -> UserId {
        self.colleague(name, Role::Admin)
    }

    /// Has the address `NAME@desk.example`, or one with a number when that is taken.
    fn colleague(&self, name: &str, role: Role) -> UserId {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let local: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let first = format!("{local}@desk.example");
        let address = first.clone();
        let taken = local.is_empty() || self.read(move |tx| people::find_user_by_email(tx, &first)).is_some();
        let email = if taken { format!("{local}{number}@desk.example") } else { address };
        let create = CreateUser {
            name: name.into(),
            email: Some(email),
            role,
            verified: true,
            ..CreateUser::default()
        };
        self.built(move |world| world.write(move |tx| people::create_user(tx, &create)))
    }

    pub fn customer(&self, name: &str, email: &str) -> UserId {
        let create = CreateUser { name: name.into(), email: Some(email.into()), ..CreateUser::default() };
        self.built(move |world| world.write(move |tx| people::create_user(tx, &create)))
    }

    /// These people are in this group afterwards, beside the groups they are in.
    pub fn group(&self, name: &str, members: &[UserId]) -> GroupId {
        let create = CreateGroup { name: name.into(), description: String::new() };
        let members = members.to_vec();
        self.built(move |world| {
            world.write(move |tx| {
                let group = people::create_group(tx, &create)?;
                for member in &members {
                    people::add_membership(tx, *member, group)?;
                }
                Ok::<_, people::PeopleError>(group)
            })
        })
    }

    pub fn organization(&self, name: &str, domain: &str) -> OrganizationId {
        let create =
            CreateOrganization { name: name.into(), domains: vec![domain.into()], ..Default::default() };
        self.built(move |world| world.write(move |tx| people::create_organization(tx, &create)))
    }

    /// A ticket by mail from a customer whose name does not matter.
    pub fn ticket(&self, subject: &str) -> TicketId {
        let requester =
            self.write(|tx| people::requester_for(tx, "customer@example.org", Some("A customer")));
        self.ticket_of(requester, subject)
    }

    /// A ticket by mail; its subject is also what it says.
    pub fn ticket_of(&self, requester: UserId, subject: &str) -> TicketId {
        let comment = NewComment::public(subject);
        let create = CreateTicket::new(requester, subject, comment, Channel::Email);
        self.built(move |world| world.write(move |tx| tickets::create(tx, &create)).id)
    }

    fn built<T>(&self, build: impl FnOnce(&World) -> T) -> T {
        let built = build(self);
        self.forget_events();
        built
    }
}
