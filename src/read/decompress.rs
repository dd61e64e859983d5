//! Compressed inputs, recognised by their first bytes whatever their name.
//!
//! In: a reader. Out: a reader of its content, decompressed if it is gzip or Zstandard, of one member or several in a
//! row.
//! Invariants: decoding streams, so no input takes more memory than a window; cut or broken data is an error that says
//! how far it went, after everything before it was passed on; available data of a slow writer is passed on at once.

use crate::capture::Gzip;
use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// The size of each read of a compressed input.
const BUFFER_BYTES: usize = 64 << 10;
/// The size of the first read, which decides: in one read, most files with all of their text.
const HEAD_BYTES: usize = 4 << 10;
/// The largest window that a Zstandard frame may ask for, in bytes: that of `zstd --long=26`.
const MAX_WINDOW_BYTES: u64 = 64 << 20;

/// A reader that can be moved to another thread.
pub(crate) type ByteReader = Box<dyn Read + Send>;

/// The content of `reader`, decompressed if need be, and whether it was compressed.
pub(crate) fn decoded(mut reader: ByteReader) -> io::Result<(ByteReader, bool)> {
    let mut head = vec![0; HEAD_BYTES];
    let mut length = 0;
    // No JSON text begins like these, so the first read of a plain input is enough to decide.
    while length == 0 || length < 4 && matches!(head[0], 0x1f | 0x28 | 0x50..=0x5f) {
        match reader.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    let encoding = Compression::of(&head);
    let whole = Cursor::new(head).chain(reader);
    let buffered = |whole| BufReader::with_capacity(BUFFER_BYTES, whole);
    let reader: ByteReader = match encoding {
        None => Box::new(whole),
        Some(encoding @ Compression::Gzip) => Placed::boxed(Gzip::new(buffered(whole)), encoding),
        Some(encoding @ Compression::Zstandard) => Placed::boxed(Frames::new(buffered(whole)), encoding),
    };
    Ok((reader, encoding.is_some()))
}

#[derive(Clone, Copy)]
enum Compression {
    Gzip,
    Zstandard,
}

impl Compression {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame, or a skippable one.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstandard),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        }
    }
}

/// A decoder whose errors say how far it went.
struct Placed<D> {
    decoder: D,
    encoding: Compression,
    decoded: u64,
}

impl<D: Read + Send + 'static> Placed<D> {
    fn boxed(decoder: D, encoding: Compression) -> ByteReader {
        Box::new(Self { decoder, encoding, decoded: 0 })
    }
}

impl<D> Placed<D> {
    /// The decoder's own words are not for users; those of the system and about the window are.
    fn placed(&self, error: io::Error) -> io::Error {
        let (name, decoded) = (self.encoding.name(), self.decoded);
        match error.kind() {
            io::ErrorKind::Interrupted | io::ErrorKind::Unsupported => error,
            _ if error.raw_os_error().is_some() => error,
            kind => io::Error::new(
                kind,
                format!("the {name} data is cut or broken after {decoded} bytes of text"),
            ),
        }
    }
}

impl<D: Read> Read for Placed<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(|error| self.placed(error))?;
        self.decoded += count as u64;
        Ok(count)
    }
}

/// Zstandard frames, one after another.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    is_open: bool,
    /// The declared length of the open frame's text, in bytes, if there is one.
    declared: Option<u64>,
    /// The number of bytes of it that were passed on.
    handed_on: u64,
}

impl<R: BufRead> Frames<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW_BYTES);
        Self { source, decoder, is_open: false, declared: None, handed_on: 0 }
    }

    /// Begins the next frame, if there is one; ignores skippable ones.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            let mut head = [0; 5];
            self.source.read_exact(&mut head)?;
            match self.decoder.init((&head[..]).chain(&mut self.source)) {
                Ok(()) => {
                    self.is_open = true;
                    self.declared = declares_its_size(head[4]).then(|| self.decoder.content_size());
                    self.handed_on = 0;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => {
                    let message = format!(
                        "the Zstandard data asks for a window of {requested} bytes, but at most {max} are \
                         allowed; compress it again with zstd --long=26 or less"
                    );
                    return Err(io::Error::new(io::ErrorKind::Unsupported, message));
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.is_open = false;
        if self.declared.is_some_and(|declared| declared != self.handed_on) {
            return Err(io::Error::other("wrong content size"));
        }
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(stated), Some(found)) if stated != found => Err(io::Error::other("wrong checksum")),
            _ => Ok(()),
        }
    }
}

/// Whether a frame's header has a content size (RFC 8878, 3.1.1.1): it has a flag, or is a single segment.
fn declares_its_size(descriptor: u8) -> bool {
    descriptor >> 6 != 0 || descriptor & 0x20 != 0
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.decoder.can_collect() > 0 {
                let count = self.decoder.read(buffer)?;
                self.handed_on += count as u64;
                return Ok(count);
            }
            if self.is_open && self.decoder.is_finished() {
                self.finish()?;
            } else if self.is_open {
                let one = ruzstd::decoding::BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.source, one).map_err(io::Error::other)?;
            } else if !self.begin()? {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use std::io::Write as _;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstandard(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    /// The output, and the error that ends it.
    fn read(bytes: Vec<u8>) -> (Vec<u8>, Option<String>) {
        let mut out = Vec::new();
        let result =
            decoded(Box::new(Cursor::new(bytes))).and_then(|(mut reader, _)| reader.read_to_end(&mut out));
        (out, result.err().map(|error| error.to_string()))
    }

    #[test]
    fn several_members_are_one_text() {
        let skipped = b"\x5a\x2a\x4d\x18\x03\0\0\0abc".to_vec();
        for parts in [
            vec![gzip(b"{}\n"), gzip(b""), gzip(b"[]")],
            vec![zstandard(b"{}\n"), skipped.clone(), zstandard(b"[]")],
            vec![skipped, zstandard(b"{}\n[]")],
        ] {
            assert_eq!(read(parts.concat()), (b"{}\n[]".to_vec(), None));
        }
    }

    #[test]
    fn zeros_after_gzip_are_ignored() {
        let zeros = vec![0; BUFFER_BYTES + 1];
        for parts in
            [vec![gzip(b"{}\n[]"), zeros.clone()], vec![gzip(b"{}\n"), zeros.clone(), gzip(b"[]"), vec![0]]]
        {
            assert_eq!(read(parts.concat()), (b"{}\n[]".to_vec(), None));
        }
        assert!(read([gzip(b"{}\n"), zeros.clone(), b"junk".to_vec()].concat()).1.is_some());
        assert!(read([&gzip(b"{}\n")[..15], &zeros].concat()).1.is_some());
    }

    #[test]
    fn plain_text_comes_through_whatever_it_begins_with() {
        for text in [&b""[..], b"{", b"{}\n", b"\x1f", b"(\xb5", b"PQRS", b"Z*M\x19"] {
            assert_eq!(read(text.to_vec()), (text.to_vec(), None));
        }
    }

    #[test]
    fn data_that_is_cut_says_how_far_it_went_after_handing_that_on() {
        let text: Vec<u8> = (0..200_000u32).flat_map(|number| number.to_string().into_bytes()).collect();
        for (name, whole) in [("gzip", gzip(&text)), ("Zstandard", zstandard(&text))] {
            for end in [5, whole.len() / 2, whole.len() - 1] {
                let (out, error) = read(whole[..end].to_vec());
                assert!(text.starts_with(&out));
                let expected = format!("the {name} data is cut or broken after {} bytes of text", out.len());
                assert_eq!(error.as_deref(), Some(expected.as_str()), "{end} of {}", whole.len());
            }
        }
    }

    #[test]
    fn a_wrong_checksum_or_what_follows_the_data_is_an_error() {
        for whole in [gzip(b"{}\n"), zstandard(b"{}\n")] {
            let mut broken = whole.clone();
            *broken.last_mut().unwrap() ^= 1;
            assert!(read(broken).1.is_some());
            assert!(read([whole, b"junk".to_vec()].concat()).1.is_some());
        }
    }

    #[test]
    fn a_frame_that_holds_another_size_than_it_says_is_an_error() {
        // One raw block of two bytes; the header gives their number in one byte, or in four.
        let short = |says: u8| [b"\x28\xb5\x2f\xfd\x20", &[says][..], b"\x11\0\0{}"].concat();
        let long = |says: u32| [b"\x28\xb5\x2f\xfd\x80\x00", &says.to_le_bytes()[..], b"\x11\0\0{}"].concat();
        for right in [short(2), long(2), [short(2), long(2)].concat()] {
            assert_eq!(read(right).1, None);
        }
        for wrong in [short(0), short(1), short(3), long(0), long(1 << 20), [short(2), long(3)].concat()] {
            let (out, error) = read(wrong);
            let expected = format!("the Zstandard data is cut or broken after {} bytes of text", out.len());
            assert_eq!(error, Some(expected));
        }
    }

    #[test]
    fn a_window_beyond_the_limit_is_refused() {
        // A frame of two bytes whose header asks for 64 MiB, one step more, and 2 GiB.
        let frame = |window| [b"\x28\xb5\x2f\xfd\x00", &[window][..], b"\x11\0\0{}"].concat();
        assert_eq!(read(frame(0x80)), (b"{}".to_vec(), None));
        for (window, bytes) in [(0x81, "75497472"), (0xa8, "2147483648")] {
            let (out, error) = read(frame(window));
            assert_eq!(out, b"");
            let expected = format!(
                "the Zstandard data asks for a window of {bytes} bytes, but at most 67108864 are allowed; \
                 compress it \
                 again with zstd --long=26 or less"
            );
            assert_eq!(error, Some(expected));
        }
    }
}
