//! Finds regions of a source file by the name of the item that they define, and computes fingerprints to notice
//! changes.

/// An item of a source file with all its `impl` blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region<'a> {
    /// The first line of the region, counted from 1.
    pub first_line: usize,
    /// The text of the region, in whole lines.
    pub text: &'a str,
}

impl<'a> Region<'a> {
    /// Finds the region of an anchor: `load-store` is the struct `LoadStore`, from its documentation to the last `impl`
    /// for it. The file must be formatted by rustfmt, so that an item begins and ends at the left margin.
    pub fn of(file: &'a str, anchor: &str) -> Option<Self> {
        let name = type_name(anchor);
        let lines: Vec<&str> = file.split_inclusive('\n').collect();
        let mut first = lines.iter().position(|line| defines(line, &name))?;
        let heads =
            lines.iter().enumerate().skip(first).filter(|(_, line)| defines(line, &name) || implements(line, &name));
        let last = heads.map(|(head, _)| end_of_item(&lines, head)).max()?;
        while first > 0 && ["///", "#["].iter().any(|start| lines[first - 1].starts_with(start)) {
            first -= 1;
        }
        let bytes = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
        let start = bytes(&lines[..first]);
        Some(Self { first_line: first + 1, text: &file[start..start + bytes(&lines[first..=last])] })
    }

    /// Returns a line of the file, counted from 1, without its indentation; `None` if it is outside this region.
    pub fn line(&self, number: usize) -> Option<&'a str> {
        self.text.lines().nth(number.checked_sub(self.first_line)?).map(str::trim)
    }

    /// Returns the SHA-256 (FIPS 180-4) of its text, in hexadecimal.
    pub fn fingerprint(&self) -> String {
        // A checkout on Windows may have other line ends, which must not change the fingerprint.
        let digest = hmac_sha256::Hash::hash(self.text.replace("\r\n", "\n").as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Returns the type name of an anchor: `load-store` is `LoadStore`.
pub fn type_name(anchor: &str) -> String {
    let capitalized = |word: &str| word[..1].to_uppercase() + &word[1..];
    anchor.split('-').filter(|word| !word.is_empty()).map(capitalized).collect()
}

fn defines(line: &str, name: &str) -> bool {
    let rest = line.strip_prefix("pub struct ").and_then(|rest| rest.strip_prefix(name));
    rest.is_some_and(|rest| !rest.starts_with(is_part_of_name))
}

fn implements(line: &str, name: &str) -> bool {
    let of = line.strip_prefix("impl ").map(|rest| rest.split(" for ").last().unwrap_or(rest));
    of.and_then(|of| of.strip_prefix(name)).is_some_and(|rest| !rest.starts_with(is_part_of_name))
}

fn is_part_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Finds the last line of the item that begins on line `head`.
fn end_of_item(lines: &[&str], head: usize) -> usize {
    if lines[head].trim_end().ends_with([';', '}']) {
        return head;
    }
    (head..lines.len()).find(|&line| lines[line].starts_with('}')).unwrap_or(lines.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "use x;\n\n/// One.\n#[derive(Default)]\npub struct LoadStore(u64);\n\nimpl LoadStore {\n    fn f() {}\n}\n\n\
                        impl Counter for LoadStore {\n    fn g() {\n    }\n}\n\n/// Another.\npub struct LoadStoreLoad {\n    a: u64,\n}\n";

    #[test]
    fn a_region_is_an_item_with_what_is_implemented_for_it() {
        let region = Region::of(FILE, "load-store").unwrap();
        assert_eq!(region.first_line, 3);
        assert!(region.text.starts_with("/// One.\n#[derive") && region.text.ends_with("    fn g() {\n    }\n}\n"));
        assert_eq!(region.line(8), Some("fn f() {}"));
        assert_eq!((region.line(2), region.line(15)), (None, None));
        assert_eq!(
            Region::of(FILE, "load-store-load").unwrap().text,
            "/// Another.\npub struct LoadStoreLoad {\n    a: u64,\n}\n"
        );
        for missing in ["load", "store", "", "load-store-load-store"] {
            assert_eq!(Region::of(FILE, missing), None, "{missing}");
        }
    }

    #[test]
    fn a_fingerprint_changes_with_the_text_and_not_with_its_place() {
        let of = |file: &str| Region::of(file, "load-store").unwrap().fingerprint();
        assert_eq!(of(FILE), of(&format!("\n\n{FILE}")));
        assert_eq!(of(FILE), of(&FILE.replace('\n', "\r\n")));
        assert_ne!(of(FILE), of(&FILE.replace("fn f", "fn h")));
        let abc = Region { first_line: 1, text: "abc" }.fingerprint(); // the standard's own example
        assert_eq!(abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
