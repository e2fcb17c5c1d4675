//! Queues, and the decisions of the whole desk.

use crate::shapes::*;
use crate::table::Route;
use crate::{decisions, queues};

pub(super) fn of_queues() -> Vec<Route> {
    vec![
        Route::get("/queues", "Queues in their order, the default one last", queues::index)
            .gives_all::<QueueShape>("queues"),
        Route::post("/queues", "Make a queue, behind the others", queues::create)
            .takes::<QueueBody>()
            .creates::<QueueShape>("queue"),
        Route::post(
            "/queues/preview",
            "What a queue would make of the work at hand; nothing is changed; for leads",
            queues::preview,
        )
        .takes::<QueuePreviewBody>()
        .gives::<QueuePreviewShape>("preview"),
        Route::patch("/queues/order", "Say which queues come first", queues::order)
            .takes::<QueueOrderBody>()
            .gives_all::<QueueShape>("queues"),
        Route::get("/queues/{id}", "Show a queue, with how its promise was kept", queues::show)
            .gives::<QueueShape>("queue"),
        Route::put("/queues/{id}", "Change a queue", queues::update)
            .takes::<QueueBody>()
            .gives::<QueueShape>("queue"),
        Route::delete("/queues/{id}", "Take a queue away; the default one stays", queues::destroy),
        Route::get(
            "/tickets/{id}/queue",
            "In which queue a ticket stands, and what is promised",
            queues::of_ticket,
        )
        .gives::<TicketQueueShape>("ticket_queue"),
        Route::get(
            "/routing/decisions",
            "Decisions of the desk, the newest first; for leads",
            decisions::index,
        )
        .lists::<DeskDecisionShape>("routing_decisions")
        .query("from", "Decided at this moment or later")
        .query("until", "Decided before this moment")
        .query("user_id", "Who was chosen")
        .query("group_id", "In which the ticket stands now")
        .query("rule", "longest_idle, most_capacity, fixed_queue_ratio, generalised_c_mu or expected_outcome")
        .query("by_lot", "true: only by lot; false: without those")
        .query("shown", "taken, returned, waits, contested or unanswered"),
        Route::get(
            "/routing/decisions/{id}",
            "Show a decision, with what was said against it; for leads",
            decisions::show,
        )
        .gives::<DeskDecisionShape>("routing_decision"),
    ]
}
