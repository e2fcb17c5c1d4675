//! Work of another desk: taken once, corrected when it is corrected, gone on with where it broke off, and all that the
//! desk shows of it.

use desk::coaching;
use desk::satisfaction;
use desk::skills::outcomes::{
    self, Batch, Begin, Cells, Context, Field, Mapping, OutcomeRow, OutcomesError, People, Preview, Reason,
    Rejected, Tally,
};
use desk::skills::{self, views};
use desk::skills::{planning, refit};
use desk::{Actor, Kind, OutcomeRunId, Refusal, UserId, people};
use std::collections::BTreeMap;
use testkit::World;

const DAY: i64 = 24 * 3_600_000;
const REFUNDS: &str = "billing-and-refunds";

fn mapping() -> Mapping {
    let topics = [
        ("refund*", vec!["billing-and-refunds:3"]),
        ("sso", vec!["saml-and-sso:4:2", "email-support:2:0.3"]),
    ];
    let topics = topics
        .into_iter()
        .map(|(topic, skills)| (topic.to_owned(), skills.into_iter().map(str::to_owned).collect()));
    Mapping { source: "old desk".into(), topics: topics.collect(), ..Mapping::default() }
}

#[test]
fn ordinary_topics_are_suggested_the_skill_they_need() {
    for world in World::on_each_database() {
        let rosa = world.admin("Rosa");
        let suggested = world.read_as(world.as_(rosa), |tx| {
            let topics = BTreeMap::from(["Delivery late", "bug_report", "zzz"].map(|it| (it.to_owned(), 1)));
            let context = Context::load(tx, &Mapping::default())?;
            outcomes::suggest(tx, &context, &topics)
        });
        let suggested: Vec<(String, Vec<String>)> =
            suggested.expect("an admin may").into_iter().map(|it| (it.topic, it.skills)).collect();
        let wanted = [
            ("bug_report", vec!["basic-troubleshooting:2:1"]),
            ("delivery late", vec!["shipping-and-delivery:2:1"]),
            ("zzz", vec![]),
        ];
        let wanted = wanted.map(|(topic, skills)| {
            (topic.to_owned(), skills.into_iter().map(str::to_owned).collect::<Vec<_>>())
        });
        assert_eq!(suggested, wanted, "on {}", world.name());
    }
}

/// ticket, person, days ago, topic, rating, reopened
type Said<'a> = (&'a str, &'a str, i64, &'a str, &'a str, bool);

fn rows(world: &World, all: &[Said<'_>]) -> Vec<Result<OutcomeRow, Rejected>> {
    let layout = mapping().layout().unwrap();
    let row = |(line, it): (usize, &Said<'_>)| {
        let solved = (world.now() - it.2 * DAY).to_string();
        let opened = (world.now() - it.2 * DAY - DAY / 4).to_string();
        let mut cells: Cells<'_> = [""; Field::ALL.len()];
        cells[Field::Ticket as usize] = it.0;
        cells[Field::Person as usize] = it.1;
        cells[Field::SolvedAt as usize] = &solved;
        cells[Field::OpenedAt as usize] = &opened;
        cells[Field::Topic as usize] = it.3;
        cells[Field::Rating as usize] = it.4;
        cells[Field::Reopened as usize] = if it.5 { "yes" } else { "" };
        cells[Field::Priority as usize] = "high";
        cells[Field::Channel as usize] = "email";
        cells[Field::HandleS as usize] = "600";
        layout.read(line as u64 + 2, &cells)
    };
    all.iter().enumerate().map(row).collect()
}

fn begin(world: &World, hash: &str) -> outcomes::Begun {
    let command =
        Begin { name: "export.csv".into(), file_hash: hash.into(), mapping: mapping(), anew: false };
    world.write(move |tx| outcomes::begin(tx, &command))
}

fn take(
    world: &World,
    run: OutcomeRunId,
    position: i64,
    rows: &[Result<OutcomeRow, Rejected>],
    people: People,
) -> Result<Tally, OutcomesError> {
    let rows = rows.to_vec();
    world.try_write(Actor::desk(), move |tx| {
        let context = Context::load(tx, &mapping())?;
        outcomes::take(tx, &Batch { run, position, rows: &rows, context: &context, people })
    })
}

fn import(world: &World, hash: &str, said: &[Said<'_>]) -> Tally {
    let begun = begin(world, hash);
    let rows = rows(world, said);
    let tally = take(world, begun.run, begun.position, &rows, People::Create).expect("it is taken");
    world.write(move |tx| outcomes::finish(tx, begun.run));
    assert!(tally.is_reconciled(), "{tally:?}");
    tally
}

fn levels(world: &World, user: UserId) -> Vec<(i64, f64, i64)> {
    let held = world.read(move |tx| skills::proficiencies_of(tx, user));
    held.iter().map(|it| (it.skill.0, (it.belief.level() * 1e6).round(), it.evidence_count)).collect()
}

fn agrees_with_its_evidence(world: &World) {
    for user in world.read(skills::list_people_with_evidence) {
        let drift = world.read(move |tx| skills::check_person(tx, user));
        assert!(drift.is_empty(), "on {}: {drift:?}", world.name());
    }
}

fn person(world: &World, email: &'static str) -> UserId {
    world.read(move |tx| people::find_user_by_email(tx, email)).expect("they are known").id
}

#[test]
fn work_of_another_desk_is_evidence_and_the_same_file_again_changes_nothing() {
    for world in World::on_each_database() {
        let mei = world.agent("Mei");
        let said: Vec<Said<'_>> = vec![
            ("1", "mei@desk.example", 90, "refund_late", "5", false),
            ("2", "Mei", 60, "sso", "", false),
            ("3", "kofi.mensah@other.example", 50, "refunds", "2", true),
            ("4", "mei@desk.example", 40, "weather", "", false),
            ("5", "mei@desk.example", 2, "sso", "", false),
        ];
        let first = import(&world, "a", &said);
        assert_eq!(
            (first.read, first.taken, first.duplicates, first.rejected),
            (5, 3, 0, 2),
            "on {}",
            world.name()
        );
        assert_eq!((first.outcomes, first.ratings, first.handle_times, first.people_created), (3, 2, 2, 1));
        assert_eq!(first.reasons[&Reason::NoSkill].examples, [(5, "weather".to_owned())]);
        assert_eq!(first.reasons[&Reason::TooFresh].rows, 1);
        assert_eq!(first.unmapped["weather"], 1);
        let before = levels(&world, mei);
        assert!(before.len() >= 3, "{before:?}");
        let kofi =
            world.read(|tx| people::find_user_by_email(tx, "kofi.mensah@other.example")).expect("made");
        assert_eq!((kofi.name.as_str(), kofi.has_password), ("Kofi Mensah", false));
        agrees_with_its_evidence(&world);

        let again = import(&world, "a", &said);
        assert_eq!((again.taken, again.duplicates, again.superseded, again.rejected), (0, 3, 0, 2));
        assert_eq!((again.outcomes, again.people_created), (0, 0));
        assert_eq!(levels(&world, mei), before);

        world.advance(6 * DAY);
        let later = import(&world, "a", &rows_shifted(&said, 6));
        assert_eq!((later.taken, later.duplicates), (1, 3), "what was too fresh is taken later: {later:?}");
    }
}

#[test]
fn ratings_of_another_desk_are_among_what_customers_said_of_a_person() {
    for world in World::on_each_database() {
        let mei = world.agent("Mei");
        let said = |rating: &'static str| -> Vec<Said<'static>> {
            vec![("1", "Mei", 40, "refunds", rating, false), ("2", "Mei", 50, "sso", "2", false)]
        };
        import(&world, "a", &said("5"));
        let scores = |since: i64| {
            world.read(move |tx| satisfaction::views::summary_of_person(tx, mei, since)).by_score
        };
        assert_eq!(scores(0), [0, 1, 0, 0, 1], "on {}", world.name());
        assert_eq!(scores(world.now() - 45 * DAY), [0, 0, 0, 0, 1], "the other is older");
        import(&world, "b", &said("4"));
        world.run_jobs();
        assert_eq!(scores(0), [0, 1, 0, 1, 0], "a corrected row takes the place of the former");
    }
}

/// The same moments, told some days later.
fn rows_shifted<'a>(said: &[Said<'a>], days: i64) -> Vec<Said<'a>> {
    said.iter().map(|it| (it.0, it.1, it.2 + days, it.3, it.4, it.5)).collect()
}

#[test]
fn a_corrected_row_takes_the_place_of_the_former() {
    for world in World::on_each_database() {
        let (mei, kofi) = (world.agent("Mei"), world.agent("Kofi"));
        import(&world, "a", &[("1", "Mei", 30, "sso", "5", false), ("2", "Mei", 20, "sso", "", false)]);
        let changed =
            import(&world, "b", &[("1", "Kofi", 30, "sso", "2", true), ("2", "Mei", 20, "sso", "", false)]);
        assert_eq!((changed.superseded, changed.duplicates), (1, 1), "on {}", world.name());
        world.run_jobs();
        agrees_with_its_evidence(&world);
        let evidence = world.read_as(Actor::desk(), |tx| views::evidence_about(tx, mei, None)).unwrap();
        let (struck, counting): (Vec<_>, Vec<_>) = evidence.iter().partition(|it| it.struck_at.is_some());
        assert_eq!((struck.len(), counting.len()), (3, 2), "an outcome, a rating and a time are struck out");
        assert!(struck.iter().all(|it| it.struck_reason.as_deref() == Some("the other desk corrected it")));
        let only_second = {
            let other = World::on_sqlite();
            let mei = other.agent("Mei");
            import(&other, "a", &[("2", "Mei", 20, "sso", "", false)]);
            levels(&other, mei)
        };
        let outcomes_of = |all: &[(i64, f64, i64)]| all.iter().map(|it| (it.0, it.2)).collect::<Vec<_>>();
        assert_eq!(
            outcomes_of(&levels(&world, mei)),
            outcomes_of(&only_second),
            "as if it had never been said"
        );
        assert_eq!(levels(&world, kofi).iter().map(|it| it.2).max(), Some(2), "an outcome and a rating");
    }
}

#[test]
fn one_ticket_twice_in_a_file_ends_with_its_last_word() {
    for world in World::on_each_database() {
        let mei = world.agent("Mei");
        let tally =
            import(&world, "a", &[("1", "Mei", 30, "sso", "", true), ("1", "Mei", 25, "sso", "", false)]);
        assert_eq!((tally.taken, tally.superseded), (1, 1), "on {}", world.name());
        world.run_jobs();
        agrees_with_its_evidence(&world);
        assert!(levels(&world, mei).iter().all(|it| it.2 == 2), "the outcome and its time");
    }
}

#[test]
fn a_reading_that_broke_off_goes_on_where_it_stopped_and_no_batch_is_taken_twice() {
    for world in World::on_each_database() {
        world.agent("Mei");
        let all = rows(&world, &[("1", "Mei", 30, "sso", "", false), ("2", "Mei", 20, "sso", "", false)]);
        let begun = begin(&world, "file");
        take(&world, begun.run, 0, &all[..1], People::Known).unwrap();
        let refused = take(&world, begun.run, 0, &all[..1], People::Known).unwrap_err();
        assert!(matches!(refused, OutcomesError::WrongPlace { expected: 1, given: 0 }), "{refused}");
        let again = begin(&world, "file");
        assert_eq!((again.run, again.position, again.tally.taken), (begun.run, 1, 1), "on {}", world.name());
        take(&world, again.run, 1, &all[1..], People::Known).unwrap();
        let run = begun.run;
        let ended = world.write(move |tx| outcomes::finish(tx, run));
        assert_eq!((ended.tally.read, ended.tally.taken), (2, 2));
        assert_ne!(begin(&world, "file").run, begun.run, "what has ended is not gone on with");
        assert_ne!(begin(&world, "another file").run, begun.run);
    }
}

#[test]
fn a_preview_says_what_an_import_would_do_and_does_nothing() {
    for world in World::on_each_database() {
        world.agent("Mei");
        let said: Vec<Said<'_>> = vec![
            ("1", "Mei", 30, "sso", "4", false),
            ("1", "Mei", 30, "sso", "4", false),
            ("1", "Mei", 30, "sso", "5", false),
            ("2", "Noor", 30, "sso", "", false),
            ("", "Mei", 30, "sso", "", false),
        ];
        let all = rows(&world, &said);
        let mut so_far = Preview::new("old desk", People::Create);
        let mut tally = Tally::default();
        for part in all.chunks(2) {
            let part = part.to_vec();
            let previewed = world.read(|tx| {
                let context = Context::load(tx, &mapping())?;
                outcomes::preview(tx, &mut so_far, &context, &part)
            });
            tally.add(&previewed);
        }
        assert!(tally.is_reconciled());
        assert!(world.read(|tx| views::evidence_about(tx, UserId(1), None)).is_empty());
        let real = import(&world, "a", &said);
        let four = |it: &Tally| (it.taken, it.duplicates, it.superseded, it.rejected, it.people_created);
        assert_eq!(
            (tally.outcomes, tally.ratings, tally.handle_times),
            (real.outcomes, real.ratings, real.handle_times)
        );
        assert_eq!(four(&tally), four(&real), "on {}", world.name());
        assert_eq!(four(&real), (2, 1, 1, 1, 1));
    }
}

#[test]
fn a_refit_names_the_topic_that_is_hard_and_leads_see_it() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        world.agent("Kofi");
        let numbers: Vec<String> = (0..160).map(|n| n.to_string()).collect();
        let said: Vec<Said<'_>> = numbers
            .iter()
            .enumerate()
            .map(|(n, it)| {
                let hard = n % 4 == 0;
                let who = if n % 2 == 0 { "Mei" } else { "Kofi" };
                let topic = if hard { "refund_abroad" } else { "refund" };
                let who = if hard && n % 8 == 0 { "Kofi" } else { who };
                (it.as_str(), who, 8 + (n as i64 % 40), topic, "", hard && n % 12 != 0 || n % 37 == 1)
            })
            .collect();
        import(&world, "a", &said);
        assert_eq!(world.read_as(world.as_(lea), refit::hard_work).unwrap().found_at, None);
        skills::refit::run(&world.desk.db, None).expect("it runs");
        let work = world.read_as(world.as_(lea), refit::hard_work).unwrap();
        let hard = work.topics.first().expect("it is named");
        assert_eq!(hard.name, "refund_abroad", "on {}: {work:?}", world.name());
        assert!(hard.levels > 0.5 && hard.differs() && hard.p_solved < work.p_usual, "{hard:?}");
        assert!(hard.rows >= 40 && work.found_at.is_some());
        assert!(work.topics.iter().all(|it| it.name != "refund"), "the usual has no difficulty");
        let refused = world.read_as(world.as_(mei), refit::hard_work);
        assert!(matches!(refused, Err(skills::SkillsError::NotALead)));
    }
}

#[test]
fn what_was_imported_is_demand_and_shows_single_points_of_failure() {
    for world in World::on_each_database() {
        let (lea, mei) = (world.lead("Lea"), world.agent("Mei"));
        let numbers: Vec<String> = (0..60).map(|n| n.to_string()).collect();
        let said: Vec<Said<'_>> = numbers
            .iter()
            .enumerate()
            .map(|(n, it)| (it.as_str(), "Mei", 8 + (n as i64 % 28), "refund", "5", false))
            .collect();
        import(&world, "a", &said);
        let team = world.read_as(world.as_(lea), planning::team).expect("a lead may plan");
        assert_eq!(team.tickets, 60, "on {}", world.name());
        let risk = team.skills.iter().find(|it| it.skill.key == REFUNDS).expect("it is asked for");
        assert!(risk.is_single(), "{risk:?}");
        let matrix =
            world.read_as(world.as_(lea), |tx| views::matrix(tx, &views::MatrixFilter::default())).unwrap();
        let head = matrix.skills.iter().find(|it| it.skill.key == REFUNDS).expect("it has a column");
        assert!(head.demand > 0 && head.single_point_of_failure, "{head:?}");
        let about = world.read_as(world.as_(mei), move |tx| views::evidence_about(tx, mei, None)).unwrap();
        assert_eq!(about[0].imported.as_deref(), Some("old desk #56"), "the newest, the last of its moment");
    }
}

#[test]
fn a_refit_tells_hard_topics_from_weak_people() {
    let world = World::on_sqlite();
    let (mei, kofi) = (world.agent("Mei"), world.agent("Kofi"));
    let mut numbers: Vec<(String, &str, &str, bool)> = Vec::new();
    for n in 0..200 {
        // Kofi is given the topic at which everybody fails half the time, Mei only now and then.
        numbers.push((format!("k{n}"), "Kofi", "refund_disputed", n % 2 == 0));
        numbers.push((
            format!("m{n}"),
            "Mei",
            if n % 4 == 0 { "refund_disputed" } else { "refund_simple" },
            n % 8 == 0,
        ));
    }
    let said: Vec<Said<'_>> = numbers.iter().map(|it| (it.0.as_str(), it.1, 20, it.2, "", it.3)).collect();
    import(&world, "a", &said);
    let level = |user: UserId| world.read(move |tx| skills::proficiencies_of(tx, user))[0].belief.level();
    let apart = level(mei) - level(kofi);
    skills::refit::run(&world.desk.db, None).expect("it runs");
    let apart_then = level(mei) - level(kofi);
    assert!(apart_then < apart * 0.7, "the topic explains part of it: {apart} became {apart_then}");
    let checked = skills::refit::check(&world.desk.db).expect("it runs").expect("there is one");
    assert_eq!(checked.different, 0);
    agrees_with_its_evidence(&world);
}

#[test]
fn what_a_whole_team_is_good_at_is_skill_and_not_an_easy_topic() {
    let world = World::on_sqlite();
    let names = ["Mei", "Kofi", "Noor", "Ivo", "Lea"];
    let people: Vec<UserId> = names.iter().map(|name| world.agent(name)).collect();
    let numbers: Vec<(String, &str)> = (0..300).map(|n| (n.to_string(), names[n % names.len()])).collect();
    let said: Vec<Said<'_>> = numbers
        .iter()
        .enumerate()
        .map(|(n, it)| (it.0.as_str(), it.1, 8 + (n as i64 % 20), "refund", "5", false))
        .collect();
    import(&world, "a", &said);
    skills::refit::run(&world.desk.db, None).expect("it runs");
    for user in people {
        let held = world.read(move |tx| skills::proficiencies_of(tx, user));
        assert!(held[0].belief.level() > 3.0, "sixty of sixty hold: {:?}", held[0].belief);
    }
    assert_eq!(skills::refit::check(&world.desk.db).expect("it runs").expect("there is one").different, 0);
}

#[test]
fn following_keeps_its_place_and_what_is_too_young_waits_until_it_counts() {
    for world in World::on_each_database() {
        let mei = world.agent("Mei");
        let run = begin(&world, "").run;
        let page = |cursor: &'static str, said: &[Said<'_>], run: OutcomeRunId| {
            let rows = rows(&world, said);
            world.try_write(Actor::desk(), move |tx| {
                let context = Context::load(tx, &mapping())?;
                let page = outcomes::Page {
                    run,
                    url: "https://their.example",
                    rows: &rows,
                    context: &context,
                    people: People::Known,
                    cursor,
                };
                outcomes::take_page(tx, &page)
            })
        };
        let due = |run: OutcomeRunId| {
            world.write(move |tx| {
                let context = Context::load(tx, &mapping())?;
                outcomes::take_due(tx, run, &context, People::Known)
            })
        };
        let (tally, waiting) =
            page("one", &[("1", "Mei", 30, "sso", "", false), ("2", "Mei", 2, "sso", "", false)], run)
                .unwrap();
        assert_eq!((tally.taken, tally.rejected, waiting), (1, 0, 1), "on {}", world.name());
        assert_eq!(
            world.read(|tx| outcomes::followed(tx, "old desk")).unwrap().cursor.as_deref(),
            Some("one")
        );
        assert_eq!(due(run), None, "it is too young");
        let (tally, waiting) = page("two", &[("2", "Mei", 1, "sso", "", true)], run).unwrap();
        assert_eq!((tally.taken, waiting), (0, 1), "what came back waits as long as what holds");
        page("three", &[("3", "Mei", 0, "sso", "", false)], run).unwrap();
        world.advance(7 * DAY);
        assert_eq!(due(run).map(|it| it.taken), Some(2), "each once, by its last word");
        assert_eq!(due(run), None);
        assert_eq!(levels(&world, mei)[0].2, 5, "three outcomes, and the times of the two that hold");
        agrees_with_its_evidence(&world);
        let elsewhere = world.try_write(Actor::desk(), move |tx| {
            let context = Context::load(tx, &mapping())?;
            let page = outcomes::Page {
                run,
                url: "https://another.example",
                rows: &[],
                context: &context,
                people: People::Known,
                cursor: "x",
            };
            outcomes::take_page(tx, &page)
        });
        assert_eq!(elsewhere.unwrap_err().kind(), Kind::Conflict);
    }
}

#[test]
fn looks_at_another_desk_that_bring_nothing_do_not_push_imports_out_of_the_list() {
    for world in World::on_each_database() {
        world.agent("Mei");
        import(&world, "a", &[("1", "Mei", 30, "sso", "", false)]);
        let look = || {
            let command = Begin {
                name: "https://old.example".into(),
                file_hash: String::new(),
                mapping: mapping(),
                anew: true,
            };
            world.write(move |tx| outcomes::begin(tx, &command)).run
        };
        let empty = look();
        let ended = world.write(move |tx| outcomes::finish(tx, empty));
        assert_eq!(ended.tally.read, 0);
        look();
        world.advance(2 * 60 * 60_000);
        let last = look();
        let runs = world.read(outcomes::list_runs);
        assert_eq!((runs.len(), runs[0].id), (2, last), "on {}", world.name());
    }
}

#[test]
fn only_admins_import() {
    let world = World::on_sqlite();
    let lead = world.lead("Lea");
    let command = Begin { name: "x".into(), file_hash: String::new(), mapping: mapping(), anew: false };
    let refused = world.try_as(lead, move |tx| outcomes::begin(tx, &command)).unwrap_err();
    assert_eq!(refused.kind(), Kind::Forbidden);
    assert!(person(&world, "lea@desk.example") == lead);
}

#[test]
fn a_team_of_which_only_imported_work_is_known_gets_its_moments() {
    for world in World::on_each_database() {
        let (mei, lea) = (world.agent("Mei"), world.lead("Lea"));
        let good = |n: usize| -> Said<'static> {
            (&"abcdefghijkl"[n..n + 1], "mei@desk.example", 100 - n as i64, "refund_late", "5", false)
        };
        let mut said: Vec<Said<'_>> = (0..12).map(good).collect();
        said.push(("B/1", "mei@desk.example", 10, "refund_late", "1", true));
        said.push(("B/2", "mei@desk.example", 80, "refund_late", "1", true));
        import(&world, "a", &said);
        world.run_jobs();
        let moments = |reader: UserId| {
            let page = world.read_as(world.as_(reader), move |tx| coaching::views::person_page(tx, mei));
            page.expect("they may").weeks.into_iter().flat_map(|it| it.1).collect::<Vec<_>>()
        };
        let shown = moments(lea);
        assert_eq!(shown.len(), 1, "what is long ago is left out, on {}: {shown:?}", world.name());
        let there = shown[0].elsewhere.clone().expect("it is another desk's");
        assert_eq!((there.source.as_str(), there.ticket.as_str(), &there.url), ("old desk", "B/1", &None));
        assert_eq!(shown[0].subject, there.topic.clone().expect("it had one"));
        assert!(!shown[0].kept.moment.better && shown[0].kept.moment.demand > 0.99, "{shown:?}");
        assert_eq!(shown[0].skill.key, REFUNDS);
        world.write(|tx| outcomes::set_ticket_url(tx, "old desk", "https://old.example/t/{ticket}"));
        let mine = moments(mei);
        let url = mine[0].elsewhere.as_ref().and_then(|it| it.url.as_deref());
        assert_eq!(url, Some("https://old.example/t/B%2F1"));
        let id = mine[0].kept.id;
        world.write_as(lea, move |tx| coaching::talk(tx, id, true));
        assert_eq!(world.write(coaching::find_moments), 0, "nothing new");
        assert!(moments(mei)[0].kept.talked_at.is_some());

        let run = world.read(outcomes::list_runs).first().expect("one").id;
        world.write(move |tx| outcomes::take_back(tx, run).map(|_| ()));
        world.run_jobs();
        assert!(moments(lea).is_empty(), "what is taken back is worth no talk");
    }
}
