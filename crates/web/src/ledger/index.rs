//! `/ledger`: the rows, newest first, and the figure that is always to be nought.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use desk::MailId;
use desk::mail::MailState;
use desk::mail::views::{self, LedgerCounts, LedgerEntry, LedgerFilter};
use serde::Deserialize;

const ROWS: usize = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub state: String,
    pub from: String,
    pub before: Option<MailId>,
}

#[derive(askama::Template)]
#[template(path = "ledger/index.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub asked: Asked,
    pub counts: LedgerCounts,
    pub rows: Vec<LedgerEntry>,
    pub next: Option<MailId>,
}

impl Index {
    fn states(&self) -> impl Iterator<Item = &'static MailState> {
        MailState::ALL.iter()
    }

    fn is_filtered(&self) -> bool {
        !self.asked.state.is_empty() || !self.asked.from.is_empty() || self.asked.before.is_some()
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let from = Some(asked.from.trim().to_owned()).filter(|from| !from.is_empty());
        let filter = LedgerFilter { state: MailState::parse(&asked.state), from_address: from };
        let mut rows = views::ledger_page(tx, &filter, asked.before, ROWS + 1)?;
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| more).map(|row| row.id);
        let counts = views::ledger_counts(tx)?;
        let shell = Shell::load(tx)?;
        Ok::<_, Problem>(Index { shell, now: tx.now(), asked: asked.clone(), counts, rows, next })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::super::samples::entry;
    use super::*;
    use crate::samples::shell;
    use askama::Template;
    use desk::TicketId;

    fn render(rows: Vec<LedgerEntry>, unaccounted: i64, asked: Asked) -> String {
        let next = rows.last().map(|row| row.id);
        let counts = LedgerCounts { suspended: 2, unaccounted };
        Index { shell: shell(), now: 1_767_614_500_000, asked, counts, rows, next }.render().unwrap()
    }

    #[test]
    fn nothing_unaccounted_is_the_large_figure() {
        let on_ticket = LedgerEntry { ticket: Some(TicketId(12)), ..entry(1, MailState::Comment) };
        let html = render(vec![on_ticket, entry(2, MailState::Suspended)], 0, Asked::default());
        assert!(html.contains("<b>0</b>") && html.contains("/tickets/12"));
    }

    #[test]
    fn what_is_unaccounted_is_loud() {
        assert!(render(vec![entry(1, MailState::Received)], 1, Asked::default()).contains("fact late"));
    }

    #[test]
    fn a_desk_without_mail_says_how_it_comes() {
        assert!(render(vec![], 0, Asked::default()).contains("No mail has come yet"));
        let asked = Asked { from: "x@example.org".into(), ..Asked::default() };
        assert!(render(vec![], 0, asked).contains("Nothing fits"));
    }

    #[test]
    fn subjects_cannot_break_the_page() {
        let mut row = entry(1, MailState::Duplicate);
        row.subject = Some(format!("<img src=x onerror=alert(1)> {}", "ש".repeat(300)));
        row.from_name = None;
        row.from_address = None;
        row.mail_from = String::new();
        let html = render(vec![row], 0, Asked::default());
        assert!(!html.contains("<img") && html.contains("nobody named"));
        assert!(html.contains("ש…</a>") && !html.contains(&"ש".repeat(151)), "its beginning stands for it");
    }
}
