//! Keeps the desk's routing going in this process: steps when something is heard or due, off the async workers.

use crate::node::Node;
use desk::Desk;
use desk::routing::Owner;
use jobs::Stop;
use std::time::Duration;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::Instant;

/// After a failure the next try waits so long.
const PAUSE_MS: u64 = 1_000;

/// With a node, what its former process had reserved is taken up at once.
pub async fn run(desk: Desk, node: Option<Node>, stop: Stop) {
    let candidate = || match &node {
        Some(node) => Owner::of_node(desk.db.clone(), &node.name),
        None => Owner::new(desk.db.clone()),
    };
    let mut heard = desk.db.announcements();
    let mut owner = candidate();
    loop {
        // The step hears all of these itself.
        while let Ok(_) | Err(TryRecvError::Lagged(_)) = heard.try_recv() {}
        let stepped = tokio::task::spawn_blocking(move || {
            let outcome = owner.step();
            (owner, outcome)
        });
        let pause_ms = match stepped.await {
            Ok((back, Ok(step))) => {
                owner = back;
                u64::try_from(step.next_at - desk.db.now()).unwrap_or_default()
            }
            Ok((back, Err(error))) => {
                tracing::warn!(%error, "routing was interrupted and begins anew");
                owner = back;
                PAUSE_MS
            }
            Err(error) => {
                tracing::error!(%error, "routing failed and begins anew");
                owner = candidate();
                PAUSE_MS
            }
        };
        let until = Instant::now() + Duration::from_millis(pause_ms);
        let news = async {
            loop {
                match heard.recv().await {
                    Ok(topic) if !Owner::matters(&topic) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            () = stop.stopped() => break,
            () = tokio::time::sleep_until(until) => {}
            () = news => {}
        }
    }
    let released = tokio::task::spawn_blocking(move || owner.release()).await;
    if let Ok(Err(error)) = released {
        tracing::warn!(%error, "routing was not handed over; another process takes it when its lease has ended");
    }
}
