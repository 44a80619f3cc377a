//! Generates the list of the exercises, in the order of the lecture.

use std::fmt::Write as _;
use workspace::Lab;

fn main() {
    workspace::generate("exercises.rs", &workspace::modules("grading/about.rs", list));
}

fn list(labs: &[Lab]) -> String {
    let mut text =
        "/// All exercises, in the order of the lecture.\npub static EXERCISES: &[Exercise] = &[\n".to_string();
    for Lab { name, folder, path } in labs {
        let (module, driver) =
            (workspace::identifier(name), workspace::from_generated(&path.join("grading/driver.rs")));
        let (folder, file) = (format!("labs/{folder}"), format!("labs/{folder}/exercise.rs"));
        writeln!(
            text,
            "    Exercise {{ name: {name:?}, folder: {folder:?}, file: {file:?}, driver: include_str!({driver:?}), about: \
             {module}::ABOUT }},"
        )
        .expect("writing to a string does not fail");
    }
    text + "];\n"
}
