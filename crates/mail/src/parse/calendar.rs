//! Invitations (RFC 5545), read as far as a person wants to see them.

mod words;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Serialize;

/// The first event of a calendar part. Times are as written; `*_ms` only where they name a moment without doubt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Invite {
    pub summary: String,
    pub start: Option<String>,
    pub start_ms: Option<i64>,
    pub end: Option<String>,
    pub end_ms: Option<i64>,
    /// How long it lasts, in words, where no end is given.
    pub duration: Option<String>,
    /// How it repeats, in words.
    pub repeats: Option<String>,
    pub organizer: Option<String>,
    pub location: Option<String>,
    pub uid: Option<String>,
    pub method: Option<String>,
    pub status: Option<String>,
    pub attendees: Vec<String>,
}

/// Attendees kept of one event.
const ATTENDEES_MAX: usize = 200;
/// Lines read of one calendar.
const LINES_MAX: usize = 20_000;

/// Characters of one field that are shown.
const SHOWN_CHARS_MAX: usize = 300;
/// `2026-07-01`: a whole day, without a time.
const DAY_CHARS: usize = 10;

impl Invite {
    pub fn is_cancelled(&self) -> bool {
        self.method.as_deref() == Some("CANCEL") || self.status.as_deref() == Some("CANCELLED")
    }

    /// Lines for a person: what, when, where, and who invites.
    pub fn words(&self) -> String {
        let what = match self.method.as_deref() {
            _ if self.is_cancelled() => "Cancelled",
            Some("REPLY") => "Answer to an invitation",
            Some("COUNTER") => "Another time is proposed",
            _ => "Invitation",
        };
        let summary = Some(self.summary.as_str()).filter(|summary| !summary.trim().is_empty());
        let when = self.when();
        let lines = [
            (what, summary.or(Some("(no title)"))),
            ("When", when.as_deref()),
            ("Repeats", self.repeats.as_deref()),
            ("Where", self.location.as_deref()),
            ("Organizer", self.organizer.as_deref()),
        ];
        let lines = lines.into_iter().filter_map(|(name, value)| {
            let value = value.map(shown).filter(|value| !value.is_empty())?;
            Some(format!("{name}: {value}\n"))
        });
        lines.collect()
    }

    fn when(&self) -> Option<String> {
        let start = self.start.as_deref()?;
        let day = |text: &str| text.parse::<Date>().ok().filter(|_| text.len() == DAY_CHARS);
        let end = match (day(start), self.end.as_deref().and_then(day)) {
            // Whole days end with the first one that is free again.
            (Some(first), Some(free)) => {
                free.yesterday().ok().filter(|last| *last > first).map(|last| last.to_string())
            }
            _ => self.end.clone().filter(|end| end.as_str() != start),
        };
        Some(match (end, self.duration.as_deref()) {
            (Some(end), _) => format!("{start} – {end}"),
            (None, Some(duration)) => format!("{start}, {duration}"),
            (None, None) => start.to_owned(),
        })
    }
}

/// In one line, of a length that can be read.
fn shown(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN_CHARS_MAX).collect()
}

/// None if the text holds no event.
pub fn read_invite(text: &str) -> Option<Invite> {
    let mut invite = Invite::default();
    let (mut in_event, mut seen, mut depth) = (false, false, 0_usize);
    for line in unfold(text).take(LINES_MAX) {
        let Some((name, parameters, value)) = split_line(&line) else { continue };
        match (name.as_str(), in_event) {
            ("METHOD", false) => invite.method = Some(value.trim().to_ascii_uppercase()),
            ("BEGIN", false) if value.eq_ignore_ascii_case("VEVENT") => (in_event, seen) = (true, true),
            ("BEGIN", true) => depth += 1,
            ("END", true) if depth > 0 => depth -= 1,
            ("END", true) => break,
            (_, true) if depth == 0 => apply(&mut invite, &name, &parameters, &value),
            _ => {}
        }
    }
    seen.then_some(invite)
}

fn apply(invite: &mut Invite, name: &str, parameters: &[(String, String)], value: &str) {
    match name {
        "SUMMARY" => invite.summary = unescape(value),
        "LOCATION" => invite.location = Some(unescape(value)).filter(|text| !text.is_empty()),
        "UID" => invite.uid = Some(value.to_owned()),
        "STATUS" => invite.status = Some(value.trim().to_ascii_uppercase()),
        "DTSTART" => (invite.start, invite.start_ms) = moment(parameters, value),
        "DTEND" => (invite.end, invite.end_ms) = moment(parameters, value),
        "DURATION" => invite.duration = words::duration(value),
        "RRULE" => invite.repeats = Some(words::repetition(value)).filter(|text| !text.is_empty()),
        "ORGANIZER" => invite.organizer = Some(person(value)),
        "ATTENDEE" if invite.attendees.len() < ATTENDEES_MAX => invite.attendees.push(person(value)),
        _ => {}
    }
}

fn person(value: &str) -> String {
    let lower = value.get(..7).map(str::to_ascii_lowercase);
    let value = if lower.as_deref() == Some("mailto:") { &value[7..] } else { value };
    value.trim().to_owned()
}

fn moment(parameters: &[(String, String)], value: &str) -> (Option<String>, Option<i64>) {
    let value = value.trim();
    let zone = parameters.iter().find(|(name, _)| name == "TZID").map(|(_, zone)| zone.trim_matches('"'));
    let (bare, is_utc) = value.strip_suffix('Z').map_or((value, false), |bare| (bare, true));
    let Some(at) = civil(bare) else { return (Some(value.to_owned()).filter(|text| !text.is_empty()), None) };
    let all_day = !bare.contains('T');
    let shown =
        if all_day { at.strftime("%Y-%m-%d").to_string() } else { at.strftime("%Y-%m-%d %H:%M").to_string() };
    let time_zone = match zone {
        _ if is_utc => Some(TimeZone::UTC),
        Some(zone) => TimeZone::get(zone).ok(),
        None => None,
    };
    let ms = time_zone
        .filter(|_| !all_day)
        .and_then(|zone| at.to_zoned(zone).ok())
        .map(|at| at.timestamp().as_millisecond());
    let suffix = if is_utc { Some("UTC") } else { zone };
    (Some(suffix.map_or(shown.clone(), |zone| format!("{shown} {zone}"))), ms)
}

fn civil(text: &str) -> Option<DateTime> {
    let digits = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let (hour, minute, second) = match text.len() {
        8 => (0, 0, 0),
        15 if text.as_bytes().get(8) == Some(&b'T') => (digits(9, 11)?, digits(11, 13)?, digits(13, 15)?),
        _ => return None,
    };
    let small = |value: i16| i8::try_from(value).ok();
    DateTime::new(
        digits(0, 4)?,
        small(digits(4, 6)?)?,
        small(digits(6, 8)?)?,
        small(hour)?,
        small(minute)?,
        small(second)?.min(59),
        0,
    )
    .ok()
}

/// Lines that begin with a blank go on with the line before.
fn unfold(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_owned();
        while let Some(next) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            line.push_str(&next[1..]);
        }
        Some(line)
    })
}

/// Name, parameters, value.
type Line = (String, Vec<(String, String)>, String);

/// `NAME;KEY=VALUE;KEY="VALUE":value`
fn split_line(line: &str) -> Option<Line> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
    let mut pieces = head.split(';');
    let name = pieces.next()?.trim().to_ascii_uppercase();
    let parameters = pieces
        .filter_map(|piece| piece.split_once('='))
        .map(|(key, value)| (key.to_ascii_uppercase(), value.to_owned()));
    Some((name, parameters.collect(), value.to_owned()))
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_says_what_when_and_who() {
        let text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:16010101T020000\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nSUMMARY:Planning\\, part\r\n  two\r\nDTSTART;TZID=Europe/Berlin:20260701T100000\r\n\
            DTEND:20260701T090000Z\r\nORGANIZER;CN=\"A: na\":MAILTO:ana@example.org\r\nBEGIN:VALARM\r\nSUMMARY:no\r\n\
            END:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let invite = read_invite(text).expect("an event");
        assert_eq!(invite.summary, "Planning, part two");
        assert_eq!(invite.start.as_deref(), Some("2026-07-01 10:00 Europe/Berlin"));
        assert_eq!(invite.start_ms, Some(1_782_892_800_000));
        assert_eq!(invite.end.as_deref(), Some("2026-07-01 09:00 UTC"));
        assert_eq!(invite.organizer.as_deref(), Some("ana@example.org"));
        assert_eq!(invite.method.as_deref(), Some("REQUEST"));
    }

    #[test]
    fn whole_days_are_shown_with_the_last_of_them() {
        let words = |end: &str| {
            let text = format!(
                "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:{end}\nSTATUS:Cancelled\nEND:VEVENT\n"
            );
            read_invite(&text).expect("an event").words()
        };
        assert_eq!(words("20260702"), "Cancelled: (no title)\nWhen: 2026-07-01\n");
        assert_eq!(words("20260704"), "Cancelled: (no title)\nWhen: 2026-07-01 – 2026-07-03\n");
    }

    #[test]
    fn how_long_it_lasts_and_how_it_repeats_is_shown() {
        let text = "BEGIN:VEVENT\nSUMMARY:Standup\nDTSTART;TZID=Europe/Berlin:20260706T093000\nDURATION:PT15M\n\
            RRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261231\nBEGIN:VALARM\nDURATION:PT5M\nEND:VALARM\nEND:VEVENT\n";
        assert_eq!(
            read_invite(text).expect("an event").words(),
            "Invitation: Standup\nWhen: 2026-07-06 09:30 Europe/Berlin, 15 minutes\n\
             Repeats: every week on Monday and Thursday, until 2026-12-31\n"
        );
        let ends = text.replace("DURATION:PT15M", "DTEND:20260706T100000Z");
        let ends = read_invite(&ends).expect("an event").words();
        assert!(ends.contains("09:30 Europe/Berlin – 2026-07-06 10:00 UTC\n"), "{ends}");
    }

    #[test]
    fn a_calendar_without_an_event_is_no_invitation() {
        assert_eq!(read_invite("BEGIN:VCALENDAR\nEND:VCALENDAR"), None);
    }
}
