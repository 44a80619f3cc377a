//! Grades an exercise. A submission is one file. It is compiled in one sandbox and run in another, together with hidden
//! checks. Some checks count on a simulated machine what it does; others explore it with a model checker and return the
//! schedule that fails. No verdict depends on a clock or on a lucky run.

pub mod class;
pub mod command_line;
pub mod compile;
pub mod exercises;
pub mod export;
pub mod grade;
pub mod handout;
pub mod render;
pub mod request;
pub mod sandbox;
pub mod scan;
pub mod submission;
pub mod summary;
pub mod toolchain;
pub mod upload;
pub mod verdict;
pub mod workdir;
