//! Formats the result as text, as Markdown and as JSON.

use super::Scoreboard;
use super::board::{Measured, Ratio};
use super::conditions::{LEAST_EFFICIENCY, MOST_BUSY, WIDEST, WIDEST_CALIBRATION};
use super::repeats;
use super::targets::Verdict;
use common::format::{self, integer, percent, ratio, seconds, wrap};
use common::timing::Summary;
use serde_json::{Value, json};

/// The most columns of a line of text.
const WIDTH: usize = 100;

/// The groups in the order of the output: name, computation, what is timed, and the candidates for the baseline row, of
/// which the first that was run is taken.
const GROUPS: [(&str, &str, &[&str]); 5] = [
    ("sum", "The sum of an array of integers", &["sum/python/np.sum/1", "sum/rust/sequential/1"]),
    ("shared-memory", "The same sum over memory that processes can share", &["shared-memory/rust/sequential/1"]),
    ("heavy", "The sum of x*x + sin x", &["heavy/python/numpy/1", "heavy/rust/sequential/1"]),
    ("counters", "One increment of a counter, in pinned threads", &["counters/rust/fetch-add/2"]),
    ("calibration", "One step of arithmetic, in pinned threads", &["calibration/rust/arithmetic/1"]),
];

const HEAD: [&str; 7] = ["kernel", "by", "threads", "median", "spread", "times", "min to max"];

/// The parts that text and Markdown share.
struct Tables {
    facts: Vec<String>,
    groups: Vec<(String, Vec<Vec<String>>)>,
    targets: Vec<Vec<String>>,
    reasons: Vec<String>,
    repeated: Vec<Vec<String>>,
}

impl Tables {
    fn of(board: &Scoreboard) -> Self {
        let group = |(name, title, bases): (&str, &str, &[&str])| {
            let base = base(board, bases);
            let title = format!("{title}: how many times as fast as {}", base.row.id());
            (title, rows_of(board, name).map(|measured| cells(measured, base)).collect())
        };
        Self {
            facts: facts(board),
            groups: GROUPS.map(group).to_vec(),
            targets: board.judgements.iter().map(target).collect(),
            reasons: reasons(board),
            repeated: board.repeated.iter().map(repeats::Repeated::cells).collect(),
        }
    }
}

fn base<'a>(board: &'a Scoreboard, ids: &[&str]) -> &'a Measured {
    let found = ids.iter().find_map(|id| board.rows.iter().find(|measured| measured.row.id() == *id));
    found.expect("the last one is ours, and always run")
}

fn rows_of<'a>(board: &'a Scoreboard, group: &str) -> impl Iterator<Item = &'a Measured> {
    board.rows.iter().filter(move |measured| measured.row.group == group)
}

fn cells(measured: &Measured, base: &Measured) -> Vec<String> {
    let (row, time, times) = (&measured.row, measured.seconds(), measured.times_as_fast_as(base).all);
    vec![
        row.label.into(),
        row.peer.into(),
        row.threads.to_string(),
        seconds(time.median),
        percent(time.spread()),
        ratio(times.median),
        range(times),
    ]
}

fn range(ratios: Summary) -> String {
    format!("{} to {}", ratio(ratios.min), ratio(ratios.max))
}

fn target(judgement: &super::Judgement) -> Vec<String> {
    let measured = judgement.measured.as_ref().map(|(.., ratio)| ratio.all);
    vec![
        judgement.target.claim.into(),
        format!("at least {}", ratio(judgement.target.least)),
        measured.map_or("-".into(), |all| ratio(all.median)),
        measured.map_or("-".into(), range),
        judgement.verdict.name().into(),
    ]
}

const TARGETS: [&str; 5] = ["target", "wanted", "median", "min to max", "verdict"];

/// Lists each reason once, with the targets that could not be measured because of it.
fn reasons(board: &Scoreboard) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for judgement in &board.judgements {
        if let Verdict::NotMeasured(why) = &judgement.verdict {
            match reasons.iter_mut().find(|(known, _)| known == why) {
                Some((_, claims)) => claims.push(judgement.target.claim),
                None => reasons.push((why, vec![judgement.target.claim])),
            }
        }
    }
    reasons.iter().map(|(why, claims)| format!("Not measured, because {why}: {}.", claims.join(", "))).collect()
}

fn facts(board: &Scoreboard) -> Vec<String> {
    let (conditions, machine) = (&board.conditions, &board.conditions.machine);
    let [integers, doubles, increments] = board.sizes.map(|size| integer(size as i128));
    let versions: Vec<String> = board.versions.iter().map(|(peer, version)| format!("{peer} {version}")).collect();
    let quota = machine.cgroup_cpus.map_or("no quota".into(), |cpus| format!("a quota of {cpus:.1}"));
    let busy = |share: Option<f64>| share.map_or("unknown".into(), percent);
    let mut facts = vec![
        format!(
            "{}, {}, {} CPUs, {quota}; {}",
            date(board.began),
            machine.model,
            machine.cpus_allowed,
            std::env::consts::OS
        ),
        format!("Versions: {}.", versions.join("; ")),
        format!(
            "{} rounds, after one that is not counted. Every row runs once per round, and every result is verified. {integers} \
             integers, {doubles} doubles, {increments} increments per thread.",
            conditions.rounds
        ),
        format!(
            "Calibration: two pinned threads that only compute are {} ({}) as fast as one. Other programs used {} of the \
             machine before the rounds and {} after.",
            ratio(conditions.calibration.all.median),
            range(conditions.calibration.all),
            busy(conditions.busy[0]),
            busy(conditions.busy[1]),
        ),
    ];
    for missing in &board.missing {
        facts.push(format!("Missing: {}: {}. To get it: {}.", missing.peer, missing.why, missing.advice));
    }
    facts
}

fn how_it_moved(board: &Scoreboard) -> String {
    let runs = board.repeated.first().map_or(0, |repeated| repeated.verdicts.iter().sum());
    format!(
        "{runs} whole runs, one after the other; all other tables show the last one. Each run has a median, and this table shows the \
         median, the least and the greatest of these. \"Moved\" is the greatest minus the least, as a share of the median. \
         Verdicts count the runs in which the target was met / missed / not measured."
    )
}

fn how_to_read() -> String {
    format!(
        "Each peer times its own kernel, over its own copy of the same array. numpy and the labs ask the system for huge pages; C does \
         not. A sum runs twice in a row and the second run counts, except for processes and for the lecture's Python programs. A ratio \
         is computed in each round; the tables show the median, the least and the greatest of these ratios. The spread of a time is its \
         greatest minus its least value, as a share of the median. A target is judged by the median ratio. It is not measured if its \
         rows did not run, if the middle half of its ratios spreads over more than {} of the median, if other programs used more than {} \
         of the machine, or if a CPU quota limits it. A target for more than one thread is also not measured if the two pinned threads \
         stay below {}, or if the middle half of their ratios spreads over more than {}. Shared memory is compared only with \
         itself, because Linux gives it no huge pages by default.",
        percent(WIDEST),
        percent(MOST_BUSY),
        ratio(2.0 * LEAST_EFFICIENCY),
        percent(WIDEST_CALIBRATION),
    )
}

/// Formats the result as text of at most 100 columns.
pub fn to_text(board: &Scoreboard) -> String {
    let tables = Tables::of(board);
    let paragraph = |text: &String| wrap(text, WIDTH, "  ") + "\n";
    let mut text: String = tables.facts.iter().map(paragraph).collect();
    for (title, rows) in &tables.groups {
        text += &format!("\n{}\n{}", wrap(title, WIDTH, "  "), format::table(&HEAD, rows));
    }
    text += &format!("\n{}", format::table(&TARGETS, &tables.targets));
    text.extend(tables.reasons.iter().map(paragraph));
    if !tables.repeated.is_empty() {
        text += &format!("\n{}", format::table(&repeats::HEAD, &tables.repeated));
        text += &paragraph(&how_it_moved(board));
    }
    text + "\n" + &paragraph(&how_to_read())
}

/// Formats the result as a Markdown page.
pub fn to_markdown(board: &Scoreboard) -> String {
    let tables = Tables::of(board);
    let list =
        |lines: &[String]| lines.iter().map(|line| wrap(&format!("- {line}"), 120, "  ") + "\n").collect::<String>();
    let mut text = String::from("# Scoreboard\n\n");
    text += "`cargo scoreboard` wrote this page on one machine. It compares the labs' kernels with what you would use instead: C with\n";
    text += "OpenMP, numpy and rayon. Run it on your own machine: times differ between machines, ratios less.\n\n";
    text += &list(&tables.facts);
    text += &format!("\n## Targets\n\n{}", markdown(&TARGETS, &tables.targets));
    if !tables.reasons.is_empty() {
        text += &format!("\n{}", list(&tables.reasons));
    }
    if !tables.repeated.is_empty() {
        text += &format!("\n## From run to run\n\n{}", markdown(&repeats::HEAD, &tables.repeated));
        text += &format!("\n{}\n", wrap(&how_it_moved(board), 120, ""));
    }
    text += &format!("\n{}\n", wrap(&how_to_read(), 120, ""));
    for (title, rows) in &tables.groups {
        text += &format!("\n## {title}\n\n{}", markdown(&HEAD, rows));
    }
    text
}

/// Formats a table in Markdown.
pub fn markdown(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let rows = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    line(head.to_vec()) + &line(vec!["---"; head.len()]) + &rows.collect::<String>()
}

/// Formats the result as `labs/scoreboard/1`: times in seconds (per sum, increment or step), ratios as plain numbers.
pub fn to_json(board: &Scoreboard) -> Value {
    let conditions = &board.conditions;
    let rows = GROUPS.iter().flat_map(|(group, _, bases)| {
        let base = base(board, bases);
        rows_of(board, group).map(move |measured| {
            let row = &measured.row;
            json!({
                "id": row.id(), "group": row.group, "peer": row.peer, "kernel": row.kernel, "label": row.label,
                "threads": row.threads, "verified": true, "seconds": summary(measured.seconds()),
                "than": base.row.id(), "ratio": ratios(&measured.times_as_fast_as(base)),
            })
        })
    });
    let targets = board.judgements.iter().map(|judgement| {
        let reason = match &judgement.verdict {
            Verdict::NotMeasured(why) => Some(why),
            _ => None,
        };
        let measured = judgement.measured.as_ref();
        json!({
            "claim": judgement.target.claim, "least": judgement.target.least,
            "fast": measured.map(|measured| &measured.0), "than": measured.map(|measured| &measured.1),
            "ratio": measured.map(|measured| ratios(&measured.2)),
            "verdict": judgement.verdict.name(), "reason": reason,
        })
    });
    let missing = board.missing.iter();
    json!({
        "schema": "labs/scoreboard/1",
        "date": date(board.began),
        "quick": conditions.quick,
        "rounds": conditions.rounds,
        "machine": conditions.machine.to_json(),
        "versions": board.versions.iter().map(|(name, version)| (name.clone(), json!(version))).collect::<serde_json::Map<_, _>>(),
        "sizes": { "integers": board.sizes[0], "doubles": board.sizes[1], "increments": board.sizes[2] },
        "conditions": {
            "calibration": ratios(&conditions.calibration),
            "busy": { "before": conditions.busy[0], "after": conditions.busy[1] },
            "throttled": conditions.throttled,
        },
        "rows": rows.collect::<Vec<_>>(),
        "targets": targets.collect::<Vec<_>>(),
        "repeated": board.repeated.iter().map(repeats::Repeated::to_json).collect::<Vec<_>>(),
        "missing": missing.map(|absent| json!({ "peer": absent.peer, "why": absent.why, "advice": absent.advice })).collect::<Vec<_>>(),
    })
}

/// Formats a summary for the JSON document.
pub fn summary(summary: Summary) -> Value {
    json!({ "runs": summary.runs, "min": summary.min, "median": summary.median, "max": summary.max })
}

fn ratios(ratio: &Ratio) -> Value {
    let mut value = summary(ratio.all);
    value["middle_half"] = json!(ratio.middle_half);
    value
}

/// Formats the day in UTC, as `2026-03-01`. Days are counted from the first of March, so that a leap day is the last of
/// its year (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
pub fn date(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468; // since 0000-03-01
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * march_month + 2) / 5 + 1, (march_month + 2) % 12 + 1);
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}
