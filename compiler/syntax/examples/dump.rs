//! Prints the tree of a file: `cargo run -p gos_syntax --example dump -- FILE`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: dump FILE");
        return ExitCode::from(2);
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("cannot read {path}: {error}");
            return ExitCode::from(1);
        }
    };
    let start = std::time::Instant::now();
    let (module, diagnostics) = gos_syntax::parse(gos_diag::FileId(0), &text);
    eprintln!("parsed in {:?}", start.elapsed());
    if std::env::args().nth(2).is_none() {
        print!("{}", gos_syntax::ast::dump(&module));
    }
    for diagnostic in &diagnostics {
        println!("{}: {}", diagnostic.code.id, diagnostic.message);
    }
    ExitCode::SUCCESS
}
