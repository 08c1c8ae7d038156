use std::io::{self, IsTerminal};

use longwire_contract::{
    Check, DoctorReport, Fault, FaultCode, Language, Mark, Progress, doctor_schema, words,
};
use longwire_engine::{Examination, Machine, Options, examine};

use crate::{
    args::Doctor,
    exit::Exit,
    given_proxy,
    guide::more_of_all,
    output::{print_json, say, write},
    secret,
    signals::Signals,
};

/// `longwire doctor`: walks an app's road from here, and says what it finds as it finds it.
pub(crate) async fn doctor(doctor: Doctor, machine: Machine) -> Result<Exit, Fault> {
    if doctor.json_schema {
        say(doctor_schema().trim_end());
        return Ok(Exit::Ok);
    }
    let language = machine.language();
    let mut options = Options::new(&machine, "longwire doctor");
    options.secret = secret::given(doctor.app_secret_file.as_deref())?;
    options.ca_files = doctor.road.ca_file;
    options.proxy = given_proxy::given(doctor.road.proxy)?;
    let app_id = match doctor.app_id {
        Some(id) => id,
        None => only(machine.apps()?)?,
    };
    let mut signals = Signals::listen()?;
    let mut live = Live::new(language, doctor.json);
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
        (Some(_), false) => Err(several_apps()),
    }
}

/// Nobody has said which app is meant.
pub(crate) fn several_apps() -> Fault {
    Fault::new(FaultCode::BadRequest, "several apps are configured: name one with --app-id")
}

/// 0 where nothing stands in the way; else what does.
fn exit(report: &DoctorReport) -> Exit {
    if report.progress == Progress::Cancelled {
        return Exit::Failed;
    }
    let blocking = report.findings.iter().find(|finding| finding.blocks_connection);
    blocking.map_or(Exit::Ok, Exit::from)
}

/// Writes each step when all is known of it, then what was found. On a terminal the step under way stands below.
struct Live {
    language: Language,
    /// JSON is written once, at the end.
    quiet: bool,
    terminal: bool,
    /// How many steps have been written.
    told: usize,
}

impl Live {
    fn new(language: Language, quiet: bool) -> Self {
        Self { language, quiet, terminal: io::stdout().is_terminal(), told: 0 }
    }

    fn tell(&mut self, report: &DoctorReport) {
        if self.quiet {
            return;
        }
        self.clear();
        let known = report.checks.iter().take_while(|check| is_known(check)).count();
        for check in report.checks.iter().take(known).skip(self.told) {
            say(&words::check(self.language, check));
        }
        self.told = self.told.max(known);
        if let Some(busy) = report.checks.iter().find(|check| check.mark == Mark::Busy && self.terminal) {
            write(&words::check(self.language, busy));
        }
    }

    fn finish(&mut self, report: &DoctorReport) {
        if self.quiet {
            print_json(report);
            return;
        }
        self.clear();
        for check in report.checks.iter().skip(self.told) {
            say(&words::check(self.language, check));
        }
        say(&words::found(self.language, report));
        for line in more_of_all(self.language, &report.findings) {
            say(&line);
        }
    }

    /// Takes the line of the step under way off the terminal.
    fn clear(&self) {
        if self.terminal {
            write("\r\u{1b}[K");
        }
    }
}

/// A step's note comes last, some time after it has passed.
fn is_known(check: &Check) -> bool {
    check.mark != Mark::Busy && check.note.is_some()
}
