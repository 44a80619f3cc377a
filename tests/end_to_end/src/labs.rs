//! Lists the labs, with what each declares about itself (`--describe`).

use crate::programs::program;
use serde_json::Value;
use std::env;
use std::process::{Command, Stdio};
use std::sync::{Once, OnceLock};

/// A lab under test: its declaration, and the variants of its report.
#[derive(Debug)]
pub struct LabUnderTest {
    /// The package's name without its `lab-`.
    pub name: &'static str,
    /// Its folder in `labs`.
    pub folder: &'static str,
    /// The variants in the order of its report, each with whether it must give the right result.
    pub variants: Vec<(&'static str, bool)>,
    /// Whether some of its variants are worker processes.
    pub has_workers: bool,
    /// The parameters, in the order of its `--help`.
    pub parameters: Vec<&'static str>,
    /// The whole document, `labs/describe/1`.
    pub description: Value,
}

/// Returns all labs, in the order of the lecture.
pub fn all() -> &'static [LabUnderTest] {
    static ALL: OnceLock<Vec<LabUnderTest>> = OnceLock::new();
    ALL.get_or_init(|| {
        let labs: Vec<LabUnderTest> = workspace::labs().into_iter().map(lab_under_test).collect();
        assert!(!labs.is_empty(), "there are labs");
        labs
    })
}

fn lab_under_test(lab: workspace::Lab) -> LabUnderTest {
    let (name, folder): (&'static str, &'static str) = (lab.name.leak(), lab.folder.leak());
    let description = json(name, &["--describe"]);
    let names = |list: &Value, key: &str| -> Vec<&'static str> {
        let names = list.as_array().into_iter().flatten().filter_map(|item| item[key].as_str());
        names.map(|name| &*name.to_string().leak()).collect()
    };
    let parameters = names(&description["parameters"], "name");
    let counters = names(&description["counters"], "variant");
    let has_workers = description["has_worker_processes"] == true;
    let mut lab = LabUnderTest { name, folder, variants: Vec::new(), has_workers, parameters, description };
    lab.variants = if counters.is_empty() {
        // A lab without counters declares its variants only in its report, and each must give the right result.
        let line = format!("{} --json", lab.small());
        let report = json(name, &line.split_whitespace().collect::<Vec<_>>());
        names(&report["rows"], "variant").into_iter().map(|variant| (variant, true)).collect()
    } else {
        let is_exact = |index: usize| lab.description["counters"][index]["outcome"] == "exact";
        counters.into_iter().enumerate().map(|(index, variant)| (variant, is_exact(index))).collect()
    };
    lab
}

fn json(name: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new(program(&format!("lab-{name}")));
    let output = command.args(arguments).stdin(Stdio::null()).output().expect("a lab can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("lab-{name} {arguments:?}: {error}: {said}"))
}

/// Returns the labs to test: all of them, or those in the environment variable `LABS`, such as `LABS=race,mutex`.
pub fn labs() -> Vec<&'static LabUnderTest> {
    let chosen = env::var("LABS").unwrap_or_default();
    let is_chosen = |lab: &&LabUnderTest| chosen.is_empty() || chosen.split(',').any(|name| name == lab.name);
    all().iter().filter(is_chosen).collect()
}

/// Returns the labs that count with several workers, in the order of the lecture.
pub fn counter_labs() -> Vec<&'static LabUnderTest> {
    labs().into_iter().filter(|lab| lab.takes("increments")).collect()
}

/// Returns the labs with these names for the quick tests, which say so, and all labs with `THOROUGH=1`.
pub fn sampled_labs(names: &[&str], what: &str) -> Vec<&'static LabUnderTest> {
    let (labs, all) = (labs(), labs().len());
    if workspace::thorough() {
        return labs;
    }
    let taken: Vec<_> = labs.into_iter().filter(|lab| names.contains(&lab.name)).collect();
    if taken.len() < all {
        crate::sampled(taken.len(), all, &format!("labs: {what}"));
    }
    taken
}

/// Returns the labs that run at their own sizes: in the quick tests those without large arrays.
pub fn labs_at_their_own_sizes() -> Vec<&'static LabUnderTest> {
    static SAID: Once = Once::new();
    let (all, labs): (usize, Vec<_>) =
        (labs().len(), labs().into_iter().filter(|lab| lab.runs_at_its_own_size()).collect());
    SAID.call_once(|| {
        if labs.len() < all {
            crate::sampled(labs.len(), all, "labs: runs at their own sizes");
        }
    });
    labs
}

/// Returns the lab with this name, if it is to be tested.
pub fn lab(name: &str) -> Option<&'static LabUnderTest> {
    labs().into_iter().find(|lab| lab.name == name)
}

impl LabUnderTest {
    /// Returns whether the lab has such a parameter.
    pub fn takes(&self, parameter: &str) -> bool {
        self.parameters.contains(&parameter)
    }

    /// Returns whether the tests run the lab without `--size`. The quick tests do so unless its arrays are large.
    pub fn runs_at_its_own_size(&self) -> bool {
        let parameters = self.description["parameters"].as_array().into_iter().flatten();
        let mut sizes = parameters.filter(|parameter| parameter["name"] == "size");
        workspace::thorough() || sizes.all(|size| size["default"].as_u64().is_some_and(|size| size < 10_000_000))
    }

    /// Returns those of the flags that the lab takes: for a lab that sums, `--size 7 --increments 5` becomes `--size
    /// 7`.
    pub fn those_of(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let pairs = words.chunks(2).filter(|pair| self.takes(pair[0].trim_start_matches("--")));
        pairs.flatten().copied().collect::<Vec<_>>().join(" ")
    }

    /// Returns flags for a short run that does not disturb other tests.
    pub fn small(&self) -> String {
        self.those_of("--size 100 --increments 100 --workers 2 --threads 2 --repeat 2")
    }
}
