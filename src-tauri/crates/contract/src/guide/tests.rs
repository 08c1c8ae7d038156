use super::*;
use crate::text::word;

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

fn each() -> impl Iterator<Item = (Guide, Language, &'static str)> {
    let guides = Guide::ALL.iter().flat_map(|guide| LANGUAGES.map(|language| (*guide, language)));
    guides.map(|(guide, language)| (guide, language, guide.text(language)))
}

/// The lines outside of the blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").step_by(2).flat_map(str::lines)
}

#[test]
fn every_guide_has_a_title_and_says_how_it_looks_why_and_what_to_do() {
    for (guide, language, text) in each() {
        let title = guide.title(language);
        assert!(text.starts_with(&format!("# {title}\n\n## ")) && title.len() > 10, "{guide:?} {language:?}");
        let headings: Vec<_> = text.lines().filter(|line| line.starts_with("## ")).collect();
        let wanted = match language {
            Language::English => {
                ["## How it looks", "## Why", "## Is it this?", "## What to do", "## Still stuck?"]
            }
            Language::Chinese => ["## 现象", "## 原因", "## 如何确认", "## 怎么办", "## 还是不行"],
        };
        assert_eq!(headings, wanted, "{guide:?} {language:?}");
        assert!((40..=90).contains(&text.lines().count()), "{guide:?} {language:?} is too short or too long");
    }
}

#[test]
fn both_languages_say_the_same_in_the_same_places() {
    let sign = |line: &str| {
        let first = line.split(' ').next().unwrap_or_default();
        let is_sign = first.ends_with(['#', '-', '.']) && first.len() < 4 || first.starts_with("```");
        if is_sign { first.to_owned() } else { line.is_empty().to_string() }
    };
    for guide in Guide::ALL {
        let [english, chinese] =
            LANGUAGES.map(|language| guide.text(language).lines().map(sign).collect::<Vec<_>>());
        assert_eq!(english, chinese, "{guide:?}");
    }
}

#[test]
fn every_guide_is_needed_by_a_finding() {
    for guide in Guide::ALL {
        assert!(FindingCode::ALL.iter().any(|code| code.guide() == *guide), "{guide:?}");
    }
}

#[test]
fn a_guide_is_named_alike_everywhere() {
    for guide in Guide::ALL {
        assert_eq!(guide.name(), word(guide));
    }
}

#[test]
fn every_link_leads_to_another_guide() {
    for (guide, language, text) in each() {
        let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
        let mut count = 0;
        for link in links {
            let name =
                link.strip_prefix("guide:").unwrap_or_else(|| panic!("{guide:?} {language:?}: {link}"));
            let leads = Guide::ALL.iter().any(|other| other.name() == name && *other != guide);
            assert!(leads, "{guide:?} {language:?}: {link}");
            count += 1;
        }
        assert!(count > 0, "{guide:?} {language:?} leads nowhere");
    }
}

#[test]
fn a_guide_is_plain_markdown() {
    for (guide, language, text) in each() {
        for line in prose(text) {
            let without_code = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
            let foreign = ["<", "![", "|", "\t", "  "].into_iter().find(|sign| without_code.contains(sign));
            assert_eq!(foreign, None, "{guide:?} {language:?}: {line}");
            assert_eq!(line.matches('`').count() % 2, 0, "{guide:?} {language:?}: {line}");
            assert_eq!(line.matches("**").count() % 2, 0, "{guide:?} {language:?}: {line}");
        }
        assert_eq!(text.matches("```").count() % 2, 0, "{guide:?} {language:?}");
    }
}

/// Chinese and Latin stand with a space between them; marks between Chinese are Chinese ones.
#[test]
fn chinese_is_set_as_chinese() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for guide in Guide::ALL {
        for line in prose(guide.text(Language::Chinese)) {
            let chars: Vec<char> = line.replace("**", "").chars().collect();
            for pair in chars.windows(2) {
                let sticks = |c: char| c.is_ascii_alphanumeric() || c == '`';
                let (a, b) = (pair[0], pair[1]);
                let stuck = is_chinese(a) && sticks(b) || sticks(a) && is_chinese(b);
                assert!(!stuck, "{guide:?}: {a}{b} in {line}");
                let foreign = is_chinese(a) && ",;:?!\"".contains(b);
                assert!(!foreign, "{guide:?}: {a}{b} in {line}");
            }
        }
    }
}

#[test]
fn a_guide_speaks_of_every_finding_it_is_for() {
    for code in FindingCode::ALL {
        let (english, chinese) = words_of(*code);
        for (language, words) in [(Language::English, english), (Language::Chinese, chinese)] {
            let text = code.guide().text(language);
            assert!(text.contains(words), "{code:?}: {:?} {language:?} lacks {words}", code.guide());
        }
    }
}

/// Words by which a person knows each finding again.
fn words_of(code: FindingCode) -> (&'static str, &'static str) {
    use FindingCode as F;
    match code {
        F::NoNetwork => ("offline", "没有联网"),
        F::DnsFailed => ("no address found", "找不到 open.feishu.cn 的地址"),
        F::TcpRefused => ("nothing listens", "没有程序在监听"),
        F::TcpUnreachable => ("no route", "无法到达"),
        F::TimedOut => ("no answer in time", "没有及时应答"),
        F::TcpBroken => ("cut off", "连接被切断"),
        F::ProxyUnreachable => ("cannot be reached", "连不上代理"),
        F::ProxyCredentialsWanted | F::ProxyCredentialsWrong => ("wants a password", "要求登录"),
        F::ProxyRefused | F::ProxyBroken => ("blocks or cuts", "被拦截或切断"),
        F::ProxyOtherProtocol => ("no proxy of this kind", "不是这种代理"),
        F::ProxyTls => ("proxy", "代理"),
        F::ProxySettingBad => ("Edit proxy", "修改代理"),
        F::PacFailed => ("PAC script that does not load", "PAC 脚本加载失败"),
        F::DirectWorks => ("without the proxy it works", "不走代理就能连上"),
        F::ProxyWorks => ("through the proxy it works", "走代理就能连上"),
        F::TlsUntrusted => ("not trusted", "不受信任"),
        F::TrustFailing => ("was not enough", "还不够"),
        F::TlsIntercepted | F::TlsTrustedHere => ("is decrypted by", "解密"),
        F::TlsSelfSigned => ("is self-signed", "自签名"),
        F::TlsExpired => ("has expired", "已过期"),
        F::TlsNotYetValid | F::ClockWrong => ("set the time", "校准时间"),
        F::TlsWrongHost => ("is not for open.feishu.cn", "证书不是 open.feishu.cn 的"),
        F::TlsNotSpoken => ("no TLS on the port", "端口不支持 TLS"),
        F::TlsCut | F::TlsFailed => ("TLS handshake", "TLS 握手"),
        F::NotThePlatform => ("not the platform that answers", "应答的不是开放平台"),
        F::HttpStatus => ("HTTP 400", "HTTP 400"),
        F::BadAddress => ("no usable address", "没有给出可用的地址"),
        F::PlatformBusy => ("platform is busy", "平台繁忙"),
        F::CredentialsWrong => ("App Secret is wrong", "App Secret 不正确"),
        F::AppIdMalformed => ("16 hexadecimal digits", "16 位十六进制数字"),
        F::DomainWrong => ("1000040351", "1000040351"),
        F::Forbidden => ("403", "403"),
        F::ConnectionLimit => ("1000040350", "1000040350"),
        F::PlatformCode => ("code Longwire does not know", "不认识的错误码"),
        F::TicketRefused => ("refuses the ticket", "拒绝了连接票据"),
        F::UpgradeBlocked => ("blocks WebSocket", "WebSocket 被拦截"),
        F::LinkSilent => ("went silent", "没有响应了"),
        F::LinkClosed => ("was closed", "连接被关闭"),
        F::Flapping => ("keeps dropping", "反复断开"),
        F::OtherClients => ("take some of this app’s events", "分走事件"),
        F::PlatformSeesUs => ("can be saved now", "现在可以在开发者后台保存了"),
        F::NothingReceived => ("no event has come yet", "还没有收到事件"),
        F::SecretMissing => ("no App Secret kept", "没有保存这个应用的 App Secret"),
        F::SecretUnreadable => ("cannot be read", "无法读取 App Secret"),
        F::NoSecretStore => ("no keychain", "没有可以保存 App Secret 的钥匙串"),
        F::DomainUnusable => ("plain `http://`", "明文 `http://`"),
        F::DiskFull => ("the disk is full", "磁盘已满"),
        F::NotKept => ("cannot be kept", "事件无法保存"),
        F::TargetDown => ("no answer from", "没有应答"),
        F::TargetFailing => ("events not taken by", "没有接收部分事件"),
        F::AnswerLate => ("came too late", "回复太晚了"),
        F::AnswerInvalid => ("cannot be used", "回复无法使用"),
        F::AgentNoKey => ("has no API key", "没有 API Key"),
        F::AgentKeyWrong => ("API key is refused", "API Key 不被接受"),
        F::AgentQuota => ("no credit left", "请求太多，或者余额不足"),
        F::AgentUnreachable => ("model cannot be reached", "连不上模型服务"),
        F::AgentRefused => ("refuses the question", "拒绝了请求"),
        F::AgentFailing => ("model does not answer", "模型服务没有给出回答"),
        F::AgentReplyRefused => ("may not reply", "不能回复"),
        F::AgentPlatformUnreachable => ("cannot reach the platform", "送不到平台"),
        F::AgentNotebook => ("cannot be written down", "无法记录"),
    }
}
