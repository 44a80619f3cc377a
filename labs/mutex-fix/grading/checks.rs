//! Checks `mutex`: a fair lock with the right orderings, called a ticket lock by Mellor-Crummey and Scott ("Algorithms for scalable
//! synchronization", 1991), and an account whose check and change no other thread can separate.

use crate::Finding;
use crate::object::{Checks, Client, MANY_CALLS, Object};
use explorer::outside::Outside;
use kit::driver::FIRST_METHOD;
use std::rc::Rc;

/// The first word for the driver: which of the two it creates.
const LOCK: u64 = 0;
const ACCOUNT: u64 = 1;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Draws the thread's next number.
    Arrive,
    /// Waits with the oldest number of the thread, counts, and leaves.
    GoIn,
}
use Step::{Arrive, GoIn};

/// What the lock is checked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// Only one thread is in it at a time, so no addition is lost.
    Excludes,
    /// Threads go in, in the order in which they arrived.
    IsFair,
}

#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct Queue {
    /// The threads that have arrived, and the numbers that they drew.
    arrived: Vec<(usize, u64)>,
    /// How many of them have gone in.
    inside: usize,
}

impl Object for Lock {
    type Call = Step;
    type State = Queue;

    fn creation(&self) -> Vec<u64> {
        vec![LOCK]
    }

    fn words(&self, step: Step) -> Vec<u64> {
        match step {
            Arrive => vec![FIRST_METHOD],
            // Only a lock that excludes counts right in plain memory.
            GoIn => vec![FIRST_METHOD + if *self == Self::Excludes { 1 } else { 2 }],
        }
    }

    fn text(&self, step: Step) -> String {
        match step {
            Arrive => "arrive()".into(),
            GoIn => "wait(), leave()".into(),
        }
    }

    fn returned(&self, step: Step, told: u64) -> Option<String> {
        Some(match step {
            Arrive => told.to_string(),
            GoIn => format!("as number {}", told.saturating_add(1)),
        })
    }

    fn start(&self) -> Queue {
        Queue::default()
    }

    fn accepts(&self, queue: &mut Queue, thread: usize, step: Step, told: u64) -> bool {
        match (step, self) {
            (Arrive, _) => {
                // While a number waits, no other thread draws it.
                let is_new = queue.arrived.iter().skip(queue.inside).all(|(_, number)| *number != told);
                queue.arrived.push((thread, told));
                is_new || *self == Self::Excludes
            }
            (GoIn, Self::Excludes) => {
                queue.inside += 1;
                told as usize == queue.inside - 1
            }
            (GoIn, Self::IsFair) => {
                let is_next = queue.arrived.get(queue.inside).is_some_and(|(first, _)| *first == thread);
                queue.inside += 1;
                is_next && told as usize == queue.inside - 1
            }
        }
    }

    fn expected(&self, queue: &Queue, step: Step) -> Option<u64> {
        matches!(step, GoIn).then_some(queue.inside as u64)
    }
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Withdraw(u64),
    Balance,
}
use Call::{Balance, Withdraw};

/// An account, with the amount that it holds at first.
struct Account(u64);

impl Object for Account {
    type Call = Call;
    /// The balance after the calls so far.
    type State = u64;

    fn creation(&self) -> Vec<u64> {
        vec![ACCOUNT, self.0]
    }

    fn words(&self, call: Call) -> Vec<u64> {
        match call {
            Withdraw(amount) => vec![FIRST_METHOD, amount],
            Balance => vec![FIRST_METHOD + 1],
        }
    }

    fn text(&self, call: Call) -> String {
        match call {
            Withdraw(amount) => format!("withdraw({amount})"),
            Balance => "balance()".into(),
        }
    }

    fn returned(&self, call: Call, told: u64) -> Option<String> {
        Some(match call {
            Withdraw(_) => (told == 1).to_string(),
            Balance => told.to_string(),
        })
    }

    fn start(&self) -> u64 {
        self.0
    }

    fn accepts(&self, balance: &mut u64, _thread: usize, call: Call, told: u64) -> bool {
        let expected = self.expected(balance, call);
        if let (Withdraw(amount), Some(1)) = (call, expected) {
            *balance -= amount;
        }
        expected == Some(told)
    }

    fn expected(&self, balance: &u64, call: Call) -> Option<u64> {
        Some(match call {
            Withdraw(amount) => u64::from(amount <= *balance),
            Balance => *balance,
        })
    }

    fn only_looks(&self, call: Call) -> bool {
        matches!(call, Balance)
    }
}

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    let lock = |object| Checks { object, outside };
    let account = |balance| Checks { object: Account(balance), outside };
    let rounds: [Step; 2] = [Arrive, GoIn];
    let all = |threads: usize, times: usize| Client { before: Vec::new(), threads: vec![rounds.repeat(times); threads], after: rounds.to_vec() };
    let (small, large) = ([all(2, 1), all(3, 1)], [all(2, 2), all(3, 2)]);
    // What is special only after some calls shows after them.
    let warm = |client: Client<Step>| (1..10).map(move |count| client.after(rounds.repeat(count))).collect::<Vec<_>>();
    Some(match item {
        "lock" => {
            let one_by_one = Client::alone(rounds.repeat(300));
            first!([
                lock(Lock::Excludes).explore(&small),
                lock(Lock::Excludes).interleave(&warm(all(2, 1))),
                lock(Lock::Excludes).search(&large),
                lock(Lock::Excludes).run_alone(&[one_by_one]),
                lock(Lock::Excludes).by_itself(&Client::alone(rounds.repeat(MANY_CALLS))),
                lock(Lock::Excludes).waits_on(&all(2, 1)),
            ])
        }
        "fair" => {
            let queued = |threads: usize| Client::alone([Arrive].repeat(threads).into_iter().chain([GoIn].repeat(threads)));
            first!([
                lock(Lock::IsFair).interleave(&[queued(3)]),
                lock(Lock::IsFair).run_alone(&[queued(300)]),
                lock(Lock::IsFair).interleave(&small),
                lock(Lock::IsFair).interleave(&warm(all(2, 1))),
                lock(Lock::IsFair).search(&large),
                lock(Lock::IsFair).disturb(&Client { before: Vec::new(), threads: vec![vec![Arrive], vec![Arrive; 500]], after: Vec::new() }),
            ])
        }
        "withdraw" => {
            let decisions = [(60, 100), (60, 100), (40, 100), (1, 100), (0, 100)].map(|(amount, _)| [Withdraw(amount), Balance]).concat();
            let large = [Balance, Withdraw(u64::MAX), Withdraw((1 << 40) + 1), Withdraw(1 << 40), Balance, Withdraw(1), Balance];
            let exact = [Withdraw(u64::MAX - 1), Balance, Withdraw(2), Withdraw(1), Withdraw(1), Balance];
            let empty = [Balance, Withdraw(1), Withdraw(0), Balance];
            let until_empty = |balance| Client::alone([Withdraw(1)].repeat(balance + 2).into_iter().chain([Balance]));
            first!([
                account(100).interleave(&[Client::alone(decisions)]),
                account(1 << 40).interleave(&[Client::alone(large)]),
                account(u64::MAX).interleave(&[Client::alone(exact)]),
                account(0).interleave(&[Client::alone(empty)]),
                account(300).run_alone(&[until_empty(300)]),
                account(MANY_CALLS as u64).by_itself(&until_empty(MANY_CALLS)),
            ])
        }
        "account" => {
            let end = [Balance];
            first!([
                account(100).explore(&[
                    Client::of([&[Withdraw(60)], &[Withdraw(60)]], &end),
                    Client::of([&[Withdraw(60)], &[Withdraw(50)], &[Withdraw(40)]], &end),
                    Client::of([&[Withdraw(70), Balance], &[Withdraw(30), Balance]], &end),
                    Client::of([&[Withdraw(101)], &[Withdraw(100)]], &end),
                    Client::of([&[Withdraw(101)], &[Balance, Balance]], &end),
                    Client::of([&[Withdraw(30), Withdraw(30)], &[Withdraw(30), Withdraw(30)]], &end),
                ]),
                account(100).search(&[
                    Client::of([&[Withdraw(50), Withdraw(10)], &[Withdraw(40), Withdraw(1)], &[Balance, Withdraw(60)]], &end),
                ]),
                account(10).interleave(&(1..9).map(|count| {
                    let left = 10 - count;
                    Client::of([&[Withdraw(left)], &[Withdraw(left), Balance]], &end).after([Withdraw(1)].repeat(count as usize))
                }).collect::<Vec<_>>()),
                account(600).disturb(&Client { before: Vec::new(), threads: vec![vec![Withdraw(1)], vec![Withdraw(1); 500]], after: vec![Balance] }),
            ])
        }
        _ => return None,
    })
}
