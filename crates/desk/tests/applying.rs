//! Applying on an opening's page, and what the work of those who were hired says of those who interviewed them.

use desk::hiring::{
    self, APPLICATION_CONFIRM_DAYS, AddCandidate, ApplicationFile, Apply, CANDIDATE_KEPT_DAYS, HiringError,
    OpeningState, SaveScorecard, Score, Stage, WriteNeed, WriteOpening, views,
};
use desk::mail::{self, MailRules};
use desk::skills::{self, AddEvidence, Observed};
use desk::work::{Work, Worker};
use desk::{Actor, CandidateId, OpeningId, SkillId, UserId};
use testkit::World;

const DAY: i64 = 24 * 3_600_000;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn opening(world: &World, lead: UserId, state: OpeningState) -> OpeningId {
    let need = |key| WriteNeed { skill: skill(world, key), level: 3.0, weight: 0.5, question: String::new() };
    let command = WriteOpening {
        title: "Support specialist".into(),
        summary: "You help people who cannot sign in.".into(),
        place: String::new(),
        seats: 1,
        reason: String::new(),
        role: None,
        needs: vec![need("empathy"), need("de-escalation")],
    };
    let id = world.write_as(lead, move |tx| {
        let id = hiring::create_opening(tx, &command)?;
        hiring::move_opening(tx, id, state)?;
        Ok::<_, HiringError>(id)
    });
    world.run_jobs();
    world.take_outside_jobs();
    id
}

fn nour(opening: OpeningId) -> Apply {
    Apply {
        opening,
        name: "Nour  Haddad".into(),
        email: "Nour@Example.org".into(),
        words: "I have helped people for six years.".into(),
        language: "de".into(),
        consent: "I agree.".into(),
        file: Some(ApplicationFile { name: "cv.pdf".into(), bytes: b"%PDF-1.7".to_vec() }),
    }
}

fn apply(world: &World, it: &Apply) -> Result<(), HiringError> {
    let it = it.clone();
    world.try_write(Actor::desk(), move |tx| hiring::apply(tx, &it))
}

/// The mails that would have left since the last look.
fn letters(world: &World) -> Vec<mail::Outgoing> {
    let mail_of = |work| match work {
        Work::SendMail { mail_out } => world.read(move |tx| mail::outgoing(tx, mail_out)).map(|mail| mail.0),
        _ => None,
    };
    world.take_outside_jobs().into_iter().filter_map(mail_of).collect()
}

fn token(letter: &mail::Outgoing) -> String {
    let line = letter.text.lines().find(|line| line.contains("/jobs/applications/")).expect("a link");
    line.rsplit_once('/').unwrap().1.trim().to_owned()
}

/// The opening's link in the mail that waits to be sent, which stays where it is.
fn token_of_waiting(world: &World) -> String {
    let mail_of = |work| match work {
        Work::SendMail { mail_out } => world.read(move |tx| mail::outgoing(tx, mail_out)).map(|mail| mail.0),
        _ => None,
    };
    token(&world.outside_jobs().into_iter().find_map(mail_of).expect("a mail waits"))
}

fn mails_to(world: &World, address: &'static str) -> i64 {
    let sql = "select cast(count(*) as bigint) from mail_out where to_address = $1";
    world.read(move |tx| tx.one(sql, db::params![address], |row| row.get(0)))
}

fn words_of(world: &World, opening: OpeningId) -> Vec<String> {
    let sql = "select words from applications where opening_id = $1 order by id";
    world.read(move |tx| tx.list(sql, db::params![opening], |row| row.get(0)))
}

fn rows(world: &World, table: &'static str) -> i64 {
    let sql = format!("select cast(count(*) as bigint) from {table}");
    world.read(move |tx| tx.one(&sql, db::params![], |row| row.get(0)))
}

#[test]
fn an_application_is_seen_once_its_address_confirms_and_goes_with_all_of_it_when_taken_back() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let id = opening(&world, lea, OpeningState::Public);
        let found = move |world: &World| {
            world.read_as(world.as_(lea), move |tx| views::opening_page(tx, id)).unwrap().candidates
        };
        apply(&world, &Apply { words: "First words".into(), ..nour(id) }).unwrap();
        apply(&world, &nour(id)).unwrap();
        let told = letters(&world);
        assert_eq!(told.len(), 2, "on {}", world.name());
        assert!(told[1].subject.starts_with("Ihre Bewerbung") && !told[1].text.contains("six years"));
        assert!(!told[1].text.contains("Nour"), "nothing that a stranger typed is sent on");
        assert!(found(&world).is_empty(), "nobody sees it before it is confirmed");

        let link = token(&told[1]);
        let copy = link.clone();
        let state = world.read(move |tx| hiring::application_state(tx, &copy));
        assert_eq!((state.title.as_str(), state.confirmed), ("Support specialist", false));
        let copy = link.clone();
        assert!(world.write(move |tx| hiring::confirm_application(tx, &copy)).confirmed);
        let copy = link.clone();
        assert!(world.write(move |tx| hiring::confirm_application(tx, &copy)).confirmed, "twice is no error");
        let all = found(&world);
        assert_eq!(all.len(), 1);
        let candidate = all[0].candidate.id;
        let page = world.read_as(world.as_(lea), move |tx| views::candidate_page(tx, candidate)).unwrap();
        let sent = page.application.expect("what they wrote is there");
        assert_eq!((sent.name.as_str(), sent.words.as_str()), ("Nour Haddad", nour(id).words.as_str()));
        assert_eq!(sent.consent, "I agree.");
        let file = move |who: UserId| {
            move |tx: &mut desk::Tx| {
                let _ = who;
                hiring::application_file(tx, candidate)
            }
        };
        assert_eq!(world.read_as(world.as_(lea), file(lea)).unwrap().bytes, b"%PDF-1.7");
        assert!(matches!(world.read_as(world.as_(ana), file(ana)), Err(HiringError::NotALead)));

        apply(&world, &Apply { words: "Others' words".into(), ..nour(id) }).unwrap();
        assert!(letters(&world).is_empty(), "who has applied is asked no more, and nothing changes");
        let forged = format!("{}{}", &link[..link.len() - 1], if link.ends_with('0') { '1' } else { '0' });
        let forged = world.try_write(Actor::desk(), move |tx| hiring::erase_application(tx, &forged));
        assert!(matches!(forged, Ok(None)));
        assert_eq!(found(&world).len(), 1);

        let copy = link.clone();
        assert!(world.write(move |tx| hiring::erase_application(tx, &copy)).is_some());
        assert!(found(&world).is_empty());
        for table in ["applications", "application_files", "candidates", "mail_out"] {
            assert_eq!(rows(&world, table), 0, "{table} on {}", world.name());
        }
        let copy = link.clone();
        assert!(world.write(move |tx| hiring::erase_application(tx, &copy)).is_none(), "twice is no error");
    }
}

#[test]
fn what_nobody_confirms_is_deleted_and_what_is_decided_goes_in_time() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let id = opening(&world, lea, OpeningState::Public);
        apply(&world, &nour(id)).unwrap();
        world.advance((APPLICATION_CONFIRM_DAYS + 1) * DAY);
        world.write(|tx| Worker::default().run(tx, &Work::TidyHiring));
        for table in ["applications", "application_files", "mail_out"] {
            assert_eq!(rows(&world, table), 0, "{table} on {}", world.name());
        }
        assert!(letters(&world).is_empty(), "what was not sent yet is not sent any more");
        apply(&world, &nour(id)).unwrap();
        let link = token(&letters(&world)[0]);
        world.write(move |tx| hiring::confirm_application(tx, &link));
        let candidate: CandidateId =
            world.read(|tx| tx.one("select id from candidates", db::params![], |row| row.get(0)));
        world.write_as(lea, move |tx| hiring::move_candidate(tx, candidate, Stage::Declined));
        world.advance((CANDIDATE_KEPT_DAYS + 1) * DAY);
        world.write(|tx| Worker::default().run(tx, &Work::TidyHiring));
        for table in ["applications", "application_files", "mail_out"] {
            assert_eq!(rows(&world, table), 0, "{table} on {}", world.name());
        }
    }
}

#[test]
fn a_mail_that_was_not_sent_yet_is_not_sent_after_its_application_is_taken_back() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let id = opening(&world, lea, OpeningState::Public);
        apply(&world, &nour(id)).unwrap();
        let link = token_of_waiting(&world);
        assert!(world.write(move |tx| hiring::erase_application(tx, &link)).is_some());
        assert!(letters(&world).is_empty() && rows(&world, "mail_out") == 0, "on {}", world.name());

        apply(&world, &nour(id)).unwrap();
        let link = token_of_waiting(&world);
        world.write(move |tx| hiring::confirm_application(tx, &link));
        let candidate: CandidateId =
            world.read(|tx| tx.one("select id from candidates", db::params![], |row| row.get(0)));
        world.write_as(lea, move |tx| hiring::forget_candidate(tx, candidate));
        assert!(letters(&world).is_empty() && rows(&world, "mail_out") == 0, "on {}", world.name());
    }
}

#[test]
fn a_form_for_which_no_mail_may_leave_changes_nothing_of_the_one_that_waits() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let id = opening(&world, lea, OpeningState::Public);
        for words in ["First", "Second"] {
            apply(&world, &Apply { words: words.into(), ..nour(id) }).unwrap();
        }
        let link = token(&letters(&world)[1]);
        world.advance(1_000);
        let others = Apply { words: "A stranger's".into(), file: None, ..nour(id) };
        apply(&world, &others).unwrap();
        assert!(letters(&world).is_empty(), "two mails with one subject are enough for three hours");
        assert_eq!(words_of(&world, id), ["Second"], "on {}", world.name());
        assert_eq!(rows(&world, "application_files"), 1);
        let copy = link.clone();
        let state = world.read(move |tx| hiring::application_state(tx, &copy));
        assert_eq!(state.title, "Support specialist", "and the link that was mailed still leads to it");

        world.advance(3 * 3_600_000);
        apply(&world, &Apply { words: "Third".into(), ..nour(id) }).unwrap();
        assert_eq!(letters(&world).len(), 1);
        assert_eq!(words_of(&world, id), ["Third"], "what is written anew is asked anew");

        let spent = MailRules { automatic_per_hour_max: 1, ..MailRules::default() };
        world.write(move |tx| spent.save(tx));
        let pia = Apply { email: "pia@example.org".into(), ..nour(id) };
        assert!(matches!(apply(&world, &pia), Err(HiringError::TooManyApplications)), "whoever asks");
        assert!(matches!(apply(&world, &nour(id)), Err(HiringError::TooManyApplications)));
        assert_eq!(words_of(&world, id), ["Third"], "on {}", world.name());
    }
}

#[test]
fn a_full_opening_makes_room_by_letting_its_oldest_unconfirmed_go_and_no_other_is_touched() {
    let world = World::on_sqlite();
    let lea = world.lead("Lea");
    let (full, other) =
        (opening(&world, lea, OpeningState::Public), opening(&world, lea, OpeningState::Public));
    let of = |n: usize| Apply { email: format!("n{n}@example.org"), words: format!("{n}"), ..nour(full) };
    apply(&world, &Apply { email: "pia@example.org".into(), ..nour(other) }).unwrap();
    letters(&world);
    apply(&world, &of(0)).unwrap();
    let sent = world.take_outside_jobs();
    let Some(Work::SendMail { mail_out }) = sent.first().cloned() else { panic!("{sent:?}") };
    world.write(move |tx| mail::mark_sent(tx, mail_out, "250 Ok"));
    for n in 1..hiring::APPLICATIONS_UNCONFIRMED_MAX {
        apply(&world, &Apply { file: None, ..of(n) }).unwrap();
    }
    assert_eq!(words_of(&world, full)[0], "0");
    apply(&world, &nour(full)).expect("one more is taken");
    apply(&world, &nour(other)).expect("and at another opening");
    let kept = words_of(&world, full);
    assert_eq!((kept.len(), kept[0].as_str()), (hiring::APPLICATIONS_UNCONFIRMED_MAX, "1"));
    assert_eq!(words_of(&world, other).len(), 2);
    assert_eq!(rows(&world, "application_files"), 3, "the file went with its application");

    assert_eq!(mails_to(&world, "n0@example.org"), 1, "what was sent counts against the next mails to it,");
    apply(&world, &of(0)).unwrap();
    assert_eq!((mails_to(&world, "n0@example.org"), mails_to(&world, "n1@example.org")), (2, 0));
    world.advance(2 * DAY);
    world.write(|tx| Worker::default().run(tx, &Work::TidyHiring));
    assert_eq!(mails_to(&world, "n0@example.org"), 1, "and goes soon");
}

#[test]
fn only_public_openings_take_applications() {
    let world = World::on_sqlite();
    let lea = world.lead("Lea");
    let inside = opening(&world, lea, OpeningState::Inside);
    assert!(matches!(apply(&world, &nour(inside)), Err(HiringError::NoSuchOpening)));
    let id = opening(&world, lea, OpeningState::Public);
    let without = Apply { consent: String::new(), ..nour(id) };
    assert!(matches!(apply(&world, &without), Err(HiringError::ConsentIsMissing)));
    for closed in [inside, id] {
        world.write_as(lea, move |tx| hiring::move_opening(tx, closed, OpeningState::Closed));
    }
    assert!(matches!(apply(&world, &nour(id)), Err(HiringError::OpeningIsClosed)));
    assert!(
        matches!(apply(&world, &nour(inside)), Err(HiringError::NoSuchOpening)),
        "nobody outside knew it"
    );
}

fn scored(world: &World, by: UserId, candidate: CandidateId, skill: SkillId, level: f64) {
    let scores = vec![Score { skill, level, note: String::new() }];
    let card = SaveScorecard { candidate, note: String::new(), scores };
    world.write_as(by, move |tx| hiring::save_scorecard(tx, &card));
}

fn works(world: &World, user: UserId, skill: SkillId, when: &str, count: usize) {
    for n in 0..count {
        let evidence = AddEvidence {
            key: format!("{when}-{user}-{n}"),
            user,
            observed: Observed::Outcome { for_good: n % 5 != 0 },
            ticket: None,
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty: 0.0,
            at: world.now(),
            note: String::new(),
        };
        world.write(move |tx| skills::add_evidence(tx, &evidence));
    }
}

#[test]
fn interviewers_whose_scores_work_did_not_bear_out_count_for_less_even_after_the_hired_are_forgotten() {
    for world in World::on_each_database() {
        let (lea, max) = (world.lead("Lea"), world.lead("Max"));
        let empathy = skill(&world, "empathy");
        let id = opening(&world, lea, OpeningState::Inside);
        let mut hired = Vec::new();
        for n in 0..6 {
            let user = world.agent(&format!("Hired {n}"));
            let candidate = world.write_as(user, move |tx| hiring::volunteer(tx, id, ""));
            // Lea says about what work will show; Max says anything.
            scored(&world, lea, candidate, empathy, 3.5);
            scored(&world, max, candidate, empathy, if n % 2 == 0 { 0.0 } else { 5.0 });
            world.write_as(lea, move |tx| hiring::move_candidate(tx, candidate, Stage::Hired));
            hired.push((user, candidate));
        }
        let add = AddCandidate { name: "Pia".into(), ..AddCandidate::default() };
        let pia = world.write_as(lea, move |tx| hiring::add_candidate(tx, id, &add));
        for by in [lea, max] {
            scored(&world, by, pia, empathy, 4.5);
        }
        let fit = move |world: &World| {
            world.read_as(world.as_(lea), move |tx| views::candidate_page(tx, pia)).unwrap().fit
        };
        assert!(fit(&world).errors.is_empty(), "nothing is known before they work, on {}", world.name());
        world.advance(DAY);
        for (user, _) in &hired {
            works(&world, *user, empathy, "first", 25);
        }
        world.advance(DAY);
        skills::refit::run(&world.desk.db, None).expect("it runs");
        let known = fit(&world).errors;
        let of = |who: UserId| known.iter().find(|it| it.interviewer == who).expect("compared").error;
        assert_eq!((of(lea).pairs, of(max).pairs), (6, 6));
        assert!(of(max).sd_levels > of(lea).sd_levels + 0.2, "{known:?}");
        assert!(of(lea).weight() > 1.0 && of(max).weight() < 1.0, "{known:?}");

        world.advance((CANDIDATE_KEPT_DAYS - 2) * DAY);
        for (user, _) in &hired {
            works(&world, *user, empathy, "later", 25);
        }
        world.advance(DAY);
        skills::refit::run(&world.desk.db, None).expect("it runs");
        world.advance(DAY);
        world.write(|tx| Worker::default().run(tx, &Work::TidyHiring));
        let (first, _) = hired[0];
        assert_eq!(rows(&world, "candidates"), 1, "the hired are forgotten as candidates");
        assert!(world.read(move |tx| desk::people::find_user(tx, first)).is_some());
        let kept = fit(&world).errors;
        let max_now = kept.iter().find(|it| it.interviewer == max).expect("compared").error;
        assert_eq!(max_now.pairs, 6, "and what they taught of their interviewers stays");
    }
}

#[test]
fn what_somebody_learns_after_the_hire_is_no_error_of_who_interviewed_them() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let empathy = skill(&world, "empathy");
        let id = opening(&world, lea, OpeningState::Inside);
        let kim = world.agent("Kim");
        let candidate = world.write_as(kim, move |tx| hiring::volunteer(tx, id, ""));
        scored(&world, lea, candidate, empathy, 2.5);
        world.write_as(lea, move |tx| hiring::move_candidate(tx, candidate, Stage::Hired));
        let add = AddCandidate { name: "Pia".into(), ..AddCandidate::default() };
        let pia = world.write_as(lea, move |tx| hiring::add_candidate(tx, id, &add));
        scored(&world, lea, pia, empathy, 4.0);
        let known = |world: &World| {
            let fit = world.read_as(world.as_(lea), move |tx| views::candidate_page(tx, pia)).unwrap().fit;
            fit.errors.first().expect("compared").error
        };
        let level = |world: &World| {
            let all = world.read(move |tx| skills::proficiencies_of(tx, kim));
            all.iter().find(|it| it.skill == empathy).expect("seen").belief.level()
        };
        world.advance(8 * DAY);
        works(&world, kim, empathy, "first", 40);
        skills::refit::run(&world.desk.db, None).expect("it runs");
        let (at_first, then) = (known(&world), level(&world));
        for month in 0..5 {
            world.advance(30 * DAY);
            let done = |n: usize| AddEvidence {
                key: format!("better-{month}-{n}"),
                user: kim,
                observed: Observed::Outcome { for_good: true },
                ticket: None,
                by: None,
                skills: vec![(empathy, 1.0)],
                difficulty: 0.0,
                at: world.now(),
                note: String::new(),
            };
            for n in 0..25 {
                let evidence = done(n);
                world.write(move |tx| skills::add_evidence(tx, &evidence));
            }
            skills::refit::run(&world.desk.db, None).expect("it runs");
        }
        assert!(level(&world) > then + 0.5, "{then} became {}, on {}", level(&world), world.name());
        let later = known(&world);
        assert_eq!(later.pairs, 1);
        assert!(
            (later.bias_levels - at_first.bias_levels).abs() < 0.02
                && (later.sd_levels - at_first.sd_levels).abs() < 0.02,
            "{at_first:?} and {later:?}"
        );
    }
}
