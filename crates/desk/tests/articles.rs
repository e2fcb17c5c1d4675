//! Articles: who writes, reads and publishes them, how they are found, and that nobody overwrites what they have not seen.

use desk::articles::views::{self, ArticleFilter};
use desk::articles::{self, ArticleError, ArticleState, UpdateArticle, WriteArticle};
use desk::events::Event;
use desk::skills;
use desk::{ArticleId, DbError, SkillId, UserId};
use testkit::World;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn wanted(title: &str, body: &str, skills: &[SkillId]) -> WriteArticle {
    WriteArticle { title: title.into(), body: body.into(), language: "en".into(), skills: skills.to_vec() }
}

fn written(world: &World, by: UserId, command: WriteArticle) -> ArticleId {
    world.write_as(by, move |tx| articles::create(tx, &command))
}

fn moved(world: &World, by: UserId, id: ArticleId, to: ArticleState) -> Result<ArticleState, ArticleError> {
    world.try_as(by, move |tx| articles::move_to(tx, id, to))
}

fn titles(world: &World, by: UserId, filter: ArticleFilter) -> Vec<String> {
    let rows = world.read_as(world.as_(by), move |tx| views::list(tx, &filter, 100)).unwrap();
    rows.into_iter().map(|it| it.title).collect()
}

fn public_titles(world: &World, words: &'static str) -> Vec<String> {
    let rows = world.read(move |tx| views::public_list(tx, words, None, 100));
    rows.into_iter().map(|it| it.title).collect()
}

#[test]
fn a_draft_is_its_authors_and_leads_until_it_is_shared_and_everybodys_once_published() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let id = written(&world, ana, wanted("  Money   back ", "Open *Orders*.", &[]));
        let sees =
            |who: UserId| world.read_as(world.as_(who), move |tx| views::article(tx, id)).map(|it| it.title);
        assert_eq!(sees(ana).unwrap(), "Money back", "on {}", world.name());
        assert!(sees(lea).is_ok() && matches!(sees(ben), Err(ArticleError::NoSuchArticle)));
        assert!(titles(&world, ben, ArticleFilter::default()).is_empty());
        assert_eq!(titles(&world, lea, ArticleFilter::default()), ["Money back"]);

        assert_eq!(moved(&world, ana, id, ArticleState::Internal).unwrap(), ArticleState::Draft);
        assert!(sees(ben).is_ok() && public_titles(&world, "").is_empty(), "on {}", world.name());
        assert!(matches!(moved(&world, ben, id, ArticleState::Draft), Err(ArticleError::NotYours)));
        assert!(matches!(
            world.try_write(desk::Actor::desk(), move |tx| views::public_article(tx, id)),
            Err(ArticleError::NoSuchArticle)
        ));

        moved(&world, ana, id, ArticleState::Published).unwrap();
        assert_eq!(public_titles(&world, ""), ["Money back"]);
        let first = world.read(move |tx| views::public_article(tx, id)).published_at;
        world.advance(60_000);
        moved(&world, lea, id, ArticleState::Archived).unwrap();
        assert!(
            public_titles(&world, "").is_empty() && titles(&world, ana, ArticleFilter::default()).is_empty()
        );
        let archived = ArticleFilter { state: Some(ArticleState::Archived), ..ArticleFilter::default() };
        assert_eq!(titles(&world, ana, archived.clone()), ["Money back"]);
        assert!(titles(&world, ben, archived).is_empty(), "on {}", world.name());
        moved(&world, lea, id, ArticleState::Published).unwrap();
        let again = world.read(move |tx| views::public_article(tx, id)).published_at;
        assert_eq!(first, again, "it was public first then");
        world.run_jobs();
    }
}

#[test]
fn who_may_not_answer_customers_publishes_nothing() {
    for world in World::on_each_database() {
        let (lin, lea) = (world.light_agent("Lin"), world.lead("Lea"));
        let marta = world.customer("Marta", "marta@example.org");
        let id = written(&world, lin, wanted("Money back", "Open orders.", &[]));
        moved(&world, lin, id, ArticleState::Internal).unwrap();
        assert!(matches!(moved(&world, lin, id, ArticleState::Published), Err(ArticleError::MayNotPublish)));
        moved(&world, lea, id, ArticleState::Published).unwrap();
        let change = UpdateArticle { article: id, version: None, wanted: wanted("Mine", "Other", &[]) };
        let refused = world.try_as(lin, move |tx| articles::update(tx, &change));
        assert!(matches!(refused, Err(ArticleError::MayNotPublish)), "on {}", world.name());
        let command = wanted("Spam", "Buy", &[]);
        let refused = world.try_as(marta, move |tx| articles::create(tx, &command));
        assert!(matches!(refused, Err(ArticleError::NotStaff)));
        let empty = written(&world, lea, wanted("Empty", " \n", &[]));
        assert!(matches!(
            moved(&world, lea, empty, ArticleState::Internal),
            Err(ArticleError::BodyIsMissing)
        ));
    }
}

#[test]
fn nobody_overwrites_what_they_have_not_seen() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let id = written(&world, ana, wanted("Money back", "Open orders.", &[]));
        let change = |by: UserId, version, text: &str| {
            let command = UpdateArticle { article: id, version, wanted: wanted("Money back", text, &[]) };
            world.try_as(by, move |tx| articles::update(tx, &command))
        };
        assert_eq!(change(lea, Some(1), "Open your orders.").unwrap().version, 2);
        assert!(matches!(change(ana, Some(1), "Open invoices."), Err(ArticleError::ChangedMeanwhile)));
        world.forget_events();
        assert_eq!(change(ana, Some(2), "Open your orders.").unwrap().version, 2, "nothing has changed");
        assert!(world.events().is_empty(), "on {}", world.name());
        assert_eq!(change(ana, None, "Open invoices.").unwrap().body, "Open invoices.");
        assert_eq!(world.events(), [Event::ArticleChanged { article: id }], "on {}", world.name());
        let long = "x".repeat(articles::BODY_CHARS_MAX + 1);
        assert!(matches!(change(ana, None, &long), Err(ArticleError::BodyIsTooLong)));
    }
}

#[test]
fn articles_are_found_by_words_skill_author_and_state() {
    for world in World::on_each_database() {
        let (ana, ben) = (world.agent("Ana"), world.agent("Ben"));
        let (empathy, calm) = (skill(&world, "empathy"), skill(&world, "de-escalation"));
        let refund = written(&world, ana, wanted("Money back", "How a *refund* is made.", &[empathy, calm]));
        world.advance(1_000);
        let calming =
            written(&world, ben, wanted("Angry callers", "Let them finish. No refund yet.", &[calm]));
        for (by, id) in [(ana, refund), (ben, calming)] {
            moved(&world, by, id, ArticleState::Internal).unwrap();
        }
        let by = |filter: ArticleFilter| titles(&world, ana, filter);
        let words = |words: &str| ArticleFilter { words: words.into(), ..ArticleFilter::default() };
        assert_eq!(by(words("refund")), ["Angry callers", "Money back"], "on {}", world.name());
        assert_eq!(by(words("refund mon")), ["Money back"]);
        assert!(by(words("nothing of it")).is_empty());
        let of = |skill| ArticleFilter { skill: Some(skill), ..ArticleFilter::default() };
        assert_eq!(by(of(empathy)), ["Money back"]);
        assert_eq!(by(of(calm)).len(), 2);
        assert_eq!(by(ArticleFilter { author: Some(ben), ..words("refund") }), ["Angry callers"]);
        assert!(by(ArticleFilter { state: Some(ArticleState::Published), ..of(calm) }).is_empty());

        // Its words are other ones now.
        let change =
            UpdateArticle { article: refund, version: Some(1), wanted: wanted("Payments", "By card.", &[]) };
        world.write_as(ana, move |tx| articles::update(tx, &change));
        assert_eq!(by(words("refund")), ["Angry callers"], "on {}", world.name());
        assert_eq!(by(words("card")), ["Payments"]);
        assert!(by(of(empathy)).is_empty());
        let by_ben = || world.read_as(world.as_(ana), move |tx| views::written_by(tx, ben, 10)).unwrap();
        assert!(by_ben().is_empty(), "what is internal stays inside, on {}", world.name());
        moved(&world, ben, calming, ArticleState::Published).unwrap();
        let rows = by_ben();
        assert_eq!(
            rows.iter().map(|it| &*it.beginning).collect::<Vec<_>>(),
            ["Let them finish. No refund yet."]
        );
    }
}

#[test]
fn a_ticket_is_helped_by_articles_about_what_it_needs_and_says() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        let (empathy, calm) = (skill(&world, "empathy"), skill(&world, "de-escalation"));
        let about = written(&world, ana, wanted("Staying calm", "Breathe.", &[calm]));
        let words =
            written(&world, ana, wanted("Printer without paper", "Printer, paper, tray.", &[empathy]));
        let other = written(&world, ana, wanted("Invoices", "Under orders.", &[empathy]));
        let draft = written(&world, ana, wanted("Printer and paper", "Not ready.", &[calm]));
        for id in [about, words, other] {
            moved(&world, ana, id, ArticleState::Internal).unwrap();
        }
        let subject = "Printer says paper is missing";
        let found =
            world.read_as(world.as_(ana), move |tx| views::for_ticket(tx, subject, &[calm], 3)).unwrap();
        let ids: Vec<ArticleId> = found.iter().map(|it| it.id).collect();
        assert_eq!(ids, [about, words], "on {}, without {draft}", world.name());
    }
}

#[test]
fn a_skill_that_another_takes_in_leaves_it_its_articles_and_takes_them_back() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let (from, into) = (skill(&world, "empathy"), skill(&world, "de-escalation"));
        let one = written(&world, lea, wanted("One", "Text", &[from]));
        let both = written(&world, lea, wanted("Both", "Text", &[from, into]));
        let of = |id: ArticleId| -> Vec<SkillId> {
            let article = world.read_as(world.as_(lea), move |tx| views::article(tx, id)).unwrap();
            let mut ids: Vec<SkillId> = article.skills.iter().map(|it| it.id).collect();
            ids.sort();
            ids
        };
        let command = skills::shelf::MergeSkills { from, into };
        let merge = world.write_as(lea, move |tx| skills::shelf::merge_skills(tx, &command));
        assert_eq!((of(one), of(both)), (vec![into], vec![into]), "on {}", world.name());
        world.write_as(lea, move |tx| skills::shelf::undo_merge(tx, merge));
        assert_eq!((of(one), of(both).len()), (vec![from], 2), "on {}", world.name());
    }
}

#[test]
fn the_text_its_event_and_its_words_stand_or_fall_together() {
    for world in World::on_each_database() {
        let ana = world.agent("Ana");
        world.forget_events();
        let command = wanted("Money back", "Open orders.", &[]);
        let refused = world.try_as(ana, move |tx| {
            articles::create(tx, &command)?;
            Err::<(), ArticleError>(DbError::NoRow.into())
        });
        assert!(refused.is_err() && world.events().is_empty(), "on {}", world.name());
        let found = ArticleFilter { words: "orders".into(), ..ArticleFilter::default() };
        assert!(titles(&world, ana, found).is_empty(), "on {}", world.name());
    }
}
