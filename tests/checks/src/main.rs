//! The judge: asks a submission's program, whose answers it reads from standard input, and writes a line of JSON to standard
//! error for each item of an exercise: `judge EXERCISE ITEM...`. If the program ends, so does the judge. Without arguments it prints
//! the SHA-256 of the sources that decide.

use checks::judge;
use explorer::outside::{Outside, Standard};
use serde_json::json;
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(exercise) = arguments.next() else {
        println!("{}", env!("CHECKS_DIGEST"));
        return ExitCode::SUCCESS;
    };
    let outside = Outside::new(Standard::new());
    for item in arguments {
        let Some(answer) = judge(&exercise, &item, &outside) else {
            eprintln!("{}", json!({ "item": item, "unknown": true }));
            return ExitCode::from(2);
        };
        eprintln!("{answer}");
        if outside.silence().is_some() {
            break;
        }
    }
    ExitCode::SUCCESS
}
