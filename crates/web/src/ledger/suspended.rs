//! `/suspended`: mail that did not become a comment by itself, with the reason, and what to do about it.

use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use desk::mail::views::{self, SuspendedMail};
use desk::mail::{self};
use desk::{Actor, MailId};
use serde::Deserialize;

const ROWS: usize = 25;
/// Characters of a text that are shown.
const TEXT_CHARS_MAX: usize = 600;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub before: Option<MailId>,
}

#[derive(askama::Template)]
#[template(path = "ledger/suspended.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub rows: Vec<SuspendedMail>,
    pub count: i64,
    pub next: Option<MailId>,
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let mut rows = views::suspended_page(tx, asked.before, ROWS + 1)?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).map(|row| row.entry.id);
        let count = views::count_suspended(tx)?;
        Ok::<_, Problem>(Index { shell: Shell::load(tx)?, actor, now: tx.now(), rows, count, next })
    });
    Ok(Html(page.await?))
}

pub async fn recover(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(mail): Path<MailId>,
) -> Result<Response, Problem> {
    let ticket = web.desk.write(actor, move |tx| mail::recover(tx, mail)).await?;
    Ok(Said::new(format!("It is ticket #{ticket} now.")).then(&format!("/tickets/{ticket}")))
}

pub async fn discard(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(mail): Path<MailId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| mail::discard(tx, mail)).await?;
    let said = Said::new("Thrown away. The ledger keeps it.");
    Ok(said.with_undo(format!("/suspended/{mail}/put-back")).then("/suspended"))
}

/// Takes throwing away back: it waits again as it did.
pub async fn put_back(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(mail): Path<MailId>,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| mail::put_back(tx, mail)).await?;
    Ok(Said::new("It waits in the queue again.").then("/suspended"))
}

/// The beginning of what it says.
pub(super) fn preview(text: &str) -> String {
    let mut shown: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    if text.trim().chars().count() > TEXT_CHARS_MAX {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::samples::entry;
    use super::*;
    use crate::samples::shell;
    use askama::Template;
    use desk::mail::MailState;
    use desk::mail::views::LedgerEntry;
    use desk::{Role, UserId};

    fn render(rows: Vec<SuspendedMail>, role: Role) -> String {
        let count = rows.len() as i64;
        let actor = Actor::person(UserId(1), role);
        Index { shell: shell(), actor, now: 1_767_614_500_000, rows, count, next: None }.render().unwrap()
    }

    fn mail(text: Option<&str>) -> SuspendedMail {
        let entry =
            LedgerEntry { reason: Some("its sender is suspended".into()), ..entry(5, MailState::Suspended) };
        SuspendedMail { entry, text: text.map(str::to_owned), attachments: vec!["bill.pdf".into()] }
    }

    #[test]
    fn an_empty_queue_is_good_news() {
        assert!(render(vec![], Role::Agent).contains("Nothing is suspended"));
    }

    #[test]
    fn the_reason_the_words_and_the_choice_stand_together() {
        let html = render(vec![mail(Some("Please help"))], Role::Agent);
        for words in [
            "Its sender is suspended",
            "Please help",
            "bill.pdf",
            "/suspended/5/recover",
            "/suspended/5/discard",
        ] {
            assert!(html.contains(words), "{words}");
        }
    }

    #[test]
    fn a_light_agent_looks_and_decides_nothing() {
        assert!(!render(vec![mail(None)], Role::LightAgent).contains("/suspended/5/discard"));
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(preview(&"ß".repeat(700)).chars().count(), TEXT_CHARS_MAX + 1);
    }
}
