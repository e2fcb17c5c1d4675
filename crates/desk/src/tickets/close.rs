//! Solved closes after the days that the desk has set.

use super::*;

/// Tickets closed by one run of the job; the rest follows in the next minute.
const CLOSED_PER_RUN_MAX: usize = 200;
const DAY_MS: i64 = 86_400_000;

pub fn close_solved(tx: &mut Tx) -> Result<(), UpdateError> {
    let days = settings::company(tx)?.close_after_days;
    let before = tx.now() - days * DAY_MS;
    let due = store::list_tickets(
        tx,
        "where status = 4 and deleted_at is null and solved_at <= $1 order by solved_at limit $2",
        db::params![before, CLOSED_PER_RUN_MAX],
    )?;
    for ticket in due {
        let close = UpdateTicket {
            status: Some(Status::Closed),
            channel: Channel::System,
            ..UpdateTicket::of(ticket.id)
        };
        update(tx, &close)?;
    }
    Ok(())
}
