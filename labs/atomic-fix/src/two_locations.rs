//! Two programs with two shared locations each, in which the threads may see the stores in different orders.

use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Each thread stores to its own location and then loads the other thread's: *store buffering*.
#[derive(Default)]
pub struct StoreBuffering {
    x: AtomicU64,
    y: AtomicU64,
}

impl StoreBuffering {
    /// The first thread. Returns what it sees of the second.
    pub fn first(&self) -> u64 {
        self.x.store(1, Relaxed);
        self.y.load(Relaxed)
    }

    /// The second thread. Returns what it sees of the first.
    pub fn second(&self) -> u64 {
        self.y.store(1, Relaxed);
        self.x.load(Relaxed)
    }
}

/// One thread stores data and then sets a flag, and the other looks at the flag and then at the data: *message passing*.
#[derive(Default)]
pub struct MessagePassing {
    data: AtomicU64,
    ready: AtomicBool,
}

impl MessagePassing {
    /// The thread that sends 42.
    pub fn send(&self) {
        self.data.store(42, Relaxed);
        self.ready.store(true, Relaxed);
    }

    /// The thread that receives. Returns the flag and the data.
    pub fn receive(&self) -> (bool, u64) {
        let flag = self.ready.load(Relaxed);
        let data = self.data.load(Relaxed);
        (flag, data)
    }
}
