//! A person as routing sees them: here or not, how much they hold, what they are believed to know.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use skills::{Belief, SkillBelief, SkillId};

use crate::requirements::PoolId;
use crate::work::{Channel, UnknownWord};

/// A skill of which nothing at all is known is taken for this level (sd 1 level): hardly begun.
pub const UNKNOWN_SKILL_LEVEL: f64 = 0.5;
pub(crate) const UNKNOWN_SKILL_SD_LEVELS: f64 = 1.0;

/// The caller's number of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Takes work.
    Online,
    /// Here, but takes nothing new for now.
    Away,
    /// Not here.
    Offline,
}

/// What a person holds on one channel, in sizes of work (see [`crate::Work::size`]).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    pub load: f64,
    pub limit: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub id: PersonId,
    pub status: Status,
    pub beliefs: Beliefs,
    /// Their groups, as far as anything asks for one.
    pub pools: Vec<PoolId>,
    /// The moment since which they have had nothing new.
    pub idle_since_ms: i64,
    /// By channel, in the order of [`Channel::ALL`]; None where they do not work.
    capacities: [Option<Capacity>; Channel::ALL.len()],
}

/// A person's beliefs, looked up by skill.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Beliefs {
    sorted: Vec<SkillBelief>,
}

impl Person {
    /// Somebody who works on no channel yet, of unknown skill, idle since moment 0.
    pub fn new(id: PersonId, status: Status) -> Person {
        Person {
            id,
            status,
            beliefs: Beliefs::default(),
            pools: Vec::new(),
            idle_since_ms: 0,
            capacities: Default::default(),
        }
    }

    /// Works on `channel`, holds `load` there and may hold up to `limit`.
    pub fn holding(mut self, channel: Channel, load: f64, limit: f64) -> Person {
        self.capacities[channel as usize] = Some(Capacity { load, limit });
        self
    }

    pub fn knowing(mut self, beliefs: impl IntoIterator<Item = SkillBelief>) -> Person {
        self.beliefs = Beliefs::new(beliefs);
        self
    }

    pub fn idle_since(mut self, moment_ms: i64) -> Person {
        self.idle_since_ms = moment_ms;
        self
    }

    /// [`Person::holding`], for somebody who is known already.
    pub fn set_capacity(&mut self, channel: Channel, load: f64, limit: f64) {
        self.capacities[channel as usize] = Some(Capacity { load, limit });
    }

    pub fn capacity_on(&self, channel: Channel) -> Option<Capacity> {
        self.capacities[channel as usize]
    }
}

impl Beliefs {
    /// Of two beliefs in the same skill the later one counts.
    pub fn new(beliefs: impl IntoIterator<Item = SkillBelief>) -> Beliefs {
        let mut sorted: Vec<SkillBelief> = beliefs.into_iter().collect();
        sorted.reverse();
        sorted.sort_by_key(|it| it.skill);
        sorted.dedup_by_key(|it| it.skill);
        Beliefs { sorted }
    }

    pub fn of(&self, skill: SkillId) -> Belief {
        match self.sorted.binary_search_by_key(&skill, |it| it.skill) {
            Ok(at) => self.sorted[at].belief,
            Err(_) => Belief::at_level(UNKNOWN_SKILL_LEVEL, UNKNOWN_SKILL_SD_LEVELS),
        }
    }
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Online => "online",
            Status::Away => "away",
            Status::Offline => "offline",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Status, UnknownWord> {
        let found =
            [Status::Online, Status::Away, Status::Offline].into_iter().find(|it| it.as_str() == word);
        found.ok_or_else(|| UnknownWord { word: word.to_owned(), wanted: "online, away, offline" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_belief_in_a_skill_counts() {
        let belief =
            |skill, level| SkillBelief { skill: SkillId(skill), belief: Belief::at_level(level, 0.5) };
        let beliefs = Beliefs::new([belief(2, 1.0), belief(1, 2.0), belief(2, 4.0)]);
        assert_eq!(beliefs.of(SkillId(2)).level(), 4.0);
        assert_eq!(beliefs.of(SkillId(1)).level(), 2.0);
        assert_eq!(beliefs.of(SkillId(3)).level(), UNKNOWN_SKILL_LEVEL);
    }

    #[test]
    fn words_and_choices_are_the_same_thing() {
        for channel in Channel::ALL {
            assert_eq!(channel.as_str().parse(), Ok(channel));
        }
        assert_eq!("away".parse(), Ok(Status::Away));
        let error = "asleep".parse::<Status>().unwrap_err();
        assert_eq!(error.to_string(), "“asleep” is none of online, away, offline");
    }
}
