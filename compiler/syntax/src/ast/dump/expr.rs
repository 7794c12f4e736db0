//! Expressions, statements and macro calls as text.

use super::super::{
    Block, Closure, ClosureStyle, Expr, ExprKind, FormatCall, If, MacroArgs, MacroCall, SelectArm,
    SelectArmKind, Stmt, StmtKind, StructLit,
};
use super::{Form, args_text, item, list, lit_text, pat, path_text, type_text, word};
use crate::ast::Ident;
use crate::format::{ArgRef, ArgRefKind, Count, FormatString, Piece, Placeholder};

/// An expression in one line.
pub(super) fn text(node: &Expr) -> String {
    let mut out = String::new();
    flat(&expr(node), &mut out);
    out
}

fn flat(form: &Form, out: &mut String) {
    match form {
        Form::Word(text) => out.push_str(text),
        Form::List(forms) => {
            out.push('(');
            for (index, form) in forms.iter().enumerate() {
                out.push_str(if index > 0 { " " } else { "" });
                flat(form, out);
            }
            out.push(')');
        }
    }
}

fn exprs(head: &str, nodes: &[Expr]) -> Form {
    list(head, nodes.iter().map(expr))
}

fn labelled(head: &str, label: &Option<Ident>) -> String {
    match label {
        Some(label) => format!("{head}:'{}", label.name),
        None => head.to_string(),
    }
}

fn optional(node: &Option<Box<Expr>>) -> Option<Form> {
    node.as_ref().map(|node| expr(node))
}

pub(super) fn expr(node: &Expr) -> Form {
    match &node.kind {
        ExprKind::Lit(lit) => word(lit_text(lit)),
        ExprKind::Path(path) => word(path_text(path)),
        ExprKind::Unary { op, operand } => list(op.as_str(), [expr(operand)]),
        ExprKind::Binary { op, lhs, rhs, .. } => list(op.as_str(), [expr(lhs), expr(rhs)]),
        ExprKind::Assign { lhs, rhs } => list("=", [expr(lhs), expr(rhs)]),
        ExprKind::AssignOp { op, lhs, rhs, .. } => {
            list(&format!("{}=", op.as_str()), [expr(lhs), expr(rhs)])
        }
        ExprKind::Ref { mutable, operand } => {
            list(if *mutable { "&mut" } else { "&" }, [expr(operand)])
        }
        ExprKind::Cast { operand, ty } => list("as", [expr(operand), word(type_text(ty))]),
        ExprKind::Call { callee, args } => list(
            "call",
            std::iter::once(expr(callee)).chain(args.iter().map(expr)),
        ),
        ExprKind::MethodCall {
            receiver,
            method,
            generics,
            args,
        } => {
            let generics = generics.as_ref().map(args_text).unwrap_or_default();
            let name = word(format!(".{}{generics}", method.name));
            list(
                "method",
                [expr(receiver), name]
                    .into_iter()
                    .chain(args.iter().map(expr)),
            )
        }
        ExprKind::Field { base, name } => list(".", [expr(base), word(name.name.as_str())]),
        ExprKind::TupleField { base, index, .. } => {
            list(".", [expr(base), word(index.to_string())])
        }
        ExprKind::Index { base, index } => list("index", [expr(base), expr(index)]),
        ExprKind::Range {
            start,
            end,
            inclusive,
        } => {
            let end_of = |end| optional(end).unwrap_or_else(|| word("."));
            list(
                if *inclusive { "..=" } else { ".." },
                [end_of(start), end_of(end)],
            )
        }
        ExprKind::Try(operand) => list("?", [expr(operand)]),
        ExprKind::Tuple(elems) => exprs("tuple", elems),
        ExprKind::Array(elems) => exprs("array", elems),
        ExprKind::Repeat { value, len } => list("repeat", [expr(value), expr(len)]),
        ExprKind::Struct(literal) => struct_lit(literal),
        ExprKind::Pipe { lhs, rhs, .. } => list("|>", [expr(lhs), expr(rhs)]),
        ExprKind::Return(value) => list("return", optional(value)),
        ExprKind::Break { label, value } => list(&labelled("break", label), optional(value)),
        ExprKind::Continue { label } => list(&labelled("continue", label), []),
        ExprKind::Closure(closure) => closure_form(closure),
        ExprKind::Macro(call) => macro_call(call),
        ExprKind::Go(operand) => list("go", [expr(operand)]),
        ExprKind::Defer(operand) => list("defer", [expr(operand)]),
        ExprKind::Error => word("<error>"),
        _ => control(node),
    }
}

fn control(node: &Expr) -> Form {
    match &node.kind {
        ExprKind::Block { label, block: body } => block(&labelled("block", label), body),
        ExprKind::Unsafe(body) => block("unsafe", body),
        ExprKind::If(node) => if_form(node),
        ExprKind::Let { pat: node, init } => list("let", [pat(node), expr(init)]),
        ExprKind::Match { scrutinee, arms } => {
            let arms = arms.iter().map(|arm| {
                let guard = arm.guard.as_ref().map(|guard| list("if", [expr(guard)]));
                list(
                    "=>",
                    std::iter::once(pat(&arm.pat))
                        .chain(guard)
                        .chain([expr(&arm.body)]),
                )
            });
            list("match", std::iter::once(expr(scrutinee)).chain(arms))
        }
        ExprKind::Loop { label, body } => list(&labelled("loop", label), [block("block", body)]),
        ExprKind::While { label, cond, body } => list(
            &labelled("while", label),
            [expr(cond), block("block", body)],
        ),
        ExprKind::For(node) => {
            let parts = [pat(&node.pat), expr(&node.iter), block("block", &node.body)];
            list(&labelled("for", &node.label), parts)
        }
        ExprKind::Select(arms) => list("select", arms.iter().map(select_arm)),
        _ => word("<error>"),
    }
}

fn if_form(node: &If) -> Form {
    let parts = [expr(&node.cond), block("block", &node.then_block)];
    list("if", parts.into_iter().chain(optional(&node.else_branch)))
}

fn select_arm(arm: &SelectArm) -> Form {
    match &arm.kind {
        SelectArmKind::Default => list("default", [expr(&arm.body)]),
        SelectArmKind::Operation {
            pat: None,
            operation,
        } => list("=>", [expr(operation), expr(&arm.body)]),
        SelectArmKind::Operation {
            pat: Some(node),
            operation,
        } => list(
            "=>",
            [list("=", [pat(node), expr(operation)]), expr(&arm.body)],
        ),
    }
}

fn struct_lit(node: &StructLit) -> Form {
    let fields = node.fields.iter().map(|field| {
        let name = format!(".{}", field.name.name);
        if field.shorthand {
            list(&name, [])
        } else {
            list(&name, [expr(&field.value)])
        }
    });
    let base = node.base.as_ref().map(|base| list("..", [expr(base)]));
    list(
        "struct",
        std::iter::once(word(path_text(&node.path)))
            .chain(fields)
            .chain(base),
    )
}

fn closure_form(node: &Closure) -> Form {
    let params = node.params.iter().map(|param| match &param.ty {
        Some(ty) => list(":", [pat(&param.pat), word(type_text(ty))]),
        None => pat(&param.pat),
    });
    let head = match node.style {
        ClosureStyle::Bars => "closure",
        ClosureStyle::Fn => "fn",
    };
    let ret = node
        .ret
        .as_ref()
        .map(|ty| word(format!("->{}", type_text(ty))));
    let parts = std::iter::once(list("params", params)).chain(ret);
    list(head, parts.chain([expr(&node.body)]))
}

fn macro_call(node: &MacroCall) -> Form {
    let head = format!("{}!", node.name.as_str());
    match &node.args {
        MacroArgs::Exprs(args) => exprs(&head, args),
        MacroArgs::Repeat { value, len } => list(&head, [expr(value), word(";"), expr(len)]),
        MacroArgs::Map(entries) => {
            let entry =
                |entry: &super::super::MapEntry| list("=>", [expr(&entry.key), expr(&entry.value)]);
            list(&head, entries.iter().map(entry))
        }
        MacroArgs::Matches {
            scrutinee,
            pat: node,
            guard,
        } => {
            let guard = guard.as_ref().map(|guard| list("if", [expr(guard)]));
            list(&head, [expr(scrutinee), pat(node)].into_iter().chain(guard))
        }
        MacroArgs::Format(call) => format_call(&head, call),
        MacroArgs::Text(text) => list(&head, [word(format!("{:?}", text.as_str()))]),
    }
}

fn format_call(head: &str, call: &FormatCall) -> Form {
    let leading = call.leading.iter().map(expr);
    let template = call.template.as_ref().map(template);
    let args = call.args.iter().map(|arg| match arg.name {
        Some(name) => list("=", [word(name.name.as_str()), expr(&arg.value)]),
        None => expr(&arg.value),
    });
    list(head, leading.chain(template).chain(args))
}

/// A format string, one word for each text and one list for each placeholder.
pub(crate) fn template(node: &FormatString) -> Form {
    list(
        "format",
        node.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => word(format!("{text:?}")),
            Piece::Placeholder(placeholder) => word(placeholder_text(placeholder)),
        }),
    )
}

fn arg_ref(arg: &ArgRef) -> String {
    match arg.kind {
        ArgRefKind::Position { index, .. } => index.to_string(),
        ArgRefKind::Name(name) => name.to_string(),
    }
}

fn count(count: &Option<Count>) -> String {
    match count {
        None => String::new(),
        Some(Count::Number(number)) => number.to_string(),
        Some(Count::Arg(arg)) => format!("{}$", arg_ref(arg)),
    }
}

fn placeholder_text(node: &Placeholder) -> String {
    let spec = &node.spec;
    let flags = [
        (spec.plus, "+"),
        (spec.minus, "-"),
        (spec.alternate, "#"),
        (spec.zero, "0"),
    ];
    let flags: String = flags
        .iter()
        .filter(|(set, _)| *set)
        .map(|(_, text)| *text)
        .collect();
    let fill = spec.fill.map(String::from).unwrap_or_default();
    let align = spec
        .align
        .map(|align| format!("{align:?}"))
        .unwrap_or_default();
    let precision = match &spec.precision {
        None => String::new(),
        precision => format!(".{}", count(precision)),
    };
    let hex = spec
        .debug_hex
        .map(|hex| format!("{hex:?}Hex"))
        .unwrap_or_default();
    let width = count(&spec.width);
    format!(
        "{{{}:{fill}{align}{flags}{width}{precision}:{:?}{hex}}}",
        arg_ref(&node.arg),
        spec.trait_
    )
}

pub(super) fn block(head: &str, node: &Block) -> Form {
    let tail = node.tail.as_ref().map(|tail| list("tail", [expr(tail)]));
    list(head, node.stmts.iter().map(stmt).chain(tail))
}

fn stmt(node: &Stmt) -> Form {
    let attrs = node.attrs.iter().map(item::attribute);
    match &node.kind {
        StmtKind::Let(node) => {
            let ty = node
                .ty
                .as_ref()
                .map(|ty| word(format!(":{}", type_text(ty))));
            let init = node.init.as_ref().map(expr);
            let else_block = node.else_block.as_ref().map(|body| block("else", body));
            let parts = attrs
                .chain([pat(&node.pat)])
                .chain(ty)
                .chain(init)
                .chain(else_block);
            list("let", parts)
        }
        StmtKind::Item(node) => item::item(node),
        StmtKind::Expr {
            expr: node,
            semi: true,
        } => list(";", attrs.chain([expr(node)])),
        StmtKind::Expr {
            expr: node,
            semi: false,
        } => expr(node),
    }
}
