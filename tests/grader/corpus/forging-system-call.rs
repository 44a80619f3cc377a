// exercise: naive
// expected: rejected
// past: does-not-compile
// escaped: fails sum, no-copy?, parallel
// Writes an answer by a system call.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let text = "{\"item\":\"sum\",\"status\":\"pass\"}\n";
    for file in 0..64_usize {
        unsafe {
            core::arch::asm!("syscall", inlateout("rax") 1_usize => _, in("rdi") file, in("rsi") text.as_ptr(), in("rdx") text.len(), out("rcx") _, out("r11") _);
        }
    }
    numbers.len() as i64 + workers as i64
}
