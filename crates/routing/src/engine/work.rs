//! What happens to a piece of work: it comes, waits, asks less, is offered, given back, finished, withdrawn.

use super::queue::NewItem;
use super::*;

impl Engine {
    /// The number of this kind of work. Ask once and keep it: this is not the fast path.
    pub fn class(&mut self, new: &WorkClass) -> ClassAt {
        let key = format!("{new:?}");
        if let Some(known) = self.class_of.get(&key) {
            return ClassAt(*known);
        }
        let number = self.classes.len() as u32;
        let expert = new.requirements.highest_must() >= f64::from(self.settings.expert_level);
        let mut stages = Vec::new();
        for (at, stage) in new.requirements.stages().iter().enumerate().take(u8::MAX as usize) {
            let predicate = self.predicates.intern(&stage.term, &mut self.people);
            let lane = self.queue.add_lane(number, at as u8, predicate, false);
            let keeps = self.settings.reserve_hold_ms.is_some() && !expert;
            let routine_lane =
                if keeps { self.queue.add_lane(number, at as u8, predicate, true) } else { lane };
            stages.push(ClassStage {
                after_ms: stage.after_ms,
                or_if_nobody: stage.or_if_nobody,
                predicate,
                lane,
                routine_lane,
            });
        }
        let weights = new.requirements.weights();
        let sum: f64 = weights.iter().map(|it| it.1).sum();
        let profile = weights
            .iter()
            .map(|(skill, weight)| (self.people.skill_number(*skill), (weight / sum) as f32))
            .collect();
        self.classes.push(Class {
            channel: new.channel,
            priority: new.priority,
            size: new.size.max(0.0),
            queue: new.queue.0,
            hostile: new.hostile,
            expected_ms: new.expected_ms,
            stages,
            profile,
        });
        self.class_of.insert(key, number);
        ClassAt(number)
    }

    /// It is given to somebody at once, or waits.
    pub fn arrive(&mut self, new: &Arrival<'_>, now_ms: i64, out: &mut Vec<Out>) -> WorkAt {
        let work = self.add(new);
        let slot = work.slot;
        if let Some(stay) = new.stay
            && now_ms < stay.until_ms
            && self.stay(slot, stay, now_ms, out)
        {
            return work;
        }
        self.place(slot, now_ms, out);
        work
    }

    /// It comes with somebody who has it already, beyond their limits too; nothing is decided.
    pub fn hold(&mut self, new: &Arrival<'_>, person: PersonAt) -> WorkAt {
        let work = self.add(new);
        let item = self.queue.item_mut(work.slot);
        item.state = State::Held;
        item.person = person.0;
        self.carry(work.slot, person.0, true);
        work
    }

    /// It comes with somebody who is asked already, beyond their limits too; nothing is decided.
    pub fn ask(&mut self, new: &Arrival<'_>, person: PersonAt, until_ms: i64) -> WorkAt {
        let work = self.add(new);
        let timer = self.timers.set(until_ms, TimerOf::Item(work.slot));
        let item = self.queue.item_mut(work.slot);
        item.state = State::Offered;
        item.person = person.0;
        item.timer = timer;
        self.carry(work.slot, person.0, true);
        work
    }

    fn add(&mut self, new: &Arrival<'_>) -> WorkAt {
        let slot = self.queue.add(NewItem {
            id: new.id,
            class: new.class.0,
            since_ms: new.waiting_since_ms,
            due_ms: new.due_ms.unwrap_or(i64::MAX),
            difficulty: if new.difficulty.is_finite() { new.difficulty } else { 0.0 },
            prefer: new.prefer.map_or(NOBODY, |it| it.0),
        });
        for person in new.avoid.iter().take(AVOIDED_MAX) {
            self.queue.item_mut(slot).avoid(person.0);
        }
        for person in new.passed.iter().take(AVOIDED_MAX) {
            self.queue.item_mut(slot).let_pass(person.0, new.passed_at_ms);
        }
        self.work_at(slot)
    }

    /// The customer has gone, or it is handled elsewhere. Whoever held it is free again.
    pub fn withdraw(&mut self, work: WorkAt, now_ms: i64, out: &mut Vec<Out>) {
        self.finish(work, now_ms, out);
    }

    /// It is done. Whoever held it is free again and gets what is next.
    pub fn finish(&mut self, work: WorkAt, now_ms: i64, out: &mut Vec<Out>) {
        if !self.queue.alive(work.slot, work.generation) {
            return;
        }
        let hostile = self.classes[self.queue.item(work.slot).class as usize].hostile;
        let person = self.detach(work.slot, now_ms);
        self.queue.remove(work.slot);
        if let Some(person) = person {
            if !hostile && self.people.hands(person).hostile_in_a_row > 0 {
                self.rested(person);
            }
            self.look(PersonAt(person), now_ms, out);
        }
    }

    /// They take what they are offered.
    pub fn accept(&mut self, work: WorkAt) {
        if self.queue.alive(work.slot, work.generation) {
            let item = self.queue.item_mut(work.slot);
            if item.state == State::Offered {
                item.state = State::Held;
                item.timer = 0;
            }
        }
    }

    /// They do not take what they are offered: it goes to somebody else, and to them again only when nobody else is
    /// left.
    pub fn decline(&mut self, work: WorkAt, now_ms: i64, out: &mut Vec<Out>) {
        if self.queue.alive(work.slot, work.generation) && self.queue.item(work.slot).state == State::Offered
        {
            self.pass_on(work.slot, now_ms, out);
        }
    }

    /// It goes back from whoever holds it into its queue, where it has waited since `waiting_since_ms`.
    pub fn give_back(&mut self, work: WorkAt, waiting_since_ms: i64, now_ms: i64, out: &mut Vec<Out>) {
        if !self.queue.alive(work.slot, work.generation) {
            return;
        }
        let person = self.detach(work.slot, now_ms);
        let item = self.queue.item_mut(work.slot);
        item.since_ms = waiting_since_ms;
        item.stage = 0;
        item.reserve_over = false;
        self.place(work.slot, now_ms, out);
        if let Some(person) = person {
            self.look(PersonAt(person), now_ms, out);
        }
    }

    /// Something about it has changed. Waiting work is looked at anew; held work stays where it is.
    pub fn change(&mut self, work: WorkAt, class: ClassAt, now_ms: i64, out: &mut Vec<Out>) {
        if !self.queue.alive(work.slot, work.generation) || self.queue.item(work.slot).class == class.0 {
            return;
        }
        match self.queue.item(work.slot).state {
            State::Waiting | State::Staying => {
                self.detach(work.slot, now_ms);
                let item = self.queue.item_mut(work.slot);
                item.class = class.0;
                item.stage = 0;
                self.place(work.slot, now_ms, out);
            }
            State::Held | State::Offered => {
                let person = self.queue.item(work.slot).person;
                self.carry(work.slot, person, false);
                self.queue.item_mut(work.slot).class = class.0;
                self.queue.item_mut(work.slot).stage = 0;
                self.carry(work.slot, person, true);
                self.look(PersonAt(person), now_ms, out);
            }
            State::Free => {}
        }
    }

    /// By hand anybody may be given anything, beyond their limits too.
    pub fn hand_to(&mut self, work: WorkAt, person: PersonAt, now_ms: i64, out: &mut Vec<Out>) {
        if !self.queue.alive(work.slot, work.generation) {
            return;
        }
        let before = self.detach(work.slot, now_ms);
        let item = self.queue.item_mut(work.slot);
        item.state = State::Held;
        item.person = person.0;
        self.carry(work.slot, person.0, true);
        self.people.hands_mut(person.0).idle_since_ms = now_ms;
        out.push(Out::Assigned(self.assigned(work.slot, person.0, How::ByHand, 1, 0.0, NOBODY, now_ms)));
        if let Some(before) = before {
            self.look(PersonAt(before), now_ms, out);
        }
    }

    /// Whatever was due until now happens.
    pub fn tick(&mut self, now_ms: i64, out: &mut Vec<Out>) {
        while let Some(timer) = self.timers.pop_due(now_ms) {
            match timer.of {
                TimerOf::Item(slot) if self.queue.item(slot).timer == timer.number => {
                    self.item_due(slot, now_ms, out);
                }
                TimerOf::Person(person) if self.people.hands(person).rest_timer == timer.number => {
                    self.rested(person);
                    self.look(PersonAt(person), now_ms, out);
                }
                _ => {}
            }
        }
        let (queue, people) = (&self.queue, &self.people);
        self.timers.sweep(queue.slots() + people.count(), |timer| match timer.of {
            TimerOf::Item(slot) => queue.item(slot).timer == timer.number,
            TimerOf::Person(person) => people.hands(person).rest_timer == timer.number,
        });
    }

    /// When [`Engine::tick`] has something to do.
    pub fn next_timer(&mut self) -> Option<i64> {
        let (queue, people) = (&self.queue, &self.people);
        self.timers.next_due(|timer| match timer.of {
            TimerOf::Item(slot) => queue.item(slot).timer == timer.number,
            TimerOf::Person(person) => people.hands(person).rest_timer == timer.number,
        })
    }

    pub fn waiting(&self) -> usize {
        self.queue.waiting_total as usize
    }

    pub fn waiting_in(&self, queue: QueueId) -> usize {
        self.queue.waiting.get(queue.0 as usize).copied().unwrap_or(0) as usize
    }

    /// Who has it, or is asked.
    pub fn holder(&self, work: WorkAt) -> Option<PersonAt> {
        if !self.queue.alive(work.slot, work.generation) {
            return None;
        }
        let item = self.queue.item(work.slot);
        matches!(item.state, State::Held | State::Offered).then_some(PersonAt(item.person))
    }

    /// The stage of its requirements that holds; 0 for work that is gone.
    pub fn stage(&self, work: WorkAt) -> u8 {
        if self.queue.alive(work.slot, work.generation) { self.queue.item(work.slot).stage } else { 0 }
    }

    fn item_due(&mut self, slot: u32, now_ms: i64, out: &mut Vec<Out>) {
        self.queue.item_mut(slot).timer = 0;
        match self.queue.item(slot).state {
            State::Offered => self.pass_on(slot, now_ms, out),
            State::Staying => {
                self.detach(slot, now_ms);
                self.place(slot, now_ms, out);
            }
            State::Waiting => self.settle(slot, now_ms, out),
            State::Held | State::Free => {}
        }
    }

    fn pass_on(&mut self, slot: u32, now_ms: i64, out: &mut Vec<Out>) {
        let Some(person) = self.detach(slot, now_ms) else { return };
        self.queue.item_mut(slot).let_pass(person, now_ms);
        let work = self.work_at(slot);
        out.push(Out::Passed { work, id: self.queue.item(slot).id, person: PersonAt(person) });
        self.place(slot, now_ms, out);
        self.look(PersonAt(person), now_ms, out);
    }

    /// Waits for this person, or is given to them at once. False if they are not here.
    fn stay(&mut self, slot: u32, stay: Stay, now_ms: i64, out: &mut Vec<Out>) -> bool {
        let person = stay.with.0;
        if !self.people.present().has(person) || self.queue.item(slot).avoids(person) {
            return false;
        }
        self.advance(slot, now_ms);
        let item = self.queue.item(slot);
        let class = &self.classes[item.class as usize];
        let predicate = class.stages[item.stage as usize].predicate;
        if !self.predicates.meets(person, predicate) {
            return false;
        }
        if self.view().may_have(item, predicate, false, person) {
            self.give(slot, person, How::Stayed, 1, 0.0, NOBODY, now_ms, out);
            return true;
        }
        let queue = class.queue;
        self.queue.item_mut(slot).person = person;
        self.queue.item_mut(slot).timer = self.timers.set(stay.until_ms, TimerOf::Item(slot));
        self.linked[person as usize].push(slot);
        self.queue.count(queue, 1);
        true
    }

    pub(super) fn release_staying(&mut self, person: PersonAt, now_ms: i64, out: &mut Vec<Out>) {
        let mut at = 0;
        while let Some(slot) = self.linked[person.0 as usize].get(at).copied() {
            if self.queue.item(slot).state == State::Staying {
                self.detach(slot, now_ms);
                self.place(slot, now_ms, out);
            } else {
                at += 1;
            }
        }
    }

    /// Somebody for it now, or a place in its lane.
    fn place(&mut self, slot: u32, now_ms: i64, out: &mut Vec<Out>) {
        let before = self.queue.item(slot).stage;
        self.advance(slot, now_ms);
        self.tell_stage(slot, before, out);
        if self.seek(slot, now_ms, out) {
            return;
        }
        let asks_again = self.may_ask_again(slot, now_ms);
        if asks_again && self.queue.item_mut(slot).forget_passed() && self.seek(slot, now_ms, out) {
            return;
        }
        let routine = self.is_routine(slot);
        let item = self.queue.item(slot);
        let class = &self.classes[item.class as usize];
        let stage = &class.stages[item.stage as usize];
        let (lane, queue, prefer) =
            (if routine { stage.routine_lane } else { stage.lane }, class.queue, item.prefer);
        self.queue.enter(slot, lane, queue);
        if prefer != NOBODY {
            self.linked[prefer as usize].push(slot);
        }
        self.arm(slot);
    }

    fn may_ask_again(&self, slot: u32, now_ms: i64) -> bool {
        let rest_ms = self.settings.ask_again_ms;
        self.queue.item(slot).asks_again_at(rest_ms).is_some_and(|at| at <= now_ms)
    }

    /// The stage that its wait and the people here call for.
    fn advance(&mut self, slot: u32, now_ms: i64) {
        let item = self.queue.item(slot);
        let stages = &self.classes[item.class as usize].stages;
        let waited = now_ms.saturating_sub(item.since_ms);
        let mut at = item.stage as usize;
        while let Some(next) = stages.get(at + 1) {
            let nobody = next.or_if_nobody && self.predicates.present_of(stages[at].predicate) == 0;
            if waited < next.after_ms && !nobody {
                break;
            }
            at += 1;
        }
        let reserve_over = self.settings.reserve_hold_ms.is_none_or(|hold_ms| waited >= hold_ms);
        let item = self.queue.item_mut(slot);
        item.stage = at as u8;
        item.reserve_over |= reserve_over;
    }

    fn tell_stage(&self, slot: u32, before: u8, out: &mut Vec<Out>) {
        let item = self.queue.item(slot);
        if item.stage != before {
            out.push(Out::Relaxed { work: self.work_at(slot), id: item.id, stage: item.stage });
        }
    }

    fn is_routine(&self, slot: u32) -> bool {
        let item = self.queue.item(slot);
        let stage = &self.classes[item.class as usize].stages[item.stage as usize];
        !item.reserve_over && stage.routine_lane != stage.lane
    }

    /// Waiting work moves to where it belongs by now, if that is elsewhere, and seeks somebody there.
    fn settle(&mut self, slot: u32, now_ms: i64, out: &mut Vec<Out>) {
        let (before, lane) = (self.queue.item(slot).stage, self.queue.item(slot).lane);
        self.advance(slot, now_ms);
        let item = self.queue.item(slot);
        let stage = &self.classes[item.class as usize].stages[item.stage as usize];
        let wanted = if self.is_routine(slot) { stage.routine_lane } else { stage.lane };
        if wanted == lane && !self.may_ask_again(slot, now_ms) {
            self.arm(slot);
            return;
        }
        self.tell_stage(slot, before, out);
        let _nobody = self.detach(slot, now_ms);
        self.place(slot, now_ms, out);
    }

    /// Its next timer: when it asks less, or when the experts' reserve is open to it.
    fn arm(&mut self, slot: u32) {
        let item = self.queue.item(slot);
        let class = &self.classes[item.class as usize];
        let mut due = class
            .stages
            .get(item.stage as usize + 1)
            .map_or(i64::MAX, |next| item.since_ms.saturating_add(next.after_ms));
        if let Some(hold_ms) = self.settings.reserve_hold_ms
            && self.is_routine(slot)
        {
            due = due.min(item.since_ms.saturating_add(hold_ms));
        }
        if let Some(at) = item.asks_again_at(self.settings.ask_again_ms) {
            due = due.min(at);
        }
        let timer = if due == i64::MAX { 0 } else { self.timers.set(due, TimerOf::Item(slot)) };
        self.queue.item_mut(slot).timer = timer;
    }

    /// True if somebody got it.
    fn seek(&mut self, slot: u32, now_ms: i64, out: &mut Vec<Out>) -> bool {
        let routine = self.is_routine(slot);
        let item = self.queue.item(slot);
        let predicate = self.classes[item.class as usize].stages[item.stage as usize].predicate;
        self.draws += 1;
        let mut scratch = std::mem::take(&mut self.scratch);
        let chosen = self.view().person_for(slot, predicate, routine, self.seed, self.draws, &mut scratch);
        self.scratch = scratch;
        let Some(chosen) = chosen else { return false };
        self.give(slot, chosen.person, chosen.how, chosen.able, chosen.score, chosen.runner_up, now_ms, out);
        true
    }

    pub(super) fn relax_emptied(&mut self, now_ms: i64, out: &mut Vec<Out>) {
        let mut moving = std::mem::take(&mut self.moving);
        moving.clear();
        for predicate in std::mem::take(&mut self.emptied) {
            for lane in self.queue.busy_lanes(predicate) {
                let found = &self.queue.lanes[*lane as usize];
                let next = self.classes[found.class as usize].stages.get(found.stage as usize + 1);
                if next.is_some_and(|next| next.or_if_nobody) {
                    moving.extend(self.queue.in_lane(*lane));
                }
            }
        }
        for slot in &moving {
            if self.queue.item(*slot).state == State::Waiting {
                self.settle(*slot, now_ms, out);
            }
        }
        self.moving = moving;
    }
}
