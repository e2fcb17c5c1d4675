//! Work that was done at another desk: files of it, how they are read, and what came of reading them.

use crate::time::{iso, iso_if};
use desk::skills::outcomes::files::{File, columns_read};
use desk::skills::outcomes::{Because, Mapping, People, RatingScale, Reason, Run, Tally};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How a file is read. Columns with usual names are found by themselves.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutcomeMappingShape {
    /// The name of the other desk: the same number of another source is another ticket.
    pub source: String,
    /// Of moments that do not say their own offset.
    pub time_zone: String,
    /// As `strptime` has it; for dates such as 12/31/2025.
    pub date_format: Option<String>,
    /// What a row can say (ticket, person, solved_at, topic, …) → the file's own name of the column.
    pub columns: BTreeMap<String, String>,
    /// The file's word → an address or a name here.
    pub people: BTreeMap<String, String>,
    /// The file's word → low, normal, high, urgent.
    pub priority: BTreeMap<String, String>,
    pub channel: BTreeMap<String, String>,
    /// The worst and the best figure of a rating,
    pub rating_min: f64,
    pub rating_max: f64,
    /// and words → 1 to 5; 0: no rating.
    pub rating_words: BTreeMap<String, u8>,
    /// Topic or tag (a `*` at its end stands for any ending) → skills, each as `key`, `key:level` or `key:level:weight`.
    pub topics: BTreeMap<String, Vec<String>>,
}

impl Default for OutcomeMappingShape {
    fn default() -> Self {
        OutcomeMappingShape::of(&Mapping::default())
    }
}

impl OutcomeMappingShape {
    fn of(it: &Mapping) -> OutcomeMappingShape {
        OutcomeMappingShape {
            source: it.source.clone(),
            time_zone: it.time_zone.clone(),
            date_format: it.date_format.clone(),
            columns: it.columns.clone(),
            people: it.people.clone(),
            priority: it.priority.clone(),
            channel: it.channel.clone(),
            rating_min: it.rating.min,
            rating_max: it.rating.max,
            rating_words: it.rating.words.clone(),
            topics: it.topics.clone(),
        }
    }

    pub fn mapping(self) -> Mapping {
        Mapping {
            source: self.source,
            time_zone: self.time_zone,
            date_format: self.date_format,
            columns: self.columns,
            people: self.people,
            priority: self.priority,
            channel: self.channel,
            rating: RatingScale { min: self.rating_min, max: self.rating_max, words: self.rating_words },
            topics: self.topics,
        }
    }
}

/// A file that was brought.
#[derive(Serialize, ToSchema)]
pub struct OutcomeFileShape {
    pub id: i64,
    pub name: String,
    pub bytes: i64,
    /// written (not tried yet), trying, tried, taking, taken
    pub state: &'static str,
    /// Of what is under way, 0 to 1.
    pub done: f64,
    /// Why the last reading failed.
    pub failed: Option<String>,
    /// As the file calls them.
    pub columns: Vec<String>,
    /// What a row can say → the column that says it, as it is read now.
    pub columns_read: BTreeMap<String, Option<String>>,
    /// Topics, or tags where rows have no topic, with their rows.
    pub topics: BTreeMap<String, u64>,
    pub mapping: OutcomeMappingShape,
    /// People of whom this desk has never heard become agents; else their rows are rejected.
    pub create_people: bool,
    /// The account of the last try.
    pub tally: Option<OutcomeTallyShape>,
    pub outcome_run_id: Option<i64>,
    pub created_at: String,
}

impl OutcomeFileShape {
    pub fn of(it: &File) -> OutcomeFileShape {
        let read = columns_read(it).into_iter();
        OutcomeFileShape {
            id: it.id.0,
            name: it.name.clone(),
            bytes: it.bytes,
            state: it.state.as_str(),
            done: it.done,
            failed: it.failed.clone(),
            columns: it.columns.clone(),
            columns_read: read
                .map(|(field, column)| (field.name().to_owned(), column.map(str::to_owned)))
                .collect(),
            topics: it.topics.clone(),
            mapping: OutcomeMappingShape::of(&it.mapping),
            create_people: it.people == People::Create,
            tally: it.tally.as_ref().map(OutcomeTallyShape::of),
            outcome_run_id: it.run.map(|id| id.0),
            created_at: iso(it.created_at),
        }
    }
}

/// `read = taken + duplicates + superseded + rejected`, always.
#[derive(Serialize, ToSchema)]
pub struct OutcomeTallyShape {
    pub read: u64,
    /// Tickets that were new.
    pub taken: u64,
    /// Rows that say what is known already.
    pub duplicates: u64,
    /// Rows that correct what was known of a ticket.
    pub superseded: u64,
    pub rejected: u64,
    pub reasons: Vec<RejectedShape>,
    /// Evidence that was written.
    pub outcomes: u64,
    pub ratings: u64,
    pub handle_times: u64,
    pub people_created: u64,
    /// Topics and tags for which the mapping names no skill, with their rows.
    pub unmapped: BTreeMap<String, u64>,
    /// Names of skills that the desk does not have.
    pub unknown_skills: BTreeMap<String, u64>,
}

#[derive(Serialize, ToSchema)]
pub struct RejectedShape {
    /// In one word.
    #[schema(value_type = String)]
    pub reason: Reason,
    pub words: &'static str,
    pub rows: u64,
    /// The first few.
    pub examples: Vec<RejectedRowShape>,
}

#[derive(Serialize, ToSchema)]
pub struct RejectedRowShape {
    /// Of the file, counted from 1, with its head.
    pub line: u64,
    /// The cell that was wrong.
    pub cell: String,
}

impl OutcomeTallyShape {
    fn of(it: &Tally) -> OutcomeTallyShape {
        let example = |(line, cell): &(u64, String)| RejectedRowShape { line: *line, cell: cell.clone() };
        let rejected = |(reason, because): (&Reason, &Because)| RejectedShape {
            reason: *reason,
            words: reason.words(),
            rows: because.rows,
            examples: because.examples.iter().map(example).collect(),
        };
        OutcomeTallyShape {
            read: it.read,
            taken: it.taken,
            duplicates: it.duplicates,
            superseded: it.superseded,
            rejected: it.rejected,
            reasons: it.reasons.iter().map(rejected).collect(),
            outcomes: it.outcomes,
            ratings: it.ratings,
            handle_times: it.handle_times,
            people_created: it.people_created,
            unmapped: it.unmapped.clone(),
            unknown_skills: it.unknown_skills.clone(),
        }
    }
}

/// One reading of a file, or one round of following another desk.
#[derive(Serialize, ToSchema)]
pub struct OutcomeRunShape {
    pub id: i64,
    pub source: String,
    /// The file's name, or the other desk's address.
    pub name: String,
    pub tally: OutcomeTallyShape,
    pub created_at: String,
    /// null: it is still being read.
    pub finished_at: Option<String>,
    /// Somebody wants it taken back.
    pub undo_asked_at: Option<String>,
    /// It has been taken back whole.
    pub undone_at: Option<String>,
}

impl OutcomeRunShape {
    pub fn of(it: &Run) -> OutcomeRunShape {
        OutcomeRunShape {
            id: it.id.0,
            source: it.source.clone(),
            name: it.name.clone(),
            tally: OutcomeTallyShape::of(&it.tally),
            created_at: iso(it.started_at),
            finished_at: iso_if(it.finished_at),
            undo_asked_at: iso_if(it.undo_asked_at),
            undone_at: iso_if(it.undone_at),
        }
    }
}

/// What is missing stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct OutcomeFileChange {
    /// All of it: what is not named in it is as usual.
    pub mapping: Option<OutcomeMappingShape>,
    pub create_people: Option<bool>,
    /// trying: say what would happen, and change nothing; taking: take it in
    pub state: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct OutcomeFileBody {
    pub outcome_file: OutcomeFileChange,
}
