//! Counts the instructions of the labs' kernels with callgrind, and compares them with committed figures.
//!
//! A count needs no quiet machine: it is the same in every run, to a hundredth of an instruction per element. So a
//! slower kernel or counter is noticed at once, without the doubts about a time. A count does not include what happens
//! between the CPU and its memory: waiting for a lock, or a cache line that moves between cores.
//!
//! The kernels are listed in `src/bin/instructions/kernels.rs`: some sums, and every counter that a lab declares. A new
//! counter needs no line there; `cargo instructions --renew` writes its line of the file.
//!
//! - [`callgrind`]: runs one kernel over two sizes under valgrind; the difference is the cost of the additional
//!   elements.
//! - [`figures`]: the committed file, and how it differs from the counts.

pub mod callgrind;
pub mod figures;
