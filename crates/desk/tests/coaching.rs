//! Coaching: moments worth a talk, plans between two people, notes that stay private, and the measured effect.

use desk::assessments::{self, AnswerCheck, Hardness as QuestionHardness, Question, SaveCheck};
use desk::coaching::{
    self, AddGoal, AddTask, ClosePlan, CoachingError, CreatePlan, Measure, PieceOfWork, PlanSession,
    SetLearning, TaskKind, TooLittle, UpdatePlan, WriteNote, views,
};
use desk::events::Event;
use desk::mail;
use desk::people::{self, UpdateUser};
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::skills::{
    self, AddEvidence, Circle, Hardness, Observed, Policy, Requirement, SetRequirements, StrikeEvidence,
};
use desk::work::{Work, Worker};
use desk::{Actor, CheckId, CoachingPlanId, CoachingSessionId, Role, SkillId, TicketId, UserId};
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

fn find(world: &World) -> usize {
    world.write(coaching::find_moments)
}

fn moments_of(world: &World, reader: UserId, user: UserId) -> Result<Vec<views::MomentRow>, CoachingError> {
    let page = world.read_as(world.as_(reader), move |tx| views::person_page(tx, user))?;
    Ok(page.weeks.into_iter().flat_map(|it| it.1).collect())
}

#[test]
fn what_was_not_expected_of_a_person_is_worth_a_talk_and_three_are_enough() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let calm = skill(&world, "de-escalation");
        for n in 0..8 {
            let ticket = world.ticket("Went well");
            observe(&world, ana, refunds, ticket, &format!("good:{n}"), solved(true));
        }
        world.advance(8 * DAY);
        assert_eq!(find(&world), 0, "of the week before nothing is asked any more");
        let came_back = world.ticket("Came back");
        observe(&world, ana, refunds, came_back, "bad", solved(false));
        for n in 0..3 {
            let ticket = world.ticket("An angry one");
            let score = Observed::Satisfaction { score: 1 };
            observe(&world, ana, calm, ticket, &format!("rated:{n}"), score);
        }
        world.forget_events();
        assert_eq!(find(&world), 3, "on {}", world.name());
        assert!(matches!(world.events()[..], [Event::MomentsChosen { count: 3, .. }]));
        assert_eq!(find(&world), 0, "the same again changes nothing");

        let shown = moments_of(&world, lea, ana).unwrap();
        assert_eq!(shown.len(), 3);
        let first = shown
            .iter()
            .find(|it| it.kept.work == PieceOfWork::Ticket(came_back))
            .expect("another skill comes first");
        assert_eq!((first.skill.id, first.observed), (refunds, solved(false)));
        assert!(first.kept.moment.surprise_bits > 1.0 && !first.kept.moment.better);
        assert_eq!(moments_of(&world, ana, ana).unwrap().len(), 3, "the person sees the same");
        assert!(matches!(moments_of(&world, ben, ana), Err(CoachingError::NotForYou)));
        let page = world.read_as(world.as_(lea), views::overview).unwrap();
        assert_eq!(page.people[0].user, ana, "where there is most to say comes first");
        assert_eq!(page.people[0].moments.len(), 3);

        // What has been talked about stays; what is struck out goes.
        let talked = first.kept.id;
        assert!(matches!(
            world.try_as(ben, move |tx| coaching::talk(tx, talked, true)),
            Err(CoachingError::NoSuchMoment)
        ));
        world.write_as(lea, move |tx| coaching::talk(tx, talked, true));
        let struck =
            shown.iter().find(|it| it.kept.work != PieceOfWork::Ticket(came_back)).unwrap().kept.evidence;
        let command = StrikeEvidence { evidence: struck, reason: "spam".into() };
        world.write_as(lea, move |tx| skills::strike_evidence(tx, &command));
        assert_eq!(moments_of(&world, lea, ana).unwrap().len(), 2);
        assert_eq!(find(&world), 1, "the next takes its place");
        let shown = moments_of(&world, lea, ana).unwrap();
        assert!(shown.iter().any(|it| it.kept.id == talked && it.kept.talked_by == Some(lea)));
        assert_eq!(shown.len(), 3, "on {}", world.name());
    }
}

#[test]
fn a_source_that_is_off_and_evidence_that_leads_may_not_see_make_no_moments_for_them() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let ticket = world.ticket("Badly rated");
        observe(&world, ana, refunds, ticket, "rated", Observed::Satisfaction { score: 1 });
        let off = Policy { sources_off: vec!["satisfaction".into()], ..Policy::default() };
        world.write(move |tx| skills::set_policy(tx, &off));
        assert_eq!(find(&world), 0);
        let own = Policy { evidence: Circle::Person, ..Policy::default() };
        world.write(move |tx| skills::set_policy(tx, &own));
        world.run_jobs();
        assert_eq!(find(&world), 1);
        assert!(moments_of(&world, lea, ana).unwrap().is_empty(), "on {}", world.name());
        assert_eq!(moments_of(&world, ana, ana).unwrap().len(), 1);
    }
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

#[test]
fn a_plan_is_between_the_person_and_those_who_may_coach_them() {
    for world in World::on_each_database() {
        let (ana, ben, lea, liv) =
            (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"), world.lead("Liv"));
        let calm = skill(&world, "de-escalation");
        world.forget_events();
        let plan = plan(&world, lea, ana, vec![(calm, 3.5)]);
        assert!(matches!(world.events()[..], [Event::CoachingPlanCreated { user, .. }] if user == ana));
        let see = |who: UserId| world.read_as(world.as_(who), move |tx| views::plan_page(tx, plan));
        let page = see(ana).expect("it is hers");
        assert_eq!(
            (page.plan.title.as_str(), page.coach_name.as_str()),
            ("Calm with angry customers", "Lea")
        );
        assert!(
            !page.may_coach && see(liv).unwrap().may_coach,
            "another lead may stand in, on {}",
            world.name()
        );
        assert!(matches!(see(ben), Err(CoachingError::NoSuchPlan)));

        let task = AddTask {
            plan,
            kind: TaskKind::Shadow,
            text: "Sit beside Ben on Tuesday".into(),
            link: String::new(),
            with: Some(ben),
            due_at: None,
        };
        let hers = task.clone();
        let refused = world.try_as(ana, move |tx| coaching::add_task(tx, &hers));
        assert!(matches!(refused, Err(CoachingError::NotTheCoach)), "{refused:?}");
        let task = world.write_as(lea, move |tx| coaching::add_task(tx, &task));
        let done = world.write_as(ana, move |tx| coaching::finish_task(tx, task, true));
        assert_eq!((done.done_by, done.done_at), (Some(ana), Some(world.now())));

        let again = AddGoal { plan, skill: calm, level: 4.0, why: String::new() };
        let refused = world.try_as(lea, move |tx| coaching::add_goal(tx, &again));
        assert!(matches!(refused, Err(CoachingError::GoalIsThere)));
        let own = CreatePlan {
            user: lea,
            coach: Some(liv),
            title: "Mine".into(),
            about: String::new(),
            ends_at: None,
            goals: vec![],
        };
        let refused = world.try_as(lea, move |tx| coaching::create_plan(tx, &own));
        assert!(matches!(refused, Err(CoachingError::NotTheCoach)), "nobody coaches themself");

        let same = UpdatePlan {
            plan,
            coach: lea,
            title: "Calm with angry customers".into(),
            about: "Two talks, then alone.".into(),
            ends_at: Some(world.now() + 60 * DAY),
        };
        world.forget_events();
        world.write_as(lea, move |tx| coaching::update_plan(tx, &same));
        assert!(world.events().is_empty(), "the same again changes nothing");
        let close = ClosePlan { plan, outcome: "She is calm.".into() };
        world.write_as(lea, move |tx| coaching::close_plan(tx, &close));
        let late = world.try_as(ana, move |tx| coaching::finish_task(tx, task, false));
        assert!(matches!(late, Err(CoachingError::PlanIsClosed)));
        world.write_as(liv, move |tx| coaching::reopen_plan(tx, plan));
        assert_eq!(see(ana).unwrap().plan.closed_at, None);
        assert!(world.jobs_waiting().is_empty());
    }
}

#[test]
fn a_check_that_is_passed_marks_its_task_as_done_and_another_does_not() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let (calm, tone) = (skill(&world, "de-escalation"), skill(&world, "empathy"));
        let plan = plan(&world, lea, ana, vec![(calm, 2.6)]);
        let check = |skill: SkillId, name: &'static str| {
            let question = |hardness| Question {
                text: "Which comes first?".into(),
                choices: ["a", "b", "c"].map(str::to_owned).to_vec(),
                right: 1,
                hardness,
            };
            let hardness = [
                QuestionHardness::Easy,
                QuestionHardness::Medium,
                QuestionHardness::Medium,
                QuestionHardness::Hard,
            ];
            let questions = hardness.map(question).to_vec();
            let save = SaveCheck { skill, name: name.into(), questions };
            world.write_as(lea, move |tx| assessments::create_check(tx, &save))
        };
        let (of_plan, other) = (check(calm, "Angry letters"), check(tone, "Warm words"));
        let task = |link: String| {
            let add = AddTask {
                plan,
                kind: TaskKind::Check,
                text: "Show that you know it".into(),
                link,
                with: None,
                due_at: None,
            };
            world.write_as(lea, move |tx| coaching::add_task(tx, &add))
        };
        task(format!("https://desk.example/assessments/checks/{of_plan}"));
        task(format!("/assessments/checks/{other}"));
        let done = |world: &World| {
            world.run_jobs();
            let page =
                world.read_as(world.as_(ana), move |tx| views::plan_page(tx, plan)).expect("it is hers");
            page.tasks.iter().map(|it| it.done_by).collect::<Vec<_>>()
        };
        let take = |check: CheckId, chosen: [usize; 4]| {
            let chosen = chosen.into_iter().map(Some).collect();
            let answers = AnswerCheck { check, version: 1, chosen };
            world.write_as(ana, move |tx| assessments::answer_check(tx, &answers));
        };
        take(of_plan, [0, 0, 0, 0]);
        assert_eq!(done(&world), [None, None], "not passed, on {}", world.name());
        world.advance(31 * DAY);
        take(of_plan, [1, 1, 1, 1]);
        assert_eq!(done(&world), [Some(ana), None]);
    }
}

#[test]
fn a_private_note_is_its_authors_alone() {
    for world in World::on_each_database() {
        let (ana, lea, liv) = (world.agent("Ana"), world.lead("Lea"), world.lead("Liv"));
        let plan = plan(&world, lea, ana, vec![]);
        let session = PlanSession { plan, at: world.now() + DAY, minutes: 30 };
        let session = world.write_as(ana, move |tx| coaching::plan_session(tx, &session));
        let note =
            |text: &str, shared: bool| WriteNote { plan, session: Some(session), text: text.into(), shared };
        let (private, shared) = (note("tired?", false), note("went well", true));
        world.forget_events();
        let hidden = world.write_as(lea, move |tx| coaching::write_note(tx, &private));
        assert!(world.events().is_empty(), "nobody is told that there is one");
        let open = world.write_as(lea, move |tx| coaching::write_note(tx, &shared));
        let texts = |who: UserId| -> Vec<String> {
            let page = world.read_as(world.as_(who), move |tx| views::plan_page(tx, plan)).unwrap();
            page.notes.into_iter().map(|it| it.text).collect()
        };
        assert_eq!(texts(lea), ["tired?", "went well"]);
        assert_eq!(texts(ana), ["went well"], "on {}", world.name());
        assert_eq!(texts(liv), ["went well"], "not even another lead");
        let read = world.try_as(ana, move |tx| coaching::update_note(tx, hidden, "x", true));
        assert!(matches!(read, Err(CoachingError::NoSuchNote)));
        let changed = world.try_as(ana, move |tx| coaching::update_note(tx, open, "x", true));
        assert!(matches!(changed, Err(CoachingError::NotYourNote)));
        world.write_as(lea, move |tx| coaching::hold_session(tx, session, true));
        world.write_as(lea, move |tx| coaching::drop_session(tx, session));
        assert_eq!(texts(ana), ["went well"], "notes outlive the talk");
        world.write_as(lea, move |tx| coaching::update_note(tx, hidden, "rested", true));
        assert_eq!(texts(ana), ["rested", "went well"]);
    }
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

#[test]
fn whoever_did_not_plan_a_talk_is_invited_in_their_own_time_and_hears_when_it_is_off() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        reads(&world, ana, "de", "Europe/Berlin");
        let plan = plan(&world, lea, ana, vec![]);
        world.run_jobs();
        letters(&world);
        let planned = |by: UserId, at: i64| {
            let command = PlanSession { plan, at, minutes: 45 };
            world.write_as(by, move |tx| coaching::plan_session(tx, &command))
        };
        let at = world.now() + DAY;
        let dropped = planned(lea, at);
        world.write_as(lea, move |tx| coaching::drop_session(tx, dropped));
        planned(lea, world.now() - DAY);
        let talk = planned(lea, at);
        world.advance(2 * 60_000);
        world.run_jobs();
        let told = letters(&world);
        assert_eq!(told.len(), 1, "not of what was taken off or is over: {told:?} on {}", world.name());
        let (to, subject, text) = &told[0];
        assert_eq!(to, "ana@desk.example");
        assert!(
            subject.starts_with("Ein Gespräch mit Lea: ") && subject.ends_with("(Europe/Berlin)"),
            "{subject}"
        );
        assert!(text.contains(&format!("/coaching/plans/{plan}")), "{text}");
        assert!(text.contains(&format!("/coaching/sessions/{talk}/calendar")), "{text}");
        let (own, kim) = (world.as_(ana), world.as_(world.agent("Kim")));
        assert_eq!(world.read_as(own, move |tx| coaching::talk_of(tx, talk)).unwrap().coach_name, "Lea");
        let stranger = world.read_as(kim, move |tx| coaching::talk_of(tx, talk));
        assert!(matches!(stranger, Err(CoachingError::NoSuchSession)));
        world.run_jobs();
        assert!(letters(&world).is_empty(), "once");
        world.write_as(lea, move |tx| coaching::drop_session(tx, talk));
        let off = letters(&world);
        assert!(off.len() == 1 && off[0].1.starts_with("Kein Gespräch mit Lea"), "{off:?}");
    }
}

#[test]
fn two_talks_of_one_person_at_the_same_time_are_pointed_out_and_not_refused() {
    const MINUTE: i64 = 60_000;
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let (of_ana, of_ben) = (plan(&world, lea, ana, vec![]), plan(&world, lea, ben, vec![]));
        let at = world.now() + DAY;
        let planned = |plan: CoachingPlanId, by: UserId, at: i64, minutes: i64| {
            world.try_as(by, move |tx| coaching::plan_session(tx, &PlanSession { plan, at, minutes }))
        };
        for minutes in [0, 241, -30] {
            let refused = planned(of_ana, lea, at, minutes);
            assert!(matches!(refused, Err(CoachingError::MinutesAreWrong)), "{minutes}");
        }
        let first = planned(of_ana, ana, at, 45).expect("it fits");
        let busy = |plan: CoachingPlanId, session: CoachingSessionId| {
            let page = world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap();
            page.clashes.get(&session).cloned().unwrap_or_default()
        };
        assert!(busy(of_ana, first).is_empty());
        let next = planned(of_ben, ben, at + 45 * MINUTE, 30).expect("it begins when the other ends");
        assert!(busy(of_ana, first).is_empty() && busy(of_ben, next).is_empty(), "on {}", world.name());
        let second = planned(of_ben, ben, at + 30 * MINUTE, 5).expect("it is not refused");
        assert_eq!((busy(of_ana, first), busy(of_ben, second)), (vec![lea], vec![lea]));
        let names = world.read_as(world.as_(ben), move |tx| coaching::busy_at(tx, second)).unwrap();
        assert_eq!(names, [(lea, "Lea".to_owned())], "with whom, he is not told");
        let again = planned(of_ana, ana, at, 30).expect("nor is that");
        assert_eq!(busy(of_ana, again), [ana, lea]);
        world.write_as(lea, move |tx| coaching::hold_session(tx, first, true));
        world.write_as(lea, move |tx| coaching::drop_session(tx, again));
        assert!(busy(of_ben, second).is_empty(), "what was held, or called off, is in nobody's way");
    }
}

#[test]
fn one_plans_by_ones_own_clock_or_the_companys() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        reads(&world, ana, "en", "Asia/Manila");
        let own = world.read_as(world.as_(ana), coaching::zone_of_actor).unwrap();
        let desk = world.read(coaching::zone_of_actor);
        let company = world.read(desk::settings::company).time_zone;
        assert_eq!((own.as_str(), desk), ("Asia/Manila", company), "on {}", world.name());
    }
}

#[test]
fn tasks_that_are_due_soon_are_written_about_once_in_one_mail() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        reads(&world, ana, "en", "Europe/Berlin");
        let plan = plan(&world, lea, ana, vec![]);
        let task = |days: i64| {
            let command = AddTask {
                plan,
                kind: TaskKind::Read,
                text: "Refunds by card".into(),
                link: String::new(),
                with: None,
                due_at: Some(world.now() + days * DAY),
            };
            world.write_as(lea, move |tx| coaching::add_task(tx, &command))
        };
        let done = task(1);
        world.write_as(ana, move |tx| coaching::finish_task(tx, done, true));
        task(1);
        task(1);
        task(9);
        world.run_jobs();
        letters(&world);
        let remind = || world.write(|tx| Worker::default().run(tx, &Work::RemindCoaching));
        remind();
        let told = letters(&world);
        assert_eq!(told.len(), 1, "{told:?} on {}", world.name());
        assert!(told[0].1.starts_with("2 tasks of your plans are due, the first on "), "{}", told[0].1);
        assert!(!told[0].2.contains("Refunds by card"), "what stands in a plan stays on the desk");
        remind();
        assert!(letters(&world).is_empty());
        world.advance(8 * DAY);
        remind();
        assert!(letters(&world)[0].1.starts_with("A task of your plan is due on "));
    }
}

#[test]
fn a_helper_is_somebody_else_who_surely_can() {
    for world in World::on_each_database() {
        let (ana, ben, kofi, lea) =
            (world.agent("Ana"), world.agent("Ben"), world.agent("Kofi"), world.lead("Lea"));
        let calm = skill(&world, "de-escalation");
        let plan = plan(&world, lea, ana, vec![(calm, 3.0)]);
        let goal =
            world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap().goals[0].goal.id;
        for n in 0..12 {
            let ticket = world.ticket("Went well");
            observe(&world, ben, calm, ticket, &format!("good:{n}"), solved(true));
        }
        let set = |helper: Option<UserId>| {
            world.try_as(lea, move |tx| coaching::set_learning(tx, &SetLearning { goal, helper }))
        };
        assert!(matches!(set(Some(ana)), Err(CoachingError::HelperIsWrong)));
        assert!(matches!(set(Some(kofi)), Err(CoachingError::HelperIsWrong)), "nothing is known of him");
        set(Some(ben)).expect("he can");
        let helpers = world.read_as(world.as_(lea), move |tx| views::helpers(tx, plan, calm)).unwrap();
        assert_eq!(helpers, [(ben, "Ben".to_owned())]);
        assert!(world.read(coaching::learners).is_empty(), "he is not here, on {}", world.name());
        world.write_as(lea, move |tx| coaching::reach_goal(tx, goal, true));
        assert!(matches!(set(Some(ben)), Err(CoachingError::GoalIsReached)));
    }
}

#[test]
fn the_effect_of_a_goal_is_measured_against_others_with_an_interval() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let people: Vec<UserId> = (0..6).map(|n| world.agent(&format!("Agent {n}"))).collect();
        let (ana, calm) = (people[0], skill(&world, "de-escalation"));
        let ticket = world.ticket("Any");
        // Before: six of ten stay solved, for everybody.
        let work = |period: &str, good: &dyn Fn(usize, usize) -> bool| {
            for n in 0..20 {
                world.advance(DAY);
                for (place, user) in people.iter().enumerate() {
                    observe(
                        &world,
                        *user,
                        calm,
                        ticket,
                        &format!("{period}:{place}:{n}"),
                        solved(good(place, n)),
                    );
                }
            }
        };
        work("before", &|place, n| (n + place) % 5 < 3);
        let plan = plan(&world, lea, ana, vec![(calm, 4.0)]);
        let effects = |world: &World| {
            world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap().goals[0]
                .effects
                .clone()
        };
        let early = effects(&world);
        assert_eq!(early[0].measure, Measure::SolvedForGood);
        assert_eq!(early[0].missing, Some(TooLittle::After { have: 0, need: 8 }), "on {}", world.name());
        assert_eq!(early[1].missing, Some(TooLittle::Before { have: 0, need: 8 }), "nobody has rated");
        work("after", &|place, n| place == 0 || (n + place) % 5 < 3);
        let found = effects(&world)[0].clone();
        let effect = found.effect.expect("enough is known by now");
        assert!((effect.estimate - 0.4).abs() < 0.1, "{effect:?}");
        assert!(effect.interval.0 > 0.0 && effect.others == 5, "{effect:?}");
        assert_eq!((effect.outcomes_before, effect.outcomes_after, effect.unmatched), (20, 20, 0));
        assert!(found.weeks.first().unwrap().week < 0 && found.weeks.last().unwrap().week >= 2);
        let page = world.read_as(world.as_(lea), views::overview).unwrap();
        assert_eq!(page.average, None, "one is no average");
    }
}

#[test]
fn a_safe_ticket_that_comes_to_a_learner_names_who_helps() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let ticket = world.ticket("Went well");
        for n in 0..12 {
            observe(&world, ben, refunds, ticket, &format!("good:{n}"), solved(true));
        }
        let plan = plan(&world, lea, ana, vec![(refunds, 3.0)]);
        let goal =
            world.read_as(world.as_(lea), move |tx| views::plan_page(tx, plan)).unwrap().goals[0].goal.id;
        world.write_as(lea, move |tx| coaching::set_learning(tx, &SetLearning { goal, helper: Some(ben) }));
        let here = |user: UserId, status: PresenceStatus| {
            let command = SetPresence { user, status };
            world.write_as(user, move |tx| routing::set_presence(tx, &command));
        };
        here(ben, PresenceStatus::Away);
        world.run_jobs();
        let needs = move |ticket: TicketId| SetRequirements {
            ticket,
            requirements: vec![Requirement {
                skill: refunds,
                level: 1.0,
                weight: 1.0,
                hardness: Hardness::Prefer,
            }],
        };
        let ask = |words: &str| {
            // It is understood before anybody is there to take it.
            here(ana, PresenceStatus::Away);
            let ticket = world.ticket(words);
            world.run_jobs();
            let command = needs(ticket);
            world.write(move |tx| skills::set_requirements(tx, &command));
            here(ana, PresenceStatus::Online);
            world.run_jobs();
            let holder = world.read(move |tx| desk::tickets::find_ticket(tx, ticket)).unwrap().assignee;
            assert_eq!(holder, Some(ana), "on {}", world.name());
            (ticket, world.read(move |tx| coaching::given_on(tx, ticket)))
        };
        let (ticket, given) = ask("Could you send me an invoice, please?");
        let given = given.expect("it is safe, and Ben is here");
        assert_eq!((given.user, given.helper_name.as_str()), (ana, "Ben"), "on {}", world.name());
        let page = world.read_as(world.as_(ana), move |tx| views::plan_page(tx, plan)).unwrap();
        assert_eq!(page.goals[0].given[0].ticket, ticket);
        let (_, angry) = ask("You are thieves! I will sue you, this is outrageous!");
        assert_eq!(angry, None, "nobody learns on an angry customer");
        here(ben, PresenceStatus::Offline);
        world.run_jobs();
        let (_, alone) = ask("Another invoice, please.");
        assert_eq!(alone, None, "nobody is here to help");
        let drop = world.try_as(lea, move |tx| coaching::drop_goal(tx, goal));
        assert!(matches!(drop, Err(CoachingError::GoalWasUsed)));
    }
}

#[test]
fn moments_that_were_kept_before_stay_when_a_moment_may_be_about_work_of_another_desk() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("desk.sqlite").display());
    let db =
        desk::Db::open(&url, db::Options { durable: false, ..db::Options::default() }).expect("it opens");
    let all = desk::migrations();
    let before = all.iter().position(|it| it.name.ends_with("_moments_elsewhere")).expect("it is there");
    db.migrate(&all[..before], Actor::desk()).expect("as it was");
    let person = people::CreateUser { name: "Ana".into(), role: Role::EndUser, ..Default::default() };
    let skill = skills::CreateSkill {
        name: "Calm".into(),
        kind: skills::SkillKind::Human,
        meaning: String::new(),
        anchors: Default::default(),
        decay: None,
    };
    db.write_now(Actor::desk(), move |tx| {
        let user = people::create_user(tx, &person).expect("a person");
        let skill = skills::create_skill(tx, &skill).expect("a skill").id;
        let evidence: i64 = tx.value(
            "insert into evidence (key, user_id, kind, value, ticket_id, difficulty, at, recorded_at)
             values ('k', $1, 'outcome', 0.0, 7, 0.0, 1, 1) returning id",
            db::params![user],
        )?;
        tx.execute(
            "insert into coaching_moments
               (week, user_id, ticket_id, evidence_id, skill_id, moment, score, created_at, talked_at)
             values (5, $1, 7, $2, $3, '{}', 0.5, 2, 3)",
            db::params![user, evidence, skill],
        )
    })
    .expect("it is kept");
    assert!(db.migrate(all, Actor::desk()).expect("as it is") >= 1);
    type Kept = (i64, Option<i64>, Option<i64>, f64, Option<i64>);
    let kept: Vec<Kept> = db
        .read_now(Actor::desk(), |tx| {
            tx.list(
                "select week, ticket_id, imported_id, score, talked_at from coaching_moments",
                db::params![],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
            )
        })
        .expect("it reads");
    assert_eq!(kept, [(5, Some(7), None, 0.5, Some(3))]);
}
