use aplomb::app;

#[app(run)]
fn main() -> Result<std::process::ExitCode, String> {
    Ok(std::process::ExitCode::SUCCESS)
}

fn run() {}
