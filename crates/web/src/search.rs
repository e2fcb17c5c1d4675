//! `/search`: tickets by words and conditions, newest or best first.

use crate::tickets::rows::Row;
use crate::{Html, Problem, Shell, SignedIn, Web, around};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::people::{self, User};
use desk::search::{self, Depth, SearchOrder};
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
    people: Vec<User>,
    unknown: Vec<String>,
    as_words: Vec<String>,
    found: FoundList,
}

/// What is new is shown at once; the page's script then fetches the list again from the whole past.
#[derive(askama::Template)]
#[template(path = "search/_found.html")]
struct FoundList {
    now: i64,
    query: String,
    best: bool,
    rows: Vec<Row>,
    more: bool,
    deeper: bool,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    order: String,
    /// The whole past, not only what is new.
    all: Option<String>,
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let is_fragment = around::is_fragment() && asked.all.is_some();
    let page = web.desk.read(actor, move |tx| {
        if let Some(ticket) = number(tx, &asked.q)? {
            return Ok::<_, Problem>(Err(ticket));
        }
        page(tx, &asked).map(Ok)
    });
    Ok(match page.await? {
        Ok(page) if is_fragment => Html(page.found).into_response(),
        Ok(page) => Html(page).into_response(),
        Err(ticket) => Redirect::to(&format!("/tickets/{ticket}")).into_response(),
    })
}

/// `#48213` and nothing else names one ticket.
fn number(tx: &mut Tx, words: &str) -> Result<Option<TicketId>, db::Error> {
    let Some(Ok(id)) = words.trim().strip_prefix('#').map(str::parse) else { return Ok(None) };
    Ok(views::visible_ticket(tx, TicketId(id))?.map(|ticket| ticket.id))
}

fn page(tx: &mut Tx, asked: &Asked) -> Result<SearchPage, Problem> {
    let (words, best) = (asked.q.trim(), asked.order == "best");
    let mut list = FoundList {
        now: tx.now(),
        query: words.to_owned(),
        best,
        rows: Vec::new(),
        more: false,
        deeper: false,
    };
    let shell = Shell::load(tx)?;
    if words.is_empty() {
        return Ok(SearchPage {
            shell,
            people: Vec::new(),
            unknown: Vec::new(),
            as_words: Vec::new(),
            found: list,
        });
    }
    let query = search::parse(tx, words)?;
    let order = if best { SearchOrder::Best } else { SearchOrder::Newest };
    let depth = if best || asked.all.is_some() { Depth::Whole } else { Depth::Newest };
    let found = search::search_tickets(tx, &query, order, depth, FOUND_SHOWN_MAX)?;
    list.rows = found.rows.into_iter().map(|row| Row::of(row, "")).collect();
    (list.more, list.deeper) = (found.more, found.deeper);
    let mut people = Vec::new();
    if !query.terms.is_empty() {
        let ids = search::search_users(tx, &query.terms.join(" "), PEOPLE_SHOWN_MAX)?;
        people = people::list_by_ids(tx, &ids)?;
    }
    Ok(SearchPage { shell, people, unknown: query.unknown, as_words: query.as_words, found: list })
}

impl FoundList {
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
        let found =
            FoundList { now: 9_000_000, query: query.into(), best: false, rows, more: true, deeper: false };
        SearchPage { shell: shell(), people: vec![], unknown, as_words: vec![], found }
    }

    #[test]
    fn a_list_of_what_is_new_fetches_the_rest() {
        let mut page = page("refund & more", vec![], vec![]);
        page.found.deeper = true;
        let html = renders(&page);
        assert!(html.contains("/search?q=refund%20%26%20more&amp;all=1"));
        assert!(!html.contains("Nothing holds"));
    }

    #[test]
    fn a_search_teaches_its_words_shows_rows_and_says_what_it_did_not_understand() {
        assert!(renders(&page("", vec![], vec![])).contains("status:open"));
        assert!(renders(&page("nothing", vec![], vec![])).contains("Nothing holds"));
        let unknown = renders(&page("group:Nobody", vec![], vec!["group:Nobody".into()]));
        assert!(unknown.contains("group:Nobody"));
        assert!(!unknown.contains("looked for as words"));
        let no_condition =
            SearchPage { as_words: vec!["from:<ana>".into()], ..page("from:<ana>", vec![], vec![]) };
        let html = renders(&no_condition);
        assert!(
            html.contains("looked for as words: <b>from:&#60;ana&#62;</b>") && html.contains("requester")
        );
        let full = renders(&page("\"><script>", vec![row(), long_row(), rtl_row()], vec![]));
        assert_eq!(full.matches("class=\"item\"").count(), 3);
    }
}
