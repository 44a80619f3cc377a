//! Two memories: weak, as loom models it, and one in which every operation is a step for all to see.
//!
//! loom leaves out executions that it takes for repetitions, and goes too far: of an object it remembers the *last* access alone, so
//! where threads also load, it shows some of their interleavings and not others (tokio-rs/loom issues 166 and 392). Two threads that
//! load and store twice each have 70 interleavings, and it shows 19. Where every operation takes a mutex it shows all 70: each
//! access then depends on the one before. A mutex also hands on whatever was written, so no thread reads an old value. That is
//! sequential consistency, and it is complete; what it hides, old values and data races, is what the other exploration looks for.

use crate::exploration::{Joining, Memory};
use loom::sync::{Mutex, MutexGuard};
use std::cell::Cell;

thread_local! {
    static MEMORY: Cell<Memory> = const { Cell::new(Memory::Weak) };
    static JOINING: Cell<Joining> = const { Cell::new(Joining::ByHandle) };
}

loom::lazy_static! {
    static ref STEP: Mutex<()> = Mutex::new(());
}

/// Says what memory the executions from here on have, and how threads are waited for.
pub(crate) fn remember(memory: Memory, joining: Joining) {
    MEMORY.set(memory);
    JOINING.set(if memory == Memory::Sequential { Joining::ByParking } else { joining });
}

/// How threads are waited for.
pub(crate) fn joining() -> Joining {
    JOINING.get()
}

/// Begins an operation, which ends with what this returns.
pub(crate) fn begin() -> Option<MutexGuard<'static, ()>> {
    (MEMORY.get() == Memory::Sequential).then(|| STEP.lock().expect("a holder that panics has ended the execution"))
}
