//! `cargo instructions`: counts the labs' kernels' instructions, and compares them with the committed figures.
//!
//! The labs' files are compiled into this program, as they are into a lab, and not taken from the library beside it: what a
//! library shows to others the compiler keeps as functions to be called, and a lock's increment then takes about half as much again.

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

use kernels::{Kernel, all};
use speed::instructions::callgrind::{self, HOW_TO_GET_IT, RUN};
use speed::instructions::figures::{FILE, Figures, compiler};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

const USAGE: &str = "usage: cargo instructions [--renew]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare(false),
        ["--renew"] => compare(true),
        [RUN, name, size] => run(name, size),
        _ => Err(USAGE.to_string()),
    };
    result.map_or_else(
        |message| {
            eprintln!("instructions: {message}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// What valgrind counts.
fn run(name: &str, size: &str) -> Result<(), String> {
    let kernel = Kernel::named(name).ok_or_else(|| format!("there is no kernel {name}"))?;
    kernel.run(size.parse().map_err(|_| USAGE)?);
    Ok(())
}

fn compare(renew: bool) -> Result<(), String> {
    if !callgrind::is_here() {
        return Err(HOW_TO_GET_IT.to_string());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = fs::read_to_string(&path).map_err(|error| format!("{FILE}: {error}"))?;
    let mut committed = Figures::parse(&text)?;
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut counted = Vec::new();
    let kernels = all();
    for kernel in &kernels {
        if kernel.is_whole_here() {
            let instructions = callgrind::per_element(&program, &kernel.name)?;
            println!("{:<28} {instructions:>8.3}", kernel.name);
            counted.push((kernel.name.as_str(), instructions));
        } else if renew {
            return Err(format!("{} takes another way on this processor: renew on one with AVX2 and FMA", kernel.name));
        } else {
            println!("{:<28} NOT CHECKED: this processor has no AVX2 and FMA", kernel.name);
            committed.lines.retain(|figure| figure.kernel != kernel.name);
        }
    }
    let differences = committed.differences(&counted).join("\n");
    if renew {
        println!("\n{}", if differences.is_empty() { "no figure has changed" } else { &differences });
        return fs::write(&path, committed.renewed(&counted)).map_err(|error| format!("{FILE}: {error}"));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!(
        "not as in {FILE}:\n{differences}\ncommitted: {}\nhere:      {}\nIf that is meant: cargo instructions --renew",
        committed.compiler,
        compiler()
    ))
}
