//! The binary as a child process: where it is, when its doors are open, what it uses.

use crate::shell;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const START_LIMIT: Duration = Duration::from_secs(60);
/// Of the kernel, in which /proc counts; the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Builds the release binary if it is not fresh, and says where it is: beside this tool.
pub fn release_binary() -> Result<PathBuf, Failure> {
    shell::run(shell::cargo().args(["build", "--quiet", "--release", "--package", "aptdesk"]))?;
    Ok(std::env::current_exe()?.with_file_name("aptdesk"))
}

/// Where generated data is kept between runs, on the disk of the build.
pub fn bench_folder() -> Result<PathBuf, Failure> {
    let target = std::env::current_exe()?;
    let target = target.parent().and_then(Path::parent).ok_or("this tool lies in no target folder")?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

pub struct Served {
    child: Child,
    pub http: SocketAddr,
    pub smtp: SocketAddr,
    /// From the start of the process to its last word about open doors.
    pub started_in: Duration,
}

impl Served {
    pub fn start(binary: &Path, database: &str, data: &Path) -> Result<Served, Failure> {
        let begun = Instant::now();
        let mut command = Command::new(binary);
        command.args([
            "serve",
            "--http",
            "127.0.0.1:0",
            "--smtp",
            "127.0.0.1:0",
            "--resolver",
            "off",
            "--log",
            "error",
        ]);
        command.arg("--data").arg(data).args(["--database", database]).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let pipe = child.stdout.take().ok_or("its output is not piped")?;
        let (say, heard) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let (mut http, mut smtp) = (None, None);
        loop {
            if let (Some(http), Some(smtp)) = (http, smtp) {
                return Ok(Served { child, http, smtp, started_in: begun.elapsed() });
            }
            let line = heard.recv_timeout(START_LIMIT).map_err(|_| "the desk did not open its doors")?;
            if let Some(at) = line.strip_prefix("Aptdesk is at http://") {
                http = Some(at.parse()?);
            } else if let Some(at) = line.strip_prefix("It receives mail at ") {
                smtp = Some(at.trim_end_matches(" (SMTP)").parse()?);
            }
        }
    }

    /// Seconds of processor time used so far, by all threads.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let field =
            |at: usize| after_name.split_whitespace().nth(at).and_then(|text| text.parse::<f64>().ok());
        (field(11).unwrap_or_default() + field(12).unwrap_or_default()) / TICKS_PER_SECOND
    }

    /// MiB of memory: all that is resident, and the part of it that is not a file on disk.
    pub fn memory_mib(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1_024.0
        };
        (of("VmRSS:"), of("RssAnon:"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A schema of its own on PostgreSQL; it goes with this value.
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    pub fn create(server: &str, purpose: &str) -> Result<Schema, Failure> {
        let schema =
            Schema { server: server.to_owned(), name: format!("bench_{purpose}_{}", std::process::id()) };
        postgres::Client::connect(server, postgres::NoTls)?
            .batch_execute(&format!("create schema {}", schema.name))?;
        Ok(schema)
    }

    pub fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{separator}options=-c%20search_path%3D{}", self.server, self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        if let Ok(mut client) = postgres::Client::connect(&self.server, postgres::NoTls) {
            let _ = client.batch_execute(&format!("drop schema {} cascade", self.name));
        }
    }
}
