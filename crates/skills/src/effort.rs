//! What one answer to a customer takes out of a person, in points, and when somebody needs a rest from hostility.
//!
//! One point is a short answer to a friendly customer in ordinary work. Hostility weighs most and grows faster than its
//! degree: in studies of service work, injustice by customers raises emotional labour beyond workload (Rupp & Spencer 2006;
//! Grandey, Dickter & Sin 2004), and hostile encounters close together weigh more than the same number spread out.
//! Length counts by its logarithm: the tenth minute of reading is not the first. The figures are conventions, stated here and
//! shown beside every sum; they say nothing of how good the work was.

use serde::{Deserialize, Serialize};

/// An ordinary answer.
pub const BASE_POINTS: f64 = 1.0;
/// By anger: none, annoyed, angry, furious or threatening.
const HOSTILITY_POINTS: [f64; 4] = [0.0, 0.5, 1.5, 3.0];
/// Each hostile contact just before adds so much of the hostility of the next, up to the double.
const HOSTILE_BEFORE_SHARE: f64 = 0.25;
/// From this anger on a contact is called hostile.
pub const HOSTILE_ANGER_MIN: u8 = 2;
/// As many words, read and written, are one ordinary answer's.
const ORDINARY_WORDS: f64 = 150.0;
const POINTS_PER_DOUBLING: f64 = 0.5;
const LENGTH_POINTS_MAX: f64 = 2.0;
/// Of one logit of difficulty.
const POINTS_PER_LOGIT: f64 = 1.0;
const DIFFICULTY_POINTS_MAX: f64 = 1.5;

/// One answer to a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// How angry the customer sounded since the last answer, 0–3.
    pub anger: u8,
    /// Of the customer, since the last answer.
    pub words_read: usize,
    pub words_written: usize,
    /// Of the work without its anger, in logits; 0 is usual.
    pub difficulty: f64,
    /// Hostile contacts in a row just before it.
    pub hostile_before: usize,
}

/// Points, by what they come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Effort {
    pub hostility: f64,
    pub length: f64,
    pub difficulty: f64,
}

impl Effort {
    /// All of it, with the base.
    pub fn points(&self) -> f64 {
        BASE_POINTS + self.hostility + self.length + self.difficulty
    }
}

pub fn effort(answer: &Answer) -> Effort {
    let degree = usize::from(answer.anger).min(HOSTILITY_POINTS.len() - 1);
    let close = 1.0 + (HOSTILE_BEFORE_SHARE * answer.hostile_before as f64).min(1.0);
    let words = (answer.words_read + answer.words_written) as f64;
    let length = POINTS_PER_DOUBLING * (1.0 + words / ORDINARY_WORDS).log2();
    let difficulty = if answer.difficulty.is_finite() { answer.difficulty } else { 0.0 };
    Effort {
        hostility: HOSTILITY_POINTS[degree] * close,
        length: length.min(LENGTH_POINTS_MAX),
        difficulty: (POINTS_PER_LOGIT * difficulty).clamp(0.0, DIFFICULTY_POINTS_MAX),
    }
}

/// One contact with a customer, as far as rest is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// The same piece of work, answered again, is one contact.
    pub work: i64,
    pub at_ms: i64,
    pub hostile: bool,
}

/// How many hostile contacts stand in a row at `now_ms`. `newest_first`; a contact that is not hostile ends the row, and so
/// does a pause of the cool-down, also the one until now.
pub fn hostile_in_a_row(newest_first: &[Contact], now_ms: i64, cool_down_ms: i64) -> usize {
    let mut row: Vec<i64> = Vec::new();
    let mut later_ms = now_ms;
    for it in newest_first {
        if !it.hostile || later_ms.saturating_sub(it.at_ms) >= cool_down_ms.max(0) {
            break;
        }
        later_ms = it.at_ms;
        if !row.contains(&it.work) {
            row.push(it.work);
        }
    }
    row.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000;
    const PLAIN: Answer =
        Answer { anger: 0, words_read: 0, words_written: 0, difficulty: 0.0, hostile_before: 0 };

    fn contact(work: i64, minutes_ago: i64, hostile: bool) -> Contact {
        Contact { work, at_ms: 1_000 * MINUTE - minutes_ago * MINUTE, hostile }
    }

    fn row(all: &[Contact]) -> usize {
        hostile_in_a_row(all, 1_000 * MINUTE, 30 * MINUTE)
    }

    #[test]
    fn hostility_weighs_more_than_its_degree_and_more_in_a_row() {
        let of =
            |anger: u8, hostile_before: usize| effort(&Answer { anger, hostile_before, ..PLAIN }).points();
        assert_eq!(effort(&PLAIN).points(), BASE_POINTS);
        assert!(of(3, 0) - of(2, 0) > of(2, 0) - of(1, 0));
        assert!(of(2, 2) > of(2, 0) && of(2, 9) == of(2, 4), "up to the double");
        assert_eq!(of(0, 9), BASE_POINTS, "what is friendly stays easy");
    }

    #[test]
    fn a_row_ends_with_a_friendly_contact_or_a_pause() {
        assert_eq!(row(&[]), 0);
        assert_eq!(row(&[contact(1, 1, true), contact(2, 5, true), contact(3, 9, true)]), 3);
        assert_eq!(row(&[contact(1, 1, true), contact(2, 5, false), contact(3, 9, true)]), 1);
        assert_eq!(row(&[contact(1, 1, true), contact(2, 40, true)]), 1, "they had a rest between");
        assert_eq!(row(&[contact(1, 30, true), contact(2, 31, true)]), 0, "they have rested by now");
        assert_eq!(row(&[contact(1, 1, true), contact(1, 5, true)]), 1, "the same ticket");
    }

    proptest! {
        #[test]
        fn points_are_at_least_one_and_never_wild(
            anger in 0..9_u8, read in 0..1_000_000_usize, written in 0..1_000_000_usize,
            difficulty in prop_oneof![-5.0..5.0_f64, Just(f64::NAN)], before in 0..100_usize,
        ) {
            let it = effort(&Answer {
                anger, words_read: read, words_written: written, difficulty, hostile_before: before,
            });
            prop_assert!((BASE_POINTS..=BASE_POINTS + 2.0 * 3.0 + LENGTH_POINTS_MAX + DIFFICULTY_POINTS_MAX).contains(&it.points()));
        }

        #[test]
        fn a_longer_cool_down_never_shortens_a_row(gaps in prop::collection::vec((0..90_i64, any::<bool>()), 0..12)) {
            let mut ago = 0;
            let all: Vec<Contact> = gaps
                .iter()
                .enumerate()
                .map(|(n, (gap, hostile))| { ago += gap; contact(n as i64, ago, *hostile) })
                .collect();
            let at = |minutes: i64| hostile_in_a_row(&all, 1_000 * MINUTE, minutes * MINUTE);
            prop_assert!(at(20) <= at(40) && at(40) <= all.len());
        }
    }
}
