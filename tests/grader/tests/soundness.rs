//! Every exercise against the starter, right solutions, wrong ones and cheats; and the grader against the corpus of hostile and broken
//! files. Each file says in its first lines what must come of it.

use grader::boxes::Isolation;
use grader::catalogue::{EXERCISES, Exercise, exercise};
use grader::grade::{Grade, Grader};
use grader::scratch;
use grader::toolbox::{Toolbox, workspace};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// The graders that work here, each with a box of its own kind, or a word about what was not tested. In CI at least one must.
fn graders() -> &'static [Grader] {
    static GRADERS: OnceLock<Vec<Grader>> = OnceLock::new();
    GRADERS.get_or_init(|| {
        let (here, missing): (Vec<_>, Vec<_>) =
            [Isolation::Full, Isolation::Reduced].into_iter().partition(|isolation| isolation.works());
        for isolation in missing {
            // Past the test runner, which shows the output of failed tests only.
            let line = format!("SKIPPED: no box here that is {}, so nothing was graded in it\n", isolation.name());
            let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
        }
        assert!(!here.is_empty() || env::var_os("CI").is_none(), "CI has no box at all, so nothing is graded");
        let grader = |isolation| Grader { toolbox: Toolbox::prepare().unwrap(), isolation };
        here.into_iter().map(grader).collect()
    })
}

/// The one with the best box.
fn grader() -> Option<&'static Grader> {
    graders().first()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(workspace().join(folder)).unwrap().map(|file| file.unwrap().path());
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
            let name = path.strip_prefix(workspace()).unwrap().display();
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

#[test]
fn right_solutions_pass_and_wrong_ones_fail_the_check_meant_for_them_and_only_that() {
    let Some(grader) = grader() else { return };
    let mut jobs = Vec::new();
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for exercise in &EXERCISES {
        let folder = format!("tests/grader/solutions/{}", exercise.name);
        let count = counts.entry(exercise.name).or_default();
        for path in files(&folder) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let fails = header(&fs::read_to_string(&path).unwrap(), "fails");
            assert_eq!(name.starts_with("wrong-"), fails.is_some(), "{name}");
            count[usize::from(fails.is_some())] += 1;
            let expected = vec![fails.map_or("passes".to_string(), |items| format!("fails {items}"))];
            jobs.push(Job { exercise, path, expected, is_past_the_scan: false });
        }
        assert!(jobs.iter().any(|job| job.path.ends_with(format!("{}/reference.rs", exercise.name))));
        let all = exercise.items.iter().map(|item| item.id).collect::<Vec<_>>().join(", ");
        let (path, expected) = (workspace().join(exercise.file), vec![format!("fails {all}")]);
        jobs.push(Job { exercise, path, expected, is_past_the_scan: false });
    }
    assert!(counts.values().all(|[right, wrong]| *right >= 2 && *wrong >= 6), "right and wrong ones: {counts:?}");
    let found = differences(grader, &jobs);
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), jobs.len(), found.join("\n"));
}

/// The kinds of box differ in how they hold, and in no grade.
#[test]
fn every_box_gives_the_same_grades() {
    let [first, others @ ..] = graders() else { return };
    for exercise in &EXERCISES {
        let folder = format!("tests/grader/solutions/{}", exercise.name);
        let wrong = files(&folder).into_iter().find(|path| !path.ends_with("reference.rs")).unwrap();
        for path in [workspace().join(folder).join("reference.rs"), wrong, workspace().join(exercise.file)] {
            let document = |grader: &Grader| {
                let mut document = grader.document(exercise, "x.rs", &grader.grade(exercise, &path, None).unwrap());
                ["seconds", "isolation"].iter().for_each(|name| drop(document.as_object_mut().unwrap().remove(*name)));
                document
            };
            let expected = document(first);
            assert!(others.iter().all(|other| document(other) == expected), "{}", path.display());
        }
    }
}

#[test]
fn every_file_of_the_corpus_gets_its_verdict() {
    if graders().is_empty() {
        return;
    }
    let job = |path: &PathBuf, name| {
        let text = fs::read_to_string(path).unwrap();
        let exercise = exercise(&header(&text, "exercise").expect("it names its exercise")).unwrap();
        let expected = header(&text, name)?;
        let is_list = !expected.starts_with("fails");
        let expected = if is_list { expected.split(' ').map(str::to_string).collect() } else { vec![expected] };
        Some(Job { exercise, path: path.clone(), expected, is_past_the_scan: name == "past" })
    };
    let all = files("tests/grader/corpus");
    let mut jobs: Vec<Job> = all.iter().map(|path| job(path, "expected").expect("what must come of it")).collect();
    assert!(jobs.len() >= 60, "{} files", jobs.len());
    // What is rejected for its words is tried without that too: each wall holds by itself.
    let rejected = jobs.iter().filter(|job| job.expected == ["rejected"]).count();
    jobs.extend(all.iter().filter_map(|path| job(path, "past")));
    assert_eq!(jobs.len(), all.len() + rejected);
    for grader in graders() {
        let found = differences(grader, &jobs);
        assert!(found.is_empty(), "{} of {}:\n{}", found.len(), jobs.len(), found.join("\n"));
    }
    // Other tests grade at the same time, but each ends what it started: soon there is nothing.
    let start = Instant::now();
    while !left_behind().is_empty() && start.elapsed() < Duration::from_secs(120) {
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(left_behind(), [""; 0]);
}

/// Folders of submissions of this process, and processes that run one.
fn left_behind() -> Vec<String> {
    let folders = fs::read_dir(env::temp_dir()).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let is_ours =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&scratch::prefix()));
    let mut found: Vec<String> = folders.filter(is_ours).map(|path| path.display().to_string()).collect();
    for process in fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(&scratch::prefix()) {
            found.push(format!("process {}", process.file_name().to_string_lossy()));
        }
    }
    found
}

#[test]
fn what_is_no_file_is_rejected() {
    let Some(grader) = grader() else { return };
    let folder = tempfile::tempdir().unwrap();
    let exercise = exercise("shm").unwrap();
    let verdict = |path: &Path| grader.grade(exercise, path, None).unwrap().verdict;
    fs::write(folder.path().join("bytes.rs"), [0xff, 0xfe, 0]).unwrap();
    fs::write(folder.path().join("empty.rs"), "").unwrap();
    for name in ["bytes.rs", "empty.rs", "nowhere.rs", "."] {
        assert_eq!(verdict(&folder.path().join(name)), "rejected", "{name}");
    }
}

/// Times and secrets aside, a grade depends on the submission alone.
#[test]
fn fifty_grades_of_one_submission_are_the_same() {
    let Some(grader) = grader() else { return };
    for (name, file, count) in
        [("mutex", "wrong-check-then-act", 50), ("heavy", "wrong-equal-parts", 10), ("naive", "reference", 10)]
    {
        let exercise = exercise(name).unwrap();
        let path = workspace().join(format!("tests/grader/solutions/{name}/{file}.rs"));
        let grade = || {
            let grade = grader.grade(exercise, &path, None).unwrap();
            let mut document = grader.document(exercise, "x.rs", &grade);
            document.as_object_mut().unwrap().remove("seconds");
            document.to_string()
        };
        let first = grade();
        assert!((1..count).all(|_| grade() == first), "{name}/{file}");
    }
}

#[test]
fn a_grade_keeps_its_contract() {
    let Some(grader) = grader() else { return };
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    let folder = workspace().join("tests/schemas");
    let schema = compiler.compile(&folder.join("grade-1.json").display().to_string(), &mut schemas).unwrap();
    for (name, file) in [
        ("shm", "solutions/shm/wrong-load-then-store.rs"),
        ("mutex", "solutions/mutex/wrong-relaxed.rs"),
        ("race", "solutions/race/reference.rs"),
        ("shm", "corpus/broken-text.rs"),
        ("shm", "corpus/forging-exit.rs"),
    ] {
        let (exercise, path) = (exercise(name).unwrap(), workspace().join("tests/grader").join(file));
        let document = grader.document(exercise, file, &grader.grade(exercise, &path, None).unwrap());
        schemas.validate(&document, schema).unwrap_or_else(|error| panic!("{file}: {error:#}\n{document:#}"));
        assert_eq!(document["isolation"], "full");
    }
}

#[test]
fn the_guides_points_are_those_of_the_catalogue() {
    let guide = fs::read_to_string(workspace().join("docs/grading.md")).unwrap();
    for exercise in &EXERCISES {
        let row = guide.lines().find(|line| line.starts_with(&format!("| `{}` |", exercise.name))).expect("a row");
        let points: Vec<f64> =
            row.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        let items: Vec<f64> = exercise.items.iter().map(|item| item.points).collect();
        assert_eq!(points, items, "{row}");
        assert_eq!(exercise.points(), 10.0);
        let handout = Path::new(exercise.file).with_file_name("README.md");
        let handout = fs::read_to_string(workspace().join(handout)).unwrap();
        assert!(handout.contains(&format!("cargo grade {}\n", exercise.name)) && handout.contains("(exercise.rs)"));
    }
}

/// A schedule that points at the wrong line would be worse than none.
#[test]
fn every_step_of_a_schedule_lies_on_a_line_that_takes_it_and_fits_a_terminal() {
    let Some(grader) = grader() else { return };
    for (name, file) in [
        ("shm", "wrong-locked-twice"),
        ("shm", "wrong-gives-up"),
        ("mutex", "wrong-relaxed-unlock"),
        ("mutex", "wrong-load-then-store"),
        ("mutex", "wrong-check-then-act"),
        ("atomic", "wrong-looks-then-adds"),
    ] {
        let path = workspace().join(format!("tests/grader/solutions/{name}/{file}.rs"));
        let exercise = exercise(name).unwrap();
        let grade = grader.grade(exercise, &path, None).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let witness =
            grade.items.iter().find_map(|item| item.witness.as_ref()).unwrap_or_else(|| panic!("{file}: no schedule"));
        for step in witness["steps"].as_array().unwrap() {
            let (line, operation) = (step["line"].as_u64().unwrap() as usize, step["op"].as_str().unwrap());
            let shown = line.checked_sub(1).map(|index| text.lines().nth(index).unwrap());
            let takes_it = |line: &str| [operation, "lock"].iter().any(|method| line.contains(&format!(".{method}(")));
            // What a guard writes and gives back happens where it is used and where it ends.
            let is_a_guards = ["load", "store", "unlock"].contains(&operation) && text.contains("Mutex<");
            assert!(shown.is_none_or(takes_it) || is_a_guards, "{file}: {operation} on line {line}: {shown:?}");
            assert!(line > 0 || ["read", "write"].contains(&operation), "{file}: {operation} is the check's own");
        }
        let shown = grader::text::grade(exercise, &grade);
        let lanes = shown.lines().filter(|line| line.contains("  |") || line.starts_with("step"));
        assert!(lanes.clone().count() > 3 && lanes.clone().all(|line| line.chars().count() <= 80), "{shown}");
    }
}
