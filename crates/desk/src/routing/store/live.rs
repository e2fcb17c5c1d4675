//! What the owner of routing reads and writes: its lease, and everybody and everything that it keeps in memory.

use super::*;

// --- the lease

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub holder: String,
    /// Grows with each new holder.
    pub epoch: i64,
    pub until: i64,
    pub watched: Option<Watched>,
}

/// What the owner last saw of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    pub at: i64,
    /// Tickets that wait.
    pub waiting: i64,
    /// People with room who stood beside work that they may have, when it looked. Always 0, or something is wrong.
    pub side_by_side: i64,
}

pub(in crate::routing) fn find_lease(tx: &mut Tx) -> Result<Option<Lease>, Error> {
    tx.find(
        "select holder, epoch, until, watched_at, waiting, side_by_side from routing_lease where id = 1",
        params![],
        |row| {
            let at: Option<i64> = row.get(3)?;
            let watched = match at {
                None => None,
                Some(at) => Some(Watched { at, waiting: row.get(4)?, side_by_side: row.get(5)? }),
            };
            Ok(Lease { holder: row.get(0)?, epoch: row.get(1)?, until: row.get(2)?, watched })
        },
    )
}

/// The new epoch; `None` while somebody else holds it who is not the `former` one, known to be dead.
pub(in crate::routing) fn take_lease(
    tx: &mut Tx,
    holder: &str,
    former: Option<&str>,
    for_ms: i64,
) -> Result<Option<i64>, Error> {
    let now = tx.now();
    let former = former.unwrap_or(holder);
    tx.find(
        "insert into routing_lease (id, holder, epoch, until) values (1, $1, 1, $2)
         on conflict (id) do update set holder = excluded.holder, epoch = routing_lease.epoch + 1,
           until = excluded.until
         where routing_lease.until <= $3 or routing_lease.holder = $1 or routing_lease.holder = $4
         returning epoch",
        params![holder, now + for_ms, now, former],
        |row| row.get(0),
    )
}

/// Keeps the lease a while longer. False if it is somebody else's by now. The row stays locked until the end of the
/// transaction, so that nobody can take it while something is decided by it.
pub(in crate::routing) fn keep_lease(
    tx: &mut Tx,
    holder: &str,
    epoch: i64,
    for_ms: i64,
) -> Result<bool, Error> {
    let until = tx.now() + for_ms;
    let kept = tx.execute(
        "update routing_lease set until = $1 where id = 1 and holder = $2 and epoch = $3",
        params![until, holder, epoch],
    )?;
    Ok(kept == 1)
}

pub(in crate::routing) fn save_watched(tx: &mut Tx, epoch: i64, it: &Watched) -> Result<(), Error> {
    tx.execute(
        "update routing_lease set watched_at = $1, waiting = $2, side_by_side = $3 where id = 1 and epoch = $4",
        params![it.at, it.waiting, it.side_by_side, epoch],
    )
    .map(|_| ())
}

/// Whoever comes next need not wait for its end.
pub(in crate::routing) fn release_lease(tx: &mut Tx, holder: &str, epoch: i64) -> Result<(), Error> {
    tx.execute(
        "update routing_lease set until = 0 where id = 1 and holder = $1 and epoch = $2",
        params![holder, epoch],
    )
    .map(|_| ())
}

// --- people

/// Somebody who may have work, as far as the owner must know.
#[derive(Clone, Debug)]
pub(in crate::routing) struct PersonRow {
    pub user: UserId,
    /// `None`: they never said.
    pub status: Option<PresenceStatus>,
    pub since: i64,
    pub idle_since: i64,
    /// Set for this person alone.
    pub limit: Option<i64>,
    /// Messages, chats and calls are offered to them while they are here.
    pub takes_live: bool,
}

/// Everybody who may have work; of these people only, if some are named.
pub(in crate::routing) fn list_people(tx: &mut Tx, only: Option<&[UserId]>) -> Result<Vec<PersonRow>, Error> {
    let ids = only.map(|users| json_numbers(users.iter().map(|it| it.0)));
    let named = match &ids {
        Some(_) => format!("and u.id in {}", tx.numbers_in(1)),
        None => String::new(),
    };
    let sql = format!(
        "select u.id, p.status, p.since, coalesce(p.idle_since, p.since), c.limit_count,
           case when p.status is null or p.status = 'offline' then 0
             else coalesce(a.takes_live, case when p.status = 'online' then 1 else 0 end) end
         from users u left join presences p on p.user_id = u.id
           left join agent_statuses a on a.id = p.status_id
           left join capacities c on c.user_id = u.id and c.channel = 'email'
         where u.role <> 'end-user' and u.role in ('agent', 'lead', 'admin') and u.suspended_at is null
           and u.deleted_at is null {named} order by u.id"
    );
    let params: Vec<db::Param<'_>> = ids.iter().map(db::ToParam::to_param).collect();
    tx.list(&sql, &params, |row| {
        let said: Option<String> = row.get(1)?;
        Ok(PersonRow {
            user: row.get(0)?,
            status: if said.is_some() { Some(status(row, 1)?) } else { None },
            since: row.get::<Option<i64>>(2)?.unwrap_or_default(),
            idle_since: row.get::<Option<i64>>(3)?.unwrap_or_default(),
            limit: row.get(4)?,
            takes_live: row.get(5)?,
        })
    })
}

pub(in crate::routing) fn list_memberships(
    tx: &mut Tx,
    only: Option<&[UserId]>,
) -> Result<Vec<(GroupId, UserId)>, Error> {
    pairs(tx, "select group_id, user_id from memberships", only)
}

/// What people want to grow in, and what they learn by a plan of coaching.
pub(in crate::routing) fn list_growing(
    tx: &mut Tx,
    only: Option<&[UserId]>,
) -> Result<Vec<(SkillId, UserId)>, Error> {
    let mut all: Vec<(SkillId, UserId)> = pairs(tx, "select skill_id, user_id from interests", only)?;
    let planned = crate::coaching::growing(tx)?;
    all.extend(planned.into_iter().filter(|(_, user)| only.is_none_or(|only| only.contains(user))));
    Ok(all)
}

fn pairs<A: db::FromColumn, B: db::FromColumn>(
    tx: &mut Tx,
    sql: &str,
    only: Option<&[UserId]>,
) -> Result<Vec<(A, B)>, Error> {
    let Some(users) = only else { return tx.list(sql, params![], |row| Ok((row.get(0)?, row.get(1)?))) };
    let sql = format!("{sql} where user_id in {}", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(users.iter().map(|it| it.0))], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(in crate::routing) fn list_names(tx: &mut Tx, users: &[UserId]) -> Result<Vec<(UserId, String)>, Error> {
    let sql = format!("select id, name from users where id in {}", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(users.iter().map(|it| it.0))], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(in crate::routing) fn list_kinds(tx: &mut Tx) -> Result<Vec<(SkillId, SkillKind)>, Error> {
    tx.list("select id, kind from skills", params![], |row| {
        let kind: String = row.get(1)?;
        let kind = kind.parse().map_err(|_| Error::Corrupt(format!("{kind:?} is no kind of skill")))?;
        Ok((row.get(0)?, kind))
    })
}

// --- tickets

/// A ticket that needs an answer: enough to see whether it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routing) struct Standing {
    pub id: TicketId,
    pub version: i64,
    pub routing_version: i64,
}

pub(in crate::routing) fn list_standing(tx: &mut Tx) -> Result<Vec<Standing>, Error> {
    tx.list(
        "select t.id, t.version, t.routing_version from tickets t where t.status < 2 and t.deleted_at is null",
        params![],
        standing,
    )
}

/// The same, of these; they stay as they are until the end of the transaction.
pub(in crate::routing) fn lock_standing(tx: &mut Tx, tickets: &[TicketId]) -> Result<Vec<Standing>, Error> {
    let sql = format!(
        "select t.id, t.version, t.routing_version from tickets t
         where t.id in {} and t.status < 2 and t.deleted_at is null order by t.id{}",
        tx.numbers_in(1),
        tx.for_update()
    );
    tx.list(&sql, params![json_numbers(tickets.iter().map(|it| it.0))], standing)
}

fn standing(row: &Row<'_>) -> Result<Standing, Error> {
    Ok(Standing { id: row.get(0)?, version: row.get(1)?, routing_version: row.get(2)? })
}

/// A ticket that needs an answer, whoever has it.
#[derive(Clone, Debug)]
pub(in crate::routing) struct TicketRow {
    pub ticket: Waiting,
    pub version: i64,
    pub routing_version: i64,
    pub assigned_at: Option<i64>,
    pub requester_updated_at: Option<i64>,
    /// To whom it is offered, and until when.
    pub offer: Option<(UserId, i64)>,
}

pub(in crate::routing) fn list_open(tx: &mut Tx, tickets: &[TicketId]) -> Result<Vec<TicketRow>, Error> {
    let sql = format!(
        "select {WAITING}, t.version, t.routing_version, t.assigned_at, t.requester_updated_at, o.user_id, o.until
         from tickets t left join routing_offers o on o.ticket_id = t.id and o.ended_at is null
         where t.id in {} and t.status < 2 and t.deleted_at is null",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(tickets.iter().map(|it| it.0))], |row| {
        let offered: Option<UserId> = row.get(WAITING_COLUMNS + 4)?;
        let offer = match offered {
            Some(user) => Some((user, row.get(WAITING_COLUMNS + 5)?)),
            None => None,
        };
        Ok(TicketRow {
            offer,
            ticket: waiting(row)?,
            version: row.get(WAITING_COLUMNS)?,
            routing_version: row.get(WAITING_COLUMNS + 1)?,
            assigned_at: row.get(WAITING_COLUMNS + 2)?,
            requester_updated_at: row.get(WAITING_COLUMNS + 3)?,
        })
    })
}

/// Tickets that need an answer and are in these people's hands.
pub(in crate::routing) fn list_in_hands_of(tx: &mut Tx, users: &[UserId]) -> Result<Vec<TicketId>, Error> {
    let sql = format!(
        "select id from tickets where assignee_id in {} and status < 2 and deleted_at is null",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(users.iter().map(|it| it.0))], |row| row.get(0))
}

pub(in crate::routing) fn list_asked(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Requirements>, Error> {
    let sql = format!(
        "select ticket_id, requirements from routing_requirements where ticket_id in {}",
        tx.numbers_in(1)
    );
    let all = tx.list(&sql, params![json_numbers(tickets.iter().map(|it| it.0))], |row| {
        let text: String = row.get(1)?;
        let asked = serde_json::from_str(&text).map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok((row.get(0)?, asked))
    })?;
    Ok(all.into_iter().collect())
}

/// What was last decided about each.
pub(in crate::routing) fn list_last_made(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Made>, Error> {
    let sql = format!(
        "select d.ticket_id, d.decision from routing_decisions d where d.id in
           (select max(l.id) from routing_decisions l where l.ticket_id in {} group by l.ticket_id)",
        tx.numbers_in(1)
    );
    let all = tx.list(&sql, params![json_numbers(tickets.iter().map(|it| it.0))], |row| {
        let text: String = row.get(1)?;
        let made = serde_json::from_str(&text).map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok((row.get(0)?, made))
    })?;
    Ok(all.into_iter().collect())
}

/// Those of these people who are present, with what they hold.
pub(in crate::routing) fn list_hands_of(tx: &mut Tx, users: &[UserId]) -> Result<Vec<Hand>, Error> {
    let sql = format!("{HAND} and p.user_id in {} order by p.user_id", tx.numbers_in(1));
    tx.list(&sql, params![json_numbers(users.iter().map(|it| it.0))], hand)
}

/// What the ticket asks for has changed: what was decided upon it before counts no more.
pub(crate) fn note_change(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    tx.execute("update tickets set routing_version = routing_version + 1 where id = $1", params![ticket])
        .map(|_| ())
}
