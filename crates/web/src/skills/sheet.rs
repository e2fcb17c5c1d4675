//! Spreadsheets that are posted and fetched.

use crate::Problem;
use axum::extract::Multipart;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::skills::planning::CSV_BYTES_MAX;

pub fn csv_file(name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        text,
    )
        .into_response()
}

/// A posted spreadsheet: from a file, or else from what was written into the page.
#[derive(Default)]
pub struct Sheet {
    pub csv: String,
    pub kind: String,
    pub language: String,
}

pub async fn sheet_of(mut multipart: Multipart) -> Result<Sheet, Problem> {
    let unreadable = |_| Problem::invalid("This form could not be read.");
    let mut sheet = Sheet::default();
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(unreadable)?;
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(CSV_BYTES_MAX + 1)]).into_owned();
        match name.as_str() {
            "file" if !text.trim().is_empty() => sheet.csv = text,
            "csv" if sheet.csv.is_empty() => sheet.csv = text,
            "kind" => sheet.kind = text,
            "language" => sheet.language = text.trim().to_lowercase(),
            _ => {}
        }
    }
    Ok(sheet)
}
