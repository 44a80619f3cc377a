//! Every exercise against the starter, right solutions, wrong ones and cheats; and the grader against the corpus of hostile and broken
//! files. Each file says in its first lines what must come of it.

mod contract;
mod corpus;
mod solutions;

use crate::support::skipped::boxes_here;
use contract::{leaks, problem};
use grader::exercises::Exercise;
use grader::grade::{Grade, Grader};
use grader::toolchain::Toolchain;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

/// The graders that work here, each with a box of its own kind, or a word about what was not tested. In CI at least one must.
fn graders() -> &'static [Grader] {
    static GRADERS: OnceLock<Vec<Grader>> = OnceLock::new();
    GRADERS.get_or_init(|| {
        let grader = |isolation| Grader { toolchain: Toolchain::prepare().unwrap(), isolation };
        boxes_here("nothing was graded in it").into_iter().map(grader).collect()
    })
}

/// The one with the best box.
fn grader() -> Option<&'static Grader> {
    graders().first()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(workspace::root().join(folder)).unwrap().map(|file| file.unwrap().path());
    let mut all: Vec<PathBuf> =
        all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
    all.sort();
    all
}

/// A grade in a few words, as the files say what is expected: `passes`, `fails model, counts`, or the verdict.
fn in_words(grade: &Grade) -> String {
    let failed: Vec<&str> = grade.items.iter().filter(|item| item.status != "pass").map(|item| item.id).collect();
    match (grade.verdict, &failed[..]) {
        ("graded", []) => "passes".to_string(),
        ("graded", failed) => format!("fails {}", failed.join(", ")),
        (verdict, _) => verdict.to_string(),
    }
}

/// What a comment in the first lines says.
fn header(text: &str, name: &str) -> Option<String> {
    let line = text.lines().take(4).find_map(|line| line.strip_prefix(&format!("// {name}: ")));
    line.map(|line| line.trim().to_string())
}

/// A file, and what may come of it.
struct Job {
    exercise: &'static Exercise,
    path: PathBuf,
    expected: Vec<String>,
    /// Whether nobody looks at its words first.
    is_past_the_scan: bool,
}

/// Grades all of them, two at a time, and returns what was not as expected.
fn differences(grader: &Grader, jobs: &[Job]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Some(Job { exercise, path, expected, is_past_the_scan }) = jobs.get(next.fetch_add(1, Relaxed)) {
            let (start, text) = (Instant::now(), || fs::read_to_string(path).unwrap());
            let grade = match is_past_the_scan {
                true => grader.past_the_scan(exercise, text(), None),
                false => grader.grade(exercise, path, None),
            };
            let (grade, seconds) = (grade.unwrap(), start.elapsed().as_secs_f64());
            let got = in_words(&grade);
            let name = path.strip_prefix(workspace::root()).unwrap().display();
            let document = grader.document(exercise, "x.rs", &grade);
            found.extend(problem(&document).map(|problem| format!("{name}: {problem}")));
            found.extend(leaks(&document).into_iter().map(|leak| format!("{name} lets {leak:?} out")));
            println!("{seconds:5.1} s  {:8}  {name}: {got}", format!("{:?}", grader.isolation));
            let deadline = 70.0; // the compilers' limit of 30 s, and three times a check's 10 s, with a little more
            if !expected.contains(&got) || seconds > deadline {
                let messages: Vec<&str> = grade.items.iter().map(|item| item.message.as_str()).collect();
                found.push(format!("{name}: {got} in {seconds} s, and expected {expected:?}: {messages:?}"));
            }
        }
        found
    };
    thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}
