// An enum says whether a ticket is left.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Empty,
    Next(u64),
}

impl State {
    fn of(sold: u64, count: u64) -> Self {
        if sold == count { State::Empty } else { State::Next(sold) }
    }
}

#[derive(Debug)]
pub struct Tickets {
    count: u64,
    sold: Box<AtomicU64>,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: Box::new(AtomicU64::new(0)) }
    }

    pub fn sell(&self) -> Option<u64> {
        let mut state = State::of(self.sold.load(Ordering::Relaxed), self.count);
        loop {
            state = match state {
                State::Empty => return None,
                State::Next(number) => {
                    let tried = self.sold.compare_exchange(number, number + 1, Ordering::Relaxed, Ordering::Relaxed);
                    match tried {
                        Ok(_) => return Some(number),
                        Err(now) => State::of(now, self.count),
                    }
                }
            }
        }
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed).min(self.count)
    }
}
