//! Keys by the name that a page sees in `event.key`, as each browser's protocol wants to hear of them.

/// Keys without a character: Windows' virtual key code, and the WebDriver standard's code point (section 17.4.2).
const NAMED: [(&str, i64, &str); 11] = [
    ("Tab", 9, "\u{e004}"),
    ("Enter", 13, "\u{e006}"),
    ("Escape", 27, "\u{e00c}"),
    ("PageUp", 33, "\u{e00e}"),
    ("PageDown", 34, "\u{e00f}"),
    ("End", 35, "\u{e010}"),
    ("Home", 36, "\u{e011}"),
    ("ArrowLeft", 37, "\u{e012}"),
    ("ArrowUp", 38, "\u{e013}"),
    ("ArrowRight", 39, "\u{e014}"),
    ("ArrowDown", 40, "\u{e015}"),
];

/// A misspelt name must not be typed as its first letter.
fn named(key: &str) -> Option<&'static (&'static str, i64, &'static str)> {
    let found = NAMED.iter().find(|(name, ..)| *name == key);
    assert!(found.is_some() || key.chars().count() == 1, "no key is called {key:?}");
    found
}

/// Windows' virtual key code, which `Input.dispatchKeyEvent` takes.
pub fn windows_code(key: &str) -> i64 {
    match (named(key), key) {
        (Some((_, code, _)), _) => *code,
        (None, "?") => 191, // the key that it shares with the slash
        (None, character) => i64::from(character.to_uppercase().as_bytes()[0]),
    }
}

/// What a key types, if it does.
pub fn text(key: &str) -> Option<&str> {
    match named(key) {
        None => Some(key),
        Some(("Enter", ..)) => Some("\r"),
        Some(_) => None,
    }
}

/// The `value` of a WebDriver key action.
pub fn webdriver(key: &str) -> &str {
    named(key).map_or(key, |(_, _, code_point)| code_point)
}
