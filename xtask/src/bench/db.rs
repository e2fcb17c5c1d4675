//! `bench db`: our door to the database against the raw engine, with the same statements, in the same run.
//!
//! A create is a ticket, its first comment, an audit, an event and a job in one durable transaction. Reads are a list
//! of 50 among many tickets, and one ticket with ten comments.

use super::report::{Report, Samples};
use crate::Outcome;
use db::{Db, Options, Tx, params};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const TICKETS: i64 = 1_000_000;
const COMMENTS_OF_READ_TICKET: i64 = 10;
const READ_TICKETS: i64 = 10_000;
const CALLERS: i64 = 32;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;

const SCHEMA: &str = "
create table tickets (id {{id}}, subject text not null, status bigint not null, group_id bigint not null,
  requester_id bigint not null, tags text not null, created_at bigint not null, updated_at bigint not null);
create index tickets_of_group on tickets (group_id, updated_at) where status < 4;
create index tickets_unsolved on tickets (updated_at) where status < 4;
create table comments (id {{id}}, ticket_id bigint not null, author_id bigint not null, body text not null, created_at bigint not null);
create index comments_of_ticket on comments (ticket_id, id);
create table audits (id {{id}}, ticket_id bigint not null, events text not null, created_at bigint not null);
create table events (id {{id}}, at bigint not null, kind text not null, facts text not null);
create table jobs (id {{id}}, kind text not null, payload text not null, due_at bigint not null);
create index jobs_due on jobs (due_at);";

const TICKET: &str = "insert into tickets (subject, status, group_id, requester_id, tags, created_at, updated_at) values ($1, 0, $2, $3, '', $4, $4)";
const COMMENT: &str = "insert into comments (ticket_id, author_id, body, created_at) values ($1, $2, $3, $4)";
const AUDIT: &str = "insert into audits (ticket_id, events, created_at) values ($1, $2, $3)";
const EVENT: &str = "insert into events (at, kind, facts) values ($1, 'ticket_created', $2)";
const JOB: &str = "insert into jobs (kind, payload, due_at) values ('triage', $1, $2)";
const LIST: &str = "select id, subject, status, requester_id, tags, updated_at from tickets where group_id = $1 and status < 4 order by updated_at desc limit 50";
const ONE: &str = "select id, subject, status, requester_id, tags, updated_at from tickets where id = $1";
const COMMENTS: &str =
    "select id, author_id, body, created_at from comments where ticket_id = $1 order by id";
const BODY: &str = "Hello, the lamp that arrived on Tuesday flickers whenever the app is open. I have tried another socket and \
    the reset that your page describes. Could you send a replacement, or tell me what else to try? Thank you, Marta";
const FACTS: &str = r#"{"kind":"ticket_created","ticket":1,"requester":2,"channel":"email","status":"new"}"#;

pub fn run(arguments: &[String]) -> Outcome {
    let tickets = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(TICKETS);
    let folder = tempfile::tempdir_in(".").map_err(|error| error.to_string())?;
    let mut report =
        Report::new("db", &format!("{tickets} tickets, SQLite synchronous=FULL, 3 rounds of 3 s, medians"));
    sqlite(folder.path(), tickets, &mut report).map_err(|error| error.to_string())?;
    match super::postgres_url() {
        Some(url) => postgres(&url, tickets.min(200_000), &mut report).map_err(|error| error.to_string())?,
        None => report.note("PostgreSQL was not measured: TEST_PG_URL is not set"),
    }
    report.print();
    Ok(())
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn sqlite(folder: &Path, tickets: i64, report: &mut Report) -> Result<(), Failure> {
    let path = folder.join("ours.sqlite");
    let database: Db<()> = Db::open(&format!("sqlite:{}", path.display()), Options::default())?;
    database.write_now((), |tx| tx.batch(&SCHEMA.replace("{{id}}", "integer primary key")))?;
    fill(&database, tickets)?;
    let raw = raw_connection(&path)?;
    // The raw engine writes into a database of the same size: its indexes are as deep, its pages as scattered.
    let raw_path = folder.join("raw.sqlite");
    database.copy_to(&raw_path)?;
    let raw_writer = raw_connection(&raw_path)?;

    let mut single = Samples::default();
    let (mut many, mut tasks) = (Samples::default(), Samples::default());
    let (mut raw_single, mut raw_callers, mut raw_hundred) = Default::default();
    for _ in 0..ROUNDS {
        Samples::add(&mut raw_single, rate(|i| raw_create(&raw_writer, i, 1)));
        single.add(rate(|i| create(&database, i).map(|()| 1)));
        Samples::add(&mut raw_callers, rate(|i| raw_create(&raw_writer, i * CALLERS, CALLERS)));
        Samples::add(&mut raw_hundred, rate(|i| raw_create(&raw_writer, i * 100, 100)));
        many.add(rate_of_callers(CALLERS as usize, |i| create(&database, i).map(|()| 1)));
        tasks.add(rate_of_tasks(CALLERS as usize, &database)?);
    }
    report.ratio("create, 1 caller (raw: 1 a commit)", &single, &raw_single, "creates/s", "≥ 0.80");
    // No commit can hold more than one create of each caller.
    report.ratio("create, 32 callers (raw: 32 a commit)", &many, &raw_callers, "creates/s", "");
    report.ratio("create, 32 callers (raw: 100 a commit)", &many, &raw_hundred, "creates/s", "≥ 0.80");
    let name = "create, 32 callers that are tasks, as in the desk (raw: 100 a commit)";
    report.ratio(name, &tasks, &raw_hundred, "creates/s", "≥ 0.80");

    let (mut list, mut raw_list, mut one, mut raw_one) = Default::default();
    for _ in 0..ROUNDS {
        Samples::add(&mut raw_list, rate(|i| raw_rows(&raw, LIST, i % 50)));
        Samples::add(&mut list, rate(|i| read_list(&database, i % 50)));
        Samples::add(
            &mut raw_one,
            rate(|i| {
                raw_rows(&raw, ONE, i % READ_TICKETS + 1)?;
                raw_rows(&raw, COMMENTS, i % READ_TICKETS + 1)
            }),
        );
        Samples::add(&mut one, rate(|i| read_one(&database, i % READ_TICKETS + 1)));
    }
    report.ratio("list of 50", &list, &raw_list, "lists/s", "≥ 0.77 (1.3× the time)");
    report.ratio("a ticket with 10 comments", &one, &raw_one, "tickets/s", "≥ 0.77 (1.3× the time)");
    Ok(())
}

fn fill(database: &Db<()>, tickets: i64) -> Result<(), Failure> {
    const PER_COMMIT: i64 = 50_000;
    let mut first = 0;
    while first < tickets {
        let last = (first + PER_COMMIT).min(tickets);
        database.write_now((), move |tx| {
            for i in first..last {
                let at = 1_700_000_000_000 + i * 1_000;
                let status = if i % 10 == 0 { 1_i64 } else { 4 };
                let ticket: i64 = tx.insert(
                    "insert into tickets (subject, status, group_id, requester_id, tags, created_at, updated_at) values ($1, $2, $3, $4, 'refund march', $5, $5)",
                    params!["Charged twice for March", status, (i / 10) % 50, i % 9_000, at],
                )?;
                if i < READ_TICKETS {
                    for _ in 0..COMMENTS_OF_READ_TICKET {
                        tx.execute(COMMENT, params![ticket, 7_i64, BODY, at])?;
                    }
                }
            }
            Ok::<_, db::Error>(())
        })?;
        first = last;
    }
    Ok(())
}

fn create(database: &Db<()>, i: i64) -> Result<(), Failure> {
    Ok(database.write_now((), creation(i))?)
}

fn creation(i: i64) -> impl FnMut(&mut Tx<()>) -> Result<(), db::Error> + Send + 'static {
    move |tx| {
        let now = tx.now();
        let ticket: i64 = tx.insert(TICKET, params!["Charged twice for March", i % 50, i % 9_000, now])?;
        tx.execute(COMMENT, params![ticket, i % 9_000, BODY, now])?;
        tx.execute(AUDIT, params![ticket, FACTS, now])?;
        tx.execute(EVENT, params![now, FACTS])?;
        tx.execute(JOB, params![FACTS, now])?;
        Ok(())
    }
}

fn raw_create(connection: &Connection, first: i64, per_commit: i64) -> Result<u64, Failure> {
    connection.execute_batch("begin immediate")?;
    for i in first..first + per_commit {
        let now = db::clock::now_ms();
        let mut ticket = connection.prepare_cached(&numbered(TICKET))?;
        let id = ticket.insert(rusqlite::params!["Charged twice for March", i % 50, i % 9_000, now])?;
        connection.prepare_cached(&numbered(COMMENT))?.execute(rusqlite::params![
            id,
            i % 9_000,
            BODY,
            now
        ])?;
        connection.prepare_cached(&numbered(AUDIT))?.execute(rusqlite::params![id, FACTS, now])?;
        connection.prepare_cached(&numbered(EVENT))?.execute(rusqlite::params![now, FACTS])?;
        connection.prepare_cached(&numbered(JOB))?.execute(rusqlite::params![FACTS, now])?;
    }
    connection.execute_batch("commit")?;
    Ok(per_commit as u64)
}

fn raw_connection(path: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-65536; pragma mmap_size=1073741824; pragma busy_timeout=10000;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn raw_rows(connection: &Connection, sql: &str, id: i64) -> Result<u64, Failure> {
    let mut statement = connection.prepare_cached(&numbered(sql))?;
    let columns = statement.column_count();
    let mut rows = statement.query([id])?;
    let mut seen = 0;
    while let Some(row) = rows.next()? {
        for i in 0..columns {
            match row.get_ref(i)? {
                rusqlite::types::ValueRef::Text(text) => {
                    seen += std::hint::black_box(std::str::from_utf8(text)?.to_owned()).len();
                }
                value => {
                    std::hint::black_box(value);
                }
            }
        }
    }
    std::hint::black_box(seen);
    Ok(1)
}

type ListRow = (i64, String, i64, i64, String, i64);

fn list_row(row: &db::Row<'_>) -> Result<ListRow, db::Error> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn read_list(database: &Db<()>, group: i64) -> Result<u64, Failure> {
    let rows = database.read_now((), |tx| tx.list(LIST, params![group], list_row))?;
    std::hint::black_box(rows);
    Ok(1)
}

fn read_one(database: &Db<()>, id: i64) -> Result<u64, Failure> {
    let read = database.read_now((), |tx| {
        let ticket = tx.one(ONE, params![id], list_row)?;
        let comments = tx.list(COMMENTS, params![id], |row| {
            Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?, row.get::<i64>(3)?))
        })?;
        Ok::<_, db::Error>((ticket, comments))
    })?;
    std::hint::black_box(read);
    Ok(1)
}

fn postgres(url: &str, tickets: i64, report: &mut Report) -> Result<(), Failure> {
    let schema = format!("bench_{}", std::process::id());
    let mut admin = ::postgres::Client::connect(url, ::postgres::NoTls)?;
    admin.batch_execute(&format!("create schema {schema}"))?;
    let joined =
        format!("{url}{}options=-c%20search_path%3D{schema}", if url.contains('?') { "&" } else { "?" });
    let outcome = postgres_in(&joined, tickets, report);
    admin.batch_execute(&format!("drop schema {schema} cascade"))?;
    outcome
}

fn postgres_in(url: &str, tickets: i64, report: &mut Report) -> Result<(), Failure> {
    let database: Db<()> = Db::open(url, Options { connections_max: 32, ..Options::default() })?;
    let id = "bigint generated by default as identity primary key";
    database.write_now((), move |tx| tx.batch(&SCHEMA.replace("{{id}}", id)))?;
    fill(&database, tickets)?;
    let mut client = ::postgres::Client::connect(url, ::postgres::NoTls)?;
    client.batch_execute("analyze")?;
    let list = client.prepare(LIST)?;
    let (one, comments) = (client.prepare(ONE)?, client.prepare(COMMENTS)?);
    let ticket = client.prepare(&format!("{TICKET} returning id"))?;
    let (comment, audit) = (client.prepare(COMMENT)?, client.prepare(AUDIT)?);
    let (event, job) = (client.prepare(EVENT)?, client.prepare(JOB)?);
    let (mut creates, mut raw_creates, mut many) =
        (Samples::default(), Samples::default(), Samples::default());
    let (mut lists, mut raw_lists, mut reads, mut raw_reads) = Default::default();
    for _ in 0..ROUNDS {
        raw_creates.add(rate(|i| {
            let now = db::clock::now_ms();
            let mut tx = client.transaction()?;
            let id: i64 =
                tx.query_one(&ticket, &[&"Charged twice for March", &(i % 50), &(i % 9_000), &now])?.get(0);
            tx.execute(&comment, &[&id, &(i % 9_000), &BODY, &now])?;
            tx.execute(&audit, &[&id, &FACTS, &now])?;
            tx.execute(&event, &[&now, &FACTS])?;
            tx.execute(&job, &[&FACTS, &now])?;
            tx.commit()?;
            Ok(1)
        }));
        creates.add(rate(|i| create(&database, i).map(|()| 1)));
        many.add(rate_of_callers(CALLERS as usize, |i| create(&database, i).map(|()| 1)));
        Samples::add(
            &mut raw_lists,
            rate(|i| Ok(std::hint::black_box(client.query(&list, &[&(i % 50)])?).len().min(1) as u64)),
        );
        Samples::add(&mut lists, rate(|i| read_list(&database, i % 50)));
        Samples::add(
            &mut raw_reads,
            rate(|i| {
                std::hint::black_box(client.query(&one, &[&(i % READ_TICKETS + 1)])?);
                std::hint::black_box(client.query(&comments, &[&(i % READ_TICKETS + 1)])?);
                Ok(1)
            }),
        );
        Samples::add(&mut reads, rate(|i| read_one(&database, i % READ_TICKETS + 1)));
    }
    report.ratio("PostgreSQL: create, 1 caller", &creates, &raw_creates, "creates/s", "");
    report.rate("PostgreSQL: create, 32 callers", &many, "creates/s");
    report.ratio("PostgreSQL: list of 50 (in begin … commit)", &lists, &raw_lists, "lists/s", "");
    report.ratio(
        "PostgreSQL: a ticket with 10 comments (in begin … commit)",
        &reads,
        &raw_reads,
        "tickets/s",
        "",
    );
    Ok(())
}

/// Things done per second by one caller, for one round.
fn rate(mut one: impl FnMut(i64) -> Result<u64, Failure>) -> f64 {
    let start = Instant::now();
    let mut done = 0;
    let mut i = 0;
    while start.elapsed() < ROUND {
        done += one(i).expect("the benchmark's own statements work");
        i += 1;
    }
    done as f64 / start.elapsed().as_secs_f64()
}

/// Things done per second by several callers together.
fn rate_of_callers(callers: usize, one: impl Fn(i64) -> Result<u64, Failure> + Sync) -> f64 {
    let done = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for caller in 0..callers {
            let (done, one) = (done.clone(), &one);
            scope.spawn(move || {
                let mut i = caller as i64 * 1_000_000;
                while start.elapsed() < ROUND {
                    let n = one(i).expect("the benchmark's own statements work");
                    done.fetch_add(n as usize, Ordering::Relaxed);
                    i += 1;
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}

/// Tickets made per second by tasks of a runtime, each of which goes on when it is answered: so the doors of the desk call.
fn rate_of_tasks(tasks: usize, database: &Db<()>) -> Result<f64, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let start = Instant::now();
    let done = runtime.block_on(async {
        let one = |task: usize| {
            let database = database.clone();
            runtime.spawn(async move {
                let mut done = 0;
                while start.elapsed() < ROUND {
                    let i = task as i64 * 1_000_000 + done;
                    database.write((), creation(i)).await.expect("the benchmark's own statements work");
                    done += 1;
                }
                done
            })
        };
        let all: Vec<_> = (0..tasks).map(one).collect();
        let mut done = 0;
        for task in all {
            done += task.await?;
        }
        Ok::<_, tokio::task::JoinError>(done)
    })?;
    Ok(done as f64 / start.elapsed().as_secs_f64())
}
