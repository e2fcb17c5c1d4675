//! Who is here, and what they hold: every statement on presences and capacities.

use super::*;

/// The name under which a person's capacity for written work is kept.
const CHANNEL: &str = "email";

pub(super) fn status(row: &Row<'_>, index: usize) -> Result<PresenceStatus, Error> {
    let word: String = row.get(index)?;
    word.parse().map_err(|_| Error::Corrupt(format!("{word:?} is no presence")))
}

pub(in crate::routing) fn find_status(tx: &mut Tx, user: UserId) -> Result<Option<PresenceStatus>, Error> {
    tx.find("select status from presences where user_id = $1", params![user], |row| status(row, 0))
}

/// Whoever comes online has had nothing new since then.
pub(in crate::routing) fn save_presence(
    tx: &mut Tx,
    user: UserId,
    to: PresenceStatus,
    chosen: Option<AgentStatusId>,
) -> Result<(), Error> {
    let now = tx.now();
    let idle_since = (to == PresenceStatus::Online).then_some(now);
    tx.execute(
        "insert into presences (user_id, status, since, last_seen_at, idle_since, status_id)
         values ($1, $2, $3, $3, $4, $5)
         on conflict (user_id) do update set status = excluded.status, since = excluded.since,
           last_seen_at = excluded.last_seen_at, idle_since = coalesce(excluded.idle_since, presences.idle_since),
           status_id = excluded.status_id",
        params![user, to.as_str(), now, idle_since, chosen],
    )
    .map(|_| ())
}

/// Offline without a word: the last sign of life stays what it was, and tells this from a goodbye.
pub(in crate::routing) fn save_silent(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update presences set status = 'offline', since = $1 where user_id = $2", params![now, user])
        .map(|_| ())
}

pub(in crate::routing) fn only_went_silent(tx: &mut Tx, user: UserId, lost_ms: i64) -> Result<bool, Error> {
    let found = tx.find(
        "select user_id from presences where user_id = $1 and status = 'offline' and since - last_seen_at >= $2",
        params![user, lost_ms],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// Writes nothing if the last sign of life is younger than `every_ms`.
pub(in crate::routing) fn save_seen(tx: &mut Tx, user: UserId, every_ms: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update presences set last_seen_at = $1 where user_id = $2 and last_seen_at < $3",
        params![now, user, now - every_ms],
    )
    .map(|_| ())
}

pub(in crate::routing) fn list_presences(tx: &mut Tx) -> Result<Vec<Presence>, Error> {
    tx.list(
        "select p.user_id, u.name, p.status, p.since, p.last_seen_at, p.last_assigned_at, a.id, a.name
         from presences p cross join users u left join agent_statuses a on a.id = p.status_id
         where u.id = p.user_id and u.deleted_at is null order by u.name, u.id",
        params![],
        |row| {
            let chosen: Option<AgentStatusId> = row.get(6)?;
            let here = status(row, 2)? != PresenceStatus::Offline;
            let chosen = match chosen.filter(|_| here) {
                Some(id) => Some((id, row.get(7)?)),
                None => None,
            };
            Ok(Presence {
                chosen,
                user: row.get(0)?,
                name: row.get(1)?,
                status: status(row, 2)?,
                since: row.get(3)?,
                last_seen_at: row.get(4)?,
                last_assigned_at: row.get(5)?,
            })
        },
    )
}

/// Who is said to be here and was last seen before `silent_since`, or may not work here any more; and whether they had
/// chosen a status of the desk's own.
pub(in crate::routing) fn list_lost(
    tx: &mut Tx,
    silent_since: i64,
) -> Result<Vec<(UserId, PresenceStatus, bool)>, Error> {
    tx.list(
        "select p.user_id, p.status, p.status_id from presences p cross join users u
         where u.id = p.user_id and p.status <> 'offline' and (p.last_seen_at < $1 or u.suspended_at is not null
           or u.deleted_at is not null or u.role not in ('agent', 'lead', 'admin'))
         order by p.user_id",
        params![silent_since],
        |row| Ok((row.get(0)?, status(row, 1)?, row.get::<Option<i64>>(2)?.is_some())),
    )
}

pub(in crate::routing) fn is_active_agent(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    let found = tx.find(
        "select id from users where id = $1 and role in ('agent', 'lead', 'admin') and suspended_at is null
           and deleted_at is null",
        params![user],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

// --- capacities

pub(in crate::routing) fn save_capacity(tx: &mut Tx, user: UserId, limit: Option<i64>) -> Result<(), Error> {
    match limit {
        Some(limit) => tx.execute(
            "insert into capacities (user_id, channel, limit_count) values ($1, $2, $3)
             on conflict (user_id, channel) do update set limit_count = excluded.limit_count",
            params![user, CHANNEL, limit],
        )?,
        None => {
            tx.execute("delete from capacities where user_id = $1 and channel = $2", params![user, CHANNEL])?
        }
    };
    Ok(())
}

// --- people on hand

/// Somebody present, with what they hold.
#[derive(Clone, Debug)]
pub(in crate::routing) struct Hand {
    pub user: UserId,
    pub name: String,
    pub status: PresenceStatus,
    pub since: i64,
    pub idle_since: i64,
    /// Set for this person alone.
    pub limit: Option<i64>,
    /// Written tickets of theirs that need an answer.
    pub load: i64,
    /// Of a status that an admin made up.
    pub status_name: Option<String>,
    /// Messages, chats and calls are offered to them.
    pub takes_live: bool,
}

/// `cross join` keeps SQLite from starting at the customers, of whom there are thousands for each presence.
pub(super) const HAND: &str =
    "select p.user_id, u.name, p.status, p.since, coalesce(p.idle_since, p.since), c.limit_count,
       (select cast(count(*) as bigint) from tickets t
        where t.assignee_id = p.user_id and t.status < 2 and t.deleted_at is null
          and t.channel not in ('message', 'chat', 'voice')),
       a.name, coalesce(a.takes_live, case when p.status = 'online' then 1 else 0 end)
     from presences p cross join users u
       left join agent_statuses a on a.id = p.status_id
       left join capacities c on c.user_id = p.user_id and c.channel = 'email'
     where u.id = p.user_id and p.status <> 'offline' and u.role in ('agent', 'lead', 'admin') and u.suspended_at is null
       and u.deleted_at is null";

pub(super) fn hand(row: &Row<'_>) -> Result<Hand, Error> {
    Ok(Hand {
        user: row.get(0)?,
        name: row.get(1)?,
        status: status(row, 2)?,
        since: row.get(3)?,
        idle_since: row.get(4)?,
        limit: row.get(5)?,
        load: row.get(6)?,
        status_name: row.get(7)?,
        takes_live: row.get(8)?,
    })
}

/// Who is present and may have work of these groups: their members; anybody, for groups without members or none at all.
pub(in crate::routing) fn list_hands(tx: &mut Tx, groups: &[GroupId]) -> Result<Vec<Hand>, Error> {
    let all = |tx: &mut Tx| tx.list(&format!("{HAND} order by p.user_id"), params![], hand);
    if groups.is_empty() {
        return all(tx);
    }
    let sql = format!(
        "{HAND} and exists (select 1 from memberships m where m.group_id in {} and m.user_id = p.user_id)
         order by p.user_id",
        tx.numbers_in(1)
    );
    let members = tx.list(&sql, params![json_numbers(groups.iter().map(|it| it.0))], hand)?;
    if members.is_empty() && !have_members(tx, groups)? { all(tx) } else { Ok(members) }
}

fn have_members(tx: &mut Tx, groups: &[GroupId]) -> Result<bool, Error> {
    let sql = format!("select id from memberships where group_id in {} limit 1", tx.numbers_in(1));
    let groups = json_numbers(groups.iter().map(|it| it.0));
    Ok(tx.find(&sql, params![groups], |row| row.get::<i64>(0))?.is_some())
}

/// `None` if they are not present.
pub(in crate::routing) fn find_hand(tx: &mut Tx, user: UserId) -> Result<Option<Hand>, Error> {
    tx.find(&format!("{HAND} and p.user_id = $1"), params![user], hand)
}

pub(in crate::routing) fn save_given(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update presences set last_assigned_at = $1, idle_since = $1 where user_id = $2",
        params![now, user],
    )
    .map(|_| ())
}
