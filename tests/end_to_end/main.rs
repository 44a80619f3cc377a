//! The labs from outside: built and run as a student runs them, judged by what they print and by how they end.

mod command_line;
mod contract;
mod forced;
mod handouts;
mod output;
mod predictions;
mod profile;
mod python;
mod sizes;
mod tidy;
#[cfg(target_os = "linux")]
mod workers;
