//! Pictures of the reports, as SVG with a table behind each. On a slide they use the theme's colours; as files they
//! contain their own.

mod amdahl;
mod canvas;
mod curves;
mod finals;
mod gil;
mod phases;
mod scale;
mod speedups;
mod sweeps;

use crate::reports::{Report, Reports};
use anyhow::{Result, bail};
use canvas::{Canvas, HEIGHT, TEXT, WIDTH};
use common::format;
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeMap;

/// A picture, with its content in words and numbers.
#[derive(Debug)]
pub struct Plot {
    /// The name, for the deck and for files.
    pub name: &'static str,
    /// The title, which says what the picture shows.
    pub title: String,
    canvas: Canvas,
    table: Markup,
    /// The machine and the day of the measurement.
    pub source: String,
}

type Make = fn(&Reports) -> Result<Plot>;

const PLOTS: [(&str, Make); 12] = [
    ("speedups", speedups::all),
    ("speedups-naive", speedups::naive),
    ("speedups-shm", speedups::shm),
    ("speedups-heavy", speedups::heavy),
    ("gil", gil::plot),
    ("phases-naive", phases::naive),
    ("phases-shm", phases::shm),
    ("chunks", sweeps::chunks),
    ("sizes", sweeps::sizes),
    ("finals", finals::plot),
    ("contention", sweeps::contention),
    ("amdahl", amdahl::plot),
];

/// Returns the names of all plots.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLOTS.iter().map(|(name, _)| *name)
}

/// Returns the extra flags that a lab needs for its plots.
pub fn flags(lab: &str) -> &'static [&'static str] {
    [finals::NEEDS].into_iter().find(|(needed, _)| *needed == lab).map_or(&[], |(_, flags)| flags)
}

/// Builds the plot with this name.
///
/// # Errors
///
/// There is no such plot, or a report lacks a figure of it; the message names the file.
pub fn plot(name: &str, reports: &Reports) -> Result<Plot> {
    match PLOTS.iter().find(|(other, _)| *other == name) {
        Some((_, make)) => make(reports),
        None => bail!("no plot is called {name:?}; the plots are {}", names().collect::<Vec<_>>().join(", ")),
    }
}

impl Plot {
    /// Returns the texts that overlap or cross an edge. Widths are estimated.
    pub fn crowded(&self) -> Vec<String> {
        self.canvas.problems()
    }

    /// Draws the picture for a slide.
    pub fn figure(self) -> Markup {
        html! {
            figure.plot {
                svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label={ (self.title) ". A table of the figures follows." } {
                    (self.canvas.finish())
                }
                figcaption { (self.source) }
                (self.table)
            }
        }
    }

    /// Draws the picture as a file, in light colours. `style` is plots.css, `colours` the values of its variables.
    pub fn file(self, style: &str, colours: &BTreeMap<String, String>) -> String {
        let mut style = style.to_string();
        for (name, colour) in colours {
            style = style.replace(&format!("var(--{name})"), colour);
        }
        let background = colours.get("background").map_or("#fff", String::as_str);
        // A machine's name may be long.
        let source = format::wrap(&self.source, (WIDTH / TEXT / 0.6) as usize - 1, "");
        let full = HEIGHT + 12.0 + source.lines().count() as f64 * (TEXT + 5.0);
        let text = html! {
            @for (index, line) in source.lines().enumerate() {
                text x="4" y=(HEIGHT + (index + 1) as f64 * (TEXT + 5.0)) font-size=(TEXT) class="tick" { (line) }
            }
        };
        let svg = html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {WIDTH} {full}")) width=(WIDTH) height=(full) role="img" font-family="system-ui, 'DejaVu Sans', sans-serif" {
                title { (self.title) }
                desc { (self.source) }
                style { (PreEscaped(style.replace(".plot ", ""))) }
                rect width=(WIDTH) height=(full) fill=(background) {}
                (self.canvas.finish())
                (text)
            }
        };
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", svg.into_string())
    }
}

/// Formats the figures of a picture as a table, for readers who cannot see it.
fn data_table(title: &str, header: &[&str], rows: Vec<Vec<String>>) -> Markup {
    html! {
        table.for-screen-readers {
            caption { (title) }
            tr { @for cell in header { th scope="col" { (cell) } } }
            @for row in &rows {
                tr { @for (index, cell) in row.iter().enumerate() { @if index == 0 { th scope="row" { (cell) } } @else { td { (cell) } } } }
            }
        }
    }
}

/// Describes where the figures were measured.
fn source_of(reports: &[&Report]) -> String {
    // The runs of many labs do not fit on a line.
    let name = |report: &&Report| if reports.len() > 2 { report.name() } else { report.name_and_runs() };
    let labs: Vec<String> = reports.iter().map(name).collect();
    reports.first().map_or(String::new(), |report| report.source_of(&labs.join(", ")))
}

#[cfg(test)]
mod tests;
