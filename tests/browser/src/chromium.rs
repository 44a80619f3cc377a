//! Chromium without a driver: it takes commands of the Chrome DevTools Protocol through a pipe, JSON with a zero byte behind each.

use crate::pool::{Lent, Pool};
use crate::process::{HANGS, Process};
use crate::{base64, keys};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::ChildStdin;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A browser with one page, and the windows that the page opens.
pub struct Chromium {
    _process: Process,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    last_id: u64,
    /// The window that commands go to; `None` is the browser itself.
    session: Option<String>,
    /// By target: one attached to twice would tell everything twice.
    sessions: HashMap<String, String>,
    /// The target of the page that was opened first.
    first: String,
    problems: Vec<String>,
}

const FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
                     --disable-component-update --disable-sync --hide-scrollbars --disable-crash-reporter \
                     --disable-dev-shm-usage --remote-debugging-pipe";
/// The protocol's pipes are the descriptors 3 and 4; the shell makes them of ours. The browser ends when its input does.
const SCRIPT: &str = "\"$1\" $3 --user-data-dir=\"$2\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// The browsers that tests pass on to one another.
pub static POOL: Pool<Chromium> = Pool::new(&crate::USERS, usize::MAX);

/// What a session has to tell of.
const DOMAINS: [&str; 5] = ["Page.enable", "Runtime.enable", "Network.enable", "Log.enable", "Accessibility.enable"];

impl Chromium {
    /// Opens a page in a window of that size; `None` if there is no such browser.
    pub fn open(url: &str, width: u32, height: u32) -> Option<Lent<Self>> {
        let program = crate::find_or_skip("Chromium", &NAMES)?;
        let mut browser = POOL.lend(|| Self::start(&program));
        browser.begin();
        browser.resize(width, height);
        browser.navigate(url);
        Some(browser)
    }

    fn start(program: &Path) -> Self {
        let mut process = Process::start(SCRIPT, program, &[FLAGS], tempfile::tempdir().unwrap());
        let (input, output) = (process.shell.stdin.take(), process.shell.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { break };
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if sender.send(value).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self {
            _process: process,
            input,
            messages,
            last_id: 0,
            session: None,
            sessions: HashMap::new(),
            first: String::new(),
            problems: Vec::new(),
        };
        browser.first_page();
        browser
    }

    /// Opens the page that all tests of this browser have.
    fn first_page(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        self.first = target["targetId"].as_str().unwrap().to_string();
        let pages = json!([{ "type": "page" }]);
        let wait = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": pages });
        self.call("Target.setAutoAttach", wait);
        self.back();
    }

    /// Leaves nothing of the test before: no window, nothing stored, nothing emulated.
    pub fn begin(&mut self) {
        self.session = None;
        let first = self.first.clone();
        let is_other = |target: &&Value| target["type"] == "page" && target["targetId"] != *first;
        let targets = self.call("Target.getTargets", json!({}));
        for target in targets["targetInfos"].as_array().into_iter().flatten().filter(is_other) {
            self.call("Target.closeTarget", json!({ "targetId": target["targetId"] }));
        }
        self.back();
        self.navigate("about:blank");
        self.call("Storage.clearDataForOrigin", json!({ "origin": "file://", "storageTypes": "all" }));
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": false }));
        self.call("Emulation.setEmulatedMedia", json!({ "features": [] }));
        self.call("Page.resetNavigationHistory", json!({}));
        self.problems.clear();
    }

    fn send(&mut self, request: &Value) {
        let input = self.input.as_mut().expect("it is open");
        input.write_all(format!("{request}\0").as_bytes()).unwrap();
    }

    fn attach(&mut self, target: &str) {
        self.session = self.sessions.get(target).cloned();
        if self.session.is_some() {
            return;
        }
        let attached = self.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let session = attached["sessionId"].as_str().unwrap().to_string();
        self.sessions.insert(target.to_string(), session.clone());
        self.session = Some(session);
        for method in DOMAINS {
            self.call(method, json!({}));
        }
    }

    /// A window that the page opens waits until it is watched: what it does first counts too.
    fn watch(&mut self, parameters: &Value) {
        let (target, session) = (&parameters["targetInfo"]["targetId"], &parameters["sessionId"]);
        let (Some(target), Some(session)) = (target.as_str(), session.as_str()) else { return };
        // Those that this driver attached to itself are told of as well.
        if parameters["waitingForDebugger"] != true {
            return;
        }
        self.sessions.insert(target.to_string(), session.to_string());
        for method in DOMAINS.into_iter().chain(["Runtime.runIfWaitingForDebugger"]) {
            let request = json!({ "id": 0, "method": method, "sessionId": session });
            self.send(&request);
        }
    }

    /// Sends a command and waits for its answer.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut request = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.send(&request);
        loop {
            let message = self.messages.recv_timeout(HANGS).unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == self.last_id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    /// What a page must not do.
    fn note(&mut self, message: &Value) {
        let parameters = &message["params"];
        match message["method"].as_str() {
            Some("Target.attachedToTarget") => self.watch(parameters),
            Some("Runtime.exceptionThrown") => {
                self.problems.push(format!("exception: {}", parameters["exceptionDetails"]))
            }
            Some("Runtime.consoleAPICalled") if parameters["type"] == "error" => {
                self.problems.push(format!("console: {}", parameters["args"]));
            }
            Some("Network.requestWillBeSent") => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                if !["file:", "data:", "blob:", "about:"].iter().any(|scheme| url.starts_with(scheme)) {
                    self.problems.push(format!("network: {url}"));
                }
            }
            _ => {}
        }
    }

    /// Exceptions, errors on the console, and requests to anywhere but the disk, so far.
    pub fn problems(&mut self) -> Vec<String> {
        self.call("Runtime.evaluate", json!({ "expression": "0" })); // what happened before has arrived when this has
        self.problems.clone()
    }

    /// Goes to another page.
    pub fn navigate(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
        self.wait_for(&format!(
            "document.readyState === 'complete' && location.href.split('#')[0] === {}.split('#')[0]",
            json!(url)
        ));
    }

    /// Makes the window another size.
    pub fn resize(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// The value of an expression of JavaScript.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", parameters);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
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
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key and lets it go.
    pub fn press(&mut self, key: &str) {
        let code = keys::windows_code(key);
        let mut down = json!({ "type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": code });
        if let Some(text) = keys::text(key) {
            down["type"] = json!("keyDown");
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", down);
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code }));
    }

    /// Presses several keys, a character each.
    pub fn press_all(&mut self, keys: &str) {
        keys.chars().for_each(|key| self.press(&key.to_string()));
    }

    /// Clicks into the middle of an element.
    pub fn click(&mut self, selector: &str) {
        let place = format!(
            "(() => {{ const box = document.querySelector({}).getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] }})()",
            json!(selector)
        );
        let place = self.evaluate(&place);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// A finger that goes from one place to another.
    pub fn swipe(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": true }));
        for (kind, points) in [
            ("touchStart", json!([{ "x": from.0, "y": from.1 }])),
            ("touchMove", json!([{ "x": to.0, "y": to.1 }])),
            ("touchEnd", json!([])),
        ] {
            self.call("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
        }
    }

    /// What the reader's system asks for, as `("prefers-color-scheme", "dark")`.
    pub fn set_media(&mut self, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// What the window shows, as PNG.
    pub fn screenshot(&mut self, path: &Path) {
        let result = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        fs::write(path, base64(result["data"].as_str().unwrap())).unwrap();
    }

    /// The page on paper.
    pub fn pdf(&mut self) -> Vec<u8> {
        let result = self.call("Page.printToPDF", json!({ "preferCSSPageSize": true, "printBackground": true }));
        base64(result["data"].as_str().unwrap())
    }

    /// The nodes that a screen reader is told of.
    pub fn accessibility(&mut self) -> Vec<Value> {
        let tree = self.call("Accessibility.getFullAXTree", json!({}));
        tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true).cloned().collect()
    }

    /// From now on commands go to the window whose address contains this; waits until it is there.
    pub fn switch_to(&mut self, address: &str) {
        let start = Instant::now();
        self.session = None;
        loop {
            let targets = self.call("Target.getTargets", json!({}));
            let all = targets["targetInfos"].as_array().unwrap();
            let is_it = |target: &&Value| {
                target["type"] == "page" && target["url"].as_str().is_some_and(|url| url.contains(address))
            };
            if let Some(target) = all.iter().find(is_it) {
                self.attach(target["targetId"].as_str().unwrap());
                // The browser knows its address before the window has more than an empty page.
                let is_there =
                    format!("document.readyState === 'complete' && location.href.includes({})", json!(address));
                return self.wait_for(&is_there);
            }
            assert!(start.elapsed() < HANGS, "no window with {address}: {targets}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Goes on in the window that was opened first.
    pub fn back(&mut self) {
        self.attach(&self.first.clone());
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let close = b"{\"id\":0,\"method\":\"Browser.close\"}\0";
        let _ = self.input.take().map(|mut input| input.write_all(close));
    }
}
