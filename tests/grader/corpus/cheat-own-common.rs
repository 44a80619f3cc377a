// exercise: atomic
// expected: fails sequence, model
// Has a module with the name of the crate, whose atomic is none.
mod common {
    pub struct AtomicU64;

    impl AtomicU64 {
        pub fn new(_: u64) -> Self {
            Self
        }
    }
}
use self::common::AtomicU64;

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        (self.count > 0).then_some(0)
    }

    pub fn sold(&self) -> u64 {
        let _ = &self.sold;
        0
    }
}
