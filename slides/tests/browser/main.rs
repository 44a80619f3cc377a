//! The deck in real browsers, from disk: whether a room can read it, a clicker can drive it and a screen reader can name it.
//!
//! Where there is no browser a test says that it skipped, and passes; with `CI` set, on Linux, it fails.

mod accessibility;
mod chromium;
mod deck_in_firefox;
mod firefox;
mod keys;
mod layout;
mod pages;
mod pool;
mod print;
mod process;
mod smoke;
mod speaker;
mod stepping;
mod twins;

use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;

static USERS: pool::Users = pool::Users::new(|| {
    chromium::POOL.close();
    firefox::POOL.close();
});

/// The first of these programs that is on the PATH.
fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// The same, or a word about what was not tested.
fn find_or_skip(what: &str, names: &[&str]) -> Option<PathBuf> {
    let found = find(names);
    let is_demanded = cfg!(target_os = "linux") && env::var_os("CI").is_some();
    assert!(found.is_some() || !is_demanded, "CI has no {what}: none of {} is on the PATH", names.join(", "));
    if found.is_none() {
        // Past the test runner, which shows the output of failed tests only.
        let line = format!("SKIPPED: no {what} on the PATH, so the page was not opened in it\n");
        let _ = io::stderr().write_all(line.as_bytes());
    }
    found
}

/// A step through a list, so that every item is tried with `THOROUGH=1`, and otherwise one in `step`; it says so.
fn sampled(what: &str, step: usize) -> usize {
    if workspace::thorough() {
        return 1;
    }
    let _ = io::stderr().write_all(format!("SAMPLED: 1 of {step} {what}\n").as_bytes());
    step
}

/// Base64 (RFC 4648), as browsers send pictures.
fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
