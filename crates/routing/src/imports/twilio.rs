//! Twilio TaskRouter: a workflow's filter has ordered targets; each names a queue, perhaps an expression over workers,
//! stands until its timeout, and may be skipped when nobody is there.

use serde::Deserialize;

use super::{HAS_LEVEL, ImportError, all, any, in_turn, person, pool, skill};
use crate::Requirements;
use crate::requirements::{Asked, Expression, Leaf, Names};

/// One target of a filter, as the workflow's configuration has it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Target {
    pub queue: Option<String>,
    pub expression: Option<String>,
    /// Seconds.
    pub timeout: Option<f64>,
    pub skip_if: Option<String>,
    /// A worker who is to have it, as an expression over the task.
    pub known_worker_friendly_name: Option<String>,
    pub known_worker_sid: Option<String>,
}

/// What a workflow leaves to its account: the scale of levels, and the task at hand.
pub struct Twilio<'a, N> {
    pub names: &'a N,
    /// The level of theirs that is our 5.
    pub level_max: f64,
    /// The values of an attribute of the task, such as `preferred_agents`; none if it has no such attribute.
    pub task: &'a dyn Fn(&str) -> Vec<String>,
}

/// The targets of the filter that the task has matched.
pub fn twilio<N: Names>(targets: &[Target], of: &Twilio<'_, N>) -> Result<Requirements, ImportError> {
    let mut steps = Vec::with_capacity(targets.len());
    let mut last_queue = None;
    for target in targets {
        last_queue = target.queue.clone().or(last_queue);
        let mut parts = Vec::new();
        if let Some(queue) = &last_queue {
            parts.push(Expression::in_pool(pool(of.names, queue)?));
        }
        if let Some(expression) = target.expression.as_deref().filter(|it| !it.trim().is_empty()) {
            parts.push(Reader { tokens: tokens(expression)?, at: 0, text: expression, of }.whole()?);
        }
        let known = target.known_worker_friendly_name.as_ref().or(target.known_worker_sid.as_ref());
        if let Some(known) = known {
            let attribute = known.trim().strip_prefix("task.").unwrap_or(known);
            let is = (of.task)(attribute).iter().map(|it| is(of.names, it)).collect::<Result<Vec<_>, _>>()?;
            if is.is_empty() {
                return Err(ImportError::NotUnderstood(known.clone()));
            }
            parts.push(any(is));
        }
        let skip = target.skip_if.as_deref().map(|it| it.replace(' ', ""));
        let (skips, at_once) = match skip.as_deref() {
            None => (false, false),
            Some("workers.available==0") => (true, false),
            Some("1==1") => (true, true),
            Some(other) => return Err(ImportError::NotUnderstood(other.to_owned())),
        };
        let stands_ms = target.timeout.map(|seconds| (seconds * 1_000.0).round() as i64);
        // Skipped whenever nobody takes it at once: it stands for no more than a moment.
        steps.push((all(parts), if at_once { Some(1) } else { stands_ms }, skips));
    }
    in_turn(steps)
}

fn is(names: &impl Names, name: &str) -> Result<Expression, ImportError> {
    Ok(Expression::Must(Leaf { of: Asked::Person(person(names, name)?), weight: 1.0, steps: Vec::new() }))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

const SIGNS: [&str; 12] = ["==", "!=", ">=", "<=", ">", "<", "(", ")", "[", "]", ",", "="];

fn tokens(text: &str) -> Result<Vec<Token>, ImportError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' || first == '\'' {
            let end = rest[1..].find(first).ok_or_else(|| ImportError::NotUnderstood(text.to_owned()))?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else {
            let is_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            if length == 0 {
                return Err(ImportError::NotUnderstood(text.to_owned()));
            }
            let word = &rest[..length];
            tokens.push(word.parse().map_or_else(|_| Token::Word(word.to_owned()), Token::Number));
            length
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// Reads `worker.skills HAS "x"`, `worker.routing.levels.x >= 3`, `worker.name == "x"`, `worker.id IN task.list`,
/// `1 == 1`, with AND, OR, NOT and brackets.
struct Reader<'a, N> {
    tokens: Vec<Token>,
    at: usize,
    text: &'a str,
    of: &'a Twilio<'a, N>,
}

impl<N: Names> Reader<'_, N> {
    fn whole(mut self) -> Result<Expression, ImportError> {
        let read = self.alternatives()?;
        if self.at == self.tokens.len() { Ok(read) } else { Err(self.not_understood()) }
    }

    fn alternatives(&mut self) -> Result<Expression, ImportError> {
        let mut parts = vec![self.together()?];
        while self.eat_word("OR") {
            parts.push(self.together()?);
        }
        Ok(any(parts))
    }

    fn together(&mut self) -> Result<Expression, ImportError> {
        let mut parts = vec![self.one()?];
        while self.eat_word("AND") {
            parts.push(self.one()?);
        }
        Ok(all(parts))
    }

    fn one(&mut self) -> Result<Expression, ImportError> {
        if self.at > TOKENS_MAX {
            return Err(self.not_understood());
        }
        if self.eat_word("NOT") {
            return Ok(Expression::Not(Box::new(self.one()?)));
        }
        if self.eat_sign("(") {
            let inner = self.alternatives()?;
            return if self.eat_sign(")") { Ok(inner) } else { Err(self.not_understood()) };
        }
        match self.next() {
            Some(Token::Number(left)) => {
                let equal = self.eat_sign("==") || self.eat_sign("=");
                match self.next() {
                    Some(Token::Number(right)) if equal && left == right => Ok(Expression::Anyone),
                    _ => Err(self.not_understood()),
                }
            }
            Some(Token::Word(attribute)) => self.compared(&attribute),
            _ => Err(self.not_understood()),
        }
    }

    fn compared(&mut self, attribute: &str) -> Result<Expression, ImportError> {
        let attribute = attribute.strip_prefix("worker.").unwrap_or(attribute).to_owned();
        let attribute = attribute.strip_prefix("routing.").unwrap_or(&attribute).to_owned();
        if self.eat_word("HAS") {
            return Ok(any(self.values()?.iter().map(|it| self.has(it)).collect::<Result<_, _>>()?));
        }
        if self.eat_word("IN") {
            let values = self.values()?;
            return Ok(any(values.iter().map(|it| self.equal(&attribute, it)).collect::<Result<_, _>>()?));
        }
        for sign in ["==", "=", "!=", ">=", ">", "<=", "<"] {
            if self.eat_sign(sign) {
                return self.by_sign(&attribute, sign);
            }
        }
        Err(self.not_understood())
    }

    fn by_sign(&mut self, attribute: &str, sign: &str) -> Result<Expression, ImportError> {
        if let Some(name) = attribute.strip_prefix("levels.") {
            let Some(Token::Number(level)) = self.next() else { return Err(self.not_understood()) };
            let level = level * 5.0 / self.of.level_max;
            let skill = skill(self.of.names, name)?;
            let (least_level, most_level) = match sign {
                ">=" | ">" => (level, None),
                "<=" | "<" => (0.0, Some(level)),
                _ => (level, Some(level)),
            };
            let of = Asked::Skill { skill, least_level, most_level };
            return Ok(Expression::Must(Leaf { of, weight: 1.0, steps: Vec::new() }));
        }
        let values = self.values()?;
        let equal = any(values.iter().map(|it| self.equal(attribute, it)).collect::<Result<_, _>>()?);
        match sign {
            "==" | "=" => Ok(equal),
            "!=" => Ok(Expression::Not(Box::new(equal))),
            _ => Err(self.not_understood()),
        }
    }

    fn equal(&self, attribute: &str, value: &str) -> Result<Expression, ImportError> {
        match attribute {
            "id" | "sid" | "name" | "friendly_name" => is(self.of.names, value),
            // Any other attribute of a worker is something they are or can do: one of our skills.
            _ => self.has(value),
        }
    }

    fn has(&self, name: &str) -> Result<Expression, ImportError> {
        Ok(Expression::must(skill(self.of.names, name)?, HAS_LEVEL))
    }

    /// Written here, or of the task.
    fn values(&mut self) -> Result<Vec<String>, ImportError> {
        let values = match self.next() {
            Some(Token::Text(text)) => vec![text],
            Some(Token::Word(word)) => match word.strip_prefix("task.") {
                Some(attribute) => (self.of.task)(attribute),
                None => return Err(self.not_understood()),
            },
            Some(Token::Sign("[")) => {
                let mut values = Vec::new();
                while let Some(Token::Text(text)) = self.next() {
                    values.push(text);
                    if !self.eat_sign(",") {
                        break;
                    }
                }
                if !self.eat_sign("]") {
                    return Err(self.not_understood());
                }
                values
            }
            _ => return Err(self.not_understood()),
        };
        if values.is_empty() { Err(self.not_understood()) } else { Ok(values) }
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.at), Some(Token::Word(it)) if it.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(it)) if *it == sign);
        self.at += usize::from(found);
        found
    }

    fn not_understood(&self) -> ImportError {
        ImportError::NotUnderstood(self.text.to_owned())
    }
}

/// Brackets in brackets end somewhere.
const TOKENS_MAX: usize = 512;
