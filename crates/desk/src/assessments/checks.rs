//! Skill checks: a short quiz about one skill, scored by item response, with the guesses taken into account.

use super::error::{name_of, only_leads};
use super::*;
use crate::events::{self, Event};
use crate::skills::{self, AddEvidence, Observed};
use crate::{CheckId, CheckResultId, EvidenceId, SkillId, Tx, UserId};
use ::skills::items::{Item, as_observation, calibrated};
use ::skills::{Belief, LEVEL_MAX, LEVEL_MIN, LEVELS_PER_LOGIT, level_of};
use serde::{Deserialize, Serialize};

const QUESTIONS_MIN: usize = 3;
/// Before people have answered a question its sharpness is taken to be usual.
const DISCRIMINATION: f64 = 1.2;
/// How far an author's word on a question may be off, in logits, …
const AUTHOR_SD: f64 = 0.8;
/// … and from so many answers on, the answers say how hard it is.
pub const CALIBRATED_FROM_ANSWERS: usize = 10;
/// What the answers are weighed against: a team's abilities.
const TEAM: Belief = Belief { mean: 0.0, variance: 1.0 };

/// How hard a question is, as its author sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hardness {
    Easy,
    Medium,
    Hard,
}

impl Hardness {
    pub const ALL: [Hardness; 3] = [Hardness::Easy, Hardness::Medium, Hardness::Hard];

    pub fn name(self) -> &'static str {
        match self {
            Hardness::Easy => "easy",
            Hardness::Medium => "medium",
            Hardness::Hard => "hard",
        }
    }

    pub fn parse(name: &str) -> Option<Hardness> {
        Hardness::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Logits: what half of those of level 1¼, 2½ and 3¾ know.
    fn difficulty(self) -> f64 {
        match self {
            Hardness::Easy => -1.0,
            Hardness::Medium => 0.0,
            Hardness::Hard => 1.0,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub text: String,
    pub choices: Vec<String>,
    /// The place of the right one.
    pub right: usize,
    pub hardness: Hardness,
}

impl Question {
    fn item(&self) -> Item {
        Item {
            discrimination: DISCRIMINATION,
            difficulty: self.hardness.difficulty(),
            guessing: 1.0 / self.choices.len().max(2) as f64,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct SaveCheck {
    pub skill: SkillId,
    pub name: String,
    pub questions: Vec<Question>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    pub id: CheckId,
    pub skill: SkillId,
    pub name: String,
    pub questions: Vec<Question>,
    pub version: i64,
    pub retired_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct AnswerCheck {
    pub check: CheckId,
    /// The version that the answers are for.
    pub version: i64,
    /// The place of the chosen answer, by question.
    pub chosen: Vec<Option<usize>>,
}

/// One person's finished check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckResult {
    pub id: CheckResultId,
    pub check: CheckId,
    pub user: UserId,
    /// Right or wrong, by question.
    pub answers: Vec<bool>,
    /// What the answers say, and how unsure they leave it; `None`: nothing.
    pub level: Option<f64>,
    pub sd_levels: Option<f64>,
    pub evidence: Option<EvidenceId>,
    pub finished_at: i64,
}

pub fn create_check(tx: &mut Tx, command: &SaveCheck) -> Result<CheckId, AssessmentError> {
    only_leads(tx)?;
    let wanted = checked(tx, command)?;
    let id = store::insert_check(tx, &wanted)?;
    events::record(tx, &Event::SkillCheckChanged { check: id })?;
    Ok(id)
}

/// The same again changes nothing.
pub fn update_check(tx: &mut Tx, id: CheckId, command: &SaveCheck) -> Result<(), AssessmentError> {
    only_leads(tx)?;
    let is = store::find_check(tx, id)?.ok_or(AssessmentError::NoSuchCheck)?;
    let wanted = checked(tx, command)?;
    if is.name == wanted.name && is.skill == wanted.skill && is.questions == wanted.questions {
        return Ok(());
    }
    store::save_check(tx, id, &wanted, is.version + 1)?;
    Ok(events::record(tx, &Event::SkillCheckChanged { check: id })?)
}

pub fn retire_check(tx: &mut Tx, id: CheckId) -> Result<(), AssessmentError> {
    let now = tx.now();
    set_retired(tx, id, Some(now))
}

pub fn restore_check(tx: &mut Tx, id: CheckId) -> Result<(), AssessmentError> {
    set_retired(tx, id, None)
}

fn set_retired(tx: &mut Tx, id: CheckId, at: Option<i64>) -> Result<(), AssessmentError> {
    only_leads(tx)?;
    store::find_check(tx, id)?.ok_or(AssessmentError::NoSuchCheck)?;
    store::save_check_retired(tx, id, at)?;
    Ok(events::record(tx, &Event::SkillCheckChanged { check: id })?)
}

/// Scores the answers of the actor; they are one row of evidence about them. The same check may be taken again after
/// [`CHECK_AGAIN_AFTER_DAYS`].
pub fn answer_check(tx: &mut Tx, command: &AnswerCheck) -> Result<CheckResult, AssessmentError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(AssessmentError::NotStaff)?;
    let check = store::find_check(tx, command.check)?.filter(|it| it.retired_at.is_none());
    let check = check.ok_or(AssessmentError::NoSuchCheck)?;
    if check.version != command.version {
        return Err(AssessmentError::CheckChanged);
    }
    tx.lock(&format!("check:{me}"))?;
    let now = tx.now();
    if store::last_result_at(tx, check.id, me)?.is_some_and(|at| at > now - CHECK_AGAIN_AFTER_DAYS * DAY_MS) {
        return Err(AssessmentError::TakenLately);
    }
    let mut answers = Vec::with_capacity(check.questions.len());
    for (place, question) in check.questions.iter().enumerate() {
        let chosen = command.chosen.get(place).copied().flatten().filter(|it| *it < question.choices.len());
        answers.push(chosen.ok_or(AssessmentError::AnswerIsMissing)? == question.right);
    }
    let items: Vec<Item> = calibrations(tx, &check)?.iter().map(|it| it.item).collect();
    let said = level_said(&items, &answers);
    let id = store::insert_result(tx, &check, me, &answers, said)?;
    let mut evidence = None;
    if let Some((level, sd_levels)) = said {
        let right = answers.iter().filter(|it| **it).count();
        let command = AddEvidence {
            key: format!("check:{id}"),
            user: me,
            observed: Observed::Check { level, sd_levels },
            ticket: None,
            by: None,
            skills: vec![(check.skill, 1.0)],
            difficulty: 0.0,
            at: now,
            note: format!("{}: {right} of {} right", check.name, answers.len()),
        };
        evidence = skills::record_evidence(tx, &command)?;
        if let Some(evidence) = evidence {
            store::save_result_evidence(tx, id, evidence)?;
        }
    }
    events::record(tx, &Event::SkillCheckFinished { result: id, user: me })?;
    Ok(CheckResult {
        id,
        check: check.id,
        user: me,
        answers,
        level: said.map(|it| it.0),
        sd_levels: said.map(|it| it.1),
        evidence,
        finished_at: now,
    })
}

/// How hard a question is, as those who took the check show it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calibration {
    pub item: Item,
    /// Logits.
    pub sd: f64,
    pub answers: usize,
    pub right: usize,
}

impl Calibration {
    pub fn is_calibrated(&self) -> bool {
        self.answers >= CALIBRATED_FROM_ANSWERS
    }
}

/// By question: the author's word, and from enough answers to this version on what they show. Each answer is weighed with
/// what was believed of the person before it; a result that was struck out says nothing.
pub(super) fn calibrations(tx: &mut Tx, check: &Check) -> Result<Vec<Calibration>, AssessmentError> {
    let results = store::list_answers_with_belief(tx, check)?;
    let of = |(place, question): (usize, &Question)| {
        let given: Vec<(Belief, bool)> =
            results.iter().filter_map(|(belief, answers)| Some((*belief, *answers.get(place)?))).collect();
        let right = given.iter().filter(|it| it.1).count();
        let (item, sd) = match given.len() >= CALIBRATED_FROM_ANSWERS {
            true => calibrated(question.item(), AUTHOR_SD, &given),
            false => (question.item(), AUTHOR_SD),
        };
        Calibration { item, sd, answers: given.len(), right }
    };
    Ok(check.questions.iter().enumerate().map(of).collect())
}

/// What the answers say by themselves: a level, and its standard deviation in levels.
fn level_said(items: &[Item], answers: &[bool]) -> Option<(f64, f64)> {
    let given: Vec<(Item, bool)> = items.iter().copied().zip(answers.iter().copied()).collect();
    let (ability, variance) = as_observation(&given, TEAM)?;
    Some((level_of(ability).clamp(LEVEL_MIN, LEVEL_MAX), variance.sqrt() * LEVELS_PER_LOGIT))
}

fn checked(tx: &mut Tx, command: &SaveCheck) -> Result<SaveCheck, AssessmentError> {
    let mut wanted = command.clone();
    wanted.name = name_of(&wanted.name)?;
    skills::find_skill(tx, wanted.skill)?.ok_or(AssessmentError::SkillsAreWrong)?;
    if !(QUESTIONS_MIN..=QUESTIONS_PER_CHECK_MAX).contains(&wanted.questions.len()) {
        return Err(AssessmentError::QuestionsAreWrong);
    }
    for it in &mut wanted.questions {
        it.text = it.text.trim().to_owned();
        it.choices.iter_mut().for_each(|choice| *choice = choice.trim().to_owned());
        let fits = (2..=CHOICES_MAX).contains(&it.choices.len())
            && it.right < it.choices.len()
            && !it.text.is_empty()
            && it.choices.iter().all(|choice| !choice.is_empty());
        if !fits {
            return Err(AssessmentError::QuestionsAreWrong);
        }
        let all = it.choices.iter().chain([&it.text]);
        if all.into_iter().any(|text| text.chars().count() > TEXT_CHARS_MAX) {
            return Err(AssessmentError::TextIsWrong);
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_right_answers_say_more_and_few_questions_say_little() {
        let question = |hardness| Question {
            text: "Which?".into(),
            choices: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
            right: 0,
            hardness,
        };
        let questions: Vec<Question> = [
            Hardness::Easy,
            Hardness::Easy,
            Hardness::Medium,
            Hardness::Medium,
            Hardness::Hard,
            Hardness::Hard,
        ]
        .map(question)
        .to_vec();
        let items: Vec<Item> = questions.iter().map(Question::item).collect();
        let said = |right: usize| level_said(&items, &std::array::from_fn::<bool, 6, _>(|it| it < right));
        let levels: Vec<f64> = (0..=6).filter_map(|right| Some(said(right)?.0)).collect();
        assert!(levels.windows(2).all(|pair| pair[0] <= pair[1]), "{levels:?}");
        assert!(said(6).unwrap().0 > 3.5 && said(1).unwrap().0 < 1.5, "{levels:?}");
        assert!(said(4).unwrap().1 > 0.7, "six questions leave doubt");
    }
}
