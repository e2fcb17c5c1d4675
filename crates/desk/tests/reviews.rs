//! Reviews: from marked sentences to evidence, what the reviewed person may say, the weekly budget, and calibration.

use desk::events::Event;
use desk::reviews::views;
use desk::reviews::{
    self, BeginReview, Category, Contest, Decide, Decision, Finish, Mark, MarkSentences, OpenCalibration,
    ReviewError, SaveReviewSettings, SaveScorecard, SaveScores, SayToReview, ScoreGiven, Section, Span,
};
use desk::skills::{self, Observed};
use desk::tickets::{self, NewComment, Status, UpdateTicket};
use desk::{CommentId, ReviewId, SkillId, TicketId, UserId};
use testkit::World;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

/// A ticket that this agent has answered and solved.
fn solved(world: &World, by: UserId, subject: &str) -> TicketId {
    let ticket = world.ticket(subject);
    let update = UpdateTicket {
        assignee: Some(Some(by)),
        comment: Some(NewComment::public("I am sorry, Marta. Both payments are on their way back.")),
        status: Some(Status::Solved),
        ..UpdateTicket::of(ticket)
    };
    world.write_as(by, move |tx| tickets::update(tx, &update).map(|_| ()));
    ticket
}

fn begin(world: &World, reviewer: UserId, ticket: TicketId, user: UserId) -> ReviewId {
    world.write_as(reviewer, move |tx| reviews::begin(tx, &BeginReview { ticket, user, scorecard: None }))
}

fn save(world: &World, reviewer: UserId, review: ReviewId, points: &[Option<u8>]) {
    let scores = points
        .iter()
        .enumerate()
        .map(|(category, points)| ScoreGiven { category, points: *points, note: String::new() })
        .collect();
    let command = SaveScores { review, scores, comment: "Warm and clear.".into() };
    world.write_as(reviewer, move |tx| reviews::save_scores(tx, &command));
}

fn finish(world: &World, reviewer: UserId, review: ReviewId) -> Result<reviews::Review, ReviewError> {
    world.try_as(reviewer, move |tx| reviews::finish(tx, &Finish { review }))
}

/// The shipped card: understanding, empathy, clear, solving (critical), next, calm, right (critical), ahead (bonus), private.
const GOOD: [Option<u8>; 9] = [Some(4), Some(5), Some(4), Some(4), Some(3), None, Some(3), Some(1), Some(2)];

fn reviewed(world: &World, reviewer: UserId, ticket: TicketId, user: UserId) -> ReviewId {
    let review = begin(world, reviewer, ticket, user);
    save(world, reviewer, review, &GOOD);
    finish(world, reviewer, review).expect("it is complete");
    review
}

fn level(world: &World, user: UserId, skill: SkillId) -> Option<f64> {
    let all = world.read(move |tx| skills::proficiencies_of(tx, user));
    all.into_iter().find(|it| it.skill == skill).map(|it| it.belief.level())
}

#[test]
fn a_review_becomes_evidence_of_the_skills_that_its_categories_show() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let empathy = skill(&world, "empathy");
        let ticket = solved(&world, ana, "Charged twice");
        world.forget_events();
        let review = begin(&world, lea, ticket, ana);
        assert_eq!(begin(&world, lea, ticket, ana), review, "the open one is the one, on {}", world.name());
        let open = finish(&world, lea, review);
        assert!(matches!(open, Err(ReviewError::CategoryIsOpen(_))), "{open:?}");
        save(&world, lea, review, &GOOD);
        let done = finish(&world, lea, review).expect("it is complete");
        // (3·75 + 3·100 + 2·75 + 4·75 + 2·100 + 3·100) / 17
        assert!((done.percent.unwrap() - 1475.0 / 17.0).abs() < 1e-9, "{done:?}");
        assert!(world.events().contains(&Event::ReviewFinished { review, user: ana, ticket }));

        let evidence = world.read(move |tx| skills::views::evidence_about(tx, ana, None));
        assert_eq!(evidence.len(), 6, "one for each scored category with skills, on {}", world.name());
        let shown = evidence.iter().find(|it| it.moves.iter().any(|it| it.skill.id == empathy)).unwrap();
        assert_eq!(shown.observed, Observed::Review { level: 4.5, severity: 0.0 });
        assert!(shown.note.starts_with("Empathy") && shown.by == Some(lea) && shown.ticket == Some(ticket));
        assert!(level(&world, ana, empathy).unwrap() > 2.8);
        let drifts = world.read(move |tx| skills::check_person(tx, ana));
        assert!(drifts.is_empty(), "a replay leads to the same, on {}: {drifts:?}", world.name());

        assert!(matches!(finish(&world, lea, review), Err(ReviewError::FinishedAlready)));
        let again = world
            .try_as(lea, move |tx| reviews::begin(tx, &BeginReview { ticket, user: ana, scorecard: None }));
        assert!(matches!(again, Err(ReviewError::ReviewedAlready)));
    }
}

#[test]
fn how_far_a_review_moved_a_level_is_told_to_those_who_see_the_level() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let empathy = skill(&world, "empathy");
        let ticket = solved(&world, ana, "Charged twice");
        let review = reviewed(&world, lea, ticket, ana);
        let tells = |viewer: UserId| {
            let page = world.read_as(world.as_(viewer), move |tx| views::review_page(tx, review)).unwrap();
            page.moved.iter().flatten().any(|it| it.skill == empathy)
        };
        assert!(
            tells(ana) && !tells(lea),
            "Ana alone sees a level that stands on little, on {}",
            world.name()
        );
        for n in 0..20 {
            let solves = skills::AddEvidence {
                key: format!("test:{n}"),
                user: ana,
                observed: Observed::Outcome { for_good: true },
                ticket: None,
                by: None,
                skills: vec![(empathy, 1.0)],
                difficulty: 0.0,
                at: world.now(),
                note: String::new(),
            };
            world.write(move |tx| skills::add_evidence(tx, &solves));
        }
        assert!(tells(ana) && tells(lea), "on {}", world.name());
    }
}

#[test]
fn only_reviewers_review_solved_work_of_others() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let open = world.ticket("Not yet");
        let ticket = solved(&world, ana, "Done");
        let begin = |who: UserId, ticket: TicketId, user: UserId| {
            world.try_as(who, move |tx| reviews::begin(tx, &BeginReview { ticket, user, scorecard: None }))
        };
        assert!(matches!(begin(ben, ticket, ana), Err(ReviewError::NotAReviewer)));
        assert!(matches!(begin(lea, open, ana), Err(ReviewError::NotSolved)));
        assert!(matches!(begin(lea, ticket, ben), Err(ReviewError::NotTheirWork)));
        let hers = solved(&world, lea, "Her own");
        assert!(matches!(begin(lea, hers, lea), Err(ReviewError::OwnWork)));
        let command = SaveReviewSettings { reviews_per_week: 2, reviewers: vec![ben] };
        world.write_as(lea, move |tx| reviews::save_settings(tx, &command));
        let review = begin(ben, ticket, ana).expect("Ben is named a reviewer");
        let theirs = world.read_as(world.as_(lea), move |tx| views::review_page(tx, review));
        assert!(matches!(theirs, Err(ReviewError::NoSuchReview)), "nobody reads an unfinished review");
        let not_his = world.try_as(lea, move |tx| reviews::drop_review(tx, review));
        assert!(matches!(not_his, Err(ReviewError::NotYours)));
        world.write_as(ben, move |tx| reviews::drop_review(tx, review));
        assert!(matches!(finish(&world, ben, review), Err(ReviewError::NoSuchReview)));
    }
}

#[test]
fn a_sentence_is_marked_by_its_letters_and_found_again() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let ticket = solved(&world, ana, "Charged twice");
        let review = begin(&world, lea, ticket, ana);
        let page = world.read_as(world.as_(lea), move |tx| views::review_page(tx, review)).unwrap();
        let letter = page.letters.iter().find(|it| it.is_theirs).expect("her answer");
        let sentence = letter.pieces.iter().find(|it| it.text == "I am sorry, Marta.").expect("a sentence");
        let mark = Mark { comment: letter.comment, span: sentence.span.unwrap() };
        let marks =
            move |marks: Vec<Mark>, good: bool| MarkSentences { review, marks, category: Some(1), good };
        let command = marks(vec![mark], true);
        world.write_as(lea, move |tx| reviews::mark_sentences(tx, &command));
        // The same sentence again keeps what it was marked as.
        let command = marks(vec![mark], false);
        world.write_as(lea, move |tx| reviews::mark_sentences(tx, &command));
        let page = world.read_as(world.as_(lea), move |tx| views::review_page(tx, review)).unwrap();
        let held = &page.highlights[0];
        assert_eq!((held.quote.as_str(), held.good, held.category), ("I am sorry, Marta.", true, Some(1)));
        let shown = page.letters.iter().flat_map(|it| &it.pieces).find(|it| it.highlight == Some(0));
        assert_eq!(shown.map(|it| it.text.as_str()), Some("I am sorry, Marta."), "on {}", world.name());

        let wrong = marks(vec![Mark { comment: mark.comment, span: Span { start: 0, end: 9_999 } }], true);
        let wrong = world.try_as(lea, move |tx| reviews::mark_sentences(tx, &wrong));
        assert!(matches!(wrong, Err(ReviewError::SpanIsWrong)));
        let foreign = marks(vec![Mark { comment: CommentId(999_999), ..mark }], true);
        let foreign = world.try_as(lea, move |tx| reviews::mark_sentences(tx, &foreign));
        assert!(matches!(foreign, Err(ReviewError::NoSuchComment)));
        let none = marks(vec![], true);
        world.write_as(lea, move |tx| reviews::mark_sentences(tx, &none));
        let page = world.read_as(world.as_(lea), move |tx| views::review_page(tx, review)).unwrap();
        assert!(page.highlights.is_empty());
    }
}

#[test]
fn the_reviewed_person_sees_answers_and_contests_and_somebody_else_decides() {
    for world in World::on_each_database() {
        let (ana, ben, lea, liv) =
            (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"), world.lead("Liv"));
        let empathy = skill(&world, "empathy");
        let ticket = solved(&world, ana, "Charged twice");
        let review = reviewed(&world, lea, ticket, ana);
        let waiting = |who: UserId| world.read_as(world.as_(who), views::count_waiting).unwrap();
        assert_eq!(waiting(ana), 1);
        let theirs = world.read_as(world.as_(ben), move |tx| views::review_page(tx, review));
        assert!(matches!(theirs, Err(ReviewError::NoSuchReview)), "a colleague does not read it");
        world.write_as(ana, move |tx| reviews::see(tx, review));
        assert_eq!(waiting(ana), 0);
        let words = SayToReview { review, text: "The refund had to wait for finance.".into() };
        world.write_as(ana, move |tx| reviews::answer(tx, &words));
        let before = Decide { review, decision: Decision::Struck, reason: "no".into() };
        let early = world.try_as(liv, move |tx| reviews::decide(tx, &before));
        assert!(matches!(early, Err(ReviewError::NotContested)));
        let why = Contest { review, reason: "It was another customer's letter.".into() };
        let not_hers = why.clone();
        let not_hers = world.try_as(ben, move |tx| reviews::contest(tx, &not_hers));
        assert!(matches!(not_hers, Err(ReviewError::NotYourWork)));
        world.write_as(ana, move |tx| reviews::contest(tx, &why));
        let page = world.read_as(world.as_(liv), views::desk).unwrap();
        assert_eq!((page.contested.len(), page.quality.len()), (1, 1), "on {}", world.name());

        let strike =
            Decide { review, decision: Decision::Struck, reason: "Right, the letter was not hers.".into() };
        let own = strike.clone();
        let own = world.try_as(lea, move |tx| reviews::decide(tx, &own));
        assert!(matches!(own, Err(ReviewError::ReviewerDecides)), "there is another lead");
        world.write_as(liv, move |tx| reviews::decide(tx, &strike));
        assert_eq!(level(&world, ana, empathy), None, "as if it had never been, on {}", world.name());
        let evidence = world.read(move |tx| skills::views::evidence_about(tx, ana, None));
        assert!(
            evidence.iter().all(|it| it.struck_reason.as_deref().is_some_and(|it| it.contains("not hers")))
        );
        let page = world.read_as(world.as_(ana), move |tx| views::review_page(tx, review)).unwrap();
        assert_eq!(
            (page.review.decision, page.decided_by_name.as_deref()),
            (Some(Decision::Struck), Some("Liv"))
        );
        let (_, score) = world.read_as(world.as_(ana), move |tx| views::of_person(tx, ana)).unwrap();
        assert_eq!(score, None, "a struck review is in no mean");
    }
}

#[test]
fn a_changed_scorecard_is_a_new_version_and_reviews_keep_theirs() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let card = world.read(reviews::list_scorecards).remove(0);
        assert_eq!((card.name.as_str(), card.version, card.categories.len()), ("Conversations", 1, 9));
        let review = reviewed(&world, lea, solved(&world, ana, "One"), ana);
        let mut change = SaveScorecard {
            name: card.name.clone(),
            about: card.about.clone(),
            categories: card.categories.clone(),
        };
        change.categories.truncate(4);
        let (same, id) = (SaveScorecard { categories: card.categories.clone(), ..change.clone() }, card.id);
        assert_eq!(world.write_as(lea, move |tx| reviews::update_scorecard(tx, id, &same)).version, 1);
        let changed = world.write_as(lea, move |tx| reviews::update_scorecard(tx, id, &change));
        assert_eq!((changed.version, changed.categories.len()), (2, 4));
        let page = world.read_as(world.as_(lea), move |tx| views::review_page(tx, review)).unwrap();
        assert_eq!((page.scorecard.version, page.scorecard.categories.len(), page.is_outdated), (1, 9, true));

        let category = |section: Section, points: u8, weight: f64| Category {
            name: "It".into(),
            question: String::new(),
            section,
            weight,
            points,
            anchors: vec![],
            skills: vec![],
            competency: None,
        };
        let refused = |categories: Vec<Category>| {
            let command = SaveScorecard { name: "Mine".into(), about: String::new(), categories };
            world.try_as(lea, move |tx| reviews::create_scorecard(tx, &command)).unwrap_err()
        };
        assert!(matches!(refused(vec![]), ReviewError::CategoriesAreWrong));
        assert!(matches!(refused(vec![category(Section::Bonus, 2, 1.0)]), ReviewError::CategoriesAreWrong));
        assert!(matches!(refused(vec![category(Section::Standard, 6, 1.0)]), ReviewError::ScaleIsWrong));
        assert!(matches!(refused(vec![category(Section::Standard, 3, 0.0)]), ReviewError::WeightIsWrong));
        let unknown = Category { skills: vec![(SkillId(9_999), 1.0)], ..category(Section::Standard, 3, 1.0) };
        assert!(matches!(refused(vec![unknown]), ReviewError::SkillsAreWrong));
        let retired = world.try_as(lea, move |tx| reviews::retire_scorecard(tx, id));
        assert!(matches!(retired, Err(ReviewError::DefaultStays)));
    }
}

#[test]
fn the_weeks_budget_goes_where_least_is_known_and_says_why() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        for subject in ["a", "b", "c"] {
            solved(&world, ana, subject);
            solved(&world, ben, subject);
        }
        // Ana has been reviewed often: of her, a lot is known.
        let all: Vec<Option<u8>> = GOOD.into_iter().map(|it| it.or(Some(3))).collect();
        for n in 0..6 {
            let review = begin(&world, lea, solved(&world, ana, &format!("reviewed {n}")), ana);
            save(&world, lea, review, &all);
            finish(&world, lea, review).unwrap();
        }
        let command = SaveReviewSettings { reviews_per_week: 2, reviewers: vec![] };
        world.write_as(lea, move |tx| reviews::save_settings(tx, &command));
        assert_eq!(world.write(reviews::plan_week), 2, "on {}", world.name());
        assert_eq!(world.write(reviews::plan_week), 0, "the week is full");
        let page = world.read_as(world.as_(lea), views::desk).unwrap();
        assert!(
            page.assignments.iter().all(|it| it.user == ben && it.reviewer == lea),
            "{:?}",
            page.assignments
        );
        assert!(page.assignments.iter().all(|it| it.sd_levels > 0.7), "the reason is a figure");

        let first = page.assignments[0].clone();
        let skipped = first.id;
        world.write_as(lea, move |tx| reviews::skip(tx, skipped));
        assert_eq!(world.write(reviews::plan_week), 1, "the place is filled again");
        let page = world.read_as(world.as_(lea), views::desk).unwrap();
        assert!(page.assignments.iter().all(|it| it.ticket != first.ticket), "and not with the same");
        let next = page.assignments[0].clone();
        let review = begin(&world, lea, next.ticket, next.user);
        let page = world.read_as(world.as_(lea), move |tx| views::review_page(tx, review)).unwrap();
        assert_eq!(page.why.map(|it| it.ticket), Some(next.ticket), "the review shows why");
        save(&world, lea, review, &GOOD);
        finish(&world, lea, review).unwrap();
        assert_eq!(world.write(reviews::plan_week), 0, "what is done counts into the budget");
        let not_a_lead = world.try_as(ben, reviews::plan_week);
        assert!(matches!(not_a_lead, Err(ReviewError::NotALead)));
    }
}

#[test]
fn a_severe_reviewer_is_known_for_it_and_corrected() {
    for world in World::on_each_database() {
        let (ana, lea, liv) = (world.agent("Ana"), world.lead("Lea"), world.lead("Liv"));
        const LOW: [Option<u8>; 9] =
            [Some(2), Some(2), Some(2), Some(3), Some(2), None, Some(2), Some(1), Some(2)];
        for n in 0..8 {
            let ticket = solved(&world, ana, &format!("{n}"));
            reviewed(&world, liv, ticket, ana);
            let review = begin(&world, lea, ticket, ana);
            save(&world, lea, review, &LOW);
            finish(&world, lea, review).unwrap();
        }
        let rows = world.read(views::raters);
        let of = |who: UserId| rows.iter().find(|it| it.user == who).expect("a rater").severity;
        assert!(of(lea).mean > 0.2 && of(liv).mean < -0.1, "{rows:?} on {}", world.name());
        assert!(of(lea).sd < 0.3 && of(lea).scores == 48);
        let evidence = world.read(move |tx| skills::views::evidence_about(tx, ana, None));
        let newest = evidence.iter().find(|it| it.by == Some(lea)).unwrap();
        assert!(matches!(newest.observed, Observed::Review { severity, .. } if severity > 0.1), "{newest:?}");
        assert!(world.read(move |tx| skills::check_person(tx, ana)).is_empty(), "a replay leads to the same");
    }
}

#[test]
fn a_calibration_is_blind_until_it_is_closed_and_moves_nobody() {
    for world in World::on_each_database() {
        let (ana, lea, liv) = (world.agent("Ana"), world.lead("Lea"), world.lead("Liv"));
        let ticket = solved(&world, ana, "Charged twice");
        let id = world.write_as(lea, move |tx| {
            reviews::open_calibration(tx, &OpenCalibration { ticket, user: ana, scorecard: None })
        });
        let mut points = GOOD;
        for (who, empathy) in [(lea, Some(5)), (liv, Some(3))] {
            points[1] = empathy;
            let review = world.write_as(who, move |tx| reviews::join_calibration(tx, id));
            save(&world, who, review, &points);
            finish(&world, who, review).expect("it is complete");
        }
        let page = |who: UserId| world.read_as(world.as_(who), move |tx| views::calibration_page(tx, id));
        let blind = page(liv).unwrap();
        assert_eq!((blind.raters.len(), blind.finished, blind.agreement), (1, 2, None), "only her own");
        assert_eq!(blind.raters[0].reviewer, liv);
        let theirs = blind.calibration.id;
        assert!(matches!(page(ana), Err(ReviewError::NotAReviewer)));
        world.write_as(lea, move |tx| reviews::close_calibration(tx, theirs));
        let open = page(liv).unwrap();
        let agreement = open.agreement.expect("it is closed");
        assert_eq!((open.raters.len(), agreement.pairs), (2, 1));
        assert!(agreement.alpha.unwrap() > 0.5 && agreement.alpha.unwrap() < 1.0, "{agreement:?}");
        assert!(agreement.kappa.unwrap() > 0.5 && agreement.kappa.unwrap() < 1.0);
        assert_eq!(
            (agreement.spread[1], agreement.spread[0], agreement.spread[5]),
            (Some(0.5), Some(0.0), None)
        );
        let evidence = world.read(move |tx| skills::views::evidence_about(tx, ana, None));
        assert!(evidence.is_empty(), "a calibration is about the reviewers, on {}", world.name());
        let (about, _) = world.read_as(world.as_(ana), move |tx| views::of_person(tx, ana)).unwrap();
        assert!(about.is_empty());
        let late = world.try_as(lea, move |tx| reviews::close_calibration(tx, id));
        assert!(matches!(late, Err(ReviewError::ClosedAlready)));
    }
}
