//! People from a file: made, changed, left as they are; never half of it.

use desk::people::{self, ImportPeopleError, PeopleImported};
use desk::{Actor, Role, UserId};
use testkit::World;

fn import(world: &World, csv: &'static str) -> Result<PeopleImported, ImportPeopleError> {
    world.try_write(Actor::desk(), move |tx| people::import_people(tx, csv))
}

fn groups_of(world: &World, user: UserId) -> Vec<String> {
    let all = world.read(people::list_groups_with_members);
    let mine = all.iter().filter(|it| it.members.iter().any(|member| member.user == user));
    mine.map(|it| it.group.name.clone()).collect()
}

#[test]
fn people_come_with_their_groups_and_the_same_file_again_changes_nothing() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let csv = "Name,Email,Groups,Role\nAna Novak,ana@desk.example,Care;Billing,lead\nKofi Mensah,KOFI@x.org,care,\nNoor Haddad,,Billing,agent\n";
        let done = import(&world, csv).unwrap();
        let wanted = PeopleImported { read: 3, created: 2, changed: 1, unchanged: 0, groups_created: 2 };
        assert_eq!(done, wanted, "on {}", world.name());
        let again = import(&world, csv).unwrap();
        assert_eq!((again.unchanged, again.created, again.changed, again.groups_created), (3, 0, 0, 0));
        let now = world.read(move |tx| people::find_user(tx, ana)).unwrap();
        assert_eq!((now.name.as_str(), now.role), ("Ana Novak", Role::Lead));
        assert_eq!(groups_of(&world, ana), ["Billing", "Care"]);
        let kofi = world.read(|tx| people::find_user_by_email(tx, "kofi@x.org")).unwrap();
        assert_eq!((kofi.role, kofi.has_password), (Role::Agent, false));
    }
}

#[test]
fn a_file_parted_by_semicolons_names_people_and_not_whole_lines() {
    for world in World::on_each_database() {
        let csv = "Name;E-Mail;Gruppen;Rolle\nKurt Öz;kurt@x.org;\"Care;Billing\";lead\n";
        let done = import(&world, csv).unwrap();
        assert_eq!((done.read, done.created, done.groups_created), (1, 1, 2), "on {}", world.name());
        let kurt = world.read(|tx| people::find_user_by_email(tx, "kurt@x.org")).unwrap();
        assert_eq!((kurt.name.as_str(), kurt.role), ("Kurt Öz", Role::Lead));
        assert_eq!(groups_of(&world, kurt.id), ["Billing", "Care"]);
    }
}

#[test]
fn a_head_says_which_column_is_the_name() {
    for world in World::on_each_database() {
        for csv in [
            "E-Mail;Full name\nkurt@x.org;Kurt Öz\n",
            "Nachname;Vorname;Rolle;E-Mail\nÖz;Kurt;agent;kurt@x.org\n",
            "email,role,agent_name,groups\nkurt@x.org,,Kurt Öz,\n",
            "Name,Address,Team\nKurt Öz,kurt@x.org,Care\n",
        ] {
            assert_eq!(import(&world, csv).unwrap().read, 1, "{csv}, on {}", world.name());
            let kurt = world.read(|tx| people::find_user_by_email(tx, "kurt@x.org")).unwrap();
            assert_eq!((kurt.name.as_str(), kurt.role), ("Kurt Öz", Role::Agent), "{csv}");
        }
        let kurt = world.read(|tx| people::find_user_by_email(tx, "kurt@x.org")).unwrap();
        assert_eq!(groups_of(&world, kurt.id), ["Care"], "the usual order, on {}", world.name());
    }
}

#[test]
fn one_wrong_line_and_nothing_is_changed() {
    for world in World::on_each_database() {
        world.customer("Carla", "carla@customer.example");
        for (csv, word) in [
            ("Ana,ana@x.org,,\nBo,not an address,,\n", "line 2"),
            ("Ana,ana@x.org,,king\n", "king"),
            ("Ana,ana@x.org,,\nCarla,carla@customer.example,,\n", "customer"),
        ] {
            let refused = import(&world, csv).unwrap_err().to_string();
            assert!(refused.contains(word), "{refused}");
            assert!(
                world.read(|tx| people::find_user_by_email(tx, "ana@x.org")).is_none(),
                "on {}",
                world.name()
            );
        }
    }
}
