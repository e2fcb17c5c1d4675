//! `bench pages`: lists, tickets and search over HTTP among many tickets; what a first visit weighs; start and memory.

use super::process::{Failure, Served, release_binary};
use super::report::{Report, Samples};
use super::world::{self, World};
use crate::Outcome;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

const TICKETS: i64 = 1_000_000;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;
const STARTS: usize = 5;
const LIST_BAR: &str = "≤ 0.3 ms CPU; p99 < 5 ms at 32";
/// As many lists as some thousand agents ask for: two fifths of what one machine of two cores answers at most.
const LISTS_PER_SECOND: u32 = 2_000;
const WORDS: [&str; 6] =
    ["refund", "parcel+update", "camera", "voucher+march", "invoice+wrong", "lamp+flickers"];
/// What browsers say.
const ENCODINGS: &str = "gzip, deflate, br, zstd";

pub fn run(arguments: &[String]) -> Outcome {
    let tickets = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(TICKETS);
    measure(tickets).map_err(|error| error.to_string())
}

fn measure(tickets: i64) -> Result<(), Failure> {
    let binary = release_binary()?;
    let world = world::of(tickets)?;
    let what = format!(
        "{tickets} tickets on SQLite, client on the same machine, {ROUNDS} rounds of {} s, medians",
        ROUND.as_secs()
    );
    let mut report = Report::new("pages", &what);
    start_and_memory(&binary, &world, &mut report)?;
    let served = Served::start(&binary, &world.database, &world.data)?;
    weights(&served, &world, &mut report)?;
    let list = |_: usize| "/views/open".to_owned();
    let ticket = |n: usize| format!("/tickets/{}", world.long_tickets[n * 7 % world.long_tickets.len()]);
    let search = |n: usize| format!("/search?q={}", WORDS[n % WORDS.len()]);
    let lists = Load { name: "list of 50, compressed", encodings: ENCODINGS, path: &list, bar: LIST_BAR };
    let tickets = Load {
        name: "ticket, 10 comments, compressed",
        encodings: ENCODINGS,
        path: &ticket,
        bar: "≤ 0.5 ms CPU",
    };
    let searches =
        Load { name: "search, newest first", encodings: ENCODINGS, path: &search, bar: "p99 < 5 ms" };
    let plain = Load { name: "list of 50, plain", encodings: "identity", bar: "", ..lists };
    let plain_ticket = Load { name: "ticket, 10 comments, plain", encodings: "identity", bar: "", ..tickets };
    for (load, connections) in [
        (&lists, &[1, 16, 32][..]),
        (&plain, &[1, 16][..]),
        (&tickets, &[1, 16, 32][..]),
        (&plain_ticket, &[1, 16][..]),
        (&searches, &[1, 16][..]),
    ] {
        for &connections in connections {
            load.run(&served, &world, &mut report, connections, Pace::AsFastAsAnswered)?;
        }
    }
    lists.run(&served, &world, &mut report, 32, Pace::PerSecond(LISTS_PER_SECOND))?;
    let (resident, own) = served.memory_mib();
    report.figure(
        "memory after all of this",
        &format!("{resident:.0} MB resident, {own:.0} MB without mapped files"),
        "",
    );
    report.print();
    Ok(())
}

fn start_and_memory(binary: &Path, world: &World, report: &mut Report) -> Result<(), Failure> {
    let (mut starts, mut resident, mut own) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..STARTS {
        let served = Served::start(binary, &world.database, &world.data)?;
        starts.add(served.started_in.as_secs_f64() * 1_000.0);
        let mut browser = Browser::open(served.http, &world.session, ENCODINGS)?;
        browser.get("/healthz")?;
        let (all, without_files) = served.memory_mib();
        resident.add(all);
        own.add(without_files);
    }
    report.figure("start, from the command to open doors", &format!("{:.0} ms", starts.median()), "< 200 ms");
    report.figure(
        "idle memory",
        &format!("{:.0} MB resident, {:.0} MB without mapped files", resident.median(), own.median()),
        "< 60 MB",
    );
    Ok(())
}

/// What goes over the wire when a browser has nothing yet: the page, and what the page names.
fn weights(served: &Served, world: &World, report: &mut Report) -> Result<(), Failure> {
    let mut plain = Browser::open(served.http, &world.session, "identity")?;
    let mut browser = Browser::open(served.http, &world.session, ENCODINGS)?;
    for (name, path, bar) in [
        ("list page", "/views/open".to_owned(), "≤ 80 KB"),
        ("ticket page", format!("/tickets/{}", world.long_tickets[0]), ""),
    ] {
        let page = browser.get(&path)?;
        let readable = String::from_utf8_lossy(&plain.get(&path)?.body).into_owned();
        let mut assets = quoted(&readable, "/assets/");
        let mut parts = Vec::new();
        let mut total = page.body.len();
        let mut at = 0;
        while at < assets.len() {
            let path = assets[at].clone();
            let asset = browser.get(&path)?;
            if path.ends_with(".css") {
                let sheet = String::from_utf8_lossy(&plain.get(&path)?.body).into_owned();
                // Only fonts are fetched by every page; pictures of a sheet are part of it.
                let fonts = quoted(&sheet, "/assets/").into_iter().filter(|it| it.ends_with(".woff2"));
                let new: Vec<String> = fonts.filter(|it| !assets.contains(it)).collect();
                assets.extend(new);
            }
            total += asset.body.len();
            parts.push(format!(
                "{} {:.1}",
                path.rsplit('/').next().unwrap_or_default(),
                kb(asset.body.len())
            ));
            at += 1;
        }
        report.figure(
            &format!("{name}, bytes of the page alone"),
            &format!("{:.1} KB ({:.1} KB plain)", kb(page.body.len()), kb(readable.len())),
            "",
        );
        report.figure(&format!("{name}, first visit"), &format!("{:.1} KB", kb(total)), bar);
        report.note(&format!(
            "First visit of the {name}, KB on the wire: page {:.1}, {}.",
            kb(page.body.len()),
            parts.join(", ")
        ));
    }
    Ok(())
}

fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

/// Paths in quotes or brackets that begin so, each once.
fn quoted(text: &str, start: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices(start) {
        let opens = text[..at].chars().next_back().is_some_and(|it| "\"'(".contains(it));
        let end = text[at..].find(['"', '\'', ')', '?', '#', ' ', '>']).unwrap_or(0);
        let path = text[at..at + end].to_owned();
        if opens && path.contains('.') && !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// What is asked for, again and again.
#[derive(Clone, Copy)]
struct Load<'a> {
    name: &'a str,
    encodings: &'a str,
    path: &'a (dyn Fn(usize) -> String + Sync),
    bar: &'a str,
}

#[derive(Clone, Copy)]
enum Pace {
    /// Each connection asks again as soon as it has its answer: both cores are full, and waiting is queueing.
    AsFastAsAnswered,
    /// So many questions a second on all connections together; a late question counts from when it was due.
    PerSecond(u32),
}

impl Load<'_> {
    fn run(
        &self,
        served: &Served,
        world: &World,
        report: &mut Report,
        connections: usize,
        pace: Pace,
    ) -> Result<(), Failure> {
        let (mut rates, mut halves, mut tails, mut cpu) =
            (Samples::default(), Samples::default(), Samples::default(), Samples::default());
        for _ in 0..ROUNDS {
            let before = served.cpu_seconds();
            let mut times = self.callers(served.http, &world.session, connections, pace)?;
            let used = served.cpu_seconds() - before;
            times.sort_unstable();
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
            rates.add(times.len() as f64 / ROUND.as_secs_f64());
            halves.add(at(0.5));
            tails.add(at(0.99));
            cpu.add(used * 1_000.0 / times.len() as f64);
        }
        let value = format!(
            "{:.0}/s, p50 {:.2} ms, p99 {:.2} ms, CPU {:.2} ms",
            rates.median(),
            halves.median(),
            tails.median(),
            cpu.median()
        );
        let name = match pace {
            Pace::AsFastAsAnswered => format!("{}, {connections} connections", self.name),
            Pace::PerSecond(rate) => {
                format!("{}, {connections} connections that ask {rate} times a second", self.name)
            }
        };
        report.figure(&name, &value, self.bar);
        Ok(())
    }

    /// How long each answer took, over one round.
    #[allow(clippy::disallowed_methods, reason = "a steady pace is made of waiting")]
    fn callers(
        &self,
        at: SocketAddr,
        session: &str,
        connections: usize,
        pace: Pace,
    ) -> Result<Vec<Duration>, Failure> {
        let start = Instant::now();
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..connections)
                .map(|caller| {
                    scope.spawn(move || -> Result<Vec<Duration>, Failure> {
                        let mut browser = Browser::open(at, session, self.encodings)?;
                        let (mut times, mut n) = (Vec::new(), 0);
                        while start.elapsed() < ROUND {
                            let mut asked = Instant::now();
                            if let Pace::PerSecond(rate) = pace {
                                let turn = (n * connections + caller) as f64 / f64::from(rate);
                                let due = start + Duration::from_secs_f64(turn);
                                std::thread::sleep(due.saturating_duration_since(asked));
                                asked = due;
                            }
                            browser.get(&(self.path)(caller * 1_000 + n))?;
                            times.push(asked.elapsed());
                            n += 1;
                        }
                        Ok(times)
                    })
                })
                .collect();
            let mut all = Vec::new();
            for caller in callers {
                all.extend(caller.join().map_err(|_| "a caller failed")??);
            }
            Ok(all)
        })
    }
}

/// One kept-alive connection.
struct Browser {
    stream: BufReader<TcpStream>,
    headers: String,
}

struct Answer {
    body: Vec<u8>,
}

impl Browser {
    fn open(at: SocketAddr, session: &str, encodings: &str) -> Result<Browser, Failure> {
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        let headers = format!(
            "Host: {at}\r\nAccept: text/html\r\nAccept-Encoding: {encodings}\r\nCookie: aptdesk_session={session}\r\n\r\n"
        );
        Ok(Browser { stream: BufReader::with_capacity(64 * 1_024, stream), headers })
    }

    /// Anything but 200 is an error: a page that sends elsewhere was not measured.
    fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        let request = format!("GET {path} HTTP/1.1\r\n{}", self.headers);
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut length, mut is_chunked, mut line) = (0, false, String::new());
        self.stream.read_line(&mut line)?;
        if !line.starts_with("HTTP/1.1 200") {
            return Err(format!("{path}: {}", line.trim()).into());
        }
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let lower = line.trim().to_ascii_lowercase();
            if lower.is_empty() {
                break;
            }
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            is_chunked |= lower == "transfer-encoding: chunked";
        }
        let mut body = Vec::new();
        if !is_chunked {
            body.resize(length, 0);
            self.stream.read_exact(&mut body)?;
            return Ok(Answer { body });
        }
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let bytes = usize::from_str_radix(line.trim(), 16)?;
            let from = body.len();
            body.resize(from + bytes, 0);
            self.stream.read_exact(&mut body[from..])?;
            line.clear();
            self.stream.read_line(&mut line)?;
            if bytes == 0 {
                return Ok(Answer { body });
            }
        }
    }
}
