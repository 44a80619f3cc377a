//! The reduced sandbox, for systems where bubblewrap does not work. A process enters it by itself. Landlock restricts
//! files, executables, signals and sockets, depending on the kernel's version; seccomp allows a list of system calls.
//! It needs no privilege and no namespace.

use anyhow::{Context as _, Result, ensure};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Gid, Signal, Uid, getuid, set_parent_process_death_signal};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
use seccompiler::SeccompCmpArgLen::{Dword, Qword};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// `grade sandbox [--unprivileged] [--strict] [--read PATH] [--write PATH] COMMAND`: enters the sandbox and executes the command.
///
/// # Errors
///
/// The system does not support this sandbox, or the command does not exist.
pub fn enter(arguments: impl IntoIterator<Item = OsString>) -> Result<Infallible> {
    use lexopt::prelude::{Long, Value};
    let (mut sandbox, mut command) = (Reduced::default(), Vec::new());
    let mut arguments = lexopt::Parser::from_args(arguments);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("unprivileged") => sandbox.is_unprivileged = true,
            Long("strict") => sandbox.is_strict = true,
            Long("read") => sandbox.readable.push(arguments.value()?.into()),
            Long("write") => sandbox.writable.push(arguments.value()?.into()),
            Value(program) => {
                command.push(program);
                command.extend(arguments.raw_args()?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let (program, arguments) = command.split_first().context("the command is missing")?;
    // The folder of a submission is closed to other users, so the program is opened before this process leaves root.
    let opened = File::open(program).ok().filter(|_| sandbox.is_unprivileged && Path::new("/proc/self/fd").exists());
    sandbox.enter()?;
    let by_number = opened.as_ref().map(|file| format!("/proc/self/fd/{}", file.as_raw_fd()));
    let mut command = Command::new(by_number.as_ref().map_or(program.as_os_str(), |path| path.as_ref()));
    Err(command.arg0(program).args(arguments).exec()).context("cannot start the command")
}

/// What a process in the sandbox may do.
#[derive(Debug, Default)]
pub struct Reduced {
    /// Files, and folders with all their content, that can be read and executed.
    pub readable: Vec<PathBuf>,
    /// Files and folders that can also be written.
    pub writable: Vec<PathBuf>,
    /// Whether the process gives up the rights of root if root starts it.
    pub is_unprivileged: bool,
    /// Whether only the system calls of a submission's program are allowed. A compiler needs more: it starts a linker.
    pub is_strict: bool,
}

/// The id of the user and of the group that own nothing.
const UNPRIVILEGED: u32 = 65534;

impl Reduced {
    /// Restricts this process permanently; every program that it executes later is restricted too.
    ///
    /// # Errors
    ///
    /// The kernel does not support Landlock or seccomp, or a path does not exist.
    pub fn enter(&self) -> Result<()> {
        // If the grader is killed, the kernel must kill this process too.
        set_parent_process_death_signal(Some(Signal::KILL)).context("cannot tie this process to the grader")?;
        let filter = self.system_calls()?;
        self.landlock()?;
        if self.is_unprivileged && getuid().is_root() {
            let (user, group) = (Uid::from_raw(UNPRIVILEGED), Gid::from_raw(UNPRIVILEGED));
            set_thread_groups(&[]).context("cannot leave root's groups")?;
            set_thread_res_gid(group, group, group).context("cannot leave root's group")?;
            set_thread_res_uid(user, user, user).context("cannot leave root")?;
            // A change of the user resets that request.
            set_parent_process_death_signal(Some(Signal::KILL)).context("cannot tie this process to the grader")?;
        }
        apply_filter(&filter).context("cannot filter system calls (seccomp)")
    }

    fn landlock(&self) -> Result<()> {
        // Best effort: an older kernel enforces those of these access rights that it knows.
        let abi = ABI::V6;
        let read = AccessFs::from_read(abi);
        let all = AccessFs::from_all(abi)
            & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSock | AccessFs::MakeFifo);
        let rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .scope(Scope::from_all(abi))?
            .create()
            .context("cannot create a Landlock ruleset")?
            .add_rules(path_beneath_rules(&self.readable, read))?
            .add_rules(path_beneath_rules(&self.writable, all))?;
        let status = rules.restrict_self().context("cannot restrict this process (Landlock)")?;
        ensure!(status.ruleset != RulesetStatus::NotEnforced, "this kernel has no Landlock");
        Ok(())
    }

    fn system_calls(&self) -> Result<BpfProgram> {
        let mut calls = answering()?;
        let is_own = SeccompCondition::new(0, Dword, SeccompCmpOp::Eq, process::id().into())?;
        let conditions = if self.is_strict { vec![is_own, aborting()?] } else { vec![is_own] };
        calls.insert(libc::SYS_tgkill, vec![SeccompRule::new(conditions)?]);
        if !self.is_strict {
            // `Command::output` sets the child's pipes non-blocking with `ioctl(FIONBIO)`.
            #[allow(clippy::unnecessary_cast)] // musl's constant is an i32
            let non_blocking = libc::FIONBIO as u64;
            calls.insert(libc::SYS_ioctl, when(1, Dword, non_blocking)?);
            calls.insert(libc::SYS_prctl, when(0, Dword, libc::PR_SET_NAME as u64)?);
            calls.extend((calls::OF_TOOLS.iter().chain(calls::OLD_OF_TOOLS)).map(|call| (*call, Vec::new())));
        }
        compiled(calls)
    }
}

/// Returns the filter for a sandbox made by bubblewrap, so that a program in it stays one process with one thread and can
/// reach little of the kernel. It has the kernel's format, instruction by instruction.
///
/// # Errors
///
/// seccomp filters are not supported on this architecture.
pub fn filter() -> Result<Vec<u8>> {
    let mut calls = answering()?;
    // There is no other process to signal: bubblewrap's own first process only waits.
    calls.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![aborting()?])?]);
    calls.insert(libc::SYS_wait4, Vec::new());
    let bytes =
        |of: &seccompiler::sock_filter| [&of.code.to_ne_bytes()[..], &[of.jt, of.jf], &of.k.to_ne_bytes()].concat();
    Ok(compiled(calls)?.iter().flat_map(bytes).collect())
}

type Calls = BTreeMap<i64, Vec<SeccompRule>>;

fn when(argument: u8, size: SeccompCmpArgLen, value: u64) -> Result<Vec<SeccompRule>> {
    let condition = SeccompCondition::new(argument, size, SeccompCmpOp::Eq, value)?;
    Ok(vec![SeccompRule::new(vec![condition])?])
}

/// The signal with which a program aborts. With another one it could pretend that the machine had ended it.
fn aborting() -> Result<SeccompCondition> {
    Ok(SeccompCondition::new(2, Dword, SeccompCmpOp::Eq, libc::SIGABRT as u64)?)
}

/// Returns the system calls of a submission's program. It reads questions and writes answers, in one thread, and uses
/// memory.
fn answering() -> Result<Calls> {
    let mut calls: Calls = (calls::ANSWERING.iter().chain(calls::OLD)).map(|call| (*call, Vec::new())).collect();
    calls.insert(libc::SYS_prlimit64, when(2, Qword, 0)?); // reads a limit and sets none
    // glibc's `pthread_once`, with which a panic begins, wakes threads whether some wait or not. No thread may wait.
    let (wake, all) = (libc::FUTEX_WAKE as u64, libc::FUTEX_CMD_MASK as u64);
    let wakes = SeccompCondition::new(1, Dword, SeccompCmpOp::MaskedEq(all), wake)?;
    calls.insert(libc::SYS_futex, vec![SeccompRule::new(vec![wakes])?]);
    // At its start the standard library looks, without waiting, whether descriptors 0 to 2 are open.
    calls.insert(libc::SYS_fcntl, when(1, Dword, libc::F_GETFD as u64)?);
    #[cfg(target_arch = "x86_64")]
    calls.insert(libc::SYS_poll, when(2, Dword, 0)?);
    // Elsewhere `poll` is a call of `ppoll`. Its time limit is in memory, where a filter cannot look.
    #[cfg(not(target_arch = "x86_64"))]
    calls.insert(libc::SYS_ppoll, when(1, Qword, 3)?);
    Ok(calls)
}

/// Compiles the filter. A call that is not listed fails with "not implemented", as on an older kernel, so a C library does
/// without it.
fn compiled(calls: Calls) -> Result<BpfProgram> {
    let architecture =
        env::consts::ARCH.try_into().context("seccomp filters are not supported on this architecture")?;
    let no = SeccompAction::Errno(libc::ENOSYS as u32);
    let filter = SeccompFilter::new(calls, no, SeccompAction::Allow, architecture);
    filter.and_then(BpfProgram::try_from).context("cannot build the system call filter")
}

/// System calls by name, from the kernel's table. The old ones of x86-64, which later architectures never had, are
/// separate.
#[rustfmt::skip]
mod calls {
    use libc::*;

    /// The calls of a program that only answers: the start, memory, standard input and output, and the end. The end may be a
    /// panic, an abort, or a stack that overflows. `execve` starts the program. glibc before 2.37 calls `uname` at its start.
    pub const ANSWERING: &[i64] = &[
        SYS_execve, SYS_uname, SYS_set_tid_address, SYS_set_robust_list, SYS_rseq, SYS_getrandom, SYS_mmap, SYS_mprotect,
        SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_read, SYS_write, SYS_writev, SYS_close, SYS_rt_sigaction,
        SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_getpid, SYS_gettid, SYS_exit, SYS_exit_group,
    ];

    /// The further calls of a compiler and a linker: they start threads and processes, wait, and use files.
    pub const OF_TOOLS: &[i64] = &[
        SYS_clone, SYS_wait4, SYS_waitid, SYS_futex, SYS_get_robust_list, SYS_sched_yield, SYS_sched_getaffinity,
        SYS_nanosleep, SYS_clock_nanosleep, SYS_clock_gettime, SYS_gettimeofday, SYS_restart_syscall, SYS_ppoll, SYS_pipe2,
        SYS_fcntl, SYS_dup, SYS_dup3, SYS_openat, SYS_readv, SYS_pread64, SYS_lseek, SYS_fstat, SYS_newfstatat,
        SYS_readlinkat, SYS_faccessat, SYS_faccessat2, SYS_statx, SYS_statfs, SYS_fstatfs, SYS_getcwd, SYS_chdir,
        SYS_getdents64, SYS_mkdirat, SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat, SYS_fchmod, SYS_fchmodat,
        SYS_umask, SYS_ftruncate, SYS_fallocate, SYS_flock, SYS_fsync, SYS_fdatasync, SYS_utimensat, SYS_pwrite64,
        SYS_copy_file_range, SYS_sendfile, SYS_fadvise64, SYS_msync, SYS_getrusage, SYS_sysinfo, SYS_times, SYS_getuid,
        SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getppid, SYS_getpgid, SYS_membarrier, SYS_eventfd2,
    ];

    #[cfg(target_arch = "x86_64")]
    pub const OLD: &[i64] = &[SYS_arch_prctl];
    #[cfg(target_arch = "x86_64")]
    pub const OLD_OF_TOOLS: &[i64] = &[
        SYS_poll, SYS_open, SYS_stat, SYS_access, SYS_readlink, SYS_fork, SYS_vfork, SYS_pipe, SYS_dup2, SYS_lstat, SYS_mkdir,
        SYS_unlink, SYS_rmdir, SYS_rename, SYS_link, SYS_chmod, SYS_getrlimit, SYS_getpgrp,
    ];
    #[cfg(not(target_arch = "x86_64"))]
    pub const OLD: &[i64] = &[];
    #[cfg(target_arch = "aarch64")]
    pub const OLD_OF_TOOLS: &[i64] = &[SYS_renameat]; // glibc's rename
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub const OLD_OF_TOOLS: &[i64] = &[];
}
