//! The bodies of the commands a view can give.

use longwire_contract::{
    AgentChange, AgentDay, AgentQuestion, AgentReport, AgentUsageQuery, AppDraft, AppEdit, AppId, AppRef,
    AppView, CaInspection, CaOutcome, CaPlace, CaQuestion, CaTrust, CaUntrust, CheckDraft, CheckReport,
    ConsoleRef, CurlRequest, Deleted, EditedEvent, EventDetail, EventLines, EventPage, EventQuery, EventRef,
    EventSelection, EventTypeCount, Exported, Fault, FaultCode, FolderRef, Handler, HopKind, LeaseExtension,
    LeaseReport, LeaseRequest, LogPage, LogQuery, LoginChange, LoginView, Phase, ProxyTable, ReleaseRef,
    ReplayRequest, Replayed, Report, ReportSave, Reset, Saved, ServiceRef, ServiceView, SettingsChange,
    SettingsPlan, SettingsText, SimulatedEvent, SimulatedFaultChange, Snapshot, Stats, StatsQuery,
    TargetDraft, TargetEdit, TargetRef, TargetReport, TriggerRequest, TriggerSample, TrustedCa, Which,
};
use longwire_host::{clock, trust};
use longwire_link::Nudge;
use tokio::task::spawn_blocking;

use crate::{
    Engine,
    app::App,
    apps::unknown,
    ca::{Road, platform_files},
    check, console, desktop, doctor,
    engine::{Desk, Inner, tell_trusted},
    events, journal, log, notify,
    options::Apps,
    surroundings::Surroundings,
    transfer::export_settings,
    updates,
};

impl Handler for Engine {
    async fn snapshot(&self, (): ()) -> Result<Snapshot, Fault> {
        // How much is kept is counted when somebody asks, and not at each event.
        if self.inner.journal.initialized() {
            self.show_journal().await;
        }
        self.refresh_agent().await;
        Ok(Snapshot::clone(&self.inner.surroundings.shared.snapshot()))
    }

    async fn app_add(&self, draft: AppDraft) -> Result<(), Fault> {
        self.add_app(draft).await
    }

    async fn app_edit(&self, edit: AppEdit) -> Result<(), Fault> {
        self.edit_app(edit).await
    }

    async fn app_remove(&self, AppRef { app_id }: AppRef) -> Result<(), Fault> {
        self.remove_app(app_id).await
    }

    async fn app_check(&self, draft: CheckDraft) -> Result<CheckReport, Fault> {
        let (settings, _) = self.inner.settings.read()?;
        check::check(&self.inner.surroundings.roads, &self.inner.options, &settings, draft).await
    }

    async fn pause(&self, which: Which) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        let mut remembered = Ok(());
        for id in self.chosen(which)? {
            // What cannot be remembered is done all the same: the user wants the connection closed now.
            remembered = remembered.and(self.set_paused(&id, true));
            if let Some(running) = desk.running.remove(&id) {
                running.stop().await;
            }
            self.inner.surroundings.shared.change_app(&id, |view| {
                view.phase = Phase::Paused;
                view.since_ms = clock::now_ms();
                view.findings.clear();
                view.retry_at_ms = None;
                view.attempt = 0;
                view.hops.clear();
            });
        }
        remembered
    }

    async fn resume(&self, which: Which) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        for id in self.chosen(which)? {
            if desk.running.contains_key(&id) {
                continue;
            }
            self.set_paused(&id, false)?;
            self.inner.surroundings.shared.change_app(&id, |view| {
                view.phase = Phase::Connecting;
                view.since_ms = clock::now_ms();
            });
            self.restart(&mut desk, &id)?;
        }
        Ok(())
    }

    async fn retry(&self, which: Which) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        for id in self.chosen(which)? {
            match desk.running.get(&id) {
                Some(running) => running.retry(),
                None => self.restart(&mut desk, &id)?,
            }
        }
        Ok(())
    }

    async fn events(&self, query: EventQuery) -> Result<EventPage, Fault> {
        self.event_page(query).await
    }

    async fn event(&self, EventRef { seq }: EventRef) -> Result<EventDetail, Fault> {
        self.event_detail(seq).await
    }

    async fn event_types(&self, (): ()) -> Result<Vec<EventTypeCount>, Fault> {
        self.event_types_kept().await
    }

    async fn event_lines(&self, query: EventQuery) -> Result<EventLines, Fault> {
        self.event_line_page(query).await
    }

    async fn events_replay(&self, request: ReplayRequest) -> Result<Replayed, Fault> {
        self.replay(request).await
    }

    async fn event_edited(&self, edited: EditedEvent) -> Result<EventRef, Fault> {
        self.send_edited(edited).await
    }

    async fn event_curl(&self, request: CurlRequest) -> Result<String, Fault> {
        self.curl(request).await
    }

    async fn events_export(&self, query: EventQuery) -> Result<Exported, Fault> {
        events::export(query, |query| self.event_line_page(query)).await
    }

    async fn events_delete(&self, events: EventSelection) -> Result<Deleted, Fault> {
        self.delete_events(events).await
    }

    async fn trigger_samples(&self, (): ()) -> Result<Vec<TriggerSample>, Fault> {
        Ok(self.samples())
    }

    async fn trigger_payload(&self, request: TriggerRequest) -> Result<String, Fault> {
        self.trigger_text(&request)
    }

    async fn trigger(&self, request: TriggerRequest) -> Result<EventRef, Fault> {
        self.send_triggered(request).await
    }

    async fn target_add(&self, draft: TargetDraft) -> Result<TargetRef, Fault> {
        self.add_target(draft).await
    }

    async fn target_edit(&self, edit: TargetEdit) -> Result<(), Fault> {
        self.edit_target(edit).await
    }

    async fn target_remove(&self, TargetRef { name }: TargetRef) -> Result<(), Fault> {
        self.remove_target(&name).await
    }

    async fn target_pause(&self, TargetRef { name }: TargetRef) -> Result<(), Fault> {
        self.hold_target(&name, true).await
    }

    async fn target_resume(&self, TargetRef { name }: TargetRef) -> Result<(), Fault> {
        self.resume_target(&name).await
    }

    async fn target_test(&self, TargetRef { name }: TargetRef) -> Result<TargetReport, Fault> {
        self.test_target(&name).await
    }

    async fn stats(&self, query: StatsQuery) -> Result<Stats, Fault> {
        self.journal().await?.stats(query, clock::now_ms()).await.map_err(journal::fault)
    }

    async fn notify_test(&self, (): ()) -> Result<(), Fault> {
        let language = self.inner.surroundings.shared.snapshot().language;
        notify::test(self.inner.options.desktop.as_ref(), language).await
    }

    async fn simulator_start(&self, (): ()) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        if desk.simulator.is_some() { Ok(()) } else { self.start_simulator(&mut desk, false).await }
    }

    async fn simulator_stop(&self, (): ()) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        self.end_simulator(&mut desk).await;
        Ok(())
    }

    async fn simulator_send(&self, SimulatedEvent { kind }: SimulatedEvent) -> Result<(), Fault> {
        let desk = self.desk().await?;
        desk.simulator.as_ref().ok_or_else(no_simulator)?.send(kind);
        Ok(())
    }

    async fn simulator_fault(
        &self,
        SimulatedFaultChange { fault }: SimulatedFaultChange,
    ) -> Result<(), Fault> {
        let desk = self.desk().await?;
        let simulator = desk.simulator.as_ref().ok_or_else(no_simulator)?;
        simulator.play(fault).await;
        self.inner.surroundings.shared.change(|snapshot| {
            if let Some(simulator) = &mut snapshot.simulator {
                simulator.fault = fault;
            }
        });
        // What was refused would wait for the user, who has just asked for it.
        if let Some(running) = desk.running.get(&simulator.app_id) {
            running.retry();
        }
        Ok(())
    }

    async fn doctor_start(&self, AppRef { app_id }: AppRef) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        self.start_doctor(&mut desk, app_id)
    }

    async fn doctor_stop(&self, (): ()) -> Result<(), Fault> {
        self.desk().await?.doctor = None;
        Ok(())
    }

    async fn doctor_text(&self, (): ()) -> Result<String, Fault> {
        let snapshot = self.inner.surroundings.shared.snapshot();
        let report = snapshot.doctor.as_ref();
        let report =
            report.ok_or_else(|| Fault::new(FaultCode::NoReport, "the doctor has not been asked"))?;
        Ok(doctor::shareable(snapshot.language, report))
    }

    async fn console_open(&self, page: ConsoleRef) -> Result<(), Fault> {
        console::open(&self.configured(&page.app_id)?.domain, &page).await
    }

    async fn ca_inspect(&self, CaQuestion { source, app_id }: CaQuestion) -> Result<CaInspection, Fault> {
        let road = self.road(app_id.as_ref()).await?;
        self.inner.shelf.inspect(source, road.as_ref()).await
    }

    async fn ca_places(&self, (): ()) -> Result<Vec<CaPlace>, Fault> {
        spawn_blocking(trust::places).await.map_err(|error| Fault::new(FaultCode::Internal, error))
    }

    async fn ca_trust(&self, trust: CaTrust) -> Result<CaOutcome, Fault> {
        // Without the desk: the system may ask its user, and nothing else has to wait for that.
        let road = self.road(trust.question.app_id.as_ref()).await?;
        let outcome = self.inner.shelf.trust(trust, road.as_ref()).await;
        self.reload_trusted().await?;
        outcome
    }

    async fn ca_untrust(&self, untrust: CaUntrust) -> Result<CaOutcome, Fault> {
        let outcome = self.inner.shelf.untrust(untrust).await;
        self.reload_trusted().await?;
        outcome
    }

    async fn ca_reload(&self, (): ()) -> Result<(), Fault> {
        self.reload_trusted().await
    }

    async fn proxies(&self, (): ()) -> Result<ProxyTable, Fault> {
        self.proxy_table().await
    }

    async fn lease_start(&self, request: LeaseRequest) -> Result<(), Fault> {
        self.begin_lease(request).await
    }

    async fn lease_extend(&self, LeaseExtension { minutes }: LeaseExtension) -> Result<(), Fault> {
        self.extend_lease(minutes).await
    }

    async fn lease_end(&self, (): ()) -> Result<LeaseReport, Fault> {
        self.end_lease().await
    }

    async fn lease_repair(&self, (): ()) -> Result<LeaseReport, Fault> {
        self.repair_lease().await
    }

    async fn settings_change(&self, change: SettingsChange) -> Result<(), Fault> {
        self.change_settings(change).await
    }

    async fn settings_export(&self, (): ()) -> Result<Saved, Fault> {
        export_settings(&self.inner.options.data_dir)
    }

    async fn settings_plan(&self, SettingsText { text }: SettingsText) -> Result<SettingsPlan, Fault> {
        self.plan_import(&text).await
    }

    async fn settings_import(&self, SettingsText { text }: SettingsText) -> Result<SettingsPlan, Fault> {
        self.import_settings(&text).await
    }

    async fn settings_reset(&self, reset: Reset) -> Result<(), Fault> {
        self.reset(reset).await
    }

    async fn login(&self, (): ()) -> Result<LoginView, Fault> {
        Ok(desktop::login_view(self.inner.options.login.as_ref()).await)
    }

    async fn login_change(&self, change: LoginChange) -> Result<LoginView, Fault> {
        desktop::change_login(self.inner.options.login.as_ref(), change).await
    }

    async fn folder_open(&self, folder: FolderRef) -> Result<(), Fault> {
        desktop::open_folder(&self.inner.options.data_dir, folder).await
    }

    async fn logs(&self, query: LogQuery) -> Result<LogPage, Fault> {
        Ok(log::page(&query))
    }

    async fn report(&self, (): ()) -> Result<Report, Fault> {
        self.make_report().await
    }

    async fn report_save(&self, save: ReportSave) -> Result<Saved, Fault> {
        self.inner.report.save(&save)
    }

    async fn agent_change(&self, change: AgentChange) -> Result<(), Fault> {
        self.change_agent(change).await
    }

    async fn agent_test(&self, question: AgentQuestion) -> Result<AgentReport, Fault> {
        self.ask_agent(question).await
    }

    async fn agent_usage(&self, query: AgentUsageQuery) -> Result<Vec<AgentDay>, Fault> {
        self.agent_days(query).await
    }

    async fn agent_forget(&self, (): ()) -> Result<(), Fault> {
        self.forget_chats().await
    }

    async fn service(&self, service: ServiceRef) -> Result<ServiceView, Fault> {
        self.read_service(service).await
    }

    async fn update_check(&self, (): ()) -> Result<(), Fault> {
        updates::of(&self.inner.options)?.check();
        Ok(())
    }

    async fn update_install(&self, release: ReleaseRef) -> Result<(), Fault> {
        updates::of(&self.inner.options)?.install(release)
    }

    async fn update_cancel(&self, (): ()) -> Result<(), Fault> {
        updates::of(&self.inner.options)?.cancel();
        Ok(())
    }
}

impl Engine {
    /// The apps meant, each of which is in the snapshot.
    fn chosen(&self, which: Which) -> Result<Vec<AppId>, Fault> {
        let snapshot = self.inner.surroundings.shared.snapshot();
        let all = snapshot.apps.iter().map(|app| &app.app_id);
        match which.app_id {
            None => Ok(all.cloned().collect()),
            Some(id) if all.clone().any(|known| *known == id) => Ok(vec![id]),
            Some(id) => Err(unknown(&id)),
        }
    }

    /// Remembers the pause of an app of the settings; another's lasts as long as the engine.
    fn set_paused(&self, id: &AppId, paused: bool) -> Result<(), Fault> {
        let change = self.inner.settings.change(|settings| {
            if let Some(app) = settings.app_mut(id) {
                app.paused = paused;
            }
            Ok(())
        });
        change.map(|_| ())
    }

    /// The road of an app, to look at what is presented on it.
    async fn road(&self, app_id: Option<&AppId>) -> Result<Option<Road>, Fault> {
        let Some(id) = app_id else { return Ok(None) };
        let app = self.app(&*self.desk().await?, id)?;
        let Surroundings { roads, secrets, .. } = &self.inner.surroundings;
        let dialer = roads.dialer(app.proxy.read(secrets, id).await);
        Ok(Some(Road { dialer, origin: app.origin }))
    }

    /// Shows and uses the list of trusted CAs as it is now.
    async fn reload_trusted(&self) -> Result<(), Fault> {
        let Inner { surroundings, shelf, .. } = &*self.inner;
        let roots = surroundings.roads.roots();
        roots.set_platform(platform_files(&shelf.list));
        // Another store may have changed, which is read again only where there is a reason to.
        roots.doubt();
        let before = surroundings.shared.snapshot();
        surroundings.shared.change(|snapshot| tell_trusted(snapshot, shelf.list.read()));
        let now = surroundings.shared.snapshot();
        if before.trusted.iter().any(|old| is_less(old, &now.trusted)) {
            // Who is not trusted any more must not read on.
            return self.dial_encrypted_again().await;
        }
        // Who was not trusted may be now.
        self.nudge(Nudge::Retry).await;
        Ok(())
    }

    /// Closes every connection over TLS, and connects again.
    async fn dial_encrypted_again(&self) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        let snapshot = self.inner.surroundings.shared.snapshot();
        let encrypted = |app: &&AppView| app.hops.iter().any(|hop| hop.kind == HopKind::Tls);
        for app in snapshot.apps.iter().filter(encrypted) {
            if let Some(running) = desk.running.remove(&app.app_id) {
                running.stop().await;
                self.restart(&mut desk, &app.app_id)?;
            }
        }
        Ok(())
    }

    fn restart(&self, desk: &mut Desk, id: &AppId) -> Result<(), Fault> {
        match self.elsewhere(desk, id)? {
            Some(app) => self.start(desk, app),
            None => self.start_configured(desk, &self.configured(id)?),
        }
        Ok(())
    }

    /// An app, as it is to be connected.
    pub(crate) fn app(&self, desk: &Desk, id: &AppId) -> Result<App, Fault> {
        match self.elsewhere(desk, id)? {
            Some(app) => Ok(app),
            None => self.connectable(&self.configured(id)?),
        }
    }

    /// An app that is not of the settings: the simulator's, or the one given.
    fn elsewhere(&self, desk: &Desk, id: &AppId) -> Result<Option<App>, Fault> {
        if let Some(simulator) = desk.simulator.as_ref().filter(|simulator| simulator.app_id == *id) {
            return simulator.app().map(Some);
        }
        match &self.inner.options.apps {
            Apps::Only(given) if given.id == *id => self.given(given).map(Some),
            _ => Ok(None),
        }
    }
}

/// Whether a CA is in fewer stores than it was.
fn is_less(old: &TrustedCa, now: &[TrustedCa]) -> bool {
    let new = now.iter().find(|ca| ca.sha256 == old.sha256);
    new.is_none_or(|new| old.stores.iter().any(|store| !new.stores.contains(store)))
}

fn no_simulator() -> Fault {
    Fault::new(FaultCode::Simulator, "the simulator is not running").with("error", "it is not running")
}
