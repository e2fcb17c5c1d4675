//! `/palette`: what ⌘K finds, as rows of a list box.

use crate::{Html, Problem, SignedIn, Web};
use axum::extract::{Query, State};
use desk::people::{self, User};
use desk::search::{self, Depth, SearchOrder};
use desk::skills::{self, Skill};
use desk::tickets::views::{self, TicketRow};
use desk::tickets::{Filter, Order};
use desk::{Actor, Tx};
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
    only_admins: bool,
}

const fn place(href: &'static str, icon: &'static str, label: &'static str, words: &'static str) -> Place {
    Place { href, icon, label, words, only_admins: false }
}

const PLACES: &[Place] = &[
    place("/", "home", "Home", "start"),
    place("/views/mine", "inbox", "My open tickets", "mine queue inbox"),
    place("/views/unassigned", "bolt", "Unassigned tickets", "nobody queue"),
    place("/views/open", "list", "All open tickets", "queue"),
    place("/views/solved", "check", "Recently solved", "done"),
    place("/suspended", "warning", "Suspended mail", "spam ledger"),
    place("/tickets/new", "plus", "New ticket", "create write compose"),
    place("/skills", "skills", "Skills matrix", "levels people"),
    place("/people", "people", "People", "customers agents users"),
    place("/coaching", "chat", "Coaching", "moments plans talks growth"),
    place("/growth", "insight", "My growth", "coaching plans moments mine"),
    place("/articles", "note", "Articles", "knowledge base help centre write"),
    place("/articles/new", "plus", "New article", "write knowledge base"),
    place("/wellbeing", "insight", "My effort", "wellbeing hostile rest points"),
    place("/ledger", "ledger", "Ledger of mail", "incoming unaccounted"),
    place("/search", "search", "Search", "find"),
    Place { only_admins: true, ..place("/admin", "settings", "Admin", "settings mailboxes groups rules") },
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
    let places = places(words, actor);
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
    let tickets =
        search::search_tickets(tx, &query, SearchOrder::Newest, Depth::Whole, TICKETS_SHOWN_MAX)?.rows;
    let ids = search::search_users(tx, words, PEOPLE_SHOWN_MAX)?;
    let folded = words.to_lowercase();
    let mut skills = skills::list_shown_skills(tx)?;
    skills.retain(|skill| skill.name.to_lowercase().contains(&folded));
    skills.truncate(SKILLS_SHOWN_MAX);
    let people = people::list_by_ids(tx, &ids)?;
    Ok(Palette { query: words.to_owned(), recent: false, tickets, people, skills, places })
}

fn places(words: &str, actor: Actor) -> Vec<&'static Place> {
    let folded = words.to_lowercase();
    let by_name = |place: &&Place| place.label.to_lowercase().contains(&folded);
    let seen = PLACES.iter().filter(|place| actor.is_admin() || !place.only_admins);
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
            places: places("", agent),
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
        let found = |role| places("mailbox", Actor::person(UserId(1), role)).len();
        assert_eq!((found(Role::Agent), found(Role::Admin)), (0, 1));
    }
}
