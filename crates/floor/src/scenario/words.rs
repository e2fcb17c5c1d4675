//! How times, lists by period, and lists of names are written in a scenario file.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};

/// A length of time: `"20 s"`, `"1.5 min"`, `"2 h"`, `"1 d"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seconds(pub f64);

/// A time of day: `"08:30"`; in seconds from midnight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ClockTime(pub f64);

/// One value for all periods, or one for each.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PerPeriod<T> {
    One(T),
    Each(Vec<T>),
}

/// `"a"`, `["a", "b"]`, or `{ any_of = ["a", "b"], after = "12 s", pick = "by_lot" }`.
#[derive(Debug, Clone)]
pub(super) enum TierEntry {
    Name(String),
    Names(Vec<String>),
    Table(TierTable),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierTable {
    pub any_of: Vec<String>,
    pub after: Option<Seconds>,
    pub pick: Option<PickWord>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PickWord {
    LongestIdle,
    ByLot,
}

fn seconds_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let at = text.find(|it: char| it.is_ascii_alphabetic())?;
    let number: f64 = text[..at].trim().parse().ok()?;
    let unit = match text[at..].trim() {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    (number.is_finite() && number >= 0.0).then_some(number * unit)
}

/// A time of a later day is written in hours from the first midnight on: eight o'clock of the third day is 56:00.
const HOURS_MAX: u32 = 15 * 24;

fn clock_time_of(text: &str) -> Option<f64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= HOURS_MAX && minutes < 60).then(|| f64::from(hours * 3_600 + minutes * 60))
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Seconds, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Seconds;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time with its unit, like \"20 s\", \"1.5 min\", \"2 h\" or \"1 d\"")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Seconds, E> {
                let found = seconds_of(text).map(Seconds);
                found.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        from.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<ClockTime, D::Error> {
        let text = String::deserialize(from)?;
        let found = clock_time_of(&text).map(ClockTime);
        found.ok_or_else(|| D::Error::custom(format!("{text:?} is no time of day; write it like \"08:30\"")))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerPeriod<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<PerPeriod<T>, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = PerPeriod<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value, or a list with one for each period")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<PerPeriod<T>, E> {
                T::deserialize(text.into_deserializer()).map(PerPeriod::One)
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<PerPeriod<T>, E> {
                T::deserialize(number.into_deserializer()).map(PerPeriod::One)
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<PerPeriod<T>, E> {
                T::deserialize(number.into_deserializer()).map(PerPeriod::One)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<PerPeriod<T>, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(PerPeriod::Each)
            }
        }
        from.deserialize_any(Reader(PhantomData))
    }
}

impl<'de> Deserialize<'de> for TierEntry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<TierEntry, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = TierEntry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a name, a list of names, or { any_of = [names], after = \"12 s\", pick = \"by_lot\" }",
                )
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<TierEntry, E> {
                Ok(TierEntry::Name(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<TierEntry, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(TierEntry::Names)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TierEntry, A::Error> {
                TierTable::deserialize(MapAccessDeserializer::new(map)).map(TierEntry::Table)
            }
        }
        from.deserialize_any(Reader)
    }
}

impl TierEntry {
    pub(super) fn names(&self) -> &[String] {
        match self {
            TierEntry::Name(name) => std::slice::from_ref(name),
            TierEntry::Names(names) => names,
            TierEntry::Table(table) => &table.any_of,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(seconds_of("20 s"), Some(20.0));
        assert_eq!(seconds_of("1.5min"), Some(90.0));
        assert_eq!(seconds_of("2 h"), Some(7_200.0));
        assert_eq!(seconds_of("1 d"), Some(86_400.0));
        for wrong in ["20", "-1 s", "1 week", "s", "", "nan s", "inf s"] {
            assert_eq!(seconds_of(wrong), None, "{wrong}");
        }
        assert_eq!(clock_time_of("08:30"), Some(30_600.0));
        assert_eq!(clock_time_of("8:75"), None);
    }
}
