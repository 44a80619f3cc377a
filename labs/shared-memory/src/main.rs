//! Processes that ask for shared memory: nothing is copied any more, and the sum is still slower.

mod about;
mod crew;
mod notes;
mod sums;

use about::LAB;
use common::report::{Quantity, Unit};
use common::shared_memory::SharedMemory;
use common::timing::{self, Experiment, Sample, Summary};
use common::{Arguments, Error, Report, Row};
use common::{data, pin::Pin, warning::Warning};
use crew::Crew;
use std::cell::RefCell;
use std::process::ExitCode;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (size, workers, threads) = (arguments.size(), arguments.workers(), arguments.threads());
    let pin = &Pin::new(arguments.pin);
    data::ensure_fits(size, 2)?; // the array, and its copy in shared memory
    let array = data::integers(size, arguments.seed());
    let mut memory = SharedMemory::create(size_of_val(array.as_slice()))?;
    // SAFETY: no other process has been started yet.
    let fill = Sample::of(|| unsafe { memory.integers_mut() }.copy_from_slice(&array));
    drop(array);
    // SAFETY: from here on, no thread and no process writes to this memory.
    let array = unsafe { memory.integers() };

    // The workers of each round are asked twice. The second answer is stored here until its row is measured.
    let crews: RefCell<Vec<Crew>> = RefCell::default();
    let series = Experiment::new(arguments.repeat())
        .timed("sequential", "one loop on one core", || sums::sequential(array))
        .measured("process-shared", "processes that map the memory", || {
            let crew = sums::process_shared(&memory, size, workers, pin)?;
            crews.borrow_mut().push(crew.clone());
            Ok(crew.cold)
        })
        .measured("process-shared-warm", "the same processes, asked again", || {
            Ok(crews.borrow().last().expect("process-shared runs first").warm.clone())
        })
        .behind()
        .measured("thread-borrow", "threads that borrow their range", || Ok(sums::thread_borrow(array, threads, pin)))
        .measure()?;

    let crews = &crews.into_inner()[1..]; // the first round is not counted
    let mut report = Report { rows: Row::sums(&series), warnings: timing::warnings(&series), ..Report::default() };
    for (request, variant) in ["process-shared", "process-shared-warm"].into_iter().enumerate() {
        let faults = crews.iter().filter_map(|crew| crew.page_faults[request].map(|faults| faults as f64));
        let row = report.rows.iter_mut().find(|row| row.variant == variant).expect("it was measured");
        row.page_faults = Summary::of(faults).map(|faults| faults.median as u64);
    }
    let cost =
        |name, label: &str, value| Quantity { name, label: label.into(), value, predicted: None, unit: Unit::Seconds };
    let end = Summary::of(crews.iter().map(|crew| crew.end)).map(|end| end.median);
    report.quantities = vec![
        cost("fill_seconds", "copying the array into shared memory, once", Some(fill.seconds)),
        cost("end_seconds", "ending the processes and their page tables", end),
    ];
    if workers.max(threads) > size {
        report.warnings.push(Warning::EmptyChunks { workers: workers.max(threads), size });
    }
    notes::on_time(&mut report, size, workers);
    notes::on_addresses(&mut report, &memory, array, &crews[0]);
    Ok(report)
}
