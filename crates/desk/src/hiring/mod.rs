//! Hiring: openings that follow from gaps, colleagues first, candidates measured on the same skills as everybody.
//!
//! An opening asks skills at levels, as a role does. Colleagues see it before the world does, and the desk says who could
//! grow into it. Interviewers score each candidate alone, on those skills; from what they scored the desk believes a
//! level with its uncertainty, and from that how likely the candidate meets all that is asked, with the reasons. What is
//! known of a candidate is forgotten [`CANDIDATE_KEPT_DAYS`] days after the decision, or at once when a lead says so.
//! Tables: `openings`, `opening_skills`, `candidates`, `interviews`, `interview_scores`, `opening_interviewers`,
//! `interview_lessons`, `applications`, `application_files`, `application_mails`, `job_alerts`, `job_alert_mails`.
//! Events: `OpeningChanged`, `OpeningMoved`, `CandidateAdded`, `CandidateChanged`, `CandidateScored`,
//! `CandidateForgotten`, `ApplicationChanged`, `JobAlertChanged`. Path: `/hiring`; in public `/jobs`.

mod alerts;
mod applications;
mod candidates;
mod drafts;
mod error;
mod fit;
mod import;
mod interviewers;
mod letters;
mod openings;
mod scorecards;
mod store;
pub mod views;

pub use ::skills::interview::InterviewerError;
pub use alerts::{AlertState, alert_state, ask_alert, confirm_alert, stop_alert};
pub(crate) use alerts::{tell_alerts, tidy};
pub use applications::{
    Application, ApplicationFile, ApplicationState, Apply, application_file, application_state, apply,
    confirm_application, discard_application, erase_application,
};
pub use candidates::{
    AddCandidate, Candidate, Stage, add_candidate, forget_candidate, move_candidate, note_candidate,
    volunteer, withdraw,
};
pub use drafts::{Draft, Gap, draft_of_role, draft_of_skill, gaps};
pub use error::HiringError;
pub use fit::{Fit, KnownError, SkillFit};
pub use import::{Imported, import_candidate_list, import_candidates};
pub use interviewers::{SetInterviewers, set_interviewers};
pub use openings::{
    Opening, OpeningNeed, OpeningState, WriteNeed, WriteOpening, create_opening, move_opening, update_opening,
};
pub use scorecards::{SaveScorecard, Score, Scorecard, save_scorecard};

pub const TITLE_CHARS_MAX: usize = 120;
pub const SUMMARY_CHARS_MAX: usize = 5_000;
pub const NOTE_CHARS_MAX: usize = 1_000;
pub const SKILLS_PER_OPENING_MAX: usize = 12;
pub const SEATS_MAX: i64 = 100;
/// Beside leads, of one opening.
pub const INTERVIEWERS_MAX: usize = 20;
/// Openings that are not closed.
pub const OPENINGS_MAX: usize = 200;
pub const CANDIDATES_PER_OPENING_MAX: usize = 2_000;
/// Scores of those who were hired that are compared with their work, the newest.
pub(crate) const INTERVIEW_PAIRS_MAX: usize = 20_000;
/// What somebody could do when they were hired is read from a level of so many days after; a later one tells of growth too.
pub const HIRE_LEVEL_DAYS: i64 = 120;
/// So long after the decision about them, or after their opening has closed, all that is known of a candidate is deleted.
pub const CANDIDATE_KEPT_DAYS: i64 = 180;
/// An application that its address does not confirm within so many days is deleted.
pub const APPLICATION_CONFIRM_DAYS: i64 = 7;
pub const APPLICATION_WORDS_CHARS_MAX: usize = 5_000;
pub const APPLICATION_FILE_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Applications of one opening that wait to be confirmed, each with its file; for a further one the oldest goes.
pub const APPLICATIONS_UNCONFIRMED_MAX: usize = 100;
/// An address that does not confirm its wish for alerts within so many days is deleted.
pub const ALERT_CONFIRM_DAYS: i64 = 7;
/// Addresses that want alerts, confirmed or not.
pub const ALERTS_MAX: usize = 50_000;
/// Characters of a file of candidates.
pub const CSV_BYTES_MAX: usize = 2 * 1024 * 1024;
pub(crate) const DAY_MS: i64 = 24 * 3_600_000;
