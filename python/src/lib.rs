//! The library as a Python module: columns of payloads in, columns of verdicts and keys out, both in Arrow's memory.
//!
//! In: an array, or a stream of them, from any package that speaks Arrow's PyCapsule interface. Out: the same number of rows,
//! in the same chunks.
//! Invariants: a row's verdict depends on its bytes alone; null stays null; a column that is not text or bytes is a
//! `TypeError`, never a column of verdicts; the interpreter is released while rows are judged.

mod column;
mod verdict;

use arrow_array::{ArrayRef, builder::StringBuilder};
use arrow_schema::{DataType, Field};
use assoclens::check::{Judge, LevelChange, Levels, Schema, Selector};
use assoclens::event::{EVENTS, Wanted};
use assoclens::meaning::Keys;
use column::{readable, rows};
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;
use pyo3_arrow::{PyArray, PyChunkedArray};
use std::sync::Arc;

/// Judges columns of payloads; threads can share it.
#[pyclass(frozen, name = "Judge", module = "assoclens._native")]
struct PyJudge(Judge);

#[pymethods]
impl PyJudge {
    /// Judges payloads as `event`, with the levels after `allow`, then `warn`, then `deny`, then `strict`.
    #[new]
    #[allow(clippy::needless_pass_by_value, reason = "PyO3 hands over what it made of Python's values")]
    fn new(
        allow: Vec<String>,
        warn: Vec<String>,
        deny: Vec<String>,
        strict: bool,
        event: &str,
    ) -> PyResult<Self> {
        let (allow, warn, deny) = (selectors(&allow)?, selectors(&warn)?, selectors(&deny)?);
        let changes = allow.into_iter().map(LevelChange::Allow);
        let changes = changes.chain(warn.into_iter().map(LevelChange::Warn));
        let changes = changes
            .chain(deny.into_iter().map(LevelChange::Deny))
            .chain(strict.then_some(LevelChange::Strict));
        let levels = Levels::new(&changes.collect::<Vec<_>>());
        Ok(Self(Judge::new(Schema::embedded()).with_events(wanted(event)?).with_levels(levels)))
    }

    /// The verdicts on a column of payloads.
    fn judge(&self, py: Python<'_>, payloads: AnyArray) -> PyResult<Py<PyAny>> {
        let field = Field::new("verdict", verdict::data_type(), true);
        each(py, payloads, field, |array| Ok(verdict::judge(&self.0, rows(array)?)?))
    }
}

/// The keys of a column of payloads, by their field `by`.
#[pyfunction]
fn key(py: Python<'_>, payloads: AnyArray, by: &str, event: &str) -> PyResult<Py<PyAny>> {
    let wanted = wanted(event)?;
    each(py, payloads, Field::new("key", DataType::Utf8, true), |array| {
        let (mut keys, mut made) = (Keys::new(by, wanted), StringBuilder::new());
        let mut room = Room::default();
        for row in rows(array)? {
            let key = row.and_then(|payload| keys.of(payload));
            room.take(key.as_deref().map_or(0, str::len))?;
            made.append_option(key);
        }
        Ok(Arc::new(made.finish()))
    })
}

/// The room for text in an array that Spark and others read, in bytes.
struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(i32::MAX as usize)
    }
}

/// More text than fits.
struct TooMuch;

impl Room {
    fn take(&mut self, bytes: usize) -> Result<(), TooMuch> {
        self.0 = self.0.checked_sub(bytes).ok_or(TooMuch)?;
        Ok(())
    }
}

impl From<TooMuch> for PyErr {
    fn from(_: TooMuch) -> Self {
        PyOverflowError::new_err("the result is longer than 2 GiB; give fewer rows at once")
    }
}

/// Makes one column from another, chunk by chunk.
fn each(
    py: Python<'_>,
    payloads: AnyArray,
    field: Field,
    make: impl Fn(&ArrayRef) -> PyResult<ArrayRef> + Sync,
) -> PyResult<Py<PyAny>> {
    let field = Arc::new(field);
    match payloads {
        AnyArray::Array(array) => {
            let made = py.detach(|| make(&readable(array.array())))?;
            Ok(PyArray::new(made, field).into_pyobject(py)?.into_any().unbind())
        }
        AnyArray::Stream(stream) => {
            let (chunks, _) = stream.into_chunked_array()?.into_inner();
            let made = py
                .detach(|| chunks.iter().map(|chunk| make(&readable(chunk))).collect::<PyResult<Vec<_>>>())?;
            Ok(PyChunkedArray::try_new(made, field)?.into_pyobject(py)?.into_any().unbind())
        }
    }
}

fn wanted(event: &str) -> PyResult<Wanted> {
    Wanted::of(event).ok_or_else(|| {
        let names: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
        PyValueError::new_err(format!("no event is called {event:?}; give auto, {}", names.join(", ")))
    })
}

fn selectors(codes: &[String]) -> PyResult<Vec<Selector>> {
    let selector =
        |code: &String| code.parse().map_err(|why: String| PyValueError::new_err(format!("{code:?}: {why}")));
    codes.iter().map(selector).collect()
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<PyJudge>()?;
    module.add_function(wrap_pyfunction!(key, module)?)
}
