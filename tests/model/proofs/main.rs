//! What the model must show, and twins that it must refuse.

mod agreement;
mod interleavings;
mod litmus;
mod table;
