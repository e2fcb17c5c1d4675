//! Opening a desk: its database, its files, its key.

use crate::blobs::Blobs;
use crate::settings::DeskKey;
use crate::{Actor, Db, Tx};
use db::Migration;

macro_rules! shared {
    ($name:literal) => {
        Migration {
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/", $name, ".sql")),
        }
    };
}
macro_rules! twins {
    ($name:literal) => {
        Migration {
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/", $name, ".postgres.sql")),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    shared!("0001_foundation"),
    shared!("0002_people"),
    shared!("0003_tickets"),
    shared!("0004_mail"),
    shared!("0005_skills"),
    shared!("0006_routing"),
    twins!("0007_search"),
    shared!("0008_faster"),
    shared!("0009_refit"),
    shared!("0010_roles"),
    shared!("0011_reviews"),
    shared!("0012_routing_requirements"),
    shared!("0013_assessments"),
    shared!("0014_outcomes"),
    shared!("0015_hiring"),
    shared!("0016_coaching"),
    shared!("0017_wellbeing"),
    shared!("0018_floor_runs"),
    shared!("0019_routing_owner"),
    shared!("0020_hostile"),
    shared!("0021_rosters"),
    shared!("0022_decisions"),
    shared!("0023_agent_statuses"),
    shared!("0024_offers"),
    shared!("0025_imports_screen"),
    shared!("0026_hard_work"),
    shared!("0027_competencies"),
    shared!("0028_interviewers"),
    shared!("0029_written_in_hand"),
    shared!("0030_breaks_and_leave"),
    shared!("0031_skill_words"),
    shared!("0032_applications"),
    shared!("0033_coaching_mails"),
    shared!("0034_usual_times"),
    shared!("0035_queues"),
    twins!("0036_queues_of_groups"),
    shared!("0037_missed_offers"),
    shared!("0038_application_mails"),
    shared!("0039_talks"),
    shared!("0040_moments_elsewhere"),
    shared!("0041_competency_levels"),
    shared!("0042_promise_runs"),
    shared!("0043_half_days"),
    shared!("0044_draft_files"),
    twins!("0045_articles"),
    shared!("0046_footing"),
    shared!("0047_competency_words"),
    shared!("0048_scorecard_words"),
];

pub fn migrations() -> &'static [Migration] {
    MIGRATIONS
}

/// One desk: a database, a folder of files, and the key that signs its tokens. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub db: Db,
    pub blobs: Blobs,
    /// Signs addresses and links. Never logged.
    pub key: DeskKey,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder {0} could not be made")]
    Folder(std::path::PathBuf, #[source] std::io::Error),
    #[error("the desk's database could not be opened")]
    Db(#[from] db::Error),
}

impl Desk {
    /// Opens (and makes, and brings up to date) the desk in `database`, with its files in `blobs`.
    pub fn open(
        database: &str,
        blobs: impl Into<std::path::PathBuf>,
        options: db::Options,
    ) -> Result<Desk, OpenError> {
        let blobs = blobs.into();
        std::fs::create_dir_all(&blobs).map_err(|error| OpenError::Folder(blobs.clone(), error))?;
        let db = Db::open(database, options)?;
        db.migrate(MIGRATIONS, Actor::desk())?;
        let key = db.write_now(Actor::desk(), crate::settings::desk_key)?;
        db.write_now(Actor::desk(), |tx: &mut Tx| crate::settings::lay_foundations(tx))?;
        db.write_now(Actor::desk(), |tx: &mut Tx| crate::reviews::lay_scorecard(tx))?;
        db.write_now(Actor::desk(), |tx: &mut Tx| crate::skills::lay_words(tx))?;
        db.write_now(Actor::desk(), |tx: &mut Tx| crate::skills::competencies::lay_competency_words(tx))?;
        Ok(Desk { db, blobs: Blobs::in_folder(blobs), key })
    }

    pub async fn read<T, E, F>(&self, actor: Actor, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
    {
        self.db.read(actor, closure).await
    }

    pub async fn write<T, E, F>(&self, actor: Actor, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
    {
        // What is written names skills as they were written, whoever writes.
        self.db.write(actor.reading(None), closure).await
    }
}
