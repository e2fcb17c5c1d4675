//! The demo's past, small: what it leaves behind must add up, and must resemble the truth it was drawn from.
#![allow(clippy::print_stderr, reason = "the figure is worth seeing")]

use super::content::Content;
use super::history::History;
use super::{case::DAY_MS, staff};
use std::sync::Arc;
use testkit::World;

const TICKETS: usize = 60;

/// How well two orders agree: the correlation of ranks, ties sharing theirs.
fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        let rank = |value: &f64| {
            let below = values.iter().filter(|it| *it < value).count() as f64;
            let same = values.iter().filter(|it| *it == value).count() as f64;
            below + (same + 1.0) / 2.0
        };
        values.iter().map(rank).collect()
    };
    let (one, other) =
        (ranks(pairs.iter().map(|it| it.0).collect()), ranks(pairs.iter().map(|it| it.1).collect()));
    let mean = (pairs.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    product(&one, &other) / (product(&one, &one) * product(&other, &other)).sqrt()
}

#[test]
fn a_small_past_adds_up_and_its_beliefs_resemble_the_truth() {
    let world = World::on_sqlite();
    let content = Arc::new(Content::load().expect("the content is read"));
    let company =
        Arc::new(staff::set_up(&world.desk, &content, "http://localhost:8080").expect("it is set up"));
    let until = world.now() + 40 * DAY_MS;
    let mut history =
        History::new(world.desk.clone(), world.clock.clone(), content.clone(), company.clone(), 7);
    let mut arrived = 0;
    history.live(TICKETS, until, |count| arrived = count).expect("the past is lived");
    assert_eq!(arrived, TICKETS);

    let mail = world.read(desk::mail::check);
    assert!(mail.is_sound() && mail.unaccounted() == 0 && mail.mails >= TICKETS as i64, "{mail:?}");
    let dead = world.read(|tx| jobs::list_dead(tx, 10));
    assert!(dead.is_empty(), "{dead:?}");

    let mut pairs = Vec::new();
    let mut from_work = 0;
    for (agent, member) in content.agents.iter().zip(&company.members) {
        let user = member.user;
        let drifts = world.read(move |tx| desk::skills::check_person(tx, user));
        assert!(drifts.is_empty(), "{}: {drifts:?}", agent.name);
        for it in world.read(move |tx| desk::skills::proficiencies_of(tx, user)) {
            from_work += usize::from(it.evidence_count > 2);
            let key = company.skills.iter().find(|(_, id)| **id == it.skill).map(|(key, _)| key.as_str());
            if let Some(level) = key.and_then(|key| agent.skills.get(key)) {
                pairs.push((it.belief.level(), *level));
            }
        }
    }
    let agreement = spearman(&pairs);
    eprintln!(
        "{} beliefs, rank correlation with the truth {agreement:.3}, {from_work} moved more than twice",
        pairs.len()
    );
    assert!(
        agreement > 0.3 && from_work > 10,
        "{agreement} over {} beliefs, {from_work} from work",
        pairs.len()
    );

    let public = world.read(|tx| desk::articles::views::public_list(tx, "", None, 100));
    let kept = content.articles.iter().filter(|it| it.state == desk::articles::ArticleState::Published);
    assert_eq!(public.len(), kept.count(), "every article was written, and no other is public");

    let solved = world.read(|tx| {
        let filter = desk::tickets::Filter { solved_after: Some(0), ..Default::default() };
        desk::tickets::views::count(tx, &filter)
    });
    assert!(solved * 10 >= TICKETS as i64 * 8, "only {solved} of {TICKETS} are solved");
}
