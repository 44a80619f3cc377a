use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tally {
    votes: AtomicU64,
}

impl Tally {
    pub fn new() -> Self {
        Self { votes: AtomicU64::new(0) }
    }

    pub fn vote(&self) {
        self.votes.fetch_add(1, Ordering::Relaxed);
    }

    pub fn votes(&self) -> u64 {
        self.votes.load(Ordering::Relaxed)
    }
}
