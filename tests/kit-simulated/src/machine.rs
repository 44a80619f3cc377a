//! The simulated machine. Its threads are real, but only one runs at a time: the one whose clock is furthest behind, or
//! of several such threads the one with the lowest number. So the costs determine the order of all operations, and a
//! run can be repeated exactly.

use common::exercise::costs;
use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Work of a thread that is counted, in addition to its time.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// The thread computed with this many elements.
    Elements(u64),
    /// The thread copied this many elements.
    Copied(u64),
}

/// The cost of a run, and the work of each thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The ticks from the beginning to the end.
    pub ticks: u64,
    /// The number of threads that were started.
    pub started: usize,
    /// The most threads that ran at the same time.
    pub at_once: usize,
    /// The number of elements that each started thread computed with, in the order of the threads. The last entry is
    /// that of the first thread, which started the others.
    pub elements: Vec<u64>,
    /// The number of copied elements.
    pub copied: u64,
}

#[derive(Default)]
struct State {
    clocks: Vec<u64>,
    has_ended: Vec<bool>,
    /// The index of the thread that may run.
    turn: usize,
}

struct Machine {
    state: Mutex<State>,
    changed: Condvar,
}

thread_local! {
    static PLACE: RefCell<Option<(Arc<Machine>, usize)>> = const { RefCell::new(None) };
}

static REPORT: Mutex<Report> = Mutex::new(Report { ticks: 0, started: 0, at_once: 0, elements: Vec::new(), copied: 0 });
/// The elements that the first thread itself computed with.
static OWN: Mutex<u64> = Mutex::new(0);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `run` and reports its costs. Only one run is possible at a time.
pub fn measure<T>(run: impl FnOnce() -> T) -> (T, Report) {
    *lock(&REPORT) = Report::default();
    *lock(&OWN) = 0;
    let result = run();
    let mut report = std::mem::take(&mut *lock(&REPORT));
    report.elements.push(*lock(&OWN));
    (result, report)
}

/// Advances this thread's clock by `ticks`.
pub fn spend(ticks: u64) {
    let place = PLACE.with_borrow(Clone::clone);
    match place {
        None => lock(&REPORT).ticks += ticks,
        Some((machine, index)) => machine.spend(index, ticks),
    }
}

/// Returns this thread's clock, in ticks.
pub fn now() -> u64 {
    match PLACE.with_borrow(Clone::clone) {
        None => lock(&REPORT).ticks,
        Some((machine, index)) => lock(&machine.state).clocks[index],
    }
}

/// Advances this thread's clock to `time`, if it is behind.
pub fn wait_until(time: u64) {
    let behind = time.saturating_sub(now());
    match PLACE.with_borrow(Clone::clone) {
        None => lock(&REPORT).ticks += behind,
        Some((machine, index)) => lock(&machine.state).clocks[index] += behind,
    }
}

/// Records `what` was done and adds `ticks` to this thread's clock. No other thread sees the work, so none has to wait
/// for it.
pub fn work(what: Work, ticks: u64) {
    let place = PLACE.with_borrow(Clone::clone);
    match (what, &place) {
        (Work::Copied(count), _) => lock(&REPORT).copied += count,
        (Work::Elements(count), None) => *lock(&OWN) += count,
        (Work::Elements(count), Some((machine, index))) => {
            let mut report = lock(&REPORT);
            let first = report.elements.len() - lock(&machine.state).clocks.len();
            report.elements[first + index] += count;
        }
    }
    match place {
        None => lock(&REPORT).ticks += ticks,
        Some((machine, index)) => lock(&machine.state).clocks[index] += ticks,
    }
}

impl Machine {
    fn spend(&self, index: usize, ticks: u64) {
        let mut state = lock(&self.state);
        state.clocks[index] += ticks;
        self.pass_on(&mut state);
        drop(self.changed.wait_while(state, |state| state.turn != index).unwrap_or_else(PoisonError::into_inner));
    }

    fn pass_on(&self, state: &mut State) {
        let waiting = (0..state.clocks.len()).filter(|&thread| !state.has_ended[thread]);
        if let Some(next) = waiting.min_by_key(|&thread| (state.clocks[thread], thread)) {
            state.turn = next;
        }
        self.changed.notify_all();
    }
}

/// Ends a thread's turn even when it panics, because the other threads must continue.
struct Ending<'a>(&'a Machine, usize);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.has_ended[self.1] = true;
        self.0.pass_on(&mut state);
    }
}

/// Runs `work` in `threads` threads, numbered from 0, and returns their results in that order. The threads are started
/// one after the other. A thread cannot start other threads.
///
/// # Panics
///
/// If a worker panics, or starts threads itself.
pub fn in_threads<T: Send + 'static>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    assert!(PLACE.with_borrow(Option::is_none), "a worker called in_threads, but a worker cannot start threads");
    let begin = {
        let mut report = lock(&REPORT);
        report.started += threads;
        report.at_once = report.at_once.max(threads);
        report.elements.extend(vec![0; threads]);
        report.ticks
    };
    let clocks: Vec<u64> = (1..=threads as u64).map(|count| begin + count * costs::START).collect();
    let state = State { clocks, has_ended: vec![false; threads], turn: 0 };
    let machine = Arc::new(Machine { state: Mutex::new(state), changed: Condvar::new() });
    let results = thread::scope(|scope| {
        let run = |index: usize| {
            let (machine, work) = (machine.clone(), &work);
            scope.spawn(move || {
                PLACE.set(Some((machine.clone(), index)));
                let _ending = Ending(&machine, index);
                machine.spend(index, 0);
                work(index)
            })
        };
        let handles: Vec<_> = (0..threads).map(run).collect();
        handles.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let last = lock(&machine.state).clocks.iter().copied().max();
    lock(&REPORT).ticks = last.unwrap_or(begin);
    results.into_iter().map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::Numbers;
    use crate::exercise::atomic::{AtomicU64, Ordering::Relaxed};

    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    fn sum(numbers: &Numbers, threads: usize) -> i64 {
        let part = |thread: usize| numbers.len() * thread / threads..numbers.len() * (thread + 1) / threads;
        in_threads(threads, |thread| numbers.sum(part(thread))).iter().sum()
    }

    #[test]
    fn time_is_counted_and_not_measured() {
        let _one = lock(&ONE_AT_A_TIME);
        let numbers = Numbers::new((0..1_000_000).collect());
        let (total, report) = measure(|| sum(&numbers, 4));
        assert_eq!(total, 499_999_500_000);
        assert_eq!(report.ticks, 4 * costs::START + 250_001, "the last thread starts last");
        assert_eq!((report.started, report.elements), (4, vec![250_000, 250_000, 250_000, 250_000, 0]));
        let (_, alone) = measure(|| numbers.sum(0..1000));
        assert_eq!((alone.ticks, alone.started, alone.elements), (1001, 0, vec![1000]));
    }

    #[test]
    fn the_thread_that_is_behind_continues_so_a_run_can_be_repeated() {
        let _one = lock(&ONE_AT_A_TIME);
        let run = || {
            let next = AtomicU64::new(0);
            let take = |_| {
                let mut taken = Vec::new();
                loop {
                    let piece = next.fetch_add(1, Relaxed);
                    if piece >= 20 {
                        return taken;
                    }
                    taken.push(piece);
                    spend(if piece < 5 { 100_000 } else { 1_000 });
                }
            };
            measure(|| in_threads(3, take))
        };
        let first = run();
        assert!((0..20).all(|_| run() == first));
        assert!(first.0.iter().all(|taken| !taken.is_empty()), "{first:?}");
    }

    #[test]
    fn a_worker_that_panics_ends_the_run() {
        let _one = lock(&ONE_AT_A_TIME);
        let run = || in_threads(3, |thread| assert!(thread != 1, "no"));
        assert!(std::panic::catch_unwind(run).is_err());
        assert!(std::panic::catch_unwind(|| in_threads(2, |_| in_threads(2, |_| ()))).is_err());
    }
}
