//! Litmus tests: tiny programs whose possible outcomes are known, to judge a model checker by.
//!
//! - [`TESTS`]: the classic tests, at each strength of their orderings, and what the literature says of them.
//! - [`Program`]: a test as data. [`run`] does one thread's instructions on any [`Memory`], so that every model checker
//!   runs the same program.
//! - [`allowed`]: every outcome that the axioms of C++20, or of RC11, allow. It knows of no model checker.

mod axioms;
mod catalogue;
mod program;
mod sources;
mod strength;

pub use axioms::{Model, allowed};
pub use catalogue::{TESTS, Test};
pub use program::{Instruction, LOCATIONS, Memory, Outcome, Program, X, Y, run};
pub use sources::Source;
pub use strength::{Access, Strength};
