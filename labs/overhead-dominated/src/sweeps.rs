//! The variants, timed at many chunk sizes and many array sizes.

use crate::sums;
use common::pin::Pin;
use common::report::Point;
use common::timing::{Experiment, Sample, Series, Summary};
use common::{Error, Row};
use rayon::ThreadPool;
use std::iter;

/// The chunk of the report's table: large enough that an array has many, small enough that the trap shows.
pub const CHUNK: usize = 100;

/// Elements that the chunks are cut from. More would make the smallest chunks take minutes.
const MOST_ELEMENTS: usize = 4_000_000;

/// The variants to which a chunk is dear, and how many chunks are really handed out in a run of each.
pub const CAPS: [(&str, usize); 3] =
    [("spawn-per-chunk", MOST_SPAWNS), ("channel", MOST_HANDED_OUT), ("rayon-one-by-one", MOST_HANDED_OUT)];

const MOST_SPAWNS: usize = 250;
const MOST_HANDED_OUT: usize = 500_000;

/// What the variants did at one chunk size or one array size.
pub struct Measured {
    /// The size of a chunk or of the array, in elements.
    pub at: usize,
    /// Whether the report shows it. The others are what the cost model learns from.
    pub shown: bool,
    /// A series a variant, `sequential` first.
    pub series: Vec<Series<i64>>,
}

impl Measured {
    fn of(&self, variant: &str) -> Option<&Series<i64>> {
        self.series.iter().find(|series| series.variant == variant)
    }

    /// The time of a variant.
    pub fn seconds(&self, variant: &str) -> Option<Summary> {
        self.of(variant).map(Series::seconds)
    }

    /// How many times as fast as `sequential` a variant was, pair by pair.
    pub fn speedup(&self, variant: &str) -> Option<Summary> {
        self.of(variant)?.speedup_over(&self.series[0])
    }

    /// Whether a variant, if it ran at all, always found the sum.
    pub fn is_correct(&self, variant: &str) -> bool {
        let mut rows = Row::sums(&self.series).into_iter();
        rows.find(|row| row.variant == variant).is_none_or(|row| row.correct == Some(true))
    }

    /// The point of a variant in a sweep.
    pub fn point(&self, variant: &str, predicted_speedup: Option<f64>) -> Point {
        let (seconds, speedup) = (self.seconds(variant), self.speedup(variant));
        Point { at: self.at as u64, seconds, speedup, predicted_speedup, ..Point::default() }
    }
}

/// All that was measured.
pub struct Runs {
    /// Elements that the chunks were cut from.
    pub elements: usize,
    /// Every variant with nothing to add up: what it costs to start the threads, and to end them.
    pub empty: Measured,
    /// Every variant at chunks of 1, 10, 100, ... to be shown and 3, 30, 300, ... to learn from.
    pub chunks: Vec<Measured>,
    /// `sequential` and `threads` on arrays of 1,000, 10,000, ... elements and the whole one to be shown, and three sizes between
    /// each to learn from.
    pub sizes: Vec<Measured>,
}

/// Everything that a run needs.
pub struct Bench<'a> {
    /// The array to add up.
    pub array: &'a [i64],
    /// Threads that share the work.
    pub threads: usize,
    /// The number of counted rounds.
    pub repeat: usize,
    /// Where the threads go.
    pub pin: &'a Pin,
    /// rayon's threads, as many as ours.
    pub pool: &'a ThreadPool,
}

impl Bench<'_> {
    /// Measures the variants at all chunk sizes and all array sizes.
    pub fn measure(&self) -> Result<Runs, Error> {
        let part = &self.array[..self.array.len().min(MOST_ELEMENTS)];
        let empty = Bench { repeat: self.repeat * self.more(), ..*self }.at_chunk(&[], CHUNK, false)?;
        Ok(Runs { elements: part.len(), empty, chunks: self.over_chunks(part)?, sizes: self.over_sizes()? })
    }

    /// Times as many rounds for runs that hardly do more than start their threads: that takes now this long, now that long. A
    /// crowd of threads takes long enough as it is.
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
        // For the model alone: what is left of a chunk's price when nothing is handed out.
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

/// Times `work` on as many chunks as it may hand out, takes that time for all of them, and adds up the rest off the clock.
fn capped(array: &[i64], chunk: usize, most: usize, work: impl Fn(&[i64]) -> i64) -> Sample<i64> {
    let (handed_out, rest) = array.split_at(array.len().min(chunk.saturating_mul(most)));
    let mut sample = Sample::of(|| work(handed_out));
    if !rest.is_empty() {
        sample.seconds *= array.len() as f64 / handed_out.len() as f64;
        sample.value += sums::sequential(rest);
    }
    sample
}
