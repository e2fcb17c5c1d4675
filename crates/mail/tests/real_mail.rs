//! Real messages from outside the project, read and compared with what others make of them.

use std::path::{Path, PathBuf};

use mail::json::parse_to_json;
use mail::parse::parse;

fn data(folder: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mail").join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln_once(&format!("{} is not here; nothing to compare with", folder.display()));
    None
}

#[allow(clippy::print_stderr, reason = "a test that cannot run has to say so")]
fn eprintln_once(line: &str) {
    eprintln!("{line}");
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_another_desk_reads_is_what_we_read() {
    let Some(folder) = data("expected") else { return };
    let (mut compared, mut differences, mut likeness, mut bodies) = (0, Vec::new(), 0.0, 0);
    for path in files(&folder, "box") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let ours = parse(&std::fs::read(&path).unwrap());
        let theirs =
            yaml::read(&String::from_utf8_lossy(&std::fs::read(path.with_extension("yml")).unwrap()));
        let from = ours.from.clone().unwrap_or_default();
        let mut compare = |field: &str, ours: &str, theirs: Option<&str>| {
            if let Some(theirs) = theirs {
                compared += 1;
                if squeeze(ours) != squeeze(theirs) {
                    differences.push(format!("{name} {field}: {ours:?} instead of {theirs:?}"));
                }
            }
        };
        compare("address", &from.address, theirs.text("from_email"));
        compare("name", &from.name, theirs.text("from_display_name"));
        compare("subject", &ours.subject, theirs.text("subject"));
        let their_files = theirs.files();
        if theirs.has_files {
            let list = |files: Vec<(String, usize)>| {
                files.iter().map(|(name, bytes)| format!("{name} {bytes}")).collect::<Vec<_>>().join(", ")
            };
            let our_files =
                ours.attachments.iter().map(|file| (file.name.clone(), file.data.len())).collect();
            compare("files", &list(our_files), Some(&list(their_files)));
        }
        if let Some(body) = theirs.text("body").filter(|body| !body.starts_with("no visible content")) {
            let of_text = similarity(&ours.text, body);
            let of_html = ours.html.as_deref().map_or(0.0, |html| similarity(html, body));
            likeness += f64::max(of_text, of_html);
            bodies += 1;
        }
        let html = ours.html.unwrap_or_default().to_ascii_lowercase();
        for forbidden in [
            "<script",
            "<style",
            "<form",
            "<iframe",
            "<object",
            "<embed",
            "<meta",
            "<link",
            "javascript:",
            " onclick=",
            " onload=",
            " src=\"http",
        ] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden}");
        }
    }
    let likeness = likeness / f64::from(bodies);
    eprintln_once(&format!(
        "{} of {compared} fields agree, bodies are alike to {likeness:.3}",
        compared - differences.len()
    ));
    for difference in &differences {
        eprintln_once(difference);
    }
    // The known ones: a name that they lose, an address that they do not find, a letter that they cannot read,
    // and a text that they take for a file.
    assert!(differences.len() <= 5, "{differences:#?}");
    assert!(likeness > 0.93, "{likeness}");
}

#[test]
fn every_message_is_read_whole_cut_and_damaged() {
    let Some(folder) = data(".") else { return };
    let mut count = 0;
    for path in files(&folder, "") {
        let raw = std::fs::read(&path).unwrap();
        let json = parse_to_json(&path.to_string_lossy(), &raw);
        assert!(json["visible_text"].is_string() && json["problems"].is_array());
        for tenth in 1..10 {
            let _ = parse(&raw[..raw.len() * tenth / 10]);
        }
        let damaged: Vec<u8> =
            raw.iter().enumerate().map(|(at, byte)| if at % 37 == 0 { byte ^ 0x55 } else { *byte }).collect();
        let _ = parse(&damaged);
        count += 1;
    }
    eprintln_once(&format!("{count} files read"));
    assert!(count > 400);
}

#[test]
fn help_desk_mail_is_classified_and_its_files_found() {
    let Some(folder) = data("helpdesk") else { return };
    let read = |name: &str| parse(&std::fs::read(folder.join(name)).unwrap());
    assert!(read("auto_reply.eml").machine.is_some());
    assert!(read("auto_reply_with_auto_submitted.eml").machine.is_some());
    assert!(read("support.eml").machine.is_none());
    let bounce = read("bounced_with_no_from.eml").bounce.unwrap();
    assert_eq!((bounce.status.as_deref(), bounce.action.as_deref()), (Some("5.7.1"), Some("failed")));
    assert_eq!(read("only_attachments.eml").attachments[0].data.len(), 203_542);
    assert_eq!(read("mail_with_invalid_to_2.eml").to[0].address, "vishnu@chatwoot.com");
    assert_eq!(read("non_utf_encoded_mail.eml").from.unwrap().name, "متجر سوق نت");
    assert!(read("mail_with_no_date.eml").date_ms.is_none());
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Share of words that two texts have in common, without tags, quote marks and order.
fn similarity(ours: &str, theirs: &str) -> f64 {
    let words = |text: &str| {
        let mut bare = String::new();
        for piece in text.replace("&nbsp;", " ").split('<') {
            bare.push(' ');
            bare.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        }
        let bare =
            bare.replace("&gt;", ">").replace("&lt;", "<").replace("&quot;", "\"").replace("&amp;", "&");
        let mut words: Vec<String> = bare
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        words.sort();
        words
    };
    let (ours, theirs) = (words(ours), words(theirs));
    let (mut a, mut b, mut common) = (0, 0, 0);
    while a < ours.len() && b < theirs.len() {
        match ours[a].cmp(&theirs[b]) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => (a, b, common) = (a + 1, b + 1, common + 1),
        }
    }
    if ours.len() + theirs.len() == 0 {
        1.0
    } else {
        2.0 * f64::from(common) / (ours.len() + theirs.len()) as f64
    }
}

/// As much YAML as those expectations are written in.
mod yaml {
    pub struct Expectation {
        top: Vec<(String, String)>,
        files: Vec<Vec<(String, String)>>,
        pub has_files: bool,
    }

    impl Expectation {
        pub fn text(&self, key: &str) -> Option<&str> {
            self.top.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
        }

        /// Names and sizes of real attachments, without the copy of the HTML that the other desk adds.
        pub fn files(&self) -> Vec<(String, usize)> {
            let get = |file: &[(String, String)], key: &str| {
                file.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
            };
            let real = self.files.iter().filter(|file| get(file, "content-alternative").is_none());
            real.map(|file| {
                (get(file, "filename").unwrap_or_default(), get(file, "data").map_or(0, |data| size(&data)))
            })
            .collect()
        }
    }

    fn size(data: &str) -> usize {
        match data.strip_prefix("!binary ") {
            Some(encoded) => {
                let digits =
                    encoded.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').count();
                digits * 3 / 4
            }
            None => data.len(),
        }
    }

    pub fn read(text: &str) -> Expectation {
        let lines: Vec<&str> = text.lines().collect();
        let mut it = Expectation { top: Vec::new(), files: Vec::new(), has_files: false };
        let (mut at, mut in_files) = (0, false);
        while let Some(line) = lines.get(at) {
            let indent = line.len() - line.trim_start_matches([' ', '-']).len();
            if line.starts_with("- ") && in_files {
                it.files.push(Vec::new());
                at += 1;
                continue;
            }
            let Some((key, value)) = line.trim().split_once(':').filter(|_| !line.starts_with("---")) else {
                at += 1;
                continue;
            };
            let (value, next) = scalar(&lines, at, indent, value.trim());
            at = next;
            if indent == 0 {
                in_files = key == "attachments";
                it.has_files |= in_files;
                it.top.push((key.to_owned(), value));
            } else if let Some(file) = it.files.last_mut().filter(|_| in_files) {
                file.push((key.to_owned(), value));
            }
        }
        it
    }

    fn scalar(lines: &[&str], at: usize, indent: usize, first: &str) -> (String, usize) {
        let block = first.trim_start_matches("!binary ");
        let more: Vec<&str> = lines[at + 1..]
            .iter()
            .copied()
            .take_while(|line| {
                line.trim().is_empty() || line.trim() == "'" || line.len() - line.trim_start().len() > indent
            })
            .collect();
        if block.starts_with('|') {
            let margin = more
                .iter()
                .find(|line| !line.trim().is_empty())
                .map_or(0, |line| line.len() - line.trim_start().len());
            let mut text: String =
                more.iter().map(|line| format!("{}\n", line.get(margin..).unwrap_or_default())).collect();
            match block.as_bytes().get(1) {
                Some(b'-') => text.truncate(text.trim_end_matches('\n').len()),
                Some(b'+') => {}
                _ => text = format!("{}\n", text.trim_end_matches('\n')),
            }
            let text = if first.starts_with("!binary") { format!("!binary {text}") } else { text };
            return (text, at + 1 + more.len());
        }
        if first.is_empty() || first.starts_with("!ruby") {
            return (String::new(), at + 1);
        }
        let joined = fold(first, &more);
        let text = match first.as_bytes()[0] {
            b'"' => unescape(joined.trim_matches('"')),
            b'\'' => joined.trim_matches('\'').replace("''", "'"),
            _ => joined,
        };
        (text, at + 1 + more.len())
    }

    /// A line break in a flow scalar is a blank, an empty line is a line break.
    fn fold(first: &str, more: &[&str]) -> String {
        let mut text = first.to_owned();
        let mut breaks = 0;
        for line in more {
            let line = line.trim();
            if line.is_empty() {
                breaks += 1;
                continue;
            }
            if breaks > 0 {
                text.push_str(&"\n".repeat(breaks));
                breaks = 0;
            } else if let Some(open) = text.strip_suffix('\\') {
                text = open.to_owned();
            } else {
                text.push(' ');
            }
            text.push_str(line);
        }
        text
    }

    fn unescape(text: &str) -> String {
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match (c, if c == '\\' { chars.next() } else { None }) {
                ('\\', Some('n')) => out.push('\n'),
                ('\\', Some('r')) => out.push('\r'),
                ('\\', Some('t')) => out.push('\t'),
                ('\\', Some(code @ ('x' | 'u'))) => {
                    let digits: String = chars.by_ref().take(if code == 'x' { 2 } else { 4 }).collect();
                    out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                }
                ('\\', Some(other)) => out.push(other),
                _ => out.push(c),
            }
        }
        out
    }
}
