//! The programs that steppers explore: the labs' own code.

use super::{Code, Stepper, THREADS};
use crate::COUNTERS;
use crate::sync::Size;
use crate::two_locations::{MessagePassing, StoreBuffering};
use anyhow::{Context as _, Result};
use explorer::{Program, Subject};

/// Returns the program of a stepper.
///
/// # Errors
///
/// No lab has its code.
pub fn of(stepper: &Stepper) -> Result<Box<dyn Subject>> {
    let missing = || format!("the stepper {} is about code that no lab has", stepper.name);
    let program: Option<Box<dyn Subject>> = match stepper.code {
        Code::Counter { variant, increments } => COUNTERS
            .iter()
            .flat_map(|(_, counters)| *counters)
            .find(|counter| counter.name == variant)
            .map(|counter| Box::new((counter.program)(Size { threads: THREADS, increments })) as Box<dyn Subject>),
        Code::TwoLocations { anchor: "store-buffering", .. } => {
            let program = Program::new(StoreBuffering::default);
            Some(Box::new(program.thread(StoreBuffering::first).thread(StoreBuffering::second)))
        }
        Code::TwoLocations { anchor: "message-passing", .. } => {
            let receive = |shared: &MessagePassing| {
                let (ready, data) = shared.receive();
                [ready.into(), data]
            };
            Some(Box::new(Program::new(MessagePassing::default).thread(MessagePassing::send).thread(receive)))
        }
        Code::TwoLocations { .. } => None,
    };
    program.with_context(missing)
}
