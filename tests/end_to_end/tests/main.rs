//! Tests of the labs from outside: they are built and run as a student does, and their output and exit status are
//! checked.

mod checkout;
mod command_line;
mod contract;
mod deck;
mod features;
mod forced;
mod growth;
mod handouts;
mod instructions;
mod lanes;
#[cfg(target_os = "linux")]
mod limits;
mod output;
mod predictions;
mod profile;
mod python;
mod scoreboard;
mod sizes;
mod stepping;
mod streams;
mod tidy;
#[cfg(target_os = "linux")]
mod toy;
mod truth;
#[cfg(target_os = "linux")]
mod untouched;
mod witness;
mod words;
#[cfg(target_os = "linux")]
mod workers;

#[test]
#[cfg(not(target_os = "linux"))]
fn some_checks_need_linux() {
    for what in [
        "dying workers",
        "closed pipes, full disks and terminals",
        "a single CPU",
        "sizes beyond memory",
        "what a lab takes of memory",
        "a lab that is added to a copy of the workspace",
        "what a run leaves behind",
    ] {
        end_to_end::skipped(what, "the check needs Linux's /proc, /dev/full, script, taskset and ulimit");
    }
}
