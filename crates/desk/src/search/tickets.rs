//! Tickets and people by words and conditions, newest or best first.

use super::Query;
use crate::tickets::views::{self, TicketRow};
use crate::tickets::{Filter, Order};
use crate::{TicketId, Tx, UserId};
use db::fulltext::{self, Ids};
use db::{Error, params};
use std::collections::HashSet;

/// Matches that a text search looks at; older ones are not found by words this common.
const MATCHES_LOOKED_AT_MAX: usize = 2_000;
/// Matches fetched at a time.
const MATCHES_PER_STEP: usize = 64;
/// Newest matches that "best first" ranks.
const MATCHES_RANKED_MAX: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOrder {
    Newest,
    Best,
}

/// How much of the past a search by words goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What is new, at once: the newest [`NEWEST_LOOKED_AT`] tickets and comments. The last word counts as a beginning
    /// only where nothing holds it as it stands.
    Newest,
    Whole,
}

/// Tickets, and comments, that a quick search goes through …
pub const NEWEST_LOOKED_AT: i64 = 40_000;
/// … and those that it looks at first for several words; only if they hold nothing it goes on.
const NEWEST_LOOKED_AT_FIRST: i64 = 10_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub rows: Vec<TicketRow>,
    /// There were more than were asked for.
    pub more: bool,
    /// Going deeper may find more.
    pub deeper: bool,
}

/// Up to `count_max` tickets that hold all conditions and all words, among those the actor may see.
pub fn search_tickets(
    tx: &mut Tx,
    query: &Query,
    order: SearchOrder,
    depth: Depth,
    count_max: usize,
) -> Result<Found, Error> {
    if !query.unknown.is_empty() {
        return Ok(Found { rows: Vec::new(), more: false, deeper: false });
    }
    if query.is_without_words() {
        let page = views::page(tx, &query.filter, Order::UpdatedNewest, None, count_max)?;
        return Ok(Found { more: page.next.is_some(), rows: page.rows, deeper: false });
    }
    let enough = if order == SearchOrder::Best { MATCHES_RANKED_MAX } else { count_max + 1 };
    let mut rows = matching(tx, query, depth, enough)?;
    match order {
        SearchOrder::Newest => rows.sort_by_key(|row| std::cmp::Reverse((row.updated_at, row.id))),
        SearchOrder::Best => {
            let newest = rows.iter().map(|row| row.updated_at).max().unwrap_or_default();
            rows.sort_by(|a, b| score(b, query, newest).total_cmp(&score(a, query, newest)));
        }
    }
    let more = rows.len() > count_max;
    rows.truncate(count_max);
    Ok(Found { rows, more, deeper: depth == Depth::Newest && !more })
}

/// Walks both indexes from the newest match back until there are enough visible tickets.
fn matching(tx: &mut Tx, query: &Query, depth: Depth, enough: usize) -> Result<Vec<TicketRow>, Error> {
    if depth == Depth::Whole {
        return matching_among(tx, query, None, enough);
    }
    if query.all_terms().len() > 1 {
        let rows = matching_among(tx, query, Some(NEWEST_LOOKED_AT_FIRST), enough)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    matching_among(tx, query, Some(NEWEST_LOOKED_AT), enough)
}

/// Among the newest so many tickets and comments, or among all.
fn matching_among(
    tx: &mut Tx,
    query: &Query,
    newest: Option<i64>,
    enough: usize,
) -> Result<Vec<TicketRow>, Error> {
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    if let [only] = query.terms.as_slice()
        && let Ok(number) = only.parse::<i64>()
    {
        seen.insert(number);
        rows.extend(visible(tx, query, &[number])?);
    }
    let everywhere = query.all_terms();
    for (index, terms) in [("search_tickets", &everywhere), ("search_comments", &query.terms)] {
        if terms.is_empty() {
            continue;
        }
        let mut span = Ids::ALL;
        if let Some(newest) = newest {
            span.below = newest_id(tx, index)? + 1;
            span.from = span.below - newest;
        }
        // Among few, several words cost the same however many are fetched.
        let at_a_time =
            if newest.is_some() && terms.len() > 1 { MATCHES_LOOKED_AT_MAX } else { MATCHES_PER_STEP };
        let mut looked_at = 0;
        let start = rows.len();
        'enough: while looked_at < MATCHES_LOOKED_AT_MAX {
            let ids = match newest {
                Some(_) => fulltext::newest_at_once(tx, index, terms, span, at_a_time)?,
                None => fulltext::newest(tx, index, terms, span, at_a_time)?,
            };
            let Some(last) = ids.last().copied() else { break };
            span.below = last;
            looked_at += ids.len();
            for some in ids.chunks(MATCHES_PER_STEP) {
                let tickets =
                    if index == "search_comments" { tickets_of_comments(tx, some)? } else { some.to_vec() };
                let new: Vec<i64> = tickets.into_iter().filter(|id| seen.insert(*id)).collect();
                rows.extend(visible(tx, query, &new)?);
                if rows.len() - start >= enough {
                    break 'enough;
                }
            }
            if ids.len() < at_a_time {
                break;
            }
        }
    }
    Ok(rows)
}

fn newest_id(tx: &mut Tx, index: &str) -> Result<i64, Error> {
    let table = if index == "search_comments" { "comments" } else { "tickets" };
    let newest: Option<i64> = tx.value(&format!("select max(id) from {table}"), params![])?;
    Ok(newest.unwrap_or_default())
}

fn tickets_of_comments(tx: &mut Tx, comments: &[i64]) -> Result<Vec<i64>, Error> {
    let only_public = if tx.actor().is_staff() { "" } else { "and public = 1" };
    let sql =
        format!("select distinct ticket_id from comments where id in {} {only_public}", tx.numbers_in(1));
    tx.list(&sql, params![json(comments)], |row| row.get(0))
}

fn visible(tx: &mut Tx, query: &Query, ids: &[i64]) -> Result<Vec<TicketRow>, Error> {
    let mut rows = Vec::new();
    for some in ids.chunks(views::PAGE_ROWS_MAX) {
        let among = Some(some.iter().map(|id| TicketId(*id)).collect());
        let filter = Filter { among, ..query.filter.clone() };
        rows.extend(views::page(tx, &filter, Order::UpdatedNewest, None, views::PAGE_ROWS_MAX)?.rows);
    }
    // The index holds more of a ticket than its subject.
    rows.retain(|row| query.subject.is_empty() || hits(row, &query.subject) == query.subject.len());
    Ok(rows)
}

/// How many of these words the subject holds.
fn hits(row: &TicketRow, terms: &[String]) -> usize {
    let subject = ::text::search_terms(&row.subject, None);
    let holds = |term: &String| subject.split(' ').any(|word| word.starts_with(term.as_str()));
    terms.iter().filter(|term| holds(term)).count()
}

/// A word in the subject counts most, then freshness, then work that is still open.
fn score(row: &TicketRow, query: &Query, newest: i64) -> f64 {
    const MONTH_MS: f64 = 30.0 * 86_400_000.0;
    let terms = query.all_terms();
    let age = (newest - row.updated_at).max(0) as f64 / MONTH_MS;
    let open = f64::from(u8::from(row.solved_at.is_none()));
    2.0 * hits(row, &terms) as f64 / terms.len() as f64 + 1.0 / (1.0 + age) + 0.25 * open
}

/// People whose name, address or organization holds all words; ids, newest first.
pub fn search_users(tx: &mut Tx, words: &str, count_max: usize) -> Result<Vec<UserId>, Error> {
    if !tx.actor().is_staff() {
        return Ok(Vec::new());
    }
    let terms = ::text::query_terms(words, None);
    Ok(fulltext::newest(tx, "search_users", &terms, Ids::ALL, count_max)?.into_iter().map(UserId).collect())
}

fn json(ids: &[i64]) -> String {
    crate::tickets::json_numbers(ids.iter().copied())
}
