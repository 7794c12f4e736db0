//! What the debug socket answers, without a program.

fn answer(asked: &[u8]) -> String {
    String::from_utf8(super::answer::answer(asked)).expect("text")
}

#[test]
fn commands_are_told_of_when_one_is_not_known() {
    assert!(answer(b"help\n").contains("goroutines   what every goroutine does"));
    let unknown = answer(b"gorutines");
    assert!(unknown.starts_with("no such command; there are:\n"));
    assert!(unknown.contains("heap"));
}

#[test]
fn requests_of_http_get_a_header() {
    let text = answer(b"GET /heap HTTP/1.1\r\n");
    assert!(text.starts_with("HTTP/1.0 200 OK\r\n"), "{text}");
    assert!(text.contains("\r\n\r\nheap_bytes "), "{text}");
}

#[test]
fn the_heap_is_described_by_figures() {
    let text = answer(b"heap");
    let collections = text.lines().find(|line| line.starts_with("collections"));
    let figure = collections.and_then(|line| line.split_whitespace().nth(1));
    assert!(
        figure.is_some_and(|figure| figure.parse::<u64>().is_ok()),
        "{text}"
    );
}

#[test]
fn a_profile_needs_to_be_named() {
    crate::profile::carried::link();
    assert!(answer(b"profile\n").contains("`profile cpu SECONDS`"));
    assert!(answer(b"GET /profile/disk HTTP/1.1\r\n").ends_with("`profile heap`\n"));
}
