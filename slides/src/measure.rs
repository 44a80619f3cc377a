//! Runs all labs and collects their reports.

use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Flags beside `--json`: a histogram of finals needs more runs than the lab does by itself.
fn flags(lab: &str) -> &'static [&'static str] {
    if lab == "race" { &["--repeat", "100"] } else { &[] }
}

/// Builds all labs, then runs them one after the other at the lecture's sizes. A report that is there already is replaced when the
/// new one is complete.
///
/// # Errors
///
/// A lab cannot be built, or fails, or its report cannot be written.
pub fn all(root: &Path, folder: &Path) -> Result<()> {
    let labs: Vec<String> = workspace::labs().into_iter().map(|lab| lab.name).collect();
    let packages: Vec<String> = labs.iter().map(|lab| format!("lab-{lab}")).collect();
    let cargo = || {
        let mut command = Command::new(workspace::cargo());
        command.current_dir(root).stdin(Stdio::null());
        command
    };
    eprintln!("Building the labs ...");
    let named = packages.iter().flat_map(|package| ["--package", package]);
    let status = cargo().args(["build", "--quiet"]).args(named).status().context("cannot start cargo")?;
    ensure!(status.success(), "the labs do not build: cargo ended with {status}");
    for (index, (lab, package)) in labs.iter().zip(&packages).enumerate() {
        eprint!("{package} ({} of {}) ... ", index + 1, labs.len());
        let start = Instant::now();
        let mut run = cargo();
        run.args(["run", "--quiet", "--package", package, "--", "--json"]).args(flags(lab)).stderr(Stdio::piped());
        let output = run.output().context("cannot start cargo")?;
        eprintln!("{:.1} s", start.elapsed().as_secs_f64());
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{package} failed: {}",
            error.trim().lines().last().unwrap_or("it said nothing")
        );
        let report = String::from_utf8(output.stdout).with_context(|| format!("{package} wrote no text"))?;
        workspace::write(&folder.join(format!("{lab}.json")), &report)?;
    }
    Ok(())
}
