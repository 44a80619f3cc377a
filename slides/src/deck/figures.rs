//! Fills in what a chapter names: code, plots, steppers, and figures within a sentence.

use crate::code::{COLUMNS, Excerpt};
use crate::plots;
use crate::reports::{Report, Reports};
use crate::stepper::Stepper;
use crate::verdicts;
use anyhow::{Context as _, Result, bail};
use common::format;
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::path::Path;

/// The sources of the figures, and where the figures in a slide's text were measured.
pub struct Figures<'a> {
    root: &'a Path,
    reports: &'a Reports,
    /// The labs, by machine and day.
    sources: BTreeMap<String, Vec<String>>,
}

impl<'a> Figures<'a> {
    /// Creates an empty list of figures.
    pub fn new(root: &'a Path, reports: &'a Reports) -> Self {
        Self { root, reports, sources: BTreeMap::new() }
    }

    /// Returns whether a fence is replaced by code, a plot, a stepper or verdicts.
    pub fn knows(info: &str) -> bool {
        ["code ", "plot ", "stepper ", "verdicts "].iter().any(|word| info.starts_with(word))
    }

    /// Returns what replaces a fence. The body of `code` may contain `from: TEXT`, `to: TEXT`, `omit: TEXT` and `mark:
    /// TEXT`, one per line.
    pub fn fence(&self, info: &str, body: &str) -> Result<Markup> {
        match info.split_once(' ').unwrap_or((info, "")) {
            ("code", address) => self.code(address.trim(), body),
            ("plot", name) => Ok(plots::plot(name.trim(), self.reports)?.figure()),
            ("stepper", name) => Stepper::named(name.trim())?.element(self.root),
            ("verdicts", size) => {
                let (threads, increments) = size.trim().split_once(' ').context("verdicts THREADS INCREMENTS")?;
                verdicts::table(self.root, threads.parse()?, increments.parse()?)
            }
            _ => bail!("a fence with {info:?} is not code, plot, stepper or verdicts"),
        }
    }

    fn code(&self, address: &str, body: &str) -> Result<Markup> {
        let (mut from, mut to, mut marks, mut omitted) = (None, None, Vec::new(), Vec::new());
        for line in body.lines() {
            match line.split_once(": ") {
                Some(("from", text)) => from = Some(text),
                Some(("to", text)) => to = Some(text),
                Some(("mark", text)) => marks.push(text),
                Some(("omit", text)) => omitted.push(text),
                _ => bail!("{line:?}: write from: TEXT, to: TEXT, mark: TEXT or omit: TEXT"),
            }
        }
        let mut excerpt = Excerpt::find(self.root, address)?.narrow(from, to)?;
        omitted.into_iter().try_for_each(|text| excerpt.omit(text))?;
        marks.into_iter().try_for_each(|mark| excerpt.mark(mark))?;
        Ok(excerpt.figure(COLUMNS))
    }

    /// Replaces each `{{...}}` in a text.
    pub fn inline(&mut self, text: &str) -> Result<Markup> {
        let mut parts = text.split("{{");
        let first = parts.next().unwrap_or_default();
        let mut filled = Vec::new();
        for part in parts {
            let (figure, rest) = part.split_once("}}").with_context(|| format!("{text:?} has {{{{ without }}}}"))?;
            filled.push((self.figure(figure.trim()).with_context(|| format!("{{{{{figure}}}}}"))?, rest.to_string()));
        }
        Ok(html! { (first) @for (figure, rest) in &filled { span.figure { (figure) } (rest) } })
    }

    fn figure(&mut self, figure: &str) -> Result<String> {
        match figure.split_whitespace().collect::<Vec<_>>()[..] {
            ["schedules", stepper, end] => {
                let (ways, all) = Stepper::named(stepper)?.schedules(end.parse().context("an end is a number")?)?;
                let integer = |count: u128| format::integer(i128::try_from(count).unwrap_or(i128::MAX));
                Ok(format!("{} of {}", integer(ways), integer(all)))
            }
            [lab, path, shape] => {
                let report = self.reports.of(lab)?;
                let number = report.number(path)?;
                if !path.starts_with("lecture.") {
                    self.remember(report);
                }
                shaped(number, shape)
            }
            _ => bail!("write LAB PATH FORMAT or schedules STEPPER END"),
        }
    }

    fn remember(&mut self, report: &Report) {
        let labs = self.sources.entry(report.source_of("{labs}")).or_default();
        if !labs.contains(&report.name_and_runs()) {
            labs.push(report.name_and_runs());
        }
    }

    /// Returns where the figures within sentences were measured. Labs with the same machine and day are listed
    /// together.
    pub fn sources(&self) -> Vec<String> {
        self.sources.iter().map(|(source, labs)| source.replace("{labs}", &labs.join(", "))).collect()
    }
}

const FORMATS: &str = "ratio, seconds, nanoseconds, integer, digits, bytes, percent, significant, scientific, exact";

fn shaped(number: f64, shape: &str) -> Result<String> {
    Ok(match shape {
        "ratio" => format::ratio(number),
        "seconds" => format::seconds(number),
        "nanoseconds" => format::seconds(number * 1e-9),
        "integer" => format::integer(number.round() as i64),
        "digits" => format!("{number:.0}"),
        "bytes" => format::bytes(number.max(0.0) as u128),
        "percent" => format::percent(number),
        "significant" => format::significant(number),
        "scientific" => format!("{number:.1e}"),
        "exact" => format!("{number}"),
        _ => bail!("{shape:?} is not a format: {FORMATS}"),
    })
}
