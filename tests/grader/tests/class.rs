//! Grades a class as an instructor does, kills the grader in the middle, and starts it again.

use crate::support::{processes_with, solution};
use grader::exercises::EXERCISES;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How long a test waits for something that takes seconds, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

fn has_a_sandbox() -> bool {
    crate::support::skipped::has_a_sandbox("no class was graded")
}

/// Returns a command for the grader with its own folder for temporary files, because a killed grader leaves some behind.
fn grade(temporary: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
    command.args(arguments).env("TMPDIR", temporary).stdin(Stdio::null());
    command
}

/// Creates a folder that the sandbox's user may enter.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Creates the submissions of some students. One hands in a folder, one a broken link, and one a file that is not text.
fn submissions(folder: &Path) -> usize {
    let mut count = 0;
    for (student, exercise, file) in [
        ("ada", "race", "reference"),
        ("ada", "shm", "wrong-load-then-store"),
        ("bob", "race", "wrong-one"),
        ("bob", "shm", "wrong-load-then-store"),
        ("cleo", "atomic", "right-weak-exchange"),
        ("dan, the second", "race", "reference"),
        ("eve", "mutex", "wrong-relaxed"),
        ("fay", "naive", "wrong-sequential"),
    ] {
        fs::create_dir_all(folder.join(student)).unwrap();
        fs::copy(solution(exercise, file), folder.join(student).join(format!("{exercise}.rs"))).unwrap();
        count += 1;
    }
    // One student also hands in files that cargo would run. The grader does not run them.
    let trap = format!("fn main() {{ std::fs::write({:?}, \"\").unwrap() }}", folder.join("trap"));
    fs::create_dir_all(folder.join("ada/.cargo")).unwrap();
    fs::write(folder.join("ada/.cargo/config.toml"), "[build]\nrustc-wrapper = \"/bin/false\"\n").unwrap();
    fs::write(folder.join("ada/Cargo.toml"), "[package]\nname = \"ada\"\n[lib]\nproc-macro = true\n").unwrap();
    fs::write(folder.join("ada/build.rs"), trap).unwrap();
    fs::create_dir_all(folder.join("gil/race.rs")).unwrap();
    fs::create_dir_all(folder.join("hal")).unwrap();
    fs::write(folder.join("hal/shm.rs"), [0xff, 0x00]).unwrap();
    count + 2
}

fn results(out: &Path) -> BTreeMap<PathBuf, (SystemTime, String)> {
    let mut all = BTreeMap::new();
    for student in fs::read_dir(out).into_iter().flatten().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
        for file in fs::read_dir(student.path()).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "json") {
                let time = fs::metadata(&file).unwrap().modified().unwrap();
                all.insert(file.clone(), (time, fs::read_to_string(&file).unwrap()));
            }
        }
    }
    all
}

#[test]
fn a_class_that_is_killed_goes_on_where_it_was() {
    if !has_a_sandbox() {
        return;
    }
    let folder = folder();
    let (class, out) = (folder.path().join("class"), folder.path().join("out"));
    let count = submissions(&class);
    let arguments = ["--all", class.to_str().unwrap(), "--out", out.to_str().unwrap(), "--jobs", "2"];
    let mut first = grade(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while results(&out).len() < 3 && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(5));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    // The sandboxes end with the grader, although it was killed.
    let name = format!("grade-{}-", first.id());
    let start = Instant::now();
    while !processes_with(&name).is_empty() {
        assert!(start.elapsed() < PATIENCE, "they outlive the grader that was killed: {:?}", processes_with(&name));
        thread::sleep(Duration::from_millis(20));
    }
    let before = results(&out);
    assert!(before.len() >= 3 && before.values().all(|(_, text)| text.ends_with("}\n")), "each is whole or not there");

    let output = grade(folder.path(), &arguments).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let after = results(&out);
    assert_eq!(after.len(), count, "{}", stderr(&output));
    assert!(before.iter().all(|(path, kept)| after[path] == *kept), "nothing was done twice");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.starts_with(&format!("{} graded, {} as before, 0 could", count - before.len(), before.len())),
        "{said}"
    );

    assert!(!class.join("trap").exists(), "a build script was run");
    let csv = fs::read_to_string(out.join("grades.csv")).unwrap();
    let names: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.name).collect();
    let row = |student: &str, scores: &[(&str, &str)], total: &str| {
        let score = |name: &&str| scores.iter().find(|(exercise, _)| exercise == name).map_or("", |(_, score)| score);
        format!("{student},{},{total}\n", names.iter().map(score).collect::<Vec<_>>().join(","))
    };
    for row in [
        format!("student,{},total\n", names.join(",")),
        row("ada", &[("race", "10"), ("shm", "3")], "13"),
        row("\"dan, the second\"", &[("race", "10")], "10"),
        row("gil", &[("race", "0")], "0"),
        row("hal", &[("shm", "0")], "0"),
    ] {
        assert!(csv.contains(&row), "{row}{csv}");
    }
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    assert!(
        page.contains("8 students, 10 submissions") && page.contains("T1 load"),
        "who fails where, and by which schedule"
    );
    let feedback = fs::read_to_string(out.join("ada/feedback.txt")).unwrap();
    assert!(
        feedback.starts_with("Total: 13 of 70\nNot handed in: naive.rs, ")
            && feedback.contains("shm: 3 of 10 points")
            && feedback.contains("thread 1")
            && feedback.contains("Another worker can act between your load"),
        "{feedback}"
    );

    // Only a submission that has changed is graded again.
    fs::copy(solution("race", "reference"), class.join("bob/race.rs")).unwrap();
    let output = grade(folder.path(), &arguments).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(&format!("1 graded, {} as before", count - 1)));
}

/// Names that hurt a path, a terminal, a spreadsheet or a page, and who handed in nothing.
#[cfg(unix)]
#[test]
fn every_student_has_a_row_however_the_folder_is_called() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    if !has_a_sandbox() {
        return;
    }
    let folder = folder();
    let (class, out) = (folder.path().join("class"), folder.path().join("out"));
    let long = "x".repeat(250);
    let names: [(&[u8], &str, &str); 14] = [
        (b"\xffzo", "%FFzo", "%FFzo"),
        (b"index.html", "index.html", "%69ndex.html"),
        (b"grades.csv", "grades.csv", "%67rades.csv"),
        (b".hidden", ".hidden", "%2Ehidden"),
        (b"..x", "..x", "%2E.x"),
        (b"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0", "=cmd%7C' %2FC calc'!A0"),
        (b"+1", "'+1", "+1"),
        (b"@x", "'@x", "@x"),
        (b"\t-1", "%09-1", "%09-1"),
        (b"a\nb", "a%0Ab", "a%0Ab"),
        (b"\x1b[31m", "%1B[31m", "%1B[31m"),
        (b"Ada", "Ada", "%41da"),
        (b"ada", "ada", "ada"),
        (long.as_bytes(), &long, ""),
    ];
    for (raw, ..) in names {
        // A slash cannot be in a name.
        let raw: Vec<u8> = raw.iter().map(|byte| if *byte == b'/' { b'_' } else { *byte }).collect();
        let student = class.join(OsStr::from_bytes(&raw));
        fs::create_dir_all(&student).unwrap();
        fs::write(student.join("race.rs"), [0xff]).unwrap();
    }
    fs::create_dir_all(class.join("empty")).unwrap();
    fs::create_dir_all(class.join("other")).unwrap();
    fs::write(class.join("other/Race.txt"), "").unwrap();
    fs::write(class.join("notes.txt"), "").unwrap();
    std::os::unix::fs::symlink(class.join("ada"), class.join("link")).unwrap();
    let arguments = ["--all", class.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = grade(folder.path(), &arguments).output().unwrap();
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("notes.txt is not a student's folder"), "{said}");
    assert!(said.contains("other handed in no EXERCISE.rs: the folder holds only Race.txt"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    let csv = fs::read_to_string(out.join("grades.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + names.len() + 3, "{csv}");
    for (_, shown, place) in names {
        let start = format!("\n{},", shown.replace('/', "_"));
        assert!(csv.contains(&start), "{start:?}\n{csv}");
        if !place.is_empty() {
            let place = out.join(place.replace("%2F", "_"));
            assert!(place.join("race.json").is_file() && place.join("feedback.html").is_file(), "{}", place.display());
        }
    }
    assert!(csv.contains("\nempty,,") && csv.contains("\nother,,") && csv.contains("\nlink,"), "{csv}");
    assert!(fs::read_to_string(out.join("empty/feedback.txt")).unwrap().starts_with("Total: 0 of 70\nNot handed in: "));
    assert!(out.join("index.html").is_file());
}

#[test]
fn shards_share_a_class_out() {
    if !has_a_sandbox() {
        return;
    }
    let folder = folder();
    let (class, out) = (folder.path().join("class"), folder.path().join("out"));
    let count = submissions(&class);
    let mut seen = 0;
    for shard in ["1/3", "2/3", "3/3"] {
        let arguments = ["race", "--all", class.to_str().unwrap(), "--out", out.to_str().unwrap(), "--shard", shard];
        assert!(grade(folder.path(), &arguments).status().unwrap().success());
        let now = results(&out).len();
        assert!(now > seen, "{shard} graded its part");
        seen = now;
    }
    assert!(seen == 4 && seen < count, "the four that are about race: {seen}");
}

#[test]
fn bad_command_lines_end_with_2_and_a_hint() {
    let folder = folder();
    for line in [
        &["nothing"][..],
        &["--only", "model"],
        &["race", "--only", "nothing"],
        &["--all", "x"],
        &["--jobs", "2"],
        &["--all", "x", "--out", "y", "--shard", "3/2"],
        &["--all", "x", "--out", "y", "--jobs", "0"],
        &["race", "--frobnicate"],
        &["race", "--hints"],
        &["race", "--hint"],
        &["race", "--hint", "0"],
        &["race", "--hint", "4"],
        &["race", "--hint", "x"],
        &["race", "--hint", "1", "--json"],
        &["--hint", "1"],
        &["--all", "x", "--out", "y", "--hint", "1"],
        &["export", "--format", "nothing", "x.json"],
        &["export", "x.json"],
        &["gradescope"],
        &["handout"],
    ] {
        let output = grade(folder.path(), line).output().unwrap();
        assert_eq!(
            (output.status.code(), stderr(&output).lines().count()),
            (Some(2), 1),
            "{line:?}: {}",
            stderr(&output)
        );
    }
    let help = String::from_utf8_lossy(&grade(folder.path(), &["--help"]).output().unwrap().stdout).into_owned();
    assert!(help.contains("cargo grade") && help.lines().all(|line| line.len() <= 80));
    let names: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.name).collect();
    assert!(names.iter().chain(&grader::export::FORMATS).all(|name| help.contains(name)), "{help}");
    for exercise in EXERCISES {
        for (index, hint) in exercise.about.hints.iter().enumerate() {
            let output = grade(folder.path(), &[exercise.name, "--hint", &(index + 1).to_string()]).output().unwrap();
            let shown = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(shown.starts_with(&format!("{}. {hint}", index + 1)), "{shown}");
            let others = exercise.about.hints.iter().filter(|other| *other != hint);
            assert!(others.clone().count() == 2 && others.into_iter().all(|other| !shown.contains(other)), "{shown}");
            assert_eq!(shown.contains(&format!("--hint {}", index + 2)), index < 2, "{shown}");
        }
    }
    let four = stderr(&grade(folder.path(), &["race", "--hint", "4"]).output().unwrap());
    assert!(four.contains("--hint 4: give a whole number from 1 to 3"), "{four}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was graded");
}

/// If the reader closes the pipe, as `| head` does, the program ends without a message.
#[cfg(target_os = "linux")]
#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let folder = folder();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = grade(folder.path(), &["--help"]).stdout(full).output().unwrap();
    assert!(output.status.code() == Some(3) && stderr(&output).contains("standard output"), "{}", stderr(&output));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = grade(folder.path(), &["--help"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

#[test]
fn a_folder_without_submissions_is_the_graders_own_trouble() {
    if !has_a_sandbox() {
        return;
    }
    let folder = folder();
    let output = grade(folder.path(), &["--all", folder.path().to_str().unwrap(), "--out", "x"]).output().unwrap();
    assert!(output.status.code() == Some(3) && stderr(&output).contains("STUDENT/EXERCISE.rs"), "{}", stderr(&output));
}

/// A process that is killed when the test ends.
struct Watcher(std::process::Child);

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_file_is_graded_again_when_it_is_saved() {
    if !has_a_sandbox() {
        return;
    }
    let folder = folder();
    let (file, output) = (folder.path().join("race.rs"), folder.path().join("output"));
    let solution = |name: &str| fs::read_to_string(solution("race", name)).unwrap();
    fs::write(&file, solution("wrong-one")).unwrap();
    let mut command = grade(folder.path(), &["race", "--watch", "--submission", file.to_str().unwrap()]);
    let stream = fs::File::create(&output).unwrap();
    let mut watcher = Watcher(command.stdout(stream.try_clone().unwrap()).stderr(stream).spawn().unwrap());
    let wait_for = |what: &str| {
        let start = Instant::now();
        while !fs::read_to_string(&output).unwrap().contains(what) {
            assert!(start.elapsed() < PATIENCE, "never: {what}\n{}", fs::read_to_string(&output).unwrap());
            thread::sleep(Duration::from_millis(20));
        }
    };
    wait_for("race: 6 of 10 points");
    wait_for("Watching");
    fs::write(&file, solution("reference")).unwrap();
    wait_for("race: 10 of 10 points");
    assert!(watcher.0.try_wait().unwrap().is_none(), "it still watches");
}
