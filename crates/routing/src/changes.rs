//! What would have changed a decision: the nearest worlds in which somebody else, or anybody at all, had got the work.

use skills::SkillId;

use crate::choose::{Decision, How};
use crate::engine::Rule;
use crate::person::{PersonId, Status};
use crate::weigh::{Candidate, Reason, WhyNot};
use crate::words::{listed, number};

/// How many are told.
const CHANGES_MAX: usize = 3;

impl Decision {
    /// Sentences without a full stop, the fewest changes first and then the strongest, such as “Mei would have it, were she not away”. Empty
    /// where nothing short of other people would change it.
    pub fn what_would_change_it(
        &self,
        person: impl Fn(PersonId) -> String,
        skill: impl Fn(SkillId) -> String,
    ) -> Vec<String> {
        let mut others: Vec<(Cost, String)> = match self.chosen_candidate() {
            Some(chosen) => self
                .candidates
                .iter()
                .filter(|it| it.person != chosen.person)
                .filter_map(|it| instead(it, chosen, &self.how, &person(it.person), &skill))
                .collect(),
            None => self
                .candidates
                .iter()
                .filter_map(|it| {
                    let against = it.eligible.as_ref().err()?;
                    let change = undone(against, &skill)?;
                    let said = format!("{} would have it {change}", person(it.person));
                    Some((Cost { obstacles: against.len(), short: -it.score }, said))
                })
                .collect(),
        };
        others.sort_by(|(a, _), (b, _)| a.obstacles.cmp(&b.obstacles).then(a.short.total_cmp(&b.short)));
        others.truncate(CHANGES_MAX);
        others.into_iter().map(|it| it.1).collect()
    }
}

/// How far away a world is.
struct Cost {
    obstacles: usize,
    /// Of score, in chance of success.
    short: f64,
}

fn instead(
    other: &Candidate,
    chosen: &Candidate,
    how: &How,
    name: &str,
    skill: &impl Fn(SkillId) -> String,
) -> Option<(Cost, String)> {
    let short = match how {
        // These do not look at the score: whoever was kept out might have been first.
        How::Rule { .. } => 0.0,
        _ => chosen.score - other.score,
    };
    match &other.eligible {
        // Whoever is kept out and would not be better anyway is two changes away: not worth a sentence.
        Err(_) if short > 0.0 => None,
        Err(against) => {
            let change = undone(against, skill)?;
            Some((Cost { obstacles: against.len(), short }, format!("{name} would have it {change}")))
        }
        Ok(()) => {
            let change = match how {
                How::ByLot { .. } => "with another lot".to_owned(),
                How::Rule { rule: Rule::MostCapacity } => "with more room".to_owned(),
                How::Rule { rule: Rule::GeneralisedCMu } => "if they were quicker at it".to_owned(),
                How::Rule { .. } => "after waiting longer for work".to_owned(),
                How::Growth => "if nobody were to grow by it".to_owned(),
                How::LongestIdle { .. } if short.abs() < TIE => "after waiting longer for work".to_owned(),
                _ if chosen.reasons.contains(&Reason::KnowsTheWork) && other.p_success > chosen.p_success => {
                    "if nobody knew it already".to_owned()
                }
                _ => {
                    let points = (short * 100.0).ceil().max(1.0);
                    format!("if they were {points:.0} points likelier to solve it, or so much less busy")
                }
            };
            Some((Cost { obstacles: 1, short }, format!("{name} would have it {change}")))
        }
    }
}

/// Scores nearer than this were a tie for any policy in use.
const TIE: f64 = 0.02;

fn undone(against: &[WhyNot], skill: &impl Fn(SkillId) -> String) -> Option<String> {
    let mut changes = Vec::with_capacity(against.len());
    for why in against {
        changes.push(match *why {
            WhyNot::Status { status: Status::Away } => "back from away".to_owned(),
            WhyNot::Status { .. } => "online".to_owned(),
            WhyNot::Full { load, limit } => {
                let over = (load + 1.0 - limit).max(1.0);
                format!("with {} less in hand", number(over))
            }
            WhyNot::NotSure { skill: needed, least_level, sure_level } => {
                let name = skill(needed);
                format!(
                    "if {name} at level {} were enough instead of {}",
                    number((sure_level * 10.0).floor() / 10.0),
                    number(least_level)
                )
            }
            // Nothing of theirs would change these.
            WhyNot::NotOnChannel { .. } | WhyNot::NotAsked | WhyNot::Avoided => return None,
        });
    }
    (!changes.is_empty()).then(|| listed(&changes))
}

#[cfg(test)]
mod tests {
    use skills::{Belief, SkillBelief};

    use super::*;
    use crate::choose::choose;
    use crate::person::Person;
    use crate::requirements::{Expression, Requirements};
    use crate::work::{Channel, Hardness, Policy, Requirement, Work, WorkId};

    const FRENCH: SkillId = SkillId(1);
    const POLICY: Policy =
        Policy { explore_share: 0.0, tie_tolerance: 0.02, load_cost: 0.05, prefer_person_bonus: 0.10 };

    fn person(id: i64, status: Status, load: f64, french: f64) -> Person {
        Person::new(PersonId(id), status)
            .holding(Channel::Email, load, 8.0)
            .knowing([SkillBelief { skill: FRENCH, belief: Belief::at_level(french, 0.1) }])
    }

    fn told(work: &Work, people: &[Person]) -> Vec<String> {
        let names = ["", "Ana", "Kofi", "Mei"];
        choose(work, people, &POLICY, 0, 1)
            .what_would_change_it(|it| names[it.0 as usize].to_owned(), |_| "French".to_owned())
    }

    fn french(hardness: Hardness) -> Work {
        let needed = Requirement { skill: FRENCH, least_level: 3.0, weight: 1.0, hardness };
        Work { requirements: vec![needed], ..Work::new(WorkId(1), Channel::Email) }
    }

    #[test]
    fn who_was_better_but_kept_out_is_told_the_best_first() {
        let people = [
            person(1, Status::Online, 0.0, 3.5),
            person(2, Status::Online, 8.0, 5.0),
            person(3, Status::Away, 0.0, 4.5),
        ];
        assert_eq!(
            told(&french(Hardness::Prefer), &people),
            ["Mei would have it back from away", "Kofi would have it with 1 less in hand"]
        );
    }

    #[test]
    fn a_weaker_colleague_is_told_by_how_much() {
        let people = [person(1, Status::Online, 0.0, 4.0), person(2, Status::Online, 0.0, 3.0)];
        let told = told(&french(Hardness::Prefer), &people);
        assert!(told[0].starts_with("Kofi would have it if they were "), "{told:?}");
    }

    #[test]
    fn what_waits_says_who_is_nearest() {
        let people = [person(1, Status::Online, 0.0, 2.6), person(2, Status::Away, 0.0, 4.0)];
        assert_eq!(
            told(&french(Hardness::Must), &people),
            [
                "Kofi would have it back from away",
                "Ana would have it if French at level 2.5 were enough instead of 3"
            ]
        );
    }

    #[test]
    fn what_no_change_of_theirs_would_bring_is_not_told() {
        let asked = Requirements::of(Expression::Must(crate::requirements::Leaf {
            of: crate::requirements::Asked::Person(PersonId(3)),
            weight: 1.0,
            steps: Vec::new(),
        }));
        let term = asked.stages().swap_remove(0).term;
        let work = Work { asked: Some(term), ..Work::new(WorkId(1), Channel::Email) };
        let people = [person(1, Status::Online, 0.0, 2.6)];
        assert_eq!(told(&work, &people), Vec::<String>::new());
        let decision = choose(&work, &people, &POLICY, 0, 1);
        assert_eq!(decision.how, How::Queued { until: crate::Expectation::Asked });
    }
}
