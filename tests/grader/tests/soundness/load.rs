//! Grades the same solutions again and again on a busy machine: a grade depends on neither the load, nor the number of jobs, nor the
//! folder, nor a comment.

use super::grader;
use crate::support::skipped::sampled;
use crate::support::solution;
use grader::class::{Class, Done};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Threads that compute, two per CPU, until this value is dropped.
struct Load(Arc<AtomicBool>, Vec<JoinHandle<()>>);

/// A load that is never dropped ends by itself.
const LONGEST: Duration = Duration::from_secs(600);

impl Load {
    fn start() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let compute = || {
            let (start, is_over) = (Instant::now(), is_over.clone());
            thread::spawn(move || {
                while !is_over.load(Relaxed) && start.elapsed() < LONGEST {
                    std::hint::black_box((0..100_000_u64).sum::<u64>());
                }
            })
        };
        let count = 2 * thread::available_parallelism().map_or(2, usize::from);
        let threads = (0..count).map(|_| compute()).collect();
        Self(is_over, threads)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
        self.1.drain(..).for_each(|thread| drop(thread.join()));
    }
}

/// A file that is handed in by several students: its name, its exercise, and by how many in a thorough and in a short test.
type Kind = (PathBuf, &'static str, [usize; 2]);

/// Returns a right solution, a wrong one with a schedule, and a slow one.
fn kinds() -> [Kind; 3] {
    [
        (solution("heavy", "reference"), "heavy", [12, 1]),
        (solution("mutex", "wrong-check-then-act"), "mutex", [11, 1]),
        (solution("mutex", "right-updates-by-closure"), "mutex", [2, 1]),
    ]
}

/// Hands in the files, each with another comment. Returns the number of each student's kind.
fn hand_in(class: &Path, kinds: &[Kind]) -> BTreeMap<String, usize> {
    let mut students = BTreeMap::new();
    for (kind, (file, exercise, counts)) in kinds.iter().enumerate() {
        let text = fs::read_to_string(file).unwrap();
        for number in 0..counts[usize::from(!workspace::thorough())] {
            let student = format!("{number}-{kind}");
            fs::create_dir_all(class.join(&student)).unwrap();
            let comment = "another comment ".repeat(number + 1);
            fs::write(class.join(&student).join(format!("{exercise}.rs")), format!("{text}\n// {comment}\n")).unwrap();
            students.insert(student, kind);
        }
    }
    students
}

/// Returns a grade, with its text, without what differs between the files.
fn lasting(path: &Path) -> (Value, String) {
    let mut grade: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for name in ["seconds", "key", "submission"] {
        assert!(grade.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    for item in grade["items"].as_array_mut().unwrap() {
        if let Some(source) = item.pointer_mut("/witness/source") {
            source["sha256"] = Value::Null;
        }
    }
    (grade, fs::read_to_string(path.with_extension("txt")).unwrap())
}

#[test]
fn fifty_grades_on_a_busy_machine_are_the_same() {
    let Some(grader) = grader() else { return };
    let kinds = kinds();
    let mut first: BTreeMap<usize, (Value, String)> = BTreeMap::new();
    let mut taken = 0;
    let load = Load::start();
    for (jobs, place) in [(1, "a"), (4, "another/folder")] {
        let folder = tempfile::tempdir().unwrap();
        let (class, out) = (folder.path().join(place), folder.path().join("out"));
        let students = hand_in(&class, &kinds);
        let task = Class { submissions: &class, out: &out, only: None, jobs, shard: (1, 1) };
        assert_eq!(task.grade(grader).unwrap(), Done { graded: students.len(), kept: 0, failed: 0 });
        taken += students.len();
        for (student, kind) in students {
            let found = lasting(&out.join(&student).join(format!("{}.json", kinds[kind].1)));
            let expected = first.entry(kind).or_insert_with(|| found.clone());
            assert_eq!(&found, expected, "{student} with {jobs} jobs");
        }
    }
    drop(load);
    sampled(taken, 50, "grades of the same files under load");
    // Each kind has the grade that it should have, and another text.
    let points = |kind: usize| first[&kind].0["score"].as_f64().unwrap();
    assert_eq!([points(0), points(2)], [10.0, 10.0]);
    assert!(points(1) < 10.0 && first[&1].1.contains("step  thread 1"), "{}", first[&1].1);
    assert_ne!(first[&0], first[&2]);
}
