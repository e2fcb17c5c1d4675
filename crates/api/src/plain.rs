//! The plain text of a comment that came as HTML: as the composer writes it, a link's address follows its words.

use html2text::render::RichAnnotation;

/// Characters per line; long, so that paragraphs stay whole.
const TEXT_WIDTH: usize = 10_000;

pub fn text_of(html: &str) -> Result<String, html2text::Error> {
    let mut text = String::new();
    for line in html2text::config::rich().lines_from_read(html.as_bytes(), TEXT_WIDTH)? {
        let pieces: Vec<_> = line.tagged_strings().collect();
        let mut words = String::new();
        for (at, piece) in pieces.iter().enumerate() {
            match piece.tag.last() {
                Some(RichAnnotation::Image(_)) => text.push_str(&format!("[{}]", piece.s)),
                _ => text.push_str(&piece.s),
            }
            let Some(address) = address_of(&piece.tag) else { continue };
            words.push_str(&piece.s);
            // A link whose words are in part bold is several pieces: its address follows the last of them.
            if pieces.get(at + 1).and_then(|next| address_of(&next.tag)) == Some(address) {
                continue;
            }
            if !words.trim().is_empty() && bare(&words) != bare(address) {
                text.insert_str(text.trim_end().len(), &format!(" <{address}>"));
            }
            words.clear();
        }
        text.push('\n');
    }
    Ok(text.trim().to_owned())
}

/// Where a link leads, if that means something outside the page it was written on.
fn address_of(tags: &[RichAnnotation]) -> Option<&str> {
    let href = tags.iter().rev().find_map(|tag| match tag {
        RichAnnotation::Link(href) => Some(href.trim()),
        _ => None,
    })?;
    let whole = ["https://", "http://"].iter().any(|scheme| href.starts_with(scheme)).then_some(href);
    whole.or_else(|| href.strip_prefix("mailto:")).or_else(|| href.strip_prefix("tel:"))
}

fn bare(address: &str) -> &str {
    let address = address.trim();
    let without = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    without.unwrap_or(address).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        text_of(html).expect("it is HTML")
    }

    #[test]
    fn a_link_keeps_its_address_behind_its_words() {
        assert_eq!(
            text(
                r#"<p>The manual is <a href="https://x.example/manual?a=1&amp;b=2">right <b>here</b></a>, and <a href="mailto:help@x.example">we</a> answer.</p>"#
            ),
            "The manual is right here <https://x.example/manual?a=1&b=2>, and we <help@x.example> answer."
        );
    }

    #[test]
    fn an_address_is_not_said_twice_and_a_link_within_the_page_not_at_all() {
        assert_eq!(text(r#"<a href="https://x.example/">x.example</a>"#), "x.example");
        assert_eq!(text(r#"<a href="mailto:help@x.example">help@x.example</a>"#), "help@x.example");
        assert_eq!(text(r##"<a href="#top">Up</a> <a href="javascript:alert(1)">On</a>"##), "Up On");
    }

    #[test]
    fn paragraphs_lists_and_pictures_stay_what_they_were() {
        assert_eq!(text("<p>One</p><p>Two</p>"), "One\n\nTwo");
        assert_eq!(text("<ul><li>One</li><li>Two</li></ul>"), "* One\n* Two");
        assert_eq!(text(r#"<p>See <img src="a.png" alt="the plug"></p>"#), "See [the plug]");
    }
}
