//! Times the variants at many chunk sizes and many array sizes.

use crate::sums;
use common::pin::Pin;
use common::report::Point;
use common::timing::{Experiment, Sample, Series, Summary};
use common::{Error, Row};
use rayon::ThreadPool;
use std::iter;

/// The chunk size of the report's table, in elements: so small that handing out chunks costs more than it gains.
pub const CHUNK: usize = 100;

/// The most elements that chunks are cut from. With more, the smallest chunks would take minutes.
const MOST_ELEMENTS: usize = 4_000_000;

/// The variants in which a chunk is expensive, each with the most chunks that a run really hands out.
pub const CAPS: [(&str, usize); 3] =
    [("spawn-per-chunk", MOST_SPAWNS), ("channel", MOST_HANDED_OUT), ("rayon-one-by-one", MOST_HANDED_OUT)];

const MOST_SPAWNS: usize = 250;
const MOST_HANDED_OUT: usize = 500_000;

/// The runs of the variants at one chunk size or one array size.
pub struct Measured {
    /// The size of a chunk or of the array, in elements.
    pub at: usize,
    /// Whether the report shows these runs. The cost model learns from the others.
    pub shown: bool,
    /// One series per variant, `sequential` first.
    pub series: Vec<Series<i64>>,
}

impl Measured {
    fn of(&self, variant: &str) -> Option<&Series<i64>> {
        self.series.iter().find(|series| series.variant == variant)
    }

    /// Returns the time of a variant, in seconds.
    pub fn seconds(&self, variant: &str) -> Option<Summary> {
        self.of(variant).map(Series::seconds)
    }

    /// Returns the speed-up of a variant over `sequential`, pair by pair.
    pub fn speedup(&self, variant: &str) -> Option<Summary> {
        self.of(variant)?.speedup_over(&self.series[0])
    }

    /// Returns whether a variant always found the right sum; true if it did not run.
    pub fn is_correct(&self, variant: &str) -> bool {
        let mut rows = Row::sums(&self.series).into_iter();
        rows.find(|row| row.variant == variant).is_none_or(|row| row.correct == Some(true))
    }

    /// Returns the point of a variant in a sweep.
    pub fn point(&self, variant: &str, predicted_speedup: Option<f64>) -> Point {
        let (seconds, speedup) = (self.seconds(variant), self.speedup(variant));
        Point { at: self.at as u64, seconds, speedup, predicted_speedup, ..Point::default() }
    }
}

/// All runs of the lab.
pub struct Runs {
    /// The number of elements that the chunks were cut from.
    pub elements: usize,
    /// All variants without elements: the time to start and end the threads.
    pub empty: Measured,
    /// All variants, with chunks of 1, 10, 100, ... elements for the report, and of 3, 30, 300, ... for the model.
    pub chunks: Vec<Measured>,
    /// `sequential` and `threads` on arrays of 1,000, 10,000, ... elements and on the whole array for the report, and on three sizes
    /// between each two of them for the model.
    pub sizes: Vec<Measured>,
}

/// The data and the settings of the measurement.
pub struct Bench<'a> {
    /// The array to add up.
    pub array: &'a [i64],
    /// The number of threads that share the work.
    pub threads: usize,
    /// The number of counted rounds.
    pub repeat: usize,
    /// The CPUs that the threads are bound to.
    pub pin: &'a Pin,
    /// A rayon pool with the same number of threads.
    pub pool: &'a ThreadPool,
}

impl Bench<'_> {
    /// Measures the variants at all chunk sizes and all array sizes.
    pub fn measure(&self) -> Result<Runs, Error> {
        let part = &self.array[..self.array.len().min(MOST_ELEMENTS)];
        let empty = Bench { repeat: self.repeat * self.more(), ..*self }.at_chunk(&[], CHUNK, false)?;
        Ok(Runs { elements: part.len(), empty, chunks: self.over_chunks(part)?, sizes: self.over_sizes()? })
    }

    /// Returns the factor by which short runs have more rounds, because the time to start threads varies. It is smaller for many
    /// threads, which take longer.
    fn more(&self) -> usize {
        (20 / self.threads).clamp(1, 10)
    }

    fn over_chunks(&self, array: &[i64]) -> Result<Vec<Measured>, Error> {
        let powers = iter::successors(Some(1), |power| Some(power * 10));
        let chunks = powers.flat_map(|power| [(power, true), (3 * power, false)]);
        let chunks = chunks.take_while(|&(chunk, _)| chunk <= array.len().max(CHUNK));
        chunks.map(|(chunk, shown)| self.at_chunk(array, chunk, shown)).collect()
    }

    fn at_chunk(&self, array: &[i64], chunk: usize, shown: bool) -> Result<Measured, Error> {
        let &Self { threads, pin, pool, .. } = self;
        let experiment = Experiment::new(self.repeat)
            .timed("sequential", "one loop on one core", || sums::sequential(array))
            .measured("spawn-per-chunk", "one thread per chunk (extrapolated)", || {
                Ok(capped(array, chunk, MOST_SPAWNS, |array| sums::spawn_per_chunk(array, chunk, threads, pin)))
            })
            .measured("channel", "chunks through a channel", || {
                Ok(capped(array, chunk, MOST_HANDED_OUT, |array| sums::channel(array, chunk, threads, pin)))
            })
            .timed("atomic-index", "chunks by fetch_add on an index", || sums::atomic_index(array, chunk, threads, pin))
            .timed("rayon", "rayon's par_chunks", || sums::rayon(array, chunk, pool))
            .measured("rayon-one-by-one", "par_chunks, one task per chunk", || {
                Ok(capped(array, chunk, MOST_HANDED_OUT, |array| sums::rayon_one_by_one(array, chunk, pool)))
            })
            .timed("threads", "one large chunk per thread", || sums::threads(array, threads, pin));
        // Only for the model: the cost of a chunk that remains when nothing is handed out.
        let experiment = match shown {
            true => experiment,
            false => experiment.timed("dealt", "", || sums::dealt(array, chunk, threads, pin)),
        };
        Ok(Measured { at: chunk, shown, series: experiment.measure()? })
    }

    fn over_sizes(&self) -> Result<Vec<Measured>, Error> {
        let most = self.array.len();
        let powers = iter::successors(Some(100), |power| Some(power * 10));
        let sizes = powers.flat_map(|power| {
            [(power, power >= 1_000), (3 * power / 2, false), (3 * power, false), (6 * power, false)]
        });
        let smaller = sizes.take_while(|&(size, _)| size < most);
        smaller.chain([(most, true)]).map(|(size, shown)| self.at_size(size, shown)).collect()
    }

    fn at_size(&self, size: usize, shown: bool) -> Result<Measured, Error> {
        let rounds = self.repeat * (MOST_ELEMENTS / size).clamp(1, self.more());
        let array = &self.array[..size];
        let series = Experiment::new(rounds)
            .timed("sequential", "", || sums::sequential(array))
            .timed("threads", "", || sums::threads(array, self.threads, self.pin))
            .measure()?;
        Ok(Measured { at: size, shown, series })
    }
}

/// Times `work` on at most `most` chunks and extrapolates the time to all of them. The rest is added up without timing.
fn capped(array: &[i64], chunk: usize, most: usize, work: impl Fn(&[i64]) -> i64) -> Sample<i64> {
    let (handed_out, rest) = array.split_at(array.len().min(chunk.saturating_mul(most)));
    let mut sample = Sample::of(|| work(handed_out));
    if !rest.is_empty() {
        sample.seconds *= array.len() as f64 / handed_out.len() as f64;
        sample.value += sums::sequential(rest);
    }
    sample
}
