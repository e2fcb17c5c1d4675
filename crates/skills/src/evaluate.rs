//! The online filter on right and wrong answers: each is predicted before it is seen, in one pass.
//!
//! What a prediction is made of, each part a number that [`crate::update`] moves: the person in general, their form of the
//! moment, the person in the skill with the form of the moment there, what practice brings, the skill, the item, and the person on that very item.
//! Several skills share their weight. At last a slope and an offset, learnt on the way like everything else, keep the
//! probabilities calibrated.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::filter::{Component, update};
use crate::observation::{Observation, sigmoid};

/// Sizes of the parts, as standard deviations in logits, and how quickly forms pass. The defaults were chosen by
/// `cargo run --release -p skills --example tune` on validation parts of two training files.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    pub person: f64,
    pub person_skill: f64,
    pub skill: f64,
    pub item: f64,
    pub person_item: f64,
    /// Form of the moment, and the share of it that is left at the next answer.
    pub form: f64,
    pub form_kept: f64,
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
            person: 0.8,
            person_skill: 0.8,
            skill: 1.0,
            item: 0.9,
            person_item: 0.7,
            form: 0.5,
            form_kept: 0.9,
            skill_form: 0.8,
            skill_form_kept: 0.85,
            practice: 0.05,
            wander: 0.01,
            learning: 0.05,
            learning_sd: 0.1,
            base: 1.0,
            calibration_kept: 10_000.0,
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

/// How good the predictions of the test rows were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    pub rows: u64,
    pub scored: u64,
    /// Share of right answers among the scored.
    pub right: f64,
    /// Chance that a right answer was thought more likely than a wrong one; ½ if there is only one kind.
    pub auc: f64,
    /// Mean negative log-likelihood, natural logarithm.
    pub log_loss: f64,
    /// Expected calibration error over ten equal bins of probability.
    pub ece: f64,
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
    items: Map<Component>,
    practised: Map<Practised>,
    tried: Map<Component>,
    calibration: Calibration,
    parts: Vec<Component>,
    tally: Tally,
}

#[derive(Clone, Copy)]
struct Person {
    general: Component,
    form: Component,
}

#[derive(Clone, Copy)]
struct Skill {
    difficulty: Component,
    learning: Component,
}

#[derive(Clone, Copy)]
struct Practised {
    level: Component,
    form: Component,
    answers: u32,
    last_s: f64,
}

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
            tried: Map::default(),
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
        let tried_key = key(&[answer.person, answer.item]);
        let skills: Vec<(Key, Key)> = skill_keys(answer);
        let share = 1.0 / skills.len().max(1) as f64;

        let person = self.people.entry(person_key).or_insert_with(|| Person {
            general: start(t.person),
            form: start(t.form),
        });
        person.general.variance += t.wander * t.wander;
        pass(&mut person.form, t.form, t.form_kept);
        let item = *self.items.entry(item_key).or_insert_with(|| start(t.item));
        let tried = self.tried.get(&tried_key).copied().unwrap_or_else(|| start(t.person_item));

        self.parts.clear();
        self.parts.extend([self.base, person.general, person.form, weighted(item, -1.0), tried]);
        for (skill_key, practised_key) in &skills {
            let skill = *self.skills.entry(*skill_key).or_insert_with(|| Skill {
                difficulty: start(t.skill),
                learning: start(t.learning_sd),
            });
            let practised = self.practised.entry(*practised_key).or_insert_with(|| Practised {
                level: start(t.person_skill),
                form: start(t.skill_form),
                answers: 0,
                last_s: 0.0,
            });
            practised.level.variance += t.practice * t.practice;
            pass(&mut practised.form, t.skill_form, t.skill_form_kept);
            fade(practised, answer.time_s, t);
            let doublings = f64::from(1 + practised.answers).log2() * share;
            self.parts.extend([
                weighted(skill.difficulty, -share),
                weighted(practised.level, share),
                weighted(practised.form, share),
                weighted(skill.learning, doublings),
                weighted(self.learning, doublings),
            ]);
        }
        let observation = Observation::Test { correct: answer.correct, discrimination: 1.0, difficulty: 0.0 };
        let thought = update(&mut self.parts, &observation).expected;

        let plain = |part: &Component| Component { weight: 1.0, ..*part };
        self.base = plain(&self.parts[0]);
        (person.general, person.form) = (plain(&self.parts[1]), plain(&self.parts[2]));
        self.items.insert(item_key, plain(&self.parts[3]));
        self.tried.insert(tried_key, plain(&self.parts[4]));
        for (at, (skill_key, practised_key)) in skills.iter().enumerate() {
            let own = &self.parts[5 + 5 * at..10 + 5 * at];
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

/// p ← σ(slope·logit(p) + offset), both found by Newton steps on every answer seen so far, the start weighing as some answers.
struct Calibration {
    slope: f64,
    offset: f64,
    /// Information gathered: of slope, of both, of offset; and the share of it that is left after an answer.
    information: [f64; 3],
    kept: f64,
}

impl Calibration {
    fn new(tuning: &Tuning) -> Calibration {
        let weight = 0.2 * tuning.calibration_start.max(1.0);
        let kept = 1.0 - 1.0 / tuning.calibration_kept.max(10.0);
        Calibration { slope: 1.0, offset: 0.0, information: [weight, 0.0, weight], kept }
    }

    fn meet(&mut self, thought: f64, correct: bool) -> f64 {
        const P_MIN: f64 = 1e-6;
        let thought = thought.clamp(P_MIN, 1.0 - P_MIN);
        let x = (thought / (1.0 - thought)).ln();
        let p = sigmoid(self.slope * x + self.offset);
        let (surprise, weight) = (if correct { 1.0 - p } else { -p }, p * (1.0 - p));
        let kept = self.kept;
        let [a, b, c] = &mut self.information;
        (*a, *b, *c) = (kept * *a + weight * x * x, kept * *b + weight * x, kept * *c + weight);
        let determinant = *a * *c - *b * *b;
        if determinant > 0.0 {
            self.slope += surprise * (*c * x - *b) / determinant;
            self.offset += surprise * (*a - *b * x) / determinant;
        }
        p.clamp(P_MIN, 1.0 - P_MIN)
    }
}

/// What has been scored, in memory that does not grow.
struct Tally {
    rows: u64,
    wrong_right: Vec<[u32; 2]>,
    log_loss: f64,
    bins: [Bin; BINS],
}

#[derive(Clone, Copy, Default)]
struct Bin {
    rows: u64,
    right: u64,
    thought: f64,
}

const BINS: usize = 10;
/// Predictions closer than a millionth count as ties.
const STEPS: usize = 1_000_000;

impl Default for Tally {
    fn default() -> Tally {
        Tally { rows: 0, wrong_right: Vec::new(), log_loss: 0.0, bins: [Bin::default(); BINS] }
    }
}

impl Tally {
    fn add(&mut self, p: f64, correct: bool) {
        if self.wrong_right.is_empty() {
            self.wrong_right = vec![[0; 2]; STEPS];
        }
        let step = ((p * STEPS as f64) as usize).min(STEPS - 1);
        self.wrong_right[step][usize::from(correct)] += 1;
        self.log_loss -= if correct { p.ln() } else { (1.0 - p).ln() };
        let bin = &mut self.bins[((p * BINS as f64) as usize).min(BINS - 1)];
        bin.rows += 1;
        bin.right += u64::from(correct);
        bin.thought += p;
    }

    fn scores(&self) -> Scores {
        let (mut below, mut pairs, mut right) = (0.0, 0.0, 0.0);
        for [wrong, correct] in &self.wrong_right {
            let (wrong, correct) = (f64::from(*wrong), f64::from(*correct));
            pairs += correct * (below + 0.5 * wrong);
            below += wrong;
            right += correct;
        }
        let scored = below + right;
        let off = |bin: &Bin| (bin.thought - bin.right as f64).abs();
        let of_all = |sum: f64| if scored > 0.0 { sum / scored } else { 0.0 };
        Scores {
            rows: self.rows,
            scored: scored as u64,
            right: of_all(right),
            auc: if right > 0.0 && below > 0.0 { pairs / (right * below) } else { 0.5 },
            log_loss: of_all(self.log_loss),
            ece: of_all(self.bins.iter().map(off).sum()),
        }
    }
}
