//! `/openings/{id}/applications`, `/applications/{id}` and its file: what came through the form of a public opening.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged, encoded};
use crate::problem::Problem;
use crate::shapes::ApplicationShape;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use desk::hiring::{self, views};
use desk::{ApplicationId, OpeningId};
use serde_json::Value;

pub async fn index(Id(opening): Id<OpeningId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        let all = views::applications(tx, opening)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all, &paging)?.map(|it| ApplicationShape::of(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "applications", page))))
    })
    .await
}

pub async fn show(Id(id): Id<ApplicationId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        let it = views::application(tx, id)?;
        Ok(Reply::one("application", ApplicationShape::of(&it, &Urls::of(tx)?)))
    })
    .await
}

/// The file as it was sent, to be saved and never to be run.
pub async fn file(Id(id): Id<ApplicationId>, call: Call) -> Result<Response, Problem> {
    let file = call.read(move |tx, _| {
        let candidate = views::application(tx, id)?.candidate.ok_or(Problem::NotFound)?;
        Ok(hiring::application_file(tx, candidate)?)
    });
    let file = file.await?;
    let disposition = format!("attachment; filename*=UTF-8''{}", encoded(&file.name));
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let mut response = Response::new(Body::from(file.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Deletes what was sent, and the candidate that it became with all scorecards. Nothing brings it back.
pub async fn destroy(Id(id): Id<ApplicationId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        hiring::discard_application(tx, id)?;
        Ok(Reply::nothing())
    })
    .await
}
