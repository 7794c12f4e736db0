//! Statements as other languages write them: declarations without `let`, `switch`, `try`, `unless`,
//! calls without parentheses.

use gos_diag::{Applicability, Diagnostic, Edit, Span, closest, codes};

use super::{
    behind_group, branch, error_from, foreign, same_line, several, skip_line, span_at, text_at,
    word_at,
};
use crate::ast::{
    Expr, ExprKind, If, LetStmt, Pat, PatKind, Stmt, StmtKind, TypeExpr, TypeKind, UnOp,
};
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::{block, control, expr, literal, pat};
use crate::token::Tk;

/// Words that declare a variable elsewhere, and what is written here.
const DECLARE: [(&str, &str); 6] = [
    ("var", "let mut"),
    ("val", "let"),
    ("auto", "let"),
    ("final", "let"),
    ("local", "let"),
    ("my", "let"),
];

/// Types that stand in front of a variable in C, Java and their kin, and what they are here.
const C_TYPES: [(&str, &str); 14] = [
    ("int", "i64"),
    ("long", "i64"),
    ("short", "i16"),
    ("float", "f64"),
    ("double", "f64"),
    ("string", "String"),
    ("String", "String"),
    ("boolean", "bool"),
    ("bool", "bool"),
    ("char", "char"),
    ("i64", "i64"),
    ("i32", "i32"),
    ("f64", "f64"),
    ("usize", "usize"),
];

/// Words that begin a statement, for those that misspell them.
const KEYWORDS: [&str; 12] = [
    "let", "return", "break", "continue", "while", "match", "loop", "for", "defer", "const",
    "struct", "enum",
];

/// A foreign statement that begins with a name, if one stands here; and whether it ended at its `}`.
pub(in crate::parser) fn statement(inp: &mut Input<'_, '_>) -> Parsed<Option<(Stmt, bool)>> {
    let start = inp.position();
    let word = word_at(inp, 0);
    let (next, near) = (inp.kind_at(1), same_line(inp, 1));
    if next == Tk::Colon && is_label(inp) {
        return label(inp).map(Some);
    }
    if !near {
        return Ok(None);
    }
    let operand = matches!(next, Tk::Ident | Tk::SelfValue | Tk::Bang) || literal::begins(next);
    let grouped = next == Tk::LParen && {
        let behind = behind_group(inp, 1);
        inp.kind_at(behind) == Tk::LBrace
    };
    let kind = match word {
        "switch" if operand && next != Tk::Bang || grouped => return switch(inp).map(Some),
        "unless" if operand || grouped => unless(inp)?,
        "until" if operand || grouped => until(inp)?,
        "foreach" if operand || grouped => foreach(inp)?,
        "try" | "begin" if next == Tk::LBrace => attempt(inp)?,
        "do" if next == Tk::LBrace => do_while(inp)?,
        "throw" | "raise" if operand && next != Tk::Bang => throw(inp)?,
        "print" | "println" | "puts" | "echo" | "log" if literal::begins(next) => print(inp)?,
        _ if next == Tk::Ident => return two_names(inp, word),
        _ => return Ok(None),
    };
    let span = inp.node_span(start);
    let expr = Box::new(Expr {
        id: inp.id(),
        span,
        kind,
    });
    let kind = StmtKind::Expr { expr, semi: true };
    let ends_itself = inp.position() > start && ended_at_brace(inp);
    Ok(Some((
        Stmt {
            span,
            attrs: Vec::new(),
            kind,
        },
        ends_itself,
    )))
}

fn ended_at_brace(inp: &mut Input<'_, '_>) -> bool {
    let last = inp.position() - 1;
    inp.cx()
        .tokens
        .get(last)
        .is_some_and(|token| token.kind == Tk::RBrace)
}

/// `name:` in front of a loop or alone on its line.
fn is_label(inp: &mut Input<'_, '_>) -> bool {
    match inp.kind_at(2) {
        Tk::For | Tk::While | Tk::Loop => true,
        Tk::Newline => matches!(inp.kind_at(3), Tk::For | Tk::While | Tk::Loop),
        _ => false,
    }
}

fn label(inp: &mut Input<'_, '_>) -> Parsed<(Stmt, bool)> {
    let start = inp.position();
    let (span, name) = (inp.here(), inp.symbol());
    inp.report(
        foreign(span, "a label begins with `'`")
            .label(span, "not a label of Gossamer")
            .suggest(
                span.at_start(),
                "'",
                format!("write `'{name}`, here and behind `break` and `continue`"),
            ),
    );
    // Where it is used without a quote, that is said here.
    inp.cx().damage.names.push(name);
    inp.bump();
    inp.bump();
    inp.skip_newlines();
    let kind = control::labelled(inp)?;
    let expr = Box::new(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    });
    let span = inp.node_span(start);
    Ok((
        Stmt {
            span,
            attrs: Vec::new(),
            kind: StmtKind::Expr { expr, semi: true },
        },
        true,
    ))
}

fn switch(inp: &mut Input<'_, '_>) -> Parsed<(Stmt, bool)> {
    let start = inp.position();
    let span = inp.here();
    inp.report(
        foreign(span, "there is no `switch`")
            .label(span, "not a word of Gossamer")
            .help("write `match n { 1 => …, 2 | 3 => …, _ => … }`: one arm runs, and nothing falls through"),
    );
    skip_line(inp);
    let expr = Box::new(error_from(inp, start));
    let kind = StmtKind::Expr { expr, semi: true };
    let span = inp.node_span(start);
    Ok((
        Stmt {
            span,
            attrs: Vec::new(),
            kind,
        },
        true,
    ))
}

/// `unless c {`
fn unless(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let cond = negated(inp, "unless", "if")?;
    let then_block = branch::body(inp, "if")?;
    let else_branch = if inp.eat(Tk::Else) {
        Some(Box::new(block::block_expr(inp)?))
    } else {
        None
    };
    Ok(ExprKind::If(If {
        cond,
        then_block,
        else_branch,
    }))
}

/// `until c {`
fn until(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let cond = negated(inp, "until", "while")?;
    let body = branch::body(inp, "while")?;
    Ok(ExprKind::While {
        label: None,
        cond,
        body,
    })
}

fn negated(inp: &mut Input<'_, '_>, word: &str, meant: &str) -> Parsed<Box<Expr>> {
    let span = inp.here();
    inp.bump();
    let operand = control::condition(inp)?;
    let edits = vec![
        Edit::new(span, format!("{meant} !(")),
        Edit::new(operand.span.at_end(), ")"),
    ];
    // The blank behind the word stands in front of the condition.
    let gap = Span {
        start: span.end,
        end: operand.span.start,
        ..span
    };
    let edits = [edits, vec![Edit::new(gap, "")]].concat();
    inp.report(
        foreign(span, format!("there is no `{word}`"))
            .label(span, "not a word of Gossamer")
            .suggest_edits(
                Applicability::Machine,
                edits,
                format!("write `{meant}` with `!`"),
            ),
    );
    let kind = ExprKind::Unary {
        op: UnOp::Not,
        operand,
    };
    Ok(Box::new(Expr {
        id: inp.id(),
        span,
        kind,
    }))
}

fn foreach(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let span = inp.here();
    inp.report(
        foreign(span, "there is no `foreach`")
            .label(span, "not a word of Gossamer")
            .suggest(span, "for", "write `for`"),
    );
    inp.bump();
    control::for_rest(inp, None)
}

/// `try { … } catch (e) { … }`
fn attempt(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let span = inp.here();
    inp.report(
        foreign(span, "errors are values: nothing is thrown or caught")
            .label(span, "not a word of Gossamer")
            .help("what may fail returns a `Result`: hand its error on with `?`, or look at it with `match`"),
    );
    inp.bump();
    let block = block::block(inp)?;
    let start = inp.position();
    let ahead = usize::from(inp.at(Tk::Newline));
    if matches!(
        word_at(inp, ahead),
        "catch" | "except" | "rescue" | "finally"
    ) {
        inp.skip_newlines();
        while !matches!(inp.kind(), Tk::Newline | Tk::Semi | Tk::RBrace | Tk::Eof) {
            inp.skip_group();
        }
        inp.lose(start);
    }
    Ok(ExprKind::Block { label: None, block })
}

/// `do { … } while c`
fn do_while(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let span = inp.here();
    inp.report(
        foreign(span, "there is no `do`")
            .label(span, "not a word of Gossamer")
            .help("write `loop { …; if !(c) { break } }`"),
    );
    inp.bump();
    let body = block::block(inp)?;
    skip_line(inp);
    Ok(ExprKind::Loop { label: None, body })
}

fn throw(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let start = inp.position();
    let span = inp.here();
    inp.bump();
    let value = expr::expr(inp)?;
    let gap = Span {
        end: value.span.start,
        ..span
    };
    let edits = vec![
        Edit::new(gap, "return Err("),
        Edit::new(value.span.at_end(), ")"),
    ];
    inp.report(
        foreign(span, "errors are values: they are returned")
            .label(span, "not a word of Gossamer")
            .help("the function then has the result type `Result<T, Error>`; a fault of the program itself ends with `panic!(\"…\")`")
            .suggest_edits(Applicability::Maybe, edits, "return it"),
    );
    inp.lose(start);
    Ok(ExprKind::Error)
}

/// `print "x"`
fn print(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let start = inp.position();
    let name = inp.here();
    let word = match word_at(inp, 0) {
        "print" => "print",
        _ => "println",
    };
    inp.bump();
    let first = inp.here();
    expr::expr(inp)?;
    while inp.eat(Tk::Comma) {
        expr::expr(inp)?;
    }
    let whole = inp.node_span(start);
    let edits = vec![
        Edit::new(
            Span {
                end: first.start,
                ..name
            },
            format!("{word}("),
        ),
        Edit::new(whole.at_end(), ")"),
    ];
    inp.report(
        foreign(whole, "the arguments of a call stand in parentheses")
            .label(first, "expected `(` in front of this")
            .suggest_edits(Applicability::Machine, edits, "write it as a call"),
    );
    Ok(ExprKind::Error)
}

/// `int x = 1`, `val x = 1`, `lte x = 1`: two names in a row are never a statement here.
fn two_names(inp: &mut Input<'_, '_>, word: &str) -> Parsed<Option<(Stmt, bool)>> {
    let follows = matches!(inp.kind_at(2), Tk::Eq | Tk::Semi | Tk::Newline | Tk::RBrace);
    if let Some((_, ty)) = C_TYPES.iter().find(|(name, _)| *name == word)
        && follows
    {
        return typed_in_front(inp, ty).map(|stmt| Some((stmt, false)));
    }
    let (start, span) = (inp.position(), inp.here());
    // Operators of other languages that are words, such as `x and y`, are read as operators.
    if matches!(word_at(inp, 1), "and" | "or" | "is") {
        return Ok(None);
    }
    let Some(near) = closest(word, KEYWORDS) else {
        return Ok(None);
    };
    let message = format!("no statement begins with `{word}`");
    inp.report(
        Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message)
            .label(span, "not a word of Gossamer")
            .suggest_maybe(span, near, format!("did you mean `{near}`?")),
    );
    skip_line(inp);
    let expr = Box::new(error_from(inp, start));
    let kind = StmtKind::Expr { expr, semi: true };
    let span = inp.node_span(start);
    Ok(Some((
        Stmt {
            span,
            attrs: Vec::new(),
            kind,
        },
        ended_at_brace(inp),
    )))
}

/// `int x = 1`
fn typed_in_front(inp: &mut Input<'_, '_>, ty: &str) -> Parsed<Stmt> {
    let start = inp.position();
    let ty_span = inp.here();
    inp.bump();
    let pat = pat::pat(inp)?;
    let edits = vec![
        Edit::new(ty_span, "let"),
        Edit::new(pat.span.at_end(), format!(": {ty}")),
    ];
    let name = text_at(inp, pat.span);
    inp.report(
        foreign(ty_span, "variables are declared with `let`")
            .label(ty_span, "the type stands behind the name, or is left out")
            .suggest_edits(
                Applicability::Machine,
                edits,
                format!("write `let {name}: {ty}`"),
            ),
    );
    let init = if inp.eat(Tk::Eq) {
        Some(expr::expr(inp)?)
    } else {
        None
    };
    let ty = TypeExpr {
        id: inp.id(),
        span: ty_span,
        kind: TypeKind::Error,
    };
    Ok(let_stmt(inp, start, pat, Some(ty), init))
}

fn let_stmt(
    inp: &mut Input<'_, '_>,
    start: usize,
    pat: Pat,
    ty: Option<TypeExpr>,
    init: Option<Expr>,
) -> Stmt {
    let kind = StmtKind::Let(Box::new(LetStmt {
        id: inp.id(),
        pat,
        ty,
        init,
        else_block: None,
    }));
    Stmt {
        span: inp.node_span(start),
        attrs: Vec::new(),
        kind,
    }
}

/// `var x`, `val x`: what others write for `let`.
pub(in crate::parser) fn is_let(inp: &mut Input<'_, '_>) -> bool {
    let word = word_at(inp, 0);
    let declares = DECLARE.iter().any(|(name, _)| *name == word);
    declares && inp.kind_at(1) == Tk::Ident && same_line(inp, 1)
}

/// Reads the word that stands for `let`. The type may follow the name without a `:`.
pub(in crate::parser) fn eat_let(inp: &mut Input<'_, '_>) {
    if several::patterns_follow(inp, 2) {
        // What is said about the names says this too.
        inp.bump();
        return;
    }
    let (span, word) = (inp.here(), word_at(inp, 0));
    let meant = DECLARE
        .iter()
        .find(|(name, _)| *name == word)
        .map_or("let", |(_, meant)| *meant);
    let mut edits = vec![Edit::new(span, meant)];
    if matches!(inp.kind_at(2), Tk::Ident | Tk::LBrack | Tk::Star) && same_line(inp, 2) {
        edits.push(Edit::new(span_at(inp, 1).at_end(), ":"));
    }
    inp.report(
        foreign(span, "variables are declared with `let`")
            .label(span, "not a word of Gossamer")
            .suggest_edits(Applicability::Machine, edits, format!("write `{meant}`")),
    );
    inp.bump();
}

/// What follows an expression that a statement began with at `start`, where that is foreign:
/// `x := e`, `a, b := e`, `return a, b`, `x++`.
pub(in crate::parser) fn continued(
    inp: &mut Input<'_, '_>,
    value: &Expr,
    start: usize,
) -> Parsed<Option<StmtKind>> {
    if inp.at_joint(Tk::Colon, Tk::Eq) {
        return declaration(inp, value).map(Some);
    }
    if expr::is_step(inp) {
        return Ok(Some(step(inp, value)));
    }
    if let Some(kind) = several::returned(inp, value, start)? {
        return Ok(Some(kind));
    }
    if several::is_assigned(inp) {
        return several::assigned(inp, value, start).map(Some);
    }
    Ok(None)
}

fn declaration(inp: &mut Input<'_, '_>, value: &Expr) -> Parsed<StmtKind> {
    let op_start = inp.position();
    inp.bump();
    inp.bump();
    let op_span = inp.node_span(op_start);
    let mut diagnostic = foreign(op_span, "variables are declared with `let`")
        .label(op_span, "not an operator of Gossamer");
    let name = match &value.kind {
        ExprKind::Path(path) => path.as_ident(),
        _ => None,
    };
    if name.is_some() {
        let edits = vec![
            Edit::new(value.span.at_start(), "let "),
            Edit::new(op_span, "="),
        ];
        diagnostic = diagnostic.suggest_edits(
            Applicability::Machine,
            edits,
            "write `let` in front and `=` here",
        );
    }
    inp.report(diagnostic);
    let init = Some(expr::expr(inp)?);
    let kind = match name {
        Some(name) => PatKind::Ident {
            by_ref: false,
            mutable: true,
            name,
            sub: None,
        },
        None => PatKind::Error,
    };
    let pat = Pat {
        id: inp.id(),
        span: value.span,
        kind,
    };
    let start = op_start;
    Ok(let_stmt(inp, start, pat, None, init).kind)
}

/// `x++`, `x--`
fn step(inp: &mut Input<'_, '_>, value: &Expr) -> StmtKind {
    let op_start = inp.position();
    let sign = if inp.at(Tk::Plus) { "+" } else { "-" };
    inp.bump();
    inp.bump();
    let op_span = inp.node_span(op_start);
    let message = format!("there is no `{sign}{sign}`");
    inp.report(
        foreign(op_span, message)
            .label(op_span, "not an operator of Gossamer")
            .suggest(op_span, format!(" {sign}= 1"), format!("write `{sign}= 1`")),
    );
    let one = crate::ast::Lit {
        span: op_span,
        kind: crate::ast::LitKind::Int {
            value: 1,
            suffix: None,
        },
    };
    let rhs = Box::new(Expr {
        id: inp.id(),
        span: op_span,
        kind: ExprKind::Lit(one),
    });
    let op = match sign {
        "+" => crate::ast::BinOp::Add,
        _ => crate::ast::BinOp::Sub,
    };
    let kind = ExprKind::AssignOp {
        op,
        op_span,
        lhs: Box::new(value.clone()),
        rhs,
    };
    let span = value.span.to(op_span);
    StmtKind::Expr {
        expr: Box::new(Expr {
            id: inp.id(),
            span,
            kind,
        }),
        semi: true,
    }
}
