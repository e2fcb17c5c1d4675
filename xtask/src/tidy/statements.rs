//! SQL stands in `desk`, `db` and `jobs`. A door may have one file `store.rs`, and it only reads.

use super::{File, Found};

/// The product's SQL, the database's own, the queue's; and tools that look at a desk from outside.
const HOMES: &[&str] = &[
    "crates/desk/",
    "crates/db/",
    "crates/jobs/",
    "crates/testkit/",
    "xtask/src/bench",
    "xtask/src/tidy/statements.rs",
];

const READS: &[&str] = &["select ", "with recursive "];
const WRITES: &[&str] =
    &["insert into ", "update ", "delete from ", "create table ", "drop table ", "alter table "];

/// Asking whether the database answers at all.
const KNOCK: &str = "select 1";

pub(super) fn look(file: &File, found: &mut Found) {
    let path = &file.path;
    // Tests may look at rows; what they prove is the product's business.
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs") || path.contains("/examples/");
    if !path.ends_with(".rs") || is_test || HOMES.iter().any(|home| path.starts_with(home)) {
        return;
    }
    let is_store = path.starts_with("crates/") && path.ends_with("/src/store.rs");
    for (number, line) in without_tests(&file.text).lines().enumerate() {
        for start in starts_of_literals(line) {
            let reads = READS.iter().any(|word| start.starts_with(word)) && start != KNOCK;
            let writes = WRITES.iter().any(|word| start.starts_with(word)) && looks_like_sql(&start);
            if (reads && looks_like_sql(&start) && !is_store) || writes {
                found
                    .problems
                    .push(format!("{path}:{}: SQL belongs into the desk ({start:.40}…)", number + 1));
            }
        }
    }
}

/// Unit tests stand at the end of a file.
fn without_tests(text: &str) -> &str {
    text.split_once("\n#[cfg(test)]\n").map_or(text, |(code, _)| code)
}

/// What follows each quotation mark, and the line itself when it continues a literal.
fn starts_of_literals(line: &str) -> Vec<String> {
    line.split('"').skip(1).step_by(2).map(|literal| literal.trim_start().to_lowercase()).collect()
}

/// A sentence such as "update your profile" is not a statement.
fn looks_like_sql(start: &str) -> bool {
    match start.split_once(' ') {
        Some(("update", rest)) => rest.contains(" set "),
        Some(("select", rest)) => {
            rest.contains(" from ") || rest.contains('(') || rest.contains(',') || rest.contains('{')
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(path: &str, text: &str) -> usize {
        let mut found = Found::default();
        look(&File { path: path.to_owned(), text: text.to_owned() }, &mut found);
        found.problems.len()
    }

    const READ: &str = "//! It.\ntx.list(\"select id from tickets\", params![])\n";
    const WRITE: &str = "//! It.\ntx.execute(\"update tickets set status = 1\", params![])\n";

    #[test]
    fn sql_in_a_handler_is_found() {
        assert_eq!(problems_of("crates/web/src/tickets.rs", READ), 1);
        assert_eq!(problems_of("crates/aptdesk/src/health.rs", WRITE), 1);
    }

    #[test]
    fn sql_in_the_desk_is_at_home() {
        assert_eq!(problems_of("crates/desk/src/tickets/store.rs", WRITE), 0);
    }

    #[test]
    fn a_door_reads_in_its_store_and_never_writes() {
        assert_eq!(problems_of("crates/api/src/store.rs", READ), 0);
        assert_eq!(problems_of("crates/api/src/store.rs", WRITE), 1);
    }

    #[test]
    fn a_sentence_is_not_a_statement_and_a_knock_is_allowed() {
        for text in ["say(\"update your profile\")", "say(\"select a group\")", "tx.value(\"select 1\")"] {
            assert_eq!(problems_of("crates/web/src/people.rs", text), 0, "{text}");
        }
    }

    #[test]
    fn unit_tests_may_look_at_rows() {
        let text = format!("//! It.\n\n#[cfg(test)]\nmod tests {{\n{READ}}}\n");
        assert_eq!(problems_of("crates/web/src/people.rs", &text), 0);
    }
}
