//! Tells the code which profile it was built with, for the report.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=LABS_PROFILE={}", std::env::var("PROFILE").unwrap_or_default());
}
