//! The form of a mailbox, to and from what the desk keeps.

use crate::fields::Fields;
use desk::mail::mailboxes::{Mailbox, MailboxKind, MailboxSettings, Security, Server, SignIn};

/// What stands in the fields.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub address: String,
    pub name: String,
    pub kind: String,
    pub group: String,
    pub folder: String,
    pub plus_addresses: bool,
    pub imap: ServerForm,
    /// Answers leave through a server of this mailbox's own.
    pub own_smtp: bool,
    pub smtp: ServerForm,
}

#[derive(Clone, Debug, Default)]
pub struct ServerForm {
    pub host: String,
    pub port: String,
    pub security: String,
    pub user: String,
    pub sign_in: String,
}

impl Form {
    pub fn empty() -> Form {
        Form {
            kind: "smtp".into(),
            folder: "INBOX".into(),
            plus_addresses: true,
            imap: ServerForm { port: "993".into(), security: "tls".into(), ..ServerForm::default() },
            smtp: ServerForm { port: "587".into(), security: "start_tls".into(), ..ServerForm::default() },
            ..Form::default()
        }
    }

    pub fn of(mailbox: &Mailbox) -> Form {
        let settings = &mailbox.settings;
        let empty = Form::empty();
        Form {
            address: mailbox.address.clone(),
            name: mailbox.name.clone(),
            kind: mailbox.kind.name().to_owned(),
            group: mailbox.group.map(|id| id.to_string()).unwrap_or_default(),
            folder: settings.folder.clone(),
            plus_addresses: settings.plus_addresses,
            imap: settings.imap.as_ref().map_or(empty.imap, ServerForm::of),
            own_smtp: settings.smtp.is_some(),
            smtp: settings.smtp.as_ref().map_or(empty.smtp, ServerForm::of),
        }
    }

    pub fn read(fields: &Fields) -> Form {
        Form {
            address: fields.owned("address"),
            name: fields.owned("name"),
            kind: fields.owned("kind"),
            group: fields.owned("group"),
            folder: fields.owned("folder"),
            plus_addresses: fields.is_on("plus_addresses"),
            imap: ServerForm::read(fields, "imap"),
            own_smtp: fields.is_on("own_smtp"),
            smtp: ServerForm::read(fields, "smtp"),
        }
    }

    pub fn kind(&self) -> MailboxKind {
        if self.kind == "imap" { MailboxKind::Imap } else { MailboxKind::Smtp }
    }

    pub fn settings(&self) -> MailboxSettings {
        let folder = if self.folder.is_empty() { "INBOX".to_owned() } else { self.folder.clone() };
        MailboxSettings {
            imap: (self.kind() == MailboxKind::Imap).then(|| self.imap.server(993)),
            folder,
            smtp: self.own_smtp.then(|| self.smtp.server(587)),
            plus_addresses: self.plus_addresses,
        }
    }

    /// A server that is asked for and not named: the field, and what is wrong.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        let port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0);
        if self.kind() == MailboxKind::Imap {
            if self.imap.host.is_empty() {
                return Some(("imap_host", "Name the server that keeps this mailbox."));
            }
            if !port(&self.imap.port) {
                return Some(("imap_port", "A port is a number from 1 to 65535."));
            }
        }
        if self.own_smtp {
            if self.smtp.host.is_empty() {
                return Some(("smtp_host", "Name the server that takes its outgoing mail."));
            }
            if !port(&self.smtp.port) {
                return Some(("smtp_port", "A port is a number from 1 to 65535."));
            }
        }
        None
    }
}

impl ServerForm {
    fn of(server: &Server) -> ServerForm {
        let security = match server.security {
            Security::Tls => "tls",
            Security::StartTls => "start_tls",
            Security::None => "none",
        };
        let sign_in = match server.sign_in {
            SignIn::Password => "password",
            SignIn::Xoauth2 => "xoauth2",
        };
        ServerForm {
            host: server.host.clone(),
            port: server.port.to_string(),
            security: security.to_owned(),
            user: server.user.clone(),
            sign_in: sign_in.to_owned(),
        }
    }

    fn read(fields: &Fields, of: &str) -> ServerForm {
        let field = |name: &str| fields.owned(&format!("{of}_{name}"));
        ServerForm {
            host: field("host"),
            port: field("port"),
            security: field("security"),
            user: field("user"),
            sign_in: field("sign_in"),
        }
    }

    fn server(&self, usual_port: u16) -> Server {
        Server {
            host: self.host.clone(),
            port: self.port.parse().unwrap_or(usual_port),
            security: match self.security.as_str() {
                "start_tls" => Security::StartTls,
                "none" => Security::None,
                _ => Security::Tls,
            },
            user: self.user.clone(),
            sign_in: if self.sign_in == "xoauth2" { SignIn::Xoauth2 } else { SignIn::Password },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetched_mailbox_needs_a_server() {
        let form = Form { kind: "imap".into(), ..Form::empty() };
        assert_eq!(form.wrong().unwrap().0, "imap_host");
        assert_eq!(Form::empty().wrong(), None);
    }

    #[test]
    fn what_is_kept_comes_back_into_the_form() {
        let mut form = Form { kind: "imap".into(), own_smtp: true, ..Form::empty() };
        form.imap.host = "imap.example.org".into();
        form.smtp.host = "mail.example.org".into();
        let settings = form.settings();
        assert_eq!(settings.imap.as_ref().map(|it| it.port), Some(993));
        assert_eq!(settings.smtp.as_ref().map(|it| it.security), Some(Security::StartTls));
        assert_eq!(ServerForm::of(&settings.smtp.unwrap()).security, "start_tls");
    }
}
