//! Measures times to be compared: variants run in turn, A B A B, and each time is divided by the first one of its
//! round.
//!
//! A machine's speed drifts while a lab runs. Times measured minutes apart say little about each other; the ratio of
//! two neighbouring runs does (Georges, Buytaert and Eeckhout, "Statistically rigorous Java performance evaluation",
//! 2007).

use crate::{Error, optimization, usage::Usage, warning::Warning};
use std::io::{IsTerminal, Write, stderr};
use std::{hint::black_box, time::Instant};

/// Runs are too noisy to compare if their times spread over more than this share of their median.
const NOISY: f64 = 0.5;

/// The smallest, the median and the largest of some figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many figures there were.
    pub runs: usize,
    /// The smallest of the figures.
    pub min: f64,
    /// The median; of an even number of figures, the mean of the two in the middle.
    pub median: f64,
    /// The largest of the figures.
    pub max: f64,
}

impl Summary {
    /// Summarises some figures; `None` if there are none.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
        Some(Self { runs: sorted.len(), min, median, max })
    }

    /// Returns the difference between the largest and the smallest, as a share of the median.
    pub fn spread(&self) -> f64 {
        (self.max - self.min) / self.median
    }

    /// Multiplies each figure by `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        Self { runs: self.runs, min: self.min * factor, median: self.median * factor, max: self.max * factor }
    }
}

/// Named parts of a run in their order, in seconds.
pub type Phases = Vec<(&'static str, f64)>;

/// One run of one variant.
#[derive(Clone, Debug)]
pub struct Sample<T> {
    /// The value that the run computed.
    pub value: T,
    /// The time of the run, in seconds.
    pub seconds: f64,
    /// The parts of that time; empty when the run was timed as one piece.
    pub phases: Phases,
    /// Bytes that were copied to the workers.
    pub bytes_copied: Option<u64>,
}

impl<T> Sample<T> {
    /// Runs `work` and times it as one piece. The result passes through a black box, so that the compiler cannot remove
    /// the work.
    pub fn of(work: impl FnOnce() -> T) -> Self {
        let start = Instant::now();
        let value = black_box(work());
        Self { value, seconds: start.elapsed().as_secs_f64(), phases: Vec::new(), bytes_copied: None }
    }
}

/// Times the phases of one run.
#[derive(Debug)]
pub struct Stopwatch {
    start: Instant,
    lap: Instant,
    phases: Phases,
}

impl Stopwatch {
    /// Starts the first phase.
    #[expect(clippy::new_without_default, reason = "starting a clock is not a default value")]
    pub fn new() -> Self {
        let start = Instant::now();
        Self { start, lap: start, phases: Vec::new() }
    }

    /// Ends a phase, names it, and starts the next.
    pub fn lap(&mut self, phase: &'static str) {
        let now = Instant::now();
        self.phases.push((phase, (now - self.lap).as_secs_f64()));
        self.lap = now;
    }

    /// Ends the run and returns its time, with the `value` that it computed.
    pub fn finish<T>(self, value: T) -> Sample<T> {
        Sample { value, seconds: self.start.elapsed().as_secs_f64(), phases: self.phases, bytes_copied: None }
    }
}

type Run<'a, T, P> = Box<dyn FnMut(P) -> Result<Sample<T>, Error> + 'a>;

/// Variants of one computation that run in turn, at one or several points, such as numbers of threads.
pub struct Experiment<'a, T, P = ()> {
    repeat: usize,
    points: Vec<P>,
    variants: Vec<Variant<'a, T, P>>,
}

struct Variant<'a, T, P> {
    name: &'static str,
    label: &'static str,
    /// Whether it must run directly after the previous variant.
    follows: bool,
    run: Run<'a, T, P>,
}

impl<'a, T, P: Copy> Experiment<'a, T, P> {
    /// Creates an experiment of `repeat` counted rounds, after one that is not counted. Each round runs every variant
    /// at every point. It begins with another one each time, so that no variant always has the same neighbours.
    pub fn over(repeat: usize, points: Vec<P>) -> Self {
        Self { repeat, points, variants: Vec::new() }
    }

    /// Adds a variant that is given the point, times its own phases, and can fail.
    pub fn at(
        mut self,
        name: &'static str,
        label: &'static str,
        run: impl FnMut(P) -> Result<Sample<T>, Error> + 'a,
    ) -> Self {
        self.variants.push(Variant { name, label, follows: false, run: Box::new(run) });
        self
    }

    /// Makes the variant that was added last run directly after the previous one, in every round.
    pub fn behind(mut self) -> Self {
        if let Some(last) = self.variants.last_mut() {
            last.follows = true;
        }
        self
    }

    /// Runs all rounds and returns, for each point, the series of all variants. The first round warms caches and page tables and is
    /// not counted.
    ///
    /// # Errors
    ///
    /// The first error of a variant ends the experiment.
    pub fn measure_all(mut self) -> Result<Vec<AtPoint<P, T>>, Error> {
        let empty = |variant: &Variant<'_, T, P>| Series {
            variant: variant.name,
            label: variant.label,
            samples: Vec::new(),
            usage: Vec::new(),
        };
        let all = |point| (point, self.variants.iter().map(empty).collect::<Vec<_>>());
        let mut measured: Vec<AtPoint<P, T>> = self.points.iter().copied().map(all).collect();
        let progress = Progress::new();
        for round in 0..=self.repeat {
            for (place, index) in order(round, self.points.len(), &self.variants) {
                let (variant, (point, series)) = (&mut self.variants[index], &mut measured[place]);
                progress.say(format_args!("round {round} of {}: {}", self.repeat, variant.name));
                let before = Usage::now();
                let sample = (variant.run)(*point)?;
                if round > 0 {
                    series[index].samples.push(sample);
                    series[index].usage.extend(before.and_then(|before| Some(Usage::now()? - before)));
                }
            }
        }
        Ok(measured)
    }
}

/// Returns which variant runs at which point, in the order of a round. Every round begins one variant later, and a
/// variant that must follow another still does.
fn order<T, P>(round: usize, points: usize, variants: &[Variant<'_, T, P>]) -> Vec<(usize, usize)> {
    let mut groups: Vec<Vec<(usize, usize)>> = Vec::new();
    for point in 0..points {
        for (index, variant) in variants.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if variant.follows && index > 0 => group.push((point, index)),
                _ => groups.push(vec![(point, index)]),
            }
        }
    }
    if !groups.is_empty() {
        let first = round % groups.len();
        groups.rotate_left(first);
    }
    groups.concat()
}

impl<'a, T> Experiment<'a, T> {
    /// Creates an experiment of `repeat` counted rounds, after one that is not counted.
    pub fn new(repeat: usize) -> Self {
        Self::over(repeat, vec![()])
    }

    /// Adds a variant, timed as one piece.
    pub fn timed(self, name: &'static str, label: &'static str, mut work: impl FnMut() -> T + 'a) -> Self {
        self.measured(name, label, move || Ok(Sample::of(&mut work)))
    }

    /// Adds a variant that times its own phases and can fail.
    pub fn measured(
        self,
        name: &'static str,
        label: &'static str,
        mut run: impl FnMut() -> Result<Sample<T>, Error> + 'a,
    ) -> Self {
        self.at(name, label, move |()| run())
    }

    /// Runs every variant once per round. The first round warms caches and page tables and is not counted.
    ///
    /// # Errors
    ///
    /// The first error of a variant ends the experiment.
    pub fn measure(self) -> Result<Vec<Series<T>>, Error> {
        Ok(self.measure_all()?.into_iter().flat_map(|((), series)| series).collect())
    }
}

/// A point, and the series of all variants at it.
pub type AtPoint<P, T> = (P, Vec<Series<T>>);

/// A progress line on standard error, which is overwritten and finally erased. It appears only on a terminal.
pub struct Progress(bool);

impl Progress {
    /// Prints only if standard error is a terminal.
    #[expect(clippy::new_without_default, reason = "it looks at the terminal")]
    pub fn new() -> Self {
        Self(stderr().is_terminal())
    }

    /// Overwrites the progress line.
    pub fn say(&self, text: std::fmt::Arguments<'_>) {
        if self.0 {
            let _ = write!(stderr(), "\r\x1b[K{text} ...");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.0 {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

/// The counted runs of one variant.
#[derive(Clone, Debug)]
pub struct Series<T> {
    /// The variant's stable name.
    pub variant: &'static str,
    /// What it does, in a few words.
    pub label: &'static str,
    /// The runs, in the order of the rounds.
    pub samples: Vec<Sample<T>>,
    /// The CPU usage of each run; empty where the system does not say.
    pub usage: Vec<Usage>,
}

impl<T> Series<T> {
    /// Summarises the times of the runs, in seconds.
    pub fn seconds(&self) -> Summary {
        Summary::of(self.samples.iter().map(|sample| sample.seconds)).expect("an experiment has at least one round")
    }

    /// Returns the speed-up over `base`, pair by pair. `None` in a build without optimisation, in which a speed-up
    /// would mean nothing.
    pub fn speedup_over<U>(&self, base: &Series<U>) -> Option<Summary> {
        let pairs = base.samples.iter().zip(&self.samples);
        Summary::of(pairs.map(|(base, own)| base.seconds / own.seconds)).filter(|_| optimization::found())
    }

    /// Returns the phases of the run whose time is the median, so that they add up to that time.
    pub fn phases(&self) -> Phases {
        let mut runs: Vec<&Sample<T>> = self.samples.iter().collect();
        runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        runs.get(runs.len().saturating_sub(1) / 2).map_or_else(Vec::new, |run| run.phases.clone())
    }

    /// Returns whether the runs differ too much to compare them.
    pub fn is_noisy(&self) -> bool {
        self.samples.len() > 1 && self.seconds().spread() > NOISY
    }
}

/// Returns the warnings about the times themselves.
pub fn warnings<T>(series: &[Series<T>]) -> Vec<Warning> {
    if series.iter().any(|series| series.samples.len() == 1) {
        return vec![Warning::SingleRun];
    }
    let variants: Vec<_> = series.iter().filter(|series| series.is_noisy()).map(|series| series.variant).collect();
    if variants.is_empty() { Vec::new() } else { vec![Warning::Noisy { variants }] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn a_summary_is_of_sorted_figures() {
        let summary = Summary::of([3.0, 1.0, 2.0]).unwrap();
        assert_eq!(summary, Summary { runs: 3, min: 1.0, median: 2.0, max: 3.0 });
        assert_eq!(summary.spread(), 1.0);
        assert_eq!(Summary::of([4.0, 1.0, 2.0, 3.0]).unwrap().median, 2.5);
        assert_eq!(Summary::of([]), None);
    }

    #[test]
    fn variants_run_in_turn_after_a_round_that_is_not_counted_and_each_round_begins_with_another() {
        let order = RefCell::new(String::new());
        let say = |name| order.borrow_mut().push(name);
        let experiment = Experiment::new(2).timed("a", "", || say('a')).timed("b", "", || say('b'));
        let series = experiment.timed("c", "", || say('c')).measure().unwrap();
        assert_eq!(*order.borrow(), "abcbcacab");
        assert_eq!(series[1].samples.len(), 2);
        order.borrow_mut().clear();
        let experiment = Experiment::new(1).timed("a", "", || say('a')).timed("b", "", || say('b'));
        experiment.timed("B", "", || say('B')).behind().measure().unwrap();
        assert_eq!(*order.borrow(), "abBbBa", "what follows stays behind");
    }

    #[test]
    fn a_speedup_is_taken_pair_by_pair() {
        let series = |seconds: [f64; 3]| Series {
            variant: "x",
            label: "",
            samples: seconds.map(|seconds| Sample { value: (), seconds, phases: vec![], bytes_copied: None }).to_vec(),
            usage: Vec::new(),
        };
        // The machine slows down by a factor of four; the ratio of the pairs stays the same.
        let speedup = series([1.0, 2.0, 4.0]).speedup_over(&series([2.0, 4.0, 8.0]));
        assert_eq!(speedup, Some(Summary { runs: 3, min: 2.0, median: 2.0, max: 2.0 }));
        assert_eq!(warnings(&[series([1.0, 2.0, 4.0])]), [Warning::Noisy { variants: vec!["x"] }]);
        assert_eq!(warnings(&[series([1.0, 1.1, 1.2])]), []);
    }

    #[test]
    fn phases_are_the_laps_of_a_stopwatch() {
        let mut watch = Stopwatch::new();
        watch.lap("start");
        watch.lap("compute");
        let sample = watch.finish(42);
        assert_eq!((sample.value, sample.phases.len(), sample.phases[1].0), (42, 2, "compute"));
        assert!(sample.phases.iter().map(|phase| phase.1).sum::<f64>() <= sample.seconds);
    }
}
