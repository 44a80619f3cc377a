//! Drives real browsers, headless and from disk, without a driver: the tests of the deck and of the grader's pages open them.
//!
//! Without a browser a test prints that it was skipped, and passes. With `CI` set, on Linux, it fails.

pub mod chromium;
pub mod firefox;
pub mod keys;
pub mod pool;
pub mod process;

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

static USERS: pool::Users = pool::Users::new(|| {
    chromium::POOL.close();
    firefox::POOL.close();
});

/// Returns the first of these programs that is on the PATH.
fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// Returns the same, or says what was not tested.
fn find_or_skip(what: &str, names: &[&str]) -> Option<PathBuf> {
    let found = find(names);
    let is_demanded = cfg!(target_os = "linux") && env::var_os("CI").is_some();
    assert!(found.is_some() || !is_demanded, "CI has no {what}: none of {} is on the PATH", names.join(", "));
    if found.is_none() {
        // Past the test runner, which shows the output of failed tests only.
        let line = format!("SKIPPED: no {what} on the PATH, so the page was not opened in it\n");
        let _ = io::stderr().write_all(line.as_bytes());
    }
    found
}

/// Returns a step through a list, so that every item is tried with `THOROUGH=1`, and otherwise one in `step`; it says so.
pub fn sampled(what: &str, step: usize) -> usize {
    if workspace::thorough() {
        return 1;
    }
    let _ = io::stderr().write_all(format!("SAMPLED: 1 of {step} {what}\n").as_bytes());
    step
}

/// Base64 (RFC 4648), as browsers send pictures.
fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// A script that defines `faint(root)`: the texts below an element whose contrast with what is behind them is less than 4.5 to 1 (WCAG 2.2, 1.4.3).
pub const CONTRAST: &str = "
window.faint = (root) => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return text.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]; };
  const over = (front, back) => front.slice(0, 3).map((value, index) => value * front[3] + back[index] * (1 - front[3]));
  const light = (colour) => colour.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4).reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ratio = (one, other) => { const [x, y] = [light(one), light(other)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
    return layers.reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  const found = [];
  for (const element of root.querySelectorAll('*')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || element.closest('.for-screen-readers, button:disabled, script')) continue;
    const style = getComputedStyle(element), isSvg = element instanceof SVGElement;
    let back = behind(isSvg ? element.ownerSVGElement : element);
    const phase = isSvg && /on-(phase-\\d)/.exec(element.getAttribute('class'))?.[1];
    if (phase) back = parse(getComputedStyle(element.ownerSVGElement.querySelector(`.${phase}`)).fill).slice(0, 3);
    const front = over(parse(isSvg ? style.fill : style.color), back), contrast = ratio(front, back);
    if (contrast < 4.5) found.push(`${contrast.toFixed(2)}: ${element.tagName}.${element.getAttribute('class') ?? ''} ${element.textContent.trim().slice(0, 30)}`);
  }
  return found;
};";

/// Writes a page into a folder and returns its address.
pub fn page_url(folder: &str, name: &str, html: &str) -> String {
    let path: PathBuf = Path::new(folder).join(name);
    fs::write(&path, html).unwrap();
    format!("file://{}", path.display())
}
