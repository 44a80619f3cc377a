//! Checks `shm`: a histogram that several workers fill at the same time.

use crate::Finding;
use crate::object::{Checks, Client, MANY_CALLS, Object};
use explorer::outside::Outside;
use kit::driver::FIRST_METHOD;
use std::rc::Rc;

const BINS: u64 = 4;

#[derive(Clone, Copy, Debug)]
enum Call {
    Add(u64),
    Count(u64),
}
use Call::{Add, Count};

struct Histogram;

impl Object for Histogram {
    type Call = Call;
    type State = [u64; BINS as usize];

    fn creation(&self) -> Vec<u64> {
        Vec::new()
    }

    fn words(&self, call: Call) -> Vec<u64> {
        match call {
            Add(value) => vec![FIRST_METHOD, value],
            Count(bin) => vec![FIRST_METHOD + 1, bin],
        }
    }

    fn text(&self, call: Call) -> String {
        match call {
            Add(value) => format!("add({value})"),
            Count(bin) => format!("count({bin})"),
        }
    }

    fn returned(&self, call: Call, told: u64) -> Option<String> {
        matches!(call, Count(_)).then(|| told.to_string())
    }

    fn start(&self) -> Self::State {
        [0; BINS as usize]
    }

    fn accepts(&self, bins: &mut Self::State, _thread: usize, call: Call, told: u64) -> bool {
        match call {
            Add(value) => {
                bins[(value / 10).min(BINS - 1) as usize] += 1;
                true
            }
            Count(bin) => bins[bin as usize] == told,
        }
    }

    fn expected(&self, bins: &Self::State, call: Call) -> Option<u64> {
        match call {
            Add(_) => None,
            Count(bin) => Some(bins[bin as usize]),
        }
    }

    fn only_looks(&self, call: Call) -> bool {
        matches!(call, Count(_))
    }
}

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    let checks = Checks { object: Histogram, outside };
    let all = [Count(0), Count(1), Count(2), Count(3)];
    Some(match item {
        "counts" => {
            let each = |values: &[u64]| values.iter().flat_map(|&value| [Add(value), Count((value / 10).min(BINS - 1))]).collect::<Vec<_>>();
            let edges = [0, 9, 10, 19, 20, 29, 30, 39, 40, 99, 255, 256, 2_560, 1_000_000, 1 << 32, 10 << 32, (1 << 32) + 25, 1 << 63, u64::MAX];
            let many = [[Add(3); 10].to_vec(), [Add(31)].repeat(300)].concat();
            first!([
                Finding::first(edges.chunks(4).map(|some| checks.interleave(&[Client::alone(each(some).into_iter().chain(all))]))),
                checks.run_alone(&[Client::alone(each(&edges).into_iter().chain(all))]),
                checks.run_alone(&[Client::alone(many.into_iter().chain(all))]),
                checks.by_itself(&Client::alone([[Add(13); MANY_CALLS], [Add(31); MANY_CALLS]].concat().into_iter().chain(all))),
            ])
        }
        "model" => {
            let in_bin = [5, 17, 23, 38, u64::MAX];
            let same = in_bin.map(|value| Client::of([&[Add(value), Add(value)], &[Add(value)]], &all));
            let others = [
                Client::of([&[Add(13)], &[Add(13)], &[Add(13)]], &all),
                Client::of([&[Add(13), Count(1)], &[Add(11), Count(1)]], &all),
                Client::of([&[Add(3), Add(33)], &[Add(33), Add(3)]], &all),
                Client::of([&[Add(29)], &[Add(30)], &[Count(2), Count(3)]], &all),
            ];
            // Values of one bin, and of two bins.
            let bins = [(4, 5), (14, 15), (24, 25), (34, 1_000)];
            let mut pairs: Vec<_> = bins.map(|(one, other)| Client::of([&[Add(one)], &[Add(other)]], &all)).into();
            for (first, second) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
                pairs.push(Client::of([&[Add(bins[first].0)], &[Add(bins[second].1)]], &all));
            }
            // What is special only after some calls shows after them.
            let warm: Vec<_> = (1..10)
                .flat_map(|count| {
                    let before = [Add(13)].repeat(count);
                    let counting = Client::of([&[Add(13)], &[Count(1), Count(1)]], &all);
                    [Client::of([&[Add(13)], &[Add(17)]], &all).after(before.clone()), counting.after(before)]
                })
                .collect();
            let large = [
                Client::of([&[Add(5)], &[Add(15)], &[Add(25)], &[Add(35)]], &all),
                Client::of([&[Add(13), Add(13)], &[Add(13), Add(13)], &[Add(13)]], &all),
                Client::of([&[Add(40), Add(2)], &[Add(40), Add(2)], &[Count(3), Count(0)]], &all),
            ];
            let disturbed = Client { before: Vec::new(), threads: vec![vec![Add(13)], vec![Add(13); 500]], after: all.to_vec() };
            first!([
                checks.explore(&same),
                checks.explore(&others),
                checks.interleave(&pairs),
                checks.interleave(&warm),
                checks.search(&large),
                checks.disturb(&disturbed),
            ])
        }
        _ => return None,
    })
}
