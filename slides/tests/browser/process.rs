//! A browser's process: it does not outlive its test, not even one that fails while the browser starts.

use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// Ended by its own id when dropped; the processes that it started end when they lose it.
pub struct Process(pub Child);

impl Process {
    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap_or_default()
    }

    /// For one that was asked to close: then it takes its own processes along, and leaves its profile in peace.
    pub fn wait_a_while(&mut self) {
        let start = Instant::now();
        while self.ended().is_none() && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}
