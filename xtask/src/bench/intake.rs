//! `bench intake`: mail by SMTP until it is a durable ticket that has found its person, against a loop that only
//! writes the raw message to a file and syncs it.
//!
//! Sender and desk share the machine. The clock stops when no job of understanding waits any more, and no ticket.

use super::process::{Failure, Schema, Served, bench_folder, release_binary};
use super::report::{Report, Samples};
use crate::Outcome;
use desk::access::{self, SetUp};
use desk::people::{self, CreateUser};
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::skills::{self, Rate};
use desk::{Actor, Desk, Role, UserId};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 20;
const AGENTS: i64 = 24;
const ROUNDS: usize = 3;
/// Bytes of a message, and how many of them one round sends.
const SIZES: [(usize, usize, &str); 2] = [(1_024, 10_000, "≥ 1,500/s"), (50 * 1_024, 2_000, "")];
const DRAIN_LIMIT: Duration = Duration::from_secs(300);
const SUPPORT: &str = "support@example.org";

const PROBLEMS: [&str; 8] = [
    "I was charged twice on my invoice for March and want a refund please.",
    "I cannot sign in any more, the password reset never arrives.",
    "The parcel is late and the tracking has not moved for a week.",
    "The app crashes as soon as I open the camera on my phone.",
    "Please cancel my subscription at the end of this month.",
    "Guten Tag, die Rechnung stimmt nicht, bitte um eine Erstattung.",
    "Hola, no puedo entrar en mi cuenta desde ayer por la tarde.",
    "How do I export all of my data as a file for my accountant?",
];

pub fn run(arguments: &[String]) -> Outcome {
    measure(arguments).map_err(|error| error.to_string())
}

fn measure(arguments: &[String]) -> Result<(), Failure> {
    let rounds = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let binary = release_binary()?;
    let what = format!(
        "{CONNECTIONS} connections, {AGENTS} agents with skills online, sender on the same machine, medians of {rounds} rounds"
    );
    let mut report = Report::new("intake", &what);
    for (bytes, messages, bar) in SIZES {
        let (mut ours, mut answered, mut raw, mut cpu) =
            (Samples::default(), Samples::default(), Samples::default(), Samples::default());
        for _ in 0..rounds {
            raw.add(write_and_sync(bytes)?);
            let round = round(&binary, None, bytes, messages)?;
            ours.add(round.routed);
            answered.add(round.acknowledged);
            cpu.add(round.cpu_ms);
        }
        let kib = bytes / 1_024;
        report.ratio(
            &format!("{kib} KB: SMTP to routed ticket (raw: write + sync, one by one)"),
            &ours,
            &raw,
            "mails/s",
            bar,
        );
        report.rate(&format!("{kib} KB: acknowledged, routing going on beside"), &answered, "mails/s");
        report.figure(
            &format!("{kib} KB: the desk's processor time for a mail"),
            &format!("{:.2} ms", cpu.median()),
            "",
        );
    }
    match super::postgres_url() {
        None => report.note("PostgreSQL was not measured: TEST_PG_URL is not set"),
        Some(url) => {
            for (bytes, messages, _) in SIZES {
                let mut ours = Samples::default();
                for _ in 0..rounds {
                    ours.add(round(&binary, Some(&url), bytes, messages / 5)?.routed);
                }
                report.rate(
                    &format!("PostgreSQL, {} KB: SMTP to routed ticket", bytes / 1_024),
                    &ours,
                    "mails/s",
                );
            }
        }
    }
    report.print();
    Ok(())
}

struct Round {
    acknowledged: f64,
    routed: f64,
    cpu_ms: f64,
}

fn round(binary: &Path, postgres: Option<&str>, bytes: usize, messages: usize) -> Result<Round, Failure> {
    let folder = tempfile::tempdir_in(bench_folder()?)?;
    let schema = postgres.map(|url| Schema::create(url, "intake")).transpose()?;
    let database = match &schema {
        Some(schema) => schema.url(),
        None => format!("sqlite:{}", folder.path().join("desk.sqlite").display()),
    };
    let desk = Desk::open(&database, folder.path().join("files"), db::Options::default())?;
    people_the_desk(&desk)?;
    let served = Served::start(binary, &database, folder.path())?;
    let cpu_before = served.cpu_seconds();
    let start = Instant::now();
    std::thread::scope(|scope| {
        let at = served.smtp;
        let senders: Vec<_> =
            (0..CONNECTIONS).map(|n| scope.spawn(move || send_all(at, n, bytes, messages))).collect();
        senders
            .into_iter()
            .try_for_each(|sender| sender.join().map_err(|_| Failure::from("a sender failed"))?)
    })?;
    let acknowledged = start.elapsed();
    drain(&desk)?;
    let routed = start.elapsed();
    let cpu_ms = (served.cpu_seconds() - cpu_before) * 1_000.0 / messages as f64;
    let found: (i64, i64) = desk.db.read_now(Actor::desk(), |tx| {
        tx.one("select count(*), count(assignee_id) from tickets", db::params![], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    })?;
    if found != (messages as i64, messages as i64) {
        return Err(format!(
            "{messages} mails became {} tickets, {} of them with an assignee",
            found.0, found.1
        )
        .into());
    }
    let rate = |time: Duration| messages as f64 / time.as_secs_f64();
    Ok(Round { acknowledged: rate(acknowledged), routed: rate(routed), cpu_ms })
}

/// A company, and its agents: each knows six skills, all are here, and their hands hold as much as comes.
fn people_the_desk(desk: &Desk) -> Result<(), Failure> {
    let command = SetUp {
        company: "Acme".into(),
        address: SUPPORT.into(),
        time_zone: "UTC".into(),
        locale: "en".into(),
        admin_name: "Ada".into(),
        admin_email: "ada@example.org".into(),
        public_url: "http://127.0.0.1:8080".into(),
    };
    let admin = desk.db.write_now(Actor::desk(), move |tx| access::set_up(tx, &command))?.admin;
    desk.db.write_now(Actor::desk(), |tx| {
        let mut company = desk::settings::company(tx)?;
        company.ticket_capacity = 1_000_000;
        desk::settings::save_company(tx, &company)
    })?;
    let group = desk.db.read_now(Actor::desk(), desk::settings::default_group)?;
    let all = desk.db.read_now(Actor::desk(), skills::list_skills)?;
    for number in 0..AGENTS {
        let create = CreateUser {
            name: format!("Agent {number}"),
            email: Some(format!("agent{number}@example.org")),
            role: Role::Agent,
            verified: true,
            ..CreateUser::default()
        };
        let agent: UserId = desk.db.write_now(Actor::desk(), move |tx| people::create_user(tx, &create))?;
        desk.db.write_now(Actor::desk(), move |tx| people::add_membership(tx, agent, group))?;
        for step in 0..6_usize {
            let skill = all[(number as usize * 5 + step * 7) % all.len()].id;
            let level = 2.0 + ((number as usize + step) % 3) as f64;
            let rate = Rate { user: agent, skill, level, note: String::new() };
            desk.db.write_now(Actor::person(admin, Role::Admin), move |tx| skills::rate(tx, &rate))?;
        }
        let presence = SetPresence { user: agent, status: PresenceStatus::Online };
        desk.db.write_now(Actor::desk(), move |tx| routing::set_presence(tx, &presence))?;
    }
    Ok(())
}

/// Waits until nothing is left to be understood, and nothing waits for somebody.
#[allow(clippy::disallowed_methods, reason = "another process is asked again and again")]
fn drain(desk: &Desk) -> Result<(), Failure> {
    let start = Instant::now();
    while start.elapsed() < DRAIN_LIMIT {
        let waiting: i64 = desk.db.read_now(Actor::desk(), |tx| {
            tx.value(
                "select (select count(*) from (select 1 from jobs where kind = 'triage_ticket' and dead_at is null limit 1) as jobs)
                   + (select count(*) from (select 1 from tickets where status < 2 and assignee_id is null and deleted_at is null limit 1) as tickets)",
                db::params![],
            )
        })?;
        if waiting == 0 {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err("routing did not come to its end".into())
}

/// One connection: its share of the messages, one after the other.
fn send_all(at: SocketAddr, connection: usize, bytes: usize, messages: usize) -> Result<(), Failure> {
    let stream = TcpStream::connect(at)?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    expect(&mut stream, "220")?;
    stream.get_mut().write_all(b"EHLO sender.example\r\n")?;
    expect(&mut stream, "250")?;
    for number in (connection..messages).step_by(CONNECTIONS) {
        let envelope =
            format!("MAIL FROM:<customer{number}@people.example>\r\nRCPT TO:<{SUPPORT}>\r\nDATA\r\n");
        stream.get_mut().write_all(envelope.as_bytes())?;
        expect(&mut stream, "250")?;
        expect(&mut stream, "250")?;
        expect(&mut stream, "354")?;
        let mut mail = message(number, bytes);
        mail.push_str(".\r\n");
        stream.get_mut().write_all(mail.as_bytes())?;
        expect(&mut stream, "250")?;
    }
    Ok(())
}

fn expect(stream: &mut BufReader<TcpStream>, code: &str) -> Result<(), Failure> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if !line.starts_with(code) {
            return Err(format!("the SMTP door said {line:?} instead of {code}").into());
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}

/// A person's mail of about that many bytes; no line begins with a dot.
fn message(number: usize, bytes: usize) -> String {
    static RUN: AtomicI64 = AtomicI64::new(0);
    let unique = RUN.fetch_add(1, Ordering::Relaxed);
    let problem = PROBLEMS[number % PROBLEMS.len()];
    let mut mail = format!(
        "From: Customer {number} <customer{number}@people.example>\r\nTo: Support <{SUPPORT}>\r\nSubject: Question {number}\r\n\
         Message-ID: <{unique}.{number}@people.example>\r\nDate: Mon, 5 Jan 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\n{problem}\r\n"
    );
    let mut line = 0;
    while mail.len() < bytes {
        line += 1;
        mail.push_str(&format!(
            "What I did next, step {line}: looked at page {} and tried again at {}:{:02}.\r\n",
            line * 7 % 90,
            line % 24,
            line % 60
        ));
    }
    mail
}

/// What a loop that knows nothing does in a second: the raw message, safe on disk.
fn write_and_sync(bytes: usize) -> Result<f64, Failure> {
    const ROUND: Duration = Duration::from_secs(2);
    let mut file = tempfile::tempfile_in(bench_folder()?)?;
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < ROUND {
        file.write_all(message(done, bytes).as_bytes())?;
        file.sync_data()?;
        done += 1;
    }
    Ok(done as f64 / start.elapsed().as_secs_f64())
}
