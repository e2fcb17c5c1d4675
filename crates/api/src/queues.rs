//! `/queues`: what tickets fall into, in which order, and what is promised there.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::*;
use crate::tickets;
use desk::routing::{
    self, Condition, Conditions, Field, Helper, Operator, Promise, Queue, QueuePolicy, QueueTurn, WantedQueue,
};
use desk::{GroupId, RoutingQueueId, TicketId, Tx};
use serde_json::json;

pub async fn index(call: Call) -> Answer {
    call.read(|tx, _| Ok(Reply::one("queues", all(tx)?))).await
}

pub async fn show(Id(queue): Id<RoutingQueueId>, call: Call) -> Answer {
    call.read(move |tx, _| Ok(Reply::one("queue", one(tx, queue)?))).await
}

pub async fn create(call: Call) -> Answer {
    let wanted = call.body::<QueueBody>()?.queue;
    let (desk, actor) = (call.api.desk.clone(), call.actor);
    let made = call.write(move |tx, _| {
        let name = wanted.name.clone().ok_or_else(|| Problem::missing("name"))?;
        Ok(routing::create_queue(tx, &changed(QueuePolicy::named(name), &wanted)?)?)
    });
    // How promises are kept is counted once the change stands, not while others wait to write.
    let made = made.await?;
    let shape = desk.read(actor, move |tx| one(tx, made)).await?;
    Ok(Reply::created(shape.url.clone(), json!({ "queue": shape })))
}

/// What is not named stays as it is; `promise: null` takes the promise away, `business_hours: null` its hours.
pub async fn update(Id(queue): Id<RoutingQueueId>, call: Call) -> Answer {
    let wanted = call.body::<QueueBody>()?.queue;
    let (desk, actor) = (call.api.desk.clone(), call.actor);
    let changed = call.write(move |tx, _| {
        let held = held(tx, queue)?.policy;
        Ok(routing::update_queue(tx, queue, &changed(held, &wanted)?)?)
    });
    changed.await?;
    desk.read(actor, move |tx| Ok(Reply::one("queue", one(tx, queue)?))).await
}

pub async fn destroy(Id(queue): Id<RoutingQueueId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        routing::delete_queue(tx, queue)?;
        Ok(Reply::nothing())
    })
    .await
}

/// Those that are named come first, in this order.
pub async fn order(call: Call) -> Answer {
    let first: Vec<RoutingQueueId> =
        call.body::<QueueOrderBody>()?.queue_ids.into_iter().map(RoutingQueueId).collect();
    let (desk, actor) = (call.api.desk.clone(), call.actor);
    call.write(move |tx, _| Ok(routing::order_queues(tx, &first)?)).await?;
    desk.read(actor, |tx| Ok(Reply::one("queues", all(tx)?))).await
}

/// Without an id: as if it were new; with an id: as if it were changed so, or taken away.
pub async fn preview(call: Call) -> Answer {
    let wanted = call.body::<QueuePreviewBody>()?.queue;
    call.read(move |tx, _| {
        let wanted = match (wanted.id.map(RoutingQueueId), wanted.removed.unwrap_or(false)) {
            (Some(id), true) => WantedQueue::Gone(id),
            (Some(id), false) => WantedQueue::Changed(id, changed(held(tx, id)?.policy, &wanted.change)?),
            (None, _) => {
                let name = wanted.change.name.clone().ok_or_else(|| Problem::missing("name"))?;
                WantedQueue::New(changed(QueuePolicy::named(name), &wanted.change)?)
            }
        };
        Ok(Reply::one("preview", QueuePreviewShape::of(&routing::preview_queue(tx, &wanted)?)))
    })
    .await
}

pub async fn of_ticket(Id(ticket): Id<TicketId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        tickets::visible(tx, ticket)?;
        let now = tx.now();
        Ok(Reply::one("ticket_queue", TicketQueueShape::of(&routing::standing_of(tx, ticket)?, now)))
    })
    .await
}

fn held(tx: &mut Tx, queue: RoutingQueueId) -> Result<Queue, Problem> {
    routing::queues(tx)?.into_iter().find(|it| it.id == queue).ok_or(Problem::NotFound)
}

fn all(tx: &mut Tx) -> Result<Vec<QueueShape>, Problem> {
    let (queues, kept) = (routing::queues(tx)?, routing::kept_promises(tx)?);
    let urls = Urls::of(tx)?;
    Ok(queues
        .iter()
        .enumerate()
        .map(|(at, it)| QueueShape::of(it, at + 1, kept.iter().find(|kept| kept.queue == it.id), &urls))
        .collect())
}

fn one(tx: &mut Tx, queue: RoutingQueueId) -> Result<QueueShape, Problem> {
    all(tx)?.into_iter().find(|it| it.id == queue.0).ok_or(Problem::NotFound)
}

fn changed(held: QueuePolicy, wanted: &QueueChange) -> Result<QueuePolicy, Problem> {
    let conditions = match &wanted.definition {
        None => held.conditions,
        Some(it) => Conditions { all: conditions_in(&it.all)?, any: conditions_in(&it.any)? },
    };
    let turn = match wanted.turn.as_deref() {
        None => held.turn,
        Some(word) => QueueTurn::parse(word)
            .ok_or_else(|| Problem::invalid("turn", format!("{word:?} is not first, usual or last")))?,
    };
    let promise = match &wanted.promise {
        None => held.promise,
        Some(None) => None,
        Some(Some(it)) => Some(Promise { minutes: it.minutes, percent: it.percent }),
    };
    let groups = |ids: &Vec<i64>| ids.iter().copied().map(GroupId).collect();
    let helper = |it: &HelperShape| Helper {
        group: GroupId(it.group_id),
        after_minutes: it.after_minutes.unwrap_or(0),
    };
    Ok(QueuePolicy {
        name: wanted.name.clone().unwrap_or(held.name),
        conditions,
        groups: wanted.primary_group_ids.as_ref().map_or(held.groups, groups),
        helpers: wanted
            .secondary_groups
            .as_ref()
            .map_or(held.helpers, |all| all.iter().map(helper).collect()),
        turn,
        weight: wanted.weight.unwrap_or(held.weight),
        share: wanted.share.unwrap_or(held.share),
        promise,
        hours: match &wanted.business_hours {
            None => held.hours,
            Some(None) => None,
            Some(Some(it)) => Some(it.hours()),
        },
    })
}

fn conditions_in(all: &[QueueConditionShape]) -> Result<Vec<Condition>, Problem> {
    all.iter()
        .map(|it| {
            let wrong = |what: &str| Problem::invalid("definition", format!("{what:?} is not known here"));
            Ok(Condition {
                field: Field::parse(&it.field).ok_or_else(|| wrong(&it.field))?,
                operator: Operator::parse(&it.operator).ok_or_else(|| wrong(&it.operator))?,
                values: it.values.clone(),
            })
        })
        .collect()
}
