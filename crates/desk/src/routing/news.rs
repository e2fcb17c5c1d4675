//! What the owner of routing has heard of: only that something changed; what it is now, the database says.

use crate::{TicketId, UserId};
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub(super) struct News {
    pub tickets: BTreeSet<TicketId>,
    /// Their presence, capacity, groups, wishes, or whether they may work here.
    pub people: BTreeSet<UserId>,
    /// What is believed of them.
    pub beliefs: BTreeSet<UserId>,
    /// Anything may have changed: compare everything.
    pub look: bool,
    /// How the engine is made may have changed.
    pub settings: bool,
    /// It has: make a new one.
    pub skills: bool,
}

impl News {
    /// A topic that a committed transaction announced.
    pub fn hear(&mut self, topic: &str) {
        let (of, id) = topic.split_once(':').unwrap_or((topic, ""));
        let id: Option<i64> = id.parse().ok();
        match (of, id) {
            ("ticket", Some(id)) => _ = self.tickets.insert(TicketId(id)),
            ("user", Some(id)) => _ = self.people.insert(UserId(id)),
            ("belief", Some(id)) => _ = self.beliefs.insert(UserId(id)),
            ("group", _) => self.look = true,
            ("settings" | "desk" | "routing_queue", _) => self.settings = true,
            ("skill", Some(_)) => self.skills = true,
            _ => {}
        }
    }

    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
            && self.people.is_empty()
            && self.beliefs.is_empty()
            && !(self.look || self.settings || self.skills)
    }

    /// Whether a topic is worth waking up for.
    pub fn matters(topic: &str) -> bool {
        let mut news = News::default();
        news.hear(topic);
        !news.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_say_what_to_look_at() {
        let mut news = News::default();
        for topic in ["ticket:12", "user:3", "belief:3", "queue", "ticket:new", "viewers:12", "jobs:inside"] {
            news.hear(topic);
        }
        assert_eq!(news.tickets, BTreeSet::from([TicketId(12)]));
        assert_eq!((news.people.len(), news.beliefs.len(), news.look), (1, 1, false));
        assert!(News::matters("settings") && News::matters("skill:4") && !News::matters("presence"));
    }
}
