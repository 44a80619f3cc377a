//! Checks parallel sums. The numbers, the terms and their costs are here, and the submission's threads work with them. A run is
//! one schedule, in which each thread has a clock that counts ticks, and a thread that waits for a lock waits in ticks. So a grade is
//! the same on a laptop, on a server and on a busy machine.

use crate::{Finding, Random, count, panicked};
use common::exercise::costs::{COPY, ELEMENT, SHARED, START};
use explorer::outside::{Asked, Data, Outside, Work};
use explorer::ticks::{Costs, End, Rule, Run, run};
use explorer::{Bounds, Memory, Problem, explore_within};
use kit::driver::{ADDED, COMPUTED, COPIED};
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

/// The lengths of two lists of numbers that repeat. They have no common divisor, so the numbers repeat after 16 million.
const PERIODS: [usize; 2] = [4_096, 4_099];

/// Where all numbers are 0, so that a sum of 0 does not mean the end.
const ZEROS: Range<usize> = 300..900;

/// Numbers to be added up: any count of them, without memory for each.
pub struct Numbers {
    length: u64,
    /// For each list the sums of its first numbers.
    sums: [Vec<i64>; 2],
    /// How often many numbers were added up at once.
    at_once: Cell<usize>,
}

impl Numbers {
    /// Creates `length` numbers. Many of them need more than 32 bits.
    pub fn new(length: u64) -> Self {
        let mut random = Random::new(length);
        let sums = PERIODS.map(|period| {
            // The sum of all numbers fits into an i64 for each length.
            let number = |draw: u64| match length {
                ..=20_000 => (draw >> 16) as i64 - (1 << 44),
                20_001..=16_777_216 => (draw >> 28) as i64 - (1 << 35),
                _ => (draw % 2_001) as i64 - 900,
            };
            let drawn = |index| if ZEROS.contains(&index) { 0 } else { number(random.draw()) };
            let numbers = (0..period).map(drawn);
            let mut sum = 0;
            std::iter::once(0)
                .chain(numbers.map(|number| {
                    sum += number;
                    sum
                }))
                .collect()
        });
        Self { length, sums, at_once: Cell::new(0) }
    }

    /// Returns the sum of all numbers before this index.
    fn before(&self, index: u64) -> i64 {
        self.sums.iter().fold(0, |total, sums| {
            let period = sums.len() as u64 - 1;
            let whole = (index / period) as i64 * sums[period as usize];
            total + whole + sums[(index % period) as usize]
        })
    }

    /// Returns the sum of all numbers.
    pub fn sum(&self) -> i64 {
        self.before(self.length)
    }
}

impl Data for Numbers {
    fn result(&self, Work { kind, from, to, step }: Work) -> Option<u64> {
        let exists = kind == ADDED && step == 1 && from <= to && to <= self.length;
        self.at_once.set(self.at_once.get() + 1);
        exists.then(|| (self.before(to) - self.before(from)) as u64)
    }

    fn value(&self, kind: u8, index: u64) -> Option<u64> {
        (kind == ADDED && index < self.length).then(|| (self.before(index + 1) - self.before(index)) as u64)
    }

    fn ticks(&self, work: Work) -> u64 {
        work.elements().saturating_mul(if work.kind == COPIED { COPY } else { ELEMENT })
    }
}

/// Terms to be computed and added up.
pub struct Terms {
    values: Vec<f64>,
    /// What each costs, in ticks.
    ticks: Vec<u64>,
}

impl Terms {
    /// Creates terms with these costs. They differ so much in size that the order of the additions shows.
    pub fn new(ticks: Vec<u64>) -> Self {
        let mut random = Random::new(ticks.len() as u64);
        let mut term = || (random.draw() >> 11) as f64 / (1_u64 << (43 + random.draw() % 11)) as f64;
        Self { values: ticks.iter().map(|_| term()).collect(), ticks }
    }

    /// Returns the sum of all terms, in their order.
    pub fn sum(&self) -> f64 {
        self.values.iter().sum()
    }

    /// Returns the ticks of all terms.
    pub fn all_ticks(&self) -> u64 {
        self.ticks.iter().sum()
    }
}

impl Data for Terms {
    fn result(&self, _work: Work) -> Option<u64> {
        None
    }

    fn value(&self, kind: u8, index: u64) -> Option<u64> {
        let value = self.values.get(usize::try_from(index).ok()?)?;
        (kind == COMPUTED).then(|| value.to_bits())
    }

    fn ticks(&self, work: Work) -> u64 {
        let indices = (work.from..work.to).step_by(work.step as usize).take(self.ticks.len());
        indices.map(|index| self.ticks.get(index as usize).copied().unwrap_or(0)).sum()
    }
}

/// A run of a submission's sum.
pub struct Summed {
    /// The last value that the first thread reported: the bits of the sum.
    pub sum: u64,
    /// What each thread did, and how the run ended.
    pub run: Run,
}

impl Summed {
    /// Returns the number of elements with which each thread worked, the first thread's first.
    pub fn elements(&self) -> Vec<u64> {
        self.run.threads.iter().map(|done| done.works.iter().map(|work| work.elements()).sum()).collect()
    }

    /// Returns how many numbers were copied.
    pub fn copied(&self) -> u64 {
        let works = self.run.threads.iter().flat_map(|done| &done.works);
        works.filter(|work| work.kind == COPIED).map(|work| work.elements()).sum()
    }
}

/// Runs a sum of `size` elements with so many workers or cores. `case` names them in a message.
///
/// # Errors
///
/// The run has not ended with a sum.
pub fn add_up(
    outside: &Rc<Outside>,
    (size, workers): (u64, u64),
    data: Rc<dyn Data>,
    case: &str,
) -> Result<Summed, Finding> {
    let program = Asked::with_data(outside.clone(), vec![vec![size, workers]], data);
    let run = run(&program, Costs { start: START, shared: SHARED }, Rule::Clocks);
    match &run.end {
        End::Finished => {}
        End::Panicked(said) => return Err(Finding::Fail(format!("{case}: {}", panicked(said)))),
        End::Waits | End::GivesUp { .. } => {
            return Err(Finding::Fail(format!("{case}: no thread can continue: they wait for each other")));
        }
        End::Operations(most) => {
            let most = count(*most as u64, "operation");
            return Err(Finding::Fail(format!("{case}: the threads did more than {most} on locks and atomics")));
        }
        End::Unsupported(what) if what.contains("more than 120 threads") => {
            return Err(Finding::Fail(format!("{case}: the code starts more than 120 threads")));
        }
        End::Unsupported(what) => {
            return Err(Finding::Inconclusive(format!("{case}: not decided: the grader cannot run this code: {what}")));
        }
    }
    match run.threads.first().and_then(|first| first.told.last()) {
        Some(&sum) => Ok(Summed { sum, run }),
        None => Err(Finding::Fail(format!("{case}: the program does not tell the sum"))),
    }
}

/// Adds up `size` numbers, and checks the sum. `noun` is what the second number counts, and `function` what adds up.
///
/// # Errors
///
/// The run has not ended with the right sum.
pub fn add_up_numbers(
    outside: &Rc<Outside>,
    (size, workers): (u64, u64),
    noun: &str,
    function: &str,
) -> Result<Summed, Finding> {
    let numbers = Rc::new(Numbers::new(size));
    let case = format!("{}, {}", count(size, "number"), count(workers, noun));
    let summed = add_up(outside, (size, workers), numbers.clone(), &case)?;
    if summed.sum as i64 != numbers.sum() {
        let message = format!("{case}: {function} returned {}, expected {}", summed.sum as i64, numbers.sum());
        return Err(Finding::Fail(message));
    }
    let most = summed.run.at_once;
    if most as u64 > workers {
        let message =
            format!("{case}: {} ran at the same time, expected at most {workers}", count(most as u64, "thread"));
        return Err(Finding::Fail(message));
    }
    Ok(summed)
}

/// States of the exploration of a sum. The states beyond this number decide nothing.
const MOST_STATES: usize = 20_000;

/// Checks that the sum of numbers is right in every order of the threads' steps, and in the executions that C++20 adds.
pub fn every_order(outside: &Rc<Outside>, (size, workers): (u64, u64), noun: &str, function: &str) -> Finding {
    let numbers = Rc::new(Numbers::new(size));
    let case = format!("{}, {}", count(size, "number"), count(workers, noun));
    let expected = numbers.sum();
    every_outcome(outside, (size, workers), numbers, &case, |sum| {
        (sum as i64 != expected).then(|| {
            format!(
                "{function} returned {}, expected {expected}, if the threads take their steps in another order",
                sum as i64
            )
        })
    })
}

/// Explores a sum, and checks the last value that the first thread reports.
pub fn every_outcome(
    outside: &Rc<Outside>,
    (size, workers): (u64, u64),
    data: Rc<dyn Data>,
    case: &str,
    mut wrong: impl FnMut(u64) -> Option<String>,
) -> Finding {
    let program = Asked::with_data(outside.clone(), vec![vec![size, workers]], data);
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        let report = explore_within(&program, memory, &Bounds { states: MOST_STATES, ..Bounds::default() });
        if let Some(Problem::Panic { message, .. }) = report.panic().map(|finding| &finding.problem) {
            return Finding::Fail(format!("{case}: {}", panicked(message)));
        }
        if report.hang().is_some() {
            return Finding::Fail(format!("{case}: no thread can continue: they wait for each other"));
        }
        let told = |outcome: &[u64]| outcome.get(1..=*outcome.first()? as usize)?.last().copied();
        let sums = report.outcomes.keys().filter_map(|outcome| told(outcome));
        if let Some(wrong) = sums.into_iter().find_map(&mut wrong) {
            return Finding::Fail(format!("{case}: {wrong}"));
        }
    }
    Finding::Pass
}

/// The largest number of pieces of work in a run.
const MOST_PIECES: u64 = 20_000;

/// The largest count of numbers that code adds up one by one.
const MOST_SINGLES: u64 = 4_000_000;

/// Returns how many numbers the submission can add up in a run. Code that takes a part at once can add up any count; code that
/// takes many small pieces, or one number after the other, would take too long.
pub fn affordable(outside: &Rc<Outside>) -> u64 {
    let (size, workers) = (200_000, 2);
    let numbers = Rc::new(Numbers::new(size));
    let Ok(summed) = add_up(outside, (size, workers), numbers.clone(), "") else { return size };
    let works = summed.run.threads.iter().map(|done| done.works.len()).sum::<usize>();
    // Work on parts that follow each other is one piece, but each part is asked for.
    let pieces = works.max(numbers.at_once.get()) as u64;
    if summed.copied() > 0 {
        size
    } else if numbers.at_once.get() == 0 {
        MOST_SINGLES
    } else if pieces <= 4 * workers {
        u64::MAX
    } else {
        (size / pieces).max(1).saturating_mul(MOST_PIECES)
    }
}
