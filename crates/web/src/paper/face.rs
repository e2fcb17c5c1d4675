//! The letters of a paper: which face draws each, and how wide it is.

use super::Weight;
use unicode_normalization::UnicodeNormalization;

/// Drawn for a letter of a script that no face has.
pub const UNKNOWN: char = '¤';

/// One letter as a face draws it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letter {
    /// The place of its face in [`Faces`].
    pub face: usize,
    pub glyph: u16,
    /// At size 1.
    pub advance: f32,
    pub of: char,
}

/// One of the faces that came with the build.
pub struct Face(&'static aptdesk_ui::Face);

impl Face {
    pub fn weight(&self) -> Weight {
        if self.0.weight > 500 { Weight::Strong } else { Weight::Regular }
    }

    pub fn bytes(&self) -> &'static [u8] {
        self.0.bytes
    }

    /// Ascent, descent and the height of capitals, in thousandths of the size: the unit of fonts in a file.
    pub fn heights(&self) -> [f32; 3] {
        let [_, heights @ ..] = self.0.measures;
        heights.map(|units| self.thousandths(units))
    }

    /// Left, bottom, right and top of all its glyphs, in thousandths of the size.
    pub fn bounds(&self) -> [f32; 4] {
        self.0.bounds.map(|units| self.thousandths(units))
    }

    /// The glyph of a letter, and how wide it is in thousandths of the size.
    pub fn glyph(&self, of: char) -> Option<(u16, f32)> {
        let place = self.0.letters.binary_search_by_key(&of, |it| it.0).ok()?;
        let (_, glyph, advance) = self.0.letters[place];
        Some((glyph, self.thousandths(advance)))
    }

    fn thousandths(&self, units: impl Into<f32>) -> f32 {
        units.into() * 1_000.0 / f32::from(self.0.measures[0])
    }
}

/// Every face, the commonest letters first.
pub struct Faces(Vec<Face>);

impl Faces {
    /// Nothing if this was built without the browser assets, which bring the faces.
    pub fn load() -> Option<Faces> {
        let all: Vec<Face> = aptdesk_ui::FACES.iter().map(Face).collect();
        (!all.is_empty()).then_some(Faces(all))
    }

    pub fn get(&self, place: usize) -> &Face {
        &self.0[place]
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Letters with their marks in one, where there is such a letter: é, not e and ´.
    pub fn letters(&self, words: &str, weight: Weight) -> Vec<Letter> {
        words.nfc().filter_map(|of| self.letter(of, weight)).collect()
    }

    fn letter(&self, of: char, weight: Weight) -> Option<Letter> {
        let of = if of.is_whitespace() { ' ' } else { of };
        if of.is_control() || is_silent(of) {
            return None;
        }
        let drawn = |of: char| {
            let mut those = self.0.iter().enumerate().filter(|(_, it)| it.weight() == weight);
            let (face, (glyph, advance)) = those.find_map(|(place, it)| Some((place, it.glyph(of)?)))?;
            Some(Letter { face, glyph, advance: advance / 1_000.0, of })
        };
        drawn(of).or_else(|| drawn(UNKNOWN))
    }
}

/// Joiners, marks of direction and of variation: nothing is drawn for them.
fn is_silent(of: char) -> bool {
    matches!(of, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
