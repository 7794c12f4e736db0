//! Sizes as people write them: `700K`, `2M`, `1.5 MB` is not one, `1500000` is.

/// Reads a whole number of bytes, KB or KiB (`K`), MB or MiB (`M`), GB or GiB (`G`).
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kib" => Some(1 << 10),
        "m" | "mib" => Some(1 << 20),
        "g" | "gib" => Some(1 << 30),
        "kb" => Some(1_000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        _ => None,
    };
    let number: Option<u64> = text[..digits].parse().ok();
    number
        .zip(unit)
        .and_then(|(number, unit)| number.checked_mul(unit))
        .ok_or_else(|| "a size is a whole number of bytes, or of K or M: 700K, 2M".to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes_are_read() {
        assert_eq!(parse("700K"), Ok(700 << 10));
        assert_eq!(parse("2M"), Ok(2 << 20));
        assert_eq!(parse("150 kB"), Ok(150_000));
        assert_eq!(parse("12"), Ok(12));
        for wrong in [
            "",
            "K",
            "1.5M",
            "2 apples",
            "99999999999999999999",
            "99999999999999G",
            "-1",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
