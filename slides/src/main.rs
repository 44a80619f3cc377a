//! Writes the lecture's outline as one self-contained HTML file: the labs in the order of the lecture, each with its command
//! and with the code that runs, quoted from the lab's own file. Opens from disk; no server, no network.
//!
//! ```text
//! cargo run -p slides               writes target/slides.html
//! cargo run -p slides -- deck.html  writes deck.html
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// A lab, in the order of the lecture.
struct Stop {
    folder: &'static str,
    package: &'static str,
    /// The file that the room looks at.
    code: &'static str,
    lesson: &'static str,
}

const LECTURE: [Stop; 7] = [
    Stop {
        folder: "naive-chunks",
        package: "lab-naive",
        code: "sums.rs",
        lesson: "Copying the data costs more than the work.",
    },
    Stop {
        folder: "shared-memory",
        package: "lab-shm",
        code: "sums.rs",
        lesson: "Processes can share memory, if they ask for it.",
    },
    Stop {
        folder: "overhead-dominated",
        package: "lab-overhead",
        code: "sums.rs",
        lesson: "Handing out work costs, even when nothing is copied.",
    },
    Stop {
        folder: "compute-heavy",
        package: "lab-heavy",
        code: "sums.rs",
        lesson: "With enough work for each element, parallel wins.",
    },
    Stop { folder: "data-race", package: "lab-race", code: "counters.rs", lesson: "Without a lock, updates are lost." },
    Stop {
        folder: "mutex-fix",
        package: "lab-mutex",
        code: "counters.rs",
        lesson: "A lock repairs it, if it is held around the whole.",
    },
    Stop {
        folder: "atomic-fix",
        package: "lab-atomic",
        code: "counters.rs",
        lesson: "One indivisible instruction repairs it too.",
    },
];

const STYLE: &str = "
body { font: 22px/1.45 system-ui, sans-serif; margin: 0; color: #1a1a1a; background: #fff; }
section { max-width: 1180px; margin: 0 auto; padding: 40px; page-break-after: always; }
h1 { font-size: 42px; margin: 0 0 8px; }
p { margin: 8px 0; }
code, pre { font: 17px/1.4 ui-monospace, monospace; }
pre { background: #f4f4f2; padding: 20px; overflow-x: auto; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #16181c; } pre { background: #22252b; } }
";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = env::args_os().nth(1).map_or_else(|| root.join("target/slides.html"), PathBuf::from);
    match deck(&root.join("labs")).and_then(|html| write(&output, &html)) {
        Ok(()) => {
            println!("{}", output.canonicalize().unwrap_or(output).display());
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("slides: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The whole page. A lab whose file is missing is an error that names the file.
fn deck(labs: &Path) -> Result<String, String> {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Concurrency labs</title><style>{STYLE}</style>\n"
    );
    for stop in &LECTURE {
        let path = labs.join(stop.folder).join("src").join(stop.code);
        let code = fs::read_to_string(&path).map_err(|error| format!("cannot quote {}: {error}", path.display()))?;
        html += &format!(
            "<section><h1>{}</h1>\n<p>{}</p>\n<p><code>cargo run -p {}</code></p>\n\
             <pre aria-label=\"labs/{}/src/{}\">{}</pre></section>\n",
            stop.package,
            stop.lesson,
            stop.package,
            stop.folder,
            stop.code,
            escape(&code)
        );
    }
    Ok(html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn write(path: &Path, html: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    }
    fs::write(path, html).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lab_has_its_place_with_code_that_exists() {
        let html = deck(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../labs")).unwrap();
        assert_eq!(html.matches("<section>").count(), LECTURE.len());
        for folder in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../labs")).unwrap() {
            let name = folder.unwrap().file_name().into_string().unwrap();
            assert!(LECTURE.iter().any(|stop| stop.folder == name), "{name} has no place in the lecture");
        }
        assert!(!html.contains("http://") && !html.contains("https://"), "the page must open without a network");
    }

    #[test]
    fn a_missing_file_is_an_error_that_names_it() {
        assert!(deck(Path::new("nowhere")).unwrap_err().contains("sums.rs"));
    }
}
