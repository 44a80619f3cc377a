//! Compiles and runs a program that is known to be right, in the same way as a submission. If it fails, the machine is at
//! fault, not a submission.

use crate::compile;
use crate::exercises::{About, Exercise};
use crate::grade::Limits;
use crate::sandbox::{self, Contents, Isolation};
use crate::toolchain::Toolchain;
use crate::trouble;
use crate::workdir::Workdir;
use anyhow::{Result, bail, ensure};

const TEXT: &str = "use common::exercise::*;\npub fn answer() -> Vec<u64> {\n    vec![42]\n}\n";
const DRIVER: &str =
    "pub fn main() {\n    common::driver::say(&common::exercise::format!(\"{:?}\", crate::student::answer()));\n}\n";
const ANSWER: &str = "[42]";

/// The known-good program, in the form of an exercise.
static KNOWN_GOOD: Exercise = Exercise {
    name: "known-good",
    folder: "",
    file: "",
    driver: DRIVER,
    about: About { items: &[], hints: [""; 3], learned: "" },
};

/// Compiles and runs the program.
///
/// # Errors
///
/// Submissions cannot be compiled or run here. The error names the reason and the fix.
pub fn check(toolchain: &Toolchain, isolation: Isolation, limits: Limits) -> Result<()> {
    let about = "this machine cannot grade: a program that is known to be right";
    let folder = Workdir::new()?;
    let end = compile::attempt(toolchain, (isolation, limits.compile), &KNOWN_GOOD, TEXT, folder.path())?;
    if let Some(reason) = end.reason() {
        bail!("{about} does not compile: {}", trouble::explain(&reason));
    }
    let program = folder.path().join("out/judged");
    let filter = sandbox::filter_in(folder.path())?;
    let contents = Contents::of([(program.as_path(), "/judged")], filter.as_deref());
    let outcome = sandbox::run(isolation, limits.run, &contents, &["/judged".to_string()], "")?;
    ensure!(
        outcome.code == Some(0) && outcome.stdout.trim() == ANSWER,
        "{about} does not run ({}): {}",
        outcome.code.map_or("a signal".into(), |code| format!("exit status {code}")),
        trouble::explain(&outcome.stderr)
    );
    Ok(())
}
