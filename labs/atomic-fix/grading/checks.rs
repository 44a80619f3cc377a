//! Checks `atomic`: no ticket is sold twice, no more tickets are sold than there are, and no seller waits for another.

use crate::Finding;
use crate::object::{Checks, Client, MANY_CALLS, Object};
use explorer::outside::Outside;
use kit::driver::FIRST_METHOD;
use std::rc::Rc;

#[derive(Clone, Copy, Debug)]
enum Call {
    Sell,
    Sold,
}
use Call::{Sell, Sold};

/// A number of tickets.
struct Tickets(u64);

impl Object for Tickets {
    type Call = Call;
    /// The number of sold tickets.
    type State = u64;

    fn creation(&self) -> Vec<u64> {
        vec![self.0]
    }

    fn words(&self, call: Call) -> Vec<u64> {
        match call {
            Sell => vec![FIRST_METHOD],
            Sold => vec![FIRST_METHOD + 1],
        }
    }

    fn text(&self, call: Call) -> String {
        match call {
            Sell => "sell()".into(),
            Sold => "sold()".into(),
        }
    }

    fn returned(&self, call: Call, told: u64) -> Option<String> {
        Some(match (call, told) {
            (Sell, 0) => "None".into(),
            (Sell, number) => format!("Some({})", number - 1),
            (Sold, sold) => sold.to_string(),
        })
    }

    fn start(&self) -> u64 {
        0
    }

    fn accepts(&self, sold: &mut u64, _thread: usize, call: Call, told: u64) -> bool {
        let expected = self.expected(sold, call);
        if matches!(call, Sell) {
            *sold = (*sold + 1).min(self.0);
        }
        expected == Some(told)
    }

    fn expected(&self, sold: &u64, call: Call) -> Option<u64> {
        Some(match call {
            Sell if *sold < self.0 => *sold + 1,
            Sell => 0,
            Sold => *sold,
        })
    }

    fn only_looks(&self, call: Call) -> bool {
        matches!(call, Sold)
    }
}

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    let of = |count| Checks { object: Tickets(count), outside };
    Some(match item {
        "sequence" => {
            let one_by_one = |sells: usize| Client::alone([Sold].into_iter().chain([Sell, Sold].repeat(sells)));
            let sizes = [(0, 3), (1, 4), (2, 5), (5, 8), (17, 20), (1 << 32, 3), (u64::MAX, 3)];
            first!([
                Finding::first(sizes.into_iter().map(|(count, sells)| of(count).interleave(&[one_by_one(sells)]))),
                of(300).run_alone(&[Client::alone([Sell].repeat(600).into_iter().chain([Sold]))]),
                of(MANY_CALLS as u64).by_itself(&Client::alone([Sell].repeat(MANY_CALLS + 2).into_iter().chain([Sold]))),
            ])
        }
        "model" => {
            let disturbed = |count: u64| {
                let client = Client { before: Vec::new(), threads: vec![vec![Sell], vec![Sell; 500]], after: vec![Sold] };
                of(count).disturb(&client)
            };
            let one = Client::of([&[Sell], &[Sell]], &[Sold]);
            first!([
                of(3).explore(&[Client::of([&[Sell, Sell], &[Sell, Sell]], &[Sold])]),
                of(2).explore(&[one.clone(), Client::of([&[Sell], &[Sell], &[Sell]], &[Sold])]),
                of(1).explore(&[one.clone(), Client::of([&[Sell, Sold], &[Sell, Sold]], &[Sold, Sell])]),
                of(0).explore(std::slice::from_ref(&one)),
                of(4).explore(&[Client::of([&[Sell, Sell], &[Sold, Sold]], &[Sold])]),
                of(4).search(&[Client::of([&[Sell, Sell], &[Sell, Sell], &[Sell, Sold]], &[Sold])]),
                of(11).interleave(&(1..10).map(|count| Client::of([&[Sell], &[Sell]], &[Sold]).after([Sell].repeat(count))).collect::<Vec<_>>()),
                disturbed(600),
                disturbed(300),
                of(2).stop(&one),
            ])
        }
        _ => return None,
    })
}
