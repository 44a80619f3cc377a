//! Random litmus tests, against the axioms. The catalogue alone does not notice, for example, that a store may come
//! between the halves of a swap.

use super::{counted, enumeration};
use explorer::Memory;
use litmus::{Instruction, Model, Program, allowed};
use model::litmus::outcomes;
use std::io::{self, Write};
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// Programs that are compared, in a quick test and in a thorough one. The seed is fixed.
const PROGRAMS: [usize; 2] = [300, 5000];

/// A generator of random numbers: Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Picks an ordering, often `SeqCst` if `sequential`.
    fn ordering(&mut self, from: &[Ordering], sequential: bool) -> Ordering {
        if sequential && self.below(2) == 0 { SeqCst } else { self.pick(from) }
    }

    fn instruction(&mut self, sequential: bool) -> Instruction {
        let location = self.below(2) as usize;
        match self.below(9) {
            0..4 => Instruction::Load(location, self.ordering(&[Relaxed, Acquire], sequential)),
            4..7 => {
                let value = 1 + self.below(3);
                Instruction::Store(location, value, self.ordering(&[Relaxed, Release], sequential))
            }
            7 => {
                let value = 4 + self.below(2);
                Instruction::Swap(location, value, self.ordering(&[Relaxed, Acquire, Release, AcqRel], sequential))
            }
            _ => Instruction::Fence(self.ordering(&[Acquire, Release, AcqRel], sequential)),
        }
    }

    /// A program of 2 to 4 threads and 7 instructions at most.
    fn program(&mut self) -> Program {
        let sequential = self.below(2) == 0;
        let threads = 2 + usize::from(self.below(3) == 0) + usize::from(self.below(8) == 0);
        let mut left = 7;
        let mut thread = || {
            let length = (2 + self.below(3) as usize).min(left - 1).max(1);
            left = left.saturating_sub(length).max(2);
            (0..length).map(|_| self.instruction(sequential)).collect()
        };
        Program { threads: (0..threads).map(|_| thread()).collect(), shows_finals: true }
    }
}

#[test]
fn random_programs_have_the_outcomes_of_rc11_and_of_brute_force() {
    let [few, many] = PROGRAMS;
    let is_thorough = std::env::var_os("THOROUGH").is_some_and(|value| value == "1");
    if !is_thorough {
        // Not `eprintln!`, which a passing test does not show.
        let _ = writeln!(io::stderr(), "SAMPLED {few} of {many} random programs: THOROUGH=1 compares all");
    }
    let mut random = Random(0x1234_5678_9abc_def1);
    let (mut weak, mut buffered) = (0, 0);
    for number in 0..if is_thorough { many } else { few } {
        let program = random.program();
        let expected = allowed(&program, Model::Rc11);
        let [one, two, three] = Memory::ALL.map(|memory| outcomes(&program, memory));
        assert_eq!(three, expected, "program {number}: {:?}", program.threads);
        assert!(one.is_subset(&two) && two.is_subset(&three), "program {number}: {:?}", program.threads);
        assert_eq!(counted(&program), enumeration::interleavings(&program), "program {number}: {:?}", program.threads);
        assert_eq!(two, enumeration::buffered(&program), "program {number}: {:?}", program.threads);
        weak += usize::from(one != three);
        buffered += usize::from(one != two);
    }
    assert!(weak >= 20 && buffered >= 5, "{weak} weak programs, {buffered} with store buffering");
}
