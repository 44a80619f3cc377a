//! The grader from outside: what it grades, how it boxes in, and what it hands out. One binary, so that the parts overlap and are linked
//! once.

mod class;
mod handout;
#[cfg(target_os = "linux")]
mod isolation;
mod many_machines;
mod soundness;
mod support;
mod upload;
#[cfg(target_os = "linux")]
mod walls;
