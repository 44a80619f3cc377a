//! The guide to stepping: every stop point is one that a debugger stops at, and what the guide says to look at is there.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tests::labs::{LabUnderTest, labs};
use tests::run::{Outcome, complete};
use tests::{assert_none, skipped, workspace};

/// A row of a table: where to stop, what to type then, what to print.
struct Stop {
    at: String,
    then: Vec<String>,
    look: Vec<String>,
}

/// What the guide says of a lab: the arguments to run it with, and where to stop.
fn section(lab: &LabUnderTest) -> (Vec<String>, Vec<Stop>) {
    let guide = tests::read("docs/stepping.md");
    let heading = format!("\n## lab-{}\n", lab.name);
    let (_, rest) = guide.split_once(&heading).unwrap_or_else(|| panic!("docs/stepping.md has no{heading}"));
    let text = rest.split("\n## ").next().unwrap_or(rest);
    let program = format!("gdb --args target/stepping/lab-{} ", lab.name);
    let line = text.lines().find_map(|line| line.strip_prefix(&program)).expect("the command that starts it");
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_string).collect::<Vec<_>>();
    let rows = text.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<&str> = line.split('|').collect();
        Stop { at: quoted(cells[1]).concat(), then: quoted(cells[2]), look: quoted(cells[3]) }
    });
    (line.split_whitespace().map(str::to_string).collect(), rows.collect())
}

/// The folder with all labs, built once for a debugger.
fn built() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let packages = labs().into_iter().flat_map(|lab| ["--package".to_string(), format!("lab-{}", lab.name)]);
        let mut command = Command::new(env!("CARGO"));
        command.args(["build", "--quiet", "--profile", "stepping"]).args(packages).current_dir(workspace());
        let status = command.status().unwrap();
        assert!(status.success(), "the labs do not build with the profile stepping");
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
        workspace().join(target).join("stepping")
    })
}

fn gdb_is_here() -> bool {
    let works = Command::new("gdb")
        .args(["-batch", "-nx", "-ex", "run", "--args", "true"])
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("exited normally"));
    if !works {
        skipped("the stop points of the guide", "no gdb here that can run a program");
    }
    works
}

/// What gdb prints when it is told all of that.
fn gdb(lab: &LabUnderTest, arguments: &[String], commands: &[String]) -> String {
    let mut command = Command::new("gdb");
    command.args(["-batch", "-nx", "-iex", "set debuginfod enabled off", "-iex", "set breakpoint pending off"]);
    for line in commands {
        command.args(["-ex", line]);
    }
    command.arg("--args").arg(built().join(format!("lab-{}", lab.name))).args(arguments);
    let outcome = complete_quietly(command);
    outcome.stdout + &outcome.stderr
}

fn complete_quietly(mut command: Command) -> Outcome {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    complete(command)
}

fn problem(lab: &LabUnderTest, arguments: &[String], stop: &Stop) -> Option<String> {
    let mut commands = vec![format!("break {}", stop.at), "run".to_string()];
    commands.extend(stop.then.iter().cloned());
    commands.push("echo LOOK\\n".to_string());
    commands.extend(stop.look.iter().map(|what| format!("print {what}")));
    commands.push("kill".to_string());
    let output = gdb(lab, arguments, &commands);
    let (before, after) = output.split_once("LOOK\n").unwrap_or((&output, ""));
    let printed = after.lines().filter(|line| line.starts_with('$')).count();
    let is_good = before.contains("hit Breakpoint 1") && printed == stop.look.len() && !after.contains("optimized out");
    (!is_good).then(|| format!("lab-{}: {}: {} of {} printed:\n{output}", lab.name, stop.at, printed, stop.look.len()))
}

#[test]
fn every_stop_point_is_hit_and_shows_what_the_guide_says_to_look_at() {
    if !gdb_is_here() {
        return;
    }
    let mut problems = Vec::new();
    for lab in labs() {
        let (arguments, stops) = section(lab);
        assert!(stops.len() >= 3, "lab-{} has only {} stop points", lab.name, stops.len());
        problems.extend(stops.iter().filter_map(|stop| problem(lab, &arguments, stop)));
    }
    assert_none(problems);
}

#[test]
fn a_stop_point_that_is_none_is_noticed() {
    if !gdb_is_here() {
        return;
    }
    for lab in labs().into_iter().filter(|lab| lab.name == "race") {
        let (arguments, stops) = section(lab);
        let with = |at: &str, look: &str| Stop { at: at.into(), then: stops[1].then.clone(), look: vec![look.into()] };
        assert_eq!(problem(lab, &arguments, &with(&stops[1].at, "seen")), None);
        assert!(problem(lab, &arguments, &with("lab_race::counters::nothing", "seen")).is_some());
        assert!(problem(lab, &arguments, &with(&stops[1].at, "unseen")).is_some());
    }
}

/// A session of the guide, with the numbers of the two threads filled in as a lecturer would.
fn session(lab: &LabUnderTest, title: &str) -> String {
    let guide = tests::read("docs/stepping.md");
    let (_, text) = guide.split_once(&format!("**{title}**")).unwrap_or_else(|| panic!("no session {title:?}"));
    let (_, text) = text.split_once("```text\n").expect("its commands");
    let text = text.split("```").next().unwrap_or_default();
    let others = "[t.num for t in gdb.selected_inferior().threads() if t.num not in (1, first)]";
    let command = |line: &str| match line {
        "thread OTHER" => format!("python gdb.execute('thread %d' % {others}[0])"),
        "thread FIRST" => "python gdb.execute('thread %d' % first)".to_string(),
        line => line.to_string(),
    };
    let mut commands: Vec<String> = text.lines().map(command).collect();
    let run = commands.iter().position(|line| line.starts_with("run")).expect("it runs");
    commands.insert(run + 1, "python first = gdb.selected_thread().num".to_string());
    commands.push("kill".to_string());
    gdb(lab, &section(lab).0, &commands)
}

fn lab_named(name: &str) -> &'static LabUnderTest {
    tests::labs::lab(name).expect("there is such a lab")
}

#[test]
fn an_update_is_lost_by_hand_as_the_guide_says() {
    if !gdb_is_here() || !labs().into_iter().any(|lab| lab.name == "race") {
        return;
    }
    let output = session(lab_named("race"), "Lose an update by hand.");
    let seen = output.lines().filter(|line| line.starts_with('$') && line.ends_with("= 0")).count();
    let counters: Vec<&str> = output.lines().filter(|line| line.contains("LoadStore (")).collect();
    assert_eq!(seen, 2, "both have seen 0:\n{output}");
    assert!(counters.len() == 2 && counters.iter().all(|line| line.contains("value: 1}")), "{counters:?}\n{output}");
}

#[test]
fn a_thread_waits_by_hand_as_the_guide_says() {
    if !gdb_is_here() || !labs().into_iter().any(|lab| lab.name == "mutex") {
        return;
    }
    let output = session(lab_named("mutex"), "Hold the lock, and let the other wait.");
    let taken = output.lines().filter(|line| line.contains("Spin {taken") && line.contains("<u8> {value: 1}")).count();
    let waits = output.lines().any(|line| line.starts_with("#0") && line.contains("counters::Spin::lock"));
    assert!(taken == 2 && waits, "taken twice, and the other in lock meanwhile:\n{output}");
}

#[test]
fn a_lab_built_for_stepping_prints_no_speedup_and_says_why() {
    for lab in labs() {
        let (arguments, _) = section(lab);
        let run = |flag: Option<&str>| {
            let mut command = Command::new(built().join(format!("lab-{}", lab.name)));
            command.args(&arguments).args(flag);
            complete_quietly(command)
        };
        let text = run(None).stdout;
        assert!(!text.contains("speed-up ") || text.contains("no speed-up is printed"), "lab-{}: {text}", lab.name);
        assert!(text.contains("warning (unoptimized)") && text.contains("what to do:"), "lab-{}: {text}", lab.name);
        let json: serde_json::Value = serde_json::from_str(&run(Some("--json")).stdout).unwrap();
        assert_eq!(json["machine"]["optimized"], false, "lab-{}", lab.name);
        let has_speedup = |json: &serde_json::Value| json["rows"].to_string().contains("\"speedup\"");
        assert!(!has_speedup(&json), "lab-{}", lab.name);
        // The twin: as students build it.
        if lab.variants.iter().any(|(variant, _)| *variant == "sequential") {
            let usual = lab.report(&arguments.join(" ")).unwrap();
            assert!(has_speedup(&usual) && usual["machine"]["optimized"] == true, "lab-{}", lab.name);
        }
    }
}

#[test]
fn editors_are_told_of_every_lab() {
    for file in [".vscode/launch.json", ".zed/debug.json"] {
        let text = tests::read(file);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let configurations = json.get("configurations").unwrap_or(&json).as_array().unwrap();
        for lab in labs() {
            let (arguments, _) = section(lab);
            let name = format!("lab-{}", lab.name);
            let of_lab = configurations.iter().filter(|one| {
                one.to_string().contains(&format!("{name}\"")) || one.to_string().contains(&format!("{name} "))
            });
            let of_lab: Vec<_> = of_lab.collect();
            assert!(
                !of_lab.is_empty() && of_lab.iter().all(|one| one["args"] == serde_json::json!(arguments)),
                "{file}: {name}"
            );
        }
        assert!(text.contains("stepping") && !text.contains("/home"), "{file}");
    }
    let tasks = tests::read(".vscode/tasks.json");
    let names = tests::read(".vscode/launch.json");
    for task in names.split("\"preLaunchTask\": \"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
        assert!(tasks.contains(&format!("\"label\": \"{task}\"")), "{task}");
    }
}
