//! Pages by cursor (`page[size]`, `page[after]`) or by number (`page`, `per_page`).

use crate::call::{Call, Urls};
use crate::problem::Problem;
use desk::Tx;
use desk::people::Seek;
use serde_json::{Map, Value, json};

pub const ROWS_PER_PAGE_MAX: usize = 100;
/// Counting pages reaches this far; cursors reach everywhere.
pub const OFFSET_ROWS_MAX: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// By number, from 1.
    Page(usize),
    First,
    After(String),
    Before(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    pub size: usize,
    pub place: Place,
}

impl Paging {
    pub fn of(call: &Call) -> Result<Paging, Problem> {
        let number = |name: &str| -> Result<Option<usize>, Problem> {
            let wrong = || Problem::BadRequest(format!("{name} is not a positive number"));
            call.query(name).map(|text| text.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)).transpose()
        };
        let after = call.query("page[after]");
        let before = call.query("page[before]");
        let cursor_size = number("page[size]")?;
        if cursor_size.is_some() || after.is_some() || before.is_some() {
            let place = match (after, before) {
                (Some(after), _) => Place::After(after.to_owned()),
                (None, Some(before)) => Place::Before(before.to_owned()),
                (None, None) => Place::First,
            };
            let size = cursor_size.unwrap_or(ROWS_PER_PAGE_MAX).min(ROWS_PER_PAGE_MAX);
            return Ok(Paging { size, place });
        }
        let size = number("per_page")?.unwrap_or(ROWS_PER_PAGE_MAX).min(ROWS_PER_PAGE_MAX);
        let page = number("page")?.unwrap_or(1);
        if (page - 1).saturating_mul(size) >= OFFSET_ROWS_MAX {
            let advice =
                format!("pages by number end at {OFFSET_ROWS_MAX} rows; use page[size] and page[after]");
            return Err(Problem::BadRequest(advice));
        }
        Ok(Paging { size, place: Place::Page(page) })
    }

    /// Rows to skip when pages are counted.
    pub fn offset(&self) -> usize {
        match self.place {
            Place::Page(page) => (page - 1) * self.size,
            _ => 0,
        }
    }

    pub fn is_by_number(&self) -> bool {
        matches!(self.place, Place::Page(_))
    }
}

pub fn wrong_cursor() -> Problem {
    Problem::BadRequest("this cursor was not given out by this list".into())
}

/// Rows of one page, and what else is known of the list.
pub struct Paged<T> {
    pub rows: Vec<T>,
    /// Of the whole list; asked for only when pages are counted.
    pub total: Option<i64>,
    /// More rows in the direction of travel.
    pub more: bool,
    pub first: Option<String>,
    pub last: Option<String>,
}

impl<T> Paged<T> {
    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Paged<U> {
        let Paged { rows, total, more, first, last } = self;
        Paged { rows: rows.into_iter().map(shape).collect(), total, more, first, last }
    }

    /// A page of a list that is wholly at hand, by number or by a cursor that counts rows.
    pub fn of_all(all: Vec<T>, paging: &Paging) -> Result<Paged<T>, Problem> {
        let total = all.len();
        let start = match &paging.place {
            Place::Page(_) => paging.offset(),
            Place::First => 0,
            Place::After(cursor) => cursor.parse().map_err(|_| wrong_cursor())?,
            Place::Before(cursor) => {
                let end: usize = cursor.parse().map_err(|_| wrong_cursor())?;
                end.saturating_sub(paging.size)
            }
        };
        let rows: Vec<T> = all.into_iter().skip(start).take(paging.size).collect();
        let end = start + rows.len();
        let more = if matches!(paging.place, Place::Before(_)) { start > 0 } else { end < total };
        let some = !rows.is_empty();
        let (first, last) = (some.then(|| start.to_string()), some.then(|| end.to_string()));
        Ok(Paged { rows, total: Some(total as i64), more, first, last })
    }
}

/// A page of a list that is ordered by id.
pub fn by_id<T, E>(
    tx: &mut Tx,
    paging: &Paging,
    id: impl Fn(&T) -> i64,
    mut fetch: impl FnMut(&mut Tx, Seek, usize) -> Result<Vec<T>, E>,
    mut count: impl FnMut(&mut Tx) -> Result<i64, E>,
) -> Result<Paged<T>, Problem>
where
    Problem: From<E>,
{
    let number = |cursor: &str| cursor.parse::<i64>().map_err(|_| wrong_cursor());
    let seek = match &paging.place {
        Place::Page(_) => Seek::Offset(paging.offset()),
        Place::First => Seek::First,
        Place::After(cursor) => Seek::After(number(cursor)?),
        Place::Before(cursor) => Seek::Before(number(cursor)?),
    };
    let mut rows = fetch(tx, seek, paging.size + 1)?;
    let more = rows.len() > paging.size;
    match seek {
        Seek::Before(_) if more => drop(rows.remove(0)),
        _ => rows.truncate(paging.size),
    }
    let total = if paging.is_by_number() { Some(count(tx)?) } else { None };
    let (first, last) =
        (rows.first().map(|row| id(row).to_string()), rows.last().map(|row| id(row).to_string()));
    Ok(Paged { rows, total, more, first, last })
}

/// `{ key: rows, … }` with the links to the pages before and after.
pub fn envelope<T: serde::Serialize>(
    call: &Call,
    urls: &Urls,
    paging: &Paging,
    key: &str,
    page: Paged<T>,
) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert(key.into(), json!(page.rows));
    let link = |changes: &[(&str, String)]| {
        let path = call.path.strip_prefix("/api/v2").unwrap_or(&call.path);
        let kept = call.query_without_page();
        let kept = kept.iter().map(|(key, value)| (*key, (*value).to_owned()));
        let all: Vec<(&str, String)> =
            kept.chain(changes.iter().map(|(key, value)| (*key, value.clone()))).collect();
        let query: Vec<String> =
            all.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
        format!("{}?{}", urls.resource(path), query.join("&"))
    };
    match &paging.place {
        Place::Page(number) => {
            let next = page.more.then(|| link(&[("page", (number + 1).to_string())]));
            let previous = (*number > 1).then(|| link(&[("page", (number - 1).to_string())]));
            body.insert("next_page".into(), json!(next));
            body.insert("previous_page".into(), json!(previous));
            body.insert("count".into(), json!(page.total));
        }
        place => {
            let backwards = matches!(place, Place::Before(_));
            let has_next = if backwards { page.last.is_some() } else { page.more };
            let has_previous = if backwards { page.more } else { matches!(place, Place::After(_)) };
            let next = page.last.clone().filter(|_| has_next).map(|it| link(&[("page[after]", it)]));
            let previous =
                page.first.clone().filter(|_| has_previous).map(|it| link(&[("page[before]", it)]));
            body.insert(
                "meta".into(),
                json!({ "has_more": page.more, "after_cursor": page.last, "before_cursor": page.first }),
            );
            body.insert("links".into(), json!({ "next": next, "prev": previous }));
        }
    }
    body
}

/// Percent-encoded for a query string.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(size: usize, place: Place) -> Paged<i32> {
        Paged::of_all((1..=5).collect(), &Paging { size, place }).expect("a good cursor")
    }

    #[test]
    fn cursors_walk_a_whole_list_forwards_and_back() {
        let first = page(2, Place::First);
        assert_eq!((first.rows, first.more), (vec![1, 2], true));
        let second = page(2, Place::After("2".into()));
        assert_eq!((second.rows, second.more, second.first.as_deref()), (vec![3, 4], true, Some("2")));
        let last = page(2, Place::After("4".into()));
        assert_eq!((last.rows, last.more), (vec![5], false));
        let back = page(2, Place::Before("2".into()));
        assert_eq!((back.rows, back.more), (vec![1, 2], false));
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let paging = Paging { size: 2, place: Place::After("x_y".into()) };
        assert!(Paged::of_all(vec![1], &paging).is_err());
    }

    #[test]
    fn links_keep_what_their_query_needs_to_escape() {
        assert_eq!(encoded("page[after]"), "page%5Bafter%5D");
        assert_eq!(encoded("a b&c"), "a%20b%26c");
    }
}
