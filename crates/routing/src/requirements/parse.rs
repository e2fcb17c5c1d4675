//! Requirements as people write them.
//!
//! ```text
//! requirements = expression { ";" when ":" expression }
//! expression   = all { "or" all }
//! all          = unit { "and" unit }
//! unit         = "not" unit | "(" expression ")" | "anyone" | [ "prefer" ] leaf
//! leaf         = ( skill level | "in" pool | "is" person ) [ "weight" number ] [ "[" step { "," step } "]" ]
//! level        = ">=" number | "<=" number | number "to" number
//! step         = ( "drop" | ">=" number | "or" "in" pool ) when
//! when         = "after" number ( "ms" | "s" | "min" | "h" | "d" ) [ "or" "if" "nobody" ]
//! ```
//!
//! Names of several words stand in double quotes; `#12` is the number of a skill, pool or person.

use skills::SkillId;

use super::tokens::{SIGNS, Token, is_keyword, is_of_word, quoted, word};
use super::{
    Asked, Change, DEPTH_MAX, Expression, Leaf, PoolId, Requirements, RequirementsError, Step, Then,
    USUAL_WEIGHT, When,
};
use crate::person::PersonId;

/// The longest text that is read, in bytes.
pub const TEXT_BYTES_MAX: usize = 8_192;

/// What skills, pools and people are called.
pub trait Names {
    fn skill(&self, name: &str) -> Option<SkillId>;
    fn pool(&self, name: &str) -> Option<PoolId>;
    fn person(&self, name: &str) -> Option<PersonId>;
    /// `None` is printed as a number.
    fn of_skill(&self, skill: SkillId) -> Option<String>;
    fn of_pool(&self, pool: PoolId) -> Option<String>;
    fn of_person(&self, person: PersonId) -> Option<String>;
}

/// Nothing has a name: all are numbers, such as `#12`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nameless;

impl Names for Nameless {
    fn skill(&self, _: &str) -> Option<SkillId> {
        None
    }
    fn pool(&self, _: &str) -> Option<PoolId> {
        None
    }
    fn person(&self, _: &str) -> Option<PersonId> {
        None
    }
    fn of_skill(&self, _: SkillId) -> Option<String> {
        None
    }
    fn of_pool(&self, _: PoolId) -> Option<String> {
        None
    }
    fn of_person(&self, _: PersonId) -> Option<String> {
        None
    }
}

/// What could not be read, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseError {
    /// In bytes from the start of the text.
    pub at: usize,
    pub message: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "at character {}: {}", self.at + 1, self.message)
    }
}

impl std::error::Error for ParseError {}

impl Requirements {
    /// ```
    /// use routing::requirements::{Nameless, Requirements};
    /// let text = "#4 >= 4 [>= 3 after 2 min, drop after 10 min or if nobody] and in #1 and prefer #9 >= 2";
    /// let requirements = Requirements::parse(text, &Nameless).unwrap();
    /// assert_eq!(requirements.print(&Nameless), text);
    /// assert_eq!(requirements.stages().len(), 3);
    /// ```
    pub fn parse(text: &str, names: &impl Names) -> Result<Requirements, ParseError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ParseError {
                at: 0,
                message: format!("this is longer than {TEXT_BYTES_MAX} characters"),
            });
        }
        let mut parser = Parser { text, at: 0, token: Token::End, start: 0, depth: 0, names };
        parser.next()?;
        let first = parser.expression()?;
        let mut then = Vec::new();
        while parser.token == Token::Sign(";") {
            parser.next()?;
            let when = parser.when()?;
            parser.sign(":", "a colon is wanted between the time and what is asked then")?;
            then.push(Then { when, expression: parser.expression()? });
        }
        if parser.token != Token::End {
            return Err(parser.wanted("“and”, “or”, “;” or the end"));
        }
        let read = Requirements { first, then };
        read.check().map_err(|error| ParseError { at: 0, message: told(&error) })?;
        Ok(read)
    }
}

fn told(error: &RequirementsError) -> String {
    error.to_string()
}

struct Parser<'a, N> {
    text: &'a str,
    /// Behind the token that is looked at, and its start.
    at: usize,
    start: usize,
    token: Token<'a>,
    depth: usize,
    names: &'a N,
}

impl<'a, N: Names> Parser<'a, N> {
    fn expression(&mut self) -> Result<Expression, ParseError> {
        let mut parts = vec![self.all()?];
        while self.eat("or")? {
            parts.push(self.all()?);
        }
        Ok(group(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, ParseError> {
        let mut parts = vec![self.unit()?];
        while self.eat("and")? {
            parts.push(self.unit()?);
        }
        Ok(group(parts, Expression::All))
    }

    fn unit(&mut self) -> Result<Expression, ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error(told(&RequirementsError::TooDeep)));
        }
        let unit = if self.eat("not")? {
            Expression::Not(Box::new(self.unit()?))
        } else if self.token == Token::Sign("(") {
            self.next()?;
            let inner = self.expression()?;
            self.sign(")", "a closing bracket is missing")?;
            inner
        } else if self.eat("anyone")? {
            Expression::Anyone
        } else if self.eat("prefer")? {
            Expression::Prefer(self.leaf()?)
        } else {
            Expression::Must(self.leaf()?)
        };
        self.depth -= 1;
        Ok(unit)
    }

    fn leaf(&mut self) -> Result<Leaf, ParseError> {
        let of = if self.eat("in")? {
            Asked::Pool(self.pool()?)
        } else if self.eat("is")? {
            let start = self.start;
            match self.name("the name of a person")? {
                Name::Number(number) => Asked::Person(PersonId(number)),
                Name::Words(name) => {
                    let person = self.names.person(&name);
                    Asked::Person(person.ok_or_else(|| unknown(start, "person", &name))?)
                }
            }
        } else {
            let start = self.start;
            let skill = match self.name("a skill, “in” a group, “is” a person, or “anyone”")? {
                Name::Number(number) => SkillId(number),
                Name::Words(name) => self.names.skill(&name).ok_or_else(|| unknown(start, "skill", &name))?,
            };
            let (least_level, most_level) = self.level()?;
            Asked::Skill { skill, least_level, most_level }
        };
        let weight = if self.eat("weight")? { self.number("a weight")? } else { USUAL_WEIGHT };
        let mut steps = Vec::new();
        if self.token == Token::Sign("[") {
            loop {
                self.next()?;
                steps.push(self.step()?);
                if self.token != Token::Sign(",") {
                    break;
                }
            }
            self.sign("]", "“,” and another step, or “]”, is wanted")?;
        }
        Ok(Leaf { of, weight, steps })
    }

    fn level(&mut self) -> Result<(f64, Option<f64>), ParseError> {
        match self.token {
            Token::Sign(">=") => {
                self.next()?;
                Ok((self.number("a level from 0 to 5")?, None))
            }
            Token::Sign("<=") => {
                self.next()?;
                Ok((0.0, Some(self.number("a level from 0 to 5")?)))
            }
            Token::Level(least) => {
                self.next()?;
                if !self.eat("to")? {
                    return Err(self.wanted("“to” and a second level, as in “2 to 4”"));
                }
                Ok((least, Some(self.number("a level from 0 to 5")?)))
            }
            _ => Err(self.wanted("a level, such as “>= 3”")),
        }
    }

    fn step(&mut self) -> Result<Step, ParseError> {
        let change = if self.eat("drop")? {
            Change::Drop
        } else if self.token == Token::Sign(">=") {
            self.next()?;
            Change::Lower(self.number("a level from 0 to 5")?)
        } else if self.eat("or")? {
            if !self.eat("in")? {
                return Err(self.wanted("“in” and the name of a group"));
            }
            Change::Widen(self.pool()?)
        } else {
            return Err(self.wanted("a step: “drop”, a lower level such as “>= 2”, or “or in” a group"));
        };
        Ok(Step { when: self.when()?, change })
    }

    fn when(&mut self) -> Result<When, ParseError> {
        if !self.eat("after")? {
            return Err(self.wanted("“after” and a time, such as “after 5 min”"));
        }
        let start = self.start;
        let count = self.number("a time, such as “5 min”")?;
        let unit_ms = match self.token {
            Token::Word("ms") => 1.0,
            Token::Word("s") => 1_000.0,
            Token::Word("min") => 60_000.0,
            Token::Word("h") => 3_600_000.0,
            Token::Word("d") => 86_400_000.0,
            _ => return Err(self.wanted("one of s, min, h and d")),
        };
        self.next()?;
        let after_ms = (count * unit_ms).round();
        if !(after_ms >= 1.0 && after_ms <= AFTER_MS_MAX as f64) {
            return Err(ParseError {
                at: start,
                message: "a time is above 0 and at most 10000 days".to_owned(),
            });
        }
        let or_if_nobody = self.eat("or")?;
        if or_if_nobody && !(self.eat("if")? && self.eat("nobody")?) {
            return Err(self.wanted("“if nobody”"));
        }
        Ok(When { after_ms: after_ms as i64, or_if_nobody })
    }

    fn pool(&mut self) -> Result<PoolId, ParseError> {
        let start = self.start;
        match self.name("the name of a group")? {
            Name::Number(number) => Ok(PoolId(number)),
            Name::Words(name) => self.names.pool(&name).ok_or_else(|| unknown(start, "group", &name)),
        }
    }

    fn name(&mut self, wanted: &str) -> Result<Name, ParseError> {
        let name = match &self.token {
            Token::Number(number) => Name::Number(*number),
            Token::Quoted(name) => Name::Words(name.clone()),
            Token::Word(word) if !is_keyword(word) => Name::Words((*word).to_owned()),
            _ => return Err(self.wanted(wanted)),
        };
        self.next()?;
        Ok(name)
    }

    fn number(&mut self, wanted: &str) -> Result<f64, ParseError> {
        let Token::Level(number) = self.token else { return Err(self.wanted(wanted)) };
        self.next()?;
        Ok(number)
    }

    fn eat(&mut self, keyword: &str) -> Result<bool, ParseError> {
        let found = matches!(self.token, Token::Word(word) if word.eq_ignore_ascii_case(keyword));
        if found {
            self.next()?;
        }
        Ok(found)
    }

    fn sign(&mut self, sign: &'static str, missing: &str) -> Result<(), ParseError> {
        if self.token != Token::Sign(sign) {
            return Err(self.error(missing.to_owned()));
        }
        self.next()
    }

    fn next(&mut self) -> Result<(), ParseError> {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.start = self.text.len() - trimmed.len();
        let (token, length) = match trimmed.chars().next() {
            None => (Token::End, 0),
            Some('"') => quoted(trimmed).ok_or_else(|| ParseError {
                at: self.start,
                message: "the closing quotation mark is missing".to_owned(),
            })?,
            Some(first) => match SIGNS.iter().find(|sign| trimmed.starts_with(**sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None if is_of_word(first) => {
                    let length = trimmed.find(|c| !is_of_word(c)).unwrap_or(trimmed.len());
                    (word(&trimmed[..length]), length)
                }
                None => {
                    let message = format!("“{first}” has no meaning here");
                    return Err(ParseError { at: self.start, message });
                }
            },
        };
        self.at = self.start + length;
        self.token = token;
        Ok(())
    }

    fn wanted(&self, what: &str) -> ParseError {
        let found = match self.text[self.start..self.at].trim() {
            "" => "the text ends".to_owned(),
            found => format!("“{found}” stands here"),
        };
        self.error(format!("{what} is wanted, but {found}"))
    }

    fn error(&self, message: String) -> ParseError {
        ParseError { at: self.start, message }
    }
}

enum Name {
    Number(i64),
    Words(String),
}

const AFTER_MS_MAX: i64 = 10_000 * 86_400_000;

fn group(mut parts: Vec<Expression>, of: impl Fn(Vec<Expression>) -> Expression) -> Expression {
    if parts.len() == 1 { parts.swap_remove(0) } else { of(parts) }
}

fn unknown(at: usize, what: &str, name: &str) -> ParseError {
    ParseError { at, message: format!("there is no {what} “{name}”") }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) struct Desk;

    impl Names for Desk {
        fn skill(&self, name: &str) -> Option<SkillId> {
            ["French", "Refunds", "SAML login", "Trainee"]
                .iter()
                .position(|it| *it == name)
                .map(|at| SkillId(at as i64))
        }
        fn pool(&self, name: &str) -> Option<PoolId> {
            ["Billing", "Support"].iter().position(|it| *it == name).map(|at| PoolId(at as i64))
        }
        fn person(&self, name: &str) -> Option<PersonId> {
            (name == "Ana Silva").then_some(PersonId(7))
        }
        fn of_skill(&self, skill: SkillId) -> Option<String> {
            ["French", "Refunds", "SAML login", "Trainee"].get(skill.0 as usize).map(|it| (*it).to_owned())
        }
        fn of_pool(&self, pool: PoolId) -> Option<String> {
            ["Billing", "Support"].get(pool.0 as usize).map(|it| (*it).to_owned())
        }
        fn of_person(&self, _: PersonId) -> Option<String> {
            Some("Ana Silva".to_owned())
        }
    }

    fn refused(text: &str) -> String {
        Requirements::parse(text, &Desk).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_printed_again() {
        for text in [
            "anyone",
            "French >= 3",
            "\"SAML login\" 2 to 4 weight 0.5 and not Trainee >= 1",
            "French >= 4 [>= 3 after 2 min, drop after 10 min or if nobody] and in Billing [or in Support after 1 h] and prefer Refunds >= 2 weight 0.25",
            "(French >= 3 or Refunds >= 4) and is \"Ana Silva\" [drop after 90 s]",
            "French >= 3 and Refunds >= 2; after 30 s or if nobody: French >= 3; after 5 min: anyone",
            "Trainee <= 2",
        ] {
            let read = Requirements::parse(text, &Desk).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(read.print(&Desk), text);
        }
    }

    #[test]
    fn or_binds_less_than_and_in_any_case_of_letters() {
        let read = Requirements::parse("French >= 1 AND Refunds >= 1 Or Trainee >= 1", &Desk).unwrap();
        assert_eq!(read.print(&Desk), "(French >= 1 and Refunds >= 1) or Trainee >= 1");
    }

    #[test]
    fn an_error_says_what_is_wanted_and_where() {
        assert_eq!(refused("French >="), "at character 10: a level from 0 to 5 is wanted, but the text ends");
        assert_eq!(
            refused("French very"),
            "at character 8: a level, such as “>= 3” is wanted, but “very” stands here"
        );
        assert_eq!(refused("Klingon >= 3"), "at character 1: there is no skill “Klingon”");
        assert_eq!(refused("(French >= 3"), "at character 13: a closing bracket is missing");
        assert_eq!(
            refused("French >= 3 Refunds"),
            "at character 13: “and”, “or”, “;” or the end is wanted, but “Refunds” stands here"
        );
        assert_eq!(refused("\"French >= 3"), "at character 1: the closing quotation mark is missing");
        assert_eq!(
            refused("French >= 3 [drop after 5 weeks]"),
            "at character 27: one of s, min, h and d is wanted, but “weeks” stands here"
        );
        assert_eq!(refused("French >= 3 % 2"), "at character 13: “%” has no meaning here");
        assert!(refused("French >= 9").contains("level 9 is not between 0 and 5"));
        assert!(refused("French >= 2 or prefer Refunds >= 2").contains("not under “or”"));
        assert!(refused("French >= 3 [>= 4 after 1 min]").contains("a step asks less than before"));
        assert!(refused(&"(".repeat(200)).contains("more than 16 deep"));
    }

    #[test]
    fn steps_become_stages_by_time() {
        let text =
            "French >= 4 [>= 3 after 2 min, drop after 10 min] and in Billing [or in Support after 5 min]";
        let stages = Requirements::parse(text, &Desk).unwrap().stages();
        assert_eq!(stages.iter().map(|it| it.after_ms / 60_000).collect::<Vec<_>>(), [0, 2, 5, 10]);
        let last = &stages[3].term;
        use super::super::Term;
        assert_eq!(*last, Term::Any(vec![Term::Pool(PoolId(0)), Term::Pool(PoolId(1))]));
    }

    #[test]
    fn later_expressions_replace_earlier_ones_and_their_steps() {
        let text = "French >= 4 [>= 2 after 10 min]; after 1 min: Refunds >= 3 [drop after 30 s]";
        let stages = Requirements::parse(text, &Desk).unwrap().stages();
        assert_eq!(stages.iter().map(|it| it.after_ms / 1_000).collect::<Vec<_>>(), [0, 60, 90]);
    }
}
