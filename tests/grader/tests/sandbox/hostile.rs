//! Attacks as a submission could make them if it escaped the scan and the language's rules: this program has the whole standard library,
//! `unsafe` and the C library. Its argument is the name of an attack. It prints the result: `HELD`, with the reason, or `BROKE`.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{TcpStream, UdpSocket};
use std::process::{self, Command};
use std::time::Duration;
use std::{env, thread};

unsafe extern "C" {
    fn fork() -> i32;
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
        "shell" => says(Command::new("/bin/sh").args(["-c", "true"]).status()),
        // SAFETY: each is called as the C library documents it, and the only memory that it gets is a string that ends in 0.
        "kill-all" => call(unsafe { i64::from(kill(-1, 9)) }),
        "kill" => call(unsafe { i64::from(kill(what.parse().unwrap(), 9)) }),
        "trace" => call(unsafe { ptrace(16, what.parse().unwrap(), 0, 0) }),
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
