//! The programs that steppers explore: the labs' own code.

use super::{Code, Stepper, THREADS};
use anyhow::{Context as _, Result};
use explorer::{Program, Subject};
use model::size::Size;
use model::subjects;
use model::two_locations::{MessagePassing, StoreBuffering};

/// Returns the program of a stepper.
///
/// # Errors
///
/// No lab has its code.
pub fn of(stepper: &Stepper) -> Result<Box<dyn Subject>> {
    let missing = || format!("the stepper {} is about code that no lab has", stepper.name);
    let program: Option<Box<dyn Subject>> = match stepper.code {
        Code::Counter { variant, increments } => subjects::of(variant)
            .map(|counter| Box::new((counter.program)(Size::new(THREADS, increments))) as Box<dyn Subject>),
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
