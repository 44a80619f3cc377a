//! A program that does not answer: it ends, waits, answers what means nothing, or tries what the sandbox refuses. It has the standard
//! library.

use std::io::{self, Read, Write};
use std::net::UdpSocket;
use std::process::{self, Command};
use std::time::Duration;
use std::{fs, thread};

unsafe extern "C" {
    fn close(descriptor: i32) -> i32;
    fn raise(signal: i32) -> i32;
}

/// Replaced by the test.
const WAY: &str = "exits";

/// Reads every question and answers none.
fn listen() {
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
}

fn write(bytes: &[u8]) {
    let _ = io::stdout().write_all(bytes).and_then(|()| io::stdout().flush());
}

fn compute() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

#[expect(unconditional_recursion)]
fn calls_itself(depth: u64) -> u64 {
    std::hint::black_box(calls_itself(depth + 1)) + depth
}

fn main() {
    match WAY {
        "starts a thread" => drop(thread::spawn(|| {})),
        "starts a process" => drop(Command::new("/judged").status().unwrap()),
        "sleeps" => thread::sleep(Duration::from_secs(1)),
        "connects" => drop(UdpSocket::bind("127.0.0.1:0").unwrap()),
        "writes a file" => fs::write("/tmp/new", "x").unwrap(),
        "exits" => process::exit(0),
        "exits after a question" => {
            let _ = io::stdin().read_exact(&mut [0; 8]);
            process::exit(0)
        }
        // SAFETY: nothing uses standard output afterwards.
        "closes its output" => {
            unsafe { close(1) };
            compute()
        }
        "waits" => {}
        "loops" => compute(),
        "floods its errors" => loop {
            eprintln!("{}", "x".repeat(1000));
        },
        "answers too much" => write(&[0xff; 100]),
        "answers nothing that is known" => write(&[8, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]),
        "takes all memory" => {
            let mut all = Vec::new();
            loop {
                all.push(vec![1_u8; 16 << 20]);
            }
        }
        "calls itself" => println!("{}", calls_itself(0)),
        "aborts" => process::abort(),
        // SAFETY: none: it crashes.
        "crashes" => unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) },
        // SAFETY: the C library documents it.
        "kills itself" => process::exit(if unsafe { raise(9) } == 0 { 0 } else { 3 }),
        other => unreachable!("{other} is not a way"),
    }
    listen();
}
