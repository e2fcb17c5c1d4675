//! Staying with a mailbox for as long as the desk runs.

use std::time::Duration;

use tokio::sync::watch;

use super::{Connection, ImapAccount, ImapError, ImapState, Sink, Wake};
use crate::smtp::stopping;

/// Pause before the first new try; each further failure doubles it.
const PAUSE_MIN: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// Between two looks at a server that cannot say when something is new.
const POLL_PAUSE: Duration = Duration::from_secs(60);
/// Servers and routers forget quiet connections, so waiting is begun anew this often.
const IDLE_TIMEOUT: Duration = Duration::from_secs(9 * 60);

/// Fetches, waits, fetches again; after trouble it comes back with growing pauses. Returns the last known place when
/// `shutdown` becomes true.
pub async fn follow<S: Sink>(
    account: &ImapAccount,
    mut state: Option<ImapState>,
    sink: &S,
    mut shutdown: watch::Receiver<bool>,
) -> Option<ImapState> {
    let mut pause = PAUSE_MIN;
    loop {
        let ended = tokio::select! {
            ended = stay(account, &mut state, sink, &mut pause) => ended,
            () = stopping(&mut shutdown) => return state,
        };
        let Err(error) = ended else { continue };
        sink.trouble(&error, pause);
        tracing::warn!(%error, "a mailbox cannot be followed now");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stopping(&mut shutdown) => return state,
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

async fn stay<S: Sink>(
    account: &ImapAccount,
    state: &mut Option<ImapState>,
    sink: &S,
    pause: &mut Duration,
) -> Result<(), ImapError> {
    let mut connection = Connection::open(account).await?;
    loop {
        *state = Some(connection.fetch_new(*state, sink).await?);
        *pause = PAUSE_MIN;
        let (back, wake) = connection.idle_once(IDLE_TIMEOUT).await?;
        connection = back;
        if wake == Wake::NotOffered {
            tokio::time::sleep(POLL_PAUSE).await;
        }
    }
}
