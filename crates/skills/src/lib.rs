//! Evidence in; proficiencies, their certainty and their reasons out.
//!
//! Pure thought: it reads no clock, no disk and no network, and knows no ticket. Formulas stand beside their source.
//!
//! ```
//! use skills::{Observation, SkillBelief, SkillId, SkillKind, observe, prior};
//! let refunds = SkillBelief { skill: SkillId(1), belief: prior(SkillKind::Technical) };
//! let steps = observe(&[refunds], &[1.0], 0.0, &Observation::Solved { for_good: true });
//! assert!(steps[0].after.level() > steps[0].before.level());
//! assert!(steps[0].after.variance < steps[0].before.variance);
//! ```

pub mod agreement;
pub mod attribution;
mod belief;
pub mod competency;
pub mod concentration;
pub mod coverage;
mod decay;
pub mod effect;
pub mod effort;
pub mod elo;
pub mod evaluate;
mod evidence;
mod filter;
mod footing;
pub mod gap;
pub mod glicko2;
pub mod handle_time;
pub mod interview;
pub mod invest;
pub mod items;
mod library;
pub mod moments;
mod observation;
pub mod online;
pub mod readiness;
pub mod refit;
mod replay;
pub mod sampling;
pub mod scorecard;
pub mod synthetic;
pub mod trueskill;
mod words;

pub use belief::{
    Belief, EFFECTIVE_OBSERVATIONS_TO_SHOW, LEVEL_AT_ZERO_LOGITS, LEVEL_MAX, LEVEL_MIN, LEVELS_PER_LOGIT,
    level_of, logits_of,
};
pub use decay::{
    DecayClass, Forgetting, UnknownDecayClass, decayed, decayed_by, decayed_over, moved_variance, pulled,
    retention,
};
pub use evidence::{
    SkillBelief, SkillId, Step, TICKET_DIFFICULTY_SD_LOGITS, observe, observe_in_part, p_solved, prior,
    scaled,
};
pub use filter::{Component, MEAN_LOGITS_MAX, Moved, update, update_in_part};
pub use footing::{FADED_AFTER_TAUS, Footing, counts_as};
pub use library::{
    Certificate, Library, LibraryError, PhraseHardness, PhraseRule, Role, RoleRequirement, Skill, SkillKind,
    UnknownSkillKind, UnknownWho, Who, library,
};
pub use observation::{Observation, REVIEW_VARIANCE_LOGITS};
pub use replay::{Evidence, Fade, Portfolio, Start, replay, steps};
pub use words::{
    CategoryWords, LibraryWords, ScorecardWords, SkillWords, competency_words, library_words, scorecard_words,
};
