//! Grades the starter and the solutions of every exercise, and the corpus of hostile and broken files. The first lines of each file name
//! the expected result.

mod contract;
mod corpus;
mod escaped;
mod load;
mod solutions;

use crate::support::skipped::sandboxes_here;
use contract::{leaks, problem};
use grader::exercises::Exercise;
use grader::grade::{Grade, Grader, Limits};
use grader::render;
use grader::toolchain::Toolchain;
use grader::verdict::{Status, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Instant;

/// Returns one grader for each kind of sandbox that works here, and prints what was not tested. In CI at least one must work.
fn graders() -> &'static [Grader] {
    static GRADERS: OnceLock<Vec<Grader>> = OnceLock::new();
    GRADERS.get_or_init(|| {
        let here = sandboxes_here("nothing was graded in it");
        let Some(toolchain) = (!here.is_empty()).then(|| Toolchain::prepare().unwrap()) else { return Vec::new() };
        let limits = Limits::default();
        here.into_iter().map(|isolation| Grader { toolchain: toolchain.clone(), isolation, limits }).collect()
    })
}

/// Returns the grader with the strongest sandbox.
pub fn grader() -> Option<&'static Grader> {
    graders().first()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(workspace::root().join(folder)).unwrap().map(|file| file.unwrap().path());
    let mut all: Vec<PathBuf> =
        all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
    all.sort();
    all
}

/// Formats a grade like the expected results in the files: `passes`, `fails model, counts`, or the verdict.
pub fn in_words(grade: &Grade) -> String {
    let failed: Vec<&str> = grade.items.iter().filter(|item| item.status != Status::Pass).map(|item| item.id).collect();
    match (grade.verdict, &failed[..]) {
        (Verdict::Graded, []) => "passes".to_string(),
        (Verdict::Graded, failed) => format!("fails {}", failed.join(", ")),
        (verdict, _) => verdict.name().to_string(),
    }
}

/// Returns the grades, in words, that a file may have whose mistake fails `items`, a list with commas. An item with a question mark may
/// pass or fail, because its check looks at the answer in addition to what its title says.
pub fn failing(exercise: &Exercise, items: &str) -> Vec<String> {
    let named: Vec<&str> = items.split(", ").filter(|item| !item.is_empty()).collect();
    let ids: Vec<&str> = exercise.about.items.iter().map(|item| item.id).collect();
    let unknown = named.iter().find(|item| !ids.contains(&item.trim_end_matches('?')));
    assert_eq!(unknown, None, "items of {}: {ids:?}", exercise.name);
    let mut possible = vec![Vec::new()];
    for id in ids {
        if named.contains(&id) {
            possible.iter_mut().for_each(|failed| failed.push(id));
        } else if named.contains(&format!("{id}?").as_str()) {
            let with: Vec<Vec<&str>> = possible.iter().map(|failed| [&failed[..], &[id]].concat()).collect();
            possible.extend(with);
        }
    }
    possible.retain(|failed| named.is_empty() || !failed.is_empty());
    let words = |failed: &Vec<&str>| {
        if failed.is_empty() { "passes".to_string() } else { format!("fails {}", failed.join(", ")) }
    };
    possible.iter().map(words).collect()
}

/// Returns the text of a comment `// NAME: TEXT` in the first lines.
fn header(text: &str, name: &str) -> Option<String> {
    let line = text.lines().take(4).find_map(|line| line.strip_prefix(&format!("// {name}: ")));
    line.map(|line| line.trim().to_string())
}

/// The result of grading one file.
struct Graded {
    grade: Grade,
    document: Value,
}

/// The layers that are left out when a file is graded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Without {
    /// Every layer is there.
    Nothing,
    /// The scan for forbidden words is left out.
    Scan,
    /// The scan is left out, and the file may use the standard library and `unsafe`.
    Language,
}

impl Graded {
    fn new(grader: &Grader, exercise: &'static Exercise, path: &Path, without: Without) -> Self {
        let text = || fs::read_to_string(path).unwrap();
        let grade = match without {
            Without::Nothing => grader.grade(exercise, path, None),
            Without::Scan => grader.past_the_scan(exercise, text(), None),
            Without::Language => escaped::grade(grader, exercise, text()),
        };
        let grade = grade.unwrap();
        Self { document: grader.document(exercise, "x.rs", &grade), grade }
    }

    /// Returns the document without the fields that differ from one run to the next.
    fn lasting(&self) -> Value {
        let mut document = self.document.clone();
        ["seconds", "isolation"].iter().for_each(|name| drop(document.as_object_mut().unwrap().remove(*name)));
        document
    }
}

/// Grades a file in a sandbox, once for all tests.
fn graded(grader: &Grader, exercise: &'static Exercise, path: &Path, without: Without) -> Arc<Graded> {
    type Key = (PathBuf, &'static str, &'static str, Without);
    type Shared = Arc<OnceLock<Arc<Graded>>>;
    static ALL: Mutex<BTreeMap<Key, Shared>> = Mutex::new(BTreeMap::new());
    let key = (path.to_path_buf(), exercise.name, grader.isolation.name(), without);
    let one = ALL.lock().unwrap().entry(key).or_default().clone();
    one.get_or_init(|| Arc::new(Graded::new(grader, exercise, path, without))).clone()
}

/// A file to grade, and its possible results.
struct Job {
    exercise: &'static Exercise,
    path: PathBuf,
    expected: Vec<String>,
    without: Without,
}

/// Grades all files, one per CPU at a time, and returns the unexpected results.
fn differences(grader: &Grader, jobs: &[Job]) -> Vec<String> {
    for_each(jobs, |Job { exercise, path, expected, without }| {
        let start = Instant::now();
        let graded = graded(grader, exercise, path, *without);
        let (got, seconds) = (in_words(&graded.grade), start.elapsed().as_secs_f64());
        let name = path.strip_prefix(workspace::root()).unwrap().display();
        let mut found: Vec<String> =
            problem(&graded.document).map(|problem| format!("{name}: {problem}")).into_iter().collect();
        found.extend(leaks(&graded.document).into_iter().map(|leak| format!("{name} lets {leak:?} out")));
        let how = format!("{:?} without {without:?}", grader.isolation);
        let shown = render::grade(exercise, &graded.grade);
        let control = shown.chars().find(|character| character.is_control() && !"\n\t".contains(*character));
        found.extend(control.map(|control| format!("{name}: a terminal gets {control:?}")));
        println!("{seconds:5.1} s  {how:24}  {name}: {got}");
        if !expected.contains(&got) {
            let messages: Vec<&str> = graded.grade.items.iter().map(|item| item.message.as_str()).collect();
            found.push(format!("{name} without {without:?}: {got}, and expected {expected:?}: {messages:?}"));
        }
        found
    })
}

/// Calls `check` with every job, in one thread per CPU, and returns everything that it found.
pub fn for_each<J: Sync>(jobs: &[J], check: impl Fn(&J) -> Vec<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Some(job) = jobs.get(next.fetch_add(1, Relaxed)) {
            found.extend(check(job));
        }
        found
    };
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..thread::available_parallelism().map_or(2, usize::from)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}
