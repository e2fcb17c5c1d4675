//! What keeps mail from doing harm: loops, floods, forgeries, and the desk itself as a mail bomb.

use super::{Address, Incoming, mailboxes, store};
use crate::people::{self, User};
use crate::{Tx, settings};
use serde::{Deserialize, Serialize};

pub(super) const HOUR_MS: i64 = 3_600_000;
/// Automatic mails to one address within three hours.
pub(super) const AUTOMATIC_PER_ADDRESS_MAX: usize = 10;
/// Automatic mails to one address with one subject within three hours.
pub(super) const AUTOMATIC_PER_SUBJECT_MAX: usize = 2;
pub(super) const AUTOMATIC_WINDOW_MS: i64 = 3 * HOUR_MS;
/// Senders and domains that may be named as writing much.
pub const BUSY_SENDERS_MAX: usize = 200;

/// What an admin may change about the handling of mail. Setting `mail_rules`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailRules {
    /// Tell a new requester that the mail has arrived.
    pub acknowledge: bool,
    /// Also those whose sender could not be verified. Makes the desk usable against third parties.
    pub acknowledge_unverified: bool,
    /// An agent's answer by mail counts as the agent's even if the sender could not be verified.
    pub trust_unverified_agents: bool,
    /// Mails of one sender within an hour; what comes beyond is suspended until the hour has passed. Above what a
    /// person writes, who rarely comes to some tens.
    pub mails_per_sender_per_hour_max: i64,
    /// Addresses, and whole domains, that write much by their nature: a monitoring system, the form of a web site.
    pub busy_senders: Vec<String>,
    /// Mails of one of the busy senders within an hour.
    pub mails_per_busy_sender_per_hour_max: i64,
    /// Mails in a row, within an hour, in which one sender says the same; what comes beyond is suspended.
    pub same_mails_per_sender_per_hour_max: i64,
    /// Automatic mails of the whole desk within an hour.
    pub automatic_per_hour_max: i64,
}

impl Default for MailRules {
    fn default() -> Self {
        MailRules {
            acknowledge: true,
            acknowledge_unverified: false,
            trust_unverified_agents: false,
            mails_per_sender_per_hour_max: 100,
            busy_senders: Vec::new(),
            mails_per_busy_sender_per_hour_max: 2_000,
            same_mails_per_sender_per_hour_max: 50,
            automatic_per_hour_max: 2_000,
        }
    }
}

impl MailRules {
    pub fn load(tx: &mut Tx) -> Result<MailRules, db::Error> {
        Ok(settings::find(tx, "mail_rules")?.unwrap_or_default())
    }

    pub fn save(&self, tx: &mut Tx) -> Result<(), super::MailError> {
        if !tx.actor().is_admin() {
            return Err(super::MailError::NotAnAdmin);
        }
        self.check()?;
        settings::save(tx, "mail_rules", self)?;
        let by = tx.actor().user();
        Ok(crate::events::record(tx, &crate::events::Event::SettingsChanged { by })?)
    }

    /// What keeps these rules from being saved.
    pub fn check(&self) -> Result<(), super::MailError> {
        if self.busy_senders.len() > BUSY_SENDERS_MAX {
            return Err(super::MailError::TooManySenders);
        }
        match self.busy_senders.iter().find(|it| fold_sender(it).as_ref() != Some(*it)) {
            Some(wrong) => Err(super::MailError::NotASender(wrong.clone())),
            None => Ok(()),
        }
    }

    /// Mails that this sender may write within an hour.
    fn mails_per_hour_max(&self, address: &str) -> i64 {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        match self.busy_senders.iter().any(|it| it == address || it == domain) {
            true => self.mails_per_busy_sender_per_hour_max,
            false => self.mails_per_sender_per_hour_max,
        }
    }
}

/// An address or a domain as it is listed among the busy senders; `None` if it is neither.
pub fn fold_sender(text: &str) -> Option<String> {
    people::fold_address(text).or_else(|| people::fold_domain(text))
}

/// Who wrote: From, or the envelope's sender where From is missing.
pub(super) fn sender_of(parsed: &Incoming, mail_from: &str) -> Address {
    let named =
        [Some(&parsed.from), parsed.sender.as_ref()].into_iter().flatten().find(|it| is_address(&it.address));
    match named {
        Some(it) => Address { name: it.name.clone(), address: it.address.trim().to_lowercase() },
        None if is_address(mail_from) => Address::bare(mail_from.trim().to_lowercase()),
        None => Address::default(),
    }
}

pub(super) fn is_address(text: &str) -> bool {
    crate::people::fold_address(text).is_some()
}

/// Why this mail must not become a comment by itself; `None`: it may.
pub(super) fn reason_to_suspend(
    tx: &mut Tx,
    sender: &Address,
    user: Option<&User>,
    parsed: &Incoming,
    rules: &MailRules,
) -> Result<Option<String>, db::Error> {
    if sender.address.is_empty() {
        return Ok(Some("it names nobody as its sender".into()));
    }
    if parsed.our_loop_header {
        return Ok(Some("it is our own mail, come back".into()));
    }
    if mailboxes::is_ours(tx, &sender.address)? {
        return Ok(Some(format!("it claims to come from {}, which is our own address", sender.address)));
    }
    if user.is_some_and(|user| user.suspended_at.is_some() || user.deleted_at.is_some()) {
        return Ok(Some("its sender is suspended".into()));
    }
    let words = words_hash(parsed);
    let (mails, same) = store::count_sender(tx, &sender.address, &words, HOUR_MS)?;
    let most = rules.mails_per_hour_max(&sender.address);
    let most_same = rules.same_mails_per_sender_per_hour_max;
    if mails > most {
        return Ok(Some(format!("more than {most} mails came from {} within an hour", sender.address)));
    }
    if same > most_same {
        return Ok(Some(format!(
            "{} said the same more than {most_same} times within an hour",
            sender.address
        )));
    }
    Ok(None)
}

/// What a mail says, without what differs between two copies of it.
fn words_hash(parsed: &Incoming) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(parsed.subject.trim().as_bytes());
    hash.update([0]);
    hash.update(parsed.text_new.trim().as_bytes());
    crate::blobs::hex(&hash.finalize()[..8])
}

/// An answer given by a machine to our mail (out of office), as against a form that a person filled in.
pub(super) fn is_automatic_reply(parsed: &Incoming) -> bool {
    const REPLIES: [&str; 6] =
        ["auto-replied", "autoreply", "auto-reply", "autorespond", "vacation", "auto_reply"];
    parsed.machine.as_ref().is_some_and(|why| {
        let why = why.to_lowercase();
        REPLIES.iter().any(|word| why.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_stands_in_for_a_missing_from() {
        let mut parsed = Incoming::default();
        assert_eq!(sender_of(&parsed, "").address, "");
        assert_eq!(sender_of(&parsed, "Ana@Example.org").address, "ana@example.org");
        parsed.sender = Some(Address::bare("secretary@example.org"));
        assert_eq!(sender_of(&parsed, "x@y.z").address, "secretary@example.org");
        parsed.from = Address { name: Some("Ana".into()), address: "ANA@example.org".into() };
        assert_eq!(sender_of(&parsed, "x@y.z").address, "ana@example.org");
    }

    #[test]
    fn who_writes_much_by_nature_is_listed_by_address_or_by_domain() {
        let busy_senders = vec!["alarms@example.org".to_owned(), "forms.example".to_owned()];
        let rules = MailRules { busy_senders, ..MailRules::default() };
        assert!(rules.check().is_ok());
        for busy in ["alarms@example.org", "shop@forms.example"] {
            assert_eq!(rules.mails_per_hour_max(busy), 2_000, "{busy}");
        }
        for other in ["ana@example.org", "a@other.forms.example", "forms.example@b.example", ""] {
            assert_eq!(rules.mails_per_hour_max(other), 100, "{other}");
        }
        assert_eq!(fold_sender(" @Forms.Example ").as_deref(), Some("forms.example"));
        assert_eq!(fold_sender("Alarms@Example.org").as_deref(), Some("alarms@example.org"));
        for wrong in ["localhost", "two words", "*@example.org x", "Forms.example"] {
            let rules = MailRules { busy_senders: vec![wrong.into()], ..MailRules::default() };
            assert!(rules.check().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_absence_note_is_told_from_a_web_form() {
        let absent = Incoming { machine: Some("Auto-Submitted: auto-replied".into()), ..Incoming::default() };
        let form = Incoming { machine: Some("Auto-Submitted: auto-generated".into()), ..Incoming::default() };
        assert!(is_automatic_reply(&absent));
        assert!(!is_automatic_reply(&form));
        assert!(!is_automatic_reply(&Incoming::default()));
    }
}
