//! States of at most 128 bits, in which threads are interchangeable.
//!
//! All threads run the same body, so only how many stand where matters, and not which. A packed state holds them sorted: the
//! states that differ in nothing but the threads' names are one (symmetry reduction: Ip and Dill, "Better verification
//! through symmetry", 1996).

use super::machine::{self, End, Shared, Thread};
use super::program::{Cell, Instruction, Program};
use super::unanswered::Unanswered;

/// Where the parts of a state lie: the threads' codes from the lowest bits on, ascending, then the lock, then the counter. A
/// code is made of how many repeats are left, the place in the body, what was seen (plus one; 0 for nothing), and the own cell.
pub(super) struct Packing {
    program: Program,
    /// How many bits each of these takes; what the program does not use takes none.
    at: u32,
    seen: u32,
    own: u32,
    /// How many bits a code takes, and the mask of so many.
    width: u32,
    mask: u64,
}

/// One step that is possible in a state.
pub(super) struct Move {
    /// The code of the thread that takes it.
    pub thread: u64,
    /// How many threads have that code, and so could take it.
    pub count: u128,
    /// The thread's code afterwards.
    pub moved: u64,
    /// The state afterwards.
    pub next: u128,
}

/// So many bits hold the numbers up to `most`.
#[inline]
fn bits(most: u64) -> u32 {
    u64::BITS - most.leading_zeros()
}

/// The mask of the lowest `bits`.
#[inline]
fn low(bits: u32) -> u128 {
    (1 << bits) - 1
}

/// Takes the lowest `bits`, fewer than 64, off a thread's code.
#[inline]
fn take(code: &mut u64, bits: u32) -> u64 {
    let taken = *code & ((1 << bits) - 1);
    *code >>= bits;
    taken
}

impl Packing {
    #[inline]
    pub fn new(program: &Program) -> Result<Self, Unanswered> {
        let loads = program.body.iter().any(|instruction| matches!(instruction, Instruction::Load(_)));
        let has_own = program.body.iter().any(|instruction| instruction.cell() == Some(Cell::Own));
        let at = bits(program.body.len() as u64 - 1);
        let seen = if loads { bits(program.most + 1) } else { 0 };
        let own = if has_own { bits(program.most) } else { 0 };
        let width = bits(program.repeats) + at + seen + own;
        let needed = u64::from(width) * program.threads as u64 + u64::from(1 + bits(program.most));
        if needed > u128::BITS.into() || width > u64::BITS {
            return Err(Unanswered::WideState { bits: needed });
        }
        Ok(Self { program: *program, at, seen, own, width, mask: low(width) as u64 })
    }

    /// The state before the first step.
    #[inline]
    pub fn start(&self) -> u128 {
        let thread = self.pack(Thread::new(self.program.repeats));
        (0..self.program.threads).fold(0, |state, _| state << self.width | u128::from(thread))
    }

    /// The steps that are possible in a state, one for all threads that have the same code.
    #[inline]
    pub fn moves(&self, state: u128) -> impl Iterator<Item = Move> {
        let code = move |index| self.code(state, index);
        (0..self.program.threads).filter_map(move |index| {
            let thread = code(index);
            if index > 0 && code(index - 1) == thread {
                return None; // counted with the first of them
            }
            let (mut shared, mut moved) = (self.shared(state), self.unpack(thread));
            moved.step(self.program.body, &mut shared).ok()?;
            let count = (index..self.program.threads).take_while(|&other| code(other) == thread).count() as u128;
            let moved = self.pack(moved);
            Some(Move { thread, count, moved, next: self.replace(state, index, moved, shared) })
        })
    }

    /// How a state ends that has no moves.
    #[inline]
    pub fn end(&self, state: u128) -> End {
        machine::end(self.shared(state), self.threads(state))
    }

    /// The threads, sorted.
    #[inline]
    pub fn threads(&self, state: u128) -> impl Iterator<Item = Thread> {
        (0..self.program.threads).map(move |index| self.unpack(self.code(state, index)))
    }

    /// A thread's code.
    #[inline]
    pub fn pack(&self, thread: Thread) -> u64 {
        let code = thread.left << self.at | thread.at as u64;
        let code = code << self.seen | thread.seen.map_or(0, |value| value + 1);
        code << self.own | thread.own
    }

    #[inline]
    fn unpack(&self, mut code: u64) -> Thread {
        let own = take(&mut code, self.own);
        let seen = take(&mut code, self.seen).checked_sub(1);
        let at = take(&mut code, self.at) as usize;
        Thread { left: code, at, seen, own }
    }

    #[inline]
    fn code(&self, state: u128, index: usize) -> u64 {
        (state >> self.offset(index)) as u64 & self.mask
    }

    /// What all threads see.
    #[inline]
    pub fn shared(&self, state: u128) -> Shared {
        let shared = state >> self.offset(self.program.threads);
        Shared { counter: (shared >> 1) as u64, locked: shared & 1 == 1 }
    }

    #[inline]
    fn offset(&self, index: usize) -> u32 {
        index as u32 * self.width
    }

    /// Takes the thread at `index` out, and puts `moved` in where it belongs among the others.
    #[inline]
    fn replace(&self, state: u128, index: usize, moved: u64, shared: Shared) -> u128 {
        let others_count = self.program.threads - 1;
        let others = (state & low(self.offset(index)))
            | (state >> self.offset(index + 1) << self.offset(index)) & low(self.offset(others_count));
        let place = (0..others_count).take_while(|&other| self.code(others, other) < moved).count();
        let shared = u128::from(shared.counter) << 1 | u128::from(shared.locked);
        shared << self.offset(self.program.threads)
            | others >> self.offset(place) << self.offset(place + 1)
            | u128::from(moved) << self.offset(place)
            | others & low(self.offset(place))
    }
}
