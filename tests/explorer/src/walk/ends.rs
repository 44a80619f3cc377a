//! Ends: which of them each state can still reach.

use super::{End, State};
use crate::hang::{self, Waiting};
use crate::report::Problem;
use std::collections::BTreeMap;

/// For each state, the states with a step to it.
struct Backwards(Vec<Vec<usize>>);

impl Backwards {
    fn new(states: &[State], with_chance: bool) -> Self {
        let mut before = vec![Vec::new(); states.len()];
        for (from, state) in states.iter().enumerate() {
            let steps = state.steps.iter().filter(|choice| with_chance || !choice.step.by_chance);
            steps.for_each(|choice| before[choice.to].push(from));
        }
        Self(before)
    }

    /// Returns for each state whether it reaches one of these.
    fn reach(&self, these: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.0.len()];
        let mut left: Vec<usize> = these.collect();
        while let Some(state) = left.pop() {
            if !std::mem::replace(&mut reached[state], true) {
                left.extend(&self.0[state]);
            }
        }
        reached
    }
}

/// Finds the states that hang, and notes in each state which ends it can reach.
pub fn find(states: &mut [State]) {
    find_hangs(states);
    let mut by_end: BTreeMap<End, Vec<usize>> = BTreeMap::new();
    for (number, state) in states.iter().enumerate() {
        if let Some(end) = &state.end {
            by_end.entry(end.clone()).or_default().push(number);
        }
    }
    let backwards = Backwards::new(states, true);
    for (end, at) in by_end {
        let reaches = backwards.reach(at.into_iter());
        for (state, _) in states.iter_mut().zip(reaches).filter(|(_, reaches)| *reaches) {
            state.ends.entry(end.clone()).or_insert(None);
        }
    }
}

/// Marks as ends the states from which no other end can be reached: those without a step, and those that never come to
/// such a state. What need not happen is not relied on.
fn find_hangs(states: &mut [State]) {
    let backwards = Backwards::new(states, false);
    let numbers = 0..states.len();
    let can_end = backwards.reach(numbers.clone().filter(|&number| states[number].end.is_some()));
    let stands = |number: &usize| !can_end[*number] && states[*number].next().next().is_none();
    let will_stand = backwards.reach(numbers.clone().filter(stands));
    let hangs: Vec<usize> =
        numbers.filter(|&number| !can_end[number] && (stands(&number) || !will_stand[number])).collect();
    for number in hangs {
        let state = &mut states[number];
        let waiting: Vec<Waiting> = state.threads.iter().filter_map(|thread| thread.waiting.clone()).collect();
        let problem = match hang::cycle(&waiting) {
            Some(cycle) => Problem::Deadlock { cycle },
            None => Problem::WaitsForEver { waiting },
        };
        state.end = Some(End::of(&problem));
        state.problem = Some(problem);
    }
}
