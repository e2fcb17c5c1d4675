//! The SMTP door over real sockets, with a common client and with bare hands.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use lettre::address::Envelope as Route;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use mail::smtp::{
    Accepted, Envelope, Intake, RecipientVerdict, Refused, SmtpConfig, self_signed, serve, server_config,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const NOON: i64 = 1_767_268_800_000;

#[derive(Default)]
struct Shelf {
    stored: Mutex<Vec<(Envelope, Vec<u8>)>>,
    refusal: Mutex<Option<Refused>>,
}

impl Intake for Shelf {
    async fn accepts_recipient(&self, address: &str) -> RecipientVerdict {
        match address.split('@').next().unwrap_or_default() {
            "later" => RecipientVerdict::TemporaryFailure,
            _ if address.ends_with("@desk.test") => RecipientVerdict::Accept,
            _ => RecipientVerdict::Unknown,
        }
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<Accepted, Refused> {
        if let Some(refusal) = self.refusal.lock().unwrap().clone() {
            return Err(refusal);
        }
        let mut stored = self.stored.lock().unwrap();
        stored.push((envelope, raw));
        Ok(Accepted { id: format!("m{}", stored.len()) })
    }
}

struct Door {
    address: SocketAddr,
    shelf: Arc<Shelf>,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn open(change: impl FnOnce(&mut SmtpConfig)) -> Door {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = SmtpConfig::new("mx.desk.test", || NOON);
    change(&mut config);
    let (stop, stopped) = watch::channel(false);
    let shelf = Arc::new(Shelf::default());
    let task = tokio::spawn(serve(listener, config, shelf.clone(), stopped));
    Door { address, shelf, stop, task }
}

impl Door {
    fn stored(&self) -> Vec<(Envelope, Vec<u8>)> {
        self.shelf.stored.lock().unwrap().clone()
    }
}

/// A client that says exactly what it is told to say.
struct Hand {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Hand {
    async fn reach(door: &Door) -> Self {
        let mut hand = Hand { stream: TcpStream::connect(door.address).await.unwrap(), heard: Vec::new() };
        assert!(hand.hear().await.starts_with("220 mx.desk.test"));
        hand
    }

    async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// One whole answer, with all its lines.
    async fn hear(&mut self) -> String {
        let mut answer = String::new();
        loop {
            while let Some(end) = self.heard.iter().position(|&byte| byte == b'\n') {
                let line = String::from_utf8(self.heard.drain(..=end).collect()).unwrap();
                answer.push_str(&line);
                if line.as_bytes().get(3) != Some(&b'-') {
                    return answer;
                }
            }
            if self.stream.read_buf(&mut self.heard).await.unwrap() == 0 {
                return answer;
            }
        }
    }

    async fn ask(&mut self, text: &str) -> String {
        self.say(text).await;
        self.hear().await
    }

    async fn begin(&mut self) {
        assert!(self.ask("EHLO client.test\r\n").await.contains("PIPELINING"));
        assert!(self.ask("MAIL FROM:<ana@client.test>\r\n").await.starts_with("250"));
        assert!(self.ask("RCPT TO:<help@desk.test>\r\n").await.starts_with("250"));
    }

    async fn transmit(&mut self, body: &str) -> String {
        self.begin().await;
        assert!(self.ask("DATA\r\n").await.starts_with("354"));
        self.ask(&format!("{body}\r\n.\r\n")).await
    }
}

fn lettre_to(door: &Door, tls: Tls) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(door.address.port())
        .tls(tls)
        .build()
}

fn route(from: Option<&str>, to: &str) -> Route {
    Route::new(from.map(|from| from.parse().unwrap()), vec![to.parse().unwrap()]).unwrap()
}

#[tokio::test]
async fn a_common_client_delivers_and_the_bytes_arrive_as_they_were() {
    let door = open(|_| {}).await;
    let body = b"Subject: hi\r\n\r\n.one\r\n..two\r\n\xc3\xa4";
    let answer = lettre_to(&door, Tls::None)
        .send_raw(&route(Some("ana@client.test"), "help+t0ken@desk.test"), body)
        .await
        .unwrap();
    assert_eq!(answer.message().collect::<String>(), "2.0.0 stored as m1");
    let (envelope, raw) = door.stored().remove(0);
    assert_eq!(
        (envelope.mail_from.as_str(), envelope.rcpt_to.as_slice()),
        ("ana@client.test", ["help+t0ken@desk.test".to_owned()].as_slice())
    );
    assert_eq!(
        (envelope.remote_ip, envelope.tls, envelope.received_at_ms),
        (IpAddr::from([127, 0, 0, 1]), false, NOON)
    );
    assert_eq!(raw[envelope.trace_bytes..].strip_suffix(b"\r\n"), Some(body.as_slice()));
    let trace = String::from_utf8_lossy(&raw[..envelope.trace_bytes]).into_owned();
    assert!(
        trace.starts_with(
            "Return-Path: <ana@client.test>\r\nEnvelope-To: help+t0ken@desk.test\r\nReceived: from "
        ),
        "{trace}"
    );
    assert!(trace.contains("by mx.desk.test with ESMTP; Thu, 1 Jan 2026 12:00:00 +0000"), "{trace}");
    assert_eq!(mail::parse::parse(&raw).subject, "hi");
}

#[tokio::test]
async fn starttls_encrypts_and_is_told_in_the_trace() {
    let (cert, key) = self_signed("mx.desk.test").unwrap();
    let door = open(|config| config.tls = Some(server_config(&cert, &key).unwrap())).await;
    let parameters = TlsParameters::builder("mx.desk.test".to_owned())
        .dangerous_accept_invalid_certs(true)
        .build()
        .unwrap();
    lettre_to(&door, Tls::Required(parameters))
        .send_raw(&route(Some("a@b.test"), "help@desk.test"), b"Subject: x\r\n\r\ny\r\n")
        .await
        .unwrap();
    let (envelope, raw) = door.stored().remove(0);
    assert!(envelope.tls);
    assert!(String::from_utf8_lossy(&raw).contains("with ESMTPS"));
}

#[tokio::test]
async fn commands_hidden_behind_starttls_are_thrown_away() {
    let (cert, key) = self_signed("mx.desk.test").unwrap();
    let door = open(|config| config.tls = Some(server_config(&cert, &key).unwrap())).await;
    let mut hand = Hand::reach(&door).await;
    hand.ask("EHLO client.test\r\n").await;
    let answer = hand.ask("STARTTLS\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<help@desk.test>\r\n").await;
    assert!(answer.starts_with("220"), "{answer}");
    // No handshake follows, so the next answer would come from the hidden commands, if they were obeyed.
    hand.stream.shutdown().await.unwrap();
    let rest = hand.hear().await;
    assert!(!rest.starts_with("250"), "{rest}");
    assert!(door.stored().is_empty());
}

#[tokio::test]
async fn a_whole_conversation_may_come_in_one_piece() {
    let door = open(|_| {}).await;
    let mut hand = Hand::reach(&door).await;
    hand.say(
        "EHLO c\r\nMAIL FROM:<a@c.test> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<x@desk.test>\r\nRCPT TO:<no@elsewhere.test>\r\nRCPT TO:<later@desk.test>\r\nDATA\r\n",
    )
    .await;
    let mut codes = Vec::new();
    for _ in 0..6 {
        codes.push(hand.hear().await[..3].to_owned());
    }
    assert_eq!(codes, ["250", "250", "250", "550", "451", "354"]);
    hand.say("one\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<y@desk.test>\r\nDATA\r\n").await;
    for expected in ["250", "250", "250", "354"] {
        assert!(hand.hear().await.starts_with(expected));
    }
    hand.say(".\r\nRSET\r\nNOOP\r\nVRFY x\r\nHELP\r\nWHAT\r\nQUIT\r\n").await;
    for expected in ["250 2.0.0 stored", "250", "250", "252", "214", "500", "221"] {
        let answer = hand.hear().await;
        assert!(answer.starts_with(expected), "{answer} instead of {expected}");
    }
    let stored = door.stored();
    assert_eq!(stored.len(), 2);
    assert_eq!(stored[0].0.rcpt_to, ["x@desk.test"]);
    assert_eq!((stored[1].0.mail_from.as_str(), stored[1].1.len()), ("", stored[1].0.trace_bytes));
}

#[tokio::test]
async fn reports_come_from_nobody_and_are_recognised_later() {
    let door = open(|_| {}).await;
    lettre_to(&door, Tls::None)
        .send_raw(&route(None, "help@desk.test"), b"From: a@b\r\n\r\nx\r\n")
        .await
        .unwrap();
    let (envelope, raw) = door.stored().remove(0);
    assert_eq!(envelope.mail_from, "");
    assert_eq!(mail::parse::parse(&raw).machine.as_deref(), Some("empty Return-Path"));
}

#[tokio::test]
async fn too_large_a_message_is_refused_early_and_late() {
    let door = open(|config| config.message_bytes_max = 1_000).await;
    let mut hand = Hand::reach(&door).await;
    hand.ask("EHLO c\r\n").await;
    assert!(hand.ask("MAIL FROM:<a@c.test> SIZE=1001\r\n").await.starts_with("552"));
    let long = format!("Subject: x\r\n\r\n{}", "a line of text.\r\n.\nx".repeat(5_000));
    assert!(hand.transmit(&long).await.starts_with("552"));
    assert!(hand.transmit("short").await.starts_with("250"));
    assert_eq!(door.stored().len(), 1);
}

#[tokio::test]
async fn no_second_message_can_be_smuggled_in() {
    let door = open(|_| {}).await;
    for line in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r"] {
        let mut hand = Hand::reach(&door).await;
        let answer = hand.transmit(&format!("Subject: x\r\n\r\nhello{line}MAIL FROM:<evil@x.test>\r\nRCPT TO:<help@desk.test>\r\nDATA\r\nbad")).await;
        assert!(answer.starts_with("550"), "{line:?}: {answer}");
        assert!(hand.ask("NOOP\r\n").await.starts_with("250"));
    }
    assert!(door.stored().is_empty());
}

#[tokio::test]
async fn bare_line_feeds_alone_do_no_harm_and_are_kept() {
    let door = open(|_| {}).await;
    let mut hand = Hand::reach(&door).await;
    assert!(hand.transmit("Subject: x\n\nhello\nthere").await.starts_with("250"));
    let (envelope, raw) = door.stored().remove(0);
    assert_eq!(&raw[envelope.trace_bytes..], b"Subject: x\n\nhello\nthere\r\n");
}

#[tokio::test]
async fn words_without_a_header_are_read_as_text_by_either_command() {
    let door = open(|_| {}).await;
    for words in
        ["just words without headers at all\n", " Hello Ana: call me\r\nat 10:30", "\u{1}\u{2}:\u{7f}\t;"]
    {
        assert!(Hand::reach(&door).await.transmit(words).await.starts_with("250"));
        let mut hand = Hand::reach(&door).await;
        hand.begin().await;
        let chunk = format!("BDAT {} LAST\r\n{words}", words.len());
        assert!(hand.ask(&chunk).await.starts_with("250"));
        for (envelope, raw) in door.shelf.stored.lock().unwrap().drain(..) {
            assert!(raw[envelope.trace_bytes..].starts_with(words.as_bytes()));
            let read = mail::parse::parse(&raw);
            assert_eq!(read.text.trim(), words.replace("\r\n", "\n").trim());
            assert_eq!(read.delivered_to, ["help@desk.test"]);
        }
    }
}

#[tokio::test]
async fn chunks_are_put_together() {
    let door = open(|config| config.message_bytes_max = 100).await;
    let mut hand = Hand::reach(&door).await;
    hand.begin().await;
    assert!(hand.ask("BDAT 6\r\n.one\r\n").await.starts_with("250 2.0.0 chunk"));
    assert!(hand.ask("BDAT 5 LAST\r\n.\r\nx\n").await.starts_with("250 2.0.0 stored"));
    let (envelope, raw) = door.stored().remove(0);
    assert_eq!(&raw[envelope.trace_bytes..], b".one\r\n.\r\nx\n");
    assert!(hand.ask("MAIL FROM:<a@c.test>\r\n").await.starts_with("250"));
    assert!(hand.ask("RCPT TO:<help@desk.test>\r\n").await.starts_with("250"));
    let chunk = "x".repeat(80);
    assert!(hand.ask(&format!("BDAT 80\r\n{chunk}")).await.starts_with("250"));
    assert!(hand.ask(&format!("BDAT 80 LAST\r\n{chunk}")).await.starts_with("552"));
    assert!(hand.ask("NOOP\r\n").await.starts_with("250"));
}

#[tokio::test]
async fn a_busy_or_broken_desk_asks_to_try_again() {
    let door = open(|_| {}).await;
    for (refusal, code) in
        [(Refused::Busy, "451"), (Refused::TooLarge, "552"), (Refused::Broken("disk".into()), "451")]
    {
        *door.shelf.refusal.lock().unwrap() = Some(refusal);
        let answer = Hand::reach(&door).await.transmit("Subject: x\r\n\r\ny").await;
        assert!(answer.starts_with(code) && !answer.contains("disk"), "{answer}");
    }
}

#[tokio::test]
async fn the_order_of_commands_is_kept() {
    let door = open(|_| {}).await;
    let mut hand = Hand::reach(&door).await;
    for (line, code) in [
        ("MAIL FROM:<a@b.test>", "503"),
        ("EHLO c", "250"),
        ("RCPT TO:<help@desk.test>", "503"),
        ("DATA", "503"),
        ("MAIL FROM:a@b", "501"),
        ("MAIL FROM:<a@b.test>", "250"),
        ("MAIL FROM:<a@b.test>", "503"),
        ("DATA", "554"),
        ("AUTH PLAIN AGEAYg==", "503"),
        ("STARTTLS", "502"),
        ("RSET", "250"),
        ("DATA", "503"),
    ] {
        let answer = hand.ask(&format!("{line}\r\n")).await;
        assert!(answer.starts_with(code), "{line}: {answer}");
    }
}

#[tokio::test]
async fn who_only_makes_mistakes_is_shown_out() {
    let door = open(|config| config.errors_max = 3).await;
    let mut hand = Hand::reach(&door).await;
    hand.say("a\r\nb\r\nc\r\nd\r\ne\r\n").await;
    let mut last = String::new();
    loop {
        match hand.hear().await {
            answer if answer.is_empty() => break,
            answer => last = answer,
        }
    }
    assert!(last.starts_with("421"), "{last}");
    let mut hand = Hand::reach(&door).await;
    hand.say(&"x".repeat(10_000)).await;
    assert!(hand.hear().await.starts_with("500"));
}

#[tokio::test]
async fn one_address_cannot_take_every_place() {
    let door = open(|config| {
        config.limit_loopback = true;
        config.connections_per_ip_max = 2;
        config.messages_per_minute_per_ip_max = NonZeroU32::new(1);
    })
    .await;
    let mut first = Hand::reach(&door).await;
    let _second = Hand::reach(&door).await;
    let mut third = Hand { stream: TcpStream::connect(door.address).await.unwrap(), heard: Vec::new() };
    assert!(third.hear().await.starts_with("421 4.7.0"));
    assert!(first.transmit("one").await.starts_with("250"));
    assert!(first.ask("MAIL FROM:<a@b.test>\r\n").await.starts_with("450"));
}

#[tokio::test]
async fn the_end_of_the_day_is_announced() {
    let door = open(|_| {}).await;
    let mut hand = Hand::reach(&door).await;
    door.stop.send(true).unwrap();
    assert!(hand.hear().await.starts_with("421"));
    door.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(door.address).await.is_err());
}

#[tokio::test]
async fn large_unfinished_messages_share_the_room() {
    let door = open(|config| config.pending_bytes_max = 300_000).await;
    let mut first = Hand::reach(&door).await;
    let big = "0123456789abcdef\r\n".repeat(40_000);
    assert!(first.transmit(&big).await.starts_with("452"));
    assert!(first.transmit("small").await.starts_with("250"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_connections_deliver_everything() {
    let door = open(|_| {}).await;
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..20 {
        let mut hand = Hand::reach(&door).await;
        senders.spawn(async move {
            hand.ask("EHLO c\r\n").await;
            for message in 0..50 {
                hand.say("MAIL FROM:<a@c.test>\r\nRCPT TO:<help@desk.test>\r\nDATA\r\n").await;
                for expected in ["250", "250", "354"] {
                    assert!(hand.hear().await.starts_with(expected));
                }
                let body = format!(
                    "Message-ID: <{number}.{message}@c.test>\r\n\r\n{}\r\n.\r\n",
                    "text ".repeat(200)
                );
                assert!(hand.ask(&body).await.starts_with("250"));
            }
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender.unwrap();
    }
    let mut ids: Vec<_> =
        door.stored().iter().map(|(_, raw)| mail::parse::parse(raw).message_id.unwrap()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1_000);
}

#[tokio::test]
async fn however_many_recipients_are_unknown_the_mail_reaches_the_one_who_is_known() {
    let door = open(|config| config.errors_max = 5).await;
    let mut hand = Hand::reach(&door).await;
    let mut said = "EHLO client.test\r\nMAIL FROM:<ana@client.test>\r\n".to_owned();
    for number in 0..30 {
        said.push_str(&format!("RCPT TO:<nobody{number}@elsewhere.test>\r\n"));
    }
    said.push_str("RCPT TO:<>\r\nRCPT TO:<later@desk.test>\r\nRCPT TO:<help@desk.test>\r\n");
    said.push_str("RCPT TO:<help@desk.test>\r\nDATA\r\n");
    hand.say(&said).await;
    assert!(hand.hear().await.starts_with("250"));
    assert!(hand.hear().await.starts_with("250"));
    for _ in 0..30 {
        assert!(hand.hear().await.starts_with("550 5.1.1"));
    }
    assert!(hand.hear().await.starts_with("55"), "nor does a name that is none");
    assert!(hand.hear().await.starts_with("451"));
    assert!(hand.hear().await.starts_with("250"));
    assert!(hand.hear().await.starts_with("250"));
    assert!(hand.hear().await.starts_with("354"));
    assert!(hand.ask("Subject: x\r\n\r\nfor help\r\n.\r\n").await.starts_with("250"));
    let stored = door.stored();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].0.rcpt_to, ["help@desk.test"], "each recipient once");
    // The next mail begins without a burden.
    assert!(hand.transmit("Subject: y\r\n\r\nagain").await.starts_with("250"));
}

#[tokio::test]
async fn trying_out_names_without_a_mail_ends_the_conversation() {
    for end in ["RSET\r\n", "DATA\r\n", "BDAT 0 LAST\r\n", "EHLO client.test\r\n"] {
        let door = open(|config| config.errors_max = 5).await;
        let mut hand = Hand::reach(&door).await;
        assert!(hand.ask("EHLO client.test\r\n").await.starts_with("250"));
        assert!(hand.ask("MAIL FROM:<ana@client.test>\r\n").await.starts_with("250"));
        for number in 0..10 {
            let answer = hand.ask(&format!("RCPT TO:<nobody{number}@elsewhere.test>\r\n")).await;
            assert!(answer.starts_with("550"), "{answer}");
        }
        hand.say(end).await;
        hand.hear().await;
        let goodbye = hand.hear().await;
        assert!(goodbye.starts_with("421 4.7.0"), "after {end}: {goodbye}");
    }
}

#[tokio::test]
async fn refused_recipients_count_among_those_of_one_message() {
    let door = open(|config| config.recipients_max = 3).await;
    let mut hand = Hand::reach(&door).await;
    assert!(hand.ask("EHLO client.test\r\n").await.starts_with("250"));
    assert!(hand.ask("MAIL FROM:<ana@client.test>\r\n").await.starts_with("250"));
    for (to, answer) in
        [("a@x.test", "550"), ("help@desk.test", "250"), ("b@x.test", "550"), ("c@x.test", "452")]
    {
        assert!(hand.ask(&format!("RCPT TO:<{to}>\r\n")).await.starts_with(answer), "{to}");
    }
}
