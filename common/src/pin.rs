//! Binds workers to CPUs, so that the scheduler cannot run two threads in turn on one CPU.

use crate::machine;

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
        Self { cpus: if requested && Self::SUPPORTED { machine::allowed_cpus() } else { Vec::new() } }
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

/// Binds the calling thread to one CPU. If the CPU has been taken offline, the thread stays where it was.
#[cfg(target_os = "linux")]
pub fn bind_this_thread(cpu: usize) {
    // SAFETY: a cpu_set_t is an array of integers, for which all zeros is a value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    if cpu < libc::CPU_SETSIZE as usize {
        // SAFETY: CPU_SET writes one bit of the set, and the number was checked against its size.
        unsafe { libc::CPU_SET(cpu, &mut set) };
        // SAFETY: the pointer is to a set of the size that is passed with it; 0 means this thread.
        unsafe { libc::sched_setaffinity(0, size_of_val(&set), &set) };
    }
}

/// Binds the calling thread to one CPU. If the CPU has been taken offline, the thread stays where it was.
#[cfg(windows)]
pub fn bind_this_thread(cpu: usize) {
    use windows_sys::Win32::System::Threading::{GetCurrentThread, SetThreadAffinityMask};
    if cpu < usize::BITS as usize {
        // SAFETY: the handle is the thread's own pseudo handle, and a mask is an integer.
        unsafe { SetThreadAffinityMask(GetCurrentThread(), 1 << cpu) };
    }
}

/// Does nothing: this system cannot bind a thread to a CPU.
#[cfg(not(any(target_os = "linux", windows)))]
pub fn bind_this_thread(_cpu: usize) {}

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
    #[cfg(target_os = "linux")]
    fn a_pinned_thread_may_run_on_one_cpu_only() {
        let allowed = std::thread::spawn(|| {
            Pin::new(true).worker(0);
            machine::allowed_cpus()
        });
        assert_eq!(allowed.join().unwrap(), machine::allowed_cpus()[..1]);
    }
}
