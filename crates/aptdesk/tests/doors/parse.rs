//! `aptdesk mail parse`: one JSON object a file, whatever the bytes are.

use crate::desk_under_test::aptdesk;
use rand::{Rng, SeedableRng};
use serde_json::Value;

const KEYS: [&str; 16] = [
    "file",
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message_id",
    "in_reply_to",
    "references",
    "text",
    "html",
    "visible_text",
    "attachments",
    "machine",
    "bounce",
    "problems",
];
const NOISE_FILES: u64 = 40;
const NOISE_BYTES_MAX: usize = 20_000;

const LETTER: &str = "From: =?utf-8?q?Marta_G=C3=B3mez?= <marta@customer.example>\r\nTo: Support <support@example.org>\r\n\
    Cc: bo@customer.example\r\nSubject: Charged twice\r\nDate: Mon, 5 Jan 2026 12:00:00 +0100\r\nMessage-ID: <b@customer.example>\r\n\
    In-Reply-To: <a@example.org>\r\nReferences: <z@example.org> <a@example.org>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nStill wrong.\r\n\r\n\
    On Mon, 5 Jan 2026 at 10:00, Support <support@example.org> wrote:\r\n> Is it fixed?\r\n\r\n\
    --x\r\nContent-Type: text/csv; name=bill.csv\r\nContent-Disposition: attachment; filename=bill.csv\r\n\r\na,b\r\n--x--\r\n";

fn parsed(files: &[std::path::PathBuf]) -> Vec<Value> {
    let output = aptdesk().args(["mail", "parse"]).args(files).output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is one JSON object")).collect()
}

#[test]
fn a_file_that_cannot_be_read_keeps_no_other_from_being_shown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("letter.eml");
    std::fs::write(&file, LETTER).expect("a file");
    let output = aptdesk().args(["mail", "parse"]).arg(folder.path().join("gone.eml")).arg(&file).output();
    let output = output.expect("the binary starts");
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("gone.eml"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Charged twice"));
}

#[test]
fn a_letter_is_shown_with_every_part_of_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("letter.eml");
    std::fs::write(&file, LETTER).expect("a file");
    let [letter] = parsed(std::slice::from_ref(&file)).try_into().expect("one object for one file");
    assert_eq!(letter["file"], file.display().to_string());
    assert_eq!(
        letter["from"],
        serde_json::json!({ "name": "Marta Gómez", "address": "marta@customer.example" })
    );
    assert_eq!(
        (&letter["to"][0]["address"], &letter["cc"][0]["address"]),
        (&"support@example.org".into(), &"bo@customer.example".into())
    );
    assert_eq!(
        (&letter["subject"], &letter["date"]),
        (&"Charged twice".into(), &"2026-01-05T11:00:00Z".into())
    );
    assert_eq!(
        (&letter["message_id"], &letter["in_reply_to"]),
        (&"b@customer.example".into(), &"a@example.org".into())
    );
    assert_eq!(letter["references"], serde_json::json!(["z@example.org", "a@example.org"]));
    assert_eq!(letter["visible_text"].as_str().map(str::trim), Some("Still wrong."));
    assert!(letter["text"].as_str().is_some_and(|text| text.contains("> Is it fixed?")), "{letter}");
    let attachment = &letter["attachments"][0];
    assert_eq!(
        (&attachment["name"], &attachment["content_type"], &attachment["inline"]),
        (&"bill.csv".into(), &"text/csv".into(), &false.into())
    );
    assert_eq!(attachment["bytes"], 3);
    assert_eq!((&letter["machine"], &letter["bounce"]), (&Value::Null, &Value::Null));
}

#[test]
fn any_bytes_become_one_object_with_the_same_keys() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut files = Vec::new();
    for number in 0..NOISE_FILES {
        let mut bytes = vec![0; (random.next_u64() as usize) % NOISE_BYTES_MAX];
        random.fill_bytes(&mut bytes);
        // Half of them begin like mail, and go wrong later.
        if number % 2 == 0 {
            let cut = (random.next_u64() as usize) % LETTER.len();
            bytes.splice(0..0, LETTER.bytes().take(cut));
        }
        let file = folder.path().join(format!("{number}.eml"));
        std::fs::write(&file, bytes).expect("a file");
        files.push(file);
    }
    files.push(folder.path().join("empty.eml"));
    std::fs::write(files.last().expect("just pushed"), b"").expect("a file");
    let objects = parsed(&files);
    assert_eq!(objects.len(), files.len());
    for (object, file) in objects.iter().zip(&files) {
        let mut keys: Vec<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
        let mut wanted = KEYS;
        keys.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(keys, wanted);
        assert_eq!(object["file"], file.display().to_string());
    }
}
