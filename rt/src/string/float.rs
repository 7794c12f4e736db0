//! Floating-point numbers as text and back: core's own algorithms, so that the output is Rust's
//! byte for byte.
//! Keeps: never writes more than the buffer holds. Never: allocates.

use std::fmt::{self, Write};
use std::str::FromStr;

/// Bytes of the buffer that `gos_rt_format_f64` writes to: 309 digits before the point and all 1074
/// that a number may have behind it.
pub const BUFFER_BYTES: usize = 1500;

/// Writes `value` to `buffer`; bytes written. Modes as in the ABI table: 0 `{}`, 1 `{:?}`,
/// 2 `{:e}`, and 3 to 5 the same for an `f32`. A negative precision is none.
pub fn format(value: f64, precision: i64, mode: i64, buffer: &mut [u8]) -> usize {
    let mut writer = Writer { buffer, length: 0 };
    let precision = usize::try_from(precision).ok();
    // Fails only when the buffer is full: what fits has been written.
    let _ = if mode >= 3 {
        show(&mut writer, value as f32, precision, mode - 3)
    } else {
        show(&mut writer, value, precision, mode)
    };
    writer.length
}

fn show<F>(writer: &mut Writer<'_>, value: F, precision: Option<usize>, mode: i64) -> fmt::Result
where
    F: fmt::Display + fmt::Debug + fmt::LowerExp,
{
    match (mode, precision) {
        (0, None) => write!(writer, "{value}"),
        (0, Some(precision)) => write!(writer, "{value:.precision$}"),
        (1, None) => write!(writer, "{value:?}"),
        (1, Some(precision)) => write!(writer, "{value:.precision$?}"),
        (_, None) => write!(writer, "{value:e}"),
        (_, Some(precision)) => write!(writer, "{value:.precision$e}"),
    }
}

/// The number that a text stands for, if it is one.
#[must_use]
pub fn parse<F: FromStr>(text: &[u8]) -> Option<F> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

struct Writer<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.buffer.len() - self.length;
        let count = text.len().min(room);
        self.buffer[self.length..self.length + count].copy_from_slice(&text.as_bytes()[..count]);
        self.length += count;
        if count < text.len() {
            Err(fmt::Error)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64, precision: i64, mode: i64) -> String {
        let mut buffer = [0; BUFFER_BYTES];
        let length = format(value, precision, mode, &mut buffer);
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    #[test]
    fn formats_as_rust_does() {
        let mut values = vec![0.0, -0.0, 1.0, 0.1, 1e21, 1e-7, f64::MAX, f64::MIN_POSITIVE];
        values.extend([
            5e-324,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            123_456.789,
            1e16,
        ]);
        let mut bits = 0x9e37_79b9_7f4a_7c15u64;
        for _ in 0..2000 {
            bits = bits
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963);
            values.push(f64::from_bits(bits));
        }
        for value in values {
            assert_eq!(text(value, -1, 0), format!("{value}"));
            assert_eq!(text(value, -1, 1), format!("{value:?}"));
            assert_eq!(text(value, -1, 2), format!("{value:e}"));
            assert_eq!(text(value, 3, 0), format!("{value:.3}"));
            assert_eq!(text(value, 0, 1), format!("{value:.0?}"));
            assert_eq!(text(value, 5, 2), format!("{value:.5e}"));
            let single = value as f32;
            assert_eq!(text(f64::from(single), -1, 3), format!("{single}"));
            assert_eq!(text(f64::from(single), -1, 4), format!("{single:?}"));
            assert_eq!(text(f64::from(single), -1, 5), format!("{single:e}"));
            let read: f64 = parse(format!("{value}").as_bytes()).unwrap();
            assert!(read == value || value.is_nan());
        }
        assert_eq!(text(1.0, 5000, 0).len(), BUFFER_BYTES);
        assert_eq!(parse::<f64>(b"1.5x"), None);
        assert_eq!(parse::<f64>(b""), None);
        assert_eq!(parse::<f64>(b"\xff"), None);
        // Through an f64 it would be rounded twice.
        assert_eq!(parse(b"1.00000017881393432617187501"), Some(1.000_000_2f32));
    }
}
