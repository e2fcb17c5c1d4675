//! `/palette`: what ⌘K finds, as rows of a list box.

use crate::{Html, Problem, SignedIn, Web};
use axum::extract::{Query, State};
use desk::people::{self, User};
use desk::search::{self, Depth, SearchOrder};
use desk::skills::{self, Skill};
use desk::tickets::views::{self, TicketRow};
use desk::tickets::{Filter, Order};
use desk::{Actor, TicketId, Tx, settings};
use serde::Deserialize;

const TICKETS_SHOWN_MAX: usize = 7;
const PEOPLE_SHOWN_MAX: usize = 5;
const SKILLS_SHOWN_MAX: usize = 4;

/// A page one may want to go to: where, its icon, what it is called, other words for it, who sees it.
struct Place {
    href: &'static str,
    icon: &'static str,
    label: &'static str,
    words: &'static str,
    of: Of,
}

#[derive(Clone, Copy, PartialEq)]
enum Of {
    Everybody,
    /// Not where tickets stay at another desk.
    Tickets,
    Admins,
}

const fn place(href: &'static str, icon: &'static str, label: &'static str, words: &'static str) -> Place {
    Place { href, icon, label, words, of: Of::Everybody }
}

const fn of_tickets(
    href: &'static str,
    icon: &'static str,
    label: &'static str,
    words: &'static str,
) -> Place {
    Place { of: Of::Tickets, ..place(href, icon, label, words) }
}

const fn of_admins(href: &'static str, label: &'static str, words: &'static str) -> Place {
    Place { of: Of::Admins, ..place(href, "settings", label, words) }
}

const PLACES: &[Place] = &[
    of_tickets("/", "home", "Home", "start"),
    of_tickets("/views/mine", "inbox", "My open tickets", "mine queue inbox"),
    of_tickets("/views/unassigned", "bolt", "Unassigned tickets", "nobody queue"),
    of_tickets("/views/open", "list", "All open tickets", "queue"),
    of_tickets("/views/solved", "check", "Recently solved", "done"),
    of_tickets("/suspended", "warning", "Suspended mail", "spam ledger"),
    of_tickets("/tickets/new", "plus", "New ticket", "create write compose"),
    place("/skills", "skills", "Skills matrix", "levels people"),
    place("/people", "people", "People", "customers agents users"),
    place("/assessments", "check", "Assessments", "self rating campaign certificates"),
    place("/reviews", "eye", "Reviews", "scorecards quality"),
    place("/coaching", "chat", "Coaching", "moments plans talks growth"),
    place("/growth", "insight", "My growth", "coaching plans moments mine"),
    place("/articles", "note", "Articles", "knowledge base help centre write"),
    place("/articles/new", "plus", "New article", "write knowledge base"),
    place("/wellbeing", "insight", "My effort", "wellbeing hostile rest points"),
    of_tickets("/floor", "floor", "Floor", "who is here capacity waiting live"),
    of_tickets("/ledger", "ledger", "Ledger of mail", "incoming unaccounted"),
    of_tickets("/search", "search", "Search", "find"),
    of_admins("/admin", "Admin", "settings company"),
    of_admins("/admin/mailboxes", "Mailboxes", "mail imap smtp relay test admin"),
    of_admins("/admin/groups", "Groups", "teams admin"),
    of_admins("/admin/staff", "Staff", "invite agents roles admin"),
    of_admins("/admin/rules", "Rules", "needed skills words admin"),
    of_admins("/admin/tokens", "API tokens", "programs admin"),
    of_admins("/admin/jobs", "Jobs", "dead failed admin"),
];

#[derive(askama::Template)]
#[template(path = "search/_palette.html")]
struct Palette {
    query: String,
    recent: bool,
    tickets: Vec<TicketRow>,
    people: Vec<User>,
    skills: Vec<Skill>,
    places: Vec<&'static Place>,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<impl askama::Template>, Problem> {
    let found = web.desk.read(actor, move |tx| found(tx, asked.q.trim().trim_start_matches('#')));
    Ok(Html(found.await?))
}

fn found(tx: &mut Tx, words: &str) -> Result<Palette, Problem> {
    let actor = *tx.actor();
    let places = places(words, actor, settings::only_skills(tx)?);
    if words.is_empty() {
        let mine = Filter { assignee: actor.user(), unsolved: true, ..Filter::default() };
        let tickets = views::page(tx, &mine, Order::UpdatedNewest, None, TICKETS_SHOWN_MAX)?.rows;
        return Ok(Palette {
            query: String::new(),
            recent: true,
            tickets,
            people: vec![],
            skills: vec![],
            places,
        });
    }
    let query = search::parse(tx, words)?;
    let found = search::search_tickets(tx, &query, SearchOrder::Newest, Depth::Whole, TICKETS_SHOWN_MAX)?;
    // Whoever types a number wants the ticket with that number.
    let named = numbered(tx, words)?;
    let others = found.rows.into_iter().filter(|row| named.iter().all(|it| it.id != row.id));
    let tickets = named.iter().cloned().chain(others).take(TICKETS_SHOWN_MAX).collect();
    let ids = search::search_users(tx, words, PEOPLE_SHOWN_MAX)?;
    let folded = words.to_lowercase();
    let mut skills = skills::list_shown_skills(tx)?;
    skills.retain(|skill| skill.name.to_lowercase().contains(&folded));
    skills.truncate(SKILLS_SHOWN_MAX);
    let people = people::list_by_ids(tx, &ids)?;
    Ok(Palette { query: words.to_owned(), recent: false, tickets, people, skills, places })
}

/// The ticket that a number alone names.
fn numbered(tx: &mut Tx, words: &str) -> Result<Vec<TicketRow>, Problem> {
    let Ok(id) = words.parse() else { return Ok(Vec::new()) };
    let among = Filter { among: Some(vec![TicketId(id)]), ..Filter::default() };
    Ok(views::page(tx, &among, Order::UpdatedNewest, None, 1)?.rows)
}

fn places(words: &str, actor: Actor, only_skills: bool) -> Vec<&'static Place> {
    let folded = words.to_lowercase();
    let by_name = |place: &&Place| place.label.to_lowercase().contains(&folded);
    let seen = PLACES.iter().filter(|place| match place.of {
        Of::Everybody => true,
        Of::Tickets => !only_skills,
        Of::Admins => actor.is_admin() && !(only_skills && place.href == "/admin/mailboxes"),
    });
    let mut found: Vec<&'static Place> =
        seen.filter(|place| by_name(place) || !folded.is_empty() && place.words.contains(&folded)).collect();
    // What is called so comes before what may be meant by it.
    found.sort_by_key(|place| !by_name(place));
    found
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::renders;
    use crate::tickets::rows::samples::{long_row, rtl_row};
    use desk::{Role, UserId};

    #[test]
    fn every_row_is_an_option_with_a_link() {
        let tickets = vec![long_row().row, rtl_row().row];
        let agent = Actor::person(UserId(1), Role::Agent);
        let palette = Palette {
            query: "x".into(),
            recent: false,
            tickets,
            people: vec![],
            skills: vec![],
            places: places("", agent, false),
        };
        let html = renders(&palette);
        assert_eq!(html.matches("role=\"option\"").count(), html.matches("<a ").count());
        let empty = Palette {
            query: "x".into(),
            recent: true,
            tickets: vec![],
            people: vec![],
            skills: vec![],
            places: vec![],
        };
        renders(&empty);
    }

    #[test]
    fn only_admins_find_the_admin_pages() {
        let found = |role| places("mailbox", Actor::person(UserId(1), role), false).len();
        assert_eq!((found(Role::Agent), found(Role::Admin)), (0, 1));
    }

    #[test]
    fn a_desk_for_skills_only_leads_to_no_tickets() {
        let found = |words| places(words, Actor::person(UserId(1), Role::Admin), true).len();
        assert_eq!((found("tickets"), found("ledger"), found("mailboxes")), (0, 0, 0));
        assert_eq!((found("skills matrix"), found("reviews")), (1, 1));
    }
}
