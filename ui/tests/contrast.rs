//! Text is readable in both themes: WCAG 2.2 AA asks 4.5 to 1 of text and 3 to 1 of the edges of controls.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

const TEXT_RATIO_MIN: f64 = 4.5;
const EDGE_RATIO_MIN: f64 = 3.0;

const TEXT_ON: [(&str, &[&str]); 16] = [
    ("ink", &["paper", "card", "sunk", "hover", "note", "accent-soft"]),
    ("ink-2", &["paper", "card", "sunk", "hover", "note", "plain-soft"]),
    ("ink-3", &["paper", "card", "sunk", "hover", "plain-soft"]),
    ("accent", &["paper", "card", "accent-soft"]),
    ("on-accent", &["accent", "accent-strong"]),
    ("note-ink", &["note"]),
    ("due", &["paper", "card", "due-soft"]),
    ("late", &["paper", "card", "late-soft"]),
    ("calm", &["paper", "calm-soft"]),
    ("on-l0", &["l0"]),
    ("on-l1", &["l1"]),
    ("on-l2", &["l2"]),
    ("on-l3", &["l3"]),
    ("on-l4", &["l4"]),
    ("on-l5", &["l5"]),
    ("paper", &["ink"]),
];
const EDGES_ON: [(&str, &[&str]); 3] =
    [("edge", &["paper", "card"]), ("focus", &["paper", "card", "note"]), ("l4", &["paper", "card"])];

#[test]
fn text_and_edges_stand_out_in_light_and_in_dark() {
    let themes = themes();
    for (theme, colours) in ["light", "dark"].iter().zip(&themes) {
        for (pairs, least) in [(&TEXT_ON[..], TEXT_RATIO_MIN), (&EDGES_ON[..], EDGE_RATIO_MIN)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let ratio = contrast(colours[*front], colours[*back]);
                    assert!(ratio >= least, "{front} on {back} is {ratio:.2} to 1 in the {theme} theme");
                }
            }
        }
    }
}

/// The colours of tokens.css by name, light and dark.
fn themes() -> [HashMap<String, [f64; 3]>; 2] {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("styles/tokens.css");
    let text = fs::read_to_string(path).expect("the tokens can be read");
    // What follows for those who ask for more contrast repeats some names.
    let text = text.split("@media").next().expect("a split has a first part");
    let mut themes = [HashMap::new(), HashMap::new()];
    for (name, value) in text.split(';').filter_map(|it| it.rsplit_once("--")?.1.split_once(": light-dark("))
    {
        let parts: Vec<_> = value.trim_end_matches(')').split(", ").filter_map(linear).collect();
        if let [light, dark] = parts[..] {
            themes[0].insert(name.to_owned(), light);
            themes[1].insert(name.to_owned(), dark);
        }
    }
    themes
}

fn linear(colour: &str) -> Option<[f64; 3]> {
    let digits = u32::from_str_radix(colour.strip_prefix('#').filter(|it| it.len() == 6)?, 16).ok()?;
    Some([16, 8, 0].map(|shift| {
        let part = f64::from((digits >> shift) & 0xff) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    }))
}

/// WCAG 2.2, "contrast ratio".
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
