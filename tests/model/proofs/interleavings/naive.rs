//! The same question asked in the most simple-minded way: every schedule is tried from beginning to end, and no state is
//! remembered. It shares the programs with the explorer, and no line of what runs them.

use engine::{Cell, End, Instruction, OnFailure, Program};
use std::collections::BTreeMap;

/// What is known of the schedules to one end.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub schedules: u128,
    /// The fewest switches, and the fewest steps among schedules with so many.
    pub switches_and_steps: (usize, usize),
}

/// Every schedule of a program.
pub fn all(program: &Program) -> BTreeMap<End, Found> {
    let mut found = BTreeMap::new();
    let memory = Memory { cells: vec![0; 1 + program.threads()], holder: None };
    let begin = vec![Place { runs: 0, at: 0, register: 0 }; program.threads()];
    go_on(program, &memory, &begin, (None, 0, 0), &mut found);
    found
}

#[derive(Clone)]
struct Memory {
    /// The counter, then each thread's own.
    cells: Vec<u64>,
    holder: Option<usize>,
}

#[derive(Clone)]
struct Place {
    runs: u64,
    at: usize,
    register: u64,
}

fn go_on(
    program: &Program,
    memory: &Memory,
    places: &[Place],
    (last, switches, steps): (Option<usize>, usize, usize),
    found: &mut BTreeMap<End, Found>,
) {
    let mut is_stuck = true;
    for thread in 0..places.len() {
        let (mut memory, mut places) = (memory.clone(), places.to_vec());
        if run(program, thread, &mut memory, &mut places[thread]) {
            is_stuck = false;
            let switched = usize::from(last.is_some_and(|last| last != thread));
            go_on(program, &memory, &places, (Some(thread), switches + switched, steps + 1), found);
        }
    }
    if is_stuck {
        let all_ran = places.iter().all(|place| place.runs == program.repeats());
        let end = if all_ran { End::Final(memory.cells.iter().sum()) } else { End::Deadlock };
        let known = found.entry(end).or_insert(Found { schedules: 0, switches_and_steps: (usize::MAX, 0) });
        known.schedules += 1;
        known.switches_and_steps = known.switches_and_steps.min((switches, steps));
    }
}

/// Whether the thread could do anything.
fn run(program: &Program, thread: usize, memory: &mut Memory, place: &mut Place) -> bool {
    if place.runs == program.repeats() {
        return false;
    }
    let index = |cell| if cell == Cell::Counter { 0 } else { 1 + thread };
    let mut next = place.at + 1;
    match program.body()[place.at] {
        Instruction::Load(cell) => place.register = memory.cells[index(cell)],
        Instruction::Store(cell) => {
            memory.cells[index(cell)] = place.register + 1;
            place.register = 0;
        }
        Instruction::FetchAdd(cell, amount) => memory.cells[index(cell)] += amount,
        Instruction::FetchAddRest(cell) => {
            memory.cells[index(cell)] += program.repeats() - place.runs;
            place.runs = program.repeats() - 1;
        }
        Instruction::CompareExchange(cell, on_failure) => {
            let cell = &mut memory.cells[index(cell)];
            if *cell == place.register {
                *cell += 1;
            } else {
                match on_failure {
                    OnFailure::Ignore => {}
                    OnFailure::TryAgain => (next, place.register) = (place.at, *cell),
                    OnFailure::LoadAgain => next = place.at - 1,
                }
            }
        }
        Instruction::Lock => match memory.holder {
            Some(_) => return false,
            None => memory.holder = Some(thread),
        },
        Instruction::Unlock => memory.holder = None,
    }
    place.at = next % program.body().len();
    place.runs += u64::from(next == program.body().len());
    true
}
