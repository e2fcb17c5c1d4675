//! Requirements as people read them: what [`Requirements::parse`] reads.

use std::fmt::Write;

use super::parse::Names;
use super::tokens::is_plain_name;
use super::{Asked, Change, Expression, Leaf, Requirements, Stage, Step, Term, USUAL_WEIGHT, When};

impl Requirements {
    /// Reading it gives the same requirements again, as long as the names stay.
    pub fn print(&self, names: &impl Names) -> String {
        let mut text = String::new();
        expression(&mut text, &self.first, names, false);
        for then in &self.then {
            text.push_str("; ");
            when(&mut text, then.when);
            text.push_str(": ");
            expression(&mut text, &then.expression, names, false);
        }
        text
    }
}

impl Stage {
    /// What is asked at this stage, in the same words.
    pub fn print(&self, names: &impl Names) -> String {
        let mut text = String::new();
        expression(&mut text, &self.term.expression(), names, false);
        text
    }
}

impl Term {
    fn expression(&self) -> Expression {
        let several = |parts: &[Term]| parts.iter().map(Term::expression).collect();
        let must = |of| Expression::Must(Leaf { of, weight: USUAL_WEIGHT, steps: Vec::new() });
        match *self {
            Term::Anyone => Expression::Anyone,
            Term::Skill { skill, least_level, most_level } => {
                must(Asked::Skill { skill, least_level, most_level })
            }
            Term::Pool(pool) => must(Asked::Pool(pool)),
            Term::Person(person) => must(Asked::Person(person)),
            Term::All(ref parts) => Expression::All(several(parts)),
            Term::Any(ref parts) => Expression::Any(several(parts)),
            Term::Not(ref part) => Expression::Not(Box::new(part.expression())),
        }
    }
}

/// Groups inside groups stand in brackets, also where they need not: nobody should have to know which binds more.
fn expression(text: &mut String, it: &Expression, names: &impl Names, inside: bool) {
    match it {
        Expression::Anyone => text.push_str("anyone"),
        Expression::Must(it) => leaf(text, it, names),
        Expression::Prefer(it) => {
            text.push_str("prefer ");
            leaf(text, it, names);
        }
        Expression::All(parts) => group(text, parts, " and ", names, inside),
        Expression::Any(parts) => group(text, parts, " or ", names, inside),
        Expression::Not(part) => {
            text.push_str("not ");
            expression(text, part, names, true);
        }
    }
}

fn group(text: &mut String, parts: &[Expression], word: &str, names: &impl Names, inside: bool) {
    if let [only] = parts {
        return expression(text, only, names, inside);
    }
    if inside {
        text.push('(');
    }
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(word);
        }
        expression(text, part, names, true);
    }
    if inside {
        text.push(')');
    }
}

fn leaf(text: &mut String, leaf: &Leaf, names: &impl Names) {
    match leaf.of {
        Asked::Skill { skill, least_level, most_level } => {
            name(text, names.of_skill(skill), skill.0);
            match most_level {
                None => put(text, format_args!(" >= {least_level}")),
                Some(most_level) if least_level == 0.0 => put(text, format_args!(" <= {most_level}")),
                Some(most_level) => put(text, format_args!(" {least_level} to {most_level}")),
            }
        }
        Asked::Pool(pool) => {
            text.push_str("in ");
            name(text, names.of_pool(pool), pool.0);
        }
        Asked::Person(person) => {
            text.push_str("is ");
            name(text, names.of_person(person), person.0);
        }
    }
    if leaf.weight != USUAL_WEIGHT {
        put(text, format_args!(" weight {}", leaf.weight));
    }
    for (at, step) in leaf.steps.iter().enumerate() {
        text.push_str(if at == 0 { " [" } else { ", " });
        self::step(text, step, names);
    }
    if !leaf.steps.is_empty() {
        text.push(']');
    }
}

fn step(text: &mut String, step: &Step, names: &impl Names) {
    match step.change {
        Change::Drop => text.push_str("drop "),
        Change::Lower(level) => put(text, format_args!(">= {level} ")),
        Change::Widen(pool) => {
            text.push_str("or in ");
            name(text, names.of_pool(pool), pool.0);
            text.push(' ');
        }
    }
    when(text, step.when);
}

fn when(text: &mut String, when: When) {
    put(text, format_args!("after {}", time(when.after_ms)));
    if when.or_if_nobody {
        text.push_str(" or if nobody");
    }
}

/// In the largest unit that needs no fraction; minutes and seconds are kept small where people would.
fn time(ms: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    match UNITS.iter().find(|(unit_ms, _)| ms % unit_ms == 0) {
        Some((unit_ms, unit)) => format!("{} {unit}", ms / unit_ms),
        None => format!("{ms} ms"),
    }
}

fn name(text: &mut String, name: Option<String>, number: i64) {
    match name {
        None => put(text, format_args!("#{number}")),
        Some(name) if is_plain_name(&name) => text.push_str(&name),
        Some(name) => {
            text.push('"');
            for c in name.chars() {
                if c == '"' || c == '\\' {
                    text.push('\\');
                }
                text.push(c);
            }
            text.push('"');
        }
    }
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("writing to a string cannot fail");
}
