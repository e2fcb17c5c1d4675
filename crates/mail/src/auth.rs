//! Who a message really comes from: SPF, DKIM, DMARC and ARC, and our own signature on what leaves.
//!
//! The resolver is a parameter: the system's own, one that knows only given records, or none. A resolver that does
//! not answer makes the results `temperror`; it never keeps a message from being taken in.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::DkimSigner;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::dmarc::{Dmarc, Policy};
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::spf::Spf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DmarcResult, DnsError, Error, MessageAuthenticator,
    Parameters, ResolverCache, SpfOutput, SpfResult, Txt,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};

/// Time that all lookups for one message may take together.
pub const VERIFY_TIMEOUT: Duration = Duration::from_secs(10);
/// Signatures looked at; more of them is an attack on the resolver.
const SIGNATURES_MAX: usize = 10;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Pass,
    Fail,
    SoftFail,
    Neutral,
    TempError,
    PermError,
    /// Looked at, and there was nothing: no record, no signature.
    None,
    /// Nobody has looked.
    #[default]
    Unchecked,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthResults {
    pub spf: SpfVerdict,
    pub dkim: Vec<DkimVerdict>,
    pub dmarc: DmarcVerdict,
    pub arc: Verdict,
    /// SPF or DKIM passed for the domain that From shows: the sender is who they say.
    pub aligned: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpfVerdict {
    pub result: Verdict,
    pub domain: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DkimVerdict {
    pub result: Verdict,
    pub domain: String,
    pub selector: String,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DmarcVerdict {
    pub result: Verdict,
    pub domain: String,
    /// `none`, `quarantine` or `reject`, as the domain wishes.
    pub policy: Option<String>,
}

/// What the connection said, beside the message.
#[derive(Debug, Clone)]
pub struct Origin<'a> {
    pub remote_ip: IpAddr,
    pub helo: &'a str,
    pub mail_from: &'a str,
    /// Our own name.
    pub hostname: &'a str,
}

#[derive(Debug, thiserror::Error)]
#[error("no resolver could be set up: {0}")]
pub struct ResolverError(String);

/// Where domain records come from.
pub struct Resolver {
    authenticator: MessageAuthenticator,
    records: Records,
    timeout: Duration,
}

impl Resolver {
    /// The name servers of this machine.
    pub fn system() -> Result<Self, ResolverError> {
        let authenticator =
            MessageAuthenticator::new_system_conf().map_err(|error| ResolverError(error.to_string()))?;
        Ok(Resolver { authenticator, records: Records::default(), timeout: VERIFY_TIMEOUT })
    }

    /// Asks nobody: every verdict that needs a lookup is `temperror`.
    pub fn offline() -> Result<Self, ResolverError> {
        let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
        let authenticator = MessageAuthenticator::new(nobody, ResolverOpts::default())
            .map_err(|error| ResolverError(error.to_string()))?;
        Ok(Resolver { authenticator, records: Records::default(), timeout: VERIFY_TIMEOUT })
    }

    /// Knows these TXT records and that there are no others. For tests, and for those who seed a cache.
    pub fn with_records<'x>(
        records: impl IntoIterator<Item = (&'x str, &'x str)>,
    ) -> Result<Self, ResolverError> {
        let mut resolver = Resolver::offline()?;
        resolver.records.only_these = true;
        for (name, text) in records {
            let name = format!("{}.", name.trim_end_matches('.').to_ascii_lowercase());
            resolver.records.texts.insert(name.into(), text.to_owned());
        }
        Ok(resolver)
    }

    /// Never fails and never takes longer than the time-out.
    pub async fn verify(&self, raw: &[u8], origin: &Origin<'_>) -> AuthResults {
        self.in_time(raw, Some(origin)).await
    }

    /// A message that was fetched from somebody else's server: who had connected there is not known, so SPF is not
    /// checked, and DMARC can pass by a signature but not fail.
    pub async fn verify_fetched(&self, raw: &[u8]) -> AuthResults {
        self.in_time(raw, None).await
    }

    async fn in_time(&self, raw: &[u8], origin: Option<&Origin<'_>>) -> AuthResults {
        let checking = AssertUnwindSafe(self.check(raw, origin)).catch_unwind();
        match tokio::time::timeout(self.timeout, Box::pin(checking)).await {
            Ok(Ok(results)) => results,
            Ok(Err(_)) => {
                tracing::error!("checking who a message comes from has failed");
                temporary_failure()
            }
            Err(_) => temporary_failure(),
        }
    }

    async fn check(&self, raw: &[u8], origin: Option<&Origin<'_>>) -> AuthResults {
        let spf = match origin {
            Some(it) => {
                let sender = SpfParameters::verify(it.remote_ip, it.helo, it.hostname, it.mail_from);
                self.authenticator.verify_spf(Parameters::new(sender).with_txt_cache(&self.records)).await
            }
            None => SpfOutput::default(),
        };
        let spf_result = if origin.is_some() { spf_verdict(spf.result()) } else { Verdict::Unchecked };
        let mut results = AuthResults {
            spf: SpfVerdict { result: spf_result, domain: spf.domain().to_owned() },
            ..AuthResults::default()
        };
        let Some(mut message) = AuthenticatedMessage::parse(raw) else { return results };
        message.dkim_headers.truncate(SIGNATURES_MAX);
        let dkim =
            self.authenticator.verify_dkim(Parameters::new(&message).with_txt_cache(&self.records)).await;
        results.dkim = dkim.iter().map(dkim_verdict).collect();
        let arc =
            self.authenticator.verify_arc(Parameters::new(&message).with_txt_cache(&self.records)).await;
        results.arc = verdict(arc.result());
        let mail_from_domain =
            origin.map_or("", |it| it.mail_from.rsplit_once('@').map_or(it.helo, |(_, domain)| domain));
        let asked = DmarcParameters::new(&message, &dkim, mail_from_domain, &spf);
        let dmarc =
            self.authenticator.verify_dmarc(Parameters::new(asked).with_txt_cache(&self.records)).await;
        results.dmarc = DmarcVerdict {
            result: match dmarc_verdict(&dmarc.result()) {
                Verdict::Fail if origin.is_none() => Verdict::Unchecked,
                result => result,
            },
            domain: dmarc.domain().to_owned(),
            policy: match dmarc.policy() {
                Policy::None => Some("none".to_owned()),
                Policy::Quarantine => Some("quarantine".to_owned()),
                Policy::Reject => Some("reject".to_owned()),
                Policy::Unspecified => None,
            },
        };
        let from_domain = message
            .from()
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_ascii_lowercase())
            .unwrap_or_default();
        let spf_aligned =
            results.spf.result == Verdict::Pass && belong_together(&from_domain, &results.spf.domain);
        let dkim_aligned = results
            .dkim
            .iter()
            .any(|one| one.result == Verdict::Pass && belong_together(&from_domain, &one.domain));
        results.aligned = results.dmarc.result == Verdict::Pass || spf_aligned || dkim_aligned;
        results
    }
}

fn temporary_failure() -> AuthResults {
    AuthResults {
        spf: SpfVerdict { result: Verdict::TempError, ..SpfVerdict::default() },
        dmarc: DmarcVerdict { result: Verdict::TempError, ..DmarcVerdict::default() },
        arc: Verdict::TempError,
        ..AuthResults::default()
    }
}

/// The same domain, or one below the other: relaxed alignment without a list of public suffixes, which errs on the
/// strict side for sister domains.
fn belong_together(from: &str, other: &str) -> bool {
    let other = other.trim_end_matches('.').to_ascii_lowercase();
    let below = |lower: &str, upper: &str| {
        upper.contains('.') && lower.strip_suffix(upper).is_some_and(|rest| rest.ends_with('.'))
    };
    !from.is_empty() && !other.is_empty() && (from == other || below(from, &other) || below(&other, from))
}

fn spf_verdict(result: SpfResult) -> Verdict {
    match result {
        SpfResult::Pass => Verdict::Pass,
        SpfResult::Fail => Verdict::Fail,
        SpfResult::SoftFail => Verdict::SoftFail,
        SpfResult::Neutral => Verdict::Neutral,
        SpfResult::TempError => Verdict::TempError,
        SpfResult::PermError => Verdict::PermError,
        SpfResult::None => Verdict::None,
    }
}

fn verdict(result: &DkimResult) -> Verdict {
    match result {
        DkimResult::Pass => Verdict::Pass,
        DkimResult::Neutral(_) => Verdict::Neutral,
        DkimResult::Fail(_) => Verdict::Fail,
        DkimResult::PermError(_) => Verdict::PermError,
        DkimResult::TempError(_) => Verdict::TempError,
        DkimResult::None => Verdict::None,
    }
}

fn dmarc_verdict(result: &DmarcResult) -> Verdict {
    match result {
        DmarcResult::Pass => Verdict::Pass,
        DmarcResult::Fail(_) => Verdict::Fail,
        DmarcResult::TempError(_) => Verdict::TempError,
        DmarcResult::PermError(_) => Verdict::PermError,
        DmarcResult::None => Verdict::None,
    }
}

fn dkim_verdict(output: &DkimOutput<'_>) -> DkimVerdict {
    let reason = match output.result() {
        DkimResult::Neutral(error)
        | DkimResult::Fail(error)
        | DkimResult::PermError(error)
        | DkimResult::TempError(error) => Some(error.to_string()),
        DkimResult::Pass | DkimResult::None => None,
    };
    // A signature that does not fit is a failure for whoever reads the list; "neutral" hides it.
    let result = match verdict(output.result()) {
        Verdict::Neutral if output.signature().is_some() => Verdict::Fail,
        other => other,
    };
    let signature = output.signature();
    DkimVerdict {
        result,
        domain: signature.map(|signature| signature.d.clone()).unwrap_or_default(),
        selector: signature.map(|signature| signature.s.clone()).unwrap_or_default(),
        reason,
    }
}

/// TXT records known beforehand.
#[derive(Default)]
struct Records {
    texts: HashMap<Box<str>, String>,
    only_these: bool,
}

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if !self.only_these {
            return None;
        }
        Some(match self.texts.get_key_value(name) {
            Some((known, text)) => record(known, text),
            None => Txt::Error(Error::Dns(DnsError::InvalidRecordType)),
        })
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

fn record(name: &str, text: &str) -> Txt {
    if name.contains("._domainkey.") {
        DomainKey::parse(text.as_bytes()).into()
    } else if name.starts_with("_dmarc.") {
        Dmarc::parse(text.as_bytes()).into()
    } else {
        Spf::parse(text.as_bytes()).into()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SignError {
    #[error("the private key cannot be read; it has to be RSA or Ed25519 in PEM")]
    UnreadableKey,
    #[error("the message could not be signed: {0}")]
    NotSigned(String),
}

/// Headers that a signature covers: what the reader sees, and what threading rests on.
const SIGNED_HEADERS: [&str; 14] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// The message with our DKIM-Signature in front of it. The bytes must be those that leave.
pub fn sign(raw: &[u8], domain: &str, selector: &str, private_key_pem: &str) -> Result<Vec<u8>, SignError> {
    let key =
        || PrivateKeyDer::from_pem_slice(private_key_pem.as_bytes()).map_err(|_| SignError::UnreadableKey);
    let failed = |error: Error| SignError::NotSigned(error.to_string());
    let signature = match RsaKey::<Sha256>::from_key_der(key()?) {
        Ok(rsa) => DkimSigner::from_key(rsa)
            .domain(domain)
            .selector(selector)
            .headers(SIGNED_HEADERS)
            .sign(raw)
            .map_err(failed)?,
        Err(_) => {
            let PrivateKeyDer::Pkcs8(der) = key()? else { return Err(SignError::UnreadableKey) };
            let ed25519 = Ed25519Key::from_pkcs8_maybe_unchecked_der(der.secret_pkcs8_der())
                .map_err(|_| SignError::UnreadableKey)?;
            DkimSigner::from_key(ed25519)
                .domain(domain)
                .selector(selector)
                .headers(SIGNED_HEADERS)
                .sign(raw)
                .map_err(failed)?
        }
    };
    let mut signed = signature.to_header().into_bytes();
    signed.extend_from_slice(raw);
    Ok(signed)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const LETTER: &[u8] = b"From: Ana <ana@mail.example.org>\r\nTo: desk@example.net\r\nSubject: hi\r\nDate: Thu, 1 Jan 2026 12:00:00 +0000\r\n\r\nhello\r\n";

    fn key_pair() -> (String, String) {
        let der = Ed25519Key::generate_pkcs8().unwrap();
        let public = STANDARD.encode(Ed25519Key::from_pkcs8_der(&der).unwrap().public_key());
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(&der));
        (pem, format!("v=DKIM1; k=ed25519; p={public}"))
    }

    fn origin() -> Origin<'static> {
        Origin {
            remote_ip: [192, 0, 2, 7].into(),
            helo: "mx.example.org",
            mail_from: "ana@example.org",
            hostname: "mx.example.net",
        }
    }

    #[tokio::test]
    async fn what_we_sign_is_verified_and_belongs_to_its_sender() {
        let (pem, record) = key_pair();
        let signed = sign(LETTER, "example.org", "desk", &pem).unwrap();
        let records = [
            ("desk._domainkey.example.org", record.as_str()),
            ("example.org", "v=spf1 ip4:192.0.2.0/24 -all"),
            ("_dmarc.example.org", "v=DMARC1; p=reject"),
        ];
        let results = Resolver::with_records(records).unwrap().verify(&signed, &origin()).await;
        assert_eq!((results.spf.result, results.spf.domain.as_str()), (Verdict::Pass, "example.org"));
        assert_eq!((results.dkim[0].result, results.dkim[0].domain.as_str()), (Verdict::Pass, "example.org"));
        assert_eq!((results.dmarc.result, results.dmarc.policy.as_deref()), (Verdict::Pass, Some("reject")));
        assert!(results.aligned);
        assert_eq!(results.arc, Verdict::None);
    }

    #[tokio::test]
    async fn a_changed_letter_and_a_foreign_server_are_noticed() {
        let (pem, record) = key_pair();
        let mut signed = sign(LETTER, "example.org", "desk", &pem).unwrap();
        signed.extend_from_slice(b"and more\r\n");
        let records = [
            ("desk._domainkey.example.org", record.as_str()),
            ("example.org", "v=spf1 ip4:198.51.100.1 -all"),
        ];
        let results = Resolver::with_records(records).unwrap().verify(&signed, &origin()).await;
        assert_eq!((results.spf.result, results.dkim[0].result), (Verdict::Fail, Verdict::Fail));
        assert!(!results.aligned);
        assert_eq!(results.dmarc.result, Verdict::None);
    }

    #[tokio::test]
    async fn a_pass_for_another_domain_proves_nothing() {
        let records = [("elsewhere.test", "v=spf1 +all")];
        let other = Origin { mail_from: "x@elsewhere.test", ..origin() };
        let results = Resolver::with_records(records).unwrap().verify(LETTER, &other).await;
        assert_eq!(results.spf.result, Verdict::Pass);
        assert!(!results.aligned);
    }

    #[tokio::test]
    async fn a_fetched_letter_is_known_by_its_signature_and_never_fails_for_want_of_one() {
        let (pem, record) = key_pair();
        let signed = sign(LETTER, "example.org", "desk", &pem).unwrap();
        let records = [
            ("desk._domainkey.example.org", record.as_str()),
            ("example.org", "v=spf1 ip4:192.0.2.0/24 -all"),
            ("_dmarc.example.org", "v=DMARC1; p=reject"),
        ];
        let resolver = Resolver::with_records(records).unwrap();
        let results = resolver.verify_fetched(&signed).await;
        assert_eq!((results.spf.result, results.dkim[0].result), (Verdict::Unchecked, Verdict::Pass));
        assert_eq!((results.dmarc.result, results.aligned), (Verdict::Pass, true));
        let results = resolver.verify_fetched(LETTER).await;
        assert_eq!((results.spf.result, results.dmarc.result), (Verdict::Unchecked, Verdict::Unchecked));
        assert_eq!(results.dmarc.policy.as_deref(), Some("reject"));
        assert!(!results.aligned);
    }

    #[tokio::test]
    async fn without_a_resolver_nothing_is_claimed() {
        let (pem, _) = key_pair();
        let signed = sign(LETTER, "example.org", "desk", &pem).unwrap();
        let results = Resolver::offline().unwrap().verify(&signed, &origin()).await;
        assert_eq!((results.spf.result, results.dkim[0].result), (Verdict::TempError, Verdict::TempError));
        assert!(!results.aligned);
    }

    #[test]
    fn domains_belong_together_along_one_line_only() {
        assert!(belong_together("example.org", "example.org."));
        assert!(belong_together("mail.example.org", "example.org"));
        assert!(!belong_together("example.org", "notexample.org"));
        assert!(!belong_together("a.org", "org"));
        assert!(!belong_together("", ""));
    }

    #[test]
    fn a_bad_key_is_said_to_be_bad() {
        assert!(matches!(sign(LETTER, "d", "s", "no key"), Err(SignError::UnreadableKey)));
    }
}
