//! Keys: a whole state as bytes. Two states are the same if and only if their keys are equal.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A state as bytes.
#[derive(PartialEq, Eq, Default, Debug)]
pub struct Key(Vec<u8>);

impl Key {
    /// Appends a number, in as few bytes as it needs. No number's bytes are the beginning of another's.
    pub fn push(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// All keys so far, with a number for each.
pub type Known = HashMap<Box<[u8]>, u32, BuildHasherDefault<KeyHasher>>;

/// A fast hash. It may be a weak one, because equal hashes are not taken for equal keys.
#[derive(Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.write_u64(u64::from_le_bytes(chunk.try_into().expect("a chunk has 8 bytes")));
        }
        for &byte in chunks.remainder() {
            self.write_u64(byte.into());
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
