//! What an act leaves behind: the lines of its audit, and its events.

use super::Speech;
use crate::Tx;
use crate::events::{self, Event};
use crate::tickets::audit::Draftsman;
use crate::tickets::{Channel, Status, Ticket};

pub(in crate::tickets) fn difference(before: &Ticket, after: &Ticket, audit: &mut Draftsman) {
    macro_rules! compare {
        ($($field:ident as $name:literal),+ $(,)?) => { $(
            if before.$field != after.$field {
                audit.changed($name, &before.$field, &after.$field);
            }
        )+ };
    }
    compare! {
        subject as "subject", status as "status", priority as "priority", kind as "type", requester as "requester_id",
        assignee as "assignee_id", group as "group_id", tags as "tags", external_id as "external_id", due_at as "due_at",
        problem as "problem_id", merged_into as "merged_into",
    }
}

pub(in crate::tickets) fn record(
    tx: &mut Tx,
    before: &Ticket,
    after: &Ticket,
    other_ccs: bool,
    channel: Channel,
    speech: Option<&Speech>,
) -> Result<(), db::Error> {
    let ticket = after.id;
    crate::routing::note_end(tx, before, after)?;
    if let Some(&Speech { comment, author, public, by_staff }) = speech {
        events::record(tx, &Event::CommentAdded { ticket, comment, author, public, by_staff, channel })?;
    }
    if before.assignee != after.assignee {
        events::record(tx, &Event::TicketAssigned { ticket, from: before.assignee, to: after.assignee })?;
    }
    if before.group != after.group {
        events::record(tx, &Event::GroupSet { ticket, from: before.group, to: after.group })?;
    }
    if before.status != after.status {
        let (from, to) = (before.status, after.status);
        events::record(tx, &Event::StatusChanged { ticket, from, to, assignee: after.assignee })?;
        if from >= Status::Solved && to < Status::Solved {
            events::record(tx, &Event::TicketReopened { ticket, assignee: after.assignee })?;
        }
    }
    let mut fields = Vec::new();
    macro_rules! note {
        ($($field:ident),+) => { $( if before.$field != after.$field { fields.push(stringify!($field).to_owned()); } )+ };
    }
    note!(subject, priority, kind, requester, tags, external_id, due_at, problem, merged_into);
    if other_ccs {
        fields.push("ccs".to_owned());
    }
    if !fields.is_empty() {
        events::record(tx, &Event::TicketChanged { ticket, fields })?;
    }
    Ok(())
}
