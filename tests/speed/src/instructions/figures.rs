//! The committed figures: instructions per element of each kernel.

use std::env::consts::{ARCH, OS};
use std::fmt::Write;
use std::process::Command;

/// The file with the figures, from this package's folder.
pub const FILE: &str = "instructions.txt";

/// The tolerance of a new line, in per cent: about one instruction more or less in a loop of fifty.
const TOLERANCE: f64 = 3.0;

/// Differences below this many instructions per element do not count. Starting a program takes a few hundred more or
/// less, depending on its environment and its addresses, which is divided by 100,000 elements.
const NOISE: f64 = 0.02;

/// The figure of one kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The kernel's name, `LAB/VARIANT`.
    pub kernel: String,
    /// The instructions per element.
    pub instructions: f64,
    /// The largest difference that does not count, in per cent.
    pub tolerance: f64,
}

/// The figures, with the compiler and system that they were counted with.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The output of `rustc --version`, and the system. Other ones give other instructions.
    pub compiler: String,
    /// The figures, one per kernel.
    pub lines: Vec<Figure>,
}

/// Returns the compiler and the system of this machine.
pub fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").current_dir(workspace::root()).output();
    let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string());
    format!("{}, {OS} on {ARCH}", version.unwrap_or_default())
}

impl Figures {
    /// Parses the file.
    ///
    /// # Errors
    ///
    /// The line that cannot be parsed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let compiler = text.lines().find_map(|line| line.strip_prefix("# Counted with "));
        let compiler = compiler.ok_or("no line says with which compiler this was counted")?.to_string();
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let figure = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [kernel, instructions, "+-", tolerance, "%"] => Some(Figure {
                kernel: kernel.into(),
                instructions: instructions.parse().ok()?,
                tolerance: tolerance.parse().ok()?,
            }),
            _ => None,
        };
        let lines = lines.map(|line| figure(line).ok_or_else(|| format!("{line:?} is no KERNEL NUMBER +- NUMBER %")));
        Ok(Self { compiler, lines: lines.collect::<Result<_, _>>()? })
    }

    /// Returns the file with new counts. The tolerances stay.
    pub fn renewed(&self, counted: &[(&str, f64)]) -> String {
        let mut text = format!(
            "# Instructions for one element of an array, or for one increment of a counter, in one thread.\n\
             # `cargo instructions` compares, `cargo instructions --renew` writes this file; the tolerances are yours to change.\n\
             # Counted with {}\n\n",
            compiler()
        );
        for (kernel, instructions) in counted {
            let tolerance = self.of(kernel).map_or(TOLERANCE, |figure| figure.tolerance);
            let _ = writeln!(text, "{kernel:<28} {instructions:>8.2} +- {tolerance} %");
        }
        text
    }

    fn of(&self, kernel: &str) -> Option<&Figure> {
        self.lines.iter().find(|figure| figure.kernel == kernel)
    }

    /// Returns a table of the differences between the counted and the committed figures; it is empty if there are none.
    /// An improvement is a difference too: if it is not committed, it could be lost again unnoticed.
    pub fn differences(&self, counted: &[(&str, f64)]) -> Vec<String> {
        let mut lines = Vec::new();
        for &(kernel, now) in counted {
            let Some(Figure { instructions, tolerance, .. }) = self.of(kernel) else {
                lines.push(format!("{kernel:<28} {:>9} -> {now:>8.2}   is new", "nothing"));
                continue;
            };
            let change = now - instructions;
            if change.abs() > NOISE + instructions * tolerance / 100.0 {
                let percent =
                    if *instructions > 0.0 { format!("{:+.1} %", 100.0 * change / instructions) } else { "new".into() };
                let word = if change > 0.0 { "worse" } else { "better" };
                lines.push(format!("{kernel:<28} {instructions:>9.2} -> {now:>8.2}   {percent:>8}  {word}"));
            }
        }
        let is_counted = |figure: &&Figure| counted.iter().any(|(kernel, _)| *kernel == figure.kernel);
        let gone = self.lines.iter().filter(|figure| !is_counted(figure));
        lines.extend(
            gone.map(|figure| format!("{:<28} {:>9.2} -> not counted any more", figure.kernel, figure.instructions)),
        );
        lines
    }
}
