//! One line of a list of tickets.

use desk::TicketId;
use desk::tickets::Status;
use desk::tickets::views::TicketRow;
use std::fmt::{self, Display, Formatter};

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

/// Where a row leads.
pub struct Href {
    id: TicketId,
    view: &'static str,
    latest: bool,
}

impl Display for Href {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "/tickets/{}", self.id)?;
        if !self.view.is_empty() {
            write!(f, "?in={}", self.view)?;
        }
        f.write_str(if self.latest { "#latest" } else { "" })
    }
}

impl Row {
    pub fn of(row: TicketRow, view: &'static str) -> Row {
        Row { row, view, pick: false }
    }

    pub fn to_pick(row: TicketRow, view: &'static str) -> Row {
        Row { pick: true, ..Row::of(row, view) }
    }

    /// A long exchange opens where it ends. It holds a number and a view's key, nothing that HTML knows.
    pub fn href(&self) -> Href {
        Href { id: self.row.id, view: self.view, latest: self.row.comment_count >= LONG_COMMENTS }
    }

    pub fn status(&self) -> &'static str {
        match self.row.status {
            Status::New => "<span class=\"status new\">New</span>",
            Status::Open => "<span class=\"status open\">Open</span>",
            Status::Pending => "<span class=\"status pending\">Pending</span>",
            Status::Hold => "<span class=\"status hold\">Hold</span>",
            Status::Solved => "<span class=\"status solved\">Solved</span>",
            Status::Closed => "<span class=\"status closed\">Closed</span>",
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

    pub(crate) fn row() -> Row {
        let row = TicketRow {
            id: TicketId(1),
            subject: "Charged twice for March".into(),
            snippet: "my card shows two payments".into(),
            status: Status::Open,
            requester: "Marta Reyes".into(),
            assignee: Some("Ana Novak".into()),
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
