//! Checks how a lab answers a command line, and above all a wrong one.

use end_to_end::assert_none;
use end_to_end::labs::{LabUnderTest, counter_labs, labs};
use end_to_end::run::Outcome;

#[test]
fn help_names_every_flag_within_eighty_columns() {
    for lab in labs() {
        let outcome = lab.run("--help");
        assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
        assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 80), "{}", outcome.stdout);
        let numbers = outcome.stdout.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(" N "));
        let numbers: Vec<&str> = numbers.map(|(name, _)| name).collect();
        assert_eq!(numbers, lab.parameters, "lab-{}", lab.name);
        for flag in ["--json", "--pin", "--predict", "--python", "--help", "--version"] {
            assert!(outcome.stdout.contains(flag), "lab-{} does not tell of {flag}", lab.name);
        }
        assert_eq!(lab.run("-h").stdout, outcome.stdout);
    }
}

#[test]
fn the_version_is_the_packages() {
    for lab in labs() {
        let outcome = lab.run("--version");
        assert_eq!(outcome.stdout, format!("lab-{} {}\n", lab.name, env!("CARGO_PKG_VERSION")));
        assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""));
    }
}

/// Returns what is wrong with an error message. It must have exit status 2, nothing on standard output, and one line on
/// standard error that contains all of these words.
pub fn refusal_problems(lab: &LabUnderTest, line: &str, words: &[&str], outcome: &Outcome) -> Vec<String> {
    let said = &outcome.stderr;
    let mut problems = Vec::new();
    let mut demand = |is_so: bool, what: &str| {
        if !is_so {
            problems.push(format!("lab-{} {line}: {what}: {:?}, {said:?}", lab.name, outcome.status.code()));
        }
    };
    demand(outcome.status.code() == Some(2), "the exit status is not 2");
    demand(outcome.stdout.is_empty(), "something is on standard output");
    demand(said.lines().count() == 1 && said.ends_with('\n'), "not one line is on standard error");
    demand(said.starts_with(&format!("lab-{}: ", lab.name)), "it does not say who refuses");
    demand(!said.contains("panicked"), "it panicked");
    for word in words {
        demand(said.contains(word), &format!("it does not say {word:?}"));
    }
    problems
}

/// A wrong command line, and what the message must contain: the flag, the limit and the fix.
type Wrong = (String, Vec<String>);

fn wrong_lines(lab: &LabUnderTest) -> Vec<Wrong> {
    let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    let see_help = format!("cargo run -p lab-{} -- --help", lab.name);
    let mut wrong = vec![
        ("--frobnicate".to_string(), words(&["--frobnicate", &see_help])),
        ("-x".to_string(), words(&["-x", &see_help])),
        ("stray".to_string(), words(&["stray", &see_help])),
        ("--json stray".to_string(), words(&["stray", &see_help])),
        ("--json=yes".to_string(), words(&["--json", &see_help])),
        (
            "--threads 1025".to_string(),
            words(&["--threads 1025", "limit of 1024", "give a whole number from 1 to 1024"]),
        ),
        ("--worker".to_string(), words(&["--worker"])),
    ];
    for &name in &lab.parameters {
        let flag = format!("--{name}");
        wrong.push((flag.clone(), words(&[&flag, &see_help])));
        for value in ["ten", "1.5", "0x10", "1e6"] {
            wrong.push((format!("{flag} {value}"), words(&[&flag, value, "whole number", "give a whole number from"])));
        }
        for value in ["18446744073709551616", "99999999999999999999999999999999999999999999"] {
            wrong.push((
                format!("{flag} {value}"),
                words(&[&flag, value, "above the limit", "give a whole number from"]),
            ));
        }
        let too_small: &[&str] = if name == "seed" { &["-1"] } else { &["0", "-1", "-9223372036854775809"] };
        for value in too_small {
            wrong.push((
                format!("{flag} {value}"),
                words(&[&flag, value, "below the limit", "give a whole number from"]),
            ));
        }
    }
    if lab.takes("increments") {
        let line = "--threads 1000 --increments 9007199254740991";
        wrong.push((
            line.to_string(),
            words(&["--threads 1000", "--increments 9007199254740991", "limit of", "give at most"]),
        ));
    }
    wrong
}

#[test]
fn a_wrong_line_is_refused_in_one_line_that_names_flag_limit_and_fix() {
    let mut problems = Vec::new();
    for lab in labs() {
        for (line, words) in wrong_lines(lab) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            problems.extend(refusal_problems(lab, &line, &words, &lab.run(&line)));
        }
    }
    assert_none(problems);
}

#[test]
fn what_is_no_refusal_is_noticed() {
    for lab in labs().into_iter().take(1) {
        let accepted = lab.run("--version");
        assert_eq!(refusal_problems(lab, "--version", &["--version"], &accepted).len(), 5);
        let refused = lab.run("--threads 0");
        assert_none(refusal_problems(lab, "--threads 0", &["--threads 0", "limit"], &refused));
        assert_eq!(refusal_problems(lab, "--threads 0", &["--workers"], &refused).len(), 1);
    }
}

/// With a limit of 200 MB on its address space, a lab that allocated before it checked would be ended by a failed
/// allocation. A lab that computed first would be ended by the limit of one second of CPU time.
#[test]
#[cfg(target_os = "linux")]
fn a_size_that_memory_cannot_hold_is_refused_before_allocating() {
    let run = |lab: &LabUnderTest, line: &str| {
        end_to_end::run::complete(lab.shell(&format!("ulimit -v 200000; ulimit -t 1; exec \"$LAB\" --repeat 1 {line}")))
    };
    let memory = end_to_end::read("/proc/meminfo");
    let kibibytes = memory.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap();
    let mut problems = Vec::new();
    for lab in labs().into_iter().filter(|lab| lab.takes("size")) {
        for size in [kibibytes * 1024 / 8 + 1, 1 << 50, u64::MAX] {
            let line = format!("--size {size}");
            let outcome = run(lab, &line);
            problems.extend(refusal_problems(lab, &line, &[&line, "available", "give at most --size"], &outcome));
        }
        // A size that fits memory but not the limit, and the twin: one that fits both.
        let (line, words) = ("--size 50000000", ["--size 50000000", "available", "give at most --size"]);
        problems.extend(refusal_problems(lab, line, &words, &run(lab, line)));
        let fits = run(lab, "--size 1000 --threads 2 --json");
        assert!(fits.status.success(), "lab-{}: {}", lab.name, fits.stderr);
    }
    assert_none(problems);
}

/// The lab cannot know this limit beforehand, so this is a failure (status 1) and not a usage error (status 2).
#[test]
#[cfg(target_os = "linux")]
fn more_threads_or_workers_than_the_system_grants_are_a_failure_told_in_one_line() {
    let check = |lab: &LabUnderTest, limit: &str, flags: &str, words: [&str; 2]| {
        let line = format!("ulimit {limit}; exec \"$LAB\" {} {}", lab.small(), lab.those_of(flags));
        let outcome = end_to_end::run::complete(lab.shell(&line));
        assert_eq!((outcome.status.code(), outcome.stdout.as_str()), (Some(1), ""), "{line}: {}", outcome.stderr);
        let said = &outcome.stderr;
        assert!(said.lines().count() == 1 && words.iter().all(|word| said.contains(word)), "{line}: {said}");
    };
    // Each stack takes 2 of the 1,000 MB, so each limit leaves a different amount for the last thread.
    let limits = end_to_end::sample((1_000_000..1_002_200).step_by(100), 5, "limits of memory");
    for lab in labs() {
        let words = ["cannot start thread", "of 1024 (give fewer --threads)"];
        for &kibibytes in &limits {
            check(lab, &format!("-v {kibibytes}"), "--threads 1024", words);
        }
        if lab.has_workers {
            check(lab, "-n 64", "--threads 100 --workers 100", ["cannot start worker", "of 100 (ask for fewer)"]);
        }
    }
}

/// Linux ends a process that exceeds the limit on file sizes, unless the process asks for an error. Shared memory counts as a
/// file.
#[test]
#[cfg(target_os = "linux")]
fn a_limit_on_file_sizes_is_told_in_one_line() {
    let Some(lab) = labs().into_iter().find(|lab| lab.name == "shm") else { return };
    let run = |limit: &str| {
        let line = format!("ulimit -f {limit}; exec \"$LAB\" --size 1000000 --workers 2 --threads 2 --repeat 1");
        end_to_end::run::complete(lab.shell(&line))
    };
    let outcome = run("100");
    assert_eq!((outcome.status.code(), outcome.stderr.lines().count()), (Some(1), 1), "{}", outcome.stderr);
    let words = ["cannot share 8000000 bytes of memory", "ulimit -f"];
    assert!(words.iter().all(|words| outcome.stderr.contains(words)), "{}", outcome.stderr);
    assert!(run("unlimited").status.success());
}

/// Runs a program under a seccomp filter that refuses one system call, as a container may.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
const WITHOUT_A_CALL: &str = r"
import ctypes, os, struct, sys
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, int(sys.argv[1])), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *step) for step in steps))
program = struct.pack('H6xQ', len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
    sys.exit(3)
os.execv(sys.argv[2], sys.argv[2:])
";

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_refused_pin_is_a_warning_and_not_called_pinned() {
    let Some(lab) = labs().into_iter().find(|lab| lab.name == "race") else { return };
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        return end_to_end::skipped(
            "what a lab says if --pin is refused",
            "there is no python3, which installs the filter",
        );
    }
    let without = |call: u32| {
        let mut command = std::process::Command::new("python3");
        let lab = lab.command(&format!("{} --pin --json", lab.small()));
        command.args(["-c", WITHOUT_A_CALL, &call.to_string()]).arg(lab.get_program()).args(lab.get_args());
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let outcome = end_to_end::run::complete(command);
        outcome.json().unwrap_or_else(|error| panic!("{error}{}", outcome.stderr))
    };
    let is_warned = |report: &serde_json::Value| report["warnings"].to_string().contains("pin-refused");
    let refused = without(203); // sched_setaffinity
    assert!(is_warned(&refused) && refused["pinned"] == false, "{refused}");
    // The twin: a filter that refuses another call.
    let bound = without(163); // acct
    assert!(!is_warned(&bound) && bound["pinned"] == true, "{bound}");
}

#[test]
fn the_increments_that_a_refusal_offers_are_the_most_that_fit() {
    const MOST: u64 = (1 << 53) - 1;
    for lab in counter_labs() {
        let refusal = lab.run(&format!("--threads 1000 --increments {MOST}")).stderr;
        let offered: u64 = refusal.trim().rsplit(' ').next().unwrap().parse().unwrap();
        assert!(offered * 1000 <= MOST && (offered + 1) * 1000 > MOST, "lab-{} offers {offered}", lab.name);
    }
}
