//! The account of an import: every row that was read is taken, a duplicate, a correction, or rejected with its reason.

use super::{EXAMPLES_MAX, UNMAPPED_MAX};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a row was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Unreadable,
    NoTicket,
    NoPerson,
    TooManyPeople,
    UnknownPerson,
    AmbiguousPerson,
    PersonIsCustomer,
    NotSolved,
    TimeIsWrong,
    InTheFuture,
    TooFresh,
    NoSkill,
    RatingIsWrong,
    NumberIsWrong,
}

impl Reason {
    pub fn words(self) -> &'static str {
        match self {
            Reason::Unreadable => "the line cannot be read",
            Reason::NoTicket => "the ticket has no number",
            Reason::NoPerson => "nobody is named who did the work",
            Reason::TooManyPeople => "too many people are named",
            Reason::UnknownPerson => "the person is not known here",
            Reason::AmbiguousPerson => "several people here have this name",
            Reason::PersonIsCustomer => "the address belongs to a customer here",
            Reason::NotSolved => "the ticket has not been solved",
            Reason::TimeIsWrong => "a time cannot be read",
            Reason::InTheFuture => "the ticket would be solved in the future",
            Reason::TooFresh => "solved so recently that it may still be reopened; a later import takes it",
            Reason::NoSkill => "no skill is known for its topic",
            Reason::RatingIsWrong => "the rating cannot be read",
            Reason::NumberIsWrong => "a number cannot be read",
        }
    }
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Of the file, counted from 1, with its head.
    pub line: u64,
    pub reason: Reason,
    /// The cell that was wrong.
    pub cell: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    pub rows: u64,
    /// The first few: line and cell.
    pub examples: Vec<(u64, String)>,
}

/// `read = taken + duplicates + superseded + rejected`, always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    pub read: u64,
    /// Tickets that were new.
    pub taken: u64,
    /// Rows that say what is known already, or less than is known.
    pub duplicates: u64,
    /// Rows that correct what was known of a ticket.
    pub superseded: u64,
    pub rejected: u64,
    pub reasons: BTreeMap<Reason, Because>,
    /// Evidence that was written.
    pub outcomes: u64,
    pub ratings: u64,
    pub handle_times: u64,
    pub people_created: u64,
    /// Topics and tags for which the mapping names no skill, with their rows.
    pub unmapped: BTreeMap<String, u64>,
    /// Names of skills in rows or in the mapping that the desk does not have.
    pub unknown_skills: BTreeMap<String, u64>,
}

impl Tally {
    pub fn is_reconciled(&self) -> bool {
        let by_reason: u64 = self.reasons.values().map(|it| it.rows).sum();
        self.read == self.taken + self.duplicates + self.superseded + self.rejected
            && self.rejected == by_reason
    }

    pub fn reject(&mut self, it: &Rejected) {
        self.read += 1;
        self.rejected += 1;
        let because = self.reasons.entry(it.reason).or_default();
        because.rows += 1;
        if because.examples.len() < EXAMPLES_MAX {
            because.examples.push((it.line, it.cell.clone()));
        }
    }

    pub fn add(&mut self, other: &Tally) {
        self.read += other.read;
        self.taken += other.taken;
        self.duplicates += other.duplicates;
        self.superseded += other.superseded;
        self.rejected += other.rejected;
        self.outcomes += other.outcomes;
        self.ratings += other.ratings;
        self.handle_times += other.handle_times;
        self.people_created += other.people_created;
        for (reason, because) in &other.reasons {
            let into = self.reasons.entry(*reason).or_default();
            into.rows += because.rows;
            let room = EXAMPLES_MAX.saturating_sub(into.examples.len());
            into.examples.extend(because.examples.iter().take(room).cloned());
        }
        other.unmapped.iter().for_each(|(name, rows)| count(&mut self.unmapped, name, *rows));
        other.unknown_skills.iter().for_each(|(name, rows)| count(&mut self.unknown_skills, name, *rows));
    }

    pub(super) fn is_unmapped(&mut self, name: &str) {
        count(&mut self.unmapped, name, 1);
    }

    pub(super) fn skill_is_unknown(&mut self, name: &str) {
        count(&mut self.unknown_skills, name, 1);
    }
}

fn count(into: &mut BTreeMap<String, u64>, name: &str, rows: u64) {
    if let Some(known) = into.get_mut(name) {
        *known += rows;
    } else if into.len() < UNMAPPED_MAX {
        into.insert(name.to_owned(), rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_of_parts_adds_up_as_one_of_the_whole() {
        let mut whole = Tally { read: 3, taken: 2, duplicates: 1, ..Tally::default() };
        let mut part = Tally::default();
        for line in 1..=9 {
            part.reject(&Rejected { line, reason: Reason::NoSkill, cell: "x".into() });
        }
        part.is_unmapped("x");
        whole.add(&part);
        assert!(whole.is_reconciled() && whole.read == 12);
        assert_eq!(whole.reasons[&Reason::NoSkill].examples.len(), EXAMPLES_MAX);
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Tally>(&text).unwrap(), whole);
    }
}
