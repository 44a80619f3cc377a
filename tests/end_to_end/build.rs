//! Collects the labs' handouts, so that their Rust examples are tested.

use std::fmt::Write as _;

fn main() {
    println!("cargo::rerun-if-changed={}", workspace::root().join("labs").display());
    let mut text = String::new();
    for (index, lab) in workspace::labs().iter().enumerate() {
        let handout = lab.path.join("README.md");
        writeln!(text, "/// {}\n#[doc = include_str!({handout:?})]\npub struct Handout{index};", lab.name)
            .expect("a string takes all");
    }
    workspace::generate("handouts.rs", &text);
}
