//! The watchdog: a plain look at everything, to prove that no work waits beside somebody who may have it.

use super::queue::State;
use super::*;

/// A piece of work and a person who should have it and do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    pub work: WorkAt,
    pub id: WorkId,
    pub person: PersonAt,
    pub person_id: PersonId,
}

impl Engine {
    /// `None`, always; anything else is a bug, and what it names should be given by hand. Slow: it tries every pair.
    pub fn watchdog(&self) -> Option<Stuck> {
        let view = self.view();
        for slot in 0..self.queue.slots() as u32 {
            let item = self.queue.item(slot);
            let stage = &self.classes[item.class as usize].stages[item.stage as usize];
            let found = match item.state {
                State::Waiting => {
                    let routine = self.queue.lanes[item.lane as usize].routine;
                    (0..self.people.count() as u32)
                        .find(|person| view.may_have(item, stage.predicate, routine, *person))
                }
                State::Staying => {
                    Some(item.person).filter(|person| view.may_have(item, stage.predicate, false, *person))
                }
                State::Held | State::Offered | State::Free => None,
            };
            if let Some(person) = found {
                return Some(Stuck {
                    work: self.work_at(slot),
                    id: item.id,
                    person: PersonAt(person),
                    person_id: self.people.id(person),
                });
            }
        }
        None
    }

    /// How many people have room for something that waits and that they may have: 0, always. By the index and quick,
    /// where [`Engine::watchdog`] tries every pair.
    pub fn idle_beside_work(&self, now_ms: i64) -> usize {
        let view = self.view();
        let idle = |person: &u32| {
            self.people.is_open(*person)
                && view.work_for(*person, now_ms, &self.linked[*person as usize]).is_some()
        };
        (0..self.people.count() as u32).filter(idle).count()
    }

    /// P(solved for good), 0–1, if this person has this work: [`skills::p_solved`] of its skills by their weights.
    /// 0 for work that is gone.
    pub fn p_success(&self, work: WorkAt, person: PersonAt) -> f32 {
        if !self.queue.alive(work.slot, work.generation) {
            return 0.0;
        }
        let item = self.queue.item(work.slot);
        self.view().p_success(item, &self.classes[item.class as usize], person.0)
    }

    /// Bytes of memory that the index takes, people, requirements, work and timers together.
    pub fn bytes(&self) -> usize {
        let linked: usize = self.linked.iter().map(|it| it.capacity() * 4 + size_of::<Vec<u32>>()).sum();
        self.people.bytes()
            + self.predicates.bytes()
            + self.queue.bytes(&self.predicates)
            + self.timers.bytes()
            + linked
    }
}
