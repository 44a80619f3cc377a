//! Worker processes that die, and labs that die before their workers: no process and no memory is left, and one line
//! says why.

use end_to_end::assert_none;
use end_to_end::labs::{LabUnderTest, labs};
use end_to_end::processes::{children, ended_by, has_ended, ignores_interrupts, members, named_shared_memory, signal};
use end_to_end::run::{DEADLINE, Outcome, Running, among_others, finish, start, within};
use std::os::unix::process::CommandExt;
use std::thread::sleep;
use std::time::Duration;

/// How long a lab's processes may take to disappear. A process that stays would run for minutes, so this can be
/// generous.
const SOON: Duration = Duration::from_secs(60);

/// A lab in the middle of a run that would take minutes.
struct Scene {
    lab: Running,
    temporary: tempfile::TempDir,
    named_memory: Vec<String>,
}

impl Scene {
    /// Starts the lab, and stops it with a signal while one of its workers lives.
    fn begin(lab: &LabUnderTest) -> (Self, u32) {
        let line = "--size 1000000 --increments 300000 --threads 3 --workers 3 --repeat 10000";
        let temporary = tempfile::tempdir().unwrap();
        let mut command = lab.command(&lab.those_of(line));
        command.env("TMPDIR", temporary.path()).process_group(0);
        let mut scene = Self { lab: start(command), temporary, named_memory: Vec::new() };
        let worker = scene.hold().unwrap_or_else(|| panic!("lab-{} starts no worker", lab.name));
        scene.named_memory = members(scene.group()).into_iter().flat_map(named_shared_memory).collect();
        (scene, worker)
    }

    /// Stops the lab's own process at a moment at which a worker waits for it, and returns that worker. While stopped,
    /// the lab neither gives the worker more work nor ends it, so the worker lives until something else ends it.
    fn hold(&mut self) -> Option<u32> {
        let mut held = None;
        within(DEADLINE, || {
            if self.a_worker().is_some() {
                signal("STOP", self.group().into());
                sleep(Duration::from_millis(5)); // a worker that was told to end does so meanwhile
                held = self.a_worker();
                if held.is_none() {
                    self.go_on();
                }
            }
            held.is_some() || self.lab.ends_within(Duration::ZERO)
        });
        held
    }

    /// Lets the stopped lab continue.
    fn go_on(&self) {
        signal("CONT", self.group().into());
    }

    /// Returns the process group of the lab and its workers, which is the number of the lab's own process.
    fn group(&self) -> u32 {
        self.lab.child.id()
    }

    fn a_worker(&self) -> Option<u32> {
        children(self.group()).into_iter().next()
    }

    /// Returns what is still there when the lab has ended and this time has passed.
    fn leftovers_after(&self, time: Duration) -> Vec<String> {
        let mut left = Vec::new();
        if !within(time, || members(self.group()).is_empty()) {
            left.push(format!("processes {:?} still run", members(self.group())));
        }
        // Other programs use that folder too, so only files that the lab itself had open count.
        left.extend(self.named_memory.iter().map(|path| format!("shared memory {path}")));
        let files = std::fs::read_dir(self.temporary.path()).unwrap().map(|entry| entry.unwrap().path());
        left.extend(files.map(|path| format!("temporary file {}", path.display())));
        left
    }
}

/// Ends a worker by a signal. Returns how the lab ended, which worker it was, and what was left.
fn with_a_worker_ended_by(name: &str, lab: &LabUnderTest) -> (Outcome, u32, Vec<String>) {
    among_others(|| {
        let (mut scene, mut worker) = Scene::begin(lab);
        loop {
            signal(name, worker.into());
            assert!(within(DEADLINE, || has_ended(worker)), "SIG{name} does not end worker {worker}");
            let is_hit = ended_by(worker).is_some();
            scene.go_on();
            if is_hit {
                break;
            }
            // The worker was about to end anyway, so the lab continues with the others.
            worker = scene.hold().expect("the lab still works");
        }
        assert!(scene.lab.ends_within(DEADLINE), "lab-{} continues without worker {worker}", lab.name);
        let leftovers = scene.leftovers_after(SOON);
        (finish(scene.lab), worker, leftovers)
    })
}

/// Returns what is wrong with the end of a lab that lost a worker.
fn end_problems(lab: &LabUnderTest, outcome: &Outcome, worker: u32, signal: &str) -> Vec<String> {
    let said = &outcome.stderr;
    let named = said.contains(&format!("(process {worker})")) && said.contains(": worker ") && said.contains(" of ");
    let demands = [
        (outcome.status.code() == Some(1), "the exit status is not 1"),
        (outcome.stdout.is_empty(), "there is a report"),
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
        // The twin: a message about another worker and another signal.
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
            "the process that started the tests ignores them, as a shell's background command does",
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
            let leftovers = among_others(|| {
                let (mut scene, _) = Scene::begin(lab);
                let process = i64::from(scene.group());
                signal(name, if whole_group { -process } else { process });
                scene.go_on();
                assert!(scene.lab.ends_within(SOON), "lab-{} outlives SIG{name}", lab.name);
                scene.leftovers_after(SOON)
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
        among_others(|| {
            let mut running = start(lab.command(&lab.those_of("--size 1000 --repeat 10000")));
            assert!(!running.ends_within(Duration::from_millis(20)), "lab-{} is too quick to be interrupted", lab.name);
            signal("INT", running.child.id().into());
            assert_ne!(finish(running).status.code(), Some(0), "lab-{} did not fail", lab.name);
        });
    }
}

#[test]
fn what_is_left_is_noticed() {
    for lab in labs_with_workers().into_iter().take(1) {
        among_others(|| {
            let (scene, _) = Scene::begin(lab);
            std::fs::write(scene.temporary.path().join("forgotten"), "").unwrap();
            let leftovers = scene.leftovers_after(Duration::ZERO);
            assert_eq!(leftovers.len(), 2, "{leftovers:?}"); // the process that still runs, and the file
        });
        let name = format!("/dev/shm/labs-test-{}", std::process::id());
        let mut holder = start(lab.shell(&format!("exec 3>{name}; echo; exec sleep 60")));
        assert!(within(SOON, || named_shared_memory(holder.child.id()) == [name.as_str()]));
        std::fs::remove_file(name).unwrap();
        holder.child.kill().unwrap();
    }
}
