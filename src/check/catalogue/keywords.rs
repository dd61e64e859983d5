//! What the keywords of a JSON Schema ask for, each a code of the `schema/…` family.

/// One keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// `schema/` and the keyword.
    pub code: &'static str,
    /// What a value that breaks it is.
    pub meaning: &'static str,
}

const fn keyword(code: &'static str, meaning: &'static str) -> Keyword {
    Keyword { code, meaning }
}

/// All keywords, sorted. The embedded schema has `type` only; the others come with `--schema`.
pub const KEYWORDS: &[Keyword] = &[
    keyword("schema/$ref", "a reference in the schema leads nowhere"),
    keyword("schema/additionalItems", "an array has more elements than the schema describes"),
    keyword("schema/additionalProperties", "an object has a property that the schema does not allow"),
    keyword("schema/anyOf", "a value fits none of the forms under `anyOf`"),
    keyword("schema/const", "a value is not the one value that is allowed"),
    keyword("schema/contains", "an array has no element of the form that one must have"),
    keyword("schema/contentEncoding", "a string is not encoded as the schema says"),
    keyword("schema/contentMediaType", "a string does not hold the media type that the schema says"),
    keyword("schema/custom", "a value breaks a keyword that JSON Schema does not define"),
    keyword("schema/enum", "a value is none of those listed"),
    keyword("schema/exclusiveMaximum", "a number is not less than the bound"),
    keyword("schema/exclusiveMinimum", "a number is not more than the bound"),
    keyword("schema/false", "a value stands where the schema allows none"),
    keyword("schema/format", "a string is not of the format asked for, such as a date"),
    keyword("schema/maxItems", "an array has too many elements"),
    keyword("schema/maxLength", "a string has too many characters"),
    keyword("schema/maxProperties", "an object has too many properties"),
    keyword("schema/maximum", "a number is more than the bound"),
    keyword("schema/minItems", "an array has too few elements"),
    keyword("schema/minLength", "a string has too few characters"),
    keyword("schema/minProperties", "an object has too few properties"),
    keyword("schema/minimum", "a number is less than the bound"),
    keyword("schema/multipleOf", "a number is not a multiple of the one given"),
    keyword("schema/not", "a value has the form that is forbidden"),
    keyword("schema/oneOf", "a value fits none of the forms under `oneOf`, or more than one"),
    keyword("schema/pattern", "a string does not match the pattern"),
    keyword("schema/propertyNames", "a property has a name that is not allowed"),
    keyword("schema/required", "an object lacks a property that it must have"),
    keyword("schema/type", "a value is of another JSON type than asked for"),
    keyword("schema/unevaluatedItems", "an array has an element that no part of the schema accounts for"),
    keyword(
        "schema/unevaluatedProperties",
        "an object has a property that no part of the schema accounts for",
    ),
    keyword("schema/uniqueItems", "an array has the same element twice"),
];
