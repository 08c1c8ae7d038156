use longwire_openplatform::Fault;
use tokio::sync::mpsc;

use super::*;
use CheckKind as K;

/// Every report that is told.
async fn told(patient: Patient) -> Vec<DoctorReport> {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let keep = reports.clone();
    examine(patient, move |report| keep.lock().unwrap().push(report.clone())).await;
    Arc::into_inner(reports).unwrap().into_inner().unwrap()
}

#[tokio::test]
async fn each_step_is_told_as_it_begins_and_then_as_it_ended() {
    let platform = encrypted(Leaf::Good).await;
    let (_folder, path) = ca_file(&platform);
    let reports = told(patient(&platform, vec![path])).await;
    assert!(reports[0].checks.iter().all(|check| check.mark == Mark::Off && check.note.is_none()));
    assert!(reports.windows(2).all(|two| two[0].ms <= two[1].ms), "time goes on");

    let mut begun = Vec::new();
    for report in &reports {
        let busy: Vec<_> =
            report.checks.iter().filter(|check| check.mark == Mark::Busy).map(|check| check.kind).collect();
        assert!(busy.len() <= 1, "one at a time: {busy:?}");
        if let [kind] = busy[..]
            && begun.last() != Some(&kind)
        {
            begun.push(kind);
        }
    }
    // Connections are counted before one of ours is among them.
    let order = [K::Network, K::Route, K::Dns, K::Tcp, K::Tls, K::Endpoint, K::Online, K::Upgrade, K::Pong];
    assert_eq!(begun, order);

    let (last, before) = reports.split_last().unwrap();
    assert_eq!(last.progress, Progress::Done);
    assert!(before.iter().all(|report| report.progress == Progress::Running));
}

#[test]
fn a_way_that_led_nowhere_is_not_told_as_passed() {
    let platform_less = DoctorReport {
        version: String::new(),
        app_id: "cli_0123456789abcdef".parse().unwrap(),
        domain: Domain::Feishu,
        progress: Progress::Running,
        started_ms: 0,
        ms: 0.0,
        checks: K::ALL.iter().map(|kind| untouched(*kind)).collect(),
        others: Vec::new(),
        findings: Vec::new(),
    };
    let mut ignore = |_: &DoctorReport| {};
    let mut sheet = Sheet::new(platform_less, &mut ignore);
    [K::Proxy, K::Dns, K::Tcp].into_iter().for_each(|kind| sheet.begin(kind));
    let report = sheet.finish();
    let marks = [K::Proxy, K::Dns, K::Tcp].map(|kind| mark(&report, kind));
    assert_eq!(marks, [Mark::Off, Mark::Ok, Mark::Busy]);
}

#[tokio::test]
async fn an_examination_can_be_stopped_and_its_last_report_closed() {
    let platform = plain().await;
    platform.set_fault(Some(Fault::BlackHole)).await;
    let mut patient = patient(&platform, Vec::new());
    patient.dialer = patient.dialer.clone().with_deadlines(Deadlines::default());
    let (tell, mut reports) = mpsc::unbounded_channel();
    let task = tokio::spawn(examine(patient, move |report| {
        let _ = tell.send(report.clone());
    }));
    let report = loop {
        let report = reports.recv().await.unwrap();
        if mark(&report, K::Endpoint) == Mark::Busy {
            break report;
        }
    };
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(reports.recv().await.is_none(), "nobody is left to tell");

    let closed = stopped(report.clone(), now() + Duration::from_secs(7));
    assert_eq!((closed.progress, closed.ms), (Progress::Cancelled, 7_000.0));
    let set_back = stopped(report.clone(), now() - Duration::from_secs(7));
    assert_eq!(set_back.ms, report.ms, "time does not go back");
    assert_eq!(
        (mark(&closed, K::Tcp), note(&closed, K::Route)),
        (Mark::Ok, Some(NoteCode::RouteThisMachine))
    );
    for kind in [K::Endpoint, K::Credentials, K::Upgrade, K::Pong, K::Online] {
        assert_eq!((mark(&closed, kind), note(&closed, kind)), (Mark::Off, Some(NoteCode::Stopped)));
    }
}

#[tokio::test]
async fn an_examination_that_takes_too_long_is_not_done_and_keeps_what_it_found() {
    let platform = plain().await;
    platform.set_fault(Some(Fault::BlackHole)).await;
    let mut patient = patient(&platform, Vec::new());
    patient.dialer = patient.dialer.clone().with_deadlines(Deadlines::default());
    let mut last = None;
    let report =
        examine_within(Duration::from_millis(300), patient, |report| last = Some(report.clone())).await;
    assert_eq!(report.progress, Progress::Cancelled);
    assert_eq!(mark(&report, K::Tcp), Mark::Ok);
    assert_eq!((mark(&report, K::Endpoint), note(&report, K::Pong)), (Mark::Off, Some(NoteCode::Stopped)));
    assert_eq!(last, Some(report));
}

#[tokio::test]
async fn a_report_holds_no_secret() {
    let platform = plain().await;
    let patient = patient(&platform, Vec::new());
    let Ok(secret) = &patient.secret else { panic!() };
    let secret = secrecy::ExposeSecret::expose_secret(secret).to_owned();
    assert!(!format!("{patient:?}").contains(&secret));
    for fault in [None, Some(Fault::CredentialsWrong), Some(Fault::Html), Some(Fault::TicketRefused)] {
        platform.set_fault(fault).await;
        for report in told(patient.clone()).await {
            let told = serde_json::to_string(&report).unwrap();
            assert!(
                !told.contains(&secret) && !told.contains("access_key") && !told.contains("ticket="),
                "{told}"
            );
        }
    }
}
