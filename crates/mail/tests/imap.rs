//! The IMAP door against Dovecot, where it is installed, and against a server that says what it is told to say.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use mail::imap::{
    Connection, Fetched, FirstFetch, ImapAccount, ImapAuth, ImapError, ImapState, ImapTls, Sink, Wake,
    fetch_new, follow, probe,
};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Default)]
struct Shelf {
    mails: Mutex<Vec<Fetched>>,
    states: Mutex<Vec<ImapState>>,
    fail_at: Mutex<Option<usize>>,
}

impl Sink for Shelf {
    async fn store(&self, mail: Fetched) -> Result<(), String> {
        let mut mails = self.mails.lock().unwrap();
        if *self.fail_at.lock().unwrap() == Some(mails.len()) {
            return Err("no room".to_owned());
        }
        mails.push(mail);
        Ok(())
    }

    async fn advance(&self, state: ImapState) -> Result<(), String> {
        self.states.lock().unwrap().push(state);
        Ok(())
    }
}

impl Shelf {
    fn subjects(&self) -> Vec<String> {
        self.mails.lock().unwrap().iter().map(|mail| mail::parse::parse(&mail.raw).subject).collect()
    }
}

struct Dovecot {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    owner: Option<String>,
    delivered: usize,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // The master ends its children when it is asked to, not when it is killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

#[allow(clippy::print_stderr, reason = "a test that cannot run has to say so")]
fn missing() -> Option<Dovecot> {
    eprintln!("dovecot is not installed; IMAP is only tried against a scripted server");
    None
}

impl Dovecot {
    async fn start(certificate: Option<(&str, &str)>) -> Option<Dovecot> {
        let Some(program) = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/usr/bin/dovecot"]
            .iter()
            .find(|path| Path::new(path).exists())
        else {
            return missing();
        };
        let folder = tempfile::tempdir().unwrap();
        let said = |program: &str, arg: &str| {
            String::from_utf8(Command::new(program).arg(arg).output().unwrap().stdout)
                .unwrap()
                .trim()
                .to_owned()
        };
        let me = said("id", "-un");
        let is_root = said("id", "-u") == "0";
        let owner = if is_root { "nobody".to_owned() } else { me.clone() };
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let at = folder.path().display().to_string();
        let internal = if is_root {
            String::new()
        } else {
            format!("default_internal_user = {me}\ndefault_login_user = {me}\n")
        };
        let ssl = match certificate {
            Some((cert, key)) => {
                std::fs::write(folder.path().join("cert.pem"), cert).unwrap();
                std::fs::write(folder.path().join("key.pem"), key).unwrap();
                format!("ssl = yes\nssl_cert = <{at}/cert.pem\nssl_key = <{at}/key.pem\n")
            }
            None => "ssl = no\n".to_owned(),
        };
        let config = format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\ndisable_plaintext_auth = no\n\
             first_valid_uid = 1\nmail_location = maildir:{at}/mail\nmaildir_very_dirty_syncs = no\nmailbox_idle_check_interval = 1 s\n{internal}{ssl}\
             passdb {{\n driver = static\n args = password=secret\n}}\n\
             userdb {{\n driver = static\n args = uid={owner} gid={group} home={at}\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {port}\n }}\n inet_listener imaps {{\n  port = 0\n }}\n}}\nservice anvil {{\n chroot =\n}}\n",
            group = if is_root { "nogroup".to_owned() } else { said("id", "-gn") },
        );
        for name in ["mail/cur", "mail/new", "mail/tmp", "run", "state"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let path = folder.path().join("dovecot.conf");
        std::fs::write(&path, config).unwrap();
        if is_root {
            assert!(
                Command::new("chown")
                    .args(["-R", "nobody:nogroup"])
                    .arg(folder.path().join("mail"))
                    .status()
                    .unwrap()
                    .success()
            );
            assert!(Command::new("chmod").arg("755").arg(folder.path()).status().unwrap().success());
        }
        let child = Command::new(program)
            .arg("-F")
            .arg("-c")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let dovecot = Dovecot { child, folder, port, owner: is_root.then_some(owner), delivered: 0 };
        until("dovecot answers", || async { TcpStream::connect(("127.0.0.1", port)).await.is_ok() }).await;
        Some(dovecot)
    }

    fn mail_folder(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    fn deliver(&mut self, subject: &str, bytes: usize) {
        self.delivered += 1;
        let name = format!("{}.M{}.test", 1_700_000_000 + self.delivered, self.delivered);
        let (temporary, path) =
            (self.mail_folder().join("tmp").join(&name), self.mail_folder().join("new").join(&name));
        std::fs::write(
            &temporary,
            format!("Subject: {subject}\r\nFrom: a@b.test\r\n\r\n{}\r\n", "x".repeat(bytes)),
        )
        .unwrap();
        if let Some(owner) = &self.owner {
            assert!(Command::new("chown").arg(owner).arg(&temporary).status().unwrap().success());
        }
        std::fs::rename(temporary, path).unwrap();
    }

    fn account(&self) -> ImapAccount {
        account(self.port)
    }
}

fn account(port: u16) -> ImapAccount {
    ImapAccount {
        host: "localhost".to_owned(),
        port,
        tls: ImapTls::Plain,
        user: "desk".to_owned(),
        auth: ImapAuth::Password("secret".to_owned()),
        folder: "INBOX".to_owned(),
        first_fetch: FirstFetch::Everything,
        ca_pem: None,
    }
}

/// Waits for a condition, and fails if it does not come true.
async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(30), waiting).await.is_ok(),
        "{what}: it did not happen"
    );
}

#[tokio::test]
async fn everything_is_fetched_once_and_a_week_offline_is_caught_up() {
    let Some(mut dovecot) = Dovecot::start(None).await else { return };
    let shelf = Shelf::default();
    for number in 0..120 {
        dovecot.deliver(&format!("mail {number}"), 100);
    }
    let state = fetch_new(&dovecot.account(), None, &shelf).await.unwrap();
    assert_eq!((shelf.mails.lock().unwrap().len(), state.last_uid), (120, 120));
    assert_eq!(fetch_new(&dovecot.account(), Some(state), &shelf).await.unwrap(), state);
    assert_eq!(shelf.mails.lock().unwrap().len(), 120);
    for number in 120..180 {
        dovecot.deliver(&format!("mail {number}"), 100);
    }
    let later = fetch_new(&dovecot.account(), Some(state), &shelf).await.unwrap();
    assert_eq!(later.last_uid, 180);
    let expected: Vec<String> = (0..180).map(|number| format!("mail {number}")).collect();
    assert_eq!(shelf.subjects(), expected);
    assert!(
        std::fs::read_dir(dovecot.mail_folder().join("cur"))
            .unwrap()
            .flatten()
            .all(|file| file.file_name().to_string_lossy().ends_with(":2,S"))
    );
}

#[tokio::test]
async fn when_the_numbers_change_their_meaning_all_is_handed_over_again() {
    let Some(mut dovecot) = Dovecot::start(None).await else { return };
    let shelf = Shelf::default();
    dovecot.deliver("one", 10);
    let state = fetch_new(&dovecot.account(), None, &shelf).await.unwrap();
    for name in [
        "dovecot-uidlist",
        "dovecot-uidvalidity",
        "dovecot.index.log",
        "dovecot.index.cache",
        "dovecot.index",
    ] {
        let _ = std::fs::remove_file(dovecot.mail_folder().join(name));
    }
    let foreign = ImapState { uid_validity: state.uid_validity.wrapping_sub(1), last_uid: 4_000 };
    let fresh = fetch_new(&dovecot.account(), Some(foreign), &shelf).await.unwrap();
    assert_ne!(fresh.uid_validity, foreign.uid_validity);
    assert_eq!(shelf.subjects(), ["one", "one"]);
}

#[tokio::test]
async fn the_place_moves_only_behind_what_is_stored() {
    let Some(mut dovecot) = Dovecot::start(None).await else { return };
    let shelf = Shelf::default();
    for number in 0..60 {
        dovecot.deliver(&format!("mail {number}"), 10);
    }
    *shelf.fail_at.lock().unwrap() = Some(55);
    assert!(matches!(fetch_new(&dovecot.account(), None, &shelf).await, Err(ImapError::Sink(_))));
    let place = *shelf.states.lock().unwrap().last().unwrap();
    assert_eq!(place.last_uid, 50);
    *shelf.fail_at.lock().unwrap() = None;
    fetch_new(&dovecot.account(), Some(place), &shelf).await.unwrap();
    let mut subjects = shelf.subjects();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), 60);
}

#[tokio::test]
async fn old_mail_is_left_alone_when_that_is_wished() {
    let Some(mut dovecot) = Dovecot::start(None).await else { return };
    dovecot.deliver("seen before", 10);
    fetch_new(&dovecot.account(), None, &Shelf::default()).await.unwrap();
    dovecot.deliver("unseen", 10);
    let shelf = Shelf::default();
    fetch_new(&ImapAccount { first_fetch: FirstFetch::Unseen, ..dovecot.account() }, None, &shelf)
        .await
        .unwrap();
    assert_eq!(shelf.subjects(), ["unseen"]);
    dovecot.deliver("later", 10);
    let shelf = Shelf::default();
    let state =
        fetch_new(&ImapAccount { first_fetch: FirstFetch::OnlyNew, ..dovecot.account() }, None, &shelf)
            .await
            .unwrap();
    assert!(shelf.subjects().is_empty());
    dovecot.deliver("new", 10);
    fetch_new(&dovecot.account(), Some(state), &shelf).await.unwrap();
    assert_eq!(shelf.subjects(), ["new"]);
}

#[tokio::test]
async fn waiting_ends_when_mail_comes() {
    let Some(mut dovecot) = Dovecot::start(None).await else { return };
    assert!(probe(&dovecot.account()).await.unwrap().idle);
    let shelf = Shelf::default();
    let mut connection = Connection::open(&dovecot.account()).await.unwrap();
    let state = connection.fetch_new(None, &shelf).await.unwrap();
    let waiting = tokio::spawn(connection.idle_once(Duration::from_secs(25)));
    dovecot.deliver("surprise", 10);
    let (mut connection, wake) = waiting.await.unwrap().unwrap();
    assert_eq!(wake, Wake::Changed);
    connection.fetch_new(Some(state), &shelf).await.unwrap();
    assert_eq!(shelf.subjects(), ["surprise"]);
    connection.close().await;
}

#[tokio::test]
async fn a_mailbox_is_followed_until_the_desk_goes_down() {
    let Some(mut dovecot) = Dovecot::start(None).await else { return };
    let shelf = std::sync::Arc::new(Shelf::default());
    let (stop, stopped) = watch::channel(false);
    let (account, sink) = (dovecot.account(), shelf.clone());
    let following = tokio::spawn(async move { follow(&account, None, sink.as_ref(), stopped).await });
    for (count, subject) in ["first", "second", "third"].iter().enumerate() {
        dovecot.deliver(subject, 10);
        until(subject, || async { shelf.mails.lock().unwrap().len() == count + 1 }).await;
    }
    stop.send(true).unwrap();
    assert!(following.await.unwrap().is_some());
}

#[tokio::test]
async fn a_message_that_is_too_large_is_shown_in_part() {
    let Some(mut dovecot) = Dovecot::start(None).await else { return };
    dovecot.deliver("huge", mail::parse::MESSAGE_BYTES_MAX + 1);
    dovecot.deliver("small", 10);
    let shelf = Shelf::default();
    fetch_new(&dovecot.account(), None, &shelf).await.unwrap();
    assert_eq!(shelf.subjects(), ["huge", "small"]);
    let mails = shelf.mails.lock().unwrap();
    assert!(mails[0].is_cut && mails[0].raw.len() < 1_000_000 && !mails[1].is_cut);
}

#[tokio::test]
async fn starttls_is_used_and_strange_certificates_and_passwords_are_refused() {
    let (cert, key) = mail::smtp::self_signed("localhost").unwrap();
    let Some(mut dovecot) = Dovecot::start(Some((&cert, &key))).await else { return };
    dovecot.deliver("secret", 10);
    let shelf = Shelf::default();
    let trusting = ImapAccount { tls: ImapTls::StartTls, ca_pem: Some(cert), ..dovecot.account() };
    fetch_new(&trusting, None, &shelf).await.unwrap();
    assert_eq!(shelf.subjects(), ["secret"]);
    let doubtful = ImapAccount { ca_pem: None, ..trusting.clone() };
    assert!(matches!(probe(&doubtful).await, Err(ImapError::Tls(_))));
    let stranger = ImapAccount { auth: ImapAuth::Password("wrong".to_owned()), ..trusting };
    match probe(&stranger).await {
        Err(ImapError::Refused(words)) => assert!(words.contains("uthentication failed"), "{words}"),
        other => panic!("{other:?}"),
    }
}

/// Plays its part line by line: what it expects, and what it answers; `*` in the answer is the client's tag.
async fn scripted(script: Vec<(&'static str, String)>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"* OK hello\r\n").await.unwrap();
        let mut tag = String::new();
        for (expected, answer) in script {
            let Ok(Some(line)) = lines.next_line().await else { return };
            assert!(line.contains(expected), "{line} instead of {expected}");
            if line.contains(' ') {
                tag = line.split(' ').next().unwrap().to_owned();
            }
            write.write_all(answer.replace("TAG", &tag).as_bytes()).await.unwrap();
        }
    });
    port
}

#[tokio::test]
async fn a_token_signs_in_and_a_server_without_idle_is_polled() {
    let port = scripted(vec![
        ("AUTHENTICATE XOAUTH2", "+ \r\n".to_owned()),
        // user=desk^Aauth=Bearer t0ken^A^A
        ("dXNlcj1kZXNrAWF1dGg9QmVhcmVyIHQwa2VuAQE=", "TAG OK in\r\n".to_owned()),
        ("CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n".to_owned()),
        (
            "SELECT",
            "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok\r\nTAG OK [READ-WRITE] open\r\n"
                .to_owned(),
        ),
    ])
    .await;
    let account = ImapAccount {
        auth: ImapAuth::XOAuth2 { token: "t0ken".to_owned() },
        host: "127.0.0.1".to_owned(),
        ..account(port)
    };
    let connection = Connection::open(&account).await.unwrap();
    let (_, wake) = connection.idle_once(Duration::from_secs(1)).await.unwrap();
    assert_eq!(wake, Wake::NotOffered);
}

#[tokio::test]
async fn an_expired_token_is_refused_in_the_servers_words() {
    let port = scripted(vec![
        ("AUTHENTICATE XOAUTH2", "+ \r\n".to_owned()),
        ("dXNlcj", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n".to_owned()),
        ("", "TAG NO [AUTHENTICATIONFAILED] token expired\r\n".to_owned()),
    ])
    .await;
    let account = ImapAccount {
        auth: ImapAuth::XOAuth2 { token: "old".to_owned() },
        host: "127.0.0.1".to_owned(),
        ..account(port)
    };
    match probe(&account).await {
        Err(ImapError::Refused(words)) => assert!(words.contains("token expired"), "{words}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_of_another_kind_is_quoted_in_its_own_words() {
    for (greeting, line) in [
        ("220 \"sink\" at C:\\run\r\n", "220 \"sink\" at C:\\run"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let account =
            ImapAccount { host: "127.0.0.1".to_owned(), ..account(listener.local_addr().unwrap().port()) };
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(greeting.as_bytes()).await.unwrap();
            // Stays on the line until the other side has read it.
            let _ = BufReader::new(stream).lines().next_line().await;
        });
        let said = probe(&account).await.unwrap_err().to_string();
        assert_eq!(said, format!("the server said: “{line}”, which is not IMAP"));
    }
}

#[tokio::test]
async fn nobody_at_home_is_said_so() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert!(matches!(probe(&account(port)).await, Err(ImapError::Unreachable { .. })));
}
