//! Coaching: moments worth a talk, plans between two people, notes that stay private, and the measured effect.

mod learning;
mod moments;
mod plans;
mod talks;

use desk::coaching::{self, CreatePlan};
use desk::mail;
use desk::people::{self, UpdateUser};
use desk::skills::{self, AddEvidence, Observed};
use desk::work::Work;
use desk::{CoachingPlanId, SkillId, TicketId, UserId};
use testkit::World;

const DAY: i64 = 24 * 3_600_000;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

/// One observation of work that needed one skill, now.
fn observe(world: &World, user: UserId, skill: SkillId, ticket: TicketId, key: &str, observed: Observed) {
    let command = AddEvidence {
        key: key.to_owned(),
        user,
        observed,
        ticket: Some(ticket),
        by: None,
        skills: vec![(skill, 1.0)],
        difficulty: 0.0,
        at: world.now(),
        note: String::new(),
    };
    world.write(move |tx| skills::add_evidence(tx, &command).map(|_| ()));
}

fn solved(for_good: bool) -> Observed {
    Observed::Outcome { for_good }
}

fn plan(world: &World, lea: UserId, ana: UserId, goals: Vec<(SkillId, f64)>) -> CoachingPlanId {
    let command = CreatePlan {
        user: ana,
        coach: None,
        title: "  Calm with angry customers ".into(),
        about: "Two talks, then alone.".into(),
        ends_at: Some(world.now() + 60 * DAY),
        goals,
    };
    world.write_as(lea, move |tx| coaching::create_plan(tx, &command))
}

/// The mails that would have left since the last look: to whom, subject, text.
fn letters(world: &World) -> Vec<(String, String, String)> {
    let mail_of = |work| match work {
        Work::SendMail { mail_out } => world.read(move |tx| mail::outgoing(tx, mail_out)).map(|mail| mail.0),
        _ => None,
    };
    let all = world.take_outside_jobs().into_iter().filter_map(mail_of);
    all.map(|it| (it.to[0].address.clone(), it.subject, it.text)).collect()
}

/// A language and a time zone.
fn reads(world: &World, user: UserId, locale: &'static str, zone: &'static str) {
    let update =
        UpdateUser { locale: Some(locale.into()), time_zone: Some(zone.into()), ..UpdateUser::of(user) };
    world.write(move |tx| people::update_user(tx, &update).map(|_| ()));
}
