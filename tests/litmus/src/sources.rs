//! The texts that say what C++20 allows.

/// A text that gives a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The paper with the axioms of C++11.
    Batty,
    /// The paper with RC11, which repairs C++11.
    Lahav,
    /// The tutorial with the names and shapes of the tests.
    Maranget,
    /// The section of the standard on orderings, `SeqCst` and its fences among them.
    Order,
    /// The section of the standard on coherence.
    Races,
    /// The section of the standard on release and acquire fences.
    Fences,
    /// The documentation of Rust's atomics.
    Rust,
}

impl Source {
    /// All sources, in the order of the table.
    pub const ALL: [Self; 7] =
        [Self::Batty, Self::Lahav, Self::Maranget, Self::Order, Self::Races, Self::Fences, Self::Rust];

    /// Returns its name in the table.
    pub fn key(self) -> &'static str {
        match self {
            Self::Batty => "Batty 2011",
            Self::Lahav => "Lahav 2017",
            Self::Maranget => "Maranget 2012",
            Self::Order => "atomics.order",
            Self::Races => "intro.races",
            Self::Fences => "atomics.fences",
            Self::Rust => "Rust",
        }
    }

    /// Returns where it is found, and what it says.
    pub fn citation(self) -> &'static str {
        match self {
            Self::Batty => {
                "Batty, Owens, Sarkar, Sewell, Weber: Mathematizing C++ Concurrency, POPL 2011. The model of C++11 as axioms, with \
                 SB, MP, LB, IRIW and the coherence tests."
            }
            Self::Lahav => {
                "Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing Sequential Consistency in C/C++11, PLDI 2017. RC11, whose SeqCst \
                 went into C++20 (P0668); RC11 itself also forbids load buffering."
            }
            Self::Maranget => {
                "Maranget, Sarkar, Sewell: A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, 2012. The names and \
                 shapes of the tests, and that hardware shows the relaxed ones."
            }
            Self::Order => {
                "C++20, section [atomics.order]: the one order of all SeqCst operations; a read-modify-write reads the value \
                 before its own; a note allows load buffering of constants."
            }
            Self::Races => {
                "C++20, section [intro.races]: coherence of write-write, read-read, read-write and write-read."
            }
            Self::Fences => "C++20, section [atomics.fences]: how fences synchronise.",
            Self::Rust => {
                "Documentation of std::sync::atomic: \"Rust atomics currently follow the same rules as C++20 atomics\"."
            }
        }
    }
}
