// A trait gives the array of counters its methods, and reading adds 0.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

type Cells = [AtomicU64; BINS];

trait Bins {
    fn bump(&self, bin: usize);
    fn peek(&self, bin: usize) -> u64;
}

impl Bins for Cells {
    fn bump(&self, bin: usize) {
        self[bin].fetch_add(1, Ordering::AcqRel);
    }
    fn peek(&self, bin: usize) -> u64 {
        self[bin].fetch_add(0, Ordering::AcqRel)
    }
}

fn bin_of<const N: usize>(value: u64) -> usize {
    let bin = value / 10;
    if bin < N as u64 { bin as usize } else { N - 1 }
}

pub const BINS: usize = 4;

#[derive(Debug, Default)]
pub struct Histogram {
    cells: Cells,
}

impl Histogram {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&self, value: u64) {
        self.cells.bump(bin_of::<BINS>(value))
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.cells.peek(bin)
    }
}
