//! What the model must show, and twins that it must refuse.

mod interleavings;
mod litmus;
