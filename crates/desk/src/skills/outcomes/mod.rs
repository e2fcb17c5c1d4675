//! Work done at another desk: what became of its tickets is evidence here, as if it had been done at this one.
//!
//! A door reads rows by a [`Mapping`], [`begin`]s a run, [`take`]s batch by batch (each in one transaction, with the
//! run's position), and [`finish`]es. The other desk's ticket number is the key: the same row again changes nothing, a
//! corrected row strikes out what the former had said. Tables: `imported_outcomes` (a ticket's last word),
//! `outcome_runs`, `outcome_follows`, `outcomes_waiting`, `outcome_files`, `outcome_former`, `outcome_people`,
//! `outcome_sources`, `need_sets`, `need_set_skills`, `difficulty_keys`; `evidence` with `imported_id`. Events:
//! `OutcomesImported`, one for each batch, and `OutcomesTakenBack`. Setting `handle_times`: how long such work usually takes.

mod charset;
mod context;
mod directory;
mod field;
pub mod files;
mod follow;
mod mapping;
mod moment;
mod row;
mod rows;
mod runs;
mod sources;
pub(in crate::skills) mod store;
mod suggest;
mod take;
mod tally;
mod topics;
mod undo;
mod words;
mod write;

pub use context::Context;
pub use field::Field;
pub use follow::{Followed, Page, followed, take_due, take_page};
pub use mapping::{Cells, Layout, Mapping, MappingError, RatingScale};
pub use row::OutcomeRow;
pub use rows::{RowRead, Rows, RowsError, columns_of};
pub use runs::{Begin, Begun, Run, begin, find_run, finish, list_runs};
pub use sources::{Elsewhere, Source, TICKET_MARK, list_sources, set_ticket_url};
pub use store::{ImportedTicket, newest_opening};
pub use suggest::{Suggestion, fill_in, suggest};
pub use take::{Batch, People, Preview, preview, take};
pub use tally::{Because, Reason, Rejected, Tally};
pub use undo::take_back;
pub(crate) use undo::take_back_some;

use crate::{Kind, Refusal};

/// Rows that one transaction takes.
pub const ROWS_PER_BATCH_MAX: usize = 2_000;
/// People among whom one outcome is shared out.
pub const PEOPLE_PER_OUTCOME_MAX: usize = 8;
/// Characters of one cell that are read.
pub const CELL_CHARS_MAX: usize = 500;
/// Rejected rows that a report names, for each reason.
pub const EXAMPLES_MAX: usize = 5;
/// Different topics without skills that a report names.
pub const UNMAPPED_MAX: usize = 500;
pub const RUNS_SHOWN_MAX: usize = 50;

#[derive(Debug, thiserror::Error)]
pub enum OutcomesError {
    #[error("only admins may import outcomes")]
    NotAnAdmin,
    #[error("there is no such import")]
    NoSuchRun,
    #[error("this import has ended already")]
    RunHasEnded,
    #[error("an import goes on where it stopped, at row {expected}, not at row {given}")]
    WrongPlace { expected: i64, given: i64 },
    #[error("the source {0:?} is read from another address already; give this one another name")]
    SourceIsAnothers(String),
    #[error("a source needs a name of at most {} characters", mapping::SOURCE_CHARS_MAX)]
    SourceIsWrong,
    #[error("this import has been taken back already")]
    TakenBackAlready,
    #[error("nothing was imported from there")]
    NoSuchSource,
    #[error(
        "an address of tickets is one of the web, without blanks, with {} where the number stands",
        TICKET_MARK
    )]
    TicketUrlIsWrong,
    #[error("this file is no table: its first line names no columns, and is no line of JSON")]
    FileIsNoTable,
    #[error("there is no such file")]
    NoSuchFile,
    #[error("this file is being read; wait until that has ended")]
    FileIsUnderWay,
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Skills(#[from] super::SkillsError),
    #[error(transparent)]
    People(#[from] crate::people::PeopleError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for OutcomesError {
    fn kind(&self) -> Kind {
        match self {
            OutcomesError::NotAnAdmin => Kind::Forbidden,
            OutcomesError::NoSuchRun | OutcomesError::NoSuchSource | OutcomesError::NoSuchFile => {
                Kind::NotFound
            }
            OutcomesError::RunHasEnded
            | OutcomesError::TakenBackAlready
            | OutcomesError::FileIsUnderWay
            | OutcomesError::WrongPlace { .. }
            | OutcomesError::SourceIsAnothers(_) => Kind::Conflict,
            OutcomesError::SourceIsWrong
            | OutcomesError::TicketUrlIsWrong
            | OutcomesError::FileIsNoTable
            | OutcomesError::Mapping(_) => Kind::Invalid,
            OutcomesError::Skills(error) => error.kind(),
            OutcomesError::People(error) => error.kind(),
            OutcomesError::Db(error) => error.kind(),
        }
    }
}

fn only_admins(tx: &crate::Tx) -> Result<(), OutcomesError> {
    if tx.actor().is_admin() { Ok(()) } else { Err(OutcomesError::NotAnAdmin) }
}
