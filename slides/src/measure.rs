//! Runs labs and collects their reports.

use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;
use workspace::Lab;

/// Builds the labs of the workspace in `root`, then runs one after the other and writes its report into `folder`.
/// `flags` returns the flags of a run by the lab's name. An existing report is replaced when the new one is complete.
///
/// # Errors
///
/// A lab cannot be built, or fails, or its report cannot be written.
pub fn measure<'a>(root: &Path, labs: &[Lab], flags: impl Fn(&str) -> &'a [&'a str], folder: &Path) -> Result<()> {
    eprintln!("Building the labs ...");
    let packages = labs.iter().flat_map(|lab| ["--package".to_string(), format!("lab-{}", lab.name)]);
    let status = cargo(root).args(["build", "--quiet"]).args(packages).status().context("cannot start cargo")?;
    ensure!(status.success(), "the labs do not build: cargo ended with {status}");
    for (index, lab) in labs.iter().enumerate() {
        let package = format!("lab-{}", lab.name);
        eprint!("{package} ({} of {}) ... ", index + 1, labs.len());
        let start = Instant::now();
        let output = run(root, &package, flags(&lab.name))?;
        eprintln!("{:.1} s", start.elapsed().as_secs_f64());
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{package} failed: {}", error.trim().lines().last().unwrap_or("no message"));
        let report = String::from_utf8(output.stdout).with_context(|| format!("{package} wrote no text"))?;
        workspace::write(&folder.join(format!("{}.json", lab.name)), &report)?;
    }
    Ok(())
}

fn run(root: &Path, package: &str, flags: &[&str]) -> Result<Output> {
    let mut run = cargo(root);
    run.args(["run", "--quiet", "--package", package, "--", "--json"]).args(flags).stderr(Stdio::piped());
    run.output().context("cannot start cargo")
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(workspace::cargo());
    command.current_dir(root).stdin(Stdio::null());
    command
}
