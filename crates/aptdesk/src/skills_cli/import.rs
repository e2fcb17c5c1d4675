//! `aptdesk skills import-outcomes`: what became of another desk's tickets, from a file.

use super::account;
use crate::progress::Progress;
use crate::{Outcome, config, say};
use desk::skills::outcomes::{
    self, Batch, Begin, Context, Mapping, MappingError, People, Preview, ROWS_PER_BATCH_MAX, Rows, RowsError,
    Tally,
};
use desk::skills::refit;
use desk::{Actor, Desk};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Largest mapping file.
const MAPPING_BYTES_MAX: u64 = 4 * 1024 * 1024;

#[derive(clap::Args)]
pub struct ImportFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// CSV with a head, or JSON Lines.
    file: PathBuf,
    /// How the file is read: columns, people, priorities, ratings, and which skills its topics need (TOML).
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Write a first mapping, with the skills that the desk's rules hear in the names of topics and tags, and import nothing.
    #[arg(long, value_name = "FILE")]
    suggest_map: Option<PathBuf>,
    /// The name of the other desk, if not that of the mapping.
    #[arg(long)]
    source: Option<String>,
    /// People who are not known here become agents, who cannot sign in until they are invited.
    #[arg(long)]
    create_people: bool,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Read the whole file again even if a reading of it broke off.
    #[arg(long)]
    anew: bool,
    /// Leave the estimate of everybody's levels to the running desk.
    #[arg(long)]
    no_refit: bool,
    /// The account as one JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(flags: &ImportFlags) -> Outcome {
    let desk = flags.desk.settle()?.open_existing()?;
    let mut mapping = mapping_of(flags.map.as_deref())?;
    if let Some(source) = &flags.source {
        mapping.source = source.clone();
    }
    if flags.map.is_none() {
        mapping.time_zone = desk.db.read_now(Actor::desk(), desk::settings::company)?.time_zone;
    }
    let of_load = mapping.clone();
    let context = Arc::new(desk.db.read_now(Actor::desk(), |tx| Context::load(tx, &of_load))?);
    let file = File::open(&flags.file)
        .map_err(|error| format!("{} cannot be read: {error}", flags.file.display()))?;
    let rows = Rows::open(file, mapping.layout()?).map_err(|error| with_columns(error, &flags.file))?;
    if let Some(path) = &flags.suggest_map {
        return suggest(&desk, &context, rows, &mapping, path);
    }
    let mut progress = Progress::new();
    let (mut tally, before) = match flags.dry_run {
        true => (dry(&desk, flags, &mapping, &context, rows, &mut progress)?, 0),
        false => real(&desk, flags, &mapping, &context, rows, &mut progress)?,
    };
    for name in context.unknown_skills() {
        tally.unknown_skills.entry(name.clone()).or_insert(0);
    }
    progress.end();
    let seconds = progress.seconds();
    if flags.json {
        say(&serde_json::to_string(&tally)?);
    } else {
        if flags.dry_run {
            say("A dry run: nothing was changed.");
        }
        account::lines(&tally).iter().for_each(|line| say(line));
        say(&format!(
            "in {seconds:.1} s, {:.0} rows a second",
            (tally.read - before) as f64 / seconds.max(1e-3)
        ));
    }
    if !flags.dry_run && !flags.no_refit && tally.taken + tally.superseded > 0 {
        estimate(&desk, flags.json)?;
    }
    Ok(())
}

pub(super) fn mapping_of(path: Option<&Path>) -> Result<Mapping, Failure> {
    let Some(path) = path else { return Ok(Mapping::default()) };
    let wrong =
        |error: &dyn std::fmt::Display| format!("the mapping {} cannot be read: {error}", path.display());
    if std::fs::metadata(path).map_err(|error| wrong(&error))?.len() > MAPPING_BYTES_MAX {
        return Err(wrong(&"it is too large").into());
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    Ok(toml::from_str(&text).map_err(|error| wrong(&error))?)
}

/// Whoever is to name a column is told how the file calls them.
fn with_columns(error: RowsError, path: &Path) -> Failure {
    if let RowsError::Mapping(MappingError::Missing(_) | MappingError::NoColumn(_)) = error
        && let Ok(file) = File::open(path)
        && let Ok(columns) = outcomes::columns_of(file)
    {
        return format!("{error}. Its columns are {}", columns.join(", ")).into();
    }
    error.into()
}

/// Everybody's levels, weighed together.
pub(super) fn estimate(desk: &Desk, quiet: bool) -> Result<(), Failure> {
    let progress = Progress::new();
    if refit::run(&desk.db, None)?.is_none() {
        if !quiet {
            say("Levels are being estimated by another process; the running desk does it anew after that.");
        }
        return Ok(());
    }
    let run = desk.db.read_now(Actor::desk(), |tx| refit::list_runs(tx, 1))?.into_iter().next();
    if let Some(run) = run.filter(|_| !quiet) {
        say(&format!(
            "levels estimated from {} pieces of evidence: {} people, {} skills, {} levels, in {:.1} s",
            run.events,
            run.people,
            run.skills,
            run.beliefs,
            progress.seconds()
        ));
    }
    Ok(())
}

fn people(flags: &ImportFlags) -> People {
    if flags.create_people { People::Create } else { People::Known }
}

fn say_progress(progress: &mut Progress, rows: &Rows<File>, tally: &Tally, before: u64) {
    let (share, read) = (rows.share(), tally.read);
    progress.at(|seconds| {
        format!(
            "{:.0} % · {read} rows · {:.0} rows a second",
            share * 100.0,
            (read - before) as f64 / seconds.max(1e-3)
        )
    });
}

fn dry(
    desk: &Desk,
    flags: &ImportFlags,
    mapping: &Mapping,
    context: &Context,
    mut rows: Rows<File>,
    progress: &mut Progress,
) -> Result<Tally, Failure> {
    let mut preview = Preview::new(&mapping.source, people(flags));
    let mut tally = Tally::default();
    loop {
        let batch = rows.next_batch(ROWS_PER_BATCH_MAX)?;
        if batch.is_empty() {
            return Ok(tally);
        }
        let part =
            desk.db.read_now(Actor::desk(), |tx| outcomes::preview(tx, &mut preview, context, &batch))?;
        tally.add(&part);
        say_progress(progress, &rows, &tally, 0);
    }
}

/// With how many rows an earlier reading had done.
fn real(
    desk: &Desk,
    flags: &ImportFlags,
    mapping: &Mapping,
    context: &Arc<Context>,
    mut rows: Rows<File>,
    progress: &mut Progress,
) -> Result<(Tally, u64), Failure> {
    let name = flags.file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let command =
        Begin { name, file_hash: hash_of(&flags.file)?, mapping: mapping.clone(), anew: flags.anew };
    let begun = desk.db.write_now(Actor::desk(), move |tx| outcomes::begin(tx, &command))?;
    if begun.position > 0 {
        say(&format!("A reading of this file broke off; it goes on after row {}.", begun.position));
        rows.skip(begun.position)?;
    }
    let (run, people) = (begun.run, people(flags));
    let (mut position, mut tally) = (begun.position, begun.tally);
    let before = tally.read;
    loop {
        let batch = Arc::new(rows.next_batch(ROWS_PER_BATCH_MAX)?);
        if batch.is_empty() {
            break;
        }
        let (of_write, context) = (batch.clone(), context.clone());
        let part = desk.db.write_now(Actor::desk(), move |tx| {
            outcomes::take(tx, &Batch { run, position, rows: &of_write, context: &context, people })
        })?;
        position += batch.len() as i64;
        tally.add(&part);
        say_progress(progress, &rows, &tally, before);
    }
    desk.db.write_now(Actor::desk(), move |tx| outcomes::finish(tx, run))?;
    Ok((tally, before))
}

fn hash_of(path: &Path) -> Result<String, Failure> {
    let wrong = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let mut file = File::open(path).map_err(wrong)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match file.read(&mut buffer).map_err(wrong)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Topics, or tags where rows have no topic, with the skills that the desk's rules hear in their names.
fn suggest(desk: &Desk, context: &Context, mut rows: Rows<File>, mapping: &Mapping, path: &Path) -> Outcome {
    if path.exists() {
        return Err(format!("{} is there already; a mapping is never written over", path.display()).into());
    }
    let mut topics: BTreeMap<String, u64> = BTreeMap::new();
    let mut read = 0_u64;
    while let Some(row) = rows.next_row()? {
        read += 1;
        let Ok(row) = row else { continue };
        let names = row.topic.map_or(row.tags, |topic| vec![topic]);
        names.into_iter().for_each(|name| *topics.entry(name).or_default() += 1);
    }
    let all = desk.db.read_now(Actor::desk(), |tx| outcomes::suggest(tx, context, &topics))?;
    let keys: Vec<String> =
        desk.db.read_now(Actor::desk(), desk::skills::list_skills)?.into_iter().map(|it| it.key).collect();
    std::fs::write(path, mapping_text(mapping, &all, &keys)?)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    let open = all.iter().filter(|it| it.skills.is_empty()).count();
    say(&format!(
        "{read} rows have {} topics; skills are suggested for {}, and {open} wait for somebody who knows them: see {}",
        all.len(),
        all.len() - open,
        path.display()
    ));
    Ok(())
}

fn mapping_text(
    mapping: &Mapping,
    topics: &[outcomes::Suggestion],
    keys: &[String],
) -> Result<String, toml::ser::Error> {
    let head = Mapping { topics: BTreeMap::new(), ..mapping.clone() };
    let mut text = String::from(
        "# Which skills the topics of the other desk need: \"skill\", \"skill:level\" or \"skill:level:weight\".\n\
         # A topic with an empty list is known and left out. A * at the end of a topic stands for any ending.\n",
    );
    text.push_str(&format!("# Skills: {}\n\n", keys.join(", ")));
    let head = toml::to_string(&head)?;
    text.push_str(&head.replace("\n[topics]\n", "\n"));
    text.push_str("\n[topics]\n");
    for it in topics {
        let skills: Vec<String> = it.skills.iter().map(|skill| quoted(skill)).collect();
        let line = format!("{} = [{}]  # {} rows", quoted(&it.topic), skills.join(", "), it.rows);
        // What nobody has decided stays open: it is reported, and not silently left out.
        text.push_str(&if it.skills.is_empty() { format!("# {line}\n") } else { format!("{line}\n") });
    }
    Ok(text)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::skills::outcomes::Suggestion;

    #[test]
    fn a_file_whose_columns_are_not_found_says_how_they_are_called() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.csv");
        std::fs::write(&path, "Akte;Wer;Fertig\n7;Ana;2026-01-05\n").unwrap();
        let layout = Mapping::default().layout().unwrap();
        let refused = Rows::open(File::open(&path).unwrap(), layout).map(|_| ()).unwrap_err();
        let words = with_columns(refused, &path).to_string();
        assert!(words.contains("says the ticket") && words.contains("Akte, Wer, Fertig"), "{words}");
    }

    #[test]
    fn a_suggested_mapping_reads_back() {
        let topics = [
            Suggestion {
                topic: "refund \"late\"".into(),
                rows: 3,
                skills: vec!["billing-and-refunds:3:1".into()],
            },
            Suggestion { topic: "zzz".into(), rows: 1, skills: vec![] },
        ];
        let before = Mapping { source: "old".into(), ..Mapping::default() };
        let text = mapping_text(&before, &topics, &["a".into()]).unwrap();
        let read: Mapping = toml::from_str(&text).unwrap();
        assert_eq!(read.source, "old");
        assert_eq!(read.topics["refund \"late\""], ["billing-and-refunds:3:1"]);
        assert!(!read.topics.contains_key("zzz") && text.contains("# \"zzz\" = []"));
    }
}
