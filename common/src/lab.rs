//! What a lab declares about itself, once: `about.rs` of every lab holds a [`Lab`].

use crate::Error;
use crate::counter::Declaration;
use crate::parameter::Parameter;
use std::path::{Path, PathBuf};

/// What a lab is, apart from what it does.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// The package's name without its `lab-`.
    pub name: &'static str,
    /// What it shows, in one line.
    pub title: &'static str,
    /// The lab's folder when it was compiled: `env!("CARGO_MANIFEST_DIR")`.
    pub folder: &'static str,
    /// The lecture's program and figures.
    pub lecture: Lecture,
    /// The numbers that the command line may give.
    pub parameters: &'static [Parameter],
    /// The question that `--predict` asks.
    pub question: Question,
    /// The lecture's programs that `--python` runs.
    pub python: &'static [PythonProgram],
    /// Whether its workers are bound to CPUs without `--pin` too: for runs that are over before the system has spread them.
    pub pin: bool,
    /// The counters that its report has a row for each of; empty for a lab that counts nothing.
    pub counters: &'static [Declaration],
    /// What a worker process of this lab does with its own command line, behind `--worker`.
    pub worker: Option<WorkerMain>,
    /// What `--witness` shows, if it keeps any.
    pub witness: Option<Kept>,
}

/// What a worker process does, given its arguments behind `--worker`.
pub type WorkerMain = fn(&[String]) -> Result<(), Error>;

impl Lab {
    /// A lab without anything, to build upon.
    pub const EMPTY: Self = Self {
        name: "",
        title: "",
        folder: "",
        lecture: Lecture { program: "", figures: &[] },
        parameters: &[],
        question: Question { text: "", figure: Figure::Quantity(""), lecture: None },
        python: &[],
        pin: false,
        counters: &[],
        worker: None,
        witness: None,
    };

    /// A file of the lab's folder. A clone that was moved is found where the program lies now.
    pub fn file(&self, name: &str) -> PathBuf {
        let folder = Path::new(self.folder);
        let moved = || {
            let program = std::env::current_exe().ok()?;
            let labs = program.ancestors().filter_map(|place| Some(place.join("labs").join(folder.file_name()?)));
            labs.into_iter().find(|path| path.join(name).is_file())
        };
        moved().unwrap_or_else(|| folder.to_path_buf()).join(name)
    }
}

/// Schedules that lose an update, as they lie beside a lab.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// The JSON document, `labs/witness/1`.
    pub document: &'static str,
    /// The counters' source as it is compiled into the lab: the lines that a step names are lines of this.
    pub source: &'static str,
}

/// What the lecture showed.
#[derive(Clone, Copy, Debug)]
pub struct Lecture {
    /// The program's file name, or where the matter stood in the lecture.
    pub program: &'static str,
    /// The lecture's figures by name.
    pub figures: &'static [(&'static str, f64)],
}

/// One figure of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// How many times as fast as sequential a variant is.
    Speedup(&'static str),
    /// The seconds of a variant.
    Seconds(&'static str),
    /// What a counter ends at.
    Final(&'static str),
    /// Nanoseconds an increment of a counter.
    IncrementTime(&'static str),
    /// A quantity by name.
    Quantity(&'static str),
}

/// The question that `--predict` asks.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The question, to be answered with a number.
    pub text: &'static str,
    /// The figure that answers it.
    pub figure: Figure,
    /// The answer that the lecture measured.
    pub lecture: Option<f64>,
}

/// A program of the lecture, in Python.
#[derive(Clone, Copy, Debug)]
pub struct PythonProgram {
    /// Its name in the lab's folder.
    pub file: &'static str,
    /// What is compared, for people.
    pub figure: &'static str,
    /// The figure's name in the program's output.
    pub name: &'static str,
    /// Our figure beside it.
    pub ours: Figure,
    /// The lecture's value of the figure.
    pub lecture: Option<f64>,
    /// The program's flags, each with the parameter of ours that it gets.
    pub flags: &'static [(&'static str, &'static str)],
}
