//! Candidates from a file, as another tool writes it, or from a list that a program sends.

use super::error::only_leads;
use super::*;
use crate::tables::delimiter_of;
use crate::{OpeningId, Tx};
use serde::Serialize;

/// What a file brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    pub added: usize,
    /// Their address is among the candidates already.
    pub known: usize,
}

/// Comma-separated, with a first line that names the columns: `name`, and if you like `email`, `source`, `note`; others
/// are passed over. The same file again adds nobody whose address is known. Nothing is changed when a line is wrong.
pub fn import_candidates(tx: &mut Tx, opening: OpeningId, csv: &str) -> Result<Imported, HiringError> {
    only_leads(tx)?;
    let opening = candidates::open_opening(tx, opening)?;
    if csv.len() > CSV_BYTES_MAX {
        return Err(HiringError::FileIsTooLarge);
    }
    let all = read(csv)?;
    add_all(tx, opening.id, &all)
}

/// The same for a list that a program sends; a wrong candidate is named by their place in it, from 1.
pub fn import_candidate_list(
    tx: &mut Tx,
    opening: OpeningId,
    list: &[AddCandidate],
) -> Result<Imported, HiringError> {
    only_leads(tx)?;
    let opening = candidates::open_opening(tx, opening)?;
    if list.len() > CANDIDATES_PER_OPENING_MAX {
        return Err(HiringError::TooManyCandidates);
    }
    let mut all = Vec::with_capacity(list.len());
    for (it, line) in list.iter().zip(1..) {
        let wrong = |error: HiringError| HiringError::LineIsWrong { line, reason: error.to_string() };
        all.push(candidates::checked(it).map_err(wrong)?);
    }
    add_all(tx, opening.id, &all)
}

fn add_all(tx: &mut Tx, opening: OpeningId, all: &[AddCandidate]) -> Result<Imported, HiringError> {
    let mut done = Imported::default();
    for it in all {
        if !it.email.is_empty() && store::find_candidate_by_address(tx, opening, &it.email)?.is_some() {
            done.known += 1;
            continue;
        }
        candidates::add(tx, opening, it, None)?;
        done.added += 1;
    }
    Ok(done)
}

fn read(csv: &str) -> Result<Vec<AddCandidate>, HiringError> {
    let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter_of(text))
        .from_reader(text.as_bytes());
    let wrong = |line: u64, reason: String| HiringError::LineIsWrong { line, reason };
    let heads: Vec<String> = match reader.headers() {
        Ok(heads) => heads.iter().map(|it| it.to_lowercase()).collect(),
        Err(_) => return Err(wrong(1, "it cannot be read as comma-separated values".into())),
    };
    let column = |names: &[&str]| heads.iter().position(|it| names.contains(&it.as_str()));
    let name = column(&["name", "candidate", "full name"])
        .ok_or_else(|| wrong(1, "name the columns: name, email, source, note".into()))?;
    let (email, source, note) =
        (column(&["email", "e-mail", "email address"]), column(&["source"]), column(&["note", "notes"]));
    let mut all = Vec::new();
    for (n, record) in reader.records().enumerate() {
        let line = n as u64 + 2;
        let record = record.map_err(|_| wrong(line, "it cannot be read as comma-separated values".into()))?;
        let field = |index: Option<usize>| index.and_then(|it| record.get(it)).unwrap_or("").to_owned();
        let it = AddCandidate {
            name: field(Some(name)),
            email: field(email),
            source: field(source),
            note: field(note),
        };
        if it == AddCandidate::default() {
            continue;
        }
        if all.len() >= CANDIDATES_PER_OPENING_MAX {
            return Err(HiringError::TooManyCandidates);
        }
        all.push(candidates::checked(&it).map_err(|error| wrong(line, error.to_string()))?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_names_in_any_order() {
        let all = read("\u{feff}Email,Phone,Name\n ANA@example.org ,1,Ana Novak\n,,\n,2,Ben\n").unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].email.as_str(), all[0].name.as_str()), ("ana@example.org", "Ana Novak"));
        assert_eq!(all[1].email, "");
        let by_semicolons = read("Name;Email\nAna Novak;ana@example.org\n").unwrap();
        assert_eq!(by_semicolons[0].email, "ana@example.org");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let error = read("name,email\nAna,ana@example.org\nBen,nobody\n").unwrap_err().to_string();
        assert!(error.starts_with("line 3:"), "{error}");
        assert!(read("address\nx\n").unwrap_err().to_string().contains("columns"));
        assert!(read("name,email\n\"\",x@example.org\n").unwrap_err().to_string().contains("name"));
    }
}
