//! Hands in programs that lie at will: no lie becomes a point, and none ends the judge.

use crate::support::skipped::{sampled, sandboxes_here};
use grader::exercises::EXERCISES;
use grader::grade::{Grader, Limits};
use grader::toolchain::Toolchain;
use grader::verdict::Status;
use std::fs;
use std::path::Path;
use std::process::Command;

fn compile(seed: u64, folder: &Path) {
    let text = include_str!("liar.rs").replace("const SEED: u64 = 0;", &format!("const SEED: u64 = {seed};"));
    fs::write(folder.join("liar.rs"), text).unwrap();
    fs::create_dir_all(folder.join("out")).unwrap();
    let mut rustc = Command::new(workspace::rustc());
    rustc.args(["--edition=2024", "-Ctarget-feature=+crt-static", "-o"]);
    let output = rustc.arg(folder.join("out/judged")).arg(folder.join("liar.rs")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_lie_is_worth_a_point() {
    let here = sandboxes_here("no liar was asked");
    let Some(&isolation) = here.first() else { return };
    let grader = Grader { toolchain: Toolchain::prepare().unwrap(), isolation, limits: Limits::default() };
    let seeds = if workspace::thorough() { 24 } else { 7 };
    sampled(seeds as usize, 24, "liars");
    let mut failed = 0;
    for seed in 0..seeds {
        let folder = tempfile::tempdir().unwrap();
        compile(seed, folder.path());
        for exercise in EXERCISES {
            let items = grader.examine(exercise, exercise.about.items, "", folder.path());
            let items = items.unwrap_or_else(|error| panic!("{seed} {}: {error:#}", exercise.name));
            assert_eq!(items.len(), exercise.about.items.len());
            for item in items {
                assert_ne!(item.status, Status::Pass, "{seed} {}: {item:?}", exercise.name);
                failed += usize::from(item.status == Status::Fail);
            }
        }
    }
    assert!(failed > 0, "lies are noticed");
}
