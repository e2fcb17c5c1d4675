//! A sending server of our own: it speaks SMTP by hand and knows when it must try again.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(60);

pub struct Sender {
    stream: BufReader<TcpStream>,
}

impl Sender {
    pub fn connect(to: SocketAddr) -> io::Result<Sender> {
        let stream = TcpStream::connect_timeout(&to, TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        let mut sender = Sender { stream: BufReader::new(stream) };
        sender.expect(220)?;
        sender.say(b"EHLO sender.example\r\n")?;
        sender.expect(250)?;
        Ok(sender)
    }

    /// `Ok` only when the other side has taken the message on.
    pub fn send(&mut self, from: &str, to: &str, message: &[u8]) -> io::Result<()> {
        self.say(format!("MAIL FROM:<{from}>\r\nRCPT TO:<{to}>\r\nDATA\r\n").as_bytes())?;
        self.expect(250)?;
        self.expect(250)?;
        self.expect(354)?;
        let mut wire = Vec::with_capacity(message.len() + 16);
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                wire.push(b'.');
            }
            wire.extend_from_slice(line);
        }
        wire.extend_from_slice(if message.ends_with(b"\r\n") { b".\r\n" } else { b"\r\n.\r\n" });
        self.say(&wire)?;
        self.expect(250)
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    fn expect(&mut self, wanted: u16) -> io::Result<()> {
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let code: u16 = line.get(..3).and_then(|code| code.parse().ok()).unwrap_or_default();
            if code != wanted {
                return Err(io::Error::other(line.trim_end().to_owned()));
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }
}

/// One message over a connection of its own.
pub fn send(to_server: SocketAddr, from: &str, to: &str, message: &str) {
    let mut sender = Sender::connect(to_server).expect("the SMTP door answers");
    sender.send(from, to, message.as_bytes()).expect("the SMTP door takes the message");
}
