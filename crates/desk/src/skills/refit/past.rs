//! The last words of weeks in which no refit ran: a desk that has just taken in its past, or was switched off, has a trend
//! from its first refit on.
//!
//! A trend compares like with like, so such a week is estimated by the same refit, as of its end: later evidence and
//! later releases have not happened. What was struck out since, and what is switched off, counts for nothing then either. Table:
//! `refit_weeks` (the weeks that have their words, and through which evidence), so that no week is estimated twice; only
//! evidence that was told long after it happened, as an import is, has the words anew of those whom it is about.

use super::input::{Settings, Snapshot};
use super::{PEOPLE_PER_WRITE, RunError, TREND_WEEKS, WEEK_MS};
use crate::skills::store;
use crate::{Actor, Db, EvidenceId, SkillId, UserId};
use ::skills::Belief;
use ::skills::refit::{Progress, refit};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// Beside the week that trends compare with, one week in so many has its words,
const WEEKS_APART: i64 = 4;
/// as far back as this.
const PAST_WEEKS: i64 = 52;
/// Rows of evidence that one run weighs for those older weeks, all together: half a minute of work. What does not fit stays
/// without words.
const PAST_ROWS_MAX: usize = 500_000;
/// Evidence that was written down so long after it happened may be missing in the words of its time. An outcome that waits for
/// its days of grace is no such.
const TOLD_LATE_MS: i64 = (TREND_WEEKS - 1) * WEEK_MS;

/// Where a row of evidence stands in the list of all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub id: EvidenceId,
    pub at: i64,
}

/// A week whose words are to be estimated.
#[derive(Debug, PartialEq)]
struct Missing {
    week: i64,
    /// Of whom words are missing.
    users: BTreeSet<UserId>,
}

/// Estimates and writes down what is missing. `known`: weeks that have their words, and through which evidence. `tell`
/// hears the share that is done.
pub(super) fn lay(
    db: &Db,
    settings: &Settings,
    snapshot: &Snapshot,
    known: &BTreeMap<i64, EvidenceId>,
    tell: &mut dyn FnMut(f64),
) -> Result<(), RunError> {
    let missing = missing(snapshot, known, settings.as_of);
    let count = missing.len() as f64;
    for (nth, it) in missing.into_iter().enumerate() {
        let then = Settings { as_of: end_of(it.week), ..settings.clone() };
        let result = refit(
            &snapshot.rows,
            |skill| then.start(skill),
            &then.for_refit(),
            &mut |progress: Progress| {
                tell((nth as f64 + progress.share) / count);
                ControlFlow::Continue(())
            },
        )?;
        let mut words: BTreeMap<UserId, Vec<(SkillId, Belief)>> = BTreeMap::new();
        for fitted in &result.beliefs {
            let user = UserId(fitted.person.0);
            if it.users.contains(&user) {
                words.entry(user).or_default().push((SkillId(fitted.skill.0), fitted.belief));
            }
        }
        keep(db, it.week, snapshot.last(), words)?;
    }
    Ok(())
}

fn keep(
    db: &Db,
    week: i64,
    through: EvidenceId,
    words: BTreeMap<UserId, Vec<(SkillId, Belief)>>,
) -> Result<(), RunError> {
    let words: Vec<(UserId, Vec<(SkillId, Belief)>)> = words.into_iter().collect();
    for part in words.chunks(PEOPLE_PER_WRITE) {
        let part = part.to_vec();
        db.write_now(Actor::desk(), move |tx| {
            part.iter().try_for_each(|(user, words)| store::save_week(tx, *user, week, words))
        })?;
    }
    db.write_now(Actor::desk(), move |tx| store::save_week_known(tx, week, through))?;
    Ok(())
}

/// The newest first.
fn missing(snapshot: &Snapshot, known: &BTreeMap<i64, EvidenceId>, as_of: i64) -> Vec<Missing> {
    let mut left = PAST_ROWS_MAX;
    let mut all = Vec::new();
    for (nth, week) in weeks(as_of).enumerate() {
        let end = end_of(week);
        let through = known.get(&week);
        let (mut rows, mut users) = (0, BTreeSet::new());
        for (row, written) in snapshot.rows.iter().zip(&snapshot.written) {
            if row.at_ms > end {
                continue;
            }
            rows += 1;
            let is_new = |last: &EvidenceId| written.id > *last && written.at - row.at_ms > TOLD_LATE_MS;
            if through.is_none_or(is_new) {
                users.insert(UserId(row.person.0));
            }
        }
        if users.is_empty() || (nth > 0 && rows > left) {
            continue;
        }
        if nth > 0 {
            left -= rows;
        }
        all.push(Missing { week, users });
    }
    all
}

/// The week that trends compare with, and older ones that stay the same from week to week.
fn weeks(as_of: i64) -> impl Iterator<Item = i64> {
    let this = as_of.div_euclid(WEEK_MS);
    let trend = this - TREND_WEEKS;
    let older = (this - PAST_WEEKS..trend).rev().filter(|week| week.rem_euclid(WEEKS_APART) == 0);
    std::iter::once(trend).chain(older)
}

fn end_of(week: i64) -> i64 {
    (week + 1) * WEEK_MS - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::skills::Observation;
    use ::skills::refit::{PersonId, Row};
    use std::collections::HashMap;

    const THIS_WEEK: i64 = 3_000;
    const NOW: i64 = THIS_WEEK * WEEK_MS + WEEK_MS / 2;

    /// (person, week in which it happened, week in which it was written down)
    fn snapshot(rows: &[(i64, i64, i64)]) -> Snapshot {
        let row = |(person, at, _): &(i64, i64, i64)| Row {
            person: PersonId(*person),
            at_ms: at * WEEK_MS,
            skills: vec![(::skills::SkillId(1), 1.0)],
            difficulty: 0.0,
            topic: None,
            priority: None,
            channel: None,
            customer: None,
            rater: None,
            observation: Observation::Solved { for_good: true },
            share: 1.0,
            struck_out: false,
        };
        let written = |(nth, it): (usize, &(i64, i64, i64))| Written {
            id: EvidenceId(nth as i64 + 1),
            at: it.2 * WEEK_MS,
        };
        Snapshot {
            rows: rows.iter().map(row).collect(),
            written: rows.iter().enumerate().map(written).collect(),
            through: BTreeMap::new(),
            online: HashMap::new(),
            usual_priority: None,
        }
    }

    fn found(rows: &[(i64, i64, i64)], known: &[(i64, i64)]) -> Vec<(i64, Vec<i64>)> {
        let known = known.iter().map(|(week, last)| (*week, EvidenceId(*last))).collect();
        let all = missing(&snapshot(rows), &known, NOW);
        all.into_iter().map(|it| (it.week, it.users.into_iter().map(|it| it.0).collect())).collect()
    }

    #[test]
    fn weeks_without_words_are_found_back_to_the_first_evidence() {
        let rows = [(1, THIS_WEEK - 10, THIS_WEEK), (2, THIS_WEEK - 6, THIS_WEEK), (3, THIS_WEEK, THIS_WEEK)];
        let trend = THIS_WEEK - TREND_WEEKS;
        assert_eq!(found(&rows, &[]), [(trend, vec![1, 2]), (THIS_WEEK - 8, vec![1])]);
        assert_eq!(found(&rows[2..], &[]), [], "of nobody was anything seen then");
        assert_eq!(weeks(NOW).count(), 13);
    }

    #[test]
    fn a_week_with_words_is_not_estimated_again_unless_much_was_told_late() {
        let week = THIS_WEEK - TREND_WEEKS;
        let usual = [(1, week, week), (1, week, week + 1)];
        assert_eq!(found(&usual, &[(week, 1)]), [], "an outcome waits for its days of grace");
        let import = [(1, week, week), (2, week - 1, THIS_WEEK)];
        assert_eq!(found(&import, &[(week, 1)]), [(week, vec![2])]);
        assert_eq!(found(&import, &[(week, 2)]), []);
    }
}
