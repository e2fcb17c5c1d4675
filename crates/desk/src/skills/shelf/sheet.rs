//! The library as a spreadsheet, out and in.
//!
//! Columns by their names in the first line: `key, name, kind, meaning, decay, level_1 … level_5, onet, esco, needs`
//! (`needs` as `key:level;key:level`). Files of ESCO (`preferredLabel, description, conceptUri`) and O*NET
//! (`Element Name, Description, Element ID`, parted by tabs) are read by their own column names. A column of words in
//! another language ends with it: `name_de`, `meaning_fr`, `level_1_es`, `preferredLabel_de`. A file that is in one other
//! language as a whole is read by [`import_words`].

use super::{SHEET_BYTES_MAX, SHEET_LINES_MAX, ShelfError, only_leads, set_prerequisites};
use crate::skills::words::{SetWords, SkillWords, set_words};
use crate::skills::{
    CreateSkill, DecayClass, SKILL_NAME_CHARS_MAX, SKILL_TEXT_CHARS_MAX, Skill, SkillKind, UpdateSkill,
    create_skill, store, update_skill,
};
use crate::tables::delimiter_of;
use crate::{Language, SkillId, Tx};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// Columns that may be there for other languages: from here on in [`COLUMNS`], without those between.
const IN_LANGUAGES: [&str; 7] = ["name", "meaning", "level_1", "level_2", "level_3", "level_4", "level_5"];

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    pub created: usize,
    pub changed: usize,
    pub same: usize,
    /// Skills whose words in another language are new or changed, once for each language.
    pub words: usize,
    /// Lines of a file of words that name no skill of this desk.
    pub unknown: usize,
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
    let mut words: BTreeMap<(SkillId, Language), SkillWords> = BTreeMap::new();
    for (skill, it) in store::list_all_words(tx)? {
        words.insert((skill, it.language), it);
    }
    let further = columns_in_languages(words.values());
    let named = |(language, column): &(Language, &str)| format!("{column}_{language}");
    let header: Vec<String> =
        COLUMNS.iter().map(|it| (*it).to_owned()).chain(further.iter().map(named)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let broken = |_| ShelfError::Db(db::Error::Corrupt("a line of the library could not be written".into()));
    writer.write_record(&header).map_err(broken)?;
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
        let further = further.iter().map(|(language, column)| {
            words.get(&(it.id, *language)).map_or("", |words| word_of(words, column))
        });
        writer.write_record(fields.into_iter().chain(further)).map_err(broken)?;
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Names and meanings in every language that there is, sentences of levels where some are written.
fn columns_in_languages<'a>(all: impl Iterator<Item = &'a SkillWords>) -> Vec<(Language, &'static str)> {
    let mut with_levels: BTreeMap<Language, bool> = BTreeMap::new();
    for it in all {
        *with_levels.entry(it.language).or_default() |= it.anchors.iter().any(|it| !it.is_empty());
    }
    let columns = |(language, levels): (Language, bool)| {
        let count = if levels { IN_LANGUAGES.len() } else { 2 };
        IN_LANGUAGES[..count].iter().map(move |column| (language, *column))
    };
    with_levels.into_iter().flat_map(columns).collect()
}

fn word_of<'a>(words: &'a SkillWords, column: &str) -> &'a str {
    match column {
        "name" => &words.name,
        "meaning" => &words.meaning,
        level => {
            let place = IN_LANGUAGES[2..].iter().position(|it| *it == level).unwrap_or_default();
            &words.anchors[place]
        }
    }
}

/// A column of the library, and of which language its texts are; `None`: the library's own.
type Column = (Option<Language>, &'static str);

struct Line {
    number: u64,
    fields: HashMap<Column, String>,
}

impl Line {
    fn text(&self, column: &str) -> Option<&str> {
        self.text_in(None, column)
    }

    fn text_in(&self, language: Option<Language>, column: &str) -> Option<&str> {
        let found = IN_LANGUAGES.iter().chain(&COLUMNS).find(|it| **it == column)?;
        self.fields.get(&(language, *found)).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Languages that this line has words in.
    fn languages(&self) -> BTreeSet<Language> {
        self.fields.iter().filter(|it| !it.1.trim().is_empty()).filter_map(|it| it.0.0).collect()
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
        for language in line.languages() {
            imported.words += usize::from(put_words(tx, line, skill, language, Some(language))?);
        }
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

/// A file that is in one other language as a whole, such as ESCO's of that language: each line finds its skill by key or
/// by its reference to ESCO or O*NET, and says what the skill is called. Lines that name no skill of this desk are
/// counted and left; nothing is added to the library.
pub fn import_words(tx: &mut Tx, csv: &str, language: Language) -> Result<Imported, ShelfError> {
    only_leads(tx)?;
    let mut by_reference: HashMap<String, SkillId> = HashMap::new();
    for skill in store::list_all_skills(tx)? {
        let references = [skill.onet, skill.esco].into_iter().flatten();
        by_reference.extend(references.map(|it| (it, skill.id)));
        by_reference.insert(skill.key, skill.id);
    }
    let mut imported = Imported::default();
    for line in &lines(csv)? {
        let references = ["key", "esco", "onet"].into_iter().filter_map(|column| line.text(column));
        let found = references.filter_map(|it| by_reference.get(it)).next().copied();
        match found {
            Some(skill) if put_words(tx, line, skill, language, None)? => imported.words += 1,
            Some(_) => imported.same += 1,
            None => imported.unknown += 1,
        }
    }
    Ok(imported)
}

/// Puts the words that stand in the columns of `of` in place of those in `language`; what the line leaves out stays.
/// Says whether anything changed.
fn put_words(
    tx: &mut Tx,
    line: &Line,
    skill: SkillId,
    language: Language,
    of: Option<Language>,
) -> Result<bool, ShelfError> {
    let present = store::list_words_of(tx, skill)?.into_iter().find(|it| it.language == language);
    let word = |column: &'static str, chars_max: usize| {
        let is = present.as_ref().map_or("", |it| word_of(it, column));
        line.text_in(of, column).unwrap_or(is).chars().take(chars_max).collect::<String>()
    };
    let command = SetWords {
        skill,
        language,
        name: word("name", SKILL_NAME_CHARS_MAX),
        meaning: word("meaning", SKILL_TEXT_CHARS_MAX),
        anchors: std::array::from_fn(|n| word(IN_LANGUAGES[2 + n], SKILL_TEXT_CHARS_MAX)),
    };
    // A library with all its columns repeats what it was given. That is nobody's word that it still holds.
    let repeats = |it: &SkillWords| {
        (&it.name, &it.meaning, &it.anchors) == (&command.name, &command.meaning, &command.anchors)
    };
    if of.is_some() && present.as_ref().is_some_and(repeats) {
        return Ok(false);
    }
    set_words(tx, &command).map_err(|error| line.wrong(error.to_string()))
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
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter_of(text)).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| ShelfError::NoHeader)?;
    let columns: Vec<Option<Column>> = header.iter().map(column).collect();
    if !columns.contains(&Some((None, "name"))) {
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
        let fields: HashMap<Column, String> = named.collect();
        if fields.values().any(|value| !value.trim().is_empty()) {
            lines.push(Line { number, fields });
        }
    }
    Ok(lines)
}

fn column(name: &str) -> Option<Column> {
    let name = name.trim().to_lowercase();
    if let Some(own) = known_column(&name) {
        return Some((None, own));
    }
    // `name_de`, `preferredlabel@de`, `description (de)`
    let (column, language) = name.trim_end_matches(')').rsplit_once(['_', '@', ':', '.', '('])?;
    let language: Language = language.parse().ok()?;
    let column = known_column(column.trim()).filter(|it| IN_LANGUAGES.contains(it))?;
    Some((Some(language), column))
}

fn known_column(name: &str) -> Option<&'static str> {
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

    #[test]
    fn words_in_other_languages_are_told_by_the_end_of_their_columns() {
        let read = lines(
            "name,name_de,level_2_de,preferredLabel (fr),description@es,kind_de\nPatience,Geduld,,Patience,Con calma,x\n",
        );
        let line = &read.unwrap()[0];
        let languages: Vec<String> = line.languages().iter().map(ToString::to_string).collect();
        assert_eq!(languages, ["de", "es", "fr"]);
        assert_eq!(line.text("name"), Some("Patience"));
        assert_eq!(line.text_in(Language::of("de"), "name"), Some("Geduld"));
        assert_eq!(line.text_in(Language::of("es"), "meaning"), Some("Con calma"));
        assert_eq!(line.text_in(Language::of("de"), "level_2"), None, "empty says nothing");
    }
}
