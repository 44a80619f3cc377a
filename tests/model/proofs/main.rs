//! What the model must show, and twins that it must refuse.

mod agreement;
mod command_line;
mod interleavings;
mod litmus;
mod mutants;
mod table;
mod twins;
mod witnesses;

/// The door of the twins.
mod sync {
    pub use model::sync::*;
}
