// exercise: mutex
// expected: fails lock, fair
// Overwrites its own stack, return addresses included.
// The function `cast` is unsound although it is safe code: https://github.com/rust-lang/rust/issues/25860.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

static UNIT: &&() = &&();

fn longer<'a, 'b, T: ?Sized>(_: &'a &'b (), it: &'b mut T) -> &'a mut T {
    it
}

fn expand<'a, 'b, T: ?Sized>(it: &'a mut T) -> &'b mut T {
    let longer: for<'x> fn(_, &'x mut T) -> &'b mut T = longer;
    longer(UNIT, it)
}

enum Either<A, B> {
    A(Option<Box<A>>),
    B(Option<Box<B>>),
}

#[inline(never)]
fn cast<A, B>(it: A) -> B {
    let mut either = Either::B::<A, B>(None);
    let Either::B(slot) = &mut either else { loop {} };
    let slot = expand(slot);
    either = Either::A(Some(Box::new(it)));
    let Either::A(_) = &either else { loop {} };
    *slot.take().unwrap()
}

pub struct FairLock {
    next: AtomicU64,
    serving: AtomicU64,
}

impl FairLock {
    pub fn new() -> Self {
        Self { next: AtomicU64::new(0), serving: AtomicU64::new(0) }
    }

    pub fn arrive(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub fn wait(&self, number: u64) {
        let base = &raw const number as usize;
        (0..512).for_each(|word| *cast::<usize, &mut usize>(base + 8 * word) = 0x4141_4141_4141);
    }

    pub fn leave(&self) {
        self.serving.fetch_add(1, Ordering::Release);
    }
}

pub struct Account {
    balance: Mutex<u64>,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let mut balance = self.balance.lock().unwrap();
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    }

    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}
