#[global_allocator]
static ALLOCATOR: judge::allocation::Counting = judge::allocation::Counting;

fn main() -> std::process::ExitCode {
    judge::main(|item, random| judge::naive::judge(item, random, student::parallel_sum))
}
