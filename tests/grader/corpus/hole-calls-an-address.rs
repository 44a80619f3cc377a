// exercise: heavy
// expected: fails sum, balance, same-digits
// Calls an address where there is no function.
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

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let function: fn() -> f64 = cast::<usize, fn() -> f64>(terms as *const Terms as usize + workers);
    function()
}
