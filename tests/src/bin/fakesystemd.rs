//! The command line tools of a systemd, as processes over a machine in a file: it is whichever tool it is called by the name of
//! (`systemctl`, `systemd-run`, `loginctl`, `id`). The file is `LONGWIRE_FAKE_SYSTEMD`.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use longwire_host::{fake::Systemd, files};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args();
    let called = arguments.next().ok_or("called by no name")?;
    let state = env::var_os("LONGWIRE_FAKE_SYSTEMD").map(PathBuf::from).ok_or("no machine is named")?;
    let lock = File::create(state.with_extension("lock"))?;
    lock.lock()?;
    let mut systemd: Systemd = serde_json::from_slice(&fs::read(&state)?)?;
    let answer = systemd.run(&called, &arguments.collect::<Vec<_>>());
    files::replace(&state, &serde_json::to_vec(&systemd)?)?;
    io::stdout().write_all(answer.stdout.as_bytes())?;
    io::stderr().write_all(answer.stderr.as_bytes())?;
    Ok(ExitCode::from(u8::try_from(answer.status)?))
}
