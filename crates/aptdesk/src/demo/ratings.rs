//! How a customer of the demo answers when asked how it was.

use super::case::Case;
use super::content::Content;
use desk::satisfaction::{self, AnswerRating};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const BAD_REASONS: [&str; 3] = ["took_too_long", "not_resolved", "not_knowledgeable"];
/// Of those who rate, so many add words.
const WORDS_SHARE: f64 = 0.5;

/// The token of the rating link in a mail.
pub fn token_in(text: &str) -> Option<String> {
    let rest = text.split_once("/rate/")?.1;
    let token: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    (!token.is_empty()).then_some(token)
}

/// What a customer answers when asked.
pub fn rating(
    content: &Content,
    case: &Case,
    token: String,
    score: i64,
    dice: &mut ChaCha8Rng,
) -> AnswerRating {
    let situation = case.situation(content);
    let words = if score > satisfaction::BAD_SCORE_MAX {
        &situation.rating_comment_good
    } else {
        &situation.rating_comment_bad
    };
    let comment = (score != 3 && dice.random::<f64>() < WORDS_SHARE).then(|| case.fill(content, words, None));
    let reason = BAD_REASONS[dice.random_range(0..BAD_REASONS.len())].to_owned();
    AnswerRating { token, score, reason: (score <= satisfaction::BAD_SCORE_MAX).then_some(reason), comment }
}
