//! Measures the CPU time of this process and of other programs.

use std::ops::Sub;

/// CPU time and interruptions of this process and of the processes that it has waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Seconds of CPU time, in the program and in the kernel.
    pub cpu_seconds: f64,
    /// Seconds of CPU time in the kernel alone.
    pub system_seconds: f64,
    /// How often the system took a CPU away from a running thread.
    pub involuntary_switches: u64,
}

impl Usage {
    /// Returns the usage from the start of this process until now; `None` where the system does not say.
    pub fn now() -> Option<Self> {
        // Miri knows no getrusage.
        if cfg!(miri) { None } else { system::usage() }
    }
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            cpu_seconds: self.cpu_seconds - earlier.cpu_seconds,
            system_seconds: self.system_seconds - earlier.system_seconds,
            involuntary_switches: self.involuntary_switches.saturating_sub(earlier.involuntary_switches),
        }
    }
}

/// Measures how much other programs use the CPUs that this process may use.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    start: std::time::Instant,
    own: Option<Usage>,
    busy: Option<f64>,
}

/// The shortest measured time, in seconds: the kernel counts CPU time in hundredths of a second.
const SHORTEST: f64 = 0.2;

impl Watch {
    /// Starts to measure the CPU time.
    #[expect(clippy::new_without_default, reason = "starting a measurement is not a default value")]
    pub fn new() -> Self {
        let own = Usage::now();
        Self { start: std::time::Instant::now(), own, busy: own.and_then(|_| system::busy_seconds()) }
    }

    /// Returns the share of the CPUs that other programs have used since the start, from 0 to 1; `None` where the
    /// system does not say, or if too little time has passed.
    pub fn taken_by_others(&self) -> Option<f64> {
        let elapsed = self.start.elapsed().as_secs_f64();
        let own = Usage::now()? - self.own?;
        let busy = system::busy_seconds()? - self.busy?;
        let all = elapsed * crate::machine::allowed_cpus().len() as f64;
        (elapsed >= SHORTEST).then(|| ((busy - own.cpu_seconds) / all).clamp(0.0, 1.0))
    }
}

#[cfg(unix)]
mod system {
    use super::Usage;

    pub fn usage() -> Option<Usage> {
        let of = |who| {
            // SAFETY: an rusage is made of integers, for which all zeros is a value.
            let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
            // SAFETY: the pointer is to an rusage that lives through the call.
            (unsafe { libc::getrusage(who, &mut usage) } == 0).then_some(usage)
        };
        let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
        let mut sum = Usage::default();
        for usage in [of(libc::RUSAGE_SELF)?, of(libc::RUSAGE_CHILDREN)?] {
            sum.cpu_seconds += seconds(usage.ru_utime) + seconds(usage.ru_stime);
            sum.system_seconds += seconds(usage.ru_stime);
            sum.involuntary_switches += u64::try_from(usage.ru_nivcsw).unwrap_or(0);
        }
        Some(sum)
    }

    /// Returns the seconds that the CPUs of this process have been busy, or were taken by the host, since the system
    /// started.
    #[cfg(target_os = "linux")]
    pub fn busy_seconds() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/stat").ok()?;
        let allowed = crate::machine::allowed_cpus();
        // SAFETY: sysconf only looks up a number.
        let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
        (per_second > 0.0).then(|| super::busy_ticks(&text, &allowed) as f64 / per_second)
    }

    #[cfg(not(target_os = "linux"))]
    pub fn busy_seconds() -> Option<f64> {
        None
    }
}

#[cfg(not(unix))]
mod system {
    pub fn usage() -> Option<super::Usage> {
        None
    }

    pub fn busy_seconds() -> Option<f64> {
        None
    }
}

/// Adds up the busy ticks of these CPUs in the text of `/proc/stat` (proc_stat(5)): user, nice, system, irq, softirq
/// and steal. Idle and iowait do not count; guests are part of user.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems have no such file"))]
fn busy_ticks(text: &str, cpus: &[usize]) -> u64 {
    let line = |line: &str| {
        let mut fields = line.strip_prefix("cpu")?.split_whitespace();
        let cpu: usize = fields.next()?.parse().ok()?;
        let ticks: Vec<u64> = fields.take(8).filter_map(|field| field.parse().ok()).collect();
        let busy: u64 = [0, 1, 2, 5, 6, 7].into_iter().filter_map(|field| ticks.get(field)).sum();
        cpus.contains(&cpu).then_some(busy)
    };
    let of_cpus = text.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu "));
    of_cpus.filter_map(line).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    #[cfg(all(unix, not(miri)))]
    fn work_takes_cpu_time() {
        let before = Usage::now().unwrap();
        while (Usage::now().unwrap() - before).cpu_seconds < 0.02 {
            for number in 0..100_000 {
                std::hint::black_box(number);
            }
        }
    }

    #[test]
    fn busy_is_all_but_idle_and_waiting_of_the_cpus_that_count() {
        let text = "cpu  99 99 99 99 99 99 99 99 0 0\ncpu0 1 2 3 400 50 6 7 8 0 0\ncpu1 10 0 0 5 5 0 0 0 0 0\nintr 5\n";
        assert_eq!((busy_ticks(text, &[0]), busy_ticks(text, &[0, 1]), busy_ticks(text, &[7])), (27, 37, 0));
    }

    #[test]
    fn a_moment_is_too_short_to_tell() {
        assert_eq!(Watch::new().taken_by_others(), None);
    }
}
