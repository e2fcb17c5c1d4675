//! `/outcome_files`, `/outcome_runs`: work that was done at another desk, brought as a file; for admins.
//!
//! A file is brought, looked at, given another mapping, tried and taken in. Trying and taking are jobs: its state says how
//! far they are.

use crate::Api;
use crate::call::{Answer, Call, Id, Reply};
use crate::problem::Problem;
use crate::shapes::{OutcomeFileBody, OutcomeFileShape, OutcomeRunShape};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use desk::blobs::BLOB_BYTES_MAX;
use desk::skills::outcomes::files::{self, File, FileError, SetReading, State as FileState};
use desk::skills::outcomes::{self, OutcomesError, People};
use desk::{OutcomeFileId, OutcomeRunId, Tx};

/// The newest first.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<OutcomeFileShape> = files::list_files(tx)?.iter().map(OutcomeFileShape::of).collect();
        Ok(Reply::one("outcome_files", all))
    })
    .await
}

pub async fn show(Id(file): Id<OutcomeFileId>, call: Call) -> Answer {
    call.read(move |tx, _| shown(tx, file)).await
}

fn shown(tx: &mut Tx, file: OutcomeFileId) -> Answer {
    Ok(Reply::one("outcome_file", OutcomeFileShape::of(&files::find_file(tx, file)?)))
}

/// The body is the file: comma-separated with a head, or one JSON object a line. Nothing is taken in yet.
pub async fn create(State(api): State<Api>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let call = Call::without_body(&parts, &api).await?;
    if !call.actor.is_admin() {
        return Err(OutcomesError::NotAnAdmin.into());
    }
    let name = call.query("filename").ok_or_else(|| Problem::missing("filename"))?.to_owned();
    let too_large = || Problem::TooLarge(format!("a file may have {} MiB", BLOB_BYTES_MAX / 1024 / 1024));
    let content = axum::body::to_bytes(body, BLOB_BYTES_MAX).await.map_err(|_| too_large())?;
    let blobs = api.desk.blobs.clone();
    let new = beside(move || {
        let blob = blobs.put(&content, "text/csv")?;
        files::prepare(&blobs, &blob, &name)
    })
    .await?;
    call.write(move |tx, _| {
        let id = files::keep_file(tx, &new)?;
        Ok(Reply { status: StatusCode::CREATED, ..shown(tx, id)? })
    })
    .await
}

/// How it is read; and whether it is tried or taken in.
pub async fn update(Id(id): Id<OutcomeFileId>, call: Call) -> Answer {
    let wanted = call.body::<OutcomeFileBody>()?.outcome_file;
    let state = match wanted.state.as_deref() {
        None => None,
        Some("trying") => Some(FileState::Trying),
        Some("taking") => Some(FileState::Taking),
        Some(_) => return Err(Problem::invalid("state", "it is trying or taking")),
    };
    let (desk, actor) = (call.api.desk.clone(), call.actor);
    let file: File = desk.read(actor, move |tx| files::find_file(tx, id)).await?;
    let reading = match (wanted.mapping, wanted.create_people) {
        (None, None) => None,
        (mapping, create_people) => {
            let mapping = mapping.map_or(file.mapping, |it| it.mapping());
            let people = match create_people {
                Some(true) => People::Create,
                Some(false) => People::Known,
                None => file.people,
            };
            let (blobs, copy) = (desk.blobs.clone(), mapping.clone());
            let topics = beside(move || files::look(&blobs, &file.sha256, &copy)).await?.topics;
            Some(SetReading { file: id, mapping, people, topics })
        }
    };
    call.write(move |tx, _| {
        if let Some(reading) = &reading {
            files::set_reading(tx, reading)?;
        }
        match state {
            Some(FileState::Trying) => files::try_file(tx, id)?,
            Some(_) => files::take_file(tx, id)?,
            None => {}
        }
        shown(tx, id)
    })
    .await
}

/// The list no longer shows it; what was taken in stays.
pub async fn destroy(Id(file): Id<OutcomeFileId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        files::put_away(tx, file)?;
        Ok(Reply::nothing())
    })
    .await
}

/// The newest first.
pub async fn runs(call: Call) -> Answer {
    call.read(|tx, _| {
        let all: Vec<OutcomeRunShape> = outcomes::list_runs(tx)?.iter().map(OutcomeRunShape::of).collect();
        Ok(Reply::one("outcome_runs", all))
    })
    .await
}

pub async fn run(Id(run): Id<OutcomeRunId>, call: Call) -> Answer {
    call.read(move |tx, _| Ok(Reply::one("outcome_run", OutcomeRunShape::of(&outcomes::find_run(tx, run)?))))
        .await
}

/// What it said is struck out, piece by piece, in jobs.
pub async fn take_back(Id(run): Id<OutcomeRunId>, call: Call) -> Answer {
    call.write(move |tx, _| {
        outcomes::take_back(tx, run)?;
        let shape = OutcomeRunShape::of(&outcomes::find_run(tx, run)?);
        Ok(Reply { status: StatusCode::ACCEPTED, ..Reply::one("outcome_run", shape) })
    })
    .await
}

/// Reading a file takes its time, and is done beside the calls.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => {
            tracing::error!(%error, "a file of outcomes could not be read");
            Err(Problem::Broken)
        }
    }
}
