//! `aptdesk skills evaluate FILE.csv`: a file of answers, line by line, through the online filter.

use crate::{Outcome, say};
use serde_json::json;
use skills::evaluate::{Answer, Learner, Scores, Tuning};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// A first line longer than this is no header.
const HEADER_BYTES_MAX: u64 = 64 * 1024;

/// Moments above this (the year 5138) are taken for milliseconds.
const SECONDS_MAX: f64 = 1e11;

#[derive(Debug, thiserror::Error)]
enum EvaluateError {
    #[error("the file is empty; its first line must be person,item,skill,correct,time,split")]
    Empty,
    #[error(
        "the header has no column {0:?}; it must name person, item, skill, correct, split, and may name time"
    )]
    NoColumn(&'static str),
    #[error("line {line}: {column} is {value:?}, but must be {wanted}")]
    Value { line: u64, column: &'static str, value: String, wanted: &'static str },
    #[error("line {line} has {cells} cells, too few for the header")]
    TooShort { line: u64, cells: usize },
    #[error("no row is marked test, so there is nothing to score")]
    NothingToScore,
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

pub fn run(path: &Path, as_json: bool) -> Outcome {
    let in_file = |error: EvaluateError| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| in_file(error.into()))?;
    let scores = evaluate(file).map_err(in_file)?;
    if as_json {
        let Scores { rows, scored, right, auc, log_loss, ece } = scores;
        let figures = json!({ "auc": auc, "log_loss": log_loss, "ece": ece, "rows": rows, "scored": scored, "right": right });
        say(&figures.to_string());
    } else {
        say(&format!("auc {:.4}\nlog_loss {:.4}\nece {:.4}", scores.auc, scores.log_loss, scores.ece));
        say(&format!("{} of {} rows scored", scores.scored, scores.rows));
    }
    Ok(())
}

/// Places of the columns.
struct Columns {
    person: usize,
    item: usize,
    skill: usize,
    correct: usize,
    split: usize,
    time: Option<usize>,
}

impl Columns {
    fn of(header: &csv::ByteRecord) -> Result<Columns, EvaluateError> {
        let names: Vec<String> = header.iter().map(|cell| text(cell).trim().to_lowercase()).collect();
        let find = |name: &str| names.iter().position(|it| it == name);
        let must = |name: &'static str| find(name).ok_or(EvaluateError::NoColumn(name));
        Ok(Columns {
            person: must("person")?,
            item: must("item")?,
            skill: must("skill")?,
            correct: must("correct")?,
            split: must("split")?,
            time: find("time"),
        })
    }
}

fn evaluate(file: impl Read) -> Result<Scores, EvaluateError> {
    let mut lines = BufReader::with_capacity(1 << 20, file);
    let mut header = Vec::new();
    lines.by_ref().take(HEADER_BYTES_MAX).read_until(b'\n', &mut header)?;
    let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&header);
    if header.iter().all(u8::is_ascii_whitespace) {
        return Err(EvaluateError::Empty);
    }
    // Some programs call tabs CSV.
    let delimiter = if header.contains(&b'\t') && !header.contains(&b',') { b'\t' } else { b',' };
    let reader = |has_headers: bool| {
        let mut reader = csv::ReaderBuilder::new();
        reader.has_headers(has_headers).flexible(true).delimiter(delimiter);
        reader
    };
    let columns = Columns::of(reader(true).from_reader(header).byte_headers()?)?;
    let mut rows = reader(false).from_reader(lines);
    let mut record = csv::ByteRecord::new();
    let mut learner = Learner::new(Tuning::default());
    while rows.read_byte_record(&mut record)? {
        // The header was read before, so lines count from the second.
        let line = 1 + record.position().map_or(0, csv::Position::line);
        meet(&mut learner, &columns, &record, line)?;
    }
    let scores = learner.scores();
    if scores.scored == 0 { Err(EvaluateError::NothingToScore) } else { Ok(scores) }
}

fn meet(
    learner: &mut Learner,
    columns: &Columns,
    record: &csv::ByteRecord,
    line: u64,
) -> Result<(), EvaluateError> {
    if record.iter().all(|cell| text(cell).trim().is_empty()) {
        return Ok(());
    }
    let cell = |column: usize| {
        let bytes = record.get(column).ok_or(EvaluateError::TooShort { line, cells: record.len() })?;
        Ok::<_, EvaluateError>(text(bytes))
    };
    let wrong = |column: &'static str, value: &str, wanted: &'static str| EvaluateError::Value {
        line,
        column,
        value: value.to_owned(),
        wanted,
    };
    let (person, item, skills) = (cell(columns.person)?, cell(columns.item)?, cell(columns.skill)?);
    let correct = cell(columns.correct)?;
    let correct = yes_or_no(correct.trim()).ok_or_else(|| wrong("correct", &correct, "0 or 1"))?;
    let split = cell(columns.split)?;
    let scored = match split.trim().to_ascii_lowercase().as_str() {
        "test" => true,
        "train" => false,
        _ => return Err(wrong("split", &split, "train or test")),
    };
    let time = columns.time.and_then(|at| record.get(at)).map(text).unwrap_or_default();
    let time_s = match time.trim() {
        "" => 0.0,
        time => {
            let number: Option<f64> = time.parse().ok().filter(|it: &f64| it.is_finite());
            let number = number.ok_or_else(|| wrong("time", time, "a number of seconds, or 0"))?;
            if number > SECONDS_MAX { number / 1_000.0 } else { number }
        }
    };
    learner
        .meet(&Answer { person: person.trim(), item: item.trim(), skills: &skills, correct, time_s }, scored);
    Ok(())
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "1" | "1.0" | "true" | "yes" => Some(true),
        "0" | "0.0" | "false" | "no" => Some(false),
        _ => None,
    }
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(file: &str) -> Result<Scores, String> {
        evaluate(file.as_bytes()).map_err(|error| error.to_string())
    }

    /// Ana knows what Kofi does not.
    fn file(line: impl Fn(usize, &str, u8, &str) -> String) -> String {
        let rows = (0..200).flat_map(|i| {
            let split = if i < 150 { "train" } else { "test" };
            [line(i, "ana", u8::from(i % 9 != 0), split), line(i, "kofi", u8::from(i % 9 == 0), split)]
        });
        rows.collect()
    }

    #[test]
    fn only_test_rows_are_scored_and_people_are_told_apart() {
        let body = file(|i, person, correct, split| {
            format!("{person},q{},algebra~fractions,{correct},0,{split}\n", i % 7)
        });
        let scores = said(&format!("person,item,skill,correct,time,split\n{body}")).unwrap();
        assert_eq!((scores.rows, scores.scored), (400, 100));
        assert!(scores.auc > 0.75 && scores.log_loss < 0.5, "{scores:?}");
    }

    #[test]
    fn columns_may_stand_in_any_order_among_others_with_tabs_quotes_or_windows_lines() {
        let plain = file(|i, person, correct, split| format!("{person},q{},x,{correct},{split}\n", i % 7));
        let plain = said(&format!("person,item,skill,correct,split\n{plain}")).unwrap();
        let other = file(|i, person, correct, split| {
            format!("{split}\t\"{person}\"\tnote, {i}\t{correct}\tx\tq{}\r\n\r\n", i % 7)
        });
        let other = said(&format!("\u{feff}Split\tPERSON\tnote\tcorrect\tskill\titem\r\n{other}")).unwrap();
        assert_eq!(plain, other);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let head = "person,item,skill,correct,time,split\na,i,s,1,0,train\n";
        let error = |row: &str| said(&format!("{head}{row}")).unwrap_err();
        assert!(error("a,i,s,2,0,test\n").starts_with("line 3: correct is \"2\""));
        assert!(error("a,i,s,1,soon,test\n").starts_with("line 3: time is \"soon\""));
        assert!(error("a,i,s,1,0,dev\n").contains("split is \"dev\", but must be train or test"));
        assert!(error("a,i,s\n").starts_with("line 3 has 3 cells"));
        assert!(error("").contains("no row is marked test"));
        assert!(said("").unwrap_err().contains("empty"));
        assert!(said("person,item\n").unwrap_err().contains("no column \"skill\""));
    }

    #[test]
    fn people_items_and_skills_never_seen_before_are_no_trouble() {
        let file = "person,item,skill,correct,time,split\na,i,,1,5,test\nb,j,s~~s,0,3,test\nc,k,s~t~u~v,1,9e9,test\n";
        let scores = said(file).unwrap();
        assert_eq!(scores.scored, 3);
        assert!(scores.auc.is_finite() && scores.log_loss.is_finite() && scores.ece.is_finite());
    }
}
