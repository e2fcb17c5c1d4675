//! Making queues, changing them, putting them into another order, and taking them away.

use super::*;
use crate::events::{self, Event};
use crate::routing::RoutingError;
use crate::tickets::{Channel, Priority, Tags};
use crate::{people, skills};

/// In their order, the default one last.
pub fn queues(tx: &mut Tx) -> Result<Vec<Queue>, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    Ok(store::queues::list_queues(tx)?)
}

/// It stands behind the others, before the default one. What waits falls into it at once.
pub fn create_queue(tx: &mut Tx, wanted: &QueuePolicy) -> Result<RoutingQueueId, RoutingError> {
    only_admins(tx)?;
    let others = store::queues::list_queues(tx)?;
    if others.len() > QUEUES_MAX {
        return Err(RoutingError::TooManyQueues);
    }
    let policy = settled(tx, wanted, &others, None)?;
    let queue = store::queues::insert_queue(tx, &policy)?;
    events::record(tx, &Event::QueueChanged { queue })?;
    Ok(queue)
}

/// The default queue keeps taking what no other takes, whatever is said of its conditions.
pub fn update_queue(tx: &mut Tx, queue: RoutingQueueId, wanted: &QueuePolicy) -> Result<Queue, RoutingError> {
    only_admins(tx)?;
    let all = store::queues::list_queues(tx)?;
    let held = all.iter().find(|it| it.id == queue).ok_or(RoutingError::NoSuchQueue)?.clone();
    let policy = settled(tx, wanted, &all, Some(&held))?;
    if policy != held.policy {
        store::queues::save_queue(tx, queue, &policy)?;
        events::record(tx, &Event::QueueChanged { queue })?;
    }
    Ok(Queue { policy, ..held })
}

/// These first, in this order, then those that are not named as they stood; the default one stays the last.
pub fn order_queues(tx: &mut Tx, first: &[RoutingQueueId]) -> Result<Vec<Queue>, RoutingError> {
    only_admins(tx)?;
    let before = store::queues::list_queues(tx)?;
    if first.iter().any(|id| before.iter().all(|it| it.id != *id)) {
        return Err(RoutingError::NoSuchQueue);
    }
    let mut after = before.clone();
    let named = |id: RoutingQueueId| first.iter().position(|it| *it == id).unwrap_or(usize::MAX);
    after.sort_by_key(|it| (it.is_default, named(it.id)));
    if after != before {
        for (position, it) in after.iter().enumerate().filter(|(_, it)| !it.is_default) {
            store::queues::save_position(tx, it.id, position as i64 + 1)?;
        }
        events::record(tx, &Event::QueueChanged { queue: after[0].id })?;
    }
    Ok(after)
}

/// What waits in it falls into the next whose conditions hold.
pub fn delete_queue(tx: &mut Tx, queue: RoutingQueueId) -> Result<(), RoutingError> {
    only_admins(tx)?;
    let all = store::queues::list_queues(tx)?;
    let held = all.iter().find(|it| it.id == queue).ok_or(RoutingError::NoSuchQueue)?;
    if held.is_default {
        return Err(RoutingError::DefaultQueueStays);
    }
    store::queues::delete_queue(tx, queue)?;
    Ok(events::record(tx, &Event::QueueChanged { queue })?)
}

fn only_admins(tx: &Tx) -> Result<(), RoutingError> {
    if tx.actor().is_admin() { Ok(()) } else { Err(RoutingError::NotAnAdmin) }
}

/// As it is kept: names and words in one form, nothing twice, and everything that is named is there. `own`: what it was.
pub(in crate::routing) fn settled(
    tx: &mut Tx,
    wanted: &QueuePolicy,
    others: &[Queue],
    own: Option<&Queue>,
) -> Result<QueuePolicy, RoutingError> {
    let mut policy = wanted.clone();
    policy.name = policy.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if policy.name.is_empty() || policy.name.chars().count() > QUEUE_NAME_CHARS_MAX {
        return Err(RoutingError::QueueNameIsWrong);
    }
    let same = |it: &Queue| it.policy.name.to_lowercase() == policy.name.to_lowercase();
    if others.iter().any(|it| Some(it.id) != own.map(|own| own.id) && same(it)) {
        return Err(RoutingError::QueueNameIsTaken);
    }
    let known: Vec<GroupId> = people::list_groups(tx)?.into_iter().map(|it| it.id).collect();
    policy.check(&known)?;
    match own.is_some_and(|it| it.is_default) {
        true => policy.conditions = Conditions::default(),
        false => check_conditions(tx, &mut policy.conditions, &known)?,
    }
    Ok(policy)
}

impl QueuePolicy {
    fn check(&mut self, known: &[GroupId]) -> Result<(), RoutingError> {
        let within = |value: f64, most: f64| value > 0.0 && value <= most;
        if !within(self.share, SHARE_MAX) {
            return Err(RoutingError::QueueShareIsWrong);
        }
        if !within(self.weight, WEIGHT_MAX) {
            return Err(RoutingError::WeightIsWrong);
        }
        if let Some(promise) = self.promise
            && !((1..=PROMISE_MINUTES_MAX).contains(&promise.minutes) && (1..=100).contains(&promise.percent))
        {
            return Err(RoutingError::PromiseIsWrong);
        }
        // Without a promise there is nothing that could run.
        let minutes = self.promise.map(|it| it.minutes);
        if let Some(hours) = self.hours.take().filter(|it| minutes.is_some() && !it.is_always()) {
            let settled = hours.settled(minutes.unwrap_or_default());
            self.hours = Some(settled.ok_or(RoutingError::HoursAreWrong)?);
        }
        self.groups.sort_unstable();
        self.groups.dedup();
        if self.groups.len() > QUEUE_GROUPS_MAX || self.groups.iter().any(|it| !known.contains(it)) {
            return Err(RoutingError::QueueGroupsAreWrong);
        }
        let too_late = |it: &Helper| !(0..=HELP_AFTER_MINUTES_MAX).contains(&it.after_minutes);
        let unknown = |it: &Helper| !known.contains(&it.group) || self.groups.contains(&it.group);
        let twice = (1..self.helpers.len())
            .any(|at| self.helpers[..at].iter().any(|it| it.group == self.helpers[at].group));
        let wrong = self.helpers.iter().any(|it| too_late(it) || unknown(it));
        if self.helpers.len() > HELPERS_MAX || wrong || twice {
            return Err(RoutingError::HelpersAreWrong);
        }
        Ok(())
    }
}

fn check_conditions(
    tx: &mut Tx,
    conditions: &mut Conditions,
    groups: &[GroupId],
) -> Result<(), RoutingError> {
    if conditions.is_empty() || conditions.each().count() > CONDITIONS_MAX {
        return Err(RoutingError::ConditionsAreWrong);
    }
    let brands: Vec<String> = settings::list_brands(tx)?.iter().map(|it| it.id.to_string()).collect();
    let known: Vec<String> = skills::list_skill_names(tx)?.iter().map(|it| it.id.to_string()).collect();
    let groups: Vec<String> = groups.iter().map(|it| it.to_string()).collect();
    for it in conditions.all.iter_mut().chain(&mut conditions.any) {
        let field = it.field;
        it.values = match field {
            Field::Tags => Tags::from_words(&it.values).as_slice().to_vec(),
            _ => it.values.iter().map(|value| value.trim().to_lowercase()).collect(),
        };
        it.values.retain(|value| !value.is_empty());
        it.values.dedup();
        if it.values.is_empty() || it.values.len() > VALUES_PER_CONDITION_MAX {
            return Err(RoutingError::ConditionsAreWrong);
        }
        let fits = |value: &String| match field {
            Field::Channel => Channel::parse(value).is_some(),
            Field::Brand => brands.contains(value),
            Field::Priority => value == NONE || Priority::parse(value).is_some(),
            Field::Group => value == NONE || groups.contains(value),
            Field::Skill => value == NONE || known.contains(value),
            // Any tag may come, and any language; a language is a short word.
            Field::Tags => true,
            Field::Language => value == NONE || value.len() <= LANGUAGE_BYTES_MAX,
        };
        if let Some(value) = it.values.iter().find(|value| !fits(value)) {
            return Err(RoutingError::NoSuchValue { field: field.name(), value: value.clone() });
        }
    }
    Ok(())
}

/// Such as `de` or `zh-hant`.
const LANGUAGE_BYTES_MAX: usize = 20;
