//! A PostgreSQL server that lives as long as one run of the tests: own folder, own port, no waiting for the disk.

use crate::{machine, shell};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use tempfile::TempDir;

/// Another program may take the free port between asking for it and using it.
const PORTS_TRIED_MAX: usize = 5;
/// Tests run side by side, each with a small pool.
const CONNECTIONS_MAX: usize = 400;
/// What the server says when it can be used, in English whatever the machine speaks.
const READY: &str = "database system is ready to accept connections";

pub struct TestPostgres {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl TestPostgres {
    pub fn start(programs: &Path) -> Result<TestPostgres, String> {
        let folder = tempfile::Builder::new()
            .prefix("aptdesk-test-postgres-")
            .tempdir()
            .map_err(|error| format!("no temporary folder for PostgreSQL: {error}"))?;
        let owner = Owner::of_cluster();
        owner.take_over(folder.path())?;
        let data = folder.path().join("data");
        let mut initdb = owner.command(&programs.join("initdb"));
        initdb.arg("--pgdata").arg(&data);
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        shell::run_quietly(initdb.current_dir(folder.path()))?;
        let mut problem = String::new();
        for _ in 0..PORTS_TRIED_MAX {
            let port = free_port()?;
            match serve(&owner, programs, &data, port) {
                Ok(server) => return Ok(TestPostgres { server, port, _folder: folder }),
                Err(said) => problem = said,
            }
        }
        Err(format!("PostgreSQL did not start: {problem}"))
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for TestPostgres {
    /// An interrupt lets the server end its children; a kill would leave them behind.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

/// Starts the server and reads what it says until it is ready.
fn serve(owner: &Owner, programs: &Path, data: &Path, port: u16) -> Result<Child, String> {
    let mut command = owner.command(&programs.join("postgres"));
    command.arg("-D").arg(data).arg("-p").arg(port.to_string()).current_dir(data);
    let settings = [
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        format!("max_connections={CONNECTIONS_MAX}"),
        "logging_collector=off".to_owned(),
        "lc_messages=C".to_owned(),
        // Nothing here has to survive anything.
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
        "autovacuum=off".to_owned(),
    ];
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut server = command.spawn().map_err(|error| shell::could_not_start(&command, &error))?;
    let mut lines = BufReader::new(server.stderr.take().expect("stderr is piped"));
    match wait_until_ready(&mut lines) {
        Ok(()) => {
            // A full pipe would stop the server.
            std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
            Ok(server)
        }
        Err(said) => {
            let _ = server.kill();
            let _ = server.wait();
            Err(said)
        }
    }
}

fn wait_until_ready(lines: &mut BufReader<ChildStderr>) -> Result<(), String> {
    let mut said = String::new();
    loop {
        let start = said.len();
        match lines.read_line(&mut said) {
            Ok(0) | Err(_) => return Err(said),
            Ok(_) if said[start..].contains(READY) => return Ok(()),
            Ok(_) => {}
        }
    }
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}

/// Who runs the server: PostgreSQL refuses to run as root.
struct Owner {
    user: Option<&'static str>,
    has_setpriv: bool,
}

impl Owner {
    fn of_cluster() -> Owner {
        let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let user = match known.lines().any(|line| line.starts_with("postgres:")) {
            true => "postgres",
            false => "nobody",
        };
        Owner {
            user: machine::is_root().then_some(user),
            has_setpriv: shell::find_program(&["setpriv"]).is_some(),
        }
    }

    fn take_over(&self, folder: &Path) -> Result<(), String> {
        match self.user {
            Some(user) => shell::run_quietly(Command::new("chown").arg(user).arg(folder)).map(drop),
            None => Ok(()),
        }
    }

    /// Where `setpriv` is there, the server also ends when this process is killed.
    fn command(&self, program: &Path) -> Command {
        let mut command = match (self.user, self.has_setpriv) {
            (Some(user), true) => {
                let mut command = Command::new("setpriv");
                command.args([
                    "--reuid",
                    user,
                    "--regid",
                    &group_of(user),
                    "--init-groups",
                    "--pdeathsig",
                    "INT",
                    "--",
                ]);
                command.arg(program);
                command
            }
            (Some(user), false) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
            (None, true) => {
                let mut command = Command::new("setpriv");
                command.args(["--pdeathsig", "INT", "--"]).arg(program);
                command
            }
            (None, false) => Command::new(program),
        };
        // The server must not see a client's or another server's settings.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("PG")) {
                command.env_remove(name);
            }
        }
        command
    }
}

fn group_of(user: &str) -> String {
    shell::run_quietly(Command::new("id").args(["-g", user]))
        .map_or_else(|_| user.to_owned(), |id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn two_servers_live_side_by_side_and_end_with_their_owner() {
        let Some(programs) = machine::postgres_programs() else {
            eprintln!("PostgreSQL is not installed; nothing was tried");
            return;
        };
        let first = TestPostgres::start(&programs).expect("it starts");
        let second = TestPostgres::start(&programs).expect("it starts");
        let (one, other) = (first.port, second.port);
        let folder = first._folder.path().to_owned();
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, one)).is_ok());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, other)).is_ok());
        assert_ne!(first.url(), second.url());
        drop(first);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, one)).is_err(), "the server is gone");
        assert!(!folder.exists(), "and its folder");
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, other)).is_ok(), "the other one is not");
    }
}
