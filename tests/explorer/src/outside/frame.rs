//! Frames: their length, and then words of eight bytes and texts.

use crate::operation::{Answer, Work};
use std::io::{self, Read, Write};

/// The largest frame, in bytes. A replay of 5,000 operations takes less than a tenth of it.
const LARGEST: usize = 8 << 20;

/// A frame that is being written.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    pub fn word(&mut self, word: u64) {
        self.0.extend(word.to_le_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    pub fn answers(&mut self, answers: &[Answer]) {
        self.word(answers.len() as u64);
        for answer in answers {
            self.word(answer.value);
            self.word(answer.failed.into());
        }
    }

    pub fn work(&mut self, work: Work) {
        [work.kind.into(), work.from, work.to, work.step].into_iter().for_each(|word| self.word(word));
    }

    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Sends the frame in one piece.
    pub fn send(&self, line: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(self.0.len() + 8);
        bytes.extend((self.0.len() as u64).to_le_bytes());
        bytes.extend(&self.0);
        line.write_all(&bytes)?;
        line.flush()
    }
}

/// Waits for a frame and returns its bytes.
pub fn receive(line: &mut (impl Read + ?Sized)) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    line.read_exact(&mut length)?;
    let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
    }
    let mut bytes = vec![0; length];
    line.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads a frame. Nothing in it is trusted.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*word))
    }

    /// Reads the number of a line or of a column.
    pub fn small(&mut self) -> Option<u32> {
        u32::try_from(self.word()?).ok()
    }

    /// Reads how many things follow. Each takes one word at least.
    pub fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.word()?).ok()?;
        (count <= self.0.len()).then_some(count)
    }

    pub fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    pub fn answers(&mut self) -> Option<Vec<Answer>> {
        let mut answers = Vec::new();
        for _ in 0..self.count()? {
            answers.push(Answer { value: self.word()?, failed: self.word()? == 1 });
        }
        Some(answers)
    }

    pub fn work(&mut self) -> Option<Work> {
        let (kind, from, to, step) = (self.word()?, self.word()?, self.word()?, self.word()?);
        (step > 0).then_some(Work { kind: u8::try_from(kind).ok()?, from, to, step })
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
