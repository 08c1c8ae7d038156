//! The commands that are carried out in this process, and not in that of the engine: what shows something on this desktop or asks
//! its user, and what writes outside the data folder, which a service must not.

use longwire_contract::{
    CaOutcome, Call, Fault, FaultCode, LoginChange, Report, Request, Reset, ResetKind, Snapshot, call,
};
use longwire_host::trust;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::Remote;
use crate::{Cas, apps::unknown, console, desktop, events, notify, transfer::export_settings, updates};

impl Remote {
    /// Carries out what is to be done here; gives the request back where that is to be done there.
    pub(super) async fn do_here(&self, request: Request) -> Result<Result<Value, Fault>, Request> {
        let options = &self.0.options;
        let login = options.login.as_ref();
        Ok(match request.command.as_str() {
            // Counts what is kept, and is told here with what it found: revisions are counted here.
            call::ReadSnapshot::NAME => match self.forward(&request).await {
                Ok(_) => answer(Snapshot::clone(&self.0.told.snapshots.borrow())),
                Err(fault) => Err(fault),
            },
            call::OpenConsole::NAME => {
                carry_out::<call::OpenConsole, _>(request, |page| async move {
                    let snapshot = self.0.told.snapshots.borrow().clone();
                    let app = snapshot.apps.iter().find(|app| app.app_id == page.app_id);
                    console::open(&app.ok_or_else(|| unknown(&page.app_id))?.domain, &page).await
                })
                .await
            }
            call::OpenFolder::NAME => {
                let open = |folder| async move { desktop::open_folder(&options.data_dir, folder).await };
                carry_out::<call::OpenFolder, _>(request, open).await
            }
            call::ReadLogin::NAME => {
                carry_out::<call::ReadLogin, _>(
                    request,
                    |()| async move { Ok(desktop::login_view(login).await) },
                )
                .await
            }
            call::ChangeLogin::NAME => {
                let change = |change| async move { desktop::change_login(login, change).await };
                carry_out::<call::ChangeLogin, _>(request, change).await
            }
            call::TestNotification::NAME => {
                let language = self.0.told.snapshots.borrow().language;
                let test = |()| async move { notify::test(options.desktop.as_ref(), language).await };
                carry_out::<call::TestNotification, _>(request, test).await
            }
            call::ExportEvents::NAME => {
                let export = |query| async move {
                    events::export(
                        query,
                        |query| async move { self.give::<call::ReadEventLines>(&query).await },
                    )
                    .await
                };
                carry_out::<call::ExportEvents, _>(request, export).await
            }
            call::ExportSettings::NAME => {
                carry_out::<call::ExportSettings, _>(request, |()| async move {
                    export_settings(&options.data_dir)
                })
                .await
            }
            call::MakeReport::NAME => {
                let make = |()| async move {
                    let report: Report = self.give::<call::MakeReport>(&()).await?;
                    self.0.report.keep(report.clone());
                    Ok(report)
                };
                carry_out::<call::MakeReport, _>(request, make).await
            }
            call::SaveReport::NAME => {
                carry_out::<call::SaveReport, _>(request, |save| async move { self.0.report.save(&save) })
                    .await
            }
            call::InspectCa::NAME => {
                let inspect = |question| async move { Cas::new(options).inspect(question).await };
                carry_out::<call::InspectCa, _>(request, inspect).await
            }
            call::ListCaPlaces::NAME => {
                let places = |()| async move {
                    spawn_blocking(trust::places)
                        .await
                        .map_err(|error| Fault::new(FaultCode::Internal, error))
                };
                carry_out::<call::ListCaPlaces, _>(request, places).await
            }
            call::TrustCa::NAME => {
                let trust = |trust| async move { self.reloaded(Cas::new(options).trust(trust).await).await };
                carry_out::<call::TrustCa, _>(request, trust).await
            }
            call::UntrustCa::NAME => {
                let untrust =
                    |untrust| async move { self.reloaded(Cas::new(options).untrust(untrust).await).await };
                carry_out::<call::UntrustCa, _>(request, untrust).await
            }
            call::CheckUpdate::NAME => {
                let check = |()| async move {
                    updates::of(options)?.check();
                    Ok(())
                };
                carry_out::<call::CheckUpdate, _>(request, check).await
            }
            call::InstallUpdate::NAME => {
                let install = |release| async move { updates::of(options)?.install(release) };
                carry_out::<call::InstallUpdate, _>(request, install).await
            }
            call::CancelUpdate::NAME => {
                let cancel = |()| async move {
                    updates::of(options)?.cancel();
                    Ok(())
                };
                carry_out::<call::CancelUpdate, _>(request, cancel).await
            }
            call::ResetSettings::NAME => {
                let reset = |reset: Reset| async move {
                    if matches!(reset.what, ResetKind::Everything) && login.is_some() {
                        desktop::change_login(login, LoginChange { on: false }).await?;
                    }
                    self.give::<call::ResetSettings>(&reset).await
                };
                carry_out::<call::ResetSettings, _>(request, reset).await
            }
            _ => return Err(request),
        })
    }

    /// Has the engine read the list of trusted CAs again, which was changed here.
    async fn reloaded(&self, outcome: Result<CaOutcome, Fault>) -> Result<CaOutcome, Fault> {
        self.give::<call::ReloadCas>(&()).await?;
        outcome
    }

    /// Has the engine carry a command out.
    async fn give<C: Call>(&self, request: &C::Request) -> Result<C::Response, Fault> {
        let arguments = serde_json::to_value(request).map_err(internal)?;
        let request = Request { command: C::NAME.to_owned(), arguments };
        serde_json::from_value(self.forward(&request).await?).map_err(internal)
    }
}

async fn carry_out<C: Call, F: Future<Output = Result<C::Response, Fault>>>(
    request: Request,
    work: impl FnOnce(C::Request) -> F,
) -> Result<Value, Fault> {
    // The arguments are not repeated, as nowhere in a fault.
    let malformed =
        |_| Fault::new(FaultCode::BadRequest, format!("{}: the arguments do not have its form", C::NAME));
    answer(work(serde_json::from_value(request.arguments).map_err(malformed)?).await?)
}

fn answer(outcome: impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(outcome).map_err(internal)
}

fn internal(error: serde_json::Error) -> Fault {
    Fault::new(FaultCode::Internal, error)
}
