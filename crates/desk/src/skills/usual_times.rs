//! How long work usually takes, as learnt so far, and each piece of work that taught it.
//!
//! Setting `handle_times` is what was learnt, `handle_times_before` what it was before the first lesson that is kept. An
//! import that is taken back takes its lessons with it: the others are learnt again, in their order, as if it had never
//! been read. What was compared with the usual time meanwhile stays as it was. A recurring job folds lessons before which
//! no import can be taken out of them any more into what was learnt before. Table: `handle_lessons`.

use super::store;
use crate::{OutcomeRunId, Tx, settings};
use ::skills::handle_time::{Effort, HandleTimes};
use serde::{Deserialize, Serialize};

const HANDLE_TIMES: &str = "handle_times";
const BEFORE: &str = "handle_times_before";
/// For so long an import that is taken back takes its lessons with it; after that what they taught stays.
pub const LESSONS_TAKEN_BACK_DAYS: i64 = 90;
/// Rows that one turn folds, so that nobody waits long for it.
const FOLDED_PER_TURN: usize = 5_000;
const DAY_MS: i64 = 24 * 3_600_000;
/// Held while lessons are learnt again or folded.
const LOCK: &str = "handle_lessons";

/// One piece of work: topic, channel, words of the customer, answers, files, seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Lesson(Option<i64>, Option<i64>, u32, u32, u32, f64);

impl Lesson {
    pub fn new(topic: Option<i64>, channel: Option<i64>, effort: Effort, seconds: f64) -> Lesson {
        let Effort { customer_words, answers, files } = effort;
        Lesson(topic, channel, customer_words, answers, files, seconds)
    }

    fn teach(&self, times: &mut HandleTimes) {
        let Lesson(topic, channel, customer_words, answers, files, seconds) = *self;
        times.learn(topic, channel, Effort { customer_words, answers, files }, seconds);
    }
}

pub(super) fn usual_times(tx: &mut Tx) -> Result<HandleTimes, db::Error> {
    Ok(settings::find(tx, HANDLE_TIMES)?.unwrap_or_default())
}

/// `times` is what these lessons have made of it; `run` is the import that they came with.
pub(super) fn save_lessons(
    tx: &mut Tx,
    times: &HandleTimes,
    run: Option<OutcomeRunId>,
    lessons: &[Lesson],
) -> Result<(), db::Error> {
    if settings::find::<HandleTimes>(tx, BEFORE)?.is_none() {
        let before = usual_times(tx)?;
        settings::save(tx, BEFORE, &before)?;
    }
    store::insert_lessons(tx, run, lessons)?;
    settings::save(tx, HANDLE_TIMES, times)
}

/// As if the import had never been read. One that was read before lessons were kept has none, and changes nothing.
pub(super) fn forget_lessons(tx: &mut Tx, run: OutcomeRunId) -> Result<(), db::Error> {
    tx.lock(LOCK)?;
    if !store::delete_lessons(tx, run)? {
        return Ok(());
    }
    let mut times: HandleTimes = settings::find(tx, BEFORE)?.unwrap_or_default();
    store::each_lesson(tx, |lesson| lesson.teach(&mut times))?;
    settings::save(tx, HANDLE_TIMES, &times)
}

/// The oldest lessons, up to the first of an import that may still be taken back, become part of what was learnt before
/// them. What they have taught stays the same.
pub(crate) fn fold_lessons(tx: &mut Tx) -> Result<(), db::Error> {
    tx.lock(LOCK)?;
    let since = tx.now() - LESSONS_TAKEN_BACK_DAYS * DAY_MS;
    let until = store::first_lesson_to_keep(tx, since)?.unwrap_or(i64::MAX);
    let mut times: HandleTimes = settings::find(tx, BEFORE)?.unwrap_or_default();
    let last = store::each_lesson_before(tx, until, FOLDED_PER_TURN, |lesson| lesson.teach(&mut times))?;
    if let Some(last) = last {
        store::delete_lessons_to(tx, last)?;
        settings::save(tx, BEFORE, &times)?;
    }
    Ok(())
}
