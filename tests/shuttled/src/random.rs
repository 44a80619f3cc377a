//! Random schedules of a counter, until one ends wrong.

use crate::sync::Counter;
use shuttle::scheduler::{RandomScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, Runner};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The version that is used.
pub const SHUTTLE: &str = "shuttle 0.9.10";

/// Runs a counter once with some threads and increments, and returns its final value.
pub type Execute = fn(usize, u64) -> u64;

/// Runs the threads of one schedule on a new counter.
pub fn execute<C: Counter + Send + 'static>(new: impl FnOnce(usize) -> C, threads: usize, increments: u64) -> u64 {
    let counter = Arc::new(new(threads));
    let start = |thread| {
        let counter = counter.clone();
        shuttle::thread::spawn(move || counter.add_many(thread, increments))
    };
    let threads: Vec<_> = (0..threads).map(start).collect();
    threads.into_iter().for_each(|thread| thread.join().expect("no counter panics"));
    counter.value()
}

/// What random schedules show.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The number of schedules.
    pub schedules: u64,
    /// The time that they took, in seconds.
    pub seconds: f64,
    /// A final value that is wrong; `None` if no schedule shows one.
    pub wrong: Option<u64>,
}

/// Draws at random until a value is wrong, or until the time is over.
struct UntilWrong {
    random: RandomScheduler,
    wrong: Arc<AtomicU64>,
    end: Instant,
}

/// No final value is wrong so far.
const NONE: u64 = u64::MAX;

impl Scheduler for UntilWrong {
    fn new_execution(&mut self) -> Option<Schedule> {
        let goes_on = self.wrong.load(Relaxed) == NONE && Instant::now() < self.end;
        if goes_on { self.random.new_execution() } else { None }
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, is_yielding: bool) -> Option<TaskId> {
        self.random.next_task(runnable, current, is_yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.random.next_u64()
    }
}

/// Runs a counter in at most `most` random schedules, which are the same for the same seed. Returns `None` if no counter
/// has this name.
pub fn search(
    variant: &str,
    (threads, increments): (usize, u64),
    seed: u64,
    most: usize,
    time: Duration,
) -> Option<Found> {
    let mut counters =
        crate::COUNTERS.iter().flat_map(|(_, counters)| counters.iter()).chain(crate::algorithms::ALGORITHMS);
    let execute = counters.find(|counter| counter.name == variant)?.execute?;
    let (start, wrong) = (Instant::now(), Arc::new(AtomicU64::new(NONE)));
    let random = RandomScheduler::new_from_seed(seed, most);
    let scheduler = UntilWrong { random, wrong: wrong.clone(), end: start + time };
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    let shared = wrong.clone();
    let schedules = Runner::new(scheduler, config).run(move || {
        let value = execute(threads, increments);
        if value != threads as u64 * increments {
            shared.store(value, Relaxed);
        }
    });
    let wrong = Some(wrong.load(Relaxed)).filter(|&value| value != NONE);
    Some(Found { schedules: schedules as u64, seconds: start.elapsed().as_secs_f64(), wrong })
}
