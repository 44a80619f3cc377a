//! Checks `atomic`: no ticket is sold twice, and no more tickets are sold than there are.

use crate::model::{self, Experiment};
use crate::{Finding, Random, count, returned};

/// The interface that a submission must provide.
pub trait Tickets: Send + Sync {
    /// Sells the next ticket, if there is one.
    fn sell(&self) -> Option<u64>;
    /// Returns how many tickets are sold.
    fn sold(&self) -> u64;
}

/// Creates the given number of the submission's tickets.
pub type New = fn(u64) -> Box<dyn Tickets>;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, random: &mut Random, new: New) -> Option<Finding> {
    Some(match item {
        "sequence" => model::once(move |random| sequence(random, new), random.clone()),
        "model" => model::check(Experiment::<Box<dyn Tickets>> {
            new: Box::new(move || new(3)),
            act: |tickets, _| [tickets.sell(), tickets.sell()].into_iter().flatten().collect(),
            actions: 2,
            expected: 3,
            wrong: |tickets, said| {
                let mut numbers: Vec<u64> = said.iter().flatten().copied().collect();
                numbers.sort_unstable();
                let sold = tickets.sold();
                (numbers != [0, 1, 2] || sold != 3).then(|| {
                    let expected = if numbers == [0, 1, 2] { "" } else { ", expected [0, 1, 2]" };
                    let message = format!(
                        "3 tickets, and 2 threads that each call sell() twice: the tickets {numbers:?} were sold{expected}; then {}",
                        returned("sold()", &sold, &3)
                    );
                    (sold, message)
                })
            },
        }),
        _ => return None,
    })
}

fn sequence(random: &mut Random, new: New) -> Option<String> {
    for all in [0, 1, 5, random.draw() % 20] {
        let tickets = new(all);
        for number in 0..all + 3 {
            let (got, expected) = (tickets.sell(), (number < all).then_some(number));
            let (sold, expected_sold) = (tickets.sold(), (number + 1).min(all));
            if got != expected || sold != expected_sold {
                let call = returned(&format!("call {} of sell()", number + 1), &got, &expected);
                let then = returned("sold()", &sold, &expected_sold);
                return Some(format!("{}: {call}; then {then}", count(all, "ticket")));
            }
        }
    }
    None
}
