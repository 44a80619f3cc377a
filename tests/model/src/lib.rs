//! The counters of the labs, explored exhaustively: which can lose an update, and by which schedule.

pub mod command_line;
pub mod counting;
pub mod exploration;
pub mod litmus;
pub mod mutation;
pub mod subjects;
pub mod sync;
pub mod table;
pub mod trace;
pub mod verdict;
pub mod witnesses;

#[path = "../../../labs/atomic-fix/src/counters.rs"]
pub mod atomic;
#[path = "../../../labs/mutex-fix/src/counters.rs"]
pub mod mutex;
#[path = "../../../labs/data-race/src/counters.rs"]
pub mod race;
