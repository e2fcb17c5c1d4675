//! `/people`: everybody, newest first, with a search.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use desk::people::views::{self, PeoplePage, PersonRow};
use desk::{Actor, Role, UserId, people};
use serde::Deserialize;
use std::collections::HashMap;

const ROWS: usize = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub q: String,
    pub role: String,
    pub after: Option<UserId>,
}

#[derive(askama::Template)]
#[template(path = "people/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub asked: Asked,
    pub page: PeoplePage,
    pub groups: HashMap<UserId, String>,
}

impl Index {
    fn roles(&self) -> impl Iterator<Item = &'static Role> {
        Role::ALL.iter()
    }

    fn group_of<'a>(&'a self, row: &'a PersonRow) -> &'a str {
        self.groups.get(&row.user.id).or(row.organization.as_ref()).map_or("", String::as_str)
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let page = views::people_page(tx, &asked.q, Role::parse(&asked.role), asked.after, ROWS)?;
        let groups = groups_by_person(tx)?;
        Ok::<_, Problem>(Index {
            shell: Shell::load(tx)?,
            actor,
            now: tx.now(),
            asked: asked.clone(),
            page,
            groups,
        })
    });
    Ok(Html(page.await?))
}

fn groups_by_person(tx: &mut desk::Tx) -> Result<HashMap<UserId, String>, db::Error> {
    let mut names: HashMap<UserId, String> = HashMap::new();
    for group in people::list_groups_with_members(tx)? {
        for member in group.members {
            let name = names.entry(member.user).or_default();
            if !name.is_empty() {
                name.push_str(", ");
            }
            name.push_str(&group.group.name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{shell, user};
    use askama::Template;

    fn render(people: Vec<PersonRow>, asked: Asked) -> String {
        let page = PeoplePage { next: people.last().map(|row| row.user.id), people };
        let actor = Actor::person(UserId(1), Role::Admin);
        Index { shell: shell(), actor, now: 0, asked, page, groups: HashMap::new() }.render().unwrap()
    }

    #[test]
    fn a_desk_without_people_says_where_they_come_from() {
        assert!(render(vec![], Asked::default()).contains("first mail"));
        let asked = Asked { q: "nobody".into(), ..Asked::default() };
        assert!(render(vec![], asked).contains("Nobody is found"));
    }

    #[test]
    fn names_in_any_script_stand_in_their_own_direction() {
        let row = |name: &str| PersonRow {
            user: people::User { name: name.into(), ..user(Role::EndUser) },
            organization: Some("A very long name of an organization ".repeat(8)),
            unsolved: 3,
        };
        let html = render(vec![row("محمد"), row(&"Ana ".repeat(60))], Asked::default());
        assert!(html.contains("dir=\"auto\""));
        assert!(html.contains("Older"));
    }
}
