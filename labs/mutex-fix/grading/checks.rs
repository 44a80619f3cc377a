//! Checks `mutex`: a fair lock with the right orderings, called a ticket lock by Mellor-Crummey and Scott ("Algorithms for scalable
//! synchronization", 1991), and an account whose check and change no other thread can separate.

use crate::model::{self, Experiment, THREADS};
use crate::{Finding, Random, returned};
use explorer::sync::RacyCell;
use explorer::sync::atomic::{AtomicU64, Ordering};

/// A lock that a submission provides.
pub trait Lock: Send + Sync {
    /// Draws the next number and returns it.
    fn arrive(&self) -> u64;
    /// Waits until that number is served.
    fn wait(&self, number: u64);
    /// Lets the thread with the next number in.
    fn leave(&self);
}

/// An account that a submission provides.
pub trait Account: Send + Sync {
    /// Withdraws the amount if the account holds enough.
    fn withdraw(&self, amount: u64) -> bool;
    /// Returns the amount that the account holds.
    fn balance(&self) -> u64;
}

/// Creates a free lock of the submission.
pub type NewLock = fn() -> Box<dyn Lock>;

/// Creates an account of the submission that holds the given amount.
pub type NewAccount = fn(u64) -> Box<dyn Account>;

/// A cell of plain memory, and the lock that guards it.
struct Guarded(Box<dyn Lock>, RacyCell);

impl Guarded {
    fn with<T>(&self, act: impl FnOnce(&RacyCell) -> T) -> T {
        let number = self.0.arrive();
        self.0.wait(number);
        let result = act(&self.1);
        self.0.leave();
        result
    }
}

/// A lock from which two threads have drawn their numbers one after the other, and how many of them have entered so far.
struct Queue {
    lock: Box<dyn Lock>,
    numbers: [u64; THREADS],
    inside: AtomicU64,
}

impl Queue {
    fn new(lock: Box<dyn Lock>) -> Self {
        let numbers = [lock.arrive(), lock.arrive()];
        Self { lock, numbers, inside: AtomicU64::new(0) }
    }

    /// Enters and leaves; returns how many threads entered before. The count is right whatever orderings the lock uses.
    fn go_in(&self, thread: usize) -> u64 {
        self.lock.wait(self.numbers[thread]);
        let before = self.inside.fetch_add(1, Ordering::Relaxed);
        self.lock.leave();
        before
    }
}

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, random: &mut Random, new_lock: NewLock, new_account: NewAccount) -> Option<Finding> {
    Some(match item {
        "lock" => model::check(Experiment::<Guarded> {
            new: Box::new(move || Guarded(new_lock(), RacyCell::new(0))),
            act: |guarded, _| {
                // SAFETY: none, if the lock is wrong: finding that out is the point, and the model checker stops before
                // the race happens.
                guarded.with(|cell| unsafe { cell.write(cell.read() + 1) });
                Vec::new()
            },
            actions: 1,
            expected: 2,
            wrong: |guarded, _| {
                // SAFETY: both threads have ended.
                let count = guarded.with(|cell| unsafe { cell.read() });
                (count != 2).then(|| (count, format!("2 threads each added 1 while they held the lock: the sum is {count}, expected 2")))
            },
        }),
        "fair" => model::check(Experiment::<Queue> {
            new: Box::new(move || Queue::new(new_lock())),
            act: |queue, thread| vec![queue.go_in(thread)],
            actions: 1,
            expected: 1,
            wrong: |_, said| {
                let before = said[1][0];
                (before != 1)
                    .then(|| (before, "thread 1 called arrive() before thread 2, but wait() let thread 2 in first".into()))
            },
        }),
        "withdraw" => model::once(move |_| decisions(new_account), random.clone()),
        "account" => model::check(Experiment::<Box<dyn Account>> {
            new: Box::new(move || new_account(100)),
            act: |account, _| vec![u64::from(account.withdraw(60))],
            actions: 1,
            expected: 60,
            wrong: |account, said| {
                let (paid, left) = (60 * said.iter().flatten().sum::<u64>(), account.balance());
                (paid + left != 100 || paid != 60).then(|| {
                    let expected = if paid == 60 { "" } else { ", expected 60" };
                    let message = format!(
                        "2 threads each called withdraw(60) on an account that held 100: {paid} was paid out{expected}; then {}",
                        returned("balance()", &left, &40)
                    );
                    (paid, message)
                })
            },
        }),
        _ => return None,
    })
}

fn decisions(new: NewAccount) -> Option<String> {
    let account = new(100);
    let mut held = 100;
    [(60, true, 40), (60, false, 40), (40, true, 0), (1, false, 0), (0, true, 0)].into_iter().find_map(
        |(amount, may, left)| {
            let before = std::mem::replace(&mut held, left);
            let did = account.withdraw(amount);
            let is = account.balance();
            let call = || returned(&format!("withdraw({amount})"), &did, &may);
            (did != may || is != left)
                .then(|| format!("an account that holds {before}: {}; then {}", call(), returned("balance()", &is, &left)))
        },
    )
}
