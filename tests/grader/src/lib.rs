//! Grades exercises. A submission is one file. It is compiled in one sandbox and run in another. The judge, a program outside
//! of both, asks it what its threads do next. Some checks count the ticks of a run. Others explore all runs with a model
//! checker and return a schedule that fails. No grade depends on a clock or on a lucky run.

pub mod class;
pub mod command_line;
pub mod compile;
pub mod exercises;
pub mod export;
pub mod feedback;
pub mod grade;
pub mod handout;
pub mod known_good;
mod page;
pub mod render;
pub mod request;
pub mod sandbox;
pub mod scan;
pub mod submission;
pub mod summary;
pub mod text;
pub mod toolchain;
pub mod trouble;
pub mod upload;
pub mod verdict;
pub mod workdir;
