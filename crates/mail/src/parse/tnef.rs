//! `winmail.dat`: the envelope that Outlook puts around attachments (MS-OXTNEF), opened as far as it is sound.
//!
//! A body that stands in it as rich text only is given as the HTML or text that the rich text holds.

use super::{charset, rtf};

/// What was inside.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tnef {
    pub text: Option<String>,
    pub html: Option<String>,
    pub files: Vec<TnefFile>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct TnefFile {
    pub name: String,
    pub content_type: Option<String>,
    pub content_id: Option<String>,
    pub data: Vec<u8>,
}

const SIGNATURE: u32 = 0x223E_9F78;
/// Files taken out of one envelope.
const FILES_MAX: usize = 500;
/// Properties read of one list; real ones have dozens.
const PROPERTIES_MAX: u32 = 5_000;

const ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800F;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;
const MESSAGE_BODY: u32 = 0x0002_800C;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const OEM_CODEPAGE: u32 = 0x0006_9007;

/// None if the bytes are no such envelope. A damaged one gives what stands before the damage.
pub fn unpack(bytes: &[u8]) -> Option<Tnef> {
    let mut reader = Reader { bytes };
    if reader.u32()? != SIGNATURE {
        return None;
    }
    reader.take(2)?;
    let mut tnef = Tnef::default();
    let mut codepage = String::from("windows-1252");
    let mut rich = None;
    while let Some((id, data)) = reader.attribute() {
        match id {
            OEM_CODEPAGE => {
                if let Some(page) = (Reader { bytes: data }).u32() {
                    codepage = charset::label_of_page(page);
                }
            }
            MESSAGE_BODY => tnef.text = Some(text_of(data, &codepage)),
            MESSAGE_PROPERTIES => {
                for (property, value) in properties(data) {
                    match property {
                        0x1000 => tnef.text = value.into_text(&codepage).or(tnef.text),
                        0x1013 => tnef.html = value.into_text(&codepage).or(tnef.html),
                        0x1009 => rich = value.bytes().and_then(rtf::unpack).as_deref().and_then(rtf::read),
                        _ => {}
                    }
                }
            }
            ATTACH_REND_DATA if tnef.files.len() < FILES_MAX => tnef.files.push(TnefFile::default()),
            ATTACH_TITLE => {
                if let Some(file) = tnef.files.last_mut().filter(|file| file.name.is_empty()) {
                    file.name = text_of(data, &codepage);
                }
            }
            ATTACH_DATA => {
                if let Some(file) = tnef.files.last_mut() {
                    file.data = data.to_vec();
                }
            }
            ATTACH_PROPERTIES => {
                if let Some(file) = tnef.files.last_mut() {
                    apply_properties(file, data, &codepage);
                }
            }
            _ => {}
        }
    }
    if let Some(rich) = rich {
        tnef.html = tnef.html.filter(|html| !html.trim().is_empty()).or(rich.html);
        tnef.text = tnef.text.filter(|text| !text.trim().is_empty()).or(rich.text);
    }
    tnef.files.retain(|file| !file.name.is_empty() || !file.data.is_empty());
    Some(tnef)
}

fn apply_properties(file: &mut TnefFile, data: &[u8], codepage: &str) {
    for (property, value) in properties(data) {
        match property {
            // The long name is better than the eight-and-three one of the title.
            0x3707 => {
                if let Some(name) = value.into_text(codepage).filter(|name| !name.is_empty()) {
                    file.name = name;
                }
            }
            0x3704 | 0x3001 if file.name.is_empty() => {
                file.name = value.into_text(codepage).unwrap_or_default()
            }
            0x370E => file.content_type = value.into_text(codepage).filter(|kind| kind.contains('/')),
            0x3712 => file.content_id = value.into_text(codepage).filter(|id| !id.is_empty()),
            0x3701 => {
                if let Value::Object(inner) = value {
                    file.data = inner.to_vec();
                } else if let Value::Binary(inner) = value
                    && file.data.is_empty()
                {
                    file.data = inner.to_vec();
                }
            }
            _ => {}
        }
    }
}

enum Value<'x> {
    Bytes8(&'x [u8]),
    Wide(&'x [u8]),
    Binary(&'x [u8]),
    Object(&'x [u8]),
    Other,
}

impl<'x> Value<'x> {
    fn bytes(&self) -> Option<&'x [u8]> {
        match self {
            Value::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn into_text(self, codepage: &str) -> Option<String> {
        match self {
            Value::Bytes8(bytes) | Value::Binary(bytes) => Some(text_of(bytes, codepage)),
            Value::Wide(bytes) => {
                let units: Vec<u16> =
                    bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
                Some(String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned())
            }
            Value::Object(_) | Value::Other => None,
        }
    }
}

fn text_of(bytes: &[u8], codepage: &str) -> String {
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    charset::decode(bytes.get(..end).unwrap_or_default(), Some(codepage)).text
}

/// Properties with one value; a list of values gives its first.
fn properties(data: &[u8]) -> Vec<(u16, Value<'_>)> {
    let mut reader = Reader { bytes: data };
    let mut found = Vec::new();
    let count = reader.u32().unwrap_or(0).min(PROPERTIES_MAX);
    for _ in 0..count {
        match reader.property() {
            Some(property) => found.push(property),
            None => break,
        }
    }
    found
}

struct Reader<'x> {
    bytes: &'x [u8],
}

impl<'x> Reader<'x> {
    fn take(&mut self, count: usize) -> Option<&'x [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|two| u16::from_le_bytes([two[0], two[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
    }

    /// Level, id, length, data, checksum. The data of a cut envelope are what is left of it.
    fn attribute(&mut self) -> Option<(u32, &'x [u8])> {
        self.take(1)?;
        let id = self.u32()?;
        let length = self.u32()? as usize;
        let data = match self.take(length) {
            Some(data) => data,
            None => std::mem::take(&mut self.bytes),
        };
        let _checksum = self.take(2);
        Some((id, data))
    }

    fn padded(&mut self) -> Option<&'x [u8]> {
        let length = self.u32()? as usize;
        let data = self.take(length)?;
        self.take((4 - length % 4) % 4)?;
        Some(data)
    }

    fn property(&mut self) -> Option<(u16, Value<'x>)> {
        let kind = self.u16()?;
        let id = self.u16()?;
        if id >= 0x8000 {
            self.take(16)?;
            if self.u32()? == 0 {
                self.take(4)?;
            } else {
                self.padded()?;
            }
        }
        let is_list = kind & 0x1000 != 0;
        let kind = kind & !0x1000;
        let is_long = matches!(kind, 0x1E | 0x1F | 0x102 | 0x0D);
        let count = if is_list || is_long { self.u32()?.min(PROPERTIES_MAX) } else { 1 };
        let mut first = Value::Other;
        for index in 0..count {
            let value = match kind {
                0x02 | 0x03 | 0x04 | 0x0A | 0x0B => self.take(4).map(|_| Value::Other)?,
                0x05 | 0x06 | 0x07 | 0x14 | 0x40 => self.take(8).map(|_| Value::Other)?,
                0x48 => self.take(16).map(|_| Value::Other)?,
                0x1E => Value::Bytes8(self.padded()?),
                0x1F => Value::Wide(self.padded()?),
                0x102 => Value::Binary(self.padded()?),
                // An object begins with the 16 bytes of its interface.
                0x0D => Value::Object(self.padded()?.get(16..)?),
                _ => return None,
            };
            if index == 0 {
                first = value;
            }
        }
        Some((id, first))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out.extend(data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte))).to_le_bytes());
        out
    }

    fn envelope() -> Vec<u8> {
        let mut bytes = SIGNATURE.to_le_bytes().to_vec();
        bytes.extend([1, 0]);
        bytes.extend(attribute(1, OEM_CODEPAGE, &[0xE4, 4, 0, 0, 0, 0, 0, 0]));
        bytes.extend(attribute(1, MESSAGE_BODY, b"Gr\xfc\xdfe\0"));
        bytes.extend(attribute(2, ATTACH_REND_DATA, &[0; 14]));
        bytes.extend(attribute(2, ATTACH_TITLE, b"LONGNA~1.TXT\0"));
        bytes.extend(attribute(2, ATTACH_DATA, b"the file"));
        let mut list = 1_u32.to_le_bytes().to_vec();
        list.extend([0x1E, 0, 0x07, 0x37, 1, 0, 0, 0, 14, 0, 0, 0]);
        list.extend(b"long name.txt\0\0\0");
        bytes.extend(attribute(2, ATTACH_PROPERTIES, &list));
        bytes
    }

    #[test]
    fn files_and_the_text_come_out() {
        let tnef = unpack(&envelope()).expect("an envelope");
        assert_eq!(tnef.text.as_deref(), Some("Grüße"));
        assert_eq!(tnef.files.len(), 1);
        assert_eq!(
            (tnef.files[0].name.as_str(), tnef.files[0].data.as_slice()),
            ("long name.txt", b"the file".as_slice())
        );
    }

    pub fn with_rich_text(rtf: &str) -> Vec<u8> {
        let packed = compressed_rtf::compress_rtf(rtf).expect("it is ASCII");
        let mut list = 1_u32.to_le_bytes().to_vec();
        list.extend([0x02, 0x01, 0x09, 0x10, 1, 0, 0, 0]);
        list.extend((packed.len() as u32).to_le_bytes());
        list.extend(&packed);
        list.resize(list.len().next_multiple_of(4), 0);
        let mut bytes = SIGNATURE.to_le_bytes().to_vec();
        bytes.extend([1, 0]);
        bytes.extend(attribute(1, MESSAGE_PROPERTIES, &list));
        bytes
    }

    #[test]
    fn a_body_that_is_rich_text_only_is_read() {
        let tnef = unpack(&with_rich_text(r"{\rtf1\ansi Gr\'fc\'dfe\par aus Wien}")).expect("an envelope");
        assert_eq!((tnef.text.as_deref(), tnef.html), (Some("Grüße\naus Wien"), None));
        let wrapped = r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}Hello{\*\htmltag72 </p>}}";
        let tnef = unpack(&with_rich_text(wrapped)).expect("an envelope");
        assert_eq!((tnef.html.as_deref(), tnef.text), (Some("<p>Hello</p>"), None));
    }

    #[test]
    fn a_cut_envelope_gives_what_it_still_holds() {
        let whole = envelope();
        for length in 0..whole.len() {
            let _ = unpack(&whole[..length]);
        }
        assert_eq!(unpack(b"not an envelope"), None);
    }
}
