//! What the keywords of a JSON Schema ask for, each a code of the `schema/…` family.

use crate::check::Code;

/// One keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// `schema/` and the keyword.
    pub code: Code,
    /// What a value that breaks it is.
    pub meaning: &'static str,
}

const fn keyword(code: Code, meaning: &'static str) -> Keyword {
    Keyword { code, meaning }
}

/// All keywords, sorted. The embedded schema has `type` only; the others come with `--schema`.
pub const KEYWORDS: &[Keyword] = &[
    keyword(Code::SchemaRef, "a reference in the schema leads nowhere"),
    keyword(Code::SchemaAdditionalItems, "an array has more elements than the schema describes"),
    keyword(Code::SchemaAdditionalProperties, "an object has a property that the schema does not allow"),
    keyword(Code::SchemaAnyOf, "a value fits none of the forms under `anyOf`"),
    keyword(Code::SchemaConst, "a value is not the one value that is allowed"),
    keyword(Code::SchemaContains, "an array has no element of the form that one must have"),
    keyword(Code::SchemaContentEncoding, "a string is not encoded as the schema says"),
    keyword(Code::SchemaContentMediaType, "a string does not hold the media type that the schema says"),
    keyword(Code::SchemaCustom, "a value breaks a keyword that JSON Schema does not define"),
    keyword(Code::SchemaEnum, "a value is none of those listed"),
    keyword(Code::SchemaExclusiveMaximum, "a number is not less than the bound"),
    keyword(Code::SchemaExclusiveMinimum, "a number is not more than the bound"),
    keyword(Code::SchemaFalse, "a value stands where the schema allows none"),
    keyword(Code::SchemaFormat, "a string is not of the format asked for, such as a date"),
    keyword(Code::SchemaMaxItems, "an array has too many elements"),
    keyword(Code::SchemaMaxLength, "a string has too many characters"),
    keyword(Code::SchemaMaxProperties, "an object has too many properties"),
    keyword(Code::SchemaMaximum, "a number is more than the bound"),
    keyword(Code::SchemaMinItems, "an array has too few elements"),
    keyword(Code::SchemaMinLength, "a string has too few characters"),
    keyword(Code::SchemaMinProperties, "an object has too few properties"),
    keyword(Code::SchemaMinimum, "a number is less than the bound"),
    keyword(Code::SchemaMultipleOf, "a number is not a multiple of the one given"),
    keyword(Code::SchemaNot, "a value has the form that is forbidden"),
    keyword(Code::SchemaOneOf, "a value fits none of the forms under `oneOf`, or more than one"),
    keyword(Code::SchemaPattern, "a string does not match the pattern"),
    keyword(Code::SchemaPropertyNames, "a property has a name that is not allowed"),
    keyword(Code::SchemaRequired, "an object lacks a property that it must have"),
    keyword(Code::SchemaType, "a value is of another JSON type than asked for"),
    keyword(Code::SchemaUnevaluatedItems, "an array has an element that no part of the schema accounts for"),
    keyword(
        Code::SchemaUnevaluatedProperties,
        "an object has a property that no part of the schema accounts for",
    ),
    keyword(Code::SchemaUniqueItems, "an array has the same element twice"),
];
