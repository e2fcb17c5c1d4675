//! The look and the scripts of every page, bundled by `build.rs` and embedded in the binary.
//!
//! Pages name an asset by its plain name (`url("app.css")`) and get an address that changes with its content, so a
//! door may answer `asset(…)` with `cache-control: public, max-age=31536000, immutable`. The classes that templates
//! use are listed in `COMPONENTS.md`. This crate knows no page and no protocol.
//!
//! ```
//! let sheet = aptdesk_ui::url("app.css");
//! assert!(sheet.starts_with("/assets/app"));
//! ```

/// One file as a browser receives it.
#[derive(Debug)]
pub struct Asset {
    /// Its address, hash included: `/assets/app-3F2A….css`.
    pub path: &'static str,
    /// The name without the hash, or nothing for what only other assets refer to.
    pub logical: &'static str,
    pub content_type: &'static str,
    /// In quotes, as the header wants it.
    pub etag: &'static str,
    /// Whether the first page of the workspace fetches this script.
    pub initial: bool,
    pub bytes: &'static [u8],
    pub br: Option<&'static [u8]>,
    pub gz: Option<&'static [u8]>,
}

/// The names a template may ask for.
pub const LOGICAL: [&str; 7] =
    ["app.css", "public.css", "app.js", "widget.js", "inter.woff2", "icons.svg", "licences.txt"];

/// Every asset; empty if this was a debug build without Node.
pub static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// A face of Inter for files in which letters must be embedded; no page asks for it.
#[derive(Debug)]
pub struct Face {
    /// 400 or 600.
    pub weight: u16,
    /// Units per em, ascent, descent, height of capitals.
    pub measures: [i16; 4],
    /// Left, bottom, right and top of all its glyphs.
    pub bounds: [i16; 4],
    /// By letter: its glyph, and how wide it is.
    pub letters: &'static [(char, u16, u16)],
    /// TrueType, cut to one script.
    pub bytes: &'static [u8],
}

/// The commonest letters first; empty if this was a debug build without Node.
pub static FACES: &[Face] = include!(concat!(env!("OUT_DIR"), "/faces.rs"));

/// The asset whose address is `/assets/{path}`.
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|it| it.path.strip_prefix("/assets/") == Some(path))
}

/// The address of one of [`LOGICAL`]. Without assets it names a file that is not there, and the page works bare.
pub fn url(logical: &str) -> &'static str {
    match ASSETS.iter().find(|it| it.logical == logical) {
        Some(asset) => asset.path,
        None => {
            debug_assert!(LOGICAL.contains(&logical), "no asset is called {logical:?}");
            LOGICAL
                .iter()
                .zip(BARE)
                .find(|(name, _)| **name == logical)
                .map_or("/assets/unknown", |(_, path)| path)
        }
    }
}

const BARE: [&str; 7] = [
    "/assets/app.css",
    "/assets/public.css",
    "/assets/app.js",
    "/assets/widget.js",
    "/assets/inter.woff2",
    "/assets/icons.svg",
    "/assets/licences.txt",
];
