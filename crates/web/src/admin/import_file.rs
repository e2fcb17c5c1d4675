//! `/admin/imports/files/{file}`: how a file of another desk is read, what would come of it, and taking it in.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::multipart::Field as Sent;
use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use desk::blobs::{BlobError, Blobs, Part};
use desk::skills::outcomes::files::{self, File, FileError, Look, SetReading, State as FileState};
use desk::skills::outcomes::{
    self, Context, Field, Mapping, OutcomeRow, OutcomesError, People, Run, Suggestion,
};
use desk::skills::{self, SkillSummary};
use desk::{Actor, Kind, OutcomeFileId};
use std::collections::BTreeMap;

/// The largest file, and its envelope.
pub const BODY_BYTES_MAX: usize = files::FILE_BYTES_MAX + 64 * 1024;
/// Pieces of a file that wait for the disk.
const PIECES_WAITING_MAX: usize = 16;
/// Topics that the page asks about, the most frequent; others keep what the mapping says.
const TOPICS_SHOWN_MAX: usize = 60;
/// Pairs of words that one list of a mapping may have.
const WORDS_MAX: usize = 500;

#[derive(askama::Template)]
#[template(path = "admin/import_file.html")]
pub struct Show {
    pub shell: Shell,
    pub now: i64,
    pub file: File,
    pub run: Option<Run>,
    pub look: Look,
    pub topics: Vec<Suggestion>,
    pub library: Vec<SkillSummary>,
    pub problem: Option<Problem>,
}

/// What goes on with it, fetched anew while it does.
#[derive(askama::Template)]
#[template(path = "admin/_import_state.html")]
pub struct Progress {
    pub file: File,
    pub run: Option<Run>,
}

/// One thing that a row can say, and the column that says it.
pub struct ColumnLine<'a> {
    pub field: Field,
    pub column: Option<&'a str>,
    pub needed: bool,
}

impl Show {
    fn columns(&self) -> Vec<ColumnLine<'_>> {
        let needed = |field| matches!(field, Field::Ticket | Field::Person | Field::SolvedAt);
        let line = |(field, column)| ColumnLine { field, column, needed: needed(field) };
        files::columns_read(&self.file).into_iter().map(line).collect()
    }

    fn is_column(&self, line: &ColumnLine<'_>, column: &str) -> bool {
        line.column == Some(column)
    }

    fn creates_people(&self) -> bool {
        self.file.people == People::Create
    }

    fn date_format(&self) -> &str {
        self.file.mapping.date_format.as_deref().unwrap_or("")
    }

    fn pairs(&self, of: &BTreeMap<String, String>) -> String {
        of.iter().map(|(word, means)| format!("{word} = {means}\n")).collect()
    }

    fn rating_words(&self) -> String {
        self.file.mapping.rating.words.iter().map(|(word, score)| format!("{word} = {score}\n")).collect()
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Suggestion)> {
        self.topics.iter().enumerate()
    }

    fn topics_left_out(&self) -> usize {
        self.file.topics.len().saturating_sub(self.topics.len())
    }

    fn rows(&self) -> impl Iterator<Item = Result<&OutcomeRow, String>> {
        self.look.first.iter().map(|row| {
            row.as_ref().map_err(|it| match it.cell.is_empty() {
                true => format!("line {}: {}", it.line, it.reason.words()),
                false => format!("line {}: {} ({})", it.line, it.reason.words(), it.cell),
            })
        })
    }
}

/// What a row can say, in words.
pub fn field_words(field: &Field) -> &'static str {
    match field {
        Field::Ticket => "Number of the ticket",
        Field::Person => "Who did it",
        Field::Name => "Their name",
        Field::FirstName => "Their first name",
        Field::LastName => "Their last name",
        Field::OpenedAt => "When it came",
        Field::SolvedAt => "When it was solved",
        Field::UpdatedAt => "When it was last changed",
        Field::Topic => "Topic",
        Field::Tags => "Tags",
        Field::Skills => "Skills",
        Field::Channel => "Channel",
        Field::Priority => "Priority",
        Field::Rating => "Rating",
        Field::Reopened => "Was reopened",
        Field::Escalated => "Was escalated",
        Field::Replies => "Answers",
        Field::HandleS => "Seconds of work",
        Field::Subject => "Subject",
    }
}

pub fn state_words(file: &File) -> &'static str {
    match file.state {
        FileState::Written => "not tried yet",
        FileState::Trying => "being tried",
        FileState::Tried => "tried",
        FileState::Taking => "being taken in",
        FileState::Taken => "taken in",
    }
}

/// Whether the account of its last try is of how it is read now.
pub fn is_tried(file: &File) -> bool {
    file.state == FileState::Tried
}

pub fn is_taking(file: &File) -> bool {
    file.state == FileState::Taking
}

pub fn people_words(row: &OutcomeRow) -> String {
    row.people.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join(", ")
}

/// What a row says of its outcome.
pub fn outcome_words(row: &OutcomeRow) -> String {
    let mut words = vec![if row.for_good() { "solved for good" } else { "came back" }.to_owned()];
    words.extend(row.rating.map(|it| format!("rated {it} of 5")));
    words.extend(row.topic.iter().cloned());
    words.extend(row.tags.iter().take(4).cloned());
    words.join(" · ")
}

/// Looks at the file beside the database.
async fn looked(store: Blobs, sha256: String, mapping: Mapping) -> Result<Look, Problem> {
    let look = move || files::look(&store, &sha256, &mapping);
    let seen = tokio::task::spawn_blocking(look).await;
    Ok(seen.map_err(|_| Problem::new(Kind::Broken, "The file could not be read."))??)
}

async fn page(web: &Web, actor: Actor, id: OutcomeFileId) -> Result<Show, Problem> {
    must_be_admin(actor)?;
    let file = web.desk.read(actor, move |tx| files::find_file(tx, id)).await?;
    // A mapping that does not fit is told by the columns; the page stays usable.
    let look = looked(web.desk.blobs.clone(), file.sha256.clone(), file.mapping.clone()).await;
    let (look, problem) = match look {
        Ok(look) => (look, None),
        Err(problem) if problem.kind == Kind::Invalid => (Look::default(), Some(problem)),
        Err(problem) => return Err(problem),
    };
    web.desk
        .read(actor, move |tx| {
            let context = Context::load(tx, &file.mapping)?;
            let topics = asked_topics(&file, outcomes::suggest(tx, &context, &file.topics)?);
            Ok::<_, Problem>(Show {
                run: files::run_of(tx, &file)?,
                library: skills::list_skills(tx)?.iter().map(|it| it.summary()).collect(),
                shell: Shell::load(tx)?,
                now: tx.now(),
                look: look.clone(),
                problem: problem.as_ref().map(|it| Problem::new(it.kind, it.words.clone())),
                file: file.clone(),
                topics,
            })
        })
        .await
}

/// What the mapping says goes before what the desk's rules suggest.
fn asked_topics(file: &File, mut all: Vec<Suggestion>) -> Vec<Suggestion> {
    for it in &mut all {
        if let Some(said) = file.mapping.topics.get(&it.topic) {
            it.skills.clone_from(said);
        }
    }
    all.truncate(TOPICS_SHOWN_MAX);
    all
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    mut form: Multipart,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let mut found = None;
    while let Some(field) = form.next_field().await.map_err(|_| broken_off())? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or("export.csv").to_owned();
            found = Some((name, received(web.desk.blobs.clone(), field).await?));
        }
    }
    let Some((name, part)) = found.filter(|it| !it.1.is_empty()) else {
        return Ok(bad("Choose a file first.", "/admin/imports"));
    };
    let store = web.desk.blobs.clone();
    let kept = tokio::task::spawn_blocking(move || {
        let blob = part.keep("text/csv")?;
        files::prepare(&store, &blob, &name)
    });
    let kept: Result<_, FileError> =
        kept.await.map_err(|_| Problem::new(Kind::Broken, "The file could not be stored."))?;
    match kept.map_err(Problem::from) {
        Ok(new) => {
            let id = web.desk.write(actor, move |tx| files::keep_file(tx, &new)).await?;
            Ok(Said::new("Here is what was found in it. Nothing has been taken in yet.")
                .then(&format!("/admin/imports/files/{id}")))
        }
        Err(problem) if problem.kind == Kind::Invalid => Ok(bad(&problem.words, "/admin/imports")),
        Err(problem) => Err(problem),
    }
}

fn broken_off() -> Problem {
    Problem::invalid("The file did not arrive whole, or is larger than 1 GB.")
}

/// Written to the disk as it arrives: no file is held in memory. One that breaks off leaves nothing.
async fn received(store: Blobs, mut sent: Sent<'_>) -> Result<Part, Problem> {
    let (to_disk, mut pieces) = tokio::sync::mpsc::channel::<Bytes>(PIECES_WAITING_MAX);
    let writing = tokio::task::spawn_blocking(move || {
        let mut part = store.begin(files::FILE_BYTES_MAX)?;
        while let Some(piece) = pieces.blocking_recv() {
            part.write(&piece)?;
        }
        Ok::<_, BlobError>(part)
    });
    while let Some(piece) = sent.chunk().await.map_err(|_| broken_off())? {
        // The disk takes no more: why, the writing tells.
        if to_disk.send(piece).await.is_err() {
            break;
        }
    }
    drop(to_disk);
    let part = writing.await.map_err(|_| Problem::new(Kind::Broken, "The file could not be stored."))?;
    Ok(part?)
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OutcomeFileId>,
) -> Result<Html<Show>, Problem> {
    Ok(Html(page(&web, actor, id).await?))
}

/// When it has come to rest, the whole page is fetched again: its form can be used again.
pub async fn progress(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OutcomeFileId>,
) -> Result<Response, Problem> {
    let state = web.desk.read(actor, move |tx| {
        let file = files::find_file(tx, id)?;
        Ok::<_, Problem>(Progress { run: files::run_of(tx, &file)?, file })
    });
    let state = state.await?;
    match state.file.state.is_under_way() {
        true => Ok(Html(state).into_response()),
        false => Ok(([("HX-Refresh", "true")], Html(state)).into_response()),
    }
}

/// Saves how it is read; `then` says whether it is also tried or taken in.
pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OutcomeFileId>,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let here = format!("/admin/imports/files/{id}");
    let then = form.owned("then");
    let mut first_seen = 0;
    if then != "again" {
        let file = web.desk.read(actor, move |tx| files::find_file(tx, id)).await?;
        let mapping = match mapping_of(&form, &file) {
            Ok(mapping) => mapping,
            Err(words) => return Ok(bad(&words, &here)),
        };
        let looked = looked(web.desk.blobs.clone(), file.sha256, mapping.clone()).await;
        let topics = match looked {
            Ok(look) => look.topics,
            Err(problem) => return refused(problem, &here),
        };
        let people = if form.is_on("create_people") { People::Create } else { People::Known };
        // Topics that another choice of columns has brought to light: the page could not ask about them.
        let unasked: BTreeMap<String, u64> = topics
            .iter()
            .filter(|it| !file.topics.contains_key(it.0))
            .map(|it| (it.0.clone(), *it.1))
            .collect();
        let command = SetReading { file: id, mapping, people, topics };
        let saved = web.desk.write(actor, move |tx| {
            let mut command = command.clone();
            let filled_in = outcomes::fill_in(tx, &mut command.mapping, &unasked, TOPICS_SHOWN_MAX)?;
            files::set_reading(tx, &command)?;
            Ok::<_, OutcomesError>(filled_in)
        });
        first_seen = match saved.await.map_err(Problem::from) {
            Ok(filled_in) => filled_in,
            Err(problem) => return refused(problem, &here),
        };
    }
    let (set_off, words) = match then.as_str() {
        // Nobody has seen yet what they are said to need.
        "take" if first_seen > 0 => (
            web.desk.write(actor, move |tx| files::try_file(tx, id)).await,
            "Its topics were found only now, so it is tried first. Look at what they need, then take it in.",
        ),
        "try" => (web.desk.write(actor, move |tx| files::try_file(tx, id)).await, "It is being tried."),
        "take" | "again" => {
            (web.desk.write(actor, move |tx| files::take_file(tx, id)).await, "It is being taken in.")
        }
        _ => return Ok(Said::new("Saved.").then(&here)),
    };
    match set_off.map_err(Problem::from) {
        Ok(()) => Ok(Said::new(words).then(&here)),
        Err(problem) => refused(problem, &here),
    }
}

pub async fn put_away(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<OutcomeFileId>,
) -> Result<Response, Problem> {
    match web.desk.write(actor, move |tx| files::put_away(tx, id)).await.map_err(Problem::from) {
        Ok(()) => {
            Ok(Said::new("The file is put away; what was taken in of it stays.").then("/admin/imports"))
        }
        Err(problem) => refused(problem, &format!("/admin/imports/files/{id}")),
    }
}

/// Topics that the page did not ask about keep what the mapping says.
fn mapping_of(form: &Fields, file: &File) -> Result<Mapping, String> {
    let mut mapping = Mapping {
        source: form.owned("source"),
        time_zone: form.owned("time_zone"),
        date_format: form.given("date_format").map(str::to_owned),
        columns: BTreeMap::new(),
        people: pairs(form.text("people"))?,
        priority: pairs(form.text("priority"))?,
        channel: pairs(form.text("channel"))?,
        topics: file.mapping.topics.clone(),
        rating: Default::default(),
    };
    for field in Field::ALL {
        if let Some(column) = form.given(&format!("column_{}", field.name())) {
            mapping.columns.insert(field.name().to_owned(), column.to_owned());
        }
    }
    let number = |name: &str, words: &str| {
        form.text(name)
            .replace(',', ".")
            .parse::<f64>()
            .map_err(|_| format!("The {words} rating is no number."))
    };
    mapping.rating.min = number("rating_min", "worst")?;
    mapping.rating.max = number("rating_max", "best")?;
    for (word, score) in pairs(form.text("rating"))? {
        let score =
            score.parse().map_err(|_| format!("{word:?}: write a rating from 1 to 5, or 0 for none."))?;
        mapping.rating.words.insert(word, score);
    }
    for n in 0..TOPICS_SHOWN_MAX {
        let Some(topic) = form.given(&format!("topic_{n}")) else { break };
        let skills = form.lines(&format!("skills_{n}"));
        match skills.is_empty() {
            true => mapping.topics.remove(topic),
            false => mapping.topics.insert(topic.to_owned(), skills),
        };
    }
    Ok(mapping)
}

/// `word = meaning`, one a line.
fn pairs(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut all = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let Some((word, means)) = line.split_once('=') else {
            return Err(format!("{line:?} is not written as word = meaning."));
        };
        all.insert(word.trim().to_owned(), means.trim().to_owned());
        if all.len() > WORDS_MAX {
            return Err(format!("A list may have {WORDS_MAX} words; longer ones go into a mapping file."));
        }
    }
    Ok(all)
}

fn refused(problem: Problem, back: &str) -> Result<Response, Problem> {
    match problem.kind {
        Kind::Invalid | Kind::Conflict | Kind::TooMuch => Ok(bad(&problem.words, back)),
        _ => Err(problem),
    }
}

fn bad(words: &str, back: &str) -> Response {
    Said { bad: true, ..Said::new(words) }.then(back).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::OutcomeRunId;
    use desk::skills::outcomes::{Reason, Rejected, Tally};

    fn file(state: FileState) -> File {
        File {
            id: OutcomeFileId(4),
            sha256: "0".repeat(64),
            name: "old <desk>.csv".into(),
            bytes: 81_000,
            mapping: Mapping::default(),
            people: People::Known,
            columns: vec!["Ticket ID".into(), "Agent".into(), "Solved at".into(), "Wörter & more".into()],
            topics: [("money back".to_owned(), 31)].into(),
            state,
            done: 0.42,
            tally: None,
            failed: None,
            run: None,
            created_at: 0,
        }
    }

    fn page(file: File, problem: Option<Problem>) -> Show {
        let topic = Suggestion {
            topic: "money <back>".into(),
            rows: 31,
            skills: vec!["billing-and-refunds:3:1".into()],
        };
        let wrong = Rejected { line: 3, reason: Reason::TimeIsWrong, cell: "once <upon>".into() };
        Show {
            shell: shell(),
            now: 5_000,
            file,
            run: None,
            look: Look { rows: 812, first: vec![Err(wrong)], ..Look::default() },
            topics: vec![topic],
            library: vec![summary(1, "Refunds")],
            problem,
        }
    }

    #[test]
    fn columns_topics_and_first_rows_are_shown_before_anything_is_taken() {
        let html = renders(&page(file(FileState::Written), None));
        for words in [
            "old &#60;desk&#62;.csv",
            "Ticket ID",
            "money &#60;back&#62;",
            "billing-and-refunds:3:1",
            "line 3: a time cannot be read (once &#60;upon&#62;)",
            "812 rows",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
    }

    #[test]
    fn a_file_under_way_shows_how_far_it_is_and_offers_no_change() {
        let html = renders(&page(file(FileState::Trying), None));
        assert!(html.contains(r#"value="42""#) && !html.contains(r#"name="then""#), "{html}");
    }

    #[test]
    fn a_try_says_what_would_happen_and_an_import_what_happened() {
        let tally = Tally { read: 10, taken: 7, rejected: 3, ..Tally::default() };
        let tried = File { done: 1.0, tally: Some(tally.clone()), ..file(FileState::Tried) };
        assert!(!renders(&page(tried.clone(), None)).contains("of the file was tried"));
        assert!(renders(&page(tried.clone(), None)).contains("would be taken"));
        let tried_file = tried.clone();
        let in_part = File { done: 0.25, ..tried };
        assert!(renders(&page(in_part, None)).contains("the first 25 % of the file was tried"));
        let run = Run {
            id: OutcomeRunId(2),
            source: "old".into(),
            name: "old.csv".into(),
            started_at: 0,
            finished_at: Some(9),
            position: 10,
            tally,
            undo_asked_at: None,
            undone_at: None,
        };
        let taken = Show { run: Some(run.clone()), ..page(file(FileState::Taken), None) };
        let html = renders(&taken);
        assert!(html.contains("/admin/imports/runs/2/undo") && !html.contains("would be taken"), "{html}");
        let tried_again = Show { run: Some(run), ..page(tried_file, None) };
        let html = renders(&tried_again);
        assert!(html.contains("would be taken") && html.contains("/admin/imports/runs/2/undo"), "{html}");
        let failed = File { failed: Some("the head cannot be read".into()), ..file(FileState::Written) };
        assert!(
            renders(&page(failed, Some(Problem::invalid("No <column>."))))
                .contains("The head cannot be read")
        );
    }

    #[test]
    fn words_are_written_as_pairs_and_a_line_that_is_none_is_named() {
        let read = pairs("P1 = urgent\n\n P2=high ").unwrap();
        assert_eq!((read["P1"].as_str(), read["P2"].as_str()), ("urgent", "high"));
        assert!(pairs("P1: urgent").unwrap_err().contains("P1: urgent"));
    }
}
