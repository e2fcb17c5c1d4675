//! `aptdesk check`: recompute what can be recomputed, and compare.

use crate::{Outcome, config, say};
use desk::Actor;

pub fn run(flags: &config::Flags) -> Outcome {
    let desk = flags.settle()?.open_existing()?;
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
    let refit = desk::skills::refit::check(&desk.db)?;
    match refit {
        Some(it) => say(&format!("refit: {} levels estimated again, {} differ", it.beliefs, it.different)),
        None => say("refit: none has run yet"),
    }
    let drift = desk.db.read_now(Actor::desk(), |tx| desk::skills::refit::list_runs(tx, 1))?;
    if let Some((mean, inside)) = drift.first().and_then(|run| Some((run.drift_mean?, run.drift_inside?))) {
        let inside = inside * 100.0;
        say(&format!(
            "drift between tiers: {mean:.2} levels on average, {inside:.0} % within the refit's interval"
        ));
    }
    let waiting = desk.db.read_now(Actor::desk(), desk::routing::count_side_by_side)?;
    say(&format!("waiting beside somebody who may have it: {waiting} (given away while a desk is served)"));
    let jobs = desk.db.read_now(Actor::desk(), |tx| jobs::list_dead(tx, 100))?;
    say(&format!("dead jobs: {}", jobs.len()));
    let refit_is_sound = refit.is_none_or(|it| it.different == 0);
    match mail.is_sound() && different == 0 && refit_is_sound {
        true => Ok(()),
        false => Err("something does not add up; see above".into()),
    }
}
