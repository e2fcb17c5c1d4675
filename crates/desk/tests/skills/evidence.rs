//! Evidence: where it comes from, what it moves, and how it is struck out, replaced and replayed.

use super::*;
use desk::events::Event;
use desk::skills::{Rate, RateSelf, SkillsError, StrikeEvidence, views};
use desk::tickets::{self, Channel, NewComment, Status, UpdateTicket};
use desk::work::{Work, Worker};
use desk::{Kind, RatingId, Refusal, TicketId};
use testkit::NOON;

fn assign(world: &World, ticket: TicketId, to: UserId) {
    let update = UpdateTicket { assignee: Some(Some(to)), ..UpdateTicket::of(ticket) };
    world.write(move |tx| tickets::update(tx, &update).map(|_| ()));
}

fn answer(world: &World, ticket: TicketId, by: UserId, status: Status) {
    let update = UpdateTicket {
        comment: Some(NewComment::public("Done.")),
        status: Some(status),
        ..UpdateTicket::of(ticket)
    };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
}

fn write_again(world: &World, ticket: TicketId, customer: UserId) {
    let update = UpdateTicket {
        comment: Some(NewComment::public("It happened again.")),
        channel: Channel::Email,
        ..UpdateTicket::of(ticket)
    };
    world.write_as(customer, move |tx| tickets::update(tx, &update).map(|_| ()));
}

#[test]
fn a_ticket_solved_for_good_raises_its_people_and_a_reopened_one_lowers_them() {
    for world in World::on_each_database() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let marta = world.customer("Marta", "marta@example.org");
        let refunds = skill(&world, REFUNDS);
        let (good, bad) =
            (world.ticket_of(marta, "A refund please"), world.ticket_of(marta, "Another refund please"));
        world.run_jobs();
        assign(&world, good, ana);
        assign(&world, bad, kofi);
        answer(&world, good, ana, Status::Solved);
        answer(&world, bad, kofi, Status::Solved);
        world.run_jobs();
        assert!(held(&world, ana, refunds).is_none(), "too early to know");
        world.advance(DAY);
        write_again(&world, bad, marta);
        world.advance(7 * DAY);
        world.run_jobs();
        let start = ::skills::prior(::skills::library().skill(REFUNDS).expect("it is there").kind).level();
        assert!(level(&world, ana, refunds) > start, "on {}", world.name());
        assert!(level(&world, kofi, refunds) < start, "on {}", world.name());
        // Solved again, and for good this time: the second solution counts by itself, and nothing counts twice.
        answer(&world, bad, kofi, Status::Solved);
        world.advance(8 * DAY);
        world.run_jobs();
        assert_eq!(held(&world, kofi, refunds).expect("known").evidence_count, 2);
        assert_eq!(held(&world, ana, refunds).expect("known").evidence_count, 1);
        let rows = world.read(move |tx| views::evidence_about(tx, ana, Some(refunds)));
        assert_eq!(rows[0].ticket, Some(good));
        let moved = rows[0].moves.iter().find(|it| it.skill.id == refunds).expect("it moved refunds");
        assert!(moved.level_after > moved.level_before && moved.sd_after < moved.sd_before);
    }
}

#[test]
fn whoever_wrote_a_good_share_of_the_answers_did_the_work_too() {
    for world in World::on_each_database() {
        let (ana, kofi, mei) = (world.agent("Ana"), world.agent("Kofi"), world.agent("Mei"));
        let refunds = skill(&world, REFUNDS);
        let ticket = world.ticket("A refund please");
        world.run_jobs();
        assign(&world, ticket, ana);
        answer(&world, ticket, mei, Status::Open);
        for _ in 0..4 {
            answer(&world, ticket, kofi, Status::Open);
        }
        answer(&world, ticket, kofi, Status::Solved);
        world.run_jobs();
        world.advance(7 * DAY);
        world.run_jobs();
        assert!(held(&world, ana, refunds).is_some(), "the assignee");
        assert!(held(&world, kofi, refunds).is_some(), "five of six answers");
        assert!(held(&world, mei, refunds).is_none(), "one of six answers");
    }
}

fn rated(world: &World, ticket: TicketId, assignee: UserId, score: i64) -> RatingId {
    world.advance(60_000);
    let at = world.now();
    let rating = world.write(move |tx| {
        let requester: i64 =
            tx.value("select requester_id from tickets where id = $1", db::params![ticket])?;
        tx.value::<RatingId>(
            "insert into satisfaction_ratings
               (ticket_id, requester_id, assignee_id, token_hash, asked_at, expires_at, score, answered_at)
             values ($1, $2, $3, $4, $5, $5, $6, $5)
             on conflict (ticket_id) do update set score = excluded.score, answered_at = excluded.answered_at
             returning id",
            db::params![ticket, requester, assignee, format!("token of {ticket}"), at, score],
        )
    });
    for _ in 0..2 {
        world.write(move |tx| {
            Worker::default().run(tx, &Work::LearnFromRating { rating }).expect("it learns");
            Ok::<_, db::Error>(())
        });
    }
    rating
}

#[test]
fn a_rating_moves_those_who_answered_and_a_changed_mind_takes_its_place() {
    for world in World::on_each_database() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let refunds = skill(&world, REFUNDS);
        let (one, other) = (world.ticket("A refund please"), world.ticket("A refund please"));
        world.run_jobs();
        rated(&world, one, ana, 1);
        let low = level(&world, ana, refunds);
        rated(&world, one, ana, 5);
        rated(&world, other, kofi, 5);
        let changed = held(&world, ana, refunds).expect("known");
        assert!(changed.belief.level() > low, "on {}", world.name());
        assert_eq!(changed.evidence_count, 1, "the former word counts no more");
        let straight = held(&world, kofi, refunds).expect("known");
        assert!((changed.belief.mean - straight.belief.mean).abs() < 1e-3, "on {}", world.name());
        let rows = world.read(move |tx| views::evidence_about(tx, ana, None));
        let said: Vec<_> = rows.iter().map(|it| (it.observed, it.struck_at.is_some())).collect();
        let (first, second) = (Observed::Satisfaction { score: 1 }, Observed::Satisfaction { score: 5 });
        assert_eq!(said, [(second, false), (first, true)]);
        assert_eq!(world.read(move |tx| skills::check_person(tx, ana)), []);
    }
}

#[test]
fn a_statement_that_is_struck_out_gives_back_the_one_whose_place_it_took() {
    for world in World::on_each_database() {
        let (ana, lead, other) = (world.agent("Ana"), world.lead("Lea"), world.lead("Otto"));
        let refunds = skill(&world, REFUNDS);
        let says = |by: UserId, level: f64| {
            world.advance(DAY);
            let rate = Rate { user: ana, skill: refunds, level, note: String::new() };
            world.write_as(by, move |tx| skills::rate(tx, &rate));
        };
        says(lead, 3.0);
        says(other, 2.0);
        let before = held(&world, ana, refunds).expect("known");
        says(lead, 5.0);
        let rows = || world.read(move |tx| views::evidence_about(tx, ana, None));
        let evidence =
            rows().iter().find(|it| it.observed == Observed::LeadRating { level: 5.0 }).expect("said").id;
        let strike = StrikeEvidence { evidence, reason: "that was another Ana".into() };
        world.write_as(other, move |tx| skills::strike_evidence(tx, &strike));
        let counting: Vec<_> =
            rows().into_iter().filter(|it| it.struck_at.is_none()).map(|it| it.observed).collect();
        assert_eq!(
            counting,
            [Observed::LeadRating { level: 2.0 }, Observed::LeadRating { level: 3.0 }],
            "on {}",
            world.name()
        );
        let after = held(&world, ana, refunds).expect("known");
        assert_eq!(after.evidence_count, before.evidence_count);
        assert!((after.belief.level() - before.belief.level()).abs() < 0.05, "a day has passed: {after:?}");
        assert_eq!(world.read(move |tx| skills::check_person(tx, ana)), []);
    }
}

#[test]
fn the_same_observation_counts_once() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let refunds = skill(&world, REFUNDS);
        assert!(add(&world, outcome("one", ana, refunds, true, NOON)).is_some());
        let once = level(&world, ana, refunds);
        assert_eq!(add(&world, outcome("one", ana, refunds, true, NOON)), None);
        assert_eq!(level(&world, ana, refunds), once);
        assert!(add(&world, outcome("two", ana, refunds, true, NOON)).is_some());
        assert!(level(&world, ana, refunds) > once);
    }
}

#[test]
fn struck_out_evidence_has_never_happened() {
    for world in World::on_each_database() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let (refunds, empathy) = (skill(&world, REFUNDS), skill(&world, "empathy"));
        let mut contested = None;
        for day in 0..6 {
            let at = NOON + day * DAY;
            let both = |user: UserId| AddEvidence {
                skills: vec![(refunds, 2.0), (empathy, 1.0)],
                ..outcome(&format!("{user}:{day}"), user, refunds, day % 3 != 0, at)
            };
            add(&world, both(ana));
            if day == 2 {
                contested = add(&world, outcome("contested", ana, refunds, false, at));
            }
            add(&world, both(kofi));
        }
        let wronged = level(&world, ana, refunds);
        assert!(wronged < level(&world, kofi, refunds));
        let evidence = contested.expect("it was new");
        let strike = StrikeEvidence { evidence, reason: "that was another Ana".into() };
        let by_ana = strike.clone();
        let refused = world.try_as(ana, move |tx| skills::strike_evidence(tx, &by_ana));
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        let again = strike.clone();
        world.write_as(lead, move |tx| skills::strike_evidence(tx, &strike));
        for skill in [refunds, empathy] {
            let (one, other) =
                (held(&world, ana, skill).expect("known"), held(&world, kofi, skill).expect("known"));
            assert_eq!(one.belief, other.belief, "on {}", world.name());
            assert_eq!(one.evidence_count, other.evidence_count);
        }
        assert!(world.events().contains(&Event::EvidenceStruck { evidence, user: ana }));
        let rows = world.read(move |tx| views::evidence_about(tx, ana, None));
        let row = rows.iter().find(|it| it.id == evidence).expect("it stays in the list");
        assert_eq!(row.struck_reason.as_deref(), Some("that was another Ana"));
        let refused = world.try_as(lead, move |tx| skills::strike_evidence(tx, &again));
        assert!(matches!(refused, Err(SkillsError::StruckAlready)));
    }
}

#[test]
fn what_is_held_of_a_person_is_what_their_evidence_replays_to() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let keys = [REFUNDS, "empathy", "language-de", "email-support"];
        let skills: Vec<SkillId> = keys.map(|key| skill(&world, key)).to_vec();
        for n in 0_i64..40 {
            let (one, other) = (skills[(n % 4) as usize], skills[((n / 2 + 1) % 4) as usize]);
            let observed = match n % 5 {
                0 => Observed::Satisfaction { score: (n % 4 + 1) as u8 },
                1 => Observed::LeadRating { level: (n % 6) as f64 },
                _ => Observed::Outcome { for_good: n % 3 != 0 },
            };
            let mut about = vec![(one, 1.0)];
            if other != one {
                about.push((other, 0.5));
            }
            // Every seventh is told late.
            let at = NOON + n * 11 * 3_600_000 - if n % 7 == 0 { 20 * DAY } else { 0 };
            let command = AddEvidence {
                skills: about,
                observed,
                difficulty: (n % 3) as f64 * 0.2,
                ..outcome(&format!("line {n}"), ana, one, true, at)
            };
            add(&world, command);
        }
        world.advance(30 * DAY);
        let drifts = world.read(move |tx| skills::check_person(tx, ana));
        assert_eq!(drifts, [], "on {}", world.name());
        let before = world.read(move |tx| skills::proficiencies_of(tx, ana));
        world.write(move |tx| skills::replay_person(tx, ana));
        assert_eq!(world.read(move |tx| skills::proficiencies_of(tx, ana)), before, "on {}", world.name());
        world.write(move |tx| {
            tx.execute(
                "update proficiencies set mean = mean + 0.5 where skill_id = $1",
                db::params![skills[0]],
            )
        });
        let drifts = world.read(move |tx| skills::check_person(tx, ana));
        assert_eq!(drifts.len(), 1, "a changed number is noticed");
    }
}

#[test]
fn saying_it_again_replaces_ones_own_word_instead_of_adding_to_it() {
    for world in World::on_each_database() {
        let (ana, lead) = (world.agent("Ana"), world.lead("Lea"));
        let refunds = skill(&world, REFUNDS);
        for said in [1.0, 5.0, 4.0] {
            world.write_as(ana, move |tx| skills::rate_self(tx, &RateSelf { skill: refunds, level: said }));
        }
        let thrice = held(&world, ana, refunds).expect("known");
        assert_eq!(thrice.evidence_count, 1);
        let kofi = world.agent("Kofi");
        world.write_as(kofi, move |tx| skills::rate_self(tx, &RateSelf { skill: refunds, level: 4.0 }));
        assert_eq!(held(&world, kofi, refunds).expect("known").belief, thrice.belief);
        let rate = Rate { user: ana, skill: refunds, level: 2.0, note: String::new() };
        let by_a_colleague = rate.clone();
        let refused = world.try_as(kofi, move |tx| skills::rate(tx, &by_a_colleague));
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        world.write_as(lead, move |tx| skills::rate(tx, &rate));
        assert_eq!(held(&world, ana, refunds).expect("known").evidence_count, 2);
        let own = Rate { user: lead, skill: refunds, level: 5.0, note: String::new() };
        let refused = world.try_as(lead, move |tx| skills::rate(tx, &own));
        assert!(matches!(refused, Err(SkillsError::NotYourselfAsLead)));
        let wrong =
            world.try_as(ana, move |tx| skills::rate_self(tx, &RateSelf { skill: refunds, level: 5.1 }));
        let wrong = wrong.expect_err("there is no level 5.1");
        assert_eq!((wrong.kind(), wrong.field()), (Kind::Invalid, Some("level")));
    }
}
