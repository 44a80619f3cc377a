//! Names the fix for trouble of the machine: a full disk, a missing package, a setting of the kernel.

use std::env;

/// A message of a compiler, linker or sandbox that is about the machine, and what mends it. All words of one message must
/// occur. The first row that fits is used, so special messages come first.
const CURES: &[(&[&str], &str)] = &[
    (
        &["bwrap: ", "namespace", "No space left"],
        "there are too many user namespaces: run sudo sysctl -w user.max_user_namespaces=10000",
    ),
    (&["failed to execute bwrap"], "install bubblewrap"),
    (&["bwrap: not found"], "install bubblewrap"),
    (&["is util-linux installed"], "install util-linux"),
    (&["bwrap: ", "namespace"], NAMESPACES),
    (&["bwrap: ", "uid map"], NAMESPACES),
    (&["bwrap: setting up"], NAMESPACES),
    (&["failed to set the", "resource limit"], "a limit of this shell is lower (ulimit -Ha): raise it"),
    (&["cannot leave root's"], "root has no CAP_SETUID here: run the grader as another user"),
    (&["unable to find library -lgcc"], "install gcc"),
    (&["cannot find -lgcc"], "install gcc"),
    (&["unable to find library -l"], C_LIBRARY),
    (&["cannot find -l"], C_LIBRARY),
    (&["cannot find", "crt1.o"], C_LIBRARY),
    (&["cannot open", "crt1.o"], C_LIBRARY),
    (&["No space left"], ROOM),
    (&["os error 28)"], ROOM),
    (&["Disk quota exceeded"], ROOM),
    (&["signal 7 "], ROOM), // a page of a mapped file has no place on the disk
    (&["signal: 7 "], ROOM),
    (&["Bus error"], ROOM),
    (&["Read-only file system"], "set TMPDIR to a folder that can be written"),
    (&["execvp", "Permission denied"], NO_EXECUTION),
    (&["cannot start the command", "Permission denied"], NO_EXECUTION),
    (&["Permission denied"], "set TMPDIR to a folder that can be written"),
    (
        &["Resource temporarily unavailable"],
        "raise the limit of processes: ulimit -u, or pids.max of the control group",
    ),
    (&["Too many open files"], "raise the limit of open files: ulimit -n"),
    (&["signal 9 "], MEMORY),
    (&["signal: 9 "], MEMORY),
    (&["Killed"], MEMORY),
    (&["Input/output error"], "check the disk"),
];

const NAMESPACES: &str = "unprivileged user namespaces are forbidden: on Ubuntu run sudo sysctl -w \
                          kernel.apparmor_restrict_unprivileged_userns=0 or load an AppArmor profile for bwrap, on Debian \
                          run sudo sysctl -w kernel.unprivileged_userns_clone=1";
const C_LIBRARY: &str = "install the static C library: libc6-dev on Debian and Ubuntu, glibc-static on Fedora";
const ROOM: &str = "the disk is full: make room, or set TMPDIR to a folder with room";
const MEMORY: &str = "if memory ran out, give the grader more of it, or fewer --jobs";
const NO_EXECUTION: &str = "the folder is mounted noexec: set TMPDIR to a folder whose programs can be started";

/// The most characters of a message that are shown.
const MOST: usize = 300;

fn cure(text: &str) -> Option<&'static str> {
    let fits = |words: &[&str]| words.iter().all(|word| text.contains(word));
    CURES.iter().find(|(words, _)| fits(words)).map(|(_, cure)| *cure)
}

/// Returns whether a message of the compiler or linker is about the machine, not about the program.
pub fn is_about_the_machine(text: &str) -> bool {
    cure(text).is_some()
}

/// Returns the line that names the trouble, with its fix. If no fix is known, returns the first lines as one.
pub fn explain(text: &str) -> String {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let short = |line: &str| line.chars().take(MOST).collect::<String>();
    let known = lines().find_map(|line| Some((line, cure(line)?)));
    let Some((line, cure)) = known.or_else(|| Some((lines().next()?, cure(text)?))) else {
        return match short(&lines().collect::<Vec<_>>().join("; ")) {
            none if none.is_empty() => "no message".to_string(),
            all => all,
        };
    };
    let place =
        if cure.contains("TMPDIR") { format!(" (TMPDIR is {})", env::temp_dir().display()) } else { String::new() };
    format!("{}: {cure}{place}", short(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_named_with_its_fix() {
        for (text, fix) in [
            ("rust-lld: error: unable to find library -lc\ncollect2: error: ld returned 1", "libc6-dev"),
            ("/usr/bin/ld: cannot find -lgcc_eh: No such file", "install gcc"),
            ("couldn't create a temp dir: No space left on device (os error 28) at path \"/out/x\"", "make room"),
            ("failed to build archive at `/out/x`: Disk quota exceeded (os error 122)", "make room"),
            ("collect2: fatal error: ld terminated with signal 7 [Bus error]", "make room"),
            ("bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns=0"),
            ("bwrap: No permissions to create new namespace, likely because", "apparmor_restrict"),
            ("bwrap: Creating new namespace failed: No space left on device", "max_user_namespaces"),
            ("bwrap: execvp /judged: Permission denied", "noexec"),
            ("prlimit: failed to execute bwrap: No such file or directory", "install bubblewrap"),
            ("prlimit: failed to set the AS resource limit: Operation not permitted", "ulimit"),
            ("collect2: fatal error: ld terminated with signal 9 [Killed]", "memory"),
        ] {
            assert!(is_about_the_machine(text), "{text}");
            let said = explain(text);
            assert!(said.contains(fix) && said.lines().count() == 1, "{text}: {said}");
            let tells_where = said.contains(&format!("TMPDIR is {}", env::temp_dir().display()));
            assert_eq!(tells_where, said.contains("set TMPDIR"), "{said}");
        }
        for text in
            ["duplicate symbol: malloc", "llvm::(anonymous namespace)::run", "memory allocation of 8 bytes failed", ""]
        {
            assert!(!is_about_the_machine(text), "{text}");
        }
        assert_eq!(explain("\nmismatched types\n more\n"), "mismatched types; more");
        assert_eq!(explain(""), "no message");
    }
}
