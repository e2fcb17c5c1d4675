//! A desk in a folder of its own, and the process that serves it.

use crate::until;
use desk::{Actor, Desk, Tx};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub const SUPPORT: &str = "support@example.org";
pub const ADMIN: &str = "admin@example.org";

/// Where a desk lives. It goes with this value.
pub struct Place {
    folder: tempfile::TempDir,
    schema: Option<Schema>,
    pub api_token: String,
}

impl Place {
    /// A desk that has been set up, on SQLite.
    pub fn on_sqlite() -> Place {
        Place::set_up(None)
    }

    /// One on SQLite, and one on PostgreSQL where there is one.
    pub fn on_each_database() -> Vec<Place> {
        let mut places = vec![Place::on_sqlite()];
        match postgres_url() {
            Some(url) => places.push(Place::set_up(Some(Schema::create(&url)))),
            None => eprintln!("TEST_PG_URL is not set: PostgreSQL is not tried"),
        }
        places
    }

    fn set_up(schema: Option<Schema>) -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut place = Place { folder, schema, api_token: String::new() };
        let output = place.run(&[
            "setup",
            "--company",
            "Acme",
            "--address",
            SUPPORT,
            "--admin",
            ADMIN,
            "--admin-name",
            "Ada",
        ]);
        assert!(output.status.success(), "setup: {output:?}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("setup prints JSON");
        assert!(answer["sign_in_url"].as_str().is_some_and(|url| url.contains("/sign-in/link/")), "{answer}");
        place.api_token = answer["api_token"].as_str().expect("setup prints a token").to_owned();
        place
    }

    /// "SQLite" or "PostgreSQL", for messages of assertions.
    pub fn name(&self) -> &'static str {
        if self.schema.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn database(&self) -> String {
        match &self.schema {
            Some(schema) => schema.url(),
            None => format!("sqlite:{}", self.data().join("desk.sqlite").display()),
        }
    }

    /// The binary with these arguments, told where the desk lives.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = aptdesk();
        command.args(arguments).arg("--data").arg(self.data()).args(["--database", &self.database()]);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary starts")
    }

    /// The desk opened by the test itself, as a second process would.
    pub fn open(&self) -> Desk {
        open(&self.database(), &self.data())
    }

    /// Serves on ports that are free.
    pub fn serve(&self, arguments: &[&str]) -> Server {
        let mut command =
            self.command(&["serve", "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--resolver", "off"]);
        Server::start(command.args(arguments), &self.beside("log"))
    }
}

pub fn aptdesk() -> Command {
    Command::new(env!("CARGO_BIN_EXE_aptdesk"))
}

pub fn open(database: &str, data: &Path) -> Desk {
    Desk::open(database, data.join("files"), db::Options::default()).expect("the desk opens")
}

/// Reads as the desk itself.
pub fn read<T, E>(desk: &Desk, closure: impl FnMut(&mut Tx) -> Result<T, E> + Send) -> T
where
    T: Send,
    E: From<db::Error> + std::fmt::Debug + Send,
{
    desk.db.read_now(Actor::desk(), closure).expect("the desk reads")
}

/// A number that a statement without parameters says.
pub fn count(desk: &Desk, sql: &'static str) -> i64 {
    read(desk, |tx| tx.value(sql, db::params![]))
}

/// A running `aptdesk serve`; killed with this value.
pub struct Server {
    child: Child,
    pub http: SocketAddr,
    pub smtp: SocketAddr,
}

impl Server {
    pub fn start(command: &mut Command, log: &Path) -> Server {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("the binary starts");
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let (heard, pipe) = (said.clone(), child.stdout.take().expect("its output is piped"));
        // The reader ends with the process, whose output it empties.
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                heard.lock().expect("nobody panics with it").push(line);
            }
        });
        let find = |before: &str, after: &str| -> Option<SocketAddr> {
            let lines = said.lock().expect("nobody panics with it");
            lines.iter().find_map(|line| line.strip_prefix(before)?.strip_suffix(after)?.parse().ok())
        };
        let (http, smtp) = until("the desk opens its doors", || {
            if let Some(status) = child.try_wait().expect("the process can be asked") {
                panic!(
                    "the desk ended at once ({status}): {}",
                    std::fs::read_to_string(log).unwrap_or_default()
                );
            }
            Some((find("Aptdesk is at http://", "")?, find("It receives mail at ", " (SMTP)")?))
        });
        Server { child, http, smtp }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process has ended");
    }

    /// A polite stop, as a service manager asks for it.
    pub fn stop(mut self) {
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(asked.expect("a shell").success());
        let status = until("the desk stops", || self.child.try_wait().expect("the process can be asked"));
        assert!(status.success(), "the desk stopped with {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(clippy::disallowed_methods, reason = "tests are told by their environment which databases there are")]
fn postgres_url() -> Option<String> {
    std::env::var("TEST_PG_URL").ok().filter(|url| !url.is_empty())
}

/// A schema of its own in the server of the tests; dropped with this value.
struct Schema {
    server: String,
    name: String,
}

impl Schema {
    fn create(server: &str) -> Schema {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let name = format!("doors_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let schema = Schema { server: server.to_owned(), name };
        schema.tell(&format!("create schema {}", schema.name)).expect("PostgreSQL of TEST_PG_URL");
        schema
    }

    fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{separator}options=-c%20search_path%3D{}", self.server, self.name)
    }

    fn tell(&self, sql: &str) -> Result<(), postgres::Error> {
        postgres::Client::connect(&self.server, postgres::NoTls)?.batch_execute(sql)
    }
}

impl Drop for Schema {
    /// A schema that stays behind harms nobody; a second panic would hide the first.
    fn drop(&mut self) {
        let _ = self.tell(&format!("drop schema {} cascade", self.name));
    }
}
