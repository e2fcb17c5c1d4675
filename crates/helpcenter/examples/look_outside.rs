//! The customer's pages to look at while working on them: `cargo run -p helpcenter --example look_outside -- 8092`.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::tickets::{self, Status, UpdateTicket};
use desk::work::Work;
use std::io::Write;
use testkit::World;

const DAY_MS: i64 = 24 * 3_600_000;

#[tokio::main]
async fn main() -> Result<(), std::io::Error> {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8092);
    let world = World::on_sqlite();
    let ana = world.agent("Ana Novak");
    let marta = world.customer("Marta Reyes", "marta@example.org");
    let ticket = world.ticket_of(marta, "I was charged twice for the same order");
    world.write_as(ana, move |tx| {
        let solved = UpdateTicket {
            status: Some(Status::Solved),
            assignee: Some(Some(ana)),
            ..UpdateTicket::of(ticket)
        };
        tickets::update(tx, &solved).map(|_| ())
    });
    world.run_jobs();
    world.take_outside_jobs();
    world.advance(DAY_MS);
    world.run_jobs();
    for work in world.take_outside_jobs() {
        let Work::SendMail { mail_out } = work else { continue };
        let text = world
            .read(move |tx| desk::mail::outgoing(tx, mail_out))
            .map(|mail| mail.0.text)
            .unwrap_or_default();
        if let Some((_, token)) = text.lines().find_map(|line| line.split_once("/rate/")) {
            writeln!(std::io::stdout(), "http://127.0.0.1:{port}/rate/{token}")?;
        }
    }
    let app = helpcenter::router(world.desk.clone()).route("/assets/{*path}", get(asset));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>()).await
}

async fn asset(Path(path): Path<String>) -> Response {
    match aptdesk_ui::asset(&path) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
