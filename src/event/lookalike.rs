//! The signs of events, and of other kinds of webhook, if `type` does not decide.
//!
//! In: the members of a payload. Out: the first kind with a sign in it.
//! Invariants: a member that is `null` is not a sign; each kind has a row, whether its events are judged or only
//! recognised.

use super::EVENTS;
use super::members::{KEY, mask};
use crate::payload::{Kind, Members};

/// An event, or another kind of webhook, that people may mistake for one of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookalike {
    /// The values of `type` that name it; none if it is not an event.
    pub(crate) types: &'static [&'static str],
    /// Its name in a sentence.
    pub(crate) title: &'static str,
    /// Its meaning.
    pub(crate) meaning: &'static str,
    /// Members that no other event has, wherever they occur. Observed, or documented if a page shows them.
    pub(crate) signs: &'static [Sign],
    /// Members that are a sign only if no field speaks for another event.
    pub(crate) weak_signs: &'static [Sign],
    /// The slots of fields that it shares with judged events.
    pub(crate) shared: u32,
}

/// A member that is a sign of an event: its name, and the condition for its value.
pub(super) type Sign = (&'static str, Value);

/// The condition for the value of a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Anything but null.
    Any,
    /// An object.
    Object,
    /// An array.
    Array,
}

impl Lookalike {
    /// The member that is a sign of it, in a payload whose fields in the slots `speaking` speak for an event.
    pub(super) fn sign(&self, members: &Members<'_>, speaking: u32) -> Option<&'static str> {
        let weak = if speaking & !self.shared == 0 { self.weak_signs } else { &[] };
        let mut signs = self.signs.iter().chain(weak);
        signs.find(|sign| is_there(members, sign)).map(|(name, _)| *name)
    }

    /// Whether the payload has a sign that no other event has.
    pub(super) fn is_certain(&self, members: &Members<'_>) -> bool {
        self.signs.iter().any(|sign| is_there(members, sign))
    }

    /// The name under which its events are counted, if there is only one: a sign seldom says which of several it is.
    pub(super) fn only_name(&self) -> Option<&'static str> {
        self.types.first().copied().filter(|_| self.types.len() < 3)
    }
}

fn is_there(members: &Members<'_>, (name, value): &Sign) -> bool {
    let kind = members.get(name).map(|member| member.kind());
    kind.is_some_and(|kind| match value {
        Value::Any => kind != Kind::Null,
        Value::Object => kind == Kind::Object,
        Value::Array => kind == Kind::Array,
    })
}

/// All of them, in the order in which their signs count: events with more fields come first.
pub(crate) fn lookalikes() -> impl Iterator<Item = &'static Lookalike> {
    EVENTS.iter().rev().map(|event| event.looks).chain(FOREIGN)
}

/// Those that are recognised but not judged.
const FOREIGN: &[Lookalike] = &[
    Lookalike {
        types: &[],
        title: "the webhook of a Workflow action, which is not an event",
        meaning: "a workflow ran for a contact",
        signs: &[],
        weak_signs: &[("customData", Value::Any), ("workflow", Value::Any), ("contact_id", Value::Any)],
        shared: 0,
    },
    Lookalike {
        types: &["ObjectSchemaCreate", "ObjectSchemaUpdate"],
        title: "an ObjectSchema event (ObjectSchemaCreate or ObjectSchemaUpdate)",
        meaning: "a kind of custom object was defined or changed",
        signs: &[],
        weak_signs: &[
            ("primaryDisplayProperty", Value::Any),
            ("searchableProperties", Value::Any),
            ("labels", Value::Object),
        ],
        shared: mask(&[KEY]),
    },
    Lookalike {
        types: &["RecordCreate", "RecordUpdate", "RecordDelete"],
        title: "a Record event (RecordCreate, RecordUpdate or RecordDelete)",
        meaning: "a record of a custom object was created, changed or removed",
        signs: &[],
        weak_signs: &[("owners", Value::Array), ("followers", Value::Array), ("properties", Value::Array)],
        shared: 0,
    },
    Lookalike {
        types: &[
            "InvoiceCreate",
            "InvoiceDelete",
            "InvoicePaid",
            "InvoicePartiallyPaid",
            "InvoiceSent",
            "InvoiceUpdate",
            "InvoiceVoid",
        ],
        title: "an Invoice event",
        meaning: "an invoice was made or changed",
        signs: &[],
        weak_signs: &[
            ("invoiceNumber", Value::Any),
            ("invoiceItems", Value::Array),
            ("amountDue", Value::Any),
        ],
        shared: 0,
    },
    Lookalike {
        types: &["PriceCreate", "PriceDelete", "PriceUpdate"],
        title: "a Price event",
        meaning: "a product's price was made or changed",
        signs: &[],
        weak_signs: &[("membershipOffers", Value::Array), ("variantOptionIds", Value::Array)],
        shared: 0,
    },
    Lookalike {
        types: &["ProductCreate", "ProductDelete", "ProductUpdate"],
        title: "a Product event",
        meaning: "a product was made or changed",
        signs: &[],
        weak_signs: &[("productType", Value::Any), ("availableInStore", Value::Any)],
        shared: 0,
    },
];
