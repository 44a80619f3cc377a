// Adds a thread, by recursion, as long as that saves ticks.
use common::exercise::*;

struct Machine {
    work: u64,
    cores: u64,
}

impl Machine {
    fn ticks(&self, threads: u64) -> u64 {
        threads * costs::START + self.work.div_ceil(threads)
    }

    fn best(&self, threads: u64) -> u64 {
        let is_better = threads < self.cores && self.ticks(threads + 1) < self.ticks(threads);
        if is_better { self.best(threads + 1) } else { threads }
    }
}

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let machine = Machine { work: numbers.len() as u64 * costs::ELEMENT, cores: cores as u64 };
    let best = machine.best(1);
    if machine.work <= machine.ticks(best) {
        return numbers.sum(0..numbers.len());
    }
    let threads = best as usize;
    let bound = |worker: usize| numbers.len() * worker / threads;
    in_threads(threads, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
