//! `aptdesk people import` and `aptdesk shifts import`: who works here, and when, from files.

use crate::{Outcome, config, say};
use desk::skills::planning;
use desk::{Actor, people};
use std::path::{Path, PathBuf};

/// Largest file of people or shifts.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

#[derive(clap::Subcommand)]
pub enum PeopleVerb {
    /// CSV: name, email, groups (parted by ;), role (agent, light-agent, lead, admin). Nobody is invited by it.
    Import {
        #[command(flatten)]
        desk: Box<config::Flags>,
        file: PathBuf,
    },
}

#[derive(clap::Subcommand)]
pub enum ShiftsVerb {
    /// CSV: email, weekday, from, to, such as ana@example.org,mon,08:30,17:00. Whoever is named has exactly these shifts.
    Import {
        #[command(flatten)]
        desk: Box<config::Flags>,
        file: PathBuf,
    },
}

pub fn people(verb: &PeopleVerb) -> Outcome {
    let PeopleVerb::Import { desk, file } = verb;
    let desk = desk.as_ref().clone().settle()?.open_existing()?;
    let csv = text_of(file)?;
    let done = desk.db.write_now(Actor::desk(), move |tx| people::import_people(tx, &csv))?;
    say(&format!(
        "{} people read: {} new, {} changed, {} as they were; {} groups made",
        done.read, done.created, done.changed, done.unchanged, done.groups_created
    ));
    Ok(())
}

pub fn shifts(verb: &ShiftsVerb) -> Outcome {
    let ShiftsVerb::Import { desk, file } = verb;
    let desk = desk.as_ref().clone().settle()?.open_existing()?;
    let csv = text_of(file)?;
    let people = desk.db.write_now(Actor::desk(), move |tx| planning::import_shifts(tx, &csv))?;
    say(&format!("{people} people have the shifts of the file"));
    Ok(())
}

fn text_of(file: &Path) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let wrong = |error: std::io::Error| format!("{} cannot be read: {error}", file.display());
    if std::fs::metadata(file).map_err(wrong)?.len() > FILE_BYTES_MAX {
        return Err(format!("{} is larger than {} MB", file.display(), FILE_BYTES_MAX / 1024 / 1024).into());
    }
    Ok(std::fs::read_to_string(file).map_err(wrong)?)
}
