use std::{
    ffi::{OsStr, OsString},
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for what must happen: far longer than it takes, so that a slow machine fails nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// A child process whose output a test waits for. It does not outlive the test.
pub struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    output: Arc<Output>,
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// All it wrote to standard output.
    pub stdout: String,
    /// All it wrote to standard error.
    pub stderr: String,
}

/// A process to be started.
pub struct Start {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
}

#[derive(Default)]
struct Output {
    text: Mutex<Text>,
    grown: Condvar,
}

#[derive(Default)]
struct Text {
    stdout: String,
    stderr: String,
}

impl Process {
    /// Begins to describe a process.
    pub fn start(program: PathBuf) -> Start {
        Start { program, arguments: Vec::new(), variables: Vec::new() }
    }

    /// Waits until a line of standard output has `part` in it, and gives that line back.
    pub fn stdout_line(&self, part: &str) -> String {
        self.wait(part, |text| &text.stdout)
    }

    /// Waits until a line of standard error has `part` in it, and gives that line back.
    pub fn stderr_line(&self, part: &str) -> String {
        self.wait(part, |text| &text.stderr)
    }

    /// Writes a line to its standard input.
    pub fn write_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        writeln!(stdin, "{line}").expect("the process reads");
    }

    /// What it has written to standard output so far.
    pub fn stdout(&self) -> String {
        self.output.text.lock().unwrap().stdout.clone()
    }

    /// What it has written to standard error so far.
    pub fn stderr(&self) -> String {
        self.output.text.lock().unwrap().stderr.clone()
    }

    /// Its process ID.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal by name, such as `INT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.pid().to_string()]).status();
        assert!(sent.unwrap().success(), "kill -{name}");
    }

    /// Whether it has not ended by itself.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_none())
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        // A process that reads to the end of its input is not kept waiting.
        self.stdin = None;
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                Instant::now() < deadline,
                "still running after {PATIENCE:?}; stderr:\n{}",
                self.stderr()
            );
            thread::sleep(Duration::from_millis(10));
        };
        // The readers end with the pipes; what is in them is read first.
        while Arc::strong_count(&self.output) > 1 {
            thread::sleep(Duration::from_millis(1));
        }
        Ended { code: status.code(), stdout: self.stdout(), stderr: self.stderr() }
    }

    fn wait(&self, part: &str, stream: impl Fn(&Text) -> &String) -> String {
        let found = |text: &Text| stream(text).lines().find(|line| line.contains(part)).map(str::to_owned);
        let text = self.output.text.lock().unwrap();
        let (text, _) =
            self.output.grown.wait_timeout_while(text, PATIENCE, |text| found(text).is_none()).unwrap();
        found(&text).unwrap_or_else(|| {
            panic!("no line with {part:?};\nstdout:\n{}\nstderr:\n{}", text.stdout, text.stderr)
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Start {
    /// Adds arguments.
    pub fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.arguments.extend(arguments.into_iter().map(OsString::from));
        self
    }

    /// Sets an environment variable. Nothing is inherited but `PATH`.
    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Starts it.
    pub fn run(self) -> Process {
        let mut child = Command::new(&self.program)
            .args(self.arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .envs(self.variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let output = Arc::new(Output::default());
        read(child.stdout.take().unwrap(), output.clone(), |text| &mut text.stdout);
        read(child.stderr.take().unwrap(), output.clone(), |text| &mut text.stderr);
        Process { stdin: child.stdin.take(), child, output }
    }
}

fn read(pipe: impl Read + Send + 'static, output: Arc<Output>, stream: fn(&mut Text) -> &mut String) {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            stream(&mut output.text.lock().unwrap()).push_str(&String::from_utf8_lossy(&line));
            output.grown.notify_all();
            line.clear();
        }
    });
}
