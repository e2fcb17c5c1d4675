//! The words of [`crate::words`] and [`crate::when`] for templates, which hand over figures by value and by reference.

use crate::{when, words};

/// A whole number, however a template holds it.
pub trait Int {
    fn int(&self) -> i64;
}

/// Any number, however a template holds it.
pub trait Real {
    fn real(&self) -> f64;
}

impl Int for i64 {
    fn int(&self) -> i64 {
        *self
    }
}

impl Int for usize {
    fn int(&self) -> i64 {
        *self as i64
    }
}

impl<T: Int + ?Sized> Int for &T {
    fn int(&self) -> i64 {
        (**self).int()
    }
}

impl Real for f64 {
    fn real(&self) -> f64 {
        *self
    }
}

impl<T: Real + ?Sized> Real for &T {
    fn real(&self) -> f64 {
        (**self).real()
    }
}

/// `1 ticket`, `2 tickets`.
pub fn counted(count: impl Int, one: &str, many: &str) -> String {
    words::counted(count.int(), one, many)
}

pub fn size(bytes: impl Int) -> String {
    words::size(bytes.int())
}

pub fn day(at_ms: impl Int) -> String {
    when::day(at_ms.int())
}

pub fn moment(at_ms: impl Int) -> String {
    when::moment(at_ms.int())
}

/// The moment as markup; the page's script keeps it true.
pub fn ago(at_ms: impl Int, now_ms: impl Int) -> String {
    let (at, now) = (at_ms.int(), now_ms.int());
    format!("<rel-time datetime=\"{}\">{}</rel-time>", when::iso(at), when::ago(at, now))
}

/// A ticket's status as markup.
pub fn status(status: &desk::tickets::Status) -> String {
    format!("<span class=\"status {}\">{}</span>", status.name(), words::capital(status.name()))
}

pub fn tenths(level: impl Real) -> i64 {
    words::tenths(level.real())
}

pub fn short_level(level: impl Real) -> String {
    words::short_level(level.real())
}

/// `3.4`
pub fn level(level: impl Real) -> String {
    format!("{:.1}", level.real())
}

/// `8 weeks`, `2.5 weeks`, `1 week`.
pub fn weeks(weeks: impl Real) -> String {
    let words = format!("{:.1}", weeks.real());
    let words = words.strip_suffix(".0").unwrap_or(&words);
    format!("{words} {}", if words == "1" { "week" } else { "weeks" })
}

/// `0.41` as `41`.
pub fn percent(share: impl Real) -> String {
    format!("{:.0}", share.real() * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_taken_as_they_come() {
        assert_eq!(counted(1_i64, "ticket", "tickets"), "1 ticket");
        assert_eq!(level(3.449), "3.4");
        assert_eq!(percent(0.414), "41");
        assert_eq!([weeks(8.0), weeks(2.46), weeks(1.0)], ["8 weeks", "2.5 weeks", "1 week"]);
    }
}
