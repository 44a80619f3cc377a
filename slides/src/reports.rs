//! Reads the labs' reports that the deck takes its figures from: the lecturer's own, or those stored with the deck.

use anyhow::{Context as _, Result, bail, ensure};
use common::format;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A folder with one report per lab: `naive.json`, `shm.json` and so on, each as the lab writes it with `--json`.
#[derive(Debug)]
pub struct Reports {
    /// The names of all labs of the workspace, with a report or without.
    labs: Vec<String>,
    /// The folder of the reports.
    pub folder: PathBuf,
    /// Whether they are the reports stored with the deck. Every figure then says so.
    pub is_reference: bool,
    reports: Vec<Report>,
}

/// One lab's report (`labs/report/1`).
#[derive(Debug)]
pub struct Report {
    /// The lab's name without `lab-`.
    pub lab: String,
    /// The report as a JSON document.
    pub value: Value,
    /// The file, for error messages.
    pub path: PathBuf,
    /// The day on which it was written, `2026-11-25`.
    pub date: String,
    is_reference: bool,
}

impl Reports {
    /// Reads the reports stored with the deck of the workspace in `root`.
    ///
    /// # Errors
    ///
    /// See [`Self::own`].
    pub fn reference(root: &Path) -> Result<Self> {
        Self::read(root, &root.join("slides/reference"), true)
    }

    /// Reads the lecturer's own reports in `folder`, for the labs of the workspace in `root`. A lab without a report is an error
    /// only when a figure of it is asked for. The date is that of `date.txt` if the folder has one, otherwise that of the file.
    ///
    /// # Errors
    ///
    /// A folder without any report, a report that is not of its lab or was measured without optimisation; the message names the file.
    pub fn own(root: &Path, folder: &Path) -> Result<Self> {
        Self::read(root, folder, false)
    }

    fn read(root: &Path, folder: &Path, is_reference: bool) -> Result<Self> {
        let date = fs::read_to_string(folder.join("date.txt")).ok().map(|date| date.trim().to_string());
        let labs: Vec<String> = workspace::labs_of(root).into_iter().map(|lab| lab.name).collect();
        let there = labs.iter().filter(|lab| folder.join(format!("{lab}.json")).exists());
        let read = |lab: &String| Report::read(lab.clone(), folder, date.as_deref(), is_reference);
        let reports = there.map(read).collect::<Result<Vec<_>>>()?;
        ensure!(!reports.is_empty(), "{} has no report ({})", folder.display(), advice(folder));
        Ok(Self { labs, folder: folder.to_path_buf(), is_reference, reports })
    }

    /// Returns the report of a lab.
    ///
    /// # Errors
    ///
    /// There is no such lab, or the folder has no report of it; the message names the file.
    pub fn of(&self, lab: &str) -> Result<&Report> {
        let report = self.reports.iter().find(|report| report.lab == lab);
        report.with_context(|| {
            if self.labs.iter().any(|name| name == lab) {
                let path = self.folder.join(format!("{lab}.json"));
                format!("cannot read the report {}: it does not exist ({})", path.display(), advice(&self.folder))
            } else {
                format!("no lab is called {lab:?}, only {}", self.labs.join(", "))
            }
        })
    }
}

fn advice(folder: &Path) -> String {
    format!("cargo run -p slides -- --measure {} measures all labs anew", folder.display())
}

impl Report {
    fn read(lab: String, folder: &Path, date: Option<&str>, is_reference: bool) -> Result<Self> {
        let path = folder.join(format!("{lab}.json"));
        let advice = || advice(folder);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read the report {} ({})", path.display(), advice()))?;
        let value: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
        if value["schema"] != "labs/report/1" || value["lab"] != lab.as_str() {
            bail!("{} is not a report of lab-{lab} (labs/report/1): {}", path.display(), advice());
        }
        if value["machine"]["optimized"] == false {
            bail!("{} was measured without optimisation, so it has no speed-up: {}", path.display(), advice());
        }
        let written = fs::metadata(&path).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let date = date.map_or_else(|| humantime::format_rfc3339_seconds(written).to_string()[..10].into(), Into::into);
        Ok(Self { lab, value, path, date, is_reference })
    }

    /// Returns a variant's row.
    ///
    /// # Errors
    ///
    /// The report has no such row; the message names the file.
    pub fn row(&self, variant: &str) -> Result<&Value> {
        let rows = self.value["rows"].as_array();
        let row = rows.and_then(|rows| rows.iter().find(|row| row["variant"] == variant));
        row.with_context(|| format!("{} has no row {variant}", self.path.display()))
    }

    /// Returns the figure at a path: `VARIANT.FIELD...`, `quantities.NAME`, `parameters.NAME` or `lecture.NAME`.
    ///
    /// # Errors
    ///
    /// The report has no such figure, or it is not a number; the message names the file.
    pub fn number(&self, path: &str) -> Result<f64> {
        let (first, rest) = path.split_once('.').with_context(|| format!("{path} names a row, but no field of it"))?;
        let place = match first {
            "parameters" => &self.value["parameters"][rest],
            "lecture" => &self.value["lecture"]["figures"][rest],
            "quantities" => {
                let all = self.value["quantities"].as_array();
                all.and_then(|all| all.iter().find(|quantity| quantity["name"] == rest))
                    .map_or(&Value::Null, |quantity| &quantity["value"])
            }
            variant => rest.split('.').fold(self.row(variant)?, |place, step| match step.parse::<usize>() {
                Ok(index) => &place[index],
                Err(_) => &place[step],
            }),
        };
        place.as_f64().with_context(|| format!("{} has no figure {path}", self.path.display()))
    }

    /// Describes where a figure was measured, for the line below it: `lab-naive (5 runs) on 2 CPUs (Intel Xeon),
    /// 2026-11-25`. It also says if the report is one stored with the deck.
    pub fn source(&self) -> String {
        self.source_of(&self.name_and_runs())
    }

    /// Returns the program's name, such as `lab-naive`.
    pub fn name(&self) -> String {
        format!("lab-{}", self.lab)
    }

    /// Returns the name and the number of runs, such as `lab-naive (5 runs)`.
    pub fn name_and_runs(&self) -> String {
        let runs = self.value["parameters"]["repeat"].as_u64();
        format!("lab-{}{}", self.lab, runs.map_or(String::new(), |runs| format!(" ({runs} runs)")))
    }

    /// Describes the same for several labs of this machine and day.
    pub fn source_of(&self, labs: &str) -> String {
        let machine = &self.value["machine"];
        let cpus = machine["cpus_allowed"].as_u64().unwrap_or(0);
        let cpus = format!("{} CPU{}", format::integer(cpus), if cpus == 1 { "" } else { "s" });
        let model = machine["model"].as_str().map_or(String::new(), |model| format!(" ({})", tidy(model)));
        let reference = if self.is_reference { "Reference, not this machine: " } else { "" };
        format!("{reference}{labs} on {cpus}{model}, {}", self.date)
    }
}

/// Shortens a processor's name: removes trademark signs and the like.
fn tidy(model: &str) -> String {
    let mut model = model.to_string();
    for mark in ["(R)", "(TM)", "(r)", "(tm)", " Processor", " CPU"] {
        model = model.replace(mark, "");
    }
    model.split_whitespace().collect::<Vec<_>>().join(" ")
}
