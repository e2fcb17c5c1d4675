//! Who has a piece of work: it is given, taken, and let go, and everybody's hands are counted with it.

use super::pick::NextUp;
use super::*;

impl Engine {
    /// Somebody free takes what waits.
    pub(super) fn take(&mut self, next: NextUp, person: u32, how: How, now_ms: i64, out: &mut Vec<Out>) {
        let NextUp { slot, passed_over } = next;
        let passed_over = (passed_over != NOBODY).then(|| self.queue.item(passed_over).id);
        let how = if self.queue.item(slot).state == State::Staying { How::Stayed } else { how };
        self.detach(slot, now_ms);
        let view = self.view();
        let item = self.queue.item(slot);
        let score = match self.settings.rule {
            Rule::ExpectedOutcome => view.score(item, &self.classes[item.class as usize], person),
            _ => 0.0,
        };
        self.give(slot, person, how, 1, score, NOBODY, now_ms, out);
        if let Some(Out::Assigned(it) | Out::Offered { to: it, .. }) = out.last_mut() {
            it.passed_over = passed_over;
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one decision")]
    pub(super) fn give(
        &mut self,
        slot: u32,
        person: u32,
        how: How,
        able: u32,
        score: f32,
        runner_up: u32,
        now_ms: i64,
        out: &mut Vec<Out>,
    ) {
        let assigned = self.assigned(slot, person, how, able, score, runner_up, now_ms);
        let class = &self.classes[self.queue.item(slot).class as usize];
        let hostile = class.hostile;
        let offer_ms = if how == How::Pulled { None } else { self.settings.offer_ms[class.channel as usize] };
        self.queue.item_mut(slot).person = person;
        self.carry(slot, person, true);
        self.people.hands_mut(person).idle_since_ms = now_ms;
        self.count_hostile(person, hostile, now_ms);
        match offer_ms {
            None => {
                let item = self.queue.item_mut(slot);
                item.state = State::Held;
                item.timer = 0;
                out.push(Out::Assigned(assigned));
            }
            Some(offer_ms) => {
                let until_ms = now_ms.saturating_add(offer_ms);
                let timer = self.timers.set(until_ms, TimerOf::Item(slot));
                let item = self.queue.item_mut(slot);
                item.state = State::Offered;
                item.timer = timer;
                out.push(Out::Offered { to: assigned, until_ms });
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one decision")]
    pub(super) fn assigned(
        &self,
        slot: u32,
        person: u32,
        how: How,
        able: u32,
        score: f32,
        runner_up: u32,
        now_ms: i64,
    ) -> Assigned {
        let item = self.queue.item(slot);
        Assigned {
            work: self.work_at(slot),
            id: item.id,
            person: PersonAt(person),
            person_id: self.people.id(person),
            waited_ms: now_ms.saturating_sub(item.since_ms).max(0),
            how,
            stage: item.stage,
            able,
            score,
            runner_up: (runner_up != NOBODY).then_some(PersonAt(runner_up)),
            passed_over: None,
        }
    }

    fn count_hostile(&mut self, person: u32, hostile: bool, now_ms: i64) {
        let most = self.settings.hostile_in_a_row_max;
        if most == 0 || !hostile {
            return;
        }
        let hands = self.people.hands_mut(person);
        hands.hostile_in_a_row = hands.hostile_in_a_row.saturating_add(1);
        if hands.hostile_in_a_row >= most {
            let due = now_ms.saturating_add(self.settings.hostile_rest_ms);
            hands.rest_timer = self.timers.set(due, TimerOf::Person(person));
            self.people.set_calm(person, false);
        }
    }

    pub(super) fn rested(&mut self, person: u32) {
        let hands = self.people.hands_mut(person);
        hands.hostile_in_a_row = 0;
        hands.rest_timer = 0;
        self.people.set_calm(person, true);
    }

    /// Takes a piece of work out of wherever it is; who held it, is free of it.
    pub(super) fn detach(&mut self, slot: u32, now_ms: i64) -> Option<u32> {
        let item = self.queue.item(slot);
        let (state, person, prefer) = (item.state, item.person, item.prefer);
        let queue = self.classes[item.class as usize].queue;
        self.queue.item_mut(slot).timer = 0;
        match state {
            State::Waiting => {
                self.queue.leave(slot, queue);
                if prefer != NOBODY {
                    self.unlink(prefer, slot);
                }
                None
            }
            State::Staying => {
                if person != NOBODY {
                    self.unlink(person, slot);
                    self.queue.count(queue, -1);
                    self.queue.item_mut(slot).person = NOBODY;
                }
                None
            }
            State::Held | State::Offered => {
                self.carry(slot, person, false);
                let item = self.queue.item_mut(slot);
                item.person = NOBODY;
                item.state = State::Staying;
                let hands = self.people.hands_mut(person);
                if hands.empty() {
                    hands.idle_since_ms = now_ms;
                }
                Some(person)
            }
            State::Free => None,
        }
    }

    pub(super) fn unlink(&mut self, person: u32, slot: u32) {
        let linked = &mut self.linked[person as usize];
        if let Some(at) = linked.iter().position(|it| *it == slot) {
            linked.swap_remove(at);
        }
    }

    pub(super) fn carry(&mut self, slot: u32, person: u32, on: bool) {
        let class = &self.classes[self.queue.item(slot).class as usize];
        let (channel, size) = (class.channel as usize, class.size);
        let hands = self.people.hands_mut(person);
        if on {
            hands.load[channel] += size;
            hands.count[channel] += 1;
        } else {
            hands.count[channel] -= 1;
            // Sums of sizes start anew with empty hands, so that rounding never adds up.
            hands.load[channel] =
                if hands.count[channel] == 0 { 0.0 } else { (hands.load[channel] - size).max(0.0) };
        }
        self.people.refresh(person);
    }
}
