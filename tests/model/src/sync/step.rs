//! What memory the operations of an execution have.
//!
//! loom leaves out executions that it takes for repetitions, and goes too far: of an atomic it remembers the *last* load alone, so it
//! tries a store before that one and not before those that it hides (tokio-rs/loom issues 166 and 392). Two threads that load and
//! store twice each have 70 interleavings, and it shows 19. There are two remedies. Where every operation takes a mutex it shows
//! all 70: each access then depends on the one before. A mutex also hands on whatever was written, so that no thread reads an old
//! value: that is sequential consistency. And where the loads of an atomic first count themselves, on an atomic of their own and
//! without ordering anything else, none hides another, and old values are still read; but there are many more executions.

use crate::memory::{Memory, memory};
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::sync::{Mutex, MutexGuard};

loom::lazy_static! {
    static ref STEP: Mutex<()> = Mutex::new(());
}

/// Begins an operation, which ends with what this returns.
pub(crate) fn begin() -> Option<MutexGuard<'static, ()>> {
    (memory() == Memory::Sequential).then(|| STEP.lock().expect("a holder that panics has ended the execution"))
}

/// The loads of one atomic, where they count themselves.
#[derive(Debug)]
pub(crate) struct Loads(Option<AtomicU64>);

impl Loads {
    pub(crate) fn new() -> Self {
        Self((memory() == Memory::WeakEveryLoad).then(|| AtomicU64::new(0)))
    }

    pub(crate) fn count(&self) {
        if let Self(Some(loads)) = self {
            loads.fetch_add(1, Ordering::Relaxed);
        }
    }
}
