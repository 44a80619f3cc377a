// exercise: shm
// expected: limit or does-not-compile
// Has a type with two to the power of sixty-four parts.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        self.bins[(value / 10).min(3) as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}

pub type T0 = (u8, u8);
pub type T1 = (T0, T0);
pub type T2 = (T1, T1);
pub type T3 = (T2, T2);
pub type T4 = (T3, T3);
pub type T5 = (T4, T4);
pub type T6 = (T5, T5);
pub type T7 = (T6, T6);
pub type T8 = (T7, T7);
pub type T9 = (T8, T8);
pub type T10 = (T9, T9);
pub type T11 = (T10, T10);
pub type T12 = (T11, T11);
pub type T13 = (T12, T12);
pub type T14 = (T13, T13);
pub type T15 = (T14, T14);
pub type T16 = (T15, T15);
pub type T17 = (T16, T16);
pub type T18 = (T17, T17);
pub type T19 = (T18, T18);
pub type T20 = (T19, T19);
pub type T21 = (T20, T20);
pub type T22 = (T21, T21);
pub type T23 = (T22, T22);
pub type T24 = (T23, T23);
pub type T25 = (T24, T24);
pub type T26 = (T25, T25);
pub type T27 = (T26, T26);
pub type T28 = (T27, T27);
pub type T29 = (T28, T28);
pub type T30 = (T29, T29);
pub type T31 = (T30, T30);
pub type T32 = (T31, T31);
pub type T33 = (T32, T32);
pub type T34 = (T33, T33);
pub type T35 = (T34, T34);
pub type T36 = (T35, T35);
pub type T37 = (T36, T36);
pub type T38 = (T37, T37);
pub type T39 = (T38, T38);
pub type T40 = (T39, T39);
pub type T41 = (T40, T40);
pub type T42 = (T41, T41);
pub type T43 = (T42, T42);
pub type T44 = (T43, T43);
pub type T45 = (T44, T44);
pub type T46 = (T45, T45);
pub type T47 = (T46, T46);
pub type T48 = (T47, T47);
pub type T49 = (T48, T48);
pub type T50 = (T49, T49);
pub type T51 = (T50, T50);
pub type T52 = (T51, T51);
pub type T53 = (T52, T52);
pub type T54 = (T53, T53);
pub type T55 = (T54, T54);
pub type T56 = (T55, T55);
pub type T57 = (T56, T56);
pub type T58 = (T57, T57);
pub type T59 = (T58, T58);
pub type T60 = (T59, T59);
pub type T61 = (T60, T60);
pub type T62 = (T61, T61);
pub type T63 = (T62, T62);

pub fn none() -> Option<T63> {
    None
}
