//! Competencies: written by leads, used by scorecards and roles, and had by people as far as their skills say.

use desk::reviews::{self, SaveScorecard};
use desk::skills::competencies::{self, CompetencyError, CompetencyWords, WriteCompetency, views};
use desk::skills::roles::{self, AskCompetency, NewNeed, Who, WriteRole};
use desk::skills::{self, AddEvidence, Observed};
use desk::{Desk, Language, SkillId, UserId};
use testkit::World;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn works(world: &World, user: UserId, skill: SkillId, times: usize) {
    for n in 0..times {
        let evidence = AddEvidence {
            key: format!("{user}:{skill}:{n}"),
            user,
            observed: Observed::Outcome { for_good: true },
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

fn calms(world: &World, lead: UserId) -> competencies::Competency {
    let skills = vec![(skill(world, "empathy"), 1.0), (skill(world, "de-escalation"), 0.5)];
    let command = WriteCompetency {
        name: "  Calms people ".into(),
        behaviour: "Names the feeling before the facts.".into(),
        skills,
        ..WriteCompetency::default()
    };
    world.write_as(lead, move |tx| competencies::create_competency(tx, &command))
}

#[test]
fn a_competency_is_had_by_whoever_was_seen_at_most_of_its_skills() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let it = calms(&world, lea);
        let id = it.id;
        assert_eq!(it.name, "Calms people");
        works(&world, ana, skill(&world, "empathy"), 40);
        works(&world, ben, skill(&world, "de-escalation"), 40);
        let page = world.read_as(world.as_(lea), move |tx| views::competency_page(tx, it.id)).unwrap();
        let names: Vec<&str> = page.people.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Ana"], "Ben was seen at a third of its weight, on {}", world.name());
        let hers = &page.people[0];
        assert!((hers.seen - 2.0 / 3.0).abs() < 1e-9 && hers.cells[1].is_none());
        let alone = hers.cells[0].as_ref().expect("she was seen at it");
        assert!(hers.level < alone.level && hers.level > 2.5, "the unseen part counts with its start");
        let (rows, retired) = world.read_as(world.as_(ben), views::competency_rows).unwrap();
        let of = rows.iter().find(|row| row.competency.id == id).expect("it is listed");
        assert_eq!((of.seen, retired.len()), (1, 0));
    }
}

#[test]
fn a_category_that_names_it_is_evidence_of_its_skills() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let it = calms(&world, lea);
        let card = world.read(reviews::list_scorecards).remove(0);
        let mut categories = card.categories.clone();
        categories[0].competency = Some(it.id);
        categories[0].question = String::new();
        let change = SaveScorecard { name: card.name.clone(), about: card.about.clone(), categories };
        let id = card.id;
        let saved = world.write_as(lea, move |tx| reviews::update_scorecard(tx, id, &change));
        let of: Vec<(SkillId, f64)> = it.skills.iter().map(|(skill, weight)| (skill.id, *weight)).collect();
        assert_eq!(saved.categories[0].skills, of, "on {}", world.name());
        assert_eq!(saved.categories[0].question, "Names the feeling before the facts.");
        let page = world.read_as(world.as_(lea), move |tx| views::competency_page(tx, it.id)).unwrap();
        assert_eq!(page.categories, [(card.id, card.name, saved.categories[0].name.clone())]);
        // Another version keeps what it names; a competency that is out of use can no longer be named anew.
        world.write_as(lea, move |tx| competencies::retire_competency(tx, it.id));
        let mut categories = saved.categories.clone();
        categories[1].competency = Some(it.id);
        let change = SaveScorecard { name: saved.name.clone(), about: saved.about.clone(), categories };
        let refused = world.try_as(lea, move |tx| reviews::update_scorecard(tx, id, &change));
        assert!(refused.is_err());
    }
}

#[test]
fn a_role_asks_for_each_of_its_skills_and_lowers_none() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let (it, empathy) = (calms(&world, lea), skill(&world, "empathy"));
        let needs = vec![NewNeed { skill: empathy, level: 4.0, weight: 0.3, who: Who::Everyone }];
        let write = WriteRole {
            name: "Night watch".into(),
            meaning: "A job.".into(),
            source: Some("Us".into()),
            needs,
        };
        let role = world.write_as(lea, move |tx| roles::create_role(tx, &write)).id;
        let ask = AskCompetency { role, competency: it.id, level: 3.0, weight: 0.6 };
        let role = world.write_as(lea, move |tx| roles::ask_competency(tx, &ask));
        let of = |key: &str| role.needs.iter().find(|it| it.skill.key == key).map(|it| (it.level, it.weight));
        assert_eq!((of("empathy"), of("de-escalation")), (Some((4.0, 0.3)), Some((3.0, 0.3))));
        assert_eq!(role.source, "Us", "on {}", world.name());
        let page = world.read_as(world.as_(lea), move |tx| views::competency_page(tx, it.id)).unwrap();
        assert!(page.roles.contains(&(role.id, "Night watch".to_owned())), "{:?}", page.roles);
    }
}

#[test]
fn leads_write_competencies_of_two_to_five_skills() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let empathy = skill(&world, "empathy");
        let write = |skills: Vec<(SkillId, f64)>| WriteCompetency {
            name: "It".into(),
            behaviour: "Seen.".into(),
            skills,
            ..WriteCompetency::default()
        };
        let good = vec![(empathy, 1.0), (skill(&world, "de-escalation"), 1.0)];
        let by = |who: UserId, command: WriteCompetency| {
            world.try_as(who, move |tx| competencies::create_competency(tx, &command))
        };
        assert!(matches!(by(ana, write(good.clone())), Err(CompetencyError::NotALead)));
        for wrong in [vec![], vec![(empathy, 1.0)], vec![(empathy, 1.0), (empathy, 1.0)]] {
            assert!(matches!(by(lea, write(wrong)), Err(CompetencyError::SkillsAreWrong)));
        }
        let heavy = vec![(empathy, 1.0), (skill(&world, "de-escalation"), 1.5)];
        assert!(matches!(by(lea, write(heavy)), Err(CompetencyError::WeightIsWrong)));
        assert!(by(lea, write(good.clone())).is_ok());
        assert!(matches!(by(lea, write(good)), Err(CompetencyError::NameIsTaken)), "on {}", world.name());
    }
}

#[test]
fn each_reads_a_competency_in_their_language_until_the_original_says_something_else() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let it = calms(&world, lea);
        let id = it.id;
        let german = CompetencyWords {
            language: Language::of("de").expect("a language"),
            name: " Beruhigt Menschen ".into(),
            behaviour: "Nennt zuerst das Gefühl.".into(),
            anchors: Default::default(),
            behind_at: None,
        };
        let set = |who: UserId, words: &CompetencyWords| {
            let words = words.clone();
            world.try_as(who, move |tx| competencies::set_words(tx, id, &words))
        };
        assert!(matches!(set(ana, &german), Err(CompetencyError::NotALead)));
        let long = CompetencyWords { name: "x".repeat(81), ..german.clone() };
        assert!(matches!(set(lea, &long), Err(CompetencyError::NameIsTooLong)));
        assert!(set(lea, &german).expect("a lead may"), "on {}", world.name());
        assert!(!set(lea, &german).expect("a lead may"), "saying it again is nothing");

        let read = |locale: &str| {
            let actor = world.as_(ana).reading(Language::of(locale));
            let page =
                world.read_as(actor, move |tx| views::competency_page(tx, id)).expect("staff may look");
            let (rows, _) = world.read_as(actor, views::competency_rows).expect("staff may look");
            let row = rows.into_iter().find(|row| row.competency.id == id).expect("it is listed");
            assert_eq!(row.competency.name, page.competency.name);
            (page.competency.name, page.competency.behaviour)
        };
        assert_eq!(read("de-AT"), ("Beruhigt Menschen".to_owned(), "Nennt zuerst das Gefühl.".to_owned()));
        assert_eq!(read("fr"), (it.name.clone(), it.behaviour.clone()), "what has no words, in the original");

        let behind = || world.read(move |tx| competencies::words_of(tx, id))[0].behind_at;
        let mut change = WriteCompetency {
            name: it.name.clone(),
            behaviour: it.behaviour.clone(),
            anchors: it.anchors.clone(),
            skills: it.skills.iter().map(|(skill, weight)| (skill.id, *weight)).collect(),
        };
        let same = change.clone();
        world.write_as(lea, move |tx| competencies::update_competency(tx, id, &same));
        assert_eq!(behind(), None, "nothing else was said, on {}", world.name());
        change.behaviour = "Hears people out.".into();
        world.write_as(lea, move |tx| competencies::update_competency(tx, id, &change));
        assert_eq!(behind(), Some(world.now()));
        assert!(set(lea, &german).expect("a lead may"), "it still holds");
        assert_eq!(behind(), None);
        let none = CompetencyWords { name: String::new(), behaviour: " ".into(), ..german };
        assert!(set(lea, &none).expect("a lead may"));
        assert_eq!(read("de").0, it.name);
    }
}

#[test]
fn a_new_desk_has_the_shipped_competencies_and_each_says_what_its_levels_look_like() {
    for world in World::on_each_database() {
        let all = world.read(competencies::list_competencies);
        assert_eq!(all.len(), 8, "on {}", world.name());
        for it in &all {
            assert!(it.anchors.iter().all(|words| !words.is_empty()), "{}", it.name);
            assert!((2..=4).contains(&it.skills.len()), "{}", it.name);
        }
        assert_eq!(world.read(competencies::count_missing), 0);
    }
}

fn open_again(world: &World) {
    let (url, blobs) = (world.desk.db.url().to_owned(), world.folder().join("blobs"));
    let options = db::Options { durable: false, clock: world.clock.clock(), ..db::Options::default() };
    let opened = std::thread::spawn(move || Desk::open(&url, blobs, options).map(drop));
    opened.join().expect("no panic").expect("it opens again");
}

#[test]
fn an_older_desk_gets_the_shipped_words_once_for_what_it_has_not_rewritten() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let all = world.read(competencies::list_competencies);
        let it = all.iter().find(|it| it.name == "Finds the cause").expect("it is shipped").clone();
        let id = it.id;
        let change = WriteCompetency {
            name: it.name.clone(),
            behaviour: "As we see it.".into(),
            anchors: it.anchors.clone(),
            skills: it.skills.iter().map(|(skill, weight)| (skill.id, *weight)).collect(),
        };
        world.write_as(lea, move |tx| competencies::update_competency(tx, id, &change));
        let forget = |world: &World| {
            world.write(|tx| {
                tx.execute("delete from competency_words", db::params![])?;
                tx.execute("delete from scorecard_words", db::params![])
            });
        };
        // As it is before its first opening with these words.
        forget(&world);
        world.write(|tx| {
            tx.execute(
                "delete from settings where key in ('competency_words', 'scorecard_words')",
                db::params![],
            )
        });
        open_again(&world);
        let of = |of: &str| {
            let words = world.read(move |tx| competencies::words_of(tx, id));
            words.into_iter().find(|it| it.language == Language::of(of).expect("a language"))
        };
        let french = of("fr").expect("it is shipped");
        assert_eq!((french.name.as_str(), french.behaviour.as_str()), ("Trouve la cause", ""));
        assert!(french.anchors.iter().all(|it| !it.is_empty()), "on {}", world.name());
        let card = world.read(reviews::list_scorecards).remove(0).id;
        assert_eq!(world.read(move |tx| reviews::words_of(tx, card)).len(), 3);
        forget(&world);
        open_again(&world);
        assert_eq!(of("fr"), None, "what was taken away stays away");
    }
}

#[test]
fn shipped_competencies_come_by_a_button_and_overwrite_nothing() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        // As a desk is that began before any were shipped, but for two of them.
        let all = world.read(competencies::list_competencies);
        let named = |name: &str| all.iter().find(|it| it.name == name).expect("it is shipped").clone();
        let (renamed, retired) = (named("Keeps promises"), named("Teaches others"));
        let kept = [renamed.id, retired.id];
        world.write(move |tx| {
            let [one, other] = kept;
            for table in ["competency_skills", "competency_words"] {
                let sql = format!("delete from {table} where competency_id not in ($1, $2)");
                tx.execute(&sql, db::params![one, other])?;
            }
            tx.execute("delete from competencies where id not in ($1, $2)", db::params![one, other])
        });
        let change = WriteCompetency {
            name: "Stands by their word".into(),
            behaviour: renamed.behaviour.clone(),
            anchors: renamed.anchors.clone(),
            skills: renamed.skills.iter().map(|(skill, weight)| (skill.id, *weight)).collect(),
        };
        world.write_as(lea, move |tx| competencies::update_competency(tx, kept[0], &change));
        world.write_as(lea, move |tx| competencies::retire_competency(tx, kept[1]));
        let own = WriteCompetency {
            name: "Finds the cause".into(),
            behaviour: "As we see it.".into(),
            skills: vec![(skill(&world, "empathy"), 1.0), (skill(&world, "de-escalation"), 1.0)],
            ..WriteCompetency::default()
        };
        world.write_as(lea, move |tx| competencies::create_competency(tx, &own));

        assert!(matches!(world.try_as(ana, competencies::add_shipped), Err(CompetencyError::NotALead)));
        assert_eq!(world.read(competencies::count_missing), 5);
        assert_eq!(world.write_as(lea, competencies::add_shipped), 5, "on {}", world.name());
        assert_eq!(world.write_as(lea, competencies::add_shipped), 0, "once");
        let now = world.read(competencies::list_competencies);
        let of = |name: &str| now.iter().filter(|it| it.name == name).collect::<Vec<_>>();
        assert_eq!(of("Finds the cause").len(), 1);
        assert_eq!(of("Finds the cause")[0].behaviour, "As we see it.", "what somebody here wrote stays");
        assert!(of("Keeps promises").is_empty() && of("Stands by their word").len() == 1);
        assert!(of("Teaches others").is_empty(), "what was retired stays retired");
        assert_eq!(of("Calms and solves").len(), 1);
        let german = world.as_(lea).reading(Language::of("de"));
        let read = world.read_as(german, competencies::list_shown_competencies).expect("anybody reads");
        assert!(read.iter().any(|it| it.name == "Beruhigt und löst"), "its words come with it");
    }
}

#[test]
fn what_can_be_seen_at_each_level_is_written_with_it() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let it = calms(&world, lea);
        assert!(it.anchors.iter().all(String::is_empty));
        let write = |anchors: [String; 5]| WriteCompetency {
            name: it.name.clone(),
            behaviour: it.behaviour.clone(),
            anchors,
            skills: it.skills.iter().map(|(skill, weight)| (skill.id, *weight)).collect(),
        };
        let mut anchors = ["Argues", "", " Hears ", "", "Turns it round"].map(str::to_owned);
        let (id, good) = (it.id, write(anchors.clone()));
        let saved = world.write_as(lea, move |tx| competencies::update_competency(tx, id, &good));
        assert_eq!(saved.anchors, ["Argues", "", "Hears", "", "Turns it round"], "on {}", world.name());
        anchors[1] = "x".repeat(501);
        let long = write(anchors);
        let refused = world.try_as(lea, move |tx| competencies::update_competency(tx, id, &long));
        assert!(matches!(refused, Err(CompetencyError::AnchorIsTooLong)));
    }
}
