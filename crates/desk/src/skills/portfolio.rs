//! A portfolio: what an agent can prove, told to people outside. It belongs to the agent: nobody else makes or sees it.
//!
//! It rests on evidence alone, and holds nothing of customers: cases are told from facts, and what the agent adds is
//! freed of names, addresses, links and numbers. Table: `portfolios`. Path: `/people/{id}/portfolio`.

use super::{INDEPENDENT_LEVEL, Proficiency, Skill, SkillsError, proficiencies_of, store};
use crate::articles::views::written_by;
use crate::satisfaction::views::{Summary, summary_of_person};
use crate::{SkillId, TicketId, Tx, UserId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

pub const INTRODUCTION_CHARS_MAX: usize = 2_000;
pub const CASE_CHARS_MAX: usize = 1_000;
pub const CASES_MAX: usize = 12;
/// Tickets from which cases are chosen.
pub const CASES_OFFERED_MAX: usize = 30;
/// Articles that are named.
pub const ARTICLES_SHOWN_MAX: usize = 50;
/// Ratings of so many days are counted.
const RATING_DAYS: i64 = 365;
const DAY_MS: i64 = 24 * 3_600_000;

/// What the agent wants to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    pub introduction: String,
    /// Skills that are left out.
    pub without: Vec<SkillId>,
    pub ratings: bool,
    /// Chosen cases, and what the agent says of each.
    pub cases: BTreeMap<i64, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Portfolio {
    pub name: String,
    pub company: String,
    pub as_of: i64,
    pub introduction: String,
    /// The highest level first; only what is surely known.
    pub levels: Vec<PortfolioLevel>,
    pub ratings: Option<Summary>,
    pub cases: Vec<Case>,
    /// What they wrote and everybody may read, the one changed last first: what is written for staff stays inside.
    pub articles: Vec<PortfolioArticle>,
    /// What could be told, the hardest first.
    pub offered: Vec<Case>,
    pub choices: Choices,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PortfolioLevel {
    pub skill: SkillId,
    pub name: String,
    pub level: f64,
    /// 80 %.
    pub interval: (f64, f64),
    pub p_independent: f64,
    pub evidence_count: i64,
    /// What can be seen at that level.
    pub anchor: String,
    pub shown: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PortfolioArticle {
    pub title: String,
    pub written_at: i64,
}

/// A solved ticket without its customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    pub ticket: TicketId,
    pub skills: Vec<String>,
    pub channel: String,
    pub priority: Option<String>,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    pub solved_at: i64,
    /// From the first word to the solution.
    pub took_ms: i64,
    pub answers: i64,
    pub rating: Option<i64>,
    /// The agent's own words, redacted.
    pub words: String,
}

/// One's own.
pub fn save_portfolio(tx: &mut Tx, user: UserId, choices: &Choices) -> Result<(), SkillsError> {
    own(tx, user)?;
    let too_long = |text: &str, most: usize| text.chars().count() > most;
    if too_long(&choices.introduction, INTRODUCTION_CHARS_MAX)
        || choices.cases.values().any(|words| too_long(words, CASE_CHARS_MAX))
    {
        return Err(SkillsError::TextIsTooLong);
    }
    let mut kept = choices.clone();
    while kept.cases.len() > CASES_MAX {
        kept.cases.pop_last();
    }
    Ok(store::save_choices(tx, user, &kept)?)
}

/// One's own, as it would be exported now.
pub fn portfolio(tx: &mut Tx, user: UserId) -> Result<Portfolio, SkillsError> {
    own(tx, user)?;
    let name = store::staff_name(tx, user)?.ok_or(SkillsError::NoSuchPerson)?;
    let choices = store::find_choices(tx, user)?;
    let skills: HashMap<SkillId, Skill> =
        store::list_all_shown_skills(tx)?.into_iter().map(|it| (it.id, it)).collect();
    let held = proficiencies_of(tx, user)?;
    let mut levels: Vec<PortfolioLevel> =
        held.iter().filter(|it| it.is_sure()).filter_map(|it| level(it, &skills, &choices)).collect();
    levels.sort_by(|one, other| other.level.total_cmp(&one.level));
    let since = tx.now() - RATING_DAYS * DAY_MS;
    let ratings = match choices.ratings {
        true => Some(summary_of_person(tx, user, since)?),
        false => None,
    };
    let mut offered = store::list_cases(tx, user, CASES_OFFERED_MAX)?;
    let names = store::list_customer_words(tx, &offered)?;
    for case in &mut offered {
        if let Some(words) = choices.cases.get(&case.ticket.0) {
            case.words = redacted(words, &names);
        }
    }
    let written = written_by(tx, user, ARTICLES_SHOWN_MAX)?;
    let articles = written
        .into_iter()
        .map(|it| PortfolioArticle { title: redacted(&it.title, &names), written_at: it.created_at });
    let cases = offered.iter().filter(|it| choices.cases.contains_key(&it.ticket.0)).cloned().collect();
    Ok(Portfolio {
        name,
        company: crate::settings::company(tx)?.name,
        as_of: tx.now(),
        introduction: redacted(&choices.introduction, &names),
        levels,
        ratings,
        cases,
        articles: articles.collect(),
        offered,
        choices,
    })
}

fn own(tx: &Tx, user: UserId) -> Result<(), SkillsError> {
    match tx.actor().is(user) && tx.actor().is_staff() {
        true => Ok(()),
        false => Err(SkillsError::NotYourOwn),
    }
}

fn level(it: &Proficiency, skills: &HashMap<SkillId, Skill>, choices: &Choices) -> Option<PortfolioLevel> {
    let skill = skills.get(&it.skill)?;
    let level = it.belief.level();
    let step = (level.floor() as usize).clamp(1, skill.anchors.len());
    Some(PortfolioLevel {
        skill: it.skill,
        name: skill.name.clone(),
        level,
        interval: it.belief.interval(super::INTERVAL_COVERAGE),
        p_independent: it.belief.p_at_least(INDEPENDENT_LEVEL),
        evidence_count: it.evidence_count,
        anchor: skill.anchors[step - 1].clone(),
        shown: !choices.without.contains(&it.skill),
    })
}

/// The text without customers' names, and without addresses, links and longer numbers.
pub fn redacted(text: &str, names: &[String]) -> String {
    let pieces: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let mut clean = String::with_capacity(text.len());
    let mut rest = &pieces[..];
    while let [first, ..] = rest {
        let (number, others) = rest.split_at(number_length(rest));
        rest = match number {
            [_, .., last] if digits(number) >= DIGITS_MIN => {
                clean.push_str("[number]");
                clean.push_str(&last[last.trim_end().len()..]);
                others
            }
            _ => {
                clean.push_str(&redacted_word(first, names));
                &rest[1..]
            }
        };
    }
    clean
}

/// Order numbers, telephone numbers, accounts: so many digits.
const DIGITS_MIN: usize = 5;

/// How many of the pieces are one number that is written in groups, as `+34 600 123 456` is.
fn number_length(pieces: &[&str]) -> usize {
    let mut length = 0;
    for piece in pieces {
        let word = piece.trim_end();
        if !word.contains(|c: char| c.is_ascii_digit()) || word.contains(char::is_alphabetic) {
            break;
        }
        length += 1;
        if piece.ends_with('\n') || !word.ends_with(|c: char| c.is_ascii_digit() || ")-/".contains(c)) {
            break;
        }
    }
    length
}

fn digits(pieces: &[&str]) -> usize {
    pieces.iter().map(|it| it.chars().filter(char::is_ascii_digit).count()).sum()
}

fn redacted_word(piece: &str, names: &[String]) -> String {
    let blank = &piece[piece.trim_end().len()..];
    let word = piece.trim();
    let bare: String = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let of_a_name =
        |name: &String| bare == *name || bare.strip_suffix("'s").or(bare.strip_suffix("’s")) == Some(name);
    let put = if word.contains('@') {
        "[address]"
    } else if bare.starts_with("http") || bare.starts_with("www.") {
        "[link]"
    } else if digits(&[word]) >= DIGITS_MIN {
        "[number]"
    } else if names.iter().any(of_a_name) {
        "[customer]"
    } else {
        return piece.to_owned();
    };
    format!("{put}{blank}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_customer_stays_in_what_an_agent_writes() {
        let names = ["marta".to_owned(), "reyes".to_owned(), "acme".to_owned()];
        let text = "Marta Reyes's order 4711-2200 (Acme) was lost;\nmarta@example.org sent http://x.example/7 and calmed down in 12 minutes.";
        assert_eq!(
            redacted(text, &names),
            "[customer] [customer] order [number] [customer] was lost;\n[address] sent [link] and calmed down in 12 minutes."
        );
        assert_eq!(redacted("", &names), "");
        let text = "Called +34 600 123 456\nor (0171) 55 55 12, twice in 2 weeks: 3 of 4.";
        assert_eq!(redacted(text, &names), "Called [number]\nor [number] twice in 2 weeks: 3 of 4.");
        assert_eq!(redacted("in 12 30 minutes, 5, 12, 2024, 7", &names), "in 12 30 minutes, 5, 12, 2024, 7");
    }
}
