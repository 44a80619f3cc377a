// exercise: shm
// expected: limit or does-not-compile or passes
// Has more than sixty thousand functions.
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

macro_rules! ten {
    ($inner:ident $($rest:tt)*) => {
        pub mod a { $inner!{$($rest)*} } pub mod b { $inner!{$($rest)*} } pub mod c { $inner!{$($rest)*} } pub mod d { $inner!{$($rest)*} }
        pub mod e { $inner!{$($rest)*} } pub mod f { $inner!{$($rest)*} } pub mod g { $inner!{$($rest)*} } pub mod h { $inner!{$($rest)*} }
        pub mod i { $inner!{$($rest)*} } pub mod j { $inner!{$($rest)*} }
    };
}
macro_rules! seven {
    () => {
        pub fn a() {} pub fn b() {} pub fn c() {} pub fn d() {} pub fn e() {} pub fn f() {} pub fn g() {}
    };
}
ten!{ten ten ten seven}
