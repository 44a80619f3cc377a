//! Formats variants that were measured at several sizes: a table, and a chart if there is a model.

use super::chart;
use super::{Point, Row, Sweep};
use crate::format::{integer, ratio, seconds, table_within};
use crate::layout::{WIDTH, bold, section};

/// Formats all sweeps of a report. Sweeps over the same parameter share a table.
pub(super) fn text(rows: &[Row]) -> String {
    let swept: Vec<(&Row, &Sweep)> = rows.iter().filter_map(|row| Some((row, row.sweep.as_ref()?))).collect();
    let mut axes: Vec<&str> = Vec::new();
    for (_, sweep) in &swept {
        if !axes.contains(&sweep.over) {
            axes.push(sweep.over);
        }
    }
    axes.iter()
        .map(|over| sweep_over(over, swept.iter().filter(|(_, sweep)| sweep.over == *over).copied().collect()))
        .collect()
}

/// Draws the chart of the sweeps that have a model; returns nothing if none has.
pub(super) fn picture(rows: &[Row]) -> String {
    let swept: Vec<(&Row, &Sweep)> = rows.iter().filter_map(|row| Some((row, row.sweep.as_ref()?))).collect();
    let is_modelled =
        |sweep: &Sweep| sweep.points.iter().any(|point| point.predicted_speedup.is_some() && point.speedup.is_some());
    let Some(over) = swept.iter().find(|(_, sweep)| is_modelled(sweep)).map(|(_, sweep)| sweep.over) else {
        return String::new();
    };
    let swept: Vec<_> = swept.into_iter().filter(|(_, sweep)| sweep.over == over).collect();
    let mut sizes: Vec<u64> = swept.iter().flat_map(|(_, sweep)| sweep.points.iter().map(|point| point.at)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    // The smallest, the middle and the largest size are enough; `--full` has all.
    let few: Vec<u64> = match sizes[..] {
        [least, .., greatest] if sizes.len() > 3 => vec![least, sizes[sizes.len() / 2], greatest],
        _ => sizes,
    };
    let title = format!("Speed-up by {over}, logarithmic ({})", chart::SWEEP_KEY);
    format!("{}\n{}", bold(&title), chart::sweep(over, &few, &swept))
}

/// Formats one table for all variants with a sweep over the same parameter, and a chart if there is a model.
fn sweep_over(over: &str, swept: Vec<(&Row, &Sweep)>) -> String {
    let mut sizes: Vec<u64> = swept.iter().flat_map(|(_, sweep)| sweep.points.iter().map(|point| point.at)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let has = |figure: fn(&Point) -> bool| swept.iter().any(|(_, sweep)| sweep.points.iter().any(figure));
    let modelled = has(|point| point.predicted_speedup.is_some());
    let compared = has(|point| point.speedup.is_some());
    if !compared && !has(|point| point.nanoseconds_per_increment.is_some()) {
        return String::new(); // a build without optimisation
    }
    let mut header = vec![over];
    header.extend(swept.iter().map(|(row, _)| row.variant));
    let line = |&size: &u64| {
        let cell = |(_, sweep): &(&Row, &Sweep)| {
            let Some(point) = sweep.points.iter().find(|point| point.at == size) else {
                return "-".into();
            };
            match (point.speedup, point.predicted_speedup, point.nanoseconds_per_increment) {
                (Some(measured), Some(predicted), _) => {
                    format!("{} ({})", ratio(measured.median), ratio(predicted))
                }
                (Some(measured), None, _) => ratio(measured.median),
                (None, _, Some(time)) => {
                    let lost = point.finals.iter().any(|&value| Some(value) != point.expected);
                    format!("{}{}", seconds(time.median * 1e-9), if lost { " LOST" } else { "" })
                }
                (None, _, None) => "-".into(),
            }
        };
        let mut cells = vec![integer(size)];
        cells.extend(swept.iter().map(cell));
        cells
    };
    let body = table_within(WIDTH, &header, &sizes.iter().map(line).collect::<Vec<_>>());
    let what = match (modelled, compared) {
        (true, _) => format!("Speed-up by {over} (in brackets: what the cost model predicts)"),
        (false, true) => format!("Speed-up by {over}"),
        (false, false) => format!("Time of one increment by {over}"),
    };
    let chart = if modelled {
        format!("  {}\n{}", chart::SWEEP_KEY, chart::sweep(over, &sizes, &swept))
    } else {
        String::new()
    };
    section(&what, body) + &section(&format!("The same on a line from slow to fast, by {over}"), chart)
}
