//! On arrival: who of the people on hand gets this work?

use serde::{Deserialize, Serialize};
use skills::SkillId;
use std::collections::BTreeSet;

use crate::chance;
use crate::engine::Rule;
use crate::person::{Person, PersonId, Status};
use crate::requirements::Term;
use crate::weigh::{Candidate, Reason, WhyNot, needs, reasons, surely_meets, surely_meets_all, weigh};
use crate::work::{Channel, Need, Policy, Priority, Work, WorkId};

/// Who got the work and everything that mattered, to be kept with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub work: WorkId,
    pub at_ms: i64,
    /// None if the work stays queued.
    pub chosen: Option<PersonId>,
    pub how: How,
    /// Everybody who was weighed: the eligible first, then by score.
    pub candidates: Vec<Candidate>,
}

impl Decision {
    /// The skills that it speaks of, each once.
    pub fn skills(&self) -> BTreeSet<SkillId> {
        let waits_for = match &self.how {
            How::Queued { until: Expectation::Skill { nobody_meets: needs } }
            | How::Queued { until: Expectation::SkillsTogether { nobody_meets_all: needs } } => {
                needs.as_slice()
            }
            _ => &[],
        };
        let mut all: BTreeSet<SkillId> = waits_for.iter().map(|need| need.skill).collect();
        for it in &self.candidates {
            all.extend(it.reasons.iter().filter_map(|it| match it {
                Reason::Skill { skill, .. } => Some(*skill),
                _ => None,
            }));
            all.extend(it.eligible.as_ref().err().into_iter().flatten().filter_map(|it| match it {
                WhyNot::NotSure { skill, .. } => Some(*skill),
                _ => None,
            }));
        }
        all
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum How {
    /// The best expected outcome.
    Best,
    /// Of `tied` people with as good an outcome, the one who was idle longest.
    LongestIdle { tied: usize },
    /// By lot among `able` people, so that the desk keeps learning.
    ByLot { able: usize },
    /// To somebody who is learning a skill that it needs, while others were free.
    Growth,
    /// First by a rule that does not look at the outcome.
    Rule { rule: Rule },
    /// Nobody can have it now; this is what it waits for.
    Queued { until: Expectation },
}

/// What queued work waits for. "Present" is online or away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Expectation {
    /// Nobody who works on this channel is present.
    Presence { channel: Channel },
    /// These musts are met by nobody present, however free: somebody must come, or the need must change.
    Skill { nobody_meets: Vec<Need> },
    /// Each must is met by somebody present, but all of them by nobody.
    SkillsTogether { nobody_meets_all: Vec<Need> },
    /// Nobody present is among those who are asked for.
    Asked,
    /// Everybody present who is able was set aside for this work.
    Release,
    /// `able` people who are online are full.
    Capacity { able: usize },
    /// `able` people are present, but away.
    Return { able: usize },
}

/// Hands `work` to the eligible person with the best expected outcome, or says what it waits for.
///
/// Eligible: online, on the channel, with room, not set aside, and every must met by the sure level (the lower 20 %
/// quantile of the belief). Score: P(solved for good) + bonus for knowing the work − a small cost of load. Scores
/// within the tolerance of the best are a tie, which goes to the longest idle, then to the lower number. A share of
/// choices is made by lot, decided by `seed`. The same arguments always give the same decision.
pub fn choose(work: &Work, people: &[Person], policy: &Policy, now_ms: i64, seed: u64) -> Decision {
    let people: Vec<&Person> = people.iter().collect();
    let (candidates, able) = weigh_all(work, &people, policy, now_ms);
    let (chosen, how) = match pick(work, &people, &candidates, &able, policy, seed) {
        Some((at, how)) => (Some(people[at].id), how),
        None => (None, How::Queued { until: expectation(work, &people) }),
    };
    told(work, now_ms, chosen, how, candidates)
}

/// What was decided elsewhere, with everybody weighed as they stood before it: the engine decides by far less than is
/// worth telling. `None`: it waits, and this says for what.
pub fn explain(
    work: &Work,
    people: &[&Person],
    policy: &Policy,
    now_ms: i64,
    chosen: Option<(PersonId, How)>,
) -> Decision {
    let (mut candidates, _able) = weigh_all(work, people, policy, now_ms);
    let (chosen, how) = match chosen {
        Some((person, how)) => {
            // Whoever was chosen could have it, whatever rounding says.
            if let Some(at) = people.iter().position(|it| it.id == person)
                && candidates[at].eligible.is_err()
            {
                candidates[at].eligible = Ok(());
                candidates[at].reasons = reasons(work, people[at], now_ms);
            }
            (Some(person), how)
        }
        None => (None, How::Queued { until: expectation(work, people) }),
    };
    told(work, now_ms, chosen, how, candidates)
}

fn weigh_all(work: &Work, people: &[&Person], policy: &Policy, now_ms: i64) -> (Vec<Candidate>, Vec<usize>) {
    let mut candidates: Vec<Candidate> = Vec::with_capacity(people.len());
    let mut able: Vec<usize> = Vec::with_capacity(people.len());
    for (at, person) in people.iter().enumerate() {
        let mut candidate = weigh(work, person, policy);
        if candidate.eligible.is_ok() {
            candidate.reasons = reasons(work, person, now_ms);
            able.push(at);
        }
        candidates.push(candidate);
    }
    (candidates, able)
}

fn told(
    work: &Work,
    now_ms: i64,
    chosen: Option<PersonId>,
    how: How,
    mut candidates: Vec<Candidate>,
) -> Decision {
    candidates.sort_unstable_by(|a, b| {
        let eligible_first = a.eligible.is_err().cmp(&b.eligible.is_err());
        eligible_first.then(b.score.total_cmp(&a.score)).then(a.person.cmp(&b.person))
    });
    Decision { work: work.id, at_ms: now_ms, chosen, how, candidates }
}

fn pick(
    work: &Work,
    people: &[&Person],
    candidates: &[Candidate],
    able: &[usize],
    policy: &Policy,
    seed: u64,
) -> Option<(usize, How)> {
    let best = able.iter().map(|&at| candidates[at].score).max_by(f64::total_cmp)?;
    let may_explore = able.len() > 1 && work.priority != Priority::Urgent;
    if may_explore && chance::share(seed, 0) < policy.explore_share {
        let lot = (chance::share(seed, 1) * able.len() as f64) as usize;
        return Some((able[lot.min(able.len() - 1)], How::ByLot { able: able.len() }));
    }
    let tied =
        || able.iter().copied().filter(|&at| candidates[at].score >= best - policy.tie_tolerance.max(0.0));
    let at = tied().min_by_key(|&at| (people[at].idle_since_ms, people[at].id))?;
    let how = match tied().count() {
        1 => How::Best,
        tied => How::LongestIdle { tied },
    };
    Some((at, how))
}

/// Called only when nobody is eligible.
fn expectation(work: &Work, people: &[&Person]) -> Expectation {
    let present = || {
        people
            .iter()
            .copied()
            .filter(|it| it.status != Status::Offline && it.capacity_on(work.channel).is_some())
    };
    if present().next().is_none() {
        return Expectation::Presence { channel: work.channel };
    }
    let mut nobody_meets =
        needs(work.musts().filter(|must| !present().any(|person| surely_meets(person, must))));
    let unmet = |part: &&Term| !present().any(|person| part.met_by(person));
    for part in work.asked.iter().flat_map(Term::parts).filter(unmet) {
        match *part {
            Term::Skill { skill, least_level, most_level: None } => {
                nobody_meets.push(Need { skill, least_level });
            }
            _ => return Expectation::Asked,
        }
    }
    if !nobody_meets.is_empty() {
        return Expectation::Skill { nobody_meets };
    }
    if !present().any(|person| surely_meets_all(person, work)) {
        if work.asked.is_some() {
            return Expectation::Asked;
        }
        return Expectation::SkillsTogether { nobody_meets_all: needs(work.musts()) };
    }
    let able =
        || present().filter(|person| surely_meets_all(person, work) && !work.avoid.contains(&person.id));
    match (able().filter(|it| it.status == Status::Online).count(), able().count()) {
        (0, 0) => Expectation::Release,
        (0, able) => Expectation::Return { able },
        (online, _) => Expectation::Capacity { able: online },
    }
}

impl Decision {
    /// The same decision with at most `others_max` candidates besides the chosen one: what is worth storing.
    pub fn shortened(mut self, others_max: usize) -> Decision {
        let mut others = 0;
        let chosen = self.chosen;
        self.candidates.retain(|it| {
            let is_chosen = Some(it.person) == chosen;
            others += usize::from(!is_chosen);
            is_chosen || others <= others_max
        });
        self
    }

    pub fn chosen_candidate(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|it| Some(it.person) == self.chosen)
    }

    pub fn by_lot(&self) -> bool {
        matches!(self.how, How::ByLot { .. })
    }
}
