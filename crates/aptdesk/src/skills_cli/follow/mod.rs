//! `aptdesk skills follow`: reads what a Zendesk-compatible desk has solved since the last time, and learns from it.
//!
//! Only reads. The place is kept with each page, so that the next run goes on; tickets that were solved so recently that
//! they may still be reopened wait here until they are old enough.

mod client;
mod ticket;

use super::{account, import};
use crate::{Outcome, config, say};
use client::Client;
use desk::skills::outcomes::{
    self, Begin, Context, Layout, Mapping, OutcomeRow, Page, People, Rejected, Tally,
};
use desk::{Actor, Desk, OutcomeRunId};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const PER_PAGE: usize = 500;
/// Pages of one round; more come with the next.
const PAGES_MAX: usize = 100_000;
const TOKEN_BYTES_MAX: u64 = 4_096;
const DAY_S: i64 = 86_400;

#[derive(clap::Args)]
pub struct FollowFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// The other desk, such as https://company.zendesk.com.
    #[arg(long)]
    url: String,
    /// Whose API token it is.
    #[arg(long)]
    email: String,
    /// A file with the API token and nothing else.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Which skills its topics need, and which field holds the topic: [columns] topic = "custom_field_123" (TOML).
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The name of the other desk, if not that of the mapping.
    #[arg(long)]
    source: Option<String>,
    /// The first time: begin so many days ago.
    #[arg(long, default_value_t = 730)]
    days: i64,
    /// People who are not known here become agents, who cannot sign in until they are invited.
    #[arg(long)]
    create_people: bool,
    /// Go on every so many minutes, until stopped; without it, once.
    #[arg(long, value_name = "MINUTES")]
    every: Option<u64>,
    /// The other desk is in our own network: allow private addresses, and addresses without encryption.
    #[arg(long)]
    allow_private: bool,
    /// Leave out who answered in tickets that passed through several hands; the last assignee counts alone.
    #[arg(long)]
    no_comments: bool,
}

pub fn run(flags: &FollowFlags) -> Outcome {
    let desk = flags.desk.settle()?.open_existing()?;
    let mut mapping = import::mapping_of(flags.map.as_deref())?;
    if let Some(source) = &flags.source {
        mapping.source = source.clone();
    }
    let mut client = Client::new(&flags.url, &flags.email, &token_in(flags)?, flags.allow_private)?;
    client.on_wait = Box::new(|seconds| say(&format!("The other desk asks to wait for {seconds} s.")));
    let follower = Follower {
        desk,
        layout: mapping.layout()?,
        mapping,
        url: flags.url.trim_end_matches('/').to_owned(),
        people: if flags.create_people { People::Create } else { People::Known },
        days: flags.days.max(1),
        reads_comments: !flags.no_comments,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    loop {
        let done = runtime.block_on(follower.round(&mut client))?;
        account::lines(&done.tally).iter().for_each(|line| say(line));
        say(&format!(
            "{} solved tickets wait until they are old enough; {} pages read",
            done.waiting, done.pages
        ));
        if done.tally.taken + done.tally.superseded > 0 {
            import::estimate(&follower.desk, false)?;
        }
        let Some(minutes) = flags.every else { return Ok(()) };
        let stopped = runtime.block_on(async {
            tokio::select! {
                () = crate::serve::stop_signal() => true,
                () = tokio::time::sleep(Duration::from_secs(minutes.max(1) * 60)) => false,
            }
        });
        if stopped {
            return Ok(());
        }
    }
}

fn token_in(flags: &FollowFlags) -> Result<String, Failure> {
    let path = flags.token_file.display();
    let wrong = |error: std::io::Error| format!("{path} cannot be read: {error}");
    if std::fs::metadata(&flags.token_file).map_err(wrong)?.len() > TOKEN_BYTES_MAX {
        return Err(format!("{path} is too large for a token").into());
    }
    let token = std::fs::read_to_string(&flags.token_file).map_err(wrong)?.trim().to_owned();
    if token.is_empty() || token.contains(char::is_whitespace) {
        return Err(format!("{path} holds no token").into());
    }
    Ok(token)
}

struct Follower {
    desk: Desk,
    mapping: Mapping,
    layout: Layout,
    url: String,
    people: People,
    days: i64,
    reads_comments: bool,
}

/// What one round came to.
#[derive(Default)]
struct Done {
    tally: Tally,
    waiting: usize,
    pages: usize,
}

impl Follower {
    /// From the place where the last round ended to the other desk's present.
    async fn round(&self, client: &mut Client) -> Result<Done, Failure> {
        let mapping = self.mapping.clone();
        let context = Arc::new(self.desk.read(Actor::desk(), move |tx| Context::load(tx, &mapping)).await?);
        let source = self.mapping.source.clone();
        let before = self.desk.read(Actor::desk(), move |tx| outcomes::followed(tx, &source)).await?;
        let mut place = match before.and_then(|it| it.cursor) {
            Some(cursor) => format!("cursor={}", encoded(&cursor)),
            None => format!("start_time={}", self.desk.db.now() / 1_000 - self.days * DAY_S),
        };
        let begin = Begin {
            name: self.url.clone(),
            file_hash: String::new(),
            mapping: self.mapping.clone(),
            anew: true,
        };
        let run = self.desk.write(Actor::desk(), move |tx| outcomes::begin(tx, &begin)).await?.run;
        let mut done = Done::default();
        self.take_due(run, &context, &mut done).await?;
        let mut people = ticket::People::default();
        for _ in 0..PAGES_MAX {
            let path = format!(
                "/api/v2/incremental/tickets/cursor.json?{place}&per_page={PER_PAGE}&include=users,metric_sets"
            );
            let mut body = client.get(&path).await?;
            ticket::put_metrics_in(&mut body);
            people.meet(&body);
            let cursor = body["after_cursor"].as_str().map(str::to_owned);
            let rows = self.rows_of(client, &body, &mut people).await?;
            done.pages += 1;
            let Some(cursor) = cursor else { break };
            place = format!("cursor={}", encoded(&cursor));
            let (url, of_write, kind) = (self.url.clone(), context.clone(), self.people);
            let (tally, waiting) = self
                .desk
                .write(Actor::desk(), move |tx| {
                    let page = Page {
                        run,
                        url: &url,
                        rows: &rows,
                        context: &of_write,
                        people: kind,
                        cursor: &cursor,
                    };
                    outcomes::take_page(tx, &page)
                })
                .await?;
            done.tally.add(&tally);
            done.waiting += waiting;
            if body["end_of_stream"].as_bool().unwrap_or(true) {
                break;
            }
        }
        self.desk.write(Actor::desk(), move |tx| outcomes::finish(tx, run)).await?;
        Ok(done)
    }

    async fn take_due(
        &self,
        run: OutcomeRunId,
        context: &Arc<Context>,
        done: &mut Done,
    ) -> Result<(), Failure> {
        loop {
            let (of_write, kind) = (context.clone(), self.people);
            let taken = self
                .desk
                .write(Actor::desk(), move |tx| outcomes::take_due(tx, run, &of_write, kind))
                .await?;
            match taken {
                Some(tally) => done.tally.add(&tally),
                None => return Ok(()),
            }
        }
    }

    async fn rows_of(
        &self,
        client: &mut Client,
        body: &Value,
        people: &mut ticket::People,
    ) -> Result<Vec<Result<OutcomeRow, Rejected>>, Failure> {
        let mut rows = Vec::new();
        for it in body["tickets"].as_array().into_iter().flatten().filter(|it| ticket::is_done(it)) {
            let comments = match it["id"].as_i64().filter(|_| self.reads_comments) {
                Some(id) if ticket::passed_through_several_hands(it) => {
                    let path = format!("/api/v2/tickets/{id}/comments.json?include=users&per_page=100");
                    let comments = client.get(&path).await?;
                    people.meet(&comments);
                    Some(comments)
                }
                _ => None,
            };
            let object = ticket::object_of(it, comments.as_ref(), people);
            let cells = self.layout.cells_of_object(&object);
            let number = it["id"].as_u64().unwrap_or(0);
            rows.push(self.layout.read(number, &std::array::from_fn(|at| cells[at].as_str())));
        }
        Ok(rows)
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
