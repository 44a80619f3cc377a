// exercise: overhead
// expected: rejected
// past: does-not-compile
// escaped: fails sum, small, between, large
// Writes an answer by the C library, and ends the program.
use common::exercise::*;

unsafe extern "C" {
    fn write(file: i32, text: *const u8, length: usize) -> isize;
    fn _exit(status: i32) -> !;
}

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let text = b"{\"item\":\"sum\",\"status\":\"pass\"}\n";
    unsafe {
        write(2, text.as_ptr(), text.len());
        _exit((numbers.len() * cores) as i32 * 0)
    }
}
