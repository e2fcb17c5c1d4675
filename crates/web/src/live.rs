//! `/live`: one stream of events per tab. It carries topics, never content: the page fetches what it may see.
//!
//! Who else is looking at a ticket lives here, in memory: it is a courtesy, not a record.

use crate::{Problem, SignedIn, Web};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use desk::{Desk, TicketId, UserId};
use futures_util::Stream;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// Topics one stream may listen to.
const TOPICS_MAX: usize = 32;
/// A viewer who has not been heard of for so long has gone.
const VIEWER_GONE_MS: i64 = 60_000;
/// Tickets whose viewers are remembered.
const TICKETS_WATCHED_MAX: usize = 10_000;

/// Who is looking at which ticket, now.
pub struct Live {
    desk: Desk,
    viewers: Mutex<HashMap<TicketId, Vec<Viewer>>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Viewer {
    pub user: UserId,
    pub name: String,
    pub typing: bool,
    pub seen_at: i64,
}

impl Live {
    pub fn of(desk: &Desk) -> Live {
        Live { desk: desk.clone(), viewers: Mutex::default() }
    }

    /// Notes that somebody looks at a ticket or writes on it; tells the others when that is new.
    pub fn seen(&self, ticket: TicketId, user: UserId, name: &str, typing: bool) {
        let now = self.desk.db.now();
        let mut all = self.viewers.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > TICKETS_WATCHED_MAX {
            all.retain(|_, viewers| viewers.iter().any(|viewer| now - viewer.seen_at < VIEWER_GONE_MS));
        }
        let viewers = all.entry(ticket).or_default();
        let before: Vec<(UserId, bool)> = viewers.iter().map(|viewer| (viewer.user, viewer.typing)).collect();
        viewers.retain(|viewer| viewer.user != user && now - viewer.seen_at < VIEWER_GONE_MS);
        viewers.push(Viewer { user, name: name.to_owned(), typing, seen_at: now });
        let after: Vec<(UserId, bool)> = viewers.iter().map(|viewer| (viewer.user, viewer.typing)).collect();
        let changed = before.len() != after.len() || after.iter().any(|it| !before.contains(it));
        drop(all);
        if changed {
            self.desk.db.announce(&format!("viewers:{ticket}"));
        }
    }

    /// The others who are there.
    pub fn others(&self, ticket: TicketId, me: UserId) -> Vec<Viewer> {
        let now = self.desk.db.now();
        let all = self.viewers.lock().unwrap_or_else(PoisonError::into_inner);
        let viewers = all.get(&ticket).map(Vec::as_slice).unwrap_or_default();
        viewers
            .iter()
            .filter(|viewer| viewer.user != me && now - viewer.seen_at < VIEWER_GONE_MS)
            .cloned()
            .collect()
    }
}

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/live", get(show))
}

#[derive(serde::Deserialize)]
struct Topics {
    #[serde(default)]
    topics: String,
    /// When the page was read that listens: what has changed since is told at once. Milliseconds since 1970.
    since: Option<i64>,
}

async fn show(
    State(web): State<Web>,
    SignedIn(_): SignedIn,
    Query(query): Query<Topics>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let topics: Vec<String> = query.topics.split(',').take(TOPICS_MAX).map(str::to_owned).collect();
    let news = web.desk.db.announcements();
    // Asked after listening has begun, so that nothing falls between.
    let is_old = |topic: &&String| query.since.is_some_and(|since| web.desk.db.announced_since(topic, since));
    let old: Vec<String> = topics.iter().filter(is_old).cloned().collect();
    let changed = |topic: &str| Ok(Event::default().event(topic).data("changed"));
    let stream =
        futures_util::stream::unfold((old, news, topics), move |(mut old, mut news, topics)| async move {
            if let Some(topic) = old.pop() {
                return Some((changed(&topic), (old, news, topics)));
            }
            loop {
                match news.recv().await {
                    Ok(topic) if topics.iter().any(|wanted| wanted == &*topic) => {
                        return Some((changed(&topic), (old, news, topics)));
                    }
                    Ok(_) => {}
                    // Some news was missed: everything this tab shows may be old.
                    Err(RecvError::Lagged(_)) => {
                        return Some((changed("missed"), (old, news, topics)));
                    }
                    Err(RecvError::Closed) => return None,
                }
            }
        });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))))
}
