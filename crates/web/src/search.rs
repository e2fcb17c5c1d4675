//! `/search`: tickets by words and conditions, newest or best first.

use crate::tickets::rows::Row;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::people::{self, User};
use desk::search::{self, SearchOrder};
use desk::tickets::views;
use desk::{TicketId, Tx};
use serde::Deserialize;

/// Tickets that one search shows; a narrower one finds the others.
const FOUND_SHOWN_MAX: usize = 50;
const PEOPLE_SHOWN_MAX: usize = 6;

#[derive(askama::Template)]
#[template(path = "search/show.html")]
struct SearchPage {
    shell: Shell,
    now: i64,
    query: String,
    best: bool,
    rows: Vec<Row>,
    more: bool,
    people: Vec<User>,
    unknown: Vec<String>,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    order: String,
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let page = web.desk.read(actor, move |tx| {
        if let Some(ticket) = number(tx, &asked.q)? {
            return Ok::<_, Problem>(Err(ticket));
        }
        found(tx, asked.q.trim(), asked.order == "best").map(Ok)
    });
    Ok(match page.await? {
        Ok(page) => Html(page).into_response(),
        Err(ticket) => Redirect::to(&format!("/tickets/{ticket}")).into_response(),
    })
}

/// `#48213` and nothing else names one ticket.
fn number(tx: &mut Tx, words: &str) -> Result<Option<TicketId>, db::Error> {
    let Some(Ok(id)) = words.trim().strip_prefix('#').map(str::parse) else { return Ok(None) };
    Ok(views::visible_ticket(tx, TicketId(id))?.map(|ticket| ticket.id))
}

fn found(tx: &mut Tx, words: &str, best: bool) -> Result<SearchPage, Problem> {
    let mut page = SearchPage {
        shell: Shell::load(tx)?,
        now: tx.now(),
        query: words.to_owned(),
        best,
        rows: Vec::new(),
        more: false,
        people: Vec::new(),
        unknown: Vec::new(),
    };
    if words.is_empty() {
        return Ok(page);
    }
    let query = search::parse(tx, words)?;
    let order = if best { SearchOrder::Best } else { SearchOrder::Newest };
    let found = search::search_tickets(tx, &query, order, FOUND_SHOWN_MAX)?;
    page.rows = found.rows.into_iter().map(|row| Row::of(row, "")).collect();
    page.more = found.more;
    if !query.terms.is_empty() {
        let ids = search::search_users(tx, &query.terms.join(" "), PEOPLE_SHOWN_MAX)?;
        page.people = people::list_by_ids(tx, &ids)?;
    }
    page.unknown = query.unknown;
    Ok(page)
}

impl SearchPage {
    fn counted(&self) -> String {
        crate::words::counted(self.rows.len() as i64, "ticket", "tickets")
    }
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::{renders, shell};
    use crate::tickets::rows::samples::{long_row, row, rtl_row};

    fn page(query: &str, rows: Vec<Row>, unknown: Vec<String>) -> SearchPage {
        SearchPage {
            shell: shell(),
            now: 9_000_000,
            query: query.into(),
            best: false,
            rows,
            more: true,
            people: vec![],
            unknown,
        }
    }

    #[test]
    fn a_search_teaches_its_words_shows_rows_and_says_what_it_did_not_understand() {
        assert!(renders(&page("", vec![], vec![])).contains("status:open"));
        assert!(renders(&page("nothing", vec![], vec![])).contains("Nothing holds"));
        let unknown = renders(&page("group:Nobody", vec![], vec!["group:Nobody".into()]));
        assert!(unknown.contains("group:Nobody"));
        let full = renders(&page("\"><script>", vec![row(), long_row(), rtl_row()], vec![]));
        assert_eq!(full.matches("class=\"item\"").count(), 3);
    }
}
