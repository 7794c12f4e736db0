//! What a program means: a plain walk over the tree. Where integer arithmetic overflows or a divisor
//! is bad, the operator is marked to be written in its wrapping form, which for all other operands
//! gives what it gave before.

mod arith;
mod expr;
mod stmt;

pub(crate) use expr::FLOAT_OPS;

use crate::ast::{Block, CountedLoop, FnDecl, Program, Stmt};
use crate::value::{Cell, Env, Value};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

/// Steps after which a program is given up.
const FUEL: usize = 60_000;

/// No value may grow beyond this many parts.
const WEIGHT_MAX: usize = 400;

/// The longest output, in bytes.
const OUTPUT_MAX: usize = 4000;

/// Calls deeper than this are given up.
const DEPTH_MAX: usize = 60;

/// Why evaluation does not go on to the next statement.
enum Flow {
    Break,
    Continue,
    Return(Value),
    /// The program does too much.
    GiveUp,
}

type Result<T> = std::result::Result<T, Flow>;

struct Machine<'p> {
    program: &'p Program,
    fuel: usize,
    depth: usize,
    output: String,
}

/// One call: its variables, and what it runs at its end.
struct Frame<'p> {
    env: Env,
    defers: Vec<(&'p [Stmt], Env)>,
}

/// The output of `run`; none if it does more than it should.
pub fn run(program: &Program) -> Option<String> {
    let mut machine = Machine {
        program,
        fuel: FUEL,
        depth: 0,
        output: String::new(),
    };
    let mut frame = Frame {
        env: Env::new(),
        defers: Vec::new(),
    };
    let ended = machine.stmts(&program.main, &mut frame);
    let ended = machine.finish(frame, ended.map(|()| Value::Unit));
    match ended {
        Ok(_) | Err(Flow::Return(_)) => Some(machine.output),
        Err(_) => None,
    }
}

fn cell(value: Value) -> Cell {
    Rc::new(RefCell::new(value))
}

impl<'p> Machine<'p> {
    fn burn(&mut self) -> Result<()> {
        self.fuel = self.fuel.checked_sub(1).ok_or(Flow::GiveUp)?;
        Ok(())
    }

    /// The value, unless it has grown too large.
    fn weigh(&self, value: Value) -> Result<Value> {
        match value.weight() > WEIGHT_MAX {
            true => Err(Flow::GiveUp),
            false => Ok(value),
        }
    }

    fn show(&mut self, value: &Value) -> Result<()> {
        let _ = writeln!(self.output, "{value:?}");
        match self.output.len() > OUTPUT_MAX {
            true => Err(Flow::GiveUp),
            false => Ok(()),
        }
    }

    /// Runs what was deferred, newest first, and gives what the call gives.
    fn finish(&mut self, mut frame: Frame<'p>, ended: Result<Value>) -> Result<Value> {
        if matches!(ended, Err(Flow::GiveUp)) {
            return ended;
        }
        while let Some((stmts, env)) = frame.defers.pop() {
            let mut inner = Frame {
                env,
                defers: Vec::new(),
            };
            self.stmts(stmts, &mut inner)?;
        }
        match ended {
            Err(Flow::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn call(&mut self, fn_: &'p FnDecl, args: Vec<Value>) -> Result<Value> {
        self.burn()?;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Flow::GiveUp);
        }
        let params = fn_.params.iter().map(|(var, _)| *var);
        let mut frame = Frame {
            env: params.zip(args.into_iter().map(cell)).collect(),
            defers: Vec::new(),
        };
        let ended = self.block(&fn_.body, &mut frame);
        let ended = self.finish(frame, ended);
        self.depth -= 1;
        ended
    }

    /// Calls a closure: its body sees the variables of the place that made it.
    fn call_value(&mut self, callee: &Value, args: Vec<Value>) -> Result<Value> {
        self.burn()?;
        let Value::Fn(closure) = callee else {
            unreachable!("a closure is expected");
        };
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Flow::GiveUp);
        }
        let mut env = closure.env.clone();
        let params = closure.params.iter().copied();
        env.extend(params.zip(args.into_iter().map(cell)));
        let mut frame = Frame {
            env,
            defers: Vec::new(),
        };
        let value = self.expr(&self.program.lambdas[closure.body], &mut frame);
        self.depth -= 1;
        value
    }

    /// The block's value; variables that it declares end with it.
    fn block(&mut self, block: &'p Block, frame: &mut Frame<'p>) -> Result<Value> {
        let before = frame.env.clone();
        let value = self
            .stmts(&block.stmts, frame)
            .and_then(|()| match &block.value {
                Some(value) => self.expr(value, frame),
                None => Ok(Value::Unit),
            });
        frame.env = before;
        value
    }

    /// Runs the body up to `turns` times; true if it was left by `break`.
    fn counted(&mut self, counted: &'p CountedLoop, frame: &mut Frame<'p>) -> Result<()> {
        let before = frame.env.clone();
        for turn in 1..=counted.turns {
            self.burn()?;
            let counter = cell(Value::Int(turn as i128));
            frame.env.insert(counted.counter, counter);
            let ended = self.stmts(&counted.body, frame);
            frame.env.clone_from(&before);
            match ended {
                Ok(()) | Err(Flow::Continue) => {}
                Err(Flow::Break) => break,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}
