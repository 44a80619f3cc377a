//! A model checker for small concurrent programs. It runs the real code, in every way that a memory model allows.
//!
//! A test sees the few schedules that a machine happens to choose. This crate sees all of them, for programs that are
//! small enough: two or three threads that do a few operations each. It finds outcomes that should not be, data races,
//! panics, deadlocks, and threads that wait for ever, and it shows the shortest schedule to each.
//!
//! The code uses [`sync`] in place of `std::sync`, `std::thread` and `std::hint`. The names and methods are the same.
//!
//! # A lost update
//!
//! Two threads add one to a counter, with a load and a store. In 4 of the 6 schedules an update is lost.
//!
//! ```
//! use explorer::sync::atomic::{AtomicU64, Ordering::Relaxed};
//! use explorer::{Memory, Program, explore};
//!
//! let program = Program::new(AtomicU64::default)
//!     .threads(2, |counter, _thread| {
//!         let seen = counter.load(Relaxed);
//!         counter.store(seen + 1, Relaxed);
//!     })
//!     .end(|counter| counter.load(Relaxed));
//!
//! let report = explore(&program, Memory::Interleaved);
//! assert_eq!(report.finals(), [[1], [2]]);
//! assert_eq!(report.schedules(&[1]), Some(4));
//! assert_eq!(report.schedules(&[2]), Some(2));
//!
//! // The simplest schedule that loses one: thread 1 increments between the load and the store of thread 0.
//! let lost = &report.outcomes[&vec![1]].example;
//! let steps: Vec<_> = lost.iter().map(|step| (step.thread, step.read, step.written)).collect();
//! assert_eq!(steps, [(0, Some(0), None), (1, Some(0), None), (1, None, Some(1)), (0, None, Some(1))]);
//! ```
//!
//! # A lock
//!
//! A spin lock protects plain memory. With `Release` and `Acquire` no execution has a data race. With `Relaxed` one
//! has, though the lock lets only one thread in at a time.
//!
//! ```
//! use explorer::sync::RacyCell;
//! use explorer::sync::atomic::{AtomicBool, Ordering, Ordering::{Acquire, Relaxed, Release}};
//! use explorer::{Memory, Program, Verdict, explore};
//!
//! let locked = |unlock: Ordering| {
//!     Program::new(<(AtomicBool, RacyCell)>::default)
//!         .threads(2, move |(taken, counter), _thread| {
//!             while taken.swap(true, Acquire) {}
//!             // SAFETY: no other thread holds the lock.
//!             unsafe { counter.write(counter.read() + 1) };
//!             taken.store(false, unlock);
//!         })
//!         // SAFETY: all threads have ended.
//!         .end(|(_, counter)| unsafe { counter.read() })
//! };
//!
//! let report = explore(&locked(Release), Memory::Cpp20);
//! assert_eq!(report.verdict(), Verdict::NothingFound);
//! assert_eq!(report.finals(), [[2]]);
//!
//! let report = explore(&locked(Relaxed), Memory::Cpp20);
//! assert_eq!(report.verdict(), Verdict::Found);
//! assert!(report.race().is_some());
//! ```
//!
//! # Three memories
//!
//! Two threads each store to their own variable and then load the other's. In every interleaving the last thread to
//! load sees a 1. On an x86, and in Rust, both can see 0, because a store waits in a buffer. With `SeqCst` neither
//! allows it.
//!
//! ```
//! use explorer::sync::atomic::{AtomicU64, Ordering, Ordering::{Relaxed, SeqCst}};
//! use explorer::{Memory, Program, explore};
//!
//! let both_see_0 = |ordering: Ordering, memory| {
//!     let program = Program::new(<(AtomicU64, AtomicU64)>::default)
//!         .thread(move |(x, y)| { x.store(1, ordering); y.load(ordering) })
//!         .thread(move |(x, y)| { y.store(1, ordering); x.load(ordering) });
//!     explore(&program, memory).finals().contains(&vec![0, 0])
//! };
//!
//! assert_eq!(Memory::ALL, [Memory::Interleaved, Memory::StoreBuffers, Memory::Cpp20]);
//! assert_eq!(Memory::ALL.map(|memory| both_see_0(Relaxed, memory)), [false, true, true]);
//! assert_eq!(Memory::ALL.map(|memory| both_see_0(SeqCst, memory)), [false, false, false]);
//! ```
//!
//! # How it works
//!
//! What a thread does depends only on what its operations return. So the *recorder* runs a thread's closure from its
//! start, feeds it the results that are known, and leaves it by unwinding at the first operation whose result is open.
//! A *machine* says which results are possible: one for one memory, one for store buffers, and one whose states are the
//! execution graphs of C++20. The *search* visits every state that can be reached, the nearest first. States are
//! compared as a whole, not by a hash, so none is missed.
//!
//! Two things keep the number of states small. [Threads that run the same code](Program::threads) are interchangeable,
//! as long as they do the same in every replay: states that differ only in their numbers are one. And when there are
//! many execution graphs, those with the same future become one state, see [`StateKind::View`]. Neither changes an
//! outcome, a problem, or a number of schedules.
//!
//! A loop that reads the same values again and again makes no new state, with or without a hint such as
//! [`spin_loop`](sync::hint::spin_loop). So spin locks need no bound, and a state from which no end can be reached is a
//! hang.
//!
//! # What it does not do
//!
//! - **Load buffering.** Under [`Memory::Cpp20`] no execution has a cycle of program order and reads-from. C++20 allows
//!   it for relaxed accesses: in `{ a = x; y = 1 }` beside `{ b = y; x = 1 }`, both threads may read 1. RC11, which
//!   this crate follows, forbids it.
//! - **Large programs.** The number of executions grows exponentially. When a [`Bounds`] is reached, the verdict is
//!   [`NotDecided`](Verdict::NotDecided), and never that nothing is wrong.
//! - **Loops that never use [`sync`].** A thread that computes for ever, or waits in a destructor while it panics,
//!   hangs the explorer too. Loops that call a hint or do operations end at a bound.
//! - **Loops that count to more than 1,000.** A loop that gets the same values in 1,000 rounds is taken for one
//!   that waits until something changes, so what it does after more rounds is not explored. If nothing changes any
//!   more, the verdict is [`Bound::LongLoop`], and not a hang.
//! - **Wake-ups without a notification or an unpark.** Under [`Memory::Cpp20`] each thread has one at most. The other
//!   memories have any number.
//! - **Data races under [`Memory::StoreBuffers`].** It is a model of hardware, for which a data race is nothing
//!   special.
//! - **Destructors of what threads share.** What the last owner of an [`Arc`](std::sync::Arc) does when it drops the
//!   value is not explored if the owner is another thread than the one that created the `Arc`. Neither are the
//!   destructors of a lock's content, of messages that are never received, of statics and of thread-local values.
//! - **Pointers between threads.** Each thread is run alone, so `AtomicPtr` is missing.
//! - **Panics that abort.** The recorder leaves a thread by unwinding, so it needs `panic = "unwind"`, which is the
//!   default. Destructors that run then see old values. One that panics because of them ends the process.
//! - **After a problem.** An execution is not followed beyond a data race or a panic that leaves its thread.
//! - **What the compiler may do** beyond the memory model, and time: no schedule is more likely than another.
//! - **Code that is not deterministic**, such as code that looks at a clock, at random numbers, at addresses, or at
//!   statics of `std`. It is noticed and named when it changes what a thread does.

mod count;
mod explore;
mod graph;
mod hang;
mod key;
mod machine;
mod object;
mod operation;
mod order;
pub mod outside;
mod paths;
mod program;
mod recorder;
mod report;
mod schedule;
mod search;
mod steps;
mod symmetry;
pub mod sync;
mod text;
pub mod ticks;
pub mod walk;

pub use explore::{Memory, Shortcuts, explore, explore_with, explore_within};
pub use hang::{Waiting, WaitsFor};
pub use machine::Bound;
pub use operation::Ordering;
pub use program::{Main, Program, Subject, Values};
pub use report::{Access, Finding, Outcome, Problem, Report, StateKind, Verdict};
pub use schedule::{Act, ReadsFrom, Schedule, ScheduleStep};
pub use search::Bounds;
#[doc(hidden)]
pub use steps::{Comparison, compare_steps};
