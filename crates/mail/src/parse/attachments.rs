//! Attachments and the names they go by.

use super::body::Leaf;
use super::headers::{Fields, unstructured};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub content_type: String,
    /// Meant to be shown inside the text: said to be inline, or named by it.
    pub inline: bool,
    pub content_id: Option<String>,
    pub data: Vec<u8>,
}

/// Longest file name that is kept, in characters; the extension survives.
const NAME_CHARS_MAX: usize = 180;

impl Attachment {
    pub fn new(name: String, content_type: &str, data: Vec<u8>) -> Self {
        Attachment {
            name: tidy_name(&name),
            content_type: content_type.to_ascii_lowercase(),
            inline: false,
            content_id: None,
            data,
        }
    }
}

pub fn from_leaf(leaf: Leaf<'_>) -> Attachment {
    let content_type = content_type(&leaf);
    let content_id = content_id(&leaf.fields);
    let name = given_name(&leaf)
        .or_else(|| content_id.as_deref().and_then(|id| name_from_id(id, &content_type)))
        .unwrap_or_else(|| name_from_type(&content_type));
    finish(leaf, name, content_type, content_id)
}

/// A message inside the message is a file named after its subject.
pub fn from_message(leaf: Leaf<'_>) -> Attachment {
    let content_type = match leaf.content_type.value.as_str() {
        "" => "message/rfc822".to_owned(),
        kind => kind.to_owned(),
    };
    let name = given_name(&leaf).unwrap_or_else(|| {
        let subject = subject_of(&leaf.data).filter(|subject| !subject.trim().is_empty());
        let described = || leaf.fields.text("Content-Description");
        format!("{}.eml", subject.or_else(described).unwrap_or_else(|| "message".to_owned()).trim())
    });
    let content_id = content_id(&leaf.fields);
    finish(leaf, name, content_type, content_id)
}

/// Two files of one message never share a name.
pub fn number_repeated_names(attachments: &mut [Attachment]) {
    for at in 1..attachments.len() {
        let (before, rest) = attachments.split_at_mut(at);
        let Some(current) = rest.first_mut() else { return };
        if !before.iter().any(|other| other.name == current.name) {
            continue;
        }
        let (stem, extension) = split_extension(&current.name);
        let numbered = (1..).map(|number| format!("{stem}{number}{extension}"));
        if let Some(free) =
            numbered.take(before.len() + 1).find(|name| before.iter().all(|other| other.name != *name))
        {
            current.name = free;
        }
    }
}

fn finish(leaf: Leaf<'_>, name: String, content_type: String, content_id: Option<String>) -> Attachment {
    let inline = leaf.disposition.value == "inline";
    Attachment { name: tidy_name(&name), content_type, inline, content_id, data: leaf.data }
}

fn content_type(leaf: &Leaf<'_>) -> String {
    let kind = leaf.content_type.value.as_str();
    let sound = kind.split_once('/').is_some_and(|(main, sub)| {
        !main.is_empty()
            && !sub.is_empty()
            && kind.len() <= 128
            && kind.bytes().all(|b| b.is_ascii_graphic() && b != b',')
    });
    match kind {
        "" => "text/plain".to_owned(),
        kind if sound => kind.to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

fn given_name(leaf: &Leaf<'_>) -> Option<String> {
    let described = || {
        leaf.fields
            .text("Content-Description")
            .filter(|text| split_extension(text).1.len() > 1 && !text.contains(' '))
    };
    let located = || leaf.fields.text("Content-Location").filter(|location| !location.contains([':', '?']));
    [
        leaf.disposition.get("filename"),
        leaf.content_type.get("name"),
        leaf.content_type.get("filename"),
        leaf.disposition.get("name"),
    ]
    .into_iter()
    .flatten()
    .map(str::to_owned)
    .find(|name| !tidy_name(name).is_empty())
    .or_else(located)
    .or_else(described)
}

fn content_id(fields: &Fields<'_>) -> Option<String> {
    let id = fields.text("Content-ID")?;
    let id = id.trim_matches(|c: char| c == '<' || c == '>' || c.is_whitespace());
    (!id.is_empty()).then(|| id.to_owned())
}

fn name_from_id(id: &str, content_type: &str) -> Option<String> {
    let stem = id.split('@').next().filter(|stem| !stem.is_empty())?;
    if split_extension(stem).1.len() > 1 {
        return Some(stem.to_owned());
    }
    Some(format!("{stem}.{}", extension(content_type)))
}

fn name_from_type(content_type: &str) -> String {
    let stem = match content_type {
        "message/delivery-status" => "delivery-status",
        "text/rfc822-headers" | "message/rfc822-headers" => "headers",
        "text/calendar" => "calendar",
        "application/pgp-signature" => "signature",
        "text/plain" | "text/html" => "document",
        _ if ["image/", "audio/", "video/"].iter().any(|main| content_type.starts_with(main)) => {
            &content_type[..5]
        }
        _ => "file",
    };
    match extension(content_type) {
        "bin" => stem.to_owned(),
        extension => format!("{stem}.{extension}"),
    }
}

fn extension(content_type: &str) -> &'static str {
    match content_type {
        "text/plain" | "message/delivery-status" | "text/rfc822-headers" | "message/rfc822-headers" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/csv" => "csv",
        "text/vcard" | "text/x-vcard" | "text/directory" => "vcf",
        "image/jpeg" | "image/jpg" | "image/pjpeg" => "jpg",
        "image/png" | "image/x-png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "image/tiff" => "tif",
        "image/bmp" => "bmp",
        "image/heic" => "heic",
        "application/pdf" => "pdf",
        "application/zip" | "application/x-zip-compressed" => "zip",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        "application/pgp-signature" => "asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "audio/mpeg" => "mp3",
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/ogg" => "ogg",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "message/rfc822" | "message/global" => "eml",
        _ => "bin",
    }
}

fn subject_of(message: &[u8]) -> Option<String> {
    let parsed = mail_parser::MessageParser::default().parse_headers(message)?;
    let field =
        parsed.headers().iter().find(|header| header.name.as_str().eq_ignore_ascii_case("subject"))?;
    Some(unstructured(message.get(field.offset_start as usize..field.offset_end as usize)?))
}

/// No folders, no control characters, not hidden, not endless.
fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|piece| !piece.trim().is_empty()).unwrap_or_default();
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let visible: String = last.chars().map(|c| if invisible(c) { ' ' } else { c }).collect();
    let joined = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().all(|c| c == '.') {
        return String::new();
    }
    if joined.chars().count() <= NAME_CHARS_MAX {
        return joined;
    }
    let (stem, extension) = split_extension(&joined);
    let room = NAME_CHARS_MAX.saturating_sub(extension.chars().count());
    format!("{}{extension}", stem.chars().take(room).collect::<String>())
}

/// `.txt` with its dot; empty when the name has no short extension.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 12 && !name[dot..].contains(' ') => name.split_at(dot),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_tricks_but_not_letters() {
        assert_eq!(tidy_name("..\\..\\etc/pass wd"), "pass wd");
        assert_eq!(tidy_name(" Erkl\u{e4}rung\u{202e}gpj.exe "), "Erklärung gpj.exe");
        assert_eq!(tidy_name(".."), "");
        assert!(tidy_name(&format!("{}.pdf", "x".repeat(400))).ends_with("x.pdf"));
    }

    #[test]
    fn two_files_of_one_name_are_told_apart() {
        let file = |name: &str| Attachment::new(name.to_owned(), "image/png", Vec::new());
        let mut files = [file("image.png"), file("image.png"), file("image.png"), file("other")];
        number_repeated_names(&mut files);
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["image.png", "image1.png", "image2.png", "other"]);
    }
}
