//! Rejects forbidden names before a submission is compiled, with a clear message. The sandbox does not rely on it.

use std::fs;
use std::path::Path;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// The most bytes that a submission may have.
pub const MOST_BYTES: u64 = 64 * 1024;

/// Returns the text of a submission, without a byte order mark and with Unix line ends.
///
/// # Errors
///
/// The reason why the file is not accepted, as one line for the student.
pub fn read(path: &Path) -> Result<String, String> {
    let about = fs::symlink_metadata(path).map_err(|error| format!("cannot read the file: {error}"))?;
    if !about.is_file() {
        return Err("it is not a regular file: hand in the file itself, not a folder or a link".to_string());
    }
    if about.len() > MOST_BYTES {
        return Err(format!("it has {} bytes: at most {MOST_BYTES} are allowed", about.len()));
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot read the file: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8: save it as UTF-8 text".to_string())?;
    if text.trim().is_empty() {
        return Err("it is empty".to_string());
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n"))
}

/// Returns a message for each forbidden name in a submission, with its line. For a text that does not parse it returns
/// none, because the compiler's message is better.
pub fn forbidden(text: &str) -> Vec<String> {
    // syn recurses once per level of nesting and would overflow its stack.
    if depth(text) > 200 {
        return vec!["its brackets are nested more than 200 deep".to_string()];
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
/// Names with which a submission could tell the types of the checks from the real ones.
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
const CRATES: [&str; 7] = ["std", "alloc", "checks", "model", "explorer", "kit_modelled", "kit_simulated"];

impl Scan {
    fn say(&mut self, span: proc_macro2::Span, what: &str) {
        self.found.push(format!("line {}: {what}", span.start().line));
    }

    /// Finds the names in [`TELLING`] anywhere in the text, also inside macros.
    fn telling(&mut self, tokens: proc_macro2::TokenStream) {
        use proc_macro2::TokenTree::{Group, Ident};
        for token in tokens {
            match token {
                Group(group) => self.telling(group.stream()),
                Ident(name) if TELLING.contains(&name.to_string().trim_start_matches("r#")) => {
                    self.say(name.span(), &format!("{name} is not allowed, because it can detect the checks"));
                }
                _ => {}
            }
        }
    }

    fn attribute(&mut self, attribute: &syn::Attribute) {
        if let Some(name) = attribute.path().get_ident().map(ToString::to_string)
            && ATTRIBUTES.contains(&name.as_str())
        {
            self.say(attribute.span(), &format!("the attribute {name} is not allowed in an exercise"));
        }
    }

    /// Finds forbidden macros and paths among the tokens of a macro call, which syn does not parse as expressions.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        use proc_macro2::TokenTree::{Group, Ident, Punct};
        let all: Vec<_> = tokens.into_iter().collect();
        for (index, token) in all.iter().enumerate() {
            let is_next = |character| matches!(all.get(index + 1), Some(Punct(next)) if next.as_char() == character);
            match token {
                Group(group) => self.tokens(group.stream()),
                Ident(name) if is_next('!') && MACROS.contains(&name.to_string().as_str()) => {
                    self.say(name.span(), &format!("{name}! is not allowed in an exercise"));
                }
                Ident(name) if is_next(':') => self.path(name, None),
                _ => {}
            }
        }
    }

    fn path(&mut self, first: &syn::Ident, second: Option<&syn::Ident>) {
        let (name, next) = (first.to_string(), second.map(ToString::to_string).unwrap_or_default());
        if CRATES.contains(&name.as_str()) {
            self.say(first.span(), &format!("{name} is not available: use common::exercise"));
        } else if name == "core" && ["sync", "arch", "intrinsics", "cell", "ptr"].contains(&next.as_str()) {
            self.say(
                first.span(),
                &format!("core::{next} is not allowed, because the checks cannot see it: use common::exercise"),
            );
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
            self.say(invocation.span(), &format!("{name}! is not allowed in an exercise"));
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
        self.say(item.span(), "extern crate is not allowed in an exercise");
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        self.say(item.span(), "an extern block is not allowed in an exercise");
    }

    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.say(block.span(), "unsafe is not allowed in an exercise, and not needed");
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() {
            self.say(item.span(), "you hand in one file, so a module must have its text in that file");
        }
        visit::visit_item_mod(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_name_is_reported_with_its_line() {
        for (text, names) in [
            ("\nuse std::sync::Mutex;", "line 2: std is not available"),
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
            ("fn f() { checks::main(); }", "checks is not available"),
            ("macro_rules! m { ($n:ident) => { $n::<u8>() } } fn f() { m!(size_of); }", "size_of is not allowed"),
            ("fn f() { core::mem::r#size_of::<u8>(); }", "can detect the checks"),
            ("const _: () = panic!(\"{}\", include_str!(\"x\"));", "include_str!"),
            ("fn f() { assert!(std::process::id() > 0); }", "std is not available"),
        ] {
            let found = forbidden(text);
            assert!(found.iter().any(|found| found.contains(names)), "{text}: {found:?}");
        }
        let honest =
            "use common::exercise::*;\nuse core::ops::Range;\npub fn f(range: Range<usize>) -> usize { range.len() }";
        assert!(forbidden(honest).is_empty());
        assert!(forbidden(&"(".repeat(20_000)).len() == 1);
        assert!(forbidden("this is not Rust").is_empty(), "the compiler's message is better");
    }

    #[test]
    fn a_file_that_is_not_text_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exercise.rs");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read(&path).unwrap_err()
        };
        assert!(refused(b"").contains("empty") && refused(b"\xff\xfe").contains("UTF-8"));
        assert!(refused(&vec![b' '; 70_000]).contains("bytes"));
        assert!(read(folder.path()).unwrap_err().contains("not a regular file"));
        assert!(read(&folder.path().join("none")).unwrap_err().contains("cannot read"));
        fs::write(&path, b"\xef\xbb\xbfpub fn f() {}\r\n").unwrap();
        assert_eq!(read(&path).unwrap(), "pub fn f() {}\n", "a byte order mark and Windows' line ends are accepted");
        #[cfg(unix)]
        {
            let link = folder.path().join("link.rs");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert!(read(&link).unwrap_err().contains("or a link"));
        }
    }
}
