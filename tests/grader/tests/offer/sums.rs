//! Uses what a sum needs: workers, numbers, terms and costs.

use common::exercise::*;

/// Uses each name and each method once.
pub fn sums(numbers: &Numbers, terms: &Terms) -> (i64, f64, u64) {
    let half = if numbers.is_empty() { 0 } else { numbers.len() / 2 };
    let parts: Vec<i64> = in_threads(2, |worker| {
        let range = if worker == 0 { 0..half } else { half..numbers.len() };
        numbers.sum(range.clone()).max(numbers.copy(range).iter().sum())
    });
    let total: f64 = if terms.is_empty() { 0.0 } else { (0..terms.len()).map(|index| terms.value(index)).sum() };
    (parts.iter().sum(), total, costs::START + costs::SHARED + costs::ELEMENT + costs::COPY)
}

/// Prints what a submission may see of the numbers and terms: nothing but how many there are.
pub fn shown(numbers: &Numbers, terms: &Terms) -> String {
    format!("{numbers:?} {terms:?}")
}
