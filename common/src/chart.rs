//! Charts made of characters, one line a datum, so that they read on a projector, in a log file and aloud.

use crate::format::{integer, ratio};
use crate::report::{Point, Row, Sweep};

const NAME: usize = 26;
const STRIP: usize = 50;

/// The axis above strips that [`distribution`] draws.
pub fn distribution_axis(expected: u64) -> String {
    let most = integer(expected);
    format!("{:NAME$}0{most:>width$}\n", "", width = STRIP - 1)
}

/// Where the finals of a counter fell between 0 and the expected value: each column counts the runs that ended there.
pub fn distribution(name: &str, finals: &[u64], expected: u64) -> String {
    let mut columns = [0; STRIP];
    for &value in finals {
        let column = (value.min(expected) as u128 * (STRIP as u128 - 1) / expected.max(1) as u128) as usize;
        columns[column] += 1;
    }
    let mark = |&count: &usize| match count {
        0 => '.',
        1..=9 => char::from_digit(count as u32, 10).expect("below ten"),
        _ => '+',
    };
    format!("{name:NAME$}{}\n", columns.iter().map(mark).collect::<String>())
}

/// A sweep's speed-ups on a logarithmic line: a letter where a variant was measured, `|` at 1x, `:` where the model expects
/// the variant, unless something measured stands there.
pub fn sweep(over: &str, sizes: &[u64], swept: &[(&Row, &Sweep)]) -> String {
    let points = |size: u64| swept.iter().map(move |(_, sweep)| sweep.points.iter().find(|point| point.at == size));
    let measured = |point: &Point| point.speedup.map(|speedup| speedup.median);
    let all = || sizes.iter().flat_map(|&size| points(size)).flatten();
    let values =
        || all().flat_map(|point| [measured(point), point.predicted_speedup]).flatten().filter(|value| *value > 0.0);
    let (low, high) = (values().fold(0.5_f64, f64::min).log10(), values().fold(2.0_f64, f64::max).log10());
    let width = STRIP + 8;
    let column = |value: f64| ((value.log10() - low) / (high - low) * (width - 1) as f64).round() as usize;

    let letters = || (b'A'..=b'Z').map(char::from);
    let legend: Vec<String> =
        letters().zip(swept).map(|(letter, (row, _))| format!("{letter} {}", row.variant)).collect();
    let mut text = format!("  {}, | is 1x, : the model\n", legend.join(", "));
    let ends = (ratio(10_f64.powf(low)), ratio(10_f64.powf(high)));
    text += &format!("{over:>14}  {}{:>pad$}\n", ends.0, ends.1, pad = width - ends.0.chars().count());
    for &size in sizes {
        let mut line = vec![' '; width];
        line[column(1.0)] = '|';
        for predicted in points(size).flatten().filter_map(|point| point.predicted_speedup).filter(|value| *value > 0.0)
        {
            line[column(predicted)] = ':';
        }
        for (letter, point) in letters().zip(points(size)) {
            if let Some(value) = point.and_then(measured) {
                line[column(value)] = letter;
            }
        }
        text += &format!("{:>14}  {}\n", integer(size), line.iter().collect::<String>().trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::Summary;

    #[test]
    fn a_distribution_counts_every_run() {
        let strip = distribution("load-store", &[0, 1_000_000, 1_000_000, 500_000], 1_000_000);
        assert!(strip.starts_with("load-store                1") && strip.trim_end().ends_with('2'));
        assert_eq!(strip.chars().filter_map(|mark| mark.to_digit(10)).sum::<u32>(), 4);
        assert_eq!(distribution("x", &[7; 12], 7).trim_end().chars().last(), Some('+'));
        assert_eq!(distribution_axis(1_000_000).trim_end().len(), strip.trim_end().len());
    }

    #[test]
    fn a_sweep_marks_one_and_every_variant_within_eighty_columns() {
        let speedup = |value| Summary::of([value]);
        let points = vec![
            Point { at: 1, speedup: speedup(0.0001), predicted_speedup: Some(0.002), ..Point::default() },
            Point { at: 1_000_000, speedup: speedup(1.9), ..Point::default() },
        ];
        let (row, sweep_of) = (Row::new("channel", ""), Sweep { over: "chunk", points });
        let text = sweep("chunk", &[1, 1_000_000], &[(&row, &sweep_of)]);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let first: &str = text.lines().nth(2).unwrap();
        assert!(first.contains('A') && first.contains(':') && first.contains('|'), "{text}");
    }
}
