//! The search: every state once, and what the schedules end at.

use super::machine::{End, Thread};
use super::packed::Packing;
use super::program::{Cell, Instruction, OnFailure, Program};
use super::unanswered::Unanswered;
use std::collections::{BTreeMap, BTreeSet};

/// A search that meets more states gives up. So many take a second or a few.
pub const MOST_STATES: usize = 1 << 22;

/// What [`explore`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explored {
    /// How the schedules end: exactly these ends can be reached.
    pub ends: BTreeSet<End>,
    /// How many states there are, when threads are interchangeable.
    pub states: usize,
}

/// Visits every state that a schedule can reach.
///
/// # Errors
///
/// [`Unanswered`] if the program is too large.
#[inline]
pub fn explore(program: &Program) -> Result<Explored, Unanswered> {
    let (ends, states) = search(program)?;
    Ok(Explored { ends: ends.into_keys().collect(), states })
}

/// The values that a program can end at: exactly these.
///
/// # Errors
///
/// [`Unanswered`] if the program is too large, or if a schedule ends in a deadlock.
#[inline]
pub fn finals(program: &Program) -> Result<BTreeSet<u64>, Unanswered> {
    let value = |end| match end {
        End::Final(value) => Ok(value),
        End::Deadlock => Err(Unanswered::Deadlock),
    };
    explore(program)?.ends.into_iter().map(value).collect()
}

/// How many schedules end in each way. Here threads have names: two schedules are different if at any step it is another
/// thread's turn.
///
/// # Errors
///
/// [`Unanswered`] if the program is too large, or has too many schedules.
#[inline]
pub fn schedules(program: &Program) -> Result<BTreeMap<End, u128>, Unanswered> {
    let (ends, _) = search(program)?;
    if ends.values().fold(0, |sum: u128, &count| sum.saturating_add(count)) == TOO_MANY {
        return Err(Unanswered::ManySchedules);
    }
    Ok(ends)
}

/// Stands for itself and all larger counts: sums and products stop there.
const TOO_MANY: u128 = u128::MAX;

/// How many schedules end in each way, and how many states they meet.
///
/// Every step raises the [`rank`]. So the states are visited rank by rank: when those of one rank come to their turn, all steps
/// that lead to them have been taken, and nothing ever leads back to them. They are sorted, which brings those that were
/// reached in several ways together, and are then forgotten.
#[inline]
fn search(program: &Program) -> Result<(BTreeMap<End, u128>, usize), Unanswered> {
    let packing = Packing::new(program)?;
    // By rank: the states, each with the number of ways that lead there, and some of them several times.
    let mut waiting = BTreeMap::from([(0, vec![(packing.start(), 1_u128)])]);
    let (mut ends, mut states) = (BTreeMap::new(), 0);
    while let Some((_, mut layer)) = waiting.pop_first() {
        layer.sort_unstable_by_key(|&(state, _)| state);
        for same in layer.chunk_by(|one, other| one.0 == other.0) {
            let state = same[0].0;
            let ways = same.iter().fold(0_u128, |sum, &(_, ways)| sum.saturating_add(ways));
            let mut has_moves = false;
            for step in packing.moves(state) {
                has_moves = true;
                let ways = ways.saturating_mul(step.count);
                waiting.entry(rank(program, &packing, step.next)).or_default().push((step.next, ways));
            }
            if !has_moves {
                let count: &mut u128 = ends.entry(packing.end(state)).or_default();
                *count = count.saturating_add(ways);
            }
            states += 1;
        }
        if states > MOST_STATES {
            return Err(Unanswered::ManyStates { most: MOST_STATES });
        }
    }
    Ok((ends, states))
}

/// A number that every step raises, which is also why every schedule ends.
///
/// Most steps bring their thread forward in its program, and only an attempt to exchange that failed does not. But that
/// was *stale*: what the thread had seen was no longer there. Now it is *fresh*, or about to load what is there and so
/// to become fresh. From stale to fresh counts 2, and the load in between 1. A thread that writes may make all others
/// stale again, but has gone forward, and a place in the program counts for more than 2 for each thread.
#[inline]
fn rank(program: &Program, packing: &Packing, state: u128) -> u64 {
    use Instruction::{CompareExchange, Load};
    let (body, shared) = (program.body, packing.shared(state));
    let place = 2 * program.threads as u64 + 1;
    let rank = |thread: Thread| {
        let at = (program.repeats - thread.left) * body.len() as u64 + thread.at as u64;
        match (body[thread.at], body.get(thread.at + 1)) {
            (Load(_), Some(CompareExchange(_, OnFailure::LoadAgain))) => (at + 1) * place + 1,
            (CompareExchange(cell, OnFailure::LoadAgain | OnFailure::TryAgain), _) => {
                let held = if cell == Cell::Own { thread.own } else { shared.counter };
                at * place + if thread.seen == Some(held) { 2 } else { 0 }
            }
            _ => at * place,
        }
    };
    packing.threads(state).map(rank).sum()
}
