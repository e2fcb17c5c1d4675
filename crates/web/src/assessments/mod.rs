//! `/assessments`: what I am asked, what I can prove, what I know; and campaigns that ask others.

mod campaigns;
mod certificates;
mod checks;
mod index;
mod tasks;

#[cfg(test)]
pub(crate) use index::samples;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/assessments", get(index::index))
        .route("/assessments/tasks/{task}", get(tasks::show).post(tasks::update))
        .route("/assessments/campaigns", post(campaigns::create))
        .route("/assessments/campaigns/new", get(campaigns::new))
        .route("/assessments/campaigns/{campaign}", get(campaigns::show))
        .route("/assessments/campaigns/{campaign}/close", post(campaigns::close))
        .route("/assessments/people/{user}", get(certificates::index).post(certificates::create))
        .route("/assessments/certificates/{certificate}/confirm", post(certificates::confirm))
        .route("/assessments/certificates/{certificate}/remove", post(certificates::destroy))
        .route("/assessments/certificates/{certificate}/restore", post(certificates::restore))
        .route("/assessments/checks", post(checks::create))
        .route("/assessments/checks/new", get(checks::new))
        .route("/assessments/checks/{check}", get(checks::show).post(checks::answer))
        .route("/assessments/checks/{check}/edit", get(checks::edit).post(checks::update))
        .route("/assessments/checks/{check}/retire", post(checks::retire))
        .route("/assessments/checks/{check}/restore", post(checks::restore))
}

/// Midnight UTC of a day as a form writes it: `2026-03-10`.
pub(super) fn moment_of(day: &str) -> Option<i64> {
    let date: jiff::civil::Date = day.trim().parse().ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// The day of a moment in UTC, as a form holds it: `2026-03-10`.
pub(super) fn day_of(at_ms: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// The chip of a certificate: its class and its word.
pub(crate) fn validity(it: &desk::assessments::Validity) -> (&'static str, &'static str) {
    match it {
        desk::assessments::Validity::Valid => ("solved", "Valid"),
        desk::assessments::Validity::EndsSoon => ("pending", "Ends soon"),
        desk::assessments::Validity::Ended => ("closed", "Ended"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        assert_eq!(moment_of("1970-01-02"), Some(86_400_000));
        assert_eq!(moment_of("soon"), None);
        assert_eq!(day_of(86_400_000 + 1), "1970-01-02");
    }
}
