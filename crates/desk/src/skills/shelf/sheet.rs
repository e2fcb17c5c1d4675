//! The library as a spreadsheet, out and in.
//!
//! Columns by their names in the first line: `key, name, kind, meaning, decay, level_1 … level_5, onet, esco, needs`
//! (`needs` as `key:level;key:level`). Files of ESCO (`preferredLabel, description, conceptUri`) and O*NET
//! (`Element Name, Description, Element ID`, parted by tabs) are read by their own column names.

use super::{SHEET_BYTES_MAX, SHEET_LINES_MAX, ShelfError, only_leads, set_prerequisites};
use crate::skills::{
    CreateSkill, DecayClass, SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, Skill, SkillKind, UpdateSkill,
    create_skill, store, update_skill,
};
use crate::{SkillId, Tx};
use serde::Serialize;
use std::collections::HashMap;

const COLUMNS: [&str; 13] = [
    "key", "name", "kind", "meaning", "decay", "level_1", "level_2", "level_3", "level_4", "level_5", "onet",
    "esco", "needs",
];
/// Other files' names of the same columns.
const ALIASES: [(&str, &str); 7] = [
    ("preferredlabel", "name"),
    ("element name", "name"),
    ("description", "meaning"),
    ("definition", "meaning"),
    ("concepturi", "esco"),
    ("element id", "onet"),
    ("prerequisites", "needs"),
];

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    pub created: usize,
    pub changed: usize,
    pub same: usize,
}

/// The skills in use, one a line, as [`import_library`] reads them.
pub fn library_as_csv(tx: &mut Tx) -> Result<String, ShelfError> {
    if !tx.actor().is_staff() {
        return Err(ShelfError::NotALead);
    }
    let mut needs: HashMap<SkillId, Vec<String>> = HashMap::new();
    for (of, needed, level) in store::list_prerequisites(tx, None)? {
        needs.entry(of).or_default().push(format!("{}:{level}", needed.key));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let broken = |_| ShelfError::Db(db::Error::Corrupt("a line of the library could not be written".into()));
    writer.write_record(COLUMNS).map_err(broken)?;
    for it in store::list_skills(tx)? {
        let needs = needs.remove(&it.id).unwrap_or_default().join(";");
        let [one, two, three, four, five] = &it.anchors;
        let fields: [&str; 13] = [
            &it.key,
            &it.name,
            it.kind.as_str(),
            &it.meaning,
            it.decay.as_str(),
            one,
            two,
            three,
            four,
            five,
            it.onet.as_deref().unwrap_or(""),
            it.esco.as_deref().unwrap_or(""),
            &needs,
        ];
        writer.write_record(fields).map_err(broken)?;
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct Line {
    number: u64,
    fields: HashMap<&'static str, String>,
}

impl Line {
    fn text(&self, column: &str) -> Option<&str> {
        self.fields.get(column).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn wrong(&self, reason: impl Into<String>) -> ShelfError {
        ShelfError::LineIsWrong { line: self.number, reason: reason.into() }
    }
}

/// Adds what is not there, changes what is there under the same key or name, and leaves out columns alone. A file that
/// says no kinds gets `kind` for what is new. All of it or nothing: the first wrong line is named.
pub fn import_library(tx: &mut Tx, csv: &str, kind: SkillKind) -> Result<Imported, ShelfError> {
    only_leads(tx)?;
    let lines = lines(csv)?;
    let mut imported = Imported::default();
    let mut needs: Vec<(u64, SkillId, String)> = Vec::new();
    for line in &lines {
        let name = line.text("name").ok_or_else(|| line.wrong("the name is missing"))?;
        let name: String = name.chars().take(SKILL_NAME_CHARS_MAX).collect();
        let by_key = match line.text("key") {
            Some(key) => store::find_skill_by_key(tx, key)?,
            None => None,
        };
        let found = match by_key {
            Some(skill) => Some(skill),
            None => match store::skill_named(tx, &name)? {
                Some(id) => store::find_skill(tx, id)?,
                None => None,
            },
        };
        let skill = match &found {
            Some(before) => {
                change(tx, line, &name, before, &mut imported)?;
                before.id
            }
            None => {
                imported.created += 1;
                create(tx, line, name, kind)?
            }
        };
        if let Some(text) = line.text("needs") {
            needs.push((line.number, skill, text.to_owned()));
        }
    }
    for (number, skill, text) in needs {
        let wanted = wanted(tx, number, &text)?;
        let present = store::list_prerequisites(tx, Some(skill))?;
        let same =
            present.len() == wanted.len() && present.iter().all(|it| wanted.contains(&(it.1.id, it.2)));
        if !same {
            set_prerequisites(tx, skill, &wanted)?;
        }
    }
    Ok(imported)
}

fn create(tx: &mut Tx, line: &Line, name: String, kind: SkillKind) -> Result<SkillId, ShelfError> {
    let kind = match line.text("kind") {
        Some(word) => word.parse().map_err(|_| line.wrong(format!("{word:?} is no kind of skill")))?,
        None => kind,
    };
    let command = CreateSkill {
        name,
        kind,
        meaning: shortened(line.text("meaning")),
        anchors: std::array::from_fn(|n| shortened(line.text(COLUMNS[5 + n]))),
        decay: decay(line)?,
    };
    let skill = create_skill(tx, &command).map_err(|error| line.wrong(error.to_string()))?;
    store::save_links(tx, skill.id, line.text("onet"), line.text("esco"))?;
    Ok(skill.id)
}

fn change(
    tx: &mut Tx,
    line: &Line,
    name: &str,
    before: &Skill,
    imported: &mut Imported,
) -> Result<(), ShelfError> {
    let mut after = before.clone();
    after.name = name.to_owned();
    if line.text("meaning").is_some() {
        after.meaning = shortened(line.text("meaning"));
    }
    for n in 0..5 {
        if let Some(text) = line.text(COLUMNS[5 + n]) {
            after.anchors[n] = shortened(Some(text));
        }
    }
    after.decay = decay(line)?.unwrap_or(before.decay);
    after.onet = line.text("onet").map(str::to_owned).or(after.onet);
    after.esco = line.text("esco").map(str::to_owned).or(after.esco);
    if after == *before {
        imported.same += 1;
        return Ok(());
    }
    imported.changed += 1;
    let command = UpdateSkill {
        skill: before.id,
        name: Some(after.name),
        meaning: Some(after.meaning),
        anchors: Some(after.anchors),
        decay: Some(after.decay),
    };
    update_skill(tx, &command).map_err(|error| line.wrong(error.to_string()))?;
    Ok(store::save_links(tx, before.id, after.onet.as_deref(), after.esco.as_deref())?)
}

fn decay(line: &Line) -> Result<Option<DecayClass>, ShelfError> {
    let word = line.text("decay");
    word.map(|word| word.parse().map_err(|_| line.wrong(format!("{word:?} is no way to fade")))).transpose()
}

/// `key:level;key:level`
fn wanted(tx: &mut Tx, line: u64, text: &str) -> Result<Vec<(SkillId, f64)>, ShelfError> {
    let mut all = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (key, level) = part.rsplit_once(':').unwrap_or((part, "3"));
        let wrong = |reason: String| ShelfError::LineIsWrong { line, reason };
        let skill = store::find_skill_by_key(tx, key.trim())?
            .ok_or_else(|| wrong(format!("it needs {key:?}, and there is no such key")))?;
        let level = level.trim().parse().map_err(|_| wrong(format!("{level:?} is no level")))?;
        all.push((skill.id, level));
    }
    Ok(all)
}

fn shortened(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().take(SKILL_TEXT_CHARS_MAX).collect()
}

fn lines(text: &str) -> Result<Vec<Line>, ShelfError> {
    if text.len() > SHEET_BYTES_MAX {
        return Err(ShelfError::FileIsTooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter =
        [b'\t', b';'].into_iter().find(|it| !first.contains(',') && first.contains(char::from(*it)));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| ShelfError::NoHeader)?;
    let columns: Vec<Option<&'static str>> = header.iter().map(column).collect();
    if !columns.contains(&Some("name")) {
        return Err(ShelfError::NoHeader);
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| ShelfError::LineIsWrong {
            line: error.position().map_or(0, csv::Position::line),
            reason: "it cannot be read as comma-separated values".into(),
        })?;
        if lines.len() == SHEET_LINES_MAX {
            return Err(ShelfError::FileIsTooLarge);
        }
        let number = record.position().map_or(0, csv::Position::line);
        let named =
            columns.iter().zip(record.iter()).filter_map(|(name, value)| Some(((*name)?, value.to_owned())));
        let fields: HashMap<&'static str, String> = named.collect();
        if fields.values().any(|value| !value.trim().is_empty()) {
            lines.push(Line { number, fields });
        }
    }
    Ok(lines)
}

fn column(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    let own = COLUMNS.iter().find(|it| **it == name).copied();
    own.or_else(|| ALIASES.iter().find(|it| it.0 == name).map(|it| it.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_own_and_by_other_files_names() {
        let esco = lines("conceptType,preferredLabel,description\nKnowledge,\"SAML, explained\",About it\n")
            .unwrap();
        assert_eq!(
            (esco[0].text("name"), esco[0].text("meaning")),
            (Some("SAML, explained"), Some("About it"))
        );
        let onet = lines(
            "Element ID\tElement Name\tDescription\n2.A.1.b\tActive Listening\tGiving full attention\n",
        )
        .unwrap();
        assert_eq!((onet[0].text("onet"), onet[0].text("name")), (Some("2.A.1.b"), Some("Active Listening")));
        assert!(matches!(lines("who,what\n1,2\n"), Err(ShelfError::NoHeader)));
        assert_eq!(lines("\u{feff}name;kind\n\nA;human\n").unwrap().len(), 1);
    }
}
