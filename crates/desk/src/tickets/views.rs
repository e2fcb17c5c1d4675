//! Tickets shaped for one screen or one API answer.

use super::filter::{Value, Where};
use super::*;
use db::{Error, Row, params};

/// Rows that one page may ask for.
pub const PAGE_ROWS_MAX: usize = 100;

/// One line of a list: what a line shows, and no more, for it is read fifty at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketRow {
    pub id: TicketId,
    pub subject: String,
    pub snippet: String,
    pub status: Status,
    pub requester: String,
    pub assignee: Option<String>,
    pub comment_count: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub solved_at: Option<i64>,
    pub waiting_since: Option<i64>,
}

/// Where a page ends and the next begins: the order's value and the id of the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub value: i64,
    pub id: TicketId,
}

impl Cursor {
    pub fn to_text(self) -> String {
        format!("{}_{}", self.value, self.id)
    }

    pub fn parse(text: &str) -> Option<Cursor> {
        let (value, id) = text.split_once('_')?;
        Some(Cursor { value: value.parse().ok()?, id: id.parse().ok()? })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
}

/// A page of list rows.
pub fn page(
    tx: &mut Tx,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
    count_max: usize,
) -> Result<Page<TicketRow>, Error> {
    let count_max = count_max.clamp(1, PAGE_ROWS_MAX);
    let (column, _) = order.column();
    let (conditions, tail) = paged(tx, filter, order, after, count_max);
    let sql = format!(
        "select t.id, t.subject, t.snippet, t.status, r.name, a.name, t.comment_count, t.created_at, t.updated_at,
           t.solved_at, t.waiting_since, {column}
         from tickets t join users r on r.id = t.requester_id left join users a on a.id = t.assignee_id
         {} {tail}",
        conditions.sql()
    );
    let mut values = Vec::with_capacity(count_max + 1);
    let rows = tx.list(&sql, &conditions.params(), |row| {
        values.push(row.get::<Option<i64>>(11)?.unwrap_or_default());
        Ok(TicketRow {
            id: row.get(0)?,
            subject: row.get(1)?,
            snippet: row.get(2)?,
            status: row.get(3)?,
            requester: row.get(4)?,
            assignee: row.get(5)?,
            comment_count: row.get(6)?,
            created_at: row.get(7)?,
            updated_at: row.get(8)?,
            solved_at: row.get(9)?,
            waiting_since: row.get(10)?,
        })
    })?;
    Ok(cut(rows, count_max, |i, row| Cursor { value: values[i], id: row.id }))
}

/// A page of whole tickets, for the API.
pub fn ticket_list(
    tx: &mut Tx,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
    count_max: usize,
) -> Result<Page<Ticket>, Error> {
    let (conditions, tail) = paged(tx, filter, order, after, count_max);
    let rest = format!("t {} {tail}", conditions.sql());
    let rows = store::list_tickets(tx, &rest, &conditions.params())?;
    Ok(cut(rows, count_max, |_, it| Cursor {
        value: match order {
            Order::UpdatedNewest | Order::UpdatedOldest => it.updated_at,
            Order::SolvedNewest => it.solved_at.unwrap_or_default(),
            Order::WaitingLongest => it.waiting_since.unwrap_or(9_000_000_000_000_000),
            Order::CreatedNewest | Order::CreatedOldest | Order::IdAscending => it.id.0,
        },
        id: it.id,
    }))
}

/// Whole tickets by page number, for clients that count pages.
pub fn ticket_list_at(
    tx: &mut Tx,
    filter: &Filter,
    order: Order,
    offset: usize,
    count_max: usize,
) -> Result<Vec<Ticket>, Error> {
    let (mut conditions, tail) = paged(tx, filter, order, None, count_max);
    let n = conditions.push(Value::Int(offset as i64));
    let rest = format!("t {} {tail} offset ${n}", conditions.sql());
    let mut rows = store::list_tickets(tx, &rest, &conditions.params())?;
    rows.truncate(count_max);
    Ok(rows)
}

/// How many tickets a filter holds; agrees with the rows.
pub fn count(tx: &mut Tx, filter: &Filter) -> Result<i64, Error> {
    let conditions = filter.conditions(tx);
    tx.value(&format!("select count(*) from tickets t {}", conditions.sql()), &conditions.params())
}

/// Counting stops here in lists that only show "500+": nobody reads further, and each row costs.
pub const COUNT_SHOWN_MAX: i64 = 500;

/// Counting stops here for a number beside a link, which only shows "99+".
pub const BADGE_COUNT_MAX: i64 = 100;

/// Like [`count`], but looks at no more than [`COUNT_SHOWN_MAX`] rows.
pub fn count_for_show(tx: &mut Tx, filter: &Filter) -> Result<i64, Error> {
    count_up_to(tx, filter, COUNT_SHOWN_MAX)
}

/// Like [`count`], but looks at no more than [`BADGE_COUNT_MAX`] rows.
pub fn count_for_badge(tx: &mut Tx, filter: &Filter) -> Result<i64, Error> {
    count_up_to(tx, filter, BADGE_COUNT_MAX)
}

/// First whether there is a row at that place: where there are many, passing over them is half the work of counting them.
fn count_up_to(tx: &mut Tx, filter: &Filter, rows_max: i64) -> Result<i64, Error> {
    let all = filter.conditions(tx);
    let counted = format!("select count(*) from tickets t {}", all.sql());
    let mut conditions = filter.conditions(tx);
    let n = conditions.push(Value::Int(rows_max - 1));
    let last = format!("select 1 from tickets t {} limit 1 offset ${n}", conditions.sql());
    let has_last: Option<i64> = tx.find(&last, &conditions.params(), |row| row.get(0))?;
    if has_last.is_some() {
        return Ok(rows_max);
    }
    tx.value(&counted, &all.params())
}

fn paged(
    tx: &mut Tx,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
    count_max: usize,
) -> (Where, String) {
    let mut conditions = filter.conditions(tx);
    let (column, backwards) = order.column();
    let (than, way) = if backwards { ("<", "desc") } else { (">", "asc") };
    if let Some(Cursor { value, id }) = after {
        let v = conditions.push(Value::Int(value));
        let i = conditions.push(Value::Int(id.0));
        conditions.and_plain(&format!("({column}, t.id) {than} (${v}, ${i})"));
    }
    let n = conditions.push(Value::Int(count_max as i64 + 1));
    let by_id = if column == "t.id" { String::new() } else { format!(", t.id {way}") };
    (conditions, format!("order by {column} {way}{by_id} limit ${n}"))
}

fn cut<T>(mut rows: Vec<T>, count_max: usize, cursor: impl Fn(usize, &T) -> Cursor) -> Page<T> {
    let more = rows.len() > count_max;
    rows.truncate(count_max);
    let next = rows.last().filter(|_| more).map(|row| cursor(rows.len() - 1, row));
    Page { rows, next }
}

/// A person as they appear on a letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Author {
    pub id: UserId,
    pub name: String,
    pub email: Option<String>,
    pub role: Role,
}

/// Everything said on a ticket, with who said it and what they attached.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub comment: Comment,
    /// `None`: the desk itself.
    pub author: Option<Author>,
    pub attachments: Vec<Attachment>,
}

/// What the ticket's page shows of the ticket itself; other modules add what they know.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketPage {
    pub ticket: Ticket,
    pub letters: Vec<Letter>,
    pub audits: Vec<Audit>,
    pub requester: Author,
    pub assignee: Option<Author>,
    pub group: Option<String>,
    pub organization: Option<String>,
    pub ccs: Vec<Author>,
    /// The tickets that live on in this one; their letters stand among its own. Staff only.
    pub merged: Vec<Ticket>,
    /// The requester's other tickets, newest first.
    pub others: Vec<OtherTicket>,
    pub draft: Option<Draft>,
}

/// Another ticket of the same requester.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherTicket {
    pub id: TicketId,
    pub subject: String,
    pub status: Status,
    pub updated_at: i64,
}

/// Audits that one ticket page shows.
const AUDITS_SHOWN_MAX: usize = 300;
const OTHERS_SHOWN_MAX: usize = 6;

/// `None` when there is no such ticket, or none that the actor may see.
pub fn ticket_page(tx: &mut Tx, id: TicketId) -> Result<Option<TicketPage>, Error> {
    let Some(ticket) = visible_ticket(tx, id)? else { return Ok(None) };
    let staff = tx.actor().is_staff();
    let merged = if staff { merged_tickets(tx, id)? } else { Vec::new() };
    let mut comments = comments_of(tx, id)?;
    let mut files = attachments_of_ticket(tx, id)?;
    for other in &merged {
        comments.extend(comments_of(tx, other.id)?);
        files.extend(attachments_of_ticket(tx, other.id)?);
    }
    if !merged.is_empty() {
        comments.sort_by_key(|comment| (comment.created_at, comment.id));
    }
    let ccs = ccs_of(tx, id)?;
    let mut people: Vec<UserId> =
        comments.iter().map(|comment| comment.author).chain(ccs.iter().copied()).collect();
    people.push(ticket.requester);
    people.extend(ticket.assignee);
    let authors = authors(tx, &people)?;
    let author = |id: UserId| authors.iter().find(|author| author.id == id).cloned();
    let letters = comments
        .into_iter()
        .map(|comment| Letter {
            author: author(comment.author),
            attachments: files.iter().filter(|file| file.comment == Some(comment.id)).cloned().collect(),
            comment,
        })
        .collect();
    let names: (Option<String>, Option<String>) = tx.one(
        "select (select name from groups where id = $1), (select name from organizations where id = $2)",
        params![ticket.group, ticket.organization],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let audits = if staff { audits_of(tx, id, None, AUDITS_SHOWN_MAX)? } else { Vec::new() };
    let others = others(tx, &ticket)?;
    Ok(Some(TicketPage {
        letters,
        audits,
        requester: author(ticket.requester).ok_or(Error::NoRow)?,
        assignee: ticket.assignee.and_then(author),
        group: names.0,
        organization: names.1,
        ccs: ccs.into_iter().filter_map(author).collect(),
        merged,
        others,
        draft: draft_of(tx, id)?,
        ticket,
    }))
}

/// Whoever may see this ticket may see these: staff see all, a customer their own.
fn others(tx: &mut Tx, ticket: &Ticket) -> Result<Vec<OtherTicket>, Error> {
    let actor = *tx.actor();
    if !actor.is_staff() && !actor.is(ticket.requester) {
        return Ok(Vec::new());
    }
    tx.list(
        "select id, subject, status, updated_at from tickets
         where requester_id = $1 and id <> $2 and deleted_at is null order by id desc limit $3",
        params![ticket.requester, ticket.id, OTHERS_SHOWN_MAX],
        |row| {
            Ok(OtherTicket {
                id: row.get(0)?,
                subject: row.get(1)?,
                status: row.get(2)?,
                updated_at: row.get(3)?,
            })
        },
    )
}

/// The ticket, if it exists and the actor may see it.
pub fn visible_ticket(tx: &mut Tx, id: TicketId) -> Result<Option<Ticket>, Error> {
    let Some(ticket) = find_ticket(tx, id)? else { return Ok(None) };
    let actor = *tx.actor();
    if actor.is_staff() || actor.is(ticket.requester) {
        return Ok(Some(ticket));
    }
    let ccs = ccs_of(tx, id)?;
    let is_cc = actor.user().is_some_and(|user| ccs.contains(&user));
    Ok(Some(ticket).filter(|ticket| ticket.is_visible_to(actor, is_cc)))
}

fn authors(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<Author>, Error> {
    let sql = format!("select id, name, email, role from users where id in {}", tx.numbers_in(1));
    let json = store::json_numbers(ids.iter().map(|id| id.0));
    tx.list(&sql, params![json], |row: &Row<'_>| {
        Ok(Author { id: row.get(0)?, name: row.get(1)?, email: row.get(2)?, role: row.get(3)? })
    })
}

/// The lists that every desk starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub key: &'static str,
    pub title: &'static str,
    pub filter: Filter,
    pub order: Order,
}

/// The default views as this actor sees them.
pub fn default_views(actor: Actor) -> Vec<View> {
    let unsolved = || Filter { unsolved: true, ..Filter::default() };
    vec![
        View {
            key: "mine",
            title: "My open",
            filter: Filter { assignee: Some(actor.user().unwrap_or(UserId(0))), ..unsolved() },
            order: Order::UpdatedOldest,
        },
        View {
            key: "unassigned",
            title: "Unassigned",
            filter: Filter { unassigned: true, ..unsolved() },
            order: Order::UpdatedOldest,
        },
        View { key: "open", title: "All open", filter: unsolved(), order: Order::UpdatedNewest },
        View {
            key: "solved",
            title: "Recently solved",
            filter: Filter { status: vec![Status::Solved], ..Filter::default() },
            order: Order::SolvedNewest,
        },
    ]
}
