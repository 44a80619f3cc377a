//! Decides whether this machine is quiet enough for a verdict on a ratio.

use super::board::{Measured, Ratio};
use common::format::{percent, ratio};
use common::timing::Summary;
use common::{machine::Machine, warning::Warning};
use std::{fs, thread, time::Duration};

/// The fewest rounds from which a spread means something.
pub const LEAST_ROUNDS: usize = 5;

/// If pinned threads of arithmetic reach less than this share of their number, they did not have a CPU each.
pub const LEAST_EFFICIENCY: f64 = 0.9;

/// A machine is busy if other programs use more than this share of all CPUs.
pub const MOST_BUSY: f64 = 0.1;

/// The widest middle half of the ratios, as a share of their median.
pub const WIDEST: f64 = 0.25;

/// The same for the ratios of the calibration, which needs only CPUs. On a quiet machine they spread over a few
/// percent.
pub const WIDEST_CALIBRATION: f64 = 0.1;

/// The state of the machine before, during and after the rounds.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The number of counted rounds.
    pub rounds: usize,
    /// Whether the sizes are those of `--quick`.
    pub quick: bool,
    /// The resources of the machine that this process may use.
    pub machine: Machine,
    /// The speed-up of two pinned threads over one, round by round.
    pub calibration: Ratio,
    /// The share of all CPUs that other programs used before the rounds, and after them; `None` where the system does
    /// not say.
    pub busy: [Option<f64>; 2],
    /// The number of periods in which the control group's quota stopped this process meanwhile.
    pub throttled: u64,
}

impl Conditions {
    /// Returns why a row with `threads` threads cannot be judged; `None` if it can.
    pub fn objection(&self, threads: usize) -> Option<String> {
        if self.quick {
            return Some("the sizes of --quick are too small to tell".into());
        }
        if self.machine.warnings().contains(&Warning::Unoptimized) {
            return Some(Warning::Unoptimized.to_string());
        }
        if self.rounds < LEAST_ROUNDS {
            return Some(format!("{} rounds: at least {LEAST_ROUNDS} show a spread", self.rounds));
        }
        if self.throttled > 0 {
            return Some(format!("the CPU quota of the control group stopped the run {} times", self.throttled));
        }
        for (share, when) in self.busy.iter().zip(["before", "after"]) {
            if let Some(share) = share.filter(|&share| share > MOST_BUSY) {
                return Some(format!("the machine was busy: others took {} of it {when} the rounds", percent(share)));
            }
        }
        if threads < 2 {
            return None;
        }
        if let Some(warning) = self.machine.warnings().first() {
            return Some(warning.to_string());
        }
        let Ratio { all: Summary { median: reached, .. }, middle_half } = self.calibration;
        if middle_half > WIDEST_CALIBRATION {
            return Some(format!(
                "what two pinned threads of arithmetic reached spreads over {}",
                percent(middle_half)
            ));
        }
        (reached < LEAST_EFFICIENCY * 2.0)
            .then(|| format!("two pinned threads of arithmetic reached {}: the CPUs were not ours", ratio(reached)))
    }
}

/// Returns the ratio of the calibration's rows: two threads over one.
pub fn calibration(rows: &[Measured]) -> Ratio {
    let find = |threads| {
        let found = rows.iter().find(|measured| measured.row.group == "calibration" && measured.row.threads == threads);
        found.expect("it is measured with one thread and with two")
    };
    find(2).times_as_fast_as(find(1))
}

/// Returns the share of all CPUs that is in use while this process and its peers sleep, so by other programs.
pub fn busy() -> Option<f64> {
    let before = cpu_times(&fs::read_to_string("/proc/stat").ok()?)?;
    thread::sleep(Duration::from_secs(1));
    let after = cpu_times(&fs::read_to_string("/proc/stat").ok()?)?;
    let (used, all) = (after.0 - before.0, after.1 - before.1);
    (all > 0).then(|| used as f64 / all as f64)
}

/// Returns the ticks in use and all ticks since the machine started, from the first line of `/proc/stat` (Linux,
/// proc(5)): user, nice, system, idle, iowait, irq, softirq, steal. Time that a hypervisor gave to other machines
/// counts as in use.
pub fn cpu_times(text: &str) -> Option<(u64, u64)> {
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = line.split_whitespace().take(8).map_while(|word| word.parse().ok()).collect();
    let (idle, all) = (ticks.get(3)? + ticks.get(4)?, ticks.iter().sum::<u64>());
    Some((all - idle, all))
}

/// Returns the number of periods in which quotas have stopped this process's control group so far: 0 if there is no
/// quota. In a container, its own group is the root that it sees.
pub fn throttled() -> u64 {
    let membership = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let own = membership.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
    let folders = [format!("/sys/fs/cgroup{own}"), "/sys/fs/cgroup".into(), "/sys/fs/cgroup/cpu".into()];
    let text = folders.iter().find_map(|folder| fs::read_to_string(format!("{folder}/cpu.stat")).ok());
    throttled_periods(&text.unwrap_or_default())
}

/// Reads `nr_throttled` of a `cpu.stat` (Linux, Documentation/admin-guide/cgroup-v2.rst).
pub fn throttled_periods(text: &str) -> u64 {
    let found = text.lines().find_map(|line| line.strip_prefix("nr_throttled "));
    found.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}
