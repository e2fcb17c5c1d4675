//! Lists that have to agree: dependencies and their reasons, migrations and the desk that applies them.

use super::{File, Found};

const OPENED_IN: &str = "crates/desk/src/open.rs";

pub(super) fn look(files: &[File], found: &mut Found) {
    let text_of =
        |path: &str| files.iter().find(|file| file.path == path).map_or("", |file| file.text.as_str());
    found.problems.extend(without_reason(text_of("Cargo.toml")));
    let names = files.iter().filter_map(|file| file.path.strip_prefix("migrations/")).collect::<Vec<_>>();
    found.problems.extend(migrations(&names, text_of(OPENED_IN)));
}

/// Dependencies of the workspace whose line does not say what they are for. Our own crates say it themselves.
fn without_reason(manifest: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| line.contains('=') && !line.starts_with('#') && !line.contains("path = "))
        .filter(|line| line.rsplit_once('#').is_none_or(|(_, reason)| reason.trim().len() < 3))
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| format!("Cargo.toml: {name} needs a comment that says what it is for"))
        .collect()
}

/// Each file is applied, each applied file exists, and no number stands twice or is left out.
fn migrations(names: &[&str], opened_in: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let listed = |kind: &str| -> Vec<String> {
        let start = format!("    {kind}!(\"");
        opened_in
            .lines()
            .filter_map(|line| Some(line.strip_prefix(&start)?.split('"').next()?.to_owned()))
            .collect()
    };
    let (shared, twins) = (listed("shared"), listed("twins"));
    let mut all: Vec<&String> = shared.iter().chain(&twins).collect();
    all.sort();
    for name in &all {
        if !names.contains(&format!("{name}.sql").as_str()) {
            problems.push(format!("{OPENED_IN}: migrations/{name}.sql does not exist"));
        }
    }
    for (number, name) in (1..).zip(&all) {
        if !name.starts_with(&format!("{number:04}_")) {
            problems.push(format!("migrations/{name}: number {number:04} is expected here"));
        }
    }
    for file in names {
        let is_applied = match file.strip_suffix(".postgres.sql") {
            Some(name) => twins.iter().any(|listed| listed == name),
            None => all.iter().any(|listed| Some(listed.as_str()) == file.strip_suffix(".sql")),
        };
        if !is_applied {
            problems.push(format!("migrations/{file} is not applied by {OPENED_IN}"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_says_what_it_is_for() {
        let manifest = "[workspace.dependencies]\n# --- ours\ndesk = { path = \"crates/desk\" }\njiff = \"0.2\"  # time zones\nserde = \"1\"\n\n[profile.dev]\ndebug = 1\n";
        assert_eq!(without_reason(manifest), ["Cargo.toml: serde needs a comment that says what it is for"]);
    }

    #[test]
    fn files_and_the_list_of_migrations_agree() {
        let list = "    shared!(\"0001_people\"),\n    twins!(\"0002_search\"),\n";
        let good = ["0001_people.sql", "0002_search.sql", "0002_search.postgres.sql"];
        assert!(migrations(&good, list).is_empty());
        assert_eq!(
            migrations(&[&good[..], &["0003_more.sql"]].concat(), list),
            ["migrations/0003_more.sql is not applied by crates/desk/src/open.rs"]
        );
        assert_eq!(
            migrations(&good[1..], list),
            ["crates/desk/src/open.rs: migrations/0001_people.sql does not exist"]
        );
    }

    #[test]
    fn a_gap_in_the_numbers_is_found() {
        let list = "    shared!(\"0001_people\"),\n    shared!(\"0003_mail\"),\n";
        let problems = migrations(&["0001_people.sql", "0003_mail.sql"], list);
        assert_eq!(problems, ["migrations/0003_mail: number 0002 is expected here"]);
    }
}
