//! The lecture's deck: one self-contained HTML file, made from the chapters in `deck/`, from the labs' own source, from their
//! reports and from the schedules that lose an update.
//!
//! Nothing can go stale: an excerpt, a figure or a schedule that is missing, or that is no longer about the source as it is, is an
//! error that names the file, and there is no page.

pub mod code;
pub mod command_line;
pub mod deck;
pub mod measure;
pub mod page;
pub mod plots;
pub mod reports;
pub mod stepper;
pub mod verdicts;
