//! The answers of worker processes, and where the time of a crew of workers went.

use common::{shared_memory::SharedMemory, timing::Sample};

/// One worker's answer to one request.
#[derive(Clone)]
pub struct Answer {
    /// The sum of its range.
    pub sum: i64,
    /// Seconds that the sum took, including its page faults.
    pub seconds: f64,
    /// Seconds of that in the kernel, which handles the page faults and otherwise has little to do.
    pub system_seconds: f64,
    /// Page faults during the sum, or `None` if the system does not report them.
    pub page_faults: Option<u64>,
    /// The address of the array in this worker.
    pub address: usize,
    /// The first four elements that the worker reads there.
    pub first: Vec<i64>,
}

impl Answer {
    /// Creates the answer of the calling worker.
    pub fn new(
        sample: &Sample<i64>,
        system_seconds: f64,
        page_faults: Option<u64>,
        memory: &SharedMemory,
        array: &[i64],
    ) -> Self {
        let first = array.iter().take(4).copied().collect();
        Self {
            sum: sample.value,
            seconds: sample.seconds,
            system_seconds,
            page_faults,
            address: memory.address(),
            first,
        }
    }

    /// Encodes the answer as numbers for the pipe.
    pub fn into_numbers(self) -> Vec<i64> {
        let faults = self.page_faults.map_or(-1, |faults| faults as i64);
        let nanoseconds = |seconds: f64| (seconds * 1e9) as i64;
        let times = [nanoseconds(self.seconds), nanoseconds(self.system_seconds)];
        [vec![self.sum, times[0], times[1], faults, self.address as i64], self.first].concat()
    }
}

impl From<Vec<i64>> for Answer {
    fn from(numbers: Vec<i64>) -> Self {
        Self {
            sum: numbers[0],
            seconds: numbers[1] as f64 * 1e-9,
            system_seconds: numbers[2] as f64 * 1e-9,
            page_faults: u64::try_from(numbers[3]).ok(),
            address: numbers[4] as usize,
            first: numbers[5..].to_vec(),
        }
    }
}

/// The results of one crew of workers that was asked twice.
#[derive(Clone)]
pub struct Crew {
    /// The run from the start of the processes to their end, without the second request. The lecture times the same.
    pub cold: Sample<i64>,
    /// The second request alone: the processes run already, and their page tables are complete.
    pub warm: Sample<i64>,
    /// Seconds from the request to end until all processes have ended. `cold` includes them.
    pub end: f64,
    /// Page faults of all workers in the first request and in the second.
    pub page_faults: [Option<u64>; 2],
    /// The answers to the first request.
    pub answers: Vec<Answer>,
}

impl Crew {
    /// Combines both answers of each worker with the laps `start`, `cold`, `warm` and `end`.
    ///
    /// The cost of page faults is the kernel's share of the slowest worker's first sum. The rest of a request is the time for the
    /// question and the answers to travel. The end of the processes comes after the warm sum, but counts as part of `collect` of
    /// the cold one.
    pub fn of(cold: Vec<Answer>, warm: Vec<Answer>, laps: &Sample<()>) -> Self {
        let lap = |name| laps.phases.iter().find(|phase| phase.0 == name).map_or(0.0, |phase| phase.1);
        let sum = |answers: &[Answer]| answers.iter().map(|answer| answer.sum).sum();
        let slowest = cold.iter().max_by(|one, other| one.seconds.total_cmp(&other.seconds));
        let faults = slowest.map_or(0.0, |answer| answer.system_seconds.min(answer.seconds));
        let slowest = slowest.map_or(0.0, |answer| answer.seconds);
        let slowest_again = warm.iter().map(|answer| answer.seconds).fold(0.0, f64::max);
        let cold_sample = Sample {
            value: sum(&cold),
            seconds: lap("start") + lap("cold") + lap("end"),
            phases: vec![
                ("start", lap("start")),
                ("page_faults", faults),
                ("compute", slowest - faults),
                ("collect", lap("cold") - slowest + lap("end")),
            ],
            bytes_copied: Some(0),
        };
        let warm_sample = Sample {
            value: sum(&warm),
            seconds: lap("warm"),
            phases: vec![("compute", slowest_again), ("collect", lap("warm") - slowest_again)],
            bytes_copied: Some(0),
        };
        let page_faults = |answers: &[Answer]| answers.iter().map(|answer| answer.page_faults).sum();
        Self {
            page_faults: [page_faults(&cold), page_faults(&warm)],
            cold: cold_sample,
            warm: warm_sample,
            end: lap("end"),
            answers: cold,
        }
    }
}
