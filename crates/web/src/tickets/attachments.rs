//! `/attachments/{id}`: a file, for whoever may see its ticket.

use super::visible;
use crate::{Problem, SignedIn, Web};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use desk::tickets::{self, Attachment};
use desk::{AttachmentId, Kind};

/// What a browser shows without running anything.
const SHOWN_INLINE: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AttachmentId>,
) -> Result<Response, Problem> {
    let file = web.desk.read(actor, move |tx| {
        let file = tickets::find_attachment(tx, id)?.ok_or_else(Problem::not_found)?;
        // A file that no comment has taken yet is nobody's to see.
        visible(tx, file.ticket.ok_or_else(Problem::not_found)?)?;
        Ok::<_, Problem>(file)
    });
    let file = file.await?;
    let (blobs, sha256) = (web.desk.blobs.clone(), file.sha256.clone());
    let bytes = tokio::task::spawn_blocking(move || blobs.get(&sha256)).await;
    let bytes = bytes.map_err(|_| Problem::new(Kind::Broken, "The file could not be read."))??;
    Ok((headers(&file), bytes).into_response())
}

fn headers(file: &Attachment) -> HeaderMap {
    let inline = SHOWN_INLINE.contains(&file.content_type.as_str());
    let kind = if inline { file.content_type.as_str() } else { "application/octet-stream" };
    let place = if inline { "inline" } else { "attachment" };
    let disposition = format!("{place}; filename*=UTF-8''{}", percent(&file.file_name));
    let mut headers = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_TYPE, value(kind));
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    headers
}

/// As RFC 5987 wants a file name.
pub(crate) fn percent(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content_type: &str) -> Attachment {
        Attachment {
            id: AttachmentId(1),
            sha256: String::new(),
            file_name: "Übersicht \"1\".html".into(),
            content_type: content_type.into(),
            bytes: 3,
            comment: None,
            ticket: None,
            inline: false,
            content_id: None,
            created_at: 0,
        }
    }

    #[test]
    fn what_could_run_as_a_page_is_only_ever_downloaded() {
        for dangerous in ["text/html", "image/svg+xml", "application/pdf"] {
            let headers = headers(&file(dangerous));
            assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream");
            assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
        }
        let picture = headers(&file("image/png"));
        assert_eq!(
            picture[header::CONTENT_DISPOSITION],
            "inline; filename*=UTF-8''%C3%9Cbersicht%20%221%22.html"
        );
    }
}
