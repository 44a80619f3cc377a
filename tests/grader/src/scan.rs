//! Checks a submission's words before it is compiled, to give a friendly message. The sandbox does not rely on it.

use std::fs;
use std::path::Path;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// The most bytes that a submission may have.
pub const MOST_BYTES: u64 = 64 * 1024;

/// Returns the text of a submission, or why it is not accepted.
///
/// # Errors
///
/// One line, for the student.
pub fn read(path: &Path) -> Result<String, String> {
    let about = fs::symlink_metadata(path).map_err(|error| format!("cannot read the file: {error}"))?;
    if !about.is_file() {
        return Err("it is no regular file: hand in the file itself, no folder and no link".to_string());
    }
    if about.len() > MOST_BYTES {
        return Err(format!("it has {} bytes, and {MOST_BYTES} are allowed", about.len()));
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot read the file: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8: save it as UTF-8 text".to_string())?;
    if text.trim().is_empty() {
        return Err("it is empty".to_string());
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n"))
}

/// Returns the forbidden words of a submission, each with its line. A text that does not parse is left to the compiler.
pub fn forbidden(text: &str) -> Vec<String> {
    // syn recurses as deep as the text is nested; a compiler has a limit.
    if depth(text) > 200 {
        return vec!["it is nested too deeply".to_string()];
    }
    let Ok(file) = syn::parse_file(text) else { return Vec::new() };
    let mut scan = Scan::default();
    if let Ok(tokens) = text.parse() {
        scan.telling(tokens);
    }
    file.attrs.iter().for_each(|attribute| scan.attribute(attribute));
    scan.visit_file(&file);
    scan.found
}

fn depth(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

#[derive(Default)]
struct Scan {
    found: Vec<String>,
}

const MACROS: [&str; 9] =
    ["include", "include_str", "include_bytes", "env", "option_env", "asm", "global_asm", "naked_asm", "compile_error"];
/// Names by which a submission could tell a type of the checks from a real one.
const TELLING: [&str; 9] = [
    "size_of",
    "size_of_val",
    "align_of",
    "align_of_val",
    "type_name",
    "type_name_of_val",
    "needs_drop",
    "TypeId",
    "Layout",
];
const ATTRIBUTES: [&str; 10] = [
    "path",
    "no_mangle",
    "link",
    "link_section",
    "link_name",
    "export_name",
    "feature",
    "global_allocator",
    "panic_handler",
    "unsafe",
];
const CRATES: [&str; 7] = ["std", "alloc", "checks", "model", "loom", "kit_modelled", "kit_simulated"];

impl Scan {
    fn say(&mut self, span: proc_macro2::Span, what: &str) {
        self.found.push(format!("line {}: {what}", span.start().line));
    }

    /// Forbidden anywhere in the text: a macro can use a name only if it is among its tokens.
    fn telling(&mut self, tokens: proc_macro2::TokenStream) {
        use proc_macro2::TokenTree::{Group, Ident};
        for token in tokens {
            match token {
                Group(group) => self.telling(group.stream()),
                Ident(name) if TELLING.contains(&name.to_string().trim_start_matches("r#")) => {
                    self.say(name.span(), &format!("{name} tells what the checks are made of: do without"));
                }
                _ => {}
            }
        }
    }

    fn attribute(&mut self, attribute: &syn::Attribute) {
        if let Some(name) = attribute.path().get_ident().map(ToString::to_string)
            && ATTRIBUTES.contains(&name.as_str())
        {
            self.say(attribute.span(), &format!("the attribute {name} is not for exercises"));
        }
    }

    /// The tokens within a macro's brackets are not parsed as expressions.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        use proc_macro2::TokenTree::{Group, Ident, Punct};
        let all: Vec<_> = tokens.into_iter().collect();
        for (index, token) in all.iter().enumerate() {
            let is_next = |character| matches!(all.get(index + 1), Some(Punct(next)) if next.as_char() == character);
            match token {
                Group(group) => self.tokens(group.stream()),
                Ident(name) if is_next('!') && MACROS.contains(&name.to_string().as_str()) => {
                    self.say(name.span(), &format!("{name}! is not for exercises"));
                }
                Ident(name) if is_next(':') => self.path(name, None),
                _ => {}
            }
        }
    }

    fn path(&mut self, first: &syn::Ident, second: Option<&syn::Ident>) {
        let (name, next) = (first.to_string(), second.map(ToString::to_string).unwrap_or_default());
        if CRATES.contains(&name.as_str()) {
            self.say(first.span(), &format!("{name} is not there: an exercise is made of common::exercise alone"));
        } else if name == "core" && ["sync", "arch", "intrinsics", "cell", "ptr"].contains(&next.as_str()) {
            self.say(first.span(), &format!("core::{next} goes around common::exercise, and would not be checked"));
        }
    }
}

impl<'ast> Visit<'ast> for Scan {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        self.attribute(attribute);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        if let Some(name) = invocation.path.segments.last().map(|segment| segment.ident.to_string())
            && MACROS.contains(&name.as_str())
        {
            self.say(invocation.span(), &format!("{name}! is not for exercises"));
        }
        self.tokens(invocation.tokens.clone());
        visit::visit_macro(self, invocation);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first().filter(|_| path.segments.len() > 1) {
            self.path(&first.ident, path.segments.get(1).map(|segment| &segment.ident));
        }
        visit::visit_path(self, path);
    }

    fn visit_use_path(&mut self, path: &'ast syn::UsePath) {
        let next = match &*path.tree {
            syn::UseTree::Path(next) => Some(&next.ident),
            syn::UseTree::Name(next) => Some(&next.ident),
            _ => None,
        };
        self.path(&path.ident, next);
        visit::visit_use_path(self, path);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.say(item.span(), "extern crate is not for exercises");
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        self.say(item.span(), "an extern block is not for exercises");
    }

    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.say(block.span(), "unsafe is not for exercises: it can be done without");
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() {
            self.say(item.span(), "one file is handed in: a module has its text in it");
        }
        visit::visit_item_mod(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_around_the_exercise_is_named_with_its_line() {
        for (text, names) in [
            ("\nuse std::sync::Mutex;", "line 2: std is not there"),
            ("fn f() { core::sync::atomic::AtomicU64::new(0); }", "core::sync"),
            ("const X: &str = include_str!(\"/etc/passwd\");", "include_str!"),
            ("#[path = \"x.rs\"] mod x;", "path"),
            ("mod x;", "one file"),
            ("extern \"C\" { fn exit(code: i32); }", "extern block"),
            ("#[no_mangle] pub fn malloc() {}", "no_mangle"),
            ("#![feature(core_intrinsics)]", "feature"),
            ("fn f() { unsafe { } }", "unsafe"),
            ("fn f() { asm!(\"\"); }", "asm!"),
            ("extern crate alloc;", "extern crate"),
            ("fn f() { checks::main(); }", "checks is not there"),
            ("macro_rules! m { ($n:ident) => { $n::<u8>() } } fn f() { m!(size_of); }", "size_of tells"),
            ("fn f() { core::mem::r#size_of::<u8>(); }", "tells"),
            ("const _: () = panic!(\"{}\", include_str!(\"x\"));", "include_str!"),
            ("fn f() { assert!(std::process::id() > 0); }", "std is not there"),
        ] {
            let found = forbidden(text);
            assert!(found.iter().any(|found| found.contains(names)), "{text}: {found:?}");
        }
        let honest =
            "use common::exercise::*;\nuse core::ops::Range;\npub fn f(range: Range<usize>) -> usize { range.len() }";
        assert!(forbidden(honest).is_empty());
        assert!(forbidden(&"(".repeat(20_000)).len() == 1);
        assert!(forbidden("this is no Rust").is_empty(), "the compiler says it better");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exercise.rs");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read(&path).unwrap_err()
        };
        assert!(refused(b"").contains("empty") && refused(b"\xff\xfe").contains("UTF-8"));
        assert!(refused(&vec![b' '; 70_000]).contains("bytes"));
        assert!(read(folder.path()).unwrap_err().contains("no regular file"));
        assert!(read(&folder.path().join("none")).unwrap_err().contains("cannot read"));
        fs::write(&path, b"\xef\xbb\xbfpub fn f() {}\r\n").unwrap();
        assert_eq!(
            read(&path).unwrap(),
            "pub fn f() {}\n",
            "a byte order mark and Windows' ends of lines are no fault"
        );
        #[cfg(unix)]
        {
            let link = folder.path().join("link.rs");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert!(read(&link).unwrap_err().contains("no link"));
        }
    }
}
