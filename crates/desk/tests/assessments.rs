//! Campaigns that keep colleagues' words to themselves, certificates that end, and skill checks that count once.

use desk::assessments::views;
use desk::assessments::{
    self, ANONYMOUS_PEERS_MIN, AddCertificate, AnswerCheck, Answered, AskedKind, AssessmentError, Hardness,
    OpenCampaign, Question, SaveCheck, SayLevels,
};
use desk::skills::{self, Observed};
use desk::work::{Work, Worker};
use desk::{CampaignId, CheckId, SkillId, UserId};
use testkit::World;

const DAY: i64 = 24 * 3_600_000;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn open(world: &World, lead: UserId, people: &[UserId], skill: SkillId, peers_each: usize) -> CampaignId {
    let command = OpenCampaign {
        name: "Spring".into(),
        skills: vec![skill],
        people: people.to_vec(),
        asks_self: true,
        asks_lead: true,
        peers_each,
        due_at: world.now() + 10 * DAY,
    };
    world.write_as(lead, move |tx| assessments::open_campaign(tx, &command))
}

/// Everybody who is asked about the person in this way says the level.
fn say(
    world: &World,
    raters: &[UserId],
    subject: UserId,
    kind: AskedKind,
    skill: SkillId,
    level: f64,
) -> usize {
    let mut said = 0;
    for rater in raters.iter().copied() {
        let page = world.read_as(world.as_(rater), views::desk).unwrap();
        for row in page.tasks.into_iter().filter(|it| it.task.subject == subject && it.task.kind == kind) {
            let levels = vec![Answered { skill, level: Some(level) }];
            let command = SayLevels { task: row.task.id, levels };
            world.write_as(rater, move |tx| assessments::say_levels(tx, &command));
            said += 1;
        }
    }
    said
}

fn evidence(world: &World, user: UserId) -> Vec<Observed> {
    world
        .read(move |tx| skills::views::evidence_about(tx, user, None))
        .into_iter()
        .map(|it| it.observed)
        .collect()
}

#[test]
fn colleagues_are_heard_only_together_and_only_when_enough_of_them_spoke() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let people: Vec<UserId> = ["Ana", "Ben", "Cem", "Dia", "Eva"].map(|name| world.agent(name)).to_vec();
        world.group("Billing", &[&people[..], &[lea]].concat());
        let (ana, empathy) = (people[0], skill(&world, "empathy"));
        let id = open(&world, lea, &people, empathy, 4);
        assert_eq!(say(&world, &people, ana, AskedKind::Themself, empathy, 4.5), 1);
        assert_eq!(say(&world, &[lea], ana, AskedKind::Lead, empathy, 3.0), 1);
        assert_eq!(say(&world, &people[1..3], ana, AskedKind::Peer, empathy, 2.0), 2);
        // Of Ben, three speak.
        let others = [people[0], people[2], people[3]];
        assert_eq!(say(&world, &others, people[1], AskedKind::Peer, empathy, 4.0), 3);
        let before = world.read_as(world.as_(lea), move |tx| views::campaign_page(tx, id)).unwrap();
        assert!(
            before.results.iter().all(|it| it.sides.iter().all(|it| it.peers.is_none())),
            "not while it is open"
        );
        let early = world.read_as(world.as_(ana), move |tx| views::campaign_page(tx, id));
        assert!(matches!(early, Err(AssessmentError::NotForYou)));

        world.write_as(lea, move |tx| assessments::close_campaign(tx, id));
        let page = world.read_as(world.as_(lea), move |tx| views::campaign_page(tx, id)).unwrap();
        let of = |user: UserId| page.results.iter().find(|it| it.user == user).unwrap().sides[0].clone();
        let hers = of(ana);
        assert_eq!(
            (hers.themself, hers.lead, hers.peers, hers.peer_count),
            (Some(4.5), Some(3.0), None, None)
        );
        assert!(hers.apart.unwrap() >= 1.5, "she and her lead lie apart, on {}", world.name());
        assert_eq!((of(people[1]).peers, of(people[1]).peer_count), (Some(4.0), Some(ANONYMOUS_PEERS_MIN)));
        assert!(!evidence(&world, ana).iter().any(|it| matches!(it, Observed::PeerRating { .. })));
        assert!(evidence(&world, people[1]).contains(&Observed::PeerRating { level: 4.0 }));
        let ben = people[1];
        let rows = world.read(move |tx| skills::views::evidence_about(tx, ben, None));
        assert!(
            rows.iter().all(|it| it.by.is_none() || it.by == Some(ben) || it.by == Some(lea)),
            "nobody is named"
        );
        let own = world.read_as(world.as_(ana), move |tx| views::campaign_page(tx, id)).unwrap();
        assert!(own.results.len() == 1 && own.results[0].user == ana && own.waiting.is_empty());
        let again = world.try_as(lea, move |tx| assessments::close_campaign(tx, id));
        assert!(matches!(again, Err(AssessmentError::ClosedAlready)));
    }
}

#[test]
fn a_campaign_is_refused_that_asks_nobody_or_too_few_colleagues() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let good = OpenCampaign {
            name: "Spring".into(),
            skills: vec![skill(&world, "empathy")],
            people: vec![ana],
            asks_self: true,
            asks_lead: false,
            peers_each: 0,
            due_at: world.now() + DAY,
        };
        let refused = |command: OpenCampaign| {
            world.try_as(lea, move |tx| assessments::open_campaign(tx, &command)).unwrap_err()
        };
        assert!(matches!(
            refused(OpenCampaign { peers_each: 2, ..good.clone() }),
            AssessmentError::PeersAreWrong
        ));
        assert!(matches!(
            refused(OpenCampaign { asks_self: false, ..good.clone() }),
            AssessmentError::NobodyIsAsked
        ));
        assert!(matches!(
            refused(OpenCampaign { people: vec![], ..good.clone() }),
            AssessmentError::NobodyIsAsked
        ));
        assert!(matches!(
            refused(OpenCampaign { skills: vec![], ..good.clone() }),
            AssessmentError::SkillsAreWrong
        ));
        assert!(matches!(
            refused(OpenCampaign { due_at: world.now(), ..good.clone() }),
            AssessmentError::EndIsWrong
        ));
        assert!(matches!(
            refused(OpenCampaign { name: " ".into(), ..good.clone() }),
            AssessmentError::NameIsWrong
        ));
        let not_a_lead = world.try_as(ana, move |tx| assessments::open_campaign(tx, &good));
        assert!(matches!(not_a_lead, Err(AssessmentError::NotALead)));
    }
}

#[test]
fn whoever_is_asked_hears_of_it_once_and_not_if_the_campaign_was_closed_at_once() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        world.group("Billing", &[ana, lea]);
        let mails = |world: &World| {
            world.run_jobs();
            let outside = world.take_outside_jobs();
            outside.into_iter().filter(|it| matches!(it, Work::SendMail { .. })).count()
        };
        let empathy = skill(&world, "empathy");
        open(&world, lea, &[ana], empathy, 0);
        assert_eq!(mails(&world), 0, "a minute is left to think again, on {}", world.name());
        world.advance(61_000);
        assert_eq!(mails(&world), 2, "she and her lead");
        assert_eq!(mails(&world), 0);
        let mistaken = open(&world, lea, &[ana], empathy, 0);
        world.write_as(lea, move |tx| assessments::close_campaign(tx, mistaken));
        world.advance(61_000);
        assert_eq!(mails(&world), 0);
    }
}

#[test]
fn questions_become_as_hard_as_those_who_took_them_show() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let empathy = skill(&world, "empathy");
        let questions: Vec<Question> =
            [Hardness::Easy, Hardness::Medium, Hardness::Medium, Hardness::Hard].map(question).to_vec();
        let command = SaveCheck { skill: empathy, name: "Basics".into(), questions };
        let check = world.write_as(lea, move |tx| assessments::create_check(tx, &command));
        let states = |world: &World| {
            world
                .read_as(world.as_(lea), move |tx| views::question_states(tx, check))
                .expect("leads see them")
        };
        // Nobody knows the second, which was thought to be of medium hardness; everybody the third.
        for n in 0..12 {
            let person = world.agent(["A", "B", "C", "D"][n % 4]);
            answer(&world, person, check, &[1, 0, 1, usize::from(n % 2 == 0)]).expect("it is scored");
            let all = states(&world);
            assert_eq!(
                all[0].calibrated,
                n + 1 >= assessments::CALIBRATED_FROM_ANSWERS,
                "on {}",
                world.name()
            );
        }
        let all = states(&world);
        assert!(all[1].level > all[2].level + 1.0, "{all:?}");
        assert_eq!((all[1].right, all[1].answers), (0, 12));
        let ana = world.agent("Ana");
        let refused = world.read_as(world.as_(ana), move |tx| views::question_states(tx, check));
        assert!(matches!(refused, Err(AssessmentError::NotALead)));
        // Answers that were struck out say nothing of the questions either.
        let result = answer(&world, ana, check, &[1, 1, 1, 1]).expect("it is scored");
        assert_eq!(states(&world)[1].answers, 13);
        let strike = skills::StrikeEvidence {
            evidence: result.evidence.expect("it is evidence"),
            reason: "Looked them up.".into(),
        };
        world.write_as(lea, move |tx| skills::strike_evidence(tx, &strike));
        assert_eq!(states(&world)[1].answers, 12);
    }
}

#[test]
fn who_has_not_answered_and_whose_certificate_ends_gets_one_mail() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let campaign = open(&world, lea, &[ana], skill(&world, "empathy"), 0);
        let (issued_at, expires_at) = (world.now() - 300 * DAY, Some(world.now() + 40 * DAY));
        let command = AddCertificate {
            user: ana,
            name: "ITIL".into(),
            issuer: "PeopleCert".into(),
            link: "https://proof.example/1".into(),
            skills: vec![],
            issued_at,
            expires_at,
        };
        world.write_as(ana, move |tx| assessments::add_certificate(tx, &command));
        let mails = |world: &World| {
            let outside = world.take_outside_jobs();
            outside.into_iter().filter(|it| matches!(it, Work::SendMail { .. })).count()
        };
        world.run_jobs();
        world.take_outside_jobs();
        let remind = |world: &World| world.write(|tx| Worker::default().run(tx, &Work::RemindAssessments));
        remind(&world);
        assert_eq!(mails(&world), 0, "too early, on {}", world.name());
        world.advance(8 * DAY);
        remind(&world);
        assert_eq!(mails(&world), 2, "she and her lead are asked, three days before its end");
        remind(&world);
        assert_eq!(mails(&world), 0, "once");
        world.advance(5 * DAY);
        remind(&world);
        assert_eq!(mails(&world), 1, "the certificate");
        let page = world.read_as(world.as_(lea), move |tx| views::campaign_page(tx, campaign)).unwrap();
        assert!(page.campaign.closed_at.is_some(), "it is over, and nobody had to say so");
        remind(&world);
        assert_eq!(mails(&world), 0);
    }
}

#[test]
fn a_certificate_is_confirmed_by_somebody_else_and_moves_no_level() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let good = AddCertificate {
            user: ana,
            name: "ITIL".into(),
            issuer: String::new(),
            link: String::new(),
            skills: vec![skill(&world, "empathy")],
            issued_at: world.now(),
            expires_at: None,
        };
        let copy = good.clone();
        let id = world.write_as(ana, move |tx| assessments::add_certificate(tx, &copy));
        let copy = good.clone();
        let others = world.try_as(ben, move |tx| assessments::add_certificate(tx, &copy));
        assert!(matches!(others, Err(AssessmentError::NotForYou)));
        let link = AddCertificate { link: "javascript:x".into(), ..good.clone() };
        let link = world.try_as(ana, move |tx| assessments::add_certificate(tx, &link));
        assert!(matches!(link, Err(AssessmentError::LinkIsWrong)));
        let ends = AddCertificate { expires_at: Some(good.issued_at), ..good };
        let ends = world.try_as(ana, move |tx| assessments::add_certificate(tx, &ends));
        assert!(matches!(ends, Err(AssessmentError::DatesAreWrong)));
        let own = world.try_as(ana, move |tx| assessments::confirm_certificate(tx, id));
        assert!(matches!(own, Err(AssessmentError::NotALead)));
        world.write_as(lea, move |tx| assessments::confirm_certificate(tx, id));
        let rows = world.read_as(world.as_(ben), move |tx| views::certificates_of(tx, ana)).unwrap();
        assert_eq!(rows[0].confirmed_by_name.as_deref(), Some("Lea"), "on {}", world.name());
        assert!(evidence(&world, ana).is_empty(), "apart from level");
        world.write_as(ana, move |tx| assessments::remove_certificate(tx, id));
        assert!(world.read_as(world.as_(ben), move |tx| views::certificates_of(tx, ana)).unwrap().is_empty());
        let other = world.try_as(ben, move |tx| assessments::restore_certificate(tx, id));
        assert!(matches!(other, Err(AssessmentError::NotForYou)));
        assert_eq!(world.write_as(ana, move |tx| assessments::restore_certificate(tx, id)), ana);
        assert_eq!(
            world.read_as(world.as_(ben), move |tx| views::certificates_of(tx, ana)).unwrap().len(),
            1
        );
    }
}

fn question(hardness: Hardness) -> Question {
    Question {
        text: "Which comes first?".into(),
        choices: ["a", "b", "c"].map(str::to_owned).to_vec(),
        right: 1,
        hardness,
    }
}

fn answer(
    world: &World,
    who: UserId,
    check: CheckId,
    chosen: &[usize],
) -> Result<assessments::CheckResult, AssessmentError> {
    let chosen = chosen.iter().map(|it| Some(*it)).collect();
    let command = AnswerCheck { check, version: 1, chosen };
    world.try_as(who, move |tx| assessments::answer_check(tx, &command))
}

#[test]
fn a_check_is_scored_counts_once_and_says_what_it_moved() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let empathy = skill(&world, "empathy");
        let questions: Vec<Question> =
            [Hardness::Easy, Hardness::Medium, Hardness::Medium, Hardness::Hard].map(question).to_vec();
        let command = SaveCheck { skill: empathy, name: "Basics".into(), questions: questions.clone() };
        let check = world.write_as(lea, move |tx| assessments::create_check(tx, &command));
        let (all, none) =
            (answer(&world, ana, check, &[1, 1, 1, 1]), answer(&world, ben, check, &[0, 0, 2, 0]));
        let (all, none) = (all.unwrap(), none.unwrap());
        assert!(all.level.unwrap() > none.level.unwrap() + 2.0, "{all:?} {none:?} on {}", world.name());
        let seen = evidence(&world, ana);
        assert!(
            matches!(seen[0], Observed::Check { level, sd_levels } if level > 3.0 && sd_levels > 0.4),
            "{seen:?}"
        );
        assert!(world.read(move |tx| skills::check_person(tx, ana)).is_empty(), "a replay leads to the same");
        let again = answer(&world, ana, check, &[1, 1, 1, 1]);
        assert!(matches!(again, Err(AssessmentError::TakenLately)));
        world.advance(31 * DAY);
        assert!(matches!(answer(&world, ana, check, &[1, 1, 1]), Err(AssessmentError::AnswerIsMissing)));
        assert!(answer(&world, ana, check, &[1, 1, 0, 0]).is_ok());

        let changed = SaveCheck { skill: empathy, name: "More".into(), questions: questions.clone() };
        world.write_as(lea, move |tx| assessments::update_check(tx, check, &changed));
        assert!(matches!(answer(&world, lea, check, &[1, 1, 1, 1]), Err(AssessmentError::CheckChanged)));
        let wrong = SaveCheck { skill: empathy, name: "Bad".into(), questions: questions[..2].to_vec() };
        let wrong = world.try_as(lea, move |tx| assessments::create_check(tx, &wrong));
        assert!(matches!(wrong, Err(AssessmentError::QuestionsAreWrong)));
    }
}

#[test]
fn a_source_that_is_switched_off_counts_for_nothing() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let admin = world.admin("Ada");
        let empathy = skill(&world, "empathy");
        let questions: Vec<Question> =
            [Hardness::Easy, Hardness::Medium, Hardness::Hard].map(question).to_vec();
        let command = SaveCheck { skill: empathy, name: "Basics".into(), questions };
        let check = world.write_as(lea, move |tx| assessments::create_check(tx, &command));
        answer(&world, ana, check, &[1, 1, 1]).unwrap();
        let level = |world: &World| {
            let held = world.read(move |tx| skills::proficiencies_of(tx, ana));
            held.iter().find(|it| it.skill == empathy).map(|it| it.belief.level())
        };
        assert!(level(&world).unwrap() > 2.6, "on {}", world.name());
        let off = world.read(skills::policy);
        let off = skills::Policy { sources_off: vec!["check".into()], ..off };
        world.write_as(admin, move |tx| skills::set_policy(tx, &off));
        world.run_jobs();
        assert!(level(&world).is_none_or(|it| it < 2.6), "as if it had never been, on {}", world.name());
    }
}
