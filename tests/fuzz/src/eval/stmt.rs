//! Statements.

use super::expr::position;
use super::{Flow, Frame, Machine, Result, cell};
use crate::ast::{MutArg, Place, Step, Stmt};
use crate::value::Value;

impl<'p> Machine<'p> {
    pub(super) fn stmts(&mut self, list: &'p [Stmt], frame: &mut Frame<'p>) -> Result<()> {
        list.iter().try_for_each(|stmt| self.stmt(stmt, frame))
    }

    /// Statements of a branch or loop: what they declare ends with them.
    fn scoped(&mut self, list: &'p [Stmt], frame: &mut Frame<'p>) -> Result<()> {
        let before = frame.env.clone();
        let ended = self.stmts(list, frame);
        frame.env = before;
        ended
    }

    fn stmt(&mut self, stmt: &'p Stmt, frame: &mut Frame<'p>) -> Result<()> {
        self.burn()?;
        match stmt {
            Stmt::Let(var, _, value) => {
                let value = self.expr(value, frame)?;
                frame.env.insert(*var, cell(value));
            }
            Stmt::LetTuple(vars, value) => {
                let Value::Tuple(parts) = self.expr(value, frame)? else {
                    unreachable!("a tuple is expected");
                };
                let cells = parts.into_iter().map(cell);
                frame.env.extend(vars.iter().copied().zip(cells));
            }
            Stmt::Assign(place, value) => {
                let value = self.expr(value, frame)?;
                self.change(place, frame, |slot| *slot = value);
            }
            Stmt::Update(place, op, ty, mode, value) => {
                let b = self.expr(value, frame)?.int();
                let mut result = None;
                let machine = &*self;
                machine.change(place, frame, |slot| {
                    let value = machine.arith(*op, *ty, mode, (slot.int(), b));
                    result = Some(value);
                    *slot = Value::Int(value);
                });
            }
            Stmt::Append(var, value) => {
                let more = self.expr(value, frame)?.text();
                let text = frame.env[var].borrow().text() + &more;
                let value = self.weigh(Value::Str(text))?;
                *frame.env[var].borrow_mut() = value;
            }
            Stmt::Show(value) => {
                let value = self.expr(value, frame)?;
                self.show(&value)?;
            }
            Stmt::Defer(stmts) => frame.defers.push((stmts, frame.env.clone())),
            Stmt::CallMut(fn_, args) => {
                let mut values = Vec::new();
                for arg in args {
                    values.push(match arg {
                        MutArg::Value(value) => self.expr(value, frame)?,
                        MutArg::Mut(var) => Value::Mut(frame.env[var].clone()),
                    });
                }
                self.call(&self.program.fns[*fn_], values)?;
            }
            Stmt::Push(..) | Stmt::Pop(_) | Stmt::SetAt(..) | Stmt::Sort(_) => {
                self.list_stmt(stmt, frame)?;
            }
            _ => self.control(stmt, frame)?,
        }
        Ok(())
    }

    fn list_stmt(&mut self, stmt: &'p Stmt, frame: &mut Frame<'p>) -> Result<()> {
        match stmt {
            Stmt::Push(list, value) => {
                // The receiver is a reference to the variable: what it holds after the argument.
                let value = self.expr(value, frame)?;
                let list = self.expr(list, frame)?.list();
                list.borrow_mut().push(value);
                self.weigh(Value::Vec(list))?;
            }
            Stmt::Pop(list) => {
                let list = self.expr(list, frame)?.list();
                list.borrow_mut().pop();
            }
            Stmt::SetAt(list, index, value) => {
                let index = self.expr(index, frame)?.int();
                let value = self.expr(value, frame)?;
                let list = self.expr(list, frame)?.list();
                let length = list.borrow().len();
                if length > 0 {
                    list.borrow_mut()[position(index, length)] = value;
                }
            }
            Stmt::Sort(list) => {
                let list = self.expr(list, frame)?.list();
                list.borrow_mut().sort_by_key(Value::int);
            }
            _ => unreachable!("handled by the caller"),
        }
        Ok(())
    }

    fn control(&mut self, stmt: &'p Stmt, frame: &mut Frame<'p>) -> Result<()> {
        match stmt {
            Stmt::If(condition, then, otherwise) => {
                let stmts = match self.expr(condition, frame)?.truth() {
                    true => then,
                    false => otherwise,
                };
                self.scoped(stmts, frame)
            }
            Stmt::While(counted) => self.counted(counted, frame),
            Stmt::ForRange(var, from, to, body) => {
                let items = (*from..*to).map(|item| Value::Int(item as i128));
                self.each(*var, items.collect(), body, frame)
            }
            Stmt::ForIn(var, list, body) => {
                let items = self.expr(list, frame)?.elements();
                self.each(*var, items, body, frame)
            }
            Stmt::BreakIf(condition) => match self.expr(condition, frame)?.truth() {
                true => Err(Flow::Break),
                false => Ok(()),
            },
            Stmt::ContinueIf(condition) => match self.expr(condition, frame)?.truth() {
                true => Err(Flow::Continue),
                false => Ok(()),
            },
            Stmt::ReturnIf(condition, value) => match self.expr(condition, frame)?.truth() {
                true => Err(Flow::Return(self.expr(value, frame)?)),
                false => Ok(()),
            },
            _ => unreachable!("handled by the caller"),
        }
    }

    fn each(
        &mut self,
        var: usize,
        items: Vec<Value>,
        body: &'p [Stmt],
        frame: &mut Frame<'p>,
    ) -> Result<()> {
        let before = frame.env.clone();
        for item in items {
            self.burn()?;
            frame.env.insert(var, cell(item));
            let ended = self.stmts(body, frame);
            frame.env.clone_from(&before);
            match ended {
                Ok(()) | Err(Flow::Continue) => {}
                Err(Flow::Break) => break,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// Changes the value in a place.
    fn change(&self, place: &Place, frame: &Frame<'p>, change: impl FnOnce(&mut Value)) {
        let variable = frame.env[&place.var].clone();
        let target = match (place.through, &*variable.borrow()) {
            (true, Value::Mut(target)) => target.clone(),
            _ => variable.clone(),
        };
        let mut target = target.borrow_mut();
        let mut slot = &mut *target;
        for step in &place.path {
            slot = match (step, slot) {
                (Step::Field(index), Value::Struct(_, parts))
                | (Step::Tuple(index), Value::Tuple(parts)) => &mut parts[*index],
                _ => unreachable!("a struct or tuple is expected"),
            };
        }
        change(slot);
    }
}
