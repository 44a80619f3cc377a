//! Firefox without a driver: it takes commands of its own protocol, Marionette, on a loopback port; each message is JSON with its
//! length and a colon before it.

use serde_json::{Value, json};
use std::fs;
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A browser with one window.
pub struct Firefox {
    process: Child,
    stream: BufReader<TcpStream>,
    last_id: u64,
    _profile: TempDir,
}

/// A port of its own choice, and no word to anybody.
const PREFERENCES: &str = r#"
user_pref("marionette.port", 0);
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.disable_open_during_load", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
"#;
const PATIENCE: Duration = Duration::from_secs(60);

impl Firefox {
    /// Opens a page in a window of that size; `None` if there is no such browser.
    pub fn open(url: &str, width: u32, height: u32) -> Option<Self> {
        let program = crate::find_or_skip("Firefox", &["firefox-esr", "firefox"])?;
        let profile = tempfile::tempdir().unwrap();
        fs::write(profile.path().join("user.js"), PREFERENCES).unwrap();
        let mut process = Command::new(program)
            .args(["--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile"])
            .arg(profile.path())
            .env("HOME", profile.path())
            .env("MOZ_CRASHREPORTER_DISABLE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        let stream = loop {
            let port = fs::read_to_string(profile.path().join("MarionetteActivePort")).ok();
            let port = port.and_then(|port| port.trim().parse::<u16>().ok());
            if let Some(Ok(stream)) = port.map(|port| TcpStream::connect(("127.0.0.1", port))) {
                break stream;
            }
            let has_ended = process.try_wait().unwrap();
            assert!(start.elapsed() < PATIENCE && has_ended.is_none(), "Firefox does not answer: {has_ended:?}");
            thread::sleep(Duration::from_millis(50));
        };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut browser = Self { process, stream: BufReader::new(stream), last_id: 0, _profile: profile };
        browser.message(); // its greeting
        browser.call(
            "WebDriver:NewSession",
            json!({ "capabilities": { "alwaysMatch": { "unhandledPromptBehavior": "accept" } } }),
        );
        browser.call("WebDriver:SetWindowRect", json!({ "width": width, "height": height }));
        let inner = browser.evaluate("[innerWidth, innerHeight]");
        let extra = [u64::from(width), u64::from(height)].into_iter().zip([&inner[0], &inner[1]]);
        let extra: Vec<u64> = extra.map(|(wanted, is)| 2 * wanted - is.as_u64().unwrap_or(wanted)).collect();
        browser.call("WebDriver:SetWindowRect", json!({ "width": extra[0], "height": extra[1] }));
        browser.call("WebDriver:Navigate", json!({ "url": url }));
        Some(browser)
    }

    fn message(&mut self) -> Value {
        let mut length = 0_usize;
        loop {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            match byte[0] {
                b':' => break,
                digit => length = length * 10 + usize::from(digit - b'0'),
            }
        }
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// Sends a command and waits for its answer.
    pub fn call(&mut self, command: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let request = json!([0, self.last_id, command, parameters]).to_string();
        self.stream.get_mut().write_all(format!("{}:{request}", request.len()).as_bytes()).unwrap();
        let answer = self.message();
        assert!(answer[2].is_null(), "{command}: {}", answer[2]);
        if answer[3].is_array() { answer[3].clone() } else { answer[3]["value"].clone() }
    }

    /// The value of an expression of JavaScript. The page's own `const`s are in reach of an inserted script alone.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let script = "const script = document.createElement('script');
            script.textContent = `window.answer = (() => { try { return [eval(${JSON.stringify(arguments[0])})] } catch (error) { return String(error) } })()`;
            document.head.append(script); script.remove();
            return window.wrappedJSObject ? window.wrappedJSObject.answer : window.answer;";
        let answer =
            self.call("WebDriver:ExecuteScript", json!({ "script": script, "args": [expression], "sandbox": null }));
        assert!(answer.is_array(), "{expression}: {answer}");
        answer[0].clone()
    }

    /// The same as text.
    pub fn text(&mut self, expression: &str) -> String {
        self.evaluate(expression).as_str().unwrap_or_default().to_string()
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, expression: &str) {
        let start = Instant::now();
        while self.evaluate(expression) != true {
            assert!(start.elapsed() < PATIENCE, "never true: {expression}");
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Presses a key and lets it go.
    pub fn press(&mut self, key: &str) {
        // Keys without a character have a place of their own in the WebDriver standard (section 17.4.2).
        let value = match key {
            "PageUp" => "\u{e00e}",
            "PageDown" => "\u{e00f}",
            "End" => "\u{e010}",
            "Home" => "\u{e011}",
            "ArrowLeft" => "\u{e012}",
            "ArrowRight" => "\u{e014}",
            character => character,
        };
        let actions = [json!({ "type": "keyDown", "value": value }), json!({ "type": "keyUp", "value": value })];
        self.call(
            "WebDriver:PerformActions",
            json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        );
    }

    /// Presses several keys, a character each.
    pub fn press_all(&mut self, keys: &str) {
        keys.chars().for_each(|key| self.press(&key.to_string()));
    }

    /// Goes on in the window whose address contains this.
    pub fn switch_to(&mut self, address: &str) {
        let start = Instant::now();
        loop {
            let handles = self.call("WebDriver:GetWindowHandles", json!({}));
            for handle in handles.as_array().into_iter().flatten() {
                self.call("WebDriver:SwitchToWindow", json!({ "handle": handle }));
                if self.call("WebDriver:GetCurrentURL", json!({})).as_str().is_some_and(|url| url.contains(address)) {
                    return;
                }
            }
            assert!(start.elapsed() < PATIENCE, "no window with {address}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Errors of scripts that came from the disk, so far.
    pub fn problems(&mut self) -> Vec<String> {
        self.call("Marionette:SetContext", json!({ "value": "chrome" }));
        let script = "return Services.console.getMessageArray()
            .filter((message) => message instanceof Ci.nsIScriptError && !(message.flags & Ci.nsIScriptError.warningFlag) && message.sourceName.startsWith('file:'))
            .map((message) => `${message.sourceName}: ${message.errorMessage}`);";
        let problems = self.call("WebDriver:ExecuteScript", json!({ "script": script, "args": [] }));
        self.call("Marionette:SetContext", json!({ "value": "content" }));
        problems.as_array().into_iter().flatten().filter_map(|problem| problem.as_str().map(str::to_string)).collect()
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let request = json!([0, 0, "Marionette:Quit", { "flags": ["eForceQuit"] }]).to_string();
        let _ = self.stream.get_mut().write_all(format!("{}:{request}", request.len()).as_bytes());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

mod tests {
    use super::*;
    use crate::pages::{deck_url, stepper_url};

    #[test]
    fn firefox_opens_the_deck_steps_and_throws_nothing() {
        let Some(mut browser) = Firefox::open(deck_url(), 1280, 720) else { return };
        browser.evaluate(crate::layout::CHECKS);
        let count = browser.evaluate("slides.length").as_u64().unwrap();
        browser.press("PageDown");
        assert_eq!(browser.text("location.hash"), "#2");
        browser.press("End");
        assert_eq!(browser.text("location.hash"), format!("#{count}"));
        browser.evaluate("show(Number(document.querySelector('lane-stepper[data-name=\"lose-an-update\"]').closest('.slide').dataset.number) - 1)");
        browser.press("PageDown");
        for _ in 0..4 {
            browser.press("PageDown");
        }
        let says = "stepper().querySelector('.says').textContent";
        assert!(browser.text(says).contains("4 of 6 schedules end here."), "{}", browser.text(says));
        browser.press_all("y1221");
        assert!(browser.text(says).contains("You did it!"));
        assert!(browser.text("location.hash").ends_with("?s=1221"));
        // Nothing is cut off here either; another browser has other letters.
        let mut problems = Vec::new();
        for slide in 0..count {
            browser.evaluate(&format!("show({slide}); stepper()?.toEnd()"));
            let found = browser.evaluate("cramped()");
            problems.extend(found.as_array().unwrap().iter().map(|problem| format!("slide {}: {problem}", slide + 1)));
        }
        assert_eq!(problems, [""; 0]);
        browser.press("s");
        browser.switch_to("?speaker");
        browser.wait_for("document.getElementById('plan') !== null");
        browser.press("Home");
        browser.wait_for("current === 0");
        browser.switch_to("deck.html#");
        browser.wait_for("current === 0");
        assert_eq!(browser.problems(), [""; 0]);
    }

    #[test]
    fn firefox_shows_the_steppers_alone() {
        let Some(mut browser) = Firefox::open(stepper_url(), 1100, 900) else { return };
        browser.evaluate("document.getElementById('lose-an-update').focus()");
        browser.press_all("y1221");
        assert!(browser.text("steppers[0].querySelector('.says').textContent").contains("You did it!"));
        assert_eq!(browser.problems(), [""; 0]);
    }
}
