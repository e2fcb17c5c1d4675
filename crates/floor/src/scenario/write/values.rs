//! One value as the reader reads it: a time, a number, a list, a text in quotes.

use std::fmt::Write;

use crate::chance::Shape;
use crate::model::Time;

const MINUTE_S: f64 = 60.0;
pub(super) const HOUR_S: f64 = 3_600.0;

pub(super) fn time(it: &Time) -> String {
    let mean = match it.mean_s.as_slice() {
        [one] => seconds(*one),
        each => list(each.iter().map(|it| seconds(*it))),
    };
    match &it.shape {
        Shape::Exponential => format!("{{ mean = {mean} }}"),
        Shape::Constant => format!("{{ mean = {mean}, shape = \"constant\" }}"),
        Shape::Lognormal { cv } => {
            format!("{{ mean = {mean}, shape = \"lognormal\", cv = {} }}", number(*cv))
        }
        Shape::Gamma { cv } => format!("{{ mean = {mean}, shape = \"gamma\", cv = {} }}", number(*cv)),
        Shape::Uniform { spread } => {
            let middle = it.mean_in(0);
            let (from, to) = (seconds(middle * (1.0 - spread)), seconds(middle * (1.0 + spread)));
            format!("{{ from = {from}, to = {to} }}")
        }
        Shape::Empirical(values) => {
            // Only their shape counts beside a mean; told in its size, they say the same to people.
            let own = values.iter().sum::<f64>() / values.len().max(1) as f64;
            let scale = if own > 0.0 { it.mean_in(0) / own } else { 1.0 };
            let values = list(values.iter().map(|it| seconds(it * scale)));
            match it.mean_s.len() {
                1 => format!("{{ values = {values} }}"),
                _ => format!("{{ mean = {mean}, values = {values} }}"),
            }
        }
    }
}

pub(super) fn line(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {value}");
}

/// Nothing for nothing.
pub(super) fn table(text: &mut String, key: &str, of: impl Iterator<Item = (String, f64)>) {
    let entries: Vec<String> =
        of.map(|(name, value)| format!("{} = {}", quoted(&name), number(value))).collect();
    if !entries.is_empty() {
        line(text, key, &format!("{{ {} }}", entries.join(", ")));
    }
}

pub(super) fn list(of: impl Iterator<Item = String>) -> String {
    format!("[{}]", of.collect::<Vec<_>>().join(", "))
}

pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for it in text.chars() {
        match it {
            '"' | '\\' => quoted.extend(['\\', it]),
            it if it.is_control() => quoted.push(' '),
            it => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}

/// Four digits behind the point, without zeros at the end; fewer for what is large.
pub(super) fn number(it: f64) -> String {
    let text = if it.abs() >= 10.0 { format!("{it:.2}") } else { format!("{it:.4}") };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".to_owned() } else { text.to_owned() }
}

pub(super) fn alike(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-3
}

pub(super) fn seconds(it: f64) -> String {
    let in_unit = |unit: f64, name: &str| format!("\"{} {name}\"", number(it / unit));
    match it {
        it if it >= HOUR_S && (it / MINUTE_S).fract() == 0.0 => in_unit(HOUR_S, "h"),
        it if it >= MINUTE_S => in_unit(MINUTE_S, "min"),
        _ => in_unit(1.0, "s"),
    }
}

pub(super) fn clock(seconds: f64) -> String {
    let minutes = (seconds / MINUTE_S).round() as u64;
    format!("\"{:02}:{:02}\"", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            (number(2.0), number(0.12345), number(-0.00001)),
            ("2".into(), "0.1235".into(), "0".into())
        );
        assert_eq!(
            (seconds(7_200.0), seconds(90.0), seconds(20.0)),
            ("\"2 h\"".into(), "\"1.5 min\"".into(), "\"20 s\"".into())
        );
    }
}
