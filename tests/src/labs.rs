//! Which labs there are, and what each has promised.

use std::env;

/// A lab as the tests see it: a program that was promised to have these variants.
#[derive(Debug)]
pub struct LabUnderTest {
    /// The package's name without its `lab-`.
    pub name: &'static str,
    /// Its folder in `labs`.
    pub folder: &'static str,
    /// Its variants in the order of its report, each with whether it is one that must give the right result.
    pub variants: &'static [(&'static str, bool)],
    /// Whether variants of it are worker processes.
    pub has_workers: bool,
    /// Its parameters, in the order of its `--help`.
    pub parameters: &'static [&'static str],
}

/// All of them, in the order of the lecture.
pub static ALL: [LabUnderTest; 7] = [
    LabUnderTest {
        name: "naive",
        folder: "naive-chunks",
        variants: &[
            ("sequential", true),
            ("process-pool", true),
            ("thread-copy", true),
            ("thread-borrow", true),
            ("streams", true),
            ("streams-threads", true),
        ],
        has_workers: true,
        parameters: &["size", "workers", "threads", "repeat", "seed"],
    },
    LabUnderTest {
        name: "overhead",
        folder: "overhead-dominated",
        variants: &[
            ("sequential", true),
            ("spawn-per-chunk", true),
            ("channel", true),
            ("atomic-index", true),
            ("rayon", true),
            ("rayon-one-by-one", true),
            ("threads", true),
        ],
        has_workers: false,
        parameters: &["size", "threads", "repeat", "seed"],
    },
    LabUnderTest {
        name: "heavy",
        folder: "compute-heavy",
        variants: &[
            ("sequential", true),
            ("threads", true),
            ("global-lock", true),
            ("vectorized", true),
            ("vectorized-threads", true),
        ],
        has_workers: false,
        parameters: &["size", "threads", "repeat", "seed"],
    },
    LabUnderTest {
        name: "shm",
        folder: "shared-memory",
        variants: &[
            ("sequential", true),
            ("process-shared", true),
            ("process-shared-warm", true),
            ("thread-borrow", true),
        ],
        has_workers: true,
        parameters: &["size", "workers", "threads", "repeat", "seed"],
    },
    LabUnderTest {
        name: "race",
        folder: "data-race",
        variants: &[
            ("plain", false),
            ("load-store", false),
            ("load-spin-store", false),
            ("process-load-spin-store", false),
        ],
        has_workers: true,
        parameters: &["threads", "increments", "repeat", "final"],
    },
    LabUnderTest {
        name: "mutex",
        folder: "mutex-fix",
        variants: &[
            ("std-mutex", true),
            ("parking-lot", true),
            ("spin", true),
            ("locked-twice", false),
            ("process-lock", true),
        ],
        has_workers: true,
        parameters: &["threads", "increments", "repeat"],
    },
    LabUnderTest {
        name: "atomic",
        folder: "atomic-fix",
        variants: &[
            ("fetch-add", true),
            ("compare-exchange", true),
            ("padded", true),
            ("adjacent", true),
            ("local-then-add", true),
            ("process-atomic", true),
        ],
        has_workers: true,
        parameters: &["threads", "increments", "repeat"],
    },
];

/// The labs to test: all, or those that the environment's `LABS` names, such as `LABS=race,mutex`, for whoever works on one.
pub fn labs() -> Vec<&'static LabUnderTest> {
    let chosen = env::var("LABS").unwrap_or_default();
    let is_chosen = |lab: &&LabUnderTest| chosen.is_empty() || chosen.split(',').any(|name| name == lab.name);
    ALL.iter().filter(is_chosen).collect()
}

/// Those that count with several workers, in the order of the lecture.
pub fn counter_labs() -> Vec<&'static LabUnderTest> {
    labs().into_iter().filter(|lab| lab.takes("increments")).collect()
}

/// One of them, if it is to be tested.
pub fn lab(name: &str) -> Option<&'static LabUnderTest> {
    labs().into_iter().find(|lab| lab.name == name)
}

impl LabUnderTest {
    /// Whether it has such a parameter.
    pub fn takes(&self, parameter: &str) -> bool {
        self.parameters.contains(&parameter)
    }

    /// Those of the given flags and values that it takes: `--size 7 --increments 5` is `--size 7` for one that sums.
    pub fn those_of(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let pairs = words.chunks(2).filter(|pair| self.takes(pair[0].trim_start_matches("--")));
        pairs.flatten().copied().collect::<Vec<_>>().join(" ")
    }

    /// Flags for a run that takes a moment, and that nobody else notices.
    pub fn small(&self) -> String {
        self.those_of("--size 1000 --increments 100 --workers 2 --threads 2 --repeat 2")
    }
}
