//! Every interleaving of a small program.
//!
//! Threads that share memory take their steps in some order, and no rule says in which. Such an order is a *schedule*,
//! or an *interleaving*: each thread's steps stand in it in the thread's own order, and those of the others anywhere in between.
//! A test sees the few schedules that the machine happens to choose. This crate sees them all.
//!
//! ```
//! use engine::{End, LOAD_STORE, Program, finals, schedules, simplest};
//!
//! // Two threads add one each: a load, and a store of what it saw plus one.
//! let program = Program::new(2, 1, LOAD_STORE);
//! assert_eq!(finals(&program)?, [1, 2].into());
//!
//! // Of the six schedules four lose an update ...
//! assert_eq!(schedules(&program)?, [(End::Final(1), 4), (End::Final(2), 2)].into());
//!
//! // ... and in one with the fewest switches thread 1 increments in the gap of thread 0.
//! let route = simplest(&program, End::Final(1))?.expect("1 is among the finals");
//! assert_eq!(route.steps.iter().map(|step| step.thread).collect::<Vec<_>>(), [0, 1, 1, 0]);
//! # Ok::<(), engine::Unanswered>(())
//! ```
//!
//! # What there is
//!
//! - [`Program`]: what every thread does, made of a few [`Instruction`]s.
//! - [`explore`], [`finals`], [`schedules`]: what all its schedules end at, and how many end where.
//! - [`simplest`], [`extremes`]: a schedule to a wanted end that a person can follow.
//! - [`Machine`], [`replay`]: one schedule, step by step, to judge a trace that was recorded elsewhere.
//! - [`Graph`]: all states of a small program, to be walked by hand.
//!
//! # How it works
//!
//! Two threads with ten increments each have 137,846,528,820 schedules, far too many to try. But what can still happen depends
//! on the present state alone, and not on the way there: what the memory holds, what each thread holds, and where it stands.
//! The same two threads meet only 11,446 states, and the search visits each of them once, with the number of ways that lead
//! there. That is *explicit-state model checking* (Clarke and Emerson, 1981; Queille and Sifakis, 1982). Threads that run the
//! same body are interchangeable, which divides the states by up to the factorial of their number.
//!
//! The states still grow with a power of the repeats, and exponentially with the threads. The labs' sizes are out of
//! reach, 10 threads with 100,000 increments; what holds there, a proof has to say, as the one in `common::schedule` does.
//! This crate checks that proof where it can, and replays the schedules that the proof constructs where it cannot.
//!
//! # What it leaves out
//!
//! A step here cannot be split, and all threads see it as soon as it is done: *sequential consistency* (Lamport, "How to make
//! a multiprocessor computer that correctly executes multiprocess programs", 1979). Real machines and compilers keep that
//! promise only for those who ask for it, and weaker orderings allow results that no interleaving explains. So a counter that
//! is wrong here is wrong everywhere, but one that is right here still has to be shown right for the orderings that it uses.
//! And nothing here takes time: no schedule is more likely than another.

mod graph;
mod machine;
mod packed;
mod program;
mod route;
mod search;
mod unanswered;

pub use graph::{Edge, Graph, MOST_NODES, Node};
pub use machine::{End, Impossible, Machine, Reason, Shared, State, Step, Thread, replay};
pub use program::{COMPARE_EXCHANGE, COMPARE_EXCHANGE_IGNORED, FETCH_ADD, LOAD_STORE, LOCAL_THEN_ADD, LOCKED};
pub use program::{Cell, Instruction, LOCKED_TWICE, OWN, OnFailure, Program};
pub use route::{Route, extremes, simplest};
pub use search::{Explored, MOST_STATES, explore, finals, schedules};
pub use unanswered::Unanswered;
