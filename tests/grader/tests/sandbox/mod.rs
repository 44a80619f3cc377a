//! Checks each sandbox by itself, with a program that has escaped the scan and the language's rules. Files and processes are real, and a
//! listener on loopback must receive nothing.

use grader::sandbox::reduced;
use grader::sandbox::{self, Contents, Isolation, Limits, Outcome, RUN};
use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, process, thread};
use tempfile::TempDir;

fn sandboxes_here() -> Vec<Isolation> {
    crate::support::skipped::sandboxes_here("it was not attacked")
}

thread_local! {
    /// The hostile program and its filter, in a folder that no other user may enter. The folder is removed when the test's thread ends.
    static HOSTILE: TempDir = {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(compiled(), folder.path().join("hostile")).unwrap();
        fs::write(folder.path().join("filter"), reduced::filter().unwrap()).unwrap();
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        folder
    };
}

fn hostile() -> PathBuf {
    HOSTILE.with(|folder| folder.path().join("hostile"))
}

/// Returns the hostile program in cargo's folder. It is compiled once for all runs of the tests.
fn compiled() -> &'static Path {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox/hostile.rs");
        let time = |path: &Path| fs::metadata(path).and_then(|about| about.modified());
        if time(&program).is_ok_and(|built| built > time(&source).unwrap()) {
            return program;
        }
        let beside = program.with_extension(process::id().to_string());
        let mut command = Command::new(workspace::rustc());
        command.args(["--edition=2024", "-Ctarget-feature=+crt-static", "-o"]).arg(&beside).arg(source);
        assert!(command.status().unwrap().success());
        fs::rename(&beside, &program).unwrap();
        program
    })
}

/// Limits with a long elapsed time, because on a busy machine a program waits for a CPU. No program with the filter reaches it.
const LIMITS: Limits = Limits { seconds: 60, cpu_seconds: 1, memory: 512 << 20, ..RUN };

/// Runs an attack in a sandbox that contains only the program, as for a submission with its checks.
fn attack(isolation: Isolation, name: &str, what: &str) -> Outcome {
    attack_within((LIMITS, true), isolation, name, what)
}

/// Runs an attack with these limits, and with or without the filter for a submission's program.
fn attack_within((limits, has_filter): (Limits, bool), isolation: Isolation, name: &str, what: &str) -> Outcome {
    let hostile = hostile();
    let filter = hostile.with_file_name("filter");
    let contents = Contents::of([(&*hostile, "/judged")], has_filter.then_some(&*filter));
    sandbox::run(isolation, limits, &contents, &["/judged", name, what].map(str::to_string), "").unwrap()
}

/// Checks that the filter lets the attack fail.
fn is_filtered(isolation: Isolation, name: &str, what: &str) {
    let outcome = attack(isolation, name, what);
    let is_held = outcome.stdout.starts_with("HELD ");
    assert!(is_held, "{isolation:?}: {name} {what}: {outcome:?}");
}

/// Checks that the attack fails, with the filter and without it: what is behind the filter must hold by itself.
fn holds(isolation: Isolation, name: &str, what: &str) {
    is_filtered(isolation, name, what);
    let outcome = attack_within((LIMITS, false), isolation, name, what);
    let is_held = outcome.stdout.starts_with("HELD ");
    assert!(is_held, "{isolation:?} without the filter: {name} {what}: {outcome:?}");
}

#[test]
fn a_program_can_run_in_each_sandbox() {
    for isolation in sandboxes_here() {
        let outcome = attack(isolation, "hello", "");
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), "HELLO\n"), "{isolation:?}: {outcome:?}");
    }
}

#[test]
fn nothing_goes_out() {
    for isolation in sandboxes_here() {
        let (tcp, udp) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        for (name, to) in [("tcp", tcp.local_addr().unwrap()), ("udp", udp.local_addr().unwrap())] {
            is_filtered(isolation, name, &to.to_string());
            attack_within((LIMITS, false), isolation, name, &to.to_string()); // a network of its own has a loopback too
        }
        let is_quiet = |kind: ErrorKind| kind == ErrorKind::WouldBlock;
        assert!(tcp.accept().is_err_and(|error| is_quiet(error.kind())), "{isolation:?}: a connection came");
        assert!(udp.recv(&mut [0; 16]).is_err_and(|error| is_quiet(error.kind())), "{isolation:?}: something came");

        // The twin: without a sandbox both arrive.
        for (name, to) in [("tcp", tcp.local_addr().unwrap()), ("udp", udp.local_addr().unwrap())] {
            assert!(Command::new(hostile()).args([name, &to.to_string()]).status().unwrap().success());
        }
        assert!(tcp.accept().is_ok() && udp.recv(&mut [0; 16]).is_ok());
    }
}

#[test]
fn no_file_can_be_read_written_or_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    for (path, mode) in [(folder.path(), 0o777), (&secret, 0o666)] {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }
    let (secret, new) = (secret.display().to_string(), folder.path().join("new").display().to_string());
    let own = hostile().display().to_string();
    let parent = format!("/proc/{}/environ", process::id());
    for isolation in sandboxes_here() {
        for file in [
            secret.as_str(),
            "/etc/passwd",
            "/proc/1/cmdline",
            "/proc/self/environ",
            &parent,
            env!("CARGO_MANIFEST_PATH"),
        ] {
            holds(isolation, "read", file);
        }
        for place in ["/", "/tmp", "/proc", "/dev/shm", folder.path().to_str().unwrap()] {
            is_filtered(isolation, "list", place);
            if isolation == Isolation::Reduced || place != "/" {
                holds(isolation, "list", place); // in a namespace of its own there is a /, with the program in it
            }
        }
        for file in [new.as_str(), "/new", "/tmp/new", "/dev/shm/new", "/judged", &own] {
            holds(isolation, "write", file);
        }
        for file in [secret.as_str(), "/judged", &own] {
            holds(isolation, "append", file);
            holds(isolation, "delete", file);
        }
        assert_eq!((fs::read_to_string(&secret).unwrap().as_str(), Path::new(&new).exists()), ("secret", false));
    }
    // The twin: without a sandbox all of it works.
    let works = |name: &str, what: &str| {
        String::from_utf8_lossy(&Command::new(hostile()).args([name, what]).output().unwrap().stdout) == "BROKE\n"
    };
    assert!(works("read", &secret) && works("write", &new) && works("append", &secret) && works("delete", &secret));
}

#[test]
fn the_environment_is_empty() {
    for isolation in sandboxes_here() {
        for name in ["PATH", "HOME", "CARGO", "CARGO_MANIFEST_DIR"] {
            holds(isolation, "environment", name);
        }
    }
}

#[test]
fn no_other_program_and_no_other_process_can_be_reached() {
    let mut other = Command::new("sleep").arg("120").spawn().unwrap();
    let id = other.id().to_string();
    for isolation in sandboxes_here() {
        holds(isolation, "shell", "");
        holds(isolation, "executable-memory-file", "");
        holds(isolation, "kill", &id);
        holds(isolation, "trace", &id);
        is_filtered(isolation, "kill-all", "");
        is_filtered(isolation, "shared-memory", "");
        let made = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
        assert!(!made.contains("1818321523"), "{isolation:?} left shared memory behind: {made}");
        assert!(other.try_wait().unwrap().is_none(), "{isolation:?}: it was ended");
    }
    other.kill().unwrap();
    other.wait().unwrap();
}

/// The program needs none of these: it answers in one thread, and its only wait is for the next question.
#[test]
fn no_thread_no_wait_no_connection_and_no_file_can_be_had() {
    const UNNEEDED: [&str; 10] =
        ["thread", "fork", "clone", "clone3", "nanosleep", "poll", "wait", "socket", "write", "read"];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new").display().to_string();
    for isolation in sandboxes_here() {
        for name in UNNEEDED {
            let outcome = attack(isolation, name, &file);
            let is_refused = outcome.stdout.starts_with("HELD ") && outcome.stdout.contains("(os error 38)");
            assert!(is_refused, "{isolation:?}: {name}: the filter does not refuse it: {outcome:?}");
        }
    }
    // The twin: without the filter all of it works.
    for name in UNNEEDED {
        let output = Command::new(hostile()).args([name, &file]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "BROKE\n", "{name}");
    }
}

/// Returns the processes that run the hostile program.
fn left() -> usize {
    let own = hostile().canonicalize().unwrap();
    // Graded submissions have the same name, but no attack as their argument.
    let is_attack = |line: &str| line.strip_prefix("/judged\0").is_some_and(|attack| !attack.is_empty());
    let is_ours = |process: &Path| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        fs::read_link(process.join("exe")).is_ok_and(|program| program == own)
            || is_attack(&String::from_utf8_lossy(&line))
    };
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|process| is_ours(&process.path()))
        .count()
}

/// Returns whether at some moment no such process is left. Other tests of this file run the same program for a while.
fn all_end() -> bool {
    let start = Instant::now();
    loop {
        match left() {
            0 => return true,
            _ if start.elapsed() > Duration::from_secs(100) => return false,
            _ => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// In bubblewrap without the filter a program can start processes, and all of them end with it.
#[test]
fn without_the_filter_everything_still_ends() {
    if !Isolation::Full.works() {
        return;
    }
    let hostile = hostile();
    let contents = Contents::of([(&*hostile, "/judged")], None);
    for (name, says) in
        [("child", "BROKE\n"), ("forks", "FORKED 400\n"), ("kill-all", "BROKE\n"), ("shared-memory", "BROKE\n")]
    {
        let command = ["/judged", name].map(str::to_string);
        let outcome = sandbox::run(Isolation::Full, LIMITS, &contents, &command, "").unwrap();
        assert!(outcome.stdout == says || name == "kill-all", "{name}: {outcome:?}");
    }
    assert!(!fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default().contains("1818321523"));
    assert!(all_end());
}

#[test]
fn what_it_starts_ends_with_it() {
    for isolation in sandboxes_here() {
        let child = attack(isolation, "child", "");
        let forks = attack(isolation, "forks", "");
        assert!(child.stdout.starts_with("HELD ") && forks.stdout == "FORKED 0\n", "{child:?} {forks:?}");
        assert!(all_end(), "{isolation:?}");
    }
}

#[test]
fn a_program_that_takes_too_much_is_ended_and_has_not_answered() {
    let tried = |isolation: Isolation| {
        for name in ["sleep", "spin", "memory", "abort"] {
            let outcome = attack(isolation, name, "");
            assert!(!outcome.timed_out && outcome.code != Some(0), "{isolation:?}: {name}: {outcome:?}");
        }
        let short = Limits { seconds: 1, ..LIMITS };
        let outcome = attack_within((short, false), isolation, "sleep", "");
        assert!(outcome.timed_out && outcome.code != Some(0), "{isolation:?}: {outcome:?}");
        let outcome = attack(isolation, "threads", "");
        assert_eq!(outcome.stdout, "THREADS 0\n", "{isolation:?}: {outcome:?}");
        let outcome = attack(isolation, "flood", "");
        assert!(outcome.stdout.len() <= LIMITS.output && outcome.code != Some(0), "{} bytes", outcome.stdout.len());
        let outcome = attack(isolation, "exit", "");
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), ""), "an exit status of 0 is not an answer");
    };
    // The sandboxes sleep most of the time, so all of them run at once.
    thread::scope(|scope| {
        for isolation in sandboxes_here() {
            scope.spawn(move || tried(isolation));
        }
    });
}
