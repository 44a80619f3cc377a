//! The simplest schedule to a wanted end: the one that a person can follow.

use super::machine::{End, Machine, Step};
use super::packed::Packing;
use super::program::Program;
use super::search::{MOST_STATES, explore};
use super::unanswered::Unanswered;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// A schedule, and what its steps read and wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// How they end.
    pub end: End,
    /// How often a step is another thread's than the one before it.
    pub switches: usize,
}

/// A state and the code of the thread that stepped last: the thread that steps next is either the same or a switch.
type Place = (u128, Option<u64>);

/// The schedule with the fewest context switches that ends at `end`, and among those with the fewest steps; `None` if no
/// schedule ends there.
///
/// Most bugs need few switches, and a schedule with few is one that a person can follow (Musuvathi and Qadeer, "Iterative
/// context bounding for systematic testing of multithreaded programs", 2007). The search is Dijkstra's: cheapest first.
///
/// # Errors
///
/// [`Unanswered`] if the program is too large.
#[inline]
pub fn simplest(program: &Program, end: End) -> Result<Option<Route>, Unanswered> {
    let packing = Packing::new(program)?;
    let start: Place = (packing.start(), None);
    // For each place what it costs to get there, the place before, and the code of the thread that stepped.
    let mut best: HashMap<Place, ((u32, u32), Place, u64)> = HashMap::new();
    let mut waiting = BinaryHeap::from([Reverse(((0, 0), start))]);
    while let Some(Reverse((cost, place))) = waiting.pop() {
        if best.get(&place).is_some_and(|&(better, ..)| better < cost) {
            continue;
        }
        let (state, last) = place;
        let mut has_moves = false;
        for step in packing.moves(state) {
            has_moves = true;
            let switches = cost.0 + u32::from(last.is_some_and(|last| last != step.thread));
            let (cost, next) = ((switches, cost.1 + 1), (step.next, Some(step.moved)));
            if best.get(&next).is_none_or(|&(known, ..)| cost < known) {
                best.insert(next, (cost, place, step.thread));
                waiting.push(Reverse((cost, next)));
            }
        }
        if !has_moves && packing.end(state) == end {
            let mut codes = Vec::new();
            let mut place = place;
            while place != start {
                let (_, before, code) = best[&place];
                codes.push(code);
                place = before;
            }
            codes.reverse();
            return Ok(Some(with_names(program, &packing, &codes)));
        }
        if best.len() > MOST_STATES {
            return Err(Unanswered::ManyStates { most: MOST_STATES });
        }
    }
    Ok(None)
}

/// Names the threads of a schedule of which only their codes are known. Of several threads with the same code any will do,
/// but the one that stepped last goes on.
fn with_names(program: &Program, packing: &Packing, codes: &[u64]) -> Route {
    let mut machine = Machine::new(program);
    let mut steps: Vec<Step> = Vec::with_capacity(codes.len());
    for &code in codes {
        let last = steps.last().map(|step| step.thread);
        let mut threads = last.into_iter().chain(0..program.threads());
        let thread = threads.find(|&thread| packing.pack(machine.state().threads[thread]) == code);
        steps.push(machine.step(thread.expect("a thread has this code")).expect("the search took this step"));
    }
    let end = machine.end().expect("the search ended here");
    let switches = steps.windows(2).filter(|pair| pair[0].thread != pair[1].thread).count();
    Route { steps, end, switches }
}

/// The simplest schedules to the least and to the greatest value that a program can end at; `None` if it always ends in a
/// deadlock.
///
/// # Errors
///
/// [`Unanswered`] if the program is too large.
#[inline]
pub fn extremes(program: &Program) -> Result<Option<[Route; 2]>, Unanswered> {
    let ends = explore(program)?.ends;
    let finals = || ends.iter().filter(|end| matches!(end, End::Final(_)));
    let (Some(&least), Some(&greatest)) = (finals().min(), finals().max()) else { return Ok(None) };
    Ok(simplest(program, least)?.zip(simplest(program, greatest)?).map(|(least, greatest)| [least, greatest]))
}
