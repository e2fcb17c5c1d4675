//! What people can do and what work needs, kept in the database around the pure `skills` crate.
//!
//! Evidence is append-only: what a person's evidence says, replayed in the order in which it was written down, is what
//! the desk believes of them. Tables: `skills`, `skill_rules`, `requirements`, `proficiencies`, `evidence`,
//! `evidence_moves`, `interests`, `skill_words`, `contests`, `releases`, `decay_classes`, `refit_runs`, `refit_people`, `refit_beliefs`,
//! `belief_weeks`, `refit_weeks`, `portfolios`, `difficulty_keys`, `refit_unknowns` and those of [`outcomes`] and [`competencies`]; and
//! `handle_lessons`; settings `skill_policy`, `handle_times`.

mod admin;
pub mod competencies;
mod contest;
mod difficulty;
mod doubt;
mod evidence;
mod interests;
mod learn;
mod library;
pub mod outcomes;
pub mod planning;
mod policy;
pub mod portfolio;
pub mod refit;
mod release;
mod replay;
mod requirements;
pub mod roles;
pub mod shelf;
pub(crate) mod store;
mod triage;
mod usual_times;
pub mod views;
pub mod words;

pub use ::skills::{Belief, DecayClass, EFFECTIVE_OBSERVATIONS_TO_SHOW, SkillKind};
pub use ::text::Hardness;
pub use admin::{
    CreateRule, CreateSkill, Tried, TriedNeed, UpdateRule, UpdateSkill, create_rule, create_skill,
    disable_rule, enable_rule, restore_skill, retire_skill, try_rules, update_rule, update_skill,
};
pub use contest::find_contest;
pub use contest::{
    CONTEST_CHARS_MAX, Contest, ContestEvidence, ContestOutcome, DecideContest, contest_evidence,
    decide_contest,
};
pub(crate) use doubt::{
    WeeklyLevel, all_interests, beliefs_of, fades_of_skills, moves_of, record_evidence, skill_names,
    strike_all, summaries, variances_of, weekly_levels,
};
pub use evidence::{
    AddEvidence, Observed, Rate, RateSelf, StrikeEvidence, TakeBack, add_evidence, rate, rate_self,
    strike_evidence, take_back,
};
pub use interests::{SetInterests, interests_of, set_interests};
pub use learn::difficulty_of;
pub(crate) use learn::{learn_from_outcome, learn_from_rating};
pub(crate) use library::lay_library;
pub use policy::{
    Circle, Policy, SOURCES, Sight, TAU_DAYS_MAX, TAU_DAYS_MIN, policy, set_policy, set_taus, taus,
};
pub use release::{Release, ReleaseRow, SKILLS_PER_RELEASE_MAX, list_releases, release};
pub use replay::{Drift, check_person, list_people_with_evidence, replay_person};
pub use requirements::{Requirement, SetRequirements, set_requirements};
pub use store::{
    find_rule, find_shown_skill, find_skill, find_skill_by_key, list_rules, list_shown_skills,
    list_skill_names, list_skills, requirements_of,
};
pub use triage::Triage;
pub use usual_times::LESSONS_TAKEN_BACK_DAYS;
pub(crate) use usual_times::fold_lessons;
pub(crate) use words::lay_words;

use crate::{Kind, Refusal, SkillId, SkillRuleId, UserId};
use serde::{Deserialize, Serialize};

/// Skills that one ticket may need; the heaviest stay.
pub const NEEDS_PER_TICKET_MAX: usize = 8;
pub const SKILL_NAME_CHARS_MAX: usize = 80;
pub const SKILL_TEXT_CHARS_MAX: usize = 500;
pub const PHRASES_PER_RULE_MAX: usize = 200;
pub const INTERESTS_MAX: usize = 50;
/// Evidence that one page shows, newest first.
pub const EVIDENCE_SHOWN_MAX: usize = 100;
/// Somebody of this level does such work alone.
pub const INDEPENDENT_LEVEL: f64 = 3.0;
/// The share of probability that a shown interval covers.
pub const INTERVAL_COVERAGE: f64 = 0.80;

/// A skill in a few words, for lists and chips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillSummary {
    pub id: SkillId,
    pub key: String,
    pub name: String,
    pub kind: SkillKind,
}

/// A skill of the desk's library.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Skill {
    pub id: SkillId,
    /// Stable, never shown.
    pub key: String,
    pub name: String,
    pub kind: SkillKind,
    pub meaning: String,
    /// What can be seen at levels 1 to 5.
    pub anchors: [String; 5],
    pub decay: DecayClass,
    pub onet: Option<String>,
    pub esco: Option<String>,
    pub created_at: i64,
    pub retired_at: Option<i64>,
}

impl Skill {
    pub fn summary(&self) -> SkillSummary {
        SkillSummary { id: self.id, key: self.key.clone(), name: self.name.clone(), kind: self.kind }
    }
}

/// "When a message says any of these, it needs this skill."
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillRule {
    pub id: SkillRuleId,
    pub skill: SkillSummary,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    /// Two letters; `None`: in any language.
    pub language: Option<String>,
    pub phrases: Vec<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub disabled_at: Option<i64>,
}

/// Who said that a ticket needs a skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Rule,
    Person,
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Source::Rule => "rule",
            Source::Person => "person",
        }
    }

    pub fn parse(name: &str) -> Option<Source> {
        [Source::Rule, Source::Person].into_iter().find(|source| source.name() == name)
    }
}

/// A skill that a ticket needs, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequirementRow {
    pub skill: SkillSummary,
    /// 0 to 5.
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    pub source: Source,
    /// The customer's words that say so.
    pub because: Vec<String>,
}

/// What is believed of one person in one skill, as of now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proficiency {
    pub user: UserId,
    pub skill: SkillId,
    /// Faded to the moment of reading.
    pub belief: Belief,
    /// Observations that it stands on, each counted as one at most, and 0 where the last is too long ago: see
    /// [`::skills::Footing`].
    pub effective_observations: f64,
    pub evidence_count: i64,
    /// What was believed a month ago, in logits, as far as refits remember.
    pub mean_month_ago: Option<f64>,
    /// The moment of the last evidence, or of the last refit.
    pub moved_at: i64,
    /// The moment of the last observation.
    pub seen_at: Option<i64>,
}

impl Proficiency {
    /// Enough was seen to show a level to others. Whatever hides levels asks this.
    pub fn is_sure(&self) -> bool {
        self.effective_observations >= EFFECTIVE_OBSERVATIONS_TO_SHOW
    }
}

/// Everything believed of one person, by skill, faded to now.
pub fn proficiencies_of(tx: &mut crate::Tx, user: UserId) -> Result<Vec<Proficiency>, db::Error> {
    let mut all = store::list_proficiencies(tx, Some(&[user]), None)?;
    all.sort_by_key(|it| it.skill);
    Ok(all)
}

#[derive(Debug, thiserror::Error)]
pub enum SkillsError {
    #[error("only staff may look at skills")]
    NotStaff,
    #[error("only agents may say what a ticket needs")]
    NotAnAgent,
    #[error("only leads may do this")]
    NotALead,
    #[error("only the person and their leads see this evidence")]
    NotForYou,
    #[error("you speak of your own skills only")]
    NotYourOwn,
    #[error("only admins may do this")]
    NotAnAdmin,
    #[error("you object to evidence about yourself only")]
    NotAboutYou,
    #[error("nobody decides about themself: another lead does")]
    NotOnYourself,
    #[error("this objection is to what you said yourself: another lead decides")]
    SaidByYou,
    #[error("a lead does not rate their own skills")]
    NotYourselfAsLead,
    #[error("there is no such skill")]
    NoSuchSkill,
    #[error("there is no such rule")]
    NoSuchRule,
    #[error("there is no such evidence")]
    NoSuchEvidence,
    #[error("there is no such person among the staff")]
    NoSuchPerson,
    #[error("there is no such ticket")]
    NoSuchTicket,
    #[error("this evidence has been struck out already")]
    StruckAlready,
    #[error("there is no such objection")]
    NoSuchContest,
    #[error("an objection to this evidence waits already")]
    ContestedAlready,
    #[error("this objection has been decided already")]
    DecidedAlready,
    #[error("use at most {CONTEST_CHARS_MAX} characters")]
    WordsAreTooLong,
    #[error("a skill fades within {TAU_DAYS_MIN} to {TAU_DAYS_MAX} days")]
    TauIsWrong,
    #[error("the share that stays lies between 0 and 1")]
    KeepIsWrong,
    #[error("choose at least one skill, and at most {SKILLS_PER_RELEASE_MAX}")]
    ReleaseSkillsAreWrong,
    #[error("a level lies between 0 and 5")]
    LevelIsWrong,
    #[error("a weight lies above 0 and not above 3")]
    WeightIsWrong,
    #[error("a score lies between 1 and 5")]
    ScoreIsWrong,
    #[error("a handle time is compared as a figure above 0")]
    RatioIsWrong,
    #[error("a name is needed, of at most {SKILL_NAME_CHARS_MAX} characters")]
    NameIsWrong,
    #[error("a name may have at most {SKILL_NAME_CHARS_MAX} characters")]
    NameIsTooLong,
    #[error("a skill may have words in at most {} languages", words::LANGUAGES_PER_SKILL_MAX)]
    TooManyLanguages,
    #[error("there is a skill with this name already")]
    NameIsTaken,
    #[error("a text may have at most {SKILL_TEXT_CHARS_MAX} characters")]
    TextIsTooLong,
    #[error("a reason is needed")]
    ReasonIsMissing,
    #[error("a ticket may need at most {NEEDS_PER_TICKET_MAX} skills")]
    TooManyNeeds,
    #[error("a person may have at most {INTERESTS_MAX} interests")]
    TooManyInterests,
    #[error("a rule needs at least one phrase, and at most {PHRASES_PER_RULE_MAX}")]
    PhrasesAreWrong,
    #[error("a phrase cannot be used: {0}")]
    PhraseIsWrong(String),
    #[error("the rules cannot be read: {0}")]
    RulesAreBroken(String),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for SkillsError {
    fn kind(&self) -> Kind {
        use SkillsError::*;
        match self {
            NotStaff | NotAnAgent | NotALead | NotAnAdmin | NotForYou | NotYourOwn | NotYourselfAsLead
            | NotAboutYou | NotOnYourself | SaidByYou => Kind::Forbidden,
            NoSuchSkill | NoSuchRule | NoSuchEvidence | NoSuchPerson | NoSuchTicket | NoSuchContest => {
                Kind::NotFound
            }
            StruckAlready | NameIsTaken | ContestedAlready | DecidedAlready => Kind::Conflict,
            LevelIsWrong
            | WeightIsWrong
            | ScoreIsWrong
            | RatioIsWrong
            | NameIsWrong
            | NameIsTooLong
            | TextIsTooLong
            | ReasonIsMissing
            | PhrasesAreWrong
            | PhraseIsWrong(_)
            | WordsAreTooLong
            | TauIsWrong
            | KeepIsWrong
            | ReleaseSkillsAreWrong => Kind::Invalid,
            TooManyNeeds | TooManyInterests | TooManyLanguages => Kind::TooMuch,
            RulesAreBroken(_) => Kind::Broken,
            Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        use SkillsError::*;
        match self {
            LevelIsWrong => Some("level"),
            WeightIsWrong => Some("weight"),
            ScoreIsWrong => Some("score"),
            NameIsWrong | NameIsTooLong | NameIsTaken => Some("name"),
            ReasonIsMissing | WordsAreTooLong => Some("reason"),
            TauIsWrong => Some("tau"),
            KeepIsWrong => Some("keep"),
            ReleaseSkillsAreWrong => Some("skill"),
            PhrasesAreWrong | PhraseIsWrong(_) => Some("phrases"),
            NoSuchSkill | TooManyNeeds => Some("skill"),
            _ => None,
        }
    }

    fn is_duplicate(&self) -> bool {
        matches!(self, SkillsError::NameIsTaken)
    }
}

pub(crate) fn level_is_right(level: f64) -> Result<(), SkillsError> {
    if (::skills::LEVEL_MIN..=::skills::LEVEL_MAX).contains(&level) {
        Ok(())
    } else {
        Err(SkillsError::LevelIsWrong)
    }
}

pub(crate) fn weight_is_right(weight: f64) -> Result<(), SkillsError> {
    if weight > 0.0 && weight <= ::text::needs::WEIGHT_MAX { Ok(()) } else { Err(SkillsError::WeightIsWrong) }
}

/// The name under which a hardness is stored. What relaxes after a wait is decided by routing, not here.
pub(crate) fn hardness_name(hardness: Hardness) -> &'static str {
    if hardness == Hardness::Must { "must" } else { "prefer" }
}
