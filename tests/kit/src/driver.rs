//! What the driver of an exercise is made of. A driver creates what the student's file declares, and then its threads ask
//! for the next call, make it, and tell what it returned.

use crate::exercise::{Numbers, Terms};
use explorer::outside::{self, Standard};
use explorer::sync::RacyCell;
use explorer::{Main, sync::thread};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub use explorer::outside::{ask, tell};

/// Work that adds up numbers in place.
pub const ADDED: u8 = 0;
/// Work that copies numbers.
pub const COPIED: u8 = 1;
/// Work that computes terms.
pub const COMPUTED: u8 = 2;

/// The word that a thread gets if it has no further call.
pub const NOTHING: u64 = 0;
/// The word after which the first thread asks how many threads it starts.
pub const START: u64 = 1;
/// The first word that stands for a method of the exercise.
pub const FIRST_METHOD: u64 = 2;

/// Answers the grader's questions about a program until the line is closed.
pub fn serve(program: impl Fn() + 'static) {
    let program = Main::new(move || {
        program();
        Vec::new()
    });
    let _ = outside::serve(&program, Standard::new()); // if the line breaks, the grader sees it too
}

/// Prints a line, for a program that is asked nothing.
pub fn say(line: &str) {
    println!("{line}");
}

/// Makes calls of an object: the first thread those before and after others run, and the threads that it starts all
/// others. `call` gets what its thread keeps, and the word that stands for the method.
pub fn calls<T: Sync, K: Default>(object: &T, call: fn(&T, &mut K, u64) -> u64) {
    let each = || {
        let mut kept = K::default();
        loop {
            match ask() {
                NOTHING => return,
                method => tell(call(object, &mut kept, method)),
            }
        }
    };
    let mut kept = K::default();
    loop {
        match ask() {
            NOTHING => return,
            START => thread::scope(|scope| (0..ask()).for_each(|_| drop(scope.spawn(each)))),
            method => tell(call(object, &mut kept, method)),
        }
    }
}

/// Returns a number for an optional number: 0 for none.
pub fn option(number: Option<u64>) -> u64 {
    number.map_or(0, |number| number.saturating_add(1))
}

/// Creates as many numbers as the next word says.
pub fn numbers() -> Numbers {
    Numbers(ask() as usize)
}

/// Creates as many terms as the next word says.
pub fn terms() -> Terms {
    Terms(ask() as usize)
}

/// Plain memory: a data race on it is found.
pub struct Plain(RacyCell);

impl Plain {
    /// Creates a cell that holds 0.
    #[allow(clippy::new_without_default, reason = "a driver creates it")]
    pub fn new() -> Self {
        Self(RacyCell::new(0))
    }

    /// Adds one, and returns what it held before.
    #[track_caller]
    pub fn count(&self) -> u64 {
        // SAFETY: none, if a lock is wrong: finding that out is the point, and the explorer stops before the race happens.
        unsafe {
            let before = self.0.read();
            self.0.write(before + 1);
            before
        }
    }
}

/// An allocator that counts, so that a copy of the numbers shows.
pub struct Counting;

thread_local! {
    /// Whether threads tell how much they have allocated.
    static TELLS: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: every method passes its arguments on to the system's allocator, and what is noted lies in memory that is not noted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the same contract.
        let memory = unsafe { System.alloc(layout) };
        outside::note_allocation(memory.addr(), layout.size());
        memory
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the same contract.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the same contract.
        let memory = unsafe { System.realloc(pointer, layout, size) };
        outside::note_allocation(memory.addr(), size);
        memory
    }
}

/// A thread reports its allocations if they exceed this number of bytes. The explorer's own are not counted.
const LEAST: u64 = 1 << 20;

/// Makes each thread report whether it has allocated more than 1 MiB.
pub fn tell_memory() {
    TELLS.set(true);
}

/// Runs a part of a thread. If [`tell_memory`] was called, then reports whether the part has allocated much memory.
pub fn telling_memory<T>(part: impl FnOnce() -> T) -> T {
    if !TELLS.get() {
        return part();
    }
    let before = outside::allocated();
    let result = part();
    tell(u64::from(outside::allocated().wrapping_sub(before) > LEAST));
    result
}
