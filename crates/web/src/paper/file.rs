//! A paper as the bytes of a file: pages, faces, and the structure that screen readers follow.

use super::face::Face;
use super::{Head, Kid, PAGE, Paper, Sheet, Tag, Weight};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, TableHeaderScope, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Settings, Str, TextStr};
use std::collections::BTreeMap;
use std::io::Write;

const IDENTITY: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// Objects of a page: itself and its content.
const PER_SHEET: usize = 2;
/// Objects of a face: the font, its letters, its measures, its file and what its glyphs mean.
const PER_FACE: usize = 5;

const CATALOG: usize = 1;
const PAGES: usize = 2;
const INFO: usize = 3;
const STRUCTURE: usize = 4;
const FIRST_FREE: usize = 5;

/// The name by which the pages call a face.
pub fn face_name(place: usize) -> String {
    format!("F{place}")
}

/// Where each object stands.
struct Places {
    sheets: usize,
    faces: usize,
}

impl Places {
    fn page(&self, sheet: usize) -> Ref {
        object(FIRST_FREE + sheet * PER_SHEET)
    }

    fn face(&self, face: usize) -> Ref {
        object(FIRST_FREE + self.sheets * PER_SHEET + face * PER_FACE)
    }

    fn tag(&self, tag: usize) -> Ref {
        object(FIRST_FREE + self.sheets * PER_SHEET + self.faces * PER_FACE + tag)
    }
}

fn object(place: usize) -> Ref {
    Ref::new(place as i32)
}

pub fn written(paper: Paper) -> Vec<u8> {
    let Paper { faces, title, author, sheets, tags, used, .. } = paper;
    let places = Places { sheets: sheets.len(), faces: faces.count() };
    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    pdf.set_version(1, 7);
    let mut catalog = pdf.catalog(object(CATALOG));
    catalog.pages(object(PAGES)).lang(TextStr("en"));
    catalog.viewer_preferences().display_doc_title(true);
    catalog.mark_info().marked(true);
    catalog.pair(Name(b"StructTreeRoot"), object(STRUCTURE));
    catalog.finish();
    pdf.document_info(object(INFO))
        .title(TextStr(&title))
        .author(TextStr(&author))
        .producer(TextStr("Aptdesk"));
    let kids: Vec<Ref> = (0..sheets.len()).map(|it| places.page(it)).collect();
    pdf.pages(object(PAGES)).count(kids.len() as i32).kids(kids);
    write_structure(&mut pdf, &places, &sheets, &tags);
    for (place, sheet) in sheets.into_iter().enumerate() {
        let (id, content) = (places.page(place), Ref::new(places.page(place).get() + 1));
        let mut page = pdf.page(id);
        page.parent(object(PAGES)).media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).contents(content);
        page.struct_parents(place as i32);
        let mut resources = page.resources();
        let mut fonts = resources.fonts();
        for face in in_use(&used) {
            fonts.pair(Name(face_name(face).as_bytes()), places.face(face));
        }
        fonts.finish();
        resources.finish();
        page.finish();
        pdf.stream(content, &packed(&sheet.content.finish())).filter(Filter::FlateDecode);
    }
    for face in in_use(&used) {
        write_face(&mut pdf, places.face(face), face, faces.get(face), &used[face]);
    }
    pdf.finish()
}

fn in_use(used: &[BTreeMap<u16, char>]) -> impl Iterator<Item = usize> {
    used.iter().enumerate().filter(|(_, it)| !it.is_empty()).map(|(place, _)| place)
}

fn write_structure(pdf: &mut Pdf, places: &Places, sheets: &[Sheet], tags: &[Tag]) {
    let mut root = pdf.indirect(object(STRUCTURE)).start::<pdf_writer::writers::StructTreeRoot<'_>>();
    root.child(places.tag(0));
    root.parent_tree_next_key(sheets.len() as i32);
    let mut tree = root.insert(Name(b"ParentTree")).dict();
    let mut numbers = tree.insert(Name(b"Nums")).array();
    for (place, sheet) in sheets.iter().enumerate() {
        numbers.item(place as i32);
        numbers.push().array().items(sheet.marks.iter().map(|tag| places.tag(*tag)));
    }
    numbers.finish();
    tree.finish();
    root.finish();
    for (place, tag) in tags.iter().enumerate() {
        let mut element = pdf.struct_element(places.tag(place));
        element.kind(tag.role);
        element.parent(tag.parent.map_or(object(STRUCTURE), |it| places.tag(it)));
        if let Some(head) = tag.head {
            let scope = match head {
                Head::Row => TableHeaderScope::Row,
                Head::Column => TableHeaderScope::Column,
            };
            element.attributes().push().table().scope(scope);
        }
        let mut kids = element.children();
        for kid in &tag.kids {
            match *kid {
                Kid::Tag(tag) => {
                    kids.struct_element(places.tag(tag));
                }
                Kid::Mark { sheet, id } => {
                    kids.marked_content_ref().page(places.page(sheet)).marked_content_id(id as i32);
                }
            }
        }
    }
}

/// A face in the file, whole: it was cut to a script when the desk was built.
fn write_face(pdf: &mut Pdf, id: Ref, place: usize, face: &Face, used: &BTreeMap<u16, char>) {
    let part = |offset: i32| Ref::new(id.get() + offset);
    let (letters, measures, bytes, meanings) = (part(1), part(2), part(3), part(4));
    let weight = match face.weight() {
        Weight::Regular => "Regular",
        Weight::Strong => "SemiBold",
    };
    // Six capitals tell the parts of one font from each other.
    let name = format!("APTDS{}+Inter-{weight}", char::from(b'A' + place as u8 % 26));
    let name = Name(name.as_bytes());
    let mut font = pdf.type0_font(id);
    font.base_font(name).encoding_predefined(Name(b"Identity-H"));
    font.descendant_font(letters).to_unicode(meanings);
    font.finish();

    let mut cid = pdf.cid_font(letters);
    cid.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(measures);
    cid.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = cid.widths();
    for (glyph, letter) in used {
        widths.consecutive(*glyph, [face.glyph(*letter).map_or(0.0, |it| it.1)]);
    }
    widths.finish();
    cid.finish();

    let ([x0, y0, x1, y1], [ascent, descent, cap_height]) = (face.bounds(), face.heights());
    let mut descriptor = pdf.font_descriptor(measures);
    descriptor.name(name).flags(FontFlags::SYMBOLIC).bbox(Rect::new(x0, y0, x1, y1)).italic_angle(0.0);
    descriptor.ascent(ascent).descent(descent).cap_height(cap_height).stem_v(90.0).font_file2(bytes);
    descriptor.finish();

    let whole = packed(face.bytes());
    let mut stream = pdf.stream(bytes, &whole);
    stream.filter(Filter::FlateDecode).pair(Name(b"Length1"), face.bytes().len() as i32);
    stream.finish();

    let mut meaning = UnicodeCmap::<u16>::new(Name(b"Letters"), IDENTITY);
    for (glyph, letter) in used {
        meaning.pair(*glyph, *letter);
    }
    pdf.stream(meanings, &packed(&meaning.finish())).filter(Filter::FlateDecode);
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).expect("memory takes all bytes");
    packer.finish().expect("memory takes all bytes")
}
