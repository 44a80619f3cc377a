//! A browser's process and its folder. Neither outlives the tests: not when one fails, and not when they are killed.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A wait that takes longer never ends. A busy machine needs a tenth of it.
pub const HANGS: Duration = Duration::from_secs(300);

/// A browser below a shell, which removes the browser's folder when that has ended.
pub struct Process {
    /// The shell: its standard input and output are what the script makes of them.
    pub shell: Child,
    /// All that the browser writes goes there: its profile, and what it takes for its user's home.
    pub folder: TempDir,
}

impl Process {
    /// Starts `script` in a shell, with the browser as `$1`, its folder as `$2`, and `arguments` behind them. The script waits for
    /// the browser, and ends it when its own standard input ends, because then the tests have ended.
    pub fn start(script: &str, browser: &Path, arguments: &[&str], folder: TempDir) -> Self {
        // An interrupt from a terminal reaches the shell too, which still has to remove the folder.
        let script = format!("trap : INT TERM; {script}; rm -rf \"$2\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh"]).arg(browser).arg(folder.path()).args(arguments);
        for variable in [
            "HOME",
            "TMPDIR",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_RUNTIME_DIR",
            "XDG_STATE_HOME",
        ] {
            command.env(variable, folder.path());
        }
        // It neither reads nor writes the settings of the user's desktop.
        command.env("GSETTINGS_BACKEND", "memory").env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        let shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        Self { shell, folder }
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.shell.try_wait().unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let start = Instant::now();
        while self.ended().is_none() && start.elapsed() < HANGS {
            thread::sleep(Duration::from_millis(5));
        }
        if self.ended().is_none() {
            let _ = self.shell.kill();
            let _ = self.shell.wait();
        }
    }
}
