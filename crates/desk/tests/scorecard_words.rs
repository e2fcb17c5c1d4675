//! Scorecards in the reader's language: on the page of a review, through the versions, and back to the original.

use desk::reviews::views;
use desk::reviews::{
    self, BeginReview, Category, CategoryWords, ReviewError, SaveScorecard, Scorecard, ScorecardWords,
    Section,
};
use desk::tickets::{self, NewComment, Status, UpdateTicket};
use desk::{Language, ReviewId, ScorecardId, UserId};
use testkit::World;

fn category(name: &str, question: &str) -> Category {
    Category {
        name: name.into(),
        question: question.into(),
        section: Section::Standard,
        weight: 1.0,
        points: 2,
        anchors: vec!["No".into(), "Yes".into()],
        skills: vec![],
        competency: None,
    }
}

fn save(categories: Vec<Category>) -> SaveScorecard {
    SaveScorecard { name: "Calls".into(), about: "For calls.".into(), categories }
}

fn made(world: &World, lead: UserId) -> Scorecard {
    let command = save(vec![category("Tone", "Was it kind?"), category("Facts", "Was it right?")]);
    world.write_as(lead, move |tx| reviews::create_scorecard(tx, &command))
}

fn italian() -> ScorecardWords {
    let tone = CategoryWords {
        name: " Tono ".into(),
        question: "È stato gentile?".into(),
        anchors: vec!["No, per niente".into(), "Sì".into()],
    };
    ScorecardWords {
        language: Language::of("it").expect("a language"),
        name: "Chiamate".into(),
        about: String::new(),
        categories: vec![tone],
        behind_at: None,
    }
}

fn set(
    world: &World,
    who: UserId,
    card: ScorecardId,
    version: i64,
    words: ScorecardWords,
) -> Result<bool, ReviewError> {
    world.try_as(who, move |tx| reviews::set_words(tx, card, version, &words))
}

/// Of this agent's work, with this scorecard.
fn begun(world: &World, reviewer: UserId, user: UserId, card: ScorecardId) -> ReviewId {
    let ticket = world.ticket("Charged twice");
    let update = UpdateTicket {
        assignee: Some(Some(user)),
        comment: Some(NewComment::public("I am sorry. Both are back.")),
        status: Some(Status::Solved),
        ..UpdateTicket::of(ticket)
    };
    world.write_as(user, move |tx| tickets::update(tx, &update).map(|_| ()));
    let command = BeginReview { ticket, user, scorecard: Some(card) };
    world.write_as(reviewer, move |tx| reviews::begin(tx, &command))
}

fn read(world: &World, who: UserId, locale: &str, review: ReviewId) -> Scorecard {
    let actor = world.as_(who).reading(Language::of(locale));
    world.read_as(actor, move |tx| views::review_page(tx, review)).expect("they may read it").scorecard
}

#[test]
fn each_reads_categories_and_points_in_their_language_and_the_rest_in_the_original() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let card = made(&world, lea);
        assert!(matches!(set(&world, ana, card.id, 1, italian()), Err(ReviewError::NotALead)));
        assert!(matches!(set(&world, lea, card.id, 7, italian()), Err(ReviewError::ChangedMeanwhile)));
        let mut uneven = italian();
        uneven.categories[0].anchors.pop();
        let refused = set(&world, lea, card.id, 1, uneven).expect_err("a point is missing");
        assert!(matches!(refused, ReviewError::PointsAreUnequal(ref of) if of == "Tone"), "{refused}");
        assert!(set(&world, lea, card.id, 1, italian()).expect("a lead may"), "on {}", world.name());
        assert!(!set(&world, lea, card.id, 1, italian()).expect("a lead may"), "saying it again is nothing");

        let review = begun(&world, lea, ana, card.id);
        let shown = read(&world, lea, "it-CH", review);
        assert_eq!((shown.name.as_str(), shown.about.as_str()), ("Chiamate", "For calls."));
        assert_eq!((shown.categories[0].name.as_str(), shown.categories[1].name.as_str()), ("Tono", "Facts"));
        assert_eq!(shown.categories[0].anchors, ["No, per niente", "Sì"], "on {}", world.name());
        assert_eq!(read(&world, lea, "ja", review).categories, card.categories);

        let italians = world.as_(ana).reading(Language::of("it"));
        let (in_use, _) = world.read_as(italians, views::scorecards).expect("staff may look");
        assert!(in_use.iter().any(|it| it.name == "Chiamate"));
        let id = card.id;
        let written = world.read(move |tx| reviews::scorecard(tx, id)).expect("it is there");
        assert_eq!(written.categories, card.categories, "what is changed is the original");
        let none = ScorecardWords { name: String::new(), categories: vec![], ..italian() };
        assert!(set(&world, lea, card.id, 1, none).expect("a lead may"));
        assert_eq!(read(&world, lea, "it", review).name, "Calls");
    }
}

#[test]
fn the_shipped_scorecard_is_read_in_the_languages_of_the_library() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let read = |locale: &str| {
            let actor = world.as_(lea).reading(Language::of(locale));
            world.read_as(actor, reviews::list_shown_scorecards).expect("anybody reads").remove(0)
        };
        let english = read("en");
        for (locale, name) in [("de", "Gespräche"), ("es-MX", "Conversaciones"), ("fr", "Conversations")] {
            let shown = read(locale);
            assert_eq!(shown.name, name, "on {}", world.name());
            for (it, original) in shown.categories.iter().zip(&english.categories) {
                assert!(it.name != original.name && it.question != original.question, "{locale}: {it:?}");
                assert!(it.anchors != original.anchors && it.points == original.points, "{locale}: {it:?}");
            }
        }
    }
}

#[test]
fn a_new_version_takes_the_words_over_and_says_when_they_are_behind() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let card = made(&world, lea);
        let id = card.id;
        set(&world, lea, id, 1, italian()).expect("a lead may");
        let old = begun(&world, lea, ana, id);
        let update = |categories: Vec<Category>| {
            let command = save(categories);
            world.write_as(lea, move |tx| reviews::update_scorecard(tx, id, &command))
        };
        let words = || world.read(move |tx| reviews::words_of(tx, id)).remove(0);

        let heavier = Category { weight: 3.0, ..card.categories[0].clone() };
        let moved = update(vec![card.categories[1].clone(), heavier]);
        assert_eq!((moved.version, words().behind_at), (2, None), "it says the same, on {}", world.name());
        let newer = read(&world, lea, "it", begun(&world, lea, ana, id));
        assert_eq!((newer.categories[0].name.as_str(), newer.categories[1].name.as_str()), ("Facts", "Tono"));

        let kinder = Category { question: "Was it warm?".into(), ..card.categories[0].clone() };
        update(vec![kinder, category("Speed", "Was it fast?")]);
        let behind = words();
        assert_eq!(behind.behind_at, Some(world.now()));
        assert_eq!(
            (behind.categories[0].name.as_str(), &behind.categories[1]),
            ("Tono", &Default::default())
        );
        let first = read(&world, lea, "it", old);
        assert_eq!((first.version, first.categories[0].name.as_str()), (1, "Tono"), "a review keeps its own");
        assert!(set(&world, lea, id, 3, italian()).expect("a lead may"), "they still hold");
        assert_eq!(words().behind_at, None);
    }
}

#[test]
fn a_review_of_an_old_version_has_words_that_were_written_for_a_newer_one() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let card = made(&world, lea);
        let id = card.id;
        let old = begun(&world, lea, ana, id);
        let command = save(vec![category("Speed", "Was it fast?"), card.categories[0].clone()]);
        world.write_as(lea, move |tx| reviews::update_scorecard(tx, id, &command));
        let mut words = italian();
        words.categories.insert(0, CategoryWords { name: "Velocità".into(), ..CategoryWords::default() });
        set(&world, lea, id, 2, words).expect("a lead may");
        let shown = read(&world, lea, "it", old);
        assert_eq!((shown.name.as_str(), shown.categories[0].name.as_str()), ("Chiamate", "Tono"));
        assert_eq!(
            shown.categories[1].name,
            "Facts",
            "what is no longer asked has none, on {}",
            world.name()
        );
    }
}
