//! The worlds themselves: usable from async tests, one per database, with their jobs.

use desk::work::Work;
use desk::{Actor, people};
use testkit::World;

#[tokio::test]
async fn a_world_may_be_made_used_and_left_in_an_async_test() {
    for world in World::on_each_database() {
        let marta = world.customer("Marta", "marta@example.org");
        let found = world.desk.read(Actor::desk(), move |tx| people::find_user(tx, marta)).await.unwrap();
        assert_eq!(found.map(|user| user.name).as_deref(), Some("Marta"), "on {}", world.name());
        assert_eq!(world.read(move |tx| people::find_user(tx, marta)).unwrap().id, marta);
    }
}

#[test]
fn there_is_a_world_on_postgresql_exactly_when_a_server_is_named() {
    let named = std::env::var_os("TEST_PG_URL").is_some_and(|url| !url.is_empty());
    let names: Vec<&str> = World::on_each_database().iter().map(|world| world.name()).collect();
    assert_eq!(names, if named { vec!["SQLite", "PostgreSQL"] } else { vec!["SQLite"] });
}

#[test]
fn a_new_ticket_brings_a_job_that_can_be_done() {
    for world in World::on_each_database() {
        world.ticket("No sound");
        assert!(world.events().is_empty(), "builders are not events, on {}", world.name());
        assert!(matches!(world.jobs_waiting()[..], [Work::TriageTicket { .. }]), "on {}", world.name());
        assert!(world.run_jobs() >= 1, "on {}", world.name());
        assert!(world.jobs_waiting().is_empty(), "on {}", world.name());
    }
}
