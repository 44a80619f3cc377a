//! Worker processes that die, and labs that die before their workers: nobody is left, nothing is left, and one line says why.

use end_to_end::assert_none;
use end_to_end::labs::{LabUnderTest, labs};
use end_to_end::processes::{children, ignores_interrupts, members, named_shared_memory, signal};
use end_to_end::run::{Outcome, Running, alone, finish, start, within};
use std::os::unix::process::CommandExt;
use std::time::Duration;

/// All that a lab started must be gone within this time.
const SOON: Duration = Duration::from_secs(2);

/// A lab in the middle of a run that would go on for minutes, while at least one of its workers lives.
struct Scene {
    lab: Running,
    temporary: tempfile::TempDir,
    named_memory: Vec<String>,
}

impl Scene {
    fn begin(lab: &LabUnderTest) -> Self {
        let line = "--size 20000000 --increments 300000 --threads 3 --workers 3 --repeat 10000";
        let temporary = tempfile::tempdir().unwrap();
        let mut command = lab.command(&lab.those_of(line));
        command.env("TMPDIR", temporary.path()).process_group(0);
        let mut scene = Self { lab: start(command), temporary, named_memory: Vec::new() };
        assert!(within(Duration::from_secs(30), || scene.a_worker().is_some()), "lab-{} starts no worker", lab.name);
        scene.named_memory = members(scene.group()).into_iter().flat_map(named_shared_memory).collect();
        scene
    }

    /// The group of the lab and its workers, and the number of the lab's own process.
    fn group(&self) -> u32 {
        self.lab.child.id()
    }

    fn a_worker(&self) -> Option<u32> {
        children(self.group()).into_iter().next()
    }

    /// What is still there after the lab has ended.
    fn leftovers(&self) -> Vec<String> {
        let mut left = Vec::new();
        if !within(SOON, || members(self.group()).is_empty()) {
            left.push(format!("processes {:?} go on", members(self.group())));
        }
        // Other programs come and go in that folder, so what counts is what the lab itself held there.
        left.extend(self.named_memory.iter().map(|path| format!("shared memory {path}")));
        let files = std::fs::read_dir(self.temporary.path()).unwrap().map(|entry| entry.unwrap().path());
        left.extend(files.map(|path| format!("temporary file {}", path.display())));
        left
    }
}

/// Ends a worker by a signal; one that was just about to end well is followed by another. Returns how the lab ended, which
/// worker it was, and what was left.
fn with_a_worker_ended_by(name: &str, lab: &LabUnderTest) -> (Outcome, u32, Vec<String>) {
    alone(|| {
        let mut scene = Scene::begin(lab);
        let mut last = 0;
        for _ in 0..100 {
            if let Some(worker) = scene.a_worker() {
                signal(name, worker.into());
                last = worker;
            }
            if scene.lab.ends_within(Duration::from_millis(200)) {
                break;
            }
        }
        let leftovers = scene.leftovers();
        (finish(scene.lab), last, leftovers)
    })
}

/// Where the end of a lab that lost a worker is not as it should be.
fn end_problems(lab: &LabUnderTest, outcome: &Outcome, worker: u32, signal: &str) -> Vec<String> {
    let said = &outcome.stderr;
    let named = said.contains(&format!("(process {worker})")) && said.contains(": worker ") && said.contains(" of ");
    let demands = [
        (outcome.status.code() == Some(1), "the exit status is not 1"),
        (outcome.stdout.is_empty(), "there is a report all the same"),
        (said.lines().count() == 1, "not one line is on standard error"),
        (said.starts_with(&format!("lab-{}: ", lab.name)), "it does not say who ended"),
        (named, "it does not name the worker"),
        (said.contains(signal), "it does not say how the worker ended"),
    ];
    let broken = demands.into_iter().filter(|(is_so, _)| !is_so);
    broken.map(|(_, what)| format!("lab-{}: {what}: {:?}, {said:?}", lab.name, outcome.status)).collect()
}

fn labs_with_workers() -> Vec<&'static LabUnderTest> {
    labs().into_iter().filter(|lab| lab.has_workers).collect()
}

#[test]
fn a_lab_whose_worker_is_killed_ends_with_one_line_and_leaves_nothing() {
    for lab in labs_with_workers() {
        let (outcome, worker, leftovers) = with_a_worker_ended_by("KILL", lab);
        assert_none(end_problems(lab, &outcome, worker, "was killed by signal 9"));
        assert_none(leftovers);
        // The twin: another worker, another end.
        assert_eq!(end_problems(lab, &outcome, worker + 1, "was killed by signal 15").len(), 2);
    }
}

#[test]
fn another_signal_has_another_name() {
    for lab in labs_with_workers().into_iter().take(1) {
        let (outcome, worker, leftovers) = with_a_worker_ended_by("TERM", lab);
        assert_none(end_problems(lab, &outcome, worker, "was killed by signal 15 (SIGTERM)"));
        assert_none(leftovers);
    }
}

fn are_interrupts_ignored() -> bool {
    let ignored = ignores_interrupts();
    if ignored {
        end_to_end::skipped(
            "interrupts",
            "whoever started the tests ignores them, as a shell's background command does",
        );
    }
    ignored
}

#[test]
fn a_lab_that_is_ended_takes_its_workers_along() {
    for lab in labs_with_workers() {
        for (name, whole_group) in [("INT", false), ("INT", true), ("TERM", false), ("KILL", false)] {
            if name == "INT" && are_interrupts_ignored() {
                continue;
            }
            let leftovers = alone(|| {
                let mut scene = Scene::begin(lab);
                let process = i64::from(scene.group());
                signal(name, if whole_group { -process } else { process });
                assert!(scene.lab.ends_within(SOON), "lab-{} outlives SIG{name}", lab.name);
                scene.leftovers()
            });
            assert_none(leftovers);
        }
    }
}

#[test]
fn a_lab_without_workers_ends_when_it_is_interrupted() {
    if are_interrupts_ignored() {
        return;
    }
    for lab in labs().into_iter().filter(|lab| !lab.has_workers) {
        alone(|| {
            let mut running = start(lab.command(&lab.those_of("--size 1000 --repeat 10000")));
            assert!(!running.ends_within(Duration::from_millis(20)), "lab-{} is too quick to be interrupted", lab.name);
            signal("INT", running.child.id().into());
            assert!(running.ends_within(SOON), "lab-{} goes on", lab.name);
        });
    }
}

#[test]
fn what_is_left_is_noticed() {
    for lab in labs_with_workers().into_iter().take(1) {
        alone(|| {
            let scene = Scene::begin(lab);
            std::fs::write(scene.temporary.path().join("forgotten"), "").unwrap();
            let leftovers = scene.leftovers();
            assert_eq!(leftovers.len(), 2, "{leftovers:?}"); // it runs on, and the file
        });
        let name = format!("/dev/shm/labs-test-{}", std::process::id());
        let mut holder = start(lab.shell(&format!("exec 3>{name}; echo; exec sleep 60")));
        assert!(within(SOON, || named_shared_memory(holder.child.id()) == [name.as_str()]));
        std::fs::remove_file(name).unwrap();
        holder.child.kill().unwrap();
    }
}
