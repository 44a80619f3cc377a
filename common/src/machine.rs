//! The machine that a report was measured on, and the resources that this process may use.

use crate::{optimization, warning::Warning};
use serde_json::{Value, json};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::{fs, thread};

/// The machine as a report describes it.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The number of CPUs that are switched on.
    pub cpus_online: usize,
    /// The number of CPUs that this process may run on (its affinity mask).
    pub cpus_allowed: usize,
    /// The CPU quota of the control group, in CPUs, if it sets one.
    pub cgroup_cpus: Option<f64>,
    /// The name of the CPU model.
    pub model: String,
}

impl Machine {
    /// Queries the operating system.
    pub fn detect() -> Self {
        Self {
            cpus_online: system::cpus_online().unwrap_or_else(available_parallelism),
            cpus_allowed: allowed_cpus().len(),
            cgroup_cpus: cgroup_cpus(Path::new("/proc/self/cgroup"), Path::new("/sys/fs/cgroup")),
            model: system::model().unwrap_or_else(|| "unknown".into()),
        }
    }

    /// Returns how many threads of this process can really run at the same time: at least one.
    pub fn effective_cpus(&self) -> usize {
        let granted = self.cgroup_cpus.map_or(usize::MAX, |cpus| cpus.ceil() as usize);
        self.cpus_allowed.min(granted).max(1)
    }

    /// Returns warnings about this machine, such as too few CPUs, that change what the figures mean.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.effective_cpus() == 1 {
            warnings.push(Warning::OneCpu);
        }
        if let Some(granted) = self.cgroup_cpus.filter(|&granted| granted < self.cpus_allowed as f64) {
            warnings.push(Warning::CpuQuota { granted, allowed: self.cpus_allowed });
        }
        if !optimization::found() {
            warnings.push(Warning::Unoptimized);
        }
        warnings
    }

    /// Formats the `machine` of `labs/report/1`.
    pub fn to_json(&self) -> Value {
        json!({
            "cpus_online": self.cpus_online,
            "cpus_allowed": self.cpus_allowed,
            "cgroup_cpus": self.cgroup_cpus,
            "model": self.model,
            "os": std::env::consts::OS,
            "profile": profile(),
            "optimized": optimization::found(),
        })
    }
}

/// Returns the cargo profile that the labs were built with: `dev` or `release`.
pub fn profile() -> &'static str {
    if env!("LABS_PROFILE") == "release" { "release" } else { "dev" }
}

/// Returns the default number of workers: as many as can run at the same time.
pub fn available_parallelism() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Returns the numbers of the CPUs that this process may run on.
pub fn allowed_cpus() -> Vec<usize> {
    system::allowed_cpus().unwrap_or_else(|| (0..available_parallelism()).collect())
}

/// Returns how many bytes of memory are available without swapping; `None` where the system does not say. The limits of
/// this process count (`ulimit -v`), and those of its control groups.
pub fn available_memory() -> Option<u64> {
    let free = system::available_memory()?;
    let granted = cgroup_memory(Path::new("/proc/self/cgroup"), Path::new("/sys/fs/cgroup"));
    [granted, system::available_addresses()].into_iter().flatten().chain([free]).min()
}

/// Makes a write beyond the limit on file sizes (`ulimit -f`) an error with a message. By default it ends the process without
/// one. Shared memory counts as a file.
pub fn report_large_files() {
    system::report_large_files();
}

/// Returns the page faults of this process so far that needed no disk: first accesses to pages that are in memory, but
/// not yet in this process's page table. `None` where the system does not say.
pub fn page_faults() -> Option<u64> {
    system::page_faults()
}

/// Returns the tightest CPU quota from this process's control group up to the root, in CPUs. Version 2 writes `quota
/// period` to `cpu.max` (Linux, Documentation/admin-guide/cgroup-v2.rst), version 1 to two files; both count
/// microseconds.
fn cgroup_cpus(membership: &Path, root: &Path) -> Option<f64> {
    let quota = |folder: &PathBuf| -> Option<f64> {
        let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
        let (quota, period) = match read("cpu.max") {
            Some(text) => text.trim().split_once(' ').map(|(quota, period)| (quota.to_string(), period.to_string()))?,
            None => (read("cpu.cfs_quota_us")?.trim().to_string(), read("cpu.cfs_period_us")?.trim().to_string()),
        };
        let (quota, period): (f64, f64) = (quota.parse().ok()?, period.parse().ok()?);
        (quota > 0.0 && period > 0.0).then_some(quota / period)
    };
    cgroups(membership, root, "cpu").iter().filter_map(quota).min_by(f64::total_cmp)
}

/// Returns the smallest number of bytes that a control group still grants, from this process's group up to the root.
/// Version 1 writes a number near 2^63 for no limit. A group's usage contains files that the kernel can drop; those that
/// were not used lately do not count.
fn cgroup_memory(membership: &Path, root: &Path) -> Option<u64> {
    let granted = |folder: &PathBuf| -> Option<u64> {
        let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
        let number = |file: &str| read(file)?.trim().parse::<u64>().ok();
        let limit = number("memory.max").or_else(|| number("memory.limit_in_bytes"))?;
        let used = number("memory.current").or_else(|| number("memory.usage_in_bytes")).unwrap_or(0);
        let stat = read("memory.stat").unwrap_or_default();
        let stat = |name: &str| stat.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        let files: u64 = stat("total_inactive_file").or_else(|| stat("inactive_file")).unwrap_or(0);
        Some(limit.saturating_sub(used.saturating_sub(files)))
    };
    cgroups(membership, root, "memory").iter().filter_map(granted).min()
}

/// Returns the folders of this process's control groups of a controller, each up to the root of its hierarchy. In a
/// container the group's path may be that of the host; then the root's folder is the container's.
fn cgroups(membership: &Path, root: &Path, controller: &str) -> Vec<PathBuf> {
    let membership = fs::read_to_string(membership).unwrap_or_default();
    let hierarchy = |line: &str| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?.trim_start_matches('/').to_string());
        let root = match controllers {
            "" => root.to_path_buf(),
            _ if controllers.split(',').any(|name| name == controller) => root.join(controller),
            _ => return None,
        };
        let folder = root.join(path);
        Some(
            folder
                .ancestors()
                .take_while(|folder| folder.starts_with(&root))
                .map(Path::to_path_buf)
                .collect::<Vec<_>>(),
        )
    };
    membership.lines().filter_map(hierarchy).flatten().collect()
}

#[cfg(unix)]
mod system {
    use std::{fs, process::Command};

    pub fn cpus_online() -> Option<usize> {
        // SAFETY: sysconf reads a setting and touches no memory of this program.
        let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
        usize::try_from(count).ok().filter(|&count| count > 0)
    }

    #[cfg(target_os = "linux")]
    pub fn allowed_cpus() -> Option<Vec<usize>> {
        // SAFETY: a cpu_set_t is an array of integers, for which all zeros is a value.
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a set of the size that is passed with it; 0 means this thread.
        let failed = unsafe { libc::sched_getaffinity(0, size_of_val(&set), &mut set) } != 0;
        // SAFETY: CPU_ISSET reads one bit of the set, and the number stays below CPU_SETSIZE.
        let is_set = |cpu: &usize| unsafe { libc::CPU_ISSET(*cpu, &set) };
        (!failed).then(|| (0..libc::CPU_SETSIZE as usize).filter(is_set).collect())
    }

    #[cfg(not(target_os = "linux"))]
    pub fn allowed_cpus() -> Option<Vec<usize>> {
        None
    }

    pub fn available_memory() -> Option<u64> {
        if let Ok(text) = fs::read_to_string("/proc/meminfo") {
            let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
            let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
            return Some(kibibytes * 1024);
        }
        // Elsewhere: all the memory there is, which is an upper limit.
        // SAFETY: sysconf reads a setting and touches no memory of this program.
        let (pages, page) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
        u64::try_from(pages).ok()?.checked_mul(u64::try_from(page).ok()?)
    }

    /// Returns how many bytes this process may still map. `None` without a limit.
    pub fn available_addresses() -> Option<u64> {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the pointer is to a local structure.
        let found = unsafe { libc::getrlimit(libc::RLIMIT_AS, &mut limit) } == 0;
        if !found || limit.rlim_cur == libc::RLIM_INFINITY {
            return None;
        }
        let pages = fs::read_to_string("/proc/self/statm").ok();
        let pages = pages.and_then(|text| text.split(' ').next()?.parse::<u64>().ok()).unwrap_or(0);
        // SAFETY: sysconf reads a setting and touches no memory of this program.
        let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(0);
        Some(limit.rlim_cur.saturating_sub(pages * page))
    }

    pub fn report_large_files() {
        // SAFETY: to ignore a signal runs no code when it arrives, and no other code of the labs handles this one.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    }

    pub fn page_faults() -> Option<u64> {
        // SAFETY: a rusage is made of integers, for which all zeros is a value.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a local structure.
        let found = unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) } == 0;
        u64::try_from(usage.ru_minflt).ok().filter(|_| found)
    }

    pub fn model() -> Option<String> {
        if let Ok(text) = fs::read_to_string("/proc/cpuinfo") {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            return Some(line.split_once(':')?.1.trim().to_string());
        }
        let output = Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]).output().ok()?;
        Some(String::from_utf8(output.stdout).ok()?.trim().to_string()).filter(|name| !name.is_empty())
    }
}

#[cfg(windows)]
mod system {
    use windows_sys::Win32::System::SystemInformation::{GlobalMemoryStatusEx, MEMORYSTATUSEX};
    use windows_sys::Win32::System::Threading::{GetCurrentProcess, GetProcessAffinityMask};

    fn affinity() -> Option<(usize, usize)> {
        let (mut process, mut system) = (0, 0);
        // SAFETY: both pointers are to local integers; the handle is the process's own pseudo handle.
        let found = unsafe { GetProcessAffinityMask(GetCurrentProcess(), &mut process, &mut system) } != 0;
        found.then_some((process, system))
    }

    pub fn cpus_online() -> Option<usize> {
        affinity().map(|(_, system)| system.count_ones() as usize)
    }

    pub fn allowed_cpus() -> Option<Vec<usize>> {
        let (process, _) = affinity()?;
        Some((0..usize::BITS as usize).filter(|cpu| process >> cpu & 1 == 1).collect())
    }

    pub fn available_addresses() -> Option<u64> {
        None
    }

    pub fn report_large_files() {}

    pub fn available_memory() -> Option<u64> {
        let mut status = MEMORYSTATUSEX { dwLength: size_of::<MEMORYSTATUSEX>() as u32, ..Default::default() };
        // SAFETY: the pointer is to a local structure that carries its own length.
        let found = unsafe { GlobalMemoryStatusEx(&mut status) } != 0;
        found.then_some(status.ullAvailPhys)
    }

    pub fn page_faults() -> Option<u64> {
        None
    }

    pub fn model() -> Option<String> {
        std::env::var("PROCESSOR_IDENTIFIER").ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_groups<T>(membership: &str, files: &[(&str, &str)], read: fn(&Path, &Path) -> T) -> T {
        static FOLDERS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = FOLDERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("labs-cgroup-{}-{number}", std::process::id()));
        for (path, text) in files.iter().chain([&("membership", membership)]) {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
        let found = read(&root.join("membership"), &root.join("fs"));
        fs::remove_dir_all(&root).unwrap();
        found
    }

    fn quota(membership: &str, files: &[(&str, &str)]) -> Option<f64> {
        in_groups(membership, files, cgroup_cpus)
    }

    fn memory(membership: &str, files: &[(&str, &str)]) -> Option<u64> {
        in_groups(membership, files, cgroup_memory)
    }

    #[test]
    fn the_group_that_grants_the_least_memory_counts() {
        let files = [
            ("fs/a/memory.max", "1000\n"),
            ("fs/a/memory.current", "400\n"),
            ("fs/a/b/memory.max", "max\n"),
            ("fs/a/b/memory.current", "100\n"),
        ];
        assert_eq!(memory("0::/a/b\n", &files), Some(600), "a limit above the group of the process");
        assert_eq!(memory("0::/\n", &[("fs/memory.max", "500")]), Some(500));
        assert_eq!(memory("0::/a\n", &[("fs/a/memory.max", "max")]), None);
        assert_eq!(memory("0::/gone\n", &[("fs/memory.max", "500")]), Some(500), "a container sees its own root alone");
        let full = [("fs/memory.max", "500"), ("fs/memory.current", "600")];
        assert_eq!(memory("0::/\n", &full), Some(0));
        let cached = [full[0], full[1], ("fs/memory.stat", "anon 300\ninactive_file 300\nactive_file 7\n")];
        assert_eq!(memory("0::/\n", &cached), Some(200), "the kernel can drop files");
    }

    #[test]
    fn the_memory_of_the_first_version_is_read_too() {
        let files = [
            ("fs/memory/x/y/memory.limit_in_bytes", "9223372036854771712\n"),
            ("fs/memory/x/y/memory.usage_in_bytes", "300\n"),
            ("fs/memory/x/memory.limit_in_bytes", "1000\n"),
            ("fs/memory/x/memory.usage_in_bytes", "400\n"),
            ("fs/memory/x/memory.stat", "inactive_file 1\ntotal_inactive_file 100\n"),
        ];
        assert_eq!(memory("7:cpu,cpuacct:/\n4:memory:/x/y\n0::/\n", &files), Some(700));
        assert_eq!(memory("4:cpu:/x/y\n", &files), None, "the group of another controller");
    }

    #[test]
    fn the_tightest_quota_on_the_way_to_the_root_counts() {
        let files = [("fs/a/cpu.max", "150000 100000\n"), ("fs/a/b/cpu.max", "max 100000\n")];
        assert_eq!(quota("0::/a/b\n", &files), Some(1.5));
        assert_eq!(quota("0::/\n", &[("fs/cpu.max", "50000 100000")]), Some(0.5));
        assert_eq!(quota("0::/a\n", &[("fs/a/cpu.max", "max 100000")]), None);
        assert_eq!(quota("0::/gone\n", &[]), None);
    }

    #[test]
    fn the_first_version_of_control_groups_is_read_too() {
        let files = [("fs/cpu/x/cpu.cfs_quota_us", "200000\n"), ("fs/cpu/x/cpu.cfs_period_us", "100000\n")];
        assert_eq!(quota("7:cpu,cpuacct:/x\n3:memory:/x\n", &files), Some(2.0));
        assert_eq!(
            quota("7:cpu:/x\n", &[("fs/cpu/x/cpu.cfs_quota_us", "-1"), ("fs/cpu/x/cpu.cfs_period_us", "100000")]),
            None
        );
    }

    #[test]
    #[cfg(unix)]
    #[cfg_attr(miri, ignore = "Miri has no getrusage")]
    fn a_first_touch_is_a_page_fault() {
        let before = page_faults().unwrap();
        let mut memory = crate::shared_memory::SharedMemory::create(1 << 24).unwrap();
        // SAFETY: no other process or thread has mapped it.
        unsafe { memory.integers_mut() }.fill(1);
        assert!(page_faults().unwrap() > before);
    }

    #[test]
    fn a_process_may_use_at_least_one_cpu() {
        let machine = Machine { cpus_online: 8, cpus_allowed: 4, cgroup_cpus: Some(0.5), model: String::new() };
        assert_eq!(machine.effective_cpus(), 1);
        assert_eq!(machine.warnings()[..2], [Warning::OneCpu, Warning::CpuQuota { granted: 0.5, allowed: 4 }]);
        assert!(Machine::detect().effective_cpus() >= 1);
    }
}
