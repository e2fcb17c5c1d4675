//! The refit as the system of record: what it writes, what moves from there on, and that a replay gives the same.

use desk::skills::refit;
use desk::skills::views;
use desk::skills::{self, AddEvidence, Observed, Policy, Proficiency, SkillsError, StrikeEvidence};
use desk::work::Work;
use desk::{Actor, EvidenceId, RefitRunId, Role, SkillId, UserId, people};
use testkit::{NOON, World};

const DAY: i64 = 24 * 3_600_000;
const KEYS: [&str; 3] = ["billing-and-refunds", "empathy", "email-support"];

struct Team {
    lea: UserId,
    people: Vec<UserId>,
    skills: Vec<SkillId>,
    last: EvidenceId,
}

/// Ten days of work, in which the first is good and the last is not.
fn team(world: &World) -> Team {
    let lea = world.lead("Lea");
    let people: Vec<UserId> = (0..4).map(|n| world.agent(&format!("Agent {n}"))).collect();
    let skills =
        KEYS.map(|key| world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("it is there").id);
    let mut last = EvidenceId(0);
    for day in 0..10 {
        for (n, user) in people.iter().enumerate() {
            for (m, skill) in skills.iter().enumerate() {
                let good = !(day as usize + n + m).is_multiple_of(5 - n);
                let observed = match (day + m as i64) % 4 {
                    0 => Observed::Satisfaction { score: if good { 5 } else { 2 } },
                    1 if n == 0 => Observed::LeadRating { level: 4.0 },
                    _ => Observed::Outcome { for_good: good },
                };
                last = add(world, &format!("{day}:{user}:{skill}"), *user, &[*skill], observed);
            }
        }
        world.advance(DAY);
    }
    Team { lea, people, skills: skills.to_vec(), last }
}

fn add(world: &World, key: &str, user: UserId, skills: &[SkillId], observed: Observed) -> EvidenceId {
    let command = of(world, key, user, skills, observed);
    world.write(move |tx| skills::add_evidence(tx, &command)).expect("it is new")
}

fn of(world: &World, key: &str, user: UserId, skills: &[SkillId], observed: Observed) -> AddEvidence {
    AddEvidence {
        key: key.into(),
        user,
        observed,
        ticket: None,
        by: None,
        skills: skills.iter().map(|it| (*it, 1.0)).collect(),
        difficulty: 0.1,
        at: world.now(),
        note: String::new(),
    }
}

fn run(world: &World, asked_by: Option<UserId>) -> Option<RefitRunId> {
    let db = world.desk.db.clone();
    std::thread::spawn(move || refit::run(&db, asked_by)).join().expect("it ends").expect("it runs")
}

fn check(world: &World) -> Option<refit::RefitCheck> {
    let db = world.desk.db.clone();
    std::thread::spawn(move || refit::check(&db)).join().expect("it ends").expect("it runs")
}

fn held(world: &World, user: UserId) -> Vec<Proficiency> {
    world.read(move |tx| skills::proficiencies_of(tx, user))
}

fn drifts_of(world: &World, people: &[UserId]) -> usize {
    people.iter().copied().map(|user| world.read(move |tx| skills::check_person(tx, user)).len()).sum()
}

#[test]
fn a_run_whose_process_has_ended_holds_up_the_next_for_minutes_only_and_is_told_as_failed() {
    for world in World::on_each_database() {
        let team = team(&world);
        let lost = run(&world, Some(team.lea)).expect("somebody asked");
        world.write(|tx| tx.execute("update refit_runs set finished_at = null, done = 0.75", db::params![]));
        world.take_outside_jobs();
        assert_eq!(run(&world, Some(team.lea)), None, "it may still be on its way");
        world.advance(60_000);
        let again = world.take_outside_jobs();
        assert!(again.contains(&Work::Refit { asked_by: Some(team.lea) }), "{again:?} on {}", world.name());
        world.advance(15 * 60_000);
        let next = run(&world, Some(team.lea)).expect("it is lost");
        let runs = world.read(|tx| refit::list_runs(tx, 5));
        assert_eq!((runs[0].id, &runs[0].failed), (next, &None));
        assert!(runs[1].id == lost && runs[1].failed.is_some() && runs[1].finished_at.is_some());
    }
}

#[test]
fn a_refit_is_stored_shown_and_gone_on_from_and_a_replay_gives_the_same_figures() {
    for world in World::on_each_database() {
        let team = team(&world);
        let online: Vec<Vec<Proficiency>> = team.people.iter().map(|user| held(&world, *user)).collect();
        assert_eq!(check(&world), None, "none has run yet");
        let first = run(&world, None).expect("there is evidence");
        let shown: Vec<Vec<Proficiency>> = team.people.iter().map(|user| held(&world, *user)).collect();
        assert_ne!(online, shown, "on {}", world.name());
        let sound = check(&world).expect("one has run");
        assert_eq!((sound.run, sound.beliefs, sound.different), (first, 12, 0), "on {}", world.name());
        assert_eq!(drifts_of(&world, &team.people), 0);
        // Good and bad work are told apart, and the certainty of others is not taken for one's own.
        let mean = |of: &[Proficiency]| of.iter().map(|it| it.belief.level()).sum::<f64>() / of.len() as f64;
        assert!(mean(&shown[0]) > mean(&shown[3]));
        assert!(shown[0].iter().all(|it| it.is_sure() && it.evidence_count == 10));

        // The online tier goes on from there at once, and what it adds survives a replay.
        let bad =
            add(&world, "after", team.people[0], &[team.skills[0]], Observed::Outcome { for_good: false });
        let moved = held(&world, team.people[0]);
        for (now, then) in moved.iter().zip(&shown[0]) {
            if now.skill == team.skills[0] {
                assert!(now.belief.level() < then.belief.level() && now.evidence_count == 11);
            } else {
                assert_eq!(now, then, "on {}", world.name());
            }
        }
        let person = team.people[0];
        world.write(move |tx| skills::replay_person(tx, person));
        assert_eq!(held(&world, person), moved, "on {}", world.name());
        assert_eq!(check(&world).expect("one has run").different, 0);
        // Struck out after the run, it never was: the person stands where the refit left them.
        let strike = StrikeEvidence { evidence: bad, reason: "another ticket".into() };
        world.write_as(team.lea, move |tx| skills::strike_evidence(tx, &strike));
        assert_eq!(held(&world, person), shown[0], "on {}", world.name());
    }
}

#[test]
fn striking_what_the_refit_has_seen_sends_the_person_back_to_their_evidence_until_the_next_run() {
    for world in World::on_each_database() {
        let team = team(&world);
        let person = team.people[3];
        let online = held(&world, person);
        run(&world, None).expect("there is evidence");
        let fitted = held(&world, person);
        world.take_outside_jobs();
        world.advance(60_000);
        let strike = StrikeEvidence { evidence: team.last, reason: "wrong person".into() };
        world.write_as(team.lea, move |tx| skills::strike_evidence(tx, &strike));
        let between = held(&world, person);
        assert_ne!(between, fitted);
        let other =
            |of: &[Proficiency]| of.iter().find(|it| it.skill == team.skills[0]).expect("known").moved_at;
        assert_eq!(other(&between), other(&online), "the other skills are as the filter alone has them");
        assert_eq!(drifts_of(&world, &[person]), 0);
        assert_eq!(world.outside_jobs(), [Work::Refit { asked_by: None }], "on {}", world.name());
        assert_eq!(check(&world).expect("one has run").different, 0, "the run was right when it ran");
        world.advance(DAY);
        run(&world, None).expect("something has changed");
        let after = held(&world, person);
        assert_eq!(after.iter().map(|it| it.evidence_count).sum::<i64>(), 29);
        assert_eq!(check(&world).expect("one has run").different, 0);
        assert_eq!(drifts_of(&world, &team.people), 0);
    }
}

#[test]
fn a_run_without_news_does_not_run_unless_somebody_asks() {
    for world in World::on_each_database() {
        assert_eq!(run(&world, Some(world.lead("Lea"))).map(|_| ()), Some(()), "even of nothing");
        let team = team(&world);
        assert!(run(&world, None).is_some());
        world.advance(3_600_000);
        assert_eq!(run(&world, None), None, "on {}", world.name());
        assert!(run(&world, Some(team.lea)).is_some());
        let agent = team.people[0];
        let refused = world.try_as(agent, refit::ask);
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        world.take_outside_jobs();
        for _ in 0..2 {
            world.write_as(team.lea, refit::ask);
        }
        assert_eq!(world.outside_jobs(), [Work::Refit { asked_by: Some(team.lea) }]);
        let runs = world.read(|tx| refit::list_runs(tx, 10));
        assert_eq!(runs.iter().map(|it| it.cause.as_str()).collect::<Vec<_>>(), ["asked", "hourly", "asked"]);
        let middle = &runs[1];
        assert_eq!((middle.people, middle.skills, middle.events, middle.beliefs), (4, 3, 120, 12));
        assert!(middle.finished_at.is_some() && middle.done == 1.0 && middle.drift_rms.is_some());
        assert!(runs[0].drift_mean.expect("compared") < middle.drift_mean.expect("compared"), "nothing new");
        assert!(!world.read(refit::drifts).is_empty());
    }
}

#[test]
fn what_is_switched_off_is_not_in_the_refit_and_rules_that_change_send_everybody_back() {
    for world in World::on_each_database() {
        let team = team(&world);
        let admin = world.admin("Root");
        run(&world, None).expect("there is evidence");
        let with_all = held(&world, team.people[0]);
        world.advance(DAY);
        let off = Policy { sources_off: vec!["lead".into()], ..Policy::default() };
        world.write_as(admin, move |tx| skills::set_policy(tx, &off));
        world.run_jobs();
        assert_eq!(drifts_of(&world, &team.people), 0, "on {}", world.name());
        run(&world, None).expect("the rules have changed");
        let without = held(&world, team.people[0]);
        assert!(
            without.iter().map(|it| it.evidence_count).sum::<i64>()
                < with_all.iter().map(|it| it.evidence_count).sum()
        );
        assert_eq!(check(&world).expect("one has run").different, 0);
        assert_eq!(drifts_of(&world, &team.people), 0);
    }
}

/// Months of work that is told today, as an import tells it: good until four weeks ago, and then not.
fn told_late(world: &World, key: &str, user: UserId, skill: SkillId) {
    for n in 0..33_i64 {
        let command = AddEvidence {
            at: world.now() - (200 - 6 * n) * DAY,
            ..of(world, &format!("{key}:{n}"), user, &[skill], Observed::Outcome { for_good: n < 30 })
        };
        world.write(move |tx| skills::add_evidence(tx, &command)).expect("it is new");
    }
}

fn trend_of(world: &World, user: UserId, skill: SkillId) -> Option<f64> {
    let page = world.read_as(world.as_(user), move |tx| views::person_skills(tx, user)).expect("theirs");
    page.levels.iter().find(|it| it.skill.id == skill).expect("known").cell.trend
}

/// Week by week, what the desk remembers of somebody in one skill.
fn words(world: &World, user: UserId, skill: SkillId) -> Vec<(i64, f64)> {
    world.read(move |tx| {
        tx.list(
            "select week, mean from belief_weeks where user_id = $1 and skill_id = $2 order by week",
            db::params![user, skill],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    })
}

#[test]
fn a_desk_that_takes_in_its_past_has_trends_and_curves_from_its_first_refit_on() {
    for world in World::on_each_database() {
        let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let skill = world.read(|tx| skills::find_skill_by_key(tx, KEYS[1])).expect("it is there").id;
        told_late(&world, "first", ana, skill);
        run(&world, None).expect("there is evidence");
        assert!(trend_of(&world, ana, skill).is_some_and(|by| by < 0.0), "on {}", world.name());
        let laid = words(&world, ana, skill);
        assert!(laid.len() >= 7, "a month apart since then, and now: {laid:?}");
        assert!(laid[0].1 < laid[laid.len() - 2].1, "better and better for months: {laid:?}");
        let since = world.now() - 365 * DAY;
        let curve = world.read(move |tx| views::curves(tx, ana, since)).remove(&skill).expect("drawn");
        assert!(curve.iter().filter(|it| it.at < world.now() - 28 * DAY).count() >= 5, "{curve:?}");
        assert_eq!(check(&world).expect("one has run").different, 0);

        // What was laid stays, until much is told late of the same person.
        let (first, _) = laid[0];
        let mark = move |tx: &mut desk::Tx| {
            tx.execute("update belief_weeks set mean = 7 where week = $1", db::params![first])
        };
        world.write(mark);
        world.advance(3_600_000);
        add(&world, "news", ana, &[skill], Observed::Outcome { for_good: true });
        told_late(&world, "second", kofi, skill);
        run(&world, Some(lea)).expect("there is news");
        assert_eq!(words(&world, ana, skill)[0], (first, 7.0), "on {}", world.name());
        assert!(trend_of(&world, kofi, skill).is_some(), "an import of later brings its past along");
        let more = AddEvidence {
            at: world.now() - 190 * DAY,
            ..of(&world, "more", ana, &[skill], Observed::Outcome { for_good: true })
        };
        world.write(move |tx| skills::add_evidence(tx, &more)).expect("it is new");
        world.advance(3_600_000);
        run(&world, None).expect("there is news");
        assert!(words(&world, ana, skill)[0].1 < 7.0, "on {}", world.name());
        assert_eq!(drifts_of(&world, &[ana, kofi]), 0);
    }
}

#[test]
fn trends_remember_a_month_and_the_person_alone_sees_what_is_not_sure() {
    for world in World::on_each_database() {
        let team = team(&world);
        let person = team.people[0];
        run(&world, None).expect("there is evidence");
        world.advance(35 * DAY);
        for n in 0..4 {
            let bad = Observed::Outcome { for_good: false };
            add(&world, &format!("later {n}"), person, &[team.skills[0]], bad);
        }
        run(&world, None).expect("there is news");
        let seen =
            world.read_as(world.as_(person), move |tx| views::person_skills(tx, person)).expect("hers");
        let it = seen.levels.iter().find(|it| it.skill.id == team.skills[0]).expect("known");
        assert!(it.trend.is_some_and(|by| by < 0.0), "{:?} on {}", it.trend, world.name());
        assert!(world.read_as(Actor::desk(), refit::last_finished_at).expect("it reads") >= Some(NOON));
    }
}

#[test]
fn a_desk_from_before_counts_what_it_has_seen_since_the_last_release() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("desk.sqlite").display());
    let db =
        desk::Db::open(&url, db::Options { durable: false, ..db::Options::default() }).expect("it opens");
    let all = desk::migrations();
    let before = all.iter().position(|it| it.name.ends_with("_footing")).expect("it is there");
    db.migrate(&all[..before], Actor::desk()).expect("as it was");
    let person = people::CreateUser { name: "Ana".into(), role: Role::EndUser, ..Default::default() };
    let skill = |name: &str| skills::CreateSkill {
        name: name.into(),
        kind: skills::SkillKind::Technical,
        meaning: String::new(),
        anchors: Default::default(),
        decay: None,
    };
    let (first, other) = (skill("Printers"), skill("Networks"));
    db.write_now(Actor::desk(), move |tx| {
        let user = people::create_user(tx, &person).expect("a person");
        let first = skills::create_skill(tx, &first).expect("a skill").id;
        let other = skills::create_skill(tx, &other).expect("a skill").id;
        let both = [first, other];
        let rows: [(&str, i64, &[SkillId], Option<i64>); 6] = [
            ("outcome", 1, &both[..1], None),
            ("release", 2, &both[..1], None),
            ("satisfaction", 3, &both[..1], None),
            ("outcome", 4, &both, None),
            ("release", 5, &both, Some(6)),
            ("outcome", 7, &both[..1], Some(8)),
        ];
        for (kind, at, about, struck_at) in rows {
            let evidence: i64 = tx.value(
                "insert into evidence (key, user_id, kind, value, difficulty, at, recorded_at, struck_at)
                 values ($1, $2, $3, 1.0, 0.0, $4, $4, $5) returning id",
                db::params![format!("{kind}{at}"), user, kind, at, struck_at],
            )?;
            for skill in about {
                tx.execute(
                    "insert into evidence_moves
                       (evidence_id, skill_id, weight, mean_before, variance_before, mean_after, variance_after)
                     values ($1, $2, 1.0, 0.0, 1.0, 0.0, 1.0)",
                    db::params![evidence, *skill],
                )?;
            }
        }
        for skill in both {
            tx.execute(
                "insert into proficiencies
                   (user_id, skill_id, mean, variance, prior_mean, evidence_count, moved_at)
                 values ($1, $2, 0.0, 1.0, 0.0, 1, 1)",
                db::params![user, skill],
            )?;
        }
        Ok::<_, desk::DbError>(())
    })
    .expect("it is kept");
    assert!(db.migrate(all, Actor::desk()).expect("as it is") >= 1);
    let counted: Vec<(f64, Option<i64>)> = db
        .read_now(Actor::desk(), |tx| {
            tx.list("select observed, seen_at from proficiencies order by skill_id", db::params![], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
        })
        .expect("it reads");
    assert_eq!(counted, [(0.35 + 0.5, Some(4)), (0.5, Some(4))]);
}
