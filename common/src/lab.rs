//! The declaration of a lab: `about.rs` of every lab holds a [`Lab`].

use crate::Error;
use crate::counter::Declaration;
use crate::parameter::Parameter;
use std::env;
use std::path::{Path, PathBuf};

/// The declaration of a lab, apart from what it does.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// The package's name without its `lab-`.
    pub name: &'static str,
    /// The lab's subject, in one line.
    pub title: &'static str,
    /// The lab's folder when it was compiled: `env!("CARGO_MANIFEST_DIR")`.
    pub folder: &'static str,
    /// The lecture's program and figures.
    pub lecture: Lecture,
    /// The numeric parameters of the command line.
    pub parameters: &'static [Parameter],
    /// The question that `--predict` asks.
    pub question: Question,
    /// The lecture's programs that `--python` runs.
    pub python: &'static [PythonProgram],
    /// Whether its workers are bound to CPUs even without `--pin`: for runs that end before the system has spread the
    /// workers.
    pub pin: bool,
    /// The counters, each with a row in the report; empty for a lab that counts nothing.
    pub counters: &'static [Declaration],
    /// The entry point of a worker process, which gets the arguments that follow `--worker`.
    pub worker: Option<WorkerMain>,
    /// The stored schedules that `--witness` prints, if there are any.
    pub witness: Option<Kept>,
}

/// The entry point of a worker process, given the arguments that follow `--worker`.
pub type WorkerMain = fn(&[String]) -> Result<(), Error>;

impl Lab {
    /// A lab without any content, to be completed.
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

    /// Returns the path of a file in the lab's folder. It is found from the current folder, from the program's path, or from
    /// the package that cargo runs, so that a clone that was moved or copied after the build uses its own files.
    pub fn file(&self, name: &str) -> PathBuf {
        let built = Path::new(self.folder);
        let labs = Path::new("labs").join(built.file_name().unwrap_or_default());
        let places = [env::current_dir().ok(), env::current_exe().ok()];
        let in_a_clone = places.iter().flatten().flat_map(|place| place.ancestors()).map(|place| place.join(&labs));
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let package = package.filter(|package| package.file_name() == built.file_name());
        let mut folders = in_a_clone.chain(package);
        folders.find(|folder| folder.join(name).is_file()).unwrap_or_else(|| built.to_path_buf()).join(name)
    }
}

/// Schedules that lose an update, as stored in the lab's folder.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// The JSON document, `labs/witness/1`.
    pub document: &'static str,
    /// The counters' source as compiled into the lab. The line numbers of a step refer to it.
    pub source: &'static str,
}

/// The lecture's program and figures.
#[derive(Clone, Copy, Debug)]
pub struct Lecture {
    /// The program's file name, or the place in the lecture.
    pub program: &'static str,
    /// The lecture's figures by name.
    pub figures: &'static [(&'static str, f64)],
}

/// One figure of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The speed-up of a variant over sequential.
    Speedup(&'static str),
    /// The time of a variant in seconds.
    Seconds(&'static str),
    /// The final value of a counter.
    Final(&'static str),
    /// Nanoseconds per increment of a counter.
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
    /// The figure of the lab that is compared with it.
    pub ours: Figure,
    /// The lecture's value of the figure.
    pub lecture: Option<f64>,
    /// The program's flags, each with the name of our parameter that gives its value.
    pub flags: &'static [(&'static str, &'static str)],
}
