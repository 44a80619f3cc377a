//! Counts instructions with valgrind's callgrind.

use std::path::Path;
use std::process::{Command, Stdio};

/// The larger of the two sizes at which a kernel runs, in elements. All arrays have this size in both runs, so that
/// creating them costs the same and only the kernel differs.
pub const LARGE: usize = 200_000;
/// The smaller of the two sizes, in elements.
pub const SMALL: usize = LARGE / 2;

/// How to get valgrind.
pub const HOW_TO_GET_IT: &str =
    "valgrind is not here (`apt-get install valgrind`, or your system's package of that name)";

/// The flag with which the counting program runs a kernel itself: `--run NAME SIZE`.
pub const RUN: &str = "--run";

/// Returns whether valgrind is installed.
pub fn is_here() -> bool {
    Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Counts a kernel's instructions per element. `program` runs the kernel if it gets [`RUN`], the kernel's name and a
/// size.
///
/// It runs twice, over [`SMALL`] and over [`LARGE`] elements. Work that does not depend on the size, such as starting
/// the program and filling the array, cancels out in the difference. So the kernel's function need not be found in the
/// profile, and may be inlined.
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

/// Adds up the instructions of a profile in callgrind's format (Valgrind manual, "Callgrind Format Specification"),
/// without those in the system's mathematical library: its sine differs between systems and is not ours.
pub fn sum(profile: &str) -> Option<u64> {
    let (mut total, mut is_ours, mut is_of_a_call) = (None, true, false);
    for line in profile.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            is_ours = !object.rsplit('/').next().unwrap_or(object).starts_with("libm");
        } else if line.starts_with("calls=") {
            is_of_a_call = true; // the next line is the cost of the called function, which has its own lines
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
