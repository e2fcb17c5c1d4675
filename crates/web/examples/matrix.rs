//! How long the matrix of 1,000 people × 150 skills takes at the server, and how many bytes it is.
//!
//! `cargo run --release -p web --example matrix -- [people] [skills] [port]`; with a port it goes on serving, to be looked at.

use axum::body::Body;
use axum::http::{Request, header};
use desk::access::{self, LinkPurpose, SetUp};
use desk::people::{self, CreateUser};
use desk::skills::{self, AddEvidence, CreateSkill, Observed, SkillKind};
use desk::{Actor, Desk, Role, SkillId, UserId};
use http_body_util::BodyExt;
use std::time::Instant;
use tower::ServiceExt;

const ROUNDS: usize = 15;

type Oops = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Oops> {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (count, width) = (given.first().copied().unwrap_or(1_000), given.get(1).copied().unwrap_or(150));
    let folder = tempfile::tempdir()?;
    let options = db::Options { durable: false, ..db::Options::default() };
    let url = format!("sqlite:{}", folder.path().join("desk.sqlite").display());
    let desk = Desk::open(&url, folder.path().join("blobs"), options)?;
    let base = format!("http://127.0.0.1:{}", given.get(2).copied().unwrap_or(8090));
    let admin = found(&desk, &base)?;
    let skills = library(&desk, width)?;
    say(&format!("{count} people × {} skills are being made …", skills.len()));
    for nth in 0..count {
        person(&desk, nth, &skills)?;
    }
    let token = {
        let made = desk
            .db
            .write_now(Actor::desk(), move |tx| access::start_session(tx, admin, "127.0.0.1", "measure"));
        made?.token
    };
    let app = web::router(web::Web::new(desk.clone(), false));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut took = Vec::new();
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let request = Request::get("/skills")
                .header(header::HOST, "127.0.0.1")
                .header(header::COOKIE, format!("aptdesk_session={token}"))
                .body(Body::empty())?;
            let begun = Instant::now();
            let answer = app.clone().oneshot(request).await?;
            let body = answer.into_body().collect().await?.to_bytes();
            took.push(begun.elapsed());
            bytes = body.len();
        }
        took.sort();
        say(&format!(
            "GET /skills: median {:?}, most {:?}, {bytes} bytes",
            took[ROUNDS / 2],
            took[ROUNDS - 1]
        ));
        if let Some(port) = given.get(2) {
            let link = desk
                .write(Actor::desk(), move |tx| {
                    access::create_link(tx, Some(admin), LinkPurpose::SignIn, 3_600_000)
                })
                .await?;
            say(&format!("{base}/sign-in/link/{link}"));
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", *port as u16)).await?;
            let service = app.into_make_service_with_connect_info::<std::net::SocketAddr>();
            axum::serve(listener, service).await?;
        }
        Ok(())
    })
}

fn found(desk: &Desk, base: &str) -> Result<UserId, Oops> {
    let set_up = SetUp {
        company: "A large desk".into(),
        address: "support@desk.example".into(),
        time_zone: "UTC".into(),
        locale: "en".into(),
        admin_name: "Ana Novak".into(),
        admin_email: "ana@desk.example".into(),
        public_url: base.into(),
    };
    Ok(desk.db.write_now(Actor::desk(), move |tx| access::set_up(tx, &set_up))?.admin)
}

/// As many skills as are wanted: those of the library, and more.
fn library(desk: &Desk, width: usize) -> Result<Vec<SkillId>, Oops> {
    let skills = desk.db.write_now(Actor::desk(), move |tx| {
        let mut all: Vec<SkillId> = skills::list_skills(tx)?.iter().map(|skill| skill.id).collect();
        for nth in all.len()..width {
            let create = CreateSkill {
                name: format!("Product {nth}"),
                kind: SkillKind::Product,
                meaning: String::new(),
                anchors: Default::default(),
                decay: None,
            };
            all.push(skills::create_skill(tx, &create)?.id);
        }
        all.truncate(width);
        Ok::<_, skills::SkillsError>(all)
    });
    Ok(skills?)
}

fn person(desk: &Desk, nth: usize, skills: &[SkillId]) -> Result<(), Oops> {
    let create = CreateUser {
        name: format!("Person {nth:04}"),
        email: Some(format!("person{nth}@desk.example")),
        role: Role::Agent,
        verified: true,
        ..CreateUser::default()
    };
    let user = desk.db.write_now(Actor::desk(), move |tx| people::create_user(tx, &create))?;
    let skills = skills.to_vec();
    desk.db.write_now(Actor::desk(), move |tx| {
        for (place, skill) in skills.iter().enumerate() {
            let command = AddEvidence {
                key: format!("{user}:{skill}"),
                user,
                observed: Observed::LeadRating { level: ((place * 7 + nth * 13) % 51) as f64 / 10.0 },
                ticket: None,
                by: None,
                skills: vec![(*skill, 1.0)],
                difficulty: 0.0,
                at: tx.now(),
                note: String::new(),
            };
            skills::add_evidence(tx, &command)?;
        }
        // As if they had been seen often enough for others to see their levels.
        tx.execute("update proficiencies set observed = 9 where user_id = $1", db::params![user])?;
        Ok::<_, skills::SkillsError>(())
    })?;
    Ok(())
}

#[allow(clippy::print_stdout, reason = "a tool for the terminal")]
fn say(words: &str) {
    println!("{words}");
}
