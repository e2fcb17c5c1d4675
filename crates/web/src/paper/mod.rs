//! Papers: a document of headings, paragraphs and rows, laid out on A4 and written as PDF.
//!
//! Its text is text (it can be searched, copied and read aloud), in Latin, Greek and Cyrillic letters; a letter of
//! another script is drawn as ¤. Headings and tables are tagged for screen readers, pictures are not: what a picture
//! shows also stands in words beside it.

mod face;
mod file;

pub use face::Faces;

use face::Letter;
use pdf_writer::types::{ArtifactType, StructRole};
use pdf_writer::{Content, Name, Str};
use std::collections::BTreeMap;

// A4 and its margins, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 56.0;
const FOOT: f32 = 64.0;
/// What a row or a line of a paragraph may be wide.
pub const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Where letters stand in their line, and where its middle is, from above.
const BASE: f32 = 0.78;
const MIDDLE: f32 = 0.53;
/// What the number of a page takes at its foot.
const NUMBER: f32 = 80.0;
/// Longer papers end here: nobody reads them.
const PAGES_MAX: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weight {
    Regular,
    Strong,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ink {
    Full,
    Soft,
}

impl Ink {
    fn rgb(self) -> [f32; 3] {
        match self {
            Ink::Full => [0.118, 0.133, 0.149],
            Ink::Soft => [0.314, 0.337, 0.365],
        }
    }
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub size: f32,
    pub weight: Weight,
    pub ink: Ink,
}

impl Style {
    pub const BODY: Style = Style { size: 10.5, weight: Weight::Regular, ink: Ink::Full };
    pub const STRONG: Style = Style { weight: Weight::Strong, ..Style::BODY };
    pub const SMALL: Style = Style { size: 9.0, weight: Weight::Regular, ink: Ink::Soft };
    const TITLE: Style = Style { size: 22.0, weight: Weight::Strong, ink: Ink::Full };
    const SECTION: Style = Style { size: 13.0, weight: Weight::Strong, ink: Ink::Full };

    fn leading(self) -> f32 {
        self.size * 1.4
    }
}

/// One field of a row.
pub struct Cell<'a> {
    pub words: &'a str,
    /// From the margin.
    pub at: f32,
    pub width: f32,
    pub style: Style,
    pub head: Option<Head>,
    /// Below the other fields, not beside them.
    pub is_under: bool,
}

/// What a head of a table is the head of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Head {
    Row,
    Column,
}

pub struct Paper {
    faces: Faces,
    title: String,
    author: String,
    sheets: Vec<Sheet>,
    /// The first is the whole document.
    tags: Vec<Tag>,
    table: Option<usize>,
    /// The glyphs in use of each face, with the letters they draw.
    used: Vec<BTreeMap<u16, char>>,
    /// The height of the next line, from below.
    y: f32,
    /// What is said, in the order of reading.
    #[cfg(test)]
    pub said: String,
}

struct Sheet {
    content: Content,
    /// The tag of each marked piece.
    marks: Vec<usize>,
}

impl Sheet {
    fn empty() -> Sheet {
        Sheet { content: Content::new(), marks: Vec::new() }
    }
}

/// An element of the document's structure.
struct Tag {
    role: StructRole,
    head: Option<Head>,
    parent: Option<usize>,
    kids: Vec<Kid>,
}

enum Kid {
    Tag(usize),
    Mark { sheet: usize, id: usize },
}

impl Paper {
    pub fn new(faces: Faces, title: &str, author: &str) -> Paper {
        let used = vec![BTreeMap::new(); faces.count()];
        Paper {
            faces,
            title: title.to_owned(),
            author: author.to_owned(),
            sheets: vec![Sheet::empty()],
            tags: vec![Tag { role: StructRole::Document, head: None, parent: None, kids: Vec::new() }],
            table: None,
            used,
            y: PAGE.1 - MARGIN,
            #[cfg(test)]
            said: String::new(),
        }
    }

    pub fn title(&mut self, words: &str) {
        self.paragraph(StructRole::H1, words, Style::TITLE);
    }

    /// Begins with some room for what it heads, or on the next page.
    pub fn section(&mut self, words: &str) {
        self.table = None;
        self.space(14.0);
        self.need(Style::SECTION.leading() + 3.0 * Style::BODY.leading());
        self.paragraph(StructRole::H2, words, Style::SECTION);
        self.space(4.0);
    }

    /// Each line of the words is a paragraph of its own.
    pub fn text(&mut self, words: &str, style: Style) {
        for words in words.lines().filter(|it| !it.trim().is_empty()) {
            self.paragraph(StructRole::P, words, style);
            self.space(4.0);
        }
    }

    pub fn space(&mut self, points: f32) {
        self.y -= points;
    }

    /// A row of a table; rows that follow each other make one table. The picture is drawn beside the first line.
    pub fn row(&mut self, cells: &[Cell<'_>], picture: Option<Scale>) {
        let table = match self.table {
            Some(table) => table,
            None => self.tag(StructRole::Table, None, 0),
        };
        self.table = Some(table);
        let fields: Vec<Vec<Vec<Letter>>> =
            cells.iter().map(|it| self.lines(it.words, it.style, it.width)).collect();
        let height = |is_under: bool| {
            let those = cells.iter().zip(&fields).filter(|(cell, _)| cell.is_under == is_under);
            those.map(|(cell, lines)| lines.len() as f32 * cell.style.leading()).fold(0.0, f32::max)
        };
        let (beside, under) = (height(false), height(true));
        self.need(beside + under);
        let (top, row) = (self.y, self.tag(StructRole::TR, None, table));
        let first = cells.first().map_or(Style::BODY, |it| it.style).leading();
        if let Some(scale) = picture {
            self.picture(&scale, top - first * MIDDLE);
        }
        for (cell, lines) in cells.iter().zip(&fields) {
            let role = if cell.head.is_some() { StructRole::TH } else { StructRole::TD };
            let tag = self.tag(role, cell.head, row);
            // Those beside each other begin on the line of the first, however small their letters are.
            let begin = match cell.is_under {
                true => top - beside - cell.style.leading() * BASE,
                false => top - first * BASE,
            };
            for (place, line) in lines.iter().enumerate() {
                let y = begin - place as f32 * cell.style.leading();
                self.line(tag, line, (MARGIN + cell.at, y), cell.style);
            }
        }
        self.y = top - beside - under;
    }

    /// Whether a letter could not be drawn.
    pub fn lacks_letters(&self) -> bool {
        self.used.iter().any(|it| it.values().any(|of| *of == face::UNKNOWN))
    }

    /// The finished file. `about` stands at the foot of each page, as far as one line holds it, beside the number.
    pub fn finish(mut self, about: &str) -> Vec<u8> {
        let about = self.lines(about, Style::SMALL, WIDTH - NUMBER).into_iter().next().unwrap_or_default();
        let count = self.sheets.len();
        for sheet in 0..count {
            let number = self.faces.letters(&format!("{} of {count}", sheet + 1), Weight::Regular);
            let end = PAGE.0 - MARGIN - wide(&number) * Style::SMALL.size;
            self.open_artifact(sheet);
            self.show(sheet, &about, (MARGIN, FOOT / 2.0), Style::SMALL);
            self.show(sheet, &number, (end, FOOT / 2.0), Style::SMALL);
            self.sheets[sheet].content.end_marked_content();
        }
        file::written(self)
    }

    fn open_artifact(&mut self, sheet: usize) {
        let mut mark = self.sheets[sheet].content.begin_marked_content_with_properties(Name(b"Artifact"));
        mark.properties().artifact().kind(ArtifactType::Pagination);
    }

    fn paragraph(&mut self, role: StructRole, words: &str, style: Style) {
        self.table = None;
        let tag = self.tag(role, None, 0);
        for line in self.lines(words, style, WIDTH) {
            self.need(style.leading());
            self.line(tag, &line, (MARGIN, self.y - style.leading() * BASE), style);
            self.y -= style.leading();
        }
    }

    fn need(&mut self, height: f32) {
        if self.y - height < FOOT && self.sheets.len() < PAGES_MAX {
            self.sheets.push(Sheet::empty());
            self.y = PAGE.1 - MARGIN;
        }
    }

    fn tag(&mut self, role: StructRole, head: Option<Head>, parent: usize) -> usize {
        let place = self.tags.len();
        self.tags.push(Tag { role, head, parent: Some(parent), kids: Vec::new() });
        self.tags[parent].kids.push(Kid::Tag(place));
        place
    }

    /// Words in lines of at most that width; a word that is wider is broken.
    fn lines(&self, words: &str, style: Style, width: f32) -> Vec<Vec<Letter>> {
        let most = width / style.size;
        let blank = self.faces.letters(" ", style.weight);
        let mut lines: Vec<Vec<Letter>> = vec![Vec::new()];
        for word in words.split_whitespace() {
            let letters = self.faces.letters(word, style.weight);
            let line = lines.last_mut().expect("there is always a line");
            if line.is_empty() || wide(line) + wide(&blank) + wide(&letters) <= most {
                if !line.is_empty() {
                    line.extend(&blank);
                }
            } else {
                lines.push(Vec::new());
            }
            for letter in letters {
                let line = lines.last_mut().expect("there is always a line");
                if !line.is_empty() && wide(line) + letter.advance > most {
                    lines.push(vec![letter]);
                } else {
                    line.push(letter);
                }
            }
        }
        lines.retain(|it| !it.is_empty());
        lines
    }

    /// A line of text that belongs to a tag.
    fn line(&mut self, tag: usize, letters: &[Letter], at: (f32, f32), style: Style) {
        let sheet = self.sheets.len() - 1;
        let id = self.sheets[sheet].marks.len();
        self.sheets[sheet].marks.push(tag);
        self.tags[tag].kids.push(Kid::Mark { sheet, id });
        let name = self.tags[tag].role.to_name();
        let content = &mut self.sheets[sheet].content;
        content.begin_marked_content_with_properties(name).properties().identify(id as i32);
        self.show(sheet, letters, at, style);
        self.sheets[sheet].content.end_marked_content();
        #[cfg(test)]
        {
            self.said.extend(letters.iter().map(|it| it.of));
            self.said.push('\n');
        }
    }

    fn show(&mut self, sheet: usize, letters: &[Letter], (x, y): (f32, f32), style: Style) {
        let content = &mut self.sheets[sheet].content;
        let [r, g, b] = style.ink.rgb();
        content.begin_text().set_fill_rgb(r, g, b).set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
        for run in letters.chunk_by(|one, other| one.face == other.face) {
            let face = run[0].face;
            let glyphs: Vec<u8> = run.iter().flat_map(|it| it.glyph.to_be_bytes()).collect();
            content.set_font(Name(file::face_name(face).as_bytes()), style.size).show(Str(&glyphs));
            for letter in run {
                self.used[face].entry(letter.glyph).or_insert(letter.of);
            }
        }
        content.end_text();
    }

    fn picture(&mut self, scale: &Scale, middle: f32) {
        const STEPS: u8 = 5;
        let place = |level: f64| MARGIN + scale.at + (level.clamp(0.0, 5.0) / 5.0) as f32 * scale.width;
        let content = &mut self.sheets.last_mut().expect("a paper has a page").content;
        content.begin_marked_content(Name(b"Artifact")).save_state();
        content.set_fill_rgb(0.902, 0.886, 0.851);
        for step in 0..=STEPS {
            content.rect(place(f64::from(step)) - 0.25, middle - 5.0, 0.5, 10.0);
        }
        content.fill_nonzero();
        let (low, high) = (place(scale.interval.0), place(scale.interval.1));
        content
            .set_fill_rgb(0.620, 0.792, 0.729)
            .rect(low, middle - 2.0, (high - low).max(1.0), 4.0)
            .fill_nonzero();
        content.set_fill_rgb(0.114, 0.420, 0.345).rect(place(scale.level) - 1.5, middle - 5.0, 3.0, 10.0);
        content.fill_nonzero().restore_state().end_marked_content();
    }
}

/// At size 1.
fn wide(letters: &[Letter]) -> f32 {
    letters.iter().map(|it| it.advance).sum()
}

/// A level from 0 to 5 with its interval, on a ruler.
pub struct Scale {
    /// From the margin.
    pub at: f32,
    pub width: f32,
    pub level: f64,
    pub interval: (f64, f64),
}
