//! Sets of small numbers as words of 64 bits.

/// A set of numbers below a bound that grows on insertion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub fn grow(&mut self, bound: usize) {
        let words = bound.div_ceil(64);
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
    }

    pub fn set(&mut self, at: u32, on: bool) {
        let (word, bit) = (at as usize / 64, 1_u64 << (at % 64));
        if word >= self.words.len() {
            if !on {
                return;
            }
            self.words.resize(word + 1, 0);
        }
        if on {
            self.words[word] |= bit;
        } else {
            self.words[word] &= !bit;
        }
    }

    pub fn has(&self, at: u32) -> bool {
        self.words.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub fn words(&self) -> &[u64] {
        &self.words
    }

    pub fn count_shared(&self, other: &Bits) -> usize {
        self.words.iter().zip(&other.words).map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    pub fn bytes(&self) -> usize {
        self.words.capacity() * 8
    }
}

/// The numbers of the bits that are set in one word.
#[derive(Clone, Copy)]
pub(super) struct Ones {
    word: u64,
    base: u32,
}

pub(super) fn ones(word: u64, at: usize) -> Ones {
    Ones { word, base: at as u32 * 64 }
}

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.word == 0 {
            return None;
        }
        let bit = self.word.trailing_zeros();
        self.word &= self.word - 1;
        Some(self.base + bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found_again_in_order() {
        let mut bits = Bits::default();
        for at in [0, 63, 64, 700] {
            bits.set(at, true);
        }
        bits.set(63, false);
        bits.set(9_999, false);
        let found: Vec<u32> =
            bits.words().iter().enumerate().flat_map(|(at, word)| ones(*word, at)).collect();
        assert_eq!(found, [0, 64, 700]);
        assert!(bits.has(700) && !bits.has(63) && !bits.has(100_000));
    }
}
