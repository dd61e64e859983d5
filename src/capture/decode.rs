//! Bodies in base64, with or without gzip inside.
//!
//! Invariants: the output is bounded by the size of the input; a body that cannot be decoded is reported by a named
//! error.

use super::unavailable::Unavailable;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

/// The bytes that gzip may inflate to: a minimum for any input, and a factor for each byte of it.
///
/// Log lines are inflated tenfold; gzip can make a thousand of one, many times over in one stream, and gzip in gzip a
/// thousand times that.
pub(super) const INFLATED_AT_LEAST: usize = 4 << 10;
pub(super) const INFLATED_PER_BYTE: usize = 100;

const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// Decodes either alphabet, padded or not, in one line or several.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, Unavailable> {
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD
        .decode(&text)
        .or_else(|error| URL_SAFE.decode(&text).map_err(|_| error))
        .map_err(|error| Unavailable::not_base64(&error))
}

/// The decoded base64, inflated if it is gzip, and the name of its encoding.
pub(super) fn decoded(text: &str, room: &mut usize) -> Option<(Vec<u8>, &'static str)> {
    let bytes = base64(text).ok()?;
    match bytes.starts_with(&[0x1f, 0x8b]) {
        true => Some((gunzip(&bytes, room).ok()?, "gzip in base64")),
        false => Some((bytes, "base64")),
    }
}

/// Inflates gzip, to at most `room` bytes. The bytes that were inflated are taken from `room`, even if it fails.
pub(super) fn gunzip(bytes: &[u8], room: &mut usize) -> Result<Vec<u8>, Unavailable> {
    let most = (*room).min(INFLATED_AT_LEAST + bytes.len().saturating_mul(INFLATED_PER_BYTE));
    let mut inflated = Vec::new();
    let mut reader = Gzip::new(bytes).take(most as u64 + 1);
    let read = reader.read_to_end(&mut inflated);
    *room = room.saturating_sub(inflated.len());
    read.map_err(|error| Unavailable::not_gzip(&error.to_string()))?;
    if inflated.len() > most { Err(Unavailable::inflated(bytes.len(), most)) } else { Ok(inflated) }
}

/// The first `most` bytes that gzip inflates to, as far as possible; `None` if it is not gzip.
pub(super) fn beginning(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    bytes.starts_with(&[0x1f, 0x8b]).then(|| {
        let mut inflated = Vec::new();
        // A fault after the beginning does not matter.
        let _ = Gzip::new(bytes).take(most as u64).read_to_end(&mut inflated);
        inflated
    })
}

/// The content of gzip, of one member or several in a row. Zeros after a member fill a block and are ignored.
pub(crate) struct Gzip<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Gzip<R> {
    pub(crate) fn new(source: R) -> Self {
        Self(Some(GzDecoder::new(source)))
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let is_more = skip_zeros(member.get_mut())?;
            self.0 = self.0.take().filter(|_| is_more).map(|member| GzDecoder::new(member.into_inner()));
        }
        Ok(0)
    }
}

/// Skips zeros. Returns whether anything follows them.
fn skip_zeros(source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        match source.fill_buf() {
            Ok([]) => return Ok(false),
            Ok(bytes) => {
                let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                let is_more = zeros < bytes.len();
                source.consume(zeros);
                if is_more {
                    return Ok(true);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::unavailable::Why;

    #[test]
    fn both_alphabets_are_read_padded_or_not() {
        for text in ["+/8=", "+/8", "-_8", "-_8=", "+/\n8=\r\n"] {
            assert_eq!(base64(text).unwrap(), [0xfb, 0xff]);
        }
        assert_eq!(base64("a!").unwrap_err().why, Why::Encoding);
        assert_eq!(base64("a").unwrap_err().why, Why::Encoding);
    }

    #[test]
    fn too_much_inflation_is_refused() {
        let gzip = |bytes: &[u8]| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            std::io::Write::write_all(&mut encoder, bytes).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(gunzip(&gzip(b"{}"), &mut 2).unwrap(), b"{}");
        assert_eq!(gunzip(&gzip(b"{}"), &mut 1).unwrap_err().why, Why::TooLong);
        let bomb = gzip(&vec![b' '; 8 << 20]);
        let mut room = 64 << 20;
        assert_eq!(gunzip(&bomb, &mut room).unwrap_err().why, Why::TooLong);
        // Each bomb leaves less room for the next, and at last there is none.
        let inflated = INFLATED_AT_LEAST + bomb.len() * INFLATED_PER_BYTE + 1;
        assert_eq!(room, (64 << 20) - inflated);
        assert_eq!(gunzip(b"{}", &mut (64 << 20)).unwrap_err().why, Why::Encoding);
    }
}
