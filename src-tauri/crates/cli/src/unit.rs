use std::path::Path;

use longwire_contract::{Fault, FaultCode};
use longwire_engine::packaged_unit;

use crate::{exit::Exit, output::write};

/// Where packages install this command.
const PROGRAM: &str = "/usr/bin/longwire";

/// `longwire unit`: the unit of systemd that packages install.
pub(crate) fn unit() -> Result<Exit, Fault> {
    let text = packaged_unit(Path::new(PROGRAM)).map_err(|error| Fault::new(FaultCode::Internal, error))?;
    write(&text);
    Ok(Exit::Ok)
}
