//! Builds the rows of a report from the runs of each variant.

use super::Row;
use crate::counter::Outcome;
use crate::timing::{Series, Summary};

impl Row {
    /// Builds a row with the fields that every variant has: times, phases, copied bytes.
    pub fn timed<T>(series: &Series<T>) -> Self {
        Self {
            seconds: Some(series.seconds()),
            phases: series.phases(),
            cpu_seconds: Summary::of(series.usage.iter().map(|usage| usage.cpu_seconds)),
            involuntary_switches: Summary::of(series.usage.iter().map(|usage| usage.involuntary_switches as f64)),
            is_noisy: series.is_noisy(),
            bytes_copied: series.samples.first().and_then(|sample| sample.bytes_copied),
            ..Self::new(series.variant, series.label)
        }
    }

    /// Builds the rows of an array's sum, computed in several ways. The result and, pair by pair, the time of each are
    /// compared with the first.
    pub fn sums(series: &[Series<i64>]) -> Vec<Self> {
        let Some(first) = series.first() else { return Vec::new() };
        let expected = first.samples[0].value;
        let row = |own: &Series<i64>| Self {
            correct: Some(own.samples.iter().all(|sample| sample.value == expected)),
            expected: Some(expected.into()),
            speedup: own.speedup_over(first),
            ..Self::timed(own)
        };
        series.iter().map(row).collect()
    }

    /// Builds the same rows for sums of floating-point numbers, whose last digits depend on the order of the additions.
    /// A run is correct if its relative difference from the first is at most `tolerance`.
    pub fn floating_sums(series: &[Series<f64>], tolerance: f64) -> Vec<Self> {
        let Some(first) = series.first() else { return Vec::new() };
        let expected = first.samples[0].value;
        // Equal sums differ by 0, even if both are 0 (0 / 0 would be NaN). A sum that is not a number is never within
        // the tolerance.
        let difference = |sum: f64| if sum == expected { 0.0 } else { (sum - expected).abs() / expected.abs() };
        let row = |own: &Series<f64>| {
            let differences = || own.samples.iter().map(|sample| difference(sample.value));
            Self {
                correct: Some(differences().all(|difference| difference <= tolerance)),
                expected: Some(expected.into()),
                relative_difference: differences().max_by(f64::total_cmp),
                speedup: own.speedup_over(first),
                ..Self::timed(own)
            }
        };
        series.iter().map(row).collect()
    }

    /// Builds a counter's row: its final values and the time per increment. It is correct if no schedule loses an
    /// update and no run did.
    pub fn counter(series: &Series<u64>, expected: u64, outcome: Outcome) -> Self {
        let finals: Vec<u64> = series.samples.iter().map(|sample| sample.value).collect();
        Self {
            correct: Some(outcome == Outcome::Exact && finals.iter().all(|&value| value == expected)),
            expected: Some(expected.into()),
            finals,
            nanoseconds_per_increment: Some(series.seconds().scaled(1e9 / expected as f64)),
            ..Self::timed(series)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::Sample;

    fn series(variant: &'static str, sums: [f64; 2]) -> Series<f64> {
        Series {
            variant,
            label: "",
            samples: sums.map(|sum| Sample { value: sum, ..Sample::of(|| 0.0) }).to_vec(),
            usage: Vec::new(),
        }
    }

    #[test]
    fn a_floating_point_sum_is_correct_within_the_tolerance() {
        let sums =
            [("first", [8.0; 2]), ("close", [8.0, 8.0 + 1e-13]), ("wrong", [8.0, 7.9]), ("none", [8.0, f64::NAN])];
        let rows = Row::floating_sums(&sums.map(|(variant, sums)| series(variant, sums)), 1e-12);
        assert_eq!(rows.iter().map(|row| row.correct == Some(true)).collect::<Vec<_>>(), [true, true, false, false]);
        assert_eq!(rows[0].relative_difference, Some(0.0));
        assert!(rows[1].relative_difference.is_some_and(|difference| 0.0 < difference && difference < 1e-13));
        assert_eq!(Row::floating_sums(&[series("zero", [0.0; 2])], 0.0)[0].correct, Some(true));
    }
}
