//! Explicit safepoints. Most loops get theirs after optimization, see `late/`.

use super::function::FnCx;
use crate::error::Emit;
use crate::late;

impl FnCx<'_, '_, '_> {
    pub(super) fn poll(&self) -> Emit<()> {
        let (slow, done) = (self.new_block("poll"), self.new_block("polled"));
        let limit = late::load_stack_limit(&self.b, self.unit)?;
        let poison = self.unit.i64.const_all_ones();
        let asked = self
            .b
            .build_int_compare(inkwell::IntPredicate::EQ, limit, poison, "")?;
        self.branch_rarely(asked, slow, done)?;
        self.b.position_at_end(slow);
        self.call_runtime("gos_rt_poll", &[])?;
        self.b.build_unconditional_branch(done)?;
        self.b.position_at_end(done);
        Ok(())
    }
}
