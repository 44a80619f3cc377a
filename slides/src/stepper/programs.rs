//! The programs that steppers explore: the labs' own code.

use super::{Code, Stepper, THREADS};
use anyhow::{Context as _, Result};
use explorer::Subject;
use model::size::Size;
use model::{orders, subjects};

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
        Code::TwoLocations { anchor: "store-buffering", .. } => Some(Box::new(orders::store_buffering())),
        Code::TwoLocations { anchor: "message-passing", .. } => Some(Box::new(orders::message_passing())),
        Code::TwoLocations { .. } => None,
    };
    program.with_context(missing)
}
