//! The online filter on right and wrong answers: each is predicted before it is seen, in one pass.
//!
//! What a prediction is made of, each part a number that [`crate::update`] moves: the person in general, their form of these
//! days and of the moment, the person in the skill with their form there, what practice brings, the skill, the item, and how
//! sharply the item tells the able from the others.
//! Several skills share their weight. At last a slope and an offset, learnt on the way like everything else, keep the
//! probabilities calibrated.

mod scores;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::filter::{Component, update};
use crate::observation::Observation;

use scores::{Calibration, Tally};

pub use scores::Scores;

/// Sizes of the parts, as standard deviations in logits, and how quickly forms pass. The defaults were chosen by
/// `cargo run --release -p skills --example tune` on validation parts of two training files.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    pub person: f64,
    pub person_skill: f64,
    pub skill: f64,
    pub item: f64,
    /// How items differ in telling the able from the others, per logit of ability.
    pub sharpness: f64,
    /// Form of these days and of the moment, and the shares of them that are left at the next answer.
    pub form: f64,
    pub form_kept: f64,
    pub streak: f64,
    pub streak_kept: f64,
    /// The same within a skill, per answer in that skill.
    pub skill_form: f64,
    pub skill_form_kept: f64,
    /// What an answer in a skill changes for good: a wandering with this standard deviation.
    pub practice: f64,
    pub wander: f64,
    /// What practice brings for each doubling of the number of answers in a skill: its mean and how skills differ in it.
    pub learning: f64,
    pub learning_sd: f64,
    /// All answers.
    pub base: f64,
    /// So many answers the calibration remembers, and so many its start weighs.
    pub calibration_kept: f64,
    pub calibration_start: f64,
    /// Days in which a person's lead in a skill fades to 1/e; times are in seconds, and 0 says nothing.
    pub fading_days: f64,
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning {
            person: 1.4,
            person_skill: 0.65,
            skill: 0.8,
            item: 1.35,
            sharpness: 0.35,
            form: 0.65,
            form_kept: 0.98,
            streak: 0.7,
            streak_kept: 0.75,
            skill_form: 0.8,
            skill_form_kept: 0.6,
            practice: 0.015,
            wander: 0.015,
            learning: 0.25,
            learning_sd: 0.2,
            base: 1.0,
            calibration_kept: 2_000.0,
            calibration_start: 2_000.0,
            fading_days: 365.0,
        }
    }
}

/// One line of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer<'a> {
    pub person: &'a str,
    pub item: &'a str,
    /// One, or several joined by `~`; may be empty.
    pub skills: &'a str,
    pub correct: bool,
    /// Seconds; 0 if unknown.
    pub time_s: f64,
}

type Key = u64;
type Map<V> = HashMap<Key, V, BuildHasherDefault<Folded>>;

/// The filter, and what it has met.
pub struct Learner {
    tuning: Tuning,
    base: Component,
    learning: Component,
    people: Map<Person>,
    skills: Map<Skill>,
    items: Map<Item>,
    practised: Map<Practised>,
    calibration: Calibration,
    parts: Vec<Component>,
    tally: Tally,
}

#[derive(Clone, Copy)]
struct Person {
    general: Component,
    form: Component,
    streak: Component,
}

#[derive(Clone, Copy)]
struct Skill {
    difficulty: Component,
    learning: Component,
}

#[derive(Clone, Copy)]
struct Item {
    difficulty: Component,
    sharpness: Component,
}

#[derive(Clone, Copy)]
struct Practised {
    level: Component,
    form: Component,
    answers: u32,
    last_s: f64,
}

/// Parts before those of the skills; each skill has five.
const FIRST_SKILL_PART: usize = 6;

fn start(sd: f64) -> Component {
    Component { mean: 0.0, variance: sd * sd, weight: 1.0 }
}

impl Learner {
    pub fn new(tuning: Tuning) -> Learner {
        Learner {
            base: start(tuning.base),
            learning: Component { mean: tuning.learning, ..start(tuning.learning_sd) },
            calibration: Calibration::new(&tuning),
            people: Map::default(),
            skills: Map::default(),
            items: Map::default(),
            practised: Map::default(),
            parts: Vec::new(),
            tally: Tally::default(),
            tuning,
        }
    }

    /// Predicts an answer, then learns from it. Says the probability that it would be right.
    pub fn meet(&mut self, answer: &Answer<'_>, scored: bool) -> f64 {
        let t = &self.tuning;
        let person_key = key(&[answer.person]);
        let item_key = key(&[answer.item]);
        let skills: Vec<(Key, Key)> = skill_keys(answer);
        let share = 1.0 / skills.len().max(1) as f64;

        let person = self.people.entry(person_key).or_insert_with(|| Person {
            general: start(t.person),
            form: start(t.form),
            streak: start(t.streak),
        });
        person.general.variance += t.wander * t.wander;
        pass(&mut person.form, t.form, t.form_kept);
        pass(&mut person.streak, t.streak, t.streak_kept);
        let item = *self
            .items
            .entry(item_key)
            .or_insert_with(|| Item { difficulty: start(t.item), sharpness: start(t.sharpness) });

        self.parts.clear();
        self.parts.extend([
            self.base,
            person.general,
            person.form,
            person.streak,
            weighted(item.difficulty, -1.0),
            item.sharpness,
        ]);
        let mut able = person.general.mean + person.form.mean + person.streak.mean;
        for (skill_key, practised_key) in &skills {
            let skill = *self
                .skills
                .entry(*skill_key)
                .or_insert_with(|| Skill { difficulty: start(t.skill), learning: start(t.learning_sd) });
            let practised = self.practised.entry(*practised_key).or_insert_with(|| Practised {
                level: start(t.person_skill),
                form: start(t.skill_form),
                answers: 0,
                last_s: 0.0,
            });
            practised.level.variance += t.practice * t.practice;
            pass(&mut practised.form, t.skill_form, t.skill_form_kept);
            fade(practised, answer.time_s, t);
            able += share * (practised.level.mean + practised.form.mean);
            let doublings = f64::from(1 + practised.answers).log2() * share;
            self.parts.extend([
                weighted(skill.difficulty, -share),
                weighted(practised.level, share),
                weighted(practised.form, share),
                weighted(skill.learning, doublings),
                weighted(self.learning, doublings),
            ]);
        }
        // The product of two unknowns, made linear at what is believed of the person.
        self.parts[5].weight = able;
        let observation = Observation::Test { correct: answer.correct, discrimination: 1.0, difficulty: 0.0 };
        let thought = update(&mut self.parts, &observation).expected;

        let plain = |part: &Component| Component { weight: 1.0, ..*part };
        self.base = plain(&self.parts[0]);
        (person.general, person.form) = (plain(&self.parts[1]), plain(&self.parts[2]));
        person.streak = plain(&self.parts[3]);
        let item = Item { difficulty: plain(&self.parts[4]), sharpness: plain(&self.parts[5]) };
        self.items.insert(item_key, item);
        for (at, (skill_key, practised_key)) in skills.iter().enumerate() {
            let own = &self.parts[FIRST_SKILL_PART + 5 * at..][..5];
            if let Some(skill) = self.skills.get_mut(skill_key) {
                (skill.difficulty, skill.learning) = (plain(&own[0]), plain(&own[3]));
            }
            if let Some(practised) = self.practised.get_mut(practised_key) {
                (practised.level, practised.form) = (plain(&own[1]), plain(&own[2]));
                practised.answers += 1;
            }
            self.learning = plain(&own[4]);
        }
        let p = self.calibration.meet(thought, answer.correct);
        self.tally.rows += 1;
        if scored {
            self.tally.add(p, answer.correct);
        }
        p
    }

    pub fn scores(&self) -> Scores {
        self.tally.scores()
    }
}

fn weighted(part: Component, weight: f64) -> Component {
    Component { weight, ..part }
}

/// A form of the moment passes: it drifts back to 0 and grows as unsure as at the start.
fn pass(form: &mut Component, sd: f64, kept: f64) {
    form.mean *= kept;
    form.variance = form.variance * kept * kept + sd * sd * (1.0 - kept * kept);
}

fn fade(practised: &mut Practised, now_s: f64, t: &Tuning) {
    const DAY_S: f64 = 86_400.0;
    if now_s > 0.0 && practised.last_s > 0.0 && now_s > practised.last_s {
        let kept = (-(now_s - practised.last_s) / (t.fading_days * DAY_S)).exp();
        pass(&mut practised.level, t.person_skill, kept);
    }
    if now_s > 0.0 {
        practised.last_s = now_s;
    }
}

/// Keys of each skill, and of the person in it. The same skill twice counts once.
fn skill_keys(answer: &Answer<'_>) -> Vec<(Key, Key)> {
    let mut keys: Vec<(Key, Key)> = answer
        .skills
        .split('~')
        .map(str::trim)
        .filter(|skill| !skill.is_empty())
        .map(|skill| (key(&[skill]), key(&[answer.person, skill])))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// 64 bits of a name, by FNV-1a and a final stir; two of ten million names share them with a chance of one in 300,000.
fn key(names: &[&str]) -> Key {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for name in names {
        for byte in name.as_bytes().iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// Keys are hashes already.
#[derive(Default)]
struct Folded(u64);

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer<'a>(person: &'a str, item: &'a str, skills: &'a str, correct: bool) -> Answer<'a> {
        Answer { person, item, skills, correct, time_s: 0.0 }
    }

    #[test]
    fn it_tells_people_items_and_skills_apart() {
        let mut learner = Learner::new(Tuning::default());
        for i in 0..400 {
            let item = ["easy", "hard"][i % 2];
            let person = ["able", "new"][i / 2 % 2];
            learner.meet(&answer(person, item, "algebra", item == "easy" || person == "able"), false);
        }
        let mut p = |person, item| learner.meet(&answer(person, item, "algebra", true), true);
        let (best, worst) = (p("able", "easy"), p("new", "hard"));
        assert!(best > 0.9 && worst < 0.3, "{best} {worst}");
        let stranger = p("somebody else", "easy");
        assert!(stranger > 0.5 && stranger < best);
    }

    #[test]
    fn a_prediction_does_not_know_the_answer() {
        let p = |correct: bool| {
            let mut learner = Learner::new(Tuning::default());
            for i in 0..50 {
                learner.meet(&answer("ana", "q", "x~y", i % 3 > 0), false);
            }
            learner.meet(&answer("ana", "q", "x~y", correct), true)
        };
        assert_eq!(p(true), p(false));
    }

    #[test]
    fn the_same_file_gives_the_same_figures_and_the_order_of_skills_says_nothing() {
        let run = |skills: &str| {
            let mut learner = Learner::new(Tuning::default());
            for i in 0..300 {
                let (person, item) = (["a", "b", "c"][i % 3], ["p", "q"][i % 2]);
                learner.meet(&answer(person, item, skills, i % 5 > 1), i > 200);
            }
            learner.scores()
        };
        assert_eq!(run("x~y~z"), run("z~ y~x~~x"));
    }

    #[test]
    fn without_any_row_the_figures_are_still_numbers() {
        let scores = Learner::new(Tuning::default()).scores();
        assert_eq!((scores.auc, scores.log_loss, scores.ece, scores.scored), (0.5, 0.0, 0.0, 0));
    }

    #[test]
    fn a_long_pause_costs_a_lead() {
        let after = |pause_s: f64| {
            let mut learner = Learner::new(Tuning::default());
            for i in 0..60 {
                let now = Answer { time_s: 1.0 + f64::from(i), ..answer("ana", "q", "x", i % 10 > 0) };
                learner.meet(&now, false);
                learner.meet(&answer("kofi", "q", "x", i % 10 == 0), false);
            }
            learner.meet(&Answer { time_s: 61.0 + pause_s, ..answer("ana", "q", "x", true) }, true)
        };
        assert!(after(1e9) < after(1.0));
    }

    #[test]
    fn names_that_run_together_stay_apart() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
    }
}
