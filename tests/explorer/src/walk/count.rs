//! Counting: in how many ways each state is reached, and each end from it.

use super::{End, State};

/// Counts the ways, forward from the start and backward from the ends. States before or after a circle get no number.
pub fn ways(states: &mut [State]) {
    let (mut after, mut before) = (vec![Vec::new(); states.len()], vec![Vec::new(); states.len()]);
    for (from, state) in states.iter().enumerate() {
        for to in state.next() {
            after[from].push(to);
            before[to].push(from);
        }
    }
    for number in order(&before, &after) {
        let ways = sum(before[number].iter().map(|&from| states[from].ways_here));
        states[number].ways_here = if number == 0 { Some(1) } else { ways };
    }
    for number in order(&after, &before) {
        let ends: Vec<End> = states[number].ends.keys().cloned().collect();
        for end in ends {
            let is_here = states[number].end.as_ref() == Some(&end);
            let ways = sum(after[number].iter().map(|&next| states[next].ways_to(&end)));
            states[number].ends.insert(end, if is_here { Some(1) } else { ways });
        }
    }
}

fn sum(mut ways: impl Iterator<Item = Option<u128>>) -> Option<u128> {
    ways.try_fold(0u128, |sum, ways| sum.checked_add(ways?))
}

/// Returns the states in an order in which each comes after all that it needs (Kahn, "Topological sorting of large
/// networks", 1962). States that need themselves are left out, and those that need these.
fn order(needs: &[Vec<usize>], needed_by: &[Vec<usize>]) -> Vec<usize> {
    let mut missing: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..needs.len()).filter(|&number| missing[number] == 0).collect();
    let mut next = 0;
    while let Some(&number) = order.get(next) {
        next += 1;
        for &after in &needed_by[number] {
            missing[after] -= 1;
            if missing[after] == 0 {
                order.push(after);
            }
        }
    }
    order
}
