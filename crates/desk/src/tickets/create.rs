//! A new ticket with its first comment, the description.

use super::audit::Draftsman;
use super::*;
use std::sync::LazyLock;

#[derive(Clone, Debug)]
pub struct CreateTicket {
    pub subject: String,
    pub comment: NewComment,
    pub requester: UserId,
    /// `None`: new, or open when it starts with an assignee.
    pub status: Option<Status>,
    pub priority: Option<Priority>,
    pub kind: Option<Type>,
    pub assignee: Option<UserId>,
    pub group: Option<GroupId>,
    pub brand: Option<BrandId>,
    pub channel: Channel,
    pub tags: Vec<String>,
    pub ccs: Vec<UserId>,
    pub external_id: Option<String>,
    /// The closed ticket that this one continues.
    pub followup_of: Option<TicketId>,
    pub problem: Option<TicketId>,
    /// Who wrote it down; `None`: the actor.
    pub submitter: Option<UserId>,
    pub due_at: Option<i64>,
}

impl CreateTicket {
    pub fn new(requester: UserId, subject: impl Into<String>, comment: NewComment, channel: Channel) -> Self {
        CreateTicket {
            subject: subject.into(),
            comment,
            requester,
            status: None,
            priority: None,
            kind: None,
            assignee: None,
            group: None,
            brand: None,
            channel,
            tags: Vec::new(),
            ccs: Vec::new(),
            external_id: None,
            followup_of: None,
            problem: None,
            submitter: None,
            due_at: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("you may open tickets for yourself only")]
    NotYours,
    #[error("only agents may set status, assignee, group or priority")]
    NotAnAgent,
    #[error("the requester does not exist")]
    NoSuchRequester,
    #[error("the submitter does not exist")]
    NoSuchSubmitter,
    #[error("the problem is no ticket of this desk")]
    NoSuchProblem,
    #[error("the assignee is not an agent of this desk")]
    AssigneeIsNoAgent,
    #[error("the group does not exist")]
    NoSuchGroup,
    #[error("a ticket needs a description")]
    NothingSaid,
    #[error("the description is longer than {} KiB", COMMENT_BYTES_MAX / 1024)]
    TooLong,
    #[error("solving needs an assignee")]
    SolvingNeedsAnAssignee,
    #[error("a ticket can have {CCS_PER_TICKET_MAX} people in copy")]
    TooManyCcs,
    #[error(transparent)]
    Db(#[from] db::Error),
}

pub fn create(tx: &mut Tx, command: &CreateTicket) -> Result<Ticket, CreateError> {
    let actor = *tx.actor();
    may_create(actor, command)?;
    let (_, organization) =
        store::role_and_organization(tx, command.requester)?.ok_or(CreateError::NoSuchRequester)?;
    if let Some(submitter) = command.submitter {
        store::role_and_organization(tx, submitter)?.ok_or(CreateError::NoSuchSubmitter)?;
    }
    if let Some(problem) = command.problem {
        store::find_ticket(tx, problem)?.ok_or(CreateError::NoSuchProblem)?;
    }
    let mut assignee = command.assignee;
    if let Some(agent) = assignee {
        let role = store::role_and_organization(tx, agent)?.map(|(role, _)| role);
        if !role.is_some_and(Role::is_agent) {
            return Err(CreateError::AssigneeIsNoAgent);
        }
    }
    if let Some(group) = command.group
        && !store::group_exists(tx, group)?
    {
        return Err(CreateError::NoSuchGroup);
    }
    let now = tx.now();
    let first = if assignee.is_some() { Status::Open } else { Status::New };
    let status = command.status.unwrap_or(first).max(first);
    if status >= Status::Solved && assignee.is_none() {
        assignee = actor.user().filter(|_| actor.is_agent());
        assignee.ok_or(CreateError::SolvingNeedsAnAssignee)?;
    }
    let author = command.comment.author.or(actor.user()).unwrap_or(command.requester);
    let by_staff = author != command.requester
        && store::role_and_organization(tx, author)?.is_some_and(|(r, _)| r.is_staff());
    let brand = match command.brand {
        Some(brand) => brand,
        None => settings::default_brand(tx)?,
    };
    let waits = (!by_staff && command.comment.public).then_some(now);
    let mut ticket = Ticket {
        id: TicketId(0),
        subject: subject(&command.subject, &command.comment.body),
        status,
        priority: command.priority,
        kind: command.kind.or(command.problem.map(|_| Type::Incident)),
        requester: command.requester,
        submitter: command.submitter.or(actor.user()).unwrap_or(command.requester),
        assignee,
        group: command.group,
        organization,
        brand,
        channel: command.channel,
        tags: Tags::from_words(&command.tags),
        snippet: snippet(&command.comment.body),
        language: None,
        urgency: 0,
        anger: 0,
        external_id: command.external_id.clone(),
        problem: command.problem,
        followup_source: command.followup_of,
        merged_into: None,
        due_at: command.due_at,
        created_at: now,
        updated_at: now,
        assigned_at: assignee.map(|_| now),
        first_reply_at: None,
        requester_updated_at: waits,
        solved_at: (status >= Status::Solved).then_some(now),
        closed_at: None,
        waiting_since: waits,
        last_comment: None,
        comment_count: 1,
        replies: 0,
        reopens: 0,
        assignee_stations: i64::from(assignee.is_some()),
        group_stations: i64::from(command.group.is_some()),
        version: 0,
    };
    ticket.id = store::insert_ticket(tx, &ticket)?;
    let new = cleaned(&command.comment);
    let comment = store::insert_comment(tx, ticket.id, author, command.channel, &new)?;
    attach::give_to_comment(tx, ticket.id, comment, &new)?;
    ticket.last_comment = Some(comment);
    store::save_first_comment(tx, &ticket)?;
    store::save_tags(tx, ticket.id, &Tags::default(), &ticket.tags)?;
    for cc in command.ccs.iter().filter(|cc| **cc != ticket.requester) {
        store::insert_person(tx, ticket.id, *cc, "cc")?;
    }
    audit_of(&ticket, comment, new.public).write(tx, ticket.id, author, command.channel)?;
    record(tx, &ticket, comment, author, by_staff, new.public)?;
    search::index_new_ticket(tx, &ticket)?;
    search::index_comment(tx, comment, &new.body)?;
    Ok(ticket)
}

fn may_create(actor: Actor, command: &CreateTicket) -> Result<(), CreateError> {
    if !actor.is_staff() {
        if !actor.is(command.requester) || command.comment.author.is_some_and(|author| !actor.is(author)) {
            return Err(CreateError::NotYours);
        }
        if command.submitter.is_some_and(|submitter| !actor.is(submitter)) {
            return Err(CreateError::NotYours);
        }
        if command.status.is_some() || command.assignee.is_some() || command.group.is_some() {
            return Err(CreateError::NotAnAgent);
        }
    }
    if command.comment.body.trim().is_empty()
        && command.comment.attachments.is_empty()
        && command.subject.trim().is_empty()
    {
        return Err(CreateError::NothingSaid);
    }
    if command.comment.body.len() > COMMENT_BYTES_MAX {
        return Err(CreateError::TooLong);
    }
    if command.ccs.len() > CCS_PER_TICKET_MAX {
        return Err(CreateError::TooManyCcs);
    }
    Ok(())
}

fn record(
    tx: &mut Tx,
    ticket: &Ticket,
    comment: CommentId,
    author: UserId,
    by_staff: bool,
    public: bool,
) -> Result<(), db::Error> {
    let (id, channel) = (ticket.id, ticket.channel);
    let created =
        Event::TicketCreated { ticket: id, requester: ticket.requester, channel, status: ticket.status };
    events::record(tx, &created)?;
    // The requester's description is in the event above; an agent's first words also go out as mail.
    if by_staff && public {
        events::record(tx, &Event::CommentAdded { ticket: id, comment, author, public, by_staff, channel })?;
    }
    if ticket.assignee.is_some() {
        events::record(tx, &Event::TicketAssigned { ticket: id, from: None, to: ticket.assignee })?;
    }
    if ticket.status >= Status::Solved {
        let (from, to) = (Status::Open, ticket.status);
        events::record(tx, &Event::StatusChanged { ticket: id, from, to, assignee: ticket.assignee })?;
    }
    Ok(())
}

fn audit_of(ticket: &Ticket, comment: CommentId, public: bool) -> Draftsman {
    let mut audit = Draftsman::default();
    audit.said(comment, public);
    audit.created("subject", &ticket.subject);
    audit.created("requester_id", ticket.requester);
    audit.created("status", ticket.status);
    audit.created("priority", ticket.priority);
    audit.created("type", ticket.kind);
    audit.created("group_id", ticket.group);
    audit.created("assignee_id", ticket.assignee);
    audit.created("tags", ticket.tags.as_slice());
    audit
}

/// The subject, or else the first words: a ticket without a name cannot be found again.
fn subject(given: &str, body: &str) -> String {
    let given = given.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = if given.is_empty() { snippet(body) } else { given };
    text.chars().take(SUBJECT_CHARS_MAX).collect()
}

/// The same comment, with HTML that may be shown.
pub(super) fn cleaned(comment: &NewComment) -> NewComment {
    NewComment {
        html: comment.html.as_deref().map(clean).filter(|html| !html.trim().is_empty()),
        quoted_html: comment.quoted_html.as_deref().map(clean).filter(|html| !html.trim().is_empty()),
        ..comment.clone()
    }
}

/// HTML that is safe to show: no scripts, no forms, no remote images (the mail door has moved their address to
/// `data-remote-src`), links that open elsewhere and tell nothing.
pub fn clean(html: &str) -> String {
    static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
        let mut builder = ammonia::Builder::default();
        builder
            .add_tag_attributes("img", ["data-cid", "data-remote-src", "alt", "width", "height"])
            .add_generic_attributes(["dir", "lang", "style"])
            .filter_style_properties(std::collections::HashSet::from([
                "color",
                "background-color",
                "font-weight",
                "font-style",
                "text-align",
                "text-decoration",
            ]))
            .link_rel(Some("noopener noreferrer nofollow"))
            .attribute_filter(|element, attribute, value| match (element, attribute) {
                ("img", "src") if !value.starts_with("/attachments/") => None,
                _ => Some(value.into()),
            });
        builder
    });
    CLEANER.clean(html).to_string()
}

impl Refusal for CreateError {
    fn kind(&self) -> Kind {
        match self {
            CreateError::NotYours | CreateError::NotAnAgent => Kind::Forbidden,
            CreateError::NoSuchRequester
            | CreateError::NoSuchSubmitter
            | CreateError::NoSuchProblem
            | CreateError::AssigneeIsNoAgent
            | CreateError::NoSuchGroup
            | CreateError::NothingSaid
            | CreateError::SolvingNeedsAnAssignee => Kind::Invalid,
            CreateError::TooLong | CreateError::TooManyCcs => Kind::TooMuch,
            CreateError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            CreateError::NoSuchRequester => Some("requester"),
            CreateError::NoSuchSubmitter => Some("submitter_id"),
            CreateError::NoSuchProblem => Some("problem_id"),
            CreateError::AssigneeIsNoAgent | CreateError::SolvingNeedsAnAssignee => Some("assignee"),
            CreateError::NoSuchGroup => Some("group"),
            CreateError::NothingSaid | CreateError::TooLong => Some("description"),
            CreateError::TooManyCcs => Some("collaborators"),
            _ => None,
        }
    }
}

use crate::events::Event;
