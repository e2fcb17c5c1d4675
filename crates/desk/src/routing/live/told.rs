//! From what the engine says to proposals for the database, each with the decision as it will be kept.

use super::super::commit::{Proposal, What};
use super::super::hands::Made;
use super::super::sought::Sought;
use super::super::{Cause, OTHERS_KEPT_MAX, store};
use super::{Known, Live, Told};
use crate::{TicketId, UserId};
use ::routing::engine::{Assigned, How as Chosen, Out, Rule};
use ::routing::{How, Person, PersonId, Pull, PullReason, Work, WorkId, explain};
use std::collections::HashMap;

/// When more than so many come to wait at once, as when a process takes over, none of them says for what: whoever looks at
/// one is told all the same.
const SAID_AT_ONCE_MAX: usize = 1_000;

impl Live {
    /// Takes up what the engine has just said.
    pub(super) fn settle(&mut self, now: i64) {
        let mut out = std::mem::take(&mut self.out);
        for it in out.drain(..) {
            match it {
                Out::Assigned(it) if it.how != Chosen::ByHand => self.given(&it, now),
                Out::Relaxed { id, .. } => _ = self.placed.insert(TicketId(id.0)),
                // Nothing written is offered; what was done by hand is known.
                Out::Assigned(_) | Out::Offered { .. } | Out::Passed { .. } => {}
            }
        }
        self.out = out;
    }

    fn given(&mut self, it: &Assigned, now: i64) {
        let ticket = TicketId(it.id.0);
        let Some(user) = self.by_number.get(it.person.index()).copied() else { return };
        let Some(known) = self.tickets.get_mut(&ticket) else { return };
        let sought = known.sought.take();
        known.with = Some(user);
        let Some(sought) = sought else { return };
        let made = match it.how {
            Chosen::Next | Chosen::Stayed | Chosen::Pulled => Made::Pull(self.next(it, &sought, user)),
            _ => {
                let chosen = Some((PersonId(user.0), self.how(it)));
                let people = self.weighed(&sought);
                let work = self.told_work(&sought, usize::from(it.stage));
                Made::Choice(explain(&work, &people, &self.policy, now, chosen).shortened(OTHERS_KEPT_MAX))
            }
        };
        self.hold(user, ticket);
        let mut limit = self.knobs.capacity;
        if let Some(colleague) = self.people.get_mut(&user) {
            colleague.person.idle_since_ms = now;
            limit = colleague.limit;
        }
        let Some(known) = self.tickets.get(&ticket) else { return };
        let what = What::Give {
            to: user,
            cause: cause(it, known, &sought),
            by_lot: it.how == Chosen::ByLot,
            limit,
            hostile: sought.is_hostile(),
        };
        let proposal = proposal(ticket, known, what, &made);
        self.proposals.extend(proposal);
        self.placed.remove(&ticket);
    }

    fn how(&self, it: &Assigned) -> How {
        match it.how {
            Chosen::LongestIdle { tied } => How::LongestIdle { tied: tied as usize },
            Chosen::ByLot => How::ByLot { able: it.able as usize },
            Chosen::Growth => How::Growth,
            Chosen::Rule => How::Rule { rule: self.knobs.policy.rule },
            Chosen::Best | Chosen::Stayed | Chosen::Next | Chosen::Pulled | Chosen::ByHand => How::Best,
        }
    }

    fn next(&self, it: &Assigned, sought: &Sought, user: UserId) -> Pull {
        let since = |ticket: WorkId| {
            let known = self.tickets.get(&TicketId(ticket.0))?;
            Some(known.sought.as_ref()?.waiting_since())
        };
        let reason = match it.passed_over.and_then(|other| Some((other, since(other)?))) {
            None => PullReason::LongestWaiting,
            Some((instead_of, since)) => {
                let older_ms = sought.waiting_since().saturating_sub(since);
                match self.knobs.policy.rule {
                    Rule::FixedQueueRatio => PullReason::QueueBehind { instead_of, older_ms },
                    Rule::GeneralisedCMu => PullReason::CostsMore { instead_of, older_ms },
                    Rule::LongestIdle | Rule::MostCapacity | Rule::ExpectedOutcome => {
                        PullReason::BetterFit { instead_of, older_ms }
                    }
                }
            }
        };
        Pull {
            person: PersonId(user.0),
            work: it.id,
            priority: sought.priority(),
            waited_ms: it.waited_ms,
            p_success: f64::from(self.engine.p_success(it.work, it.person)),
            reason,
        }
    }

    fn told_work(&self, sought: &Sought, stage: usize) -> Work {
        let mut work = sought.work(stage);
        if sought.is_hostile() {
            work.avoid.extend(self.resting.iter().map(|user| PersonId(user.0)));
        }
        work
    }

    /// Everybody who is told of beside the one who was chosen.
    fn weighed(&self, sought: &Sought) -> Vec<&Person> {
        let group = sought.own_group();
        self.by_number
            .iter()
            .filter_map(|user| self.people.get(user).map(|it| (user, it)))
            .filter(|(_, it)| it.is_here())
            .filter(|(user, _)| group.is_none_or(|group| self.may_have_work_of(group, **user)))
            .map(|(_, it)| &it.person)
            .collect()
    }

    /// Tickets that wait and of which nobody has looked what was told last.
    pub fn untold(&self) -> Vec<TicketId> {
        if !self.says_why() {
            return Vec::new();
        }
        let untold = |id: &&TicketId| {
            self.tickets.get(id).is_some_and(|it| it.with.is_none() && it.told == Told::Unknown)
        };
        self.placed.iter().filter(untold).copied().collect()
    }

    pub fn learn_told(&mut self, mut made: HashMap<TicketId, Made>, asked: &[TicketId]) {
        for ticket in asked {
            let told = match made.remove(ticket) {
                Some(Made::Choice(decision)) => Told::How(decision.how),
                Some(Made::Pull(_)) | None => Told::Nothing,
            };
            if let Some(known) = self.tickets.get_mut(ticket) {
                known.told = told;
            }
        }
    }

    /// What came to wait says what it waits for, once for each new reason; and whoever has gone gives it back.
    pub fn say_what_waits(&mut self, now: i64) -> Result<(), db::Error> {
        let all_say_why = self.says_why();
        for ticket in std::mem::take(&mut self.placed) {
            let Some(known) = self.tickets.get(&ticket).filter(|it| it.with.is_none()) else { continue };
            let Some(sought) = known.sought.as_ref() else { continue };
            let stage = usize::from(self.engine.stage(known.at));
            let mut says_why = all_say_why;
            let mut made = None;
            if says_why {
                let people = self.weighed(sought);
                let decision = explain(&self.told_work(sought, stage), &people, &self.policy, now, None);
                says_why = known.told != Told::How(decision.how.clone());
                made = Some(Made::Choice(decision.shortened(OTHERS_KEPT_MAX)));
            }
            let what = match (known.holder, says_why) {
                (Some(_), _) => What::TakeBack { says_why },
                (None, true) => What::SayWhy { cause: waiting_cause(stage, sought) },
                (None, false) => continue,
            };
            let how = match &made {
                Some(Made::Choice(decision)) => Some(decision.how.clone()),
                Some(Made::Pull(_)) | None => None,
            };
            let made = made.as_ref().map(store::written).transpose()?.unwrap_or_default();
            self.proposals.push(Proposal {
                ticket,
                version: known.version,
                routing_version: known.routing_version,
                what,
                made,
                how,
            });
        }
        Ok(())
    }

    /// With nobody here there is nothing to tell.
    fn says_why(&self) -> bool {
        self.placed.len() <= SAID_AT_ONCE_MAX && self.anybody_here()
    }

    /// What was proposed is true by now.
    pub fn kept(&mut self, it: &Proposal, version: i64) {
        let Some(known) = self.tickets.get_mut(&it.ticket) else { return };
        known.version = version;
        match it.what {
            What::Give { to, .. } => known.holder = Some(to),
            What::TakeBack { .. } => known.holder = None,
            What::SayWhy { .. } => {}
        }
        if let Some(how) = &it.how {
            known.told = Told::How(how.clone());
        }
    }
}

fn cause(it: &Assigned, known: &Known, sought: &Sought) -> Cause {
    match it.how {
        Chosen::Pulled => Cause::Pulled,
        _ if known.holder.is_some() => Cause::Offline,
        Chosen::Next | Chosen::Stayed => Cause::Free,
        _ => waiting_cause(usize::from(it.stage), sought),
    }
}

fn waiting_cause(stage: usize, sought: &Sought) -> Cause {
    match stage {
        0 if sought.ticket.replies == 0 && sought.ticket.stations == 0 => Cause::Arrival,
        0 => Cause::Changed,
        _ => Cause::Waited,
    }
}

fn proposal(ticket: TicketId, known: &Known, what: What, made: &Made) -> Option<Proposal> {
    let how = match made {
        Made::Choice(decision) => Some(decision.how.clone()),
        Made::Pull(_) => None,
    };
    // What a decision says can always be written: it is made of numbers and names.
    let made = store::written(made).ok()?;
    Some(Proposal { ticket, version: known.version, routing_version: known.routing_version, what, made, how })
}
