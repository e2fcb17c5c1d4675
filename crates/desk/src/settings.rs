//! What an admin sets once: company, time zone, pauses; and the desk's own key.
//!
//! Table `settings` (key, JSON value). A missing key means the default that stands here.

use crate::{Actor, BrandId, GroupId, Tx};
use db::params;
use serde::{Deserialize, Serialize};

/// Settings of the desk as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Company {
    pub name: String,
    /// The address that customers write to first.
    pub support_address: String,
    pub time_zone: String,
    pub locale: String,
    /// How people reach the desk's pages, without a slash at the end.
    pub public_url: String,
    /// Hours between solving and asking for a rating.
    pub satisfaction_after_hours: i64,
    /// Days between solving and closing.
    pub close_after_days: i64,
    /// Days without reopening after which a solved ticket counts as evidence.
    pub outcome_after_days: i64,
    /// Seconds during which a sent reply can be taken back.
    pub undo_send_seconds: i64,
    /// Tickets one agent may hold unless set otherwise.
    pub ticket_capacity: i64,
    /// The share of routing choices made at random among the able, so that the model can learn. 0 to 1.
    pub exploration_share: f64,
    /// Largest attachment, in bytes.
    pub attachment_bytes_max: i64,
}

impl Default for Company {
    fn default() -> Self {
        Company {
            name: "My company".into(),
            support_address: String::new(),
            time_zone: "UTC".into(),
            locale: "en".into(),
            public_url: "http://localhost:8080".into(),
            satisfaction_after_hours: 24,
            close_after_days: 4,
            outcome_after_days: 7,
            undo_send_seconds: 0,
            ticket_capacity: 8,
            exploration_share: 0.05,
            attachment_bytes_max: 20 * 1024 * 1024,
        }
    }
}

pub fn company(tx: &mut Tx) -> Result<Company, db::Error> {
    Ok(find(tx, "company")?.unwrap_or_default())
}

pub fn save_company(tx: &mut Tx, company: &Company) -> Result<(), db::Error> {
    save(tx, "company", company)
}

/// A setting by its key; other modules keep theirs here too.
pub fn find<T: serde::de::DeserializeOwned>(tx: &mut Tx, key: &str) -> Result<Option<T>, db::Error> {
    let text: Option<String> =
        tx.find("select value from settings where key = $1", params![key], |row| row.get(0))?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(|error| db::Error::Corrupt(format!("setting {key}: {error}")))
    })
    .transpose()
}

pub fn save<T: Serialize>(tx: &mut Tx, key: &str, value: &T) -> Result<(), db::Error> {
    let text = serde_json::to_string(value).map_err(|error| db::Error::Corrupt(error.to_string()))?;
    let now = tx.now();
    tx.execute(
        "insert into settings (key, value, updated_at) values ($1, $2, $3)
         on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at",
        params![key, text, now],
    )?;
    tx.announce("settings");
    Ok(())
}

/// The setting that says that tickets stay at another desk.
const ONLY_SKILLS: &str = "only_skills";

/// Tickets stay at another desk, and pages do not offer what is for tickets.
pub fn only_skills(tx: &mut Tx) -> Result<bool, db::Error> {
    Ok(find(tx, ONLY_SKILLS)?.unwrap_or(false))
}

pub fn save_only_skills(tx: &mut Tx, only_skills: bool) -> Result<(), db::Error> {
    save(tx, ONLY_SKILLS, &only_skills)
}

/// 256 random bits that sign what leaves the desk and must come back unchanged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeskKey(String);

impl std::fmt::Debug for DeskKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeskKey(…)")
    }
}

impl DeskKey {
    /// HMAC-SHA256 of `words` under this key; `purpose` keeps signatures of one kind from serving as another.
    pub fn sign(&self, purpose: &str, words: &str) -> [u8; 32] {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac =
            Hmac::<sha2::Sha256>::new_from_slice(self.0.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(words.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// The desk's key; made at the first opening.
pub fn desk_key(tx: &mut Tx) -> Result<DeskKey, db::Error> {
    if let Some(key) = find(tx, "desk_key")? {
        return Ok(key);
    }
    let key = DeskKey(crate::access::random_token());
    save(tx, "desk_key", &key)?;
    Ok(key)
}

/// The rows that every desk has from its first moment: a brand and a group.
pub(crate) fn lay_foundations(tx: &mut Tx) -> Result<(), db::Error> {
    debug_assert!(tx.actor().is_desk() || *tx.actor() == Actor::desk());
    let now = tx.now();
    let laid: Option<i64> = tx.find("select id from brands limit 1", params![], |row| row.get(0))?;
    if laid.is_some() {
        return crate::skills::roles::lay_roles(tx);
    }
    tx.execute("insert into brands (name, is_default, created_at) values ('Default', 1, $1)", params![now])?;
    tx.execute(
        "insert into groups (name, is_default, created_at, updated_at) values ('Support', 1, $1, $1)",
        params![now],
    )?;
    crate::skills::lay_library(tx)?;
    crate::skills::competencies::lay_competencies(tx)?;
    crate::skills::roles::lay_roles(tx)
}

/// A name under which the company answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Brand {
    pub id: BrandId,
    pub name: String,
    pub is_default: bool,
    pub created_at: i64,
}

pub fn list_brands(tx: &mut Tx) -> Result<Vec<Brand>, db::Error> {
    tx.list("select id, name, is_default, created_at from brands order by id", params![], |row| {
        Ok(Brand { id: row.get(0)?, name: row.get(1)?, is_default: row.get(2)?, created_at: row.get(3)? })
    })
}

pub fn default_brand(tx: &mut Tx) -> Result<BrandId, db::Error> {
    tx.value("select id from brands where is_default = 1", params![])
}

pub fn default_group(tx: &mut Tx) -> Result<GroupId, db::Error> {
    tx.value("select id from groups where is_default = 1 and deleted_at is null", params![])
}
