//! The subjects of findings, each with one code: the table of all codes.
//!
//! In: a code as it is typed. Out: [`Code`], as every output spells it, with its level and origin.
//! Invariants: the table has the order of `docs/findings.md`: errors, warnings, notes; codes compare as their names do, so
//! that output sorted by code reads as sorted.

use super::Level;
use super::catalogue::RuleLayer;
use super::rules::{self, Advice};
use crate::payload::Members;
use std::cmp::Ordering;
use std::fmt;

macro_rules! codes {
    ($($layer:ident $level:ident { $($code:ident $name:literal $(by $file:ident::$check:ident)?,)* })*) => {
        /// The stable name of a finding's subject, such as `schema/type`; `assoclens explain CODE` explains each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = concat!("`", $name, "`")] $code,)*)*
        }

        impl Code {
            /// All of them, in the order of the page.
            pub const ALL: &[Self] = &[$($(Self::$code,)*)*];

            /// The code as every output spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$code => $name,)*)*
                }
            }

            /// Its level, unless the user changes it.
            pub const fn level(self) -> Level {
                match self {
                    $($(Self::$code)|* => Level::$level,)*
                }
            }

            /// Its origin.
            pub(crate) const fn layer(self) -> RuleLayer {
                match self {
                    $($(Self::$code)|* => RuleLayer::$layer,)*
                }
            }
        }

        /// Calls the checks of the table, in its order.
        pub(super) fn check_fields(members: &Members<'_>, advice: &mut Advice<'_>) {
            $($($(rules::$file::$check(members, advice);)?)*)*
        }
    };
}

// A code with `by` also names the check of `rules` that raises it, and perhaps others.
codes! {
    Reading Error {
        Empty "empty",
        Encoding "encoding",
        Syntax "syntax",
        TooLong "too-long",
        TooDeep "too-deep",
        TooCostly "too-costly",
        CaptureNoPayload "capture/no-payload",
        CaptureEmpty "capture/empty",
        CaptureCut "capture/cut",
        CaptureCompressed "capture/compressed",
        CaptureEncoding "capture/encoding",
        CaptureNotJson "capture/not-json",
        CaptureTooDeep "capture/too-deep",
        CaptureTooLong "capture/too-long",
    }
    Schema Error {
        SchemaRef "schema/$ref",
        SchemaAdditionalItems "schema/additionalItems",
        SchemaAdditionalProperties "schema/additionalProperties",
        SchemaAnyOf "schema/anyOf",
        SchemaConst "schema/const",
        SchemaContains "schema/contains",
        SchemaContentEncoding "schema/contentEncoding",
        SchemaContentMediaType "schema/contentMediaType",
        SchemaCustom "schema/custom",
        SchemaEnum "schema/enum",
        SchemaExclusiveMaximum "schema/exclusiveMaximum",
        SchemaExclusiveMinimum "schema/exclusiveMinimum",
        SchemaFalse "schema/false",
        SchemaFormat "schema/format",
        SchemaMaxItems "schema/maxItems",
        SchemaMaxLength "schema/maxLength",
        SchemaMaxProperties "schema/maxProperties",
        SchemaMaximum "schema/maximum",
        SchemaMinItems "schema/minItems",
        SchemaMinLength "schema/minLength",
        SchemaMinProperties "schema/minProperties",
        SchemaMinimum "schema/minimum",
        SchemaMultipleOf "schema/multipleOf",
        SchemaNot "schema/not",
        SchemaOneOf "schema/oneOf",
        SchemaPattern "schema/pattern",
        SchemaPropertyNames "schema/propertyNames",
        SchemaRequired "schema/required",
        SchemaType "schema/type",
        SchemaUnevaluatedItems "schema/unevaluatedItems",
        SchemaUnevaluatedProperties "schema/unevaluatedProperties",
        SchemaUniqueItems "schema/uniqueItems",
    }
    Expectation Error {
        UnexpectedPass "unexpected-pass",
        UnmetExpectation "unmet-expectation",
        UnlistedPayload "unlisted-payload",
    }
    Advisory Warning {
        MissingField "missing-field" by fields::names,
        EmptyField "empty-field" by fields::empty,
        MisspelledField "misspelled-field",
        DuplicateField "duplicate-field",
        AssociationType "association-type" by values::forms,
        ObjectKey "object-key",
        Cardinality "cardinality" by linked::cardinalities,
        EventType "event-type",
        OtherEvent "other-event",
        SwappedIdentifiers "swapped-identifiers",
        WrappedPayload "wrapped-payload",
        NestedData "nested-data",
        SuspiciousText "suspicious-text",
    }
    Advisory Note {
        DuplicateDelivery "duplicate-delivery",
        UndocumentedField "undocumented-field",
        ObjectPair "object-pair",
        CardinalityPair "cardinality-pair",
        RecordId "record-id" by linked::record_ids,
        ByteOrderMark "byte-order-mark",
    }
}

/// The number of names before each code's own.
const RANKS: [u8; Code::ALL.len()] = {
    let (mut ranks, mut code) = ([0; Code::ALL.len()], 0);
    while code < ranks.len() {
        let mut other = 0;
        while other < ranks.len() {
            ranks[code] +=
                is_before(Code::ALL[other].as_str().as_bytes(), Code::ALL[code].as_str().as_bytes()) as u8;
            other += 1;
        }
        code += 1;
    }
    ranks
};

const fn is_before(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([first, rest @ ..], [second, others @ ..]) if *first == *second => is_before(rest, others),
        ([first, ..], [second, ..]) => *first < *second,
        _ => one.len() < other.len(),
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        RANKS[*self as usize].cmp(&RANKS[*other as usize])
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Code {
    /// All of them as they are spelled, in the same order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|code| code.as_str())
    }

    /// The code with this spelling.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// Whether it means a broken keyword of a schema.
    pub const fn is_of_schema(self) -> bool {
        matches!(self.layer(), RuleLayer::Schema)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_ordered_as_their_names_are_and_found_by_them() {
        let mut codes = Code::ALL.to_vec();
        codes.sort_unstable();
        assert!(codes.is_sorted_by(|one, other| one < other && one.as_str() < other.as_str()));
        assert!(Code::ALL.iter().all(|code| Code::named(code.as_str()) == Some(*code)));
        assert_eq!(Code::named("schema/"), None);
    }
}
