//! `/tickets/{id}`: the queue, the letters, the facts.

use super::facts::Facts;
use super::letters::Body;
use super::rows::Row;
use super::story::{self, Entry, Sources};
use super::viewers::Present;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use desk::tickets::views::{self, Letter, TicketPage};
use desk::tickets::{DraftFile, Status};
use desk::{GroupId, TicketId, Tx, UserId, mail, people, routing, skills};
use serde::Deserialize;

/// Tickets in the queue beside the letters.
const QUEUE_SHOWN_MAX: usize = 40;

#[derive(askama::Template)]
#[template(path = "tickets/show.html")]
pub struct ShowPage {
    shell: Shell,
    queue: Queue,
    t: TicketView,
    present: Present,
    unseen: Option<Unseen>,
}

/// Everything of one ticket that may change while it is looked at.
pub struct TicketView {
    pub now: i64,
    /// Nobody's: 0.
    pub me: i64,
    pub is_agent: bool,
    pub page: TicketPage,
    pub story: Vec<Entry>,
    pub facts: Facts,
    pub place: Place,
}

/// The letters, and what else follows from a change.
#[derive(askama::Template)]
#[template(path = "tickets/_changed.html")]
pub struct Changed {
    pub t: TicketView,
}

#[derive(askama::Template)]
#[template(path = "tickets/_queue.html")]
pub struct Queue {
    pub now: i64,
    pub ticket: TicketId,
    pub key: &'static str,
    pub title: &'static str,
    pub count: i64,
    pub rows: Vec<Row>,
}

/// What came while the letter was written.
#[derive(askama::Template)]
#[template(path = "tickets/_unseen.html")]
pub struct Unseen {
    pub now: i64,
    pub newest: i64,
    pub letters: Vec<Letter>,
}

/// Where the reader comes from, and what they want to see.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The view whose tickets stand in the queue.
    r#in: String,
    all: bool,
    /// The letter whose foreign pictures are shown.
    images: Option<i64>,
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Query(place): Query<Place>,
) -> Result<Html<ShowPage>, Problem> {
    page(&web, actor, id, place, None).await.map(Html)
}

/// `GET /tickets/{id}/_conversation`: what a live page fetches when the ticket has changed.
pub async fn conversation(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Query(place): Query<Place>,
) -> Result<Html<Changed>, Problem> {
    changed(&web, actor, id, place).await.map(Html)
}

pub async fn queue(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Query(place): Query<Place>,
) -> Result<Html<Queue>, Problem> {
    Ok(Html(web.desk.read(actor, move |tx| Queue::load(tx, id, &place)).await?))
}

pub(super) async fn page(
    web: &Web,
    actor: desk::Actor,
    id: TicketId,
    place: Place,
    unseen: Option<Unseen>,
) -> Result<ShowPage, Problem> {
    let loaded = web.desk.read(actor, move |tx| {
        let t = TicketView::load(tx, id, &place)?;
        Ok::<_, Problem>((Shell::load(tx)?, Queue::load(tx, id, &place)?, t))
    });
    let (shell, queue, t) = loaded.await?;
    Ok(ShowPage { shell, queue, t, present: Present::of(web, actor, id), unseen })
}

pub(super) async fn changed(
    web: &Web,
    actor: desk::Actor,
    id: TicketId,
    place: Place,
) -> Result<Changed, Problem> {
    let t = web.desk.read(actor, move |tx| TicketView::load(tx, id, &place));
    Ok(Changed { t: t.await? })
}

impl TicketView {
    fn load(tx: &mut Tx, id: TicketId, place: &Place) -> Result<TicketView, Problem> {
        let actor = *tx.actor();
        let page = views::ticket_page(tx, id)?.ok_or_else(Problem::not_found)?;
        let needs = skills::requirements_of(tx, id)?;
        let mut mails = mail::states_of(tx, id)?;
        let mut notices = mail::views::notices_of(tx, id)?;
        for other in &page.merged {
            mails.extend(mail::states_of(tx, other.id)?);
            notices.extend(mail::views::notices_of(tx, other.id)?);
        }
        let decisions = routing::decisions_of(tx, id)?;
        let names = people::user_names(tx, &story::people_in(&page.audits))?;
        let facts = Facts::load(tx, &page, &needs, &decisions)?;
        let sources = Sources {
            page: &page,
            mails: &mails,
            notices: &notices,
            needs: &needs,
            decisions: &decisions,
            names: &names,
            groups: &facts.groups,
            remote_images_of: place.images,
            all: place.all,
            me: actor.user(),
        };
        Ok(TicketView {
            now: tx.now(),
            me: actor.user().map_or(0, |user| user.0),
            is_agent: actor.is_agent(),
            story: sources.story(),
            place: place.clone(),
            facts,
            page,
        })
    }

    /// The entry that one begins to read at when coming back: the letter before the last.
    pub fn is_latest(&self, place: &usize) -> bool {
        let mut letters =
            self.story.iter().enumerate().rev().filter(|(_, it)| matches!(it, Entry::Letter(_)));
        letters.nth(1).is_some_and(|(at, _)| at == *place)
    }

    pub fn is_mine(&self) -> bool {
        self.page.ticket.assignee.is_some_and(|assignee| assignee.0 == self.me)
    }

    pub fn is_solved(&self) -> bool {
        self.page.ticket.status >= Status::Solved
    }

    pub fn is_closed(&self) -> bool {
        self.page.ticket.is_closed()
    }

    pub fn newest(&self) -> i64 {
        self.page.ticket.last_comment.map_or(0, |comment| comment.0)
    }

    /// Where the letters fetch themselves anew, as they are shown now.
    pub fn refresh_address(&self) -> String {
        let all = if self.place.all { "&all=true" } else { "" };
        let images = self.place.images.map(|id| format!("&images={id}")).unwrap_or_default();
        format!("/tickets/{}/_conversation?in={}{all}{images}", self.page.ticket.id, self.place.view())
    }

    pub fn channel_word(&self) -> &'static str {
        match self.page.ticket.channel.name() {
            "email" => "e-mail",
            "api" => "API",
            "web" => "web",
            "chat" => "chat",
            "voice" => "call",
            "message" => "message",
            _ => "the desk",
        }
    }

    pub fn first_name(&self) -> &str {
        self.page.requester.name.split_whitespace().next().unwrap_or_default()
    }

    /// To whom an answer goes besides: whoever has no address is not reached by mail.
    pub fn ccs(&self) -> String {
        let reached = self.page.ccs.iter().filter(|cc| cc.email.is_some() && cc.id.0 != self.me);
        reached.map(|cc| cc.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    pub fn may_change(&self) -> bool {
        self.is_agent && !self.is_closed()
    }

    pub fn tags(&self) -> String {
        self.page.ticket.tags.as_slice().join(" ")
    }

    /// How long the customer waited for the first answer.
    pub fn first_reply_ms(&self) -> Option<i64> {
        self.page.ticket.first_reply_at.map(|at| at - self.page.ticket.created_at)
    }

    pub fn has_assignee(&self, id: &UserId) -> bool {
        self.page.ticket.assignee == Some(*id)
    }

    pub fn has_group(&self, id: &GroupId) -> bool {
        self.page.ticket.group == Some(*id)
    }

    pub fn has_priority(&self, name: &str) -> bool {
        self.page.ticket.priority.is_some_and(|priority| priority.name() == name)
    }

    pub fn has_type(&self, name: &str) -> bool {
        self.page.ticket.kind.is_some_and(|kind| kind.name() == name)
    }

    pub fn draft_is_note(&self) -> bool {
        !self.is_agent || self.page.draft.as_ref().is_some_and(|draft| !draft.public)
    }

    pub fn draft_files(&self) -> &[DraftFile] {
        self.page.draft.as_ref().map_or(&[], |draft| draft.files.as_slice())
    }

    pub fn draft_text(&self) -> &str {
        self.page.draft.as_ref().map_or("", |draft| draft.body.as_str())
    }

    pub fn draft_html(&self) -> &str {
        self.page.draft.as_ref().and_then(|draft| draft.html.as_deref()).unwrap_or_default()
    }
}

impl Place {
    /// The key of the view, if it is one.
    pub fn view(&self) -> &str {
        if matches!(self.r#in.as_str(), "unassigned" | "open" | "solved") { &self.r#in } else { "mine" }
    }
}

impl Queue {
    fn load(tx: &mut Tx, ticket: TicketId, place: &Place) -> Result<Queue, db::Error> {
        let all = views::default_views(*tx.actor());
        let view = all.iter().find(|view| view.key == place.view()).unwrap_or(&all[0]);
        let rows = views::page(tx, &view.filter, view.order, None, QUEUE_SHOWN_MAX)?.rows;
        Ok(Queue {
            now: tx.now(),
            ticket,
            key: view.key,
            title: view.title,
            count: views::count_for_badge(tx, &view.filter)?,
            rows: rows.into_iter().map(|row| Row::of(row, view.key)).collect(),
        })
    }

    fn counted(&self) -> String {
        crate::shell::badge(self.count)
    }
}

impl Unseen {
    pub fn names(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for letter in &self.letters {
            let name = letter.author.as_ref().map_or("The desk", |author| author.name.as_str());
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join(", ")
    }
}

#[cfg(test)]
#[path = "show_samples.rs"]
pub(crate) mod samples;
