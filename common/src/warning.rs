//! Warnings that a reader needs before believing a report, each with what to do about it.

use crate::format::percent;
use std::fmt;

/// A condition that changes what the figures mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// Other programs used the CPUs while the lab measured.
    Disturbed {
        /// The share of the CPUs that they used, from 0 to 1.
        share: f64,
    },
    /// Only one CPU may be used: threads take turns and nothing runs in parallel.
    OneCpu,
    /// A control group grants less CPU time than the machine has CPUs.
    CpuQuota {
        /// The quota, in CPUs.
        granted: f64,
        /// The number of CPUs that the process may run on.
        allowed: usize,
    },
    /// The lab was compiled without optimisation.
    Unoptimized,
    /// Runs of the same variant differ too much for its median to mean anything.
    Noisy {
        /// The variants whose runs spread over more than half of their median.
        variants: Vec<&'static str>,
    },
    /// There is only one run per variant, so there is no spread.
    SingleRun,
    /// There are more workers than elements.
    EmptyChunks {
        /// The number of workers that was requested.
        workers: usize,
        /// The number of elements to share out.
        size: usize,
    },
    /// A variant was stopped short, and its figure is extrapolated.
    Capped {
        /// The variant that was stopped.
        variant: &'static str,
        /// What was run instead of the whole variant.
        message: String,
    },
    /// `--pin`, requested or always on in this lab, is not supported here.
    PinUnsupported,
    /// `--pin`, requested or always on in this lab, was refused, for example by a sandbox.
    PinRefused,
    /// `--python` found no interpreter, or no numpy, or the program failed.
    Python {
        /// What was missing, or what failed.
        message: String,
        /// How to install what was missing.
        advice: &'static str,
    },
}

impl Warning {
    /// Returns the stable name in a report.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Disturbed { .. } => "disturbed",
            Self::OneCpu => "one-cpu",
            Self::CpuQuota { .. } => "cpu-quota",
            Self::Unoptimized => "unoptimized",
            Self::Noisy { .. } => "noisy",
            Self::SingleRun => "single-run",
            Self::EmptyChunks { .. } => "empty-chunks",
            Self::Capped { .. } => "capped",
            Self::PinUnsupported => "pin-unsupported",
            Self::PinRefused => "pin-refused",
            Self::Python { .. } => "python",
        }
    }

    /// Returns what to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Disturbed { .. } => "close them and run this again",
            Self::OneCpu => {
                "run it where two CPUs are allowed (see taskset, docker --cpuset-cpus); compare no speed-ups"
            }
            Self::CpuQuota { .. } => "raise the quota (docker --cpus) or ask for as many threads as it grants",
            Self::Unoptimized => "build with the workspace's own profiles: cargo run, or cargo run --release",
            Self::Noisy { .. } => "close what else is running, or ask for more runs with --repeat",
            Self::SingleRun => "ask for at least --repeat 3 to see how much the figures move",
            Self::EmptyChunks { .. } => "ask for fewer workers or a larger --size",
            Self::Capped { .. } => "believe the order of magnitude, not the digits",
            Self::PinUnsupported => {
                "run on Linux or Windows, or take what threads do to each other here as a lower bound"
            }
            Self::PinRefused => {
                "allow sched_setaffinity in the container or sandbox, or compare no times with a pinned run"
            }
            Self::Python { advice, .. } => advice,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disturbed { share } => {
                write!(f, "other programs used {} of the CPUs, so the times mean little", percent(*share))
            }
            Self::OneCpu => f.write_str("one CPU is allowed: threads take turns, so no variant can gain from them"),
            Self::CpuQuota { granted, allowed } => {
                write!(f, "the control group grants {granted:.1} CPUs of the {allowed} allowed: threads are throttled")
            }
            Self::Unoptimized => f.write_str("built without optimisation: no speed-up is printed, times mean nothing"),
            Self::Noisy { variants } => {
                write!(f, "runs differ by more than half of their median: {}", variants.join(", "))
            }
            Self::SingleRun => f.write_str("one run per variant: the figures have no spread"),
            Self::EmptyChunks { workers, size } => {
                let noun = if *size == 1 { "element" } else { "elements" };
                write!(f, "{workers} workers share {size} {noun}: some of them get nothing to do")
            }
            Self::Capped { variant, message } => write!(f, "{variant} is capped: {message}"),
            Self::PinUnsupported => {
                f.write_str("this system cannot bind a thread to a CPU: threads run where it puts them")
            }
            Self::PinRefused => {
                f.write_str("binding a thread to a CPU was refused: threads run where the system puts them")
            }
            Self::Python { message, .. } => f.write_str(message),
        }
    }
}
