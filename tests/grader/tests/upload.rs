//! Gradescope's zip, unpacked as its container would be, prepared and run: on a right submission, a wrong one, and none.

use crate::support::schema::problem;
use crate::support::skipped::has_a_box;
use crate::support::solution;
use grader::exercises::exercise;
use grader::toolchain::Toolchain;
use grader::upload;
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};

/// As Gradescope runs a script, with a folder of our own in the place of `/autograder`.
fn run(root: &Path, script: &str) -> Output {
    let mut command = Command::new(root.join(script));
    command.env("AUTOGRADER", root).env("CARGO_NET_OFFLINE", "true").env_remove("CARGO_TARGET_DIR").current_dir(root);
    command.output().unwrap()
}

#[test]
fn the_zip_grades_a_submission_as_the_course_does() {
    if !has_a_box("no zip was tried") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (zip, root) = (folder.path().join("autograder.zip"), folder.path().join("autograder"));
    let toolchain = Toolchain::prepare().unwrap();
    let exercises = ["race", "shm", "atomic"].map(|name| exercise(name).unwrap());
    upload::write(&toolchain, &zip, &exercises).unwrap();
    let again = upload::write(&toolchain, &zip, &exercises).unwrap_err().to_string();
    assert!(again.contains("is there already"), "{again}");

    let mut archive = zip::ZipArchive::new(File::open(&zip).unwrap()).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(["setup.sh", "run_autograder"].iter().all(|script| names.iter().any(|name| name == script)), "at its root");
    let secret = ["solutions/", "corpus/", "target/", ".git/"];
    let given = names.iter().filter(|name| secret.iter().any(|secret| name.contains(secret)));
    assert_eq!(given.collect::<Vec<_>>(), [""; 0]);
    archive.extract(root.join("source")).unwrap();
    fs::copy(root.join("source/run_autograder"), root.join("run_autograder")).unwrap();

    let output = run(&root, "source/setup.sh");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let submission = root.join("submission");
    fs::create_dir(&submission).unwrap();
    for (name, file) in [("race", "reference"), ("shm", "wrong-load-then-store")] {
        let solution = solution(name, file);
        fs::copy(solution, submission.join(format!("{name}.rs"))).unwrap();
    }
    let output = run(&root, "run_autograder");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results: Value = serde_json::from_slice(&fs::read(root.join("results/results.json")).unwrap()).unwrap();
    assert_eq!(problem(&workspace::root().join("tests/grader/platforms/gradescope.json"), &results), None);
    assert_eq!(results["score"], 13.0, "10 for race, 3 for the bins of shm, and nothing for what was not handed in");
    assert!(results["output"].as_str().unwrap().contains("race: graded") && results.to_string().contains("T1 load 0"));

    // Trouble of its own is no zero: the last result is not taken for this one's, and the script fails.
    fs::remove_file(root.join("results/results.json")).unwrap();
    fs::remove_file(root.join("source/workspace/target/debug/grade")).unwrap();
    assert!(!run(&root, "run_autograder").status.success() && !root.join("results/results.json").exists());
}
