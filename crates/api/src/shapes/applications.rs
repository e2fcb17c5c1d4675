//! Applications from the form of a public opening.

use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::hiring::Application;
use serde::Serialize;
use utoipa::ToSchema;

/// What a candidate sent, confirmed by their address. Its link to take it back is theirs alone.
#[derive(Serialize, ToSchema)]
pub struct ApplicationShape {
    pub url: String,
    pub id: i64,
    pub opening_id: i64,
    /// Whom it became.
    pub candidate_id: Option<i64>,
    pub name: String,
    pub email: String,
    pub words: String,
    /// Two letters: of the page on which it was written.
    pub language: String,
    /// The sentence that was agreed to.
    pub consent: String,
    /// Null: none was sent.
    pub file: Option<ApplicationFileShape>,
    pub created_at: String,
    pub confirmed_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ApplicationFileShape {
    pub file_name: String,
    /// Where leads fetch it, with the same proof as here.
    pub content_url: String,
}

impl ApplicationShape {
    pub fn of(it: &Application, urls: &Urls) -> ApplicationShape {
        let content_url = urls.plain(&format!("/api/v2/applications/{}/file", it.id));
        ApplicationShape {
            url: urls.resource(&format!("/applications/{}", it.id)),
            id: it.id.0,
            opening_id: it.opening.0,
            candidate_id: it.candidate.map(|id| id.0),
            name: it.name.clone(),
            email: it.email.clone(),
            words: it.words.clone(),
            language: it.language.clone(),
            consent: it.consent.clone(),
            file: it.file.clone().map(|file_name| ApplicationFileShape { file_name, content_url }),
            created_at: iso(it.created_at),
            confirmed_at: iso_if(it.confirmed_at),
        }
    }
}
