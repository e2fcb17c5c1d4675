//! `/uploads`: files that wait for their comment.

use crate::call::{Answer, Call, Reply, Urls};
use crate::problem::Problem;
use crate::shapes::UploadShape;
use crate::{Api, ticket_facts};
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header;
use desk::blobs::BlobError;
use desk::tickets::{NewAttachment, delete_upload, list_upload, upload};
use desk::{Tx, settings};
use serde_json::json;

/// The body is the file. With `token=`, it joins an earlier upload.
pub async fn create(State(api): State<Api>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let call = Call::without_body(&parts, &api).await?;
    let largest = api.desk.read(call.actor, settings::company).await?.attachment_bytes_max.max(0) as usize;
    let too_large = || Problem::TooLarge(format!("a file may have {} MiB", largest / 1024 / 1024));
    let content = axum::body::to_bytes(body, largest).await.map_err(|_| too_large())?;
    let claimed = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let file_name = call.query("filename").ok_or_else(|| Problem::missing("filename"))?.to_owned();
    let token = call.query("token").map(str::to_owned);
    let blob = stored(&api, content, claimed).await?;
    let file = NewAttachment { blob, file_name, inline: false, content_id: None };
    call.write(move |tx, call| {
        if let Some(token) = &token
            && list_upload(tx, token)?.is_empty()
        {
            return Err(Problem::NotFound);
        }
        let done = upload(tx, &file, token.as_deref())?;
        let urls = Urls::of(tx)?;
        let shape = shape_of(tx, call, &urls, done)?;
        let location = shape.attachment.url.clone();
        Ok(Reply::created(location, json!({ "upload": shape })))
    })
    .await
}

fn shape_of(
    tx: &mut Tx,
    call: &Call,
    urls: &Urls,
    done: desk::tickets::Upload,
) -> Result<UploadShape, Problem> {
    let all = list_upload(tx, &done.token)?;
    Ok(UploadShape {
        token: done.token,
        expires_at: None,
        attachment: ticket_facts::attachment_shape(call, urls, &done.attachment),
        attachments: all.iter().map(|file| ticket_facts::attachment_shape(call, urls, file)).collect(),
    })
}

async fn stored(api: &Api, content: Bytes, claimed: String) -> Result<desk::blobs::Blob, Problem> {
    let blobs = api.desk.blobs.clone();
    let put = tokio::task::spawn_blocking(move || blobs.put(&content, &claimed)).await;
    put.unwrap_or_else(|_| Err(BlobError::Disk(std::io::Error::other("the file could not be written"))))
        .map_err(Into::into)
}

pub async fn destroy(Path(token): Path<String>, call: Call) -> Answer {
    call.write(move |tx, _| match delete_upload(tx, &token)? {
        true => Ok(Reply::nothing()),
        false => Err(Problem::NotFound),
    })
    .await
}
