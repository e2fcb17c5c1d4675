//! `/people/suggestions`: addresses that begin to fit what somebody types, for a field with a list.

use crate::{Html, Problem, SignedIn, Web};
use axum::extract::{Query, State};
use desk::people::{self, User};
use desk::{Kind, Tx};

/// Addresses that one list offers.
const PEOPLE_SHOWN_MAX: usize = 8;
/// Fewer letters fit too many people.
const LETTERS_MIN: usize = 2;

#[derive(askama::Template)]
#[template(path = "people/_suggestions.html")]
pub struct Suggestions {
    list: String,
    people: Vec<User>,
}

/// The field sends its own name with what was typed; `list` names the list that is filled.
pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Html<Suggestions>, Problem> {
    if !actor.is_staff() {
        return Err(Problem::new(Kind::Forbidden, "Only your team may look up people."));
    }
    let value = |is_list: bool| asked.iter().find(|(name, _)| (name == "list") == is_list);
    let list = value(true).map_or("suggestions", |(_, list)| list).to_owned();
    let words = value(false).map_or("", |(_, words)| words).trim().to_owned();
    let people = web.desk.read(actor, move |tx| fitting(tx, &words)).await?;
    Ok(Html(Suggestions { list, people }))
}

fn fitting(tx: &mut Tx, words: &str) -> Result<Vec<User>, db::Error> {
    if words.chars().count() < LETTERS_MIN {
        return Ok(Vec::new());
    }
    let mut people = people::search_users(tx, words, PEOPLE_SHOWN_MAX)?;
    people.retain(|user| user.is_active() && user.email.is_some());
    Ok(people)
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::{renders, user};
    use desk::Role;

    #[test]
    fn whoever_has_no_address_is_not_offered() {
        let nobody = User { email: None, name: "No Address".into(), ..user(Role::EndUser) };
        let page = Suggestions { list: "ccs".into(), people: vec![user(Role::EndUser), nobody] };
        let html = renders(&page);
        assert!(html.contains("<datalist id=\"ccs\">") && html.contains("marta@example.org"));
        assert!(!html.contains("No Address"));
    }
}
