//! The door of agents, leads and admins: server-rendered pages over one style sheet.
//!
//! A handler turns a form into a command or a query, hands it to the desk, and shows the answer. It decides nothing
//! about tickets. Pages are askama templates beside this code; a fragment of a page starts with `_`.

pub mod around;
mod assets;
mod guard;
mod html;
mod live;
mod mailbox_test;
mod problem;
pub mod shell;
mod signed_in;
pub mod when;
pub mod words;

pub use around::Said;
pub use html::Html;
pub use live::Live;
pub use mailbox_test::{MailboxTest, TestLine};
pub use problem::Problem;
pub use shell::Shell;
pub use signed_in::{Session, SignedIn};

use axum::Router;
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
}

impl Web {
    pub fn new(desk: Desk, secure_cookies: bool) -> Web {
        let live = Arc::new(Live::of(&desk));
        Web { desk, live, secure_cookies, mailbox_test: None }
    }

    pub fn with_mailbox_test(self, test: Arc<impl MailboxTest + 'static>) -> Web {
        Web { mailbox_test: Some(test), ..self }
    }
}

/// Every page of the workspace. Each area adds its routes in its own module.
pub fn router(web: Web) -> Router {
    Router::new()
        .merge(assets::routes())
        .merge(live::routes())
        .fallback(problem::nothing_here)
        .layer(axum::middleware::from_fn(around::remember))
        .layer(axum::middleware::from_fn(guard::same_origin_only))
        .layer(axum::middleware::from_fn(guard::headers))
        .with_state(web)
}
