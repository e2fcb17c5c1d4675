//! Scenario files: a floor written down in TOML. What is wrong is said with its line and its key.

mod build;
mod calendar;
mod tables;
mod words;
mod write;

pub use calendar::{Calendar, Clocks};

use crate::erlang::Promise;
use crate::model::Floor;

/// A floor with how long to look at it, and what is promised on it.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub floor: Floor,
    pub days: u64,
    pub seed: u64,
    /// By place: the name behind each number of a skill, from 0.
    pub skills: Vec<String>,
    /// By type; times in seconds.
    pub promises: Vec<Option<Promise>>,
    pub shifts: Vec<Shift>,
    /// On which day it opens, and by whose clock; shifts may then have clocks of their own.
    pub calendar: Option<Calendar>,
}

/// A shift that can be worked, from one start on.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    pub name: String,
    /// Seconds from opening.
    pub starts_s: f64,
    /// The clock by which it begins, and its seconds from the first midnight there; None: the floor's own.
    pub clock: Option<(String, f64)>,
    pub length_s: f64,
    /// From the start of the shift: begin and length of each break.
    pub breaks_s: Vec<(f64, f64)>,
    pub cost: f64,
    /// Groups whose people work it; empty for all.
    pub groups: Vec<usize>,
}

/// What is wrong with a scenario, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {message}", if key.is_empty() { String::new() } else { format!(", {key}") })]
pub struct ScenarioError {
    pub line: usize,
    pub key: String,
    pub message: String,
}

impl Scenario {
    /// In UTC; a file that names time zones is for [`Scenario::read_by`].
    pub fn read(text: &str) -> Result<Scenario, ScenarioError> {
        Scenario::read_by(text, &calendar::OnlyUtc)
    }

    pub fn read_by(text: &str, clocks: &dyn Clocks) -> Result<Scenario, ScenarioError> {
        let file: tables::File = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |it| it.start);
            ScenarioError::at(text, at, error.message().trim().replace('\n', " "))
        })?;
        build::scenario(file, clocks).map_err(|wrong| ScenarioError::at(text, wrong.at, wrong.message))
    }
}

impl ScenarioError {
    /// The key is the one on the line, or the nearest above it when a value runs over several lines.
    fn at(text: &str, at: usize, message: String) -> ScenarioError {
        let before = &text[..at.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let lines = text.lines().take(line).collect::<Vec<_>>();
        let key = lines.iter().rev().find_map(|it| {
            let it = it.trim();
            if it.starts_with('[') && it.ends_with(']') && !it.contains('"') {
                return Some(it.trim_matches(['[', ']']).trim().to_owned());
            }
            let (key, _) = it.split_once('=')?;
            (!key.contains(['{', '"', '#', '['])).then(|| key.trim().to_owned())
        });
        ScenarioError { line, key: key.unwrap_or_default(), message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
name = "small"
[day]
period = "1 h"
periods = 2

[[type]]
name = "calls"
per_hour = [60, 90]
service = { mean = "2 min" }
groups = ["desk"]

[[group]]
name = "desk"
staff = [3, 4]
"#;

    fn wrong(from: &str, to: &str) -> String {
        assert!(SMALL.contains(from));
        Scenario::read(&SMALL.replace(from, to)).unwrap_err().to_string()
    }

    #[test]
    fn what_may_be_left_out_has_a_usual_value() {
        let scenario = Scenario::read(SMALL).unwrap();
        let floor = &scenario.floor;
        assert_eq!(floor.groups[0].staff, [3, 4, 4]);
        assert_eq!(floor.groups[0].serves, [[0]]);
        assert_eq!(floor.types[0].tiers[0].groups, [0]);
        assert_eq!((scenario.seed, floor.types[0].acceptable_s), (1, 20.0));
        assert!(floor.types[0].patience.is_none());
    }

    #[test]
    fn an_error_names_line_and_key() {
        assert_eq!(
            wrong("\"2 min\"", "2"),
            "line 10, service: invalid type: integer `2`, expected a time with its unit, like \"20 s\", \"1.5 min\", \
             \"2 h\" or \"1 d\""
        );
        assert_eq!(wrong("[\"desk\"]", "[\"dusk\"]"), "line 11, groups: there is no group \"dusk\"");
        assert_eq!(
            wrong("[3, 4]", "[3, 4, 5, 6]"),
            "line 15, staff: 4 values for 2 periods; write one, or one for each"
        );
        assert!(wrong("per_hour", "per_our").starts_with("line 9, per_our: unknown field `per_our`"));
        assert_eq!(
            wrong("periods = 2", "periods = 0"),
            "line 3, day: a day needs between 1 and 10000 periods"
        );
        assert!(wrong("groups = [\"desk\"]", "balk = 1.5").contains("balk: 1.5 is no share"));
        assert!(wrong("name = \"desk\"", "name = desk").starts_with("line 14"));
    }

    #[test]
    fn a_type_that_nobody_serves_is_refused() {
        let text =
            SMALL.replace("groups = [\"desk\"]", "needs = [{ skill = \"x\", level = 3, must = true }]");
        let error = Scenario::read(&text).unwrap_err();
        assert!(error.message.contains("nobody serves"), "{error}");
    }

    #[test]
    fn what_goes_first_is_served_first_and_is_written_down() {
        let two = r#"
name = "two queues"
[day]
period = "1 h"
periods = 8
closing = "cut"
[policy]
kind = "POLICY"
[[type]]
name = "contracts"
per_hour = 20
service = { mean = "2 min" }
turn = "first"
[[type]]
name = "questions"
per_hour = 20
service = { mean = "2 min" }
turn = "last"
[[group]]
name = "desk"
"#;
        for policy in ["live", "longest_idle"] {
            let scenario = Scenario::read(&two.replace("POLICY", policy)).unwrap();
            assert_eq!((scenario.floor.types[0].turn, scenario.floor.types[1].turn), (1, -1));
            let again = Scenario::read(&scenario.write()).unwrap();
            assert_eq!((again.floor.types[0].turn, again.floor.types[1].turn), (1, -1));
            let report = crate::Simulator::new(&again.floor).simulate(20, 7);
            let wait_s = |at: usize| report.types[at].day.wait_s.unwrap().mean;
            assert!(3.0 * wait_s(0) < wait_s(1), "{policy}: {} and {}", wait_s(0), wait_s(1));
        }
    }

    /// A key that a file may have stands in the guide.
    #[test]
    fn the_guide_explains_every_key() {
        let guide = include_str!("../../../../docs/guide/src/floor.md");
        for table in include_str!("tables.rs").split("pub(super) struct ").skip(1) {
            let body = table.split('}').next().unwrap_or_default();
            let renamed = |field: &str| match field {
                "types" => "type".to_owned(),
                "groups" if table.starts_with("File") => "group".to_owned(),
                "dialers" => "dialer".to_owned(),
                "shifts" => "shift".to_owned(),
                "kind" if table.starts_with("Dialer") => "type".to_owned(),
                _ => field.to_owned(),
            };
            for line in body.lines().filter_map(|it| it.trim().strip_prefix("pub ")) {
                let key = renamed(line.split(':').next().unwrap_or_default());
                let is_told = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`")]
                    .iter()
                    .any(|it| guide.contains(it))
                    // In a table within a line, as in `{ share = 0.75, after = … }`.
                    || guide.contains(&format!("{key} = "));
                assert!(is_told, "{key} stands in no table of the guide");
            }
        }
    }
}
