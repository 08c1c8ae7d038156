//! Where a script runs: a JavaScript engine of its own for every question, with the PAC functions and nothing else of the
//! machine, bounded in time, memory and depth.
//!
//! The engine asks whether time is up in every loop and call of a script. It does not inside some of its own functions
//! (`new Array(4e9).join()`), which only a script written to do harm uses so: its thread goes on without anybody waiting
//! for it. The engine's assertions are off (its feature `disable-assertions`): one that fails would end the whole program,
//! and the one that does fail finds memory that a script made the engine lose.

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use rquickjs::context::EvalOptions;
use rquickjs::context::intrinsic::{Date, Eval, Json, MapSet, Promise, RegExp, RegExpCompiler};
use rquickjs::function::Rest;
use rquickjs::{Coerced, Context, Ctx, Function, IntoJs, Object, Runtime, Value};

use super::PacFault;
use super::functions::{Answer, FUNCTIONS, World};
use crate::text;

/// The most memory a script may use, in bytes. A list of tens of thousands of hosts fits.
const MEMORY: usize = 64 << 20;

/// The deepest stack, in bytes; the thread's own is [`THREAD_STACK`], so that the engine's bound is met first.
const STACK: usize = 512 << 10;

/// The stack of the thread a script runs on, in bytes.
pub(super) const THREAD_STACK: usize = 4 << 20;

/// A question to a script, and how long it may think.
pub(super) struct Question<'a> {
    /// The script.
    pub(super) script: &'a str,
    /// The URL it is told.
    pub(super) url: &'a str,
    /// The host it is told.
    pub(super) host: &'a str,
    /// Told that time is up, or that nobody waits for the answer any more.
    pub(super) stop: Box<dyn Fn() -> bool>,
    /// The time that is named where it was not enough.
    pub(super) allowed: Duration,
}

/// What `FindProxyForURL` answers; empty where it answers nothing. Blocks until then.
pub(super) fn answer(question: Question<'_>, world: World) -> Result<String, PacFault> {
    let Question { script, url, host, stop, allowed } = question;
    let broken = |error: rquickjs::Error| PacFault::Threw(text::line(&error.to_string()));
    let runtime = Runtime::new().map_err(broken)?;
    runtime.set_memory_limit(MEMORY);
    runtime.set_max_stack_size(STACK);
    let stopped = Rc::new(Cell::new(false));
    runtime.set_interrupt_handler(Some(Box::new({
        let stopped = Rc::clone(&stopped);
        move || {
            let stop = stopped.get() || stop();
            stopped.set(stop);
            stop
        }
    })));
    // No shared memory to wait on, no typed arrays, no proxies of objects: what a script cannot name it cannot misuse.
    // Promises are there since the engine loses track of what it allocated where `async` is used without them.
    let context = Context::custom::<(Date, Eval, Json, MapSet, Promise, RegExp, RegExpCompiler)>(&runtime)
        .map_err(broken)?;
    let outcome = context.with(|ctx| {
        offer(&ctx, world).map_err(broken)?;
        run(&ctx, script, url, host)
    });
    if stopped.get() { Err(PacFault::TimedOut(allowed)) } else { outcome }
}

fn offer(ctx: &Ctx<'_>, world: World) -> rquickjs::Result<()> {
    let world = Rc::new(world);
    for (name, function) in FUNCTIONS {
        let world = Rc::clone(&world);
        let call = move |args: Rest<Coerced<String>>| {
            let args: Vec<String> = args.0.into_iter().map(|arg| arg.0).collect();
            function(&world, &args)
        };
        ctx.globals().set(name, Function::new(ctx.clone(), call)?.with_name(name)?)?;
    }
    Ok(())
}

fn run(ctx: &Ctx<'_>, script: &str, url: &str, host: &str) -> Result<String, PacFault> {
    let sloppy = || {
        // Scripts are older than strict mode.
        let mut options = EvalOptions::default();
        options.strict = false;
        options
    };
    if let Err(error) = ctx.eval_with_options::<Value<'_>, _>(script, sloppy()) {
        let thrown = Thrown::of(ctx, &error);
        return Err(if thrown.syntax {
            PacFault::NotAScript(thrown.line)
        } else {
            PacFault::Threw(thrown.line)
        });
    }
    // Asked for as a script would, since `const` and `let` make no property of the global object.
    let named = "typeof FindProxyForURL === 'function' ? FindProxyForURL : null";
    let function = ctx
        .eval_with_options::<Option<Function<'_>>, _>(named, sloppy())
        .map_err(|error| PacFault::Threw(Thrown::of(ctx, &error).line))?
        .ok_or(PacFault::NoFunction)?;
    let answer: Value<'_> =
        function.call((url, host)).map_err(|error| PacFault::Threw(Thrown::of(ctx, &error).line))?;
    if answer.is_null() || answer.is_undefined() {
        return Ok(String::new());
    }
    match answer.as_string().map(rquickjs::String::to_string) {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(PacFault::Threw(Thrown::of(ctx, &error).line)),
        None => Err(PacFault::Nonsense(format!("not text but {}", answer.type_of()))),
    }
}

/// What a script threw.
struct Thrown {
    /// Whether the script could not be read at all.
    syntax: bool,
    /// It, in a line.
    line: String,
}

impl Thrown {
    fn of(ctx: &Ctx<'_>, error: &rquickjs::Error) -> Self {
        if !error.is_exception() {
            // Not even text: a script holds no zero bytes.
            let syntax = matches!(error, rquickjs::Error::InvalidString(_));
            return Self { syntax, line: text::line(&error.to_string()) };
        }
        let thrown = ctx.catch();
        // An engine without memory cannot make an error to throw.
        if thrown.is_null() {
            return Self { syntax: false, line: "out of memory".to_owned() };
        }
        let property = |object: &Object<'_>, key: &str| {
            object.get::<_, Option<Coerced<String>>>(key).ok().flatten().map(|it| it.0)
        };
        let (name, message) = match thrown.as_object() {
            Some(object) => (property(object, "name"), property(object, "message")),
            None => (None, thrown.get::<Coerced<String>>().ok().map(|it| it.0)),
        };
        let syntax = thrown.is_error() && name.as_deref() == Some("SyntaxError");
        let line = match (name, message) {
            (Some(name), Some(message)) => format!("{name}: {message}"),
            (_, message) => message.unwrap_or_else(|| "something that is no text".to_owned()),
        };
        Self { syntax, line: text::line(&line) }
    }
}

impl<'js> IntoJs<'js> for Answer {
    fn into_js(self, ctx: &Ctx<'js>) -> rquickjs::Result<Value<'js>> {
        match self {
            Self::Bool(it) => it.into_js(ctx),
            Self::Number(it) => it.into_js(ctx),
            Self::Text(it) => it.into_js(ctx),
            Self::Null => Ok(Value::new_null(ctx.clone())),
            Self::Nothing => Ok(Value::new_undefined(ctx.clone())),
        }
    }
}
