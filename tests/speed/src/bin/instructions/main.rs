//! `cargo instructions`: counts the instructions of the labs' kernels, and compares them with the committed figures.
//!
//! The labs' files are compiled into this program, as they are into a lab, and not into a library. The compiler does
//! not inline a library's public functions here, and then an increment with a lock takes about half as many
//! instructions again.

mod kernels;

#[path = "../../heavy.rs"]
#[allow(dead_code, reason = "only what one thread does is counted")]
mod heavy;
#[path = "../../naive.rs"]
#[allow(dead_code, reason = "only what one thread does is counted")]
mod naive;
#[path = "../../overhead.rs"]
#[allow(dead_code, reason = "only what one thread does is counted")]
mod overhead;
#[path = "../../sync.rs"]
mod sync;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));

use common::Error;
use common::command_line::{exit, number, print, usage};
use kernels::{Kernel, all};
use speed::instructions::callgrind::{self, HOW_TO_GET_IT, LARGE, RUN};
use speed::instructions::figures::{FILE, Figures, compiler};
use std::process::ExitCode;
use std::{env, fs};

const HELP: &str = "\
Counts the instructions of the labs' kernels, and compares them with the
committed figures

Usage: cargo instructions [--renew]

  --renew  replaces the committed figures by the new counts
  --help   prints this text
";

fn main() -> ExitCode {
    exit("instructions", answer(&env::args().skip(1).collect::<Vec<_>>()))
}

fn answer(arguments: &[String]) -> Result<(), Error> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare(false),
        ["--renew"] => compare(true),
        ["--help" | "-h"] => print(HELP),
        [RUN, name, size] => run(name, number(RUN, size, 0..=LARGE)?),
        ["--renew", other, ..] | [other, ..] => Err(usage(format!("unexpected argument {other:?}"))),
    }
}

/// Runs the kernel once, while valgrind counts its instructions.
fn run(name: &str, size: usize) -> Result<(), Error> {
    let kernel = Kernel::named(name).ok_or_else(|| usage(format!("{RUN} {name}: no kernel has this name")))?;
    kernel.run(size);
    Ok(())
}

fn compare(renew: bool) -> Result<(), Error> {
    if !callgrind::is_here() {
        return Err(Error::Failure(HOW_TO_GET_IT.to_string()));
    }
    let path = workspace::root().join("tests/speed").join(FILE);
    let text = fs::read_to_string(&path).map_err(|error| Error::io(FILE, error))?;
    let mut committed = Figures::parse(&text).map_err(Error::Failure)?;
    let program = env::current_exe().map_err(|error| Error::io("where this program is", error))?;
    let mut counted = Vec::new();
    let kernels = all();
    for kernel in &kernels {
        if kernel.is_whole_here() {
            let instructions = callgrind::per_element(&program, &kernel.name).map_err(Error::Failure)?;
            print(&format!("{:<28} {instructions:>8.3}\n", kernel.name))?;
            counted.push((kernel.name.as_str(), instructions));
        } else if renew {
            let what = format!("{} takes another way on this processor: renew on one with AVX2 and FMA", kernel.name);
            return Err(Error::Failure(what));
        } else {
            print(&format!("{:<28} NOT CHECKED: this processor has no AVX2 and FMA\n", kernel.name))?;
            committed.lines.retain(|figure| figure.kernel != kernel.name);
        }
    }
    let differences = committed.differences(&counted).join("\n");
    if renew {
        workspace::write(&path, committed.renewed(&counted)).map_err(|error| Error::Failure(error.to_string()))?;
        return print(&format!("\n{}\n", if differences.is_empty() { "no figure has changed" } else { &differences }));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(Error::Failure(format!(
        "not as in {FILE}:\n{differences}\ncommitted: {}\nhere:      {}\nIf that is meant: cargo instructions --renew",
        committed.compiler,
        compiler()
    )))
}
