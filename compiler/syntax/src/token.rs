//! Tokens: what the lexer cuts the text into and the parser reads.

use gos_diag::Symbol;

/// One token. Small and `Copy`, since the parser looks at each of them several times.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub kind: Tk,
    /// Whether a line break, or a comment holding one, stands between it and the token before.
    pub newline_before: bool,
    /// Whether the next token follows without a gap: `>` `>` of `>>`, `:` `=` of `:=`.
    pub joint: bool,
    /// Byte offset of its first byte.
    pub start: u32,
    /// Byte offset after its last byte.
    pub end: u32,
    /// The line it begins on, from 1.
    pub line: u32,
    /// The name of an identifier, keyword or label (without its quote).
    pub symbol: Symbol,
    /// For literals, which entry of the value table it is.
    pub literal: u32,
}

/// Declares the token kinds with their spelling as messages show it.
macro_rules! token_kinds {
    ($($kind:ident $text:literal)*) => {
        /// What a token is. `<` and `>` are always single: `<=`, `>>=` and the like are put
        /// together by the expression grammar, so that `Vec<Vec<T>>` needs no splitting.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub(crate) enum Tk { $($kind),* }

        const TEXTS: &[&str] = &[$($text),*];
        const KINDS: &[Tk] = &[$(Tk::$kind),*];
    };
}

token_kinds! {
    Eof "end of file" Newline "end of line"
    Ident "a name" Label "a label" Int "an integer" Float "a number" Char "a character"
    Byte "a byte" Str "a string" ByteStr "a byte string" Error "an invalid character"
    LParen "`(`" RParen "`)`" LBrack "`[`" RBrack "`]`" LBrace "`{`" RBrace "`}`"
    Comma "`,`" Semi "`;`" Colon "`:`" ColonColon "`::`" Dot "`.`" DotDot "`..`"
    DotDotEq "`..=`" DotDotDot "`...`" Arrow "`->`" FatArrow "`=>`" Pound "`#`" Bang "`!`"
    Question "`?`" At "`@`" Underscore "`_`"
    Eq "`=`" EqEq "`==`" Ne "`!=`" Lt "`<`" Gt "`>`" Plus "`+`" Minus "`-`" Star "`*`"
    Slash "`/`" Percent "`%`" Caret "`^`" Amp "`&`" AndAnd "`&&`" Pipe "`|`" OrOr "`||`"
    PipeGt "`|>`" PlusEq "`+=`" MinusEq "`-=`" StarEq "`*=`" SlashEq "`/=`" PercentEq "`%=`"
    CaretEq "`^=`" AmpEq "`&=`" PipeEq "`|=`"
    As "`as`" Break "`break`" Const "`const`" Continue "`continue`" Crate "`crate`"
    Defer "`defer`" Dyn "`dyn`" Else "`else`" Enum "`enum`" Extern "`extern`" False "`false`"
    Fn "`fn`" For "`for`" Go "`go`" If "`if`" Impl "`impl`" In "`in`" Let "`let`" Loop "`loop`"
    Match "`match`" Mod "`mod`" Mut "`mut`" Pub "`pub`" Return "`return`" Select "`select`"
    SelfValue "`self`" SelfType "`Self`" Static "`static`" Struct "`struct`" Super "`super`"
    Trait "`trait`" True "`true`" Type "`type`" Unsafe "`unsafe`" Use "`use`" Where "`where`"
    While "`while`" Reserved "a reserved word"
}

impl Tk {
    /// How messages name the kind: "`,`", "a name".
    pub fn text(self) -> &'static str {
        TEXTS[self as usize]
    }

    /// The kind with this number.
    pub fn from_index(index: usize) -> Option<Tk> {
        KINDS.get(index).copied()
    }

    /// Whether it is a word of the language.
    pub fn is_keyword(self) -> bool {
        self as u8 >= Tk::As as u8
    }

    /// The closing bracket for an opening one.
    pub fn closer(self) -> Option<Tk> {
        match self {
            Tk::LParen => Some(Tk::RParen),
            Tk::LBrack => Some(Tk::RBrack),
            Tk::LBrace => Some(Tk::RBrace),
            _ => None,
        }
    }

    /// Whether it is a closing bracket.
    pub fn is_closer(self) -> bool {
        matches!(self, Tk::RParen | Tk::RBrack | Tk::RBrace)
    }

    /// The keyword with this spelling.
    pub fn keyword(text: &str) -> Option<Tk> {
        Some(match text {
            "as" => Tk::As,
            "break" => Tk::Break,
            "const" => Tk::Const,
            "continue" => Tk::Continue,
            "crate" => Tk::Crate,
            "defer" => Tk::Defer,
            "dyn" => Tk::Dyn,
            "else" => Tk::Else,
            "enum" => Tk::Enum,
            "extern" => Tk::Extern,
            "false" => Tk::False,
            "fn" => Tk::Fn,
            "for" => Tk::For,
            "go" => Tk::Go,
            "if" => Tk::If,
            "impl" => Tk::Impl,
            "in" => Tk::In,
            "let" => Tk::Let,
            "loop" => Tk::Loop,
            "match" => Tk::Match,
            "mod" => Tk::Mod,
            "mut" => Tk::Mut,
            "pub" => Tk::Pub,
            "return" => Tk::Return,
            "select" => Tk::Select,
            "self" => Tk::SelfValue,
            "Self" => Tk::SelfType,
            "static" => Tk::Static,
            "struct" => Tk::Struct,
            "super" => Tk::Super,
            "trait" => Tk::Trait,
            "true" => Tk::True,
            "type" => Tk::Type,
            "unsafe" => Tk::Unsafe,
            "use" => Tk::Use,
            "where" => Tk::Where,
            "while" => Tk::While,
            "async" | "await" | "yield" | "macro" => Tk::Reserved,
            "_" => Tk::Underscore,
            _ => return None,
        })
    }
}
