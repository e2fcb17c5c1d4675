//! Samples of the ticket's page.

use super::*;
use crate::articles::words::samples::row as article;
use crate::samples::{renders, shell};
use crate::tickets::facts::{Agent, Need};
use crate::tickets::letters::Body;
use crate::tickets::letters::samples::letter;
use crate::tickets::rows::samples::{long_row, row, rtl_row};
use crate::tickets::story::{Happened, Piece};
use desk::articles::ArticleState;
use desk::routing::{Promise, RunningPromise};
use desk::tickets::views::{Author, OtherTicket, TicketRow};
use desk::tickets::{Channel, Comment, Draft, Priority, Tags, Ticket};
use desk::{BrandId, CommentId, Role, RoutingQueueId, UserId};

pub(crate) fn ticket(status: Status) -> Ticket {
    Ticket {
        id: TicketId(1),
        subject: "Charged twice for March".into(),
        status,
        priority: Some(Priority::High),
        kind: None,
        requester: UserId(9),
        submitter: UserId(9),
        assignee: Some(UserId(7)),
        group: None,
        organization: None,
        brand: BrandId(1),
        channel: Channel::Email,
        tags: Tags::from_words(["refund", "march"]),
        snippet: String::new(),
        language: Some("es".into()),
        urgency: 0,
        anger: 0,
        external_id: None,
        problem: None,
        followup_source: None,
        merged_into: None,
        due_at: None,
        created_at: 1_000_000,
        updated_at: 1_000_000,
        assigned_at: None,
        first_reply_at: Some(3_000_000),
        requester_updated_at: None,
        solved_at: None,
        closed_at: None,
        waiting_since: Some(1_000_000),
        last_comment: Some(CommentId(9)),
        comment_count: 1,
        replies: 0,
        reopens: 1,
        assignee_stations: 0,
        group_stations: 0,
        version: 0,
    }
}

fn author(name: &str) -> Author {
    Author { id: UserId(9), name: name.into(), email: Some("marta@example.org".into()), role: Role::EndUser }
}

fn other(row: TicketRow) -> OtherTicket {
    OtherTicket { id: row.id, subject: row.subject, status: row.status, updated_at: row.updated_at }
}

fn view(status: Status, story: Vec<Entry>) -> TicketView {
    let page = TicketPage {
        ticket: ticket(status),
        letters: vec![],
        audits: vec![],
        requester: author("Marta Reyes"),
        assignee: Some(author("Ana Novak")),
        group: Some("Billing".into()),
        organization: None,
        ccs: vec![author("Luis")],
        merged: vec![],
        others: [long_row().row, rtl_row().row].into_iter().map(other).collect(),
        draft: None,
    };
    let need = |mine| Need { skill: 3, name: "Refunds".into(), asked: 3.0, must: true, mine };
    let facts = Facts {
        agents: vec![Agent { id: UserId(7), name: "Ana Novak".into(), here: true }],
        groups: vec![],
        needs: vec![need(Some((3.8, 0.3))), need(None)],
        articles: vec![
            article(7, "When money comes <back>", ArticleState::Published),
            article(8, "What we <never> say", ArticleState::Internal),
        ],
        help: "https://desk.example/help/articles".into(),
        card: None,
        local_time: Some("10:46, Madrid".into()),
        why: Some("Chosen over Kofi (holds 8 of 8)".into()),
        queue: RunningPromise {
            queue: RoutingQueueId(4),
            queue_name: "VIP <b>".into(),
            promise: Some(Promise { minutes: 15, percent: 90 }),
            due: Some(8_940_000),
            answered_at: None,
            runs: true,
        },
        learning: None,
        may_review: true,
    };
    TicketView { now: 9_000_000, me: 7, is_agent: true, page, story, facts, place: Place::default() }
}

fn page(t: TicketView, rows: Vec<Row>, unseen: Option<Unseen>) -> ShowPage {
    let queue = Queue { now: 9_000_000, ticket: TicketId(1), key: "mine", title: "My open", count: 3, rows };
    let present = Present { ticket: TicketId(1), others: vec![] };
    ShowPage { shell: shell(), queue, t, present, unseen }
}

fn unseen() -> Unseen {
    let comment = Comment {
        id: CommentId(12),
        ticket: TicketId(1),
        author: UserId(9),
        public: true,
        channel: Channel::Email,
        body: "Please <b>wait</b>".into(),
        html: None,
        quoted: None,
        quoted_html: None,
        mail: None,
        created_at: 5,
        redacted_at: None,
    };
    Unseen {
        now: 9_000_000,
        newest: 12,
        letters: vec![Letter { comment, author: Some(author("Marta Reyes")), attachments: vec![] }],
    }
}

#[test]
fn an_open_ticket_has_letters_facts_and_a_composer() {
    let mut note = letter();
    (note.id, note.internal, note.face) = (10, true, "");
    note.body = Body::Html("<p>Approved up to <a href=\"https://x.example\">€100</a></p>".into());
    let mut framed = letter();
    framed.id = 11;
    framed.body = Body::Frame { height_px: 300, remote: true };
    let pieces = vec![
        Piece { text: "Needs ".into(), href: None },
        Piece { text: "refunds 3".into(), href: Some("/skills/3".into()) },
    ];
    let story = vec![
        Entry::Letter(Box::new(letter())),
        Entry::Happened(Happened { pieces, at: 2_000_000 }),
        Entry::Folded(47),
        Entry::Letter(Box::new(note)),
        Entry::Letter(Box::new(framed)),
    ];
    let html = renders(&page(view(Status::Open, story), vec![row(), long_row(), rtl_row()], None));
    for wanted in [
        "two payments",
        "47 more",
        "ticket-composer",
        "3.8 ± 0.3",
        "not known yet",
        "my card shows &#60; two",
        "<a class=\"quiet-link\" href=\"/articles/7\" dir=\"auto\">When money comes &#60;back&#62;</a>",
        "for staff",
        "data-link=\"https://desk.example/help/articles/7\" data-link-text=\"When money comes &#60;back&#62;\"",
    ] {
        assert!(html.contains(wanted), "{wanted}");
    }
    assert!(!html.contains("/help/articles/8"), "what is for staff goes into no answer");
    assert!(html.contains("aria-current=\"true\""), "the queue knows which ticket is open");
}

#[test]
fn a_closed_ticket_cannot_be_answered_but_continued() {
    let html = renders(&page(view(Status::Closed, vec![]), vec![], None));
    assert!(!html.contains("ticket-composer data") && html.contains("followup_of=1"));
    assert!(html.contains("/articles/7") && !html.contains("data-link"), "there is nowhere to put a link");
}

#[test]
fn a_draft_is_there_again_and_text_in_any_direction_stays_itself() {
    let mut t = view(Status::Open, vec![]);
    t.page.ticket.subject = "لم تصل الشحنة بعد ".repeat(15);
    t.page.draft = Some(Draft {
        public: false,
        body: "مرحبا </textarea>".into(),
        html: None,
        seen: None,
        files: vec![],
        updated_at: 1,
    });
    let html = renders(&page(t, vec![], None));
    assert!(html.contains("مرحبا &#60;/textarea&#62;") && html.contains("data-mode=\"internal\""));
}

#[test]
fn a_stopped_letter_shows_what_came_and_can_then_go() {
    let html = renders(&page(view(Status::Open, vec![]), vec![], Some(unseen())));
    assert!(html.contains("Please &#60;b&#62;wait") && html.contains("name=\"seen\" value=\"12\""));
    assert_eq!(html.matches("name=\"seen\"").count(), 1);
    renders(&unseen());
}

#[test]
fn a_change_refreshes_head_facts_and_what_was_seen() {
    let html = Changed { t: view(Status::Pending, vec![Entry::Letter(Box::new(letter()))]) };
    let html = renders(&html);
    for target in ["#ticket-head", "#facts", "#seen"] {
        assert!(html.contains(&format!("<hx-partial hx-target=\"{target}\">")), "{target}");
    }
    let mut writing = view(Status::Pending, vec![]);
    writing.page.draft = Some(Draft {
        public: true,
        body: "Hello".into(),
        html: None,
        seen: None,
        files: vec![],
        updated_at: 1,
    });
    assert!(
        !renders(&Changed { t: writing }).contains("#seen\""),
        "what came while writing counts as unseen"
    );
}

#[test]
fn copies_can_be_added_and_taken_out_and_the_composer_names_who_gets_the_answer() {
    let html = renders(&page(view(Status::Open, vec![]), vec![], None));
    assert!(html.contains("name=\"add\"") && html.contains("Take Luis out of copy"));
    assert!(html.contains("id=\"answer-to\"") && html.contains("cc Luis"));
    let closed = renders(&page(view(Status::Closed, vec![]), vec![], None));
    assert!(closed.contains("Luis") && !closed.contains("name=\"add\""), "a closed ticket keeps its copies");
    let mut unreached = view(Status::Open, vec![]);
    unreached.page.requester.email = None;
    assert!(renders(&page(unreached, vec![], None)).contains("no address"));
}

#[test]
fn a_merged_ticket_names_its_survivor_and_the_survivor_its_parts() {
    let mut merged = view(Status::Closed, vec![]);
    merged.page.ticket.merged_into = Some(TicketId(77));
    let html = renders(&page(merged, vec![], None));
    assert!(html.contains("/tickets/77") && html.contains("/tickets/1/unmerge"));
    let mut survivor = view(Status::Open, vec![]);
    survivor.page.merged = vec![Ticket { id: TicketId(66), ..ticket(Status::Closed) }];
    let mut part = letter();
    (part.id, part.of_ticket) = (31, Some(66));
    survivor.story = vec![Entry::Letter(Box::new(part))];
    let html = renders(&page(survivor, vec![], None));
    assert!(html.contains("/tickets/66/unmerge") && html.contains("in <a href=\"/tickets/66\""));
}
