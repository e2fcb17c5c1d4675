//! One line of a list of tickets.

use desk::tickets::views::TicketRow;

/// From so many letters on, one wants to read the latest first.
const LONG_COMMENTS: i64 = 4;

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub row: TicketRow,
    /// The view it stands in, so that the ticket's page keeps its neighbours.
    pub view: &'static str,
    /// It can be chosen for what is done to several at once.
    pub pick: bool,
}

impl Row {
    pub fn of(row: TicketRow, view: &'static str) -> Row {
        Row { row, view, pick: false }
    }

    pub fn to_pick(row: TicketRow, view: &'static str) -> Row {
        Row { pick: true, ..Row::of(row, view) }
    }

    /// A long exchange opens where it ends.
    pub fn href(&self) -> String {
        let place = if self.row.comment_count >= LONG_COMMENTS { "#latest" } else { "" };
        match self.view {
            "" => format!("/tickets/{}{place}", self.row.id),
            view => format!("/tickets/{}?in={view}{place}", self.row.id),
        }
    }

    /// The customer waits for us.
    pub fn waits(&self) -> bool {
        self.row.waiting_since.is_some()
    }

    pub fn assignee_first(&self) -> &str {
        self.row.assignee.as_deref().and_then(|name| name.split_whitespace().next()).unwrap_or_default()
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use desk::TicketId;
    use desk::tickets::{Channel, Priority, Status, Tags};

    pub(crate) fn row() -> Row {
        let row = TicketRow {
            id: TicketId(1),
            subject: "Charged twice for March".into(),
            snippet: "my card shows two payments".into(),
            status: Status::Open,
            priority: Some(Priority::High),
            channel: Channel::Email,
            requester: "Marta Reyes".into(),
            assignee: Some("Ana Novak".into()),
            group: None,
            tags: Tags::from_words(["refund"]),
            language: Some("en".into()),
            urgency: 1,
            anger: 0,
            comment_count: 2,
            created_at: 1_000_000,
            updated_at: 2_000_000,
            solved_at: None,
            waiting_since: Some(1_000_000),
        };
        Row::of(row, "mine")
    }

    pub(crate) fn long_row() -> Row {
        let mut long = row();
        long.row.id = TicketId(2);
        long.row.subject = "Unbreakable".repeat(27);
        long.row.requester = "Wolfeschlegelsteinhausenbergerdorff ".repeat(7);
        long.row.priority = None;
        long.row.waiting_since = None;
        long
    }

    pub(crate) fn rtl_row() -> Row {
        let mut rtl = row();
        rtl.row.id = TicketId(3);
        rtl.row.subject = "لم تصل الشحنة بعد".into();
        rtl.row.requester = "ليلى حداد".into();
        rtl.row.assignee = None;
        rtl
    }
}
