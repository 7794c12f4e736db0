//! The programs that mutations start from, cut into pieces.

use std::fs;
use std::path::Path;

use gos_tests::pieces::{Kind, Piece, cut};

/// All seeds, and all their pieces by kind.
#[derive(Debug, Default)]
pub struct Corpus {
    pub programs: Vec<Vec<Piece>>,
    names: Vec<String>,
    numbers: Vec<String>,
    texts: Vec<String>,
    signs: Vec<String>,
}

/// Values at the edges of types, which programs rarely hold.
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "255",
    "256",
    "0x7fffffffffffffff",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999999999999999999999999",
    "1e308",
    "1e999",
    "0.0",
    "1u8",
    "7i128",
    "3f32",
];

/// Words that change what a program means wherever they land.
const NAMES: [&str; 40] = [
    "i64", "u8", "f64", "String", "bool", "char", "Option", "Result", "Vec", "Box", "Self", "self",
    "dyn", "mut", "ref", "fn", "struct", "enum", "trait", "impl", "where", "match", "if", "else",
    "loop", "while", "for", "in", "go", "defer", "return", "break", "continue", "const", "static",
    "mod", "use", "as", "_", "crate",
];

impl Corpus {
    /// Reads every `.gos` file below these folders, in the order of their paths.
    pub fn read(tests: &Path, folders: &[&str]) -> Corpus {
        let mut paths = Vec::new();
        for folder in folders {
            gos_tests::collect(&tests.join(folder), &mut paths);
        }
        paths.sort();
        let mut corpus = Corpus::default();
        for path in paths {
            let bytes = fs::read(&path).unwrap_or_default();
            corpus.add(cut(&String::from_utf8_lossy(&bytes)));
        }
        corpus.names.extend(NAMES.map(str::to_owned));
        corpus.numbers.extend(NUMBERS.map(str::to_owned));
        for list in [
            &mut corpus.names,
            &mut corpus.numbers,
            &mut corpus.texts,
            &mut corpus.signs,
        ] {
            list.sort();
            list.dedup();
        }
        corpus
    }

    fn add(&mut self, program: Vec<Piece>) {
        for piece in &program {
            let list = match piece.kind {
                Kind::Name => &mut self.names,
                Kind::Number => &mut self.numbers,
                Kind::Text => &mut self.texts,
                Kind::Bracket | Kind::Sign => &mut self.signs,
                Kind::Blank => continue,
            };
            list.push(piece.text.clone());
        }
        self.programs.push(program);
    }

    /// All pieces of the corpus that could stand where one of this kind stands.
    pub fn alike(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::Name => &self.names,
            Kind::Number => &self.numbers,
            Kind::Text => &self.texts,
            Kind::Bracket | Kind::Sign => &self.signs,
            Kind::Blank => &[],
        }
    }
}
