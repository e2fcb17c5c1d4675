//! `/calendars/{token}.ics`: somebody's week for the calendar that they use elsewhere, to whoever has the address.

use crate::{Problem, Web};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, NaiveDate, Utc};
use desk::Actor;
use desk::floor::calendar::{Calendar, calendar_of};
use icalendar::{Component, Event, EventLike, EventStatus};

/// Calendars ask again after so long.
const ASK_AGAIN: &str = "PT1H";

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/calendars/{token}", get(show))
}

async fn show(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, Problem> {
    let token = token.strip_suffix(".ics").unwrap_or(&token).to_owned();
    web.calendars.ask(&token)?;
    // Nobody is signed in: the address is the proof.
    let found =
        web.desk.read(Actor::desk(), move |tx| Ok::<_, Problem>((calendar_of(tx, &token)?, tx.now())));
    let (found, now) = found.await?;
    let text = written(&found.ok_or_else(Problem::not_found)?, now);
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

fn written(it: &Calendar, now: i64) -> String {
    let mut all = icalendar::Calendar::new();
    all.name(&format!("{}: {}", it.company, it.name));
    all.append_property(("REFRESH-INTERVAL;VALUE=DURATION", ASK_AGAIN))
        .append_property(("X-PUBLISHED-TTL", ASK_AGAIN));
    let host = it.public_url.split("//").last().unwrap_or_default().trim_end_matches('/');
    let at = |ms: i64| DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    let clock = |ms: i64| {
        let zone = jiff::tz::TimeZone::get(&it.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
        at.to_zoned(zone).strftime("%H:%M").to_string()
    };
    for (shift, is_published) in &it.shifts {
        let breaks: Vec<String> =
            shift.breaks.iter().map(|(from, to)| format!("{}–{}", clock(*from), clock(*to))).collect();
        let mut event = Event::new();
        event
            .uid(&format!("shift-{}-{}@{host}", it.user, shift.from / 1_000))
            .timestamp(at(now))
            .summary(&format!("Work, {}", it.company))
            .starts(at(shift.from))
            .ends(at(shift.to))
            .status(if *is_published { EventStatus::Confirmed } else { EventStatus::Tentative });
        if !breaks.is_empty() {
            event.description(&format!("Breaks: {}", breaks.join(", ")));
        }
        all.push(event.done());
    }
    for leave in &it.leaves {
        let day = |day: jiff::civil::Date| {
            NaiveDate::from_ymd_opt(i32::from(day.year()), day.month() as u32, day.day() as u32)
                .unwrap_or_default()
        };
        let mut event = Event::new();
        event
            .uid(&format!("leave-{}@{host}", leave.id))
            .timestamp(at(now))
            .summary(super::week::kind_words(&leave.kind));
        if leave.hours.is_some() {
            let (from, to) =
                leave.stretch(&jiff::tz::TimeZone::get(&it.time_zone).unwrap_or(jiff::tz::TimeZone::UTC));
            event.starts(at(from)).ends(at(to));
        } else {
            // The first day on which it is over.
            let over = leave.last_day.tomorrow().unwrap_or(leave.last_day);
            event.starts(day(leave.first_day)).ends(day(over));
        }
        all.push(event.done());
    }
    all.done().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::UserId;
    use desk::floor::roster::Line;
    use desk::floor::roster::mine::MyShift;
    use desk::skills::planning::{Breaks, Shift};

    #[test]
    fn shifts_are_moments_breaks_are_told_and_leave_lasts_whole_days() {
        // Monday, 23 November 2026, 9 o'clock in Manila.
        let from = 1_795_395_600_000;
        let line = Line {
            user: UserId(7),
            shift: Shift { weekday: 0, from_minute: 540, to_minute: 1_020 },
            breaks: Breaks::default(),
        };
        let breaks = vec![(from + 10_800_000, from + 12_600_000)];
        let shift = MyShift { line, from, to: from + 28_800_000, breaks, on_leave: false };
        let leave = desk::floor::leave::Leave {
            id: desk::LeaveId(3),
            user: UserId(7),
            name: "Mei".into(),
            kind: desk::floor::leave::LeaveKind::Holiday,
            first_day: jiff::civil::date(2026, 12, 24),
            last_day: jiff::civil::date(2026, 12, 31),
            hours: None,
            note: "secret".into(),
            state: desk::floor::leave::LeaveState::Granted,
            asked_at: 0,
            decided_at: None,
            decided_by: None,
            decided_by_name: None,
            answer: String::new(),
        };
        let calendar = Calendar {
            user: UserId(7),
            name: "Mei".into(),
            company: "Tillers, Sons; and \\ Co".into(),
            public_url: "https://desk.example/".into(),
            time_zone: "Asia/Manila".into(),
            shifts: vec![(shift.clone(), true), (shift, false)],
            leaves: vec![
                leave.clone(),
                desk::floor::leave::Leave { hours: Some((540, 780)), last_day: leave.first_day, ..leave },
            ],
        };
        let text = written(&calendar, from);
        for line in [
            "BEGIN:VCALENDAR",
            "DTSTART:20261123T010000Z",
            "DTEND:20261123T090000Z",
            "STATUS:CONFIRMED",
            "STATUS:TENTATIVE",
            "UID:shift-7-1795395600@desk.example",
            "DTSTART;VALUE=DATE:20261224",
            "DTEND;VALUE=DATE:20270101",
            "DTSTART:20261224T010000Z",
            "DTEND:20261224T050000Z",
            "DESCRIPTION:Breaks: 12:00–12:30",
            "SUMMARY:Work\\, Tillers\\, Sons\\; and \\\\ Co",
        ] {
            assert!(text.lines().any(|it| it.starts_with(line)), "{line} is missing in {text}");
        }
        assert!(text.lines().all(|it| it.len() <= 75) && text.contains("\r\n"), "lines are folded: {text}");
        assert!(!text.contains("secret"), "a note is for leads");
    }
}
