//! The drivers themselves, in one binary, so that its tests share their browsers.

mod smoke;
mod twins;

/// The folder for the pages of the tests.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
