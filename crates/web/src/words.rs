//! Small words and classes that templates make from values.

use crate::Problem;

/// A waiting customer's time is amber after so long …
const WAIT_DUE_MS: i64 = 2 * 3_600_000;
/// … and red after so long. Until a policy says otherwise.
const WAIT_LATE_MS: i64 = 8 * 3_600_000;

/// `open` as `Open`.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How the time that somebody has waited looks: nothing, `due`, `late`.
pub fn wait_class(since_ms: i64, now_ms: i64) -> &'static str {
    match now_ms - since_ms {
        wait if wait >= WAIT_LATE_MS => "late",
        wait if wait >= WAIT_DUE_MS => "due",
        _ => "",
    }
}

/// A place on the scale of levels, in tenths: the number in the classes `f-` and `s-`.
pub fn tenths(level: f64) -> i64 {
    (level * 10.0).round().clamp(0.0, 50.0) as i64
}

/// The length of the band from a deviation below to one above, as far as it is on the scale.
pub fn band_tenths(mean: f64, deviation: f64) -> i64 {
    tenths(mean + deviation) - tenths(mean - deviation)
}

/// The level as a whole step, for the classes `v0` to `v5`.
pub fn whole_level(level: f64) -> i64 {
    level.round().clamp(0.0, 5.0) as i64
}

/// `3` or `2.5`.
pub fn short_level(level: f64) -> String {
    if (level - level.round()).abs() < 0.05 { format!("{level:.0}") } else { format!("{level:.1}") }
}

/// What is wrong with a field; with `""`: what is wrong with none in particular.
pub fn error_of<'a>(problem: &'a Option<Problem>, field: &str) -> Option<&'a str> {
    let problem = problem.as_ref()?;
    (problem.field.unwrap_or("") == field).then_some(problem.words.as_str())
}

/// `1 ticket`, `2 tickets`.
pub fn counted(count: i64, one: &str, many: &str) -> String {
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
