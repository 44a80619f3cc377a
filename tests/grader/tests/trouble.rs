//! Checks that trouble of the machine is never a student's zero: the grader ends with 3, names the trouble and its fix, and stores nothing.

use crate::support::skipped::{has_a_sandbox, sandboxes_here, skipped};
use crate::support::solution;
use grader::class::{Class, Done};
use grader::compile::{Refusal, compile};
use grader::exercises::exercise;
use grader::grade::{Grader, Limits};
use grader::handout;
use grader::known_good;
use grader::sandbox::Isolation;
use grader::toolchain::Toolchain;
use grader::verdict::Verdict;
use grader::workdir::Workdir;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Mounts a small disk, runs a command with it as the folder for temporary files, and unmounts it.
const SMALL_DISK: &str = "mount -t tmpfs -o \"$1\" none \"$0\" && shift && TMPDIR=\"$0\" exec \"$@\"";

/// Runs the grader with a small disk for temporary files; `None` where no disk can be mounted.
fn grade_on_a_disk(disk: &str, arguments: &[&str]) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let on_the_disk = |program: &str, arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", SMALL_DISK]).arg(folder.path());
        command.args([disk, program]).args(arguments).output()
    };
    if !on_the_disk("true", &[]).is_ok_and(|output| output.status.success()) {
        skipped("no small disk can be mounted here, so a full one was not tried");
        return None;
    }
    Some(on_the_disk(env!("CARGO_BIN_EXE_grade"), arguments).unwrap())
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn toolchain() -> Toolchain {
    static TOOLCHAIN: OnceLock<Toolchain> = OnceLock::new();
    TOOLCHAIN.get_or_init(|| Toolchain::prepare().unwrap()).clone()
}

/// A grader whose linker is a shell script. It has no sandbox, because the script is in none.
fn grader_with_linker(folder: &Path, script: &str) -> Grader {
    let linker = folder.join("linker");
    let real = toolchain().linker;
    fs::write(&linker, format!("#!/bin/sh\n{}\n", script.replace("REAL", &real.display().to_string()))).unwrap();
    fs::set_permissions(&linker, fs::Permissions::from_mode(0o755)).unwrap();
    Grader {
        toolchain: Toolchain { linker, ..toolchain() },
        isolation: Isolation::LimitsOnly,
        limits: Limits::default(),
    }
}

#[test]
fn a_full_disk_is_not_a_zero() {
    if !has_a_sandbox("no full disk was tried") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (solution("race", "reference"), folder.path().join("R.json"));
    let arguments = ["--exercise", "race", "--submission", file.to_str().unwrap(), "--out", out.to_str().unwrap()];
    for (disk, names) in
        [("size=64k", "make room"), ("size=2m", "make room"), ("noexec", "noexec"), ("ro", "set TMPDIR")]
    {
        let Some(output) = grade_on_a_disk(disk, &arguments) else { return };
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{disk}: {said}");
        assert!(said.contains(names) && said.contains("TMPDIR"), "{disk}: {said}");
        assert!(!out.exists() && output.stdout.is_empty(), "{disk}: something was stored");
    }
    // The twin: with room it is graded.
    let output = grade_on_a_disk("size=512m", &arguments).unwrap();
    assert!(output.status.success() && out.is_file(), "{}", stderr(&output));
}

#[test]
fn a_disk_that_fills_up_in_the_middle_of_a_class_stops_only_what_has_no_room() {
    if !has_a_sandbox("no class was graded on a full disk") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (class, out) = (folder.path().join("class"), folder.path().join("out"));
    let right = fs::read_to_string(solution("race", "reference")).unwrap();
    let large = format!("{right}\npub static LARGE: [u8; 40 << 20] = [1; 40 << 20];\n");
    for (student, text) in [("ada", &right), ("bob", &large), ("cleo", &right)] {
        fs::create_dir_all(class.join(student)).unwrap();
        fs::write(class.join(student).join("race.rs"), text).unwrap();
    }
    // An older grade of another text must not stay either.
    fs::create_dir_all(out.join("bob")).unwrap();
    fs::write(out.join("bob/race.json"), "{\"key\": \"old\", \"verdict\": \"graded\", \"score\": 10.0}").unwrap();
    let arguments = ["race", "--all", class.to_str().unwrap(), "--out", out.to_str().unwrap(), "--jobs", "1"];
    let Some(output) = grade_on_a_disk("size=32m", &arguments) else { return };
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    let summary = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(summary.starts_with("2 graded, 0 as before, 1 could not be graded"), "{summary}{said}");
    let line = said.lines().find(|line| line.contains("bob race: could not be graded")).expect(&said);
    assert!(line.contains("make room") && said.contains("1 submission could not be graded"), "{said}");
    assert!(out.join("ada/race.json").is_file() && out.join("cleo/race.json").is_file(), "the others are graded");
    assert!(!out.join("bob/race.json").exists(), "nothing is stored");

    let output = grade_on_a_disk("size=512m", &arguments).unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let summary = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(summary.starts_with("1 graded, 2 as before, 0 could"), "{summary}");
    assert!(out.join("bob/race.json").is_file());
}

#[test]
fn a_linker_that_fails_is_not_a_zero() {
    let folder = tempfile::tempdir().unwrap();
    let race = exercise("race").unwrap();
    for (script, names) in [
        ("echo 'ld: cannot find -lc' >&2; exit 1", "libc6-dev"),
        ("echo 'ld: cannot find -lgcc_eh: No such file' >&2; exit 1", "install gcc"),
        ("echo 'ld: final link failed: No space left on device' >&2; exit 1", "make room"),
        ("kill -9 $$", "memory"),
        ("kill -15 $PPID", "signal 15"),
        ("echo 'a message of no known kind' >&2; exit 1", "a message of no known kind"),
    ] {
        let grader = grader_with_linker(folder.path(), script);
        let error = grader.grade(race, &solution("race", "reference"), None).unwrap_err();
        assert!(format!("{error:#}").contains(names), "{script}: {error:#}");
        let error = known_good::check(&grader.toolchain, grader.isolation, grader.limits).unwrap_err();
        assert!(format!("{error:#}").contains(names), "{script}: {error:#}");
    }
    // The twins: a linker that works, and one that fails for this submission and links the known-good program.
    let grader = grader_with_linker(folder.path(), "exec REAL \"$@\"");
    assert_eq!(grader.grade(race, &solution("race", "reference"), None).unwrap().verdict, Verdict::Graded);
    let only_now =
        "[ -e \"$0.failed\" ] && exec REAL \"$@\"; >\"$0.failed\"; echo 'ld: duplicate symbol: malloc' >&2; exit 1";
    let grader = grader_with_linker(folder.path(), only_now);
    let grade = grader.grade(race, &solution("race", "reference"), None).unwrap();
    assert_eq!(grade.verdict, Verdict::DoesNotCompile, "{}", grade.message);
    assert!(grade.message.contains("duplicate symbol: malloc"), "{}", grade.message);
}

#[test]
fn a_submission_that_meets_trouble_does_not_stop_the_class() {
    let folder = tempfile::tempdir().unwrap();
    let (class, out) = (folder.path().join("class"), folder.path().join("out"));
    for student in ["ada", "bob", "cleo"] {
        fs::create_dir_all(class.join(student)).unwrap();
        fs::copy(solution("race", "reference"), class.join(student).join("race.rs")).unwrap();
    }
    let grade = |script: &str| {
        let only = exercise("race");
        let class = Class { submissions: &class, out: &out, only, jobs: 1, shard: (1, 1) };
        class.grade(&grader_with_linker(folder.path(), script)).unwrap()
    };
    // The second call of the linker fails.
    let second = "echo >>\"$0.calls\"; [ \"$(wc -l <\"$0.calls\")\" = 2 ] && echo 'ld: No space left on device' >&2 && exit 1; \
                  exec REAL \"$@\"";
    let stored = |student: &str| out.join(student).join("race.json").is_file();
    assert_eq!(grade(second), Done { graded: 2, kept: 0, failed: 1 });
    assert_eq!(["ada", "bob", "cleo"].map(stored), [true, false, true]);
    assert_eq!(grade("exec REAL \"$@\""), Done { graded: 1, kept: 2, failed: 0 });
    assert!(stored("bob"));
}

/// A text of a submission that looks like a message about the machine.
#[test]
fn an_honest_error_is_not_a_limit_whatever_its_text_says() {
    let race = exercise("race").unwrap();
    for isolation in sandboxes_here("no honest error was compiled in it") {
        for words in ["memory allocation of 8 bytes failed", "No space left on device (os error 28)", "signal 9 "] {
            let text = format!("use common::exercise::*;\npub const SMALLEST: u64 = {words:?};\n");
            let folder = Workdir::new().unwrap();
            let end = compile(&toolchain(), (isolation, Limits::default()), race, &text, folder.path()).unwrap();
            let Err(Refusal::DoesNotCompile(message)) = &end else { panic!("{isolation:?}: {words}: {end:?}") };
            assert!(message.contains(words) && message.contains("exercise.rs:2:27"), "{message}");
            assert!(!message.contains("/src") && message.contains("mismatched types"), "{message}");
        }
    }
}

/// Other users may not enter a submission's folder, and the sandbox's user need not.
#[test]
fn a_submission_in_a_closed_folder_is_compiled_and_run() {
    for isolation in sandboxes_here("a closed folder was not tried in it") {
        known_good::check(&toolchain(), isolation, Limits::default()).unwrap();
    }
}

/// Creates a folder with links to some programs.
fn programs(folder: &Path, names: &[&str]) -> PathBuf {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    for program in names.iter().map(|name| Path::new("/usr/bin").join(name)).chain([rustc]) {
        std::os::unix::fs::symlink(&program, bin.join(program.file_name().unwrap())).unwrap();
    }
    bin
}

#[test]
fn a_sandbox_that_does_not_work_is_named_with_its_reason_its_fix_and_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let bin = programs(folder.path(), &["prlimit", "cc", "sh"]);
    // A bubblewrap that is installed, and that the kernel refuses.
    fs::write(bin.join("bwrap"), "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
        .unwrap();
    fs::set_permissions(bin.join("bwrap"), fs::Permissions::from_mode(0o755)).unwrap();
    // Without its neighbour the grader cannot enter the reduced sandbox.
    let alone = folder.path().join("another");
    fs::copy(env!("CARGO_BIN_EXE_grade"), &alone).unwrap();
    let mut command = Command::new(&alone);
    command.args(["race", "--submission"]).arg(solution("race", "reference")).env("PATH", &bin);
    let output = command.output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    for words in [
        "bubblewrap does not work here: bwrap: setting up uid map: Permission denied",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        "\"bwrap\" \"--unshare-all\"",
        "Landlock with seccomp does not work here: ",
        "cannot find the program grade",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("install bubblewrap"), "it is installed: {said}");
}

/// A clone that was moved or copied with its target folder grades its own files.
#[test]
fn the_clone_that_the_program_is_run_in_is_graded() {
    if !has_a_sandbox("no copy was graded") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (first, copy, moved) = (folder.path().join("first"), folder.path().join("copy"), folder.path().join("moved"));
    handout::write(&toolchain(), &first).unwrap();
    fs::create_dir_all(first.join("target/debug")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_grade"), first.join("target/debug/grade")).unwrap();
    assert!(Command::new("cp").arg("-a").args([&first, &copy]).status().unwrap().success());
    fs::copy(solution("race", "reference"), copy.join("labs/data-race/exercise.rs")).unwrap();
    let grade = |program: &Path, here: &Path| {
        let mut command = Command::new(program.join("target/debug/grade"));
        let output = command.arg("race").current_dir(here).env_remove("CARGO_MANIFEST_DIR").output().unwrap();
        let said = stderr(&output);
        assert!(output.status.success(), "{said}");
        let points = String::from_utf8_lossy(&output.stdout).split(" points").next().unwrap().to_string();
        let path =
            said.lines().find_map(|line| line.strip_prefix("grade: grading ")).unwrap_or_else(|| panic!("{said}"));
        (points, path.to_string())
    };
    let of = |points: &str, clone: &Path| {
        let file = clone.canonicalize().unwrap().join("labs/data-race/exercise.rs");
        (format!("race: {points} of 10"), file.display().to_string())
    };
    assert_eq!(grade(&copy, &copy), of("10", &copy));
    assert_eq!(grade(&first, &first), of("0", &first));
    assert_eq!(grade(&first, &copy.join("labs")), of("10", &copy), "the folder that it is run in counts");
    assert_eq!(grade(&copy, folder.path()), of("10", &copy), "outside, the program's folder counts");
    fs::rename(&copy, &moved).unwrap();
    assert_eq!(grade(&moved, &moved), of("10", &moved));
}

/// A special file is refused before anything is graded, and is still there.
#[test]
fn out_is_a_regular_file_or_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (pipe, link, nowhere, file) = (path("pipe"), path("link"), path("nowhere"), path("file"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/full", &link).unwrap();
    std::os::unix::fs::symlink(path("missing"), &nowhere).unwrap();
    fs::write(&file, "").unwrap();
    let class = folder.path().display().to_string();
    let kinds =
        || ["/dev/full", &pipe, &link, &nowhere, &class].map(|path| fs::symlink_metadata(path).unwrap().file_type());
    let before = kinds();
    let one = |out: &str| ["race", "--out", out].map(str::to_string).to_vec();
    let all = |out: &str| ["--all", &class, "--out", out].map(str::to_string).to_vec();
    let handout = |out: &str| ["handout", out].map(str::to_string).to_vec();
    let upload = |out: &str| ["gradescope", out].map(str::to_string).to_vec();
    let special = ["/dev/full", &pipe, &link, &nowhere];
    let mut lines: Vec<(&str, Vec<String>)> = vec![(&class, one(&class)), (&file, all(&file)), (&file, handout(&file))];
    lines.extend([(file.as_str(), upload(&file)), (&class, handout(&class))]);
    for out in special {
        lines.extend([(out, one(out)), (out, all(out)), (out, handout(out)), (out, upload(out))]);
    }
    for (out, line) in lines {
        let output = Command::new(env!("CARGO_BIN_EXE_grade")).args(&line).output().unwrap();
        let said = stderr(&output);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{line:?}: {said}");
        assert!(said.contains(out), "{line:?}: {said}");
    }
    assert_eq!(kinds(), before);
    assert!(!Path::new(&path("missing")).exists());
}

/// cargo builds the checks the first time, and waits for another cargo; neither may be silent.
#[test]
fn the_grader_says_that_it_builds_or_waits() {
    if !has_a_sandbox("no grader built its checks") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bin = programs(folder.path(), &[]);
    let cargo = bin.join("cargo");
    let said_with = |says: &str| {
        let real = Path::new(env!("CARGO")).display();
        fs::write(&cargo, format!("#!/bin/sh\nprintf '{says}' >&2\nexec {real} \"$@\"\n")).unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
        command.args(["race", "--submission"]).arg(solution("race", "reference"));
        let output = command.env("CARGO", &cargo).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stderr(&output)
    };
    let said = said_with("   Blocking waiting for file lock on build directory\\n   Compiling checks v0.1.0\\n");
    assert!(said.contains("grade: another cargo works in this clone: Blocking waiting"), "{said}");
    assert!(said.contains("grade: building the checks, once") && said.contains("Compiling checks"), "{said}");
    let said = said_with("");
    assert!(
        !said.contains("building") && !said.contains("Finished"),
        "a grade that waits for nothing says nothing: {said}"
    );
}
