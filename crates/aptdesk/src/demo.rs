//! `aptdesk demo`: a living desk. A company with a past, and mail that keeps arriving through the real doors.

mod agents;
mod articles;
mod assessments;
mod case;
mod coaching;
mod content;
mod customers;
mod hiring;
mod history;
mod past_mail;
mod ratings;
mod reviews;
mod shifts;
mod staff;
mod statements;
mod traffic;
mod truth;

use crate::config::{Config, Relay};
use crate::serve::{Running, log_to_stderr, stop_signal};
use crate::{Outcome, say};
use content::Content;
use db::clock::Standing;
use desk::access::{self, LinkPurpose};
use desk::{Actor, Desk, settings};
use history::{HISTORY_DAYS, History};
use staff::Staff;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Failure>;

/// Marks a folder as a demo's, so that nothing else is ever removed; says whether its past is complete.
const MARKER_FILE: &str = ".aptdesk-demo";
const MARKER_COMPLETE: &str = "complete";
const OUTBOX_FOLDER: &str = "outbox";
const LINK_VALID_MS: i64 = 24 * 3_600_000;
const TICKETS_MAX: usize = 100_000;
const PACE_SECONDS_MIN: f64 = 0.2;

#[derive(clap::Args)]
pub struct Flags {
    /// Folder of the demo; made on the first start.
    #[arg(long, default_value = "aptdesk-demo")]
    data: PathBuf,
    /// Address of the pages.
    #[arg(long, default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// Address where mail is received by SMTP.
    #[arg(long, default_value = "127.0.0.1:2525")]
    smtp: SocketAddr,
    /// How browsers reach the demo, if not by the address of its pages.
    #[arg(long)]
    public_url: Option<String>,
    /// Seconds between two arriving mails, on average.
    #[arg(long, default_value_t = 20.0)]
    pace: f64,
    /// Tickets of the past.
    #[arg(long, default_value_t = 2_000)]
    tickets: usize,
    /// The same seed makes the same past.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Begin anew: remove the demo's folder first.
    #[arg(long)]
    fresh: bool,
    /// Remove the demo's folder, and nothing else.
    #[arg(long)]
    remove: bool,
    /// Nobody writes and nobody answers by themselves.
    #[arg(long)]
    no_traffic: bool,
    /// What is logged.
    #[arg(long, default_value = "warn")]
    log: String,
}

pub fn run(flags: &Flags) -> Outcome {
    if flags.remove {
        let folder = flags.data.display();
        say(&match remove(&flags.data)? {
            true => format!("The demo in {folder} is gone."),
            false => format!("There is no demo in {folder}."),
        });
        return Ok(());
    }
    let mut config = config(flags);
    log_to_stderr(&config);
    let content = Arc::new(Content::load()?);
    prepare(flags, &config, &content)?;
    let desk = config.open()?;
    let staff = Arc::new(staff::find(&desk, &content)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let stop = jobs::Stop::default();
        let outbox = flags.data.join(OUTBOX_FOLDER);
        let customers =
            customers::Customers::new(content.clone(), outbox.clone(), flags.pace.max(PACE_SECONDS_MIN));
        let (sink, sink_task) = customers::listen(customers.clone(), stop.clone()).await?;
        config.relay = Some(relay(sink));
        let running = Running::start(config, desk).await?;
        customers.doors_are_open(running.http, running.smtp);
        let mut tasks = vec![sink_task];
        if !flags.no_traffic {
            let traffic = traffic::Traffic::new(
                running.desk.clone(),
                content.clone(),
                staff.clone(),
                customers.clone(),
            );
            tasks.extend(Arc::new(traffic).start(&stop));
        }
        greet(&running, &content, &staff, &outbox).await?;
        stop_signal().await;
        say("Stopping. The demo goes on from here when it is started again.");
        stop.stop();
        running.stop().await;
        for task in tasks {
            task.abort();
        }
        Ok(())
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    outcome
}

fn config(flags: &Flags) -> Config {
    Config {
        database: format!("sqlite:{}", flags.data.join("desk.sqlite").display()),
        data: flags.data.clone(),
        http: flags.http,
        smtp: Some(flags.smtp),
        public_url: flags.public_url.clone(),
        hostname: "localhost".into(),
        tls: None,
        relay: None,
        dkim: None,
        durable: false,
        mail_bytes_max: 25 * 1024 * 1024,
        log_json: false,
        log: flags.log.clone(),
        resolver: false,
    }
}

/// The customers' own server.
fn relay(sink: SocketAddr) -> Relay {
    Relay {
        host: sink.ip().to_string(),
        port: sink.port(),
        security: "plain".into(),
        user: None,
        password: None,
    }
}

/// Removes the folder of a demo. False if there is none; an error if the folder is somebody else's.
fn remove(data: &Path) -> Result<bool> {
    if !data.exists() {
        return Ok(false);
    }
    if !data.join(MARKER_FILE).is_file() {
        return Err(format!("{} is not a demo's folder; nothing was removed", data.display()).into());
    }
    std::fs::remove_dir_all(data)?;
    Ok(true)
}

/// Makes the company and its past, unless they are there.
fn prepare(flags: &Flags, config: &Config, content: &Arc<Content>) -> Result<()> {
    let marker = flags.data.join(MARKER_FILE);
    let complete = std::fs::read_to_string(&marker).is_ok_and(|text| text.trim() == MARKER_COMPLETE);
    if complete && !flags.fresh {
        return Ok(());
    }
    if flags.fresh || marker.exists() {
        remove(&flags.data)?;
    }
    if flags.data.read_dir().is_ok_and(|mut files| files.next().is_some()) {
        return Err(format!("{} is not empty and not a demo's folder", flags.data.display()).into());
    }
    std::fs::create_dir_all(flags.data.join(OUTBOX_FOLDER))?;
    std::fs::write(&marker, "being made")?;
    let tickets = flags.tickets.min(TICKETS_MAX);
    say(&format!("Living {HISTORY_DAYS} days of {} with {tickets} tickets …", content.company.name));
    let began = Instant::now();
    make_past(flags, config, content, tickets)?;
    std::fs::write(&marker, MARKER_COMPLETE)?;
    say(&format!("… done in {:.1} s.", began.elapsed().as_secs_f64()));
    Ok(())
}

fn make_past(flags: &Flags, config: &Config, content: &Arc<Content>, tickets: usize) -> Result<()> {
    let now = db::clock::now_ms();
    let clock = Standing::at(now - HISTORY_DAYS * case::DAY_MS);
    let connect = crate::postgres_tls::connect();
    let options = db::Options { durable: false, connect, clock: clock.clock(), ..db::Options::default() };
    let desk = Desk::open(&config.database, flags.data.join("files"), options)?;
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", flags.http));
    let staff = Arc::new(staff::set_up(&desk, content, &url)?);
    let mut history = History::new(desk.clone(), clock, content.clone(), staff, flags.seed);
    let mut told = 0;
    history.live(tickets, now, |arrived| {
        if arrived >= told + 500 {
            told = arrived;
            say(&format!("  {arrived} tickets"));
        }
    })?;
    // A visitor does not wait a day to see a rating come in.
    desk.db.write_now(Actor::desk(), |tx| {
        let mut company = settings::company(tx)?;
        company.satisfaction_after_hours = 0;
        settings::save_company(tx, &company)
    })?;
    Ok(())
}

async fn greet(running: &Running, content: &Content, staff: &Staff, outbox: &Path) -> Result<()> {
    let url = &running.public_url;
    let link = async |role: &str| -> Result<String> {
        let index =
            content.agents.iter().position(|agent| agent.role == role).ok_or("nobody has this role")?;
        let user = staff.members[index].user;
        let made = running.desk.write(Actor::desk(), move |tx| {
            access::create_link(tx, Some(user), LinkPurpose::Demo, LINK_VALID_MS)
        });
        Ok(format!("{url}/sign-in/link/{}", made.await?))
    };
    let smtp = running.smtp.map(|smtp| smtp.to_string()).unwrap_or_default();
    let lead = content.lead().map(|lead| lead.name.as_str()).unwrap_or("the lead");
    let address = &content.company.address;
    say(&format!("\n{} is at work at {url}", content.company.name));
    say(&format!(
        "\nSign in as {lead}, the lead, with one click (once, within a day):\n  {}",
        link("lead").await?
    ));
    say(&format!("or as the admin:\n  {}", link("admin").await?));
    say(&format!(
        "\nWrite to it yourself, from any address:\n  swaks --server {smtp} --from you@home.example --to {address} \\\n    \
         --header 'Subject: My lamp flickers' --body 'It flickers since Monday. What can I do?'"
    ));
    say(&format!("Answers to you are kept as files in {}", outbox.display()));
    say("Ratings are asked for as soon as something is solved, so that you see them come in.");
    say("Stop it with Ctrl-C; `aptdesk demo --remove` with the same --data removes every trace.\n");
    Ok(())
}

#[cfg(test)]
mod tests;
