//! Who meets which term: for each distinct leaf and each distinct term one set of people, kept up to date, and for each
//! person the set of terms that they meet.

use std::collections::HashMap;

use skills::SkillId;

use super::bits::Bits;
use super::people::People;
use crate::person::PersonId;
use crate::requirements::{PoolId, Term};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum LeafKey {
    /// Levels as bits of an `f32`: levels are compared as `f32` everywhere in the engine.
    Skill {
        skill: u32,
        least: u32,
        most: u32,
    },
    Pool(u32),
    Person(PersonId),
}

/// A term over leaves, in a form in which equal terms are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Shape {
    Anyone,
    Leaf(u32),
    All(Vec<Shape>),
    Any(Vec<Shape>),
    Not(Box<Shape>),
}

#[derive(Debug, Default)]
pub(super) struct Predicates {
    leaves: Vec<Leaf>,
    leaf_of: HashMap<LeafKey, u32>,
    /// By skill number and by pool number: the leaves that look at it.
    of_skill: Vec<Vec<u32>>,
    of_pool: Vec<Vec<u32>>,
    predicates: Vec<Predicate>,
    predicate_of: HashMap<Shape, u32>,
    /// By person: which predicates they meet; `stride` words each.
    meets: Vec<u64>,
    stride: usize,
    touched: Vec<u32>,
}

#[derive(Debug)]
struct Leaf {
    key: LeafKey,
    people: Bits,
    used_by: Vec<u32>,
}

#[derive(Debug)]
struct Predicate {
    shape: Shape,
    people: Bits,
    /// How many who are present meet it.
    present: u32,
}

impl Predicates {
    pub fn people_of(&self, predicate: u32) -> &Bits {
        &self.predicates[predicate as usize].people
    }

    pub fn present_of(&self, predicate: u32) -> u32 {
        self.predicates[predicate as usize].present
    }

    pub fn meets(&self, person: u32, predicate: u32) -> bool {
        self.predicates[predicate as usize].people.has(person)
    }

    pub fn met_by(&self, person: u32) -> &[u64] {
        let start = person as usize * self.stride;
        &self.meets[start..start + self.stride]
    }

    pub fn count(&self) -> usize {
        self.predicates.len()
    }

    /// The number of this term, with everybody who meets it.
    pub fn intern(&mut self, term: &Term, people: &mut People) -> u32 {
        let shape = self.shape(term, people);
        if let Some(known) = self.predicate_of.get(&shape) {
            return *known;
        }
        let number = self.predicates.len() as u32;
        let mut set = Bits::default();
        set.grow(people.count());
        self.fill(&shape, people.count(), &mut set);
        let present = set.count_shared(people.present()) as u32;
        let mut leaves = Vec::new();
        shape.leaves(&mut leaves);
        for leaf in leaves {
            self.leaves[leaf as usize].used_by.push(number);
        }
        if self.predicates.len() == self.stride * 64 {
            self.widen(people.count());
        }
        for (at, word) in set.words().iter().enumerate() {
            for person in super::bits::ones(*word, at) {
                self.meets[person as usize * self.stride + number as usize / 64] |= 1 << (number % 64);
            }
        }
        self.predicate_of.insert(shape.clone(), number);
        self.predicates.push(Predicate { shape, people: set, present });
        number
    }

    /// A new person, who is last and meets what they meet.
    pub fn add_person(&mut self, person: u32, people: &People) {
        self.meets.resize((person as usize + 1) * self.stride, 0);
        for leaf in &mut self.leaves {
            let holds = leaf.key.holds(person, people);
            leaf.people.set(person, holds);
        }
        for number in 0..self.predicates.len() as u32 {
            self.revise(person, number, people, &mut |_| {});
        }
    }

    /// Their level in this skill has changed. `emptied` gets the predicates that nobody present meets any more.
    pub fn level_changed(
        &mut self,
        person: u32,
        skill: u32,
        people: &People,
        emptied: &mut impl FnMut(u32),
    ) -> bool {
        let Some(leaves) = self.of_skill.get(skill as usize) else { return false };
        let leaves = leaves.as_slice();
        Self::touch(&mut self.leaves, leaves, person, people, &mut self.touched);
        self.revise_touched(person, people, emptied)
    }

    pub fn pool_changed(
        &mut self,
        person: u32,
        pool: u32,
        people: &People,
        emptied: &mut impl FnMut(u32),
    ) -> bool {
        let Some(leaves) = self.of_pool.get(pool as usize) else { return false };
        Self::touch(&mut self.leaves, leaves, person, people, &mut self.touched);
        self.revise_touched(person, people, emptied)
    }

    /// They have come or gone.
    pub fn presence_changed(&mut self, person: u32, here: bool, emptied: &mut impl FnMut(u32)) {
        let start = person as usize * self.stride;
        for at in 0..self.stride {
            for number in super::bits::ones(self.meets[start + at], at) {
                let predicate = &mut self.predicates[number as usize];
                if here {
                    predicate.present += 1;
                } else {
                    predicate.present -= 1;
                    if predicate.present == 0 {
                        emptied(number);
                    }
                }
            }
        }
    }

    fn touch(leaves: &mut [Leaf], which: &[u32], person: u32, people: &People, touched: &mut Vec<u32>) {
        touched.clear();
        for leaf in which {
            let leaf = &mut leaves[*leaf as usize];
            let holds = leaf.key.holds(person, people);
            if holds != leaf.people.has(person) {
                leaf.people.set(person, holds);
                touched.extend_from_slice(&leaf.used_by);
            }
        }
        touched.sort_unstable();
        touched.dedup();
    }

    /// True if they meet something that they did not meet before.
    fn revise_touched(&mut self, person: u32, people: &People, emptied: &mut impl FnMut(u32)) -> bool {
        let touched = std::mem::take(&mut self.touched);
        let mut gained = false;
        for number in &touched {
            gained |= self.revise(person, *number, people, emptied);
        }
        self.touched = touched;
        gained
    }

    fn revise(&mut self, person: u32, number: u32, people: &People, emptied: &mut impl FnMut(u32)) -> bool {
        let holds = self.predicates[number as usize].shape.holds(person, &self.leaves);
        let predicate = &mut self.predicates[number as usize];
        if predicate.people.has(person) == holds {
            return false;
        }
        predicate.people.set(person, holds);
        let word = &mut self.meets[person as usize * self.stride + number as usize / 64];
        let bit = 1_u64 << (number % 64);
        if holds {
            *word |= bit;
        } else {
            *word &= !bit;
        }
        if people.present().has(person) {
            if holds {
                predicate.present += 1;
            } else {
                predicate.present -= 1;
                if predicate.present == 0 {
                    emptied(number);
                }
            }
        }
        holds
    }

    fn shape(&mut self, term: &Term, people: &mut People) -> Shape {
        let several = |this: &mut Predicates, parts: &[Term], people: &mut People| {
            let mut shapes: Vec<Shape> = parts.iter().map(|part| this.shape(part, people)).collect();
            shapes.sort_unstable();
            shapes.dedup();
            shapes
        };
        match term {
            Term::Anyone => Shape::Anyone,
            Term::Skill { skill, least_level, most_level } => {
                let key = LeafKey::Skill {
                    skill: people.skill_number(*skill),
                    least: (*least_level as f32).to_bits(),
                    most: most_level.map_or(f32::INFINITY, |it| it as f32).to_bits(),
                };
                Shape::Leaf(self.leaf(key, people))
            }
            Term::Pool(pool) => Shape::Leaf(self.leaf(LeafKey::Pool(people.pool_number(*pool)), people)),
            Term::Person(person) => Shape::Leaf(self.leaf(LeafKey::Person(*person), people)),
            Term::All(parts) => Shape::All(several(self, parts, people)),
            Term::Any(parts) => Shape::Any(several(self, parts, people)),
            Term::Not(part) => Shape::Not(Box::new(self.shape(part, people))),
        }
    }

    fn leaf(&mut self, key: LeafKey, people: &People) -> u32 {
        if let Some(known) = self.leaf_of.get(&key) {
            return *known;
        }
        let number = self.leaves.len() as u32;
        let mut set = Bits::default();
        set.grow(people.count());
        for person in 0..people.count() as u32 {
            if key.holds(person, people) {
                set.set(person, true);
            }
        }
        let (index, at) = match key {
            LeafKey::Skill { skill, .. } => (&mut self.of_skill, skill),
            LeafKey::Pool(pool) => (&mut self.of_pool, pool),
            LeafKey::Person(_) => (&mut self.of_pool, u32::MAX),
        };
        if at != u32::MAX {
            if index.len() <= at as usize {
                index.resize_with(at as usize + 1, Vec::new);
            }
            index[at as usize].push(number);
        }
        self.leaf_of.insert(key, number);
        self.leaves.push(Leaf { key, people: set, used_by: Vec::new() });
        number
    }

    fn fill(&self, shape: &Shape, people: usize, into: &mut Bits) {
        match shape {
            Shape::Leaf(leaf) => *into = self.leaves[*leaf as usize].people.clone(),
            _ => {
                for person in 0..people as u32 {
                    into.set(person, shape.holds(person, &self.leaves));
                }
            }
        }
        into.grow(people);
    }

    fn widen(&mut self, people: usize) {
        let wider = (self.stride * 2).max(1);
        let mut meets = vec![0; people * wider];
        for person in 0..people {
            let old = &self.meets[person * self.stride..(person + 1) * self.stride];
            meets[person * wider..person * wider + self.stride].copy_from_slice(old);
        }
        self.meets = meets;
        self.stride = wider;
    }

    pub fn bytes(&self) -> usize {
        let leaves: usize = self.leaves.iter().map(|it| it.people.bytes() + size_of::<Leaf>()).sum();
        let predicates: usize =
            self.predicates.iter().map(|it| it.people.bytes() + size_of::<Predicate>()).sum();
        leaves + predicates + self.meets.capacity() * 8
    }
}

impl LeafKey {
    fn holds(self, person: u32, people: &People) -> bool {
        match self {
            LeafKey::Skill { skill, least, most } => {
                let sure = people.level(person, skill).sure;
                sure >= f32::from_bits(least) && sure <= f32::from_bits(most)
            }
            LeafKey::Pool(pool) => people.in_pool(person, pool),
            LeafKey::Person(id) => people.id(person) == id,
        }
    }
}

impl Shape {
    fn holds(&self, person: u32, leaves: &[Leaf]) -> bool {
        match self {
            Shape::Anyone => true,
            Shape::Leaf(leaf) => leaves[*leaf as usize].people.has(person),
            Shape::All(parts) => parts.iter().all(|part| part.holds(person, leaves)),
            Shape::Any(parts) => parts.iter().any(|part| part.holds(person, leaves)),
            Shape::Not(part) => !part.holds(person, leaves),
        }
    }

    fn leaves(&self, into: &mut Vec<u32>) {
        match self {
            Shape::Anyone => {}
            Shape::Leaf(leaf) => {
                if !into.contains(leaf) {
                    into.push(*leaf);
                }
            }
            Shape::All(parts) | Shape::Any(parts) => parts.iter().for_each(|part| part.leaves(into)),
            Shape::Not(part) => part.leaves(into),
        }
    }
}

/// The number of a skill or pool of the caller's, given in the order of first mention.
#[derive(Debug)]
pub(super) struct Numbers<K> {
    of: HashMap<K, u32>,
}

impl<K> Default for Numbers<K> {
    fn default() -> Numbers<K> {
        Numbers { of: HashMap::new() }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Numbers<K> {
    pub fn of(&mut self, key: K) -> u32 {
        let next = self.of.len() as u32;
        *self.of.entry(key).or_insert(next)
    }
}

pub(super) type SkillNumbers = Numbers<SkillId>;
pub(super) type PoolNumbers = Numbers<PoolId>;
