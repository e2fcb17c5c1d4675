//! What each training, each hire and each absence would change, on the same weeks with the same customers.

use super::{
    AbsenceTold, CANDIDATES_KEPT, CANDIDATES_MAX, FloorError, FloorSettings, HireTold, History,
    IN_TIME_ALREADY, LevelTold, TARGET_BEYOND, TrainingTold, WorthTold, figures, usual_week,
};
use crate::floor::forecasts::Told;
use crate::skills::SkillSummary;
use crate::skills::planning::Hire;
use ::floor::{Change, Figure, Floor, Group, Simulator};
use ::skills::{Belief, SkillBelief};

/// Weeks for candidates that are looked at to the end.
pub const WORTH_WEEKS: u64 = 64;
/// Somebody new is there in an hour of which their shifts hold so much.
const HERE_SHARE: f64 = 0.5;

/// Every training that could help, every hire and every absence, on the same weeks with the same customers.
pub fn worth(
    history: &History,
    settings: &FloorSettings,
    hires: &[Hire],
    weeks: u64,
    progress: &mut dyn FnMut(f64),
) -> Result<WorthTold, FloorError> {
    let (scenario, active) = usual_week(history, settings)?;
    let floor = &scenario.floor;
    let trainings = trainings(history, &active);
    let hires: Vec<(&Hire, Change)> = hires
        .iter()
        .filter_map(|it| Some((it, Change::Join(Box::new(newcomer(history, floor, &active, it)?)))))
        .collect();
    let absences: Vec<Change> = (0..active.len())
        .filter(|at| floor.groups[*at].people_max() > 0)
        .map(|group| Change::Roster { group, staff: vec![0; floor.clock.periods + 1] })
        .collect();
    // All are looked at for eight weeks, the kept, the hires and the absences for all; about that much is to be done.
    let kept = CANDIDATES_KEPT.min(trainings.len());
    let expected = 8 * trainings.len() as u64 + weeks * (kept + hires.len() + absences.len() + 3) as u64;
    let base = Simulator::new(floor);
    let base_report = base.simulate(weeks, 1);
    let in_time = base_report.whole.service_level.map_or(1.0, |it| it.mean);
    let by_time = in_time < IN_TIME_ALREADY || base_report.whole.resolution.is_none();
    let figure = if by_time { Figure::ServiceLevel } else { Figure::Resolution };
    let mut before = weeks;
    let mut found = |changes: &[Change], keep: usize| {
        let mut most = 0;
        let mut step = |days: u64| {
            most = days;
            progress((before + days) as f64 / expected.max(1) as f64);
        };
        let told = ::floor::worth(floor, changes, figure, weeks, keep, 1, &mut step);
        before += most;
        told
    };
    let changes: Vec<Change> = trainings.iter().map(|it| it.1.clone()).collect();
    let mut best = found(&changes, CANDIDATES_KEPT);
    best.truncate(CANDIDATES_KEPT);
    let joins: Vec<Change> = hires.iter().map(|it| it.1.clone()).collect();
    let joined = found(&joins, joins.len());
    let away = found(&absences, absences.len());
    let training = |it: &::floor::Worth| {
        let (at, change) = &trainings[it.candidate];
        let (Change::Train { skill, level, .. }, colleague) = (change, &history.colleagues[*at]) else {
            return TrainingTold::default();
        };
        let skill_at = skill.0 as usize;
        TrainingTold {
            user: Some(colleague.user),
            name: colleague.name.clone(),
            skill: Some(history.skills[skill_at].id),
            skill_name: history.skills[skill_at].name.clone(),
            from: Some(colleague.beliefs[skill_at].level()),
            to: *level,
            in_time: it.service_level.map(Told::from),
            for_good: it.resolution.map(Told::from),
            rating: it.satisfaction.map(Told::from),
            weeks: it.days,
        }
    };
    let hire = |it: &::floor::Worth| {
        let hire = hires[it.candidate].0;
        HireTold {
            role: hire.role,
            name: hire.name.clone(),
            levels: levels_told(history, hire),
            week: hire.week.words().to_owned(),
            in_time: it.service_level.map(Told::from),
            for_good: it.resolution.map(Told::from),
            rating: it.satisfaction.map(Told::from),
            weeks: it.days,
        }
    };
    let absence = |it: &::floor::Worth| {
        let group = match &absences[it.candidate] {
            Change::Roster { group, .. } => *group,
            _ => 0,
        };
        let colleague = &history.colleagues[active[group]];
        AbsenceTold {
            user: Some(colleague.user),
            name: colleague.name.clone(),
            in_time: it.service_level.map(Told::from),
            for_good: it.resolution.map(Told::from),
        }
    };
    let mut absences_told: Vec<AbsenceTold> = away.iter().map(absence).collect();
    absences_told.reverse();
    Ok(WorthTold {
        history_days: history.days(),
        looked_at: trainings.len(),
        weeks,
        promise_minutes: settings.promise_minutes,
        base: figures(&base_report),
        by_time,
        trainings: best.iter().map(training).collect(),
        hires: joined.iter().map(hire).collect(),
        absences: absences_told,
    })
}

/// Somebody with the levels of a profile and in everything else like the middle one of today's colleagues, at the usual
/// pace, and here whenever their shifts say so. `None`: nobody works here whom they could be like.
fn newcomer(history: &History, floor: &Floor, active: &[usize], hire: &Hire) -> Option<Group> {
    let mut groups: Vec<&Group> = floor.groups.iter().collect();
    groups.sort_by_key(|it| it.at_once);
    let like = *groups.get(groups.len().saturating_sub(1) / 2)?;
    let belief = |(at, it): (usize, &SkillSummary)| {
        let brings = hire.levels.iter().find(|(skill, _)| skill.id == it.id);
        let belief = match brings {
            Some((_, level)) => Belief::at_level(*level, ::floor::TRAINED_SD_LEVELS),
            None => middle(active.iter().map(|place| history.colleagues[*place].beliefs[at]).collect())?,
        };
        Some(SkillBelief { skill: ::skills::SkillId(at as i64), belief })
    };
    let beliefs: Vec<SkillBelief> = history.skills.iter().enumerate().filter_map(belief).collect();
    let here = hire.week.hours(1.0);
    Some(Group {
        name: hire.name.clone(),
        staff: here.iter().map(|share| u32::from(*share >= HERE_SHARE)).chain([0]).collect(),
        serves: vec![],
        time_factors: vec![1.0; floor.types.len()],
        levels: beliefs.iter().map(|it| (it.skill, it.belief.level())).collect(),
        beliefs,
        ..like.clone()
    })
}

fn middle(mut all: Vec<Belief>) -> Option<Belief> {
    all.sort_by(|one, other| one.mean.total_cmp(&other.mean));
    all.get(all.len().saturating_sub(1) / 2).copied()
}

fn levels_told(history: &History, hire: &Hire) -> Vec<LevelTold> {
    let asked = hire.levels.iter().filter(|it| history.skill_at(it.0.id).is_some());
    let told = |(skill, level): &(SkillSummary, f64)| LevelTold {
        skill: skill.id,
        skill_name: skill.name.clone(),
        level: *level,
    };
    let mut all: Vec<LevelTold> = asked.map(told).collect();
    all.sort_by(|one, other| other.level.total_cmp(&one.level));
    all
}

/// Everybody in every skill that work needs and in which they are below what is asked; what is needed most first.
fn trainings(history: &History, active: &[usize]) -> Vec<(usize, Change)> {
    let mut asked: Vec<(f64, usize, f64)> = Vec::new();
    for skill in 0..history.skills.len() {
        let (mut count, mut most) = (0.0, 0.0_f64);
        for (kind, it) in history.kinds.iter().enumerate().filter(|it| !it.1.is_again) {
            if let Some(need) = it.needs.iter().find(|it| it.skill == skill) {
                count += need.weight * history.turns.iter().filter(|it| it.kind == kind).count() as f64;
                most = most.max(need.level);
            }
        }
        if count > 0.0 {
            asked.push((count, skill, (most + TARGET_BEYOND).min(5.0)));
        }
    }
    asked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found = Vec::new();
    for (_, skill, target) in asked {
        for (group, at) in active.iter().enumerate() {
            if history.colleagues[*at].beliefs[skill].level() < target - TARGET_BEYOND {
                found.push((
                    *at,
                    Change::Train { group, skill: ::skills::SkillId(skill as i64), level: target },
                ));
            }
        }
    }
    found.truncate(CANDIDATES_MAX);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_new_is_like_the_middle_one_and_of_two_like_the_lower() {
        let all = |levels: &[f64]| middle(levels.iter().map(|it| Belief::at_level(*it, 0.5)).collect());
        let level = |it: Option<Belief>| it.map(|it| (10.0 * it.level()).round() / 10.0);
        assert_eq!(level(all(&[4.0, 1.0, 2.5])), Some(2.5));
        assert_eq!(level(all(&[3.0, 2.0])), Some(2.0));
        assert_eq!(all(&[]), None);
    }
}
