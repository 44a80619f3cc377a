//! Finds processes in `/proc`, and sends them signals.

use std::fs;
use std::process::Command;

/// A live process. A process that has ended, but that its parent has not waited for, does not count.
struct Process {
    number: u32,
    parent: u32,
    group: u32,
}

fn living() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let number = entry.file_name().to_string_lossy().parse().ok()?;
        // "pid (name) state parent group …"; the name may contain any character, even a closing bracket.
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let lives = !["Z", "X", "x"].contains(&fields.next()?);
        let process = Process { number, parent: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? };
        lives.then_some(process)
    })
}

/// Returns the live processes that this one started.
pub fn children(parent: u32) -> Vec<u32> {
    living().filter(|process| process.parent == parent).map(|process| process.number).collect()
}

/// Returns the live processes of a group: the descendants of its leader, whose process number is the group's number.
pub fn members(group: u32) -> Vec<u32> {
    living().filter(|process| process.group == group).map(|process| process.number).collect()
}

/// Returns the signal that ended a process whose parent has not waited for it yet. `None` if it lives, or ended in
/// another way.
pub fn ended_by(process: u32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split_whitespace().collect();
    // The last field is the status that the parent will get; its lowest seven bits are the signal (man 5 proc, man 2 wait).
    let status: i32 = fields.last()?.parse().ok()?;
    (fields[0] == "Z" && status & 0x7f != 0).then_some(status & 0x7f)
}

/// Returns whether a process has ended, whether its parent has waited for it or not.
pub fn has_ended(process: u32) -> bool {
    !living().any(|other| other.number == process)
}

/// Sends a signal, such as `KILL`, to a process, or with a negative number to a process group.
pub fn signal(name: &str, process: i64) {
    let _ = Command::new("sh").args(["-c", &format!("kill -s {name} -- {process} 2>/dev/null")]).status();
}

/// Returns whether this process ignores interrupts, as a shell's background command does. Its children then ignore them
/// too.
pub fn ignores_interrupts() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 0b10 != 0)
}

/// Returns the named shared memory that a process has mapped or holds open. It stays in its folder until a process
/// removes it.
pub fn named_shared_memory(process: u32) -> Vec<String> {
    let mapped = fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default();
    let mapped = mapped.lines().filter_map(|line| line.split_whitespace().nth(5).map(str::to_string));
    let open = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let open = open.filter_map(|entry| Some(fs::read_link(entry.path()).ok()?.to_string_lossy().into_owned()));
    mapped.chain(open).filter(|path| path.starts_with("/dev/shm/")).collect()
}
