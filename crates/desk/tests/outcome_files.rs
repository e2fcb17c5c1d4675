//! A file of another desk's outcomes that is brought by a screen: looked at, tried, taken in, and taken back as if it
//! had never been read.

use ::skills::handle_time::{Effort, HandleTimes};
use desk::blobs::Blobs;
use desk::settings::{self, Company};
use desk::skills::outcomes::files::{self, SetReading, State};
use desk::skills::outcomes::{self, Mapping, People};
use desk::skills::{self, planning};
use desk::work::{Work, Worker};
use desk::{Actor, Kind, OutcomeFileId, OutcomeRunId, Refusal, UserId, people};
use testkit::World;

const DAY: i64 = 24 * 3_600_000;
const REFUNDS: &str = "billing-and-refunds";

/// ticket, person, days ago, topic, reopened
type Said<'a> = (&'a str, &'a str, i64, &'a str, bool);

fn csv(world: &World, all: &[Said<'_>]) -> String {
    let mut text = String::from("Case;Agent;Closed;Category;Reopens\n");
    for it in all {
        let solved = world.now() - it.2 * DAY;
        text.push_str(&format!("{};{};{solved};{};{}\n", it.0, it.1, it.3, i64::from(it.4)));
    }
    text
}

struct Desk {
    _folder: tempfile::TempDir,
    blobs: Blobs,
}

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::in_folder(folder.path());
        Desk { _folder: folder, blobs }
    }

    /// Brought, and read as `old desk` with one topic that asks for refunds.
    fn bring(&self, world: &World, name: &'static str, said: &[Said<'_>]) -> OutcomeFileId {
        let text = csv(world, said);
        self.bring_text(world, name, &text, &[])
    }

    fn bring_text(
        &self,
        world: &World,
        name: &'static str,
        text: &str,
        further: &[(&str, &str)],
    ) -> OutcomeFileId {
        let blob = self.blobs.put(text.as_bytes(), "text/csv").expect("it is kept");
        let new = files::prepare(&self.blobs, &blob, name).expect("it is a table");
        let file = world.write(move |tx| files::keep_file(tx, &new));
        let columns = [("ticket", "Case"), ("person", "Agent"), ("solved_at", "Closed")];
        let columns =
            columns.iter().chain(further).map(|(what, column)| ((*what).to_owned(), (*column).to_owned()));
        let topics = [("refund*".to_owned(), vec![format!("{REFUNDS}:3")])];
        let mapping = Mapping {
            source: "old desk".into(),
            columns: columns.collect(),
            topics: topics.into(),
            ..Mapping::default()
        };
        let topics = files::look(&self.blobs, &blob.sha256, &mapping).expect("it can be read").topics;
        let command = SetReading { file, mapping, people: People::Create, topics };
        world.write(move |tx| files::set_reading(tx, &command));
        file
    }

    /// What the job does, as the process does it.
    fn read(&self, world: &World, file: OutcomeFileId) -> files::File {
        for work in world.take_outside_jobs() {
            if let Work::ReadOutcomes { file } = work {
                files::read_file(&world.desk.db, &self.blobs, file).expect("it is read");
            }
        }
        world.read(move |tx| files::find_file(tx, file))
    }

    fn take(&self, world: &World, name: &'static str, said: &[Said<'_>]) -> OutcomeRunId {
        let file = self.bring(world, name, said);
        self.take_in(world, file)
    }

    fn take_in(&self, world: &World, file: OutcomeFileId) -> OutcomeRunId {
        world.write(move |tx| files::take_file(tx, file));
        let file = self.read(world, file);
        assert_eq!((file.state, file.failed), (State::Taken, None), "on {}", world.name());
        file.run.expect("a run")
    }
}

fn take_back(world: &World, run: OutcomeRunId) {
    world.write(move |tx| outcomes::take_back(tx, run));
    world.run_jobs();
    let runs = world.read(outcomes::list_runs);
    assert!(runs.iter().any(|it| it.id == run && it.undone_at.is_some()), "on {}", world.name());
}

/// Levels to a millionth, with the number of observations.
fn levels(world: &World, user: UserId) -> Vec<(i64, i64, i64)> {
    let held = world.read(move |tx| skills::proficiencies_of(tx, user));
    held.iter().map(|it| (it.skill.0, (it.belief.level() * 1e6).round() as i64, it.evidence_count)).collect()
}

fn agrees_with_its_evidence(world: &World) {
    for user in world.read(skills::list_people_with_evidence) {
        let drift = world.read(move |tx| skills::check_person(tx, user));
        assert!(drift.is_empty(), "on {}: {drift:?}", world.name());
    }
}

fn demand(world: &World) -> (Vec<i64>, Vec<String>) {
    let story = world.read(|tx| {
        let skill = skills::find_skill_by_key(tx, REFUNDS)?.expect("it is shipped").id;
        planning::skill_story(tx, skill)
    });
    (story.weeks, story.imported.into_iter().map(|it| it.ticket).collect())
}

#[test]
fn a_file_is_looked_at_and_tried_without_a_trace_and_then_taken_in() {
    for world in World::on_each_database() {
        let (desk, mei) = (Desk::new(), world.agent("Mei"));
        let said = [
            ("1", "Mei", 60, "refund_late", false),
            // Rejected, and so nobody becomes an agent by it.
            ("2", "noa@other.example", 50, "weather", false),
            ("3", "jo@other.example", 40, "refunds", true),
        ];
        let file = desk.bring(&world, "Old desk (2025).csv", &said);
        let it = world.read(move |tx| files::find_file(tx, file));
        assert_eq!(it.columns, ["Case", "Agent", "Closed", "Category", "Reopens"]);
        assert_eq!(it.topics["weather"], 1, "topics are found under their usual name");

        world.write(move |tx| files::try_file(tx, file));
        let refused = world.try_write(Actor::desk(), move |tx| files::take_file(tx, file)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict, "one thing at a time");
        let it = desk.read(&world, file);
        let tally = it.tally.expect("the account of the try");
        assert_eq!((it.state, tally.taken, tally.rejected, tally.people_created), (State::Tried, 2, 1, 1));
        assert!(levels(&world, mei).is_empty() && world.read(outcomes::list_runs).is_empty());

        world.write(move |tx| files::take_file(tx, file));
        let it = desk.read(&world, file);
        let run = world.read(move |tx| files::run_of(tx, &it)).expect("a run");
        assert_eq!((run.tally.taken, run.tally.rejected, run.tally.people_created), (2, 1, 1));
        assert!(run.tally.is_reconciled() && run.finished_at.is_some());
        assert!(!levels(&world, mei).is_empty(), "on {}", world.name());
        world.run_jobs();
        agrees_with_its_evidence(&world);
    }
}

#[test]
fn what_an_import_taught_of_usual_handle_times_is_taken_back_with_it_and_the_rest_stays() {
    let timed = |world: &World, name: &str, seconds: i64| {
        let mut text = String::from("Case;Agent;Closed;Category;Seconds\n");
        for n in 0..8 {
            let solved = world.now() - (20 - n) * DAY;
            text.push_str(&format!("{name}{n};Mei;{solved};refund;{}\n", seconds + 10 * n));
        }
        text
    };
    for world in World::on_each_database() {
        let desk = Desk::new();
        world.agent("Mei");
        // Seconds that work of each topic usually takes, to a thousandth.
        let learnt = |world: &World| -> Vec<i64> {
            let times: Option<HandleTimes> = world.read(|tx| desk::settings::find(tx, "handle_times"));
            let times = times.unwrap_or_default();
            let usual = |topic| times.usual_seconds(Some(topic), None, Effort::default());
            (1..6).map(|topic| (usual(topic) * 1e3).round() as i64).collect()
        };
        let untaught = learnt(&world);
        let take = |name: &'static str, seconds: i64| {
            let text = timed(&world, name, seconds);
            let file = desk.bring_text(&world, name, &text, &[("handle_s", "Seconds")]);
            desk.take_in(&world, file)
        };
        let quick = take("a", 300);
        let first = learnt(&world);
        assert_ne!(first, untaught, "handle times were in the file");
        let slow = take("b", 7_000);
        assert_ne!(learnt(&world), first);
        take_back(&world, slow);
        assert_eq!(learnt(&world), first, "as if it had never been read, on {}", world.name());
        take_back(&world, quick);
        assert_eq!(learnt(&world), untaught);
        // What was read long ago is kept as what it has taught, and stays.
        let rows = |world: &World| {
            world.read(|tx| {
                tx.value::<i64>("select cast(count(*) as bigint) from handle_lessons", db::params![])
            })
        };
        let fold = || world.write(|tx| Worker::default().run(tx, &Work::FoldLessons));
        let old = take("c", 300);
        let of_old = learnt(&world);
        fold();
        assert_eq!(rows(&world), 1, "it can still be taken back, on {}", world.name());
        world.advance((skills::LESSONS_TAKEN_BACK_DAYS + 1) * DAY);
        let young = take("d", 7_000);
        let of_both = learnt(&world);
        fold();
        assert_eq!((rows(&world), learnt(&world)), (1, of_both), "on {}", world.name());
        take_back(&world, young);
        assert_eq!(learnt(&world), of_old, "on {}", world.name());
        take_back(&world, old);
        assert_eq!(learnt(&world), of_old, "nothing of it can be told apart any more");
        fold();
        assert_eq!((rows(&world), learnt(&world)), (0, of_old), "on {}", world.name());
    }
}

#[test]
fn what_was_taken_back_never_happened() {
    for world in World::on_each_database() {
        let (desk, mei) = (Desk::new(), world.agent("Mei"));
        let untouched = (levels(&world, mei), demand(&world));
        let said = [
            ("1", "Mei", 60, "refund", false),
            ("2", "Mei", 50, "refund", true),
            ("3", "jo@other.example", 40, "refund", false),
        ];
        let run = desk.take(&world, "a.csv", &said);
        let (taken, of_taken) = (levels(&world, mei), demand(&world));
        assert_ne!(untouched.0, taken);
        assert_eq!(of_taken.1, ["3", "2", "1"]);
        let jo = world.read(|tx| people::find_user_by_email(tx, "jo@other.example")).expect("made");

        take_back(&world, run);
        assert_eq!((levels(&world, mei), demand(&world)), untouched, "on {}", world.name());
        agrees_with_its_evidence(&world);
        let gone = world.read(move |tx| people::find_user(tx, jo.id)).expect("the row stays");
        assert!(gone.deleted_at.is_some(), "whom only the import knew is gone");
        let again = world.try_write(Actor::desk(), move |tx| outcomes::take_back(tx, run)).unwrap_err();
        assert_eq!(again.kind(), Kind::Conflict);

        // The same file, taken in once more, says the same as the first time.
        desk.take(&world, "b.csv", &said);
        assert_eq!((levels(&world, mei), demand(&world)), (taken, of_taken));
        agrees_with_its_evidence(&world);
    }
}

#[test]
fn a_correction_that_is_taken_back_leaves_the_word_before_it() {
    for world in World::on_each_database() {
        let (desk, mei, kofi) = (Desk::new(), world.agent("Mei"), world.agent("Kofi"));
        let both = |world: &World| (levels(world, mei), levels(world, kofi));
        let first = desk.take(
            &world,
            "a.csv",
            &[("1", "Mei", 60, "refund", false), ("2", "Mei", 50, "refund", false)],
        );
        world.run_jobs();
        let before = both(&world);
        let second = desk.take(
            &world,
            "b.csv",
            &[("1", "Kofi", 60, "refund", true), ("9", "Kofi", 50, "refund", false)],
        );
        world.run_jobs();
        let after = both(&world);
        let third = desk.take(&world, "c.csv", &[("1", "Mei", 60, "refund", true)]);
        world.run_jobs();

        // One between the others goes: the last word stands, and what it replaced is now what came before.
        let last = both(&world);
        take_back(&world, second);
        assert_eq!(both(&world).0, last.0, "on {}", world.name());
        take_back(&world, third);
        assert_eq!(both(&world), before, "on {}", world.name());
        agrees_with_its_evidence(&world);
        assert_ne!(before, after);
        take_back(&world, first);
        assert!(both(&world).0.is_empty() && both(&world).1.is_empty());
        agrees_with_its_evidence(&world);
    }
}

#[test]
fn other_desks_have_an_address_for_their_tickets_and_only_admins_import() {
    for world in World::on_each_database() {
        let (desk, lead) = (Desk::new(), world.lead("Lea"));
        world.agent("Mei");
        let run = desk.take(&world, "a.csv", &[("A/7", "Mei", 30, "refund", false)]);
        let set = |url: &'static str| {
            world.try_write(Actor::desk(), move |tx| outcomes::set_ticket_url(tx, "old desk", url))
        };
        for wrong in ["https://old.example/t", "javascript:alert({ticket})", "https://old.example/{ticket} x"]
        {
            assert_eq!(set(wrong).unwrap_err().kind(), Kind::Invalid, "{wrong}");
        }
        set("https://old.example/t/{ticket}").expect("it is an address");
        let story = world.read(|tx| {
            let skill = skills::find_skill_by_key(tx, REFUNDS)?.expect("it is shipped").id;
            planning::skill_story(tx, skill)
        });
        assert_eq!(story.imported[0].url.as_deref(), Some("https://old.example/t/A%2F7"));
        let refused = world.try_as(lead, move |tx| outcomes::take_back(tx, run)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Forbidden);
    }
}

#[test]
fn moments_of_a_new_file_are_taken_for_the_companys_own_time() {
    for world in World::on_each_database() {
        let desk = Desk::new();
        world.write(|tx| {
            let company = settings::company(tx)?;
            settings::save_company(tx, &Company { time_zone: "Europe/Berlin".into(), ..company })
        });
        let blob = desk.blobs.put(b"id,agent,solved_at\n1,Mei,2026-01-05 12:00\n", "text/csv");
        let new = files::prepare(&desk.blobs, &blob.expect("it is kept"), "old.csv").expect("it is a table");
        let file = world.write(move |tx| files::keep_file(tx, &new));
        let it = world.read(move |tx| files::find_file(tx, file));
        assert_eq!(it.mapping.time_zone, "Europe/Berlin", "on {}", world.name());
    }
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    let desk = Desk::new();
    let blob = desk.blobs.put(b"just some words\nand more", "text/plain").expect("it is kept");
    let refused = files::prepare(&desk.blobs, &blob, "letter.txt").unwrap_err();
    assert_eq!(refused.kind(), Kind::Invalid);
}
