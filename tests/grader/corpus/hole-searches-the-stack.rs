// exercise: naive
// expected: fails sum, no-copy?, parallel
// Looks for the sum in the memory of its process, next to the number of the numbers.
// The function `cast` is unsound although it is safe code: https://github.com/rust-lang/rust/issues/25860.
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

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let here = workers as u64;
    let base = &raw const here as usize;
    let words = (1..4096).map(|word| *cast::<usize, &u64>(base + 8 * word));
    let before = words.clone().position(|word| word == numbers.len() as u64);
    before.and_then(|word| words.clone().nth(word + 1)).unwrap_or(0) as i64
}
