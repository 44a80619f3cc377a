//! Makes calls of the student's lock, or of the student's account.

use crate::student::{Account, FairLock};
use common::driver::{self, FIRST_METHOD, Plain, ask};
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// The word that stands for the lock; any other stands for the account.
const LOCK: u64 = 0;

/// The numbers that a thread has drawn and not used, the oldest first.
type Drawn = Vec<u64>;

const ARRIVE: u64 = FIRST_METHOD;
const ADD: u64 = FIRST_METHOD + 1;
const WITHDRAW: u64 = FIRST_METHOD;

pub fn main() {
    driver::serve(|| match ask() {
        LOCK => {
            let guarded = (FairLock::new(), Plain::new(), AtomicU64::new(0));
            driver::calls(&guarded, |(lock, plain, entered), drawn: &mut Drawn, method| match method {
                ARRIVE => {
                    drawn.push(lock.arrive());
                    drawn[drawn.len() - 1]
                }
                // Waits with the oldest number, counts, and leaves. Plain memory is right only if the lock is, and an atomic
                // is always right.
                method => {
                    lock.wait(drawn.remove(0));
                    let before = if method == ADD { plain.count() } else { entered.fetch_add(1, Ordering::Relaxed) };
                    lock.leave();
                    before
                }
            });
        }
        _ => {
            let account = Account::new(ask());
            driver::calls(&account, |account, (), method| match method {
                WITHDRAW => account.withdraw(ask()).into(),
                _ => account.balance(),
            });
        }
    });
}
