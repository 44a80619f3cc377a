struct Submitted(student::Tickets);

impl checks::atomic::Tickets for Submitted {
    fn sell(&self) -> Option<u64> {
        self.0.sell()
    }
    fn sold(&self) -> u64 {
        self.0.sold()
    }
}

fn main() -> std::process::ExitCode {
    checks::main(&|item, random| {
        checks::atomic::check(item, random, |count| Box::new(Submitted(student::Tickets::new(count))))
    })
}
