//! The deck in real browsers, from disk: whether a room can read it, a clicker can drive it and a screen reader can name it.

mod accessibility;
mod deck_in_firefox;
mod layout;
mod pages;
mod print;
mod speaker;
mod stepping;
