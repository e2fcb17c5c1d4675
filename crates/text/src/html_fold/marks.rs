//! By which names mail clients mark their quotes in HTML, and which elements stand on lines of their own.

pub(super) const QUOTE_TO_END_IDS: &[&str] = &[
    "appendonsend",
    "divrplyfwdmsg",
    "stopspelling",
    "zwchr",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reply-separator",
];

pub(super) const QUOTE_IDS: &[&str] = &[
    "olk_src_body_section",
    "isreplycontent",
    "reply-intro",
    "yahoo_quoted",
    "replymessage",
    "orimsghtmlseperator",
];

pub(super) const QUOTE_CLASSES: &[&str] = &[
    "gmail_quote",
    "gmail_quote_container",
    "moz-cite-prefix",
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "moz-email-headers-table",
    "outlookmessageheader",
    "freshdesk_quote",
    "zendesk_quote",
    "front-blockquote",
    "hey_quote",
    "fastmail_quote",
    "replymail",
    "skiff_quote",
];

pub(super) const BLOCKS: &[&str] = &[
    "p",
    "div",
    "tr",
    "li",
    "blockquote",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "body",
    "center",
    "section",
    "article",
    "pre",
    "header",
    "footer",
    "dl",
    "dt",
    "dd",
];

/// After these stands a blank line.
pub(super) const PARAGRAPHS: &[&str] = &["p", "h1", "h2", "h3", "table", "ul", "ol", "pre"];
