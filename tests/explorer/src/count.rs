//! Counting: in how many schedules a state is reached.

use crate::search::{Edge, StateId};

/// Returns for each state the number of paths to it, or `None` if paths can go in a circle or are too many for a
/// `u128`. What need not happen is left out.
pub fn paths(edges: &[Edge], states: usize) -> Option<Vec<u128>> {
    let kept = || edges.iter().filter(|edge| !edge.is_by_chance());
    let (mut arriving, mut after) = (vec![0u32; states], vec![Vec::new(); states]);
    for edge in kept() {
        arriving[edge.to as usize] += 1;
        after[edge.from as usize].push(edge.to);
    }
    let mut paths = vec![0u128; states];
    *paths.first_mut()? = 1;
    let mut ready: Vec<StateId> = (0..states as StateId).filter(|&state| arriving[state as usize] == 0).collect();
    let mut counted = 0;
    while let Some(state) = ready.pop() {
        counted += 1;
        for &next in &after[state as usize] {
            paths[next as usize] = paths[next as usize].checked_add(paths[state as usize])?;
            arriving[next as usize] -= 1;
            if arriving[next as usize] == 0 {
                ready.push(next);
            }
        }
    }
    (counted == states).then_some(paths)
}
