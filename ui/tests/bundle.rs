//! What the bundle promises to pages and to browsers.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

use std::fs;
use std::path::{Path, PathBuf};

use aptdesk_ui::{ASSETS, Asset, FACES, LOGICAL, asset, url};

const INITIAL_SCRIPT_BR_BYTES_MAX: usize = 60 * 1024;
const SCRIPT_BR_BYTES_MAX: usize = 150 * 1024;
/// A list page may cost 80 KB on the first visit; this is what its look may take of that.
const FIRST_LOOK_BYTES_MAX: usize = 70 * 1024;
/// What letters for PDF files may add to the program.
const FACES_BYTES_MAX: usize = 400 * 1024;

fn built() -> bool {
    if ASSETS.is_empty() {
        eprintln!("skipped: built without Node, so there are no assets to look at");
    }
    !ASSETS.is_empty()
}

fn named(logical: &str) -> &'static Asset {
    ASSETS.iter().find(|it| it.logical == logical).unwrap_or_else(|| panic!("no asset is called {logical}"))
}

fn wire_bytes(asset: &Asset) -> usize {
    asset.br.unwrap_or(asset.bytes).len()
}

fn scripts() -> impl Iterator<Item = &'static Asset> {
    ASSETS.iter().filter(|it| it.path.ends_with(".js"))
}

#[test]
fn every_name_leads_to_an_address_and_back() {
    for name in LOGICAL {
        let path = url(name);
        assert!(path.starts_with("/assets/"), "{path}");
        if built() {
            let found = asset(path.trim_start_matches("/assets/")).expect("an address leads to its asset");
            assert_eq!(found.logical, name);
            assert!(!found.bytes.is_empty());
        }
    }
    assert!(asset("../Cargo.toml").is_none());
}

#[test]
fn scripts_stay_within_their_budget() {
    if !built() {
        return;
    }
    let initial: usize = scripts().filter(|it| it.initial).map(wire_bytes).sum();
    let all: usize = scripts().map(wire_bytes).sum();
    assert!(initial > 0, "the first page loads a script");
    assert!(initial <= INITIAL_SCRIPT_BR_BYTES_MAX, "{initial} bytes of script on the first page");
    assert!(all <= SCRIPT_BR_BYTES_MAX, "{all} bytes of script in all");
}

#[test]
fn a_first_look_leaves_room_for_the_page() {
    if !built() {
        return;
    }
    let look: usize =
        ["app.css", "inter.woff2", "icons.svg"].into_iter().map(|it| wire_bytes(named(it))).sum();
    let scripts: usize = scripts().filter(|it| it.initial).map(wire_bytes).sum();
    assert!(look + scripts <= FIRST_LOOK_BYTES_MAX, "{look} bytes of look and {scripts} of script");
}

#[test]
fn texts_come_compressed_and_fonts_as_they_are() {
    for asset in ASSETS {
        let text = !asset.path.ends_with(".woff2");
        assert_eq!(asset.br.is_some() && asset.gz.is_some(), text, "{}", asset.path);
        assert!(asset.etag.starts_with('"') && asset.etag.ends_with('"'));
    }
}

#[test]
fn papers_have_letters_in_two_weights_and_no_page_fetches_them() {
    const TRUE_TYPE: [u8; 4] = [0, 1, 0, 0];
    if !built() {
        return;
    }
    for weight in [400, 600] {
        assert!(FACES.iter().filter(|it| it.weight == weight).count() >= 4, "one for each script");
    }
    assert!(FACES.iter().all(|it| it.bytes.starts_with(&TRUE_TYPE)));
    let bytes: usize = FACES.iter().map(|it| it.bytes.len()).sum();
    assert!(bytes <= FACES_BYTES_MAX, "{bytes} bytes of letters");
    assert!(ASSETS.iter().all(|it| !it.path.ends_with(".ttf")));
}

#[test]
fn style_sheets_refer_only_to_assets_that_exist() {
    for sheet in ASSETS.iter().filter(|it| it.path.ends_with(".css")) {
        let text = std::str::from_utf8(sheet.bytes).expect("a style sheet is UTF-8");
        for reference in text.split("url(").skip(1) {
            let file = reference.split(')').next().unwrap_or("").trim_matches(['"', '\'']);
            if file.starts_with("data:") || file.starts_with('#') {
                continue;
            }
            assert!(asset(file.trim_start_matches("./")).is_some(), "{} refers to {file}", sheet.path);
        }
    }
}

#[test]
fn templates_ask_only_for_icons_that_exist() {
    if !built() {
        return;
    }
    let sprite = std::str::from_utf8(named("icons.svg").bytes).expect("the sprite is UTF-8");
    for page in templates() {
        let text = fs::read_to_string(&page).expect("a template is UTF-8");
        for place in text.split("icons.svg").skip(1) {
            // `{{ url("icons.svg") }}#home"`: the name stands between the first # and the next quote.
            let Some((before, after)) = place.split_once('#') else { continue };
            if before.len() > 12 || before.contains('<') {
                continue;
            }
            let icon = after.split('"').next().unwrap_or("");
            if icon.contains('{') {
                continue;
            }
            assert!(
                sprite.contains(&format!("id=\"{icon}\"")),
                "{} asks for the icon {icon}",
                page.display()
            );
        }
    }
}

fn templates() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = vec![root.join("ui/gallery.html")];
    let mut folders = vec![root.join("crates/web/templates"), root.join("crates/helpcenter/templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "html") {
                found.push(path);
            }
        }
    }
    found
}
