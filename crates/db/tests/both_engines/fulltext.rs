//! Full text: what is found, by whom, and how far a search goes.

use super::{Place, count, places};
use db::{Engine, Error, Tx, params};

fn index_words(place: &Place) {
    let schema = match place.db.engine() {
        Engine::Sqlite => "create virtual table words using fts5 (terms, content='', contentless_delete=1)",
        Engine::Postgres => "create table words (id bigint primary key, terms tsvector not null)",
    };
    place.db.write_now("ana", move |tx| tx.batch(schema)).expect("a schema");
}

fn newest(tx: &mut Tx<&'static str>, terms: &[&str]) -> Result<Vec<i64>, Error> {
    let terms: Vec<String> = terms.iter().map(|term| (*term).to_owned()).collect();
    db::fulltext::newest(tx, "words", &terms, db::fulltext::Ids::ALL, 10)
}

#[test]
fn full_text_finds_all_words_the_last_one_by_its_beginning_newest_first() {
    for place in places() {
        index_words(&place);
        place
            .db
            .write_now("ana", move |tx| {
                db::fulltext::put(tx, "words", 1, "double payment march")?;
                db::fulltext::put(tx, "words", 2, "payment received")?;
                db::fulltext::put(tx, "words", 3, "a quote's end")?;
                db::fulltext::put(tx, "words", 2, "payment refused twice")
            })
            .expect("indexed");
        let find = |terms: &[&str]| place.db.read_now("ana", |tx| newest(tx, terms)).expect("searched");
        assert_eq!(find(&["payment"]), [2, 1], "on {}", place.url);
        assert_eq!(find(&["payment", "ma"]), [1]);
        assert_eq!(find(&["received"]), Vec::<i64>::new(), "what was replaced is not found");
        assert_eq!(find(&["quote's\" or x*"]), Vec::<i64>::new(), "odd words find nothing and break nothing");
        place.db.write_now("ana", |tx| db::fulltext::remove(tx, "words", 1)).expect("removed");
        assert_eq!(find(&["payment"]), [2]);
    }
}

#[test]
fn full_text_is_found_in_the_transaction_that_wrote_it() {
    for place in places() {
        index_words(&place);
        let found = place.db.write_now("ana", |tx| {
            db::fulltext::add(tx, "words", 7, "double payment")?;
            db::fulltext::add(tx, "words", 8, "double parcel")?;
            db::fulltext::remove(tx, "words", 7)?;
            newest(tx, &["double"])
        });
        assert_eq!(found.expect("searched"), [8], "on {}", place.url);
    }
}

#[test]
fn full_text_of_a_refused_closure_is_found_by_nobody_and_that_of_its_neighbours_is() {
    for place in places() {
        index_words(&place);
        let db = &place.db;
        std::thread::scope(|scope| {
            for i in 0..40_i64 {
                scope.spawn(move || {
                    let outcome: Result<(), Error> = db.write_now("ana", move |tx| {
                        db::fulltext::add(tx, "words", i, "payment")?;
                        // Some change a row before they refuse, some only the index, some look in between.
                        if i % 3 == 0 {
                            tx.execute("insert into notes (text) values ($1)", params![format!("note {i}")])?;
                        }
                        if i % 8 == 1 {
                            newest(tx, &["payment"])?;
                        }
                        if i % 4 == 0 { Err(Error::NoRow) } else { Ok(()) }
                    });
                    assert_eq!(outcome.is_ok(), i % 4 != 0);
                });
            }
        });
        let term = ["payment".to_owned()];
        let found = db
            .read_now("ana", |tx| db::fulltext::newest(tx, "words", &term, db::fulltext::Ids::ALL, 100))
            .expect("searched");
        let kept: Vec<i64> = (0..40).rev().filter(|i| i % 4 != 0).collect();
        assert_eq!(found, kept, "on {}", place.url);
    }
}

#[test]
fn who_writes_to_an_index_that_does_not_exist_is_told_and_the_neighbours_are_kept() {
    for place in places() {
        index_words(&place);
        let db = &place.db;
        std::thread::scope(|scope| {
            for i in 0..20_i64 {
                scope.spawn(move || {
                    let index = if i == 11 { "no_such_index" } else { "words" };
                    let outcome = db.write_now("ana", move |tx| {
                        tx.execute("insert into notes (text) values ($1)", params![format!("note {i}")])?;
                        db::fulltext::put(tx, index, i, "payment")
                    });
                    assert_eq!(outcome.is_ok(), i != 11);
                });
            }
        });
        assert_eq!(count(db), 19, "on {}", place.url);
    }
}

#[test]
fn a_quick_search_holds_to_its_span_and_finds_what_holds_all_words() {
    for place in places() {
        index_words(&place);
        place
            .db
            .write_now("ana", |tx| {
                (0..600_i64).try_for_each(|id| {
                    let parcel = if id % 2 == 0 { "parcel" } else { "letter" };
                    let update = if id % 3 == 0 { "update" } else { "thanks" };
                    db::fulltext::add(tx, "words", id, &format!("{parcel} {update} lamp"))
                })
            })
            .expect("indexed");
        let quick = |terms: &[&str], from: i64, below: i64, count_max: usize| {
            let terms: Vec<String> = terms.iter().map(|term| (*term).to_owned()).collect();
            let ids = db::fulltext::Ids { from, below };
            place
                .db
                .read_now("ana", |tx| db::fulltext::newest_at_once(tx, "words", &terms, ids, count_max))
                .expect("searched")
        };
        let both: Vec<i64> = (100..500).rev().filter(|id| id % 6 == 0).collect();
        assert_eq!(quick(&["parcel", "update"], 100, 500, 1_000), both, "on {}", place.url);
        assert_eq!(quick(&["update", "parcel", "lamp"], 100, 500, 1_000), both);
        assert_eq!(quick(&["parcel", "update"], 100, 500, 5), both[..5]);
        assert_eq!(quick(&["parcel", "letter"], 0, 600, 10), Vec::<i64>::new());
        assert_eq!(
            quick(&["parcel", "upd"], 590, 600, 10),
            [594],
            "a beginning, where no such word is known"
        );
    }
}
