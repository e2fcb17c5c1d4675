//! A browser of few words: one request, one answer.

use base64::Engine;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

pub fn request(at: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect_timeout(&at, TIMEOUT).expect("the HTTP door answers");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout can be set");
    let length = body.len();
    // HTTP/1.0: the answer comes in one piece and ends with the connection.
    let text = format!(
        "{method} {path} HTTP/1.0\r\nHost: {at}\r\nOrigin: http://{at}\r\nSec-Fetch-Site: same-origin\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).expect("the request is sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("the answer is read");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("an answer has a status");
    Answer { status, body: body.to_owned() }
}

/// A call of the API as this person, with the desk's API token.
pub fn api(at: SocketAddr, who: &str, token: &str, method: &str, path: &str, body: &Value) -> Value {
    let proof = base64::engine::general_purpose::STANDARD.encode(format!("{who}/token:{token}"));
    let headers = format!(
        "Authorization: Basic {proof}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
    );
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let answer = request(at, method, path, &headers, &text);
    assert!((200..300).contains(&answer.status), "{method} {path}: {answer:?}");
    serde_json::from_str(&answer.body)
        .unwrap_or_else(|error| panic!("{method} {path}: {error} in {answer:?}"))
}
