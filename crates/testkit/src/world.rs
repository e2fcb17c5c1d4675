//! A world: its desk, its clock, and the closures that act in it.

use crate::database::{Schema, off_the_runtime, postgres_url};
use db::clock::Standing;
use db::params;
use desk::events::Event;
use desk::{Actor, Desk, Tx, UserId};
use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Noon of Monday, 5 January 2026, UTC: when every world begins.
pub const NOON: i64 = 1_767_614_400_000;
/// Connections of one world; many worlds live at the same time.
const CONNECTIONS_MAX: usize = 6;

pub struct World {
    pub desk: Desk,
    pub clock: Standing,
    pub(crate) worker: Arc<desk::work::Worker>,
    /// Routes, as one process of a real desk does.
    pub(crate) owner: Mutex<desk::routing::Owner>,
    pub(crate) people: AtomicU64,
    /// Events up to this one were made by builders.
    seen: AtomicI64,
    engine: &'static str,
    _schema: Option<Schema>,
    folder: tempfile::TempDir,
}

/// For closures that are to be rolled back: `Err(Stop)`.
#[derive(Debug, PartialEq, Eq)]
pub struct Stop;

impl From<db::Error> for Stop {
    fn from(error: db::Error) -> Self {
        panic!("the database failed before the stop: {error:?}");
    }
}

impl World {
    pub fn on_each_database() -> Vec<World> {
        let mut worlds = vec![World::on_sqlite()];
        worlds.extend(postgres_url().map(|url| World::on_postgres(&url)));
        worlds
    }

    /// For tests in which the database does not matter.
    pub fn on_sqlite() -> World {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("desk.sqlite").display());
        World::open("SQLite", url, folder, None)
    }

    fn on_postgres(server: &str) -> World {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let schema = off_the_runtime(|| Schema::create(server));
        World::open("PostgreSQL", schema.url(), folder, Some(schema))
    }

    fn open(engine: &'static str, url: String, folder: tempfile::TempDir, schema: Option<Schema>) -> World {
        let clock = Standing::at(NOON);
        let options = db::Options {
            durable: false,
            readers_max: CONNECTIONS_MAX,
            connections_max: CONNECTIONS_MAX,
            clock: clock.clock(),
            ..db::Options::default()
        };
        let blobs = folder.path().join("blobs");
        let desk = off_the_runtime(|| Desk::open(&url, blobs, options));
        let desk = desk.unwrap_or_else(|error| panic!("a world on {engine}: {error:?}"));
        let world = World {
            owner: Mutex::new(desk::routing::Owner::new(desk.db.clone())),
            desk,
            clock,
            worker: Arc::default(),
            people: AtomicU64::new(0),
            seen: AtomicI64::new(0),
            engine,
            _schema: schema,
            folder,
        };
        world.forget_events();
        world
    }

    /// The database's name, for messages of assertions.
    pub fn name(&self) -> &'static str {
        self.engine
    }

    /// The world's own folder; its files go with it.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Moves the clock.
    pub fn advance(&self, ms: i64) {
        self.clock.advance(ms);
    }

    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// A person as the one who acts, in their present role.
    pub fn as_(&self, user: UserId) -> Actor {
        self.read(move |tx| desk::people::find_user(tx, user)).expect("the person exists").actor()
    }

    /// Reads as the desk itself. Panics when refused.
    pub fn read<T, E>(&self, closure: impl FnMut(&mut Tx) -> Result<T, E> + Send) -> T
    where
        T: Send,
        E: From<db::Error> + Debug + Send,
    {
        self.read_as(Actor::desk(), closure).unwrap_or_else(|error| panic!("on {}: {error:?}", self.engine))
    }

    /// Changes something as the desk itself. Panics when refused.
    pub fn write<T, E>(&self, closure: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static) -> T
    where
        T: Send + 'static,
        E: From<db::Error> + Debug + Send + 'static,
    {
        self.try_write(Actor::desk(), closure).unwrap_or_else(|error| panic!("on {}: {error:?}", self.engine))
    }

    pub fn read_as<T, E>(
        &self,
        actor: Actor,
        mut closure: impl FnMut(&mut Tx) -> Result<T, E> + Send,
    ) -> Result<T, E>
    where
        T: Send,
        E: From<db::Error> + Send,
    {
        off_the_runtime(|| self.desk.db.read_now(actor, |tx| closure(tx)))
    }

    pub fn try_write<T, E>(
        &self,
        actor: Actor,
        closure: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
    {
        off_the_runtime(|| self.desk.db.write_now(actor, closure))
    }

    /// What this person's command comes to.
    pub fn try_as<T, E>(
        &self,
        user: UserId,
        closure: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
    {
        self.try_write(self.as_(user), closure)
    }

    /// Changes something as this person. Panics when refused.
    pub fn write_as<T, E>(
        &self,
        user: UserId,
        closure: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        E: From<db::Error> + Debug + Send + 'static,
    {
        self.try_as(user, closure).unwrap_or_else(|error| panic!("on {}: {error:?}", self.engine))
    }

    /// What has happened since the last builder (or since [`World::forget_events`]), oldest first.
    pub fn events(&self) -> Vec<Event> {
        let seen = self.seen.load(Ordering::SeqCst);
        let facts: Vec<String> = self.read(move |tx| {
            tx.list("select facts from events where id > $1 order by id", params![seen], |row| row.get(0))
        });
        facts.iter().map(|facts| serde_json::from_str(facts).expect("an event reads back")).collect()
    }

    /// What has happened so far is no longer among [`World::events`].
    pub fn forget_events(&self) {
        let last: i64 = self.read(|tx| tx.value("select coalesce(max(id), 0) from events", params![]));
        self.seen.store(last, Ordering::SeqCst);
    }
}
