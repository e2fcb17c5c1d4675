//! What a message says: its new words, language, tone and the skills it needs.
//!
//! Pure thought: no I/O, no clock, no chance; the same text gives the same answer on every machine. It knows
//! neither tickets nor mail protocols: doors hand it text, it hands back findings with the words that caused them.
//!
//! ```
//! let mail = "You charged me twice!\n\nOn Mon, 2 Apr 2012 at 6:26 PM, Ana <ana@example.com> wrote:\n> Your invoice";
//! assert_eq!(text::fold(mail).visible, "You charged me twice!");
//! ```

pub mod folding;
mod html;
pub mod html_fold;
pub mod language;
#[rustfmt::skip] // lists read better packed
mod language_words;
pub mod needs;
pub mod tone;
#[rustfmt::skip] // lists read better packed
mod tone_signs;
pub mod visible;
pub mod words;

pub use html_fold::{HtmlSplit, split_html, split_html_with};
pub use language::{Language, identify};
pub use needs::{Hardness, Need, Needs, NeedsError, Rule};
pub use tone::{Tone, tone};
pub use visible::{Folded, Hints, Kind, Part, fold, fold_with, fold_with_marker};
pub use words::{query_terms, search_terms, snippet};
