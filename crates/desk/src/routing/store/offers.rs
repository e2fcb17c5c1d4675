//! Offers: those that stand, those that ended, and what people hold of each channel.

use super::*;
use crate::routing::offers::{Offer, OfferEnd, SetAway};
use crate::routing::views::OfferTold;

/// An offer that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::routing) struct OpenOffer {
    pub id: i64,
    pub ticket: TicketId,
    pub user: UserId,
    pub decision: DecisionId,
    pub until: i64,
}

/// What is noted with a new one.
#[derive(Clone, Debug)]
pub(in crate::routing) struct NewOffer {
    pub cause: Cause,
    pub by_lot: bool,
    pub channel: Channel,
    pub epoch: i64,
    pub until: i64,
}

fn open_offer(row: &Row<'_>) -> Result<OpenOffer, Error> {
    Ok(OpenOffer {
        id: row.get(0)?,
        ticket: row.get(1)?,
        user: row.get(2)?,
        decision: row.get(3)?,
        until: row.get(4)?,
    })
}

pub(in crate::routing) fn find_open(tx: &mut Tx, ticket: TicketId) -> Result<Option<OpenOffer>, Error> {
    tx.find(
        "select id, ticket_id, user_id, decision_id, until from routing_offers
         where ticket_id = $1 and ended_at is null",
        params![ticket],
        open_offer,
    )
}

pub(in crate::routing) fn insert_offer(
    tx: &mut Tx,
    ticket: TicketId,
    to: UserId,
    decision: DecisionId,
    new: &NewOffer,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into routing_offers (ticket_id, user_id, decision_id, channel, epoch, offered_at, until)
         values ($1, $2, $3, $4, $5, $6, $7)",
        params![ticket, to, decision, new.channel.as_str(), new.epoch, now, new.until],
    )
    .map(|_| ())
}

pub(in crate::routing) fn end_offer(tx: &mut Tx, offer: i64, how: OfferEnd) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update routing_offers set ended = $1, ended_at = $2 where id = $3 and ended_at is null",
        params![how.name(), now, offer],
    )
    .map(|_| ())
}

/// How many of their last offers ran out, one after the other, since they last said that they are here.
pub(in crate::routing) fn count_missed_in_a_row(
    tx: &mut Tx,
    user: UserId,
    count_max: i64,
) -> Result<i64, Error> {
    let last = tx.list(
        "select o.ended from routing_offers o
         where o.user_id = $1 and o.ended in ('accepted', 'declined', 'timed_out')
           and o.offered_at >= coalesce((select p.since from presences p where p.user_id = $1), 0)
         order by o.id desc limit $2",
        params![user, count_max],
        |row| row.get::<String>(0),
    )?;
    Ok(last.iter().take_while(|it| *it == OfferEnd::TimedOut.name()).count() as i64)
}

pub(in crate::routing) fn save_set_away(tx: &mut Tx, offer: i64, missed: i64) -> Result<(), Error> {
    tx.execute("update routing_offers set set_away_after = $1 where id = $2", params![missed, offer])
        .map(|_| ())
}

/// What they said last of themselves is what was said for them when this offer ended.
pub(in crate::routing) fn find_set_away(tx: &mut Tx, user: UserId) -> Result<Option<SetAway>, Error> {
    tx.find(
        "select o.ticket_id, o.ended_at, o.set_away_after from routing_offers o join presences p on p.user_id = o.user_id
         where o.user_id = $1 and o.set_away_after is not null and p.status = 'away' and p.since = o.ended_at
         order by o.id desc limit 1",
        params![user],
        |row| Ok(SetAway { ticket: row.get(0)?, at: row.get(1)?, missed: row.get(2)? }),
    )
}

/// Those of these people who have work of one of these channels in hand, or are offered some.
pub(in crate::routing) fn list_with_any_of(
    tx: &mut Tx,
    users: &[UserId],
    channels: &[Channel],
) -> Result<Vec<UserId>, Error> {
    if channels.is_empty() || users.is_empty() {
        return Ok(Vec::new());
    }
    let words: Vec<String> = channels.iter().map(|it| format!("'{}'", it.as_str())).collect();
    let (users_in, words) = (tx.numbers_in(1), words.join(", "));
    let users = json_numbers(users.iter().map(|it| it.0));
    tx.list(
        &format!(
            "select t.assignee_id from tickets t
             where t.assignee_id in {users_in} and t.channel in ({words}) and t.status < 2 and t.deleted_at is null
             union
             select o.user_id from routing_offers o
             where o.user_id in {users_in} and o.channel in ({words}) and o.ended_at is null"
        ),
        params![users],
        |row| row.get(0),
    )
}

/// The oldest first; only of work that nobody has.
pub(in crate::routing) fn list_offers_to(
    tx: &mut Tx,
    user: UserId,
    count_max: usize,
) -> Result<Vec<Offer>, Error> {
    tx.list(
        "select o.ticket_id, o.user_id, o.decision_id, o.channel, t.subject, u.name, o.offered_at, o.until
         from routing_offers o cross join tickets t cross join users u
         where o.user_id = $1 and o.ended_at is null and t.id = o.ticket_id and u.id = t.requester_id
           and t.assignee_id is null and t.status < 2 and t.deleted_at is null order by o.id limit $2",
        params![user, count_max],
        |row| {
            let channel: String = row.get(3)?;
            Ok(Offer {
                ticket: row.get(0)?,
                user: row.get(1)?,
                decision: row.get(2)?,
                channel: channel.parse().map_err(|_| Error::Corrupt(format!("{channel:?} is no channel")))?,
                subject: row.get(4)?,
                requester_name: row.get(5)?,
                offered_at: row.get(6)?,
                until: row.get(7)?,
            })
        },
    )
}

/// Those of work that somebody has, or that needs no answer.
pub(in crate::routing) fn list_overtaken(tx: &mut Tx) -> Result<Vec<OpenOffer>, Error> {
    tx.list(
        "select o.id, o.ticket_id, o.user_id, o.decision_id, o.until
         from routing_offers o left join tickets t on t.id = o.ticket_id
         where o.ended_at is null
           and (t.id is null or t.assignee_id is not null or t.status >= 2 or t.deleted_at is not null)",
        params![],
        open_offer,
    )
}

/// Who let each of these pass since its customer began to wait, with the moment; the oldest first.
pub(in crate::routing) fn list_passed(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Vec<(UserId, i64)>>, Error> {
    let sql = format!(
        "select o.ticket_id, o.user_id, o.ended_at from routing_offers o join tickets t on t.id = o.ticket_id
         where o.ticket_id in {} and o.ended in ('declined', 'timed_out')
           and o.offered_at >= coalesce(t.waiting_since, t.created_at) order by o.id",
        tx.numbers_in(1)
    );
    let mut passed: HashMap<TicketId, Vec<(UserId, i64)>> = HashMap::new();
    tx.each(&sql, params![json_numbers(tickets.iter().map(|it| it.0))], |row| {
        passed.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        Ok(true)
    })?;
    Ok(passed)
}

/// How the offers ended that these decisions made.
pub(in crate::routing) fn list_ends(
    tx: &mut Tx,
    decisions: &[i64],
) -> Result<HashMap<i64, OfferTold>, Error> {
    let sql = format!(
        "select decision_id, ended, coalesce(ended_at, until), set_away_after from routing_offers
         where decision_id in {}",
        tx.numbers_in(1)
    );
    let all = tx.list(&sql, params![json_numbers(decisions.iter().copied())], |row| {
        let ended: Option<String> = row.get(1)?;
        let ended = ended.as_deref().and_then(OfferEnd::parse);
        Ok((row.get(0)?, OfferTold { ended, at: row.get(2)?, set_away_after: row.get(3)? }))
    })?;
    Ok(all.into_iter().collect())
}

/// By channel: what each of these people has in hand, and what they are offered beside it.
pub(in crate::routing) fn list_held_by_channel(
    tx: &mut Tx,
    users: &[UserId],
) -> Result<HashMap<UserId, [i64; Channel::ALL.len()]>, Error> {
    let sql = format!(
        "select t.assignee_id, t.channel, cast(count(*) as bigint) from tickets t
         where t.assignee_id in {} and t.status < 2 and t.deleted_at is null group by t.assignee_id, t.channel",
        tx.numbers_in(1)
    );
    let users = json_numbers(users.iter().map(|it| it.0));
    let mut held: HashMap<UserId, [i64; Channel::ALL.len()]> = HashMap::new();
    tx.each(&sql, params![users], |row| {
        let count: i64 = row.get(2)?;
        held.entry(row.get(0)?).or_default()[channel_of(row.get(1)?) as usize] += count;
        Ok(true)
    })?;
    let sql = format!(
        "select o.user_id, o.channel from routing_offers o where o.user_id in {} and o.ended_at is null",
        tx.numbers_in(1)
    );
    tx.each(&sql, params![users], |row| {
        let channel: String = row.get(1)?;
        let channel: Channel =
            channel.parse().map_err(|_| Error::Corrupt(format!("{channel:?} is no channel")))?;
        held.entry(row.get(0)?).or_default()[channel as usize] += 1;
        Ok(true)
    })?;
    Ok(held)
}
