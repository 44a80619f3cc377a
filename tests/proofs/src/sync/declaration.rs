//! The labs' tables of counters, as loom reads them.

use super::{Counter, Outcome, Shareable};
use crate::second::{Execute, execute};

/// One line of a lab's table of counters.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The name in the lab's report.
    pub name: &'static str,
    /// The outcome that the lab declares.
    pub outcome: Outcome,
    /// Runs one execution under loom; `None` for a counter in processes, which is that of another line.
    pub execute: Option<Execute>,
}

/// Declares a counter that threads share.
pub const fn declare<C: Counter + Default + Send + 'static>(
    name: &'static str,
    outcome: Outcome,
    _label: &'static str,
) -> Declaration {
    Declaration { name, outcome, execute: Some(|size| execute(C::for_threads, size)) }
}

/// Declares the same counter on a page that processes share. loom has no processes.
pub const fn declare_shared<C: Shareable>(name: &'static str, outcome: Outcome, _label: &'static str) -> Declaration {
    Declaration { name, outcome, execute: None }
}
