//! Groups and organizations: who is in them, and what happens when they go.

use desk::events::Event;
use desk::people::*;
use desk::{Actor, GroupId, Kind, Refusal, Role, UserId, settings};
use testkit::World;

fn groups_of(world: &World, user: UserId) -> Vec<(GroupId, bool)> {
    let memberships = world.read(move |tx| list_memberships(tx, Some(user), None, Seek::First, 100));
    memberships.iter().map(|it| (it.group, it.is_default)).collect()
}

#[test]
fn a_new_agent_is_in_the_default_group_and_a_customer_in_none() {
    for world in World::on_each_database() {
        let support = world.read(settings::default_group);
        let (ana, marta) = (world.agent("Ana"), world.customer("Marta", "marta@example.org"));
        assert_eq!(groups_of(&world, ana), [(support, true)], "on {}", world.name());
        assert!(groups_of(&world, marta).is_empty(), "on {}", world.name());
    }
}

#[test]
fn memberships_are_exactly_what_was_set() {
    for world in World::on_each_database() {
        let (ada, ana) = (world.admin("Ada"), world.agent("Ana"));
        let (billing, shipping) = (world.group("Billing", &[]), world.group("Shipping", &[]));
        world.write_as(ada, move |tx| set_memberships(tx, ana, &[billing, shipping], Some(shipping)));
        assert_eq!(groups_of(&world, ana), [(billing, false), (shipping, true)], "on {}", world.name());
        assert_eq!(world.events(), [Event::MembershipsChanged { user: ana }], "on {}", world.name());
        world.forget_events();
        world.write_as(ada, move |tx| set_memberships(tx, ana, &[shipping, billing], None));
        assert!(world.events().is_empty(), "the same groups tell nobody, on {}", world.name());
        world.write_as(ada, move |tx| set_memberships(tx, ana, &[billing], None));
        assert_eq!(groups_of(&world, ana), [(billing, true)], "on {}", world.name());
        let listed = world.read(list_groups_with_members);
        let members: Vec<_> = listed.iter().map(|it| (it.group.name.as_str(), it.members.len())).collect();
        assert_eq!(members, [("Billing", 1), ("Shipping", 0), ("Support", 1)], "on {}", world.name());
        world.run_jobs();
        assert!(world.jobs_waiting().is_empty(), "on {}", world.name());
    }
}

#[test]
fn customers_are_in_no_group_and_agents_do_not_arrange_groups() {
    for world in World::on_each_database() {
        let (ada, ana) = (world.admin("Ada"), world.agent("Ana"));
        let marta = world.customer("Marta", "marta@example.org");
        let billing = world.group("Billing", &[]);
        let refused = world.try_as(ada, move |tx| add_membership(tx, marta, billing)).unwrap_err();
        assert!(matches!(refused, PeopleError::OnlyStaffInGroups), "on {}", world.name());
        let refused = world.try_as(ana, move |tx| set_memberships(tx, ana, &[billing], None)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        let refused = world.try_as(ana, |tx| create_group(tx, &CreateGroup::default())).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden, "on {}", world.name());
        let nowhere = GroupId(9_999);
        let refused = world.try_as(ada, move |tx| add_membership(tx, ana, nowhere)).unwrap_err();
        assert_eq!(refused.kind(), Kind::NotFound, "on {}", world.name());
    }
}

#[test]
fn a_colleague_who_becomes_a_customer_leaves_their_groups() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        world.group("Billing", &[ana]);
        let change = UpdateUser { role: Some(Role::EndUser), ..UpdateUser::of(ana) };
        world.write(move |tx| update_user(tx, &change));
        assert!(groups_of(&world, ana).is_empty(), "on {}", world.name());
        assert!(world.events().contains(&Event::MembershipsChanged { user: ana }), "on {}", world.name());
    }
}

#[test]
fn the_default_group_moves_and_never_goes() {
    for world in World::on_each_database() {
        let support = world.read(settings::default_group);
        let billing = world.group("Billing", &[]);
        let refused = world.try_write(Actor::desk(), move |tx| delete_group(tx, support)).unwrap_err();
        assert!(matches!(refused, PeopleError::GroupIsDefault), "on {}", world.name());
        let change = UpdateGroup { group: billing, name: None, description: None, make_default: true };
        world.write(move |tx| update_group(tx, &change));
        assert_eq!(world.read(settings::default_group), billing, "on {}", world.name());
        world.write(move |tx| delete_group(tx, support));
        let left: Vec<GroupId> = world.read(list_groups).iter().map(|group| group.id).collect();
        assert_eq!(left, [billing], "on {}", world.name());
    }
}

#[test]
fn an_organization_is_found_by_name_beginning_and_domain() {
    for world in World::on_each_database() {
        let acme = world.organization("Café ACME", "acme.example");
        world.organization("Other", "other.example");
        let name = world.read(|tx| find_organization_by_name(tx, " cafe  acme ")).map(|it| it.id);
        assert_eq!(name, Some(acme), "on {}", world.name());
        for address in ["acme.example", "Ana@ACME.Example", "@acme.example"] {
            let found = world.read(move |tx| find_organization_by_domain(tx, address));
            assert_eq!(found, Some(acme), "{address} on {}", world.name());
        }
        let listed = world.read(|tx| autocomplete_organizations(tx, "CAFÉ a", 10));
        assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), [acme], "on {}", world.name());
        assert!(world.read(|tx| autocomplete_organizations(tx, "%", 10)).is_empty(), "on {}", world.name());
    }
}

#[test]
fn names_and_domains_of_organizations_are_their_own() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let acme = world.organization("ACME", "acme.example");
        let other = world.organization("Other", "other.example");
        let twin = CreateOrganization { name: "acme".into(), ..CreateOrganization::default() };
        let refused = world.try_as(ana, move |tx| create_organization(tx, &twin)).unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (Kind::Invalid, Some("name")), "on {}", world.name());
        let rename = UpdateOrganization { name: Some("Acme".into()), ..UpdateOrganization::of(other) };
        let refused = world.try_as(ana, move |tx| update_organization(tx, &rename)).unwrap_err();
        assert!(matches!(refused, PeopleError::OrganizationExists), "on {}", world.name());
        let domains = Some(vec!["Other.example".into(), "acme.example".into()]);
        let take = UpdateOrganization { domains, ..UpdateOrganization::of(other) };
        let refused = world.try_as(ana, move |tx| update_organization(tx, &take)).unwrap_err();
        assert!(matches!(refused, PeopleError::DomainIsTaken(_)), "on {}", world.name());
        let domains = Some(vec!["two.example".into(), "ONE.example".into(), "one.example".into()]);
        let change = UpdateOrganization { domains, ..UpdateOrganization::of(acme) };
        let after = world.write_as(ana, move |tx| update_organization(tx, &change));
        assert_eq!(after.domains, ["one.example", "two.example"], "on {}", world.name());
        assert_eq!(world.read(move |tx| find_organization(tx, acme)), Some(after), "on {}", world.name());
    }
}

#[test]
fn a_deleted_organization_leaves_its_people_and_its_name() {
    for world in World::on_each_database() {
        let acme = world.organization("ACME", "acme.example");
        let marta = world.customer("Marta", "marta@acme.example");
        world.write(move |tx| delete_organization(tx, acme));
        let marta = world.read(move |tx| find_user(tx, marta)).unwrap();
        assert_eq!((marta.organization_id, marta.deleted_at), (None, None), "on {}", world.name());
        assert_eq!(world.read(count_organizations), 0, "on {}", world.name());
        assert_ne!(world.organization("ACME", "acme.example"), acme, "on {}", world.name());
    }
}
