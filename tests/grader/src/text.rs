//! Makes text that came from a submission, a compiler or a folder's name safe where it is shown: in a terminal, a page, a
//! spreadsheet, an XML file or a path.

use serde_json::Value;
use std::ffi::OsStr;
use std::fmt::Display;

/// The most bytes of a folder's name in the folder of grades. File systems allow 255, and a shorter name leaves room.
const LONGEST_NAME: usize = 200;

/// The files of the summary, whose names no student's folder may have.
const OWN_FILES: [&str; 2] = ["index.html", "grades.csv"];

/// Returns whether a reader sees this character and no program obeys it. The others are control characters, invisible
/// characters, those that change the direction of text, and those that XML forbids.
fn is_visible(character: char) -> bool {
    let is_invisible = matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    let is_no_character = u32::from(character) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&character);
    !character.is_control() && !is_invisible && !is_no_character
}

/// Replaces each character that is not visible by its escape, such as `\u{1b}`. Line ends and tabs stay.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if is_visible(character) || "\n\t".contains(character) {
            plain.push(character);
        } else {
            plain.extend(character.escape_unicode());
        }
    }
    plain
}

/// Formats a number with its noun: `1 student`, `2 students`, `0.5 points`.
pub fn counted<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let end = if number == 1.into() { "" } else { "s" };
    format!("{number} {noun}{end}")
}

/// Ends a message with a full stop, unless it is a question or has one.
pub fn sentence(message: &str) -> String {
    let end = if message.is_empty() || message.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{message}{end}")
}

/// Makes all strings of a document [`plain`].
pub fn plain_document(mut document: Value) -> Value {
    fn visit(value: &mut Value) {
        match value {
            Value::String(text) => *text = plain(text),
            Value::Array(all) => all.iter_mut().for_each(visit),
            Value::Object(all) => all.values_mut().for_each(visit),
            _ => {}
        }
    }
    visit(&mut document);
    document
}

/// Writes a field of a CSV file as in RFC 4180. An apostrophe before a text keeps a spreadsheet from calculating it.
pub fn field(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    let text = if is_formula { format!("'{text}") } else { text.to_string() };
    // Some spreadsheets separate fields at semicolons or tabs.
    let needs_quotes = text.contains(['"', ',', ';', '\t', '\r', '\n']) || text.trim() != text;
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Returns the name of a file or folder as visible text, which different names never share. A byte that is not visible
/// UTF-8 becomes `%XX`. So does a `%` that would look like such an escape.
pub fn name(raw: &OsStr) -> String {
    let mut name = String::new();
    for chunk in raw.as_encoded_bytes().utf8_chunks() {
        let valid = chunk.valid();
        for (index, character) in valid.char_indices() {
            let is_escape = character == '%' && looks_escaped(&valid.as_bytes()[index + 1..]);
            if is_visible(character) && !is_escape { name.push(character) } else { escape(&mut name, character) }
        }
        chunk.invalid().iter().for_each(|byte| name += &format!("%{byte:02X}"));
    }
    name
}

fn looks_escaped(rest: &[u8]) -> bool {
    rest.first() == Some(&b'~') || rest.len() > 1 && rest[..2].iter().all(u8::is_ascii_hexdigit)
}

fn escape(name: &mut String, character: char) {
    character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| *name += &format!("%{byte:02X}"));
}

/// Returns the folder in the folder of grades for a student whose visible name is `name`: the name itself if it is an
/// ordinary one. `is_twin` says that another name differs only by case, which some file systems ignore.
pub fn folder(name: &str, is_twin: bool) -> String {
    let is_ours = OWN_FILES.iter().any(|own| name.to_lowercase().starts_with(own));
    let last = name.chars().count().saturating_sub(1);
    let mut folder = String::new();
    for (index, character) in name.chars().enumerate() {
        let is_odd = "\\/:*?\"<>|".contains(character)
            || index == 0 && (is_ours || ". ".contains(character))
            || index == last && ". ".contains(character)
            || is_twin && character.is_uppercase();
        if is_odd { escape(&mut folder, character) } else { folder.push(character) }
    }
    if folder.len() > LONGEST_NAME {
        let hash = hmac_sha256::Hash::hash(name.as_bytes());
        let hash: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        folder.truncate(folder.floor_char_boundary(LONGEST_NAME - 40));
        folder += &format!("%~{hash}");
    }
    folder
}

/// Returns the relative address of a file, from the names of its folders and its own.
pub fn address(names: &[&str]) -> String {
    let encoded = |name: &&str| {
        let mut address = String::new();
        for character in name.chars() {
            let is_safe = character.is_ascii_alphanumeric() || "-_.~".contains(character);
            if is_safe { address.push(character) } else { escape(&mut address, character) }
        }
        address
    };
    names.iter().map(encoded).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A terminal obeys escapes, and an XML parser refuses control characters, U+FFFE and U+FFFF.
    #[test]
    fn every_character_becomes_plain_text_that_xml_allows() {
        let mut raw_is_refused = 0;
        for character in '\0'..=char::MAX {
            let plain = plain(&character.to_string());
            assert!(plain.chars().all(|one| !one.is_control() || "\n\t".contains(one)), "{plain:?}");
            if !is_visible(character) || ['\u{d7ff}', '\u{e000}', '\u{fffd}'].contains(&character) {
                let xml = |text: &str| roxmltree::Document::parse(&format!("<a>{text}</a>")).is_ok();
                assert!(xml(&plain), "{character:?}");
                raw_is_refused += usize::from(!xml(&character.to_string()));
            }
        }
        assert!(raw_is_refused > 20, "without the escape a parser refuses them: {raw_is_refused}");
        assert_eq!(
            plain("\u{1b}[31mred\r\u{9b}0m\u{202e}\u{fffe}\n\té"),
            "\\u{1b}[31mred\\u{d}\\u{9b}0m\\u{202e}\\u{fffe}\n\té"
        );
        assert_eq!(plain_document(json!({ "a": [{ "b": "\u{1b}" }, 1] })), json!({ "a": [{ "b": "\\u{1b}" }, 1] }));
    }

    #[test]
    fn a_noun_agrees_with_its_number() {
        assert_eq!([0_usize, 1, 2].map(|count| counted(count, "step")), ["0 steps", "1 step", "2 steps"]);
        assert_eq!([0.0, 0.5, 1.0].map(|points| counted(points, "point")), ["0 points", "0.5 points", "1 point"]);
    }

    #[test]
    fn a_message_ends_once() {
        let all = ["", "no", "no.", "is it?"].map(sentence);
        assert_eq!(all, ["", "no.", "no.", "is it?"]);
    }

    #[test]
    fn a_field_is_text_and_not_a_formula_or_a_row() {
        for (text, expected) in [
            ("ada", "ada"),
            ("Lovelace, Ada", "\"Lovelace, Ada\""),
            ("a\"b", "\"a\"\"b\""),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            (" =1", "' =1"),
            ("\tx", "\"'\tx\""),
            ("a\rb", "\"a\rb\""),
            ("a;=1", "\"a;=1\""),
            ("1-2", "1-2"),
        ] {
            assert_eq!(field(text), expected, "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn different_names_stay_different_and_ordinary_names_stay_as_they_are() {
        use std::collections::BTreeSet;
        use std::os::unix::ffi::OsStrExt as _;
        for ordinary in ["ada", "dan, the second", "Zoë", "100%", "a@b.org", "=1", "50% off"] {
            assert_eq!((name(OsStr::new(ordinary)), folder(ordinary, false)), (ordinary.into(), ordinary.into()));
        }
        let mut odd: Vec<Vec<u8>> = [
            &b"\xff"[..],
            b"%FF",
            b"%25FF",
            b"\xfe\xff",
            b"a\nb",
            b"a%0Ab",
            b"\t=1",
            b".hidden",
            b"%2Ehidden",
            b"..x",
            b"index.html",
            b"Index.HTML",
            b"%69ndex.html",
            b"grades.csv",
            b"a|b",
            b"a%7Cb",
            b"a ",
            b"a%20",
            b"\x1b[31m",
            b"a\xe2\x80\xaeb",
            b"%\n",
            b"%~0",
        ]
        .map(<[u8]>::to_vec)
        .to_vec();
        odd.extend([vec![b'x'; 255], vec![b'\n'; 255], [vec![b'\n'; 254], vec![b'\t']].concat()]);
        let names: Vec<String> = odd.iter().map(|raw| name(OsStr::from_bytes(raw))).collect();
        let folders: BTreeSet<String> = names.iter().map(|name| folder(name, false).to_lowercase()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), odd.len(), "{names:?}");
        assert_eq!(folders.len(), odd.len(), "{folders:?}");
        assert_eq!(folder("Ada", true), "%41da");
        assert_eq!(folder("ada", true), "ada");
        for folder in &folders {
            assert!(
                folder.len() <= LONGEST_NAME && !folder.starts_with('.') && !folder.contains(['/', '\n', '\u{1b}'])
            );
            assert!(!OWN_FILES.iter().any(|own| folder.starts_with(own)), "{folder}");
        }
        assert_eq!(address(&["a b", "100%", "é.json"]), "a%20b/100%25/%C3%A9.json");
    }
}
