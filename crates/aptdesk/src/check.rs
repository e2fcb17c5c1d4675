//! `aptdesk check`: recompute what can be recomputed, and compare.

use crate::{Outcome, config, say};
use desk::Actor;

pub fn run(flags: &config::Flags) -> Outcome {
    let desk = flags.settle()?.open()?;
    let mail = desk.db.read_now(Actor::desk(), desk::mail::check)?;
    say(&format!("mail received: {}", mail.mails));
    say(&format!("unaccounted: {}", mail.unaccounted()));
    let (people, different) = desk.db.read_now(Actor::desk(), |tx| {
        let people = desk::people::list_agents(tx)?;
        let mut different = 0;
        for person in &people {
            different += usize::from(!desk::skills::check_person(tx, person.id)?.is_empty());
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>((people.len(), different))
    })?;
    say(&format!("proficiencies: {people} people replayed, {different} differ from their evidence"));
    let jobs = desk.db.read_now(Actor::desk(), |tx| jobs::list_dead(tx, 100))?;
    say(&format!("dead jobs: {}", jobs.len()));
    match mail.is_sound() && different == 0 {
        true => Ok(()),
        false => Err("something does not add up; see above".into()),
    }
}
