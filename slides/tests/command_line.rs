//! The program as a lecturer runs it: what it writes, what it says, and what it does when something is in its way.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn slides(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slides"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    slides(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A copy of the reference reports, which a test may change; they are then a lecturer's own.
fn reports() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(workspace::root().join("slides/reference")).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    fs::remove_file(folder.path().join("date.txt")).unwrap();
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn it_writes_one_file_and_prints_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/deck.html");
    let output = run(&[text(&path)]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(Path::new(stdout(&output).trim_end()), path.canonicalize().unwrap());
    let html = fs::read_to_string(&path).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("Reference, not this machine"));
    for outside in ["http://", "https://", " src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    let about = stderr(&output);
    assert!(about.contains(" slides for 80 minutes") && about.lines().count() == 1, "{about}");
    assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
}

#[test]
fn the_lecturers_own_reports_take_the_place_of_the_reference() {
    let (folder, reports) = (tempfile::tempdir().unwrap(), reports());
    let race = reports.path().join("race.json");
    fs::write(&race, fs::read_to_string(&race).unwrap().replace("Intel(R) Xeon(R) Processor", "Abacus 3000")).unwrap();
    let path = folder.path().join("deck.html");
    let output = run(&[text(&path), "--results", text(reports.path())]);
    assert!(output.status.success(), "{}", stderr(&output));
    let html = fs::read_to_string(&path).unwrap();
    assert!(
        html.contains("lab-race (100 runs) on 2 CPUs (Abacus 3000), 20")
            && !html.contains("Reference, not this machine")
    );
}

#[test]
fn a_missing_or_stale_report_is_one_line_that_names_the_file() {
    let (folder, reports) = (tempfile::tempdir().unwrap(), reports());
    let path = folder.path().join("deck.html");
    let refusal = || {
        let output = run(&[text(&path), "--results", text(reports.path())]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stdout(&output).is_empty() && stderr(&output).lines().count() == 1, "{}", stderr(&output));
        stderr(&output)
    };
    let atomic = reports.path().join("atomic.json");
    let whole = fs::read_to_string(&atomic).unwrap();
    fs::write(&atomic, whole.replace("\"padded\"", "\"padding\"")).unwrap();
    let said = refusal();
    assert!(said.contains("atomic.json has no row padded") && said.contains("slides/deck/"), "{said}");
    fs::write(&atomic, &whole[..whole.len() / 2]).unwrap();
    assert!(refusal().contains("atomic.json is not valid JSON"));
    fs::remove_file(&atomic).unwrap();
    let said = refusal();
    assert!(said.contains("atomic.json") && said.contains("--measure"), "{said}");
    assert!(!path.exists(), "there is no page with holes in it");
}

#[test]
fn bad_command_lines_end_with_2_and_a_hint() {
    for line in
        [&["--nothing"][..], &["a", "b"], &["--results"], &["--stepper", "lab-nothing"], &["--plots", "x", "--open"]]
    {
        let output = run(line);
        assert_eq!(
            (output.status.code(), stderr(&output).lines().count()),
            (Some(2), 1),
            "{line:?}: {}",
            stderr(&output)
        );
    }
    let help = run(&["--help"]);
    assert!(help.status.success() && stdout(&help).contains("--stepper PACKAGE"));
    assert!(stdout(&run(&["--version"])).starts_with("slides "));
}

#[test]
fn what_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for path in [folder.path().to_path_buf(), folder.path().join("file/deck.html")] {
        let output = run(&[text(&path)]);
        let said = stderr(&output);
        assert!(output.status.code() == Some(1) && said.contains(text(&path).trim_end_matches("/deck.html")), "{said}");
    }
    if cfg!(target_os = "linux") {
        let mut command = slides(&[text(&folder.path().join("deck.html"))]);
        let full = command.stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
        assert!(!full.status.success() && stderr(&full).contains("standard output"), "{}", stderr(&full));
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = slides(&[text(&folder.path().join("deck.html"))])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && !stderr(&output).contains("panicked"), "{}", stderr(&output));
}

#[test]
fn steppers_and_plots_can_be_had_alone() {
    let folder = tempfile::tempdir().unwrap();
    for package in slides::stepper::packages() {
        let path = folder.path().join(format!("{package}.html"));
        assert!(run(&["--stepper", &package, text(&path)]).status.success());
        let html = fs::read_to_string(&path).unwrap();
        assert!(html.contains("<lane-stepper") && !html.contains("<section class=\"slide"), "{package}");
    }
    let plots = folder.path().join("plots");
    let output = run(&["--plots", text(&plots)]);
    assert_eq!(stdout(&output).lines().count(), slides::plots::names().count());
    for path in stdout(&output).lines() {
        let svg = fs::read_to_string(path).unwrap();
        assert!(svg.starts_with("<?xml") && svg.contains("<title>") && svg.contains("on 2 CPUs"), "{path}");
        assert!(!svg.contains("var(--"), "{path}: a viewer without style variables sees it too");
    }
}

/// What is out of date in a README that shows a plot, described in words for who cannot see it, beside the plot as it is drawn now.
fn stale(readme: &str, shown: &str, drawn: &str) -> Vec<String> {
    let (words, _) = readme.split_once("](docs/speedups.svg)").expect("it shows the plot");
    let (_, words) = words.rsplit_once("![").expect("it describes the plot");
    let mut figures: Vec<&str> = words.split_whitespace().map(|word| word.trim_end_matches([',', '.', ';'])).collect();
    figures.retain(|word| word.strip_suffix('x').is_some_and(|number| number.parse::<f64>().is_ok()));
    assert!(figures.len() > 1, "figures: {words}");
    figures.retain(|figure| !drawn.contains(&format!(">{figure}<")));
    let mut stale: Vec<String> = figures.iter().map(|figure| format!("README.md: no {figure} in the plot")).collect();
    if shown != drawn {
        stale.push("docs/speedups.svg: run `cargo slides --plots plots` and copy plots/speedups.svg there".into());
    }
    stale
}

#[test]
fn the_picture_in_the_readme_is_drawn_from_the_reference_reports() {
    let (folder, root) = (tempfile::tempdir().unwrap(), Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    assert!(run(&["--plots", text(folder.path())]).status.success());
    let drawn = fs::read_to_string(folder.path().join("speedups.svg")).unwrap();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let (readme, shown) = (read("README.md"), read("docs/speedups.svg"));
    assert_eq!(stale(&readme, &shown, &drawn), [""; 0]);

    // The twins: a report of another day, and another figure in words.
    assert_eq!(stale(&readme, &shown, &drawn.replace("2026-", "2027-")).len(), 1);
    assert_eq!(stale(&readme.replace("is slowest, 0.", "is slowest, 7."), &shown, &drawn).len(), 1);
}

/// A wait that takes longer never ends.
const HANGS: Duration = Duration::from_secs(300);

/// A process of ours that ends when the test does.
struct Watcher(Child);

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Past the test runner, which shows the output of failed tests only.
fn say(line: &str) {
    let _ = io::stderr().write_all(line.as_bytes());
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < HANGS, "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_change_is_written_while_it_watches_and_a_mistake_does_not_end_it() {
    let (folder, reports) = (tempfile::tempdir().unwrap(), reports());
    let (path, race) = (folder.path().join("deck.html"), reports.path().join("race.json"));
    let errors = folder.path().join("errors");
    let mut command = slides(&[text(&path), "--results", text(reports.path()), "--watch"]);
    command.stdout(Stdio::null()).stderr(fs::File::create(&errors).unwrap());
    let mut watcher = Watcher(command.spawn().unwrap());
    let read = |path: &PathBuf| fs::read_to_string(path).unwrap_or_default();
    wait_for("the first page", || read(&errors).contains("Watching"));
    let whole = read(&race);
    fs::write(&race, "{").unwrap();
    wait_for("the mistake", || read(&errors).contains("race.json is not valid JSON"));
    fs::write(&race, whole.replace("Intel(R) Xeon(R) Processor", "Abacus 3000")).unwrap();
    wait_for("the change", || read(&path).contains("Abacus 3000"));
    assert!(watcher.0.try_wait().unwrap().is_none(), "it still watches");
}

#[cfg(target_os = "linux")]
#[test]
fn the_page_is_opened_in_whatever_opens_pages_here() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (opener, told) = (folder.path().join("xdg-open"), folder.path().join("told"));
    fs::write(&opener, format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", told.display())).unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join("deck.html");
    let folders = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let output = slides(&[text(&path), "--open"]).env("PATH", folders).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    wait_for("it was told", || told.exists() && !fs::read_to_string(&told).unwrap().is_empty());
    assert_eq!(Path::new(&fs::read_to_string(&told).unwrap()), path.canonicalize().unwrap());
}

/// What a lab says when cargo runs it.
fn lab(name: &str, arguments: &[&str]) -> serde_json::Value {
    let mut command = Command::new(workspace::cargo());
    command.current_dir(workspace::root()).args(["run", "--quiet", "--package", &format!("lab-{name}"), "--"]);
    let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "lab-{name}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Flags for a run that takes a moment: small sizes, and as many runs as the deck's plots need.
fn small(name: &str) -> Vec<&'static str> {
    let description = lab(name, &["--describe"]);
    let takes = |flag: &str| {
        let parameters = description["parameters"].as_array().into_iter().flatten();
        parameters.filter_map(|parameter| parameter["name"].as_str()).any(|name| flag == format!("--{name}"))
    };
    let mut flags = slides::plots::flags(name).to_vec();
    for (flag, value) in
        [("--size", "20000"), ("--increments", "1000"), ("--workers", "2"), ("--threads", "2"), ("--repeat", "2")]
    {
        if takes(flag) && !flags.contains(&flag) {
            flags.extend([flag, value]);
        }
    }
    flags
}

/// At the lecture's sizes it takes half a minute; otherwise every lab runs with small ones, by the same function. Small sizes give
/// no figure that needs a long run, so there is a page of them only at the lecture's.
#[test]
fn one_command_measures_all_labs_and_takes_their_figures() {
    let folder = tempfile::tempdir().unwrap();
    let (results, path) = (folder.path().join("results"), folder.path().join("deck.html"));
    let labs = workspace::labs();
    if workspace::thorough() {
        let output = run(&[text(&path), "--measure", text(&results)]);
        assert!(output.status.success(), "{}", stderr(&output));
        for lab in &labs {
            assert!(stderr(&output).contains(&format!("lab-{} (", lab.name)), "{}", stderr(&output));
        }
        assert!(!fs::read_to_string(&path).unwrap().contains("Reference, not this machine"));
    } else {
        say(&format!("SAMPLED: {} labs are measured at small sizes, and none at the lecture's\n", labs.len()));
        let flags: HashMap<String, Vec<&str>> = labs.iter().map(|lab| (lab.name.clone(), small(&lab.name))).collect();
        slides::measure::measure(workspace::root(), &labs, |lab| &flags[lab], &results).unwrap();
    }
    let reports = slides::reports::Reports::own(workspace::root(), &results).unwrap();
    assert!(labs.iter().all(|lab| reports.of(&lab.name).is_ok()), "each has a report");
    assert_eq!(reports.of("race").unwrap().number("parameters.repeat").unwrap(), 100.0, "as the plot of finals needs");
    let finals = slides::plots::plot("finals", &reports).unwrap().figure().into_string();
    assert!(finals.contains(" of 100 lost nothing") && finals.contains("lab-race (100 runs)"), "{finals}");
}
