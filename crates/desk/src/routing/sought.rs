//! What one waiting ticket seeks: its needs, its group and what else is asked of whoever gets it, as one requirement
//! for the engine, and as plain work for telling what was decided.

use super::RULE_MUST_GIVES_WAY_AFTER_MS;
use super::hands;
use super::queues::{Gate, Helper, QueueKey, Queues};
use super::store::{Need, Waiting};
use crate::skills::Hardness;
use crate::wellbeing::HOSTILE_ANGER_MIN;
use crate::{GroupId, SkillId, UserId};
use ::routing::engine::{QueueId, WorkClass};
use ::routing::requirements::{Asked as Thing, Change, Expression, Leaf, PoolId, Requirements, Term, Then};
use ::routing::{Priority, Requirement, Work};

#[derive(Clone, Debug)]
pub(super) struct Sought {
    pub ticket: Waiting,
    needs: Vec<Need>,
    asked: Option<Requirements>,
    /// Who answered it before.
    pub knows: Option<UserId>,
    /// Who has just put it back.
    pub declined: Option<UserId>,
    /// Into which it falls.
    pub queue: QueueKey,
    /// Who keeps others out. The groups that are asked for rule instead of the ticket's and the queue's own.
    pub gate: Option<Gate>,
    /// Until when its queue promises the first answer, while it has none.
    pub due: Option<i64>,
    /// Whose people may have it as well, in time.
    helpers: Vec<Helper>,
    /// Who let an offer of it pass, with the moment; the oldest first.
    pub passed: Vec<(UserId, i64)>,
    requirements: Requirements,
    /// By stage of the requirement: after how long a wait it begins.
    begins_ms: Vec<i64>,
}

impl Sought {
    pub fn of(
        ticket: Waiting,
        mut needs: Vec<Need>,
        asked: Option<Requirements>,
        knows: Option<UserId>,
        declined: Option<UserId>,
        queues: &Queues,
    ) -> Sought {
        let skills: Vec<SkillId> = needs.iter().map(|it| it.skill).collect();
        let queue = queues.taking(&ticket.facts(&skills));
        let names_groups = asked.as_ref().is_some_and(|it| !it.pools().is_empty());
        let gate = Gate::of(queue, ticket.group).filter(|_| !names_groups);
        let waits = ticket.waiting_since.filter(|_| ticket.replies == 0);
        // Whatever the needs say of a skill that is asked for, what is asked rules.
        let named = asked.as_ref().map(Requirements::weights).unwrap_or_default();
        for need in &mut needs {
            if named.iter().any(|(skill, _)| skill.0 == need.skill.0) {
                need.hardness = Hardness::Prefer;
            }
        }
        let mut sought = Sought {
            needs,
            asked,
            knows: knows.filter(|user| declined != Some(*user)),
            declined,
            queue: QueueKey::of(queue, ticket.group),
            gate,
            due: waits.and_then(|since| queues.due(queue, since)),
            helpers: if gate.is_some() { queue.policy.helpers.clone() } else { Vec::new() },
            passed: Vec::new(),
            requirements: Requirements::none(),
            begins_ms: Vec::new(),
            ticket,
        };
        sought.requirements = sought.joined();
        sought.begins_ms = sought.requirements.stages().iter().map(|stage| stage.after_ms).collect();
        sought
    }

    /// The groups that help out by a stage of its requirement.
    pub fn helped_by(&self, stage: usize) -> impl Iterator<Item = GroupId> {
        let after_ms = self.begins(stage);
        self.helpers.iter().filter(move |it| it.after_ms() <= after_ms).map(|it| it.group)
    }

    /// After how long a wait.
    fn begins(&self, stage: usize) -> i64 {
        self.begins_ms.get(stage).or(self.begins_ms.last()).copied().unwrap_or_default()
    }

    /// A stage may come at once when nobody present meets the one before.
    pub fn may_skip(&self) -> bool {
        self.requirements.stages().iter().any(|stage| stage.or_if_nobody)
    }

    pub fn priority(&self) -> Priority {
        hands::pressing(self.ticket.priority, self.ticket.urgency)
    }

    pub fn waiting_since(&self) -> i64 {
        self.ticket.waiting_since.unwrap_or(self.ticket.created_at)
    }

    /// Whoever rests from hostile customers does not get it.
    pub fn is_hostile(&self) -> bool {
        self.ticket.anger >= i64::from(HOSTILE_ANGER_MIN)
    }

    pub fn class(&self, queue: QueueId) -> WorkClass {
        WorkClass {
            priority: self.priority(),
            queue,
            hostile: self.is_hostile(),
            ..WorkClass::new(self.ticket.channel, self.requirements.clone())
        }
    }

    pub fn difficulty(&self) -> f64 {
        hands::difficulty(&self.ticket, self.work(0).requirements.len())
    }

    /// Nobody would be chosen differently for this than for the other.
    pub fn seeks_the_same(&self, other: &Sought) -> bool {
        self.requirements == other.requirements
            && (self.queue, self.gate, self.due) == (other.queue, other.gate, other.due)
            && self.passed.iter().map(|it| it.0).eq(other.passed.iter().map(|it| it.0))
            && self.work(0) == other.work(0)
    }

    /// As it is at one stage of its requirement.
    pub fn work(&self, stage: usize) -> Work {
        let after_ms = self.begins(stage);
        let gave_way = after_ms >= RULE_MUST_GIVES_WAY_AFTER_MS;
        let mut work = hands::work(&self.ticket, &self.needs, self.knows, self.declined, gave_way);
        if let Some(asked) = &self.asked {
            for (skill, weight) in asked.weights() {
                if work.requirements.iter().all(|it| it.skill != skill) {
                    let hardness = ::routing::Hardness::Prefer;
                    work.requirements.push(Requirement { skill, least_level: 0.0, weight, hardness });
                }
            }
            work.difficulty = hands::difficulty(&self.ticket, work.requirements.len());
            let stages = asked.stages();
            let now = stages.into_iter().rev().find(|stage| stage.after_ms <= after_ms);
            work.asked = now.map(|stage| stage.term).filter(|term| *term != Term::Anyone);
        }
        work
    }

    /// One of the queue's own, or of those who help out by then.
    fn in_queue(&self, gate: Gate, begins_ms: i64) -> Expression {
        let own = Leaf { of: Thing::Pool(gate.pool()), weight: 1.0, steps: Vec::new() };
        let widened = |leaf: Leaf, it: &Helper| {
            leaf.then((it.after_ms() - begins_ms).max(0), Change::Widen(PoolId(it.group.0)))
        };
        Expression::Must(self.helpers.iter().fold(own, widened))
    }

    fn joined(&self) -> Requirements {
        let part = |begins_ms: i64, more: Option<&Expression>| {
            let mut all: Vec<Expression> =
                self.needs.iter().map(|need| expression(need, begins_ms)).collect();
            all.extend(self.gate.map(|gate| self.in_queue(gate, begins_ms)));
            all.extend(more.cloned());
            Expression::All(all)
        };
        match &self.asked {
            None => Requirements::of(part(0, None)),
            Some(asked) => Requirements {
                first: part(0, Some(&asked.first)),
                then: asked
                    .then
                    .iter()
                    .map(|it| Then {
                        when: it.when,
                        expression: part(it.when.after_ms, Some(&it.expression)),
                    })
                    .collect(),
            },
        }
    }
}

/// A need, in a part of the requirement that begins after so long a wait.
fn expression(need: &Need, begins_ms: i64) -> Expression {
    let of = Thing::Skill { skill: hands::pure(need.skill), least_level: need.level, most_level: None };
    let leaf = Leaf { of, weight: need.weight, steps: Vec::new() };
    let gives_way_in_ms = RULE_MUST_GIVES_WAY_AFTER_MS - begins_ms;
    match need.hardness {
        Hardness::Must if !need.gives_way() => Expression::Must(leaf),
        Hardness::Must if gives_way_in_ms > 0 => Expression::Must(leaf.then(gives_way_in_ms, Change::Drop)),
        _ => Expression::Prefer(leaf),
    }
}
