//! Axes, which convert a figure to a position.

use common::format;

/// An axis from one figure to another.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    least: f64,
    most: f64,
    start: f64,
    end: f64,
    is_log: bool,
}

impl Scale {
    /// Creates a linear axis from 0.
    pub fn linear(most: f64, start: f64, end: f64) -> Self {
        Self { least: 0.0, most: if most > 0.0 { most } else { 1.0 }, start, end, is_log: false }
    }

    /// Creates a logarithmic axis between whole powers of ten around the positive figures.
    pub fn log(figures: impl IntoIterator<Item = f64>, start: f64, end: f64) -> Self {
        let (mut least, mut most) = (f64::MAX, f64::MIN_POSITIVE);
        for figure in figures.into_iter().filter(|figure| *figure > 0.0 && figure.is_finite()) {
            (least, most) = (least.min(figure), most.max(figure));
        }
        let least = if least == f64::MAX { 1.0 } else { least };
        // A figure slightly beyond the last power of ten does not add a whole decade.
        let (low, high) = ((least.log10() + 0.05).floor(), (most.log10() - 0.3).ceil().max((most / 2.0).log10()));
        let low = low.min(least.log10() - 0.02);
        let high = if high > low { high.max(most.log10() + 0.02) } else { low + 1.0 };
        Self { least: 10_f64.powf(low), most: 10_f64.powf(high), start, end, is_log: true }
    }

    /// Creates a logarithmic axis between two figures.
    pub fn log_between(least: f64, most: f64, start: f64, end: f64) -> Self {
        Self { least, most, start, end, is_log: true }
    }

    /// Returns the position of a figure; a figure beyond an end is placed at the end.
    pub fn at(&self, figure: f64) -> f64 {
        let share = if self.is_log {
            (figure.max(f64::MIN_POSITIVE) / self.least).log10() / (self.most / self.least).log10()
        } else {
            (figure - self.least) / (self.most - self.least)
        };
        self.start + share.clamp(0.0, 1.0) * (self.end - self.start)
    }

    /// Returns the ticks, at most about eight.
    pub fn ticks(&self) -> Vec<f64> {
        if !self.is_log {
            let rough = (self.most - self.least) / 5.0;
            let power = rough.log10().floor() as i32;
            let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| *factor * power_of_ten(power) >= rough);
            let factor = factor.unwrap_or(10.0);
            // Division instead of multiplication: 6 / 10 is 0.6, but 6 * 0.1 is not.
            let tick = |index: i32| match f64::from(index) * factor {
                steps if power < 0 => steps / 10_f64.powi(-power),
                steps => steps * 10_f64.powi(power),
            };
            return (0..).map(tick).take_while(|tick| *tick <= self.most * 1.0001).collect();
        }
        let (low, high) = (self.least.log10().ceil() as i32, (self.most.log10() + 1e-9).floor() as i32);
        let every = ((high - low) / 8 + 1).max(1);
        (low..=high).filter(|power| power.rem_euclid(every) == 0).map(power_of_ten).collect()
    }
}

/// Returns 10 to this power, the double that its digits mean. `powi` with a negative power gives another one on Windows.
fn power_of_ten(power: i32) -> f64 {
    if power < 0 { 1.0 / 10_f64.powi(-power) } else { 10_f64.powi(power) }
}

/// Formats a speed-up at an axis: `0.001x`, `1x`, `1,000x`.
pub fn times(ratio: f64) -> String {
    if ratio > 0.0 && ratio < 0.000_99 { format!("{ratio:.0e}x") } else { format!("{}x", plain(ratio)) }
}

/// Formats a time at an axis that ends at `most`, so that all ticks have the same unit.
pub fn time(seconds: f64, most: f64) -> String {
    let units = [(1.0, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")];
    let (factor, unit) = units.into_iter().find(|(factor, _)| most * factor >= 1.0).unwrap_or(units[3]);
    if seconds == 0.0 { "0".into() } else { format!("{} {unit}", plain((seconds * factor * 1e6).round() / 1e6)) }
}

/// Formats a round number without needless digits.
pub fn plain(number: f64) -> String {
    if number >= 1.0 && number.fract() == 0.0 { format::integer(number as i64) } else { format!("{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_lie_where_they_belong() {
        let scale = Scale::linear(200.0, 10.0, 110.0);
        assert_eq!((scale.at(0.0), scale.at(100.0), scale.at(200.0), scale.at(900.0)), (10.0, 60.0, 110.0, 110.0));
        assert_eq!(scale.ticks(), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(Scale::linear(0.9, 0.0, 1.0).ticks(), [0.0, 0.2, 0.4, 0.6, 0.8]);
        let scale = Scale::log_between(0.01, 100.0, 0.0, 400.0);
        assert!((scale.at(1.0) - 200.0).abs() < 1e-9 && (scale.at(0.1) - 100.0).abs() < 1e-9);
        assert_eq!(scale.ticks(), [0.01, 0.1, 1.0, 10.0, 100.0]);
    }

    #[test]
    fn every_figure_lies_within_its_scale() {
        for figures in [vec![0.03, 2.7], vec![1e-5], vec![1000.0, 1000.0], vec![], vec![1.0], vec![0.99e-3, 18.0]] {
            let scale = Scale::log(figures.clone(), 0.0, 100.0);
            for figure in figures {
                let place = scale.at(figure);
                assert!(place > 0.0 && place < 100.0, "{figure} at {place} of {scale:?}");
            }
            assert!((1..=9).contains(&scale.ticks().len()), "{scale:?}: {:?}", scale.ticks());
        }
    }

    #[test]
    fn a_power_of_ten_is_the_number_that_its_digits_mean() {
        for power in -15..=15 {
            assert_eq!(power_of_ten(power), format!("1e{power}").parse::<f64>().unwrap());
        }
        assert_ne!(0.1_f64 * 0.1, 0.01, "the product that some systems return for `powi(-2)`");
    }

    #[test]
    fn ticks_are_short() {
        assert_eq!(
            [0.0, 0.00001, 0.001, 0.1, 1.0, 10.0, 1000.0].map(times),
            ["0x", "1e-5x", "0.001x", "0.1x", "1x", "10x", "1,000x"]
        );
        assert_eq!([0.0, 0.2, 0.6].map(|tick| time(tick, 0.6)), ["0", "200 ms", "600 ms"]);
        assert_eq!([time(2e-4, 6e-4), time(20_000.0, 60_000.0), time(0.5, 1.5)], ["200 µs", "20,000 s", "0.5 s"]);
    }
}
