//! Instructions, counted by valgrind's callgrind.

use std::path::Path;
use std::process::{Command, Stdio};

/// The larger of the two sizes at which a kernel runs. All data are of this size in both runs, so that making them costs the
/// same, and what differs is the kernel's.
pub const LARGE: usize = 200_000;
/// The smaller of the two sizes, in elements.
pub const SMALL: usize = LARGE / 2;

/// How to get valgrind.
pub const HOW_TO_GET_IT: &str =
    "valgrind is not here (`apt-get install valgrind`, or your system's package of that name)";

/// The word behind which the program that counts runs a kernel itself: `--run NAME SIZE`.
pub const RUN: &str = "--run";

/// Whether valgrind is here.
pub fn is_here() -> bool {
    Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Instructions that a kernel takes for one element. `program` runs it when it is told [`RUN`], its name and a size.
///
/// It runs twice, over [`SMALL`] and over [`LARGE`] elements. All that the sizes share, such as starting the program and
/// filling the array, is in both and so not in their difference; no symbol has to be found, and nothing be inlined or not.
///
/// # Errors
///
/// The message of valgrind, if it counted nothing.
pub fn per_element(program: &Path, kernel: &str) -> Result<f64, String> {
    let (small, large) = (count(program, kernel, SMALL)?, count(program, kernel, LARGE)?);
    Ok((large as f64 - small as f64) / (LARGE - SMALL) as f64)
}

fn count(program: &Path, kernel: &str, size: usize) -> Result<u64, String> {
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind", "--callgrind-out-file=/dev/stdout"]);
    command.args(["--compress-strings=no", "--compress-pos=no"]);
    command.arg(program).args([RUN, kernel, &size.to_string()]).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("valgrind: {error}"))?;
    let profile = String::from_utf8_lossy(&output.stdout);
    let failed = || format!("{kernel}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    if output.status.success() { sum(&profile).ok_or_else(failed) } else { Err(failed()) }
}

/// The instructions of a profile in callgrind's format (Valgrind manual, "Callgrind Format Specification"), all but those in
/// the system's mathematical library: its sine is another one on another system, and it is not ours.
pub fn sum(profile: &str) -> Option<u64> {
    let (mut total, mut is_ours, mut is_of_a_call) = (None, true, false);
    for line in profile.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            is_ours = !object.rsplit('/').next().unwrap_or(object).starts_with("libm");
        } else if line.starts_with("calls=") {
            is_of_a_call = true; // the next line holds what was spent in the called function, which has lines of its own
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            let instructions: u64 = line.split(' ').nth(1)?.parse().ok()?;
            if is_ours && !is_of_a_call {
                total = Some(total.unwrap_or(0) + instructions);
            }
            is_of_a_call = false;
        }
    }
    total
}
