//! Mistakes made on purpose in the explorer's own machines: the tests must notice each.
//!
//! All mistakes are compiled into one copy of the crate, each behind a switch, and the other tests are compiled against
//! that copy. A process then runs them with one switch on.

mod list;

use list::{MUTANTS, Mutant};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// The modules of tests that need nothing but the explorer and litmus tests.
const MODULES: [&str; 15] = [
    "algorithms",
    "channels",
    "conditions",
    "door",
    "handing",
    "litmus",
    "locks",
    "parking",
    "random",
    "recording",
    "schedules",
    "shortcuts",
    "spawning",
    "statics",
    "views",
];

/// What stands for the rest of the package `model`, whose counters need more packages: no counter.
const MODEL: &str = r#"
pub mod size {
    #[derive(Clone, Copy, Debug)]
    pub struct Size;
    impl Size { pub const fn new(_threads: usize, _increments: u64) -> Self { Self } }
}
pub mod subjects {
    pub struct Subject { pub variant: &'static str, pub program: fn(crate::size::Size) -> explorer::Main }
    pub fn all() -> &'static [Subject] { &[] }
}
"#;

/// The module that a mutated copy of the crate gets.
const SWITCH: &str = r#"
use std::sync::LazyLock;
static CHOSEN: LazyLock<usize> = LazyLock::new(|| std::env::var("MUTANT").map_or(0, |number| number.parse().unwrap()));
pub fn is(number: usize) -> bool { *CHOSEN == number }
"#;

/// The longest that the tests may take with a mistake. Without one they take seconds.
const DEADLINE: Duration = Duration::from_secs(100);

fn crate_folder() -> PathBuf {
    workspace::root().join("tests/explorer")
}

/// Puts every mistake of this file behind a switch, which has the number of the mistake, counted from 1.
fn mutated(file: &str, mut text: String, mutants: &[Mutant]) -> String {
    let mut places: BTreeMap<(usize, usize), Vec<(usize, &str)>> = BTreeMap::new();
    for (index, mutant) in mutants.iter().enumerate().filter(|(_, mutant)| mutant.file == file) {
        let (start, rest) = mutant.code.split_once('«').expect("the changed part is marked");
        let (before, end) = rest.split_once('»').expect("the changed part is marked");
        let code = format!("{start}{before}{end}");
        assert_eq!(text.matches(&code).count(), 1, "{file} must contain this once: {code}");
        let from = text.find(&code).expect("it is there") + start.len();
        places.entry((from, from + before.len())).or_default().push((index + 1, mutant.mistake));
    }
    // From the end, so that earlier places stay where they are.
    for ((from, to), mistakes) in places.into_iter().rev() {
        let switches =
            mistakes.iter().map(|(number, mistake)| format!("if crate::mutant::is({number}) {{ {mistake} }} else "));
        let switched = format!("({}{{ {} }})", switches.collect::<String>(), &text[from..to]);
        text.replace_range(from..to, &switched);
    }
    text
}

/// Copies the sources with all mistakes in them.
fn copy(from: &Path, to: &Path, below: &str) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target, &format!("{name}/"));
        } else {
            let mut text = mutated(&name, fs::read_to_string(entry.path()).unwrap(), &MUTANTS);
            if name == "lib.rs" {
                text += "\nmod mutant;\n";
            }
            fs::write(target, text).unwrap();
        }
    }
}

/// Returns the folder in which cargo has put the crates of this test, and the one on which the explorer depends.
fn crates() -> (PathBuf, PathBuf) {
    let folder = env::current_exe().unwrap().parent().expect("a program lies in a folder").to_path_buf();
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libcorosensei-") && name.ends_with(".rlib")
    };
    let built = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).find(is_it);
    (folder, built.expect("cargo has built it for the explorer"))
}

fn rustc(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(workspace::rustc());
    let (crates, corosensei) = crates();
    command
        .arg(format!("-Ldependency={}", crates.display()))
        .arg(format!("--extern=corosensei={}", corosensei.display()))
        .args([
            "--edition",
            "2024",
            "--cap-lints",
            "allow",
            "-C",
            "debug-assertions=off",
            "-C",
            "opt-level=1",
            "-L",
            ".",
        ])
        .args(arguments);
    let output = command.current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Builds the tests against a copy of the crate with switches, and returns the program.
fn build() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("explorer-mutants");
    let _ = fs::remove_dir_all(&folder);
    copy(&crate_folder().join("src"), &folder.join("src"), "");
    fs::write(folder.join("src/mutant.rs"), SWITCH).unwrap();
    let tests = crate_folder().join("tests");
    let modules: String =
        MODULES.iter().map(|module| format!("#[path = {:?}]\nmod {module};\n", path_of(&tests, module))).collect();
    fs::write(folder.join("tests.rs"), modules).unwrap();
    let litmus = workspace::root().join("tests/litmus/src/lib.rs");
    let of_model = workspace::root().join("tests/model/src/litmus.rs");
    fs::write(folder.join("model.rs"), format!("#[path = {of_model:?}]\npub mod litmus;\n{MODEL}")).unwrap();
    let library = ["--crate-type", "lib", "--crate-name"];
    rustc(&folder, &[&library[..], &["litmus", litmus.to_str().unwrap()]].concat());
    rustc(&folder, &[&library[..], &["explorer", "src/lib.rs"]].concat());
    let externs = ["--extern", "explorer=libexplorer.rlib", "--extern", "litmus=liblitmus.rlib"];
    rustc(&folder, &[&library[..], &["model", "model.rs"], &externs].concat());
    let tests = ["--test", "tests.rs", "-o", "tests", "--extern", "model=libmodel.rlib"];
    rustc(&folder, &[&tests[..], &externs].concat());
    folder.join("tests")
}

/// Returns the file of a module.
fn path_of(tests: &Path, module: &str) -> PathBuf {
    let file = tests.join(format!("{module}.rs"));
    if file.exists() { file } else { tests.join(module).join("mod.rs") }
}

/// Returns whether tests fail with a mistake, or do not come to an end. 0 is no mistake. Tests that take long run only if
/// the others notice nothing.
fn is_noticed(program: &Path, number: usize) -> bool {
    const LONG: [&str; 2] = ["channels::", "views::"];
    // These also say how much the counters make of the shortcuts, and here there are no counters.
    const OF_COUNTERS: [&str; 2] = ["shortcuts::", "in_counters"];
    let skip = |tests: &[&str]| tests.iter().flat_map(|test| ["--skip", test].map(String::from)).collect::<Vec<_>>();
    let long = [LONG.map(String::from).to_vec(), skip(&OF_COUNTERS)].concat();
    fails(program, number, &skip(&[LONG, OF_COUNTERS].concat())) || fails(program, number, &long)
}

fn fails(program: &Path, number: usize, which: &[String]) -> bool {
    let mut command = Command::new("sh");
    // A mistake may make a search very large.
    command.args(["-c", "ulimit -v 4000000 2>/dev/null; exec \"$0\" --test-threads 2 \"$@\""]).arg(program).args(which);
    command.env("MUTANT", number.to_string()).env_remove("THOROUGH").stdout(Stdio::null()).stderr(Stdio::null());
    let (mut child, start) = (command.spawn().unwrap(), Instant::now());
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return !status.success();
        }
        if start.elapsed() > DEADLINE {
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Mistakes that a quick run tries.
const FEW: usize = 6;

#[test]
fn every_mistake_in_the_machines_is_noticed() {
    let program = build();
    assert!(!is_noticed(&program, 0), "the tests fail without a mistake");
    let step = if workspace::thorough() { 1 } else { MUTANTS.len() / FEW };
    let numbers: Vec<usize> = (1..=MUTANTS.len()).step_by(step).collect();
    if step > 1 {
        let (some, all) = (numbers.len(), MUTANTS.len());
        let _ = writeln!(io::stderr(), "SAMPLED {some} of {all} mistakes in the explorer: THOROUGH=1 tries all");
    }
    let next = AtomicUsize::new(0);
    let try_some = || {
        let mut found = BTreeMap::new();
        while let Some(&number) = numbers.get(next.fetch_add(1, Relaxed)) {
            found.insert(number, is_noticed(&program, number));
        }
        found
    };
    let found: BTreeMap<usize, bool> = thread::scope(|scope| {
        let tries: Vec<_> = (0..2).map(|_| scope.spawn(try_some)).collect();
        tries.into_iter().flat_map(|found| found.join().unwrap()).collect()
    });
    let missed: Vec<&str> = found.iter().filter(|(_, noticed)| !**noticed).map(|(n, _)| MUTANTS[n - 1].what).collect();
    assert_eq!(missed, [""; 0]);
}
