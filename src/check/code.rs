//! The subjects of findings, each with one code.
//!
//! In: a code as it is typed. Out: [`Code`], as every output spells it.
//! Invariants: codes are ordered as their names are, so that output sorted by code reads as sorted; each has a rule in
//! the [catalogue](super::catalogue), which the compiler checks.

use std::fmt;

macro_rules! codes {
    ($($code:ident $name:literal,)*) => {
        /// The stable name of a finding's subject, such as `schema/type`; `assoclens explain CODE` explains each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] $code,)*
        }

        impl Code {
            /// All codes, by name.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// The code as every output spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    AssociationType "association-type",
    ByteOrderMark "byte-order-mark",
    CaptureCompressed "capture/compressed",
    CaptureCut "capture/cut",
    CaptureEmpty "capture/empty",
    CaptureEncoding "capture/encoding",
    CaptureNoPayload "capture/no-payload",
    CaptureNotJson "capture/not-json",
    CaptureTooDeep "capture/too-deep",
    CaptureTooLong "capture/too-long",
    Cardinality "cardinality",
    CardinalityPair "cardinality-pair",
    DuplicateDelivery "duplicate-delivery",
    DuplicateField "duplicate-field",
    Empty "empty",
    EmptyField "empty-field",
    Encoding "encoding",
    EventType "event-type",
    MissingField "missing-field",
    MisspelledField "misspelled-field",
    NestedData "nested-data",
    ObjectKey "object-key",
    ObjectPair "object-pair",
    OtherEvent "other-event",
    RecordId "record-id",
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
    SuspiciousText "suspicious-text",
    SwappedIdentifiers "swapped-identifiers",
    Syntax "syntax",
    TooCostly "too-costly",
    TooDeep "too-deep",
    TooLong "too-long",
    UndocumentedField "undocumented-field",
    UnexpectedPass "unexpected-pass",
    UnlistedPayload "unlisted-payload",
    UnmetExpectation "unmet-expectation",
    WrappedPayload "wrapped-payload",
}

impl Code {
    /// The code with this spelling.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// Whether it means a broken keyword of a schema.
    pub const fn is_of_schema(self) -> bool {
        matches!(self.as_str().as_bytes(), [b's', b'c', b'h', b'e', b'm', b'a', b'/', ..])
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
        assert!(Code::ALL.is_sorted_by(|one, other| one < other && one.as_str() < other.as_str()));
        assert!(Code::ALL.iter().all(|code| Code::named(code.as_str()) == Some(*code)));
        assert_eq!(Code::named("schema/"), None);
    }
}
