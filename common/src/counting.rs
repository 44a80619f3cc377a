//! Measures a table of counters, with one or several numbers of threads.

use crate::counter::Declaration;
use crate::report::{Point, Sweep};
use crate::timing::{self, Experiment, Series};
use crate::warning::Warning;
use crate::{Arguments, Error, Row, pin::Pin};

/// Below this many increments per thread the threads hardly overlap, so the time of a run says little about sharing.
pub const TELLING: u64 = 20_000;

/// The runs of all counters, for each number of threads.
#[derive(Clone, Debug)]
pub struct Measured {
    counters: &'static [Declaration],
    increments: u64,
    /// The number of threads of the runs in the report's rows.
    threads: usize,
    /// For each number of threads, the runs of all counters in the order of the table.
    runs: Vec<(usize, Vec<Series<u64>>)>,
}

/// Runs every counter of the table with `--threads` threads. With a sweep it also runs them with those numbers of threads; if the
/// command line gives `--threads`, the sweep is 1 and that number. All take turns, so that they can be compared.
///
/// # Errors
///
/// The first error of a run.
pub fn measure(
    counters: &'static [Declaration],
    arguments: &Arguments,
    sweep: &[usize],
    pin: &Pin,
) -> Result<Measured, Error> {
    let (threads, increments) = (arguments.threads(), arguments.increments());
    let mut experiment = Experiment::over(arguments.repeat(), thread_counts(arguments, sweep));
    for counter in counters {
        experiment = experiment.at(counter.name, counter.label, move |threads| counter.run(threads, increments, pin));
    }
    Ok(Measured { counters, increments, threads, runs: experiment.measure_all()? })
}

fn thread_counts(arguments: &Arguments, sweep: &[usize]) -> Vec<usize> {
    let mut counts = match sweep {
        [] => Vec::new(),
        _ if arguments.is_given("threads") => vec![1],
        sweep => sweep.to_vec(),
    };
    counts.push(arguments.threads());
    counts.sort_unstable();
    counts.dedup();
    counts
}

impl Measured {
    /// Returns one row per counter, about the runs with `--threads` threads. With a sweep, a row also holds the runs
    /// with other numbers of threads. A counter is incorrect if it can lose an update, or if it lost one in any run.
    pub fn rows(&self) -> Vec<Row> {
        (0..self.counters.len()).map(|index| self.row(index)).collect()
    }

    /// Returns the warnings about the times of the rows.
    pub fn warnings(&self) -> Vec<Warning> {
        let (_, series) =
            self.runs.iter().find(|(threads, _)| *threads == self.threads).expect("--threads was measured");
        timing::warnings(series)
    }

    fn row(&self, index: usize) -> Row {
        let expected = |threads: usize| threads as u64 * self.increments;
        let outcome = self.counters[index].outcome;
        let rows: Vec<(usize, Row)> = (self.runs.iter())
            .map(|(threads, series)| (*threads, Row::counter(&series[index], expected(*threads), outcome)))
            .collect();
        let correct = rows.iter().all(|(_, row)| row.correct == Some(true));
        let point = |(threads, row): &(usize, Row)| Point {
            at: *threads as u64,
            seconds: row.seconds,
            finals: row.finals.clone(),
            expected: Some(expected(*threads)),
            nanoseconds_per_increment: row.nanoseconds_per_increment,
            ..Point::default()
        };
        let sweep = (rows.len() > 1).then(|| Sweep { over: "threads", points: rows.iter().map(point).collect() });
        let (_, row) = rows.into_iter().find(|(threads, _)| *threads == self.threads).expect("--threads was measured");
        Row { correct: Some(correct), sweep, ..row }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counter::{Counter, Outcome, declare};
    use crate::timing::Sample;
    use crate::{Lab, Parameter, arguments::Request};
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    #[derive(Default)]
    struct Right(AtomicU64);

    impl Counter for Right {
        fn increment(&self, _thread: usize) {
            self.0.fetch_add(1, Relaxed);
        }

        fn value(&self) -> u64 {
            self.0.load(Relaxed)
        }
    }

    const COUNTERS: &[Declaration] =
        &[declare::<Right>("right", Outcome::Exact, ""), declare::<Right>("wrong", Outcome::LostUpdates, "")];

    fn arguments(line: &[&str]) -> Arguments {
        let parameters = [Parameter::threads().default(4), Parameter::increments(10), Parameter::repeat(2)];
        let lab = Lab { parameters: Box::leak(Box::new(parameters)), ..Lab::EMPTY };
        match Arguments::parse(&lab, line.iter().map(Into::into)) {
            Ok(Request::Run(arguments)) => arguments,
            _ => panic!("this command line runs"),
        }
    }

    #[test]
    fn a_table_is_measured_with_every_number_of_threads() {
        let pin = &Pin::new(false);
        let rows = measure(COUNTERS, &arguments(&[]), &[1, 4], pin).unwrap().rows();
        assert_eq!((rows[0].variant, rows[0].correct, &rows[0].finals[..]), ("right", Some(true), &[40, 40][..]));
        assert_eq!((rows[1].variant, rows[1].correct), ("wrong", Some(false)), "it can lose, whether or not it did");
        let points = &rows[0].sweep.as_ref().unwrap().points;
        assert_eq!(
            points.iter().map(|point| (point.at, point.expected)).collect::<Vec<_>>(),
            [(1, Some(10)), (4, Some(40))]
        );
        let alone = measure(COUNTERS, &arguments(&["--threads", "3"]), &[], pin).unwrap().rows();
        assert!(alone[0].sweep.is_none() && alone[0].finals == [30, 30]);
    }

    #[test]
    fn a_given_number_of_threads_is_swept_from_one() {
        assert_eq!(thread_counts(&arguments(&["--threads", "3"]), &[1, 4, 10]), [1, 3]);
        assert_eq!(thread_counts(&arguments(&[]), &[1, 4, 10]), [1, 4, 10]);
    }

    #[test]
    fn a_counter_that_lost_with_any_number_of_threads_is_incorrect() {
        let series = |finals: [u64; 2]| {
            let sample = |value| Sample { value, seconds: 1.0, phases: Vec::new(), bytes_copied: None };
            vec![Series { variant: "right", label: "", samples: finals.map(sample).to_vec(), usage: Vec::new() }]
        };
        let runs = |first| vec![(1, series(first)), (4, series([40, 40]))];
        let measured = |first| Measured { counters: &COUNTERS[..1], increments: 10, threads: 4, runs: runs(first) };
        assert_eq!(measured([10, 10]).rows()[0].correct, Some(true));
        assert_eq!(measured([10, 9]).rows()[0].correct, Some(false));
    }
}
