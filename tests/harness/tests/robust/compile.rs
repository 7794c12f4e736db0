//! The compiler up to machine code, inside this process.

use gos_mir::mono::monomorphize;
use gos_mir::passes::{Level, optimize_verified};
use gos_sema::program::Demand;
use gos_sema::solve::Concrete;
use gos_sema::{Session, Trees};
use gos_tests::in_memory::{self, InMemory};

/// Whether the program is right. Renders what there is to say, as a user would see it.
///
/// # Errors
/// When a pass leaves something that is no MIR.
pub fn compile(text: &str) -> Result<bool, String> {
    let provider = InMemory::new(text, None);
    let options = in_memory::options();
    let trees = Trees::default();
    let mut session = Session::new(&trees, &provider, in_memory::ROOT, &options);
    let found = session.take_diagnostics();
    gos_diag::render::text(&found, session.source_map(), false);
    gos_diag::render::json(&found, session.source_map());
    if gos_diag::has_errors(&found) {
        return Ok(false);
    }
    for level in [Level::Debug, Level::Release] {
        let solver = Concrete::new();
        let (mut mono, diagnostics) = monomorphize(&mut session, &solver);
        if let Some(fault) = session.take_diagnostics().first() {
            return Err(format!("in the library: {}", fault.message));
        }
        if gos_diag::has_errors(&diagnostics) {
            return Ok(false);
        }
        let violations = optimize_verified(&mut mono, session.program(), &solver, level);
        if let Some(violation) = violations.first() {
            return Err(format!("{violation:?}"));
        }
    }
    Ok(true)
}
