//! Plans between two people: who may change them, their tasks, and notes that stay private.

use super::*;
use desk::CheckId;
use desk::assessments::{self, AnswerCheck, Hardness, Question, SaveCheck};
use desk::coaching::{
    AddGoal, AddTask, ClosePlan, CoachingError, PlanSession, TaskKind, UpdatePlan, WriteNote, views,
};
use desk::events::Event;
use desk::work::Worker;

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
            let hardness = [Hardness::Easy, Hardness::Medium, Hardness::Medium, Hardness::Hard];
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
