//! Firefox without a driver: it takes commands of its own protocol, Marionette, on a loopback port; each message is JSON with its
//! length and a colon before it.

use crate::pool::{Lent, Pool};
use crate::process::{HANGS, Process};
use crate::{base64, keys};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// A browser with one page, and the windows that the page opens.
pub struct Firefox {
    _process: Process,
    stream: BufReader<TcpStream>,
    last_id: u64,
    /// The window that was opened first.
    first: Value,
    problems: Vec<String>,
}

/// The settings: Firefox chooses a free port for commands, and contacts no server by itself.
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
/// Firefox does not notice that its tests are gone, as Chromium does. A second shell reads their pipe and then ends it.
const SCRIPT: &str = r#"exec 3<&0
export MOZ_CRASHREPORTER_DISABLE=1
export MOZ_REMOTE_SETTINGS_DEVTOOLS=1 # else it keeps to its own server for settings
"$1" --headless --marionette --remote-allow-system-access --no-remote --profile "$2" 3<&- </dev/null >/dev/null 2>&1 &
browser=$!
{ read -r _ <&3; kill "$browser"; } >/dev/null 2>&1 &
wait "$browser"
kill "$!" "$browser" 2>/dev/null
wait"#;

/// One for all tests: it takes seconds to start.
pub static POOL: Pool<Firefox> = Pool::new(&crate::USERS, 1);

/// Firefox asks for things too; a request is the page's where a file asked.
const WATCH: &str = "window.asked = [];
    window.watch = { observe(channel) {
        channel.QueryInterface(Ci.nsIChannel);
        if (channel.loadInfo.triggeringPrincipal?.spec?.startsWith('file:')) window.asked.push(`network: ${channel.URI.spec}`);
    } };
    Services.obs.addObserver(window.watch, 'http-on-modify-request');";
/// A window of the browser's own holds what was asked for; each of these gives what is new, and forgets it.
const ASKED: &str =
    "return [...Services.wm.getEnumerator('navigator:browser')].flatMap((window) => window.asked?.splice(0) ?? []);";
const EXCEPTIONS: &str = "const found = Services.console.getMessageArray()
        .filter((message) => message instanceof Ci.nsIScriptError && !(message.flags & Ci.nsIScriptError.warningFlag) && message.sourceName.startsWith('file:'))
        .map((message) => `exception: ${message.sourceName}: ${message.errorMessage}`);
    Services.console.reset();
    return found;";
/// Firefox's own scripts work in the page's process too, and complain, of an empty icon for one.
const CONSOLE: &str = "const storage = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
    const found = storage.getEvents().filter((event) => event.level === 'error' && !/^(resource|chrome):/.test(event.filename)).map((event) => `console: ${event.arguments.join(' ')}`);
    storage.clearEvents();
    return found;";

impl Firefox {
    /// Opens a page in a window of that size; `None` if there is no such browser.
    pub fn open(url: &str, width: u32, height: u32) -> Option<Lent<Self>> {
        let program = crate::find_or_skip("Firefox", &["firefox-esr", "firefox"])?;
        let mut browser = POOL.lend(|| Self::start(&program));
        browser.begin();
        browser.resize(width, height);
        browser.navigate(url);
        Some(browser)
    }

    fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        fs::write(profile.path().join("user.js"), PREFERENCES).unwrap();
        let mut process = Process::start(SCRIPT, program, &[], profile);
        let start = Instant::now();
        let stream = loop {
            let port = fs::read_to_string(process.folder.path().join("MarionetteActivePort")).ok();
            let port = port.and_then(|port| port.trim().parse::<u16>().ok());
            if let Some(Ok(stream)) = port.map(|port| TcpStream::connect(("127.0.0.1", port))) {
                break stream;
            }
            let has_ended = process.ended();
            assert!(start.elapsed() < HANGS && has_ended.is_none(), "Firefox does not answer: {has_ended:?}");
            thread::sleep(Duration::from_millis(50));
        };
        stream.set_read_timeout(Some(HANGS)).unwrap();
        let stream = BufReader::new(stream);
        let (first, problems) = (Value::Null, Vec::new());
        let mut browser = Self { _process: process, stream, last_id: 0, first, problems };
        browser.message(); // its greeting
        browser.call(
            "WebDriver:NewSession",
            json!({ "capabilities": { "alwaysMatch": { "unhandledPromptBehavior": "accept" } } }),
        );
        browser.first = browser.call("WebDriver:GetWindowHandle", json!({}));
        browser.privileged("chrome", WATCH);
        browser
    }

    /// Leaves nothing of the test before, and shows an empty page.
    fn begin(&mut self) {
        let handles = self.call("WebDriver:GetWindowHandles", json!({}));
        let first = self.first.clone();
        for handle in handles.as_array().into_iter().flatten().filter(|handle| **handle != first) {
            self.call("WebDriver:SwitchToWindow", json!({ "handle": handle }));
            self.call("WebDriver:CloseWindow", json!({}));
        }
        self.back();
        self.navigate("about:blank");
        self.collect();
        self.problems.clear();
    }

    /// Goes to another page.
    pub fn navigate(&mut self, url: &str) {
        self.collect(); // a page takes its console along
        self.call("WebDriver:Navigate", json!({ "url": url }));
    }

    /// Gives the page that much room: the window has a frame around it.
    pub fn resize(&mut self, width: u32, height: u32) {
        let frame = self.evaluate("[outerWidth - innerWidth, outerHeight - innerHeight]");
        let frame: Vec<u64> = frame.as_array().unwrap().iter().map(|size| size.as_u64().unwrap()).collect();
        let size = json!({ "width": u64::from(width) + frame[0], "height": u64::from(height) + frame[1] });
        self.call("WebDriver:SetWindowRect", size);
        self.wait_for(&format!("innerWidth === {width} && innerHeight === {height}"));
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

    /// Returns the value of an expression of JavaScript. The page's own `const`s are in reach of an inserted script alone. Statements
    /// need `eval`, which a page with a security policy forbids.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let script = "const script = document.createElement('script');
            const policy = document.querySelector('meta[http-equiv=\"Content-Security-Policy\"]');
            const value = policy ? arguments[0] : `eval(${JSON.stringify(arguments[0])})`;
            script.textContent = `window.answer = (() => { try { return [${value}] } catch (error) { return String(error) } })()`;
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
            assert!(start.elapsed() < HANGS, "never true: {expression}");
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Presses a key and lets it go.
    pub fn press(&mut self, key: &str) {
        let value = keys::webdriver(key);
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

    /// Clicks into the middle of an element.
    pub fn click(&mut self, selector: &str) {
        let found = self.call("WebDriver:FindElement", json!({ "using": "css selector", "value": selector }));
        let id = found.as_object().and_then(|reference| reference.values().next()).unwrap();
        self.call("WebDriver:ElementClick", json!({ "id": id }));
    }

    /// What the window shows, as PNG.
    pub fn screenshot(&mut self, path: &Path) {
        let picture = self.call("WebDriver:TakeScreenshot", json!({ "full": false }));
        fs::write(path, base64(picture.as_str().unwrap())).unwrap();
    }

    /// Goes on in the window that was opened first.
    pub fn back(&mut self) {
        self.call("WebDriver:SwitchToWindow", json!({ "handle": self.first }));
    }

    /// Goes on in the window whose address contains this.
    pub fn switch_to(&mut self, address: &str) {
        let start = Instant::now();
        loop {
            let handles = self.call("WebDriver:GetWindowHandles", json!({}));
            for handle in handles.as_array().into_iter().flatten() {
                self.call("WebDriver:SwitchToWindow", json!({ "handle": handle }));
                // A window has an address before it has more than an empty page.
                let script = "return document.readyState === 'complete' && location.href.includes(arguments[0])";
                let is_it = json!({ "script": script, "args": [address] });
                if self.call("WebDriver:ExecuteScript", is_it) == true {
                    return;
                }
            }
            assert!(start.elapsed() < HANGS, "no window with {address}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs with the browser's own rights: in its process (`chrome`), or in the page's (`content`).
    fn privileged(&mut self, context: &str, script: &str) -> Value {
        self.call("Marionette:SetContext", json!({ "value": context }));
        let sandbox = if context == "content" { json!("system") } else { Value::Null };
        let answer = self.call("WebDriver:ExecuteScript", json!({ "script": script, "args": [], "sandbox": sandbox }));
        self.call("Marionette:SetContext", json!({ "value": "content" }));
        answer
    }

    fn collect(&mut self) {
        for (context, script) in [("chrome", EXCEPTIONS), ("chrome", ASKED), ("content", CONSOLE)] {
            let found = self.privileged(context, script);
            let found = found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_string);
            self.problems.extend(found);
        }
    }

    /// Exceptions, errors on the console, and requests to anywhere but the disk, so far.
    pub fn problems(&mut self) -> Vec<String> {
        self.collect();
        self.problems.clone()
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let request = json!([0, 0, "Marionette:Quit", { "flags": ["eForceQuit"] }]).to_string();
        let _ = self.stream.get_mut().write_all(format!("{}:{request}", request.len()).as_bytes());
    }
}
