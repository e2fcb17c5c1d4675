//! A floor, described: who calls, who answers, in which periods, and by which rule they meet. Times in seconds from opening.

use routing::{Channel, Priority, Requirement};
use serde::Serialize;
use skills::{Belief, SkillBelief, SkillId};

use crate::chance::Shape;
use crate::policy::PolicyKind;

/// A floor and its day. `periods` equal stretches; what lies after the last one is the time "after close".
#[derive(Debug, Clone)]
pub struct Floor {
    pub name: String,
    pub clock: Clock,
    pub types: Vec<ContactType>,
    pub groups: Vec<Group>,
    pub dialers: Vec<Dialer>,
    /// Shape of the Gamma factor (mean 1) by which all arrivals of a day are multiplied.
    pub busyness: Option<f64>,
    /// Contacts that can be in the house at once, waiting or served; the rest is blocked.
    pub lines: Option<u32>,
    /// Contacts that can wait at once; the rest is blocked.
    pub waiting_places: Option<u32>,
    pub policy: PolicyKind,
    /// What people know changes with what they do; None: it stays.
    pub learning: Option<Learning>,
}

/// Practice brings a level nearer to the ceiling; what lies above the mean of all and is not used fades towards it.
///
/// What the desk believes of people, and so who gets what, stays as it was at the beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learning {
    /// The share of the way to the ceiling that one contact brings, for a skill that has the whole weight of it.
    pub per_contact: f64,
    /// Level, at most 5.
    pub ceiling: f64,
    /// Time constant: after so long without use e⁻¹ of what lay above the mean is left. None: nothing is forgotten.
    pub forgetting_s: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    pub period_s: f64,
    pub periods: usize,
    /// Second of the day at which the first period begins; for labels only.
    pub opens_s: f64,
    /// Contacts that arrive before this are lived through and not counted.
    pub warm_up_s: f64,
    pub closing: Closing,
    /// Those who wait when the last person who could serve them leaves are sent away.
    pub sends_away: bool,
    /// Who goes home leaves what they hold: it waits again, since it came, and is begun anew.
    pub hands_back: bool,
    /// Figures are told of so many periods, which repeat: months of hours by the hour of the week. None: of each by itself.
    pub told: Option<usize>,
}

/// What happens at the end of the last period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// Nobody new comes; those who are there are served or give up.
    Drain,
    /// The day is cut off.
    Cut,
    /// The next day begins where this one ended; days are then the batches of one long run.
    Continue,
}

#[derive(Debug, Clone)]
pub struct ContactType {
    pub name: String,
    pub channel: Channel,
    pub priority: Priority,
    pub arrivals: Arrivals,
    pub service: Time,
    /// None: they wait for ever.
    pub patience: Option<Time>,
    /// Share that leaves at once when nobody is free.
    pub balk_share: f64,
    pub wrap_up: Option<Time>,
    /// A wait up to this is good.
    pub acceptable_s: f64,
    /// Those who gave up may try again.
    pub retrial: Option<Again>,
    pub transfers: Vec<Transfer>,
    /// Those whose matter was not solved may come back.
    pub unsolved: Option<Again>,
    /// Who may serve it: groups of one tier are equals, a later tier is asked when the ones before have nobody.
    pub tiers: Vec<Tier>,
    pub needs: Vec<Requirement>,
    /// After so long a wait its musts only count in the outcome, and everybody may serve it.
    pub gives_way_s: Option<f64>,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    /// Weight of its waiting under the cμ rule.
    pub wait_cost: f64,
    /// Its share of all who wait under the queue-ratio rule; the shares are scaled to the sum 1.
    pub queue_share: f64,
    /// Among work of the same priority what has a higher turn goes first, under the rules that look at priority; 0 is usual.
    pub turn: i8,
    /// Beside [`Arrivals::Moments`], by day and moment: the group that knows it already. While one of them is on duty it is
    /// theirs at once, whatever they hold. Empty: nobody does.
    pub known_by: Vec<Vec<Option<usize>>>,
    /// Of those who were served, so many write again, solved or not. At most one of these happens.
    pub writes_again: Vec<WritesAgain>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Arrivals per second, by period.
    Poisson(Vec<f64>),
    /// Real days: how many came in each period, spread evenly by chance. Days are taken in turn.
    Counts(Vec<Vec<u32>>),
    /// Real days: the very moments, sorted, in seconds from opening. Days are taken in turn.
    Moments(Vec<Vec<f64>>),
    /// None by themselves: transfers, dialled calls, and those who write again.
    Never,
}

/// A length of time: a mean for each period of arrival (or one for all), and how it varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Time {
    pub shape: Shape,
    /// One, or one by period; the last also holds after close.
    pub mean_s: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    pub share: f64,
    pub after: Time,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    pub to: usize,
    pub share: f64,
}

/// It comes as this type, and is theirs at once who served it, whatever they hold, while they are on duty.
#[derive(Debug, Clone, PartialEq)]
pub struct WritesAgain {
    pub to: usize,
    pub share: f64,
    pub after: Time,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tier {
    pub groups: Vec<usize>,
    /// Asked only once the contact has waited this long.
    pub after_s: f64,
    pub pick: Pick,
}

/// Which of the equal groups of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    LongestIdle,
    /// Each free person is as likely.
    ByLot,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    pub name: String,
    /// People on duty by period; the last entry, one more than there are periods, is after close.
    pub staff: Vec<u32>,
    /// Types in tiers: of the first tier with somebody waiting, the longest waiting is taken.
    pub serves: Vec<Vec<usize>>,
    /// Contacts a person may hold at once.
    pub at_once: u32,
    /// Pace of each contact when 1, 2, … are held, against one alone; the last holds for more.
    pub pace: Vec<f64>,
    /// By type: service time ÷ usual.
    pub time_factors: Vec<f64>,
    /// What its people truly know.
    pub levels: Vec<(SkillId, f64)>,
    /// What the desk believes of them.
    pub beliefs: Vec<SkillBelief>,
    pub cost_per_hour: f64,
}

/// Calls out when enough people are free.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialer {
    pub kind: usize,
    /// P(somebody answers), by period.
    pub reach: Vec<f64>,
    pub watched: Vec<usize>,
    pub targets: Vec<usize>,
    /// It calls only while at least this many of the watched are free …
    pub free_least: u32,
    /// … and this many of the targets.
    pub target_free_least: u32,
    pub calls_per_free: f64,
    pub from_s: f64,
    pub until_s: f64,
}

impl Time {
    pub fn constant(mean_s: f64, shape: Shape) -> Time {
        Time { shape, mean_s: vec![mean_s] }
    }

    pub fn mean_in(&self, period: usize) -> f64 {
        let at = period.min(self.mean_s.len().saturating_sub(1));
        self.mean_s.get(at).copied().unwrap_or(0.0)
    }
}

impl Clock {
    pub fn horizon_s(&self) -> f64 {
        self.period_s * self.periods as f64
    }

    /// Of how many periods figures are told, without the time after close.
    pub fn told_periods(&self) -> usize {
        self.told.map_or(self.periods, |it| it.clamp(1, self.periods))
    }

    /// As which period a period is told; after close, [`Clock::told_periods`].
    pub fn told_as(&self, period: usize) -> usize {
        if period >= self.periods { self.told_periods() } else { period % self.told_periods() }
    }

    /// The period of a moment; `periods` is after close.
    pub fn period_of(&self, moment_s: f64) -> usize {
        ((moment_s / self.period_s).max(0.0) as usize).min(self.periods)
    }
}

impl Arrivals {
    /// Expected arrivals per second in a period, without busyness.
    pub fn rate_in(&self, period: usize, clock: &Clock) -> f64 {
        let mean = |days: usize, sum: f64| if days == 0 { 0.0 } else { sum / days as f64 / clock.period_s };
        match self {
            Arrivals::Poisson(rates) => rates.get(period).or(rates.last()).copied().unwrap_or(0.0),
            Arrivals::Counts(days) => {
                mean(days.len(), days.iter().map(|it| f64::from(it.get(period).copied().unwrap_or(0))).sum())
            }
            Arrivals::Moments(days) => {
                let here = |it: &&f64| clock.period_of(**it) == period;
                mean(days.len(), days.iter().map(|it| it.iter().filter(here).count() as f64).sum())
            }
            Arrivals::Never => 0.0,
        }
    }
}

impl Group {
    pub fn staff_in(&self, period: usize) -> u32 {
        self.staff.get(period).or(self.staff.last()).copied().unwrap_or(0)
    }

    pub fn people_max(&self) -> u32 {
        self.staff.iter().copied().max().unwrap_or(0)
    }

    /// What is believed of a skill; unknown skills as routing takes them.
    pub fn belief_in(&self, skill: SkillId) -> Belief {
        let found = self.beliefs.iter().find(|it| it.skill == skill).map(|it| it.belief);
        found.unwrap_or_else(|| routing::Beliefs::default().of(skill))
    }

    /// The sure level of every must reaches what the type asks for.
    pub fn surely_meets(&self, kind: &ContactType) -> bool {
        let musts = kind.needs.iter().filter(|it| it.hardness == routing::Hardness::Must);
        musts.into_iter().all(|it| self.belief_in(it.skill).sure_level() >= it.least_level)
    }

    pub fn believed_success(&self, kind: &ContactType) -> f64 {
        skills::p_solved(kind.needs.iter().map(|it| (it.weight, self.belief_in(it.skill))), kind.difficulty)
    }

    /// P(solved for good) from what they truly know.
    pub fn true_success(&self, kind: &ContactType) -> f64 {
        const KNOWN_EXACTLY_SD_LEVELS: f64 = 0.01;
        let truth = |skill: SkillId| {
            let level = self.levels.iter().find(|it| it.0 == skill).map(|it| it.1);
            Belief::at_level(level.unwrap_or(routing::UNKNOWN_SKILL_LEVEL), KNOWN_EXACTLY_SD_LEVELS)
        };
        skills::p_solved(kind.needs.iter().map(|it| (it.weight, truth(it.skill))), kind.difficulty)
    }

    /// Mean logits over what the type needs: what a customer's satisfaction depends on.
    pub fn true_logits(&self, kind: &ContactType) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for it in &kind.needs {
            let level = self.levels.iter().find(|(skill, _)| *skill == it.skill).map(|it| it.1);
            sum += it.weight * skills::logits_of(level.unwrap_or(routing::UNKNOWN_SKILL_LEVEL));
            weights += it.weight;
        }
        if weights > 0.0 { sum / weights - kind.difficulty } else { -kind.difficulty }
    }
}

impl Floor {
    /// Completes what may be left out: who serves what follows from either side, or from skills, or is everybody.
    pub fn completed(mut self) -> Floor {
        let kinds = self.types.len();
        for at in 0..kinds {
            if self.types[at].tiers.is_empty() {
                let named: Vec<usize> = (0..self.groups.len())
                    .filter(|g| self.groups[*g].serves.iter().flatten().any(|k| *k == at))
                    .collect();
                let able = || (0..self.groups.len()).filter(|g| self.groups[*g].serves.is_empty());
                let groups = if named.is_empty() {
                    able().filter(|g| self.groups[*g].surely_meets(&self.types[at])).collect()
                } else {
                    named
                };
                if !groups.is_empty() {
                    self.types[at].tiers = vec![Tier { groups, after_s: 0.0, pick: Pick::LongestIdle }];
                }
                if let Some(after_s) = self.types[at].gives_way_s {
                    let asked = |g: &usize| self.types[at].tiers.iter().any(|it| it.groups.contains(g));
                    let groups: Vec<usize> = (0..self.groups.len())
                        .filter(|g| self.groups[*g].serves.is_empty() && !asked(g))
                        .collect();
                    if !groups.is_empty() {
                        self.types[at].tiers.push(Tier { groups, after_s, pick: Pick::LongestIdle });
                    }
                }
            }
        }
        for g in 0..self.groups.len() {
            if self.groups[g].serves.is_empty() {
                let lists = |it: &ContactType| it.tiers.iter().any(|tier| tier.groups.contains(&g));
                let served: Vec<usize> = (0..kinds).filter(|k| lists(&self.types[*k])).collect();
                self.groups[g].serves = vec![served];
            }
            self.groups[g].time_factors.resize(kinds, 1.0);
            let staff = &mut self.groups[g].staff;
            let last = staff.last().copied().unwrap_or(0);
            staff.resize(self.clock.periods + 1, last);
        }
        self
    }

    pub fn type_named(&self, name: &str) -> Option<usize> {
        self.types.iter().position(|it| it.name == name)
    }

    pub fn group_named(&self, name: &str) -> Option<usize> {
        self.groups.iter().position(|it| it.name == name)
    }
}
