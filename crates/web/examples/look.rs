//! A desk to look at while working on pages: a small believable world in a temporary folder, served on 127.0.0.1.
//!
//! `cargo run -p web --example look -- 8090` prints a link that signs in. `empty` as a second word leaves the work out;
//! `bare` leaves the desk as it is before its first set-up.

#[path = "look/letters.rs"]
mod letters;

use desk::access::{self, LinkPurpose, SetUp};
use desk::mail::{self, Address, Door, Incoming, Receipt};
use desk::people::{self, CreateGroup, CreateUser};
use desk::routing::{self, PresenceStatus, SetPresence};
use desk::skills::{self, AddEvidence, Observed};
use desk::tickets::{self, Channel, CreateTicket, NewAttachment, NewComment, Status, UpdateTicket};
use desk::work::{Work, Worker};
use desk::{Actor, Desk, Role, TicketId, Tx, UserId};
use jobs::{JOBS_PER_CLAIM_MAX, Lane};
use letters::{LETTERS, LONG, NEWSLETTER, QUOTED};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const TICKETS: usize = 40;

type Oops = Box<dyn std::error::Error + Send + Sync>;

struct World {
    desk: Desk,
    worker: Arc<Worker>,
    owner: Mutex<routing::Owner>,
    /// How far the desk's clock is behind the wall's while its past is made.
    behind: Arc<AtomicI64>,
}

#[tokio::main]
async fn main() -> Result<(), Oops> {
    let mut words = std::env::args().skip(1);
    let port: u16 = words.next().and_then(|port| port.parse().ok()).unwrap_or(8090);
    let kind = words.next().unwrap_or_default();
    let folder = tempfile::tempdir()?;
    let place = folder.path().to_owned();
    let (world, link) = tokio::task::spawn_blocking(move || build(&place, port, &kind)).await??;
    say(&link);
    let desk = world.desk.clone();
    std::thread::spawn(move || {
        loop {
            if let Err(error) = world.work_off() {
                say(&format!("a job failed: {error}"));
            }
            // A pause between two looks at the queue, not a wait for anything.
            #[allow(clippy::disallowed_methods)]
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let app = web::router(web::Web::new(desk, false));
    axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>()).await?;
    Ok(())
}

fn build(folder: &std::path::Path, port: u16, kind: &str) -> Result<(World, String), Oops> {
    let behind = Arc::new(AtomicI64::new(6 * 24 * HOUR_MS));
    let clock = {
        let behind = behind.clone();
        let wall = db::clock::system();
        Arc::new(move || wall() - behind.load(Ordering::SeqCst))
    };
    let options = db::Options { durable: false, clock, ..db::Options::default() };
    let desk = Desk::open(
        &format!("sqlite:{}", folder.join("desk.sqlite").display()),
        folder.join("blobs"),
        options,
    )?;
    let owner = Mutex::new(routing::Owner::new(desk.db.clone()));
    let world = World { desk, worker: Arc::default(), owner, behind };
    let base = format!("http://127.0.0.1:{port}");
    if kind == "bare" {
        world.behind.store(0, Ordering::SeqCst);
        let token = world.write(|tx| access::create_link(tx, None, LinkPurpose::SetUp, HOUR_MS))?;
        return Ok((world, format!("{base}/set-up/{token}")));
    }
    let ana = world.found(&base)?;
    if kind != "empty" {
        world.live_through(ana)?;
    }
    world.behind.store(0, Ordering::SeqCst);
    world.write_as(ana, move |tx| {
        routing::set_presence(tx, &SetPresence { user: ana, status: PresenceStatus::Online })
    })?;
    world.work_off()?;
    let token =
        world.write(move |tx| access::create_link(tx, Some(ana), LinkPurpose::SignIn, 24 * HOUR_MS))?;
    Ok((world, format!("{base}/sign-in/link/{token}")))
}

impl World {
    fn found(&self, base: &str) -> Result<UserId, Oops> {
        let set_up = SetUp {
            company: "Nordlicht Rides".into(),
            address: "support@nordlicht.example".into(),
            time_zone: "Europe/Berlin".into(),
            locale: "en".into(),
            admin_name: "Ana Novak".into(),
            admin_email: "ana@nordlicht.example".into(),
            public_url: base.into(),
        };
        Ok(self.write(move |tx| access::set_up(tx, &set_up))?.admin)
    }

    /// Six days of a small team.
    fn live_through(&self, ana: UserId) -> Result<(), Oops> {
        let team = [
            ("Tomás Ortiz", Role::Agent),
            ("Mei Tan", Role::Lead),
            ("Leila Haddad", Role::Agent),
            ("Kofi Mensah", Role::Agent),
        ];
        let mut agents = vec![ana];
        for (name, role) in team {
            let email = format!(
                "{}@nordlicht.example",
                name.split(' ').next().unwrap_or_default().to_lowercase().replace('á', "a")
            );
            let create = CreateUser {
                name: name.into(),
                email: Some(email),
                role,
                verified: true,
                ..CreateUser::default()
            };
            agents.push(self.write(move |tx| people::create_user(tx, &create))?);
        }
        let billing = CreateGroup { name: "Billing".into(), description: "Money in, money back".into() };
        self.write(move |tx| people::create_group(tx, &billing))?;
        self.learn(&agents)?;
        for agent in &agents {
            let presence = SetPresence { user: *agent, status: PresenceStatus::Online };
            self.write_as(*agent, move |tx| routing::set_presence(tx, &presence))?;
        }
        for nth in 0..TICKETS {
            self.arrive(nth, &agents)?;
            self.pass(if nth < TICKETS - 12 { 4 * HOUR_MS } else { 40 * MINUTE_MS })?;
        }
        self.long_one(ana)?;
        self.bad_mail()?;
        let rest = self.behind.load(Ordering::SeqCst);
        self.pass(rest - 7 * MINUTE_MS)?;
        self.pass(6 * MINUTE_MS)
    }

    fn learn(&self, agents: &[UserId]) -> Result<(), Oops> {
        let all = self.write(skills::list_skills)?;
        for (nth, agent) in agents.iter().enumerate() {
            for (place, skill) in all.iter().enumerate().filter(|(place, _)| (place + nth) % 3 != 0) {
                let level = 1.0 + ((place * 7 + nth * 5) % 9) as f64 / 2.2;
                let now = self.desk.db.now();
                // Five observations, so that others see it.
                for key in ["self", "lead", "peer-1", "peer-2", "peer-3"] {
                    let observed = match key {
                        "self" => Observed::SelfRating { level: level.round() },
                        "lead" => Observed::LeadRating { level },
                        _ => Observed::PeerRating { level },
                    };
                    let evidence = AddEvidence {
                        key: format!("{key}:{agent}:{}", skill.id),
                        user: *agent,
                        observed,
                        skills: vec![(skill.id, 1.0)],
                        ticket: None,
                        by: None,
                        difficulty: 0.0,
                        at: now,
                        note: String::new(),
                    };
                    self.write(move |tx| skills::add_evidence(tx, &evidence))?;
                }
            }
        }
        Ok(())
    }

    /// One letter comes, and sooner or later somebody answers.
    fn arrive(&self, nth: usize, agents: &[UserId]) -> Result<(), Oops> {
        let (name, language, subject, body) = LETTERS[nth % LETTERS.len()];
        let email = format!(
            "{}{nth}@customers.example",
            name.split(' ').next_back().unwrap_or("x").to_lowercase().replace(|c: char| !c.is_ascii(), "")
        );
        let mut comment = NewComment::public(body);
        match nth % 7 {
            0 => comment.quoted = Some(QUOTED.into()),
            3 => comment.html = Some(NEWSLETTER.into()),
            5 => comment.attachments = vec![self.file("statement-march.pdf", b"%PDF-1.4 a statement")?],
            _ => {}
        }
        let ticket = self.write(move |tx| {
            let requester = people::requester_for(tx, &email, Some(name))?;
            let command = CreateTicket {
                tags: vec![language.to_owned()],
                ..CreateTicket::new(requester, subject, comment.clone(), Channel::Email)
            };
            Ok::<_, Oopsie>(tickets::create(tx, &command)?.id)
        })?;
        self.work_off()?;
        if nth + 14 < TICKETS || nth.is_multiple_of(3) {
            let agent = agents[nth % agents.len()];
            self.pass(35 * MINUTE_MS)?;
            let status = if nth % 4 == 3 { Status::Pending } else { Status::Solved };
            let answer = NewComment::public(
                "Hello,\n\nthank you for writing. I have looked into it and put it right on our side.\n\nBest wishes",
            );
            self.write_as(agent, move |tx| {
                tickets::update(
                    tx,
                    &UpdateTicket {
                        comment: Some(answer.clone()),
                        status: Some(status),
                        ..UpdateTicket::of(ticket)
                    },
                )
            })?;
        }
        if nth % 5 == 1 {
            let note = NewComment::internal(
                "Same fault as last week: the retry of 3 March booked twice. Refunds up to €100 need no approval.",
            );
            let agent = agents[(nth + 1) % agents.len()];
            self.write_as(agent, move |tx| {
                tickets::update(tx, &UpdateTicket { comment: Some(note.clone()), ..UpdateTicket::of(ticket) })
            })?;
        }
        self.work_off()
    }

    /// An exchange that goes on and on.
    fn long_one(&self, ana: UserId) -> Result<(), Oops> {
        let ticket: TicketId = self.write(|tx| {
            let requester = people::requester_for(
                tx,
                "wolfgang@bahnhof.example",
                Some("Wolfgang Ammerschläger-von-Hohenstein"),
            )?;
            let command = CreateTicket::new(
                requester,
                LONG,
                NewComment::public("It still does not work."),
                Channel::Email,
            );
            Ok::<_, Oopsie>(tickets::create(tx, &command)?.id)
        })?;
        self.write_as(ana, move |tx| {
            tickets::update(tx, &UpdateTicket { assignee: Some(Some(ana)), ..UpdateTicket::of(ticket) })
        })?;
        for nth in 0..30_i64 {
            self.pass(9 * MINUTE_MS)?;
            let requester = self
                .write(move |tx| tickets::find_ticket(tx, ticket))?
                .ok_or("the ticket is there")?
                .requester;
            let said =
                NewComment::public(format!("Attempt {nth}: {}", LETTERS[nth as usize % LETTERS.len()].3));
            let comment = if nth % 2 == 0 { said.by(ana) } else { said.by(requester) };
            self.write(move |tx| {
                tickets::update(
                    tx,
                    &UpdateTicket { comment: Some(comment.clone()), ..UpdateTicket::of(ticket) },
                )
            })?;
        }
        self.work_off()
    }

    /// What the desk did not dare to make tickets of: somebody who is suspended writes on and on.
    fn bad_mail(&self) -> Result<(), Oops> {
        let flood =
            self.write(|tx| people::requester_for(tx, "deals@flood.example", Some("Best Deals ✨ 50 %")))?;
        self.write(move |tx| people::suspend(tx, flood))?;
        let subjects = [
            "",
            "RE: RE: FW: RE: [EXTERNAL] [SPAM?] You have won!!! <img src=x onerror=alert(1)>",
            "ربحت جائزة كبيرة اضغط هنا الآن",
            "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "Last reminder",
        ];
        for nth in 0..40_usize {
            let subject = subjects[nth % subjects.len()];
            let text = match nth % 4 {
                0 => format!("{nth} http://flood.example/{}", "x".repeat(300)),
                1 => format!("Dear customer {nth},\n\n{}", "click here now ".repeat(90)),
                2 => String::new(),
                _ => format!("{nth} {}", "عرض خاص ".repeat(60)),
            };
            let parsed = Incoming {
                from: Address {
                    name: Some("Best Deals ✨ 50 %".into()),
                    address: "deals@flood.example".into(),
                },
                subject: subject.into(),
                message_id: Some(format!("{nth}@flood.example")),
                full_text: text.clone(),
                text_new: text,
                ..Incoming::default()
            };
            let receipt = Receipt {
                door: Door::Smtp,
                remote_ip: "203.0.113.9".into(),
                helo: "flood.example".into(),
                mail_from: if nth % 3 == 0 { String::new() } else { "deals@flood.example".into() },
                rcpt_to: vec!["support@nordlicht.example".into()],
                raw: format!("Subject: {subject}\r\n\r\n{nth}").into_bytes(),
            };
            self.write(move |tx| mail::receive(tx, &receipt, &parsed))?;
        }
        Ok(())
    }

    fn file(&self, name: &str, content: &[u8]) -> Result<NewAttachment, Oops> {
        let blob = self.desk.blobs.put(content, "application/pdf")?;
        Ok(NewAttachment { blob, file_name: name.into(), inline: false, content_id: None })
    }

    fn pass(&self, ms: i64) -> Result<(), Oops> {
        let behind = self.behind.load(Ordering::SeqCst);
        self.behind.store((behind - ms).max(MINUTE_MS), Ordering::SeqCst);
        self.work_off()
    }

    fn write<T: Send + 'static, E>(
        &self,
        closure: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        E: From<db::Error> + Send + 'static,
    {
        self.desk.db.write_now(Actor::desk(), closure)
    }

    fn write_as<T: Send + 'static, E>(
        &self,
        user: UserId,
        closure: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        E: From<db::Error> + Send + 'static,
    {
        let role = self
            .desk
            .db
            .read_now(Actor::desk(), |tx| people::find_user(tx, user))?
            .map_or(Role::Agent, |user| user.role);
        self.desk.db.write_now(Actor::person(user, role), closure)
    }

    /// Does what is due inside the desk. Nothing leaves it.
    fn work_off(&self) -> Result<(), Oops> {
        loop {
            let claimed = self.write(|tx| jobs::claim(tx, Lane::Inside, JOBS_PER_CLAIM_MAX))?;
            if claimed.is_empty() {
                let mut owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
                return Ok(owner.step().map(|_| ())?);
            }
            for job in claimed {
                let work = Work::from_job(&job)?;
                let worker = self.worker.clone();
                self.write(move |tx| {
                    worker.run(tx, &work).map_err(|error| Oopsie(error.to_string()))?;
                    Ok::<_, Oopsie>(jobs::finish(tx, &job)?)
                })?;
            }
        }
    }
}

/// Anything that went wrong, with its words.
#[derive(Debug)]
struct Oopsie(String);

impl<E: desk::Refusal> From<E> for Oopsie {
    fn from(error: E) -> Self {
        Oopsie(error.to_string())
    }
}

impl From<Oopsie> for Oops {
    fn from(error: Oopsie) -> Self {
        error.0.into()
    }
}

#[allow(clippy::print_stdout, reason = "the developer reads the link")]
fn say(line: &str) {
    println!("{line}");
}
