//! `aptdesk skills …`: what can be done with the skills half at a terminal.

mod evaluate;

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
}

pub fn run(verb: &SkillsVerb) -> Outcome {
    match verb {
        SkillsVerb::Evaluate { file, json } => evaluate::run(file, *json),
    }
}
