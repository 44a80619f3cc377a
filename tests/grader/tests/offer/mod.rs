//! Compares the two crates that an exercise is compiled against: `common::exercise`, which an editor and `cargo try` use, and
//! the grader's kit. They have the same names and the same methods.
//!
//! `shared.rs`, `sums.rs` and `values.rs` together use every name and method. They are part of this test, so they compile against
//! `common`; the test compiles them against the kit as the grader compiles a submission.

mod shared;
mod sums;
mod values;

use common::exercise::{Numbers, Terms};
use grader::exercises::EXERCISES;
use grader::toolchain::Toolchain;
use quote::ToTokens as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use syn::{Item, UseTree, Visibility};

/// The kit's source, and the files that it has to compile. Together they use all of `common::exercise`.
const KIT: (&str, [&str; 3]) = ("tests/kit/src/lib.rs", ["shared", "sums", "values"]);

const EDITOR: &str = "common/src/exercise.rs";

/// The functions of `common::exercise` that a submission cannot call: the grader creates the numbers and the terms.
const CREATED_BY_THE_GRADER: [&str; 2] = ["Numbers::new", "Terms::new"];

/// The methods of std's types that the kit has not.
const NOT_OFFERED: [(&str, &[&str]); 3] = [
    ("raw pointers would bypass the explorer", &["from_ptr", "as_ptr"]),
    ("deprecated", &["compare_and_swap"]),
    ("an exercise shares its atomics", &["get_mut"]),
];

/// Public names, such as `atomic::AtomicU64` and `Numbers::sum`. A function has its signature; anything
/// else has [`DECLARED`] or [`EXPORTED`].
type Names = BTreeMap<String, String>;

/// A type or a constant that the source itself declares.
const DECLARED: &str = "declared";

/// A name that the source exports from another crate, with all that is below it.
const EXPORTED: &str = "exported";

/// Returns the public names of the module `exercise` in a source file. A file without that module is the module itself.
fn offered(text: &str) -> Names {
    let file = syn::parse_file(text).expect("the source is Rust");
    let is_it = |item: &Item| matches!(item, Item::Mod(module) if module.ident == "exercise");
    let items = match file.items.iter().find(|item| is_it(item)) {
        Some(Item::Mod(module)) => module.content.clone().expect("the module is in this file").1,
        _ => file.items,
    };
    let mut names = Names::new();
    add(&items, "", &mut names);
    names
}

fn add(items: &[Item], before: &str, names: &mut Names) {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    let signature = |signature: &syn::Signature| {
        let mut signature = signature.clone();
        signature.constness = None;
        signature.to_token_stream().to_string()
    };
    for item in items {
        match item {
            Item::Use(item) if is_public(&item.vis) => imported(&item.tree, before, names),
            Item::Mod(item) if is_public(&item.vis) => {
                let beside = || syn::parse_file(&read(&format!("common/src/exercise/{}.rs", item.ident)));
                let items =
                    item.content.clone().map_or_else(|| beside().expect("it is Rust").items, |(_, items)| items);
                add(&items, &format!("{before}{}::", item.ident), names);
            }
            Item::Struct(item) if is_public(&item.vis) => {
                drop(names.insert(format!("{before}{}", item.ident), DECLARED.into()))
            }
            Item::Const(item) if is_public(&item.vis) => {
                drop(names.insert(format!("{before}{}", item.ident), DECLARED.into()))
            }
            Item::Fn(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                names.insert(format!("{before}{}", item.sig.ident), signature(&item.sig));
            }
            Item::Impl(item) if item.trait_.is_none() => {
                let of = item.self_ty.to_token_stream().to_string();
                let of = of.split(' ').next().unwrap_or_default();
                for item in &item.items {
                    if let syn::ImplItem::Fn(item) = item
                        && is_public(&item.vis)
                    {
                        names.insert(format!("{before}{of}::{}", item.sig.ident), signature(&item.sig));
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_hidden(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.to_token_stream().to_string().contains("hidden"))
}

/// Adds the names that a `pub use` exports.
fn imported(tree: &UseTree, before: &str, names: &mut Names) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, before, names),
        UseTree::Name(name) => drop(names.insert(format!("{before}{}", name.ident), EXPORTED.into())),
        UseTree::Rename(name) => drop(names.insert(format!("{before}{}", name.rename), EXPORTED.into())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, before, names)),
        UseTree::Glob(_) => panic!("a glob hides what is offered: name each item"),
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the names of the editor's list without what the grader creates.
fn of_the_editor() -> Names {
    let mut names = offered(&read(EDITOR));
    names.retain(|name, _| !CREATED_BY_THE_GRADER.contains(&name.as_str()));
    names
}

/// Returns what differs between the editor's list and what the kit offers.
fn differences(editor: &Names, kit: &Names) -> Vec<String> {
    // What is exported from another crate has no names below it in this source.
    let is_below_exported = |names: &Names, name: &str| {
        name.rmatch_indices("::").any(|(end, _)| names.get(&name[..end]).is_some_and(|kind| kind == EXPORTED))
    };
    let mut found = Vec::new();
    for (name, signature) in editor {
        match kit.get(name) {
            Some(other)
                if [signature, other].iter().all(|kind| kind.contains('('))
                    && squeezed(other) != squeezed(signature) =>
            {
                found.push(format!("{name} is `{signature}` in {EDITOR}, and `{other}` in the kit"));
            }
            None if !is_below_exported(kit, name) => found.push(format!("{name} is in {EDITOR}, and not in the kit")),
            _ => {}
        }
    }
    let is_known = |name: &str| {
        editor.contains_key(name)
            || has_below(editor, name)
            || is_below_exported(editor, name)
            || CREATED_BY_THE_GRADER.contains(&name)
    };
    let more: BTreeSet<&String> = kit.keys().filter(|name| !is_known(name)).collect();
    found.extend(more.into_iter().map(|name| format!("{name} is in the kit, and not in {EDITOR}")));
    found
}

fn has_below(names: &Names, module: &str) -> bool {
    names.keys().any(|name| name.strip_prefix(module).is_some_and(|rest| rest.starts_with("::")))
}

/// Returns a signature without white space and without a comma at the end of its list.
fn squeezed(signature: &str) -> String {
    signature.replace(' ', "").replace(",)", ")")
}

#[test]
fn the_editor_and_the_kit_offer_the_same_names() {
    let editor = of_the_editor();
    assert!(editor.len() > 25 && editor.contains_key("atomic::AtomicU64") && editor.contains_key("Numbers::sum"));
    let found = differences(&editor, &offered(&read(KIT.0)));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_students_guide_lists_all_of_them() {
    let guide = read("docs/exercises.md");
    let listed = |name: &str| ["`", "!`"].iter().any(|end| guide.contains(&format!("`{name}{end}")));
    let mut names = of_the_editor();
    names.retain(|name, _| !name.contains("Numbers::") && !name.contains("Terms::"));
    let missing: Vec<&String> = names.keys().filter(|name| !listed(name.rsplit("::").next().unwrap())).collect();
    assert!(missing.is_empty(), "docs/exercises.md does not list {missing:?}");
    assert!(!listed("HashSet") && listed("vec"), "what is not there is noticed");
    for exercise in EXERCISES {
        assert!(read(exercise.file).contains("You may use what `common::exercise` offers."), "{}", exercise.file);
    }
}

/// The twin: each kind of difference is found.
#[test]
fn a_name_that_only_one_of_them_has_is_found() {
    let one = "pub use a::{b, c};\npub mod m { pub use d::e; }\npub struct S;\nimpl S { pub fn f(&self, n: u64) -> u64 { n } }";
    let differ = |kit: &str| differences(&offered(one), &offered(&format!("pub mod exercise {{ {kit} }}")));
    assert_eq!(differ(one), [""; 0]);
    assert_eq!(differ("pub use x::{b, c, m, S};"), [""; 0], "a module and a type are exported whole");
    assert_eq!(differ(&one.replace("c}", "c, g}")), [format!("g is in the kit, and not in {EDITOR}")]);
    assert_eq!(differ(&one.replace(", c", "")), [format!("c is in {EDITOR}, and not in the kit")]);
    assert_eq!(differ(&one.replace("d::e", "d::h")).len(), 2);
    assert!(differ(&one.replace("n: u64", "n: u8"))[0].contains("in the kit"));
    assert!(differ(&one.replace("pub fn f", "fn f"))[0].contains("S::f is in"));
}

/// The methods of std's types are not in our sources. So the files that use everything must call all that the explorer has, and
/// must name everything else.
#[test]
fn the_files_use_every_name_and_every_method() {
    let files = ["shared", "sums", "values"].map(|name| read(&format!("tests/grader/tests/offer/{name}.rs")));
    let text = files.concat();
    let lacks = |name: &str| !text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    let last = |name: &String| name.rsplit("::").next().unwrap_or_default().to_string();
    let mut missing: Vec<String> = of_the_editor().keys().map(last).filter(|name| lacks(name)).collect();
    missing.retain(|name| !["ToOwned", "ToString"].contains(&name.as_str())); // traits; their methods are called
    let is_offered = |method: &&str| NOT_OFFERED.iter().all(|(_, methods)| !methods.contains(method));
    let methods = read("tests/explorer/tests/std_methods.txt");
    for line in methods.lines() {
        let (of, methods) = line.split_once(':').unwrap();
        if ["AtomicBool", "AtomicU64", "Mutex"].contains(&of) {
            let called =
                |method: &&str| text.contains(&format!(".{method}(")) || text.contains(&format!("{of}::{method}("));
            missing.extend(
                methods
                    .split_whitespace()
                    .filter(is_offered)
                    .filter(|method| !called(method))
                    .map(|method| format!("{of}::{method}")),
            );
        }
    }
    assert_eq!(missing, [""; 0]);
    assert!(lacks("HashMap") && !lacks("BTreeMap"), "what is not used is noticed");
}

#[test]
fn what_is_offered_works() {
    assert_eq!(values::values(), "123of 3");
    assert_eq!(shared::shared(), (false, 3));
    let (numbers, terms) = (Numbers::new(vec![1, 2, 4]), Terms::new(1));
    let (sum, total, costs) = sums::sums(&numbers, &terms);
    assert_eq!((sum, total, costs), (7, terms.value(0), 50_105));
    assert_eq!(sums::shown(&numbers, &terms), "Numbers { len: 3, .. } Terms { len: 1, .. }");
}

/// Compiles a file against the kit, as the grader compiles a submission, but outside of the sandbox. Returns the compiler's
/// messages if it refuses.
fn compiled(toolchain: &Toolchain, text: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("lib.rs");
    fs::write(&source, format!("#![no_std]\nmod exercise {{\n{}\n}}\npub use exercise::*;\n", text)).unwrap();
    let mut rustc = Command::new(workspace::rustc());
    rustc.args(["--edition=2024", "--crate-type=rlib", "--emit=metadata", "-Awarnings", "-Funsafe_code"]);
    rustc.arg("-o").arg(folder.path().join("libstudent.rmeta")).arg(&source);
    rustc.arg("-L").arg(format!("dependency={}", toolchain.crates.display()));
    rustc.arg("--extern").arg(format!("common={}", toolchain.kit.display()));
    let output = rustc.output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
fn what_the_editor_offers_compiles_in_the_grader() {
    let toolchain = Toolchain::prepare().unwrap();
    for file in KIT.1 {
        let text = read(&format!("tests/grader/tests/offer/{file}.rs"));
        assert_eq!(compiled(&toolchain, &text), Ok(()), "{file}.rs");
        let more = text + "\nfn more() -> HashMap<u64, u64> { HashMap::new() }\n";
        assert!(compiled(&toolchain, &more).unwrap_err().contains("HashMap"));
    }
}
