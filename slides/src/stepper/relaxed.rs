//! One counter whose loads may read an older store, as in loom.
//!
//! The stores to an atomic integer have one order, its *modification order*. A relaxed load may read any store that is not older
//! than what its thread has already read or written (*coherence*, C++20 [intro.races]). In this model a store goes to the end of
//! the order, as in loom; C++20 also allows a place before stores that the thread has not seen.
//!
//! An older store gives no new result: with one location, every execution has the values of an interleaving.

use super::walk::{Move, Place, Stand, Walk, newest, older};
use anyhow::{Result, ensure};
use engine::{End, LOAD_STORE, Program};
use std::collections::{BTreeMap, HashMap};

/// A state of the program: everything that determines what can follow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    /// The stores, oldest first; the first is the initial value.
    stores: Vec<u64>,
    threads: Vec<Thread>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Thread {
    left: u64,
    seen: Option<u64>,
    /// The newest store that the thread has read or written.
    newest: usize,
}

/// Computes all states of a load and a store, with every store that a load may read.
///
/// # Errors
///
/// The program contains other steps, or a load could read more than one older store, for which there are no keys.
pub fn walk(program: &Program) -> Result<Walk> {
    ensure!(program.body() == LOAD_STORE, "the stepper with older stores is about a load and a store");
    let thread = Thread { left: program.repeats(), seen: None, newest: 0 };
    let mut explorer = Explorer { places: Vec::new(), known: HashMap::new() };
    explorer.visit(State { stores: vec![0], threads: vec![thread; program.threads()] })?;
    Ok(Walk { places: explorer.places })
}

struct Explorer {
    places: Vec<Place>,
    known: HashMap<State, usize>,
}

impl Explorer {
    /// Adds the state and all states that can be reached from it, and returns its place. The counts are filled in on
    /// the way back.
    fn visit(&mut self, state: State) -> Result<usize> {
        if let Some(&place) = self.known.get(&state) {
            return Ok(place);
        }
        let place = self.places.len();
        self.known.insert(state.clone(), place);
        self.places.push(show(&state));
        let mut ends: BTreeMap<End, u128> = BTreeMap::new();
        let mut moves = Vec::new();
        for (pick, thread, next, cell, lost) in successors(&state)? {
            let to = self.visit(next)?;
            self.places[to].ends.iter().for_each(|&(end, ways)| *ends.entry(end).or_default() += ways);
            moves.push(Move { pick, thread, to, cell, lost });
        }
        if moves.is_empty() {
            ends.insert(End::Final(*state.stores.last().expect("there is an initial value")), 1);
        }
        (self.places[place].moves, self.places[place].ends) = (moves, ends.into_iter().collect());
        Ok(place)
    }
}

type Successor = (char, usize, State, String, Option<u64>);

fn successors(state: &State) -> Result<Vec<Successor>> {
    let mut all = Vec::new();
    for (index, thread) in state.threads.iter().enumerate().filter(|(_, thread)| thread.left > 0) {
        let mut next = state.clone();
        let last = state.stores.len() - 1;
        let Some(seen) = thread.seen else {
            ensure!(
                last - thread.newest < 2,
                "a load could read more than one older store, and there are no keys for this"
            );
            for store in (thread.newest..=last).rev() {
                let (value, is_old) = (state.stores[store], store < last);
                let mut next = state.clone();
                next.threads[index] = Thread { seen: Some(value), newest: store, ..*thread };
                let (pick, note) = if is_old { (older(index), " (old)") } else { (newest(index), "") };
                all.push((pick, index, next, format!("load → seen={value}{note}"), None));
            }
            continue;
        };
        next.stores.push(seen + 1);
        next.threads[index] = Thread { left: thread.left - 1, seen: None, newest: last + 1 };
        let lost = (seen != state.stores[last]).then_some(state.stores[last]);
        all.push((newest(index), index, next, format!("store {}", seen + 1), lost));
    }
    Ok(all)
}

fn show(state: &State) -> Place {
    let stand = |thread: &Thread| Stand {
        at: usize::from(thread.seen.is_some()),
        is: if thread.left == 0 { "done" } else { "ready" },
        seen: thread.seen,
    };
    let stores: Vec<String> = state.stores.iter().map(u64::to_string).collect();
    Place {
        memory: stores.join(", "),
        lock: None,
        threads: state.threads.iter().map(stand).collect(),
        moves: Vec::new(),
        ends: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(walk: &Walk) -> Vec<(End, u128)> {
        walk.places[0].ends.clone()
    }

    #[test]
    fn a_load_may_read_an_older_store() {
        let walk = walk(&Program::new(2, 1, LOAD_STORE)).unwrap();
        let cells: Vec<_> = walk.follow("11b2").unwrap().iter().map(|step| step.cell.clone()).collect();
        assert_eq!(cells, ["load → seen=0", "store 1", "load → seen=0 (old)", "store 1"]);
        assert_eq!(walk.follow("11b2").unwrap()[3].lost, Some(1));
        assert!(
            walk.follow("b").is_none() && walk.follow("12b").is_none(),
            "there is no older store, or it has been seen"
        );
        let all: Vec<End> = ends(&walk).iter().map(|(end, _)| *end).collect();
        assert_eq!(all, [End::Final(1), End::Final(2)]);
        assert_eq!(
            ends(&walk).iter().map(|(_, ways)| ways).sum::<u128>(),
            8,
            "six interleavings, and an old load in two of them"
        );
    }

    #[test]
    fn with_one_location_older_stores_add_no_result() {
        let program = Program::new(2, 1, LOAD_STORE);
        let interleavings = engine::Graph::new(&program).unwrap();
        let without: Vec<End> = interleavings.nodes[0].ends.keys().copied().collect();
        let with: Vec<End> = ends(&walk(&program).unwrap()).into_iter().map(|(end, _)| end).collect();
        assert_eq!(with, without);
    }

    #[test]
    fn what_has_no_keys_is_refused() {
        assert!(walk(&Program::new(2, 3, LOAD_STORE)).is_err());
        assert!(walk(&Program::new(2, 1, engine::FETCH_ADD)).is_err());
    }
}
