//! `/admin/queues`: the queues in their order, what they ask and promise, and how many promises were kept.

use super::must_be_admin;
use super::queue_form::{self, Form, Names};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::routing::{self, DAYS_COUNTED, KeptPromises, PolicyPreview, Queue, QueueTurn, WantedQueue};
use desk::{Actor, RoutingQueueId, Tx};

const PLACE: &str = "/admin/queues";

#[derive(askama::Template)]
#[template(path = "admin/queues.html")]
pub struct Index {
    pub shell: Shell,
    pub queues: Vec<Queue>,
    pub kept: Vec<KeptPromises>,
    pub names: Names,
}

/// A queue that is made or changed.
#[derive(askama::Template)]
#[template(path = "admin/queue.html")]
pub struct Edit {
    pub shell: Shell,
    /// `None`: a new one.
    pub queue: Option<Queue>,
    pub form: Form,
    pub names: Names,
    pub preview: Option<PolicyPreview>,
    pub problem: Option<Problem>,
}

impl Index {
    /// What a ticket must be like.
    fn conditions(&self, queue: &Queue) -> String {
        match queue.is_default {
            true => "what no other queue takes".to_owned(),
            false => self.names.conditions(&queue.policy.conditions),
        }
    }

    /// Whose people have its work, and who helps out.
    fn groups(&self, queue: &Queue) -> String {
        let own: Vec<&str> = queue.policy.groups.iter().map(|it| self.names.group(*it)).collect();
        let own = if own.is_empty() { "the ticket's group".to_owned() } else { own.join(", ") };
        let helpers = queue.policy.helpers.iter();
        let helpers: Vec<String> = helpers
            .map(|it| match it.after_minutes {
                0 => self.names.group(it.group).to_owned(),
                minutes => format!("{} after {minutes} min", self.names.group(it.group)),
            })
            .collect();
        if helpers.is_empty() { own } else { format!("{own}; helped by {}", helpers.join(", ")) }
    }

    fn promise(&self, queue: &Queue) -> String {
        match queue.policy.promise {
            None => "nothing".to_owned(),
            Some(it) => {
                let open = if queue.policy.hours.is_some() { ", in its hours" } else { "" };
                format!("{} % within {}{open}", it.percent, crate::when::span(it.ms()))
            }
        }
    }

    fn kept(&self, queue: &Queue) -> Option<&KeptPromises> {
        self.kept.iter().find(|it| it.queue == queue.id)
    }

    fn goes(&self, queue: &Queue) -> &'static str {
        match queue.policy.turn {
            QueueTurn::First => "first",
            QueueTurn::Usual => "",
            QueueTurn::Last => "last",
        }
    }

    fn days(&self) -> i64 {
        DAYS_COUNTED
    }

    fn is_last(&self, queue: &Queue) -> bool {
        self.queues.iter().rev().find(|it| !it.is_default).is_some_and(|it| it.id == queue.id)
    }
}

/// `93 % of 41, 2 run`
pub fn kept_words(it: &KeptPromises) -> String {
    let running = if it.running > 0 { format!(", {} run", it.running) } else { String::new() };
    match it.percent() {
        None => format!("none yet{running}"),
        Some(percent) => format!("{percent} % of {}{running}", it.kept + it.broken),
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, |tx| {
        Ok::<_, Problem>(Index {
            queues: routing::queues(tx)?,
            kept: routing::kept_promises(tx)?,
            names: Names::load(tx)?,
            shell: Shell::load(tx)?,
        })
    });
    Ok(Html(page.await?))
}

/// An empty form, or one that is tried out.
pub async fn new(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    tried: Fields,
) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(web.desk.read(actor, move |tx| tried_out(tx, None, &tried)).await?))
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(queue): Path<RoutingQueueId>,
    tried: Fields,
) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(web.desk.read(actor, move |tx| tried_out(tx, Some(queue), &tried)).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    save(&web, actor, None, form, "Made. What fits falls into it from now on.").await
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(queue): Path<RoutingQueueId>,
    form: Fields,
) -> Result<Response, Problem> {
    save(&web, actor, Some(queue), form, "Saved. It holds from the next decision on.").await
}

pub async fn remove(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(queue): Path<RoutingQueueId>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    web.desk.write(actor, move |tx| routing::delete_queue(tx, queue)).await?;
    Ok(Said::new("Gone. What waited in it fell into the next that takes it.").then(PLACE))
}

/// One place up or down.
pub async fn set_place(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(queue): Path<RoutingQueueId>,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let up = form.text("to") == "up";
    let moved = web.desk.write(actor, move |tx| {
        let mut order: Vec<RoutingQueueId> =
            routing::queues(tx)?.iter().filter(|it| !it.is_default).map(|it| it.id).collect();
        if let Some(at) = order.iter().position(|it| *it == queue) {
            let to = if up { at.saturating_sub(1) } else { (at + 1).min(order.len() - 1) };
            order.swap(at, to);
        }
        routing::order_queues(tx, &order)
    });
    moved.await?;
    Ok(Said::new("Moved. The first whose conditions hold has the ticket.").then(PLACE))
}

async fn save(
    web: &Web,
    actor: Actor,
    queue: Option<RoutingQueueId>,
    form: Fields,
    said: &'static str,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let saved = web.desk.write(actor, move |tx| {
        let names = Names::load(tx)?;
        let form = Form::read(&form);
        let policy = form.policy(&names);
        let saved = match queue {
            None => routing::create_queue(tx, &policy).map(|_| ()),
            Some(queue) => routing::update_queue(tx, queue, &policy).map(|_| ()),
        };
        match saved.map_err(Problem::from) {
            Ok(()) => Ok::<_, Problem>(None),
            Err(problem) if problem.field.is_some() => {
                let page = page(tx, queue, Some(form))?;
                Ok(Some(Edit { problem: Some(problem), ..page }))
            }
            Err(problem) => Err(problem),
        }
    });
    match saved.await? {
        None => Ok(Said::new(said).then(PLACE)),
        Some(page) => {
            let status = page.problem.as_ref().map_or(axum::http::StatusCode::OK, Problem::status);
            Ok((status, Html(page)).into_response())
        }
    }
}

fn tried_out(tx: &mut Tx, queue: Option<RoutingQueueId>, tried: &Fields) -> Result<Edit, Problem> {
    if !tried.has("name") {
        return page(tx, queue, None);
    }
    let page = page(tx, queue, Some(Form::read(tried)))?;
    let policy = page.form.policy(&page.names);
    let wanted = match queue {
        None => WantedQueue::New(policy),
        Some(queue) => WantedQueue::Changed(queue, policy),
    };
    match routing::preview_queue(tx, &wanted).map_err(Problem::from) {
        Ok(preview) => Ok(Edit { preview: Some(preview), ..page }),
        Err(problem) if problem.field.is_some() => Ok(Edit { problem: Some(problem), ..page }),
        Err(problem) => Err(problem),
    }
}

fn page(tx: &mut Tx, queue: Option<RoutingQueueId>, form: Option<Form>) -> Result<Edit, Problem> {
    let names = Names::load(tx)?;
    let queue = match queue {
        None => None,
        Some(id) => {
            let found = routing::queues(tx)?.into_iter().find(|it| it.id == id);
            Some(found.ok_or(routing::RoutingError::NoSuchQueue)?)
        }
    };
    let form = form.unwrap_or_else(|| match &queue {
        None => Form::of(&queue_form::new_policy(), &names),
        Some(queue) => Form::of(&queue.policy, &names),
    });
    Ok(Edit { shell: Shell::load(tx)?, queue, form, names, preview: None, problem: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::GroupId;
    use desk::routing::{Condition, Conditions, Field, Helper, OpeningHours, Promise, QueuePolicy};

    fn queue(id: i64, name: &str, is_default: bool) -> Queue {
        let conditions = Conditions {
            all: vec![Condition::is(Field::Tags, ["vip"]), Condition::is_not(Field::Group, [2])],
            any: vec![Condition::is(Field::Priority, ["high", "urgent"])],
        };
        let policy = QueuePolicy {
            conditions,
            groups: vec![GroupId(1)],
            helpers: vec![Helper { group: GroupId(2), after_minutes: 30 }],
            turn: QueueTurn::First,
            promise: Some(Promise { minutes: 15, percent: 90 }),
            hours: Some(OpeningHours::read(&["9:00-18:00"], "2026-12-25")),
            ..QueuePolicy::named(name)
        };
        let policy = if is_default { QueuePolicy::named(name) } else { policy };
        Queue { id: RoutingQueueId(id), is_default, policy }
    }

    #[test]
    fn queues_stand_in_their_order_with_what_they_ask_and_promise() {
        let kept = KeptPromises {
            queue: RoutingQueueId(4),
            promise: Promise { minutes: 15, percent: 90 },
            kept: 38,
            broken: 3,
            running: 2,
        };
        let queues =
            vec![queue(4, "VIP <b>", false), queue(5, "طابور", false), queue(1, "Everything else", true)];
        let html = renders(&Index { shell: shell(), queues, kept: vec![kept], names: Names::sample() });
        for words in [
            "VIP &#60;b&#62;",
            "tag is vip and group is not Billing, and priority is high or urgent",
            "helped by Billing after 30 min",
            "90 % within 15 min, in its hours",
            "92 % of 41, 2 run",
            "what no other queue takes",
            "/admin/queues/4/place",
        ] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
        assert!(!html.contains("/admin/queues/1/place"), "the default one stays the last");
        let alone = vec![queue(1, "Everything else", true)];
        let html = renders(&Index { shell: shell(), queues: alone, kept: vec![], names: Names::sample() });
        assert!(html.contains("No queue of your own yet"), "{html}");
    }

    #[test]
    fn a_form_keeps_what_was_written_and_says_what_is_wrong_with_it() {
        let names = Names::sample();
        let edited = queue(4, &"A very long name ".repeat(4), false);
        let form = Form::of(&edited.policy, &names);
        let wrong =
            Problem { field: Some("conditions"), ..Problem::invalid("“x” is no group of this desk.") };
        let page = |queue, form, preview, problem| {
            renders(&Edit { shell: shell(), queue, form, names: Names::sample(), preview, problem })
        };
        let html = page(Some(edited), form.clone(), None, Some(wrong));
        assert!(
            html.contains("“x” is no group of this desk.") && html.contains("value=\"high, urgent\""),
            "{html}"
        );
        assert!(html.contains("value=\"9:00-18:00\"") && html.contains("value=\"2026-12-25\""), "{html}");
        assert!(html.contains("/admin/queues/4/remove"), "{html}");
        let preview = PolicyPreview {
            tried: 3,
            queues: vec![("Everything else".into(), 3, 1), ("VIP".into(), 0, 2)],
            in_turn: true,
            ..PolicyPreview::default()
        };
        let html = page(None, form, Some(preview), None);
        assert!(html.contains("This queue, tried out") && html.contains("New queue"), "{html}");
        let html = page(Some(queue(1, "Everything else", true)), Form::default(), None, None);
        assert!(!html.contains("all_field_0") && !html.contains("/remove"), "it takes what is left: {html}");
    }
}
