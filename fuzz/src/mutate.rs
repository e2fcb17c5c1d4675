//! Seeded mutation without coverage, for compilers that libFuzzer cannot be had with.

/// xorshift64*: the same seed gives the same inputs on every machine.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Inputs do not grow beyond this.
const INPUT_BYTES_MAX: usize = 16 * 1024;
/// Pieces that readers of mail stumble over.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3",
    b"=?utf-8?b?",
    b"?=",
    b"\"",
    b"\\",
    b"(",
    b"<",
    b">",
    b";",
    b",",
    b"@",
    b"--",
    b".\r\n",
    b"\r\n.\r\n",
    b"=\r\n",
    b"%",
    b"{",
    b"}",
    b"\\'",
    b"\\u-1?",
    b"<blockquote>",
    b"</div>",
    b"<!--",
    b"&#",
    b"\xe2\x80\xae",
    b"\xff\xff\xff\xff",
    b"\xf0\x9f\x98\x80",
    b"> ",
    b"From: ",
    b"Content-Type: multipart/mixed; boundary=\"\"\r\n",
];

/// One input, made from one or two seeds by a few changes.
pub fn input(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(8) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + 1 + chance.below(32)).min(bytes.len());
        match chance.below(7) {
            0 if at < bytes.len() => bytes[at] = chance.next() as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            2 if at < end => drop(bytes.drain(at..end)),
            3 if at < end => {
                let copy = bytes[at..end].repeat(1 + chance.below(4));
                bytes.splice(at..at, copy);
            }
            4 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            5 => bytes.truncate(at.max(1)),
            _ => {
                let piece = PIECES[chance.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes.truncate(INPUT_BYTES_MAX);
    bytes
}
