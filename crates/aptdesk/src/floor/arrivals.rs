//! A CSV file of arrivals, for desks elsewhere: one line for each, or counts.

use desk::floor::forecasts::Series;
use jiff::civil::{Date, DateTime};
use std::collections::{BTreeMap, HashSet};

/// Days from the first to the last; more is a wrong date somewhere.
const DAYS_MAX: i64 = 20 * 366;
const COUNT_MAX: u32 = 1_000_000;

#[derive(Debug, thiserror::Error)]
pub(super) enum ArrivalsError {
    #[error("the first line must name the column at (such as 2026-03-05 14:07), and may name kind and count")]
    NoColumn,
    #[error("line {line}: {value:?} is no moment; write it like 2026-03-05 14:07")]
    NoMoment { line: u64, value: String },
    #[error("line {line}: {value:?} is no count from 0 to {COUNT_MAX}")]
    NoCount { line: u64, value: String },
    #[error("the file names nobody who came")]
    Empty,
    #[error("from {0} to {1} is too long a time")]
    TooLong(Date, Date),
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// By the clock that the file is written in. A day between the first and the last that is not named brought nobody.
pub(super) fn read(
    text: &str,
    period_minutes: i64,
    holidays: &HashSet<Date>,
) -> Result<Series, ArrivalsError> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header: Vec<String> =
        reader.headers()?.iter().map(|it| it.trim_start_matches('\u{feff}').to_lowercase()).collect();
    let column = |name: &str| header.iter().position(|it| it == name);
    let at = column("at").ok_or(ArrivalsError::NoColumn)?;
    let (kind, count) = (column("kind"), column("count"));
    let mut seen: Vec<(String, Date, i64, u32)> = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: usize| record.get(column).unwrap_or("").to_owned();
        if record.iter().all(str::is_empty) {
            continue;
        }
        let value = cell(at);
        let moment = moment(&value).ok_or(ArrivalsError::NoMoment { line, value })?;
        let how_many = match count {
            None => 1,
            Some(column) => {
                let value = cell(column);
                let parsed = value.parse().ok().filter(|it| *it <= COUNT_MAX);
                parsed.ok_or(ArrivalsError::NoCount { line, value })?
            }
        };
        let minute = i64::from(moment.hour()) * 60 + i64::from(moment.minute());
        seen.push((kind.map_or(String::new(), cell), moment.date(), minute, how_many));
    }
    let first = seen.iter().map(|it| it.1).min().ok_or(ArrivalsError::Empty)?;
    let last = seen.iter().map(|it| it.1).max().unwrap_or(first);
    let days = days_between(first, last) + 1;
    if days > DAYS_MAX {
        return Err(ArrivalsError::TooLong(first, last));
    }
    let mut moments: BTreeMap<String, Vec<(usize, i64)>> = BTreeMap::new();
    for (kind, date, minute, how_many) in seen {
        let day = days_between(first, date) as usize;
        moments.entry(kind).or_default().extend((0..how_many).map(|_| (day, minute)));
    }
    Ok(Series::of(first, days as usize, period_minutes, holidays, moments.into_iter().collect()))
}

/// With or without seconds, a `T` between, and what stands behind it of a zone.
fn moment(text: &str) -> Option<DateTime> {
    let plain = text.trim_end_matches('Z').replace('T', " ");
    let plain = plain.split_once('+').map_or(plain.as_str(), |it| it.0).trim().to_owned();
    plain.parse::<DateTime>().ok().or_else(|| format!("{plain}:00").parse().ok())
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// One date a line; what stands behind it is a name for people.
pub(super) fn holidays(text: &str) -> Result<HashSet<Date>, String> {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    lines
        .map(|line| {
            let word = line.split([' ', ',', ';', '\t']).next().unwrap_or("");
            word.parse().map_err(|_| format!("{line:?} does not begin with a date such as 2026-12-25"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_programs_write_them() {
        for text in
            ["2026-03-05 14:07", "2026-03-05T14:07:59", "2026-03-05T14:07:59Z", "2026-03-05 14:07:59+01:00"]
        {
            let found = moment(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.hour(), found.minute()), (14, 7), "{text}");
        }
        assert_eq!(moment("soon"), None);
    }

    #[test]
    fn lines_become_days_and_days_without_lines_are_empty() {
        let none = HashSet::new();
        let text =
            "at,kind,count\n2026-03-02 09:10,calls,2\n2026-03-04 23:59,mail,1\n\n2026-03-02 09:20,mail,3\n";
        let found = read(text, 30, &none).unwrap();
        assert_eq!(
            (found.whole.len(), found.whole[0].counts[18], found.whole[1].total(), found.whole[2].counts[47]),
            (3, 5, 0.0, 1)
        );
        assert_eq!(found.parts.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["calls", "mail"]);
        let error = |text: &str| read(text, 30, &none).unwrap_err().to_string();
        assert!(error("when\nx\n").contains("column at"));
        assert!(error("at\nsoon\n").starts_with("line 2: \"soon\""));
        assert!(error("at,count\n2026-03-02 09:10,-1\n").contains("no count"));
        assert!(error("at\n").contains("nobody"));
        assert!(error("at\n1026-03-02 09:10\n2026-03-02 09:10\n").contains("too long"));
    }

    #[test]
    fn holidays_may_have_names() {
        let found = holidays("# Spain\n2026-01-06 Epiphany\n\n2026-12-25,Christmas\n").unwrap();
        assert_eq!(found.len(), 2);
        assert!(holidays("tomorrow").unwrap_err().contains("tomorrow"));
    }
}
