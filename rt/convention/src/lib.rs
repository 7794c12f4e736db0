//! How compiled code calls: owns the meaning of `extern "gossamer"` in the runtime, which is System
//! V's convention on every x86-64 system, Windows too, so that one assembly and one compiler serve
//! all of them, and C's own elsewhere. It must never know what is called.

use proc_macro::{Group, Literal, TokenStream, TokenTree};

/// Gives `extern "gossamer"` its meaning in an item, as deep as it stands: functions, foreign blocks,
/// function types. What calls compiled code, is called by it or by the runtime's assembly is written
/// so; without the attribute such an item does not compile.
#[proc_macro_attribute]
pub fn gossamer(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut both = TokenStream::new();
    for (condition, convention) in [
        (
            "#[cfg(not(any(loom, all(windows, target_arch = \"x86_64\"))))]",
            "C",
        ),
        (
            "#[cfg(all(not(loom), windows, target_arch = \"x86_64\"))]",
            "sysv64",
        ),
        // Where the model checker says by a panic what it found.
        ("#[cfg(loom)]", "C-unwind"),
    ] {
        let condition: TokenStream = condition.parse().expect("an attribute");
        both.extend(condition);
        both.extend(with_convention(item.clone(), convention));
    }
    both
}

fn with_convention(tokens: TokenStream, convention: &str) -> TokenStream {
    let mut after_extern = false;
    tokens
        .into_iter()
        .map(|token| {
            let names_it = after_extern && token.to_string() == "\"gossamer\"";
            after_extern = matches!(&token, TokenTree::Ident(word) if word.to_string() == "extern");
            match token {
                TokenTree::Literal(written) if names_it => {
                    let mut literal = Literal::string(convention);
                    literal.set_span(written.span());
                    literal.into()
                }
                TokenTree::Group(group) => {
                    let inner = with_convention(group.stream(), convention);
                    let mut made = Group::new(group.delimiter(), inner);
                    made.set_span(group.span());
                    made.into()
                }
                other => other,
            }
        })
        .collect()
}
