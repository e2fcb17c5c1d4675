//! `/tickets/{id}/merge`: into which ticket this one goes, what will happen then, and what is said on both.

use super::visible;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::search::{self, Depth, SearchOrder};
use desk::tickets::views::{self, TicketRow};
use desk::tickets::{self, Channel, Filter, MergeTickets, NewComment, Order, Status, Ticket};
use desk::{Actor, Kind, TicketId, Tx, people};
use serde::Deserialize;

/// The customer's own tickets that are offered first.
const OWN_SHOWN_MAX: usize = 8;
const FOUND_SHOWN_MAX: usize = 20;

#[derive(askama::Template)]
#[template(path = "tickets/merge.html")]
pub struct MergePage {
    shell: Shell,
    now: i64,
    ticket: Ticket,
    requester: String,
    step: Step,
    problem: Option<Problem>,
}

enum Step {
    Choose(Choice),
    Look(Box<Preview>),
}

/// Tickets that it may go into.
struct Choice {
    query: String,
    own: Vec<TicketRow>,
    found: Option<Vec<TicketRow>>,
}

/// What will happen.
struct Preview {
    into: Ticket,
    into_requester: String,
    /// Who comes into copy on the survivor.
    newcomers: Vec<String>,
    words: Words,
}

/// What is said on both, and who reads it.
#[derive(Clone, Default)]
struct Words {
    on_survivor: String,
    on_survivor_public: bool,
    on_merged: String,
    on_merged_public: bool,
}

impl Preview {
    fn is_same_requester(&self, ticket: &Ticket) -> bool {
        self.into.requester == ticket.requester
    }

    fn opens(&self, ticket: &Ticket) -> bool {
        ticket.waiting_since.is_some()
            && matches!(self.into.status, Status::Pending | Status::Hold | Status::Solved)
    }
}

impl Words {
    fn usual(ticket: &Ticket, into: &Ticket) -> Words {
        Words {
            on_survivor: format!("#{} “{}” was merged into this ticket.", ticket.id, ticket.subject),
            on_merged: format!("It goes on in #{} “{}”.", into.id, into.subject),
            ..Words::default()
        }
    }

    fn of(fields: &Fields) -> Words {
        Words {
            on_survivor: fields.owned("comment"),
            on_survivor_public: fields.is_on("comment_public"),
            on_merged: fields.owned("comment_on_each"),
            on_merged_public: fields.is_on("comment_on_each_public"),
        }
    }

    fn command(&self, ticket: TicketId, into: TicketId) -> MergeTickets {
        let said =
            |text: &str, public| Some(NewComment { public, body: text.to_owned(), ..NewComment::default() });
        MergeTickets {
            into,
            tickets: vec![ticket],
            comment: said(&self.on_survivor, self.on_survivor_public),
            comment_on_each: said(&self.on_merged, self.on_merged_public),
            channel: Channel::Web,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A number or words.
    q: String,
    into: Option<TicketId>,
}

pub async fn new(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    if !actor.is_agent() {
        return Err(tickets::MergeError::NotAnAgent.into());
    }
    let words = asked.q.trim().trim_start_matches('#').to_owned();
    if let (None, Ok(number)) = (asked.into, words.parse::<TicketId>())
        && web.desk.read(actor, move |tx| views::visible_ticket(tx, number)).await?.is_some()
    {
        return Ok(Redirect::to(&format!("/tickets/{id}/merge?into={number}")).into_response());
    }
    let page = web.desk.read(actor, move |tx| MergePage::load(tx, id, asked.into, &words, None));
    Ok(Html(page.await?).into_response())
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let into = fields.parsed("into").ok_or_else(|| Problem::invalid("Choose the ticket that stays."))?;
    let words = Words::of(&fields);
    let command = words.command(id, into);
    match web.desk.write(actor, move |tx| tickets::merge(tx, &command)).await.map_err(Problem::from) {
        Ok(survivor) => Ok(Said::new(format!("#{id} is a part of this ticket now."))
            .with_undo(format!("/tickets/{id}/unmerge"))
            .then(&format!("/tickets/{}", survivor.id))),
        Err(problem) if matches!(problem.kind, Kind::Invalid | Kind::TooMuch | Kind::Conflict) => {
            again(&web, actor, id, into, words, problem).await
        }
        Err(problem) => Err(problem),
    }
}

/// Takes the merge back.
pub async fn destroy(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| tickets::unmerge(tx, id)).await?;
    Ok(Said::new(format!("#{id} is a ticket of its own again.")).then(&format!("/tickets/{id}")))
}

async fn again(
    web: &Web,
    actor: Actor,
    id: TicketId,
    into: TicketId,
    words: Words,
    problem: Problem,
) -> Result<Response, Problem> {
    let status = problem.status();
    let page = web.desk.read(actor, move |tx| MergePage::load(tx, id, Some(into), "", Some(words.clone())));
    Ok((status, Html(MergePage { problem: Some(problem), ..page.await? })).into_response())
}

impl MergePage {
    fn load(
        tx: &mut Tx,
        id: TicketId,
        into: Option<TicketId>,
        query: &str,
        words: Option<Words>,
    ) -> Result<MergePage, Problem> {
        let ticket = visible(tx, id)?;
        if ticket.is_closed() {
            return Err(tickets::MergeError::TicketIsClosed(id).into());
        }
        let step = match into.filter(|into| *into != id) {
            Some(into) => {
                let into = visible(tx, into)?;
                if into.is_closed() {
                    return Err(tickets::MergeError::TicketIsClosed(into.id).into());
                }
                Step::Look(Box::new(preview(tx, &ticket, into, words)?))
            }
            None => Step::Choose(choice(tx, &ticket, query)?),
        };
        let (shell, now) = (Shell::load(tx)?, tx.now());
        Ok(MergePage { shell, now, requester: name_of(tx, &ticket)?, ticket, step, problem: None })
    }
}

fn choice(tx: &mut Tx, ticket: &Ticket, query: &str) -> Result<Choice, Problem> {
    let may_go = |row: &TicketRow| row.id != ticket.id && row.status < Status::Closed;
    let own = Filter { requester: Some(ticket.requester), ..Filter::default() };
    let mut own = views::page(tx, &own, Order::CreatedNewest, None, views::PAGE_ROWS_MAX)?.rows;
    own.retain(may_go);
    own.truncate(OWN_SHOWN_MAX);
    let mut found = None;
    if !query.is_empty() {
        let parsed = search::parse(tx, query)?;
        let mut rows =
            search::search_tickets(tx, &parsed, SearchOrder::Newest, Depth::Newest, FOUND_SHOWN_MAX)?.rows;
        rows.retain(may_go);
        found = Some(rows);
    }
    Ok(Choice { query: query.to_owned(), own, found })
}

fn preview(tx: &mut Tx, ticket: &Ticket, into: Ticket, words: Option<Words>) -> Result<Preview, Problem> {
    let ccs = tickets::ccs_of(tx, into.id)?;
    let newcomers = tickets::newcomers(tx, ticket, &into, &ccs)?;
    let newcomers = people::list_by_ids(tx, &newcomers)?;
    let newcomers = newcomers.into_iter().map(|user| match user.email {
        Some(email) => format!("{} <{email}>", user.name),
        None => user.name,
    });
    Ok(Preview {
        into_requester: name_of(tx, &into)?,
        newcomers: newcomers.collect(),
        words: words.unwrap_or_else(|| Words::usual(ticket, &into)),
        into,
    })
}

fn name_of(tx: &mut Tx, ticket: &Ticket) -> Result<String, Problem> {
    Ok(people::find_user(tx, ticket.requester)?.map(|user| user.name).unwrap_or_default())
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::{renders, shell};
    use crate::tickets::rows::samples::{long_row, row, rtl_row};
    use crate::tickets::show::samples::ticket;

    fn page(step: Step, problem: Option<Problem>) -> String {
        let ticket = Ticket { waiting_since: Some(5), ..ticket(Status::Open) };
        let requester = "Marta Ammerschläger-von-Hohenstein".into();
        renders(&MergePage { shell: shell(), now: 9_000_000, ticket, requester, step, problem })
    }

    #[test]
    fn the_customers_own_tickets_come_first() {
        let own = vec![long_row().row, rtl_row().row];
        let html = page(Step::Choose(Choice { query: String::new(), own, found: None }), None);
        assert!(html.contains("merge?into=") && html.contains("Also of"));
        let nothing = Choice { query: "xyz".into(), own: vec![], found: Some(vec![]) };
        assert!(page(Step::Choose(nothing), None).contains("Nothing that is open"));
        let found = Choice { query: "march".into(), own: vec![], found: Some(vec![row().row]) };
        assert!(page(Step::Choose(found), None).contains("Charged twice"));
    }

    #[test]
    fn the_preview_says_what_will_happen_and_warns_of_a_stranger() {
        let into = Ticket { id: TicketId(7), requester: desk::UserId(3), ..ticket(Status::Solved) };
        let words = Words::usual(&ticket(Status::Open), &into);
        let preview = Preview {
            into,
            into_requester: "ليلى منصور".into(),
            newcomers: vec!["Marta <marta@example.org>".into()],
            words,
        };
        let html = page(Step::Look(Box::new(preview)), Some(Problem::invalid("Too long.")));
        for words in
            ["two different people", "marta@example.org", "opens again", "Too long.", "#1 “Charged twice"]
        {
            assert!(html.contains(words), "{words}");
        }
    }
}
