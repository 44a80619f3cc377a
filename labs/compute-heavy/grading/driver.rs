#[global_allocator]
static ALLOCATOR: checks::allocation::Counting = checks::allocation::Counting;

fn main() -> std::process::ExitCode {
    checks::main(&|item, random| checks::heavy::check(item, random, student::balanced_sum))
}
