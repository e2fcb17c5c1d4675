//! Tells listeners of this process what has changed, and remembers for a while when it last told each topic: who has read
//! something asks, once it listens, what changed in between.

use crate::clock::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Topics announced and not yet read by a slow listener; older ones are dropped.
pub const ANNOUNCEMENTS_KEPT_MAX: usize = 4_096;
/// Topics whose last announcement is remembered.
const TOPICS_REMEMBERED_MAX: usize = 4_096;
/// Between reading a page and listening to its topics nobody takes longer.
const REMEMBERED_MS: i64 = 60_000;

#[derive(Clone)]
pub(crate) struct Announcer {
    sender: broadcast::Sender<Arc<str>>,
    last: Arc<Mutex<Last>>,
    clock: Clock,
}

struct Last {
    at: HashMap<Arc<str>, i64>,
    /// What was announced before this moment may have been forgotten, or not heard at all.
    forgotten_at: i64,
}

impl Announcer {
    pub(crate) fn new(clock: Clock) -> Announcer {
        let (sender, _) = broadcast::channel(ANNOUNCEMENTS_KEPT_MAX);
        let last = Last { at: HashMap::new(), forgotten_at: clock() };
        Announcer { sender, last: Arc::new(Mutex::new(last)), clock }
    }

    pub(crate) fn announce(&self, topic: Arc<str>) {
        let now = (self.clock)();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.at.insert(topic.clone(), now);
        if last.at.len() > TOPICS_REMEMBERED_MAX {
            last.forget(now);
        }
        drop(last);
        // Nobody may be listening.
        let _ = self.sender.send(topic);
    }

    /// What other processes announced until now may have been missed: nobody listened to them.
    pub(crate) fn listens_from_now(&self) {
        let now = (self.clock)();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.forgotten_at = last.forgotten_at.max(now);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.sender.subscribe()
    }

    /// Whether `topic` was announced at `since` or later; true as well where that is forgotten.
    pub(crate) fn announced_since(&self, topic: &str, since: i64) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        since < last.forgotten_at || last.at.get(topic).is_some_and(|at| *at >= since)
    }
}

impl Last {
    /// What is long past; if all of it is news, all of it.
    fn forget(&mut self, now: i64) {
        let mut until = now - REMEMBERED_MS;
        if self.at.values().all(|at| *at >= until) {
            until = now + 1;
        }
        self.at.retain(|_, at| *at >= until);
        self.forgotten_at = self.forgotten_at.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Standing;

    #[test]
    fn what_was_announced_after_a_reading_is_told_and_what_was_before_is_not() {
        let clock = Standing::at(1_000);
        let announcer = Announcer::new(clock.clock());
        announcer.announce("queue".into());
        clock.set(2_000);
        let read_at = clock.now();
        assert!(!announcer.announced_since("queue", read_at));
        clock.set(2_001);
        announcer.announce("queue".into());
        assert!(announcer.announced_since("queue", read_at));
        assert!(!announcer.announced_since("ticket:7", read_at));
    }

    #[test]
    fn what_others_announced_while_nobody_listened_counts_as_missed() {
        let clock = Standing::at(1_000);
        let announcer = Announcer::new(clock.clock());
        clock.set(2_000);
        announcer.announce("queue".into());
        assert!(!announcer.announced_since("ticket:7", 1_500));
        clock.set(3_000);
        announcer.listens_from_now();
        assert!(announcer.announced_since("ticket:7", 1_500), "it may have been told meanwhile");
        assert!(announcer.announced_since("ticket:7", 2_999));
        assert!(!announcer.announced_since("ticket:7", 3_000), "from now on everything is heard");
        clock.set(3_500);
        announcer.announce("ticket:7".into());
        assert!(announcer.announced_since("ticket:7", 3_001) && !announcer.announced_since("queue", 3_001));
    }

    #[test]
    fn whoever_read_before_memory_begins_looks_again() {
        let clock = Standing::at(500_000);
        let announcer = Announcer::new(clock.clock());
        assert!(announcer.announced_since("queue", 499_999));
        for minute in 0..3 {
            clock.set(500_000 + minute * REMEMBERED_MS);
            for topic in 0..TOPICS_REMEMBERED_MAX / 2 {
                announcer.announce(format!("ticket:{minute}-{topic}").into());
            }
        }
        let now = clock.now();
        assert!(announcer.announced_since("ticket:never", now - REMEMBERED_MS - 1));
        assert!(!announcer.announced_since("ticket:never", now));
        assert!(announcer.announced_since("ticket:2-5", now));
    }
}
