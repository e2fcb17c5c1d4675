//! From what the engine says to proposals for the database, each with the decision as it will be kept.

use super::super::commit::{Proposal, What};
use super::super::hands::Made;
use super::super::sought::Sought;
use super::super::{Cause, OTHERS_KEPT_MAX, PresenceStatus, store};
use super::{Known, Live, Told};
use crate::{TicketId, UserId};
use ::routing::engine::{Assigned, How as Chosen, Out, Rule};
use ::routing::{Channel, Decision, How, Person, PersonId, Pull, PullReason, Reason, Work, WorkId, explain};
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
                Out::Assigned(it) if it.how != Chosen::ByHand => self.given(&it, None, now),
                Out::Offered { to, until_ms } => self.given(&to, Some(until_ms), now),
                Out::Passed { id, .. } => self.passed(TicketId(id.0), now),
                Out::Relaxed { id, .. } => _ = self.placed.insert(TicketId(id.0)),
                // What was done by hand is known.
                Out::Assigned(_) => {}
            }
        }
        self.out = out;
    }

    /// Whoever was asked has let it pass, or takes it no more. Where it goes next is told after this.
    fn passed(&mut self, ticket: TicketId, now: i64) {
        self.drop_proposal(ticket);
        let Some(known) = self.tickets.get_mut(&ticket) else { return };
        known.is_offer = false;
        let before = known.with.take();
        if let (Some(sought), Some(user)) = (&mut known.sought, before) {
            sought.passed.push((user, now));
        }
        self.placed.insert(ticket);
        if let Some(user) = before {
            self.let_go(user, ticket, now);
        }
    }

    /// `until`: they are only asked.
    fn given(&mut self, it: &Assigned, until: Option<i64>, now: i64) {
        let ticket = TicketId(it.id.0);
        let Some(user) = self.by_number.get(it.person.index()).copied() else { return };
        let Some(known) = self.tickets.get_mut(&ticket) else { return };
        // What is offered may have to seek somebody else.
        let sought = if until.is_some() { known.sought.clone() } else { known.sought.take() };
        known.with = Some(user);
        known.is_offer = until.is_some();
        let Some(sought) = sought else { return };
        let made = match it.how {
            Chosen::Next | Chosen::Stayed | Chosen::Pulled => Made::Pull(self.next(it, &sought, user)),
            _ => {
                let chosen = Some((PersonId(user.0), self.how(it)));
                Made::Choice(self.explained(&sought, usize::from(it.stage), now, chosen))
            }
        };
        self.hold(user, ticket);
        let mut limit = self.knobs.capacity;
        if let Some(colleague) = self.people.get_mut(&user) {
            colleague.person.idle_since_ms = now;
            limit = colleague.limit;
        }
        let Some(known) = self.tickets.get(&ticket) else { return };
        let (cause, by_lot, hostile) =
            (cause(it, known, &sought), it.how == Chosen::ByLot, sought.is_hostile());
        let what = match until {
            None => {
                What::Give { to: user, cause, by_lot, limit, hostile, channels: self.knobs.policy.channels }
            }
            Some(until) => What::Offer {
                to: user,
                cause,
                by_lot,
                hostile,
                channel: known.channel,
                until,
                instead_of: known.offered,
                take_back: known.holder.is_some(),
                channels: self.knobs.policy.channels,
            },
        };
        let proposal = proposal(ticket, known, what, &made, self.knobs.policy.rule);
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
        let waiting = |ticket: WorkId| self.tickets.get(&TicketId(ticket.0))?.sought.as_deref();
        let turn = |of: &Sought| self.queues().get(of.queue.queue).policy.rule().turn;
        let is_own = |of: &Sought| of.gate.is_none_or(|gate| self.may_have_work_of(gate, user));
        let reason = match it.passed_over.and_then(|other| Some((other, waiting(other)?))) {
            None => PullReason::LongestWaiting,
            Some((instead_of, other)) => {
                let older_ms = sought.waiting_since().saturating_sub(other.waiting_since());
                match self.policy().rule {
                    _ if turn(sought) > turn(other) => PullReason::QueueFirst { instead_of, older_ms },
                    _ if is_own(sought) && !is_own(other) => PullReason::OwnQueue { instead_of, older_ms },
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

    /// What was decided, as it is told: with the chosen one and the strongest others.
    fn explained(
        &self,
        sought: &Sought,
        stage: usize,
        now: i64,
        chosen: Option<(PersonId, How)>,
    ) -> Decision {
        let channel = sought.ticket.channel;
        // For what is offered, whoever takes that is here, whatever they say of tickets.
        let offered: Vec<Person> = match self.policy().channels.of(channel) {
            None => Vec::new(),
            Some(_) => self.weighed(sought, stage).into_iter().map(|it| self.as_asked(it, channel)).collect(),
        };
        let people = match self.policy().channels.of(channel) {
            None => self.weighed(sought, stage),
            Some(_) => offered.iter().collect(),
        };
        let mut work = self.told_work(sought, stage);
        // Whoever let it pass is not asked again beside others.
        work.avoid.extend(sought.passed.iter().map(|it| PersonId(it.0.0)));
        let mut decision = explain(&work, &people, &self.weights, now, chosen).shortened(OTHERS_KEPT_MAX);
        if let Some(gate) = sought.gate {
            for it in decision.candidates.iter_mut().filter(|it| it.eligible.is_ok()) {
                if !self.may_have_work_of(gate, UserId(it.person.0)) {
                    it.reasons.push(Reason::HelpsOut);
                }
            }
        }
        decision
    }

    fn as_asked(&self, person: &Person, channel: Channel) -> Person {
        let takes = self.people.get(&UserId(person.id.0)).is_some_and(|it| it.takes.has(channel));
        let status = match (takes, person.status) {
            (true, _) => PresenceStatus::Online,
            (false, PresenceStatus::Offline) => PresenceStatus::Offline,
            (false, _) => PresenceStatus::Away,
        };
        let mut person = person.clone();
        person.status = status;
        person
    }

    /// Everybody who is told of beside the one who was chosen.
    fn weighed(&self, sought: &Sought, stage: usize) -> Vec<&Person> {
        let gate = sought.gate;
        self.by_number
            .iter()
            .filter_map(|user| self.people.get(user).map(|it| (user, it)))
            .filter(|(_, it)| it.is_here())
            .filter(|(user, _)| {
                gate.is_none_or(|gate| self.may_have_work_of(gate, **user))
                    || self.helps_out(sought, stage, **user)
            })
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
                let decision = self.explained(sought, stage, now, None);
                says_why = known.told != Told::How(decision.how.clone());
                made = Some(Made::Choice(decision));
            }
            let what = match (known.holder, known.offered, says_why) {
                (Some(_), _, _) => What::TakeBack { says_why },
                (None, Some(_), _) => What::EndOffer { says_why },
                (None, None, true) => What::SayWhy { cause: waiting_cause(stage, sought) },
                (None, None, false) => continue,
            };
            let how = match &made {
                Some(Made::Choice(decision)) => Some(decision.how.clone()),
                Some(Made::Pull(_)) | None => None,
            };
            let rule = self.knobs.policy.rule;
            let made = match &made {
                Some(made) => store::written(made, rule)?,
                None => store::Written { text: String::new(), rule },
            };
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
            What::Give { to, .. } => (known.holder, known.offered) = (Some(to), None),
            What::Offer { to, .. } => (known.holder, known.offered) = (None, Some(to)),
            What::EndOffer { .. } => known.offered = None,
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

fn proposal(ticket: TicketId, known: &Known, what: What, made: &Made, rule: Rule) -> Option<Proposal> {
    let how = match made {
        Made::Choice(decision) => Some(decision.how.clone()),
        Made::Pull(_) => None,
    };
    // What a decision says can always be written: it is made of numbers and names.
    let made = store::written(made, rule).ok()?;
    Some(Proposal { ticket, version: known.version, routing_version: known.routing_version, what, made, how })
}
