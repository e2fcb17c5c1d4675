//! `/admin/jobs`: what waits to be done, what has failed for good, and mail that has not left yet.

use super::must_be_admin;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::mail::MailOutState;
use desk::mail::views as mail;
use jobs::DeadJob;

const DEAD_SHOWN_MAX: usize = 100;
const UNSENT_SHOWN_MAX: usize = 50;

#[derive(askama::Template)]
#[template(path = "admin/jobs.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub waiting: i64,
    pub dead: Vec<DeadJob>,
    pub unsent: Vec<MailOutState>,
    pub unsent_count: i64,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Index {
            waiting: jobs::count_waiting(tx)?,
            dead: jobs::list_dead(tx, DEAD_SHOWN_MAX)?,
            unsent: mail::unsent_page(tx, UNSENT_SHOWN_MAX)?,
            unsent_count: mail::count_unsent(tx)?,
            shell: Shell::load(tx)?,
            now: tx.now(),
        })
    });
    Ok(Html(page.await?))
}

pub async fn retry(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(job): Path<i64>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let revived = web.desk.write(actor, move |tx| jobs::retry_dead(tx, job)).await?;
    let said = match revived {
        true => Said::new("It is tried again now."),
        false => Said { bad: true, ..Said::new("This job is no longer among the failed ones.") },
    };
    Ok(said.then("/admin/jobs"))
}

/// `mail_comment` as `Mail comment`.
pub(super) fn kind_words(kind: &str) -> String {
    crate::words::capital(kind.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shell;
    use askama::Template;

    fn render(dead: Vec<DeadJob>) -> String {
        Index { shell: shell(), now: 5_000, waiting: 3, dead, unsent: vec![], unsent_count: 0 }
            .render()
            .unwrap()
    }

    #[test]
    fn nothing_failed_is_said_plainly() {
        assert!(render(vec![]).contains("Nothing has failed for good"));
    }

    #[test]
    fn a_failed_job_shows_its_last_error_and_a_way_to_try_again() {
        let job = DeadJob {
            id: 4,
            kind: "send_mail".into(),
            payload: "{}".into(),
            attempts: 12,
            last_error: "550 <nobody> here ".repeat(30),
            dead_at: 1_000,
        };
        let html = render(vec![job]);
        assert!(
            html.contains("Send mail")
                && html.contains("/admin/jobs/4/retry")
                && html.contains("&#60;nobody&#62;")
        );
    }
}
