//! Counts allocated bytes, so that a check notices a copy that was made without `numbers.copy`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Wraps the system's allocator and counts the bytes that it allocates.
pub struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is forwarded unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller fulfils the contract of `alloc`, which is the same for the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`; the pointer came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Calls `run`, and returns its result and the number of bytes that were allocated meanwhile.
pub fn during<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = BYTES.load(Relaxed);
    let result = run();
    (result, BYTES.load(Relaxed) - before)
}
