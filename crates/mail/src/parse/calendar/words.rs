//! How long an event lasts and how it repeats, in words.

const WEEKDAYS: [(&str, &str); 7] = [
    ("MO", "Monday"),
    ("TU", "Tuesday"),
    ("WE", "Wednesday"),
    ("TH", "Thursday"),
    ("FR", "Friday"),
    ("SA", "Saturday"),
    ("SU", "Sunday"),
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

/// `PT1H30M` (RFC 5545, section 3.3.6): `1 hour 30 minutes`. None if it cannot be read, or is no time at all.
pub(super) fn duration(value: &str) -> Option<String> {
    let value = value.trim().to_ascii_uppercase();
    let pieces = value.strip_prefix('+').unwrap_or(&value).strip_prefix('P')?;
    let (mut said, mut number, mut is_time) = (Vec::new(), String::new(), false);
    for c in pieces.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'T' if number.is_empty() => {
                is_time = true;
                continue;
            }
            'W' => "week",
            'D' => "day",
            'H' if is_time => "hour",
            'M' if is_time => "minute",
            'S' if is_time => "second",
            _ => return None,
        };
        let count: u32 = std::mem::take(&mut number).parse().ok()?;
        if count > 0 {
            said.push(counted(count, unit));
        }
    }
    (number.is_empty() && !said.is_empty()).then(|| said.join(" "))
}

/// `FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10` (RFC 5545, section 3.3.10): `every week on Monday and Wednesday, 10 times`. What has
/// no words here is shown as it is written.
pub(super) fn repetition(rule: &str) -> String {
    let parts: Vec<(String, &str)> = rule
        .split(';')
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| (key.trim().to_ascii_uppercase(), value.trim()))
        .collect();
    let part = |name: &str| parts.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
    let Some(unit) = part("FREQ").and_then(unit) else { return rule.trim().to_owned() };
    let interval = part("INTERVAL").map_or(Some(1), |it| it.parse::<u32>().ok().filter(|it| *it > 0));
    let mut said = match interval {
        Some(interval) if interval > 1 => format!("every {}", counted(interval, unit)),
        _ => format!("every {unit}"),
    };
    // In a longer span than a week a weekday comes again and again, unless days of the month pick it.
    let is_each = matches!(unit, "month" | "year") && part("BYMONTHDAY").is_none();
    let each = if is_each { "every " } else { "" };
    let spoken = [
        ("BYDAY", part("BYDAY").and_then(|it| on_weekdays(it, part("BYSETPOS"), each))),
        ("BYMONTHDAY", part("BYMONTHDAY").and_then(on_days)),
        ("BYMONTH", part("BYMONTH").and_then(in_months)),
        ("COUNT", part("COUNT").and_then(times)),
        ("UNTIL", part("UNTIL").and_then(until)),
    ];
    spoken.iter().filter_map(|(_, words)| words.as_deref()).for_each(|words| said.push_str(words));
    let is_said = |name: &str| match name {
        "FREQ" | "WKST" => true,
        "INTERVAL" => interval.is_some(),
        // It picks among the weekdays, and is told with them.
        "BYSETPOS" => spoken.iter().any(|(key, words)| *key == "BYDAY" && words.is_some()),
        name => spoken.iter().any(|(key, words)| *key == name && words.is_some()),
    };
    let unsaid = parts.iter().filter(|(key, _)| !is_said(key)).map(|(key, value)| format!("{key}={value}"));
    let unsaid: Vec<String> = unsaid.collect();
    if !unsaid.is_empty() {
        said.push_str(&format!(" ({})", unsaid.join(", ")));
    }
    said
}

fn unit(frequency: &str) -> Option<&'static str> {
    Some(match frequency.to_ascii_uppercase().as_str() {
        "SECONDLY" => "second",
        "MINUTELY" => "minute",
        "HOURLY" => "hour",
        "DAILY" => "day",
        "WEEKLY" => "week",
        "MONTHLY" => "month",
        "YEARLY" => "year",
        _ => return None,
    })
}

/// `MO,-1FR`, and which of all of them, if one is picked. `each` stands before a weekday that is not counted.
fn on_weekdays(list: &str, picked: Option<&str>, each: &str) -> Option<String> {
    let days = all(list, |day| {
        let (which, day) = day.split_at_checked(day.len().checked_sub(2)?)?;
        let (_, name) = WEEKDAYS.iter().find(|(short, _)| short.eq_ignore_ascii_case(day))?;
        match which {
            "" if picked.is_some() => Some((*name).to_owned()),
            "" => Some(format!("{each}{name}")),
            which => Some(format!("the {} {name}", ordinal(which)?)),
        }
    })?;
    match picked {
        None => Some(format!(" on {days}")),
        Some(picked) => Some(format!(" on the {} of {days}", ordinal(picked)?)),
    }
}

fn on_days(list: &str) -> Option<String> {
    let days = all(list, |day| match day.parse::<i8>().ok()? {
        day @ 1..=31 => Some(format!("day {day}")),
        _ => Some(format!("the {} day", ordinal(day)?)),
    })?;
    Some(format!(" on {days}"))
}

fn in_months(list: &str) -> Option<String> {
    let months = all(list, |month| {
        let number: usize = month.parse().ok()?;
        MONTHS.get(number.checked_sub(1)?).map(|name| (*name).to_owned())
    })?;
    Some(format!(" in {months}"))
}

fn times(count: &str) -> Option<String> {
    count.parse().ok().map(|count| format!(", {}", counted(count, "time")))
}

fn until(moment: &str) -> Option<String> {
    super::moment(&[], moment).0.map(|moment| format!(", until {moment}"))
}

/// `2`: second; `-1`: last; `-2`: second last.
fn ordinal(number: &str) -> Option<String> {
    let number: i8 = number.parse().ok()?;
    let from_start = ORDINALS.get(usize::from(number.unsigned_abs().checked_sub(1)?))?;
    Some(match number {
        -1 => "last".to_owned(),
        ..-1 => format!("{from_start} last"),
        _ => (*from_start).to_owned(),
    })
}

/// The words of all that stand between commas; none if one of them has no words.
fn all(list: &str, words: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut said: Vec<String> = list.split(',').map(|one| words(one.trim())).collect::<Option<_>>()?;
    let last = said.pop()?;
    Some(if said.is_empty() { last } else { format!("{} and {last}", said.join(", ")) })
}

fn counted(count: u32, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_said_in_its_own_units() {
        for (written, words) in [
            ("PT1H30M", Some("1 hour 30 minutes")),
            ("P1DT12H", Some("1 day 12 hours")),
            ("+P2W", Some("2 weeks")),
            ("PT45M0S", Some("45 minutes")),
            ("PT0S", None),
            ("-PT15M", None),
            ("P1M", None),
            ("PT99999999999H", None),
            ("an hour", None),
            ("PT5", None),
        ] {
            assert_eq!(duration(written).as_deref(), words, "{written}");
        }
    }

    #[test]
    fn a_repetition_is_said_in_words() {
        for (rule, words) in [
            ("FREQ=DAILY", "every day"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every 2 weeks on Tuesday"),
            (
                "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=10;WKST=MO",
                "every week on Monday, Wednesday and Friday, 10 times",
            ),
            ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
            ("FREQ=MONTHLY;BYMONTHDAY=15,-1", "every month on day 15 and the last day"),
            ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "every month on the last of Monday and Tuesday"),
            ("freq=yearly;bymonth=7;bymonthday=1", "every year on day 1 in July"),
            ("FREQ=WEEKLY;UNTIL=20261231T235900Z", "every week, until 2026-12-31 23:59 UTC"),
            ("FREQ=YEARLY;BYWEEKNO=20", "every year (BYWEEKNO=20)"),
            ("FREQ=MONTHLY;BYDAY=XX;BYSETPOS=1", "every month (BYDAY=XX, BYSETPOS=1)"),
            ("FREQ=MONTHLY;BYDAY=MO,1FR", "every month on every Monday and the first Friday"),
            ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "every month on Friday on day 13"),
            ("FREQ=WEEKLY;INTERVAL=0;BYDAY=é", "every week (INTERVAL=0, BYDAY=é)"),
            ("FREQ=DAILY;INTERVAL=99999999999", "every day (INTERVAL=99999999999)"),
            ("by the moon", "by the moon"),
        ] {
            assert_eq!(repetition(rule), words, "{rule}");
        }
    }
}
