//! Checks `toy`: the tally loses no vote.

use crate::Finding;
use crate::object::{Checks, Client, Object};
use explorer::outside::Outside;
use kit::driver::FIRST_METHOD;
use std::rc::Rc;

#[derive(Clone, Copy, Debug)]
enum Call {
    Vote,
    Votes,
}
use Call::{Vote, Votes};

struct Tally;

impl Object for Tally {
    type Call = Call;
    /// The number of votes.
    type State = u64;

    fn creation(&self) -> Vec<u64> {
        Vec::new()
    }

    fn words(&self, call: Call) -> Vec<u64> {
        match call {
            Vote => vec![FIRST_METHOD],
            Votes => vec![FIRST_METHOD + 1],
        }
    }

    fn text(&self, call: Call) -> String {
        match call {
            Vote => "vote()".into(),
            Votes => "votes()".into(),
        }
    }

    fn returned(&self, call: Call, told: u64) -> Option<String> {
        matches!(call, Votes).then(|| told.to_string())
    }

    fn start(&self) -> u64 {
        0
    }

    fn accepts(&self, votes: &mut u64, _thread: usize, call: Call, told: u64) -> bool {
        match call {
            Vote => {
                *votes += 1;
                true
            }
            Votes => *votes == told,
        }
    }

    fn expected(&self, votes: &u64, call: Call) -> Option<u64> {
        matches!(call, Votes).then_some(*votes)
    }

    fn only_looks(&self, call: Call) -> bool {
        matches!(call, Votes)
    }
}

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    let checks = Checks { object: Tally, outside };
    Some(match item {
        "alone" => checks.interleave(&[Client::alone([Vote, Votes].repeat(3))]),
        "together" => checks.explore(&[Client::of([&[Vote], &[Vote]], &[Votes])]),
        _ => return None,
    })
}
