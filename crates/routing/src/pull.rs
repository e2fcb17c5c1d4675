//! When somebody becomes free: which of the waiting work is theirs?

use serde::{Deserialize, Serialize};

use crate::person::{Person, PersonId};
use crate::weigh::{eligible, p_success};
use crate::work::{Policy, Priority, Work, WorkId};

/// The work a free person takes next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    pub person: PersonId,
    pub work: WorkId,
    pub priority: Priority,
    pub waited_ms: i64,
    /// P(solved for good), 0–1.
    pub p_success: f64,
    pub reason: PullReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PullReason {
    /// Of the highest priority that they may have, it waited longest.
    LongestWaiting,
    /// It fits them better than `instead_of`, which has waited only `older_ms` longer.
    BetterFit { instead_of: WorkId, older_ms: i64 },
    /// Its queue was further above its share of all that waits.
    QueueBehind { instead_of: WorkId, older_ms: i64 },
    /// Its wait cost more in the time that it takes.
    CostsMore { instead_of: WorkId, older_ms: i64 },
    /// Its queue goes first.
    QueueFirst { instead_of: WorkId, older_ms: i64 },
    /// It is of their own queue, in the other they only help out.
    OwnQueue { instead_of: WorkId, older_ms: i64 },
}

/// The highest priority first; within it calls and chats before written work; then the longest waiting. Among work of
/// the same channel that has waited nearly as long as the oldest (15 minutes for e-mail, 2 for messages, 20 seconds for
/// chats, 10 for calls), the best fit goes first, unless the fits are a tie. None if nothing in the queue may be theirs.
pub fn next_for(person: &Person, queue: &[Work], policy: &Policy, now_ms: i64) -> Option<Pull> {
    let open = || queue.iter().filter(|work| eligible(work, person).is_ok());
    let turn = |work: &Work| (work.priority, work.channel.is_live());
    let oldest = open().min_by(|a, b| {
        turn(b).cmp(&turn(a)).then((a.waiting_since_ms, a.id).cmp(&(b.waiting_since_ms, b.id)))
    })?;
    let fit = |work: &Work| {
        let bonus = if work.prefer_person == Some(person.id) { policy.prefer_person_bonus } else { 0.0 };
        p_success(work, person) + bonus
    };
    let last_ms = oldest.waiting_since_ms.saturating_add(oldest.channel.fitness_window_ms());
    let best = open()
        .filter(|it| it.priority == oldest.priority && it.channel == oldest.channel)
        .filter(|it| it.waiting_since_ms <= last_ms)
        .map(|it| (fit(it), it))
        .max_by(|(a, x), (b, y)| {
            a.total_cmp(b).then((y.waiting_since_ms, y.id).cmp(&(x.waiting_since_ms, x.id)))
        })
        .filter(|(best, _)| *best > fit(oldest) + policy.tie_tolerance.max(0.0))
        .map_or(oldest, |(_, work)| work);
    let reason = if best.id == oldest.id {
        PullReason::LongestWaiting
    } else {
        let older_ms = best.waiting_since_ms.saturating_sub(oldest.waiting_since_ms);
        PullReason::BetterFit { instead_of: oldest.id, older_ms }
    };
    Some(Pull {
        person: person.id,
        work: best.id,
        priority: best.priority,
        waited_ms: now_ms.saturating_sub(best.waiting_since_ms).max(0),
        p_success: p_success(best, person),
        reason,
    })
}

#[cfg(test)]
mod tests {
    use skills::{Belief, SkillBelief, SkillId};

    use super::*;
    use crate::person::Status;
    use crate::work::{Channel, Hardness, Requirement};

    const MINUTE: i64 = 60_000;
    const REFUNDS: SkillId = SkillId(1);
    const LOGINS: SkillId = SkillId(2);

    /// Good at refunds, weak at logins.
    fn ana() -> Person {
        let belief = |skill, level| SkillBelief { skill, belief: Belief::at_level(level, 0.4) };
        Person::new(PersonId(1), Status::Online)
            .holding(Channel::Email, 0.0, 2.0)
            .holding(Channel::Chat, 0.0, 2.0)
            .knowing([belief(REFUNDS, 4.5), belief(LOGINS, 1.5)])
    }

    fn work(id: i64, since_ms: i64, skill: SkillId) -> Work {
        let needed = Requirement { skill, least_level: 2.0, weight: 1.0, hardness: Hardness::Prefer };
        Work {
            waiting_since_ms: since_ms,
            requirements: vec![needed],
            ..Work::new(WorkId(id), Channel::Email)
        }
    }

    fn next(queue: &[Work]) -> Option<Pull> {
        next_for(&ana(), queue, &Policy::default(), 100 * MINUTE)
    }

    #[test]
    fn priority_goes_before_waiting() {
        let urgent = Work { priority: Priority::Urgent, ..work(2, 90 * MINUTE, LOGINS) };
        let pull = next(&[work(1, 0, REFUNDS), urgent]).unwrap();
        assert_eq!((pull.work, pull.waited_ms), (WorkId(2), 10 * MINUTE));
    }

    #[test]
    fn somebody_on_the_line_goes_before_a_letter() {
        let chat = Work { channel: Channel::Chat, ..work(2, 99 * MINUTE, LOGINS) };
        assert_eq!(next(&[work(1, 0, REFUNDS), chat]).unwrap().work, WorkId(2));
    }

    #[test]
    fn a_better_fit_may_overtake_by_a_little_and_not_by_much() {
        let pull = next(&[work(1, 0, LOGINS), work(2, 10 * MINUTE, REFUNDS)]).unwrap();
        assert_eq!(pull.work, WorkId(2));
        assert_eq!(pull.reason, PullReason::BetterFit { instead_of: WorkId(1), older_ms: 10 * MINUTE });
        let pull = next(&[work(1, 0, LOGINS), work(2, 16 * MINUTE, REFUNDS)]).unwrap();
        assert_eq!((pull.work, pull.reason), (WorkId(1), PullReason::LongestWaiting));
    }

    #[test]
    fn among_equals_the_longest_waiting_goes_first_wherever_it_stands() {
        let (early, late) = (work(5, 2, REFUNDS), work(4, 3, REFUNDS));
        assert_eq!(next(&[late.clone(), early.clone()]).unwrap().work, WorkId(5));
        assert_eq!(next(&[early, late]).unwrap().work, WorkId(5));
    }

    #[test]
    fn what_they_may_not_have_is_left_for_others() {
        let must = Requirement { skill: LOGINS, least_level: 3.0, weight: 1.0, hardness: Hardness::Must };
        let beyond = Work { requirements: vec![must], ..work(1, 0, LOGINS) };
        let avoided = Work { avoid: vec![PersonId(1)], ..work(2, 0, REFUNDS) };
        let too_big = Work { size: 2.5, ..work(3, 0, REFUNDS) };
        assert_eq!(next(&[beyond.clone(), avoided.clone(), too_big.clone()]), None);
        assert_eq!(next(&[beyond, avoided, too_big, work(9, 50, REFUNDS)]).unwrap().work, WorkId(9));
    }

    #[test]
    fn their_own_returning_work_fits_them_best() {
        let returning = Work { prefer_person: Some(PersonId(1)), ..work(2, MINUTE, REFUNDS) };
        assert_eq!(next(&[work(1, 0, REFUNDS), returning]).unwrap().work, WorkId(2));
    }
}
