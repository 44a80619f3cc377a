//! Keys: a whole state as bytes. Two states are the same if and only if their keys are equal.

use crate::machine::MOST_THREADS;
use crate::object::ThreadId;
use crate::symmetry::Renaming;
use std::num::NonZeroU32;
use std::ops::Range;

/// A state as bytes.
#[derive(Default, Debug)]
pub struct Key {
    bytes: Vec<u8>,
    /// The parts of the threads, while they are sorted.
    sorted: Vec<u8>,
}

impl Key {
    /// Appends a number, in as few bytes as it needs. No number's bytes are the beginning of another's.
    pub fn push(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// Appends a part for each thread, such that no part is the beginning of another. The parts of interchangeable
    /// threads come in increasing order, so that they are the same if the threads change places. Returns the places.
    pub fn push_threads(
        &mut self,
        threads: usize,
        alike: &[Range<usize>],
        mut part: impl FnMut(&mut Self, ThreadId),
    ) -> Renaming {
        let mut starts = [self.bytes.len(); MOST_THREADS + 1];
        for thread in 0..threads {
            part(self, thread as ThreadId);
            starts[thread + 1] = self.bytes.len();
        }
        if alike.is_empty() {
            return Renaming::NONE;
        }
        let part = |&thread: &ThreadId| &self.bytes[starts[thread as usize]..starts[thread as usize + 1]];
        let mut order: [ThreadId; MOST_THREADS] = std::array::from_fn(|thread| thread as ThreadId);
        for group in alike {
            order[group.clone()].sort_by(|one, two| part(one).cmp(part(two)));
        }
        if order.is_sorted() {
            return Renaming::NONE;
        }
        self.sorted.clear();
        for thread in &order[..threads] {
            self.sorted.extend_from_slice(part(thread));
        }
        self.bytes.truncate(starts[0]);
        self.bytes.extend_from_slice(&self.sorted);
        Renaming::to_places(&order)
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// All keys so far. They have the numbers from 0 on, in the order in which they came.
#[derive(Default)]
pub struct Known {
    /// All keys, one behind the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// A hash table of keys, whose length is a power of two. A key is at the place that its hash says, or in the next
    /// place that was free.
    table: Vec<Option<Entry>>,
}

/// A key in the hash table.
#[derive(Clone, Copy)]
struct Entry {
    /// A part of the hash, which spares most comparisons of different keys.
    hash: u32,
    /// One more than the key's number.
    number: NonZeroU32,
}

impl Known {
    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a key if it is new. Returns its number, and whether it is new.
    pub fn add(&mut self, key: &[u8]) -> (u32, bool) {
        if self.table.len() < 2 * (self.len() + 1) {
            self.grow();
        }
        let hash = hash(key);
        let mut place = hash as usize & (self.table.len() - 1);
        while let Some(entry) = self.table[place] {
            let number = entry.number.get() - 1;
            if entry.hash == (hash >> 32) as u32 && self.key(number) == key {
                return (number, false);
            }
            place = (place + 1) & (self.table.len() - 1);
        }
        let number = self.len() as u32;
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.table[place] = Some(Entry { hash: (hash >> 32) as u32, number: NonZeroU32::MIN.saturating_add(number) });
        (number, true)
    }

    fn key(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }

    /// Doubles the hash table.
    fn grow(&mut self) {
        let size = (2 * self.table.len()).max(1024);
        let mut table = vec![None; size];
        for number in 0..self.len() as u32 {
            let hash = hash(self.key(number));
            let mut place = hash as usize & (size - 1);
            while table[place].is_some() {
                place = (place + 1) & (size - 1);
            }
            table[place] = Some(Entry { hash: (hash >> 32) as u32, number: NonZeroU32::MIN.saturating_add(number) });
        }
        self.table = table;
    }
}

/// Returns a hash. It is a fast and weak one, because keys with equal hashes are compared.
fn hash(key: &[u8]) -> u64 {
    let mix = |hash: u64, number: u64| (hash.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    let mut chunks = key.chunks_exact(8);
    let whole = chunks.by_ref().map(|chunk| u64::from_le_bytes(chunk.try_into().expect("a chunk has 8 bytes")));
    let hash = whole.fold(key.len() as u64, mix);
    let rest = chunks.remainder().iter().fold(0, |rest, &byte| rest << 8 | u64::from(byte));
    let hash = mix(hash, rest);
    hash ^ hash >> 32
}
