//! People as screens and answers show them. Staff only; a person may see their own card.

use super::store::{self, USER_COLUMN_COUNT, USER_COLUMNS, user_of};
use super::{PEOPLE_PER_PAGE_MAX, PeopleError, Seek, User, UserFilter};
use crate::tickets::Status;
use crate::{GroupId, OrganizationId, Role, TicketId, Tx, UserId};
use db::params;
use serde::Serialize;

/// Tickets that a card shows.
pub const CARD_TICKETS_MAX: usize = 10;

/// A person at a glance, beside a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonCard {
    pub user: User,
    pub organization: Option<String>,
    pub counts: TicketCounts,
    /// Their newest tickets.
    pub tickets: Vec<CardTicket>,
}

/// Tickets that somebody has asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TicketCounts {
    /// New and open: it is our turn.
    pub open: i64,
    /// Pending and on hold: it is somebody else's turn.
    pub waiting: i64,
    /// Solved and closed.
    pub solved: i64,
}

impl TicketCounts {
    pub fn total(&self) -> i64 {
        self.open + self.waiting + self.solved
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardTicket {
    pub id: TicketId,
    pub subject: String,
    pub status: Status,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What stands about a requester beside their ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requester {
    pub user: User,
    /// All they ever asked for, deleted ones left out.
    pub tickets: i64,
}

pub fn requester(tx: &mut Tx, user: UserId) -> Result<Option<Requester>, PeopleError> {
    if !tx.actor().is_staff() && !tx.actor().is(user) {
        return Err(PeopleError::NotStaff);
    }
    let Some(user) = store::find_user(tx, user)? else { return Ok(None) };
    // Counted from the index alone, without a look at the tickets.
    let tickets = tx.value(
        "select cast(count(*) as bigint) from tickets where requester_id = $1 and deleted_at is null",
        params![user.id],
    )?;
    Ok(Some(Requester { user, tickets }))
}

pub fn person_card(tx: &mut Tx, user: UserId) -> Result<Option<PersonCard>, PeopleError> {
    if !tx.actor().is_staff() && !tx.actor().is(user) {
        return Err(PeopleError::NotStaff);
    }
    let Some(user) = store::find_user(tx, user)? else { return Ok(None) };
    let organization = match user.organization_id {
        Some(organization) => store::find_organization(tx, organization)?.map(|it| it.name),
        None => None,
    };
    let mut counts = TicketCounts::default();
    let by_status = tx.list(
        "select status, count(*) from tickets where requester_id = $1 and deleted_at is null group by status",
        params![user.id],
        |row| Ok((row.get::<Status>(0)?, row.get::<i64>(1)?)),
    )?;
    for (status, count) in by_status {
        match status {
            Status::New | Status::Open => counts.open += count,
            Status::Pending | Status::Hold => counts.waiting += count,
            Status::Solved | Status::Closed => counts.solved += count,
        }
    }
    let tickets = tx.list(
        "select id, subject, status, created_at, updated_at from tickets
         where requester_id = $1 and deleted_at is null order by id desc limit $2",
        params![user.id, CARD_TICKETS_MAX],
        |row| {
            Ok(CardTicket {
                id: row.get(0)?,
                subject: row.get(1)?,
                status: row.get(2)?,
                created_at: row.get(3)?,
                updated_at: row.get(4)?,
            })
        },
    )?;
    Ok(Some(PersonCard { user, organization, counts, tickets }))
}

/// People, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PeoplePage {
    pub people: Vec<PersonRow>,
    /// Give it as `after` to see the next page.
    pub next: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonRow {
    pub user: User,
    pub organization: Option<String>,
    /// Unsolved tickets they have asked for.
    pub unsolved: i64,
}

/// Pages of the index that one page looks through for people of a role.
const INDEX_PAGES_MAX: usize = 20;

/// People whose name or address holds `query` (empty: all), of `role` if given, newest first.
pub fn people_page(
    tx: &mut Tx,
    query: &str,
    role: Option<Role>,
    after: Option<UserId>,
    count_max: usize,
) -> Result<PeoplePage, PeopleError> {
    if !tx.actor().is_staff() {
        return Err(PeopleError::NotStaff);
    }
    let count_max = count_max.clamp(1, PEOPLE_PER_PAGE_MAX);
    let mut ids = match query.trim() {
        "" => {
            let filter = role.map_or_else(UserFilter::default, UserFilter::role);
            let below = Seek::Before(after.map_or(i64::MAX, |id| id.0));
            store::list_users(tx, &filter, below, count_max + 1)?.iter().rev().map(|user| user.id).collect()
        }
        words => matching_ids(tx, words, role, after, count_max + 1)?,
    };
    let more = ids.len() > count_max;
    ids.truncate(count_max);
    let next = ids.last().copied().filter(|_| more);
    Ok(PeoplePage { people: person_rows(tx, &ids)?, next })
}

fn matching_ids(
    tx: &mut Tx,
    words: &str,
    role: Option<Role>,
    after: Option<UserId>,
    count_max: usize,
) -> Result<Vec<UserId>, PeopleError> {
    let mut below = after.map(|id| id.0);
    let mut matching = Vec::new();
    for _ in 0..INDEX_PAGES_MAX {
        let found = store::search_user_ids(tx, words, below, count_max)?;
        let Some(last) = found.last() else { break };
        below = Some(last.0);
        let people = store::list_by_ids(tx, &found)?;
        let wanted = people.iter().rev().filter(|user| role.is_none_or(|role| role == user.role));
        matching.extend(wanted.map(|user| user.id));
        if matching.len() >= count_max || found.len() < count_max {
            break;
        }
    }
    matching.truncate(count_max);
    Ok(matching)
}

fn person_rows(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<PersonRow>, PeopleError> {
    let ids = serde_json::to_string(ids).unwrap_or_else(|_| "[]".into());
    let sql = format!(
        "select {USER_COLUMNS}, o.name,
                (select count(*) from tickets t
                 where t.requester_id = u.id and t.status < {} and t.deleted_at is null)
         from users u left join organizations o on o.id = u.organization_id
         where u.id in {} order by u.id desc",
        Status::Solved as i64,
        tx.numbers_in(1)
    );
    let rows = tx.list(&sql, params![ids], |row| {
        Ok(PersonRow {
            user: user_of(row)?,
            organization: row.get(USER_COLUMN_COUNT)?,
            unsolved: row.get(USER_COLUMN_COUNT + 1)?,
        })
    })?;
    Ok(rows)
}

/// How many people belong to an organization, and how many unsolved tickets are theirs.
pub fn organization_counts(tx: &mut Tx, organization: OrganizationId) -> Result<(i64, i64), PeopleError> {
    if !tx.actor().is_staff() {
        return Err(PeopleError::NotStaff);
    }
    let people = tx.value(
        "select count(*) from users where organization_id = $1 and deleted_at is null",
        params![organization],
    )?;
    let unsolved = tx.value(
        "select count(*) from tickets where organization_id = $1 and status < $2 and deleted_at is null",
        params![organization, Status::Solved],
    )?;
    Ok((people, unsolved))
}

/// Tickets that somebody asked for, works on, and is in copy of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelatedCounts {
    pub requested: i64,
    pub assigned: i64,
    pub copied: i64,
}

pub fn related_counts(tx: &mut Tx, user: UserId) -> Result<RelatedCounts, PeopleError> {
    if !tx.actor().is_staff() {
        return Err(PeopleError::NotStaff);
    }
    let mut count = |condition: &str| {
        let sql = format!("select count(*) from tickets t where t.deleted_at is null and {condition}");
        tx.value(&sql, params![user])
    };
    Ok(RelatedCounts {
        requested: count("t.requester_id = $1")?,
        assigned: count("t.assignee_id = $1")?,
        copied: count(
            "exists (select 1 from ticket_people p where p.ticket_id = t.id and p.user_id = $1 and p.kind = 'cc')",
        )?,
    })
}

/// People changed before `before`, deleted ones too, in the order of their last change, after this change of this person.
pub fn changed_users(
    tx: &mut Tx,
    after: (i64, UserId),
    before: i64,
    count: usize,
) -> Result<Vec<User>, PeopleError> {
    if !tx.actor().is_staff() {
        return Err(PeopleError::NotStaff);
    }
    let sql = format!(
        "select {USER_COLUMNS} from users u where (u.updated_at, u.id) > ($1, $2) and u.updated_at < $3
         order by u.updated_at, u.id limit $4"
    );
    Ok(tx.list(&sql, params![after.0, after.1, before, count], user_of)?)
}

pub(super) fn count_unsolved_tickets_of_group(tx: &mut Tx, group: GroupId) -> Result<i64, db::Error> {
    tx.value(
        "select count(*) from tickets where group_id = $1 and status < $2 and deleted_at is null",
        params![group, Status::Solved],
    )
}
