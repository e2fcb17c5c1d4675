//! The shipped library: skills with behavioural anchors, certificates and role profiles, read from `library/*.toml`.
//!
//! Its references were checked in November 2026, each by its words, against copies of the published tables: O*NET's against the
//! content model with element numbers and names (work styles under 1.C); ESCO's against
//! preferred labels (v1) in extracts with their concept URIs and in occupation pages made from them. What could not be found there
//! has no reference.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::decay::DecayClass;

/// The files, as they were when the crate was built.
const FILES: [(&str, &str); 10] = [
    ("priority.toml", include_str!("../library/priority.toml")),
    ("specialist.toml", include_str!("../library/specialist.toml")),
    ("human.toml", include_str!("../library/human.toml")),
    ("technical.toml", include_str!("../library/technical.toml")),
    ("channel.toml", include_str!("../library/channel.toml")),
    ("language.toml", include_str!("../library/language.toml")),
    ("product.toml", include_str!("../library/product.toml")),
    ("certificates.toml", include_str!("../library/certificates.toml")),
    ("roles.toml", include_str!("../library/roles.toml")),
    ("rules.toml", include_str!("../library/rules.toml")),
];

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| Library::parse(FILES).expect("a test proves that the shipped library is complete"));

/// The shipped library, parsed once.
pub fn library() -> &'static Library {
    &LIBRARY
}

/// What sort of capability a skill is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkillKind {
    Priority,
    Specialist,
    Human,
    Technical,
    Product,
    Language,
    Channel,
}

/// One capability, with what a person of each level does in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skill {
    /// Stable, lower case, for instance `de_escalation`; never shown.
    pub key: String,
    pub name: String,
    pub kind: SkillKind,
    pub meaning: String,
    /// What can be seen at levels 1 to 5.
    pub anchors: [String; 5],
    /// The O*NET element behind it, number and name, where there is one.
    pub onet: Option<String>,
    /// The preferred label of the ESCO skill behind it, where there is one.
    pub esco: Option<String>,
    pub decay: DecayClass,
}

/// An outside proof of some skills; valid or not, and apart from level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub key: String,
    pub name: String,
    pub issuer: String,
    pub meaning: String,
    /// Keys of the skills it speaks for.
    #[serde(default)]
    pub skills: Vec<String>,
    /// How long it is valid; None if for ever.
    pub valid_months: Option<u16>,
}

/// The skills and target levels of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub key: String,
    pub name: String,
    pub meaning: String,
    #[serde(default, alias = "requirement")]
    pub requirements: Vec<RoleRequirement>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleRequirement {
    /// Key of the skill.
    pub skill: String,
    /// 1–5.
    pub level: u8,
    /// Above 0, up to 1.
    pub weight: f64,
    #[serde(default)]
    pub who: Who,
}

/// How many of those who hold a role must meet a requirement: `everyone`, or `at-least-K` of those present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Who {
    #[default]
    Everyone,
    AtLeast(u8),
}

/// Words in a message that ask for a skill. An admin adds to these and may switch any of them off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseRule {
    /// Key of the skill.
    pub skill: String,
    /// Two letters (ISO 639-1).
    pub language: String,
    /// 1–5.
    pub level: u8,
    /// Above 0, up to 1.
    pub weight: f64,
    pub hardness: PhraseHardness,
    /// Lower-case whole words; `*` at the end stands for any ending. Several of them count once.
    pub any: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhraseHardness {
    Must,
    Prefer,
}

/// Skills, certificates, roles and phrase rules, each in the order of their files.
#[derive(Debug, Clone, Default)]
pub struct Library {
    pub skills: Vec<Skill>,
    pub certificates: Vec<Certificate>,
    pub roles: Vec<Role>,
    pub rules: Vec<PhraseRule>,
    by_key: HashMap<String, usize>,
}

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("the library file {file} cannot be read: {reason}")]
    Unreadable { file: String, reason: String },
    #[error("the library file {file} does not say of which kind its skills are")]
    NoKind { file: String },
    #[error("the key {key} stands twice in the library")]
    DuplicateKey { key: String },
    #[error("the entry {key} lacks its {what}")]
    Incomplete { key: String, what: &'static str },
    #[error("{key} names the skill {skill}, which the library does not hold")]
    NoSuchSkill { key: String, skill: String },
    #[error("{key} asks for {skill} at level {level} with weight {weight}, outside 1–5 and 0–1")]
    OutOfRange { key: String, skill: String, level: u8, weight: f64 },
}

#[derive(Deserialize)]
struct FileText {
    kind: Option<String>,
    #[serde(default, rename = "skill")]
    skills: Vec<SkillText>,
    #[serde(default, rename = "certificate")]
    certificates: Vec<Certificate>,
    #[serde(default, rename = "role")]
    roles: Vec<Role>,
    #[serde(default, rename = "rule")]
    rules: Vec<PhraseRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkillText {
    key: String,
    name: String,
    meaning: String,
    anchors: [String; 5],
    onet: Option<String>,
    esco: Option<String>,
    decay: Option<DecayClass>,
}

impl Library {
    /// Reads (file name, text) pairs and refuses anything incomplete, doubled or dangling.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Library, LibraryError> {
        let mut library = Library::default();
        for (file, text) in files {
            library.add(file, text)?;
        }
        library.check()?;
        Ok(library)
    }

    pub fn skill(&self, key: &str) -> Option<&Skill> {
        self.by_key.get(key).map(|&at| &self.skills[at])
    }

    pub fn of_kind(&self, kind: SkillKind) -> impl Iterator<Item = &Skill> {
        self.skills.iter().filter(move |skill| skill.kind == kind)
    }

    pub fn role(&self, key: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.key == key)
    }

    pub fn certificate(&self, key: &str) -> Option<&Certificate> {
        self.certificates.iter().find(|certificate| certificate.key == key)
    }

    fn add(&mut self, file: &str, text: &str) -> Result<(), LibraryError> {
        let unreadable = |reason: String| LibraryError::Unreadable { file: file.to_owned(), reason };
        let read: FileText = toml::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if !read.skills.is_empty() {
            let kind = read.kind.ok_or_else(|| LibraryError::NoKind { file: file.to_owned() })?;
            let kind: SkillKind =
                kind.parse().map_err(|error: UnknownSkillKind| unreadable(error.to_string()))?;
            for skill in read.skills {
                let skill = skill.of_kind(kind);
                if self.by_key.insert(skill.key.clone(), self.skills.len()).is_some() {
                    return Err(LibraryError::DuplicateKey { key: skill.key });
                }
                self.skills.push(skill);
            }
        }
        self.certificates.extend(read.certificates);
        self.roles.extend(read.roles);
        self.rules.extend(read.rules);
        Ok(())
    }

    fn check(&self) -> Result<(), LibraryError> {
        for skill in &self.skills {
            present(&skill.key, "name", &skill.name)?;
            present(&skill.key, "meaning", &skill.meaning)?;
            for anchor in &skill.anchors {
                present(&skill.key, "anchors", anchor)?;
            }
        }
        let mut keys = HashSet::new();
        for certificate in &self.certificates {
            present(&certificate.key, "name", &certificate.name)?;
            present(&certificate.key, "issuer", &certificate.issuer)?;
            once(&mut keys, &certificate.key)?;
            for skill in &certificate.skills {
                self.known(&certificate.key, skill)?;
            }
        }
        keys.clear();
        for role in &self.roles {
            present(&role.key, "name", &role.name)?;
            present(&role.key, "meaning", &role.meaning)?;
            once(&mut keys, &role.key)?;
            if role.requirements.is_empty() {
                return Err(LibraryError::Incomplete { key: role.key.clone(), what: "requirements" });
            }
            for it in &role.requirements {
                self.known(&role.key, &it.skill)?;
                in_range(&role.key, &it.skill, it.level, it.weight)?;
            }
        }
        for rule in &self.rules {
            let key = format!("the phrase rule for {}", rule.skill);
            self.known(&key, &rule.skill)?;
            in_range(&key, &rule.skill, rule.level, rule.weight)?;
            if rule.any.is_empty() {
                return Err(LibraryError::Incomplete { key, what: "phrases" });
            }
        }
        Ok(())
    }

    fn known(&self, key: &str, skill: &str) -> Result<(), LibraryError> {
        if self.by_key.contains_key(skill) {
            return Ok(());
        }
        Err(LibraryError::NoSuchSkill { key: key.to_owned(), skill: skill.to_owned() })
    }
}

impl SkillText {
    fn of_kind(self, kind: SkillKind) -> Skill {
        let decay = self.decay.unwrap_or(kind.usual_decay());
        let SkillText { key, name, meaning, anchors, onet, esco, .. } = self;
        Skill { key, name, kind, meaning, anchors, onet, esco, decay }
    }
}

impl SkillKind {
    pub const ALL: [SkillKind; 7] = [
        SkillKind::Priority,
        SkillKind::Specialist,
        SkillKind::Human,
        SkillKind::Technical,
        SkillKind::Product,
        SkillKind::Language,
        SkillKind::Channel,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            SkillKind::Priority => "priority",
            SkillKind::Specialist => "specialist",
            SkillKind::Human => "human",
            SkillKind::Technical => "technical",
            SkillKind::Product => "product",
            SkillKind::Language => "language",
            SkillKind::Channel => "channel",
        }
    }

    /// How skills of this kind fade unless their entry says otherwise.
    pub fn usual_decay(self) -> DecayClass {
        match self {
            SkillKind::Priority | SkillKind::Specialist | SkillKind::Human | SkillKind::Channel => {
                DecayClass::Human
            }
            SkillKind::Technical => DecayClass::Technical,
            SkillKind::Product => DecayClass::Product,
            SkillKind::Language => DecayClass::Language,
        }
    }
}

const AT_LEAST: &str = "at-least-";

impl TryFrom<String> for Who {
    type Error = UnknownWho;

    fn try_from(text: String) -> Result<Who, UnknownWho> {
        if text == "everyone" {
            return Ok(Who::Everyone);
        }
        let people = text.strip_prefix(AT_LEAST).and_then(|it| it.parse().ok());
        people.filter(|it| *it > 0).map(Who::AtLeast).ok_or(UnknownWho)
    }
}

impl From<Who> for String {
    fn from(who: Who) -> String {
        match who {
            Who::Everyone => "everyone".to_owned(),
            Who::AtLeast(people) => format!("{AT_LEAST}{people}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a requirement is met by everyone or by at-least-K of those present")]
pub struct UnknownWho;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a skill is of the kind priority, specialist, human, technical, product, language or channel")]
pub struct UnknownSkillKind;

impl FromStr for SkillKind {
    type Err = UnknownSkillKind;

    fn from_str(text: &str) -> Result<SkillKind, UnknownSkillKind> {
        SkillKind::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownSkillKind)
    }
}

fn present(key: &str, what: &'static str, text: &str) -> Result<(), LibraryError> {
    if text.trim().is_empty() || key.trim().is_empty() {
        return Err(LibraryError::Incomplete { key: key.to_owned(), what });
    }
    Ok(())
}

fn in_range(key: &str, skill: &str, level: u8, weight: f64) -> Result<(), LibraryError> {
    if (1..=5).contains(&level) && weight > 0.0 && weight <= 1.0 {
        return Ok(());
    }
    Err(LibraryError::OutOfRange { key: key.to_owned(), skill: skill.to_owned(), level, weight })
}

fn once<'a>(keys: &mut HashSet<&'a str>, key: &'a str) -> Result<(), LibraryError> {
    if keys.insert(key) { Ok(()) } else { Err(LibraryError::DuplicateKey { key: key.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"
        kind = "human"
        [[skill]]
        key = "patience"
        name = "Patience"
        meaning = "Stays with somebody for as long as it takes."
        anchors = ["one", "two", "three", "four", "five"]
    "#;

    #[test]
    fn the_shipped_library_is_complete() {
        let library = Library::parse(FILES).unwrap();
        for kind in SkillKind::ALL.into_iter().filter(|kind| *kind != SkillKind::Product) {
            assert!(library.of_kind(kind).count() >= 5, "few skills of the kind {}", kind.as_str());
        }
        assert!(library.certificates.len() >= 5 && library.roles.len() >= 10);
        assert!(library.rules.len() >= 100);
        assert!(library.roles.iter().flat_map(|it| &it.requirements).any(|it| it.who == Who::AtLeast(2)));
        for skill in &library.skills {
            assert_eq!(library.skill(&skill.key), Some(skill));
            let distinct: HashSet<&String> = skill.anchors.iter().collect();
            assert_eq!(distinct.len(), 5, "{} repeats an anchor", skill.key);
        }
        for role in &library.roles {
            assert_eq!(library.role(&role.key), Some(role));
        }
    }

    #[test]
    fn a_skill_fades_as_its_kind_does_unless_it_says_otherwise() {
        let library = Library::parse([("one.toml", ONE)]).unwrap();
        let patience = library.skill("patience").unwrap();
        assert_eq!((patience.kind, patience.decay), (SkillKind::Human, DecayClass::Human));
    }

    #[test]
    fn what_is_incomplete_doubled_or_dangling_is_refused() {
        let refusal = |files: &[(&str, &str)]| Library::parse(files.iter().copied()).unwrap_err().to_string();
        assert_eq!(
            refusal(&[("a.toml", ONE), ("b.toml", ONE)]),
            "the key patience stands twice in the library"
        );
        let empty = ONE.replace("\"four\"", "\" \"");
        assert_eq!(refusal(&[("a.toml", &empty)]), "the entry patience lacks its anchors");
        let short = ONE.replace(", \"five\"", "");
        assert!(refusal(&[("a.toml", &short)]).starts_with("the library file a.toml cannot be read"));
        let role = "[[role]]\nkey = \"tier_1\"\nname = \"Tier 1\"\nmeaning = \"First answers.\"\n\
                    requirements = [{ skill = \"flying\", level = 3, weight = 0.8 }]";
        assert_eq!(
            refusal(&[("a.toml", ONE), ("roles.toml", role)]),
            "tier_1 names the skill flying, which the library does not hold"
        );
        let kindless = ONE.replace("kind = \"human\"", "");
        assert_eq!(
            refusal(&[("a.toml", &kindless)]),
            "the library file a.toml does not say of which kind its skills are"
        );
    }
}
