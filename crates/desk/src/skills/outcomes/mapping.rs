//! How a file is read: which of its columns is what, how it writes people, priorities and ratings, and which skills its
//! topics ask for. A small TOML file; without one, usual names of columns are found by themselves.

use super::field::{FIELDS, Field};
use super::moment::Clock;
use super::row::OutcomeRow;
use super::tally::{Reason, Rejected};
use super::words::{is_yes, priority_number, rating_in};
use super::{CELL_CHARS_MAX, PEOPLE_PER_OUTCOME_MAX};
use crate::skills::difficulty::key_name;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub(super) const SOURCE_CHARS_MAX: usize = 40;
/// Topics that a mapping may name.
const TOPICS_MAX: usize = 20_000;

/// One row's cells, by [`Field`]; an empty one says nothing.
pub type Cells<'a> = [&'a str; FIELDS];

/// How one file is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// The name of the other desk: the same number of another source is another ticket.
    pub source: String,
    /// Of moments that do not say their own offset.
    pub time_zone: String,
    /// As `strptime` has it; for dates such as 12/31/2025.
    pub date_format: Option<String>,
    /// What a row can say → the file's own name of the column.
    pub columns: BTreeMap<String, String>,
    /// The file's word → an address or a name here.
    pub people: BTreeMap<String, String>,
    /// The file's word → low, normal, high, urgent.
    pub priority: BTreeMap<String, String>,
    pub channel: BTreeMap<String, String>,
    pub rating: RatingScale,
    /// Topic or tag (a `*` at its end stands for any ending) → skills, each as `key`, `key:level` or `key:level:weight`.
    pub topics: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RatingScale {
    /// The worst and the best figure.
    pub min: f64,
    pub max: f64,
    /// Words → 1 to 5; 0: no rating.
    pub words: BTreeMap<String, u8>,
}

impl Default for RatingScale {
    fn default() -> Self {
        RatingScale { min: 1.0, max: 5.0, words: BTreeMap::new() }
    }
}

impl Default for Mapping {
    fn default() -> Self {
        Mapping {
            source: "import".into(),
            time_zone: "UTC".into(),
            date_format: None,
            columns: BTreeMap::new(),
            people: BTreeMap::new(),
            priority: BTreeMap::new(),
            channel: BTreeMap::new(),
            rating: RatingScale::default(),
            topics: BTreeMap::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{0:?} is not a time zone such as Europe/Berlin")]
    TimeZone(String),
    #[error("{0:?} is nothing that a row can say; use {names}", names = Field::ALL.map(Field::name).join(", "))]
    Column(String),
    #[error("the file has no column {0:?}")]
    NoColumn(String),
    #[error("no column of the file says the {what}; name it in the mapping: [columns] {what} = \"…\"", what = .0)]
    Missing(&'static str),
    #[error("{0:?} is none of low, normal, high, urgent")]
    Priority(String),
    #[error("the best rating must be another figure than the worst")]
    Rating,
    #[error("{0:?} is not written as skill, skill:level or skill:level:weight")]
    Need(String),
    #[error("a mapping may name at most {TOPICS_MAX} topics")]
    TooManyTopics,
}

/// A mapping made ready for the columns of one file.
#[derive(Clone, Debug)]
pub struct Layout {
    columns: [Vec<String>; FIELDS],
    clock: Clock,
    people: BTreeMap<String, String>,
    priority: BTreeMap<String, i64>,
    channel: BTreeMap<String, String>,
    rating: RatingScale,
}

/// One form for each column's name.
fn folded(name: &str) -> String {
    let letters = name.trim().trim_start_matches('\u{feff}').chars();
    let mapped: String = letters.map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    mapped.to_lowercase().split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

impl Mapping {
    pub fn layout(&self) -> Result<Layout, MappingError> {
        let zone =
            TimeZone::get(&self.time_zone).map_err(|_| MappingError::TimeZone(self.time_zone.clone()))?;
        let mut columns = Field::ALL.map(|field| field.usual().iter().map(|it| (*it).to_owned()).collect());
        for (field, column) in &self.columns {
            let at = Field::ALL
                .iter()
                .position(|it| it.name() == field)
                .ok_or_else(|| MappingError::Column(field.clone()))?;
            columns[at] = vec![folded(column)];
        }
        let mut priority = BTreeMap::new();
        for (word, priority_word) in &self.priority {
            let number = priority_number(priority_word)
                .ok_or_else(|| MappingError::Priority(priority_word.clone()))?;
            priority.insert(key_name(word), number);
        }
        if self.rating.max == self.rating.min || !(self.rating.max - self.rating.min).is_finite() {
            return Err(MappingError::Rating);
        }
        if self.topics.len() > TOPICS_MAX {
            return Err(MappingError::TooManyTopics);
        }
        let rating = RatingScale {
            words: self.rating.words.iter().map(|(word, score)| (key_name(word), *score)).collect(),
            ..self.rating.clone()
        };
        Ok(Layout {
            columns,
            clock: Clock { zone, format: self.date_format.clone() },
            people: self.people.iter().map(|(word, who)| (key_name(word), who.clone())).collect(),
            priority,
            channel: self.channel.iter().map(|(word, name)| (key_name(word), key_name(name))).collect(),
            rating,
        })
    }
}

impl Layout {
    /// The column that says a field, if one does.
    pub fn place_of(&self, field: Field, head: &[&str]) -> Option<usize> {
        let names = &self.columns[field as usize];
        let at = names.iter().find_map(|name| head.iter().position(|it| folded(it) == *name))?;
        // A column that tells people apart is no name beside it.
        let is_taken = field == Field::Name && self.place_of(Field::Person, head) == Some(at);
        (!is_taken).then_some(at)
    }

    /// The place of each field among the columns of a head; `None` where the file does not say it.
    pub fn places(&self, head: &[&str]) -> Result<[Option<usize>; FIELDS], MappingError> {
        let head: Vec<String> = head.iter().map(|name| folded(name)).collect();
        let mut places = [None; FIELDS];
        for (place, names) in places.iter_mut().zip(&self.columns) {
            *place = names.iter().find_map(|name| head.iter().position(|it| it == name));
            if place.is_none() && names.len() == 1 {
                return Err(MappingError::NoColumn(names[0].clone()));
            }
        }
        for needed in [Field::Ticket, Field::Person, Field::SolvedAt] {
            if places[needed as usize].is_none() {
                return Err(MappingError::Missing(needed.name()));
            }
        }
        Ok(places)
    }

    /// The cells of an object, as JSON Lines have it. Lists are joined by `~`.
    pub fn cells_of_object(&self, object: &serde_json::Map<String, serde_json::Value>) -> [String; FIELDS] {
        let keys: Vec<(String, &serde_json::Value)> =
            object.iter().map(|(key, value)| (folded(key), value)).collect();
        let cell = |names: &Vec<String>| {
            let found = names.iter().find_map(|name| keys.iter().find(|(key, _)| key == name));
            found.map(|(_, value)| cell_of(value)).unwrap_or_default()
        };
        std::array::from_fn(|at| cell(&self.columns[at]))
    }

    /// What the row says.
    pub fn read(&self, line: u64, cells: &Cells<'_>) -> Result<OutcomeRow, Rejected> {
        let cell = |field: Field| cut(cells[field as usize].trim());
        let wrong = |reason: Reason, cell: &str| Rejected { line, reason, cell: cut(cell).to_owned() };
        let ticket = cell(Field::Ticket).trim_start_matches('#').to_owned();
        if ticket.is_empty() {
            return Err(wrong(Reason::NoTicket, ""));
        }
        let moment = |field: Field| match cell(field) {
            "" => Ok(None),
            text => self.clock.read(text).map(Some).ok_or_else(|| wrong(Reason::TimeIsWrong, text)),
        };
        let solved_at = moment(Field::SolvedAt)?.ok_or_else(|| wrong(Reason::NotSolved, &ticket))?;
        let opened_at = moment(Field::OpenedAt)?.filter(|at| *at <= solved_at).unwrap_or(solved_at);
        let people = self.people_in(cell(Field::Person));
        if people.is_empty() {
            return Err(wrong(Reason::NoPerson, &ticket));
        }
        if people.len() > PEOPLE_PER_OUTCOME_MAX {
            return Err(wrong(Reason::TooManyPeople, cell(Field::Person)));
        }
        let number = |field: Field| match cell(field) {
            "" => Ok(None),
            text => {
                let number =
                    text.replace(',', ".").parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
                number.map(Some).ok_or_else(|| wrong(Reason::NumberIsWrong, text))
            }
        };
        let said =
            |field: Field| is_yes(cell(field)).ok_or_else(|| wrong(Reason::NumberIsWrong, cell(field)));
        Ok(OutcomeRow {
            line,
            people,
            name: name_of(cells),
            opened_at,
            solved_at,
            updated_at: moment(Field::UpdatedAt)?,
            topic: Some(key_name(cell(Field::Topic))).filter(|it| !it.is_empty()),
            tags: parts(cell(Field::Tags)).map(key_name).collect(),
            skills: parts(cell(Field::Skills)).map(str::to_owned).collect(),
            channel: self.channel_of(cell(Field::Channel)),
            priority: self.priority_of(cell(Field::Priority)),
            rating: self
                .rating_of(cell(Field::Rating))
                .map_err(|()| wrong(Reason::RatingIsWrong, cell(Field::Rating)))?,
            reopened: said(Field::Reopened)?,
            escalated: said(Field::Escalated)?,
            replies: number(Field::Replies)?.map(|it| it.min(f64::from(u16::MAX)) as u32),
            handle_s: number(Field::HandleS)?.filter(|it| *it > 0.0),
            subject: Some(cell(Field::Subject)).filter(|it| !it.is_empty()).map(str::to_owned),
            ticket,
        })
    }

    /// `ana@x`, or `ana@x:0.7; kofi@x:0.3`. Without figures all did the same.
    fn people_in(&self, cell: &str) -> Vec<(String, f64)> {
        let part = |text: &str| {
            let (who, share) = match text.rsplit_once(':') {
                Some((who, share)) => {
                    (who, share.trim().parse().ok().filter(|it: &f64| it.is_finite() && *it > 0.0))
                }
                None => (text, None),
            };
            let who = who.trim();
            let who = self.people.get(&key_name(who)).map_or(who, String::as_str);
            (who.to_owned(), share.unwrap_or(1.0))
        };
        let mut people: Vec<(String, f64)> =
            cell.split([';', '|', '~']).filter(|it| !it.trim().is_empty()).map(part).collect();
        let sum: f64 = people.iter().map(|it| it.1).sum();
        people.iter_mut().for_each(|it| it.1 /= sum);
        people
    }

    fn channel_of(&self, cell: &str) -> Option<String> {
        let word = key_name(cell);
        let word = self.channel.get(&word).cloned().unwrap_or(word);
        Some(word).filter(|it| !it.is_empty())
    }

    /// A word that nobody explains is no priority: it only serves to tell difficulties apart.
    fn priority_of(&self, cell: &str) -> Option<i64> {
        self.priority.get(&key_name(cell)).copied().or_else(|| priority_number(cell))
    }

    fn rating_of(&self, cell: &str) -> Result<Option<u8>, ()> {
        let word = key_name(cell);
        if let Some(score) = self.rating.words.get(&word) {
            return Ok((1..=5).contains(score).then_some(*score));
        }
        if let Some(rating) = rating_in(&word) {
            return Ok(rating);
        }
        let figure: f64 = word.replace(',', ".").parse().map_err(|_| ())?;
        let share = (figure - self.rating.min) / (self.rating.max - self.rating.min);
        if !(0.0..=1.0).contains(&share) {
            return Err(());
        }
        Ok(Some((1.0 + 4.0 * share).round() as u8))
    }
}

/// The person's name, whole or in two parts, where it stands beside what tells people apart.
fn name_of(cells: &Cells<'_>) -> Option<String> {
    let cell = |field: Field| cut(cells[field as usize].trim());
    let is_name = |it: &str| it.chars().any(char::is_alphabetic) && !it.contains('@');
    let whole = cell(Field::Name);
    if is_name(whole) && whole != cell(Field::Person) {
        return Some(whole.to_owned());
    }
    let parts = format!("{} {}", cell(Field::FirstName), cell(Field::LastName));
    Some(parts.trim()).filter(|it| is_name(it)).map(str::to_owned)
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(CELL_CHARS_MAX).map_or(text, |(at, _)| &text[..at])
}

/// Several values in one cell. Blanks part them only where nothing else does.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    let by_sign = cell.contains(['~', ';', ',', '|']);
    cell.split(move |c: char| if by_sign { matches!(c, '~' | ';' | ',' | '|') } else { c.is_whitespace() })
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn cell_of(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(cell_of).collect::<Vec<_>>().join("~"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: [&str; 9] = [
        "Ticket ID",
        "Assignee email",
        "Created at",
        "Solved at",
        "Tags",
        "Priority",
        "Rating",
        "Reopens",
        "Handle time",
    ];

    fn read(mapping: &Mapping, cells: [&str; 9]) -> Result<OutcomeRow, Rejected> {
        let layout = mapping.layout().unwrap();
        let places = layout.places(&HEAD).unwrap();
        layout.read(2, &places.map(|place| place.map_or("", |at| cells[at])))
    }

    #[test]
    fn usual_columns_are_found_by_themselves() {
        let row = read(
            &Mapping::default(),
            [
                "#17",
                "Ana@x.org",
                "2026-01-05 10:00",
                "2026-01-05 12:00",
                "refund vip",
                "High",
                "good",
                "2",
                "340",
            ],
        )
        .unwrap();
        assert_eq!((row.ticket.as_str(), row.people[0].0.as_str()), ("17", "Ana@x.org"));
        assert_eq!(row.solved_at - row.opened_at, 2 * 3_600_000);
        assert_eq!(row.tags, ["refund", "vip"]);
        assert_eq!(
            (row.priority, row.rating, row.reopened, row.handle_s),
            (Some(3), Some(5), true, Some(340.0))
        );
        assert!(!row.for_good());
    }

    #[test]
    fn a_mapping_says_what_a_file_calls_things() {
        let mapping = Mapping {
            priority: [("P1".to_owned(), "urgent".to_owned())].into(),
            people: [("A. Novak".to_owned(), "ana@x.org".to_owned())].into(),
            rating: RatingScale { min: 0.0, max: 10.0, words: [("awful".to_owned(), 1)].into() },
            ..Mapping::default()
        };
        let at = "2026-01-05 12:00";
        let row = read(&mapping, ["1", "a. novak; kofi@x.org", "", at, "", "p1", "8", "", ""]).unwrap();
        assert_eq!(row.people, [("ana@x.org".to_owned(), 0.5), ("kofi@x.org".to_owned(), 0.5)]);
        assert_eq!((row.priority, row.rating), (Some(4), Some(4)));
        assert_eq!(read(&mapping, ["1", "x", "", at, "", "", "awful", "", ""]).unwrap().rating, Some(1));
        let reason = |cells| read(&mapping, cells).unwrap_err().reason;
        assert_eq!(reason(["1", "x", "", at, "", "", "11", "", ""]), Reason::RatingIsWrong);
        assert_eq!(reason(["", "x", "", at, "", "", "", "", ""]), Reason::NoTicket);
        assert_eq!(reason(["1", "", "", at, "", "", "", "", ""]), Reason::NoPerson);
        assert_eq!(reason(["1", "x", "", "", "", "", "", "", ""]), Reason::NotSolved);
        assert_eq!(reason(["1", "x", "", "once", "", "", "", "", ""]), Reason::TimeIsWrong);
        assert_eq!(reason(["1", "x", "", at, "", "", "", "", "long"]), Reason::NumberIsWrong);
    }

    #[test]
    fn exports_in_the_languages_of_the_product_are_read_without_a_mapping() {
        let german = [
            "Vorgangsnr",
            "Bearbeiter",
            "Bearbeiter E-Mail",
            "Eröffnet am",
            "Gelöst am",
            "Thema",
            "Priorität",
            "Bewertung",
            "Wiedereröffnet",
            "Eskaliert",
            "Bearbeitungszeit (s)",
        ];
        let cells = [
            "A-1",
            "Ana",
            "ana@x.org",
            "05.01.2026 09:12",
            "05.01.2026 12:00",
            "Rückerstattung",
            "dringend",
            "gut",
            "nein",
            "ja",
            "340",
        ];
        let layout = Mapping::default().layout().unwrap();
        let places = layout.places(&german).unwrap();
        let row = layout.read(2, &places.map(|place| place.map_or("", |at| cells[at]))).unwrap();
        assert_eq!((row.ticket.as_str(), row.people[0].0.as_str()), ("A-1", "ana@x.org"));
        assert_eq!(row.solved_at - row.opened_at, 168 * 60_000);
        assert_eq!(
            (row.topic.as_deref(), row.priority, row.rating),
            (Some("rückerstattung"), Some(4), Some(5))
        );
        assert_eq!((row.reopened, row.escalated, row.handle_s), (false, true, Some(340.0)));
        for head in
            [["Número", "Agente", "Resuelto el", "Reabierto"], ["Numéro", "Agent", "Résolu le", "Rouvert"]]
        {
            let places = layout.places(&head).unwrap();
            for (word, said) in [("sí", true), ("oui", true), ("no", false), ("non", false)] {
                let cells = ["1", "Ana", "2026-01-05", word];
                let row = layout.read(2, &places.map(|place| place.map_or("", |at| cells[at]))).unwrap();
                assert_eq!(row.reopened, said, "{word}");
            }
        }
    }

    #[test]
    fn shares_of_the_work_stand_behind_the_names() {
        let layout = Mapping::default().layout().unwrap();
        let people = layout.people_in("ana@x.org:3; kofi@x.org:1");
        assert_eq!(people, [("ana@x.org".to_owned(), 0.75), ("kofi@x.org".to_owned(), 0.25)]);
    }

    #[test]
    fn a_wrong_mapping_says_what_is_wrong() {
        let layout = Mapping::default().layout().unwrap();
        assert_eq!(layout.places(&["id", "agent"]), Err(MappingError::Missing("solved_at")));
        let named =
            Mapping { columns: [("topic".to_owned(), "Reason X".to_owned())].into(), ..Mapping::default() };
        let places = named.layout().unwrap().places(&["id", "agent", "solved_at"]);
        assert_eq!(places, Err(MappingError::NoColumn("reason_x".into())));
        let wrong =
            Mapping { columns: [("subjekt".to_owned(), "x".to_owned())].into(), ..Mapping::default() };
        assert!(wrong.layout().unwrap_err().to_string().contains("handle_s"));
    }

    #[test]
    fn lines_of_json_are_read_as_rows_are() {
        let layout = Mapping::default().layout().unwrap();
        let object = serde_json::json!({"id": 7, "assignee": "Ana", "tags": ["a", "b"], "solved_at": null, "reopens": 0});
        let cells = layout.cells_of_object(object.as_object().unwrap());
        assert_eq!(cells[Field::Ticket as usize], "7");
        assert_eq!(cells[Field::Tags as usize], "a~b");
        assert_eq!(cells[Field::SolvedAt as usize], "");
    }
}
