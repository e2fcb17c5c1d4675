//! A real IMAP server with one mailbox, started and stopped by the test.

use crate::until;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PROGRAMS: [&str; 3] = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/usr/bin/dovecot"];

/// Dovecot will not read mail as root, so root gives the mail to this one.
const OWNER_UNDER_ROOT: (&str, &str) = ("nobody", "nogroup");

pub struct Dovecot {
    child: Child,
    folder: tempfile::TempDir,
    pub port: u16,
    is_root: bool,
    delivered: u32,
}

impl Dovecot {
    /// `None` where it is not installed.
    pub fn start() -> Option<Dovecot> {
        let Some(program) = PROGRAMS.iter().find(|path| Path::new(path).exists()) else {
            eprintln!("dovecot is not installed: fetching by IMAP is not tried");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let is_root = said("-u") == "0";
        let (me, my_group) = (said("-un"), said("-gn"));
        let (owner, group) = if is_root { OWNER_UNDER_ROOT } else { (me.as_str(), my_group.as_str()) };
        let internal = match is_root {
            true => String::new(),
            false => format!("default_internal_user = {me}\ndefault_login_user = {me}\n"),
        };
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
        let at = folder.path().display();
        let config = format!(
            "protocols = imap\nlisten = 127.0.0.1\nssl = no\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\n\
             base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nmail_location = maildir:{at}/mail\n\
             mailbox_idle_check_interval = 1 s\n{internal}\
             passdb {{\n driver = static\n args = password=secret\n}}\n\
             userdb {{\n driver = static\n args = uid={owner} gid={group} home={at}\n}}\n\
             service anvil {{\n chroot =\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {port}\n }}\n inet_listener imaps {{\n  port = 0\n }}\n}}\n"
        );
        for name in ["mail/cur", "mail/new", "mail/tmp", "run", "state"] {
            std::fs::create_dir_all(folder.path().join(name)).expect("folders of the mailbox");
        }
        let path = folder.path().join("dovecot.conf");
        std::fs::write(&path, config).expect("its configuration");
        if is_root {
            give_away(&folder.path().join("mail"));
            told(Command::new("chmod").arg("755").arg(folder.path()));
        }
        let mut command = Command::new(program);
        command.arg("-F").arg("-c").arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("dovecot starts");
        let dovecot = Dovecot { child, folder, port, is_root, delivered: 0 };
        until("dovecot answers", || TcpStream::connect(("127.0.0.1", port)).ok());
        Some(dovecot)
    }

    fn mail(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    pub fn deliver(&mut self, message: &str) {
        self.delivered += 1;
        let name = format!("{}.M{}.test", 1_700_000_000 + self.delivered, self.delivered);
        let (temporary, path) = (self.mail().join("tmp").join(&name), self.mail().join("new").join(&name));
        std::fs::write(&temporary, message).expect("a message is written");
        if self.is_root {
            give_away(&temporary);
        }
        std::fs::rename(temporary, path).expect("a message is delivered");
    }

    /// As after a restore from a backup: the messages are the same, their numbers mean something else. The file
    /// `dovecot-uidvalidity` stays, so that the new meaning is another one even within the same second.
    pub fn forget_numbers(&self) {
        for entry in std::fs::read_dir(self.mail()).expect("the mailbox").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == "dovecot-uidlist" || name.starts_with("dovecot.index") {
                std::fs::remove_file(entry.path()).expect("its index goes");
            }
        }
    }
}

impl Drop for Dovecot {
    /// Asked, not killed: its helpers end with it.
    fn drop(&mut self) {
        let _ = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

fn give_away(path: &Path) {
    let (owner, group) = OWNER_UNDER_ROOT;
    told(Command::new("chown").args(["-R", &format!("{owner}:{group}")]).arg(path));
}

fn told(command: &mut Command) {
    assert!(command.status().expect("a program of every system").success(), "{command:?}");
}

fn said(argument: &str) -> String {
    let output = Command::new("id").arg(argument).output().expect("a program of every system");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
