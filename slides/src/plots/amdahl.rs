//! Plots Amdahl's law, the measured speed-ups, and the lecture's figures.

use super::curves::{Curves, Mark, Series};
use super::scale::{plain, times};
use super::{Plot, data_table, source_of};
use crate::reports::Reports;
use anyhow::Result;
use common::format::{ratio, significant};

const SHARES: [f64; 4] = [1.0, 0.99, 0.9, 0.5];

/// Returns the speed-up on `n` CPUs if the share `p` of the work is parallel (Amdahl 1967).
fn speedup(p: f64, n: f64) -> f64 {
    1.0 / ((1.0 - p) + p / n)
}

/// Says which parallel share a speed-up on `n` CPUs would mean. There is none if the speed-up is below 1 or above `n`.
fn what_it_means(figure: f64, n: f64) -> String {
    let share = (1.0 - 1.0 / figure) / (1.0 - 1.0 / n);
    let (figure, n) = (ratio(figure), plain(n));
    if (0.0..=1.0).contains(&share) {
        format!("{figure} on {n} CPUs would mean p = {}", significant(share))
    } else {
        format!("no p gives {figure} on {n} CPUs")
    }
}

/// Plots Amdahl's law with the speed-ups of lab-heavy and lab-naive.
pub fn plot(reports: &Reports) -> Result<Plot> {
    let (naive, heavy) = (reports.of("naive")?, reports.of("heavy")?);
    let (mut marks, mut cells) = (Vec::new(), Vec::new());
    let measured =
        [(heavy, "threads", "threads"), (naive, "thread-borrow", "threads"), (naive, "process-pool", "workers")];
    for (shape, (report, variant, threads)) in measured.into_iter().enumerate() {
        let n = report.number(&format!("parameters.{threads}"))?;
        let figure = |name: &str| report.number(&format!("{variant}.speedup.{name}"));
        let (least, median, most) = (figure("min")?, figure("median")?, figure("max")?);
        let label = format!("{}: {variant}", report.lab);
        marks.push(Mark { at: (n, median), label: format!("{label} {}", ratio(median)), shape: Some(shape) });
        cells.push(vec![label, plain(n), ratio(least), ratio(median), ratio(most)]);
    }
    for report in [heavy, naive] {
        let (n, figure) = (report.number("lecture.cpus")?, report.number("lecture.speedup")?);
        let label = format!("lecture, {}", report.lab);
        marks.push(Mark { at: (n, figure), label: format!("{label} {}", ratio(figure)), shape: None });
        cells.push(vec![label, plain(n), "–".into(), ratio(figure), "–".into()]);
    }
    // The lecture's number of CPUs, and that of a larger machine.
    let most = marks.iter().map(|mark| mark.at.0).fold(2.0, f64::max).log2().ceil() as i32;
    let (note, end) =
        (what_it_means(heavy.number("lecture.speedup")?, heavy.number("lecture.cpus")?), 2_f64.powi(most));
    cells.extend(SHARES.map(|p| vec![format!("p = {p}"), plain(end), "–".into(), ratio(speedup(p, end)), "–".into()]));
    cells.push(vec![note.clone()]);
    let table =
        data_table("Amdahl's law and what was measured", &["program", "CPUs", "least", "median", "most"], cells);
    let counts: Vec<f64> = (0..=4 * most).map(|step| 2_f64.powf(f64::from(step) / 4.0)).collect();
    let line = |p: f64| Series {
        label: format!("p = {p}"),
        points: Vec::new(),
        line: counts.iter().map(|&n| (n, speedup(p, n))).collect(),
        is_joined: false,
    };
    let canvas = Curves {
        across: ("CPUs", (0..=most).map(|power| 2_f64.powi(power)).map(|n| (n, plain(n))).collect()),
        up: ("speed-up", times),
        one: Some((1.0, "1x: one core. A share p of the work is parallel")),
        series: SHARES.map(line).into_iter().collect(),
        marks,
        across_mark: None,
        note: Some(note),
    }
    .draw();
    Ok(Plot { name: "amdahl", title: "Amdahl's law".into(), canvas, table, source: source_of(&[naive, heavy]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amdahls_law_and_its_inverse() {
        assert!((speedup(0.5, 1e9) - 2.0).abs() < 1e-6, "half of it parallel: never more than twice");
        assert_eq!(speedup(1.0, 32.0), 32.0);
        assert_eq!(what_it_means(speedup(0.65, 32.0), 32.0), "2.70x on 32 CPUs would mean p = 0.65");
        assert_eq!(what_it_means(0.03, 32.0), "no p gives 0.030x on 32 CPUs");
        assert_eq!(what_it_means(40.0, 32.0), "no p gives 40.0x on 32 CPUs");
        assert_eq!(what_it_means(2.0, 1.0), "no p gives 2.00x on 1 CPUs");
    }
}
