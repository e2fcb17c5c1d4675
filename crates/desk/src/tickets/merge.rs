//! Several tickets about one thing become one conversation, and can be taken apart again at any time.
//!
//! Nothing is moved: a merged ticket keeps its letters, its clocks and its rating; it is closed, tagged, and points at
//! the survivor, whose page shows all letters in one line of time and where late replies arrive. What a merge changed
//! stands in its event, `ticket_merged`, among those of the survivor; [`unmerge`] takes exactly that back.

use super::audit::Draftsman;
use super::update::{Speech, difference, record};
use super::*;
use crate::events::{self, Event};

/// The tag of tickets that were closed because they live on in another.
pub const MERGED_TAG: &str = "closed_by_merge";
/// Tickets that one call merges.
pub const TICKETS_PER_MERGE_MAX: usize = 20;
/// Tickets whose letters one page gathers, merges of merges included.
const MERGED_SHOWN_MAX: usize = 100;

#[derive(Clone, Debug)]
pub struct MergeTickets {
    /// The survivor.
    pub into: TicketId,
    pub tickets: Vec<TicketId>,
    /// Said on the survivor.
    pub comment: Option<NewComment>,
    /// Said on each ticket that is merged, before it closes.
    pub comment_on_each: Option<NewComment>,
    pub channel: Channel,
}

#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error("only agents may merge tickets")]
    NotAnAgent,
    #[error("there is no such ticket")]
    NoSuchTicket,
    #[error("a merge needs at least one ticket beside the one that stays")]
    NothingToMerge,
    #[error("at most {TICKETS_PER_MERGE_MAX} tickets can be merged at once")]
    TooMany,
    #[error("a ticket cannot be merged into itself")]
    IntoItself,
    #[error("ticket #{0} is closed and cannot be merged")]
    TicketIsClosed(TicketId),
    #[error("together they would have more than {CCS_PER_TICKET_MAX} people in copy")]
    TooManyCcs,
    #[error("this ticket was not merged into another")]
    NotMerged,
    #[error("the comment is longer than {} KiB", COMMENT_BYTES_MAX / 1024)]
    TooLong,
    #[error("somebody else has just changed one of these tickets")]
    ChangedMeanwhile,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Closes the tickets and lets the survivor speak for all of them. Answers the survivor.
pub fn merge(tx: &mut Tx, command: &MergeTickets) -> Result<Ticket, MergeError> {
    if !tx.actor().is_agent() {
        return Err(MergeError::NotAnAgent);
    }
    let ids = distinct(command)?;
    let mut survivor = open_ticket(tx, command.into)?;
    let sources = ids.iter().map(|id| open_ticket(tx, *id)).collect::<Result<Vec<_>, _>>()?;
    let before = survivor.clone();
    let mut audit = Draftsman::default();
    let speech = note(tx, &mut survivor, command.comment.as_ref(), command.channel, &mut audit)?;
    let ccs_before = ccs_of(tx, survivor.id)?;
    let mut ccs = ccs_before.clone();
    let mut merged = Vec::new();
    for source in sources {
        let came = newcomers(tx, &source, &survivor, &ccs)?;
        ccs.extend(&came);
        survivor.take_over(&source);
        merged.push(Event::TicketMerged {
            ticket: source.id,
            into: survivor.id,
            was: source.status,
            waiting_since: source.waiting_since,
            ccs: came,
        });
        draft::carry_drafts(tx, source.id, survivor.id)?;
        close(tx, source, command)?;
    }
    if ccs.len() > CCS_PER_TICKET_MAX {
        return Err(MergeError::TooManyCcs);
    }
    for cc in &ccs[ccs_before.len()..] {
        store::insert_person(tx, survivor.id, *cc, "cc")?;
    }
    let other_ccs = ccs.len() > ccs_before.len();
    if other_ccs {
        audit.changed("email_cc_ids", &ccs_before, &ccs);
    }
    audit.changed("merged_tickets", Vec::<TicketId>::new(), &ids);
    let change = Change { before: &before, other_ccs, channel: command.channel, speech: speech.as_ref() };
    change.save(tx, &mut survivor, audit)?;
    for event in &merged {
        events::record(tx, event)?;
    }
    Ok(survivor)
}

/// Makes a merged ticket one of its own again: its status, its wait, and the copies that it had brought.
pub fn unmerge(tx: &mut Tx, ticket: TicketId) -> Result<Ticket, MergeError> {
    if !tx.actor().is_agent() {
        return Err(MergeError::NotAnAgent);
    }
    let mut source = views::visible_ticket(tx, ticket)?.ok_or(MergeError::NoSuchTicket)?;
    let into = source.merged_into.ok_or(MergeError::NotMerged)?;
    let all = merges_into(tx, into)?;
    let was = all.iter().find(|it| it.ticket == ticket).ok_or(MergeError::NotMerged)?;
    let others: Vec<&Merge> = all.iter().filter(|it| it.ticket != ticket).collect();
    let before = source.clone();
    let mut waits = was.waiting_since;
    if let Some(survivor) = find_ticket(tx, into)? {
        waits = waits.filter(|_| survivor.still_waits_for(was));
        let_go(tx, survivor, was, &others)?;
    }
    source.status = was.was;
    source.closed_at = None;
    source.merged_into = None;
    source.waiting_since = waits;
    source.tags = source.tags.changed(&TagChange::Remove(vec![MERGED_TAG.to_owned()]));
    let mut audit = Draftsman::default();
    difference(&before, &source, &mut audit);
    store::save_merged_into(tx, source.id, None)?;
    Change::of(&before).save(tx, &mut source, audit)?;
    events::record(tx, &Event::TicketUnmerged { ticket, from: into })?;
    Ok(source)
}

/// The tickets that live on in this one, those that were merged into them included.
pub fn merged_tickets(tx: &mut Tx, survivor: TicketId) -> Result<Vec<Ticket>, db::Error> {
    let mut found: Vec<Ticket> = Vec::new();
    let mut next = vec![survivor];
    while let Some(into) = next.pop() {
        for merge in merges_into(tx, into)? {
            if found.len() < MERGED_SHOWN_MAX && found.iter().all(|it| it.id != merge.ticket) {
                found.extend(find_ticket(tx, merge.ticket)?);
                next.push(merge.ticket);
            }
        }
    }
    Ok(found)
}

/// People whom a merge puts in copy on the survivor: the requester of the other ticket, and who was in copy there.
pub fn newcomers(
    tx: &mut Tx,
    source: &Ticket,
    survivor: &Ticket,
    ccs: &[UserId],
) -> Result<Vec<UserId>, db::Error> {
    let mut came = vec![source.requester];
    came.extend(ccs_of(tx, source.id)?);
    came.retain(|user| *user != survivor.requester && !ccs.contains(user));
    let mut seen = std::collections::HashSet::new();
    came.retain(|user| seen.insert(*user));
    Ok(came)
}

/// What one merge changed, as its event tells it.
struct Merge {
    ticket: TicketId,
    was: Status,
    waiting_since: Option<i64>,
    ccs: Vec<UserId>,
}

/// The merges into this ticket that nobody has taken back, oldest first.
fn merges_into(tx: &mut Tx, into: TicketId) -> Result<Vec<Merge>, db::Error> {
    let mut all: Vec<Merge> = Vec::new();
    for event in events::list_of_kinds(tx, "ticket", into.0, &["ticket_merged", "ticket_unmerged"])? {
        match event {
            Event::TicketMerged { ticket, was, waiting_since, ccs, .. } => {
                all.push(Merge { ticket, was, waiting_since, ccs })
            }
            Event::TicketUnmerged { ticket, .. } => all.retain(|it| it.ticket != ticket),
            _ => {}
        }
    }
    Ok(all)
}

fn distinct(command: &MergeTickets) -> Result<Vec<TicketId>, MergeError> {
    let mut ids: Vec<TicketId> = Vec::new();
    for id in &command.tickets {
        if *id == command.into {
            return Err(MergeError::IntoItself);
        }
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    match ids.len() {
        0 => Err(MergeError::NothingToMerge),
        1..=TICKETS_PER_MERGE_MAX => Ok(ids),
        _ => Err(MergeError::TooMany),
    }
}

/// A ticket that the actor may see and that is not closed; what is closed has its end, or its survivor, already.
fn open_ticket(tx: &mut Tx, id: TicketId) -> Result<Ticket, MergeError> {
    let ticket = views::visible_ticket(tx, id)?.ok_or(MergeError::NoSuchTicket)?;
    if ticket.is_closed() {
        return Err(MergeError::TicketIsClosed(id));
    }
    Ok(ticket)
}

/// Says where the conversation goes. It is no answer: no clock of the ticket hears it.
fn note(
    tx: &mut Tx,
    ticket: &mut Ticket,
    comment: Option<&NewComment>,
    channel: Channel,
    audit: &mut Draftsman,
) -> Result<Option<Speech>, MergeError> {
    let Some(new) = comment.filter(|new| !new.body.trim().is_empty()) else { return Ok(None) };
    if new.body.len() > COMMENT_BYTES_MAX {
        return Err(MergeError::TooLong);
    }
    let new = create::cleaned(new);
    let author = tx.actor().user().unwrap_or(THE_DESK);
    let comment = store::insert_comment(tx, ticket.id, author, channel, &new)?;
    search::index_comment(tx, comment, &new.body)?;
    audit.said(comment, new.public);
    ticket.last_comment = Some(comment);
    ticket.comment_count += 1;
    Ok(Some(Speech { comment, author, public: new.public, by_staff: true }))
}

fn close(tx: &mut Tx, mut source: Ticket, command: &MergeTickets) -> Result<(), MergeError> {
    let before = source.clone();
    let mut audit = Draftsman::default();
    let speech = note(tx, &mut source, command.comment_on_each.as_ref(), command.channel, &mut audit)?;
    source.status = Status::Closed;
    source.closed_at = Some(tx.now());
    source.waiting_since = None;
    source.merged_into = Some(command.into);
    source.tags = source.tags.changed(&TagChange::Add(vec![MERGED_TAG.to_owned()]));
    difference(&before, &source, &mut audit);
    store::save_merged_into(tx, source.id, source.merged_into)?;
    let change = Change { channel: command.channel, speech: speech.as_ref(), ..Change::of(&before) };
    change.save(tx, &mut source, audit)
}

/// The survivor loses what this merge alone had brought.
fn let_go(tx: &mut Tx, mut survivor: Ticket, was: &Merge, others: &[&Merge]) -> Result<(), MergeError> {
    let before = survivor.clone();
    let mut audit = Draftsman::default();
    let ccs_before = ccs_of(tx, survivor.id)?;
    for cc in was.ccs.iter().filter(|cc| others.iter().all(|it| !it.ccs.contains(cc))) {
        store::delete_person(tx, survivor.id, *cc, "cc")?;
    }
    let ccs = ccs_of(tx, survivor.id)?;
    if ccs != ccs_before {
        audit.changed("email_cc_ids", &ccs_before, &ccs);
    }
    if survivor.still_waits_for(was) {
        let own = store::find_own_wait(tx, survivor.id)?;
        survivor.waiting_since = others.iter().filter_map(|it| it.waiting_since).chain(own).min();
    }
    audit.changed("merged_tickets", [was.ticket], Vec::<TicketId>::new());
    Change { other_ccs: ccs != ccs_before, ..Change::of(&before) }.save(tx, &mut survivor, audit)
}

impl Ticket {
    /// Whoever waits there waits here from now on, and nobody waits in a ticket that is done.
    fn take_over(&mut self, source: &Ticket) {
        let Some(since) = source.waiting_since else { return };
        self.waiting_since = Some(self.waiting_since.map_or(since, |own| own.min(since)));
        if matches!(self.status, Status::Pending | Status::Hold | Status::Solved) {
            self.status = Status::Open;
            self.solved_at = None;
        }
    }

    /// An answer since the merge would have ended this wait, and a later letter begun a later one.
    fn still_waits_for(&self, merge: &Merge) -> bool {
        match (self.waiting_since, merge.waiting_since) {
            (Some(now), Some(then)) => now <= then && self.status < Status::Solved,
            _ => false,
        }
    }
}

/// How one ticket of a merge is saved, with its audit, its events and its place in the index.
struct Change<'a> {
    before: &'a Ticket,
    other_ccs: bool,
    channel: Channel,
    speech: Option<&'a Speech>,
}

impl<'a> Change<'a> {
    fn of(before: &'a Ticket) -> Self {
        Change { before, other_ccs: false, channel: Channel::Web, speech: None }
    }

    fn save(self, tx: &mut Tx, ticket: &mut Ticket, audit: Draftsman) -> Result<(), MergeError> {
        let before = self.before;
        ticket.updated_at = tx.now().max(before.updated_at + 1);
        if !store::save_ticket(tx, ticket)? {
            return Err(MergeError::ChangedMeanwhile);
        }
        store::save_tags(tx, ticket.id, &before.tags, &ticket.tags)?;
        audit.write(tx, ticket.id, tx.actor().user().unwrap_or(THE_DESK), self.channel)?;
        record(tx, before, ticket, self.other_ccs, self.channel, self.speech)?;
        if before.tags != ticket.tags {
            search::index_ticket(tx, ticket)?;
        }
        Ok(())
    }
}

impl Refusal for MergeError {
    fn kind(&self) -> Kind {
        match self {
            MergeError::NotAnAgent => Kind::Forbidden,
            MergeError::NoSuchTicket => Kind::NotFound,
            MergeError::TicketIsClosed(_) | MergeError::NotMerged | MergeError::ChangedMeanwhile => {
                Kind::Conflict
            }
            MergeError::NothingToMerge | MergeError::IntoItself => Kind::Invalid,
            MergeError::TooMany | MergeError::TooManyCcs | MergeError::TooLong => Kind::TooMuch,
            MergeError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            MergeError::NothingToMerge | MergeError::TooMany => Some("ids"),
            MergeError::IntoItself => Some("into"),
            MergeError::TooLong => Some("comment"),
            _ => None,
        }
    }
}
