//! `/views/{key}`: lists of tickets that agree with their counts and keep their place.

use crate::shell::badge;
use crate::tickets::rows::Row;
use crate::{Html, Problem, Shell, SignedIn, Web, around};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::people::AgentName;
use desk::tickets::views::{self, COUNT_SHOWN_MAX, Cursor, View};
use desk::{Tx, people};
use serde::Deserialize;

/// Rows of one page.
const ROWS_PER_PAGE: usize = 50;

#[derive(askama::Template)]
#[template(path = "views/show.html")]
struct ViewPage {
    shell: Shell,
    tabs: Vec<Tab>,
    list: List,
}

#[derive(askama::Template)]
#[template(path = "views/_list.html")]
struct List {
    key: &'static str,
    title: &'static str,
    now: i64,
    count: i64,
    rows: Vec<Row>,
    after: Option<String>,
    next: Option<String>,
    is_agent: bool,
    me: i64,
}

struct Tab {
    key: &'static str,
    title: &'static str,
    /// Nothing where a long past would have to be counted.
    count: Option<String>,
}

#[derive(Deserialize)]
pub struct Place {
    after: Option<String>,
    fragment: Option<String>,
}

pub async fn index() -> Redirect {
    Redirect::to("/views/mine")
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(key): Path<String>,
    Query(place): Query<Place>,
) -> Result<Response, Problem> {
    if key == "suspended" {
        return Ok(Redirect::to("/suspended").into_response());
    }
    let only_rows = place.fragment.is_some() || around::is_fragment();
    let page = web.desk.read(actor, move |tx| {
        let all = views::default_views(*tx.actor());
        let view = all.iter().find(|view| view.key == key).ok_or_else(Problem::not_found)?;
        let list = list(tx, view, place.after.clone())?;
        if only_rows {
            return Ok::<_, Problem>((list, None));
        }
        let shell = Shell::load(tx)?;
        let tabs = tabs(tx, &all, &shell, &list)?;
        Ok((list, Some((shell, tabs))))
    });
    Ok(match page.await? {
        (list, None) => Html(list).into_response(),
        (list, Some((shell, tabs))) => Html(ViewPage { shell, tabs, list }).into_response(),
    })
}

/// The first page of a view, without what stands around it.
pub(crate) async fn rows(
    web: &Web,
    actor: desk::Actor,
    key: String,
) -> Result<impl askama::Template + use<>, Problem> {
    let rows = web.desk.read(actor, move |tx| {
        let all = views::default_views(*tx.actor());
        let view = all.iter().find(|view| view.key == key).ok_or_else(Problem::not_found)?;
        Ok::<_, Problem>(list(tx, view, None)?)
    });
    rows.await
}

/// The people of the menu "Assign to…", fetched when it is opened.
#[derive(askama::Template)]
#[template(path = "views/_agents.html")]
pub struct Agents {
    agents: Vec<AgentName>,
}

pub async fn agents(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Agents>, Problem> {
    let read = |tx: &mut Tx| Ok::<_, Problem>(people::list_agent_names(tx)?);
    Ok(Html(Agents { agents: web.desk.read(actor, read).await? }))
}

fn list(tx: &mut Tx, view: &View, after: Option<String>) -> Result<List, db::Error> {
    let cursor = after.as_deref().and_then(Cursor::parse);
    let page = views::page(tx, &view.filter, view.order, cursor, ROWS_PER_PAGE)?;
    let is_agent = tx.actor().is_agent();
    let is_whole = after.is_none() && page.next.is_none();
    let count = if is_whole { page.rows.len() as i64 } else { views::count_for_show(tx, &view.filter)? };
    Ok(List {
        key: view.key,
        title: view.title,
        now: tx.now(),
        count,
        rows: page.rows.into_iter().map(|row| Row::to_pick(row, view.key)).collect(),
        after: cursor.map(Cursor::to_text),
        next: page.next.map(Cursor::to_text),
        is_agent,
        me: tx.actor().user().map_or(0, |user| user.0),
    })
}

/// The view that is shown has its whole count; the others have badges, two of which the rail has already counted.
fn tabs(tx: &mut Tx, all: &[View], shell: &Shell, list: &List) -> Result<Vec<Tab>, db::Error> {
    let mut tabs = Vec::with_capacity(all.len());
    for view in all {
        let count = match view.key {
            key if key == list.key => Some(shown(list.count)),
            "solved" => None,
            "mine" => Some(badge(shell.mine)),
            "unassigned" => Some(badge(shell.unassigned)),
            _ => Some(badge(views::count_for_badge(tx, &view.filter)?)),
        };
        tabs.push(Tab { key: view.key, title: view.title, count });
    }
    Ok(tabs)
}

/// `12`, or `500+`.
fn shown(count: impl crate::words::Given<i64>) -> String {
    let count = count.given();
    if count >= COUNT_SHOWN_MAX { format!("{COUNT_SHOWN_MAX}+") } else { count.to_string() }
}

impl List {
    fn address(&self) -> String {
        let after = self.after.as_ref().map(|after| format!("&after={after}")).unwrap_or_default();
        format!("/views/{}?fragment=rows{after}", self.key)
    }

    fn order_words(&self) -> &'static str {
        match self.key {
            "mine" | "unassigned" => "longest untouched first",
            "solved" => "newest first",
            _ => "last changed first",
        }
    }
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::{renders, shell};
    use crate::tickets::rows::samples::{long_row, row, rtl_row};

    fn list(rows: Vec<Row>, after: Option<String>) -> List {
        let count = rows.len() as i64;
        let next = after.clone();
        List {
            key: "mine",
            title: "My open",
            now: 10_000_000,
            count,
            rows,
            after,
            next,
            is_agent: true,
            me: 7,
        }
    }

    #[test]
    fn an_empty_list_teaches_and_a_full_one_has_a_row_for_each() {
        assert!(renders(&list(vec![], None)).contains("empty"));
        let agent = AgentName { id: desk::UserId(3), name: "Bo <Weber>".into() };
        assert!(renders(&Agents { agents: vec![agent] }).contains("Bo &#60;Weber&#62;"));
        let full = renders(&list(vec![row(), long_row(), rtl_row()], Some("5_7".into())));
        assert_eq!(full.matches("class=\"item\"").count(), 3);
        let tabs = vec![Tab { key: "mine", title: "My open", count: Some(shown(COUNT_SHOWN_MAX)) }];
        let page = renders(&ViewPage { shell: shell(), tabs, list: list(vec![row()], None) });
        assert!(page.contains("500+"));
    }
}
