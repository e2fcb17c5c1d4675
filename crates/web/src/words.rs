//! Small words and classes that templates make from values.

use crate::{Problem, when};

/// A number as templates hold it: by value or behind any number of references.
pub trait Given<N> {
    fn given(&self) -> N;
}

impl Given<i64> for i64 {
    fn given(&self) -> i64 {
        *self
    }
}

impl Given<f64> for f64 {
    fn given(&self) -> f64 {
        *self
    }
}

impl<N, T: Given<N> + ?Sized> Given<N> for &T {
    fn given(&self) -> N {
        (**self).given()
    }
}

/// For `datetime` attributes.
pub fn iso(at_ms: impl Given<i64>) -> when::Words {
    when::Words::Iso(at_ms.given())
}

pub fn ago(at_ms: impl Given<i64>, now_ms: impl Given<i64>) -> when::Words {
    let at_ms = at_ms.given();
    when::Words::Ago { past_ms: now_ms.given() - at_ms, at_ms }
}

/// How long it has been.
pub fn since(at_ms: impl Given<i64>, now_ms: impl Given<i64>) -> when::Words {
    when::Words::Span(now_ms.given() - at_ms.given())
}

pub fn span(ms: impl Given<i64>) -> String {
    when::span(ms.given())
}

pub fn day(at_ms: impl Given<i64>) -> String {
    when::day(at_ms.given())
}

pub fn moment(at_ms: impl Given<i64>) -> when::Words {
    when::Words::Moment(at_ms.given())
}

/// A waiting customer's time is amber after so long …
const WAIT_DUE_MS: i64 = 2 * 3_600_000;
/// … and red after so long. Until a policy says otherwise.
const WAIT_LATE_MS: i64 = 8 * 3_600_000;

/// `open` as `Open`.
pub fn capital(word: impl std::fmt::Display) -> String {
    let word = word.to_string();
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How the time that somebody has waited looks: nothing, `due`, `late`.
pub fn wait_class(since_ms: impl Given<i64>, now_ms: impl Given<i64>) -> &'static str {
    match now_ms.given() - since_ms.given() {
        wait if wait >= WAIT_LATE_MS => "late",
        wait if wait >= WAIT_DUE_MS => "due",
        _ => "",
    }
}

/// A place on the scale of levels, in tenths: the number in the classes `f-` and `s-`.
pub fn tenths(level: impl Given<f64>) -> i64 {
    (level.given() * 10.0).round().clamp(0.0, 50.0) as i64
}

/// The length of the band from a deviation below to one above, as far as it is on the scale.
pub fn band_tenths(mean: impl Given<f64>, deviation: impl Given<f64>) -> i64 {
    let (mean, deviation) = (mean.given(), deviation.given());
    tenths(mean + deviation) - tenths(mean - deviation)
}

/// Where the band begins.
pub fn band_start(mean: impl Given<f64>, deviation: impl Given<f64>) -> i64 {
    tenths(mean.given() - deviation.given())
}

/// What is known lies below what is asked.
pub fn is_short(mean: impl Given<f64>, asked: impl Given<f64>) -> bool {
    mean.given() < asked.given()
}

/// The level as a whole step, for the classes `v0` to `v5`.
pub fn whole_level(level: impl Given<f64>) -> i64 {
    level.given().round().clamp(0.0, 5.0) as i64
}

/// One decimal.
pub fn one_decimal(level: impl Given<f64>) -> String {
    format!("{:.1}", level.given())
}

/// `3` or `2.5`.
pub fn short_level(level: impl Given<f64>) -> String {
    let level = level.given();
    if (level - level.round()).abs() < 0.05 { format!("{level:.0}") } else { format!("{level:.1}") }
}

/// What is wrong with a field; with `""`: what is wrong with none in particular.
pub fn error_of<'a>(problem: &'a Option<Problem>, field: &str) -> Option<&'a str> {
    let problem = problem.as_ref()?;
    (problem.field.unwrap_or("") == field).then_some(problem.words.as_str())
}

/// `es` as `Spanish`; a language without a name here keeps its code.
pub fn language(code: &str) -> &str {
    const NAMES: [(&str, &str); 24] = [
        ("ar", "Arabic"),
        ("cs", "Czech"),
        ("da", "Danish"),
        ("de", "German"),
        ("el", "Greek"),
        ("en", "English"),
        ("es", "Spanish"),
        ("fi", "Finnish"),
        ("fr", "French"),
        ("he", "Hebrew"),
        ("hi", "Hindi"),
        ("hu", "Hungarian"),
        ("it", "Italian"),
        ("ja", "Japanese"),
        ("ko", "Korean"),
        ("nl", "Dutch"),
        ("pl", "Polish"),
        ("pt", "Portuguese"),
        ("ro", "Romanian"),
        ("ru", "Russian"),
        ("sv", "Swedish"),
        ("tr", "Turkish"),
        ("uk", "Ukrainian"),
        ("zh", "Chinese"),
    ];
    NAMES.iter().find(|(key, _)| *key == code).map_or(code, |(_, name)| name)
}

/// `1 ticket`, `2 tickets`.
/// `3rd`
pub fn nth(number: impl Given<i64>) -> String {
    let number = number.given();
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

pub fn counted(count: impl Given<i64>, one: &str, many: &str) -> String {
    let count = count.given();
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `84 KB`, `1.2 MB`.
pub fn size(bytes: i64) -> String {
    const KIB: f64 = 1024.0;
    let kib = bytes as f64 / KIB;
    match kib {
        kib if kib < 1.0 => format!("{bytes} bytes"),
        kib if kib < KIB => format!("{kib:.0} KB"),
        kib => format!("{:.1} MB", kib / KIB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_stays_on_the_scale() {
        assert_eq!(tenths(0.4 - 0.9), 0);
        assert_eq!(band_tenths(0.4, 0.9), 13);
        assert_eq!(band_tenths(4.8, 0.4), 6);
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(size(12), "12 bytes");
        assert_eq!(size(86_000), "84 KB");
        assert_eq!(size(3 * 1024 * 1024 + 200_000), "3.2 MB");
    }
}
