//! `/ledger/{mail}`: one mail: how it came, what was proved of its sender, where it has gone, and its original.

use super::auth::{self, Check};
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::mail::views::{self, LedgerEntry};
use desk::mail::{MailState, raw_of};
use desk::{Actor, MailId};

/// Of an original, this much is shown on the page; the rest is in the download.
const RAW_SHOWN_BYTES: usize = 64 * 1024;

#[derive(askama::Template)]
#[template(path = "ledger/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub entry: LedgerEntry,
    pub checks: Vec<Check>,
    /// The beginning of the original, for admins.
    pub raw: Option<String>,
    pub raw_is_cut: bool,
}

impl Show {
    fn aligned(&self) -> Option<bool> {
        auth::is_aligned(self.entry.auth.as_deref())
    }

    fn may_put_back(&self) -> bool {
        self.actor.is_agent() && self.entry.state == MailState::Discarded
    }

    fn may_recover(&self) -> bool {
        self.actor.is_agent() && matches!(self.entry.state, MailState::Suspended | MailState::Discarded)
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(mail): Path<MailId>,
) -> Result<Html<Show>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let entry = views::ledger_entry(tx, mail)?.ok_or_else(Problem::not_found)?;
        let bytes = if actor.is_admin() { raw_of(tx, mail)? } else { None };
        let raw_is_cut = bytes.as_ref().is_some_and(|bytes| bytes.len() > RAW_SHOWN_BYTES);
        let raw = bytes
            .map(|bytes| String::from_utf8_lossy(&bytes[..bytes.len().min(RAW_SHOWN_BYTES)]).into_owned());
        let checks = auth::checks(entry.auth.as_deref());
        let (shell, now) = (Shell::load(tx)?, tx.now());
        Ok::<_, Problem>(Show { shell, actor, now, entry, checks, raw, raw_is_cut })
    });
    Ok(Html(page.await?))
}

/// The original, byte for byte.
pub async fn raw(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(mail): Path<MailId>,
) -> Result<Response, Problem> {
    if !actor.is_admin() {
        return Err(Problem::new(desk::Kind::Forbidden, "Only admins may fetch originals."));
    }
    let bytes = web.desk.read(actor, move |tx| raw_of(tx, mail)).await?.ok_or_else(Problem::not_found)?;
    let name = format!("attachment; filename=\"mail-{mail}.eml\"");
    // Never shown by the browser, whatever is in it.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::super::samples::entry;
    use super::*;
    use crate::samples::shell;
    use askama::Template;
    use desk::{Role, UserId};

    fn render(entry: LedgerEntry, role: Role, raw: Option<&str>) -> String {
        let checks = auth::checks(entry.auth.as_deref());
        let actor = Actor::person(UserId(1), role);
        let raw = raw.map(str::to_owned);
        Show { shell: shell(), actor, now: 0, entry, checks, raw, raw_is_cut: true }.render().unwrap()
    }

    #[test]
    fn the_original_is_text_and_nothing_else() {
        let html =
            render(entry(1, MailState::Comment), Role::Admin, Some("Subject: <script>alert(1)</script>"));
        assert!(html.contains("&#60;script&#62;") && html.contains("/ledger/1/raw"));
    }

    #[test]
    fn an_unproved_sender_is_said_in_words() {
        let auth =
            r#"{"spf":{"result":"fail","domain":"bank.example"},"dkim":[],"arc":"none","aligned":false}"#;
        let mail = LedgerEntry {
            auth: Some(auth.into()),
            reason: Some("its sender is suspended".into()),
            ..entry(1, MailState::Suspended)
        };
        let html = render(mail, Role::Agent, None);
        assert!(
            html.contains("bank.example says") && html.contains("not proved") && html.contains("recover")
        );
    }
}
