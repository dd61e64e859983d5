//! The signs of events, and of other kinds of webhook, if `type` does not decide.
//!
//! In: the members of a payload. Out: the first kind with a sign in it.
//! Invariants: a member that is `null` is not a sign; each kind has a row, whether its events are judged or only
//! recognised.

use super::members::{KEY, mask};
use super::{EVENTS, Event};
use crate::payload::{Kind, Members};
use std::borrow::Cow;
use std::sync::LazyLock;

/// An event, or another kind of webhook, that people may mistake for one of ours; events with the same fields are one.
#[derive(Clone, Debug)]
pub(crate) struct Lookalike {
    /// The values of `type` that name it; none if it is not an event.
    pub(crate) types: Cow<'static, [&'static str]>,
    /// Its name in a sentence.
    pub(crate) title: Cow<'static, str>,
    /// Its meaning.
    pub(crate) meaning: Cow<'static, str>,
    /// Members that no other event has, wherever they occur. Observed, or documented if a page shows them.
    signs: &'static [MemberSign],
    /// Members that are a sign only if no field speaks for another event.
    weak_signs: &'static [MemberSign],
    /// The slots of fields that it shares with judged events.
    shared: u32,
}

/// A member that is a sign of an event: its name, and the condition for its value.
pub(super) type MemberSign = (&'static str, SignValue);

/// The condition for the value of a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignValue {
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

    /// The name under which its events are counted, if there is only one: a sign seldom says which of several it is.
    pub(super) fn only_name(&self) -> Option<&'static str> {
        self.types.first().copied().filter(|_| self.types.len() < 3)
    }
}

impl From<&Event> for Lookalike {
    /// The signs of `event` and of those with the same fields.
    fn from(event: &Event) -> Self {
        let alike: Vec<&Event> = EVENTS.iter().copied().filter(|other| other.is_like(event)).collect();
        let types: Vec<&str> = alike.iter().map(|event| event.name).collect();
        let meanings: Vec<&str> = alike.iter().map(|event| event.meaning).collect();
        let article = if event.name.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
        Self {
            title: format!("{article} {}", types.join(" or ")).into(),
            meaning: meanings.join(", or that ").into(),
            types: types.into(),
            signs: event.signs,
            weak_signs: event.weak_signs,
            shared: event.slots.mask,
        }
    }
}

/// Whether one of `signs` is in the payload.
pub(super) fn has_any(members: &Members<'_>, signs: &[MemberSign]) -> bool {
    signs.iter().any(|sign| is_there(members, sign))
}

fn is_there(members: &Members<'_>, (name, value): &MemberSign) -> bool {
    let kind = members.get(name).map(|member| member.kind());
    kind.is_some_and(|kind| match value {
        SignValue::Any => kind != Kind::Null,
        SignValue::Object => kind == Kind::Object,
        SignValue::Array => kind == Kind::Array,
    })
}

/// All of them, in the order in which their signs count: events with more fields come first.
pub(crate) fn lookalikes() -> &'static [Lookalike] {
    static ALL: LazyLock<Vec<Lookalike>> = LazyLock::new(|| {
        let events: Vec<&Event> = EVENTS.iter().rev().copied().collect();
        let firsts = events.chunk_by(|one, other| one.is_like(other)).map(|alike| Lookalike::from(alike[0]));
        firsts.chain(FOREIGN.iter().cloned()).collect()
    });
    &ALL
}

const fn foreign(
    types: &'static [&'static str],
    title: &'static str,
    meaning: &'static str,
    weak_signs: &'static [MemberSign],
    shared: u32,
) -> Lookalike {
    let (title, meaning) = (Cow::Borrowed(title), Cow::Borrowed(meaning));
    Lookalike { types: Cow::Borrowed(types), title, meaning, signs: &[], weak_signs, shared }
}

/// Those that are recognised but not judged.
const FOREIGN: &[Lookalike] = &[
    foreign(
        &[],
        "the webhook of a Workflow action, which is not an event",
        "a workflow ran for a contact",
        &[("customData", SignValue::Any), ("workflow", SignValue::Any), ("contact_id", SignValue::Any)],
        0,
    ),
    foreign(
        &["ObjectSchemaCreate", "ObjectSchemaUpdate"],
        "an ObjectSchema event (ObjectSchemaCreate or ObjectSchemaUpdate)",
        "a kind of custom object was defined or changed",
        &[
            ("primaryDisplayProperty", SignValue::Any),
            ("searchableProperties", SignValue::Any),
            ("labels", SignValue::Object),
        ],
        mask(&[KEY]),
    ),
    foreign(
        &["RecordCreate", "RecordUpdate", "RecordDelete"],
        "a Record event (RecordCreate, RecordUpdate or RecordDelete)",
        "a record of a custom object was created, changed or removed",
        &[("owners", SignValue::Array), ("followers", SignValue::Array), ("properties", SignValue::Array)],
        0,
    ),
    foreign(
        &[
            "InvoiceCreate",
            "InvoiceDelete",
            "InvoicePaid",
            "InvoicePartiallyPaid",
            "InvoiceSent",
            "InvoiceUpdate",
            "InvoiceVoid",
        ],
        "an Invoice event",
        "an invoice was made or changed",
        &[
            ("invoiceNumber", SignValue::Any),
            ("invoiceItems", SignValue::Array),
            ("amountDue", SignValue::Any),
        ],
        0,
    ),
    foreign(
        &["PriceCreate", "PriceDelete", "PriceUpdate"],
        "a Price event",
        "a product's price was made or changed",
        &[("membershipOffers", SignValue::Array), ("variantOptionIds", SignValue::Array)],
        0,
    ),
    foreign(
        &["ProductCreate", "ProductDelete", "ProductUpdate"],
        "a Product event",
        "a product was made or changed",
        &[("productType", SignValue::Any), ("availableInStore", SignValue::Any)],
        0,
    ),
];
