//! Mail that leaves, seen from the relay's side.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use mail::parse::{Mailbox, parse};
use mail::send::{Delivery, Mailer, OutgoingMail, Relay, RelayAuth, RelayTls, build};
use mail::smtp::{
    Accepted, Envelope, Intake, RecipientVerdict, Refused, SmtpConfig, self_signed, serve, server_config,
};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Default)]
struct Elsewhere {
    taken: Mutex<Vec<(Envelope, Vec<u8>)>>,
    /// Recipients of each mail that was carried over to the end, taken or not.
    offered: Mutex<Vec<usize>>,
}

impl Intake for Elsewhere {
    async fn accepts_recipient(&self, address: &str) -> RecipientVerdict {
        match address {
            "nobody@there.test" => RecipientVerdict::Unknown,
            "later@there.test" => RecipientVerdict::TemporaryFailure,
            _ => RecipientVerdict::Accept,
        }
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<Accepted, Refused> {
        self.offered.lock().unwrap().push(envelope.rcpt_to.len());
        match parse(&raw).subject.as_str() {
            "too large" => return Err(Refused::TooLarge),
            "broken" => return Err(Refused::Broken("the disk is full".to_owned())),
            _ => {}
        }
        self.taken.lock().unwrap().push((envelope, raw));
        Ok(Accepted { id: "r1".to_owned() })
    }
}

async fn relay(cert: Option<(String, String)>) -> (SocketAddr, Arc<Elsewhere>, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = SmtpConfig::new("localhost", || 0);
    config.tls = cert.map(|(cert, key)| server_config(&cert, &key).unwrap());
    let elsewhere = Arc::new(Elsewhere::default());
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(serve(listener, config, elsewhere.clone(), stopped));
    (address, elsewhere, stop)
}

fn settings(address: SocketAddr) -> Relay {
    Relay {
        host: "localhost".to_owned(),
        port: address.port(),
        tls: RelayTls::Plain,
        auth: RelayAuth::Nobody,
        ca_pem: None,
        hostname: "desk.test".to_owned(),
    }
}

fn letter() -> Vec<u8> {
    build(&OutgoingMail {
        from: Mailbox { name: "Desk".to_owned(), address: "help@desk.test".to_owned() },
        to: vec![Mailbox { name: String::new(), address: "ana@there.test".to_owned() }],
        subject: "Re: hello".to_owned(),
        message_id: "1@desk.test".to_owned(),
        text: "yes\n\n.\n".to_owned(),
        ..OutgoingMail::default()
    })
}

fn to(address: &str) -> Vec<String> {
    vec![address.to_owned()]
}

#[tokio::test]
async fn the_relay_gets_exactly_what_was_built_and_its_answer_is_kept() {
    let (address, elsewhere, _stop) = relay(None).await;
    let mailer = Mailer::new(&settings(address)).unwrap();
    let raw = letter();
    for _ in 0..2 {
        assert_eq!(
            mailer.deliver("help@desk.test", &to("ana@there.test"), &raw).await,
            Delivery::Sent("250 2.0.0 stored as r1".to_owned())
        );
    }
    let (envelope, received) = elsewhere.taken.lock().unwrap().remove(0);
    assert_eq!(&received[envelope.trace_bytes..], raw.as_slice());
    assert_eq!((envelope.mail_from.as_str(), envelope.helo.as_str()), ("help@desk.test", "desk.test"));
    assert_eq!(parse(&received).text, "yes\n\n.\n");
    assert_eq!(
        mailer.deliver("", &to("ana@there.test"), &raw).await,
        Delivery::Sent("250 2.0.0 stored as r1".to_owned())
    );
}

#[tokio::test]
async fn refusals_are_told_in_the_relays_words_and_told_apart() {
    let (address, _elsewhere, _stop) = relay(None).await;
    let mailer = Mailer::new(&settings(address)).unwrap();
    let raw = letter();
    match mailer.deliver("help@desk.test", &to("nobody@there.test"), &raw).await {
        Delivery::Failed(words) => assert!(words.contains("there is no such address here"), "{words}"),
        other => panic!("{other:?}"),
    }
    match mailer.deliver("help@desk.test", &to("later@there.test"), &raw).await {
        Delivery::Deferred(words) => assert!(words.contains("try again later"), "{words}"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(mailer.deliver("help@desk.test", &to("no address"), &raw).await, Delivery::Failed(_)));
    assert!(matches!(mailer.deliver("help@desk.test", &[], &raw).await, Delivery::Failed(_)));
}

#[tokio::test]
async fn an_unreachable_relay_only_delays() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mailer = Mailer::new(&settings(address)).unwrap();
    assert!(matches!(
        mailer.deliver("help@desk.test", &to("ana@there.test"), &letter()).await,
        Delivery::Deferred(_)
    ));
    assert!(mailer.probe().await.is_err());
}

#[tokio::test]
async fn encryption_is_demanded_and_the_certificate_checked() {
    let (cert, key) = self_signed("localhost").unwrap();
    let (address, elsewhere, _stop) = relay(Some((cert.clone(), key))).await;
    let secure = Relay { tls: RelayTls::StartTls, ..settings(address) };
    let trusting = Mailer::new(&Relay { ca_pem: Some(cert), ..secure.clone() }).unwrap();
    assert_eq!(trusting.probe().await, Ok(()));
    assert!(matches!(
        trusting.deliver("help@desk.test", &to("ana@there.test"), &letter()).await,
        Delivery::Sent(_)
    ));
    assert!(elsewhere.taken.lock().unwrap()[0].0.tls);
    let doubtful = Mailer::new(&secure).unwrap();
    assert!(matches!(
        doubtful.deliver("help@desk.test", &to("ana@there.test"), &letter()).await,
        Delivery::Deferred(_)
    ));
    let (plain_address, elsewhere, _stop) = relay(None).await;
    let demanding = Mailer::new(&Relay { port: plain_address.port(), ..secure }).unwrap();
    assert!(matches!(
        demanding.deliver("help@desk.test", &to("ana@there.test"), &letter()).await,
        Delivery::Deferred(_)
    ));
    assert!(elsewhere.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn wrong_sign_in_is_a_matter_of_settings_not_of_the_letter() {
    let (address, _elsewhere, _stop) = relay(None).await;
    let auth = RelayAuth::Password { user: "a".to_owned(), password: "b".to_owned() };
    let mailer = Mailer::new(&Relay { auth, ..settings(address) }).unwrap();
    assert!(matches!(
        mailer.deliver("help@desk.test", &to("ana@there.test"), &letter()).await,
        Delivery::Deferred(_)
    ));
}

#[tokio::test]
async fn one_refused_recipient_keeps_nobody_else_from_getting_the_mail() {
    let (address, elsewhere, _stop) = relay(None).await;
    let mailer = Mailer::new(&settings(address)).unwrap();
    let all = ["ana@there.test", "nobody@there.test", "no address", "later@there.test", "bo@there.test"];
    let all: Vec<String> = all.iter().map(|to| (*to).to_owned()).collect();
    let fates = mailer.deliver_each("help@desk.test", &all, &letter()).await;
    let seen: Vec<(&str, &str)> = fates
        .iter()
        .map(|(to, fate)| {
            let kind = match fate {
                Delivery::Sent(_) => "sent",
                Delivery::Deferred(_) => "deferred",
                Delivery::Failed(_) => "failed",
            };
            (to.as_str(), kind)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("ana@there.test", "sent"),
            ("nobody@there.test", "failed"),
            ("no address", "failed"),
            ("later@there.test", "deferred"),
            ("bo@there.test", "sent"),
        ]
    );
    let taken = elsewhere.taken.lock().unwrap();
    let to: Vec<&[String]> = taken.iter().map(|(envelope, _)| envelope.rcpt_to.as_slice()).collect();
    assert_eq!(to, [["ana@there.test".to_owned(), "bo@there.test".to_owned()]], "both of them once");
}

#[tokio::test]
async fn where_everybody_is_refused_nothing_is_carried_over() {
    let (address, elsewhere, _stop) = relay(None).await;
    let mailer = Mailer::new(&settings(address)).unwrap();
    let all = ["nobody@there.test".to_owned(), "later@there.test".to_owned()];
    let fates = mailer.deliver_each("help@desk.test", &all, &letter()).await;
    assert!(matches!(fates.as_slice(), [(_, Delivery::Failed(_)), (_, Delivery::Deferred(_))]), "{fates:?}");
    assert!(elsewhere.offered.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_mail_that_is_refused_as_a_whole_is_not_carried_over_for_each_recipient() {
    for (subject, transfers, is_final) in [("too large", 1, true), ("broken", 2, false)] {
        let (address, elsewhere, _stop) = relay(None).await;
        let mailer = Mailer::new(&settings(address)).unwrap();
        let many: Vec<String> = (0..40).map(|n| format!("cc{n}@there.test")).collect();
        let letter = String::from_utf8(letter()).unwrap().replace("Re: hello", subject);
        let fates = mailer.deliver_each("help@desk.test", &many, letter.as_bytes()).await;
        assert_eq!(fates.iter().map(|(to, _)| to).collect::<Vec<_>>(), many.iter().collect::<Vec<_>>());
        assert!(
            fates.iter().all(|(_, fate)| matches!(fate, Delivery::Failed(_)) == is_final),
            "{subject}: {fates:?}"
        );
        assert!(fates.iter().all(|(_, fate)| !matches!(fate, Delivery::Sent(_))));
        assert_eq!(elsewhere.offered.lock().unwrap().as_slice(), vec![40; transfers], "{subject}");
    }
}

#[tokio::test]
async fn a_refused_recipient_is_told_apart_over_an_encrypted_connection_too() {
    let (cert, key) = self_signed("localhost").unwrap();
    let (address, elsewhere, _stop) = relay(Some((cert.clone(), key))).await;
    let secure = Relay { tls: RelayTls::StartTls, ca_pem: Some(cert), ..settings(address) };
    let all = ["ana@there.test".to_owned(), "nobody@there.test".to_owned()];
    let fates = Mailer::new(&secure).unwrap().deliver_each("help@desk.test", &all, &letter()).await;
    assert!(matches!(fates.as_slice(), [(_, Delivery::Sent(_)), (_, Delivery::Failed(_))]), "{fates:?}");
    assert!(elsewhere.taken.lock().unwrap()[0].0.tls);
}

#[tokio::test]
async fn while_nobody_is_refused_all_recipients_share_one_transaction() {
    let (address, elsewhere, _stop) = relay(None).await;
    let mailer = Mailer::new(&settings(address)).unwrap();
    let all = ["ana@there.test".to_owned(), "bo@there.test".to_owned()];
    let fates = mailer.deliver_each("help@desk.test", &all, &letter()).await;
    assert!(fates.iter().all(|(_, fate)| matches!(fate, Delivery::Sent(_))));
    assert_eq!(elsewhere.taken.lock().unwrap().len(), 1);
}

/// A server that knows no `SMTPUTF8`: whom it was asked to take mail for, and how often it was given one.
#[derive(Default)]
struct Old {
    asked: Mutex<Vec<String>>,
    carried: Mutex<usize>,
}

async fn old_relay() -> (SocketAddr, Arc<Old>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, old) = (listener.local_addr().unwrap(), Arc::new(Old::default()));
    let seen = old.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, seen.clone()));
        }
    });
    (address, old)
}

async fn talk(stream: TcpStream, old: Arc<Old>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut answer = "220 old.test";
    loop {
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_owned();
        answer = match verb.as_str() {
            "EHLO" => "250-old.test\r\n250 8BITMIME",
            "RCPT" => {
                old.asked.lock().unwrap().push(line);
                "250 2.1.5 yes"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                while lines.next_line().await.is_ok_and(|line| line.is_some_and(|line| line != ".")) {}
                *old.carried.lock().unwrap() += 1;
                "250 2.0.0 taken"
            }
            _ => "250 2.0.0 yes",
        };
    }
}

#[tokio::test]
async fn an_address_that_the_server_cannot_take_keeps_nobody_else_from_getting_the_mail() {
    let (address, old) = old_relay().await;
    let mailer = Mailer::new(&settings(address)).unwrap();
    let all = ["ana@there.test".to_owned(), "jörg@there.test".to_owned()];
    let fates = mailer.deliver_each("help@desk.test", &all, &letter()).await;
    assert!(matches!(fates.as_slice(), [(_, Delivery::Sent(_)), (_, Delivery::Failed(_))]), "{fates:?}");
    assert_eq!(*old.asked.lock().unwrap(), ["RCPT TO:<ana@there.test>"]);
    assert_eq!(*old.carried.lock().unwrap(), 1);
    let alone = mailer.deliver_each("help@desk.test", &all[1..], &letter()).await;
    assert!(
        matches!(alone.as_slice(), [(_, Delivery::Failed(words))] if words.contains("jörg")),
        "{alone:?}"
    );
}
