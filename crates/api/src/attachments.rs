//! `/attachments/{id}` tells of a file; its signed address gives the file itself.

use crate::Api;
use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::encoded;
use crate::problem::Problem;
use crate::ticket_facts;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::settings::DeskKey;
use desk::tickets::{Attachment, find_attachment, uploader_of, views};
use desk::{Actor, AttachmentId};
use subtle::ConstantTimeEq;

/// Bytes of the signature that stand in an address.
const SIGNATURE_BYTES: usize = 16;

/// `/attachments/token/…/?name=…`: whoever has it may read the file, until the desk's key changes.
pub fn signed_path(key: &DeskKey, file: &Attachment) -> String {
    format!("/attachments/token/{}/?name={}", token(key, file.id, &file.sha256), encoded(&file.file_name))
}

fn token(key: &DeskKey, id: AttachmentId, sha256: &str) -> String {
    let signature = key.sign("attachment", &format!("{id}:{sha256}"));
    format!("{id}-{}", URL_SAFE_NO_PAD.encode(&signature[..SIGNATURE_BYTES]))
}

pub async fn show(Id(id): Id<AttachmentId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        let file = find_attachment(tx, id)?.ok_or(Problem::NotFound)?;
        let may_see = match file.ticket {
            Some(ticket) => call.actor.is_staff() || views::visible_ticket(tx, ticket)?.is_some(),
            None => uploader_of(tx, id)?.is_some_and(|user| call.actor.is(user)),
        };
        if !may_see {
            return Err(Problem::NotFound);
        }
        let urls = Urls::of(tx)?;
        Ok(Reply::one("attachment", ticket_facts::attachment_shape(call, &urls, &file)))
    })
    .await
}

/// The file itself, to be saved and never to be run.
pub async fn content(State(api): State<Api>, Path(shown): Path<String>) -> Result<Response, Problem> {
    let id = shown.split('-').next().and_then(|id| id.parse().ok()).ok_or(Problem::NotFound)?;
    let file =
        api.desk.read(Actor::desk(), move |tx| find_attachment(tx, id)).await?.ok_or(Problem::NotFound)?;
    let good = token(&api.desk.key, file.id, &file.sha256);
    if !bool::from(good.as_bytes().ct_eq(shown.as_bytes())) {
        return Err(Problem::NotFound);
    }
    let (blobs, sha256) = (api.desk.blobs.clone(), file.sha256.clone());
    let bytes =
        tokio::task::spawn_blocking(move || blobs.get(&sha256)).await.map_err(|_| Problem::Broken)??;
    let mut response = Response::new(Body::from(bytes));
    let disposition = format!("attachment; filename*=UTF-8''{}", encoded(&file.file_name));
    let headers = response.headers_mut();
    let text = |text: &str| {
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
    };
    headers.insert(header::CONTENT_TYPE, text(&file.content_type));
    headers.insert(header::CONTENT_DISPOSITION, text(&disposition));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}
