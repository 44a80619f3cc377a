//! Tells the code how it was built: a lab compiled without optimisation refuses to print a speed-up.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for variable in ["PROFILE", "OPT_LEVEL"] {
        let value = env::var(variable).unwrap_or_default();
        println!("cargo:rustc-env=LABS_{variable}={value}");
    }
}
