//! `atomic`: tickets that are never sold twice, and never oversold.

use crate::model::{self, Experiment};
use crate::{Finding, Random};

/// The interface that a submission must provide.
pub trait Tickets: Send + Sync {
    /// Sells the next ticket, if there is one.
    fn sell(&self) -> Option<u64>;
    /// Returns how many tickets are sold.
    fn sold(&self) -> u64;
}

/// Makes the given number of tickets of the submission.
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
                (numbers != [0, 1, 2] || sold != 3)
                    .then(|| (sold, format!("three tickets: the numbers {numbers:?} were sold, and it says {sold}")))
            },
            spins: false,
        }),
        _ => return None,
    })
}

fn sequence(random: &mut Random, new: New) -> Option<String> {
    for count in [0, 1, 5, random.draw() % 20] {
        let tickets = new(count);
        for number in 0..count + 3 {
            let (got, expected) = (tickets.sell(), (number < count).then_some(number));
            let (sold, all) = (tickets.sold(), (number + 1).min(count));
            if got != expected || sold != all {
                return Some(format!(
                    "tickets for sale: {count}. Call {} of sell() must give {expected:?}, and then sold() {all}; they gave {got:?} and {sold}",
                    number + 1
                ));
            }
        }
    }
    None
}
