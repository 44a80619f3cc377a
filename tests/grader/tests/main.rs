//! The grader from outside: what it grades, how it holds a submission, and what it hands out. One binary, so that the parts overlap and
//! are linked once.

mod class;
mod handout;
#[cfg(target_os = "linux")]
mod isolation;
mod many_machines;
#[cfg(target_os = "linux")]
mod sandbox;
mod soundness;
mod support;
#[cfg(unix)]
mod upload;
