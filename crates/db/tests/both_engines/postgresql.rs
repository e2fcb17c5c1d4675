//! What is so on PostgreSQL only.

use super::{Place, count, note, open, places};
use db::{Db, Engine, Error, params};
use postgres::{Client, NoTls};
use std::sync::Barrier;

fn on_postgresql() -> impl Iterator<Item = Place> {
    places().into_iter().filter(|place| place.db.engine() == Engine::Postgres)
}

#[test]
fn other_processes_hear_of_commits_on_postgresql() {
    for place in on_postgresql() {
        let other = open(&place.url);
        let mut news = other.announcements();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let heard = async {
                loop {
                    // Said again until the other's LISTEN stands; a lost wake-up is repaired the same way in life.
                    let db = place.db.clone();
                    tokio::task::spawn_blocking(move || {
                        db.write_now("ana", |tx| {
                            tx.announce("ticket:7");
                            Ok::<_, Error>(())
                        })
                    })
                    .await
                    .expect("a thread")
                    .expect("written");
                    let wait = tokio::time::timeout(std::time::Duration::from_millis(300), news.recv());
                    if let Ok(Ok(topic)) = wait.await {
                        return topic;
                    }
                }
            };
            let topic =
                tokio::time::timeout(std::time::Duration::from_secs(30), heard).await.expect("heard in time");
            assert_eq!(&*topic, "ticket:7");
        });
    }
}

/// The number of the server's process that serves this desk's connection, of which there is one.
fn process_of(db: &Db<&'static str>) -> i64 {
    db.read_now("reader", |tx| tx.value("select cast(pg_backend_pid() as bigint)", params![]))
        .expect("a number")
}

#[test]
fn what_only_read_leaves_no_transaction_open() {
    for place in on_postgresql() {
        let process = process_of(&place.db);
        let mut admin = Client::connect(&place.url, NoTls).expect("PostgreSQL answers");
        let mut state = String::new();
        for _ in 0..1_000 {
            let asked = "select state from pg_stat_activity where cast(pid as bigint) = $1";
            state = admin.query_one(asked, &[&process]).expect("a row").get(0);
            if state == "idle" {
                break;
            }
        }
        assert_eq!(state, "idle");
    }
}

#[test]
fn a_read_sees_one_moment_from_its_first_statement_to_its_last() {
    for place in on_postgresql() {
        note(&place.db, "before").expect("written");
        let db = place.db.clone();
        let counted = place.db.read_now("reader", move |tx| {
            let before: i64 = tx.value("select count(*) from notes", params![])?;
            note(&db, "meanwhile")?;
            let after: i64 = tx.value("select count(*) from notes", params![])?;
            Ok::<_, Error>((before, after))
        });
        assert_eq!(counted.expect("read"), (1, 1));
        assert_eq!(count(&place.db), 2, "and the next read sees the next moment");
    }
}

#[test]
fn nothing_is_changed_by_what_only_reads_and_the_connection_is_good_afterwards() {
    for place in on_postgresql() {
        let refused = place
            .db
            .read_now("reader", |tx| tx.execute("insert into notes (text) values ('sneaked in')", params![]));
        assert!(refused.is_err(), "{refused:?}");
        let wrong = place.db.read_now("reader", |tx| tx.value::<i64>("select 1 / (select 0)", params![]));
        assert!(wrong.is_err(), "{wrong:?}");
        assert_eq!(count(&place.db), 0);
        note(&place.db, "openly").expect("written");
        assert_eq!(count(&place.db), 1);
    }
}

/// More than a closure is tried times.
const CONNECTIONS: usize = 12;

#[test]
fn after_a_restart_of_the_server_everybody_gets_an_answer_at_once() {
    for place in on_postgresql() {
        note(&place.db, "before").expect("written");
        let mut admin = Client::connect(&place.url, NoTls).expect("PostgreSQL answers");
        for answer in ["read", "written"] {
            let all_here = Barrier::new(CONNECTIONS);
            let processes: Vec<i64> = std::thread::scope(|scope| {
                let ask = || {
                    place.db.read_now("reader", |tx| {
                        let process = tx.value("select cast(pg_backend_pid() as bigint)", params![]);
                        all_here.wait();
                        process
                    })
                };
                let all: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(ask)).collect();
                all.into_iter().map(|one| one.join().expect("a thread").expect("a number")).collect()
            });
            for process in processes {
                let cut = "select pg_terminate_backend(cast($1 as bigint)::int, 5000)";
                admin.execute(cut, &[&process]).expect("cut");
            }
            match answer {
                "read" => assert_eq!(count(&place.db), 1),
                _ => assert!(note(&place.db, "after").is_ok()),
            }
        }
        assert_eq!(count(&place.db), 2);
    }
}
