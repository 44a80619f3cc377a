//! Formats the result as text, as Markdown and as JSON.

use super::model::{BEYOND_CACHES, Growth};
use super::{Report, Row};
use crate::scoreboard::output::{date, markdown, summary};
use common::format::{self, integer, ratio, seconds, significant, wrap};
use common::timing::Summary;
use serde_json::{Value, json};

/// The most columns of a line of text.
const WIDTH: usize = 80;

const HEAD: [&str; 7] = ["elements", "threads", "median", "min to max", "ns each", "predicted", "ratio"];

fn cells(row: &Row) -> Vec<String> {
    let (run, time) = (&row.run, row.run.seconds);
    vec![
        integer(run.size as i128),
        run.threads.to_string(),
        seconds(time.median),
        format!("{} to {}", seconds(time.min), seconds(time.max)),
        significant(time.median / run.size as f64 * 1e9),
        seconds(row.predicted),
        ratio(row.over()),
    ]
}

fn facts(report: &Report) -> Vec<String> {
    let machine = &report.machine;
    let factors = Summary::of(report.rows.iter().map(Row::factor)).expect("some size is shown");
    let mut facts = vec![
        format!("{}, {}, {} CPUs; {}.", date(report.began), machine.model, machine.cpus_allowed, std::env::consts::OS),
        format!(
            "The sum of 64-bit integers: one loop if there is one thread, otherwise scoped threads that borrow the array. {} rounds for \
             large sizes, after one that is not counted; more for small sizes. Every sum is verified.",
            report.rounds
        ),
        format!(
            "Half of the predictions lie within a factor of {} of the measured time, the worst within {}. The model \
             (common::cost_model) adds the time to start the threads and a cost per element that depends on the size of the array. \
             It learnt from sizes that the table does not show. The ratio is the measured time divided by the predicted time.",
            significant(factors.median),
            significant(factors.max)
        ),
    ];
    for (threads, growth) in &report.growth {
        facts.push(format!(
            "{} elements or more, {threads} {}: {}.",
            integer(BEYOND_CACHES as i128),
            if *threads == 1 { "thread" } else { "threads" },
            growth.tell()
        ));
    }
    facts.push("An element costs more where the array outgrows a cache, so the time rises more steeply there.".into());
    facts
}

/// Formats the result as text of at most 80 columns.
pub fn to_text(report: &Report) -> String {
    let rows: Vec<_> = report.rows.iter().map(cells).collect();
    let facts: String = facts(report).iter().map(|fact| wrap(fact, WIDTH, "  ") + "\n").collect();
    format!("{}\n{facts}", format::table(&HEAD, &rows))
}

/// Formats the result as a Markdown page.
pub fn to_markdown(report: &Report) -> String {
    let rows: Vec<_> = report.rows.iter().map(cells).collect();
    let facts: String = facts(report).iter().map(|fact| wrap(&format!("- {fact}"), 120, "  ") + "\n").collect();
    format!(
        "# How cost grows\n\n`cargo growth` wrote this page on one machine. Beside each measured time stands a cost model's prediction.\n\n\
         {facts}\n{}",
        markdown(&HEAD, &rows)
    )
}

/// Formats the result as `labs/growth/1`, with times in seconds.
pub fn to_json(report: &Report) -> Value {
    let row = |row: &Row| {
        json!({
            "size": row.run.size, "threads": row.run.threads, "seconds": summary(row.run.seconds),
            "predicted_seconds": row.predicted, "over": row.over(), "verified": true,
        })
    };
    let growth = |(threads, growth): &(usize, Growth)| {
        let (verdict, exponent, reason) = match growth {
            Growth::Linear(exponent) => ("linear", Some(exponent), None),
            Growth::Superlinear(exponent) => ("superlinear", Some(exponent), None),
            Growth::NotMeasured(why) => ("not measured", None, Some(why)),
        };
        json!({ "threads": threads, "verdict": verdict, "exponent": exponent, "reason": reason })
    };
    json!({
        "schema": "labs/growth/1", "date": date(report.began), "machine": report.machine.to_json(), "rounds": report.rounds,
        "rows": report.rows.iter().map(row).collect::<Vec<_>>(),
        "growth": report.growth.iter().map(growth).collect::<Vec<_>>(),
    })
}
