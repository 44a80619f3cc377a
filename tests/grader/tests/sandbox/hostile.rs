//! Attacks as a submission could make them if it escaped the scan and the language's rules: this program has the whole standard library,
//! `unsafe` and the C library. Its argument is the name of an attack. It prints the result: `HELD`, with the reason, or `BROKE`.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::process::{self, Command};
use std::time::Duration;
use std::{env, thread};

unsafe extern "C" {
    fn fork() -> i32;
    fn syscall(number: i64, ...) -> i64;
    fn nanosleep(time: *const [i64; 2], left: *mut [i64; 2]) -> i32;
    fn poll(descriptors: *mut [u32; 2], count: usize, milliseconds: i32) -> i32;
    fn socket(domain: i32, kind: i32, protocol: i32) -> i32;
    fn setsid() -> i32;
    fn kill(process: i32, signal: i32) -> i32;
    fn getppid() -> i32;
    fn ptrace(request: i64, process: i32, address: usize, data: usize) -> i64;
    fn shmget(key: i32, size: usize, flags: i32) -> i32;
    fn memfd_create(name: *const std::ffi::c_char, flags: u32) -> i32;
}

fn says<T, E: std::fmt::Display>(result: Result<T, E>) {
    match result {
        Ok(_) => println!("BROKE"),
        Err(error) => println!("HELD {error}"),
    }
}

fn call(result: i64) {
    says(if result >= 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) });
}

/// Ends a child at once, and says in the parent whether there is one.
fn started(child: i64) {
    match child {
        0 => process::exit(0),
        child => call(child),
    }
}

/// The number of the system call `clone`, and of `futex`.
const NUMBERS: (i64, i64) = if cfg!(target_arch = "x86_64") { (56, 202) } else { (220, 98) };

/// The number of the system call `clone3`, and the signal that tells a parent of its child's end.
const CLONE3: i64 = 435;
const CHILD_ENDS: u64 = 17;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (attack, what) = (arguments[0].as_str(), arguments.get(1).map_or("", String::as_str));
    match attack {
        "tcp" => says(TcpStream::connect(what).and_then(|mut stream| stream.write_all(b"out"))),
        "udp" => says(UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(b"out", what))),
        "read" => says(fs::read(what)),
        "list" => says(fs::read_dir(what).and_then(|mut all| all.next().ok_or(std::io::Error::other("empty"))?)),
        "environment" => says(env::var(what)),
        "write" => says(File::create(what).and_then(|mut file| file.write_all(b"x"))),
        "append" => says(File::options().append(true).open(what).and_then(|mut file| file.write_all(b"x"))),
        "delete" => says(fs::remove_file(what)),
        "thread" => says(thread::Builder::new().spawn(|| {})),
        "shell" => says(Command::new("/bin/sh").args(["-c", "true"]).status()),
        // SAFETY: each is called as the C library documents it, and the only memory that it gets is a string that ends in 0.
        "kill-all" => call(unsafe { i64::from(kill(-1, 9)) }),
        "kill" => call(unsafe { i64::from(kill(what.parse().unwrap(), 9)) }),
        "trace" => call(unsafe { ptrace(16, what.parse().unwrap(), 0, 0) }),
        "fork" => started(unsafe { i64::from(fork()) }),
        "clone" => started(unsafe { syscall(NUMBERS.0, CHILD_ENDS, 0_u64, 0_u64, 0_u64, 0_u64) }),
        "clone3" => started(unsafe { syscall(CLONE3, &[0, 0, 0, 0, CHILD_ENDS, 0, 0, 0_u64], 64_usize) }),
        "nanosleep" => call(unsafe { i64::from(nanosleep(&[0, 1_000_000], &mut [0; 2])) }),
        "poll" => call(unsafe { i64::from(poll(&mut [u32::MAX, 0], 1, 1)) }),
        // It waits for a change of a 0, at most for 1 ms: that the time is over is a success.
        "wait" => says(match unsafe { syscall(NUMBERS.1, &0_u32, 0, 0, &[0_i64, 1_000_000], 0_usize, 0) } {
            -1 => Some(std::io::Error::last_os_error()).filter(|error| error.kind() != ErrorKind::TimedOut).map_or(Ok(()), Err),
            _ => Ok(()),
        }),
        "socket" => call(unsafe { i64::from(socket(1, 1, 0)) }),
        "shared-memory" => call(unsafe { i64::from(shmget(0x6c616273, 4096, 0o1666)) }),
        "executable-memory-file" => {
            let file = unsafe { memfd_create(c"x".as_ptr(), 0) };
            let copied = fs::copy("/bin/true", format!("/proc/self/fd/{file}"));
            says(copied.and_then(|_| Command::new(format!("/proc/self/fd/{file}")).status()))
        }
        // A child in its own session is not killed with the process group of this program.
        "child" => match unsafe { fork() } {
            0 => {
                unsafe { setsid() };
                thread::sleep(Duration::from_secs(120));
            }
            child => call(i64::from(child)),
        },
        "forks" => {
            let count = (0..400).take_while(|_| match unsafe { fork() } {
                0 => {
                    thread::sleep(Duration::from_secs(120));
                    process::exit(0)
                }
                child => child > 0,
            });
            println!("FORKED {}", count.count());
        }
        "threads" => {
            let sleep = || thread::sleep(Duration::from_secs(120));
            let all = (0..100_000).map(|_| thread::Builder::new().spawn(sleep)).take_while(Result::is_ok);
            println!("THREADS {}", all.count());
        }
        "memory" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1_u8; 64 << 20]);
            }
        }
        "flood" => loop {
            println!("{{\"secret\":\"guessed\",\"status\":\"pass\"}}");
        },
        "sleep" => thread::sleep(Duration::from_secs(120)),
        "spin" => loop {
            std::hint::spin_loop();
        },
        "abort" => process::abort(),
        "exit" => process::exit(0),
        "parent" => println!("{}", unsafe { getppid() }),
        _ => println!("HELLO"),
    }
}
