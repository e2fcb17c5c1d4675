//! `aptdesk skills …`: what can be done with the skills half at a terminal.

mod account;
mod evaluate;
mod follow;
mod import;

use crate::Outcome;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum SkillsVerb {
    /// Predict right and wrong answers with the online filter, each before it is seen, and say how good the predictions were.
    Evaluate {
        /// CSV with the header person,item,skill,correct,time,split: several skills joined by ~, time in seconds or 0, split train or
        /// test. One pass in the order of the file; only test rows are scored.
        file: PathBuf,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Learn from what became of another desk's tickets: CSV with a head, or JSON Lines, one row a ticket.
    ///
    /// Columns are found by usual names (ticket, person, opened_at, solved_at, topic, tags, skills, channel, priority,
    /// rating, reopened, escalated, replies, handle_s, …) or named in the mapping. The same file again changes nothing; a
    /// corrected row takes the place of the former; a reading that broke off goes on where it stopped.
    ImportOutcomes(Box<import::ImportFlags>),
    /// Read what another desk has solved since the last time, by the API that Zendesk and others have, and learn from it.
    ///
    /// It only reads, waits when it is asked to, and goes on from where it stopped.
    Follow(Box<follow::FollowFlags>),
}

pub fn run(verb: &SkillsVerb) -> Outcome {
    match verb {
        SkillsVerb::Evaluate { file, json } => evaluate::run(file, *json),
        SkillsVerb::ImportOutcomes(flags) => import::run(flags),
        SkillsVerb::Follow(flags) => follow::run(flags),
    }
}
