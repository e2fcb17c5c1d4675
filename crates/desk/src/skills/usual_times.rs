//! How long work usually takes, as learnt so far, and each piece of work that taught it.
//!
//! Setting `handle_times` is what was learnt, `handle_times_before` what it was before the first lesson that is kept. An
//! import that is taken back takes its lessons with it: the others are learnt again, in their order, as if it had never
//! been read. What was compared with the usual time meanwhile stays as it was. Table: `handle_lessons`.

use super::store;
use crate::{OutcomeRunId, Tx, settings};
use ::skills::handle_time::{Effort, HandleTimes};
use serde::{Deserialize, Serialize};

const HANDLE_TIMES: &str = "handle_times";
const BEFORE: &str = "handle_times_before";

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
    if !store::delete_lessons(tx, run)? {
        return Ok(());
    }
    let mut times: HandleTimes = settings::find(tx, BEFORE)?.unwrap_or_default();
    store::each_lesson(tx, |lesson| lesson.teach(&mut times))?;
    settings::save(tx, HANDLE_TIMES, &times)
}
