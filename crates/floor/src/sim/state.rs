//! The floor at one moment: contacts, queues, people. Flat arrays; lists run through them by index.

use crate::model::Floor;

/// No contact, no person, end of a list.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Not in the house: not yet used, or means to come back.
    Away,
    Queued,
    Held,
}

#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub arrived: f64,
    pub queued: f64,
    /// Seconds of service that are left, alone with a person.
    pub work: f64,
    /// When `work` was last right.
    pub worked: f64,
    pub patience: f64,
    /// Their luck: whether the matter is solved, and what follows. Uniform 0–1.
    pub luck: f64,
    pub next: u32,
    pub previous: u32,
    pub person: u32,
    pub turn: u32,
    pub kind: u16,
    pub period: u16,
    pub place: Place,
    pub returns: bool,
    pub counted: bool,
    /// The group whose it was; or [`NONE`].
    pub known_by: u32,
    /// When it was last begun, and the work that it was then.
    pub began: f64,
    pub whole_work: f64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Queue {
    pub first: u32,
    pub last: u32,
    pub length: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    Off,
    On,
    /// Goes as soon as their hands are empty.
    Leaving,
}

#[derive(Debug, Clone)]
pub(crate) struct PersonState {
    pub group: u16,
    pub duty: Duty,
    pub held: u32,
    /// Busy with what comes after a contact.
    pub wrapping: bool,
    /// Stands in the list of those with room.
    pub ready: bool,
    pub next: u32,
    pub previous: u32,
    pub first_held: u32,
    /// Since when they have had nothing new.
    pub idle_since: f64,
    pub busy_since: f64,
    pub busy_s: f64,
}

/// People of one group: those with room stand in a list, the longest idle first.
#[derive(Debug, Clone)]
pub(crate) struct GroupState {
    pub first_ready: u32,
    pub last_ready: u32,
    pub ready: u32,
    /// On duty, those included who only finish.
    pub present: u32,
    pub busy: u32,
    pub people_from: u32,
    pub people_to: u32,
    /// How many of a counted group have still to leave.
    pub to_leave: u32,
    pub since: f64,
}

/// The floor at one moment.
pub struct State<'a> {
    pub(crate) floor: &'a Floor,
    pub(crate) facts: &'a Facts,
    pub(crate) now: f64,
    pub(crate) period: usize,
    /// As which period that is told.
    pub(crate) told: usize,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) unused: Vec<u32>,
    pub(crate) queues: Vec<Queue>,
    pub(crate) queued: u32,
    pub(crate) inside: u32,
    pub(crate) away: u32,
    pub(crate) people: Vec<PersonState>,
    pub(crate) groups: Vec<GroupState>,
}

/// What follows from the description once and for all, by type and group: index `kind * groups + group`.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub groups: usize,
    /// May serve it at all.
    pub may: Vec<bool>,
    /// … once it has waited so long.
    pub after_s: Vec<f64>,
    pub time_factor: Vec<f64>,
    pub true_success: Vec<f64>,
    pub believed_success: Vec<f64>,
    pub true_logits: Vec<f64>,
    /// Waits at which a wider search begins, by type.
    pub wider_at: Vec<Vec<f64>>,
    /// The group's pace depends on how many contacts a person holds.
    pub slows: Vec<bool>,
}

impl Facts {
    pub(crate) fn of(floor: &Floor) -> Facts {
        let groups = floor.groups.len();
        let cells = groups * floor.types.len();
        let mut facts = Facts {
            groups,
            may: vec![false; cells],
            after_s: vec![f64::INFINITY; cells],
            time_factor: vec![1.0; cells],
            true_success: vec![1.0; cells],
            believed_success: vec![1.0; cells],
            true_logits: vec![0.0; cells],
            wider_at: Vec::new(),
            slows: floor.groups.iter().map(|it| it.pace.iter().any(|pace| *pace != 1.0)).collect(),
        };
        for (k, kind) in floor.types.iter().enumerate() {
            for tier in &kind.tiers {
                for g in &tier.groups {
                    let cell = k * groups + g;
                    facts.may[cell] = true;
                    facts.after_s[cell] = facts.after_s[cell].min(tier.after_s);
                }
            }
            for (g, group) in floor.groups.iter().enumerate() {
                let cell = k * groups + g;
                facts.time_factor[cell] = group.time_factors.get(k).copied().unwrap_or(1.0);
                facts.true_success[cell] = group.true_success(kind);
                facts.believed_success[cell] = group.believed_success(kind);
                facts.true_logits[cell] = group.true_logits(kind);
            }
            let mut wider: Vec<f64> = kind.tiers.iter().map(|it| it.after_s).filter(|it| *it > 0.0).collect();
            wider.sort_by(f64::total_cmp);
            wider.dedup();
            facts.wider_at.push(wider);
        }
        facts
    }
}

impl<'a> State<'a> {
    pub(crate) fn new(floor: &'a Floor, facts: &'a Facts) -> State<'a> {
        State {
            floor,
            facts,
            now: 0.0,
            period: 0,
            told: 0,
            contacts: Vec::new(),
            unused: Vec::new(),
            queues: vec![Queue { first: NONE, last: NONE, length: 0 }; floor.types.len()],
            queued: 0,
            inside: 0,
            away: 0,
            people: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// An empty house before opening.
    pub(crate) fn clear(&mut self) {
        self.now = 0.0;
        self.period = 0;
        self.told = 0;
        self.contacts.clear();
        self.unused.clear();
        self.queues.fill(Queue { first: NONE, last: NONE, length: 0 });
        self.queued = 0;
        self.inside = 0;
        self.away = 0;
        self.people.clear();
        self.groups.clear();
        for (g, group) in self.floor.groups.iter().enumerate() {
            let from = self.people.len() as u32;
            let person = PersonState {
                group: g as u16,
                duty: Duty::Off,
                held: 0,
                wrapping: false,
                ready: false,
                next: NONE,
                previous: NONE,
                first_held: NONE,
                idle_since: 0.0,
                busy_since: 0.0,
                busy_s: 0.0,
            };
            self.people.extend(std::iter::repeat_n(person, group.people_max() as usize));
            self.groups.push(GroupState {
                first_ready: NONE,
                last_ready: NONE,
                ready: 0,
                present: 0,
                busy: 0,
                people_from: from,
                people_to: self.people.len() as u32,
                to_leave: 0,
                since: 0.0,
            });
        }
    }

    #[inline]
    pub(crate) fn cell(&self, kind: u16, group: u16) -> usize {
        usize::from(kind) * self.facts.groups + usize::from(group)
    }

    #[inline]
    pub(crate) fn waited(&self, contact: u32) -> f64 {
        self.now - self.contacts[contact as usize].queued
    }

    /// May be served by this group, and has waited long enough for it.
    #[inline]
    pub(crate) fn may(&self, contact: u32, group: u16) -> bool {
        /// Rounding of a moment plus a delay shall not make a search come too early.
        const EARLY_S: f64 = 1e-6;
        let cell = self.cell(self.contacts[contact as usize].kind, group);
        self.facts.may[cell] && self.waited(contact) + EARLY_S >= self.facts.after_s[cell]
    }

    pub(crate) fn enqueue(&mut self, contact: u32) {
        let kind = usize::from(self.contacts[contact as usize].kind);
        let queue = &mut self.queues[kind];
        let it = &mut self.contacts[contact as usize];
        it.place = Place::Queued;
        it.next = NONE;
        it.previous = queue.last;
        if queue.last == NONE {
            queue.first = contact;
        } else {
            self.contacts[queue.last as usize].next = contact;
        }
        queue.last = contact;
        queue.length += 1;
        self.queued += 1;
    }

    pub(crate) fn dequeue(&mut self, contact: u32) {
        let it = &self.contacts[contact as usize];
        let (kind, previous, next) = (usize::from(it.kind), it.previous, it.next);
        let queue = &mut self.queues[kind];
        if previous == NONE {
            queue.first = next;
        } else {
            self.contacts[previous as usize].next = next;
        }
        if next == NONE {
            queue.last = previous;
        } else {
            self.contacts[next as usize].previous = previous;
        }
        queue.length -= 1;
        self.queued -= 1;
    }

    /// To the end of the list of those with room: the last to have had something.
    pub(crate) fn stand_ready(&mut self, person: u32) {
        let group = &mut self.groups[usize::from(self.people[person as usize].group)];
        let last = group.last_ready;
        group.last_ready = person;
        group.ready += 1;
        let it = &mut self.people[person as usize];
        it.ready = true;
        it.next = NONE;
        it.previous = last;
        if last == NONE {
            group.first_ready = person;
        } else {
            self.people[last as usize].next = person;
        }
    }

    pub(crate) fn stand_back(&mut self, person: u32) {
        let it = &mut self.people[person as usize];
        it.ready = false;
        let (previous, next) = (it.previous, it.next);
        let group = &mut self.groups[usize::from(it.group)];
        group.ready -= 1;
        if previous == NONE {
            group.first_ready = next;
        }
        if next == NONE {
            group.last_ready = previous;
        }
        if previous != NONE {
            self.people[previous as usize].next = next;
        }
        if next != NONE {
            self.people[next as usize].previous = previous;
        }
    }

    /// Contacts this person could take on now.
    #[inline]
    pub(crate) fn room(&self, person: u32) -> u32 {
        let it = &self.people[person as usize];
        if it.duty != Duty::On || it.wrapping {
            return 0;
        }
        self.floor.groups[usize::from(it.group)].at_once.saturating_sub(it.held)
    }

    /// Links a held contact to its person.
    pub(crate) fn hold(&mut self, person: u32, contact: u32) {
        let first = self.people[person as usize].first_held;
        let it = &mut self.contacts[contact as usize];
        it.place = Place::Held;
        it.person = person;
        it.previous = NONE;
        it.next = first;
        if first != NONE {
            self.contacts[first as usize].previous = contact;
        }
        let it = &mut self.people[person as usize];
        it.first_held = contact;
        it.held += 1;
    }

    pub(crate) fn let_go(&mut self, contact: u32) {
        let it = &self.contacts[contact as usize];
        let (person, previous, next) = (it.person, it.previous, it.next);
        if previous == NONE {
            self.people[person as usize].first_held = next;
        } else {
            self.contacts[previous as usize].next = next;
        }
        if next != NONE {
            self.contacts[next as usize].previous = previous;
        }
        self.people[person as usize].held -= 1;
    }
}
