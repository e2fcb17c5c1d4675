//! Queues: what waits falls into the first whose conditions hold. A queue says who may have its work, when it goes, what
//! waiting costs there, and what it promises.
//!
//! Tables: `queues`, `promise_runs`. Event: `QueueChanged`. Path: [`create_queue`], [`update_queue`], [`order_queues`] and
//! [`delete_queue`] keep them; the owner of routing reads all of them with its knobs, and whenever it reads a ticket it
//! looks into which queue that falls (`sought.rs`). Nothing of it is kept with the ticket, so a changed field is a changed
//! queue. What no queue takes falls into the default one, which is always there and always the last.

mod conditions;
mod hours;
mod promises;
mod set;

pub(crate) use conditions::Facts;
pub use conditions::{Condition, Conditions, Field, NONE, Operator};
pub use hours::{OPENINGS_MAX, Opening, OpeningHours, PROMISE_WEEKS_MAX, QUEUE_HOLIDAYS_MAX, WEEKDAYS};
pub(super) use promises::Run;
pub use promises::{
    DAYS_COUNTED, KeptPromises, PromiseRow, PromisesNow, RunningPromise, kept_promises, promises_now,
    standing_of,
};
pub(crate) use promises::{Promised, note_end, promised, write_past};
pub(super) use set::settled;
pub use set::{create_queue, delete_queue, order_queues, queues, update_queue};

use super::{own_pool, store};
use crate::{GroupId, RoutingQueueId, Tx, settings};
use ::routing::engine::QueueRule;
use ::routing::requirements::PoolId;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub const SHARE_MAX: f64 = 1_000.0;
pub const WEIGHT_MAX: f64 = 100.0;
/// Minutes of waiting after which another group helps out.
pub const HELP_AFTER_MINUTES_MAX: i64 = 7 * 24 * 60;
pub const HELPERS_MAX: usize = 3;
/// Groups whose people have a queue's work.
pub const QUEUE_GROUPS_MAX: usize = 10;
pub const QUEUES_MAX: usize = 100;
pub const QUEUE_NAME_CHARS_MAX: usize = 60;
/// Conditions of one queue.
pub const CONDITIONS_MAX: usize = 20;
pub const VALUES_PER_CONDITION_MAX: usize = 50;
pub const PROMISE_MINUTES_MAX: i64 = 30 * 24 * 60;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Queue {
    pub id: RoutingQueueId,
    /// It takes what no other queue takes.
    pub is_default: bool,
    #[serde(flatten)]
    pub policy: QueuePolicy,
}

/// What a queue is to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueuePolicy {
    pub name: String,
    pub conditions: Conditions,
    /// Whose people may have its work; empty: those of the ticket's own group.
    pub groups: Vec<GroupId>,
    /// Groups whose people may have it when none of those is free.
    pub helpers: Vec<Helper>,
    pub turn: QueueTurn,
    /// What a minute of waiting costs here, as a multiple of elsewhere; under the rules that count this cost.
    pub weight: f64,
    /// Of all that waits, above 0, in relation to the other queues; only under the fixed queue ratio. Where no groups are
    /// named, each group's work counts by itself.
    pub share: f64,
    pub promise: Option<Promise>,
    /// When the promise runs, by the company's clock; `None`: at every hour.
    pub hours: Option<OpeningHours>,
}

/// What customers are promised of a queue's tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// From when the customer began to wait to the first public answer.
    pub minutes: i64,
    /// Of its tickets are answered in this time.
    pub percent: i64,
}

/// Among work of the same priority, under every rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueTurn {
    First,
    #[default]
    Usual,
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helper {
    pub group: GroupId,
    /// Of waiting; 0: at once.
    pub after_minutes: i64,
}

impl QueuePolicy {
    /// Of which nothing is said but its name.
    pub fn named(name: impl Into<String>) -> QueuePolicy {
        QueuePolicy {
            name: name.into(),
            conditions: Conditions::default(),
            groups: Vec::new(),
            helpers: Vec::new(),
            turn: QueueTurn::Usual,
            weight: 1.0,
            share: 1.0,
            promise: None,
            hours: None,
        }
    }

    pub(crate) fn rule(&self) -> QueueRule {
        let turn = match self.turn {
            QueueTurn::First => 1,
            QueueTurn::Usual => 0,
            QueueTurn::Last => -1,
        };
        QueueRule { share: self.share as f32, weight: self.weight as f32, turn }
    }
}

impl QueueTurn {
    pub const ALL: [QueueTurn; 3] = [QueueTurn::First, QueueTurn::Usual, QueueTurn::Last];

    pub fn name(self) -> &'static str {
        match self {
            QueueTurn::First => "first",
            QueueTurn::Usual => "usual",
            QueueTurn::Last => "last",
        }
    }

    pub fn parse(word: &str) -> Option<QueueTurn> {
        QueueTurn::ALL.into_iter().find(|it| it.name() == word)
    }
}

impl Promise {
    pub fn ms(self) -> i64 {
        self.minutes * 60_000
    }
}

impl Helper {
    pub(super) fn after_ms(self) -> i64 {
        self.after_minutes * 60_000
    }
}

/// All queues of the desk in their order; the default one is the last.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Queues {
    all: Vec<Queue>,
    /// By which queues open.
    zone: TimeZone,
}

impl Queues {
    pub fn load(tx: &mut Tx) -> Result<Queues, db::Error> {
        let queues = store::queues::list_queues(tx)?;
        match queues.last() {
            Some(last) if last.is_default => {
                let zone = TimeZone::get(&settings::company(tx)?.time_zone).unwrap_or(TimeZone::UTC);
                Ok(Queues { all: queues, zone })
            }
            _ => Err(db::Error::Corrupt("the default queue is not there".to_owned())),
        }
    }

    /// As if these were the queues. `None` without a default one at the end.
    pub fn with(&self, queues: Vec<Queue>) -> Option<Queues> {
        let is_sound = queues.last().is_some_and(|it| it.is_default);
        is_sound.then(|| Queues { all: queues, zone: self.zone.clone() })
    }

    pub fn all(&self) -> &[Queue] {
        &self.all
    }

    /// Until when a queue promises the first answer to somebody who has waited since then.
    pub fn due(&self, queue: &Queue, since: i64) -> Option<i64> {
        self.gone(queue, since, 1.0)
    }

    /// When such a share of the promised time has gone.
    pub fn gone(&self, queue: &Queue, since: i64, share: f64) -> Option<i64> {
        let ms = (share * queue.policy.promise?.ms() as f64) as i64;
        Some(match &queue.policy.hours {
            None => since + ms,
            Some(hours) => hours.after(since, ms, &self.zone),
        })
    }

    /// The one into which it falls.
    pub fn taking(&self, facts: &Facts<'_>) -> &Queue {
        let found = self.all.iter().find(|it| it.is_default || it.policy.conditions.hold(facts));
        found.unwrap_or_else(|| self.default_one())
    }

    /// The default one, if it is gone.
    pub fn get(&self, id: RoutingQueueId) -> &Queue {
        self.all.iter().find(|it| it.id == id).unwrap_or_else(|| self.default_one())
    }

    pub fn default_one(&self) -> &Queue {
        self.all.last().expect("made with the default queue at the end")
    }

    /// Which of them asks for skills; then needs must be read before it can be said into which queue a ticket falls.
    pub fn ask_for_skills(&self) -> bool {
        self.all.iter().any(|it| it.policy.conditions.ask_for(Field::Skill))
    }
}

/// The name of a queue that speaks of this group: without the group, its work would be everybody's or nobody's.
pub(crate) fn queue_that_names(tx: &mut Tx, group: GroupId) -> Result<Option<String>, db::Error> {
    let number = group.to_string();
    let names = |it: &&Queue| {
        it.policy.groups.contains(&group)
            || it.policy.helpers.iter().any(|helper| helper.group == group)
            || it.policy.conditions.each().any(|it| it.field == Field::Group && it.values.contains(&number))
    };
    Ok(Queues::load(tx)?.all().iter().find(names).map(|it| it.policy.name.clone()))
}

/// Who keeps others out of a piece of work: its group, or the groups of its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Gate {
    Group(GroupId),
    Queue(RoutingQueueId),
}

/// Below the pools of groups.
const QUEUE_POOLS_FROM: i64 = -(1 << 40);

impl Gate {
    /// Of work in this queue that stands in this group.
    pub fn of(queue: &Queue, group: Option<GroupId>) -> Option<Gate> {
        match queue.policy.groups.is_empty() {
            true => group.map(Gate::Group),
            false => Some(Gate::Queue(queue.id)),
        }
    }

    /// Its members, or everybody while there are none.
    pub fn pool(self) -> PoolId {
        match self {
            Gate::Group(group) => own_pool(group),
            Gate::Queue(queue) => PoolId(QUEUE_POOLS_FROM - queue.0),
        }
    }

    pub fn groups<'a>(&'a self, queues: &'a Queues) -> &'a [GroupId] {
        match self {
            Gate::Group(group) => std::slice::from_ref(group),
            Gate::Queue(queue) => &queues.get(*queue).policy.groups,
        }
    }
}

/// What the engine knows as one queue: a desk's queue, parted by group where it names no groups of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct QueueKey {
    pub queue: RoutingQueueId,
    pub group: Option<GroupId>,
}

impl QueueKey {
    pub fn of(queue: &Queue, group: Option<GroupId>) -> QueueKey {
        QueueKey { queue: queue.id, group: group.filter(|_| queue.policy.groups.is_empty()) }
    }

    pub fn gate(self, queues: &Queues) -> Option<Gate> {
        Gate::of(queues.get(self.queue), self.group)
    }
}
