//! `/tickets/undo`: takes back the solving of tickets. What they were before travels in the address.

use crate::{Problem, Said, SignedIn, Web};
use axum::extract::{Query, State};
use axum::response::Response;
use desk::TicketId;
use desk::tickets::{self, Status, UpdateTicket};
use serde::Deserialize;

/// Tickets that one undo brings back.
pub const UNDONE_AT_ONCE_MAX: usize = 100;

#[derive(Deserialize)]
pub struct Before {
    /// `12:open,13:pending`
    #[serde(default)]
    was: String,
}

/// Says that tickets were solved, with the way back to what they were.
pub fn solved(before: &[(TicketId, Status)]) -> Said {
    let was: Vec<String> = before.iter().map(|(id, status)| format!("{id}:{status}")).collect();
    let words = match before {
        [_] => "Solved.".to_owned(),
        several => format!("{} solved.", crate::words::counted(several.len() as i64, "ticket", "tickets")),
    };
    Said::new(words).with_undo(format!("/tickets/undo?was={}", was.join(",")))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(before): Query<Before>,
) -> Result<Response, Problem> {
    let all = parse(&before.was).ok_or_else(|| Problem::invalid("This cannot be taken back any more."))?;
    let page = match all.as_slice() {
        [(only, _)] => format!("/tickets/{only}"),
        _ => "/views/mine".to_owned(),
    };
    web.desk
        .write(actor, move |tx| {
            for (id, status) in &all {
                // A ticket is new only once.
                let status = (*status).max(Status::Open);
                tickets::update(tx, &UpdateTicket { status: Some(status), ..UpdateTicket::of(*id) })?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(Said::new("Taken back.").then(&page))
}

fn parse(was: &str) -> Option<Vec<(TicketId, Status)>> {
    let one = |part: &str| {
        let (id, status) = part.split_once(':')?;
        Some((id.parse().ok()?, Status::parse(status)?))
    };
    let all: Vec<_> = was.split(',').map(one).collect::<Option<_>>()?;
    (all.len() <= UNDONE_AT_ONCE_MAX).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_reads_what_was_written() {
        let before = [(TicketId(12), Status::Open), (TicketId(13), Status::Pending)];
        let said = solved(&before);
        let address = said.undo.unwrap();
        assert_eq!(parse(address.strip_prefix("/tickets/undo?was=").unwrap()), Some(before.to_vec()));
        assert_eq!(said.text, "2 tickets solved.");
        assert_eq!(parse("12:gone"), None);
    }
}
