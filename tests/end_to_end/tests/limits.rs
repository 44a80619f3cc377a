//! Checks what a lab takes: memory, the time of `--help`, and the build time.

use crate::tidy::tree;
use end_to_end::assert_none;
use end_to_end::labs::{LabUnderTest, lab, sampled_labs};
use end_to_end::processes::members;
use end_to_end::run::{DEADLINE, Outcome, alone, finish, start};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MIB: u64 = 1 << 20;

/// The bytes that a lab may use beyond its arrays, which `common::data::ensure_fits` leaves free.
const HEADROOM: u64 = 64 * MIB;

/// The peaks of two runs differ by this many bytes by chance.
const NOISE: u64 = 8 * MIB;

/// Returns the most memory that a command and its children hold at the same time, in bytes, and how the command ended.
///
/// Each process's own pages are added up. Pages that several processes map (shared memory, the program itself) exist
/// once, so only the process with the most of them counts. A peak between two samples is not missed as long as one
/// process alone made it: the kernel stores a process's high-water mark.
fn peak(mut command: Command) -> (u64, Outcome) {
    command.process_group(0);
    let mut running = start(command);
    let (group, mut peak) = (running.child.id(), 0);
    let start = Instant::now();
    while start.elapsed() < DEADLINE && !running.ends_within(Duration::from_millis(1)) {
        let held: Vec<BTreeMap<String, u64>> = members(group).into_iter().map(held_by).collect();
        let of = |field: &'static str| held.iter().map(move |process| process.get(field).copied().unwrap_or(0));
        let own: u64 = of("RssAnon").sum();
        let shared = of("RssShmem").max().unwrap_or(0) + of("RssFile").max().unwrap_or(0);
        peak = peak.max(own + shared).max(of("VmHWM").max().unwrap_or(0));
    }
    (peak, finish(running))
}

/// Returns what the kernel says about a process's memory, in bytes: `VmHWM`, `RssAnon` and more. It is empty for a
/// process that has ended.
fn held_by(process: u32) -> BTreeMap<String, u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_string(), 1024 * value.trim().strip_suffix(" kB")?.parse::<u64>().ok()?))
    };
    status.lines().filter_map(field).collect()
}

/// Returns how many arrays a lab declares to hold at the same time when it checks that they fit. A lab without a size
/// holds none.
fn claimed_copies(lab: &LabUnderTest) -> u64 {
    let story = end_to_end::read(format!("labs/{}/src/main.rs", lab.folder));
    let claim = story.split_once("data::ensure_fits(size, ").and_then(|(_, rest)| rest.split_once(')')?.0.parse().ok());
    assert_eq!(claim.is_some(), lab.takes("size"), "lab-{} has a size, or asks if it fits", lab.name);
    claim.unwrap_or(0)
}

/// The peaks of a lab in bytes, at its default size and at half of it.
struct Peaks {
    size: u64,
    whole: u64,
    half: u64,
}

impl Peaks {
    /// Measures with two rounds each, one of them not counted. More rounds need no more memory, since each frees what
    /// it used.
    fn of(lab: &LabUnderTest) -> Self {
        let run = |line: &str| {
            let (peak, outcome) = alone(|| peak(lab.command(&format!("{line} --repeat 1 --json"))));
            assert!(outcome.status.success(), "lab-{} {line}: {}", lab.name, outcome.stderr);
            (peak, outcome.json().unwrap())
        };
        let (whole, report) = run("");
        let parameter = |name: &str| report["parameters"].get(name).and_then(Value::as_u64);
        let size = parameter("size").unwrap_or(0);
        let increments = parameter("increments").unwrap_or(0);
        let (half, _) = run(&lab.those_of(&format!("--size {} --increments {}", size / 2, increments / 2)));
        Self { size, whole, half }
    }

    /// Returns where the peaks are not explained by the declared number of arrays of 8-byte elements.
    fn problems(&self, lab: &LabUnderTest, copies: u64) -> Vec<String> {
        let mib = |bytes: u64| format!("{} MiB", bytes / MIB);
        let arrays = 8 * self.size * copies;
        let at = |size: &str, peak: u64, arrays: u64| {
            let so = format!("lab-{} holds {} at {size}", lab.name, mib(peak));
            let too_much = (peak > arrays + HEADROOM).then(|| format!("{so}, and its arrays take {}", mib(arrays)));
            // If a lab declares too many arrays, it rejects sizes that fit.
            too_much.or((peak + NOISE < arrays).then(|| format!("{so}, and asks if {} fit", mib(arrays))))
        };
        let (grown, most) = (self.whole.saturating_sub(self.half), arrays / 2 + arrays / 20 + NOISE);
        let steep = format!("lab-{} grows by {} from half its size to all, not {}", lab.name, mib(grown), mib(most));
        let found = [
            at("its default size", self.whole, arrays),
            at("half its size", self.half, arrays / 2),
            (grown > most).then_some(steep),
        ];
        found.into_iter().flatten().collect()
    }
}

#[test]
fn a_lab_holds_the_arrays_that_it_says_and_64_mib() {
    for lab in sampled_labs(&["shm"], "what they hold of memory") {
        let (peaks, copies) = (Peaks::of(lab), claimed_copies(lab));
        let (whole, half) = (peaks.whole / MIB, peaks.half / MIB);
        end_to_end::say(&format!(
            "lab-{}: {copies} arrays; at most {whole} MiB, at half its size {half} MiB",
            lab.name
        ));
        assert_none(peaks.problems(lab, copies));
        // The twins: another declared number, and memory that grows with the square of the size.
        if 8 * peaks.size > 2 * HEADROOM {
            assert_ne!(peaks.problems(lab, copies - 1), [""; 0], "lab-{}: one array fewer", lab.name);
            assert_ne!(peaks.problems(lab, copies + 1), [""; 0], "lab-{}: one array more", lab.name);
            let square = Peaks { half: peaks.whole / 4, ..peaks };
            assert_ne!(square.problems(lab, copies), [""; 0], "lab-{}: a square", lab.name);
        }
    }
}

#[test]
fn memory_of_all_processes_is_added_up() {
    let Some(lab) = lab("naive") else { return };
    let size = 8_000_000;
    let run = format!("\"$LAB\" --size {size} --repeat 1 >/dev/null");
    let (one, _) = alone(|| peak(lab.shell(&format!("{run} & wait"))));
    let (two, _) = alone(|| peak(lab.shell(&format!("{run} & {run} & wait"))));
    // The two need not copy at the same moment: when one is at its peak, the other has its array or is filling it.
    assert!(two > one + 4 * size, "{one} bytes by one lab, {two} by two at the same time");
}

/// Counts the instructions of a command; `None` if valgrind is not installed.
fn instructions(command: &Command) -> Option<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    let said = valgrind.output().ok()?.stderr;
    let said = String::from_utf8_lossy(&said).into_owned();
    said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
}

/// The most instructions of a command that should end within 50 ms. A test cannot judge time on a busy machine, so it
/// counts instructions. A slow processor runs 10,000,000 in 10 ms; the rest of the 50 ms is for the system.
const AT_ONCE: u64 = 10_000_000;

#[test]
fn help_and_a_refusal_take_few_instructions() {
    for lab in sampled_labs(&["race"], "the instructions of --help and of a refusal") {
        for line in ["--help", "--threads 0", "--frobnicate"] {
            let Some(count) = instructions(&lab.command(line)) else {
                end_to_end::skipped("the instructions of --help", "valgrind is not here (apt-get install valgrind)");
                return;
            };
            let time = |_| {
                let start = Instant::now();
                lab.command(line).output().map(|_| start.elapsed()).ok()
            };
            let least = (0..20).filter_map(time).min().unwrap_or_default();
            end_to_end::say(&format!("lab-{} {line}: {count} instructions; {least:.1?}, the least of 20", lab.name));
            assert!(count > 0 && count <= AT_ONCE, "lab-{} {line} takes {count} instructions", lab.name);
        }
    }
    // The twin: a lab that does some work.
    let Some(lab) = lab("heavy") else { return };
    let count = instructions(&lab.command("--size 200000 --repeat 1"));
    assert!(count.is_some_and(|count| count > AT_ONCE), "{count:?}");
}

/// The crates that labs are built with, as pairs of a crate and the lab's name.
type Needs = BTreeSet<(String, String)>;

/// Parses the table of `docs/build-time.md`: `| \`crate\` | seconds | for lab- | why |`, where `all` means all labs.
/// The second list holds incomplete rows.
fn accounted_for(document: &str) -> (Needs, Vec<String>) {
    let (mut needs, mut problems) = (Needs::new(), Vec::new());
    for row in document.lines().filter(|line| line.starts_with("| `")) {
        match row.split('|').map(str::trim).collect::<Vec<_>>()[..] {
            ["", name, seconds, users, why, ""] if seconds.parse::<f64>().is_ok() && !why.is_empty() => {
                let is_user = |lab: &&LabUnderTest| users == "all" || users.split(", ").any(|user| user == lab.name);
                let named = end_to_end::labs::all().iter().filter(is_user);
                needs.extend(named.map(|lab| (name.trim_matches('`').to_string(), lab.name.to_string())));
            }
            _ => problems.push(format!("{row} does not name a crate, seconds, labs and a reason")),
        }
    }
    (needs, problems)
}

/// Returns where that table differs from what cargo builds.
fn wait_problems(document: &str, built: &Needs) -> Vec<String> {
    let (told, mut problems) = accounted_for(document);
    let unexplained =
        built.difference(&told).map(|(name, lab)| format!("lab-{lab} waits for {name}, and no row says why"));
    let gone = told.difference(built).map(|(name, lab)| format!("lab-{lab} does not wait for {name} any more"));
    problems.extend(unexplained.chain(gone));
    problems
}

#[test]
fn every_crate_that_a_student_waits_for_has_its_seconds_and_its_reason() {
    let needs_of = |lab: &'static LabUnderTest| {
        let crates = tree(&format!("lab-{}", lab.name)).into_iter().filter(|name| !name.starts_with("lab-"));
        crates.map(|name| (name, lab.name.to_string()))
    };
    let built: Needs = end_to_end::labs::all().iter().flat_map(needs_of).collect();
    assert!(built.len() > end_to_end::labs::all().len() * 10, "{built:?}");
    let document = end_to_end::read("docs/build-time.md");
    assert_none(wait_problems(&document, &built));

    // The twins: a new crate, a removed crate, a crate for another lab, a row without its reason.
    let with = |name: &str, lab: &str| built.iter().cloned().chain([(name.into(), lab.into())]).collect();
    assert_eq!(wait_problems(&document, &with("clap", "race")), ["lab-race waits for clap, and no row says why"]);
    assert_eq!(wait_problems(&document, &with("rayon", "naive")).len(), 1);
    let without = built.iter().filter(|(name, _)| name != "either").cloned().collect();
    assert_eq!(wait_problems(&document, &without), ["lab-overhead does not wait for either any more"]);
    assert_ne!(wait_problems(&document.replace("| behind parking_lot |", "| |"), &built), [""; 0]);
}
