//! `/uploads`: a file that waits for its comment.

use crate::{Problem, SignedIn, Web};
use axum::Json;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, State};
use desk::tickets::{self, NewAttachment};
use desk::{Kind, blobs, settings};
use serde::Serialize;

/// The largest file, and its envelope.
pub const BODY_BYTES_MAX: usize = blobs::BLOB_BYTES_MAX + 64 * 1024;

#[derive(Serialize)]
pub struct Uploaded {
    token: String,
    name: String,
    bytes: i64,
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    mut form: Multipart,
) -> Result<Json<Uploaded>, Problem> {
    let (name, kind, content) = file_in(&mut form).await?;
    let allowed = web.desk.read(actor, settings::company).await?.attachment_bytes_max;
    if content.len() as i64 > allowed {
        return Err(Problem::new(
            Kind::TooMuch,
            format!("The file is larger than {}.", crate::words::size(allowed)),
        ));
    }
    let store = web.desk.blobs.clone();
    let blob = tokio::task::spawn_blocking(move || store.put(&content, &kind)).await;
    let blob = blob.map_err(|_| Problem::new(Kind::Broken, "The file could not be stored."))??;
    let file = NewAttachment { blob, file_name: name, inline: false, content_id: None };
    let upload = web.desk.write(actor, move |tx| tickets::upload(tx, &file, None)).await?;
    Ok(Json(Uploaded {
        token: upload.token,
        name: upload.attachment.file_name,
        bytes: upload.attachment.bytes,
    }))
}

async fn file_in(form: &mut Multipart) -> Result<(String, String, bytes::Bytes), Problem> {
    while let Some(field) = form.next_field().await.map_err(broken_off)? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or("file").to_owned();
            let kind = field.content_type().unwrap_or_default().to_owned();
            return Ok((name, kind, field.bytes().await.map_err(broken_off)?));
        }
    }
    Err(Problem::invalid("There is no file in this upload."))
}

fn broken_off(error: MultipartError) -> Problem {
    let kind =
        if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE { Kind::TooMuch } else { Kind::Invalid };
    Problem::new(kind, "The file did not arrive whole.")
}
