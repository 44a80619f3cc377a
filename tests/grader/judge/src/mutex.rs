//! `mutex`: a spin lock with the right orderings, and a decision that nobody overtakes.

use crate::model::{self, Experiment};
use crate::{Finding, Random};
use ::model::sync::RacyCell;

/// A lock that a submission provides.
pub trait Lock: Send + Sync + 'static {
    /// A free one.
    fn new() -> Self;
    /// Waits, and takes it.
    fn lock(&self);
    /// Gives it back.
    fn unlock(&self);
}

/// An account that a submission provides.
pub trait Account: Send + Sync + 'static {
    /// One that holds so much.
    fn new(balance: u64) -> Self;
    /// Pays out if it can.
    fn withdraw(&self, amount: u64) -> bool;
    /// What it holds.
    fn balance(&self) -> u64;
}

/// Plain memory, and the lock that guards it.
struct Guarded<L>(L, RacyCell);

/// Judges an item.
pub fn judge<L: Lock, A: Account>(item: &str, random: &mut Random) -> Option<Finding> {
    Some(match item {
        "lock" => model::judge(
            const {
                &Experiment::<Guarded<L>> {
                    new: || Guarded(L::new(), RacyCell::new(0)),
                    act: |guarded, _| {
                        guarded.0.lock();
                        // SAFETY: none, if the lock is wrong: that is what is found out, and the model stops before it happens.
                        unsafe { guarded.1.write(guarded.1.read() + 1) };
                        guarded.0.unlock();
                        Vec::new()
                    },
                    actions: 1,
                    expected: 2,
                    wrong: |guarded, _| {
                        guarded.0.lock();
                        // SAFETY: both threads have ended.
                        let count = unsafe { guarded.1.read() };
                        guarded.0.unlock();
                        (count != 2)
                            .then(|| (count, format!("two threads added one under the lock, and it is {count}")))
                    },
                    spins: true,
                }
            },
        ),
        "withdraw" => model::once(|_| decisions::<A>(), random.clone()),
        "account" => model::judge(
            const {
                &Experiment::<A> {
                    new: || A::new(100),
                    act: |account, _| vec![u64::from(account.withdraw(60))],
                    actions: 1,
                    expected: 60,
                    wrong: |account, said| {
                        let (paid, left) = (60 * said.iter().flatten().sum::<u64>(), account.balance());
                        (paid + left != 100 || paid != 60)
                            .then(|| (paid, format!("100 in the account: {paid} were paid out, and {left} are left")))
                    },
                    spins: false,
                }
            },
        ),
        _ => return None,
    })
}

fn decisions<A: Account>() -> Option<String> {
    let account = A::new(100);
    [(60, true, 40), (60, false, 40), (40, true, 0), (1, false, 0), (0, true, 0)].into_iter().find_map(
        |(amount, may, left)| {
            let did = account.withdraw(amount);
            let is = account.balance();
            (did != may || is != left)
                .then(|| format!("withdraw({amount}) should be {may} and leave {left}; it is {did} and leaves {is}"))
        },
    )
}
