//! Settings of the process: flags before variables before the file before defaults, in one table.

use crate::Outcome;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

macro_rules! settings {
    ($($(#[doc = $meaning:literal])+ $name:ident / $variable:literal : $kind:ty = $default:literal),+ $(,)?) => {
        /// Where and how the desk runs. Every setting can also come from a variable or from the file of `--config`.
        #[derive(Clone, Debug, Default, clap::Args)]
        pub struct Flags {
            /// A TOML file with any of these settings, by their long names.
            #[arg(long, value_name = "FILE", env = "APTDESK_CONFIG")]
            pub config: Option<PathBuf>,
            $($(#[doc = $meaning])+ #[arg(long, env = $variable)] pub $name: Option<$kind>,)+
        }

        #[derive(Deserialize, Default)]
        #[serde(default, deny_unknown_fields)]
        struct File { $($name: Option<$kind>,)+ }

        impl Flags {
            fn or(self, file: File) -> Flags {
                Flags { config: self.config, $($name: self.$name.or(file.$name),)+ }
            }
        }

        struct Row { name: &'static str, variable: &'static str, default: &'static str, meaning: &'static [&'static str] }

        const TABLE: &[Row] = &[$(Row {
            name: stringify!($name), variable: $variable, default: $default, meaning: &[$($meaning),+],
        }),+];
    };
}

settings! {
    /// Folder of the desk's data: database, files, certificate.
    data / "APTDESK_DATA": PathBuf = "aptdesk-data",
    /// `sqlite:PATH` or `postgres://…`.
    database / "APTDESK_DATABASE": String = "sqlite:DATA/desk.sqlite",
    /// Address of the pages and the API.
    http / "APTDESK_HTTP": SocketAddr = "127.0.0.1:8080",
    /// Address where mail is received by SMTP; `off` receives none.
    smtp / "APTDESK_SMTP": String = "127.0.0.1:2525",
    /// How browsers and customers reach the desk; goes into links and mails.
    public_url / "APTDESK_PUBLIC_URL": String = "http://ADDRESS-OF-HTTP",
    /// The name that the SMTP door greets with and that outgoing Message-IDs fall back to.
    hostname / "APTDESK_HOSTNAME": String = "localhost",
    /// Certificate (PEM) of the SMTP door; without one, a self-signed one is made and kept.
    tls_certificate / "APTDESK_TLS_CERTIFICATE": PathBuf = "",
    /// Key (PEM) of that certificate.
    tls_key / "APTDESK_TLS_KEY": PathBuf = "",
    /// Server that takes outgoing mail, as `HOST:PORT`; without one, mail waits as deferred. A mailbox may have its own.
    relay / "APTDESK_RELAY": String = "",
    /// `starttls`, `tls` or `plain`.
    relay_security / "APTDESK_RELAY_SECURITY": String = "starttls",
    /// User name at the relay.
    relay_user / "APTDESK_RELAY_USER": String = "",
    /// Password at the relay; better given as a variable than as a flag.
    relay_password / "APTDESK_RELAY_PASSWORD": String = "",
    /// Domain whose outgoing mail is signed by DKIM.
    dkim_domain / "APTDESK_DKIM_DOMAIN": String = "",
    /// Selector of the DKIM key.
    dkim_selector / "APTDESK_DKIM_SELECTOR": String = "",
    /// Private key (PEM) for DKIM.
    dkim_key / "APTDESK_DKIM_KEY": PathBuf = "",
    /// `full`: an acknowledged change survives a power cut. `normal`: the last moments may be lost; faster on slow disks.
    durability / "APTDESK_DURABILITY": String = "full",
    /// Largest e-mail that is received, in MiB.
    mail_mib_max / "APTDESK_MAIL_MIB_MAX": usize = "25",
    /// `text` or `json`.
    log_format / "APTDESK_LOG_FORMAT": String = "text",
    /// What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `info,mail=debug`.
    log / "APTDESK_LOG": String = "info",
    /// Who asks DNS for SPF, DKIM and DMARC: `system`, or `off`.
    resolver / "APTDESK_RESOLVER": String = "system",
}

/// All settings, settled.
#[derive(Clone, Debug)]
pub struct Config {
    pub data: PathBuf,
    pub database: String,
    pub http: SocketAddr,
    pub smtp: Option<SocketAddr>,
    /// `None`: taken from the address that was bound, and not written into the desk's settings.
    pub public_url: Option<String>,
    pub hostname: String,
    pub tls: Option<(PathBuf, PathBuf)>,
    pub relay: Option<Relay>,
    pub dkim: Option<Dkim>,
    pub durable: bool,
    pub mail_bytes_max: usize,
    pub log_json: bool,
    pub log: String,
    pub resolver: bool,
}

#[derive(Clone)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub security: String,
    pub user: Option<String>,
    pub password: Option<String>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relay({}:{}, {})", self.host, self.port, self.security)
    }
}

#[derive(Clone, Debug)]
pub struct Dkim {
    pub domain: String,
    pub selector: String,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the configuration file {0} could not be read")]
    Unreadable(PathBuf, #[source] std::io::Error),
    #[error("the configuration file {0} is not understood")]
    NotToml(PathBuf, #[source] Box<toml::de::Error>),
    #[error("{0}: {1:?} is not understood; it takes {2}")]
    Value(&'static str, String, &'static str),
    #[error("a DKIM key needs its domain and its selector as well")]
    HalfDkim,
    #[error("a certificate needs its key, and a key its certificate")]
    HalfTls,
}

impl Flags {
    pub fn settle(&self) -> Result<Config, ConfigError> {
        let flags = match &self.config {
            None => self.clone(),
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|e| ConfigError::Unreadable(path.clone(), e))?;
                let file: File =
                    toml::from_str(&text).map_err(|e| ConfigError::NotToml(path.clone(), Box::new(e)))?;
                self.clone().or(file)
            }
        };
        let data = flags.data.unwrap_or_else(|| "aptdesk-data".into());
        let smtp = match flags.smtp.as_deref() {
            None => Some(SocketAddr::from(([127, 0, 0, 1], 2525))),
            Some("off") => None,
            Some(text) => Some(text.parse().map_err(|_| {
                ConfigError::Value("smtp", text.to_owned(), "an address such as 0.0.0.0:25, or off")
            })?),
        };
        let full = |text: Option<String>| text.filter(|text| !text.is_empty());
        let security = flags.relay_security.unwrap_or_else(|| "starttls".into());
        if !matches!(security.as_str(), "starttls" | "tls" | "plain") {
            return Err(ConfigError::Value("relay_security", security, "starttls, tls or plain"));
        }
        let relay = match full(flags.relay) {
            None => None,
            Some(text) => {
                let wrong = || ConfigError::Value("relay", text.clone(), "HOST:PORT");
                let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
                Some(Relay {
                    host: host.to_owned(),
                    port: port.parse().map_err(|_| wrong())?,
                    security,
                    user: full(flags.relay_user),
                    password: full(flags.relay_password),
                })
            }
        };
        let dkim = match (full(flags.dkim_domain), full(flags.dkim_selector), flags.dkim_key) {
            (None, None, None) => None,
            (Some(domain), Some(selector), Some(key)) => Some(Dkim { domain, selector, key }),
            _ => return Err(ConfigError::HalfDkim),
        };
        let tls = match (flags.tls_certificate, flags.tls_key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate, key)),
            _ => return Err(ConfigError::HalfTls),
        };
        let durability = flags.durability.unwrap_or_else(|| "full".into());
        let durable = match durability.as_str() {
            "full" => true,
            "normal" => false,
            _ => return Err(ConfigError::Value("durability", durability, "full or normal")),
        };
        Ok(Config {
            database: flags
                .database
                .unwrap_or_else(|| format!("sqlite:{}", data.join("desk.sqlite").display())),
            http: flags.http.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            smtp,
            public_url: full(flags.public_url).map(|url| url.trim_end_matches('/').to_owned()),
            hostname: flags.hostname.unwrap_or_else(|| "localhost".into()),
            tls,
            relay,
            dkim,
            durable,
            mail_bytes_max: flags.mail_mib_max.unwrap_or(25) * 1024 * 1024,
            log_json: flags.log_format.as_deref() == Some("json"),
            log: flags.log.unwrap_or_else(|| "info".into()),
            resolver: flags.resolver.as_deref() != Some("off"),
            data,
        })
    }
}

impl Config {
    /// Opens the desk of these settings; makes its folder first.
    pub fn open(&self) -> Result<desk::Desk, desk::OpenError> {
        std::fs::create_dir_all(&self.data).map_err(|e| desk::OpenError::Folder(self.data.clone(), e))?;
        let connect = crate::postgres_tls::connect();
        let options = db::Options { durable: self.durable, connect, ..db::Options::default() };
        desk::Desk::open(&self.database, self.data.join("files"), options)
    }

    /// Opens the desk of these settings, which must be there: for a folder that was mistyped no empty desk is made, of
    /// which everything would be in order.
    pub fn open_existing(&self) -> Result<desk::Desk, ExistingError> {
        let path = self.database.strip_prefix("sqlite:").map(std::path::Path::new);
        if path.is_some_and(|path| !path.exists()) {
            return Err(ExistingError::NoDesk(self.data.clone()));
        }
        Ok(self.open()?)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExistingError {
    #[error("there is no desk in {}", .0.display())]
    NoDesk(PathBuf),
    #[error(transparent)]
    Open(#[from] desk::OpenError),
}

/// What matters to a verb that only opens the desk's data.
const OF_THE_DATA: [&str; 4] = ["config", "data", "database", "durability"];

/// A verb, and those below it, with a help that lists only the settings that matter to it. The others are taken all the
/// same: one file and one script may serve all verbs.
pub fn with_fitting_help(verb: clap::Command) -> clap::Command {
    let matters_too: &[&str] = match verb.get_name() {
        "serve" | "demo" => return verb,
        "setup" => &["http", "public_url"],
        _ => &[],
    };
    let is_of_the_server = |id: &str| {
        !OF_THE_DATA.contains(&id) && !matters_too.contains(&id) && TABLE.iter().any(|row| row.name == id)
    };
    let fit = |arg: clap::Arg| {
        let is_hidden = is_of_the_server(arg.get_id().as_str());
        if is_hidden { arg.hide(true) } else { arg }
    };
    verb.mut_args(fit).mut_subcommands(with_fitting_help)
}

pub fn print_table(markdown: bool) -> Outcome {
    for line in table(markdown) {
        crate::say(&line);
    }
    Ok(())
}

/// The one table of settings, for the terminal and for the guide.
pub fn table(markdown: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if markdown {
        lines.push("# Settings of the process".into());
        lines.push(String::new());
        lines.push("Flags come before variables, variables before the file given by `--config`, the file before defaults.".into());
        lines.push("Generated by `cargo xtask generate` from the program itself.".into());
        lines.push(String::new());
        lines.push("| in the file | flag | variable | default | meaning |".into());
        lines.push("| --- | --- | --- | --- | --- |".into());
    }
    for row in TABLE {
        let meaning = row.meaning.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let flag = row.name.replace('_', "-");
        let default = if row.default.is_empty() { "–" } else { row.default };
        lines.push(match markdown {
            true => format!("| `{}` | `--{flag}` | `{}` | `{default}` | {meaning} |", row.name, row.variable),
            false => format!("--{flag} ({}, default {default})\n    {meaning}", row.variable),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("aptdesk.toml");
        std::fs::write(&path, "hostname = \"desk.example.org\"\nsmtp = \"off\"\n").expect("written");
        let flags =
            Flags { config: Some(path), hostname: Some("other.example.org".into()), ..Flags::default() };
        let config = flags.settle().expect("understood");
        assert_eq!((config.hostname.as_str(), config.smtp), ("other.example.org", None));
        assert_eq!(config.http.port(), 8080);
    }

    #[test]
    fn an_unknown_setting_in_the_file_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("aptdesk.toml");
        std::fs::write(&path, "colour = \"red\"\n").expect("written");
        let refused = Flags { config: Some(path), ..Flags::default() }.settle().expect_err("refused");
        let source = std::error::Error::source(&refused).expect("a source").to_string();
        assert!(source.contains("colour"), "{source}");
    }

    #[test]
    fn every_setting_says_what_it_means() {
        assert!(table(true).len() > 20);
        assert!(TABLE.iter().all(|row| !row.meaning.is_empty() && row.variable.starts_with("APTDESK_")));
    }
}
