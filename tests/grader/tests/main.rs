//! Tests the grader from outside: its grades, its sandboxes, and the files that it writes. All tests are in one binary, so that it is
//! linked once and the tests overlap.

mod adequacy;
mod class;
mod handout;
#[cfg(target_os = "linux")]
mod isolation;
mod lying;
mod many_machines;
mod messages;
mod offer;
mod pages;
#[cfg(target_os = "linux")]
mod sandbox;
mod soundness;
mod support;
#[cfg(target_os = "linux")]
mod trouble;
mod trying;
#[cfg(unix)]
mod upload;
