//! Checks every sentence that a run prints, at small and at odd sizes: each has a known template, and its values are
//! compared with the report.

use common::format::{bytes, integer, percent, ratio, seconds, significant};
use end_to_end::assert_none;
use end_to_end::labs::{LabUnderTest, labs};
use end_to_end::run::Outcome;
#[cfg(target_os = "linux")]
use end_to_end::run::complete;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::{hint, panic, thread};

/// Checks the values in the gaps of a sentence.
type Check = fn(&Report, &[&str]) -> bool;

/// A sentence of a lab: its text, with `{}` for each value, and the check of the values.
type Sentence = (&'static str, &'static str, Check);

/// The variants of lab-overhead that hand out chunks.
const STRATEGIES: [&str; 5] = ["spawn-per-chunk", "channel", "atomic-index", "rayon", "rayon-one-by-one"];

const SENTENCES: &[Sentence] = &[
    ("race", "One thread alone cannot lose an update. Give --threads 2 or more to see the race.", |report, _| {
        report.parameter("threads") == 1
    }),
    (
        "race",
        "plain lost nothing in any run, and it is still wrong. Its threads write the same memory, and nothing orders them: that is a \
         data race, so its behaviour is undefined.",
        |report, _| report.parameter("threads") > 1 && report.number("plain.lost.max") == Some(0.0),
    ),
    ("race", "load-store lost nothing in {} of {} runs: a test that runs it once may pass.", |report, is| {
        let finals = report.finals("load-store");
        let right = finals.iter().filter(|value| **value == report.expected()).count();
        right > 0 && is == [right.to_string(), finals.len().to_string()]
    }),
    ("race", "The worst run lost {} of the updates: {} ended at {}.", |report, is| {
        let least = report.variants().flat_map(|variant| report.finals(variant)).min().unwrap_or(0);
        let share = (report.expected() - least) as f64 / report.expected() as f64;
        is[0] == percent(share) && report.finals(is[1]).contains(&least) && is[2] == integer(least)
    }),
    (
        "race",
        "The smallest possible final value is {}. Some schedule ends at each value from there to {}: try {}--final {}.",
        |report, is| {
            let (threads, increments) = (report.parameter("threads"), report.parameter("increments"));
            let least = if increments == 1 { 1 } else { 2 };
            let words: Vec<&str> = is[2].split_whitespace().collect();
            let is_given = |pair: &[&str]| pair[1] == report.parameter(pair[0].trim_start_matches("--")).to_string();
            let flags = words.chunks(2).all(is_given);
            threads > 1 && is[0] == least.to_string() && is[3] == is[0] && is[1] == integer(report.expected()) && flags
        },
    ),
    ("mutex", "No run lost an update with {}.", |report, is| report.exact() == is[0]),
    ("atomic", "No run lost an update with {}.", |report, is| report.exact() == is[0]),
    (
        "mutex",
        "locked-twice takes the lock for every access, and it {}. Between its two locks another thread can read the same old value. Hold \
         the lock around the whole read, addition and write.",
        |report, is| {
            let lost = report.number("locked-twice.lost.max").unwrap_or(0.0);
            let expected = integer(report.expected());
            report.parameter("threads") > 1
                && match lost {
                    0.0 => is[0] == "lost nothing in these runs, and it is still wrong",
                    lost => is[0] == format!("lost up to {} of {expected} updates", integer(lost as i64)),
                }
        },
    ),
    (
        "mutex",
        "Through std-mutex, 1 thread takes {} per increment. {} threads together take {}: only the thread that holds the lock makes \
         progress.",
        |report, is| {
            let point =
                |at: u64| report.swept("std-mutex", at, "nanoseconds_per_increment.median").unwrap_or(0.0) * 1e-9;
            let (one, many) = (point(1), point(report.parameter("threads")));
            many > one && is == [seconds(one), report.parameter("threads").to_string(), seconds(many)]
        },
    ),
    (
        "mutex",
        "An increment through a lock that no other thread wants takes {} as long as one in a register.",
        |report, is| report.quantity("uncontended_lock_ratio").map(ratio).as_deref() == Some(is[0]),
    ),
    (
        "atomic",
        "Two CPUs that share nothing take {} as long as one alone. They are probably two hardware threads of one core, or something else \
         runs on them, so this run cannot tell what sharing costs.",
        |report, is| report.quantity("independence_ratio").is_some_and(|own| own > 1.4 && ratio(own) == is[0]),
    ),
    (
        "atomic",
        "Per increment, two CPUs that share an integer take {} as long as one CPU (0.50x without contention): the cache line travels \
         between them.",
        |report, is| report.quantity("contention_ratio").is_some_and(|found| found > 1.0 && ratio(found) == is[0]),
    ),
    ("atomic", "False sharing: adjacent takes {} as long as padded.", |report, is| {
        report.quantity("false_sharing_ratio").is_some_and(|found| found > 1.2 && ratio(found) == is[0])
    }),
    (
        "atomic",
        "{} threads that share an integer take {} per increment, and {} if each adds only once, at its end.",
        |report, is| {
            let time =
                |variant| report.number(&format!("{variant}.nanoseconds_per_increment.median")).unwrap_or(0.0) * 1e-9;
            let (shared, local) = (time("fetch-add"), time("local-then-add"));
            local < shared && is == [report.parameter("threads").to_string(), seconds(shared), seconds(local)]
        },
    ),
    ("naive", "process-pool spends {} of its time on {}.", |report, is| {
        let (start, copy) = (report.share("process-pool", "start"), report.share("process-pool", "copy"));
        let (what, share) = match copy > start {
            true => ("copying the chunks through pipes", copy),
            false => ("starting its worker processes", start),
        };
        is == [percent(share), what.to_string()]
    }),
    (
        "naive",
        "Threads that copy reach {}, and threads that borrow {}: the copy makes it slow, not the threads.",
        |report, is| {
            let (copy, borrow) = (report.speedup("thread-copy"), report.speedup("thread-borrow"));
            copy < borrow && is == [ratio(copy), ratio(borrow)]
        },
    ),
    ("naive", "Four independent streams, read by one core, reach {} ({} to {}){}.", |report, is| {
        let streams = |part: &str| ratio(report.number(&format!("streams.speedup.{part}")).unwrap_or(0.0));
        let together = format!(", and {} in threads", ratio(report.speedup("streams-threads")));
        is[..3] == [streams("median"), streams("min"), streams("max")] && ["", &together].contains(&is[3])
    }),
    (
        "naive",
        "The lecture's N // num_procs gives each of {} workers {} and drops the last {}: the sum would be {}, not {}. The partition \
         here drops nothing.",
        |report, is| {
            let (size, workers) = (report.parameter("size"), is[0].parse::<u64>().unwrap_or(1));
            let each = size / workers;
            let each = if each == 1 { "1 element".to_string() } else { format!("{} elements", integer(each)) };
            let rest = if size % workers == 1 { "one".to_string() } else { integer(size % workers) };
            let sum = report.number("sequential.expected").unwrap_or(0.0) as i64;
            // Each element is a number from 1 to 99.
            let dropped = count(is[3]).map_or(0, |kept| sum - kept as i64);
            let (fewest, most) = ((size % workers) as i64, 99 * (size % workers) as i64);
            let drops = (fewest..=most).contains(&dropped) && (each != "0 elements" || is[3] == "0");
            !size.is_multiple_of(workers) && is[1] == each && is[2] == rest && is[4] == integer(sum) && drops
        },
    ),
    ("heavy", "{} threads reach {}. An element takes {}, the start of the threads {}.", |report, is| {
        let each = report.number("sequential.seconds.median").unwrap_or(0.0) / report.parameter("size") as f64;
        let start = report.number("threads.phases.start").unwrap_or(0.0);
        is == [report.parameter("threads").to_string(), ratio(report.speedup("threads")), seconds(each), seconds(start)]
    }),
    (
        "heavy",
        "The same threads under one lock reach {}: only the thread that holds it computes. Python's global interpreter lock does that to \
         threads that compute, and so the lecture's program starts processes.",
        |report, is| {
            is[0] == ratio(report.speedup("global-lock")) && report.speedup("global-lock") < report.speedup("threads")
        },
    ),
    ("heavy", "Better code on one core reaches {}{}.", |report, is| {
        let (better, parallel) = (report.speedup("vectorized"), report.speedup("threads"));
        let threads = report.parameter("threads");
        let compared = match better > parallel {
            true => format!(", more than the {threads} threads"),
            false => format!(", less than the {threads} threads"),
        };
        better > 1.1 && is[0] == ratio(better) && ["", &compared].contains(&is[1])
    }),
    ("heavy", "One loop and threads end at the same sum, {}, to the last digit.", |report, is| {
        report.number("sequential.expected").is_some_and(|sum| is_close(is[0], sum))
    }),
    (
        "heavy",
        "One loop ends at {} and the threads at {}, {} in the last place apart: floating-point addition is not associative.",
        |_, is| {
            let [one, other] = [0, 1].map(|at| is[at].parse::<f64>().unwrap_or(f64::NAN));
            let apart = one.to_bits().abs_diff(other.to_bits());
            apart > 0 && is[2] == if apart == 1 { "1 unit".to_string() } else { format!("{} units", integer(apart)) }
        },
    ),
    (
        "heavy",
        "How far the sum of chunks is from one loop depends on their number (units in the last place): {}.",
        |_, is| is[0].starts_with("0 with 1, "),
    ),
    (
        "heavy",
        "vectorized ends at {}, {} away{}. A row counts as correct within {} of the sequential sum.",
        |report, is| {
            let tolerance = 1e-15 * (report.parameter("size") as f64).sqrt();
            let sum = report.number("sequential.expected").unwrap_or(f64::NAN);
            let is_explained =
                report.parameter("size") > 16 && is[2].starts_with(": sixteen partial sums are another order");
            is_close(is[0], sum)
                && is[1].contains("unit")
                && (is[2].is_empty() || is_explained)
                && is[3] == format!("{tolerance:.0e}")
        },
    ),
    (
        "shm",
        "Nothing is copied to the workers. process-shared takes {} and one core {}. Of the median run {} is the start of the processes, {} \
         page faults, {} the additions, {} the answers and the end of the processes.",
        |report, is| {
            let time = |variant| report.number(&format!("{variant}.seconds.median")).unwrap_or(0.0);
            let shares =
                ["start", "page_faults", "compute", "collect"].map(|phase| report.share("process-shared", phase));
            let sum: f64 = shares.iter().sum();
            (sum - 1.0).abs() < 1e-9
                && is[..2] == [seconds(time("process-shared")), seconds(time("sequential"))]
                && is[2..] == shares.map(percent)
        },
    ),
    ("shm", "This system does not say how many page faults a process takes.", |report, _| {
        report.number("process-shared.page_faults").is_none()
    }),
    (
        "shm",
        "Each process builds its own page table as it touches the memory: {} page faults, one for each {}{}. When it ends, the table is \
         taken down again: the end takes {}. Asked a second time, the same processes take {} faults and {} in all.",
        |report, is| {
            let faults = report.number("process-shared.page_faults").unwrap_or(0.0) as u64;
            let warm = report.number("process-shared-warm.seconds.median").unwrap_or(0.0);
            let each = bytes(u128::from(report.parameter("size")) * 8 / u128::from(faults.max(1)));
            let end = report.quantity("end_seconds").map(seconds);
            is[0] == integer(faults)
                && is[1] == each
                && (is[2].is_empty() || is[2].starts_with(", about ") && is[2].ends_with(" each"))
                && end.as_deref() == Some(is[3])
                && (is[4] == "none" || count(is[4]).is_some_and(|again| again <= faults))
                && is[5] == seconds(warm)
        },
    ),
    (
        "shm",
        "Once they have their page tables, the same processes reach {}. Threads, which need none of that, reach {}.",
        |report, is| is == [report.speedup("process-shared-warm"), report.speedup("thread-borrow")].map(ratio),
    ),
    (
        "shm",
        "Copying the array into shared memory took {}. No time above contains it, and the lecture's program does not time it either.",
        |report, is| report.quantity("fill_seconds").map(seconds).as_deref() == Some(is[0]),
    ),
    ("shm", "The lab sees the array at {}, {}. {} there: {}.", |_, is| {
        let places = || is[1].split(", ").enumerate();
        let are_places = places().all(|(index, place)| place.starts_with(&format!("worker {} at 0x", index + 1)));
        let is_shared = places().any(|(_, place)| place.ends_with(&format!(" {}", is[0])));
        is[0].starts_with("0x")
            && are_places
            && is[2].starts_with("All of them read ")
            && (is[3] == "other addresses, the same memory" || is[3] == "one memory" && is_shared)
    }),
    ("overhead", "The table is about {} in chunks of 100. Nothing is copied.", |report, is| {
        let elements: u64 = is[0].split(' ').next().unwrap_or_default().replace(',', "").parse().unwrap_or(0);
        elements > 0 && elements <= report.parameter("size") && is[0].ends_with("elements") == (elements != 1)
    }),
    ("overhead", "A chunk costs {} through the channel, its 100 additions {}.", |report, is| {
        let additions = report.quantity("per_element_seconds").map(|element| 100.0 * element);
        report.quantity("per_task_seconds_channel").is_some_and(|price| shows(is[0], price))
            && additions.is_some_and(|additions| shows(is[1], additions))
    }),
    (
        "overhead",
        "There is a second cost. Chunks of 100 that are dealt out in turn beforehand make an element take {} times as long as one part per \
         thread does: neighbouring chunks go to different cores.",
        |report, is| report.quantity("dealt_in_turn_slowdown").map(significant).as_deref() == Some(is[0]),
    ),
    (
        "overhead",
        "One thread runs at a time, so there is no gain to set against the cost: no chunk and no array is large enough.",
        |report, _| report.parameter("threads") == 1 || report.cpus() == 1,
    ),
    ("overhead", "Chunks that are faster than one core alone, as measured: {}.", |report, is| {
        let is_one = |found: &str| {
            let Some((variant, told)) = found.split_once(' ') else { return false };
            let name = format!("break_even_chunk_{}", variant.replace('-', "_"));
            STRATEGIES.contains(&variant) && report.is_break_even(&name, told)
        };
        report.parameter("threads") > 1 && is[0].split("; ").all(is_one)
    }),
    ("overhead", "Threads that get one chunk each take {} to start and to end: {}.", |report, is| {
        let found = is[1].strip_prefix("they win ").is_some_and(|told| report.is_break_even("break_even_size", told));
        report.quantity("start_seconds").map(seconds).as_deref() == Some(is[0]) && found
    }),
    (
        "overhead",
        "At chunks of {} a task per chunk makes rayon {} times as slow. By itself rayon splits the array only while a thread is idle, and a \
         task then has many chunks.",
        |report, is| {
            let at = is[0].parse().unwrap_or(0);
            let speed = |variant| report.swept(variant, at, "speedup.median").unwrap_or(f64::NAN);
            is[1] == significant(speed("rayon") / speed("rayon-one-by-one"))
        },
    ),
    ("overhead", "On all {} elements, threads reach {} (lecture: 0.62x).", |report, is| {
        is[0] == integer(report.parameter("size"))
            && report.swept("threads", report.parameter("size"), "speedup.median").map(ratio).as_deref() == Some(is[1])
    }),
    (
        "overhead",
        "The model learned from other chunks and other arrays than the tables show. Of its {} predictions half are within a factor of {}. \
         The worst is off by a factor of {}: {} at {} {}, {} predicted, {} measured.",
        |report, is| {
            let at = count(is[5]).unwrap_or(0);
            let point = |field| report.swept(is[3], at, field).map(ratio);
            let factors = report.factors();
            let (half, worst) = (factors[(factors.len() - 1) / 2], factors[0]);
            point("speedup.median").as_deref() == Some(is[7])
                && point("predicted_speedup").as_deref() == Some(is[6])
                && report.row(is[3])["sweep"]["over"] == is[4]
                && is[..3] == [factors.len().to_string(), significant(half), significant(worst)]
        },
    ),
    // A forced run prints its turns.
    ("race", "Forced: one real thread ran alone:", |report, _| report.parameter("threads") == 1),
    ("race", "Forced: {} real threads took their turns in this order and in no other:", |report, is| {
        is[0] == integer(report.parameter("threads"))
    }),
    ("race", "T{} loads {}, and holds it", |report, is| report.is_thread(is[0]) && report.is_value(is[1])),
    ("race", "T{} stores {}: {} lost", |report, is| {
        report.is_thread(is[0])
            && report.is_value(is[1])
            && (is[2] == "1 update is" || is[2].ends_with(" updates are") && !is[2].starts_with("1 "))
    }),
    ("race", "T{} adds 1, {}: the counter is {}", |report, is| {
        report.is_thread(is[0])
            && report.is_value(is[2])
            && (is[1] == "once" || is[1].ends_with(" times") && !is[1].starts_with("1 "))
    }),
];

/// Returns whether a text is that number, except for the last digits, which a reader of JSON may round.
fn is_close(text: &str, number: f64) -> bool {
    text.parse().is_ok_and(|parsed: f64| (parsed - number).abs() <= 1e-12 * number.abs())
}

/// Reads an integer with separators between thousands.
fn count(text: &str) -> Option<u64> {
    text.replace(',', "").parse().ok()
}

/// A report whose numbers can be looked up.
struct Report(Value);

impl Report {
    fn parameter(&self, name: &str) -> u64 {
        self.0["parameters"][name].as_u64().unwrap_or(0)
    }

    fn cpus(&self) -> u64 {
        self.0["machine"]["cpus_allowed"].as_u64().unwrap_or(0)
    }

    fn variants(&self) -> impl Iterator<Item = &str> {
        self.0["rows"].as_array().into_iter().flatten().filter_map(|row| row["variant"].as_str())
    }

    fn row(&self, variant: &str) -> &Value {
        let rows = self.0["rows"].as_array().into_iter().flatten();
        rows.into_iter().find(|row| row["variant"] == variant).unwrap_or(&Value::Null)
    }

    /// Returns the number at `VARIANT.FIELD...`.
    fn number(&self, path: &str) -> Option<f64> {
        let (variant, rest) = path.split_once('.')?;
        rest.split('.').fold(self.row(variant), |place, step| &place[step]).as_f64()
    }

    fn swept(&self, variant: &str, at: u64, path: &str) -> Option<f64> {
        let points = self.row(variant)["sweep"]["points"].as_array()?;
        let point = points.iter().find(|point| point["at"] == at)?;
        path.split('.').fold(point, |place, step| &place[step]).as_f64()
    }

    fn speedup(&self, variant: &str) -> f64 {
        self.number(&format!("{variant}.speedup.median")).unwrap_or(f64::NAN)
    }

    fn share(&self, variant: &str, phase: &str) -> f64 {
        let phases = self.row(variant)["phases"].as_object().into_iter().flatten();
        let all: f64 = phases.filter_map(|(_, seconds)| seconds.as_f64()).sum();
        self.row(variant)["phases"][phase].as_f64().unwrap_or(0.0) / all
    }

    fn quantity(&self, name: &str) -> Option<f64> {
        let mut quantities = self.0["quantities"].as_array().into_iter().flatten();
        let quantity = quantities.find(|quantity| quantity["name"] == name);
        quantity.unwrap_or_else(|| panic!("no quantity is called {name}"))["value"].as_f64()
    }

    fn finals(&self, variant: &str) -> Vec<u64> {
        self.row(variant)["finals"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
    }

    fn expected(&self) -> u64 {
        self.parameter("threads") * self.parameter("increments")
    }

    fn exact(&self) -> String {
        let exact = self.variants().filter(|variant| self.row(variant)["correct"] == true);
        exact.collect::<Vec<_>>().join(", ")
    }

    /// Returns whether a quantity is the break-even that is told, such as "from 370 elements on".
    fn is_break_even(&self, name: &str, told: &str) -> bool {
        let measured = self.quantity(name);
        match told.strip_prefix("from ").and_then(|rest| rest.strip_suffix(" on")) {
            Some(told) => {
                let told = told.split(' ').next().and_then(count).unwrap_or(0) as f64;
                measured.is_some_and(|measured| (told / measured.max(1.0) - 1.0).abs() < 0.06)
            }
            None => measured.is_none() && ["at none", "at no size measured", "at every size measured"].contains(&told),
        }
    }

    /// Returns by which factor each prediction of a sweep is off, the largest first.
    fn factors(&self) -> Vec<f64> {
        let rows = self.0["rows"].as_array().into_iter().flatten();
        let points = rows.filter_map(|row| row["sweep"]["points"].as_array()).flatten();
        let factor = |point: &Value| {
            let (measured, predicted) = (point["speedup"]["median"].as_f64()?, point["predicted_speedup"].as_f64()?);
            Some((measured / predicted).max(predicted / measured))
        };
        let mut factors: Vec<f64> = points.filter_map(factor).collect();
        factors.sort_by(|one, other| other.total_cmp(one));
        factors
    }

    /// Returns whether a text is a value that the counter can have.
    fn is_value(&self, text: &str) -> bool {
        count(text).is_some_and(|value| value <= self.expected())
    }

    fn is_thread(&self, number: &str) -> bool {
        number.parse().is_ok_and(|number: u64| (1..=self.parameter("threads")).contains(&number))
    }
}

/// Returns the values in the gaps of a template; `None` if the text does not match.
fn gaps<'a>(template: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = template.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let pieces: Vec<&str> = pieces.collect();
    for (index, piece) in pieces.iter().enumerate() {
        let is_last = index + 1 == pieces.len();
        let (gap, after) = match (is_last, piece.is_empty()) {
            (true, true) => (rest, ""),
            (true, false) => (rest.strip_suffix(piece)?, ""),
            (false, true) => {
                // Two gaps directly after each other: a number, then words.
                let end =
                    rest.find(|mark: char| !mark.is_ascii_digit() && !".x,e-".contains(mark)).unwrap_or(rest.len());
                let end = rest[..end].trim_end_matches([',', '.']).len();
                rest.split_at(end)
            }
            (false, false) => rest.split_once(piece)?,
        };
        found.push(gap);
        rest = after;
    }
    rest.is_empty().then_some(found)
}

/// Returns the sentences of a report that are not known or not true.
fn false_sentences(lab: &str, report: Value) -> Vec<String> {
    let report = Report(report);
    let notes = report.0["notes"].as_array().cloned().unwrap_or_default();
    let mut problems = Vec::new();
    for note in notes.iter().filter_map(Value::as_str) {
        let known = SENTENCES.iter().filter(|(of, ..)| *of == lab);
        let fitting: Vec<_> = known.filter_map(|(_, template, check)| Some((gaps(template, note)?, check))).collect();
        if fitting.is_empty() {
            problems.push(format!("lab-{lab} says what no check knows: {note}"));
            continue;
        }
        let Some((values, check)) = fitting.iter().find(|(values, check)| check(&report, values)) else {
            problems.push(format!("lab-{lab} says what its numbers do not: {note}"));
            continue;
        };
        // The twin: with any other value in any gap the sentence is false, and its check notices.
        for index in 0..values.len() {
            let mut other = values.clone();
            other[index] = "another value";
            if check(&report, &other) {
                problems.push(format!("lab-{lab}: the check does not look at {:?} in: {note}", values[index]));
            }
        }
    }
    problems
}

const GRID: [&str; 9] = [
    "--size 1 --increments 1 --threads 1 --workers 1 --repeat 1",
    "--size 1 --increments 1 --threads 2 --workers 2 --repeat 3",
    "--size 2 --increments 2 --threads 3 --workers 3 --repeat 2",
    "--size 1000 --increments 1 --threads 64 --workers 8 --repeat 2",
    "--size 1000 --increments 1000 --threads 1 --workers 1 --repeat 4",
    "--size 100000 --increments 25000 --threads 2 --workers 2 --repeat 3",
    "--size 99991 --increments 333 --threads 7 --workers 5 --repeat 2",
    "--size 300000 --increments 30000 --threads 4 --workers 3 --repeat 4",
    "--size 31 --increments 100000 --threads 2 --workers 2 --repeat 2",
];

/// Returns the runs of the grid. The quick tests take every `step`-th. A step that has no factor in common with the
/// number of lines gives each line and each lab its turn.
fn grid(step: usize, what: &str) -> Vec<(&'static LabUnderTest, String)> {
    let runs = labs().into_iter().flat_map(|lab| GRID.iter().map(move |line| (lab, lab.those_of(line))));
    end_to_end::sample(runs, step, &format!("runs of a lab at small and odd sizes{what}"))
}

fn problems_of(lab: &LabUnderTest, line: &str, outcome: Outcome) -> Vec<String> {
    let report = outcome.json().unwrap_or_else(|error| panic!("lab-{} {line}: {error}", lab.name));
    let problems = false_sentences(lab.name, report).into_iter();
    problems.map(|problem| format!("{problem} ({line})")).collect()
}

#[test]
fn no_sentence_is_false_at_small_and_odd_sizes() {
    let runs = grid(5, "").into_iter();
    assert_none(runs.flat_map(|(lab, line)| problems_of(lab, &line, lab.run(&format!("{line} --json")))).collect());
}

#[test]
#[cfg(target_os = "linux")]
fn no_sentence_is_false_on_one_cpu() {
    let mut problems = Vec::new();
    for (lab, line) in grid(16, ", on one CPU") {
        let Some(command) = lab.on_one_cpu(&format!("{line} --json")) else { return };
        problems.extend(problems_of(lab, &line, complete(command)));
    }
    assert_none(problems);
}

/// Returns whether a text shows this time. A number that is read from JSON can differ in its last bit, and then it is rounded
/// to another digit if it lies in the middle.
fn shows(text: &str, time: f64) -> bool {
    [1.0 - 1e-12, 1.0, 1.0 + 1e-12].into_iter().any(|factor| seconds(time * factor) == text)
}

#[test]
fn a_time_in_the_middle_shows_as_either_digit_and_another_time_does_not() {
    assert!(shows("11.5 ns", 11.45e-9 * (1.0 + 2e-13)) && shows("11.4 ns", 11.45e-9 * (1.0 + 2e-13)));
    assert!(!shows("11.4 ns", 11.46e-9) && !shows("11.5 ns", 11.44e-9));
}

/// As many busy threads as there are CPUs run beside each lab.
#[test]
fn no_sentence_is_false_on_a_busy_machine() {
    let is_over = AtomicBool::new(false);
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let problems: Vec<String> = thread::scope(|scope| {
        for _ in 0..cpus {
            scope.spawn(|| {
                while !is_over.load(Relaxed) {
                    hint::spin_loop()
                }
            });
        }
        let runs = grid(16, ", on a busy machine").into_iter();
        // Also if a run fails the test, the threads end.
        let problems = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            runs.flat_map(|(lab, line)| problems_of(lab, &line, lab.run(&format!("{line} --json")))).collect()
        }));
        is_over.store(true, Relaxed);
        problems.unwrap_or_else(|payload| panic::resume_unwind(payload))
    });
    assert_none(problems);
}

#[test]
fn a_forced_run_tells_the_turns_that_it_took() {
    let Some(lab) = end_to_end::labs::lab("race") else { return };
    for line in [
        "--threads 1 --increments 1 --final 1",
        "--threads 2 --increments 2 --final 2",
        "--threads 3 --increments 5 --final 9",
    ] {
        let report = lab.run(&format!("{line} --repeat 1 --json")).json().unwrap();
        assert!(report["notes"].as_array().is_some_and(|notes| notes.len() > 1), "{line}");
        assert_none(false_sentences("race", report));
    }
}

#[test]
fn a_sentence_with_another_number_is_noticed() {
    let Some(lab) = end_to_end::labs::lab("race") else { return };
    let report = lab.run("--threads 2 --increments 2 --repeat 2 --json").json().unwrap();
    assert_none(false_sentences("race", report.clone()));
    for (from, to) in
        [("value is 2", "value is 3"), ("to 4", "to 5"), ("smallest", "largest"), ("--threads 2", "--threads 9")]
    {
        let text = report.to_string();
        assert!(text.contains(from), "{text}");
        let changed = serde_json::from_str(&text.replace(from, to)).unwrap();
        assert_eq!(false_sentences("race", changed).len(), 1, "{to} for {from}");
    }
}
