//! Requirements as a plain list: what is asked from which moment on.

use skills::SkillId;

use super::{Asked, Change, Expression, Leaf, PoolId, Requirements, When};
use crate::person::{Person, PersonId};

/// What is asked from `after_ms` of waiting on.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    pub after_ms: i64,
    /// Comes at once if nobody who is present meets the stage before it.
    pub or_if_nobody: bool,
    pub term: Term,
}

/// What is asked of a person, without preferences and without time.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    Anyone,
    Skill { skill: SkillId, least_level: f64, most_level: Option<f64> },
    Pool(PoolId),
    Person(PersonId),
    All(Vec<Term>),
    Any(Vec<Term>),
    Not(Box<Term>),
}

impl Requirements {
    /// By time, the first at 0. Stages that ask the same as the one before them are left out.
    pub fn stages(&self) -> Vec<Stage> {
        let mut moments: Vec<When> = vec![When { after_ms: 0, or_if_nobody: false }];
        let parts = self.parts();
        for (at, (start, expression)) in parts.iter().enumerate() {
            let end_ms = parts.get(at + 1).map_or(i64::MAX, |(next, _)| next.after_ms);
            moments.push(*start);
            expression.each_leaf(&mut |leaf| {
                let steps = leaf.steps.iter().map(|step| step.when);
                moments.extend(
                    steps
                        .map(|when| When { after_ms: start.after_ms.saturating_add(when.after_ms), ..when })
                        .filter(|when| when.after_ms < end_ms),
                );
            });
        }
        moments.sort_by_key(|when| when.after_ms);
        let mut stages: Vec<Stage> = Vec::with_capacity(moments.len());
        for when in moments {
            match stages.last_mut().filter(|last| last.after_ms == when.after_ms) {
                Some(last) => last.or_if_nobody |= when.or_if_nobody,
                None => stages.push(Stage {
                    after_ms: when.after_ms,
                    or_if_nobody: when.or_if_nobody,
                    term: self.term_at(when.after_ms),
                }),
            }
        }
        stages.dedup_by(|later, earlier| later.term == earlier.term);
        stages
    }

    /// The weight of each skill in the expected outcome, as first asked: what is relaxed still decides how it goes.
    pub fn weights(&self) -> Vec<(SkillId, f64)> {
        let mut weights: Vec<(SkillId, f64)> = Vec::new();
        self.first.each_leaf(&mut |leaf| {
            if let Asked::Skill { skill, .. } = leaf.of {
                match weights.iter_mut().find(|(known, _)| *known == skill) {
                    Some((_, weight)) => *weight = weight.max(leaf.weight),
                    None => weights.push((skill, leaf.weight)),
                }
            }
        });
        weights
    }

    /// Every pool that is mentioned at any time.
    pub fn pools(&self) -> Vec<PoolId> {
        let mut pools = Vec::new();
        for (_, part) in self.parts() {
            part.each_leaf(&mut |leaf| {
                if let Asked::Pool(pool) = leaf.of {
                    pools.push(pool);
                }
                pools.extend(leaf.steps.iter().filter_map(|step| match step.change {
                    Change::Widen(pool) => Some(pool),
                    Change::Drop | Change::Lower(_) => None,
                }));
            });
        }
        pools.sort_unstable();
        pools.dedup();
        pools
    }

    /// What is asked after so long a wait, and after how long a wait something else is. Stages that none of those who
    /// are `present` meets are skipped where they may be.
    pub fn asked_now(&self, waited_ms: i64, present: &[Person]) -> (Stage, Option<i64>) {
        let mut stages = self.stages().into_iter().peekable();
        let mut now = Stage { after_ms: 0, or_if_nobody: false, term: Term::Anyone };
        if let Some(first) = stages.next() {
            now = first;
        }
        while let Some(next) = stages.next_if(|next| {
            next.after_ms <= waited_ms
                || (next.or_if_nobody && !present.iter().any(|person| now.term.met_by(person)))
        }) {
            now = next;
        }
        (now, stages.next().map(|next| next.after_ms))
    }

    /// The highest level that any must asks at first; 0 if none does.
    pub fn highest_must(&self) -> f64 {
        fn highest(of: &Expression) -> f64 {
            match of {
                Expression::Must(Leaf { of: Asked::Skill { least_level, .. }, .. }) => *least_level,
                Expression::All(parts) | Expression::Any(parts) => {
                    parts.iter().map(highest).fold(0.0, f64::max)
                }
                _ => 0.0,
            }
        }
        highest(&self.first)
    }

    fn parts(&self) -> Vec<(When, &Expression)> {
        let first = (When { after_ms: 0, or_if_nobody: false }, &self.first);
        std::iter::once(first).chain(self.then.iter().map(|it| (it.when, &it.expression))).collect()
    }

    fn term_at(&self, waited_ms: i64) -> Term {
        let parts = self.parts();
        let now = parts.iter().rev().find(|(when, _)| when.after_ms <= waited_ms);
        now.map_or(Term::Anyone, |(when, expression)| expression.term_at(waited_ms - when.after_ms).simple())
    }
}

impl Expression {
    pub(super) fn each_leaf<'a>(&'a self, seen: &mut impl FnMut(&'a Leaf)) {
        match self {
            Expression::Anyone => {}
            Expression::Must(leaf) | Expression::Prefer(leaf) => seen(leaf),
            Expression::All(parts) | Expression::Any(parts) => {
                for part in parts {
                    part.each_leaf(seen);
                }
            }
            Expression::Not(part) => part.each_leaf(seen),
        }
    }

    fn term_at(&self, waited_ms: i64) -> Term {
        match self {
            Expression::Anyone | Expression::Prefer(_) => Term::Anyone,
            Expression::Must(leaf) => leaf.term_at(waited_ms),
            Expression::All(parts) => Term::All(parts.iter().map(|it| it.term_at(waited_ms)).collect()),
            Expression::Any(parts) => Term::Any(parts.iter().map(|it| it.term_at(waited_ms)).collect()),
            Expression::Not(part) => Term::Not(Box::new(part.term_at(waited_ms))),
        }
    }
}

impl Leaf {
    fn term_at(&self, waited_ms: i64) -> Term {
        let mut own = match self.of {
            Asked::Skill { skill, least_level, most_level } => Term::Skill { skill, least_level, most_level },
            Asked::Pool(pool) => Term::Pool(pool),
            Asked::Person(person) => Term::Person(person),
        };
        let mut others = Vec::new();
        for step in self.steps.iter().filter(|step| step.when.after_ms <= waited_ms) {
            match step.change {
                Change::Drop => return Term::Anyone,
                Change::Lower(level) => {
                    if let Term::Skill { least_level, .. } = &mut own {
                        *least_level = level;
                    }
                }
                Change::Widen(pool) => others.push(Term::Pool(pool)),
            }
        }
        if others.is_empty() {
            own
        } else {
            others.insert(0, own);
            Term::Any(others)
        }
    }
}

impl Term {
    pub fn met_by(&self, person: &Person) -> bool {
        match self {
            Term::Anyone => true,
            Term::Skill { skill, least_level, most_level } => {
                let level = person.beliefs.of(*skill).sure_level();
                level >= *least_level && most_level.is_none_or(|most| level <= most)
            }
            Term::Pool(pool) => person.pools.contains(pool),
            Term::Person(id) => person.id == *id,
            Term::All(parts) => parts.iter().all(|part| part.met_by(person)),
            Term::Any(parts) => parts.iter().any(|part| part.met_by(person)),
            Term::Not(part) => !part.met_by(person),
        }
    }

    /// Each thing that is asked beside the others.
    pub fn parts(&self) -> &[Term] {
        match self {
            Term::Anyone => &[],
            Term::All(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// The same meaning without empty, single and nested groups, and without what asks nothing.
    pub(crate) fn simple(self) -> Term {
        match self {
            Term::All(parts) => {
                let mut kept: Vec<Term> = Vec::with_capacity(parts.len());
                for part in parts {
                    match part.simple() {
                        Term::Anyone => {}
                        Term::All(inner) => kept.extend(inner),
                        part if kept.contains(&part) => {}
                        part => kept.push(part),
                    }
                }
                match kept.len() {
                    0 => Term::Anyone,
                    1 => kept.swap_remove(0),
                    _ => Term::All(kept),
                }
            }
            Term::Any(parts) => {
                let mut kept: Vec<Term> = Vec::with_capacity(parts.len());
                for part in parts {
                    match part.simple() {
                        Term::Anyone => return Term::Anyone,
                        Term::Any(inner) => kept.extend(inner),
                        part if kept.contains(&part) => {}
                        part => kept.push(part),
                    }
                }
                match kept.len() {
                    1 => kept.swap_remove(0),
                    _ => Term::Any(kept),
                }
            }
            Term::Not(part) => match part.simple() {
                Term::Not(inner) => *inner,
                part => Term::Not(Box::new(part)),
            },
            leaf => leaf,
        }
    }
}
