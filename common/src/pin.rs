//! Binds workers to CPUs, so that the scheduler cannot run two threads in turn on one CPU.

use crate::machine;
use std::sync::OnceLock;
use std::thread;

/// The CPUs that the workers of a run are bound to: one CPU each in turn with `--pin`, none without.
#[derive(Clone, Debug)]
pub struct Pin {
    cpus: Vec<usize>,
}

impl Pin {
    /// Whether this system can bind a thread to a CPU.
    pub const SUPPORTED: bool = cfg!(any(target_os = "linux", windows));

    /// Chooses the CPUs. `requested` is the value of `--pin`.
    pub fn new(requested: bool) -> Self {
        Self { cpus: if requested && Self::works() { machine::allowed_cpus() } else { Vec::new() } }
    }

    /// Returns whether this process can bind its threads. A sandbox may refuse what the system supports. The answer comes from
    /// a thread that ends at once, so no other thread is bound.
    pub fn works() -> bool {
        static WORKS: OnceLock<bool> = OnceLock::new();
        *WORKS.get_or_init(|| Self::SUPPORTED && works_with(machine::allowed_cpus().first().copied(), bind_this_thread))
    }

    /// Returns the CPU of worker `index`, counted from 0; workers beyond the number of CPUs start over. `None` without
    /// `--pin`.
    pub fn cpu_of(&self, index: usize) -> Option<usize> {
        (!self.cpus.is_empty()).then(|| self.cpus[index % self.cpus.len()])
    }

    /// Binds the calling thread to the CPU of worker `index`; does nothing without `--pin`.
    pub fn worker(&self, index: usize) {
        if let Some(cpu) = self.cpu_of(index) {
            bind_this_thread(cpu);
        }
    }
}

fn works_with(cpu: Option<usize>, bind: fn(usize) -> bool) -> bool {
    let try_it = |cpu| thread::Builder::new().spawn(move || bind(cpu)).ok()?.join().ok();
    cpu.and_then(try_it).unwrap_or(false)
}

/// Binds the calling thread to one CPU, and returns whether the system did so. If it refuses, or if the CPU has been taken
/// offline, the thread stays where it was.
#[cfg(target_os = "linux")]
pub fn bind_this_thread(cpu: usize) -> bool {
    // SAFETY: a cpu_set_t is an array of integers, for which all zeros is a value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    if cpu >= libc::CPU_SETSIZE as usize {
        return false;
    }
    // SAFETY: CPU_SET writes one bit of the set, and the number was checked against its size.
    unsafe { libc::CPU_SET(cpu, &mut set) };
    // SAFETY: the pointer is to a set of the size that is passed with it; 0 means this thread.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &set) == 0 }
}

/// Binds the calling thread to one CPU, and returns whether the system did so. If it refuses, or if the CPU has been taken
/// offline, the thread stays where it was.
#[cfg(windows)]
pub fn bind_this_thread(cpu: usize) -> bool {
    use windows_sys::Win32::System::Threading::{GetCurrentThread, SetThreadAffinityMask};
    // SAFETY: the handle is the thread's own pseudo handle, and a mask is an integer.
    cpu < usize::BITS as usize && unsafe { SetThreadAffinityMask(GetCurrentThread(), 1 << cpu) } != 0
}

/// Returns false: this system cannot bind a thread to a CPU.
#[cfg(not(any(target_os = "linux", windows)))]
pub fn bind_this_thread(_cpu: usize) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_take_the_cpus_in_turn() {
        let pin = Pin { cpus: vec![3, 5] };
        assert_eq!((pin.cpu_of(0), pin.cpu_of(1), pin.cpu_of(2)), (Some(3), Some(5), Some(3)));
        assert_eq!(Pin::new(false).cpu_of(0), None);
    }

    #[test]
    fn a_system_that_refuses_to_bind_a_thread_is_noticed() {
        assert!(works_with(Some(0), |_| true));
        assert!(!works_with(Some(0), |_| false));
        assert!(!works_with(None, |_| true));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_pinned_thread_may_run_on_one_cpu_only() {
        let allowed = thread::spawn(|| {
            Pin::new(true).worker(0);
            machine::allowed_cpus()
        });
        assert_eq!(allowed.join().unwrap(), machine::allowed_cpus()[..1]);
    }
}
