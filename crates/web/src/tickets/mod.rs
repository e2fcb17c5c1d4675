//! `/tickets`: a ticket as an exchange of letters, and everything that can be said of it.

pub(crate) mod attachments;
mod changes;
mod comments;
mod draft;
mod facts;
mod fields;
mod frame;
mod letters;
mod merge;
mod needs;
mod new;
pub(crate) mod rows;
mod said;
mod show;
mod story;
mod undo;
mod uploads;
mod viewers;
pub(crate) mod why;

use crate::{Problem, Web};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use desk::tickets::{Ticket, views};
use desk::{TicketId, Tx};

/// A form with a long letter; files go another way.
const FORM_BYTES_MAX: usize = 3 * 1024 * 1024;

/// The choices of the small forms: a value, and its word.
pub(crate) const STATUSES: [(&str, &str); 4] =
    [("open", "Open"), ("pending", "Pending"), ("hold", "Hold"), ("solved", "Solved")];
pub(crate) const PRIORITIES: [(&str, &str); 4] =
    [("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")];
pub(crate) const TYPES: [(&str, &str); 4] =
    [("question", "Question"), ("incident", "Incident"), ("problem", "Problem"), ("task", "Task")];

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/tickets/new", get(new::new).post(new::create))
        .route("/tickets/new/draft", put(new::keep))
        .route("/tickets/changes", post(changes::create))
        .route("/tickets/undo", post(undo::create))
        .route("/tickets/{id}", get(show::show))
        .route("/tickets/{id}/_conversation", get(show::conversation))
        .route("/tickets/{id}/_queue", get(show::queue))
        .route("/tickets/{id}/comments", post(comments::create))
        .route("/tickets/{id}/draft", get(draft::show).put(draft::update).delete(draft::destroy))
        .route("/tickets/{id}/presence", post(viewers::create))
        .route("/tickets/{id}/_present", get(viewers::show))
        .route("/tickets/{id}/why", get(why::show))
        .route("/tickets/{id}/routing_requirements", post(why::ask))
        .route("/tickets/{id}/routing_contests", post(why::contest))
        .route("/tickets/{id}/assignment", post(fields::assignment))
        .route("/tickets/{id}/group", post(fields::group))
        .route("/tickets/{id}/status", post(fields::status))
        .route("/tickets/{id}/priority", post(fields::priority))
        .route("/tickets/{id}/type", post(fields::kind))
        .route("/tickets/{id}/tags", post(fields::tags))
        .route("/tickets/{id}/subject", post(fields::subject))
        .route("/tickets/{id}/copies", post(fields::copies))
        .route("/tickets/{id}/merge", get(merge::new).post(merge::create))
        .route("/tickets/{id}/unmerge", post(merge::destroy))
        .route("/tickets/{id}/_needs", get(needs::show))
        .route("/tickets/{id}/requirements", post(fields::requirements))
        .route("/comments/{id}/html", get(frame::show))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .route("/uploads", post(uploads::create).layer(DefaultBodyLimit::max(uploads::BODY_BYTES_MAX)))
        .route("/attachments/{id}", get(attachments::show))
}

/// The ticket, or "not found" for whoever may not see it.
fn visible(tx: &mut Tx, id: TicketId) -> Result<Ticket, Problem> {
    views::visible_ticket(tx, id)?.ok_or_else(Problem::not_found)
}
