//! Charts made of characters, one line per value, readable on a projector, in a log file and by a screen reader.

use crate::format::{integer, ratio, wrap};
use crate::report::{Point, Row, Sweep};

const NAME: usize = 26;
const STRIP: usize = 50;

/// Returns the axis above the strips of [`distribution`].
pub fn distribution_axis(expected: u64) -> String {
    let most = integer(expected);
    format!("{:NAME$}0{most:>width$}\n", "", width = STRIP - 1)
}

/// Draws the final values of a counter between 0 and the expected value: each column counts the runs that ended there.
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

/// Draws figures on a logarithmic axis, one row per figure after the first: `*` at the figure, `|` at the first row's,
/// `-` between them.
pub fn lines(figures: &[(&str, f64)], show: impl Fn(f64) -> String) -> String {
    let Some(&(_, first)) = figures.first().filter(|_| figures.len() > 1) else { return String::new() };
    let drawn = || figures.iter().map(|&(_, value)| value).filter(|value| *value > 0.0);
    let (low, high) = (drawn().fold(f64::MAX, f64::min).log10(), drawn().fold(0.0, f64::max).log10());
    if first <= 0.0 || high - low < 0.01 {
        return String::new();
    }
    let column = |value: f64| ((value.log10() - low) / (high - low) * (STRIP - 1) as f64).round() as usize;
    let base = column(first);
    let mut text = String::new();
    for &(name, value) in figures.iter().skip(1).filter(|(_, value)| *value > 0.0) {
        let at = column(value);
        let mark = |place: usize| match place {
            place if place == at => '*',
            place if place == base => '|',
            place if (at.min(base)..=at.max(base)).contains(&place) => '-',
            _ => ' ',
        };
        let line: String = (0..STRIP).map(mark).collect();
        text += &format!("{name:NAME$}{}\n", line.trim_end());
    }
    let (least, most) = (show(10_f64.powf(low)), show(10_f64.powf(high)));
    let gap = STRIP.saturating_sub(least.chars().count());
    format!("{:NAME$}{least}{most:>gap$}\n{text}", "")
}

/// The key to the marks of [`sweep`], for its heading.
pub const SWEEP_KEY: &str = "| is 1x, * several, small letters: predicted";

/// Draws a sweep's speed-ups on a logarithmic axis: `|` at 1x, a small letter at a variant's predicted value, and its
/// capital at the measured value. A capital hides a small letter at the same place; `*` marks several measured values.
pub fn sweep(over: &str, sizes: &[u64], swept: &[(&Row, &Sweep)]) -> String {
    let points = |size: u64| swept.iter().map(move |(_, sweep)| sweep.points.iter().find(|point| point.at == size));
    let measured: fn(&Point) -> Option<f64> =
        |point| point.speedup.map(|speedup| speedup.median).filter(|value| *value > 0.0);
    let predicted: fn(&Point) -> Option<f64> = |point| point.predicted_speedup.filter(|value| *value > 0.0);
    let all = || sizes.iter().flat_map(|&size| points(size)).flatten();
    let values = || all().flat_map(|point| [measured(point), predicted(point)]).flatten();
    let (low, high) = (values().fold(0.5_f64, f64::min).log10(), values().fold(2.0_f64, f64::max).log10());
    let width = STRIP + 8;
    let column = |value: f64| ((value.log10() - low) / (high - low) * (width - 1) as f64).round() as usize;

    let letters = || (b'A'..=b'Z').map(char::from);
    let marks = |size: u64, figure: fn(&Point) -> Option<f64>| {
        let lettered =
            letters().zip(points(size)).filter_map(|(letter, point)| Some((letter, column(figure(point?)?))));
        lettered.collect::<Vec<_>>()
    };
    let legend: Vec<String> =
        letters().zip(swept).map(|(letter, (row, _))| format!("{letter} {}", row.variant)).collect();
    let mut text = format!("  {}\n", wrap(&legend.join(", "), STRIP + 24, "  "));
    let ends = (ratio(10_f64.powf(low)), ratio(10_f64.powf(high)));
    text += &format!("{over:>14}  {}{:>pad$}\n", ends.0, ends.1, pad = width - ends.0.chars().count());
    for &size in sizes {
        let mut line = vec![' '; width];
        line[column(1.0)] = '|';
        for (letter, column) in marks(size, predicted) {
            line[column] = letter.to_ascii_lowercase();
        }
        for (letter, column) in marks(size, measured) {
            let taken = line[column].is_ascii_uppercase() || line[column] == '*';
            line[column] = if taken { '*' } else { letter };
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
    fn lines_mark_every_figure_and_the_first_rows() {
        let text = lines(&[("a", 1.0), ("slow", 0.01), ("fast", 4.0)], ratio);
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows[0].contains("0.010x") && rows[0].ends_with("4.00x"), "{text}");
        assert!(rows[1].contains("*---") && rows[1].ends_with('|'), "{text}");
        assert!(rows[2].contains("|---") && rows[2].ends_with('*'), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80));
        assert_eq!(lines(&[("a", 1.0)], ratio) + &lines(&[("a", 1.0), ("b", 1.0)], ratio), "");
    }

    #[test]
    fn a_sweep_marks_one_and_every_variant_within_eighty_columns() {
        let point = |at, measured, predicted_speedup| Point {
            at,
            speedup: Summary::of([measured]),
            predicted_speedup,
            ..Point::default()
        };
        let points = |measured| vec![point(1, measured, Some(0.002)), point(1_000_000, 1.9, None)];
        let variants = ["spawn-per-chunk", "channel", "atomic-index", "rayon", "rayon-one-by-one"];
        let measured = [0.0001, 0.01, 0.02, 0.1, 0.002];
        let swept: Vec<(Row, Sweep)> = (variants.into_iter().zip(measured))
            .map(|(variant, measured)| (Row::new(variant, ""), Sweep { over: "chunk", points: points(measured) }))
            .collect();
        let text = sweep("chunk", &[1, 1_000_000], &swept.iter().map(|(row, sweep)| (row, sweep)).collect::<Vec<_>>());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let lines: Vec<&str> = text.lines().rev().take(2).collect();
        let marks = |line: &str| line.split_whitespace().skip(1).collect::<String>();
        // All are predicted at 0.002, and one was measured there: the measured one is visible.
        assert_eq!([marks(lines[1]), marks(lines[0])], ["AEBCD|", "|*"], "{text}");

        let (row, alone) = (Row::new("threads", ""), Sweep { over: "size", points: points(0.1) });
        let text = sweep("size", &[1], &[(&row, &alone)]);
        assert!(text.starts_with("  A threads\n"), "{text}");
        assert_eq!(marks(text.lines().last().unwrap()), "aA|");
    }
}
