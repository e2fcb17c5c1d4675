//! A piece of work that waits for somebody, and the policy by which it is handed out.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use skills::SkillId;

use crate::person::PersonId;
use crate::requirements::Term;

/// The caller's number of a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkId(pub i64);

/// How work reaches a person, as far as capacity is concerned. Web forms and API tickets count as e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Message,
    Chat,
    Voice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    Normal,
    High,
    Urgent,
}

/// Whether a person without the skill may have the work at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hardness {
    /// Only for those whose sure level (exceeded with probability 0.80) reaches the least level.
    Must,
    /// Counts in the expected outcome only.
    Prefer,
}

/// A skill that the work needs. A language is a skill like any other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    pub skill: SkillId,
    /// 0–5.
    pub least_level: f64,
    /// Share in the outcome, above 0; the weights of one work are scaled to the sum 1.
    pub weight: f64,
    pub hardness: Hardness,
}

/// A skill at a level, as it is told to people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Need {
    pub skill: SkillId,
    pub least_level: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Work {
    pub id: WorkId,
    pub channel: Channel,
    pub priority: Priority,
    pub waiting_since_ms: i64,
    pub requirements: Vec<Requirement>,
    /// What else is asked of whoever has it, at this stage of its wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Term>,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    /// How much of a person's capacity it takes; 1 is usual.
    pub size: f64,
    /// Who shall not have it: the person it is about, or who has just declined it.
    pub avoid: Vec<PersonId>,
    /// Who already knows it.
    pub prefer_person: Option<PersonId>,
}

/// The knobs of a desk. All probabilities are shares of 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Share of choices made by lot among the eligible, so that the desk keeps learning; never for urgent work. May be 0.
    pub explore_share: f64,
    /// Scores closer to the best than this are a tie.
    pub tie_tolerance: f64,
    /// What a full plate costs against an empty one, in probability of success.
    pub load_cost: f64,
    /// What knowing the work already is worth, in probability of success.
    pub prefer_person_bonus: f64,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { explore_share: 0.05, tie_tolerance: 0.02, load_cost: 0.05, prefer_person_bonus: 0.10 }
    }
}

impl Work {
    /// Ordinary work without any requirement, waiting since moment 0.
    pub fn new(id: WorkId, channel: Channel) -> Work {
        Work {
            id,
            channel,
            priority: Priority::Normal,
            waiting_since_ms: 0,
            requirements: Vec::new(),
            asked: None,
            difficulty: 0.0,
            size: 1.0,
            avoid: Vec::new(),
            prefer_person: None,
        }
    }

    pub(crate) fn musts(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(|it| it.hardness == Hardness::Must)
    }
}

impl From<&Requirement> for Need {
    fn from(it: &Requirement) -> Need {
        Need { skill: it.skill, least_level: it.least_level }
    }
}

impl Channel {
    pub const ALL: [Channel; 4] = [Channel::Email, Channel::Message, Channel::Chat, Channel::Voice];

    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Message => "message",
            Channel::Chat => "chat",
            Channel::Voice => "voice",
        }
    }

    /// Somebody is holding the line.
    pub(crate) fn is_live(self) -> bool {
        matches!(self, Channel::Chat | Channel::Voice)
    }

    /// Within this of the oldest, the better fit may go first.
    pub(crate) fn fitness_window_ms(self) -> i64 {
        match self {
            Channel::Email => 15 * 60_000,
            Channel::Message => 2 * 60_000,
            Channel::Chat => 20_000,
            Channel::Voice => 10_000,
        }
    }
}

impl Priority {
    pub const ALL: [Priority; 4] = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];

    pub fn as_str(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
            Priority::Urgent => "urgent",
        }
    }
}

impl Hardness {
    pub fn as_str(self) -> &'static str {
        match self {
            Hardness::Must => "must",
            Hardness::Prefer => "prefer",
        }
    }
}

/// A word that names none of the known choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    pub word: String,
    pub wanted: &'static str,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "“{}” is none of {}", self.word, self.wanted)
    }
}

impl std::error::Error for UnknownWord {}

impl FromStr for Channel {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Channel, UnknownWord> {
        let found = Channel::ALL.into_iter().find(|it| it.as_str() == word);
        found.ok_or_else(|| UnknownWord { word: word.to_owned(), wanted: "email, message, chat, voice" })
    }
}

impl FromStr for Priority {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Priority, UnknownWord> {
        let found = Priority::ALL.into_iter().find(|it| it.as_str() == word);
        found.ok_or_else(|| UnknownWord { word: word.to_owned(), wanted: "low, normal, high, urgent" })
    }
}

impl FromStr for Hardness {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Hardness, UnknownWord> {
        let found = [Hardness::Must, Hardness::Prefer].into_iter().find(|it| it.as_str() == word);
        found.ok_or_else(|| UnknownWord { word: word.to_owned(), wanted: "must, prefer" })
    }
}
