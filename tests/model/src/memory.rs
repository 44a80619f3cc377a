//! What an exploration decides for all its executions: the threads' memory, and how threads are waited for.

use std::cell::Cell;

/// What the threads' memory is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// loom's C11-like model: a load may read an old value, and plain memory may race. Not all interleavings are shown.
    Weak,
    /// The same, and no load hides another: for small programs, which then have many more executions.
    WeakEveryLoad,
    /// One memory, one operation at a time: all interleavings are shown, and nothing else.
    Sequential,
}

/// How the thread that started the others waits for them. What they do meanwhile is the same, but there are fewer moments at which
/// a parked thread could go on, and so fewer executions that differ in nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// For one after the other: loom then explores more than it must.
    ByHandle,
    /// Asleep until the last has ended; always so with the other two memories, where no interleaving is lost by it.
    ByParking,
}

thread_local! {
    static MEMORY: Cell<Memory> = const { Cell::new(Memory::Weak) };
    static JOINING: Cell<Joining> = const { Cell::new(Joining::ByHandle) };
}

/// Says what memory the executions from here on have, and how threads are waited for.
pub(crate) fn remember(memory: Memory, joining: Joining) {
    MEMORY.set(memory);
    JOINING.set(if memory == Memory::Weak { joining } else { Joining::ByParking });
}

/// Returns the memory of the execution that goes on.
pub(crate) fn memory() -> Memory {
    MEMORY.get()
}

/// Returns how its threads are waited for.
pub(crate) fn joining() -> Joining {
    JOINING.get()
}
