//! The property list that describes the service to launchd.

use std::path::{Path, PathBuf};

use super::{LABEL, ServiceError, Wanted, text_of};

/// What tells our lists from others.
pub(super) const MARK: &str = "<!-- Written by longwire service install -->";

/// The list, for a service whose output goes into files of this folder.
///
/// # Errors
/// [`ServiceError::Unnameable`].
pub(super) fn write(wanted: &Wanted, logs: &Path) -> Result<String, ServiceError> {
    let string = |path: &Path| Ok(escaped(text_of(path)?));
    let (program, data_dir) = (string(&wanted.program)?, string(&wanted.data_dir)?);
    let (output, errors) = (string(&logs.join(OUTPUT))?, string(&logs.join(ERRORS))?);
    // `Standard` and not `Background`: launchd makes the latter wait for the disk and the processor, and an event has to be
    // acknowledged within three seconds. 63 is 0o077. A core dump would hold secrets.
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
{MARK}
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>{LABEL}</string>
	<key>ProgramArguments</key>
	<array>
		<string>{program}</string>
		<string>run</string>
		<string>--data-dir</string>
		<string>{data_dir}</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<true/>
	<key>ThrottleInterval</key>
	<integer>10</integer>
	<key>ProcessType</key>
	<string>Standard</string>
	<key>ExitTimeOut</key>
	<integer>30</integer>
	<key>Umask</key>
	<integer>63</integer>
	<key>HardResourceLimits</key>
	<dict>
		<key>Core</key>
		<integer>0</integer>
	</dict>
	<key>StandardOutPath</key>
	<string>{output}</string>
	<key>StandardErrorPath</key>
	<string>{errors}</string>
</dict>
</plist>
"#
    ))
}

/// The file that its standard output goes to.
pub(super) const OUTPUT: &str = "service.out.log";
/// That of its errors.
pub(super) const ERRORS: &str = "service.log";

/// What a list of ours says is to be held up.
pub(super) fn read(text: &str) -> Option<Wanted> {
    let (_, rest) = text.split_once("<key>ProgramArguments</key>")?;
    let (arguments, _) = rest.split_once("</array>")?;
    let mut words = arguments.split("<string>").skip(1).filter_map(|word| word.split_once("</string>"));
    let program = PathBuf::from(plain(words.next()?.0));
    let data_dir = PathBuf::from(plain(words.nth(2)?.0));
    Some(Wanted { program, data_dir, user: None })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn plain(text: &str) -> String {
    text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_what_it_is_meant_to_be_to_whoever_reads_it_by_the_rules() {
        for odd in
            ["/Users/me/Library/Application Support/Longwire", "/Users/a&b/<c>/&amp;", "/Users/王/数据"]
        {
            let wanted = Wanted { program: "/opt/long wire".into(), data_dir: odd.into(), user: None };
            let text = write(&wanted, Path::new("/Users/me/Library/Logs/Longwire")).unwrap();
            let list = ::plist::Value::from_reader_xml(text.as_bytes()).unwrap();
            let list = list.as_dictionary().unwrap();
            let string = |key: &str| list[key].as_string().unwrap();
            let arguments: Vec<_> = list["ProgramArguments"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.as_string().unwrap())
                .collect();
            assert_eq!(arguments, ["/opt/long wire", "run", "--data-dir", odd]);
            assert_eq!(string("Label"), LABEL);
            assert_eq!(list["KeepAlive"].as_boolean(), Some(true));
            assert_eq!(list["RunAtLoad"].as_boolean(), Some(true));
            assert_eq!(list["ThrottleInterval"].as_unsigned_integer(), Some(10));
            assert_eq!(string("ProcessType"), "Standard");
            assert_eq!(string("StandardErrorPath"), "/Users/me/Library/Logs/Longwire/service.log");
            assert_eq!(string("StandardOutPath"), "/Users/me/Library/Logs/Longwire/service.out.log");
            assert_eq!(list.len(), 11, "nothing else");
            assert_eq!(read(&text), Some(wanted));
        }
    }

    #[test]
    fn what_cannot_stand_on_a_line_is_refused() {
        let wanted = Wanted { program: "/a".into(), data_dir: "/b\u{1}".into(), user: None };
        assert!(matches!(write(&wanted, Path::new("/l")), Err(ServiceError::Unnameable(_))));
        assert_eq!(read("<plist/>"), None);
    }
}
