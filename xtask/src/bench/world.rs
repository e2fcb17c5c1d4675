//! A desk with as many tickets as asked, written by plain statements, and kept for the next run.

use super::process::{Failure, bench_folder};
use desk::access::{self, SetUp};
use desk::people::{self, CreateUser};
use desk::{Actor, Desk, Role, UserId};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, params};
use std::path::PathBuf;

pub struct World {
    pub database: String,
    pub data: PathBuf,
    /// A session of the admin.
    pub session: String,
    /// Tickets with ten comments.
    pub long_tickets: Vec<i64>,
}

const CUSTOMERS: i64 = 50_000;
const AGENTS: i64 = 24;
const COMMENTS_OF_LONG: i64 = 10;
/// The newest tickets are those that people open.
const LONG_TICKETS: i64 = 10_000;
const PER_COMMIT: i64 = 50_000;
const MINUTE_MS: i64 = 60_000;

const SUBJECTS: [&str; 12] = [
    "Charged twice for March",
    "Cannot sign in since the update",
    "Parcel has not moved for a week",
    "Refund for the wrong size",
    "Camera crashes on my phone",
    "Cancel my subscription",
    "Invoice shows the wrong address",
    "How do I export my data?",
    "Lamp flickers after the update",
    "Change of delivery date",
    "Voucher is not accepted",
    "Two parcels instead of one",
];
const SENTENCES: [&str; 8] = [
    "I was charged twice on my invoice and would like a refund.",
    "I have tried the reset that your page describes.",
    "The parcel left your store on Tuesday and has not moved since.",
    "Could you send a replacement, or tell me what else to try?",
    "I use the newest version on my phone and on my laptop.",
    "It worked until the update of last week.",
    "Please call me back in the afternoon if you need anything.",
    "Thank you for your help, and have a nice day.",
];
const TAGS: [&str; 10] =
    ["refund", "billing", "delivery", "login", "app", "hardware", "vip", "march", "voucher", "export"];

pub fn of(tickets: i64) -> Result<World, Failure> {
    let data = bench_folder()?.join(format!("pages-{tickets}"));
    let database = format!("sqlite:{}", data.join("desk.sqlite").display());
    let mark = data.join("filled");
    if !mark.exists() {
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        std::fs::create_dir_all(&data)?;
        println!("filling {} with {tickets} tickets; the next run finds them there", data.display());
        let agents = people_the_desk(&open(&database, &data)?)?;
        fill(&data, tickets, &agents)?;
        std::fs::write(&mark, "")?;
    }
    let desk = open(&database, &data)?;
    let session = desk.db.write_now(Actor::desk(), |tx| {
        let admin: UserId = tx.value("select min(id) from users where role = 'admin'", db::params![])?;
        access::start_session(tx, admin, "127.0.0.1", "bench")
    })?;
    let long_tickets = (tickets - LONG_TICKETS.min(tickets) + 1..=tickets).collect();
    Ok(World { database, data, session: session.token, long_tickets })
}

fn open(database: &str, data: &std::path::Path) -> Result<Desk, Failure> {
    Ok(Desk::open(database, data.join("files"), db::Options::default())?)
}

fn people_the_desk(desk: &Desk) -> Result<Vec<i64>, Failure> {
    let command = SetUp {
        company: "Acme".into(),
        address: "support@example.org".into(),
        time_zone: "UTC".into(),
        locale: "en".into(),
        admin_name: "Ada".into(),
        admin_email: "ada@example.org".into(),
        public_url: "http://127.0.0.1:8080".into(),
    };
    desk.db.write_now(Actor::desk(), move |tx| access::set_up(tx, &command))?;
    let mut agents = Vec::new();
    for number in 0..AGENTS {
        let create = CreateUser {
            name: format!("Agent {number}"),
            email: Some(format!("agent{number}@example.org")),
            role: Role::Agent,
            verified: true,
            ..CreateUser::default()
        };
        agents.push(desk.db.write_now(Actor::desk(), move |tx| people::create_user(tx, &create))?.0);
    }
    Ok(agents)
}

/// Nine of ten tickets are solved or closed, as on a desk that has run for years; the newest come last.
fn fill(data: &std::path::Path, tickets: i64, agents: &[i64]) -> Result<(), Failure> {
    let connection = Connection::open(data.join("desk.sqlite"))?;
    connection.execute_batch("pragma synchronous=off; pragma cache_size=-400000;")?;
    let (group, brand): (i64, i64) = connection.query_row(
        "select (select min(id) from groups), (select min(id) from brands)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let first_customer: i64 = connection.query_row("select max(id) + 1 from users", [], |row| row.get(0))?;
    let now = db::clock::now_ms();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    connection.execute_batch("begin")?;
    for n in 0..CUSTOMERS {
        let id = first_customer + n;
        let (name, email) = (format!("Customer {n}"), format!("customer{n}@people.example"));
        connection.prepare_cached("insert into users (id, name, role, email, created_at, updated_at) values (?, ?, 'end-user', ?, ?, ?)")?.execute(params![id, name, email, now, now])?;
        connection.prepare_cached("insert into user_identities (user_id, kind, value, is_primary, created_at) values (?, 'email', ?, 1, ?)")?.execute(params![id, email, now])?;
    }
    let mut comment_id = 0_i64;
    for ticket in 1..=tickets {
        let created = now - (tickets - ticket + 1) * MINUTE_MS;
        let requester = first_customer + random.random_range(0..CUSTOMERS);
        let assignee = agents[random.random_range(0..agents.len())];
        let is_open = ticket % 10 == 0;
        let status = match (is_open, ticket > tickets - tickets / 50) {
            (true, _) => ticket / 10 % 3,
            (false, true) => 4,
            (false, false) => 5,
        };
        let assignee = if is_open && ticket % 50 == 0 { None } else { Some(assignee) };
        let subject = SUBJECTS[random.random_range(0..SUBJECTS.len())];
        let (one, two) = (random.random_range(0..TAGS.len()), random.random_range(0..TAGS.len()));
        let mut tags = vec![TAGS[one], TAGS[two]];
        tags.sort_unstable();
        tags.dedup();
        let first = body(&mut random);
        let is_long = ticket > tickets - LONG_TICKETS;
        let comments = if is_long { COMMENTS_OF_LONG } else { 1 };
        let solved = (status >= 4).then_some(created + 30 * 1_000);
        let waiting = is_open.then_some(created);
        connection.prepare_cached(
            "insert into tickets (id, subject, status, priority, requester_id, submitter_id, assignee_id, group_id, brand_id, channel, tags, snippet, language,
               created_at, updated_at, solved_at, waiting_since, last_comment_id, comment_count, version)
             values (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, 'email', ?9, ?10, 'en', ?11, ?11, ?12, ?13, ?14, ?15, 1)",
        )?.execute(params![ticket, subject, status, random.random_range(1..5), requester, assignee, group, brand, tags.join(" "), &first[..first.len().min(120)], created, solved, waiting, comment_id + comments, comments])?;
        for tag in &tags {
            connection
                .prepare_cached("insert into ticket_tags (tag, ticket_id) values (?, ?)")?
                .execute(params![tag, ticket])?;
        }
        for n in 0..comments {
            comment_id += 1;
            let text = if n == 0 { first.clone() } else { body(&mut random) };
            let author = if n % 2 == 0 { requester } else { agents[0] };
            connection.prepare_cached("insert into comments (id, ticket_id, author_id, public, channel, body, created_at) values (?, ?, ?, 1, 'email', ?, ?)")?.execute(params![comment_id, ticket, author, text, created + n])?;
            connection
                .prepare_cached("insert into search_comments (rowid, terms) values (?, ?)")?
                .execute(params![comment_id, text::search_terms(&text, None)])?;
        }
        connection.prepare_cached("insert into audits (ticket_id, author_id, created_at, channel, events) values (?, ?, ?, 'email', ?)")?.execute(params![ticket, requester, created, format!(r#"[{{"id":1,"type":"Create","field_name":"subject","value":"{subject}"}}]"#)])?;
        let terms = text::search_terms(
            &format!("{ticket} {subject} {} Customer {}", tags.join(" "), requester - first_customer),
            None,
        );
        connection
            .prepare_cached("insert into search_tickets (rowid, terms) values (?, ?)")?
            .execute(params![ticket, terms])?;
        if ticket % PER_COMMIT == 0 {
            connection.execute_batch("commit; begin")?;
        }
    }
    connection.execute_batch("commit; analyze; pragma wal_checkpoint(truncate);")?;
    Ok(())
}

fn body(random: &mut ChaCha8Rng) -> String {
    let count = random.random_range(2..5);
    (0..count).map(|_| SENTENCES[random.random_range(0..SENTENCES.len())]).collect::<Vec<_>>().join(" ")
}
