//! Decisions in plain words, for "why me?" and for the queue.

use skills::SkillId;

use crate::choose::{Decision, Expectation, How};
use crate::engine::Rule;
use crate::person::{PersonId, Status};
use crate::pull::{Pull, PullReason};
use crate::weigh::{Candidate, Reason, WhyNot};
use crate::work::{Need, WorkId};

/// How many of the others a sentence names before it counts them.
const OTHERS_NAMED_MAX: usize = 3;
/// Chances of success closer than this are called the same skill.
const SAME_SKILL: f64 = 0.03;

impl Decision {
    /// One sentence without a full stop, such as "Chosen over Kofi (same skill, holds 8 of 8) and Mei (better, away)".
    pub fn sentence(&self, person: impl Fn(PersonId) -> String, skill: impl Fn(SkillId) -> String) -> String {
        if let How::Queued { until } = &self.how {
            return until.sentence(skill);
        }
        let Some(chosen) = self.chosen_candidate() else { return "Chosen".to_owned() };
        let mut others: Vec<&Candidate> =
            self.candidates.iter().filter(|it| it.person != chosen.person).collect();
        // Who might have been expected instead comes first.
        others.sort_by(|a, b| b.p_success.total_cmp(&a.p_success).then(a.person.cmp(&b.person)));
        let unnamed = others.len().saturating_sub(OTHERS_NAMED_MAX);
        let mut named: Vec<String> = others
            .iter()
            .take(OTHERS_NAMED_MAX)
            .map(|it| format!("{} ({})", person(it.person), compared(it, chosen, &self.how, &skill)))
            .collect();
        if unnamed > 0 {
            named.push(format!("{unnamed} more"));
        }
        let start = match self.how {
            How::ByLot { able } => {
                format!("Chosen by lot among {able} able people, so that the desk keeps learning,")
            }
            How::Growth => "Chosen to grow in what it needs,".to_owned(),
            How::Rule { rule: Rule::LongestIdle | Rule::FixedQueueRatio } => {
                "Chosen for having had nothing new for longest,".to_owned()
            }
            How::Rule { rule: Rule::MostCapacity } => "Chosen for having most room,".to_owned(),
            How::Rule { rule: Rule::GeneralisedCMu } => "Chosen for being quickest at it,".to_owned(),
            _ if chosen.reasons.contains(&Reason::KnowsTheWork) => {
                "Chosen, knowing this work already,".to_owned()
            }
            _ => "Chosen".to_owned(),
        };
        if named.is_empty() {
            return format!("{}; nobody else was on hand", start.trim_end_matches(','));
        }
        format!("{start} over {}", listed(&named))
    }
}

impl Expectation {
    /// What queued work waits for, as one sentence without a full stop.
    pub fn sentence(&self, skill: impl Fn(SkillId) -> String) -> String {
        match self {
            Expectation::Presence { channel } => {
                format!("Waiting: nobody is present who takes {} work", channel.as_str())
            }
            Expectation::Skill { nobody_meets } => {
                format!("Waiting: nobody present meets {}", listed(&told(nobody_meets, skill)))
            }
            Expectation::SkillsTogether { nobody_meets_all } => {
                let together = listed(&told(nobody_meets_all, skill));
                format!("Waiting: nobody present meets {together} together")
            }
            Expectation::Asked => "Waiting: nobody present is who is asked for".to_owned(),
            Expectation::Release => "Waiting: everybody able was set aside for this work".to_owned(),
            Expectation::Capacity { able: 1 } => "Waiting: the one able person online is full".to_owned(),
            Expectation::Capacity { able } => format!("Waiting: the {able} able people online are full"),
            Expectation::Return { able: 1 } => "Waiting: the one able person is away".to_owned(),
            Expectation::Return { able } => format!("Waiting: the {able} able people are away"),
        }
    }
}

impl WhyNot {
    /// A few words such as "holds 8 of 8", "away", or "not sure of French at level 3".
    pub fn words(&self, skill: impl Fn(SkillId) -> String) -> String {
        match *self {
            WhyNot::Status { status: Status::Online } => "online".to_owned(),
            WhyNot::Status { status } => status.as_str().to_owned(),
            WhyNot::NotOnChannel { channel } => format!("takes no {} work", channel.as_str()),
            WhyNot::Full { load, limit } => format!("holds {} of {}", number(load), number(limit)),
            WhyNot::NotSure { skill: needed, least_level, .. } => {
                format!("not sure of {} at level {}", skill(needed), number(least_level))
            }
            WhyNot::NotAsked => "not who is asked for".to_owned(),
            WhyNot::Avoided => "set aside for this work".to_owned(),
        }
    }
}

impl Pull {
    /// Such as "Next: urgent, waiting for 12 min".
    pub fn sentence(&self, work: impl Fn(WorkId) -> String) -> String {
        let waited = duration(self.waited_ms);
        match self.reason {
            PullReason::LongestWaiting => {
                format!("Next: priority {}, waiting longest, for {waited}", self.priority.as_str())
            }
            PullReason::BetterFit { instead_of, older_ms } => format!(
                "Next: priority {}, waiting for {waited}; a better fit than {}, which came {} earlier",
                self.priority.as_str(),
                work(instead_of),
                duration(older_ms)
            ),
            PullReason::QueueBehind { instead_of, older_ms } => format!(
                "Next: priority {}, waiting for {waited}; its queue was further behind than that of {}, which came {} earlier",
                self.priority.as_str(),
                work(instead_of),
                duration(older_ms)
            ),
            PullReason::QueueFirst { instead_of, older_ms } => format!(
                "Next: priority {}, waiting for {waited}; its queue goes before that of {}, which came {} earlier",
                self.priority.as_str(),
                work(instead_of),
                duration(older_ms)
            ),
            PullReason::OwnQueue { instead_of, older_ms } => format!(
                "Next: priority {}, waiting for {waited}; of their own queue, before {}, which came {} earlier and where they help out",
                self.priority.as_str(),
                work(instead_of),
                duration(older_ms)
            ),
            PullReason::CostsMore { instead_of, older_ms } => format!(
                "Next: priority {}, waiting for {waited}; waiting cost more here than for {}, which came {} earlier",
                self.priority.as_str(),
                work(instead_of),
                duration(older_ms)
            ),
        }
    }
}

fn compared(other: &Candidate, chosen: &Candidate, how: &How, skill: &impl Fn(SkillId) -> String) -> String {
    let ahead = other.p_success - chosen.p_success;
    let standing = if ahead > SAME_SKILL {
        "better"
    } else if ahead < -SAME_SKILL {
        "less likely to solve it"
    } else {
        "same skill"
    };
    let why = match &other.eligible {
        Err(against) => against.iter().map(|it| it.words(skill)).collect::<Vec<_>>().join(", "),
        Ok(()) if matches!(how, How::ByLot { .. }) || ahead < -SAME_SKILL => return standing.to_owned(),
        Ok(()) => lesser(other, chosen),
    };
    format!("{standing}, {why}")
}

/// Why an eligible person of the same or better chance did not get it.
fn lesser(other: &Candidate, chosen: &Candidate) -> String {
    let load = |it: &Candidate| {
        it.reasons.iter().find_map(|it| match it {
            Reason::Load { load, limit } => Some((*load, *limit)),
            _ => None,
        })
    };
    let idle = |it: &Candidate| {
        it.reasons.iter().find_map(|it| match it {
            Reason::Idle { ms } => Some(*ms),
            _ => None,
        })
    };
    match (load(other), load(chosen)) {
        _ if other.reasons.contains(&Reason::HelpsOut) && !chosen.reasons.contains(&Reason::HelpsOut) => {
            "only helps out in this queue".to_owned()
        }
        _ if chosen.reasons.contains(&Reason::KnowsTheWork) => "does not know this work".to_owned(),
        (Some((load, limit)), Some((mine, my_limit))) if load / limit > mine / my_limit => {
            format!("holds {} of {}", number(load), number(limit))
        }
        _ if idle(other) < idle(chosen) => "idle for less time".to_owned(),
        _ => "as good a choice".to_owned(),
    }
}

fn told(needs: &[Need], skill: impl Fn(SkillId) -> String) -> Vec<String> {
    needs.iter().map(|it| format!("{} at level {}", skill(it.skill), number(it.least_level))).collect()
}

pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// At most one decimal: 8, 2.5.
pub(crate) fn number(x: f64) -> String {
    format!("{}", (x * 10.0).round() / 10.0)
}

fn duration(ms: i64) -> String {
    let minutes = ms / 60_000;
    match minutes {
        0 => format!("{} s", ms / 1000),
        1..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use skills::{Belief, SkillBelief};

    use super::*;
    use crate::choose::choose;
    use crate::person::Person;
    use crate::work::{Channel, Hardness, Policy, Priority, Requirement, Work};

    const FRENCH: SkillId = SkillId(1);
    const REFUNDS: SkillId = SkillId(2);
    const POLICY: Policy =
        Policy { explore_share: 0.0, tie_tolerance: 0.02, load_cost: 0.05, prefer_person_bonus: 0.10 };

    fn person(id: i64, status: Status, load: f64, refunds: f64) -> Person {
        let belief = |skill, level| SkillBelief { skill, belief: Belief::at_level(level, 0.3) };
        Person::new(PersonId(id), status)
            .holding(Channel::Email, load, 8.0)
            .knowing([belief(REFUNDS, refunds), belief(FRENCH, 1.0)])
    }

    fn ana() -> Person {
        person(1, Status::Online, 2.0, 3.5)
    }

    fn refund() -> Work {
        let needed =
            Requirement { skill: REFUNDS, least_level: 2.0, weight: 1.0, hardness: Hardness::Prefer };
        Work { requirements: vec![needed], ..Work::new(WorkId(1), Channel::Email) }
    }

    fn must(skill: SkillId, least_level: f64) -> Requirement {
        Requirement { skill, least_level, weight: 1.0, hardness: Hardness::Must }
    }

    fn said(work: &Work, people: &[Person], policy: &Policy) -> String {
        let names = ["", "Ana", "Kofi", "Mei", "Ivo", "Lea", "Tom"];
        let skills = ["", "French", "refunds"];
        let decision = choose(work, people, policy, 600_000, 1);
        decision.sentence(|it| names[it.0 as usize].to_owned(), |it| skills[it.0 as usize].to_owned())
    }

    #[test]
    fn it_says_who_was_passed_over_and_why() {
        let kofi = person(2, Status::Online, 8.0, 3.5);
        let mei = person(3, Status::Away, 0.0, 4.8);
        assert_eq!(
            said(&refund(), &[ana(), kofi, mei], &POLICY),
            "Chosen over Mei (better, away) and Kofi (same skill, holds 8 of 8)"
        );
    }

    #[test]
    fn a_weaker_or_a_busier_colleague_is_called_so() {
        let kofi = person(2, Status::Online, 0.0, 2.0);
        assert_eq!(said(&refund(), &[ana(), kofi], &POLICY), "Chosen over Kofi (less likely to solve it)");
        let mei = person(3, Status::Online, 7.0, 3.5);
        assert_eq!(said(&refund(), &[ana(), mei], &POLICY), "Chosen over Mei (same skill, holds 7 of 8)");
        let ivo = person(4, Status::Online, 2.0, 3.5).idle_since(300_000);
        assert_eq!(
            said(&refund(), &[ana(), ivo], &POLICY),
            "Chosen over Ivo (same skill, idle for less time)"
        );
    }

    #[test]
    fn many_others_are_counted() {
        let others = (2..=6).map(|id| person(id, Status::Offline, 0.0, 3.5));
        let people: Vec<Person> = std::iter::once(ana()).chain(others).collect();
        assert_eq!(
            said(&refund(), &people, &POLICY),
            "Chosen over Kofi (same skill, offline), Mei (same skill, offline), Ivo (same skill, offline) and 2 more"
        );
    }

    #[test]
    fn alone_by_lot_and_for_knowing_the_work() {
        assert_eq!(said(&refund(), &[ana()], &POLICY), "Chosen; nobody else was on hand");
        let kofi = person(2, Status::Online, 2.0, 2.0);
        let always = Policy { explore_share: 1.0, ..POLICY };
        let by_lot = said(&refund(), &[ana(), kofi.clone()], &always);
        assert!(
            by_lot.starts_with("Chosen by lot among 2 able people, so that the desk keeps learning, over ")
        );
        let known = Work { prefer_person: Some(PersonId(1)), ..refund() };
        let mei = person(3, Status::Online, 2.0, 4.0);
        assert_eq!(
            said(&known, &[ana(), mei], &POLICY),
            "Chosen, knowing this work already, over Mei (better, does not know this work)"
        );
    }

    #[test]
    fn queued_work_says_what_it_waits_for() {
        let kofi = person(2, Status::Online, 8.0, 4.0);
        let french = Work { requirements: vec![must(FRENCH, 3.0)], ..refund() };
        assert_eq!(
            said(&french, &[ana(), kofi.clone()], &POLICY),
            "Waiting: nobody present meets French at level 3"
        );
        assert_eq!(
            said(&refund(), std::slice::from_ref(&kofi), &POLICY),
            "Waiting: the one able person online is full"
        );
        let away = person(3, Status::Away, 0.0, 4.0);
        assert_eq!(said(&refund(), &[away], &POLICY), "Waiting: the one able person is away");
        let gone = person(3, Status::Offline, 0.0, 4.0);
        assert_eq!(said(&refund(), &[gone], &POLICY), "Waiting: nobody is present who takes email work");
        let avoided = Work { avoid: vec![PersonId(2)], ..refund() };
        assert_eq!(
            said(&avoided, std::slice::from_ref(&kofi), &POLICY),
            "Waiting: everybody able was set aside for this work"
        );
        let both = Work { requirements: vec![must(FRENCH, 3.0), must(REFUNDS, 3.0)], ..refund() };
        let fluent = Person::new(PersonId(5), Status::Online)
            .holding(Channel::Email, 0.0, 8.0)
            .knowing([SkillBelief { skill: FRENCH, belief: Belief::at_level(5.0, 0.3) }]);
        assert_eq!(
            said(&both, &[kofi, fluent], &POLICY),
            "Waiting: nobody present meets French at level 3 and refunds at level 3 together"
        );
    }

    #[test]
    fn every_obstacle_has_words() {
        let words = |it: WhyNot| it.words(|_| "French".to_owned());
        assert_eq!(words(WhyNot::Full { load: 2.5, limit: 3.0 }), "holds 2.5 of 3");
        assert_eq!(words(WhyNot::NotOnChannel { channel: Channel::Chat }), "takes no chat work");
        assert_eq!(
            words(WhyNot::NotSure { skill: FRENCH, least_level: 3.0, sure_level: 2.1 }),
            "not sure of French at level 3"
        );
    }

    #[test]
    fn a_pull_tells_its_turn() {
        let pull = Pull {
            person: PersonId(1),
            work: WorkId(4),
            priority: Priority::High,
            waited_ms: 12 * 60_000,
            p_success: 0.8,
            reason: PullReason::LongestWaiting,
        };
        let name = |it: WorkId| format!("#{}", it.0);
        assert_eq!(pull.sentence(name), "Next: priority high, waiting longest, for 12 min");
        let fit = PullReason::BetterFit { instead_of: WorkId(3), older_ms: 45_000 };
        assert_eq!(
            Pull { reason: fit, ..pull }.sentence(name),
            "Next: priority high, waiting for 12 min; a better fit than #3, which came 45 s earlier"
        );
    }
}
