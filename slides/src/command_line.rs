//! Parses and executes the command line of the deck's program.

use crate::deck;
use crate::measure::measure;
use crate::page;
use crate::plots;
use crate::reports::Reports;
use crate::stepper;
use anyhow::{Context as _, Result};
use common::{command_line, format};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;
use workspace::Watched;

const HELP: &str = "\
slides: writes the lecture as one HTML file, from the labs' source and figures

usage: cargo run -p slides -- [OUTPUT] [--results DIR | --measure DIR]
                              [--open] [--watch]
       cargo run -p slides -- --stepper PACKAGE [OUTPUT] [--open] [--watch]
       cargo run -p slides -- --plots DIR [--results DIR | --measure DIR]
       cargo run -p slides -- --schedule

  OUTPUT            the file to write
                    [default: slides.html or stepper-PACKAGE.html in cargo's
                    target folder]
  --results DIR     takes the figures from the labs' reports in DIR, one file
                    per lab, such as race.json [default: the reference reports;
                    each figure then says so, with the date]
  --measure DIR     runs all labs, writes their reports to DIR, and uses these;
                    takes half a minute, in which nothing else should run
  --stepper PACKAGE {steppers}
  --plots DIR       writes only the plots, as SVG files in DIR
  --schedule        prints only the planned minutes of the chapters and slides
  --open            opens the file in a browser
  --watch           writes the file again whenever a chapter, a lab or a report
                    changes, until Ctrl-C
  -h, --help        prints this text
  -V, --version     prints the version

In the deck: ? lists the keys, S opens the speaker's window.
";

/// The task that a command line requests.
#[derive(Debug)]
enum Command {
    Serve(Request),
    Print(String),
}

#[derive(Debug, Default)]
struct Request {
    output: Option<PathBuf>,
    results: Option<PathBuf>,
    measure: Option<PathBuf>,
    stepper: Option<String>,
    plots: Option<PathBuf>,
    schedule: bool,
    open: bool,
    watch: bool,
}

fn usage<T>(message: String) -> Result<T> {
    Err(command_line::usage(message).into())
}

/// Executes a command line.
///
/// # Errors
///
/// [`common::Error::Usage`], or an error that names what was missing.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
    match parse(arguments)? {
        Command::Serve(request) => request.serve(workspace::root()),
        Command::Print(text) => print(&text),
    }
}

fn help() -> String {
    let packages = stepper::packages().join(", ");
    let packages = packages.rsplit_once(", ").map_or(packages.clone(), |(all, last)| format!("{all} or {last}"));
    let steppers = format::wrap(&format!("writes only the steppers of a lab: {packages}"), 60, "");
    HELP.replace("{steppers}", &steppers.replace('\n', &format!("\n{:20}", "")))
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command> {
    use lexopt::prelude::{Long, Short, Value};
    let mut request = Request::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(command_line::usage)? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Print(help())),
            Short('V') | Long("version") => {
                return Ok(Command::Print(concat!("slides ", env!("CARGO_PKG_VERSION"), "\n").to_string()));
            }
            Long("schedule") => request.schedule = true,
            Long("open") => request.open = true,
            Long("watch") => request.watch = true,
            Long("results") => request.results = Some(parser.value().map_err(command_line::usage)?.into()),
            Long("measure") => request.measure = Some(parser.value().map_err(command_line::usage)?.into()),
            Long("plots") => request.plots = Some(parser.value().map_err(command_line::usage)?.into()),
            Long("stepper") => {
                let package = parser.value().map_err(command_line::usage)?;
                request.stepper = Some(package.to_string_lossy().into_owned());
            }
            Value(output) if request.output.is_none() => request.output = Some(output.into()),
            other => return usage(other.unexpected().to_string()),
        }
    }
    request.check()?;
    Ok(Command::Serve(request))
}

impl Request {
    fn check(&self) -> Result<()> {
        let takes_reports = self.results.is_some() || self.measure.is_some();
        match self {
            Self { results: Some(_), measure: Some(_), .. } => {
                usage("--results and --measure: give one of them; --measure shows what it has measured".into())
            }
            Self { stepper: Some(_), plots: Some(_), .. } => usage("--stepper and --plots: give one of them".into()),
            Self { stepper: Some(_), .. } if takes_reports => {
                usage("--stepper shows no figures: leave --results and --measure out".into())
            }
            Self { schedule: true, .. } if self.asks_for_files() => {
                usage("--schedule writes no file: leave all other flags out".into())
            }
            Self { plots: Some(_), output: Some(output), .. } => {
                usage(format!("--plots DIR writes into DIR: leave {} out", output.display()))
            }
            Self { plots: Some(_), open, watch, .. } if *open || *watch => {
                usage("--plots writes many files: leave --open and --watch out".into())
            }
            _ => Ok(()),
        }
    }

    fn asks_for_files(&self) -> bool {
        let folders = [&self.output, &self.measure, &self.plots];
        folders.into_iter().any(Option::is_some) || self.stepper.is_some() || self.open || self.watch
    }

    fn serve(&self, root: &Path) -> Result<()> {
        if self.schedule {
            return print(&deck::schedule(&deck::slides(root, &self.reports(root)?)?));
        }
        if let Some(folder) = &self.measure {
            measure(root, &workspace::labs_of(root), plots::flags, folder)?;
        }
        if let Some(folder) = &self.plots {
            return plots_into(folder, root, &self.reports(root)?);
        }
        let target = workspace::target(root);
        let output = self.output.clone().unwrap_or_else(|| match &self.stepper {
            Some(package) => target.join(format!("stepper-{package}.html")),
            None => target.join("slides.html"),
        });
        let inputs = [Some(root.join("slides")), Some(root.join("labs")), self.results.clone(), self.measure.clone()];
        let watched = self.watch.then(|| Watched::new(inputs.into_iter().flatten().collect(), Some(&output)));
        let shown = self.write(root, &output)?;
        if self.open {
            open::that(&shown)
                .with_context(|| format!("cannot open {}: open it in a browser yourself", shown.display()))?;
        }
        if let Some(mut watched) = watched {
            eprintln!("Watching slides, labs and reports; press Ctrl-C to stop. Reload the page to see a change.");
            loop {
                watched.wait();
                if let Err(error) = self.write(root, &output) {
                    eprintln!("slides: {error:#}");
                }
            }
        }
        Ok(())
    }

    fn reports(&self, root: &Path) -> Result<Reports> {
        match self.results.as_ref().or(self.measure.as_ref()) {
            Some(folder) => Reports::own(root, folder),
            None => Reports::reference(root),
        }
    }

    /// Writes the page and prints where.
    fn write(&self, root: &Path, output: &Path) -> Result<PathBuf> {
        let start = Instant::now();
        let (html, about) = match &self.stepper {
            Some(package) => (page::steppers(root, package)?, "the steppers".to_string()),
            None => {
                let slides = deck::slides(root, &self.reports(root)?)?;
                let minutes: f64 = slides.iter().map(|slide| slide.minutes).sum();
                (page::deck(root, &slides)?, format!("{} slides for {minutes} minutes", slides.len()))
            }
        };
        workspace::write(output, &html)?;
        let shown = std::path::absolute(output).unwrap_or_else(|_| output.to_path_buf());
        print(&format!("{}\n", shown.display()))?;
        eprintln!("{about}, {} kB, in {:.0} ms", html.len().div_ceil(1000), start.elapsed().as_secs_f64() * 1e3);
        Ok(shown)
    }
}

fn plots_into(folder: &Path, root: &Path, reports: &Reports) -> Result<()> {
    let (style, colours) = (page::asset(root, "plots.css")?, page::light_colours(root)?);
    for name in plots::names() {
        let path = folder.join(format!("{name}.svg"));
        workspace::write(&path, plots::plot(name, reports)?.file(&style, &colours))?;
        print(&format!("{}\n", path.display()))?;
    }
    Ok(())
}

fn print(text: &str) -> Result<()> {
    Ok(command_line::print(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use common::Error;
    use std::fs;

    fn refusal(line: &str) -> String {
        let error = run(line.split_whitespace().map(OsString::from)).unwrap_err();
        error.downcast::<Error>().expect("a usage error").to_string()
    }

    #[test]
    fn bad_command_lines_are_refused_in_one_line() {
        for (line, names) in [
            ("--frobnicate", "--frobnicate"),
            ("--results", "--results"),
            ("a.html b.html", "b.html"),
            ("--results a --measure b", "--measure"),
            ("--stepper lab-race --plots x", "--plots"),
            ("--stepper lab-race --results x", "--results"),
            ("--plots x y.html", "y.html"),
            ("--plots x --watch", "--watch"),
            ("--schedule --open", "--schedule"),
            ("--stepper lab-nothing", &stepper::packages().join(", ")),
        ] {
            let refusal = refusal(line);
            assert!(refusal.contains(names) && !refusal.contains('\n'), "{line}: {refusal}");
        }
    }

    #[test]
    fn the_help_fits_a_terminal() {
        assert!(help().lines().all(|line| line.len() <= 80), "{}", help());
        assert!(stepper::packages().iter().all(|package| help().contains(package)));
    }

    /// Creates a workspace with one unknown lab, and a deck of one chapter.
    fn toy() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let (root, real) = (folder.path(), workspace::root());
        for (path, text) in [
            ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"labs/*\"]\n"),
            ("README.md", "| [spinning-top](labs/spinning-top/README.md) |\n"),
            (
                "labs/spinning-top/Cargo.toml",
                "[package]\nname = \"lab-toy\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            ("labs/spinning-top/src/main.rs", TOY),
            ("slides/deck/01-toy.md", "# Toy\n\n## It turns (1 min)\n\n{{toy top.turns integer}} turns.\n\nNote: N.\n"),
        ] {
            workspace::write(&root.join(path), text).unwrap();
        }
        for asset in fs::read_dir(real.join("slides/assets")).unwrap().map(Result::unwrap) {
            let text = fs::read(asset.path()).unwrap();
            workspace::write(&root.join("slides/assets").join(asset.file_name()), text).unwrap();
        }
        folder
    }

    /// Creates its lab, which prints a report. If a file `fail` is there, it fails.
    const TOY: &str = r###"fn main() {
    assert!(std::env::args().any(|flag| flag == "--json"));
    if std::fs::exists("fail").unwrap() { eprintln!("toy: it fell over"); std::process::exit(3); }
    print!("{}", r##"{ "schema": "labs/report/1", "lab": "toy", "machine": { "optimized": true, "cpus_allowed": 1 },
        "rows": [{ "variant": "top", "turns": 1234 }] }"##);
}
"###;

    #[test]
    fn a_new_lab_needs_nothing_but_a_chapter() {
        let folder = toy();
        let (root, output) = (folder.path(), folder.path().join("deck.html"));
        let serve = || {
            let line = [output.clone().into_os_string(), "--measure".into(), root.join("results").into_os_string()];
            let Command::Serve(request) = parse(line).unwrap() else { panic!("it is a request") };
            request.serve(root)
        };
        serve().unwrap();
        let html = fs::read_to_string(&output).unwrap();
        assert!(html.contains("<span class=\"figure\">1,234</span> turns") && html.contains("lab-toy on 1 CPU"));
        assert!(fs::read_to_string(root.join("results/toy.json")).unwrap().contains("labs/report/1"));

        fs::write(root.join("fail"), "").unwrap();
        let error = format!("{:#}", serve().unwrap_err());
        assert_eq!(error, "lab-toy failed: toy: it fell over");
    }
}
