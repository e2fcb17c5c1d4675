//! What tickets need and what people can do: triage, evidence, strikes, replays, and who sees what of it.

use desk::events::Event;
use desk::skills::views::{self, MatrixFilter};
use desk::skills::{
    self, AddEvidence, CreateRule, Hardness, Observed, Proficiency, Rate, RateSelf, Requirement,
    SetInterests, SetRequirements, SkillsError, Source, StrikeEvidence,
};
use desk::tickets::{self, Channel, NewComment, Status, UpdateTicket};
use desk::work::{Work, Worker};
use desk::{Kind, RatingId, Refusal, SkillId, TicketId, UserId};
use testkit::{NOON, World};

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
fn the_library_is_there_from_the_first_moment_and_laid_once() {
    for world in World::on_each_database() {
        let (skills, rules) = world.read(|tx| {
            Ok::<_, desk::skills::SkillsError>((skills::list_skills(tx)?, skills::list_rules(tx, None)?))
        });
        let library = ::skills::library();
        assert_eq!(
            (skills.len(), rules.len()),
            (library.skills.len(), library.rules.len()),
            "on {}",
            world.name()
        );
        let refunds = skills.iter().find(|it| it.key == REFUNDS).expect("it is in the library");
        assert_eq!(refunds.anchors, library.skill(REFUNDS).expect("it is there").anchors);
    }
}

#[test]
fn triage_says_which_of_the_customers_words_ask_for_a_skill() {
    for world in World::on_each_database() {
        let ticket = world.ticket("You charged twice for my order and I would like my money back please");
        world.run_jobs();
        let needs = world.read(move |tx| skills::requirements_of(tx, ticket));
        let refunds = needs.iter().find(|it| it.skill.key == REFUNDS).expect("refunds are needed");
        assert!(refunds.because.iter().any(|words| words == "charged twice"), "{:?}", refunds.because);
        assert_eq!(refunds.source, Source::Rule);
        assert!(needs.iter().any(|it| it.skill.key == "email-support"));
        let found = world.read(move |tx| tickets::find_ticket(tx, ticket)).expect("it exists");
        assert_eq!(found.language.as_deref(), Some("en"));
        assert!(world.events().contains(&Event::RequirementsSet { ticket, by_person: false }));
    }
}

#[test]
fn a_persons_word_on_what_a_ticket_needs_outlives_triage() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let ticket = world.ticket("I would like a refund");
        world.run_jobs();
        let refunds = skill(&world, REFUNDS);
        let set = SetRequirements {
            ticket,
            requirements: vec![Requirement {
                skill: refunds,
                level: 4.0,
                weight: 1.0,
                hardness: Hardness::Must,
            }],
        };
        world.write_as(ana, move |tx| skills::set_requirements(tx, &set).map(|_| ()));
        world.write(move |tx| {
            Worker::default().run(tx, &Work::TriageTicket { ticket }).expect("triage runs again");
            Ok::<_, db::Error>(())
        });
        let needs = world.read(move |tx| skills::requirements_of(tx, ticket));
        let row = needs.iter().find(|it| it.skill.id == refunds).expect("still needed");
        assert_eq!((row.level, row.hardness, row.source), (4.0, Hardness::Must, Source::Person));
        let customer = world.customer("Marta", "marta@example.org");
        let set = SetRequirements { ticket, requirements: vec![] };
        let refused = world.try_as(customer, move |tx| skills::set_requirements(tx, &set));
        assert!(matches!(refused, Err(SkillsError::NotAnAgent)));
    }
}

#[test]
fn an_edited_rule_counts_from_the_next_ticket_on() {
    for world in World::on_each_database() {
        let lead = world.lead("Lea");
        let find = |ticket: TicketId, skill: SkillId| {
            world.read(move |tx| skills::requirements_of(tx, ticket)).iter().any(|it| it.skill.id == skill)
        };
        let empathy = skill(&world, "empathy");
        let first = world.ticket("The flux capacitor hums");
        world.run_jobs();
        assert!(!find(first, empathy));
        let create = CreateRule {
            skill: empathy,
            level: 3.0,
            weight: 1.0,
            hardness: Hardness::Prefer,
            language: None,
            phrases: vec!["Flux  capacitor*".into()],
        };
        let agent = world.agent("Ana");
        let by_an_agent = create.clone();
        let refused = world.try_as(agent, move |tx| skills::create_rule(tx, &by_an_agent));
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        let rule = world.write_as(lead, move |tx| skills::create_rule(tx, &create)).id;
        let second = world.ticket("The flux capacitor hums");
        world.run_jobs();
        assert!(find(second, empathy), "on {}", world.name());
        let tried = world.read(|tx| skills::try_rules(tx, "Help\nMy flux capacitors hum"));
        assert!(tried.needs.iter().any(|it| it.rules == [rule] && it.because == ["flux capacitors"]));
        world.write_as(lead, move |tx| skills::disable_rule(tx, rule));
        let third = world.ticket("The flux capacitor hums");
        world.run_jobs();
        assert!(!find(third, empathy));
    }
}

#[test]
fn a_foreign_language_is_a_must_only_once_somebody_surely_speaks_it() {
    for world in World::on_each_database() {
        let (lead, ana) = (world.lead("Lea"), world.agent("Ana"));
        let german = skill(&world, "language-de");
        let words = "Guten Tag, ich habe gestern ein Paket bestellt und es ist leider noch nicht angekommen";
        let need = |ticket: TicketId| {
            let needs = world.read(move |tx| skills::requirements_of(tx, ticket));
            needs.into_iter().find(|it| it.skill.id == german).expect("German is needed").hardness
        };
        let before = world.ticket(words);
        world.run_jobs();
        assert_eq!(need(before), Hardness::Prefer);
        let rate = Rate { user: ana, skill: german, level: 5.0, note: "grew up in Graz".into() };
        world.write_as(lead, move |tx| skills::rate(tx, &rate));
        let after = world.ticket(words);
        world.run_jobs();
        assert_eq!(need(after), Hardness::Must, "on {}", world.name());
    }
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

#[test]
fn a_level_that_stands_on_little_is_shown_to_the_person_only() {
    for world in World::on_each_database() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let customer = world.customer("Marta", "marta@example.org");
        let refunds = skill(&world, REFUNDS);
        add(&world, outcome("first", ana, refunds, true, NOON));
        let cell = |viewer: UserId| {
            let matrix = world
                .read_as(world.as_(viewer), |tx| views::matrix(tx, &MatrixFilter::default()))
                .expect("staff may look");
            let column = matrix.skills.iter().position(|it| it.skill.id == refunds).expect("it is known");
            matrix.rows.iter().find(|it| it.user == ana).expect("Ana is there").cells[column]
        };
        assert_eq!(cell(kofi), None, "on {}", world.name());
        assert!(cell(ana).is_some_and(|it| !it.sure));
        assert_eq!(cell(lead), None, "not even to a lead");
        let page = world.read_as(world.as_(lead), move |tx| views::evidence_of_cell(tx, ana, refunds));
        let page = page.expect("leads see evidence");
        assert!(page.is_hidden && page.cell.is_none());
        assert!(page.evidence[0].moves.is_empty(), "how far it moved would tell the level");
        for n in 0..12 {
            add(&world, outcome(&format!("more {n}"), ana, refunds, n % 4 != 0, NOON));
        }
        assert!(cell(kofi).is_some_and(|it| it.sure && it.evidence_count == 13));
        let seen =
            world.read_as(world.as_(kofi), move |tx| views::person_skills(tx, ana)).expect("staff may look");
        assert!(seen.evidence.is_empty() && !seen.levels.is_empty());
        let refused = world.read_as(world.as_(kofi), move |tx| views::evidence_of_cell(tx, ana, refunds));
        assert!(matches!(refused, Err(SkillsError::NotForYou)));
        let own = world.read_as(world.as_(ana), move |tx| views::evidence_of_cell(tx, ana, refunds));
        assert_eq!(own.expect("it is hers").evidence.len(), 13);
        let refused = world.read_as(world.as_(customer), |tx| views::matrix(tx, &MatrixFilter::default()));
        assert!(matches!(refused, Err(SkillsError::NotStaff)));
    }
}

#[test]
fn the_matrix_names_the_skill_that_only_one_person_holds() {
    for world in World::on_each_database() {
        let (ana, kofi, lead) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let billing = world.group("Billing", &[ana]);
        let refunds = skill(&world, REFUNDS);
        let works = |user: UserId, name: &str| {
            for n in 0..40 {
                add(&world, outcome(&format!("{name} {n}"), user, refunds, true, NOON));
            }
        };
        world.ticket("A refund please");
        world.run_jobs();
        let head = |filter: MatrixFilter| {
            let matrix = world.read(move |tx| views::matrix(tx, &filter));
            let head =
                matrix.skills.iter().find(|it| it.skill.id == refunds).expect("it is asked for").clone();
            (head.independent_people, head.single_point_of_failure, head.demand, matrix.rows.len())
        };
        assert_eq!(head(MatrixFilter::default()), (0, false, 1, 3), "of nobody anything is known");
        works(ana, "ana");
        assert_eq!(head(MatrixFilter::default()), (1, true, 1, 3), "on {}", world.name());
        works(kofi, "kofi");
        assert_eq!(head(MatrixFilter::default()), (2, false, 1, 3));
        let group = MatrixFilter { group: Some(billing), ..Default::default() };
        assert_eq!(head(group), (1, false, 1, 1), "what hangs on one is said of the desk, whoever is shown");
        let query = MatrixFilter { query: Some("kof".into()), ..Default::default() };
        assert_eq!(head(query), (1, false, 1, 1));
        let single = |world: &World| {
            let team = world.read_as(world.as_(lead), skills::planning::team).expect("a lead may plan");
            team.singles().any(|it| it.skill.id == refunds)
        };
        assert!(!single(&world));
        world.advance(31 * DAY);
        assert_eq!(head(MatrixFilter::default()).2, 0, "demand is of the last month");
        let page = world.read(move |tx| views::skill_page(tx, refunds));
        assert_eq!(page.people.len(), 2);
        assert!(!page.rules.is_empty());
    }
}

#[test]
fn a_skill_unseen_fades_and_its_trend_says_so() {
    for world in World::on_each_database() {
        let (ana, lead) = (world.agent("Ana"), world.lead("Lea"));
        let refunds = skill(&world, REFUNDS);
        let rate = Rate { user: ana, skill: refunds, level: 5.0, note: String::new() };
        world.write_as(lead, move |tx| skills::rate(tx, &rate));
        let fresh = held(&world, ana, refunds).expect("known");
        world.advance(90 * DAY);
        let faded = held(&world, ana, refunds).expect("known");
        assert!(faded.belief.level() < fresh.belief.level() && faded.belief.variance > fresh.belief.variance);
        let page = world.read(move |tx| views::person_skills(tx, ana));
        assert!(page.levels[0].trend.is_some_and(|trend| trend < 0.0), "on {}", world.name());
    }
}

#[test]
fn interests_are_ones_own() {
    for world in World::on_each_database() {
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let german = skill(&world, "language-de");
        let set = SetInterests { user: ana, skills: vec![german, german] };
        let by_kofi = set.clone();
        let refused = world.try_as(kofi, move |tx| skills::set_interests(tx, &by_kofi));
        assert!(matches!(refused, Err(SkillsError::NotYourOwn)));
        world.write_as(ana, move |tx| skills::set_interests(tx, &set));
        let page = world.read(move |tx| views::person_skills(tx, ana));
        assert_eq!(page.interests.iter().map(|it| it.id).collect::<Vec<_>>(), [german]);
        assert_eq!(world.events(), [Event::InterestsChanged { user: ana }]);
    }
}
