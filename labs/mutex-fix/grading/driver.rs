struct Lock(student::FairLock);
struct Account(student::Account);

impl checks::mutex::Lock for Lock {
    fn arrive(&self) -> u64 {
        self.0.arrive()
    }
    fn wait(&self, number: u64) {
        self.0.wait(number);
    }
    fn leave(&self) {
        self.0.leave();
    }
}

impl checks::mutex::Account for Account {
    fn withdraw(&self, amount: u64) -> bool {
        self.0.withdraw(amount)
    }
    fn balance(&self) -> u64 {
        self.0.balance()
    }
}

fn main() -> std::process::ExitCode {
    checks::main(&|item, random| {
        let new_account =
            |balance| -> Box<dyn checks::mutex::Account> { Box::new(Account(student::Account::new(balance))) };
        checks::mutex::check(item, random, || Box::new(Lock(student::FairLock::new())), new_account)
    })
}
