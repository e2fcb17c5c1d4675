//! The weekly shifts of people, by their own clock; one by one or from a CSV file.

use super::{Breaks, CSV_BYTES_MAX, PlanError, SHIFTS_PER_PERSON_MAX, only_leads, store};
use crate::events::{self, Event};
use crate::tables::delimiter_of;
use crate::{ShiftId, Tx, UserId, people};
use serde::Serialize;
use std::collections::BTreeMap;

const DAY_MINUTES: i64 = 24 * 60;
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// One shift of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
pub struct Shift {
    /// 0 Monday to 6 Sunday.
    pub weekday: i64,
    /// Minutes from midnight, by the person's own clock.
    pub from_minute: i64,
    /// After `from_minute`; beyond 1440 it lies on the next day.
    pub to_minute: i64,
}

/// A shift with whose it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShiftLine {
    pub id: ShiftId,
    pub user: UserId,
    pub shift: Shift,
    pub breaks: Breaks,
}

impl ShiftLine {
    /// Its parts between breaks: weekday, from which to which minute of that day.
    pub fn worked(&self) -> Vec<(i64, i64, i64)> {
        let Shift { weekday, from_minute, to_minute } = self.shift;
        let mut since = from_minute;
        let mut parts = Vec::new();
        for it in self.breaks.iter() {
            parts.push((weekday, since, from_minute + it.after_minutes));
            since = from_minute + it.end();
        }
        parts.push((weekday, since, to_minute));
        parts
    }
}

impl Shift {
    fn is_right(&self) -> bool {
        (0..7).contains(&self.weekday)
            && (0..DAY_MINUTES).contains(&self.from_minute)
            && self.to_minute > self.from_minute
            && self.to_minute - self.from_minute <= DAY_MINUTES
    }

    /// `08:30` and `17:00`; an end that is not after the beginning lies on the next day.
    pub fn parse(weekday: &str, from: &str, to: &str) -> Option<Shift> {
        let weekday = weekday.trim().to_lowercase();
        let day = WEEKDAYS.iter().position(|name| weekday.len() >= 2 && name.starts_with(&weekday))?;
        let (from_minute, to) = (minutes(from)?, minutes(to)?);
        let to_minute = if to <= from_minute { to + DAY_MINUTES } else { to };
        Some(Shift { weekday: day as i64, from_minute, to_minute }).filter(Shift::is_right)
    }
}

fn minutes(clock: &str) -> Option<i64> {
    let (hours, minutes) = clock.trim().split_once(':').unwrap_or((clock.trim(), "0"));
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=24).contains(&hours) && (0..60).contains(&minutes) && hours * 60 + minutes <= DAY_MINUTES)
        .then_some(hours * 60 + minutes)
}

/// `08:30`; of the next day too.
pub fn clock_words(minute: i64) -> String {
    let minute = if minute == DAY_MINUTES { minute } else { minute.rem_euclid(DAY_MINUTES) };
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `Monday`
pub fn weekday_name(weekday: i64) -> &'static str {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    usize::try_from(weekday).ok().and_then(|day| NAMES.get(day)).copied().unwrap_or("")
}

/// Everybody's, by person and day.
pub fn list_shifts(tx: &mut Tx) -> Result<Vec<ShiftLine>, PlanError> {
    if !tx.actor().is_staff() {
        return Err(PlanError::NotStaff);
    }
    Ok(store::list_shifts(tx)?)
}

/// The whole week of one person in place of what was there; a shift that stays as it was keeps its breaks. No shift at
/// all: their presence is learned again.
pub fn set_shifts(tx: &mut Tx, user: UserId, shifts: &[Shift]) -> Result<(), PlanError> {
    only_leads(tx)?;
    let kept = store::list_shifts(tx)?;
    let breaks = |shift: &Shift| {
        let same = kept.iter().find(|it| it.user == user && it.shift == *shift);
        same.map(|it| it.breaks).unwrap_or_default()
    };
    let week: Vec<(Shift, Breaks)> = shifts.iter().map(|it| (*it, breaks(it))).collect();
    set_week(tx, user, &week)
}

/// [`set_shifts`], with their breaks.
pub fn set_week(tx: &mut Tx, user: UserId, week: &[(Shift, Breaks)]) -> Result<(), PlanError> {
    only_leads(tx)?;
    if week.len() > SHIFTS_PER_PERSON_MAX {
        return Err(PlanError::TooManyShifts);
    }
    if !week.iter().all(|it| it.0.is_right()) {
        return Err(PlanError::ShiftIsWrong);
    }
    if week.iter().any(|(shift, breaks)| Breaks::of(breaks.iter().collect(), shift).is_none()) {
        return Err(PlanError::BreakIsWrong);
    }
    crate::skills::store::staff_name(tx, user)?.ok_or(PlanError::NoSuchPerson)?;
    store::save_shifts(tx, user, week)?;
    Ok(events::record(tx, &Event::ShiftsSet { user })?)
}

/// `email,weekday,from,to`, with or without that first line. Whoever is named has exactly the shifts of the file
/// afterwards; nobody else is touched. Says of how many people. Nothing is changed when any line is wrong.
pub fn import_shifts(tx: &mut Tx, csv: &str) -> Result<usize, PlanError> {
    only_leads(tx)?;
    if csv.len() > CSV_BYTES_MAX {
        return Err(PlanError::FileIsTooLarge);
    }
    let mut weeks: BTreeMap<UserId, Vec<Shift>> = BTreeMap::new();
    let mut known: BTreeMap<String, UserId> = BTreeMap::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter_of(csv))
        .from_reader(csv.as_bytes());
    for (n, record) in reader.records().enumerate() {
        let wrong = |reason: String| PlanError::LineIsWrong { line: n as u64 + 1, reason };
        let record = record.map_err(|_| wrong("it cannot be read as comma-separated values".into()))?;
        let field = |index: usize| record.get(index).unwrap_or("");
        let email = field(0).to_lowercase();
        if email.is_empty() || (n == 0 && !email.contains('@')) {
            continue;
        }
        let user = match known.get(&email) {
            Some(user) => *user,
            None => {
                let user = people::find_user_by_email(tx, &email)?
                    .filter(|it| it.role.is_staff())
                    .ok_or_else(|| wrong(format!("nobody here has the address {email}")))?;
                known.insert(email, user.id);
                user.id
            }
        };
        let shift = Shift::parse(field(1), field(2), field(3))
            .ok_or_else(|| wrong("use a weekday and two times such as mon,08:30,17:00".into()))?;
        weeks.entry(user).or_default().push(shift);
    }
    for (user, shifts) in &weeks {
        set_shifts(tx, *user, shifts)?;
    }
    Ok(weeks.len())
}

/// What [`import_shifts`] reads.
pub fn shifts_as_csv(tx: &mut Tx) -> Result<String, PlanError> {
    let shifts = list_shifts(tx)?;
    let agents = people::list_agents(tx)?;
    let mut text = String::from("email,weekday,from,to\n");
    for it in shifts {
        let Some(email) = agents.iter().find(|user| user.id == it.user).and_then(|user| user.email.clone())
        else {
            continue;
        };
        let day = WEEKDAYS[usize::try_from(it.shift.weekday).unwrap_or(0) % 7];
        let (from, to) = (clock_words(it.shift.from_minute), clock_words(it.shift.to_minute));
        text.push_str(&format!("{email},{day},{from},{to}\n"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_read_as_people_write_it() {
        assert_eq!(
            Shift::parse("Mon", "8:30", "17"),
            Some(Shift { weekday: 0, from_minute: 510, to_minute: 1_020 })
        );
        assert_eq!(
            Shift::parse("su", "22:00", "06:00").map(|it| it.to_minute),
            Some(30 * 60),
            "into the next day"
        );
        for (day, from, to) in [("m", "8", "9"), ("xyz", "8", "9"), ("mon", "25", "26"), ("mon", "8:75", "9")]
        {
            assert_eq!(Shift::parse(day, from, to), None, "{day} {from} {to}");
        }
        assert_eq!(
            (clock_words(510), clock_words(30 * 60), clock_words(1440)),
            ("08:30".into(), "06:00".into(), "24:00".into())
        );
    }
}
