//! `/`: my work, who waits longest, what has changed.

use crate::tickets::rows::Row;
use crate::{Html, Problem, Session, Shell, Web, around};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Tx;
use desk::routing::{self, PromisesNow};
use desk::tickets::views::{self, TicketRow};
use desk::tickets::{Filter, Order};

/// Tickets of mine that home shows; the view shows all.
const MINE_SHOWN_MAX: usize = 12;
const CHANGED_SHOWN_MAX: usize = 6;
const WEEK_MS: i64 = 7 * 86_400_000;

#[derive(askama::Template)]
#[template(path = "home.html")]
pub struct Home {
    shell: Shell,
    work: Work,
}

/// All of it, as it fetches itself anew.
#[derive(askama::Template)]
#[template(path = "_home.html")]
struct Work {
    now: i64,
    me: i64,
    is_here: bool,
    mine: i64,
    unassigned: i64,
    first_name: String,
    rows: Vec<Row>,
    /// Of mine: those whose customer waits for our answer.
    waiting: i64,
    longest_ms: Option<i64>,
    solved: i64,
    solved_since: String,
    changed: Vec<Changed>,
    /// Of queues: those of mine and of nobody's tickets.
    promises: PromisesNow,
}

#[derive(Clone, Debug, PartialEq)]
struct Changed {
    row: Row,
    what: String,
}

pub async fn show(State(web): State<Web>, session: Session) -> Result<Response, Problem> {
    if web.desk.read(session.actor, desk::settings::only_skills).await? {
        // Without tickets the day begins with the team's risks, or with one's own skills.
        let me = format!("/people/{}", session.user.id);
        return Ok(Redirect::to(if session.actor.is_lead() { "/skills/team" } else { &me }).into_response());
    }
    let name = session.user.name.split_whitespace().next().unwrap_or_default().to_owned();
    let home = web.desk.read(session.actor, move |tx| home(tx, name.clone())).await?;
    Ok(if around::is_fragment() { Html(home.work).into_response() } else { Html(home).into_response() })
}

fn home(tx: &mut Tx, first_name: String) -> Result<Home, Problem> {
    let (actor, now) = (*tx.actor(), tx.now());
    let shell = Shell::load(tx)?;
    let mine = Filter { assignee: actor.user(), ..Filter::default() };
    let unsolved = Filter { unsolved: true, ..mine.clone() };
    let rows = views::page(tx, &unsolved, Order::WaitingLongest, None, MINE_SHOWN_MAX)?.rows;
    let changed = views::page(tx, &mine, Order::UpdatedNewest, None, CHANGED_SHOWN_MAX)?.rows;
    let solved = Filter { solved_after: Some(now - WEEK_MS), ..mine };
    let all = views::default_views(actor);
    let all_waiting = waiting_of(tx, &unsolved)?;
    let promises = match actor.user() {
        Some(user) => routing::promises_now(tx, user, 1)?,
        None => PromisesNow::default(),
    };
    let work = Work {
        me: shell.user_id,
        is_here: shell.presence == "online",
        mine: views::count_for_show(tx, &all[0].filter)?,
        unassigned: views::count_for_show(tx, &all[1].filter)?,
        first_name,
        now,
        promises,
        waiting: all_waiting,
        longest_ms: rows.first().and_then(|row| row.waiting_since).map(|since| now - since),
        solved: views::count_for_show(tx, &solved)?,
        solved_since: crate::when::iso(now - WEEK_MS).chars().take(10).collect(),
        rows: rows.into_iter().map(|row| Row::of(row, "mine")).collect(),
        changed: changed
            .into_iter()
            .map(|row| Changed { what: what_changed(&row), row: Row::of(row, "mine") })
            .collect(),
    };
    Ok(Home { shell, work })
}

/// Who waits comes first in this order, so that one page tells.
fn waiting_of(tx: &mut Tx, unsolved: &Filter) -> Result<i64, db::Error> {
    let page = views::page(tx, unsolved, Order::WaitingLongest, None, views::PAGE_ROWS_MAX)?;
    Ok(page.rows.iter().filter(|row| row.waiting_since.is_some()).count() as i64)
}

/// `2 are late.`, or when the next is due.
fn promises_words(promises: &PromisesNow, now: &i64) -> String {
    match (promises.late, promises.next.first()) {
        (1, _) => "One is late.".to_owned(),
        (late, _) if late > 1 => format!("{late} are late."),
        (_, Some(next)) => format!("The next first answer is due in {}.", crate::words::span(next.due - now)),
        (_, None) => String::new(),
    }
}

/// Between the first letter and what the desk does with it at once.
const ARRIVAL_MS_MAX: i64 = 60_000;

fn what_changed(row: &TicketRow) -> String {
    let is_new = row.comment_count == 1 && row.updated_at - row.created_at < ARRIVAL_MS_MAX;
    match (row.solved_at, row.waiting_since) {
        (Some(solved), _) if solved == row.updated_at => "was solved".to_owned(),
        (_, Some(since)) if since == row.created_at && is_new => format!("{} wrote to us", row.requester),
        (_, Some(_)) => format!("{} waits for an answer", row.requester),
        _ => format!("is {}", row.status),
    }
}

/// The rail alone, which keeps its counts true.
#[derive(askama::Template)]
#[template(path = "_rail.html")]
pub struct Rail {
    pub shell: Shell,
}

pub async fn rail(State(web): State<Web>, session: Session) -> Result<Html<Rail>, Problem> {
    Ok(Html(Rail { shell: web.desk.read(session.actor, Shell::load).await? }))
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::{renders, shell};
    use crate::tickets::rows::samples::{long_row, row, rtl_row};
    use desk::routing::PromiseRow;

    fn home(rows: Vec<Row>, changed: Vec<Changed>) -> Home {
        let work = Work {
            me: 7,
            is_here: !rows.is_empty(),
            mine: rows.len() as i64,
            unassigned: 3,
            now: 10_000_000,
            first_name: "Ana".into(),
            waiting: rows.len() as i64,
            longest_ms: (!rows.is_empty()).then_some(9_000_000),
            rows,
            solved: 4,
            solved_since: "2026-01-01".into(),
            promises: PromisesNow::default(),
            changed,
        };
        Home { shell: shell(), work }
    }

    #[test]
    fn promises_that_run_are_told_with_the_next_that_is_due() {
        let next = PromiseRow {
            ticket: desk::TicketId(12),
            subject: "No sound".into(),
            queue_name: "VIP".into(),
            assignee: None,
            due: 10_600_000,
        };
        let mut page = home(vec![], vec![]);
        page.work.promises = PromisesNow { running: 3, late: 0, next: vec![next] };
        let html = renders(&page);
        assert!(html.contains("Promises running") && html.contains("due in 10 min"), "{html}");
        page.work.promises.late = 2;
        let html = renders(&page);
        assert!(html.contains("2 are late.") && html.contains("href=\"/tickets/12\""), "{html}");
    }

    #[test]
    fn an_empty_home_teaches_the_next_step_and_a_full_one_lists_the_work() {
        assert!(renders(&home(vec![], vec![])).contains("Nothing waits for you"));
        let rows = vec![row(), long_row(), rtl_row()];
        let changed = rows.iter().map(|row| Changed { row: row.clone(), what: "is open".into() }).collect();
        let page = renders(&home(rows, changed));
        assert!(page.contains("/tickets/1?in=mine"));
    }

    #[test]
    fn a_letter_that_was_only_handed_on_has_not_come_just_now() {
        let come =
            TicketRow { comment_count: 1, waiting_since: Some(5), created_at: 5, updated_at: 5, ..row().row };
        assert!(what_changed(&come).ends_with("wrote to us"));
        let handed_on = TicketRow { updated_at: 5 + 20 * ARRIVAL_MS_MAX, ..come };
        assert!(what_changed(&handed_on).ends_with("waits for an answer"));
    }

    #[test]
    fn a_desk_for_skills_only_offers_nothing_that_is_for_tickets() {
        let rail = renders(&Rail { shell: Shell { only_skills: true, ..shell() } });
        assert!(rail.contains("href=\"/skills\"") && rail.contains("href=\"/reviews\""));
        for gone in ["/views/mine", "/suspended", "/ledger", "/presence"] {
            assert!(!rail.contains(gone), "{gone}");
        }
    }
}
