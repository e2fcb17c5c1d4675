//! Assessments: what people say of themselves and of each other when asked, what they can prove, what they know.
//!
//! A campaign asks people about themselves, leads about their people and colleagues about each other, and reminds. What
//! colleagues say is shown and counted only as the mean of at least [`ANONYMOUS_PEERS_MIN`] of them. Certificates stand
//! beside levels and never set them. A skill check is a short quiz, scored by item response, and one row of evidence.
//! Tables: `campaigns`, `campaign_tasks`, `campaign_answers`, `certificates`, `checks`, `check_results`. Events:
//! `CampaignOpened`, `CampaignAnswered`, `CampaignClosed`, `CertificateChanged`, `SkillCheckChanged`,
//! `SkillCheckFinished`. Path: `/assessments`.

mod campaigns;
mod certificates;
mod checks;
mod error;
mod remind;
mod store;
pub mod views;

pub use campaigns::{
    Answered, AskedKind, Campaign, OpenCampaign, SayLevels, Task, close_campaign, open_campaign, say_levels,
};
pub use certificates::{
    AddCertificate, Certificate, Validity, add_certificate, confirm_certificate, known_certificates,
    remove_certificate, restore_certificate,
};
pub use checks::{
    AnswerCheck, CALIBRATED_FROM_ANSWERS, Check, CheckResult, Hardness, Question, SaveCheck, answer_check,
    create_check, restore_check, retire_check, update_check,
};
pub use error::AssessmentError;
pub(crate) use remind::{remind, tell_asked};
pub(crate) use store::find_result;

/// Colleagues who must have answered about a person and a skill before anything of it is shown or counted.
pub const ANONYMOUS_PEERS_MIN: usize = 3;
pub const PEERS_EACH_MAX: usize = 8;
pub const SKILLS_PER_CAMPAIGN_MAX: usize = 12;
pub const PEOPLE_PER_CAMPAIGN_MAX: usize = 500;
/// Reminders come when so much is left until the end, and not twice within it.
pub const REMIND_BEFORE_DAYS: i64 = 3;
/// Before a certificate ends its holder is told.
pub const RENEWAL_DAYS: i64 = 30;
pub const QUESTIONS_PER_CHECK_MAX: usize = 40;
pub const CHOICES_MAX: usize = 6;
/// The same check again tells about memory; it may be taken again after so many days.
pub const CHECK_AGAIN_AFTER_DAYS: i64 = 30;
pub const NAME_CHARS_MAX: usize = 120;
pub const TEXT_CHARS_MAX: usize = 1_000;
pub(crate) const DAY_MS: i64 = 24 * 3_600_000;
