//! What the explorer must say of the labs' counters, and twins that it must refuse.

mod algorithms;
mod mutants;
mod table;
mod theorem;
mod twins;
mod witnesses;

/// The door of the twins.
mod sync {
    pub use model::sync::*;
}
