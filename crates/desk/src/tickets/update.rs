//! Everything that can happen to a ticket after its creation: words, status, people, tags. One update, one audit.

mod status;
mod trail;

pub(super) use trail::{difference, record};

use super::audit::Draftsman;
use super::*;
use crate::events::{self, Event};

/// What is to change; `None` leaves it as it is.
#[derive(Clone, Debug)]
pub struct UpdateTicket {
    pub ticket: TicketId,
    pub comment: Option<NewComment>,
    pub subject: Option<String>,
    pub status: Option<Status>,
    pub priority: Option<Option<Priority>>,
    pub kind: Option<Option<Type>>,
    pub assignee: Option<Option<UserId>>,
    pub group: Option<Option<GroupId>>,
    pub requester: Option<UserId>,
    pub tags: Option<TagChange>,
    pub add_ccs: Vec<UserId>,
    pub remove_ccs: Vec<UserId>,
    /// The problem that this ticket is an incident of.
    pub problem: Option<Option<TicketId>>,
    pub external_id: Option<Option<String>>,
    pub due_at: Option<Option<i64>>,
    pub channel: Channel,
    /// The newest comment that the author has seen: a send is stopped when another has come.
    pub seen: Option<CommentId>,
    /// `safe_update`: refuse when the ticket was changed after this moment.
    pub updated_stamp: Option<i64>,
}

impl UpdateTicket {
    /// An update that changes nothing yet.
    pub fn of(ticket: TicketId) -> Self {
        UpdateTicket {
            ticket,
            comment: None,
            subject: None,
            status: None,
            priority: None,
            kind: None,
            assignee: None,
            group: None,
            requester: None,
            tags: None,
            add_ccs: Vec::new(),
            remove_ccs: Vec::new(),
            problem: None,
            external_id: None,
            due_at: None,
            channel: Channel::Web,
            seen: None,
            updated_stamp: None,
        }
    }
}

#[derive(Debug)]
pub struct Updated {
    pub ticket: Ticket,
    pub comment: Option<CommentId>,
    /// `None` when nothing was different.
    pub audit: Option<AuditId>,
}

#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    #[error("there is no such ticket")]
    NoSuchTicket,
    #[error("you may not change this ticket")]
    NotYours,
    #[error("light agents write internal comments only")]
    LightAgentsStayInside,
    #[error("a closed ticket cannot be changed; write to open a follow-up")]
    TicketIsClosed,
    #[error("a ticket is new only until an agent acts")]
    NeverNewAgain,
    #[error("solving needs an assignee")]
    SolvingNeedsAnAssignee,
    #[error("the assignee is not an agent of this desk")]
    AssigneeIsNoAgent,
    #[error("the group does not exist")]
    NoSuchGroup,
    #[error("the requester does not exist")]
    NoSuchRequester,
    #[error("the problem is no other ticket of this desk")]
    NoSuchProblem,
    #[error("the comment is empty")]
    NothingSaid,
    #[error("the comment is longer than {} KiB", COMMENT_BYTES_MAX / 1024)]
    TooLong,
    #[error("something new has come that you have not seen")]
    Unseen { newest: CommentId },
    #[error("somebody else has just changed this ticket")]
    ChangedMeanwhile { fields: Vec<String> },
    #[error(transparent)]
    Db(#[from] db::Error),
}

pub fn update(tx: &mut Tx, command: &UpdateTicket) -> Result<Updated, UpdateError> {
    let actor = *tx.actor();
    let mut ticket = store::find_ticket(tx, command.ticket)?.ok_or(UpdateError::NoSuchTicket)?;
    may_update(tx, actor, &ticket, command)?;
    if ticket.is_closed() {
        return Err(UpdateError::TicketIsClosed);
    }
    look_before_sending(tx, actor, &ticket, command)?;
    let before = ticket.clone();
    let mut audit = Draftsman::default();
    let speech = match &command.comment {
        Some(new) => Some(say(tx, actor, &mut ticket, command, new, &mut audit)?),
        None => None,
    };
    change_fields(tx, &mut ticket, command)?;
    ticket.settle_status(command.status, actor, speech.as_ref(), tx.now())?;
    difference(&before, &ticket, &mut audit);
    let other_ccs = change_ccs(tx, &ticket, command, &mut audit)?;
    if audit.is_empty() {
        return Ok(Updated { ticket, comment: None, audit: None });
    }
    ticket.updated_at = tx.now().max(before.updated_at + i64::from(tx.now() == before.updated_at));
    if !store::save_ticket(tx, &mut ticket)? {
        return Err(UpdateError::ChangedMeanwhile { fields: Vec::new() });
    }
    store::save_tags(tx, ticket.id, &before.tags, &ticket.tags)?;
    let author = speech.as_ref().map(|speech| speech.author).or(actor.user()).unwrap_or(THE_DESK);
    let audit = audit.write(tx, ticket.id, author, command.channel)?;
    record(tx, &before, &ticket, other_ccs, command.channel, speech.as_ref())?;
    if before.subject != ticket.subject || before.tags != ticket.tags || before.requester != ticket.requester
    {
        search::index_ticket(tx, &ticket)?;
    }
    Ok(Updated { ticket, comment: speech.map(|speech| speech.comment), audit: Some(audit) })
}

/// Removes a ticket from every list. Its rows stay.
pub fn delete(tx: &mut Tx, ticket: TicketId) -> Result<(), UpdateError> {
    if !tx.actor().is_agent() {
        return Err(UpdateError::NotYours);
    }
    if !store::save_deleted(tx, ticket)? {
        return Err(UpdateError::NoSuchTicket);
    }
    search::forget_ticket(tx, ticket)?;
    Ok(events::record(tx, &Event::TicketDeleted { ticket })?)
}

/// Brings a deleted ticket back as it was.
pub fn restore(tx: &mut Tx, ticket: TicketId) -> Result<Ticket, UpdateError> {
    if !tx.actor().is_agent() {
        return Err(UpdateError::NotYours);
    }
    if !store::save_restored(tx, ticket)? {
        return Err(UpdateError::NoSuchTicket);
    }
    let found = store::find_ticket(tx, ticket)?.ok_or(UpdateError::NoSuchTicket)?;
    search::index_ticket(tx, &found)?;
    for comment in comments_of(tx, ticket)? {
        search::index_comment(tx, comment.id, &comment.body)?;
    }
    events::record(tx, &Event::TicketRestored { ticket })?;
    Ok(found)
}

/// The author of what nobody in particular did.
pub const THE_DESK: UserId = UserId(-1);

/// What has just been said, and by whom.
pub(super) struct Speech {
    pub comment: CommentId,
    pub author: UserId,
    pub public: bool,
    pub by_staff: bool,
}

fn may_update(tx: &mut Tx, actor: Actor, ticket: &Ticket, command: &UpdateTicket) -> Result<(), UpdateError> {
    match actor.role() {
        Role::Agent | Role::Lead | Role::Admin => Ok(()),
        Role::LightAgent => {
            let only_internal = command.comment.as_ref().is_some_and(|new| !new.public);
            let changes = command.status.is_some() || command.assignee.is_some() || command.group.is_some();
            if only_internal && !changes { Ok(()) } else { Err(UpdateError::LightAgentsStayInside) }
        }
        Role::EndUser => {
            let ccs = store::ccs_of(tx, ticket.id)?;
            let theirs = ticket.is_visible_to(actor, actor.user().is_some_and(|user| ccs.contains(&user)));
            if !theirs {
                // Somebody else's ticket does not exist for them.
                return Err(UpdateError::NoSuchTicket);
            }
            let speaks_openly = command
                .comment
                .as_ref()
                .is_none_or(|new| new.public && new.author.is_none_or(|author| actor.is(author)));
            let only_solves =
                command.status.is_none_or(|status| status == Status::Solved && ticket.assignee.is_some());
            let nothing_else = command.assignee.is_none()
                && command.group.is_none()
                && command.priority.is_none()
                && command.kind.is_none()
                && command.tags.is_none()
                && command.requester.is_none()
                && command.subject.is_none()
                && command.problem.is_none()
                && command.remove_ccs.is_empty();
            if speaks_openly && only_solves && nothing_else { Ok(()) } else { Err(UpdateError::NotYours) }
        }
    }
}

fn look_before_sending(
    tx: &mut Tx,
    actor: Actor,
    ticket: &Ticket,
    command: &UpdateTicket,
) -> Result<(), UpdateError> {
    if let Some(stamp) = command.updated_stamp
        && stamp / 1000 < ticket.updated_at / 1000
    {
        // A stamp has no fractions of a second, and what happens inside is not for customers.
        let fields = match actor.is_staff() {
            true => audit::changed_since(tx, ticket.id, (stamp / 1000 + 1) * 1000)?,
            false => Vec::new(),
        };
        return Err(UpdateError::ChangedMeanwhile { fields });
    }
    if let (Some(seen), Some(new)) = (command.seen, &command.comment)
        && new.public
    {
        let unseen: Option<CommentId> = tx
            .find(
                "select max(id) from comments where ticket_id = $1 and id > $2 and author_id <> $3",
                db::params![ticket.id, seen, actor.user().unwrap_or(THE_DESK)],
                |row| row.get::<Option<CommentId>>(0),
            )?
            .flatten();
        if let Some(newest) = unseen {
            return Err(UpdateError::Unseen { newest });
        }
    }
    Ok(())
}

fn say(
    tx: &mut Tx,
    actor: Actor,
    ticket: &mut Ticket,
    command: &UpdateTicket,
    new: &NewComment,
    audit: &mut Draftsman,
) -> Result<Speech, UpdateError> {
    if new.body.trim().is_empty() && new.attachments.is_empty() && new.upload_tokens.is_empty() {
        return Err(UpdateError::NothingSaid);
    }
    if new.body.len() > COMMENT_BYTES_MAX {
        return Err(UpdateError::TooLong);
    }
    let author = new.author.or(actor.user()).unwrap_or(THE_DESK);
    let role = store::role_and_organization(tx, author)?.map(|(role, _)| role);
    let by_staff = author == THE_DESK || role.is_some_and(Role::is_staff) && author != ticket.requester;
    let new = create::cleaned(new);
    let comment = store::insert_comment(tx, ticket.id, author, command.channel, &new)?;
    attach::give_to_comment(tx, ticket.id, comment, &new)?;
    search::index_comment(tx, comment, &new.body)?;
    audit.said(comment, new.public);
    let now = tx.now();
    ticket.last_comment = Some(comment);
    ticket.comment_count += 1;
    if new.public && !by_staff {
        ticket.waiting_since.get_or_insert(now);
        ticket.requester_updated_at = Some(now);
        ticket.snippet = snippet(&new.body);
    }
    if new.public && by_staff && author != THE_DESK {
        ticket.waiting_since = None;
        ticket.first_reply_at.get_or_insert(now);
        ticket.replies += 1;
    }
    Ok(Speech { comment, author, public: new.public, by_staff })
}

fn change_fields(tx: &mut Tx, ticket: &mut Ticket, command: &UpdateTicket) -> Result<(), UpdateError> {
    if let Some(subject) = &command.subject
        && !subject.trim().is_empty()
    {
        ticket.subject = subject.trim().chars().take(SUBJECT_CHARS_MAX).collect();
    }
    if let Some(priority) = command.priority {
        ticket.priority = priority;
    }
    if let Some(kind) = command.kind {
        ticket.kind = kind;
    }
    if let Some(external_id) = &command.external_id {
        ticket.external_id = external_id.clone();
    }
    if let Some(due_at) = command.due_at {
        ticket.due_at = due_at;
    }
    if let Some(change) = &command.tags {
        ticket.tags = ticket.tags.changed(change);
    }
    if let Some(problem) = command.problem {
        if let Some(problem) = problem
            && (problem == ticket.id || store::find_ticket(tx, problem)?.is_none())
        {
            return Err(UpdateError::NoSuchProblem);
        }
        ticket.problem = problem;
        if problem.is_some() && command.kind.is_none() {
            ticket.kind = Some(Type::Incident);
        }
    }
    if let Some(requester) = command.requester {
        let (_, organization) =
            store::role_and_organization(tx, requester)?.ok_or(UpdateError::NoSuchRequester)?;
        ticket.requester = requester;
        ticket.organization = organization;
    }
    if let Some(group) = command.group {
        if let Some(group) = group
            && !store::group_exists(tx, group)?
        {
            return Err(UpdateError::NoSuchGroup);
        }
        ticket.group_stations += i64::from(group.is_some() && group != ticket.group);
        ticket.group = group;
    }
    if let Some(assignee) = command.assignee {
        if let Some(agent) = assignee {
            let role = store::role_and_organization(tx, agent)?.map(|(role, _)| role);
            if !role.is_some_and(Role::is_agent) {
                return Err(UpdateError::AssigneeIsNoAgent);
            }
        }
        ticket.assign_to(assignee, tx.now());
    }
    Ok(())
}

/// Who is in copy from now on; says whether that is somebody else than before.
fn change_ccs(
    tx: &mut Tx,
    ticket: &Ticket,
    command: &UpdateTicket,
    audit: &mut Draftsman,
) -> Result<bool, db::Error> {
    if command.add_ccs.is_empty() && command.remove_ccs.is_empty() {
        return Ok(false);
    }
    let before = ccs_of(tx, ticket.id)?;
    for cc in &command.remove_ccs {
        store::delete_person(tx, ticket.id, *cc, "cc")?;
    }
    for cc in command.add_ccs.iter().filter(|cc| **cc != ticket.requester).take(CCS_PER_TICKET_MAX) {
        store::insert_person(tx, ticket.id, *cc, "cc")?;
    }
    let after = ccs_of(tx, ticket.id)?;
    if before != after {
        audit.changed("email_cc_ids", &before, &after);
    }
    Ok(before != after)
}

impl Refusal for UpdateError {
    fn kind(&self) -> Kind {
        match self {
            UpdateError::NoSuchTicket => Kind::NotFound,
            UpdateError::NotYours | UpdateError::LightAgentsStayInside => Kind::Forbidden,
            UpdateError::TicketIsClosed
            | UpdateError::Unseen { .. }
            | UpdateError::ChangedMeanwhile { .. } => Kind::Conflict,
            UpdateError::NeverNewAgain
            | UpdateError::SolvingNeedsAnAssignee
            | UpdateError::AssigneeIsNoAgent
            | UpdateError::NoSuchGroup
            | UpdateError::NoSuchRequester
            | UpdateError::NoSuchProblem
            | UpdateError::NothingSaid => Kind::Invalid,
            UpdateError::TooLong => Kind::TooMuch,
            UpdateError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            UpdateError::NeverNewAgain | UpdateError::TicketIsClosed => Some("status"),
            UpdateError::SolvingNeedsAnAssignee | UpdateError::AssigneeIsNoAgent => Some("assignee"),
            UpdateError::NoSuchGroup => Some("group"),
            UpdateError::NoSuchRequester => Some("requester"),
            UpdateError::NoSuchProblem => Some("problem_id"),
            UpdateError::NothingSaid | UpdateError::TooLong => Some("comment"),
            UpdateError::ChangedMeanwhile { .. } => Some("safe_update"),
            _ => None,
        }
    }

    fn conflicting(&self) -> &[String] {
        match self {
            UpdateError::ChangedMeanwhile { fields } => fields,
            _ => &[],
        }
    }
}
