//! Models the time of parallel work as a straight line: `seconds = start + tasks * per_task + elements * per_element /
//! parallelism`.
//!
//! A start-up time and a rate are Hockney's model of a vector computer (Hockney and Jesshope, "Parallel Computers 2",
//! 1988, where `n_1/2` is the break-even size). A cost per message is the overhead `o` of LogP (Culler et al., "LogP:
//! towards a realistic model of parallel computation", 1993). Only the additions are shared out, which is Amdahl's
//! argument (1967). The costs are fitted to calibration runs, so check a prediction against other runs.

/// How the work of one run is divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// The number of pieces that are handed out.
    pub tasks: f64,
    /// The number of elements in all pieces together.
    pub elements: f64,
    /// The number of elements that the busiest worker gets.
    pub busiest: f64,
    /// How many times as long an element takes when the work is divided in this way. It is 1, unless the division
    /// itself costs time: if neighbouring pieces go to different workers, no worker can read ahead.
    pub slowdown: f64,
}

impl Work {
    /// No work at all. The time of such a run is the start-up cost.
    pub const NONE: Self = Self { tasks: 0.0, elements: 0.0, busiest: 0.0, slowdown: 1.0 };

    /// `elements` in chunks of `chunk`, the last of which may be shorter, for `workers` workers.
    pub fn in_chunks(elements: usize, chunk: usize, workers: usize) -> Self {
        let tasks = elements.div_ceil(chunk);
        let busiest = tasks.div_ceil(workers).saturating_mul(chunk).min(elements);
        Self { tasks: tasks as f64, elements: elements as f64, busiest: busiest as f64, slowdown: 1.0 }
    }

    /// `elements` in one equal part for each of `workers` workers.
    pub fn in_parts(elements: usize, workers: usize) -> Self {
        Self::in_chunks(elements, elements.div_ceil(workers).max(1), workers)
    }
}

/// A run whose time is known.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// The work that was done.
    pub work: Work,
    /// How long it took, in seconds, above zero.
    pub seconds: f64,
}

/// The costs of one way of sharing out work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// Seconds to start all workers and to wait for their end.
    pub start: f64,
    /// Seconds to hand out one piece.
    pub per_task: f64,
    /// Seconds per element on one core alone.
    pub per_element: f64,
    /// How many times as fast all workers together process elements as one does. Two cores that wait for the same
    /// memory are not twice as fast.
    pub parallelism: f64,
}

impl Costs {
    /// Fits start-up cost, cost per task and parallelism to calibration runs, by least squares of the *relative*
    /// residuals: a run of a microsecond counts as much as one of a second. No cost may be negative.
    ///
    /// `per_element` is the time per element on one core alone. The parallelism is at most `workers`. Returns `None` if
    /// the runs do not determine all three costs. They do if they differ in their chunks and one of them has no
    /// elements.
    pub fn fit(observations: &[Observation], per_element: f64, workers: usize) -> Option<Self> {
        let row = |Observation { work, seconds }: &Observation| {
            [1.0, work.tasks, work.elements * work.slowdown].map(|term| term / seconds)
        };
        let rows: Vec<_> = observations.iter().map(row).collect();
        let [start, per_task, shared] = non_negative_least_squares(&rows)?;
        let parallelism = (per_element / shared).min(workers as f64);
        Some(Self { start, per_task, per_element, parallelism })
    }

    /// Returns the predicted time in seconds. Fewer pieces than workers, or one worker with more than its share, limit
    /// the parallelism.
    pub fn seconds(&self, work: Work) -> f64 {
        let most = if work.busiest > 0.0 { work.elements / work.busiest } else { 1.0 };
        let per_element = work.slowdown * self.per_element / self.parallelism.min(most);
        self.start + work.tasks * self.per_task + work.elements * per_element
    }

    /// Returns the predicted speed-up over one core alone.
    pub fn speedup(&self, work: Work) -> f64 {
        work.elements * self.per_element / self.seconds(work)
    }
}

/// The size from which on parallel work is faster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BreakEven {
    /// The smallest measured size is above it already.
    Always,
    /// It is this size, in elements.
    At(f64),
    /// No measured size reaches it.
    Never,
}

impl BreakEven {
    /// Finds where a speed-up first rises to 1. Sizes ascend; values between two sizes are interpolated on logarithmic
    /// axes. Returns `None` if there are no points.
    pub fn of(speedups: &[(f64, f64)]) -> Option<Self> {
        let first = speedups.first()?;
        let rise = speedups.windows(2).find(|pair| pair[1].1 >= 1.0);
        Some(match rise {
            _ if first.1 >= 1.0 => Self::Always,
            Some(&[below, above]) => {
                let share = -below.1.ln() / (above.1.ln() - below.1.ln());
                Self::At(below.0 * (above.0 / below.0).powf(share))
            }
            _ => Self::Never,
        })
    }

    /// Returns the size, if there is one.
    pub fn at(self) -> Option<f64> {
        match self {
            Self::At(size) => Some(size),
            Self::Always | Self::Never => None,
        }
    }
}

/// A figure that depends on a size. It is interpolated on logarithmic axes between known sizes, and constant beyond
/// them. An element costs more once the array has outgrown a cache, so one number for all sizes is not enough.
#[derive(Clone, Debug)]
pub struct Curve(Vec<(f64, f64)>);

impl Curve {
    /// Creates a curve through points of size and figure, all above zero, in ascending order. Returns `None` if there
    /// are no points.
    pub fn through(points: Vec<(f64, f64)>) -> Option<Self> {
        (!points.is_empty()).then_some(Self(points))
    }

    /// Returns the figure at `size`.
    pub fn at(&self, size: f64) -> f64 {
        let after = self.0.partition_point(|point| point.0 <= size);
        let [before, after] = [after.saturating_sub(1), after.min(self.0.len() - 1)].map(|index| self.0[index]);
        if before.0 == after.0 {
            return before.1;
        }
        let share = ((size / before.0).ln() / (after.0 / before.0).ln()).clamp(0.0, 1.0);
        before.1 * (after.1 / before.1).powf(share)
    }
}

/// Returns the `x >= 0` that minimises the sum of `(row . x - 1)^2` over all rows; `None` if the rows do not determine
/// `x`.
///
/// For three unknowns it is enough to try every choice of those that are above zero (the problem is Lawson and
/// Hanson's, "Solving Least Squares Problems", 1974, chapter 23).
fn non_negative_least_squares(rows: &[[f64; 3]]) -> Option<[f64; 3]> {
    let every_column = solve(rows, &[0, 1, 2])?;
    let residual = |x: &[f64; 3]| -> f64 {
        rows.iter().map(|row| (row.iter().zip(x).map(|(term, x)| term * x).sum::<f64>() - 1.0).powi(2)).sum()
    };
    let choices: [&[usize]; 6] = [&[0, 1], &[0, 2], &[1, 2], &[0], &[1], &[2]];
    let solutions = choices.iter().filter_map(|columns| solve(rows, columns)).chain([every_column]);
    let allowed = solutions.filter(|x| x.iter().all(|&cost| cost >= 0.0));
    allowed.min_by(|one, other| residual(one).total_cmp(&residual(other)))
}

/// Solves least squares over some columns, with the other unknowns zero, by the normal equations. Each column is first
/// scaled to length 1, because nanoseconds per element and microseconds per thread differ by orders of magnitude.
fn solve(rows: &[[f64; 3]], columns: &[usize]) -> Option<[f64; 3]> {
    const SINGULAR: f64 = 1e-12;
    let lengths: Vec<f64> =
        columns.iter().map(|&column| rows.iter().map(|row| row[column].powi(2)).sum::<f64>().sqrt()).collect();
    let term = |row: &[f64; 3], index: usize| row[columns[index]] / lengths[index];
    let size = columns.len();
    let mut equations: Vec<Vec<f64>> = (0..size)
        .map(|one| {
            let products = (0..size).map(|other| rows.iter().map(|row| term(row, one) * term(row, other)).sum());
            products.chain([rows.iter().map(|row| term(row, one)).sum()]).collect()
        })
        .collect();
    // The matrix is symmetric and positive definite, so the pivots on the diagonal are not zero.
    for pivot in 0..size {
        let own = equations[pivot].clone();
        if own[pivot].is_nan() || own[pivot] < SINGULAR {
            return None;
        }
        for (_, other) in equations.iter_mut().enumerate().filter(|(index, _)| *index != pivot) {
            let factor = other[pivot] / own[pivot];
            other.iter_mut().zip(&own).for_each(|(cell, own)| *cell -= factor * own);
        }
    }
    let mut solution = [0.0; 3];
    for index in 0..size {
        solution[columns[index]] = equations[index][size] / equations[index][index] / lengths[index];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: Costs = Costs { start: 50e-6, per_task: 80e-9, per_element: 0.3e-9, parallelism: 1.5 };
    const ELEMENTS: usize = 4_000_000;

    /// Returns runs of `truth` at these chunk sizes, and one without work. Each time is multiplied by the next factor.
    fn observe(truth: Costs, chunks: &[usize], factors: &[f64]) -> Vec<Observation> {
        let works = chunks.iter().map(|&chunk| Work::in_chunks(ELEMENTS, chunk, 2)).chain([Work::NONE]);
        let run = |(work, factor): (Work, &f64)| Observation { work, seconds: truth.seconds(work) * factor };
        works.zip(factors.iter().cycle()).map(run).collect()
    }

    fn close(one: f64, other: f64, share: f64) -> bool {
        (one - other).abs() <= share * other
    }

    #[test]
    fn a_fit_recovers_the_costs_that_made_the_times() {
        for truth in [TRUTH, Costs { start: 2e-8, per_task: 3e-5, ..TRUTH }, Costs { per_task: 2e-9, ..TRUTH }] {
            let fitted = Costs::fit(&observe(truth, &[3, 30, 300, 3_000, 30_000], &[1.0]), 0.3e-9, 2).unwrap();
            assert!(close(fitted.start, truth.start, 1e-6), "{fitted:?}");
            assert!(close(fitted.per_task, truth.per_task, 1e-6), "{fitted:?}");
            assert!(close(fitted.parallelism, truth.parallelism, 1e-6), "{fitted:?}");
        }
    }

    #[test]
    fn noise_of_a_tenth_moves_the_costs_by_about_a_tenth() {
        let noisy = observe(TRUTH, &[3, 30, 300, 3_000, 30_000], &[1.1, 0.9, 1.0, 1.1, 0.9, 1.05]);
        let fitted = Costs::fit(&noisy, 0.3e-9, 2).unwrap();
        assert!(close(fitted.start, TRUTH.start, 0.15), "{fitted:?}");
        assert!(close(fitted.per_task, TRUTH.per_task, 0.15), "{fitted:?}");
        assert!(close(fitted.parallelism, TRUTH.parallelism, 0.15), "{fitted:?}");
    }

    #[test]
    fn no_cost_is_negative_and_no_parallelism_beyond_the_workers() {
        // Larger chunks take longer here, so a negative cost would fit best.
        let chunks = observe(Costs { per_task: 0.0, ..TRUTH }, &[3, 30, 300, 3_000], &[0.8, 0.9, 1.0, 1.1, 1.0]);
        assert_eq!(Costs::fit(&chunks, 0.3e-9, 2).unwrap().per_task, 0.0);
        // One core takes five times as long as two together.
        assert_eq!(Costs::fit(&observe(TRUTH, &[3, 30, 300], &[1.0]), 1e-9, 2).unwrap().parallelism, 2.0);
    }

    #[test]
    fn runs_that_do_not_tell_the_costs_apart_are_refused() {
        assert_eq!(Costs::fit(&[], 0.3e-9, 2), None);
        assert_eq!(Costs::fit(&observe(TRUTH, &[], &[1.0]), 0.3e-9, 2), None);
        assert_eq!(Costs::fit(&observe(TRUTH, &[100, 100, 100], &[1.0]), 0.3e-9, 2), None);
        assert_eq!(Costs::fit(&observe(TRUTH, &[3, 30, 300], &[1.0])[..3], 0.3e-9, 2), None);
    }

    #[test]
    fn the_speedup_is_one_where_the_algebra_says() {
        let elements = ELEMENTS as f64;
        let gained = elements * TRUTH.per_element * (1.0 - 1.0 / TRUTH.parallelism) - TRUTH.start;
        let chunk = elements * TRUTH.per_task / gained;
        let speedup = |chunk: usize| (chunk as f64, TRUTH.speedup(Work::in_chunks(ELEMENTS, chunk, 2)));
        let found = BreakEven::of(&(1..5_000).map(speedup).collect::<Vec<_>>());
        assert!(close(found.unwrap().at().unwrap(), chunk, 0.01), "{found:?} and {chunk}");

        let size = (TRUTH.start + 2.0 * TRUTH.per_task) / (TRUTH.per_element * (1.0 - 1.0 / TRUTH.parallelism));
        assert!(close(TRUTH.speedup(Work::in_parts(size as usize, 2)), 1.0, 0.001));
    }

    #[test]
    fn one_worker_never_gains_and_a_slow_cut_counts_as_more_elements() {
        let alone = Costs { parallelism: 1.0, ..TRUTH };
        assert!([1, 100, ELEMENTS].iter().all(|&chunk| alone.speedup(Work::in_chunks(ELEMENTS, chunk, 1)) < 1.0));
        let work = Work::in_chunks(ELEMENTS, 10_000, 2);
        assert!(close(TRUTH.speedup(work), 1.4, 0.05) && TRUTH.speedup(Work { slowdown: 2.0, ..work }) < 0.75);
        assert_eq!(TRUTH.seconds(Work::NONE), TRUTH.start);
    }

    #[test]
    fn too_few_pieces_limit_the_parallelism() {
        assert_eq!(Work::in_chunks(10, 4, 2), Work { tasks: 3.0, elements: 10.0, busiest: 8.0, slowdown: 1.0 });
        assert_eq!(Work::in_chunks(10, 100, 2), Work { tasks: 1.0, elements: 10.0, busiest: 10.0, slowdown: 1.0 });
        assert_eq!(Work::in_chunks(1, usize::MAX, 1).busiest, 1.0);
        assert_eq!(Work::in_parts(10, 3), Work { tasks: 3.0, elements: 10.0, busiest: 4.0, slowdown: 1.0 });
        assert!(TRUTH.speedup(Work::in_chunks(ELEMENTS, ELEMENTS, 2)) < 1.0);
    }

    #[test]
    fn a_measured_break_even_lies_where_the_line_crosses_one() {
        let found = BreakEven::of(&[(10.0, 0.1), (100.0, 0.5), (10_000.0, 2.0), (100_000.0, 0.9)]);
        assert!(close(found.unwrap().at().unwrap(), 1_000.0, 1e-9), "{found:?}");
        assert_eq!(BreakEven::of(&[(1.0, 1.2), (10.0, 0.8)]), Some(BreakEven::Always));
        assert_eq!(BreakEven::of(&[(1.0, 0.2), (10.0, 0.8)]), Some(BreakEven::Never));
        assert_eq!(BreakEven::of(&[(1.0, 0.2)]), Some(BreakEven::Never));
        assert_eq!(BreakEven::of(&[]), None);
    }

    #[test]
    fn a_curve_is_straight_on_logarithmic_axes_and_flat_beyond_its_ends() {
        let curve = Curve::through(vec![(10.0, 1.0), (1_000.0, 4.0)]).unwrap();
        assert!(close(curve.at(100.0), 2.0, 1e-12));
        assert_eq!([1.0, 10.0, 1_000.0, 1e9].map(|size| curve.at(size)), [1.0, 1.0, 4.0, 4.0]);
        assert_eq!(Curve::through(vec![(5.0, 3.0)]).unwrap().at(7.0), 3.0);
        assert!(Curve::through(vec![]).is_none());
    }
}
