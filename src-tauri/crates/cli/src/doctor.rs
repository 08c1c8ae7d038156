use std::io::{self, Write};

use longwire_contract::{
    Check, DoctorReport, Fault, FaultCode, Language, Mark, Progress, doctor_schema, words,
};
use longwire_engine::{Examination, Machine, Options, examine};

use crate::{args::Doctor, exit::Exit, proxy, secret, signals::Signals, status::print_json};

/// `longwire doctor`: walks an app's road from here, and says what it finds as it finds it.
pub(crate) async fn doctor(doctor: Doctor, machine: Machine) -> Result<Exit, Fault> {
    if doctor.json_schema {
        write(doctor_schema().trim_end());
        return Ok(Exit::Ok);
    }
    let language = machine.language();
    let mut options = Options::new(&machine, "longwire doctor");
    options.secret = secret::given(doctor.app_secret_file.as_deref())?;
    options.ca_files = doctor.ca_file;
    options.proxy = proxy::given(doctor.proxy)?;
    let app_id = match doctor.app_id {
        Some(id) => id,
        None => only(machine.apps()?)?,
    };
    let mut signals = Signals::listen()?;
    let mut live = Live { language, quiet: doctor.json, told: 0 };
    let examination = Examination { app_id, domain: doctor.domain };
    let stop = signals.next();
    let report = examine(&options, examination, |report| live.tell(report), stop).await?;
    live.finish(&report);
    Ok(exit(&report))
}

/// The app that is meant where none is named.
fn only(mut apps: Vec<longwire_contract::AppId>) -> Result<longwire_contract::AppId, Fault> {
    match (apps.pop(), apps.is_empty()) {
        (Some(app), true) => Ok(app),
        (None, _) => Err(Fault::new(FaultCode::NoApps, "no app is configured")),
        (Some(_), false) => {
            Err(Fault::new(FaultCode::BadRequest, "several apps are configured: name one with --app-id"))
        }
    }
}

/// 0 where nothing stands in the way; else what does.
fn exit(report: &DoctorReport) -> Exit {
    if report.progress == Progress::Cancelled {
        return Exit::Failed;
    }
    let blocking = report.findings.iter().find(|finding| finding.blocks_connection);
    blocking.map_or(Exit::Ok, Exit::from)
}

/// Writes each step when it is over, then what was found.
struct Live {
    language: Language,
    /// JSON is written once, at the end.
    quiet: bool,
    /// How many steps have been written.
    told: usize,
}

impl Live {
    fn tell(&mut self, report: &DoctorReport) {
        if self.quiet {
            return;
        }
        let over = report.checks.iter().take_while(|check| is_over(check)).count();
        for check in report.checks.iter().take(over).skip(self.told) {
            write(&words::check(self.language, check));
        }
        self.told = self.told.max(over);
    }

    fn finish(&mut self, report: &DoctorReport) {
        if self.quiet {
            print_json(report);
        } else {
            self.tell(report);
            write(&words::found(self.language, report));
        }
    }
}

/// A step that has not been reached yet is off without a word; one that was skipped says why.
fn is_over(check: &Check) -> bool {
    check.mark != Mark::Busy && (check.mark != Mark::Off || check.note.is_some())
}

/// A closed standard output is no reason to stop: the exit code is still read.
fn write(line: &str) {
    writeln!(io::stdout(), "{line}").ok();
}
