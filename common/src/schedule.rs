//! Schedules that end a race at a chosen value, and the gate that forces real threads through them.
//!
//! An increment is a load and, a moment later, a store of the value plus one. `N` threads do that `K` times each.
//!
//! **Theorem.** For `N, K >= 2` the possible final values of such a race are exactly `2, 3, ..., N * K`. (With `K = 1`
//! they are `1, ..., N`; a single thread ends at `K`.)
//!
//! **Proof.** The proof needs one property of the memory, *coherence*, which every atomic has for every ordering, even
//! relaxed (C11, section 5.1.2.4). All stores to the counter have one order, which contains each thread's stores in
//! program order. A load reads a store that comes before the thread's next own store, and not before its last own
//! store; if the thread has not stored yet, the load may also read the initial 0. The final value is what the last
//! store in that order wrote, because it is read when all threads have ended.
//!
//! - *Not above `N * K`:* the first store writes 1, and the `i`-th at most `i`, by induction: its load read an earlier store,
//!   which wrote at most `i - 1`, or the 0. There are `N * K` stores.
//! - *Not below 2:* no load reads less than 0, so every store writes at least 1. The last store of all is its thread's `K`-th,
//!   and `K >= 2`: its load comes after another store of that thread, so it read that one or a later one, at least 1 in any
//!   case, and it writes at least 2. (With `K = 1` there is no such earlier store, and 1 remains. A single thread always reads
//!   its own last store, and so loses nothing.)
//! - *Every value from there on:* for the target `V`, `L = N * K - V` increments have to be lost. A thread's store
//!   overwrites whatever other threads did between its load and this store.
//!   - If `L <= (N - 1) * K`: thread 0 loads 0, the others do `L` increments, thread 0 stores 1. The `N * K - L - 1` increments
//!     that are left run undisturbed, and the counter ends at `1 + N * K - L - 1 = V`. (If `L = 0`, all run undisturbed.)
//!   - Otherwise thread 0 loads 0, the others do `(N - 1) * K - 1` increments, of which thread 1 keeps one back, and thread 0
//!     stores 1. Thread 1 loads that 1, thread 0 does `M = L - ((N - 1) * K - 1)` increments, and thread 1 stores 2. Thread 0 has
//!     them, since `V >= 2` makes `M <= K - 1`. It ends with the `K - 1 - M` that it has left: `2 + K - 1 - M = N * K - L = V`.
//!
//! [`ending_at`] is this construction. The puzzle is Ben-Ari's ("Principles of Concurrent and Distributed Programming",
//! chapter 2). The package `model` confirms the theorem for small sizes by trying every schedule of the lab's
//! counter.

use std::ops::RangeInclusive;
use std::sync::{Condvar, Mutex};
use std::thread;

/// The step of a thread in one turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Begins an increment: loads the counter and remembers the value.
    Load,
    /// Ends that increment: stores the loaded value plus one.
    Store,
    /// This many whole increments, while no other thread runs.
    Increments(u64),
}

/// One step of one thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The thread, counted from 0.
    pub thread: usize,
    /// The step that the thread takes.
    pub step: Step,
}

/// Returns the possible final values of `threads` threads with `increments` each.
pub fn reachable(threads: u64, increments: u64) -> RangeInclusive<u64> {
    match (threads, increments) {
        (1, increments) => increments..=increments,
        (threads, 1) => 1..=threads,
        (threads, increments) => 2..=threads * increments,
    }
}

/// Returns a schedule with the final value `target`; `None` if there is none. It has at most `2 * threads + 5` turns,
/// however many increments there are.
pub fn ending_at(threads: usize, increments: u64, target: u64) -> Option<Vec<Turn>> {
    if !reachable(threads as u64, increments).contains(&target) {
        return None;
    }
    let mut schedule = Schedule { left: vec![increments; threads], turns: Vec::new() };
    let to_lose = threads as u64 * increments - target;
    let others = (threads as u64 - 1) * increments;
    // The two cases of the proof: the updates lost with thread 0's store of 1, and those lost with thread 1's store of
    // 2.
    let (first, second) = if to_lose <= others { (to_lose, 0) } else { (others - 1, to_lose - (others - 1)) };
    if first > 0 {
        schedule.half(0, Step::Load);
        let mut remaining = first;
        for thread in (1..threads).rev() {
            let keep = u64::from(second > 0 && thread == 1);
            let share = remaining.min(increments - keep);
            schedule.increments(thread, share);
            remaining -= share;
        }
        schedule.half(0, Step::Store);
    }
    if second > 0 {
        schedule.half(1, Step::Load);
        schedule.increments(0, second);
        schedule.half(1, Step::Store);
    }
    for thread in 0..threads {
        schedule.increments(thread, schedule.left[thread]);
    }
    Some(schedule.turns)
}

struct Schedule {
    left: Vec<u64>,
    turns: Vec<Turn>,
}

impl Schedule {
    fn half(&mut self, thread: usize, step: Step) {
        self.left[thread] -= u64::from(step == Step::Store);
        self.turns.push(Turn { thread, step });
    }

    fn increments(&mut self, thread: usize, count: u64) {
        if count > 0 {
            self.left[thread] -= count;
            self.turns.push(Turn { thread, step: Step::Increments(count) });
        }
    }
}

/// Runs real threads through a schedule. `increment` adds one; it calls its argument between its load and its store.
/// For most increments that call does nothing; for a [`Step::Load`] it waits for the turn of the store.
pub fn drive(turns: &[Turn], threads: usize, increment: impl Fn(&dyn Fn()) + Sync) {
    let gate = Gate { next: Mutex::new(0), changed: Condvar::new() };
    thread::scope(|scope| {
        for thread in 0..threads {
            let (gate, increment) = (&gate, &increment);
            scope.spawn(move || {
                let mut mine = turns.iter().enumerate().filter(|(_, turn)| turn.thread == thread);
                while let Some((index, turn)) = mine.next() {
                    gate.wait_for(index);
                    match turn.step {
                        Step::Increments(count) => (0..count).for_each(|_| increment(&|| {})),
                        Step::Store => unreachable!("a store is taken with its load"),
                        Step::Load => {
                            let (store, _) = mine.next().expect("a load is followed by its store");
                            increment(&|| {
                                gate.pass();
                                gate.wait_for(store);
                            });
                        }
                    }
                    gate.pass();
                }
            });
        }
    });
}

/// A gate that lets one turn through at a time, in order.
struct Gate {
    next: Mutex<usize>,
    changed: Condvar,
}

impl Gate {
    fn wait_for(&self, turn: usize) {
        let mut next = self.next.lock().expect("no turn panics");
        while *next != turn {
            next = self.changed.wait(next).expect("no turn panics");
        }
    }

    fn pass(&self) {
        *self.next.lock().expect("no turn panics") += 1;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    /// Computes the final value of a schedule without running it; `None` if the schedule does not fit these numbers of
    /// threads and increments.
    fn simulate(turns: &[Turn], threads: usize, increments: u64) -> Option<u64> {
        let (mut counter, mut seen, mut done) = (0, vec![None; threads], vec![0; threads]);
        for &Turn { thread, step } in turns {
            match (step, seen[thread].take()) {
                (Step::Load, None) => seen[thread] = Some(counter),
                (Step::Store, Some(value)) => (counter, done[thread]) = (value + 1, done[thread] + 1),
                (Step::Increments(count), None) => (counter, done[thread]) = (counter + count, done[thread] + count),
                _ => return None,
            }
        }
        (done == vec![increments; threads] && seen.iter().all(Option::is_none)).then_some(counter)
    }

    #[test]
    fn every_reachable_value_has_a_schedule_and_no_other_has() {
        for (threads, increments) in [(1, 1), (1, 7), (2, 1), (5, 1), (2, 2), (2, 3), (3, 4), (7, 2), (10, 100)] {
            let total = threads as u64 * increments;
            for target in 0..=total + 2 {
                let ends = ending_at(threads, increments, target).map(|turns| {
                    assert!(turns.len() <= 2 * threads + 5, "{} turns", turns.len());
                    simulate(&turns, threads, increments)
                });
                let expected = reachable(threads as u64, increments).contains(&target).then_some(Some(target));
                assert_eq!(ends, expected, "{threads} x {increments} to {target}");
            }
        }
    }

    #[test]
    fn real_threads_keep_to_the_schedule() {
        for target in (2..=1000).step_by(37).chain([3, 999, 1000]) {
            let counter = AtomicU64::new(0);
            let increment = |gap: &dyn Fn()| {
                let seen = counter.load(Relaxed);
                gap();
                counter.store(seen + 1, Relaxed);
            };
            drive(&ending_at(10, 100, target).unwrap(), 10, increment);
            assert_eq!(counter.into_inner(), target);
        }
    }
}
