use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use longwire_contract::{Guide as Name, Language};

pub(super) const GUIDE_HELP: &str = "\
A guide is for one way in which people get stuck: how it looks, why it happens, how to see that it is this, and what to do. \
They are part of the program, so that they can be read where nothing connects. A finding names its guide, in `longwire doctor`, \
`longwire status` and the log of `longwire run`.

Examples:
  longwire guide                          the list
  longwire guide console                  应用未建立长连接 (10068): the console does not save
  longwire guide tls | less";

#[derive(Args, Debug)]
pub(crate) struct Guide {
    /// Which one [default: list them all]
    #[arg(value_name = "NAME", value_parser = names())]
    pub(crate) name: Option<Name>,
}

fn names() -> impl TypedValueParser<Value = Name> {
    let known = Name::ALL.iter();
    let values = known.map(|guide| PossibleValue::new(guide.name()).help(guide.title(Language::English)));
    PossibleValuesParser::new(values).try_map(|name| {
        let named = Name::ALL.iter().find(|guide| guide.name() == name);
        named.copied().ok_or("no guide of this name")
    })
}
