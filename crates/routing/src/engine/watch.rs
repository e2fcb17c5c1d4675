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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(out: &[Out]) -> Vec<String> {
        out.iter()
            .map(|it| match it {
                Out::Assigned(it) => format!("assigned to {}", it.person_id.0),
                Out::Offered { to, until_ms } => format!("offered to {} until {until_ms}", to.person_id.0),
                Out::Passed { person, .. } => format!("passed by number {}", person.index()),
                Out::Relaxed { stage, .. } => format!("stage {stage}"),
            })
            .collect()
    }

    fn chats(rest_ms: i64) -> (Engine, ClassAt) {
        let mut settings = Settings::plain(Rule::LongestIdle);
        settings.offer_ms[Channel::Chat as usize] = Some(30_000);
        settings.ask_again_ms = rest_ms;
        let mut engine = Engine::new(settings, 1);
        let chat = engine.class(&WorkClass::new(Channel::Chat, Requirements::none()));
        (engine, chat)
    }

    #[test]
    fn who_lets_an_offer_pass_is_asked_again_after_a_rest_and_others_before() {
        let (mut engine, chat) = chats(20_000);
        let mut out = Vec::new();
        let (_ana, kofi) = (engine.add_person(&NewPerson::new(PersonId(1))), NewPerson::new(PersonId(2)));
        let kofi = engine.add_person(&NewPerson { present: false, ..kofi });
        let work = engine.arrive(&Arrival::new(WorkId(1), chat, 0), 0, &mut out);
        engine.decline(work, 5_000, &mut out);
        assert_eq!(names(&out), ["offered to 1 until 30000", "passed by number 0"]);
        assert_eq!(engine.next_timer(), Some(25_000), "she is asked again then");
        out.clear();
        engine.set_status(kofi, true, Channels::ALL, 6_000, &mut out);
        assert_eq!(names(&out), ["offered to 2 until 36000"]);
        out.clear();
        engine.tick(36_000, &mut out);
        assert_eq!(names(&out), ["passed by number 1"], "both rest from it");
        out.clear();
        engine.tick(56_000, &mut out);
        assert_eq!(names(&out), ["offered to 1 until 86000"]);
        engine.accept(work);
        assert_eq!((engine.next_timer(), engine.watchdog()), (None, None));
    }

    #[test]
    fn an_offer_that_stands_already_is_kept_until_its_end() {
        let (mut engine, chat) = chats(0);
        let mut out = Vec::new();
        let ana = engine.add_person(&NewPerson::new(PersonId(1)));
        let kofi = engine.add_person(&NewPerson::new(PersonId(2)));
        let passed = [kofi];
        let arrival = Arrival { passed: &passed, passed_at_ms: 900, ..Arrival::new(WorkId(1), chat, 0) };
        let work = engine.ask(&arrival, ana, 3_000);
        assert_eq!((engine.holder(work), engine.holds(ana, Channel::Chat)), (Some(ana), 1));
        engine.tick(3_000, &mut out);
        assert_eq!(
            names(&out),
            ["passed by number 0", "offered to 2 until 33000"],
            "both have let it pass, he was idle longer"
        );
    }

    #[test]
    fn whoever_only_helps_out_comes_when_none_of_its_own_people_is_free() {
        let mut engine = Engine::new(Settings::plain(Rule::ExpectedOutcome), 1);
        let mut out = Vec::new();
        let (helper, own) = (
            engine.add_person(&NewPerson::new(PersonId(1))),
            engine.add_person(&NewPerson::new(PersonId(2))),
        );
        engine.set_rank(helper, QueueId(0), 1);
        let skill = SkillId(1);
        engine.set_level(helper, skill, Some(Level::exactly(5.0)), 0, &mut out);
        engine.set_level(own, skill, Some(Level::exactly(2.0)), 0, &mut out);
        let prefer = Requirements::of(crate::requirements::Expression::prefer(skill, 2.0, 1.0));
        let class = engine.class(&WorkClass::new(Channel::Email, prefer));
        for id in 1..=2 {
            engine.arrive(&Arrival::new(WorkId(id), class, 0), 0, &mut out);
        }
        assert_eq!(names(&out), ["assigned to 2", "assigned to 1"]);
    }
}
