//! What SPF, DKIM, DMARC and ARC said, in words for people who have never read an RFC.

use serde_json::Value;

/// What is kept where nobody has looked: no resolver, or mail that somebody else's server had taken in.
const UNCHECKED: &str = "unchecked";
const NOT_CHECKED: &str = "Not checked.";

/// One check and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    /// `pass`, `fail`, `softfail`, …
    pub result: String,
    pub words: String,
}

impl Check {
    pub fn class(&self) -> &'static str {
        match self.result.as_str() {
            "pass" => "solved",
            "fail" | "permerror" => "suspended",
            "softfail" => "pending",
            _ => "closed",
        }
    }
}

/// The checks behind the JSON that the ledger keeps; none if there is none.
pub fn checks(json: Option<&str>) -> Vec<Check> {
    let Some(kept) = json.and_then(|json| serde_json::from_str::<Value>(json).ok()) else {
        return Vec::new();
    };
    // The details stand beside `aligned`, or in a text of their own.
    let inner =
        kept.get("json").and_then(Value::as_str).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let details = inner.as_ref().or(kept.get("details")).unwrap_or(&kept);
    let mut checks = Vec::new();
    if let Some(spf) = details.get("spf") {
        let (result, domain) = (text(spf, "result"), text(spf, "domain"));
        checks.push(Check { name: "SPF", words: spf_words(&result, &domain), result });
    }
    let signatures = details.get("dkim").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for signature in signatures {
        let (result, domain) = (text(signature, "result"), text(signature, "domain"));
        let reason = text(signature, "reason");
        checks.push(Check { name: "DKIM", words: dkim_words(&result, &domain, &reason), result });
    }
    if signatures.is_empty() && details.get("dkim").is_some() {
        // Signatures and ARC are looked at together or not at all.
        let result = if text(details, "arc") == UNCHECKED { UNCHECKED } else { "none" };
        checks.push(Check { name: "DKIM", words: dkim_words(result, "", ""), result: result.to_owned() });
    }
    if let Some(dmarc) = details.get("dmarc") {
        let (result, domain) = (text(dmarc, "result"), text(dmarc, "domain"));
        checks.push(Check {
            name: "DMARC",
            words: dmarc_words(&result, &domain, &text(dmarc, "policy")),
            result,
        });
    }
    if let Some(arc) =
        details.get("arc").and_then(Value::as_str).filter(|arc| !matches!(*arc, "none" | UNCHECKED))
    {
        let words = if arc == "pass" {
            "Every station on the way vouches for it."
        } else {
            "The chain of stations on the way does not hold."
        };
        checks.push(Check { name: "ARC", result: arc.to_owned(), words: words.to_owned() });
    }
    checks
}

/// Whether the sender is who they say, if that was found out.
pub fn is_aligned(json: Option<&str>) -> Option<bool> {
    let kept: Value = serde_json::from_str(json?).ok()?;
    kept.get("aligned").and_then(Value::as_bool)
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn spf_words(result: &str, domain: &str) -> String {
    match result {
        "pass" => format!("The server that brought it may send for {domain}."),
        "fail" => format!("{domain} says that this server may not send for it."),
        "softfail" => format!("{domain} doubts that this server may send for it."),
        "neutral" => format!("{domain} does not say which servers may send for it."),
        "temperror" => "The domain could not be asked at that moment.".to_owned(),
        "permerror" => format!("What {domain} says about its servers cannot be read."),
        UNCHECKED => NOT_CHECKED.to_owned(),
        _ => "The sender's domain says nothing about its servers.".to_owned(),
    }
}

fn dkim_words(result: &str, domain: &str, reason: &str) -> String {
    let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    match result {
        "pass" => format!("Signed by {domain}, and unchanged since."),
        "temperror" => format!("The key of {domain} could not be fetched at that moment{because}."),
        "none" => "The message carries no signature.".to_owned(),
        UNCHECKED => NOT_CHECKED.to_owned(),
        _ => format!("The signature of {domain} does not hold{because}."),
    }
}

fn dmarc_words(result: &str, domain: &str, policy: &str) -> String {
    let wish = match policy {
        "reject" => " It wishes that such mail be refused.",
        "quarantine" => " It wishes that such mail be set apart.",
        _ => "",
    };
    match result {
        "pass" => format!("The sender shown is the sender proved, for {domain}."),
        "fail" => format!("The sender shown is not proved for {domain}.{wish}"),
        "temperror" => "The domain could not be asked at that moment.".to_owned(),
        UNCHECKED => NOT_CHECKED.to_owned(),
        _ => "The sender's domain has no policy.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSED: &str = r#"{"spf":{"result":"pass","domain":"example.org"},
        "dkim":[{"result":"fail","domain":"lists.example","selector":"a","reason":"body hash"}],
        "dmarc":{"result":"fail","domain":"example.org","policy":"reject"},"arc":"none","aligned":false}"#;

    #[test]
    fn each_check_is_a_sentence() {
        let words: Vec<String> = checks(Some(PASSED)).into_iter().map(|check| check.words).collect();
        assert_eq!(words.len(), 3);
        assert_eq!(words[0], "The server that brought it may send for example.org.");
        assert!(words[1].contains("does not hold: body hash"));
        assert!(words[2].contains("be refused"));
        assert_eq!(is_aligned(Some(PASSED)), Some(false));
    }

    #[test]
    fn where_nobody_asked_nothing_is_said_of_the_domain() {
        let kept = r#"{"aligned":false,"details":{"spf":{"result":"unchecked","domain":""},"dkim":[],
            "dmarc":{"result":"unchecked","domain":"","policy":null},"arc":"unchecked"}}"#;
        let checks = checks(Some(kept));
        assert_eq!(checks.iter().map(|check| check.name).collect::<Vec<_>>(), ["SPF", "DKIM", "DMARC"]);
        assert!(checks.iter().all(|check| check.words == "Not checked." && check.class() == "closed"));
        let asked = kept.replace("unchecked", "none");
        assert!(super::checks(Some(&asked)).iter().all(|check| check.words != "Not checked."));
    }

    #[test]
    fn the_details_are_found_in_a_text_of_their_own_too() {
        let wrapped = serde_json::json!({ "aligned": true, "json": PASSED }).to_string();
        assert_eq!(checks(Some(&wrapped)).len(), 3);
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        assert!(
            checks(None).is_empty() && checks(Some("not json")).is_empty() && checks(Some("[]")).is_empty()
        );
    }
}
