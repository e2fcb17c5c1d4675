//! `/comments/{id}/html`: a letter laid out with tables, or with pictures from elsewhere, in a sandbox of its own.

use super::{letters, visible};
use crate::{Problem, SignedIn, Web};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::CommentId;
use desk::tickets::{self, attachments_of_comment};
use serde::Deserialize;

/// No script runs in there, so that the same origin lets nothing out; the page around it may measure the letter.
const CLOSED: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; \
    sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";
const WITH_REMOTE_IMAGES: &str = "default-src 'none'; img-src 'self' https: http:; style-src 'unsafe-inline'; \
    frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";

#[derive(askama::Template)]
#[template(path = "tickets/frame.html")]
struct Frame {
    html: String,
}

#[derive(Deserialize)]
pub struct Wanted {
    images: Option<String>,
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CommentId>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let remote = wanted.images.as_deref() == Some("remote");
    let html = web.desk.read(actor, move |tx| {
        let comment = tickets::find_comment(tx, id)?.ok_or_else(Problem::not_found)?;
        visible(tx, comment.ticket)?;
        let files = attachments_of_comment(tx, id)?;
        Ok::<_, Problem>(letters::with_inline_images(&comment.html.unwrap_or_default(), &files))
    });
    let html = html.await?;
    let html = if remote { letters::with_remote_images(&html) } else { html };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, if remote { WITH_REMOTE_IMAGES } else { CLOSED }),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, crate::Html(Frame { html })).into_response())
}

#[cfg(test)]
mod samples {
    use super::Frame;
    use askama::Template;

    #[test]
    fn cleaned_html_is_shown_as_it_is() {
        let page =
            Frame { html: "<table><tr><td dir=\"rtl\">مرحبا</td></tr></table>".into() }.render().unwrap();
        assert!(page.contains("<td dir=\"rtl\">مرحبا</td>"));
        assert!(!page.contains("<script"));
    }
}
