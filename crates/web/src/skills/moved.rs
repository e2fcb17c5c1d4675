//! `/skills/moved`: whose levels the last week has moved, and by how much.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::Tx;
use desk::skills::views::{self, Movement};

const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// Movements below this, in levels, are noise.
const CHANGE_MIN: f64 = 0.05;
/// Movements that the page lists.
const SHOWN_MAX: usize = 60;

#[derive(askama::Template)]
#[template(path = "skills/moved.html")]
pub struct Page {
    pub shell: Shell,
    pub movements: Vec<Movement>,
}

#[derive(askama::Template)]
#[template(path = "skills/_moved.html")]
pub struct Fact {
    pub movements: Vec<Movement>,
}

pub async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Page>, Problem> {
    let page = web
        .desk
        .read(actor, move |tx| Ok::<_, Problem>(Page { movements: movements(tx)?, shell: Shell::load(tx)? }));
    Ok(Html(page.await?))
}

/// The card on the matrix; fetched after the page, because it reads a week of evidence.
pub async fn fact(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Fact>, Problem> {
    let movements = web.desk.read(actor, movements).await?;
    Ok(Html(Fact { movements }))
}

fn movements(tx: &mut Tx) -> Result<Vec<Movement>, Problem> {
    let since = tx.now() - WEEK_MS;
    Ok(views::movements(tx, since, CHANGE_MIN, SHOWN_MAX)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::UserId;

    #[test]
    fn a_quiet_week_says_so() {
        assert!(renders(&Fact { movements: vec![] }).contains("Quiet"));
        assert!(renders(&Page { shell: shell(), movements: vec![] }).contains("Nothing moved"));
    }

    #[test]
    fn a_movement_shows_where_it_began_and_where_it_ended() {
        let moved = Movement {
            user: UserId(1),
            name: "Leila".into(),
            skill: summary(1, "De-escalation"),
            before: 2.9,
            after: 3.4,
            observations: 2,
        };
        let html = renders(&Page { shell: shell(), movements: vec![moved] });
        assert!(html.contains("2.9") && html.contains("3.4") && html.contains("+0.50"));
    }
}
