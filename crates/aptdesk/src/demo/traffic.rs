//! What goes on in the demo while somebody watches: mail arrives by SMTP, agents come and go by their shifts, and
//! answer what the desk has given them.

use super::agents::{self, Phase};
use super::case::Case;
use super::content::Content;
use super::customers::Customers;
use super::staff::{Member, Staff};
use super::truth::{self, Verdict};
use super::{Result, shifts};
use desk::routing::{PresenceStatus, SetPresence};
use desk::tickets::{self, Filter, Order, Ticket};
use desk::{Actor, Desk, TicketId, Tx, UserId};
use jobs::Stop;
use rand::RngExt;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

const PRESENCE_EVERY_MS: u64 = 15_000;
const WORK_EVERY_MS: u64 = 500;
/// Waiting tickets that are looked at, the longest waiting first.
const WAITING_LOOKED_AT_MAX: usize = 200;
/// Tickets of visitors that the agents of the demo leave alone.
const FOREIGN_KEPT_MAX: usize = 10_000;
/// An agent works on an answer for so many arrivals of mail, on average, within these bounds.
const ANSWERING_PACES: f64 = 2.5;
const ANSWERING_SECONDS_MIN: f64 = 3.0;
const ANSWERING_SECONDS_MAX: f64 = 90.0;
/// Who reads a word of thanks is quicker.
const CLOSING_SHARE_OF_TIME: f64 = 0.3;

pub struct Traffic {
    desk: Desk,
    content: Arc<Content>,
    staff: Arc<Staff>,
    customers: Arc<Customers>,
    /// Those whom the demo plays; the lead and the admin are the visitor's.
    played: HashSet<usize>,
    present: Mutex<Vec<usize>>,
}

/// What the agents have begun.
#[derive(Default)]
struct Desks {
    /// When an answer will be finished, and whose it is.
    begun: HashMap<TicketId, (UserId, i64)>,
    free_at: HashMap<UserId, i64>,
    foreign: HashSet<TicketId>,
}

impl Traffic {
    pub fn new(desk: Desk, content: Arc<Content>, staff: Arc<Staff>, customers: Arc<Customers>) -> Traffic {
        let visitors = |role: &str| content.agents.iter().position(|agent| agent.role == role);
        let left: Vec<usize> = ["lead", "admin"].into_iter().filter_map(visitors).collect();
        let played = (0..content.agents.len()).filter(|i| !left.contains(i)).collect();
        Traffic { desk, content, staff, customers, played, present: Mutex::default() }
    }

    pub fn start(self: Arc<Self>, stop: &Stop) -> Vec<JoinHandle<()>> {
        vec![
            tokio::spawn(self.clone().shifts(stop.clone())),
            tokio::spawn(self.clone().arrivals(stop.clone())),
            tokio::spawn(self.work(stop.clone())),
        ]
    }

    async fn arrivals(self: Arc<Self>, stop: Stop) {
        loop {
            let pause = self.customers.draw(|dice| truth::pause(self.customers.pace, dice));
            tokio::select! {
                () = stop.stopped() => return,
                () = tokio::time::sleep(Duration::from_secs_f64(pause)) => {}
            }
            let now = db::clock::now_ms();
            let count = self.content.situations.len();
            let case = self.customers.draw(|dice| Case::new(dice.random_range(0..count), dice.random(), now));
            self.customers.write(&case.opening(&self.content, now)).await;
        }
    }

    /// Everybody's page would tell the desk that they are here; the demo's agents have none.
    async fn shifts(self: Arc<Self>, stop: Stop) {
        let mut before: Option<HashSet<usize>> = None;
        loop {
            let here = shifts::present(&self.content, db::clock::now_ms());
            let here: Vec<usize> = here.into_iter().filter(|i| self.played.contains(i)).collect();
            let now_here: HashSet<usize> = here.iter().copied().collect();
            let gone: Vec<usize> = match &before {
                None => (0..self.staff.members.len()).filter(|i| !now_here.contains(i)).collect(),
                Some(before) => before.difference(&now_here).copied().collect(),
            };
            for (list, status) in [(&here, PresenceStatus::Online), (&gone, PresenceStatus::Offline)] {
                for i in list {
                    self.set_presence(self.staff.members[*i], status).await;
                }
            }
            *self.present.lock().unwrap_or_else(PoisonError::into_inner) = here;
            before = Some(now_here);
            tokio::select! {
                () = stop.stopped() => return,
                () = tokio::time::sleep(Duration::from_millis(PRESENCE_EVERY_MS)) => {}
            }
        }
    }

    async fn set_presence(&self, member: Member, status: PresenceStatus) {
        let command = SetPresence { user: member.user, status };
        let set = self.desk.write(member.actor(), move |tx| desk::routing::set_presence(tx, &command));
        if let Err(error) = set.await {
            tracing::warn!(%error, "an agent of the demo could not say whether they are here");
        }
    }

    async fn work(self: Arc<Self>, stop: Stop) {
        let mut desks = Desks::default();
        loop {
            if let Err(error) = self.look(&mut desks).await {
                tracing::warn!(%error, "the demo's agents could not work");
            }
            tokio::select! {
                () = stop.stopped() => return,
                () = tokio::time::sleep(Duration::from_millis(WORK_EVERY_MS)) => {}
            }
        }
    }

    /// Whoever has a waiting ticket begins with it; whoever is done answers.
    async fn look(&self, desks: &mut Desks) -> Result<()> {
        let waiting = self.desk.read(Actor::desk(), |tx| {
            let filter = Filter { unsolved: true, ..Filter::default() };
            tickets::views::ticket_list(tx, &filter, Order::WaitingLongest, None, WAITING_LOOKED_AT_MAX)
        });
        let waiting = waiting.await?;
        let present = self.present.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let now = db::clock::now_ms();
        let mut seen = HashSet::new();
        for ticket in waiting.rows {
            let (Some(agent), Some(_)) = (ticket.assignee, ticket.waiting_since) else { continue };
            let Some(index) = agents::index_of(&self.staff, agent).filter(|index| present.contains(index))
            else {
                continue;
            };
            if desks.foreign.contains(&ticket.id) {
                continue;
            }
            seen.insert(ticket.id);
            match desks.begun.get(&ticket.id) {
                Some((same, due)) if *same == agent => {
                    if *due <= now {
                        desks.begun.remove(&ticket.id);
                        self.act(desks, &ticket, index, &present).await?;
                    }
                }
                _ => self.begin(desks, &ticket, agent, now),
            }
        }
        desks.begun.retain(|ticket, _| seen.contains(ticket));
        Ok(())
    }

    /// One answer after the other.
    fn begin(&self, desks: &mut Desks, ticket: &Ticket, agent: UserId, now: i64) {
        let mean =
            (ANSWERING_PACES * self.customers.pace).clamp(ANSWERING_SECONDS_MIN, ANSWERING_SECONDS_MAX);
        let share = if ticket.replies > 0 { CLOSING_SHARE_OF_TIME } else { 1.0 };
        let seconds = self.customers.draw(|dice| 0.3 * mean * share + truth::pause(0.7 * mean * share, dice));
        let free_at = desks.free_at.entry(agent).or_insert(now);
        *free_at = (*free_at).max(now) + (seconds * 1_000.0) as i64;
        desks.begun.insert(ticket.id, (agent, *free_at));
    }

    async fn act(&self, desks: &mut Desks, ticket: &Ticket, index: usize, present: &[usize]) -> Result<()> {
        let (content, copy) = (self.content.clone(), ticket.clone());
        let found = self.desk.read(Actor::desk(), move |tx| {
            let Some(case) = case_of(tx, &content, copy.id)? else { return Ok(None) };
            let phase = agents::phase_of(tx, &content, &case, &copy)?;
            Ok::<_, super::Failure>(Some((case, phase)))
        });
        let Some((case, phase)) = found.await? else {
            // A visitor's own letter: nobody here may put words into the desk's mouth.
            if desks.foreign.len() < FOREIGN_KEPT_MAX {
                desks.foreign.insert(ticket.id);
            }
            return Ok(());
        };
        let (turn, verdict) = self.customers.draw(|dice| {
            agents::plan(&self.content, &self.staff, (&case, ticket), index, phase, present, dice)
        });
        match (verdict, phase) {
            (Some(verdict), _) => self.customers.expect(&case, verdict),
            (None, Phase::Thanked) => {
                self.customers.expect(&case, Verdict { for_good: true, replies: false, score: None });
            }
            (None, _) => {}
        }
        self.desk.write(self.staff.members[index].actor(), move |tx| agents::take(tx, &turn)).await?;
        Ok(())
    }
}

/// The case of a ticket, by the Message-ID of its first mail.
fn case_of(tx: &mut Tx, content: &Content, ticket: TicketId) -> Result<Option<Case>> {
    let Some(mail) = tickets::comments_of(tx, ticket)?.first().and_then(|first| first.mail) else {
        return Ok(None);
    };
    let Some(raw) = desk::mail::raw_of(tx, mail)? else { return Ok(None) };
    let id = mail::parse::parse(&raw).message_id;
    Ok(id.and_then(|id| Case::from_message_id(content, &id)))
}
