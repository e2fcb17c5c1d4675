//! Rows of an export, one after the other and never all at once: CSV with a head, or JSON Lines.

use super::charset::text_of;
use super::{Cells, Field, Layout, MappingError, OutcomeRow, Reason, Rejected};
use std::borrow::Cow;
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

/// A line of JSON that is longer cannot be one ticket.
const LINE_BYTES_MAX: usize = 1024 * 1024;
/// A row of a table that is longer: more likely a quote that is never closed, and goes on to the end of the file.
const ROW_BYTES_MAX: usize = 16 * 1024 * 1024;
const BUFFER_BYTES: usize = 1024 * 1024;

/// Lines of JSON whose names are looked at to tell the columns.
const LINES_LOOKED_AT: usize = 20;
/// Columns that are told.
const COLUMNS_MAX: usize = 200;
const NO_TEXT: &str = "it is neither UTF-8 nor Windows-1252";

pub type RowRead = Result<OutcomeRow, Rejected>;

#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    #[error("the file cannot be read")]
    Io(#[from] std::io::Error),
    #[error("the head cannot be read: {0}")]
    Head(String),
    #[error("the file is written in UTF-16; save it as CSV in UTF-8")]
    Utf16,
    #[error("the row that begins in line {0} is longer than {mib} MiB: a quote may be open", mib = ROW_BYTES_MAX / 1024 / 1024)]
    RowTooLong(u64),
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error("the file is shorter than what was read of it before")]
    Shorter,
}

/// The rows of a file; bytes in memory serve as well.
pub struct Rows<R: Read + Seek> {
    layout: Layout,
    form: Form<R>,
    pub bytes: u64,
}

enum Form<R: Read + Seek> {
    Csv { reader: csv::Reader<Within<BufReader<R>>>, places: Box<Places>, record: csv::ByteRecord },
    Lines { reader: BufReader<R>, line: u64, at: u64, buffer: Vec<u8> },
}

/// Reads only so far on, so that one row cannot take a whole file into memory.
struct Within<R> {
    inner: R,
    bytes_left: usize,
}

impl<R: Read> Read for Within<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.bytes_left == 0 {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let wanted = buffer.len().min(self.bytes_left);
        let read = self.inner.read(&mut buffer[..wanted])?;
        self.bytes_left -= read;
        Ok(read)
    }
}

/// What the columns of a file are called, as written.
pub fn columns_of<R: Read + Seek>(mut file: R) -> Result<Vec<String>, RowsError> {
    let first = first_line(&mut file)?;
    let mut names: Vec<String> = Vec::new();
    if is_json(&first) {
        let beginning = file.take((LINES_LOOKED_AT * LINE_BYTES_MAX) as u64);
        for line in BufReader::new(beginning).split(b'\n').take(LINES_LOOKED_AT) {
            let object: Option<serde_json::Map<String, serde_json::Value>> =
                serde_json::from_slice(line?.trim_ascii()).ok();
            for name in object.into_iter().flat_map(|it| it.into_iter().map(|(name, _)| name)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    } else {
        let mut reader = csv_reader(Cursor::new(first.clone()), &first);
        let head = head_of(&mut reader)?;
        names.extend(head.iter().map(|it| it.trim_start_matches('\u{feff}').to_owned()));
    }
    names.truncate(COLUMNS_MAX);
    Ok(names)
}

/// The first line; the file stands at its beginning again.
fn first_line<R: Read + Seek>(file: &mut R) -> Result<Vec<u8>, RowsError> {
    let mut first = Vec::new();
    BufReader::new(&mut *file).take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut first)?;
    file.seek(SeekFrom::Start(0))?;
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
        return Err(RowsError::Utf16);
    }
    Ok(first)
}

fn head_of<R: Read>(reader: &mut csv::Reader<R>) -> Result<Vec<String>, RowsError> {
    let head = reader.byte_headers().map_err(|error| RowsError::Head(error.to_string()))?;
    let names: Option<Vec<String>> = head.iter().map(|it| text_of(it).map(Cow::into_owned)).collect();
    names.ok_or_else(|| RowsError::Head(NO_TEXT.into()))
}

fn is_json(first: &[u8]) -> bool {
    first.trim_ascii_start().first() == Some(&b'{')
}

fn csv_reader<R: Read>(file: R, first: &[u8]) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::Headers)
        .delimiter(delimiter_of(first))
        .from_reader(file)
}

/// Where each field stands among the columns.
type Places = [Option<usize>; Field::ALL.len()];

impl<R: Read + Seek> Rows<R> {
    pub fn open(mut file: R, layout: Layout) -> Result<Rows<R>, RowsError> {
        let bytes = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let first = first_line(&mut file)?;
        let reader = BufReader::with_capacity(BUFFER_BYTES, file);
        let form = if is_json(&first) {
            Form::Lines { reader, line: 0, at: 0, buffer: Vec::new() }
        } else {
            let mut reader = csv_reader(Within { inner: reader, bytes_left: ROW_BYTES_MAX }, &first);
            let head = head_of(&mut reader)?;
            let places = Box::new(layout.places(&head.iter().map(String::as_str).collect::<Vec<_>>())?);
            Form::Csv { reader, places, record: csv::ByteRecord::new() }
        };
        Ok(Rows { layout, form, bytes })
    }

    /// How far it has come, 0 to 1.
    pub fn share(&self) -> f64 {
        let at = match &self.form {
            Form::Csv { reader, .. } => reader.position().byte(),
            Form::Lines { at, .. } => *at,
        };
        at as f64 / self.bytes.max(1) as f64
    }

    /// The next row; `None` at the end of the file.
    pub fn next_row(&mut self) -> Result<Option<RowRead>, RowsError> {
        match &mut self.form {
            Form::Csv { reader, places, record } => {
                let Some(found) = next_record(reader, record)? else { return Ok(None) };
                Ok(Some(found.and_then(|line| {
                    let cells =
                        places.map(|place| text_of(place.and_then(|at| record.get(at)).unwrap_or(b"")));
                    if cells.iter().any(Option::is_none) {
                        return Err(unreadable(line, NO_TEXT));
                    }
                    let cells: Cells<'_> = std::array::from_fn(|at| cells[at].as_deref().unwrap_or(""));
                    self.layout.read(line, &cells)
                })))
            }
            Form::Lines { reader, line, at, buffer } => loop {
                buffer.clear();
                let read = reader.by_ref().take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', buffer)?;
                if read == 0 {
                    return Ok(None);
                }
                *line += 1;
                *at += read as u64;
                if read > LINE_BYTES_MAX {
                    *at += reader.skip_until(b'\n')? as u64;
                    return Ok(Some(Err(unreadable(*line, "the line is too long"))));
                }
                let text = buffer.trim_ascii();
                if text.is_empty() {
                    continue;
                }
                let object: Result<serde_json::Map<String, serde_json::Value>, _> =
                    serde_json::from_slice(text);
                return Ok(Some(match object {
                    Ok(object) => {
                        let cells = self.layout.cells_of_object(&object);
                        self.layout.read(*line, &std::array::from_fn(|i| cells[i].as_str()))
                    }
                    Err(error) => Err(unreadable(*line, &error.to_string())),
                }));
            },
        }
    }

    pub fn next_batch(&mut self, rows_max: usize) -> Result<Vec<RowRead>, RowsError> {
        let mut rows = Vec::with_capacity(rows_max);
        while rows.len() < rows_max {
            match self.next_row()? {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }

    /// Passes rows by. Those of a table are only parted from each other: millions of them take seconds.
    pub fn skip(&mut self, rows: i64) -> Result<(), RowsError> {
        for _ in 0..rows {
            let is_there = match &mut self.form {
                Form::Csv { reader, record, .. } => next_record(reader, record)?.is_some(),
                Form::Lines { .. } => self.next_row()?.is_some(),
            };
            if !is_there {
                return Err(RowsError::Shorter);
            }
        }
        Ok(())
    }
}

/// The next row of a table, with its line, or why it cannot be read; `None` at the end.
fn next_record<R: Read>(
    reader: &mut csv::Reader<Within<R>>,
    record: &mut csv::ByteRecord,
) -> Result<Option<Result<u64, Rejected>>, RowsError> {
    let line = reader.position().line();
    reader.get_mut().bytes_left = ROW_BYTES_MAX;
    match reader.read_byte_record(record) {
        Ok(false) => Ok(None),
        Ok(true) => Ok(Some(Ok(record.position().map_or(line, csv::Position::line)))),
        Err(_) if reader.get_ref().bytes_left == 0 => Err(RowsError::RowTooLong(line)),
        Err(error) if error.is_io_error() => Err(RowsError::Io(std::io::Error::other(error))),
        Err(error) => Ok(Some(Err(unreadable(line, &error.to_string())))),
    }
}

fn unreadable(line: u64, words: &str) -> Rejected {
    Rejected { line, reason: Reason::Unreadable, cell: words.chars().take(120).collect() }
}

/// What parts the columns: the sign that the head has most of.
fn delimiter_of(head: &[u8]) -> u8 {
    let count = |sign: u8| head.iter().filter(|byte| **byte == sign).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|sign| (count(*sign), *sign == b',')).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skills::outcomes::Mapping;

    fn read(text: &str) -> Vec<RowRead> {
        let mut rows = Rows::open(Cursor::new(text), Mapping::default().layout().unwrap()).unwrap();
        let all = rows.next_batch(100).unwrap();
        assert!((rows.share() - 1.0).abs() < 1e-9);
        all
    }

    #[test]
    fn both_forms_say_the_same() {
        let csv =
            read("id;assignee;solved at;tags\n7;Ana;2026-01-05 12:00;\"a, b\"\n\n8;;2026-01-05 12:00;\n");
        let lines = read(concat!(
            "{\"id\": 7, \"assignee\": \"Ana\", \"solved_at\": \"2026-01-05 12:00\", \"tags\": [\"a\", \"b\"]}\n",
            "\n{\"id\": 8, \"solved_at\": \"2026-01-05 12:00\"}\n{broken\n",
        ));
        let said = |row: &RowRead| row.as_ref().map(|it| (it.ticket.clone(), it.tags.clone())).ok();
        assert_eq!(said(&csv[0]), said(&lines[0]));
        assert_eq!(csv[0].as_ref().unwrap().line, 2);
        assert_eq!(csv[1].as_ref().unwrap_err().reason, Reason::NoPerson);
        assert_eq!(lines[1].as_ref().unwrap_err().line, 3);
        assert_eq!(lines[2].as_ref().unwrap_err().reason, Reason::Unreadable);
    }

    #[test]
    fn a_line_without_end_and_bytes_that_are_no_text_are_told_and_passed_over() {
        let mut text = String::from("{\"id\": 1, \"x\": \"");
        text.push_str(&"y".repeat(LINE_BYTES_MAX + 10));
        text.push_str("\"}\n{\"id\": 2, \"assignee\": \"Ana\", \"solved_at\": 1767614400}\n");
        let rows = read(&text);
        assert_eq!(rows[0].as_ref().unwrap_err().reason, Reason::Unreadable);
        assert_eq!(rows[1].as_ref().unwrap().ticket, "2");
        let file = b"id,assignee,solved_at\n1,\x81\x8d,2026-01-05\n2,Ana,2026-01-05\n";
        let mut rows = Rows::open(Cursor::new(file), Mapping::default().layout().unwrap()).unwrap();
        let rows = rows.next_batch(10).unwrap();
        assert_eq!(rows[0].as_ref().unwrap_err().reason, Reason::Unreadable);
        assert!(rows[1].is_ok());
    }

    #[test]
    fn rows_that_are_passed_by_are_those_that_would_have_been_read() {
        let table = b"id,assignee,solved_at\n1,Ana,2026-01-05\n\n2,\"A\nna\",wrong\n3,\xff,2026-01-05\n4,Ana,2026-01-05\n";
        let lines = b"{\"id\": 1}\n\n{broken\n{\"id\": 3}\n{\"id\": 4, \"assignee\": \"Ana\", \"solved_at\": \"2026-01-05\"}\n";
        for text in [&table[..], &lines[..]] {
            let open = || Rows::open(Cursor::new(text), Mapping::default().layout().unwrap()).unwrap();
            let read = open().next_batch(100).unwrap();
            assert_eq!(read.len(), 4);
            assert!(read.iter().any(Result::is_ok) && read.iter().any(Result::is_err));
            for passed in 0..=read.len() {
                let mut rows = open();
                rows.skip(passed as i64).unwrap();
                assert_eq!(rows.next_batch(100).unwrap(), read[passed..], "after {passed}");
            }
            assert!(matches!(open().skip(5), Err(RowsError::Shorter)));
        }
    }

    #[test]
    fn a_file_as_office_programs_write_it_is_read_and_one_in_utf_16_says_how_to_save_it() {
        let file =
            b"Vorgang;Bearbeiter;Gel\xf6st am;Thema\n1;J\xf6rg M\xfcller;05.01.2026;R\xfcckgabe \x80\n";
        assert_eq!(columns_of(Cursor::new(file)).unwrap()[2], "Gelöst am");
        let mut rows = Rows::open(Cursor::new(file), Mapping::default().layout().unwrap()).unwrap();
        let row = rows.next_row().unwrap().unwrap().unwrap();
        assert_eq!((row.people[0].0.as_str(), row.topic.as_deref()), ("Jörg Müller", Some("rückgabe €")));
        let refused = columns_of(Cursor::new(b"\xff\xfei\0d\0\n\0")).unwrap_err().to_string();
        assert!(refused.contains("UTF-8"), "{refused}");
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_take_the_file_into_memory() {
        let mut text = String::from("id,assignee,solved_at\n1,Ana,2026-01-05\n2,\"Ana,2026-01-05\n");
        text.push_str(&"3,Ana,2026-01-05\n".repeat(ROW_BYTES_MAX / 17 + 10_000));
        let mut rows = Rows::open(Cursor::new(text), Mapping::default().layout().unwrap()).unwrap();
        assert!(rows.next_row().unwrap().unwrap().is_ok());
        let refused = rows.next_row().unwrap_err().to_string();
        assert!(refused.contains("line 3 is longer than 16 MiB"), "{refused}");
    }

    #[test]
    fn columns_are_told_as_they_are_written() {
        let csv = columns_of(Cursor::new("\u{feff}Ticket ID;Solved at\n1;2\n")).unwrap();
        assert_eq!(csv, ["Ticket ID", "Solved at"]);
        let lines = columns_of(Cursor::new("{\"id\": 1}\n{\"id\": 2, \"tags\": []}\n")).unwrap();
        assert_eq!(lines, ["id", "tags"]);
    }
}
