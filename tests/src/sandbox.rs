use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{Process, process::Start};

/// The names that lead to this machine in a sandbox. 127.0.0.1 and `localhost` never take a proxy that the environment or
/// the system names, so what is to take one has another name.
const NAMES: &[&str] = &["localhost", "platform.test", "other.test", "proxy.test", "pac.test"];
/// Where a test that runs in its sandbox finds the sandbox's folder.
const VARIABLE: &str = "LONGWIRE_SANDBOX";
/// Carried out first in a sandbox, with its folder as `$0`; the rest is the test.
const ENTER: &str = r#"
mount --bind "$0/hosts" /etc/hosts
mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf
mount -t tmpfs -o mode=1777 tmpfs "$TMPDIR"
ip link set lo up
exec "$@""#;

/// A small world for one test: a network with nothing but a loopback, names of its own, processes that end with the test.
pub struct Sandbox {
    folder: PathBuf,
}

/// Runs a test in a sandbox of its own: the test's program is started again in fresh network, mount and process
/// namespaces, for this test alone. The closure must be written in the test's own function, whose name it carries.
///
/// # Panics
/// Where the test fails, or the system allows no such namespaces.
pub fn sandboxed<T: AsyncFnOnce(Sandbox)>(test: T) {
    enter(test, |_| ());
}

/// The same in a sandbox that has [joined a network](Sandbox::join_network), as most machines have.
///
/// # Panics
/// As [`sandboxed`].
pub fn sandboxed_online<T: AsyncFnOnce(Sandbox)>(test: T) {
    enter(test, Sandbox::join_network);
}

fn enter<T: AsyncFnOnce(Sandbox)>(test: T, begin: impl FnOnce(&Sandbox)) {
    if let Some(folder) = env::var_os(VARIABLE) {
        let sandbox = Sandbox { folder: folder.into() };
        begin(&sandbox);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        return runtime.block_on(test(sandbox));
    }
    let name = test_name::<T>();
    let folder = prepare().expect("a folder for the sandbox");
    let own = env::current_exe().expect("a test knows its own path");
    let status = unshare(folder.path())
        .arg(own)
        .args(["--exact", name, "--nocapture", "--include-ignored", "--test-threads=1"])
        .env(VARIABLE, folder.path())
        // What a test writes is in memory: a disk that many write to at once is slow to say that it has all of it.
        .env("TMPDIR", folder.path().join("files"))
        .status()
        .unwrap_or_else(|error| panic!("unshare: {error}"));
    assert!(
        status.success(),
        "{name} failed in its sandbox, see above: {status}. (It needs root or user namespaces.)"
    );
}

/// What the test harness calls the test whose closure this is the type of.
fn test_name<T>() -> &'static str {
    let closure = std::any::type_name::<T>();
    let path = closure.split_once("::").map_or(closure, |(_, path)| path);
    path.split("::{{closure}}").next().unwrap_or(path)
}

fn prepare() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("longwire-sandbox").tempdir()?;
    // Servers that give up their rights still have to reach what is theirs.
    open_to_all(folder.path())?;
    fs::create_dir(folder.path().join("files"))?;
    write_hosts(&folder.path().join("hosts"), NAMES)?;
    // No name server is ever asked, so that an unknown name is known to be unknown at once.
    fs::write(folder.path().join("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n")?;
    Ok(folder)
}

fn write_hosts(path: &Path, names: &[&str]) -> io::Result<()> {
    fs::write(path, names.iter().map(|name| format!("127.0.0.1 {name}\n")).collect::<String>())
}

/// Lets every user read and write in a folder of a sandbox.
pub(crate) fn open_to_all(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777))
}

/// `unshare`, ready for the words of the command to run inside.
fn unshare(folder: &Path) -> Command {
    let mut command = Command::new("unshare");
    if !is_root() {
        command.args(["--user", "--map-current-user", "--keep-caps"]);
    }
    command
        .args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-euc", ENTER])
        .arg(folder);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

impl Sandbox {
    /// Begins to describe a process that knows these names, all of this machine, in place of the sandbox's.
    pub fn elsewhere(&self, names: &[&str], program: &str) -> Start {
        let hosts = self.folder.join(format!("hosts.{}", names.join(".")));
        write_hosts(&hosts, names).expect("the sandbox's folder can be written");
        let hosts = hosts.to_str().expect("a plain path");
        let enter = r#"mount --bind "$0" /etc/hosts && exec "$@""#;
        Process::start("unshare".into()).arguments(["--mount", "sh", "-euc", enter, hosts, program])
    }

    /// Makes a folder of the system the sandbox's own: whatever is changed in it from now on is seen here alone, and gone
    /// with the sandbox.
    pub fn own(&self, folder: &str) {
        let name = folder.trim_matches('/').replace('/', "-");
        let layer = self.folder.join("layers").join(name);
        fs::create_dir_all(&layer).expect("the sandbox's folder can be written");
        // An overlay may not lie upon another one, which the disk below may be.
        let layer = layer.to_str().expect("a plain path");
        command("mount", &format!("-t tmpfs tmpfs {layer}"));
        for part in ["changed", "work"] {
            fs::create_dir(format!("{layer}/{part}")).expect("a new file system");
        }
        let rights = if is_root() { "" } else { ",userxattr" };
        let layers = format!("lowerdir={folder},upperdir={layer}/changed,workdir={layer}/work{rights}");
        command("mount", &format!("-t overlay overlay -o {layers} {folder}"));
    }

    /// Puts a program at a path, in a folder that is the sandbox's [own](Sandbox::own).
    pub fn put(&self, program: &Path, at: &str) {
        fs::remove_file(at).ok();
        std::os::unix::fs::symlink(program, at).expect("the sandbox's own folder");
    }

    /// Runs `ip` in the sandbox's network: `link add …`.
    pub fn ip(&self, words: &str) {
        command("ip", words);
    }

    /// Runs `nft` in the sandbox's network: `add table …`.
    pub fn nft(&self, words: &str) {
        command("nft", words);
    }

    /// Joins a network that leads everywhere, as far as this machine can tell, and answers nothing.
    pub fn join_network(&self) {
        self.ip("link add net0 type veth peer name net1");
        self.ip("addr add 10.66.0.2/24 dev net0");
        self.ip("link set net1 up");
        self.ip("link set net0 up");
        self.ip("route add default via 10.66.0.1");
    }

    /// Drops from now on every packet to and from this TCP port, without a word to either side.
    pub fn drop_packets(&self, port: u16) {
        self.wall();
        self.nft(&format!("add rule inet wall output tcp dport {port} drop"));
        self.nft(&format!("add rule inet wall output tcp sport {port} drop"));
    }

    /// Refuses from now on every packet to this TCP port.
    pub fn refuse_packets(&self, port: u16) {
        self.wall();
        self.nft(&format!("add rule inet wall output tcp dport {port} reject with tcp reset"));
    }

    /// Lets packets flow again.
    pub fn pass_packets(&self) {
        self.nft("delete table inet wall");
    }

    /// A wall without a stone, in place of the one there was.
    fn wall(&self) {
        self.nft("add table inet wall");
        self.nft("flush table inet wall");
        self.nft("add chain inet wall output { type filter hook output priority 0; }");
    }
}

fn command(program: &str, words: &str) {
    let output = Command::new(program)
        .args(words.split(' '))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {words}: {said}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_named_by_its_closure() {
        fn name<T: AsyncFnOnce(Sandbox)>(_: T) -> &'static str {
            test_name::<T>()
        }
        assert_eq!(name(async |_| {}), "sandbox::tests::a_test_is_named_by_its_closure");
    }

    #[test]
    fn a_sandbox_has_its_own_names_and_no_way_out() {
        sandboxed(async |sandbox| {
            let found = tokio::net::lookup_host("platform.test:1").await.unwrap().next().unwrap();
            assert_eq!(found.to_string(), "127.0.0.1:1");
            assert!(tokio::net::lookup_host("example.com:1").await.is_err());
            tokio::net::TcpStream::connect("192.0.2.1:1").await.unwrap_err();
            let other = sandbox.elsewhere(&["there.test"], "getent");
            let other = other.arguments(["hosts", "there.test"]).run().end();
            assert!(other.stdout.contains("127.0.0.1"), "{}", other.stderr);
            assert!(tokio::net::lookup_host("there.test:1").await.is_err());
        });
    }

    #[test]
    fn what_is_changed_in_a_folder_of_its_own_is_not_seen_outside() {
        let program = "/usr/sbin/longwire-nothing";
        sandboxed(async |sandbox| {
            sandbox.own("/usr/sbin");
            sandbox.put(Path::new("/bin/echo"), program);
            let ended = Process::start(program.into()).arguments(["here"]).run().end();
            assert_eq!(ended.stdout, "here\n");
            assert!(Path::new("/usr/sbin").read_dir().unwrap().count() > 1, "the others are there, too");
        });
        assert!(env::var_os(VARIABLE).is_some() || !Path::new(program).exists());
    }

    #[test]
    fn packets_are_dropped_and_flow_again() {
        sandboxed(async |sandbox| {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let connect = || {
                let connecting = tokio::net::TcpStream::connect(address);
                tokio::time::timeout(std::time::Duration::from_millis(300), connecting)
            };
            connect().await.unwrap().unwrap();
            sandbox.drop_packets(address.port());
            connect().await.unwrap_err();
            sandbox.refuse_packets(address.port());
            connect().await.unwrap().unwrap_err();
            sandbox.pass_packets();
            connect().await.unwrap().unwrap();
        });
    }
}
