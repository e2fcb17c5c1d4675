//! The one binary: it wires doors to the desk and decides nothing.

mod backup;
mod check;
mod compress;
mod config;
mod demo;
mod floor;
mod health;
mod mailroom;
mod node;
mod parse;
mod people_cli;
mod postgres_tls;
mod progress;
mod router;
mod serve;
mod setup;
mod skills_cli;
mod users;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Pages are made of many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A customer-service desk that knows its people's skills.
#[derive(Parser)]
#[command(name = "aptdesk", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the desk: web pages, API, and mail. The first run prints a one-time set-up link.
    Serve(config::Flags),
    /// Set up a desk without a browser; prints {"sign_in_url", "api_token"} as JSON.
    Setup(setup::SetupFlags),
    /// Run a living desk: a team, customers, a history, and traffic that arrives through the real doors.
    Demo(demo::Flags),
    /// Look at what the desk makes of an e-mail.
    Mail {
        #[command(subcommand)]
        verb: MailVerb,
    },
    /// Add people, or let one in again.
    User {
        #[command(subcommand)]
        verb: users::UserVerb,
    },
    /// Bring the people who work here from a file.
    People {
        #[command(subcommand)]
        verb: people_cli::PeopleVerb,
    },
    /// Bring weekly shifts from a file.
    Shifts {
        #[command(subcommand)]
        verb: people_cli::ShiftsVerb,
    },
    /// The skills half at a terminal.
    Skills {
        #[command(subcommand)]
        verb: skills_cli::SkillsVerb,
    },
    /// Live a floor from a scenario file, or find the least staff that keeps its promises.
    Floor {
        #[command(subcommand)]
        verb: floor::FloorVerb,
    },
    /// Copy a desk into one file, while it runs.
    Backup(backup::BackupFlags),
    /// Make a desk from a backup file, in an empty folder.
    Restore(backup::RestoreFlags),
    /// Recompute and compare: mail that is unaccounted for, proficiencies against their evidence.
    Check(config::Flags),
    /// Print every setting with its flag, variable, default and meaning.
    Settings {
        /// As a page of the guide.
        #[arg(long)]
        markdown: bool,
    },
}

#[derive(Subcommand)]
enum MailVerb {
    /// Print one JSON object per message, on any bytes.
    Parse {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// The allocator asks for huge pages, of which an idle desk uses a corner each: it would hold 24 MB more, and answer no faster.
fn small_pages() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

fn main() -> ExitCode {
    small_pages();
    let words = config::with_fitting_help(Cli::command()).get_matches();
    let cli = Cli::from_arg_matches(&words).unwrap_or_else(|error| error.exit());
    let outcome = match cli.verb {
        Verb::Serve(flags) => serve::run(&flags),
        Verb::Setup(flags) => setup::run(&flags),
        Verb::Demo(flags) => demo::run(&flags),
        Verb::Mail { verb: MailVerb::Parse { files } } => parse::run(&files),
        Verb::User { verb } => users::run(&verb),
        Verb::People { verb } => people_cli::people(&verb),
        Verb::Shifts { verb } => people_cli::shifts(&verb),
        Verb::Skills { verb } => skills_cli::run(&verb),
        Verb::Floor { verb } => floor::run(&verb),
        Verb::Backup(flags) => backup::backup(&flags),
        Verb::Restore(flags) => backup::restore(&flags),
        Verb::Check(flags) => check::run(&flags),
        Verb::Settings { markdown } => config::print_table(markdown),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&*error);
            ExitCode::FAILURE
        }
    }
}

/// What a verb may answer.
type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[allow(clippy::print_stderr)]
fn say_error(error: &(dyn std::error::Error + Send + Sync + 'static)) {
    eprint!("aptdesk: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
}

/// A line for the person at the terminal.
#[allow(clippy::print_stdout)]
fn say(line: &str) {
    use std::io::Write;
    println!("{line}");
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_can_be_asked_for_help() {
        Cli::command().debug_assert();
        let mut command = Cli::command();
        command.build();
        for verb in command.get_subcommands() {
            assert!(verb.get_about().is_some(), "{} says nothing of itself", verb.get_name());
        }
    }

    fn help(words: &[&str]) -> String {
        let mut command = config::with_fitting_help(Cli::command());
        let verb = words.iter().fold(&mut command, |verb, word| {
            verb.find_subcommand_mut(word).unwrap_or_else(|| panic!("there is no {word}"))
        });
        verb.render_long_help().to_string()
    }

    #[test]
    fn the_help_of_a_verb_lists_only_the_settings_that_matter_to_it() {
        for verb in [&["check"][..], &["backup"], &["user", "add"], &["skills", "import-outcomes"]] {
            let help = help(verb);
            assert!(help.contains("--data") && help.contains("--database"), "{verb:?}: {help}");
            for of_the_server in ["--smtp", "--relay", "--dkim-key", "--log-format", "--public-url"] {
                assert!(!help.contains(of_the_server), "{verb:?}: {help}");
            }
        }
        assert!(help(&["setup"]).contains("--public-url") && !help(&["setup"]).contains("--relay"));
        assert!(help(&["serve"]).contains("--relay") && help(&["demo"]).contains("--smtp"));
    }

    #[test]
    fn a_setting_that_is_not_listed_is_taken_all_the_same() {
        let command = config::with_fitting_help(Cli::command());
        assert!(command.try_get_matches_from(["aptdesk", "check", "--smtp", "off", "--data", "x"]).is_ok());
    }
}
