use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Agent {
    /// Show how the agent is set up, and how it goes
    Show(AgentShow),
    /// Switch the agent on, and say how it is to answer
    #[command(after_long_help = ON_HELP)]
    On(AgentOn),
    /// Switch the agent off; messages that wait for it are not answered any more
    Off,
    /// Change how the agent answers, and leave it on or off
    #[command(after_long_help = EDIT_HELP)]
    Edit(AgentEdit),
    /// Enter the API key, or take it out
    #[command(after_long_help = KEY_HELP)]
    Key(AgentKeyEntry),
    /// Ask the model one question, as it is set up; nobody else sees the answer
    #[command(after_long_help = TEST_HELP)]
    Test(AgentTest),
    /// Show what the agent did, a day each
    Usage(AgentUsage),
    /// Forget what was said in the chats; how much was answered stays counted
    Forget(AgentForget),
}

const ON_HELP: &str = "\
The agent answers direct messages to your bots, and messages in groups that mention them, with what a model says. It is off until you \
switch it on, because then something leaves this machine: the text that people write to the bot, what was said before in the same \
chat, and the instructions of --prompt go to the server of --base-url, and nowhere else. The people who write to the bot should know.

The model is Qwen at Alibaba Cloud (DashScope) unless --base-url names another server that speaks OpenAI's chat completions:
  https://dashscope.aliyuncs.com/compatible-mode/v1               China (Beijing)
  https://dashscope-intl.aliyuncs.com/compatible-mode/v1          Singapore
  https://dashscope-us.aliyuncs.com/compatible-mode/v1            US (Virginia)
  https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1   China (Hong Kong)
Plain http leads to this machine only. An API key belongs to one region; see `longwire agent key`.

The bot needs the permission im:message:send_as_bot to reply. Whatever the model does, the long connection stays up.

Examples:
  longwire agent on
  longwire agent on --model qwen-max --per-day 200 --no-groups
  longwire agent on --base-url http://127.0.0.1:11434/v1 --model qwen3 --yes";

const EDIT_HELP: &str = "\
What is not named stays. While the agent is on, another server in --base-url is asked about first: the API key, what people write to the \
bot and what was said before go there from then on.

Examples:
  longwire agent edit --model qwen-max --per-person 20
  longwire agent edit --prompt \"You answer questions about our products.\"";

const KEY_HELP: &str = "\
The key is asked for, unseen, and kept in the keychain; never give it on the command line, where other users can read it. Where \
standard input is no terminal, its first line is taken. A server without a keychain has it in the environment of `longwire run`: \
LONGWIRE_AGENT_KEY, or DASHSCOPE_API_KEY. One that is kept goes before those.

Examples:
  longwire agent key
  longwire agent key --key-file ~/dashscope.key
  longwire agent key --remove";

const TEST_HELP: &str = "\
The question, and what the model is told first, go to the server that is set up. Whether the agent is on does not matter. The answer is on \
standard output, how long it took and what it cost in tokens on standard error.

Examples:
  longwire agent test \"What can you do?\"
  longwire agent test --model qwen-max";

#[derive(Args, Debug)]
pub(crate) struct AgentShow {
    /// Print it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Whom the agent asks, and how it answers.
#[derive(Args, Debug, Default, Eq, PartialEq)]
pub(crate) struct AgentManner {
    /// The address of an OpenAI-compatible server, up to what stands before /chat/completions
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The model's name there, such as qwen-plus
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// What the model is told before each conversation; "" for Longwire's own words
    #[arg(long, value_name = "TEXT")]
    pub(crate) prompt: Option<String>,
    /// Answer in groups, too, where the bot is mentioned
    #[arg(long)]
    pub(crate) groups: bool,
    /// Answer direct messages alone
    #[arg(long, conflicts_with = "groups")]
    pub(crate) no_groups: bool,
    /// How many questions and answers of a chat are remembered, 0 to 100
    #[arg(long, value_name = "N")]
    pub(crate) memory: Option<u32>,
    /// How many answers a person gets on one day, 1 to 10000
    #[arg(long, value_name = "N")]
    pub(crate) per_person: Option<u32>,
    /// How many answers there are on one day, 1 to 100000
    #[arg(long, value_name = "N")]
    pub(crate) per_day: Option<u32>,
}

#[derive(Args, Debug)]
pub(crate) struct AgentOn {
    #[command(flatten)]
    pub(crate) manner: AgentManner,
    /// Do not ask: what people write to the bot may go to the model's server
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct AgentEdit {
    #[command(flatten)]
    pub(crate) manner: AgentManner,
    /// Do not ask: the API key and what people write to the bot may go to another server
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct AgentKeyEntry {
    /// Take it from this file, which only you may read (chmod 600), into the keychain
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Have the keychain forget it
    #[arg(long, conflicts_with = "key_file")]
    pub(crate) remove: bool,
}

#[derive(Args, Debug)]
pub(crate) struct AgentTest {
    /// The question [default: who it is]
    #[arg(value_name = "QUESTION", default_value = "", hide_default_value = true)]
    pub(crate) question: String,
    /// Ask this model in place of the one that is set up
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// Print what came of it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct AgentUsage {
    /// So many days, today among them
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(crate) days: u32,
    /// Print them as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct AgentForget {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}
