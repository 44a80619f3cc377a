#[global_allocator]
static ALLOCATOR: judge::allocation::Counting = judge::allocation::Counting;

fn main() -> std::process::ExitCode {
    judge::main(|item, random| judge::heavy::judge(item, random, student::balanced_sum))
}
