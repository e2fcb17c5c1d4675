//! The door of agents, leads and admins: server-rendered pages over one style sheet.
//!
//! A handler turns a form into a command or a query, hands it to the desk, and shows the answer. It decides nothing
//! about tickets. Pages are askama templates beside this code; a fragment of a page starts with `_`.

mod admin;
pub mod around;
mod articles;
mod assessments;
mod assets;
mod client;
mod coaching;
mod door;
mod fields;
mod floor;
mod guard;
mod hiring;
mod home;
mod html;
mod ledger;
pub mod live;
mod mailbox_test;
mod offers;
mod palette;
mod paper;
mod people;
mod presence;
mod problem;
mod reviews;
#[cfg(test)]
pub(crate) mod samples;
mod say;
mod search;
pub mod shell;
mod signed_in;
mod skills;
mod tickets;
mod views;
mod wellbeing;
pub mod when;
pub mod words;

pub use around::Said;
pub use client::Client;
pub use html::Html;
pub use live::Live;
pub use mailbox_test::{MailboxTest, TestLine};
pub use problem::Problem;
pub use shell::Shell;
pub use signed_in::{Session, SignedIn, session_cookie};

use axum::Router;
use axum::routing::{get, post};
use desk::Desk;
use std::sync::Arc;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    pub desk: Desk,
    pub live: Arc<Live>,
    /// Cookies carry `Secure` when people come by https.
    pub secure_cookies: bool,
    /// Tries a mailbox with its servers; none where nothing can reach them.
    pub mailbox_test: Option<Arc<dyn MailboxTest>>,
    /// The server through which mail leaves whose mailbox names none; none where none is set.
    pub relay: Option<Arc<str>>,
    sign_ins: Arc<door::SignInLimits>,
    calendars: Arc<door::CalendarLimits>,
}

impl Web {
    pub fn new(desk: Desk, secure_cookies: bool) -> Web {
        let live = Arc::new(Live::of(&desk));
        let (sign_ins, calendars) = (Arc::default(), Arc::default());
        Web { desk, live, secure_cookies, sign_ins, calendars, mailbox_test: None, relay: None }
    }

    pub fn with_relay(self, host: Option<&str>) -> Web {
        Web { relay: host.map(Arc::from), ..self }
    }

    pub fn with_mailbox_test(self, test: Arc<impl MailboxTest + 'static>) -> Web {
        Web { mailbox_test: Some(test), ..self }
    }
}

/// Every page of the workspace. Each area adds its routes in its own module.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/rail", get(home::rail))
        .route("/offers", get(offers::show))
        .route("/offers/{ticket}/acceptance", post(offers::accept))
        .route("/offers/{ticket}/refusal", post(offers::decline))
        .route("/presence", post(presence::update))
        .route("/presence/beat", post(presence::beat))
        .route("/views", get(views::index))
        .route("/views/agents", get(views::agents))
        .route("/views/{key}", get(views::show))
        .route("/search", get(search::show))
        .route("/palette", get(palette::show))
        .merge(assets::routes())
        .merge(door::routes())
        .merge(live::routes())
        .merge(tickets::routes())
        .merge(skills::routes())
        .merge(people::routes())
        .merge(reviews::routes())
        .merge(assessments::routes())
        .merge(hiring::routes())
        .merge(articles::routes())
        .merge(coaching::routes())
        .merge(wellbeing::routes())
        .merge(floor::routes())
        .merge(ledger::routes())
        .merge(admin::routes())
        .fallback(problem::nothing_here)
        .layer(axum::middleware::from_fn(guard::same_origin_only))
        .layer(axum::middleware::from_fn(around::remember))
        .layer(axum::middleware::from_fn(guard::headers))
        .with_state(web)
}
