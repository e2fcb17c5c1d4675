//! Tried against a real server behind a door that encrypts.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "the tests' own server is named by the environment"
)]

use super::*;
use db::{Db, Options, params};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What a client sends before a handshake: its length, and the number that asks for TLS.
const ASKS_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// In front of the real server; `None` if there is none.
struct Door {
    port: u16,
    /// The rest of the real address, with its user and database.
    user: String,
    path: String,
    authority: tempfile::NamedTempFile,
    _runtime: tokio::runtime::Runtime,
}

/// `answer`: what it says when asked for TLS.
fn door(answer: u8) -> Option<Door> {
    let Ok(base) = std::env::var("TEST_PG_URL") else {
        assert!(std::env::var("CI").is_err(), "CI tests PostgreSQL too: TEST_PG_URL is missing");
        return None;
    };
    let (user, rest) = base.strip_prefix("postgres://").unwrap().rsplit_once('@').unwrap();
    let (behind, path) = rest.split_once('/').unwrap();
    let behind = if behind.contains(':') { behind.to_owned() } else { format!("{behind}:5432") };
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let authority = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(authority.path(), made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, behind.clone(), acceptor.clone(), answer));
        }
    });
    Some(Door { port, user: user.to_owned(), path: path.to_owned(), authority, _runtime: runtime })
}

async fn pass_on(mut client: TcpStream, behind: String, acceptor: TlsAcceptor, answer: u8) {
    let mut asked = [0; 8];
    if client.read_exact(&mut asked).await.is_err() {
        return;
    }
    assert_eq!(asked, ASKS_FOR_TLS, "nothing is said before the connection is encrypted");
    let _ = client.write_all(&[answer]).await;
    if let Ok(mut client) = acceptor.accept(client).await {
        let mut server = TcpStream::connect(behind).await.unwrap();
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}

impl Door {
    fn url(&self, host: &str, query: &str) -> String {
        format!("postgres://{}@{host}:{}/{}?{query}", self.user, self.port, self.path)
    }

    fn open(&self, host: &str, query: &str) -> Result<i64, db::Error> {
        let database: Db<&'static str> =
            Db::open(&self.url(host, query), Options { connect: connect(), ..Options::default() })?;
        database.read_now("reader", |tx| tx.value("select cast(41 + 1 as bigint)", params![]))
    }

    fn trusting(&self, mode: &str) -> String {
        format!("sslmode={mode}&sslrootcert={}", self.authority.path().display())
    }
}

#[test]
fn a_server_with_a_certificate_of_a_trusted_authority_is_read_through_tls() {
    let Some(door) = door(b'S') else { return };
    for mode in ["require", "verify-full"] {
        assert_eq!(door.open("localhost", &door.trusting(mode)).unwrap(), 42);
    }
}

#[test]
fn a_certificate_of_an_unknown_authority_or_of_another_name_is_refused() {
    let Some(door) = door(b'S') else { return };
    assert!(door.open("localhost", "sslmode=require").is_err());
    assert!(door.open("127.0.0.1", &door.trusting("require")).is_err());
}

#[test]
fn a_server_that_will_not_encrypt_is_not_spoken_to_plainly() {
    let Some(door) = door(b'N') else { return };
    assert!(door.open("localhost", &door.trusting("require")).is_err());
}

#[test]
fn the_file_of_authorities_is_taken_out_of_the_address_and_nothing_else() {
    let of = |url: &str| without_authorities(url);
    assert_eq!(of("postgres://a@b/c"), ("postgres://a@b/c".into(), None));
    assert_eq!(
        of("postgres://a@b/c?sslmode=require&sslrootcert=%2Fetc%2Fca.pem&connect_timeout=3"),
        ("postgres://a@b/c?sslmode=require&connect_timeout=3".into(), Some("/etc/ca.pem".into()))
    );
    assert_eq!(of("postgres://a@b/c?sslrootcert=ca.pem"), ("postgres://a@b/c".into(), Some("ca.pem".into())));
}

#[test]
fn what_cannot_be_checked_is_said_before_anything_is_sent() {
    let why = |url: &str| connect()(url).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(why("postgres://a@b/c?sslrootcert=ca.pem").contains("only used with sslmode=require"));
    assert!(why("postgres://a@b/c?sslmode=require&sslrootcert=nowhere.pem").contains("nowhere.pem"));
    let plain = db::server::plainly()("postgres://a@b/c?sslmode=require").err().map(|it| it.to_string());
    assert!(plain.is_some_and(|it| it.contains("cannot encrypt")));
}
