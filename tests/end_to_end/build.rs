//! Collects the labs' handouts, so that their Rust examples are tested.

use std::fmt::Write as _;

fn main() {
    workspace::watch("labs");
    let mut text = String::new();
    for (index, lab) in workspace::labs().iter().enumerate() {
        let handout = workspace::from_generated(&lab.path.join("README.md"));
        writeln!(text, "/// {}\n#[doc = include_str!({handout:?})]\npub struct Handout{index};", lab.name)
            .expect("a string takes all");
    }
    workspace::generate("handouts.rs", &text);
}
