//! `aptdesk serve`: opens the desk, its doors, and the jobs behind them; closes them in order.

use crate::compress;
use crate::config::{Config, Flags};
use crate::health::{self, Health};
use crate::mailroom::Mailroom;
use crate::node::Node;
use crate::{Outcome, say};
use axum::Router;
use desk::access::{self, LinkPurpose};
use desk::{Actor, Desk, settings, work};
use jobs::Stop;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A set-up link is for the person at the terminal.
const SET_UP_LINK_VALID_MS: i64 = 24 * 3_600_000;
/// How long open requests may take to finish after a stop.
const DRAIN_MS: u64 = 10_000;
/// Largest body that any page or API call may have.
const BODY_BYTES_MAX: usize = 60 * 1024 * 1024;

pub fn run(flags: &Flags) -> Outcome {
    let config = flags.settle()?;
    log_to_stderr(&config);
    let desk = config.open()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let running = Running::start(config, desk).await?;
        running.say_hello().await?;
        stop_signal().await;
        say("Stopping: finishing what was begun.");
        running.stop().await;
        Ok(())
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    outcome
}

/// A desk with open doors.
pub struct Running {
    pub desk: Desk,
    pub http: SocketAddr,
    pub smtp: Option<SocketAddr>,
    pub public_url: String,
    stop: Stop,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Running {
    pub async fn start(
        config: Config,
        desk: Desk,
    ) -> Result<Running, Box<dyn std::error::Error + Send + Sync>> {
        raise_file_limit();
        let stop = Stop::default();
        let listener = tokio::net::TcpListener::bind(config.http)
            .await
            .map_err(|error| format!("the address {} for pages cannot be used: {error}", config.http))?;
        let http = listener.local_addr()?;
        let public_url = settle_public_url(&desk, config.public_url.as_deref(), http).await?;
        desk.write(Actor::desk(), work::keep_recurring).await?;
        let mailroom = Arc::new(Mailroom::new(&config, desk.clone()).await?);
        let mut tasks = Vec::new();
        let smtp = match config.smtp {
            Some(address) => {
                let listener = tokio::net::TcpListener::bind(address)
                    .await
                    .map_err(|error| format!("the address {address} for mail cannot be used: {error}"))?;
                let bound = listener.local_addr()?;
                tasks.push(tokio::spawn(mailroom.clone().receive(listener, stop.clone())));
                Some(bound)
            }
            None => None,
        };
        tasks.push(tokio::spawn(mailroom.clone().fetch(stop.clone())));
        let runner = jobs::Runner::new(desk.db.clone(), Actor::desk(), mailroom.clone(), stop.clone());
        tasks.push(tokio::spawn(runner.run()));
        tasks.push(tokio::spawn(crate::router::run(desk.clone(), Node::of(&config.data), stop.clone())));
        let secure = public_url.starts_with("https://");
        let web = web::Web::new(desk.clone(), secure)
            .with_mailbox_test(mailroom)
            .with_relay(config.relay.as_ref().map(|relay| relay.host.as_str()));
        let app = router(&desk, web);
        let drain = stop.clone();
        tasks.push(tokio::spawn(async move {
            let service = app.into_make_service_with_connect_info::<SocketAddr>();
            let served =
                axum::serve(listener, service).with_graceful_shutdown(async move { drain.stopped().await });
            if let Err(error) = served.await {
                tracing::error!(%error, "the pages are no longer served");
            }
        }));
        Ok(Running { desk, http, smtp, public_url, stop, tasks })
    }

    /// What a person sees first.
    pub async fn say_hello(&self) -> Outcome {
        let (set_up, only_skills) = self
            .desk
            .read(Actor::desk(), |tx| {
                Ok::<_, db::Error>((access::is_set_up(tx)?, settings::only_skills(tx)?))
            })
            .await?;
        greeting(&self.public_url, self.smtp, only_skills).iter().for_each(|line| say(line));
        if !set_up {
            let token = self
                .desk
                .write(Actor::desk(), |tx| {
                    access::create_link(tx, None, LinkPurpose::SetUp, SET_UP_LINK_VALID_MS)
                })
                .await?;
            say(&format!(
                "Set it up here (the link works once, for a day):\n  {}/set-up/{token}",
                self.public_url
            ));
        }
        Ok(())
    }

    pub async fn stop(self) {
        self.stop.stop();
        let ended = async {
            for task in self.tasks {
                let _ = task.await;
            }
        };
        if tokio::time::timeout(Duration::from_millis(DRAIN_MS), ended).await.is_err() {
            tracing::warn!("some connections were still open and are cut");
        }
    }
}

/// Where pages are and where mail is received; the latter is nothing to somebody whose tickets are elsewhere.
fn greeting(public_url: &str, smtp: Option<SocketAddr>, only_skills: bool) -> Vec<String> {
    let mut lines = vec![format!("Aptdesk is at {public_url}")];
    lines.extend(smtp.filter(|_| !only_skills).map(|smtp| format!("It receives mail at {smtp} (SMTP)")));
    lines
}

/// Every page and every API call, behind one set of limits.
fn router(desk: &Desk, web: web::Web) -> Router {
    let health = Health::of(desk.clone());
    Router::new()
        .merge(health::routes(health.clone()))
        .merge(api::router(api::Api::new(desk.clone(), api::Limits::default())))
        .merge(helpcenter::router(desk.clone()))
        .merge(web::router(web))
        .layer(axum::middleware::from_fn_with_state(health, health::observe))
        .layer(axum::middleware::from_fn(compress::compress))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(tower_http::catch_panic::CatchPanicLayer::new())
}

/// What was given counts and is kept; a desk that was never told follows the address it listens on.
async fn settle_public_url(desk: &Desk, given: Option<&str>, http: SocketAddr) -> Result<String, db::Error> {
    let given = given.map(str::to_owned);
    desk.write(Actor::desk(), move |tx| {
        let mut company = settings::company(tx)?;
        let local = company.public_url.starts_with("http://localhost")
            || company.public_url.starts_with("http://127.");
        let settled = match &given {
            Some(url) => url.clone(),
            None if local => format!("http://{}", reachable(http)),
            None => company.public_url.clone(),
        };
        if settled != company.public_url {
            company.public_url = settled.clone();
            settings::save_company(tx, &company)?;
        }
        Ok(settled)
    })
    .await
}

fn reachable(http: SocketAddr) -> String {
    match http.ip().is_unspecified() {
        true => format!("localhost:{}", http.port()),
        false => http.to_string(),
    }
}

pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}

/// Ten thousand open pages need as many sockets.
fn raise_file_limit() {
    const FILES_WANTED: u64 = 65_536;
    match rlimit::increase_nofile_limit(FILES_WANTED) {
        Ok(limit) => tracing::debug!(limit, "open files allowed"),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
}

pub fn log_to_stderr(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).unwrap_or_else(|_| "info".into());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let _ = match config.log_json {
        true => builder.json().try_init(),
        false => builder.with_target(false).compact().try_init(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_with_skills_only_does_not_speak_of_mail() {
        let smtp = Some(SocketAddr::from(([127, 0, 0, 1], 2525)));
        let with_tickets = greeting("http://localhost:8080", smtp, false);
        assert_eq!(
            with_tickets,
            ["Aptdesk is at http://localhost:8080", "It receives mail at 127.0.0.1:2525 (SMTP)"]
        );
        assert_eq!(greeting("http://localhost:8080", smtp, true), ["Aptdesk is at http://localhost:8080"]);
    }
}
