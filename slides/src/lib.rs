//! The lecture's deck: one self-contained HTML file, generated from the chapters in `deck/`, the labs' source, their
//! reports, and the schedules that lose an update.
//!
//! No page is written from stale data: if an excerpt, a figure or a schedule is missing, or does not match the current
//! source, that is an error that names the file.

pub mod code;
pub mod command_line;
pub mod deck;
pub mod measure;
pub mod page;
pub mod plots;
pub mod reports;
pub mod stepper;
pub mod verdicts;
