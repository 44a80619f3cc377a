//! The exercises: where they lie, what is graded, and for how many points.

/// An exercise.
#[derive(Debug)]
pub struct Exercise {
    /// Its name, that of its lab without `lab-`.
    pub name: &'static str,
    /// The file that a student edits, from the workspace's folder.
    pub file: &'static str,
    /// The crate that it is compiled against under the name `common`.
    pub kit: &'static str,
    /// The program that hands it to the hidden checks.
    pub driver: &'static str,
    /// What is graded.
    pub items: &'static [Item],
    /// Three hints, each of more help than the last.
    pub hints: [&'static str; 3],
}

/// Something that is graded.
#[derive(Debug)]
pub struct Item {
    /// Stable, for programs.
    pub id: &'static str,
    /// What must hold, for people.
    pub title: &'static str,
    /// Points for it.
    pub points: f64,
    /// What helps whoever fails it.
    pub hint: &'static str,
}

const fn item(id: &'static str, points: f64, title: &'static str, hint: &'static str) -> Item {
    Item { id, title, points, hint }
}

/// The one of that name.
pub fn exercise(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}

impl Exercise {
    /// All points.
    pub fn points(&self) -> f64 {
        self.items.iter().map(|item| item.points).sum()
    }
}

/// All of them, in the order of the lecture.
pub const EXERCISES: [Exercise; 7] = [
    Exercise {
        name: "naive",
        file: "labs/naive-chunks/exercise.rs",
        kit: "kit_simulated",
        driver: include_str!("../drivers/naive.rs"),
        items: &[
            item(
                "sum",
                4.0,
                "Every number counts once, for any size and any number of workers",
                "Which elements are left over when the workers do not divide the size?",
            ),
            item("no-copy", 2.0, "Nothing is copied", "sum(range) reads the numbers where they lie."),
            item(
                "parallel",
                4.0,
                "No worker does more than its share",
                "Worker i gets the numbers from size * i / workers to size * (i + 1) / workers.",
            ),
        ],
        hints: [
            "in_threads runs a closure in so many threads and returns what each returned.",
            "The bounds of a worker's part can be computed from its number alone; the last bound is the size.",
            "A worker's part begins at size * number / workers and ends where the next one begins; add up what in_threads returns.",
        ],
    },
    Exercise {
        name: "shm",
        file: "labs/shared-memory/exercise.rs",
        kit: "kit_modelled",
        driver: include_str!("../drivers/shm.rs"),
        items: &[
            item("counts", 3.0, "Every value is counted in its bin", "What is in bin 3: 30 to 39, and what else?"),
            item(
                "model",
                7.0,
                "No order of the workers' steps loses a count",
                "Between a load and a store there is room for another worker. Which operation has no such gap?",
            ),
        ],
        hints: [
            "The bin of a value is its tens, but not beyond the last bin.",
            "A load and a store are two steps; fetch_add is one.",
            "One fetch_add on the bin. Compute the bin's number as a u64 and limit it, before it becomes an index.",
        ],
    },
    Exercise {
        name: "overhead",
        file: "labs/overhead-dominated/exercise.rs",
        kit: "kit_simulated",
        driver: include_str!("../drivers/overhead.rs"),
        items: &[
            item(
                "sum",
                3.0,
                "The sum is right, and no more threads run than there are cores",
                "Cut as in the exercise of lab-naive.",
            ),
            item(
                "small",
                2.0,
                "A small array is added up by one core alone",
                "What does a thread cost, and how many additions is that?",
            ),
            item(
                "between",
                3.0,
                "Between small and large, as many threads as pay for themselves",
                "Two threads can be better than one, and better than eight. Compare the costs of every number.",
            ),
            item(
                "large",
                2.0,
                "A large array is shared out to all cores",
                "With enough to do, the start of all threads does not matter.",
            ),
        ],
        hints: [
            "costs::START is the price of one thread, costs::ELEMENT that of one number, both in ticks.",
            "With n threads it takes n * START + len * ELEMENT / n; one core alone takes len * ELEMENT, and starts none.",
            "Take the number from 1 to cores for which that is least, (1..=cores).min_by_key(...), and start none if it is 1.",
        ],
    },
    Exercise {
        name: "heavy",
        file: "labs/compute-heavy/exercise.rs",
        kit: "kit_simulated",
        driver: include_str!("../drivers/heavy.rs"),
        items: &[
            item("sum", 4.0, "Every term counts once", "Is the last piece as long as the others?"),
            item(
                "balance",
                3.0,
                "No worker waits long for another",
                "Equal parts are not equal work. Let whoever is free take the next piece.",
            ),
            item(
                "same-digits",
                3.0,
                "The same last digit for any number of workers",
                "Add up piece by piece, in the order of the pieces, and cut the pieces without regard to the workers.",
            ),
        ],
        hints: [
            "An index that all workers share tells what is still to do: AtomicU64 and fetch_add.",
            "Cut into pieces of, say, 32 terms, whatever the number of workers; a worker remembers the sum of each piece with the piece's number.",
            "in_threads returns what each worker remembered; put the pieces in order, and add them up one after the other.",
        ],
    },
    Exercise {
        name: "race",
        file: "labs/data-race/exercise.rs",
        kit: "kit_modelled",
        driver: include_str!("../drivers/race.rs"),
        items: &[
            item(
                "smallest",
                4.0,
                "The smallest value that the counter can end at",
                "Look at the store that comes last of all. What has its thread read, at least?",
            ),
            item(
                "schedule",
                6.0,
                "A schedule that ends there",
                "One thread holds an old number while all others work, and then another one does.",
            ),
        ],
        hints: [
            "Draw three columns, and let one thread load first and store last.",
            "Nobody stores less than 1, and the last store ends a second increment: what is the least that it can have read?",
            "Let T1 load 0; let the others do all but one increment of T2; let T1 store 1; let T2 load that 1; let T1 finish; let T2 store 2.",
        ],
    },
    Exercise {
        name: "mutex",
        file: "labs/mutex-fix/exercise.rs",
        kit: "kit_modelled",
        driver: include_str!("../drivers/mutex.rs"),
        items: &[
            item(
                "lock",
                3.0,
                "Only one thread at a time holds the lock, and sees what the last holder wrote",
                "Drawing is one step that looks and writes. Which ordering goes with waiting, which with leaving?",
            ),
            item(
                "fair",
                2.0,
                "Nobody overtakes who has come first",
                "Whom does leave() let in: anybody who waits, or the one with the next number?",
            ),
            item(
                "withdraw",
                2.0,
                "The account pays out what it holds, and no more",
                "What if exactly the balance is asked for?",
            ),
            item(
                "account",
                3.0,
                "No order of the steps overdraws the account",
                "How long do you hold the lock: for looking, for changing, or for both together?",
            ),
        ],
        hints: [
            "next is the number that is drawn next, serving the one whose turn it is; who draws adds 1 to next, in one step.",
            "Acquire for the load that ends the waiting, Release for the step that serves the next. In the account, keep the guard in a variable.",
            "arrive is one fetch_add; wait loops around a load of serving, with hint::spin_loop(), until it is the number; leave adds 1 to serving.",
        ],
    },
    Exercise {
        name: "atomic",
        file: "labs/atomic-fix/exercise.rs",
        kit: "kit_modelled",
        driver: include_str!("../drivers/atomic.rs"),
        items: &[
            item(
                "sequence",
                3.0,
                "One seller hands out every ticket once, in order",
                "After the last ticket: None, and sold() stays.",
            ),
            item(
                "model",
                7.0,
                "No order of the sellers' steps sells a ticket twice or too many",
                "If compare_exchange fails, somebody was faster: begin again with the value that it returned.",
            ),
        ],
        hints: [
            "Load, decide, and change only if nothing has changed since: compare_exchange.",
            "The error of compare_exchange is the value that is there now. Decide again with it.",
            "loop over: if seen == self.count return None; match compare_exchange(seen, seen + 1, ...): Ok sells ticket seen, Err(now) goes on with now.",
        ],
    },
];
