//! Templates hold no script and no style of their own: the content security policy would refuse them.

use super::{File, Found};

/// Pages that are served with a policy of their own.
const WITH_OWN_POLICY: &[&str] = &[
    // A customer's letter, shown in a sandboxed frame whose policy allows styles and nothing else.
    "crates/web/templates/tickets/frame.html",
    // A portfolio that is saved as a file and read without the desk.
    "crates/web/templates/skills/portfolio_file.html",
];

pub(super) fn look(file: &File, found: &mut Found) {
    if !file.path.contains("/templates/")
        || !file.path.ends_with(".html")
        || WITH_OWN_POLICY.contains(&file.path.as_str())
    {
        return;
    }
    for (number, line) in file.text.lines().enumerate() {
        for what in inline(line) {
            let place = format!("{}:{}", file.path, number + 1);
            found.problems.push(format!("{place}: {what} is refused by the content security policy"));
        }
    }
}

fn inline(line: &str) -> Vec<&'static str> {
    let low = line.to_lowercase();
    let mut what = Vec::new();
    if low.contains(" style=") || low.contains("<style") {
        what.push("a style in the page");
    }
    if low
        .match_indices("<script")
        .any(|(at, _)| !low[at..].split('>').next().unwrap_or_default().contains(" src="))
    {
        what.push("a script in the page");
    }
    if has_handler(&low) {
        what.push("a script in an attribute");
    }
    what
}

/// ` onclick="…"`, ` hx-on:click="…"`, `href="javascript:…"`.
fn has_handler(low: &str) -> bool {
    low.contains("javascript:")
        || low.contains(" hx-on")
        || low.match_indices(" on").any(|(at, _)| {
            let rest = &low[at + 3..];
            let name = rest.chars().take_while(char::is_ascii_lowercase).count();
            name > 0 && rest[name..].starts_with("=\"")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_policy_refuses_is_found() {
        for line in [
            "<p style=\"color: red\">",
            "<style>p {}</style>",
            "<script>go()</script>",
            "<button onclick=\"go()\">",
            "<a href=\"javascript:go()\">",
            "<div hx-on:click=\"go()\">",
        ] {
            assert_eq!(inline(line).len(), 1, "{line}");
        }
    }

    #[test]
    fn linked_scripts_and_plain_words_pass() {
        for line in [
            "<script type=\"module\" src=\"/assets/app.js\"></script>",
            "<p>It depends on one=\u{201c}thing\u{201d}</p>",
            "<p class=\"style\">",
        ] {
            assert!(inline(line).is_empty(), "{line}");
        }
    }
}
