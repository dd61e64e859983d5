//! The rows of a column, as bytes.
//!
//! In: a column of text or bytes. Out: its rows.
//! Invariants: a text column is not trusted to be UTF-8 before it was checked, because engines pass on whatever was in
//! a file; no row is copied.

use arrow_array::cast::AsArray as _;
use arrow_array::types::ByteArrayType;
use arrow_array::{Array, ArrayRef, GenericByteArray};
use arrow_buffer::ArrowNativeType as _;
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::sync::Arc;

/// The rows of a column.
pub(crate) type Rows<'a> = Box<dyn Iterator<Item = Option<&'a [u8]>> + 'a>;

/// A column whose text is not checked, although its type promises UTF-8.
pub(crate) fn readable(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => Arc::new(array.as_string_view().clone().to_binary_view()),
        _ => Arc::clone(array),
    }
}

/// The rows of a [`readable`] column.
pub(crate) fn rows(array: &ArrayRef) -> PyResult<Rows<'_>> {
    Ok(match array.data_type() {
        DataType::Null => Box::new(std::iter::repeat_n(None, array.len())),
        DataType::Utf8 => raw(array.as_string::<i32>()),
        DataType::LargeUtf8 => raw(array.as_string::<i64>()),
        DataType::Binary => raw(array.as_binary::<i32>()),
        DataType::LargeBinary => raw(array.as_binary::<i64>()),
        DataType::BinaryView => Box::new(array.as_binary_view().iter()),
        other => {
            let why = format!("a column of payloads is text or bytes, not {other}");
            return Err(PyTypeError::new_err(why));
        }
    })
}

/// The rows without a check of their type, which may promise too much.
fn raw<T: ByteArrayType>(array: &GenericByteArray<T>) -> Rows<'_> {
    let (offsets, bytes) = (array.value_offsets(), array.value_data());
    Box::new((0..array.len()).map(move |row| {
        array.is_valid(row).then(|| &bytes[offsets[row].as_usize()..offsets[row + 1].as_usize()])
    }))
}
