// exercise: atomic
// expected: fails sequence, model
// Writes the counter as a plain number.
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

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        let sold = cast::<usize, &mut u64>(&raw const self.sold as usize);
        if *sold >= self.count {
            return None;
        }
        *sold += 1;
        Some(*sold - 1)
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
