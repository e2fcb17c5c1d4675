//! Counting what test runners report, while their words pass through to the terminal.

use crate::shell;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
}

impl Tally {
    pub fn and(self, other: Tally) -> Tally {
        Tally { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// What this line of a runner adds: the summary of cargo-nextest, or of one program under `cargo test`.
    fn of_line(line: &str) -> Tally {
        let line = without_colours(line);
        // Indented, a result is what nextest repeats of a failed test's own words.
        let counts = if line.trim_start().starts_with("Summary [") {
            line.split_once(" run: ").map(|(_, counts)| counts)
        } else {
            line.strip_prefix("test result: ")
                .and_then(|rest| rest.split_once(". "))
                .map(|(_, counts)| counts)
        };
        let mut tally = Tally::default();
        for count in counts.unwrap_or_default().split([',', ';', '(', ')']) {
            let Some((number, word)) = count.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<usize>() else { continue };
            match word {
                "passed" => tally.passed += number,
                "failed" | "timed out" | "exec failed" => tally.failed += number,
                _ => {}
            }
        }
        tally
    }
}

/// Runs a test runner; `Err` when it could not run at all, for example because the tests do not build.
pub fn count(command: &mut Command) -> Result<Tally, String> {
    shell::say(command);
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    count_and_pass(command, std::io::stdout(), std::io::stderr())
}

fn count_and_pass(command: &mut Command, out: impl Write + Send, err: impl Write) -> Result<Tally, String> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| shell::could_not_start(command, &error))?;
    let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let tally = std::thread::scope(|scope| {
        let quiet = scope.spawn(|| pass_through(stdout, out));
        let loud = pass_through(stderr, err);
        quiet.join().expect("reading lines does not panic").and(loud)
    });
    let status = child.wait().map_err(|error| error.to_string())?;
    match status.success() || tally.failed > 0 {
        true => Ok(tally),
        false => Err(format!("the tests could not be run ({status}); see above")),
    }
}

fn pass_through(from: impl Read, mut to: impl Write) -> Tally {
    let mut tally = Tally::default();
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        let _ = to.write_all(&line).and_then(|()| to.flush());
        tally = tally.and(Tally::of_line(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    tally
}

/// Without the escape sequences that set colours: `ESC [ … m`.
fn without_colours(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or(piece, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_of_nextest_is_counted() {
        let line =
            "     Summary [  12.345s] 103 tests run: 100 passed (2 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(Tally::of_line(line), Tally { passed: 100, failed: 3 });
        assert_eq!(
            Tally::of_line("     Summary [   0.012s] 1 test run: 1 passed, 0 skipped"),
            Tally { passed: 1, failed: 0 }
        );
    }

    #[test]
    fn colours_do_not_hide_a_count() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.5s] \u{1b}[1m7\u{1b}[0m tests run: \u{1b}[1m7\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped";
        assert_eq!(Tally::of_line(line), Tally { passed: 7, failed: 0 });
    }

    #[test]
    fn the_result_of_one_program_is_counted() {
        let line = "test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Tally::of_line(line), Tally { passed: 5, failed: 2 });
    }

    #[test]
    fn other_lines_count_for_nothing() {
        for line in [
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored",
            "test passed ... ok",
            "    Starting 12 tests across 3 binaries",
            "12 passed",
            "",
        ] {
            assert_eq!(Tally::of_line(line), Tally::default(), "{line}");
        }
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_is_an_error() {
        let run = |script: &str, shown: &mut Vec<u8>| {
            count_and_pass(Command::new("sh").args(["-c", script]), shown, std::io::sink())
        };
        assert!(run("exit 101", &mut Vec::new()).is_err());
        let mut shown = Vec::new();
        let told = run("echo 'test result: FAILED. 0 passed; 1 failed; 0 ignored'; exit 101", &mut shown);
        assert_eq!(told, Ok(Tally { passed: 0, failed: 1 }));
        assert!(shown.starts_with(b"test result: FAILED."), "what the runner says is shown");
    }
}
