//! The rules that serve live work, by the very code that serves it: the crate `routing`.

use routing::{Person, PersonId, Status, Work, WorkId, choose, next_for};

use super::Policy;
use crate::sim::{Duty, State};

/// The knobs of live routing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LiveRules {
    pub policy: routing::Policy,
}

pub(crate) struct Live {
    rules: LiveRules,
    seed: u64,
    decisions: u64,
    people: Vec<Person>,
    /// What waits, in the order in which it came.
    waiting: Vec<Work>,
}

impl Live {
    pub(crate) fn new(rules: LiveRules) -> Live {
        Live { rules, seed: 0, decisions: 0, people: Vec::new(), waiting: Vec::new() }
    }

    fn work_of(state: &State<'_>, contact: u32) -> Work {
        let it = &state.contacts[contact as usize];
        let kind = &state.floor.types[usize::from(it.kind)];
        Work {
            priority: kind.priority,
            waiting_since_ms: ms(it.queued),
            requirements: kind.needs.clone(),
            difficulty: kind.difficulty,
            ..Work::new(WorkId(i64::from(contact)), kind.channel)
        }
    }
}

impl Policy for Live {
    fn begin(&mut self, state: &State<'_>, seed: u64) {
        self.seed = seed;
        self.decisions = 0;
        self.waiting.clear();
        let person = |(at, it): (usize, &crate::sim::PersonState)| {
            let beliefs = state.floor.groups[usize::from(it.group)].beliefs.iter().copied();
            Person::new(PersonId(at as i64), Status::Offline).knowing(beliefs)
        };
        self.people = state.people.iter().enumerate().map(person).collect();
    }

    fn person_for(&mut self, state: &State<'_>, contact: u32) -> Option<u32> {
        let work = Live::work_of(state, contact);
        self.decisions += 1;
        let decision = choose(
            &work,
            &self.people,
            &self.rules.policy,
            ms(state.now),
            self.seed.wrapping_add(self.decisions),
        );
        decision.chosen.map(|person| person.0 as u32)
    }

    fn contact_for(&mut self, state: &State<'_>, person: u32) -> Option<u32> {
        let person = &self.people[person as usize];
        let pull = next_for(person, &self.waiting, &self.rules.policy, ms(state.now));
        pull.map(|pull| pull.work.0 as u32)
    }

    fn queued(&mut self, state: &State<'_>, contact: u32) {
        self.waiting.push(Live::work_of(state, contact));
    }

    fn left_queue(&mut self, _state: &State<'_>, contact: u32) {
        self.waiting.retain(|it| it.id != WorkId(i64::from(contact)));
    }

    fn person_changed(&mut self, state: &State<'_>, person: u32) {
        let it = &state.people[person as usize];
        let group = &state.floor.groups[usize::from(it.group)];
        let known = &mut self.people[person as usize];
        let mut now = std::mem::replace(known, Person::new(PersonId(i64::from(person)), Status::Offline));
        now.status = match it.duty {
            Duty::On if !it.wrapping => Status::Online,
            Duty::Off => Status::Offline,
            _ => Status::Away,
        };
        let limit = f64::from(group.at_once);
        for channel in channels(state, group) {
            now = now.holding(channel, f64::from(it.held), limit);
        }
        *known = now.idle_since(ms(it.idle_since));
    }
}

/// The channels of all that this group may serve.
fn channels<'a>(
    state: &'a State<'_>,
    group: &'a crate::model::Group,
) -> impl Iterator<Item = routing::Channel> + 'a {
    let served = || group.serves.iter().flatten().map(|kind| state.floor.types[*kind].channel);
    routing::Channel::ALL.into_iter().filter(move |channel| served().any(|it| it == *channel))
}

fn ms(seconds: f64) -> i64 {
    (seconds * 1_000.0) as i64
}
