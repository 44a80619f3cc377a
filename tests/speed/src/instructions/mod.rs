//! How many instructions the labs' kernels take, counted by callgrind, against committed figures.
//!
//! A count needs no quiet machine: it is the same in every run, to a hundredth of an instruction an element. So a kernel or a
//! counter that becomes worse is seen at once, where a time would have to be believed. What a count does not see is everything
//! that happens between the CPU and its memory: a lock that is waited for, a cache line that goes to and fro.
//!
//! What is counted stands in `src/bin/instructions/kernels.rs`: some sums, and every counter that a lab declares. A new counter needs
//! no line there; `cargo instructions --renew` writes its line of the file.
//!
//! - [`callgrind`]: one kernel, run over two sizes under valgrind; the difference is what an element costs.
//! - [`figures`]: the committed file, and how it differs from what was counted.

pub mod callgrind;
pub mod figures;
