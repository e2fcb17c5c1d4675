//! Moments worth a talk: which work makes one, who sees it, and what of it stays.

use super::*;
use desk::coaching::{CoachingError, PieceOfWork, views};
use desk::events::Event;
use desk::skills::{Circle, Policy, StrikeEvidence};
use desk::{Actor, Role};

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
