//! Checks the guide to stepping: a debugger stops at every stop point, and the variables that the guide names are
//! there.

use end_to_end::labs::{LabUnderTest, labs, sampled_labs};
use end_to_end::run::{Outcome, complete};
use end_to_end::{assert_none, skipped, workspace};
use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A row of a table: where to stop, what to type then, what to print.
struct Stop {
    at: String,
    then: Vec<String>,
    look: Vec<Look>,
}

/// An expression to print, with the number that the guide expects. An address has none.
struct Look {
    at: String,
    holds: Option<u64>,
}

/// Returns the guide's section on a lab: the arguments to run it with, and where to stop. `None` if it has no such
/// section.
fn section(lab: &LabUnderTest) -> Option<(Vec<String>, Vec<Stop>)> {
    let guide = end_to_end::read("docs/stepping.md");
    let (_, rest) = guide.split_once(&format!("\n## lab-{}\n", lab.name))?;
    let text = rest.split("\n## ").next().unwrap_or(rest);
    let program = format!("gdb --args target/stepping/lab-{} ", lab.name);
    let line = text.lines().find_map(|line| line.strip_prefix(&program)).expect("the command that starts it");
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_string).collect::<Vec<_>>();
    // "`seen` = 0, `*self`": text outside of backticks is the expected value of the expression before it.
    let looks = |cell: &str| {
        let parts: Vec<&str> = cell.trim().trim_start_matches('`').split('`').collect();
        let look = |pair: &[&str]| {
            let said = pair.get(1).and_then(|said| said.trim().strip_prefix("= "));
            let holds = said.map(|said| said.trim_end_matches(',').parse().expect("a number"));
            Look { at: pair[0].to_string(), holds }
        };
        parts.chunks(2).map(look).collect()
    };
    let rows = text.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<&str> = line.split('|').collect();
        Stop { at: quoted(cells[1]).concat(), then: quoted(cells[2]), look: looks(cells[3]) }
    });
    Some((line.split_whitespace().map(str::to_string).collect(), rows.collect()))
}

/// Returns the labs to build for a debugger: those with a section in the guide, and for the quick tests one of them.
fn stepped() -> &'static [&'static LabUnderTest] {
    static STEPPED: OnceLock<Vec<&LabUnderTest>> = OnceLock::new();
    STEPPED.get_or_init(|| {
        let labs = sampled_labs(&["race"], "how they look in a debugger");
        labs.into_iter().filter(|lab| section(lab).is_some()).collect()
    })
}

/// Returns one of them by its name, if it is built and a debugger is installed.
fn stepped_lab(name: &str) -> Option<&'static LabUnderTest> {
    stepped().iter().copied().find(|lab| lab.name == name).filter(|_| gdb_is_here())
}

/// Returns the folder with these labs, built once.
fn built() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let packages = stepped().iter().flat_map(|lab| ["--package".to_string(), format!("lab-{}", lab.name)]);
        let mut command = Command::new(env!("CARGO"));
        command.args(["build", "--quiet", "--profile", "stepping"]).args(packages).current_dir(workspace());
        let status = command.status().expect("cargo starts, since it has started this test");
        assert!(status.success(), "the labs do not build with the profile stepping");
        ::workspace::target(workspace()).join("stepping")
    })
}

/// Returns whether gdb can run a program here. It may be missing, or a container may forbid tracing. In CI it must not
/// skip.
fn gdb_is_here() -> bool {
    let is_demanded = cfg!(all(target_os = "linux", target_arch = "x86_64")) && env::var_os("CI").is_some();
    let gdb = |arguments: &[&str]| {
        let mut command = Command::new("gdb");
        command.args(arguments);
        command
    };
    let is_installed = gdb(&["--version"]).stdin(Stdio::null()).stdout(Stdio::null()).status().is_ok();
    let probe = || complete_quietly(gdb(&["-batch", "-nx", "-ex", "run", "--args", "true"]));
    let works = is_installed && probe().stdout.contains("exited normally");
    assert!(
        works || !is_demanded,
        "CI has no gdb that can run a program, so the stop points of the guide are not checked"
    );
    if !works {
        skipped("the stop points of the guide", "no gdb here that can run a program");
    }
    works
}

/// Returns what gdb prints after these commands.
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

/// Returns what gdb printed, each line with its numbers: those of a struct, or the single one.
fn printed(output: &str) -> Vec<(&str, Vec<u64>)> {
    let leading = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    let numbers = |line: &str| -> Vec<u64> {
        let inner: Vec<u64> = line.split("value: ").skip(1).filter_map(leading).collect();
        let alone = line.split_once(" = ").and_then(|(_, text)| text.parse().ok());
        if inner.is_empty() { alone.into_iter().collect() } else { inner }
    };
    output.lines().filter(|line| line.starts_with('$')).map(|line| (line, numbers(line))).collect()
}

fn problem(lab: &LabUnderTest, arguments: &[String], stop: &Stop) -> Option<String> {
    let mut commands = vec![format!("break {}", stop.at), "run".to_string()];
    commands.extend(stop.then.iter().cloned());
    commands.push("echo LOOK\\n".to_string());
    commands.extend(stop.look.iter().map(|look| format!("print {}", look.at)));
    commands.push("kill".to_string());
    let output = gdb(lab, arguments, &commands);
    let (before, after) = output.split_once("LOOK\n").unwrap_or((&output, ""));
    let seen = printed(after);
    let is_as_said = |((line, numbers), look): (&(&str, Vec<u64>), &Look)| {
        let is_there = !line.contains("optimized out") && !line.contains("<error");
        is_there && look.holds.is_none_or(|number| *numbers == [number])
    };
    let is_good = before.contains("hit Breakpoint 1")
        && seen.len() == stop.look.len()
        && seen.iter().zip(&stop.look).all(is_as_said);
    (!is_good).then(|| format!("lab-{}: {}: not hit, or not as the guide says:\n{output}", lab.name, stop.at))
}

#[test]
fn every_stop_point_is_hit_and_shows_what_the_guide_says_to_look_at() {
    if !gdb_is_here() {
        return;
    }
    let mut problems = Vec::new();
    for lab in stepped() {
        let (arguments, stops) = section(lab).unwrap();
        assert!(stops.len() >= 3, "lab-{} has only {} stop points", lab.name, stops.len());
        problems.extend(stops.iter().filter_map(|stop| problem(lab, &arguments, stop)));
    }
    assert_none(problems);
}

#[test]
fn a_stop_point_that_is_none_is_noticed() {
    let Some(lab) = stepped_lab("race") else { return };
    let (arguments, stops) = section(lab).unwrap();
    let with = |at: &str, look: &str, holds: u64| {
        let look = Look { at: look.into(), holds: Some(holds) };
        problem(lab, &arguments, &Stop { at: at.into(), then: stops[1].then.clone(), look: vec![look] })
    };
    assert_eq!(with(&stops[1].at, "seen", 0), None);
    assert!(with("lab_race::counters::nothing", "seen", 0).is_some());
    assert!(with(&stops[1].at, "unseen", 0).is_some());
    assert!(with(&stops[1].at, "seen", 1).is_some());
}

/// Returns the commands of a session of the guide.
fn session(title: &str) -> Vec<String> {
    let guide = end_to_end::read("docs/stepping.md");
    let (_, text) = guide.split_once(&format!("**{title}**")).unwrap_or_else(|| panic!("no session {title:?}"));
    let (_, text) = text.split_once("```text\n").expect("its commands");
    text.split("```").next().unwrap_or_default().lines().map(str::to_string).collect()
}

/// Returns what gdb prints in a session. The numbers of the two threads are filled in as a lecturer would: the first is
/// the thread that stopped, the other is neither that one nor the thread of `main`. A thread of an earlier round may not have
/// ended yet on a busy machine, so the other is the newest.
fn played(lab: &LabUnderTest, session: &[String]) -> String {
    let others = "[t.num for t in gdb.selected_inferior().threads() if t.num not in (1, first)]";
    let command = |line: &String| match line.as_str() {
        "thread OTHER" => vec![format!("python gdb.execute('thread %d' % max({others}))")],
        "thread FIRST" => vec!["python gdb.execute('thread %d' % first)".to_string()],
        "set scheduler-locking on" => vec!["python first = gdb.selected_thread().num".to_string(), line.clone()],
        _ => vec![line.clone()],
    };
    let mut commands: Vec<String> = session.iter().flat_map(command).collect();
    commands.push("kill".to_string());
    gdb(lab, &section(lab).unwrap().0, &commands)
}

/// Returns the numbers that a session prints, one list for each `print`.
fn numbers(output: &str) -> Vec<Vec<u64>> {
    printed(output).into_iter().map(|(_, numbers)| numbers).collect()
}

#[test]
fn an_update_is_lost_by_hand_as_the_guide_says() {
    let Some(lab) = stepped_lab("race") else { return };
    let mut commands = session("Lose an update by hand.");
    let output = played(lab, &commands);
    // Both threads have loaded 0, and the counter is 1 after each of the two stores.
    assert_eq!(numbers(&output), [[0], [0], [1], [1]], "{output}");
    let result = |output: &str| {
        let row = output.lines().find(|line| line.starts_with("load-store  ") && line.contains("atomic load"));
        row.map(|row| row.split_whitespace().skip(1).take(4).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(result(&output).as_deref(), Some("1 lost 50 %"), "the report says so too:\n{output}");

    // The twin: the first thread stores before the other loads, and no update is lost.
    let print = commands.iter().position(|line| line == "print seen").expect("what the first has seen");
    commands.insert(print + 1, "next".to_string());
    let back = commands.iter().position(|line| line == "thread FIRST").expect("the first's store");
    commands.remove(back + 1);
    let output = played(lab, &commands);
    assert_eq!(numbers(&output), [[0], [1], [2], [2]], "{output}");
    assert!(result(&output).is_some_and(|result| result.starts_with("2 can lose")), "{output}");
}

#[test]
fn a_thread_waits_by_hand_as_the_guide_says() {
    let Some(lab) = stepped_lab("mutex") else { return };
    let output = played(lab, &session("Hold the lock, and let the other wait."));
    let waits = output.lines().any(|line| line.starts_with("#0") && line.contains("counters::Spin::lock"));
    // Whether the lock is taken, and the count: taken by the first thread, then free, then taken by the other.
    assert_eq!(numbers(&output), [[1, 0], [0, 1], [1, 1]], "{output}");
    assert!(waits, "the other is in lock meanwhile:\n{output}");
}

#[test]
fn no_update_is_lost_by_hand_with_compare_exchange_as_the_guide_says() {
    let Some(lab) = stepped_lab("atomic") else { return };
    let output = played(lab, &session("Try to lose an update by hand."));
    // The first thread loads 0, the other adds 1. The first thread's exchange fails and returns 1; its next exchange
    // succeeds.
    assert_eq!(numbers(&output), [[0], [1], [1], [2]], "{output}");
}

#[test]
fn a_lab_built_for_stepping_prints_no_speedup_and_says_why() {
    let has_column = |text: &str| text.lines().any(|line| line.starts_with("variant ") && line.contains("speed-up"));
    let has_field = |json: &serde_json::Value| json["rows"].to_string().contains("\"speedup\"");
    for lab in stepped() {
        let (arguments, _) = section(lab).unwrap();
        let run = |flag: Option<&str>| {
            let mut command = Command::new(built().join(format!("lab-{}", lab.name)));
            command.args(&arguments).args(flag);
            complete_quietly(command)
        };
        let text = run(None).stdout;
        assert!(text.contains("\nvariant ") && !has_column(&text), "lab-{}: {text}", lab.name);
        assert!(text.contains("warning (unoptimized)") && text.contains("what to do:"), "lab-{}: {text}", lab.name);
        let json = run(Some("--json")).json().unwrap();
        assert_eq!(json["machine"]["optimized"], false, "lab-{}", lab.name);
        assert!(!has_field(&json), "lab-{}", lab.name);
        // The twin: the build that students use. A lab without a one-core baseline prints no speed-up.
        let compares = lab.variants.iter().any(|(variant, _)| *variant == "sequential");
        let usual = lab.report(&arguments.join(" ")).unwrap();
        assert_eq!(usual["machine"]["optimized"], true, "lab-{}", lab.name);
        assert_eq!(has_field(&usual), compares, "lab-{}", lab.name);
        let usual = lab.run(&arguments.join(" ")).stdout;
        assert_eq!(has_column(&usual), compares, "lab-{}: {usual}", lab.name);
        assert!(!usual.contains("warning (unoptimized)"), "lab-{}: {usual}", lab.name);
    }
}

#[test]
fn editors_start_each_lab_as_the_guide_does() {
    for file in [".vscode/launch.json", ".zed/debug.json"] {
        let text = end_to_end::read(file);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let configurations = json.get("configurations").unwrap_or(&json).as_array().unwrap();
        for (lab, (arguments, _)) in labs().into_iter().filter_map(|lab| Some((lab, section(lab)?))) {
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
    // VS Code has one debugger for all systems, and the C/C++ extension has one for Windows and one for the others.
    let launch: serde_json::Value = serde_json::from_str(&end_to_end::read(".vscode/launch.json")).unwrap();
    for kind in ["lldb", "cppdbg", "cppvsdbg"] {
        let of_kind: Vec<_> =
            launch["configurations"].as_array().unwrap().iter().filter(|one| one["type"] == kind).collect();
        assert_eq!(of_kind.len(), labs().into_iter().filter_map(section).count(), "{kind}");
        assert!(of_kind.iter().all(|one| kind != "cppdbg" || one["osx"]["MIMode"] == "lldb"), "gdb is not on macOS");
        let is_exe = |one: &serde_json::Value| one["program"].as_str().is_some_and(|program| program.ends_with(".exe"));
        assert!(of_kind.iter().all(|one| is_exe(one) == (kind == "cppvsdbg")), "{kind}");
    }
    let tasks = end_to_end::read(".vscode/tasks.json");
    let names = end_to_end::read(".vscode/launch.json");
    for task in names.split("\"preLaunchTask\": \"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
        assert!(tasks.contains(&format!("\"label\": \"{task}\"")), "{task}");
    }
}
