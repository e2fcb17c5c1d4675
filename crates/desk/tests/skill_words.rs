//! Skills in the reader's language: whoever reads German reads German names, and what is written stays as it was.

use desk::events::Event;
use desk::skills::shelf::{self, Imported};
use desk::skills::views::{MatrixFilter, matrix};
use desk::skills::words::{self, SetWords};
use desk::skills::{self, SetInterests, SkillKind, UpdateSkill};
use desk::{Actor, Desk, Kind, Language, Refusal, SkillId};
use testkit::World;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn language(word: &str) -> Language {
    word.parse().expect("a language")
}

fn words(skill: SkillId, of: &str, name: &str) -> SetWords {
    SetWords {
        skill,
        language: language(of),
        name: name.into(),
        meaning: String::new(),
        anchors: Default::default(),
    }
}

#[test]
fn each_reads_the_library_in_their_language_and_what_has_no_words_in_the_original() {
    for world in World::on_each_database() {
        let (lea, ana) = (world.lead("Lea"), world.agent("Ana"));
        let patience = skill(&world, "patience");
        let name = |actor: Actor| {
            let all = world.read_as(actor, skills::list_shown_skills).expect("anybody reads");
            all.into_iter().find(|it| it.id == patience).expect("it is there")
        };
        let german = world.as_(ana).reading(Language::of("de-AT"));
        let read = name(german);
        assert_eq!(read.name, "Geduld", "on {}", world.name());
        assert!(read.meaning.starts_with("Menschen die Zeit"), "{}", read.meaning);
        let english = name(world.as_(ana)).anchors;
        assert!(read.anchors.iter().zip(&english).all(|(read, english)| read != english), "{read:?}");
        assert_eq!(name(world.as_(ana).reading(Language::of("ja"))).anchors, english);
        assert_eq!(name(world.as_(ana).reading(Language::of("ja"))).name, "Patience");

        let of_interest = SetInterests { user: ana, skills: vec![patience] };
        world.write_as(ana, move |tx| skills::set_interests(tx, &of_interest));
        let interests = world.read_as(german, move |tx| skills::interests_of(tx, ana)).expect("one's own");
        assert_eq!(interests[0].name, "Geduld");
        let filter =
            MatrixFilter { all_skills: true, query: Some("geduld".into()), ..MatrixFilter::default() };
        let found = world.read_as(german, move |tx| matrix(tx, &filter)).expect("staff may");
        assert_eq!(found.skills.iter().map(|it| it.skill.id).collect::<Vec<_>>(), [patience]);

        world.forget_events();
        let japanese = words(patience, "ja", "忍耐");
        let set = japanese.clone();
        assert!(world.write_as(lea, move |tx| words::set_words(tx, &set)));
        assert_eq!(
            world.events(),
            [Event::SkillWordsSet { skill: patience, language: language("ja") }],
            "on {}",
            world.name()
        );
        assert!(
            !world.write_as(lea, move |tx| words::set_words(tx, &japanese)),
            "saying it again is nothing"
        );
        assert_eq!(name(world.as_(ana).reading(Language::of("ja"))).name, "忍耐");
        let gone = words(patience, "ja", " ");
        world.write_as(lea, move |tx| words::set_words(tx, &gone));
        assert_eq!(name(world.as_(ana).reading(Language::of("ja"))).name, "Patience");
        let by_agent = words(patience, "de", "Ausdauer");
        let refused = world.try_as(ana, move |tx| words::set_words(tx, &by_agent)).expect_err("leads do");
        assert_eq!(refused.kind(), Kind::Forbidden);
    }
}

#[test]
fn words_are_behind_once_the_original_says_something_else_until_somebody_says_that_they_hold() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let patience = skill(&world, "patience");
        let german = move |world: &World| {
            let all = world.read(move |tx| words::words_of(tx, patience));
            all.into_iter().find(|it| it.language == language("de")).expect("it is shipped")
        };
        let update = |meaning: Option<&str>| UpdateSkill {
            skill: patience,
            name: None,
            meaning: meaning.map(str::to_owned),
            anchors: None,
            decay: None,
        };
        let same = update(None);
        world.write_as(lea, move |tx| skills::update_skill(tx, &same));
        assert_eq!(german(&world).behind_at, None, "nothing was said, on {}", world.name());
        let other = update(Some("Waiting well."));
        world.write_as(lea, move |tx| skills::update_skill(tx, &other));
        let behind = german(&world);
        assert_eq!(behind.behind_at, Some(world.now()));
        let again = SetWords {
            skill: patience,
            language: behind.language,
            name: behind.name,
            meaning: behind.meaning,
            anchors: behind.anchors,
        };
        assert!(world.write_as(lea, move |tx| words::set_words(tx, &again)));
        assert_eq!(german(&world).behind_at, None);
    }
}

#[test]
fn a_file_that_says_again_what_is_there_does_not_say_that_it_still_holds() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let patience = skill(&world, "patience");
        let german = move |world: &World| {
            let all = world.read(move |tx| words::words_of(tx, patience));
            all.into_iter().find(|it| it.language == language("de")).expect("it is shipped")
        };
        let csv = world.read(shelf::library_as_csv);
        let csv = csv.replacen("patience,Patience,", "patience,Waiting well,", 1);
        let read = world.write_as(lea, move |tx| shelf::import_library(tx, &csv, SkillKind::Product));
        assert_eq!((read.changed, read.words), (1, 0), "on {}", world.name());
        assert_eq!(german(&world).behind_at, Some(world.now()), "the German is of the old name");
        let other = "key,name,name_de\npatience,Waiting well,Gut warten\n";
        let read = world.write_as(lea, move |tx| shelf::import_library(tx, other, SkillKind::Product));
        assert_eq!((read.words, german(&world).behind_at), (1, None), "what is new is of the new one");
    }
}

#[test]
fn names_of_the_reader_are_never_written_down() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let patience = skill(&world, "patience");
        let german = world.as_(lea).reading(Language::of("de"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let seen =
            runtime.block_on(world.desk.write(german, move |tx| skills::find_shown_skill(tx, patience)));
        assert_eq!(seen.expect("it is there").expect("it is there").name, "Patience", "on {}", world.name());
    }
}

#[test]
fn files_carry_words_and_a_file_of_one_language_finds_its_skills_by_reference() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let patience = skill(&world, "patience");
        let csv = world.read(shelf::library_as_csv);
        let header = csv.lines().next().expect("a header");
        let of = |it: &str| {
            let levels: Vec<String> = (1..=5).map(|level| format!("level_{level}_{it}")).collect();
            format!("name_{it},meaning_{it},{}", levels.join(","))
        };
        let all = ["de", "es", "fr"].map(of).join(",");
        assert!(header.ends_with(&format!("needs,{all}")), "{header}");
        assert!(csv.contains("Geduld"));
        let german = world.as_(lea).reading(Language::of("de"));
        let as_read = world.read_as(german, shelf::library_as_csv).expect("leads may");
        assert_eq!(as_read, csv, "a file is the same whoever takes it, on {}", world.name());

        let copy = csv.clone();
        let same = world.write_as(lea, move |tx| shelf::import_library(tx, &copy, SkillKind::Product));
        assert_eq!((same.changed, same.words), (0, 0));
        let other = "key,name,name_de,level_1_de,preferredLabel (pt)\npatience,Patience,Langmut,Wird barsch.,Paciência\n";
        let read = world.write_as(lea, move |tx| shelf::import_library(tx, other, SkillKind::Product));
        assert_eq!((read.same, read.words), (1, 2), "German is changed and Portuguese is new");
        let all = world.read(move |tx| words::words_of(tx, patience));
        let known: Vec<(&str, &str)> =
            all.iter().map(|it| (it.language.as_str(), it.name.as_str())).collect();
        assert_eq!(known, [("de", "Langmut"), ("es", "Paciencia"), ("fr", "Patience"), ("pt", "Paciência")]);
        assert!(all[0].meaning.starts_with("Menschen"), "what the file leaves out stays");
        assert_eq!(all[0].anchors[0], "Wird barsch.");
        assert!(all[0].anchors[4].starts_with("Bringt Menschen"), "and its other levels too");
        let header = world.read(shelf::library_as_csv).lines().next().map(str::to_owned).expect("a header");
        assert!(header.contains("level_5_de") && !header.contains("level_5_pt"), "{header}");

        let english = "preferredLabel,conceptUri\nbrew espresso,http://esco/1\n";
        world.write_as(lea, move |tx| shelf::import_library(tx, english, SkillKind::Specialist));
        let german = "preferredLabel,conceptUri,description\nEspresso zubereiten,http://esco/1,Kaffee unter Druck.\n\
                      Segeln,http://esco/2,\n";
        let read = world.write_as(lea, move |tx| shelf::import_words(tx, german, language("de")));
        assert_eq!(read, Imported { words: 1, unknown: 1, ..Imported::default() });
        let made = skill(&world, "brew-espresso");
        let shown = world.read_as(world.as_(lea).reading(Language::of("de")), move |tx| {
            skills::find_shown_skill(tx, made)
        });
        let shown = shown.expect("it reads").expect("it is there");
        assert_eq!(
            (shown.name.as_str(), shown.meaning.as_str()),
            ("Espresso zubereiten", "Kaffee unter Druck.")
        );
    }
}

#[test]
fn a_desk_that_has_the_shipped_names_gets_what_is_seen_at_levels_and_keeps_what_it_wrote() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let (patience, empathy, teamwork) =
            (skill(&world, "patience"), skill(&world, "empathy"), skill(&world, "teamwork"));
        let of = |world: &World, skill: SkillId, of: &'static str| {
            let all = world.read(move |tx| words::words_of(tx, skill));
            all.into_iter().find(|it| it.language == language(of))
        };
        let shipped = of(&world, patience, "de").expect("it is shipped");
        // As desks are that were opened when names and meanings alone were shipped.
        world.write(|tx| {
            let none = r#"["","","","",""]"#;
            tx.execute("update skill_words set anchors = $1", db::params![none])?;
            tx.execute("update settings set value = '1' where key = 'library_words'", db::params![])
        });
        let [first, ..] = shipped.anchors.clone();
        let own = SetWords {
            skill: patience,
            language: language("de"),
            name: "Langmut".into(),
            meaning: shipped.meaning.clone(),
            anchors: ["", "Erklärt es noch einmal.", "", "", ""].map(str::to_owned),
        };
        world.write_as(lea, move |tx| words::set_words(tx, &own));
        let gone = words(empathy, "fr", "");
        world.write_as(lea, move |tx| words::set_words(tx, &gone));
        let mut anchors = world.read(move |tx| skills::find_skill(tx, teamwork)).expect("shipped").anchors;
        anchors[4] = "Brings cake.".into();
        let update =
            UpdateSkill { skill: teamwork, name: None, meaning: None, anchors: Some(anchors), decay: None };
        world.write_as(lea, move |tx| skills::update_skill(tx, &update));

        let (url, blobs) = (world.desk.db.url().to_owned(), world.folder().join("blobs"));
        let options = || db::Options { durable: false, clock: world.clock.clock(), ..db::Options::default() };
        for _ in 0..2 {
            let (url, blobs, options) = (url.clone(), blobs.clone(), options());
            let opened = std::thread::spawn(move || Desk::open(&url, blobs, options).map(drop));
            opened.join().expect("no panic").expect("it opens again");
        }

        let read = of(&world, patience, "de").expect("it stays");
        assert_eq!((read.name.as_str(), &read.meaning), ("Langmut", &shipped.meaning), "on {}", world.name());
        assert_eq!((&read.anchors[0], &read.anchors[3]), (&first, &shipped.anchors[3]));
        assert_eq!(read.anchors[1], "Erklärt es noch einmal.", "its own word stands");
        assert_eq!(of(&world, empathy, "fr"), None, "what was taken off stays off");
        assert!(of(&world, empathy, "es").expect("it stays").anchors.iter().all(|it| !it.is_empty()));
        let team = of(&world, teamwork, "es").expect("it stays");
        assert!(team.behind_at.is_some() && !team.anchors[0].is_empty());
        assert_eq!(team.anchors[4], "", "nothing shipped says what the desk says there");
    }
}
