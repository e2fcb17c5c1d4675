//! `winmail.dat`, compressed rich text and rich text: opened within limits, whatever stands in them.

use mail::parse::{rtf, tnef};

pub fn run(bytes: &[u8]) {
    if let Some(opened) = tnef::unpack(bytes) {
        let files: usize = opened.files.iter().map(|file| file.data.len()).sum();
        assert!(files <= bytes.len(), "files are taken out, not made");
    }
    let unpacked = rtf::unpack(bytes);
    for rtf in [Some(bytes), unpacked.as_deref()].into_iter().flatten() {
        assert!(rtf.len() <= rtf::RTF_BYTES_MAX.max(bytes.len()));
        if let Some(rich) = rtf::read(rtf) {
            let said = rich.html.or(rich.text).unwrap_or_default();
            assert!(said.len() <= rtf.len() * 8 && !said.contains('\0'), "it says no more than stands there");
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let attribute = |level: u8, id: u32, data: &[u8]| -> Vec<u8> {
        let length = (data.len() as u32).to_le_bytes();
        [&[level][..], &id.to_le_bytes(), &length, data, &[0, 0]].concat()
    };
    let property = |kind: u16, id: u16, data: &[u8]| -> Vec<u8> {
        let head = [kind.to_le_bytes(), id.to_le_bytes()].concat();
        let padding = vec![0; (4 - data.len() % 4) % 4];
        [&head[..], &1_u32.to_le_bytes(), &(data.len() as u32).to_le_bytes(), data, &padding].concat()
    };
    let rtf: &[u8] = br"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fcharset128 A;}}{\*\htmltag64 <p>}\htmlrtf {\b\htmlrtf0 Gr\'fc\u8364?\lquote{\*\htmltag72 </p>}}}";
    let mut packed = [0, 0, 0, 0, 200, 0, 0, 0].to_vec();
    packed.extend(b"LZFu\0\0\0\0\x03\0\0\x0a\0rcpg125\x422\x0a\xf3 hel\x090 bw\x05\xb0ld}\x0a\x80\x0f\xa0");
    let list = [
        2_u32.to_le_bytes().to_vec(),
        property(0x1F, 0x1000, b"w\0o\0r\0d\0"),
        property(0x0102, 0x1009, &packed),
    ];
    let mut envelope = vec![0x78, 0x9F, 0x3E, 0x22, 1, 0];
    envelope.extend(attribute(1, 0x0006_9007, &[0xE4, 4, 0, 0, 0, 0, 0, 0]));
    envelope.extend(attribute(1, 0x0002_800C, b"Gr\xfc\xdfe\0"));
    envelope.extend(attribute(1, 0x0006_9003, &list.concat()));
    envelope.extend(attribute(2, 0x0006_9002, &[0; 14]));
    envelope.extend(attribute(2, 0x0001_8010, b"A.TXT\0"));
    envelope.extend(attribute(2, 0x0006_800F, b"the file"));
    vec![envelope, packed, rtf.to_vec()]
}
