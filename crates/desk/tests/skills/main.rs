//! What tickets need and what people can do: triage, evidence, strikes, replays, and who sees what of it.

mod evidence;
mod needs;
mod shown;

use desk::skills::{self, AddEvidence, Observed, Proficiency};
use desk::{SkillId, UserId};
use testkit::World;

const DAY: i64 = 24 * 3_600_000;
const REFUNDS: &str = "billing-and-refunds";

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn held(world: &World, user: UserId, skill: SkillId) -> Option<Proficiency> {
    let all = world.read(move |tx| skills::proficiencies_of(tx, user));
    all.into_iter().find(|it| it.skill == skill)
}

fn level(world: &World, user: UserId, skill: SkillId) -> f64 {
    held(world, user, skill).expect("something is known").belief.level()
}

fn outcome(key: &str, user: UserId, skill: SkillId, for_good: bool, at: i64) -> AddEvidence {
    AddEvidence {
        key: key.into(),
        user,
        observed: Observed::Outcome { for_good },
        ticket: None,
        by: None,
        skills: vec![(skill, 1.0)],
        difficulty: 0.0,
        at,
        note: String::new(),
    }
}

fn add(world: &World, command: AddEvidence) -> Option<desk::EvidenceId> {
    world.write(move |tx| skills::add_evidence(tx, &command))
}
