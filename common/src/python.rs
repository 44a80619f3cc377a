//! Runs the lecture's Python programs at the same sizes as the lab.

use crate::lab::{Lab, PythonProgram};
use crate::report::{Comparison, Report};
use crate::timing::{Progress, Summary};
use crate::{Arguments, warning::Warning};
use serde_json::Value;
use std::process::{Command, Stdio};

/// The most runs of a Python program. Python is so slow that three runs take as long as all runs of the lab.
const MOST_REPEATS: usize = 3;

/// The exit status of our Python programs when numpy is missing.
const NUMPY_IS_MISSING: i32 = 3;

/// Runs the lab's Python programs and adds their figures to the report. A program that cannot run becomes a warning.
pub fn compare(lab: &Lab, arguments: &Arguments, report: &mut Report) {
    if lab.python.is_empty() {
        report.warnings.push(Warning::Python {
            message: "the lecture has no Python program for this lab".into(),
            advice: "see lab-mutex, whose programs repair the same counter with a lock",
        });
        return;
    }
    let Some(interpreter) = ["python3", "python"].into_iter().find(|name| is_python3(name)) else {
        report.warnings.push(Warning::Python {
            message: "python3 was not found, so the lecture's programs were not run".into(),
            advice: "install Python 3.9 or newer (python.org, or your system's package python3)",
        });
        return;
    };
    let progress = Progress::new();
    for program in lab.python {
        progress.say(format_args!("{interpreter} {}", program.file));
        match run(lab, interpreter, program, arguments) {
            Ok(document) => match comparison(program, &document, report) {
                Some(comparison) => report.python.push(comparison),
                None => report.warnings.push(failed(program, "its output has no such figure")),
            },
            Err(warning) => report.warnings.push(warning),
        }
    }
}

fn is_python3(name: &str) -> bool {
    let arguments = ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"];
    let silent = || Stdio::null();
    let status = Command::new(name).args(arguments).stdin(silent()).stdout(silent()).stderr(silent()).status();
    status.is_ok_and(|status| status.success())
}

fn run(lab: &Lab, interpreter: &str, program: &PythonProgram, arguments: &Arguments) -> Result<Value, Warning> {
    let mut command = Command::new(interpreter);
    command.arg(lab.file(program.file)).arg("--json");
    for (flag, parameter) in program.flags {
        if let Some(value) = arguments.get(parameter) {
            command.arg(format!("--{flag}")).arg(value.to_string());
        }
    }
    command.arg("--repeat").arg(arguments.repeat().min(MOST_REPEATS).to_string());
    let output = command.stdin(Stdio::null()).output().map_err(|error| failed(program, &error.to_string()))?;
    if output.status.code() == Some(NUMPY_IS_MISSING) {
        return Err(Warning::Python {
            message: format!("numpy was not found, so {} was not run", program.file),
            advice: "python3 -m pip install numpy",
        });
    }
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(failed(program, errors.lines().last().unwrap_or("no message")));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| failed(program, &format!("its output is not valid JSON: {error}")))
}

fn comparison(program: &PythonProgram, document: &Value, report: &Report) -> Option<Comparison> {
    let figures = document["figures"][program.name].as_array()?;
    Some(Comparison {
        program: program.file,
        figure: program.figure,
        version: document["python"].as_str()?.to_string(),
        numpy: document["numpy"].as_str().map(String::from),
        python: Summary::of(figures.iter().filter_map(Value::as_f64))?,
        ours: report.figure(program.ours),
        lecture: program.lecture,
    })
}

fn failed(program: &PythonProgram, why: &str) -> Warning {
    Warning::Python {
        message: format!("{} ended without a result: {why}", program.file),
        advice: "run it by hand to see all that it says: python3, then its path in the lab's folder",
    }
}
